/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "io/host.h"
#include "ntp/pool_verify.h"

/*
 * Ask a server to prove by NTP that it has a token (ntp/pool_verify.h): up to
 * three requests, one second apart, each with a nonce of its own.
 */
struct challenge;
typedef void (*challenge_fn)(struct challenge *c);

#define CHALLENGE_TOKEN_LEN 65 /* with the NUL */

/* Embed it in its owner and get back with CONTAINER_OF. */
struct challenge {
	challenge_fn done;

	/* the result, valid from done on */
	bool proved;
	char why[128]; /* a sentence: how it was proved, or why not */

	/* its own */
	const struct host *host;
	struct net_addr addr;
	char token[CHALLENGE_TOKEN_LEN];
	uint8_t nonce[POOL_VERIFY_NONCE_LEN];
	struct ntp_ts transmit;
	struct timer timer;
	struct udp *udp;
	unsigned asked;
	bool waiting, answered;
};

/**
 * Begin; done is called once, never from inside this call.
 *
 * c: zeroed but for done; stays where it is until done or challenge_stop().
 * addr: with port.  token: copied, shorter than CHALLENGE_TOKEN_LEN.
 */
void challenge_start(struct challenge *c, const struct host *host,
		     const struct net_addr *addr, const char *token);

/** done is not called after this; fine when it has ended. */
void challenge_stop(struct challenge *c);
