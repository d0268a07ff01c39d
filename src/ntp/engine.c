/* SPDX-License-Identifier: BSD-2-Clause */
#include "ntp/engine.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/units.h"
#include "ntp/answer.h"
#include "ntp/engine_state.h"

/* The refclock driver type of 127.127.1.u. */
#define LOCAL_CLOCK_TYPE 1

/* FNV-1a over 64-bit words: order matters, nothing is secret. */
void engine_note(struct engine *e, uint64_t what)
{
	e->digest = (e->digest ^ what) * UINT64_C(0x100000001b3);
}

const struct assoc *engine_find_host(const struct engine *e,
				     const struct net_addr *addr)
{
	for (size_t i = 0; i < e->n_assoc; i++) {
		const struct net_addr *other = &e->assoc[i]->addr;

		if (net_addr_same_host(other, addr) &&
		    other->port == addr->port)
			return e->assoc[i];
	}
	return NULL;
}

static bool is_local_clock(const struct conf_source *conf)
{
	return conf->kind == SOURCE_REFCLOCK &&
	       conf->clock_type == LOCAL_CLOCK_TYPE;
}

static void start_sources(struct engine *e)
{
	const struct config *cfg = e->in.cfg;

	/* Timers and queries point into the array: it never moves. */
	e->source =
		xcalloc(cfg->n_source ? cfg->n_source : 1, sizeof *e->source);
	for (size_t i = 0; i < cfg->n_source; i++) {
		const struct conf_source *conf = &cfg->source[i];

		if (is_local_clock(conf))
			e->sys.local_clock = conf;
		if (conf->kind != SOURCE_REFCLOCK)
			source_start(&e->source[e->n_source++], e, conf);
	}
}

/*
 * Association ids start anywhere, as in the classic daemon, but are never 0;
 * room is left below for the lines that have no association yet.
 */
static uint16_t first_assoc_id(struct entropy *entropy, size_t lines)
{
	return (uint16_t)(lines + 2 + entropy_u64(entropy) % 0x7000);
}

struct engine *engine_new(const struct engine_inputs *in)
{
	struct engine *e = xcalloc(1, sizeof *e);

	e->in = *in;
	e->digest = UINT64_C(0xcbf29ce484222325);
	e->first_assoc_id = e->next_assoc_id =
		first_assoc_id(in->host->entropy, in->cfg->n_source);
	system_init(&e->sys, e);
	hosts_init(&e->hosts, e);
	start_sources(e);
	system_publish(&e->sys);
	return e;
}

void engine_free(struct engine *e)
{
	if (!e)
		return;
	for (size_t i = 0; i < e->n_source; i++)
		source_stop(&e->source[i]);
	hosts_done(&e->hosts);
	/* The frequency is read before the associations take their samples with them. */
	system_stop(&e->sys);
	for (size_t i = 0; i < e->n_assoc; i++)
		assoc_free(e->assoc[i]);
	system_done(&e->sys);
	free(e->assoc);
	free(e->source);
	free(e);
}

uint64_t engine_digest(const struct engine *e)
{
	return e->digest;
}
