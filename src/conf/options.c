/* SPDX-License-Identifier: BSD-2-Clause */
#include "conf/options.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/container.h"
#include "conf/build.h"
#include "conf/suggest.h"

/* Enumerations are stored as unsigned. */
static_assert(sizeof(enum stats_type) == sizeof(unsigned), "enum size");
static_assert(sizeof(enum conf_clock_kind) == sizeof(unsigned), "enum size");
static_assert(sizeof(uint32_t) == sizeof(unsigned), "key ids");

static void store(const struct option *o, void *base, const void *value,
		  size_t size)
{
	if (o->at != NOWHERE)
		memcpy((char *)base + o->at, value, size);
}

static void store_bool(const struct option *o, void *base, bool value)
{
	store(o, base, &value, sizeof value);
}

static void store_unsigned(const struct option *o, void *base, unsigned value)
{
	store(o, base, &value, sizeof value);
}

static void store_bit(const struct option *o, void *base, bool on)
{
	unsigned flags;

	if (o->at == NOWHERE)
		return;
	memcpy(&flags, (char *)base + o->at, sizeof flags);
	flags = on ? flags | o->param : flags & ~o->param;
	store(o, base, &flags, sizeof flags);
}

static bool read_whole(struct reader *r, const struct option *o, void *base)
{
	double seconds;
	uint16_t port;
	long v;
	int n;

	if (!reader_int(r, o->name, o->min, o->max, &v))
		return false;
	n = (int)v;
	port = (uint16_t)v;
	switch (o->arg) {
	case ARG_INT:
		store(o, base, &n, sizeof n);
		break;
	case ARG_PORT:
		store(o, base, &port, sizeof port);
		break;
	case ARG_FLAG:
		store_bit(o, base, v != 0);
		break;
	case ARG_LOG2_S:
		seconds = ldexp(1, n);
		store(o, base, &seconds, sizeof seconds);
		break;
	default:
		store_unsigned(o, base, (unsigned)v);
	}
	return true;
}

static bool read_fraction(struct reader *r, const struct option *o, void *base,
			  double unit)
{
	double v;

	if (!reader_double(r, o->name, o->min, o->max, &v))
		return false;
	v *= unit;
	store(o, base, &v, sizeof v);
	return true;
}

static bool read_text(struct reader *r, const struct option *o, void *base)
{
	const struct word *w = reader_take(r);
	const char *kept = NULL;

	if (!w) {
		reader_error(r, "missing-argument", NULL, NULL,
			     "the value of '%s' is missing", o->name);
		return false;
	}
	if (*w->text && o->at != NOWHERE)
		kept = config_keep(r->cfg, w->text);
	store(o, base, &kept, sizeof kept);
	return true;
}

static bool read_refid(struct reader *r, const struct option *o, void *base)
{
	const struct word *w = reader_need(r, "the reference id");
	char refid[5] = "";

	if (!w)
		return false;
	if (strlen(w->text) > 4) {
		reader_error(r, "bad-refid", w, NULL,
			     "'%s' has more than four letters", w->text);
		return false;
	}
	strcpy(refid, w->text);
	store(o, base, refid, sizeof refid);
	return true;
}

static bool read_choice(struct reader *r, const struct option *o, void *base)
{
	const struct word *w = reader_take(r);
	struct suggestion near;
	char fix[80];

	if (!w) {
		reader_error(r, "missing-argument", NULL, NULL,
			     "the value of '%s' is missing", o->name);
		return false;
	}
	near = suggestion(w->text);
	for (unsigned i = 0; o->choices[i]; i++) {
		if (strcmp(o->choices[i], w->text) == 0) {
			store_unsigned(o, base, i);
			return true;
		}
		suggest_offer(&near, o->choices[i]);
	}
	if (near.best)
		snprintf(fix, sizeof fix, "did you mean '%s'?", near.best);
	reader_error(r, "unknown-value", w, near.best ? fix : NULL,
		     "'%s' cannot be '%s'", o->name, w->text);
	return false;
}

static bool read_argument(struct reader *r, const struct directive *d,
			  const struct option *o, void *base)
{
	switch (o->arg) {
	case ARG_TRUE:
	case ARG_FALSE:
		store_bool(o, base, o->arg == ARG_TRUE);
		return true;
	case ARG_SWITCH:
		store_bool(o, base, d->param != 0);
		return true;
	case ARG_BIT:
		store_bit(o, base, true);
		return true;
	case ARG_SET:
		store_unsigned(o, base, o->param);
		return true;
	case ARG_SECONDS:
		return read_fraction(r, o, base, 1);
	case ARG_PPM:
		return read_fraction(r, o, base, 1e-6);
	case ARG_PERCENT:
		return read_fraction(r, o, base, 0.01);
	case ARG_TEXT:
		return read_text(r, o, base);
	case ARG_REFID:
		return read_refid(r, o, base);
	case ARG_CHOICE:
		return read_choice(r, o, base);
	case ARG_CUSTOM:
		return o->fn(r, o, base);
	case ARG_FLAG:
	case ARG_INT:
	case ARG_UINT:
	case ARG_PORT:
	case ARG_LOG2_S:
		break;
	}
	return read_whole(r, o, base);
}

bool option_read(struct reader *r, const struct directive *d,
		 const struct option *o, void *base)
{
	if (!read_argument(r, d, o, base))
		return false;
	if (o->given)
		*((char *)base + o->given) = true;
	return true;
}

void effect_notice(struct reader *r, const struct word *w, const void *row,
		   enum conf_effect effect, const char *help)
{
	if ((effect == EFFECT_NOT_BUILT || effect == EFFECT_MISSED) &&
	    reader_first(r, row))
		reader_say(r,
			   effect == EFFECT_MISSED ? DIAG_WARNING : DIAG_NOTICE,
			   "not-built", w, NULL,
			   "'%s' is read but has no effect yet: %s", w->text,
			   help);
	if (effect == EFFECT_OBSOLETE && reader_first(r, row))
		reader_say(r, DIAG_NOTICE, "obsolete", w, NULL,
			   "'%s' is obsolete and ignored: %s", w->text, help);
}

static const struct option *option_find(const struct option *table,
					const char *name)
{
	for (; table && table->name; table++)
		if (strcmp(table->name, name) == 0)
			return table;
	return NULL;
}

/* Words of other programs, or of habit, that no edit distance finds. */
static const char *synonym(const char *word)
{
	static const char *const pair[][2] = {
		{"netmask", "mask"},          {"allow", "restrict"},
		{"deny", "restrict"},         {"makestep", "tinker step"},
		{"servers", "pool"},          {"listen", "interface listen"},
		{"bind", "interface listen"}, {"include", "includefile"},
		{"confdir", "includefile"},   {"keyfile", "keys"},
		{"leapsectz", "leapfile"},    {"local", "server 127.127.1.0"},
	};

	for (size_t i = 0; i < ARRAY_LEN(pair); i++)
		if (strcmp(pair[i][0], word) == 0)
			return pair[i][1];
	return NULL;
}

/* A value left behind by an unknown word would only be a second finding. */
static void skip_values(struct reader *r)
{
	const struct word *w;

	while ((w = reader_peek(r)) && strchr("0123456789-+./", w->text[0]))
		r->next++;
}

static void unknown_option(struct reader *r, const struct directive *d,
			   const struct word *w)
{
	struct suggestion near = suggestion(w->text);
	const char *best = synonym(w->text);
	char fix[120];

	for (const struct option *o = d->options; o && o->name; o++)
		suggest_offer(&near, o->name);
	if (!best || !option_find(d->options, best))
		best = near.best;
	if (best)
		snprintf(fix, sizeof fix, "did you mean '%s'?", best);
	reader_error(r, "unknown-option", w, best ? fix : NULL,
		     "'%s' has no option '%s'", d->name, w->text);
	skip_values(r);
}

bool option_first(struct reader *r, const struct directive *d, void *base)
{
	const struct word *w = reader_need(r, "an option");
	const struct option *o;

	if (!w)
		return false;
	o = option_find(d->options, w->text);
	if (!o) {
		unknown_option(r, d, w);
		return false;
	}
	effect_notice(r, w, o, o->effect, o->help);
	if (option_read(r, d, o, base))
		return true;
	skip_values(r);
	return false;
}

void options_read(struct reader *r, const struct directive *d, void *base)
{
	while (reader_peek(r))
		option_first(r, d, base);
}

/*
 * The directive that has an option of this name, for "minclock 4" on its own.
 * Of several, server and restrict are the likeliest.
 */
static const struct directive *owner_of_option(const char *name)
{
	static const char *const likely[] = {"server", "restrict"};

	for (size_t i = 0; i < ARRAY_LEN(likely); i++) {
		const struct directive *d = directive_find(likely[i]);

		if (option_find(d->options, name))
			return d;
	}
	for (const struct directive *d = directives; d->name; d++)
		if (option_find(d->options, name))
			return d;
	return NULL;
}

void unknown_directive(struct reader *r, const struct word *w)
{
	const struct directive *owner = owner_of_option(w->text);
	struct suggestion near = suggestion(w->text);
	const char *best = synonym(w->text);
	char fix[120];

	for (const struct directive *d = directives; d->name; d++)
		suggest_offer(&near, d->name);
	if (near.best && (near.distance == 0 || !best))
		best = near.best;
	if (owner && (!near.best || near.distance > 0))
		snprintf(fix, sizeof fix, "did you mean '%s %s%s'?",
			 owner->name, *owner->args == 'h' ? "HOST " : "",
			 w->text);
	else if (best)
		snprintf(fix, sizeof fix, "did you mean '%s'?", best);
	reader_error(r, "unknown-directive", w, owner || best ? fix : NULL,
		     "there is no directive '%s'", w->text);
}
