/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "pool/book/zones.h"
#include "pool/zone/build.h"
#include "prog/poolctl/commands.h"
#include "prog/poolctl/ctl.h"

static bool find_zone(struct ctl *c, const char *name, struct zone_record *z)
{
	int r = zone_by_name(c->db, name, z);

	if (r < 0)
		ctl_store(c, r);
	else if (r == 0)
		ctl_fail(c, "unknown", "there is no zone '%s'", name);
	return r == 1;
}

int cmd_zone_add(struct ctl *c)
{
	struct zone_record z = {0}, parent;
	int64_t id;

	if (!find_zone(c, ctl_arg(c, "PARENT"), &parent))
		return CTL_FAILED;
	snprintf(z.name, sizeof z.name, "%s", ctl_arg(c, "NAME"));
	snprintf(z.title, sizeof z.title, "%s", ctl_arg(c, "TITLE"));
	snprintf(z.kind, sizeof z.kind, "%s", ctl_arg(c, "KIND"));
	z.parent_id = parent.id;
	return ctl_done(
		c, book_zone_add(c->db, c->set, &c->who, &z, c->now_ms, &id));
}

/* How many are handed out there, of both families. */
static int count(struct ctl *c, int64_t zone_id, int64_t active[2])
{
	struct db_rows rows;
	struct zone_count n;

	active[0] = active[1] = 0;
	zone_ask_counts_now(c->db, &rows, zone_id, c->now_ms);
	while (zone_count_next(&rows, &n))
		active[n.family == 6] = n.active;
	return db_end(&rows);
}

static void put_zone(struct output *o, const struct zone_record *z,
		     const int64_t active[2])
{
	output_row(o);
	output_text(o, "name", z->name);
	output_text(o, "title", z->title);
	output_text(o, "kind", z->kind);
	output_int(o, "ipv4", active[0]);
	output_int(o, "ipv6", active[1]);
	output_int(o, "min_servers", z->min_servers);
	output_int(o, "min_kbit", z->min_kbit);
	output_int(o, "max_hosts", z->max_hosts);
	output_int(o, "ttl_s", z->ttl_s);
	output_text(o, "policy", z->policy);
}

int cmd_zone_list(struct ctl *c)
{
	struct db_rows rows;
	struct zone_record z;
	int64_t active[2];
	int r = 0, end;

	zone_ask_all(c->db, &rows);
	output_list(&c->out);
	while (r >= 0 && zone_next(&rows, &z)) {
		r = count(c, z.id, active);
		put_zone(&c->out, &z, active);
	}
	end = db_end(&rows);
	output_end(&c->out);
	return ctl_store(c, r < 0 ? r : end);
}

int cmd_zone_set(struct ctl *c)
{
	const char *policy = ctl_arg(c, "policy");
	enum zone_policy known;
	struct zone_record z;
	long servers, kbit, hosts, ttl;

	if (!find_zone(c, ctl_arg(c, "NAME"), &z) ||
	    !ctl_number(c, "min-servers", 0, 10000, z.min_servers, &servers) ||
	    !ctl_number(c, "min-kbit", 0, INT32_MAX, z.min_kbit, &kbit) ||
	    !ctl_number(c, "max-hosts", 0, 8, z.max_hosts, &hosts) ||
	    !ctl_number(c, "ttl", 0, 86400, z.ttl_s, &ttl))
		return CTL_FAILED;
	if (policy && *policy && !zone_policy_find(policy, &known))
		return ctl_fail(c, "bad-policy",
				"a policy is strict, local-first or classic");
	z.min_servers = servers;
	z.min_kbit = kbit;
	z.max_hosts = hosts;
	z.ttl_s = ttl;
	if (policy)
		snprintf(z.policy, sizeof z.policy, "%s", policy);
	return ctl_done(c, book_zone_change(c->db, &c->who, &z, c->now_ms));
}

int cmd_zone_remove(struct ctl *c)
{
	struct zone_record z;

	if (!find_zone(c, ctl_arg(c, "NAME"), &z))
		return CTL_FAILED;
	return ctl_done(c, book_zone_remove(c->db, &c->who, z.id, c->now_ms));
}

int cmd_zone_rule(struct ctl *c)
{
	struct zone_rule rule = {0};
	struct zone_record z;
	int64_t id;

	if (!find_zone(c, ctl_arg(c, "NAME"), &z))
		return CTL_FAILED;
	rule.zone_id = z.id;
	if (strlen(ctl_arg(c, "KIND")) >= sizeof rule.kind ||
	    strlen(ctl_arg(c, "VALUE")) >= sizeof rule.value)
		return ctl_verdict(c, BOOK_BAD_RULE);
	snprintf(rule.kind, sizeof rule.kind, "%s", ctl_arg(c, "KIND"));
	snprintf(rule.value, sizeof rule.value, "%s", ctl_arg(c, "VALUE"));
	return ctl_done(
		c, book_zone_rule_add(c->db, &c->who, &rule, c->now_ms, &id));
}

int cmd_zone_rules(struct ctl *c)
{
	struct zone_record z;
	struct zone_rule rule;
	struct db_rows rows;

	if (!find_zone(c, ctl_arg(c, "NAME"), &z))
		return CTL_FAILED;
	zone_ask_rules(c->db, &rows, z.id);
	output_list(&c->out);
	while (zone_rule_next(&rows, &rule)) {
		output_row(&c->out);
		output_text(&c->out, "kind", rule.kind);
		output_text(&c->out, "value", rule.value);
	}
	output_end(&c->out);
	return ctl_store(c, db_end(&rows));
}

int cmd_zone_unrule(struct ctl *c)
{
	const char *kind = ctl_arg(c, "KIND"), *value = ctl_arg(c, "VALUE");
	struct zone_record z;
	struct zone_rule rule;
	struct db_rows rows;
	int64_t id = 0;
	int r;

	if (!find_zone(c, ctl_arg(c, "NAME"), &z))
		return CTL_FAILED;
	zone_ask_rules(c->db, &rows, z.id);
	while (zone_rule_next(&rows, &rule))
		if (strcmp(rule.kind, kind) == 0 &&
		    strcmp(rule.value, value) == 0)
			id = rule.id;
	r = db_end(&rows);
	if (r < 0)
		return ctl_store(c, r);
	if (!id)
		return ctl_fail(c, "unknown", "'%s' has no rule '%s %s'",
				z.name, kind, value);
	return ctl_done(
		c, book_zone_rule_remove(c->db, &c->who, id, z.id, c->now_ms));
}
