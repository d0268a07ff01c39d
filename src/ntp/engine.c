/* SPDX-License-Identifier: BSD-2-Clause */
#include "ntp/engine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/container.h"
#include "base/units.h"
#include "ntp/answer.h"
#include "ntp/engine_state.h"

/* Lines with the same name that anybody needs. */
#define SAME_NAME_MAX 16

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

/* id: of the line as long as it has no association. */
static void start_source(struct engine *e, const struct conf_source *conf,
			 uint16_t id, bool by_command)
{
	struct source *s = xcalloc(1, sizeof *s);

	e->source = array_grow(e->source, e->n_source, &e->cap_source,
			       sizeof(struct source *));
	e->source[e->n_source++] = s;
	s->id = id;
	s->by_command = by_command;
	source_start(s, e, conf);
}

/* Lines have their ids below those of the associations, counting down; the
 * first one is the local clock's. */
static void start_sources(struct engine *e)
{
	const struct config *cfg = e->in.cfg;
	uint16_t id = e->first_assoc_id - 1;

	for (size_t i = 0; i < cfg->n_source; i++) {
		const struct conf_source *conf = &cfg->source[i];

		if (is_local_clock(conf))
			e->sys.local_clock = conf;
		if (conf->kind != SOURCE_REFCLOCK)
			start_source(e, conf, --id, false);
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
		source_stop(e->source[i]);
	hosts_done(&e->hosts);
	/* The frequency is read before the associations take their samples with them. */
	system_stop(&e->sys);
	for (size_t i = 0; i < e->n_assoc; i++)
		assoc_free(e->assoc[i]);
	system_done(&e->sys);
	free(e->assoc);
	for (size_t i = 0; i < e->n_source; i++)
		free(e->source[i]);
	free(e->source);
	free(e);
}

uint64_t engine_digest(const struct engine *e)
{
	return e->digest;
}

/* --- what it can be told to do --------------------------------------------- */

static const struct conf_source *line_of(const struct engine *e, size_t i)
{
	return i < e->n_source ? e->source[i]->conf : e->sys.local_clock;
}

size_t engine_find_lines(const struct engine *e, const char *name,
			 const struct conf_source **out, size_t cap)
{
	size_t lines = e->n_source + (e->sys.local_clock != NULL), n = 0;

	for (size_t i = 0; i < lines && n < cap; i++)
		if (strcmp(line_of(e, i)->host, name) == 0)
			out[n++] = line_of(e, i);
	return n;
}

int engine_add_source(struct engine *e, const struct conf_source *conf)
{
	const struct conf_source *there[SAME_NAME_MAX];
	size_t n = engine_find_lines(e, conf->host, there, ARRAY_LEN(there));

	for (size_t i = 0; i < n; i++)
		if (there[i]->port == conf->port)
			return -EEXIST;
	if (e->n_source >= ENGINE_MAX_SOURCES)
		return -ENOSPC;
	start_source(e, conf, e->next_assoc_id++, true);
	return 0;
}

static size_t find_line(const struct engine *e, const struct conf_source *conf)
{
	size_t i = 0;

	while (i < e->n_source && e->source[i]->conf != conf)
		i++;
	return i;
}

void engine_remove_source(struct engine *e, const struct conf_source *conf)
{
	size_t i = find_line(e, conf);

	if (conf == e->sys.local_clock)
		e->sys.local_clock = NULL;
	if (i < e->n_source) {
		source_stop(e->source[i]);
		source_drop(e->source[i]);
		free(e->source[i]);
		e->n_source--;
		memmove(&e->source[i], &e->source[i + 1],
			(e->n_source - i) * sizeof(struct source *));
		hosts_tell(&e->hosts);
	}
	log_notice(e->in.host->log, "source %s: removed", conf->host);
	system_publish(&e->sys);
}

static bool goes_by(const struct assoc *a, const char *name)
{
	char text[NET_ADDR_TEXT_LEN];

	return !name || strcmp(a->conf->host, name) == 0 ||
	       strcmp(net_addr_format(&a->addr, text), name) == 0;
}

unsigned engine_burst(struct engine *e, const char *name)
{
	unsigned n = 0;

	for (size_t i = 0; i < e->n_assoc; i++)
		if (goes_by(e->assoc[i], name))
			n += assoc_burst(e->assoc[i]);
	return n;
}

int engine_step(struct engine *e, double *step_s)
{
	return system_step(&e->sys, step_s);
}
