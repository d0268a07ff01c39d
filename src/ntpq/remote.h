/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/net_addr.h"
#include "ntpq/ask.h"

#define REMOTE_MAX_ADDRS 8
#define REMOTE_NAME_LEN 256

struct remote_options {
	int family;      /* AF_UNSPEC, AF_INET, AF_INET6 */
	uint16_t port;   /* where the name says none */
	int first_ms;    /* wait for the first fragment, 5000 */
	int next_ms;     /* and for each one after it, 3000 */
	uint8_t version; /* NTP version claimed, 2 */
	unsigned debug;
};

/* A daemon to ask, over UDP. */
struct remote {
	struct asker asker; /* first: the rest of ntpq knows only this */
	struct remote_options options;
	char name[REMOTE_NAME_LEN]; /* as the user gave it */
	struct net_addr addr[REMOTE_MAX_ADDRS];
	size_t n_addr, at;
	bool answered; /* addr[at] has answered before: stay with it */
	int fd;        /* connected to addr[at], or -1 */
	FILE *err;
};

/** err: borrowed, gets the reasons of failures. */
void remote_init(struct remote *r, const struct remote_options *options,
		 FILE *err);

/**
 * Look up HOST, HOST:PORT, [V6] or [V6]:PORT.  Nothing is sent.
 *
 * Returns: 0, or -ENOENT with the reason printed; then the remote is closed.
 */
int remote_open(struct remote *r, const char *host);
bool remote_is_open(const struct remote *r);
void remote_close(struct remote *r);

/** What DNS calls an address; false when it has no name, or it cannot be asked. */
bool remote_name_of(const char *addr, char *buf, size_t cap);
