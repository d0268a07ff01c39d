/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdint.h>

#include "ntpq/assembly.h"

/* One question and its answer: over the network, or out of a recording. */
enum ask_result {
	ASK_OK,
	ASK_REFUSED,    /* the server answered with reply->error */
	ASK_TIMEOUT,    /* nothing came */
	ASK_INCOMPLETE, /* some fragments came */
	ASK_MALFORMED,  /* the answer contradicts itself */
	ASK_FAILED,     /* the socket said no; the asker has told why */
};

struct asker {
	/* list: variables, "" for none.  reply: written whatever the result. */
	enum ask_result (*ask)(struct asker *a, enum control_op op,
			       uint16_t assoc_id, const char *list,
			       struct assembly *reply);
};
