/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypt/keys.h"
#include "est/sample.h"
#include "io/host.h"
#include "ntp/reply.h"

/*
 * Asking every server at the same time, a few requests each.  A reply brings
 * the next request a fifth of a second later, so four samples of a server that
 * answers take 0.6 s; silence costs the timeout.
 */
#define TARGETS_MAX 64
#define SAMPLES_MAX 8

struct target {
	struct survey *survey;
	struct net_addr addr;
	struct timer timer;
	struct udp *udp;
	struct ntp_ts nonce, answered;
	bool outstanding, done;
	int64_t t1_wall_ns;
	unsigned sent;
	bool have_reply;
	enum reply_verdict
		verdict; /* of the last answer to a request of ours */
	struct ntp_packet reply;
	int64_t t4_wall_ns; /* of it */
	struct sample sample[SAMPLES_MAX];
	unsigned n; /* good samples */
	int best;   /* the one with the least delay, or -1 */
};

struct survey {
	const struct host *host;
	const struct key *key; /* NULL: not authenticated */
	unsigned samples, version;
	int64_t timeout_ns;
	/* Told of each packet when not NULL: "transmit", "receive". */
	void (*trace)(const struct target *t, const char *what);
	struct target target[TARGETS_MAX];
	size_t n_target, n_done;
};

/**
 * host and key (NULL: none) are borrowed.
 *
 * samples: of each server, 1 to SAMPLES_MAX.  version: of NTP, 1 to 4.
 * timeout_s: how long to wait for each reply.
 */
void survey_init(struct survey *s, const struct host *host,
		 const struct key *key, unsigned samples, unsigned version,
		 double timeout_s);

/** -ENOSPC beyond TARGETS_MAX; an address that is there already is left out. */
MUST_CHECK int survey_add(struct survey *s, const struct net_addr *addr);

/** Ask until every target has its samples or has let us wait in vain.  0 or -errno of the loop. */
int survey_run(struct survey *s);

/** Largest error of the best sample's offset, up to the primary source. */
double target_root_dist_s(const struct target *t);
