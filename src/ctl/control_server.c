/* SPDX-License-Identifier: BSD-2-Clause */
#include "ctl/control_server.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>

#include "base/alloc.h"
#include "ctl/request.h"
#include "ctl/snapshot.h"

/*
 * Takes the daemon's reports at the instant of a request and hands them, as
 * plain values, to request_answer().
 */
struct control_server {
	struct control_inputs in;
	struct snapshot now;
	struct server_stats no_stats;
	uint64_t requests;
	uint64_t nonce_key[2];
	struct utsname uts;
	char system[2 * sizeof((struct utsname *)0)->sysname];
};

struct control_server *control_server_new(const struct control_inputs *in)
{
	struct control_server *c = xcalloc(1, sizeof *c);

	c->in = *in;
	entropy_fill(in->entropy, c->nonce_key, sizeof c->nonce_key);
	uname(&c->uts);
	snprintf(c->system, sizeof c->system, "%s/%s", c->uts.sysname,
		 c->uts.release);
	return c;
}

void control_server_free(struct control_server *c)
{
	if (!c)
		return;
	snapshot_done(&c->now);
	free(c);
}

void control_server_handle(struct control_server *c,
			   const struct net_addr *peer, unsigned restrict_flags,
			   const uint8_t *data, size_t len,
			   control_emit_fn emit, void *arg)
{
	struct control_view view = {
		.facts = {.sys = &c->now.sys,
			  .stats = &c->no_stats,
			  .cfg = c->in.cfg,
			  .version = c->in.version,
			  .processor = c->uts.machine,
			  .system = c->system,
			  .control_requests = ++c->requests},
		.nonce_key = c->nonce_key,
	};

	/* Nothing can be modified, and the list of clients is not served. */
	(void)restrict_flags;
	snapshot_take(&c->now, c->in.engine);
	view.assoc = c->now.assoc;
	view.n_assoc = c->now.n;
	view.facts.sys_peer = c->now.sys_peer;
	if (c->in.stats)
		view.facts.stats = c->in.stats(c->in.stats_arg);
	if (c->in.keys)
		view.facts.n_keys = (unsigned)c->in.keys->len;
	request_answer(&view, peer, data, len, emit, arg);
}
