/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/net_addr.h"
#include "base/text.h"
#include "pool/score/score.h"

/*
 * What a monitor and poold say to each other (doc/pool-monitor.md): JSON bodies
 * and the structs that they are.  Both sides use these functions, so what one
 * writes the other reads.
 *
 * Readers take any octets: a body is refused as a whole, with a sentence for
 * the other side's log, when a member is missing, has another type, lies
 * outside its range, or holds control characters; unknown members are ignored.
 */

#define TALK_BATCH_LEN 33 /* 32 hexadecimal digits and a NUL */
#define TALK_SERVERS_MAX 1000
#define TALK_TIMES_MAX 8
#define TALK_BODY_MAX (2u << 20)
#define TALK_CODE_LEN 44 /* 32 octets in base64url and a NUL */
#define TALK_KEY_LEN 32
#define TALK_VERSION_LEN 32

/* How the monitor's own clock is. */
struct talk_clock {
	bool ok;
	double offset_s; /* against its base servers; NaN: not known */
	char why[128];   /* when not ok */
};

/* "Here is my code, this is my key." */
struct talk_enrol {
	char code[TALK_CODE_LEN];
	uint8_t public_key[TALK_KEY_LEN];
	char version[TALK_VERSION_LEN];
	unsigned families; /* 1: IPv4, 2: IPv6 */
};

struct talk_enrolled {
	int64_t monitor_id;
	char name[64];
};

/* "What shall I measure?" */
struct talk_ask {
	int64_t monitor_id, at_ms;
	char version[TALK_VERSION_LEN];
	unsigned families;
	struct talk_clock clock;
};

struct talk_server {
	int64_t server_id;
	struct net_addr addr; /* with port */
};

struct talk_work {
	char batch[TALK_BATCH_LEN]; /* "" when there is nothing to do */
	double wait_s;              /* then ask again */
	unsigned samples;
	double gap_s, timeout_s;
	struct talk_server *server;
	size_t n_server;
};

struct talk_result {
	int64_t server_id;
	struct measurement m;
	unsigned n_times;
	struct { /* of each answer, ns since 1970 UTC */
		int64_t t1_ns, t2_ns, t3_ns, t4_ns;
	} times[TALK_TIMES_MAX];
};

struct talk_results {
	int64_t monitor_id;
	char batch[TALK_BATCH_LEN];
	char version[TALK_VERSION_LEN];
	struct talk_clock clock;
	struct talk_result *result; /* a server at most once */
	size_t n_result;
};

/* "They are in the books." */
struct talk_taken {
	int64_t taken; /* scored, or shown */
	bool again;    /* they were there already */
	bool counts;   /* false: the monitor's clock is wrong */
	char why[128]; /* it is */
};

void talk_put_enrol(struct buf *out, const struct talk_enrol *m);
void talk_put_enrolled(struct buf *out, const struct talk_enrolled *m);
void talk_put_ask(struct buf *out, const struct talk_ask *m);
void talk_put_work(struct buf *out, const struct talk_work *m);
void talk_put_results(struct buf *out, const struct talk_results *m);
void talk_put_taken(struct buf *out, const struct talk_taken *m);
void talk_put_error(struct buf *out, const char *name, const char *text);

/* 0, or -EBADMSG with why.  *out is written on success only. */
MUST_CHECK int talk_get_enrol(const char *body, size_t len,
			      struct talk_enrol *out, struct text *why);
MUST_CHECK int talk_get_enrolled(const char *body, size_t len,
				 struct talk_enrolled *out, struct text *why);
MUST_CHECK int talk_get_ask(const char *body, size_t len, struct talk_ask *out,
			    struct text *why);
MUST_CHECK int talk_get_work(const char *body, size_t len,
			     struct talk_work *out, struct text *why);
MUST_CHECK int talk_get_results(const char *body, size_t len,
				struct talk_results *out, struct text *why);

MUST_CHECK int talk_get_taken(const char *body, size_t len,
			      struct talk_taken *out, struct text *why);

/** Free what a reader made; zeroed is fine. */
void talk_work_done(struct talk_work *m);
void talk_results_done(struct talk_results *m);
