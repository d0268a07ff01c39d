/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Apart from all that writes JSON, because base/json.h and jansson have names
 * in common; here json_object() and json_array() would be the wrong ones.
 */
#include "status/document.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/container.h"
#include "base/utf8.h"
#include "cli/show.h"

#define TEXT_MAX 1024
#define SHOWN_FLAGS \
	(JSON_INDENT(2) | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(15))

/* --- members -------------------------------------------------------------------- */

/* "server.received": down the objects; NULL where it ends early. */
static json_t *member(const json_t *v, const char *path)
{
	json_t *found = NULL;

	do {
		size_t len = strcspn(path, ".");
		char name[64];

		snprintf(name, sizeof name, "%.*s", (int)len, path);
		v = found = json_object_get(v, name);
		path += len + (path[len] == '.');
	} while (found && *path);
	return found;
}

static int64_t whole(const json_t *v, const char *path)
{
	const json_t *m = member(v, path);

	return json_is_integer(m) ? json_integer_value(m) : -1;
}

static double real(const json_t *v, const char *path)
{
	const json_t *m = member(v, path);

	return json_is_number(m) ? json_number_value(m) : (double)NAN;
}

static bool truth(const json_t *v, const char *path)
{
	return json_is_true(member(v, path));
}

/* Harmless; where that takes a copy, the tree keeps it. */
static const char *words(struct doc_tree *t, const json_t *v, const char *path)
{
	const char *text = json_string_value(member(v, path));
	char shown[TEXT_MAX];

	if (!text)
		return "";
	if (utf8_is_plain(text, strlen(text), false))
		return text;
	show_plain(shown, sizeof shown, text);
	t->text = array_grow(t->text, t->n_text, &t->cap_text, sizeof *t->text);
	t->text[t->n_text] = xstrdup(shown);
	return t->text[t->n_text++];
}

/* "2026-11-23T05:10:28.123456Z" to milliseconds since 1970; 0: none. */
static int64_t moment(const json_t *v, const char *path)
{
	const char *text = json_string_value(member(v, path));
	struct tm tm = {0};
	const char *rest =
		text ? strptime(text, "%Y-%m-%dT%H:%M:%S", &tm) : NULL;
	double fraction = 0;

	if (!rest)
		return 0;
	if (*rest == '.')
		fraction = strtod(rest, NULL);
	return (int64_t)timegm(&tm) * 1000 + (int64_t)(fraction * 1000);
}

/* --- the document ------------------------------------------------------------------ */

static void read_why(const json_t *list, char *out, size_t cap)
{
	struct text t = text_init(out, cap);
	char one[64];

	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *word = json_string_value(json_array_get(list, i));

		if (!word)
			continue;
		show_plain(one, sizeof one, word);
		text_add(&t, "%s%s", t.len ? ", " : "", one);
	}
}

static void read_source(struct doc_tree *t, const json_t *v,
			struct doc_source *s)
{
	const char *tally = words(t, v, "tally");

	*s = (struct doc_source){
		.name = words(t, v, "name"),
		.address = words(t, v, "address"),
		.mode = words(t, v, "mode"),
		.auth = words(t, v, "auth"),
		.state = words(t, v, "state"),
		.refid = words(t, v, "refid"),
		.note = words(t, v, "note"),
		.tally = *tally ? *tally : ' ',
		.port = whole(v, "port"),
		.stratum = whole(v, "stratum"),
		.reach = whole(v, "reach"),
		.poll_s = real(v, "poll"),
		.offset_s = real(v, "offset"),
		.delay_s = real(v, "delay"),
		.jitter_s = real(v, "jitter"),
		.uncertainty_s = real(v, "uncertainty"),
		.sent = whole(v, "sent"),
		.received = whole(v, "received"),
		.last_sample_ms = moment(v, "last_sample"),
		.rx_stamp = words(t, v, "timestamps.rx"),
		.tx_stamp = words(t, v, "timestamps.tx"),
		.nts_cookies = whole(v, "nts.cookies"),
	};
	read_why(json_object_get(v, "why"), s->why, sizeof s->why);
}

static struct doc_system read_system(struct doc_tree *t, const json_t *v)
{
	return (struct doc_system){
		.synchronized = truth(v, "synchronized"),
		.verdict = words(t, v, "verdict"),
		.leap = words(t, v, "leap"),
		.refid = words(t, v, "refid"),
		.reference = words(t, v, "reference"),
		.stratum = whole(v, "stratum"),
		.last_update_ms = moment(v, "last_update"),
		.offset_s = real(v, "offset"),
		.last_offset_s = real(v, "last_offset"),
		.rms_offset_s = real(v, "rms_offset"),
		.jitter_s = real(v, "jitter"),
		.root_delay_s = real(v, "root_delay"),
		.root_disp_s = real(v, "root_dispersion"),
		.root_dist_s = real(v, "root_distance"),
		.freq_ppm = real(v, "frequency_ppm"),
		.skew_ppm = real(v, "skew_ppm"),
		.leap_file = words(t, v, "leap_file.path"),
		.leap_expires = words(t, v, "leap_file.expires"),
	};
}

static struct doc_daemon read_daemon(struct doc_tree *t, const json_t *v)
{
	return (struct doc_daemon){
		.version = words(t, v, "version"),
		.config = words(t, v, "config"),
		.clock = words(t, v, "clock"),
		.config_ok = !json_is_false(json_object_get(v, "config_ok")),
		.pid = whole(v, "pid"),
		.uptime_s = real(v, "uptime"),
	};
}

/* An object of that schema. */
static int parse(struct doc_tree *t, const char *text, size_t len,
		 const char *want, struct text *why)
{
	json_error_t error;
	json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
	const char *schema = json_string_value(json_object_get(root, "schema"));
	char shown[128];

	*t = (struct doc_tree){.root = root};
	if (!root) {
		show_plain(shown, sizeof shown, error.text);
		text_add(why, "not JSON: %s (line %d)", shown, error.line);
	} else if (!schema) {
		text_add(why, "not a document of ntpd: it names no schema");
	} else if (strcmp(schema, want) != 0) {
		show_plain(shown, sizeof shown, schema);
		text_add(why,
			 "of schema %s, and this program reads %s: ntpd and "
			 "ntpctl are of different versions",
			 shown, want);
	} else {
		return 0;
	}
	json_decref(root);
	return -EBADMSG;
}

static void tree_done(struct doc_tree *t)
{
	json_decref(t->root);
	for (size_t i = 0; i < t->n_text; i++)
		free(t->text[i]);
	free(t->text);
}

void doc_prepare(void)
{
	json_object_seed(0); /* from /dev/urandom */
	tzset();
}

int doc_read(const char *text, size_t len, struct document *d, struct text *why)
{
	struct doc_tree *t = &d->tree;
	const json_t *sources;
	int r;

	*d = (struct document){0};
	r = parse(t, text, len, "ntp-status/1", why);
	if (r < 0)
		return r;
	d->time_ms = moment(t->root, "time");
	d->daemon = read_daemon(t, json_object_get(t->root, "daemon"));
	d->system = read_system(t, json_object_get(t->root, "system"));
	d->has_server = json_is_object(json_object_get(t->root, "server"));
	sources = json_object_get(t->root, "sources");
	d->n_source = json_array_size(sources);
	d->source = xcalloc(d->n_source + 1, sizeof *d->source);
	for (size_t i = 0; i < d->n_source; i++)
		read_source(t, json_array_get(sources, i), &d->source[i]);
	return 0;
}

void doc_done(struct document *d)
{
	tree_done(&d->tree);
	free(d->source);
	*d = (struct document){0};
}

int doc_read_clients(const char *text, size_t len, struct clients_doc *d,
		     struct text *why)
{
	struct doc_tree *t = &d->tree;
	const json_t *list;
	int r;

	*d = (struct clients_doc){0};
	r = parse(t, text, len, "ntp-clients/1", why);
	if (r < 0)
		return r;
	d->time_ms = moment(t->root, "time");
	d->total = whole(t->root, "total");
	list = json_object_get(t->root, "clients");
	d->n = json_array_size(list);
	d->client = xcalloc(d->n + 1, sizeof *d->client);
	for (size_t i = 0; i < d->n; i++) {
		const json_t *v = json_array_get(list, i);

		d->client[i] = (struct doc_client){
			.address = words(t, v, "address"),
			.received = whole(v, "received"),
			.version = whole(v, "version"),
			.mode = whole(v, "mode"),
			.over_limit = truth(v, "over_limit"),
			.last_seen_ms = moment(v, "last_seen"),
		};
	}
	return 0;
}

void doc_clients_done(struct clients_doc *d)
{
	tree_done(&d->tree);
	free(d->client);
	*d = (struct clients_doc){0};
}

int64_t doc_count(const struct document *d, const char *path)
{
	return whole(d->tree.root, path);
}

double doc_real(const struct document *d, const char *path)
{
	return real(d->tree.root, path);
}

static double figure(const json_t *v, const char *path)
{
	const json_t *m = member(v, path);

	if (json_is_boolean(m))
		return json_is_true(m);
	if (json_is_string(m) && moment(v, path))
		return (double)moment(v, path) / 1e3;
	return real(v, path);
}

static json_t *source_at(const struct document *d, size_t i)
{
	return json_array_get(member(d->tree.root, "sources"), i);
}

double doc_figure(const struct document *d, const char *path)
{
	return figure(d->tree.root, path);
}

double doc_source_figure(const struct document *d, size_t i, const char *path)
{
	return figure(source_at(d, i), path);
}

void doc_words(const struct document *d, const char *path, char *out,
	       size_t cap)
{
	read_why(member(d->tree.root, path), out, cap);
}

static void each_count(const json_t *v, const char *path,
		       void (*fn)(void *arg, const char *name, int64_t value),
		       void *arg)
{
	json_t *object = member(v, path), *count;
	const char *name;
	char shown[64];

	json_object_foreach(object, name, count)
	{
		show_plain(shown, sizeof shown, name);
		if (json_is_integer(count))
			fn(arg, shown, json_integer_value(count));
	}
}

void doc_each_count(const struct document *d, const char *path,
		    void (*fn)(void *arg, const char *name, int64_t value),
		    void *arg)
{
	each_count(d->tree.root, path, fn, arg);
}

void doc_source_each_count(const struct document *d, size_t i, const char *path,
			   void (*fn)(void *arg, const char *name,
				      int64_t value),
			   void *arg)
{
	each_count(source_at(d, i), path, fn, arg);
}

/* --- as it came ------------------------------------------------------------------- */

void doc_put_json(const struct doc_tree *t, FILE *out, const char *name)
{
	const json_t *root = t->root;
	json_t *part = name ? json_pack("{s:O*, s:O*, s:O*}", "schema",
					json_object_get(root, "schema"), "time",
					json_object_get(root, "time"), name,
					json_object_get(root, name))
			    : json_incref(t->root);

	json_dumpf(part, out, SHOWN_FLAGS);
	fputc('\n', out);
	json_decref(part);
}

/* Lists of words are one field. */
static void put_field(FILE *out, const json_t *v)
{
	char *text = NULL, number[64] = "";

	if (json_is_array(v)) {
		for (size_t i = 0; i < json_array_size(v); i++) {
			fputs(i ? " " : "", out);
			put_field(out, json_array_get(v, i));
		}
	} else if (json_is_string(v)) {
		char shown[TEXT_MAX];

		show_plain(shown, sizeof shown, json_string_value(v));
		show_csv(out, shown);
	} else if (json_is_integer(v) || json_is_boolean(v)) {
		text = json_dumps(v, JSON_ENCODE_ANY);
		fputs(text ? text : "", out);
		free(text);
	} else if (json_is_real(v)) {
		snprintf(number, sizeof number, "%.15g", json_real_value(v));
		fputs(number, out);
	}
}

static void put_line(FILE *out, const json_t *v, const char *const *fields)
{
	for (size_t i = 0; fields[i]; i++) {
		fputs(i ? "," : "", out);
		put_field(out, member(v, fields[i]));
	}
	fputc('\n', out);
}

void doc_put_csv(const struct doc_tree *t, FILE *out, const char *name,
		 const char *const *fields)
{
	const json_t *v = json_object_get(t->root, name);

	for (size_t i = 0; fields[i]; i++)
		fprintf(out, "%s%s", i ? "," : "", fields[i]);
	fputc('\n', out);
	if (!json_is_array(v))
		put_line(out, v, fields);
	for (size_t i = 0; i < json_array_size(v); i++)
		put_line(out, json_array_get(v, i), fields);
}
