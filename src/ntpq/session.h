/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/attr.h"
#include "ntpq/ask.h"
#include "ntpq/remote.h"

/* As many as one response can name. */
#define SESSION_MAX_ASSOCS (ASSEMBLY_MAX_LEN / 4)

/* The association list as last read. */
struct session_assoc {
	uint16_t id, status;
};

/* What commands work on: whom to ask, how to show it. */
struct session {
	struct asker *asker;
	struct remote *remote; /* the same; NULL when it is a recording */
	/* The name of an address, false when it has none; may be NULL. */
	bool (*name_of)(const char *addr, char *buf, size_t cap);
	const char *host; /* its name, for several hosts at once */
	unsigned n_hosts;
	int host_width; /* of the longest name */
	bool numeric, wide, raw;
	bool always_status; /* --old-rv */
	bool quit;
	FILE *err; /* borrowed */

	bool have_assocs;
	struct session_assoc assoc[SESSION_MAX_ASSOCS];
	size_t n_assoc;
	struct assembly reply; /* to the last question */
};

/* Scripts call ntpdc when the first word is "ntpq" and the first N.N.N is
 * below 4.2.7, so our own number must not stand where they look. */
#define SESSION_VERSION "timeball-ntpq " TIMEBALL_VERSION " (4.2.8-compatible)"

/** Ask; the answer is in s->reply.  A failure is told on s->err. */
bool session_ask(struct session *s, enum control_op op, uint16_t assoc_id,
		 const char *list);

/** The same, but the caller deals with an error response itself (ASK_REFUSED). */
enum ask_result session_try(struct session *s, enum control_op op,
			    uint16_t assoc_id, const char *list);

/** Tell why result was no success. */
void session_tell(struct session *s, enum ask_result result, uint16_t assoc_id);

/** Read the association list into s->assoc. */
bool session_read_assocs(struct session *s);

/** "0", "24501" or "&3" (the third of the list, read first when it was not yet). */
bool session_parse_assoc(struct session *s, const char *text, uint16_t *out);

/** Print "***" and a message as all ntpq do. */
void session_complain(struct session *s, const char *fmt, ...)
	PRINTF_LIKE(2, 3);

/** Wall time of this machine, ns since 1970. */
int64_t session_now_ns(void);
