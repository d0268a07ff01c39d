/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "conf/config.h"
#include "crypt/keys.h"
#include "ctl/response.h"
#include "io/entropy.h"
#include "ntp/engine.h"
#include "ntp/server.h"

/*
 * The daemon's side of mode 6 (RFC 9327): read only.  Variables come from one
 * table (ctl/vars.c).
 */
struct control_server;

struct control_inputs {
	const struct config *cfg;
	const struct keys *keys; /* may be NULL */
	struct engine *engine;
	/* Counters of all workers added up; may be NULL (then they read 0). */
	const struct server_stats *(*stats)(void *arg);
	void *stats_arg;
	const char *version; /* "ntpd timeball-0.1.0" */
	struct entropy *entropy;
};

struct control_server *control_server_new(const struct control_inputs *in);
void control_server_free(struct control_server *c);

/**
 * Handle one mode 6 request that access control let through.
 *
 * restrict_flags: RES_* of the peer (NOMRULIST, NOMODIFY).
 * emit: called once per fragment, before this returns; not at all when the
 *     request deserves no reply (R/E/M bits, offset, M-03).
 */
void control_server_handle(struct control_server *c,
			   const struct net_addr *peer, unsigned restrict_flags,
			   const uint8_t *data, size_t len,
			   control_emit_fn emit, void *arg);
