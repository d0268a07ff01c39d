/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/text.h"
#include "ntpq/session.h"

/* The table that everybody knows, and its variants. */
enum peers_kind {
	PEERS_REFID, /* peers, lpeers: refid, jitter */
	PEERS_LOCAL, /* opeers, lopeers: local address, dispersion */
	PEERS_ASSID, /* apeers: refid and association id, jitter */
};

/** all: also associations that are neither configured nor reachable. */
void peers_print(struct session *s, enum peers_kind kind, bool all, FILE *out);

/** An interval as "when" and "poll" show it: "-", "2048", "35m", "9h", "12d". */
void peers_interval(struct text *t, int64_t seconds);
