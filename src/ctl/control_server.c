/* SPDX-License-Identifier: BSD-2-Clause */
#include "ctl/control_server.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>

#include "base/alloc.h"
#include "ctl/request.h"

/*
 * Takes the daemon's reports at the instant of a request and hands them, as
 * plain values, to request_answer().
 */
struct control_server {
	struct control_inputs in;
	struct assoc_report *assoc; /* room for cap */
	size_t cap;
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
	free(c->assoc);
	free(c);
}

/* Returns the number of associations now in c->assoc. */
static size_t take_reports(struct control_server *c, struct sys_report *sys)
{
	const struct engine *e = c->in.engine;
	size_t n = engine_assoc_count(e);

	if (n > c->cap) {
		c->assoc = xreallocarray(c->assoc, n, sizeof *c->assoc);
		c->cap = n;
	}
	for (size_t i = 0; i < n; i++)
		engine_assoc_report(e, i, &c->assoc[i]);
	engine_report(e, sys);
	return n;
}

void control_server_handle(struct control_server *c,
			   const struct net_addr *peer, unsigned restrict_flags,
			   const uint8_t *data, size_t len,
			   control_emit_fn emit, void *arg)
{
	struct sys_report sys;
	struct control_view view = {
		.facts = {.sys = &sys,
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
	view.n_assoc = take_reports(c, &sys);
	view.assoc = c->assoc;
	for (size_t i = 0; i < view.n_assoc; i++)
		if (sys.peer_id && c->assoc[i].id == sys.peer_id)
			view.facts.sys_peer = &c->assoc[i];
	if (c->in.stats)
		view.facts.stats = c->in.stats(c->in.stats_arg);
	if (c->in.keys)
		view.facts.n_keys = (unsigned)c->in.keys->len;
	request_answer(&view, peer, data, len, emit, arg);
}
