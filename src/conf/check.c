/* SPDX-License-Identifier: BSD-2-Clause */
#include "conf/check.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "conf/build.h"
#include "conf/diag.h"
#include "conf/handlers.h"

/* Fewer cannot outvote one liar while another is away (RFC 8633 section 3.2). */
#define SOURCES_WANTED 4

static struct diag_place place_of(const struct conf_pos *pos)
{
	return (struct diag_place){pos->file, pos->line, pos->column, 1, NULL};
}

/* A place for what is missing; called when there is a restrict default. */
static struct diag_place place_of_default(const struct config *cfg)
{
	size_t i = 0;

	while (cfg->restricts[i].kind != RESTRICT_DEFAULT)
		i++;
	return place_of(&cfg->restricts[i].pos);
}

static bool default_is_for(const struct conf_restrict *e, uint16_t family)
{
	return e->kind == RESTRICT_DEFAULT &&
	       (e->family == FAMILY_ANY ||
		(e->family == FAMILY_IPV4) == (family == AF_INET));
}

static bool prefix_covers(const struct conf_restrict *e,
			  const struct net_addr *addr)
{
	if (e->kind != RESTRICT_PREFIX || e->addr.family != addr->family)
		return false;
	for (size_t i = 0; i < net_addr_len(addr); i++)
		if ((addr->ip[i] ^ e->addr.ip[i]) & e->mask[i])
			return false;
	return true;
}

static unsigned default_flags(const struct config *cfg, uint16_t family)
{
	unsigned flags = 0;

	for (size_t i = 0; i < cfg->n_restrict; i++)
		if (default_is_for(&cfg->restricts[i], family))
			flags |= cfg->restricts[i].flags;
	return flags;
}

/*
 * The flags for addr by the most specific entry, equal ones ORed.  Good enough
 * for advice; ntp/access.c is what decides.
 */
static unsigned flags_for(const struct config *cfg, const struct net_addr *addr)
{
	const struct conf_restrict *best = NULL;
	unsigned flags = default_flags(cfg, addr->family);

	for (size_t i = 0; i < cfg->n_restrict; i++) {
		const struct conf_restrict *e = &cfg->restricts[i];
		int order;

		if (e->remove || !prefix_covers(e, addr))
			continue;
		order = best ? memcmp(e->mask, best->mask, sizeof e->mask) : 1;
		if (order > 0)
			flags = 0;
		if (order >= 0) {
			flags |= e->flags;
			best = e;
		}
	}
	return flags;
}

/* restrict default without noquery lets strangers reflect mode 6 off us. */
static void check_default(const struct config *cfg, struct diags *d)
{
	struct diag_place place;
	bool open4, open6;

	if (!cfg->has_restrict_default)
		return;
	open4 = !(default_flags(cfg, AF_INET) & (RES_NOQUERY | RES_IGNORE));
	open6 = !(default_flags(cfg, AF_INET6) & (RES_NOQUERY | RES_IGNORE));
	if (!open4 && !open6)
		return;
	place = place_of_default(cfg);
	diags_add(d, DIAG_WARNING, "default-without-noquery", &place,
		  "add noquery to restrict default, with -4 and -6 alike",
		  "strangers may query this daemon over %s",
		  open4 && open6 ? "IPv4 and IPv6"
		  : open4        ? "IPv4"
				 : "IPv6");
}

/* ntpq on this host tries ::1 first and only says "timed out". */
static void check_loopback(const struct config *cfg, struct diags *d)
{
	static const char *const loopback[] = {"127.0.0.1", "::1"};

	for (size_t i = 0; i < 2 && cfg->has_restrict_default; i++) {
		struct diag_place place = place_of_default(cfg);
		struct net_addr addr;

		if (net_addr_parse(loopback[i], &addr) < 0 ||
		    !(flags_for(cfg, &addr) & (RES_NOQUERY | RES_IGNORE)))
			continue;
		diags_add(d, DIAG_WARNING, "loopback-closed", &place,
			  i ? "add restrict ::1" : "add restrict 127.0.0.1",
			  "ntpq on this machine gets no answer at %s",
			  loopback[i]);
	}
}

static bool is_pool_name(const char *host)
{
	static const char pool[] = "pool.ntp.org";
	size_t len = strlen(host), n = sizeof pool - 1;

	if (len < n || strcasecmp(host + len - n, pool) != 0)
		return false;
	return len == n || host[len - n - 1] == '.';
}

static void check_pool_names(const struct config *cfg, struct diags *d)
{
	for (size_t i = 0; i < cfg->n_source; i++) {
		const struct conf_source *s = &cfg->source[i];
		struct diag_place place = place_of(&s->pos);

		if (s->kind == SOURCE_REFCLOCK || !is_pool_name(s->host))
			continue;
		diags_add(d, DIAG_NOTICE, "pool-upstream", &place,
			  "a server that joins the pool names its own four to "
			  "seven upstreams",
			  "time comes from the pool ('%s')", s->host);
		return;
	}
}

static bool is_loopback_literal(const char *host)
{
	struct net_addr addr;

	return net_addr_parse(host, &addr) == 0 && net_addr_is_loopback(&addr);
}

static void check_count(const struct config *cfg, struct diags *d)
{
	const struct conf_source *first = NULL;
	struct diag_place place;
	unsigned n = 0;

	for (size_t i = 0; i < cfg->n_source; i++) {
		const struct conf_source *s = &cfg->source[i];

		if (s->kind == SOURCE_REFCLOCK || s->noselect)
			continue;
		n += s->kind == SOURCE_POOL ? SOURCES_WANTED : 1;
		if (!first && !is_loopback_literal(s->host))
			first = s;
	}
	if (!first || n >= SOURCES_WANTED)
		return;
	place = place_of(&first->pos);
	diags_add(d, DIAG_WARNING, "few-sources", &place,
		  "four or more let the true ones outvote a false one",
		  n == 1 ? "only %u source" : "only %u sources", n);
}

/* We hear whom we ask; a classic daemon hears only whom its restrict lines let in. */
static void check_shut_out(const struct config *cfg, struct diags *d)
{
	bool source_entry = false;

	for (size_t i = 0; i < cfg->n_restrict; i++)
		source_entry |= cfg->restricts[i].kind == RESTRICT_SOURCE;
	for (size_t i = 0; i < cfg->n_source && !source_entry; i++) {
		const struct conf_source *s = &cfg->source[i];
		struct diag_place place = place_of(&s->pos);
		struct net_addr addr;

		if (s->kind == SOURCE_REFCLOCK ||
		    net_addr_parse(s->host, &addr) < 0 ||
		    !(flags_for(cfg, &addr) & RES_IGNORE))
			continue;
		diags_add(d, DIAG_WARNING, "source-shut-out", &place,
			  "add restrict source, or a restrict line for it",
			  "'%s' is asked, and a restrict line ignores it: "
			  "fine here, but other daemons would not hear it",
			  s->host);
	}
}

static void check_key(const struct config *cfg, struct diags *d,
		      const struct diag_place *place, uint32_t id,
		      const char *what)
{
	if (!cfg->keys_file)
		diags_add(d, DIAG_WARNING, "no-keys-file", place,
			  "add a keys line",
			  "%s %u is used, and there is no file of keys", what,
			  id);
	else if (!config_trusts_key(cfg, id))
		diags_add(d, DIAG_WARNING, "key-not-trusted", place,
			  "add it to trustedkey",
			  "%s %u is not among the trusted keys", what, id);
}

static void check_keys(const struct config *cfg, struct diags *d)
{
	for (size_t i = 0; i < cfg->n_source; i++) {
		struct diag_place place = place_of(&cfg->source[i].pos);

		if (cfg->source[i].key_id)
			check_key(cfg, d, &place, cfg->source[i].key_id, "key");
	}
}

static void check_monitor(const struct config *cfg, struct diags *d)
{
	for (size_t i = 0; i < cfg->n_restrict && !cfg->enable.monitor; i++) {
		const struct conf_restrict *e = &cfg->restricts[i];
		struct diag_place place = place_of(&e->pos);

		if (!(e->flags & RES_LIMITED) || e->remove)
			continue;
		diags_add(d, DIAG_WARNING, "limited-without-monitor", &place,
			  "take 'disable monitor' away",
			  "limited needs the table of clients, so it is kept "
			  "in spite of 'disable monitor'");
		return;
	}
}

void check_config(const struct config *cfg, struct diags *d)
{
	check_default(cfg, d);
	check_loopback(cfg, d);
	check_count(cfg, d);
	check_pool_names(cfg, d);
	check_shut_out(cfg, d);
	check_keys(cfg, d);
	check_monitor(cfg, d);
}
