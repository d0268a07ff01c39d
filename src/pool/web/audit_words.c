/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/web/audit_words.h"

#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "base/container.h"
#include "pool/web/figure.h"
#include "pool/web/when.h"

enum kind { AS_IT_IS, NETSPEED, MOMENT };

/* clang-format off */
static const struct {
	const char *action, *words;
	enum kind kind;      /* of "was" and "is" */
	const char *nothing; /* what 0, null and "" mean */
} actions[] = {
	{"list.add",            "List entry written",       AS_IT_IS, ""},
	{"list.approve",        "List entry approved",      AS_IT_IS, ""},
	{"list.change",         "List entry changed",       AS_IT_IS, ""},
	{"list.refuse",         "List entry refused",       AS_IT_IS, ""},
	{"list.remove",         "List entry removed",       AS_IT_IS, ""},
	{"monitor.add",         "Monitor added",            AS_IT_IS, ""},
	{"monitor.code",        "Code for a monitor made",  AS_IT_IS, ""},
	{"monitor.enrol",       "Monitor came with its code", AS_IT_IS, ""},
	{"monitor.state",       "State of a monitor",       AS_IT_IS, ""},
	{"person.add",          "Person added",             AS_IT_IS, ""},
	{"person.confirm",      "Mail address confirmed",   AS_IT_IS, ""},
	{"person.disable",      "Person locked out",        AS_IT_IS, ""},
	{"person.enable",       "Person let in again",      AS_IT_IS, ""},
	{"person.from-proxy",   "Person came by the proxy", AS_IT_IS, ""},
	{"person.log-in",       "Logged in",                AS_IT_IS, ""},
	{"person.password",     "Password changed",         AS_IT_IS, ""},
	{"person.role",         "Role of a person",         AS_IT_IS, ""},
	{"person.sign-up",      "Signed up",                AS_IT_IS, ""},
	{"server.add",          "Server added",             AS_IT_IS, ""},
	{"server.alert",        "Mail below a score of",    AS_IT_IS, "the pool's own"},
	{"server.comment",      "Comment answered",         AS_IT_IS, "none"},
	{"server.country",      "Country",                  AS_IT_IS, "none"},
	{"server.delete",       "To be deleted",            MOMENT,   "not"},
	{"server.delete.undo",  "Not to be deleted",        MOMENT,   "not"},
	{"server.deleted",      "Deleted",                  MOMENT,   "not"},
	{"server.move",         "Moved to another account", AS_IT_IS, ""},
	{"server.netspeed",     "Netspeed",                 NETSPEED, "monitoring only"},
	{"server.pause",        "Paused until",             MOMENT,   "not paused"},
	{"server.probe",        "Asked by every monitor",   AS_IT_IS, ""},
	{"server.verified",     "Verified",                 AS_IT_IS, ""},
	{"server.verify",       "Verification begun",       AS_IT_IS, ""},
	{"server.verify.again", "Verification tried again", AS_IT_IS, ""},
	{"team.invite",         "Invited",                  AS_IT_IS, ""},
	{"team.join",           "Joined the team",          AS_IT_IS, ""},
	{"team.new",            "Account opened",           AS_IT_IS, ""},
	{"team.remove",         "Taken out of the team",    AS_IT_IS, ""},
	{"team.role",           "Role in the team",         AS_IT_IS, ""},
	{"team.update",         "Account described anew",   AS_IT_IS, ""},
	{"token.new",           "Token made",               AS_IT_IS, ""},
	{"token.revoke",        "Token revoked",            AS_IT_IS, ""},
	{"webhook.add",         "Webhook added",            AS_IT_IS, ""},
	{"webhook.remove",      "Webhook removed",          AS_IT_IS, ""},
	{"webhook.test",        "Webhook tried",            AS_IT_IS, ""},
	{"zone.add",            "Zone added",               AS_IT_IS, ""},
	{"zone.change",         "Zone changed",             AS_IT_IS, ""},
	{"zone.remove",         "Zone removed",             AS_IT_IS, ""},
	{"zone.rule.add",       "Rule of a zone added",     AS_IT_IS, ""},
	{"zone.rule.remove",    "Rule of a zone removed",   AS_IT_IS, ""},
};
/* clang-format on */

static size_t find(const char *action)
{
	size_t i = 0;

	while (i < ARRAY_LEN(actions) && strcmp(actions[i].action, action) != 0)
		i++;
	return i;
}

const char *audit_action_words(const char *action)
{
	size_t i = find(action);

	return i < ARRAY_LEN(actions) ? actions[i].words : action;
}

static bool is_nothing(const json_t *v)
{
	return json_is_null(v) ||
	       (json_is_string(v) && !json_string_length(v)) ||
	       (json_is_integer(v) && json_integer_value(v) == 0);
}

static void put_members(struct html *h, json_t *object, const char *between);

static void put_value(struct html *h, json_t *v)
{
	if (json_is_string(v))
		html_put(h, "%s", json_string_value(v));
	else if (json_is_integer(v))
		html_put(h, "%lld", (long long)json_integer_value(v));
	else if (json_is_real(v))
		html_put(h, "%g", json_real_value(v));
	else if (json_is_boolean(v))
		html_put(h, json_is_true(v) ? "yes" : "no");
	else if (json_is_object(v))
		put_members(h, v, ", ");
	else
		html_put(h, "none");
}

static void put_members(struct html *h, json_t *object, const char *between)
{
	const char *name, *before = "";
	json_t *v;

	json_object_foreach(object, name, v)
	{
		if (is_nothing(v))
			continue;
		html_put(h, "%s%s ", before, name);
		put_value(h, v);
		before = between;
	}
}

/* One side of "was → is". */
static void put_side(struct html *h, size_t action, json_t *v)
{
	enum kind kind =
		action < ARRAY_LEN(actions) ? actions[action].kind : AS_IT_IS;
	char text[WHEN_LEN > FIGURE_LEN ? WHEN_LEN : FIGURE_LEN];

	if (is_nothing(v) && action < ARRAY_LEN(actions) &&
	    *actions[action].nothing)
		html_put(h, "%s", actions[action].nothing);
	else if (kind == NETSPEED)
		html_put(h, "%s", figure_netspeed(json_integer_value(v), text));
	else if (kind == MOMENT)
		html_put(h, "%s", when_minute(json_integer_value(v), text));
	else
		put_value(h, v);
}

void audit_detail_words(struct html *h, const struct audit *a)
{
	json_t *detail = json_loads(a->detail, 0, NULL);
	json_t *was = json_object_get(detail, "was"),
	       *is = json_object_get(detail, "is");
	size_t action = find(a->action);

	if (was)
		put_side(h, action, was);
	if (was && is)
		html_put(h, " → ");
	if (is)
		put_side(h, action, is);
	json_object_del(detail, "was");
	json_object_del(detail, "is");
	if ((was || is) && json_object_size(detail))
		html_put(h, ", ");
	put_members(h, detail, ", ");
	json_decref(detail);
}
