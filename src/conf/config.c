/* SPDX-License-Identifier: BSD-2-Clause */
#include "conf/config.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/container.h"
#include "base/units.h"
#include "conf/build.h"

/* A config and what only its maker needs to know. */
struct owner {
	struct config cfg;
	char **text; /* every string of cfg */
	size_t n_text, cap_text;
	size_t cap_source, cap_restrict, cap_listen, cap_setvar, cap_key;
};

static struct owner *owner_of(struct config *cfg)
{
	return CONTAINER_OF(cfg, struct owner, cfg);
}

const char *stats_name(unsigned kind)
{
	static const char *const name[STATS_KINDS] = {
		[STATS_LOOP] = "loopstats",   [STATS_PEER] = "peerstats",
		[STATS_CLOCK] = "clockstats", [STATS_RAW] = "rawstats",
		[STATS_SYS] = "sysstats",     [STATS_PROTO] = "protostats",
	};

	return name[kind];
}

struct config *config_new(void)
{
	struct owner *o = xcalloc(1, sizeof *o);
	struct config *cfg = &o->cfg;

	cfg->port = NTP_PORT;
	cfg->workers = 1;
	cfg->rate.average_log2 = 3;
	cfg->rate.minimum_s = 2;
	cfg->rate.flake_share = 0.1;
	cfg->rate.leak_share = 0.25;
	cfg->status_socket = CONF_STATUS_SOCKET;
	cfg->stats_enabled = true;
	for (size_t i = 0; i < STATS_KINDS; i++)
		cfg->filegen[i] =
			(struct conf_filegen){.file = stats_name((unsigned)i),
					      .type = STATS_DAY,
					      .link = true};
	cfg->tos.min_sane = 1;
	cfg->tos.min_clock = 3;
	cfg->tos.max_clock = 10;
	cfg->tos.ceiling = 15;
	cfg->tos.orphan = 17;
	cfg->tos.orphan_wait_s = 300;
	cfg->tos.min_dist_s = 0.001;
	cfg->tos.max_dist_s = 1.5;
	cfg->tinker.step_s = 0.128;
	cfg->tinker.stepout_s = 300;
	cfg->tinker.panic_s = 1000;
	cfg->tinker.max_freq = 500e-6;
	cfg->enable.auth = true;
	cfg->enable.kernel = true;
	cfg->enable.monitor = true;
	cfg->enable.ntp = true;
	cfg->mru_max_depth = 65536;
	cfg->dscp = 46;
	return cfg;
}

void config_free(struct config *cfg)
{
	struct owner *o;

	if (!cfg)
		return;
	o = owner_of(cfg);
	for (size_t i = 0; i < o->n_text; i++)
		free(o->text[i]);
	free(o->text);
	free(cfg->source);
	free(cfg->restricts);
	free(cfg->listen);
	free(cfg->setvar);
	free(cfg->trusted_key);
	free(o);
}

const char *config_keep(struct config *cfg, const char *text)
{
	struct owner *o = owner_of(cfg);

	o->text = array_grow(o->text, o->n_text, &o->cap_text, sizeof *o->text);
	return o->text[o->n_text++] = xstrdup(text);
}

bool config_add_source(struct config *cfg, const struct conf_source *source)
{
	struct owner *o = owner_of(cfg);

	if (cfg->n_source == CONF_MAX_SOURCES)
		return false;
	cfg->source = array_grow(cfg->source, cfg->n_source, &o->cap_source,
				 sizeof *source);
	cfg->source[cfg->n_source++] = *source;
	return true;
}

bool config_add_restrict(struct config *cfg, const struct conf_restrict *entry)
{
	struct owner *o = owner_of(cfg);

	if (cfg->n_restrict == CONF_MAX_RESTRICTS)
		return false;
	cfg->restricts = array_grow(cfg->restricts, cfg->n_restrict,
				    &o->cap_restrict, sizeof *entry);
	cfg->restricts[cfg->n_restrict++] = *entry;
	return true;
}

bool config_add_listen(struct config *cfg, const struct conf_listen *entry)
{
	struct owner *o = owner_of(cfg);

	if (cfg->n_listen == CONF_MAX_LISTENS)
		return false;
	cfg->listen = array_grow(cfg->listen, cfg->n_listen, &o->cap_listen,
				 sizeof *entry);
	cfg->listen[cfg->n_listen++] = *entry;
	return true;
}

bool config_add_setvar(struct config *cfg, const struct conf_setvar *var)
{
	struct owner *o = owner_of(cfg);

	if (cfg->n_setvar == CONF_MAX_SETVARS)
		return false;
	cfg->setvar = array_grow(cfg->setvar, cfg->n_setvar, &o->cap_setvar,
				 sizeof *var);
	cfg->setvar[cfg->n_setvar++] = *var;
	return true;
}

/* The first place whose key is not below id. */
static size_t key_place(const struct config *cfg, uint32_t id)
{
	size_t low = 0, high = cfg->n_trusted_key;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (cfg->trusted_key[mid] < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

bool config_trusts_key(const struct config *cfg, uint32_t id)
{
	size_t at = key_place(cfg, id);

	return at < cfg->n_trusted_key && cfg->trusted_key[at] == id;
}

void config_trust_key(struct config *cfg, uint32_t id)
{
	struct owner *o = owner_of(cfg);
	size_t at = key_place(cfg, id);

	if (at < cfg->n_trusted_key && cfg->trusted_key[at] == id)
		return;
	cfg->trusted_key = array_grow(cfg->trusted_key, cfg->n_trusted_key,
				      &o->cap_key, sizeof *cfg->trusted_key);
	memmove(cfg->trusted_key + at + 1, cfg->trusted_key + at,
		(cfg->n_trusted_key - at) * sizeof *cfg->trusted_key);
	cfg->trusted_key[at] = id;
	cfg->n_trusted_key++;
}
