/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/web/api_body.h"

/* Apart from api.c, because base/json.h writes under names that jansson has. */
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

static bool take_kbit(struct server_wish *w, const json_t *v)
{
	w->has_kbit = true;
	w->kbit = json_integer_value(v);
	return json_is_integer(v);
}

static bool take_country(struct server_wish *w, const json_t *v)
{
	size_t len = json_string_length(v);

	if (!json_is_string(v) || len >= sizeof w->country)
		return false;
	w->has_country = true;
	memcpy(w->country, json_string_value(v), len + 1);
	return true;
}

static bool take_alert(struct server_wish *w, const json_t *v)
{
	w->has_alert = true;
	w->alert_below = json_is_null(v) ? (double)NAN : json_number_value(v);
	return json_is_null(v) || json_is_number(v);
}

static bool take_pause(struct server_wish *w, const json_t *v)
{
	w->has_pause = true;
	w->pause_hours = json_number_value(v);
	return json_is_number(v) && w->pause_hours >= 0 &&
	       w->pause_hours <= 720;
}

static const struct {
	const char *name;
	bool (*take)(struct server_wish *w, const json_t *v);
} members[] = {
	{"netspeed_kbit", take_kbit},
	{"country", take_country},
	{"alert_below", take_alert},
	{"pause_hours", take_pause},
};

/* A name that nobody knows may be a slip of the pen. */
static bool take(struct server_wish *w, const char *name, const json_t *v)
{
	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		if (strcmp(members[i].name, name) == 0)
			return members[i].take(w, v);
	return false;
}

int api_body_read(const char *body, size_t len, struct server_wish *out)
{
	struct server_wish w = {0};
	json_t *o = json_loadb(body, len, JSON_REJECT_DUPLICATES, NULL);
	bool good = json_is_object(o);
	const char *name;
	json_t *value;

	if (good)
		json_object_foreach(o, name, value) good =
			good && take(&w, name, value);
	json_decref(o);
	if (!good)
		return -EINVAL;
	*out = w;
	return 0;
}
