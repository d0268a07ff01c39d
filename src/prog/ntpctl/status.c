/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * What only looks: status, sources, tracking, server.  Each prints what one
 * function below makes of a document, so that tests need no daemon.
 */
#include "prog/ntpctl/status.h"

#include <math.h>
#include <string.h>
#include <time.h>

#include "base/container.h"
#include "prog/ntpctl/commands.h"
#include "prog/ntpctl/words.h"

#define REQUESTS_BEFORE_A_HINT 8

/* --- status ------------------------------------------------------------------------ */

static void put_verdict(const struct document *d, const struct output *o)
{
	const char *paint = d->system.synchronized ? CLI_GREEN : CLI_RED;

	fprintf(o->to, "%s%s%s\n", o->colour ? paint : "", d->system.verdict,
		o->colour ? CLI_PLAIN : "");
}

static size_t used_count(const struct document *d)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n_source; i++)
		n += source_is_used(&d->source[i]);
	return n;
}

static double age_s(const struct document *d, int64_t then_ms)
{
	return then_ms && d->time_ms ? (double)(d->time_ms - then_ms) / 1000
				     : (double)NAN;
}

static void put_clock(const struct document *d, FILE *to)
{
	const struct doc_system *s = &d->system;
	char offset[SHOW_LEN], distance[SHOW_LEN], age[SHOW_LEN];

	if (isfinite(s->offset_s))
		fprintf(to, "  clock    %s off, within %s",
			show_seconds(offset, s->offset_s, true),
			show_seconds(distance, s->root_dist_s, false));
	else
		fprintf(to, "  clock    offset not known");
	if (isfinite(s->freq_ppm))
		fprintf(to, "; frequency %+.3f ppm", s->freq_ppm);
	fprintf(to, "\n  follows  %s, stratum %lld",
		*s->reference ? s->reference : "nobody", (long long)s->stratum);
	if (s->last_update_ms)
		fprintf(to, ", updated %s ago",
			show_age(age, age_s(d, s->last_update_ms)));
	fputc('\n', to);
}

/* What came and asked for the time, not for us (ntpq); below 0: not known. */
static int64_t time_requests(const struct document *d)
{
	int64_t received = doc_count(d, "server.received");
	int64_t control = doc_count(d, "server.control");

	return control > 0 ? received - control : received;
}

static void put_server(const struct document *d, FILE *to)
{
	int64_t requests = time_requests(d);
	int64_t answered = doc_count(d, "server.answered");
	int64_t clients = doc_count(d, "server.clients");

	if (!d->has_server || requests < 0)
		return;
	fprintf(to, "  server   %lld requests", (long long)requests);
	if (requests > 0 && answered >= 0)
		fprintf(to, ", %.1f %% answered",
			100 * (double)answered / (double)requests);
	if (clients >= 0)
		fprintf(to, ", %lld client%s", (long long)clients,
			clients == 1 ? "" : "s");
	fputc('\n', to);
}

static void put_daemon(const struct document *d, FILE *to)
{
	char up[SHOW_LEN];

	fprintf(to, "  daemon   ntpd %s, process %lld, up %s, %s",
		d->daemon.version, (long long)d->daemon.pid,
		show_age(up, d->daemon.uptime_s), d->daemon.config);
	if (*d->daemon.clock && strcmp(d->daemon.clock, "system") != 0)
		fprintf(to, "; clock \"%s\": the machine's is left alone",
			d->daemon.clock);
	fputc('\n', to);
	if (!d->daemon.config_ok)
		fprintf(to, "hint: the configuration file has errors, the old "
			    "one is in force: ntpd -t\n");
}

void status_put(const struct document *d, struct output *o)
{
	size_t used = used_count(d);

	put_verdict(d, o);
	put_clock(d, o->to);
	fprintf(o->to, "  sources  %zu of %zu used%s\n", used, d->n_source,
		used < d->n_source ? "; ntpctl sources says why not all" : "");
	put_server(d, o->to);
	if (*d->system.leap_file)
		fprintf(o->to, "  leap     %s; list good until %.10s\n",
			d->system.leap, d->system.leap_expires);
	put_daemon(d, o->to);
}

/* --- sources ----------------------------------------------------------------------- */

static void put_source(const struct doc_source *s, struct output *o)
{
	unsigned answered, asked;
	char reach[16], tally[2] = {s->tally};

	source_reach(s, &answered, &asked);
	snprintf(reach, sizeof reach, "%u/%u", answered, asked);
	output_row(o);
	output_paint(o, source_colour(s));
	output_text(o, " ", tally);
	output_text(o, "source", s->name);
	output_text(o, "how", *source_how(s) ? source_how(s) : " ");
	output_text(o, "reach", reach);
	output_seconds(o, "offset", s->offset_s, true);
	output_seconds(o, "+/-", s->uncertainty_s, false);
	output_seconds(o, "delay", s->delay_s, false);
	output_text(o, "why", source_why(s));
}

static void put_hints(const struct document *d, FILE *to)
{
	for (size_t i = 0; i < d->n_source; i++) {
		const struct doc_source *s = &d->source[i];

		if (s->reach == 0 && s->sent >= REQUESTS_BEFORE_A_HINT &&
		    *s->name)
			fprintf(to, "hint: %s is silent: ntpctl probe %s\n",
				s->name, s->name);
	}
}

void sources_put(const struct document *d, struct output *o)
{
	put_verdict(d, o);
	output_list(o);
	for (size_t i = 0; i < d->n_source; i++)
		put_source(&d->source[i], o);
	output_end(o);
	put_hints(d, o->to);
}

/* --- tracking ---------------------------------------------------------------------- */

void tracking_put(const struct document *d, struct output *o)
{
	const struct doc_system *s = &d->system;

	output_one(o);
	output_text(o, "reference", s->reference);
	output_text(o, "refid", s->refid);
	output_int(o, "stratum", s->stratum);
	output_time(o, "updated (UTC)", s->last_update_ms);
	output_seconds(o, "offset", s->offset_s, true);
	output_seconds(o, "last offset", s->last_offset_s, true);
	output_seconds(o, "rms offset", s->rms_offset_s, false);
	output_seconds(o, "jitter", s->jitter_s, false);
	output_real(o, "frequency (ppm)", s->freq_ppm, 3);
	output_real(o, "skew (ppm)", s->skew_ppm, 3);
	output_seconds(o, "root delay", s->root_delay_s, false);
	output_seconds(o, "root dispersion", s->root_disp_s, false);
	output_seconds(o, "root distance", s->root_dist_s, false);
	output_text(o, "leap", s->leap);
	output_end(o);
}

/* --- server ------------------------------------------------------------------------ */

static const char *const server_counts[] = {
	"received", "answered",    "denied",       "rate_limited", "control",
	"ignored",  "send_errors", "kernel_drops", "clients",
};

struct share {
	struct output *out;
	int64_t requests;
};

static void put_version(void *arg, const char *name, int64_t value)
{
	struct share *s = arg;
	char text[64];

	if (value == 0)
		return;
	if (s->requests > 0)
		snprintf(text, sizeof text, "NTPv%s %.1f %%, %lld", name,
			 100 * (double)value / (double)s->requests,
			 (long long)value);
	else
		snprintf(text, sizeof text, "NTPv%s %lld", name,
			 (long long)value);
	output_text(s->out, "version", text);
}

void server_put(const struct document *d, struct output *o)
{
	struct share share = {o, time_requests(d)};
	char path[64], text[64];

	output_one(o);
	for (size_t i = 0; i < ARRAY_LEN(server_counts); i++) {
		const char *name = server_counts[i];
		int64_t n;

		snprintf(path, sizeof path, "server.%s", name);
		n = doc_count(d, path);
		if (n < 0)
			continue;
		snprintf(text, sizeof text, "%lld", (long long)n);
		output_text(o, name, text);
	}
	output_real(o, "requests/s, last minute", doc_real(d, "server.rate_1m"),
		    1);
	doc_each_count(d, "server.versions", put_version, &share);
	output_end(o);
}

/* --- the commands ------------------------------------------------------------------ */

/*
 * All of them: the document, or a member of it, in one of three forms.
 * member NULL: in JSON the whole, in CSV "system".
 */
static int show(struct ctl *c, const char *member, const char *const *fields,
		void (*put)(const struct document *d, struct output *o))
{
	struct document d;
	int status = ctl_document(c, &d);

	if (status != CTL_OK)
		return status;
	if (c->out.form == OUTPUT_JSON)
		doc_put_json(&d.tree, c->out.to, member);
	else if (c->out.form == OUTPUT_CSV)
		doc_put_csv(&d.tree, c->out.to, member ? member : "system",
			    fields);
	else
		put(&d, &c->out);
	doc_done(&d);
	return CTL_OK;
}

static const char *const system_fields[] = {
	"synchronized",
	"stratum",
	"leap",
	"refid",
	"reference",
	"offset",
	"last_offset",
	"rms_offset",
	"jitter",
	"root_delay",
	"root_dispersion",
	"root_distance",
	"frequency_ppm",
	"skew_ppm",
	"last_update",
	"verdict",
	NULL,
};
static const char *const source_fields[] = {
	"tally",      "name",   "address",     "port",    "mode",
	"auth",       "state",  "why",         "stratum", "refid",
	"reach",      "poll",   "last_sample", "offset",  "delay",
	"dispersion", "jitter", "uncertainty", "sent",    "received",
	"note",       NULL,
};
static const char *const server_fields[] = {
	"received", "answered", "denied",      "rate_limited",
	"control",  "ignored",  "send_errors", "kernel_drops",
	"clients",  "rate_1m",  NULL,
};

int cmd_status(struct ctl *c)
{
	return show(c, NULL, system_fields, status_put);
}

int cmd_sources(struct ctl *c)
{
	return show(c, "sources", source_fields, sources_put);
}

int cmd_tracking(struct ctl *c)
{
	return show(c, "system", system_fields, tracking_put);
}

int cmd_server(struct ctl *c)
{
	return show(c, "server", server_fields, server_put);
}
