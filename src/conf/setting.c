/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/container.h"
#include "base/text.h"
#include "conf/build.h"
#include "conf/handlers.h"
#include "conf/options.h"

#define KEY_ID_MAX 65535
#define DNS_PORT 53
#define TOKEN_MIN_LEN 16
#define TOKEN_MAX_LEN 64
#define TOKEN_CHARS \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"

void read_options(struct reader *r, const struct directive *d)
{
	if (!reader_peek(r))
		reader_need(r, "an option");
	options_read(r, d, r->cfg);
}

void read_value(struct reader *r, const struct directive *d)
{
	if (option_read(r, d, &d->value, r->cfg))
		reader_end(r);
}

/* No name, or an empty one, switches the file off; old files have a second word. */
void read_driftfile(struct reader *r, const struct directive *d)
{
	long log2_s;

	r->cfg->drift_file = NULL;
	if (!reader_peek(r) || !option_read(r, d, &d->value, r->cfg))
		return;
	if (reader_peek(r) && !reader_int(r, d->name, 0, 31, &log2_s))
		return;
	reader_end(r);
}

/* Classically a prefix; nobody who forgets the slash means that. */
void read_statsdir(struct reader *r, const struct directive *d)
{
	const struct word *w = reader_need(r, "the folder");
	char dir[CONF_LINE_MAX + 2];

	(void)d;
	if (!w)
		return;
	reader_end(r);
	snprintf(dir, sizeof dir, "%s%s", w->text,
		 *w->text && w->text[strlen(w->text) - 1] != '/' ? "/" : "");
	r->cfg->stats_dir = *dir ? config_keep(r->cfg, dir) : NULL;
}

/* A property of the line that the address has no room for. */
bool read_loopback(struct reader *r, const struct option *o, void *base)
{
	(void)o;
	(void)base;
	r->cfg->name_server_loopback = true;
	return true;
}

void read_nameserver(struct reader *r, const struct directive *d)
{
	const struct word *w = reader_need(r, "the address of a name server");
	struct config *cfg = r->cfg;
	struct net_addr addr;

	if (!w)
		return;
	if (net_addr_parse(w->text, &addr) < 0) {
		reader_error(r, "bad-address", w, NULL,
			     "'%s' is not an address; a name server cannot be "
			     "given by its name",
			     w->text);
		return;
	}
	addr.port = DNS_PORT;
	options_read(r, d, &addr);
	if (cfg->n_name_server == CONF_MAX_NAME_SERVERS) {
		reader_error(r, "too-many-nameservers", w, NULL,
			     "more than %d nameserver lines",
			     CONF_MAX_NAME_SERVERS);
		return;
	}
	cfg->name_server[cfg->n_name_server++] = addr;
}

void read_poolverify(struct reader *r, const struct directive *d)
{
	const struct word *w = reader_need(r, "the token from the pool's page");
	struct config *cfg = r->cfg;
	size_t len;

	(void)d;
	if (!w)
		return;
	len = strlen(w->text);
	if (len < TOKEN_MIN_LEN || len > TOKEN_MAX_LEN ||
	    strspn(w->text, TOKEN_CHARS) != len) {
		reader_error(r, "bad-token", w, NULL,
			     "a token is %d to %d letters, digits, '-' and '_'",
			     TOKEN_MIN_LEN, TOKEN_MAX_LEN);
		return;
	}
	if (cfg->n_pool_verify == CONF_MAX_POOL_VERIFY) {
		reader_error(r, "too-many-poolverify", w, NULL,
			     "more than %d poolverify lines",
			     CONF_MAX_POOL_VERIFY);
		return;
	}
	cfg->pool_verify[cfg->n_pool_verify++] = config_keep(cfg, w->text);
}

void read_clock(struct reader *r, const struct directive *d)
{
	const struct word *w = reader_peek(r);
	struct conf_clock clock = {.kind = (enum conf_clock_kind) ~0u};
	unsigned errors = r->diags->errors;

	if (!w)
		reader_need(r, "'kernel', 'none' or 'virtual'");
	options_read(r, d, &clock);
	if (r->diags->errors > errors)
		return;
	if (clock.kind == (enum conf_clock_kind) ~0u)
		clock.kind = CLOCK_VIRTUAL;
	if (clock.kind != CLOCK_VIRTUAL &&
	    (clock.offset_s != 0 || clock.freq != 0)) {
		reader_error(r, "clock-not-virtual", w, NULL,
			     "offset and freq belong to 'clock virtual'");
		return;
	}
	r->cfg->clock = clock;
}

/*
 * limit counts packets a second where discard counts seconds a packet: average
 * becomes the next longer power of two, and there is no minimum spacing.
 */
void read_limit(struct reader *r, const struct directive *d)
{
	double average_pps = 1;
	int log2 = 0;

	if (!reader_peek(r))
		reader_need(r, "an option");
	options_read(r, d, &average_pps);
	while (log2 < 17 && 1.0 / (double)(1 << log2) > average_pps)
		log2++;
	r->cfg->rate.average_log2 = log2;
	r->cfg->rate.minimum_s = 0;
}

/* One key id of a trustedkey line, which may have brackets around it. */
static bool key_number(struct reader *r, const struct word *w, long *id)
{
	const char *digits = w->text + (*w->text == '(');
	size_t len = strlen(digits);
	char text[16];

	len -= len && digits[len - 1] == ')';
	snprintf(text, sizeof text, "%.*s", (int)len, digits);
	if (len < sizeof text && text_to_int(text, 1, KEY_ID_MAX, id) == 0)
		return true;
	reader_error(r, "bad-key-id", w, NULL,
		     "'%s' is not a key id from 1 to %d", w->text, KEY_ID_MAX);
	return false;
}

/* 4 8 (14 ... 18) 42 */
void read_trustedkey(struct reader *r, const struct directive *d)
{
	const struct word *w = reader_need(r, "a key id");
	long first = 0, last;

	(void)d;
	for (; w; w = reader_take(r)) {
		bool is_range = strcmp(w->text, "...") == 0;

		if (strcmp(w->text, "(") == 0 || strcmp(w->text, ")") == 0)
			continue;
		if (is_range && !(w = reader_need(r, "the last key id")))
			return;
		if (!key_number(r, w, &last))
			continue;
		if (is_range && (first == 0 || first > last)) {
			reader_error(r, "bad-key-range", w, NULL,
				     "a range of keys is (FIRST ... LAST)");
			continue;
		}
		if (!is_range)
			first = last;
		for (long id = first; id <= last; id++)
			config_trust_key(r->cfg, (uint32_t)id);
	}
}

void read_filegen(struct reader *r, const struct directive *d)
{
	static const char *const unwritten[] = {"cryptostats", "timingstats",
						"usestats",    "ntsstats",
						"ntskestats",  "ntskelog"};
	const struct word *w = reader_need(r, "the name of the statistics");
	struct conf_filegen unused = {0};

	if (!w)
		return;
	for (size_t i = 0; i < STATS_KINDS; i++)
		if (strcmp(w->text, stats_name((unsigned)i)) == 0) {
			options_read(r, d, &r->cfg->filegen[i]);
			return;
		}
	for (size_t i = 0; i < ARRAY_LEN(unwritten); i++)
		if (strcmp(w->text, unwritten[i]) == 0) {
			options_read(r, d, &unused);
			return;
		}
	reader_error(r, "unknown-statistics", w, NULL,
		     "there are no statistics called '%s'", w->text);
}

/* NAME = VALUE [default], with or without blanks around the sign. */
void read_setvar(struct reader *r, const struct directive *d)
{
	const struct word *w = reader_need(r, "NAME = VALUE");
	struct conf_setvar var = {0};
	char name[CONF_LINE_MAX + 1], *sign;
	const char *value = "";

	if (!w)
		return;
	snprintf(name, sizeof name, "%s", w->text);
	sign = strchr(name, '=');
	if (sign) {
		*sign = '\0';
		value = sign + 1;
	} else {
		const struct word *eq = reader_need(r, "the sign =");

		if (!eq)
			return;
		if (*eq->text != '=') {
			reader_error(r, "bad-setvar", eq, NULL,
				     "'=' is expected here, not '%s'",
				     eq->text);
			return;
		}
		value = eq->text + 1;
	}
	if (!*value && !(w = reader_need(r, "the value")))
		return;
	var.name = config_keep(r->cfg, name);
	var.value = config_keep(r->cfg, *value ? value : w->text);
	options_read(r, d, &var);
	if (!config_add_setvar(r->cfg, &var))
		reader_error(r, "too-many-variables", w, NULL,
			     "more than %d setvar lines", CONF_MAX_SETVARS);
}

static bool logconfig_word_is_valid(const char *text)
{
	static const char *const class[] = {"clock", "peer", "sys",
					    "sync",  "all",  ""};
	static const char *const event[] = {"info",       "events", "event",
					    "statistics", "stats",  "status",
					    "all",        ""};

	for (size_t i = 0; i < ARRAY_LEN(class); i++)
		for (size_t k = 0; k < ARRAY_LEN(event); k++) {
			size_t n = strlen(class[i]);

			if (strncmp(text, class[i], n) == 0 &&
			    strcmp(text + n, event[k]) == 0)
				return true;
		}
	return false;
}

/* [=+-]{clock,peer,sys,sync,all}{info,events,statistics,status,all} ... */
void read_logconfig(struct reader *r, const struct directive *d)
{
	const struct word *w = reader_need(r, "the classes of messages");

	(void)d;
	for (; w; w = reader_take(r)) {
		const char *text = w->text;

		text += strspn(text, "=+-");
		if (!logconfig_word_is_valid(text))
			reader_error(r, "unknown-log-class", w, NULL,
				     "'%s' is not a class of messages",
				     w->text);
	}
}
