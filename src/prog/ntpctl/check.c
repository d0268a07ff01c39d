/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/ntpctl/check.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/units.h"
#include "ntp/choose.h"
#include "prog/ntpctl/ask.h"
#include "prog/ntpctl/commands.h"
#include "prog/ntpctl/words.h"

#define WARNING_DEFAULT "0.05"
#define CRITICAL_DEFAULT "0.5"
#define LIMIT_MAX 1e12
#define SAMPLES 4
#define TIMEOUT_DEFAULT_S 2

static const char *const status_names[] = {"OK", "WARNING", "CRITICAL",
					   "UNKNOWN"};

/* --- ranges ------------------------------------------------------------------------ */

/* One side of MIN:MAX; what is not there, or "~", is without limit. */
static int read_side(const char *text, size_t len, double unlimited,
		     double *out)
{
	char word[32];

	if (len >= sizeof word)
		return -EINVAL;
	snprintf(word, sizeof word, "%.*s", (int)len, text);
	if (len == 0 || strcmp(word, "~") == 0) {
		*out = unlimited;
		return 0;
	}
	return text_to_double(word, -LIMIT_MAX, LIMIT_MAX, out);
}

int check_range_parse(const char *text, struct check_range *out)
{
	struct check_range r = {.text = text, .inside = *text == '@'};
	const char *p = text + r.inside, *colon = strchr(p, ':');

	if (colon) {
		if (read_side(p, (size_t)(colon - p), (double)-INFINITY,
			      &r.min) < 0 ||
		    read_side(colon + 1, strlen(colon + 1), (double)INFINITY,
			      &r.max) < 0)
			return -EINVAL;
	} else {
		if (text_to_double(p, 0, LIMIT_MAX, &r.max) < 0)
			return -EINVAL;
		r.min = -r.max;
	}
	if (r.min > r.max)
		return -EINVAL;
	*out = r;
	return 0;
}

bool check_is_outside(const struct check_range *r, double value)
{
	bool between = value >= r->min && value <= r->max;

	return isnan(value) || between == r->inside;
}

static enum check_status judge(const struct check_limits *limits,
			       double offset_s)
{
	if (check_is_outside(&limits->critical, offset_s))
		return CHECK_CRITICAL;
	if (check_is_outside(&limits->warning, offset_s))
		return CHECK_WARNING;
	return CHECK_OK;
}

/* --- the line ---------------------------------------------------------------------- */

/* A bar would begin the perfdata. */
static void put_text(FILE *out, const char *text)
{
	for (; *text; text++)
		fputc(*text == '|' ? '/' : *text, out);
}

static void put_seconds(FILE *out, const char *name, double value_s)
{
	if (isfinite(value_s))
		fprintf(out, " %s=%.9fs", name, value_s);
}

static void put_offset(FILE *out, const struct check_limits *limits,
		       double offset_s)
{
	if (isfinite(offset_s))
		fprintf(out, "|offset=%.9fs;%s;%s", offset_s,
			limits->warning.text, limits->critical.text);
	else
		fputs("|offset=U", out);
}

enum check_status check_document(const struct document *d,
				 const struct check_limits *limits, FILE *out)
{
	const struct doc_system *s = &d->system;
	/* a daemon that follows only its own clock has no offset */
	enum check_status status =
		isfinite(s->offset_s) ? judge(limits, s->offset_s) : CHECK_OK;
	char offset[SHOW_LEN];
	size_t used = 0;

	for (size_t i = 0; i < d->n_source; i++)
		used += source_is_used(&d->source[i]);
	if (!s->synchronized)
		status = CHECK_CRITICAL;
	fprintf(out, "NTP %s: ", status_names[status]);
	put_text(out, s->verdict);
	if (isfinite(s->offset_s))
		fprintf(out, " Offset %s.",
			show_seconds(offset, s->offset_s, true));
	fprintf(out, " %zu of %zu sources used", used, d->n_source);
	put_offset(out, limits, s->offset_s);
	put_seconds(out, "root_distance", s->root_dist_s);
	put_seconds(out, "jitter", s->jitter_s);
	fprintf(out, " stratum=%lld sources=%zu\n", (long long)s->stratum,
		used);
	return status;
}

static enum check_status put_unknown(FILE *out, enum check_status status,
				     const char *why)
{
	fprintf(out, "NTP %s: ", status_names[status]);
	put_text(out, why);
	fputc('\n', out);
	return status;
}

/* --- over the network -------------------------------------------------------------- */

static enum check_status put_survey(const struct survey *s,
				    const struct check_limits *limits,
				    FILE *out)
{
	const struct target *t = choose(s);
	const struct sample *best = t ? ask_best(t) : NULL;
	char address[NET_ADDR_TEXT_LEN], offset[SHOW_LEN];
	enum check_status status;

	if (!best)
		return put_unknown(out, CHECK_CRITICAL,
				   s->n_target == 1 ? ask_verdict(&s->target[0])
						    : "its addresses give no "
						      "time to be trusted");
	status = judge(limits, best->offset_s);
	fprintf(out, "NTP %s: %s is stratum %u, offset %s",
		status_names[status], net_addr_format(&t->addr, address),
		best->stratum, show_seconds(offset, best->offset_s, true));
	put_offset(out, limits, best->offset_s);
	put_seconds(out, "delay", best->delay_s);
	put_seconds(out, "root_distance", target_root_dist_s(t));
	fprintf(out, " stratum=%u\n", best->stratum);
	return status;
}

static enum check_status check_host(const char *host, uint16_t port,
				    double timeout_s,
				    const struct check_limits *limits,
				    FILE *out)
{
	struct asked *a = xcalloc(1, sizeof *a);
	char words[512];
	struct text why = text_init(words, sizeof words);
	enum check_status status;

	if (ask(a, host, port, SAMPLES, timeout_s, &why) < 0) {
		status = put_unknown(out, CHECK_UNKNOWN, words);
	} else {
		status = put_survey(&a->survey, limits, out);
		ask_done(a);
	}
	free(a);
	return status;
}

/* --- the command ------------------------------------------------------------------- */

static enum check_status check_local(const struct ctl *c,
				     const struct check_limits *limits,
				     FILE *out)
{
	char words[1024];
	struct text why = text_init(words, sizeof words);
	struct document d;
	enum check_status status;

	if (ctl_try_document(c, &d, &why) < 0)
		return put_unknown(out, CHECK_CRITICAL, words);
	status = check_document(&d, limits, out);
	doc_done(&d);
	return status;
}

static bool read_limit(struct ctl *c, const char *name, const char *fallback,
		       struct check_range *out)
{
	const char *text = ctl_option(c, name);

	if (check_range_parse(text ? text : fallback, out) == 0)
		return true;
	ctl_fail(c, "bad-range", "--%s: '%s' is no range as plugins have them",
		 name, text);
	return false;
}

int check_misused(FILE *out)
{
	return (int)put_unknown(out, CHECK_UNKNOWN,
				"the command line cannot be understood");
}

/* The line of a plugin as an object, or as CSV. */
static void put_form(struct output *o, const char *line,
		     enum check_status status)
{
	char text[2048];
	size_t bar = strcspn(line, "|\n");

	output_one(o);
	output_text(o, "status", status_names[status]);
	snprintf(text, sizeof text, "%.*s", (int)bar, line);
	output_text(o, "text", text);
	snprintf(text, sizeof text, "%.*s",
		 (int)strcspn(line + bar + (line[bar] == '|'), "\n"),
		 line + bar + (line[bar] == '|'));
	output_text(o, "perfdata", text);
	output_end(o);
}

int cmd_check(struct ctl *c)
{
	const char *host = ctl_option(c, "host");
	struct check_limits limits;
	enum check_status status;
	double timeout_s;
	char *line = NULL;
	size_t len;
	FILE *out;
	long port;

	if (!read_limit(c, "warning", WARNING_DEFAULT, &limits.warning) ||
	    !read_limit(c, "critical", CRITICAL_DEFAULT, &limits.critical) ||
	    !ctl_int(c, "port", 1, 65535, NTP_PORT, &port) ||
	    !ctl_real(c, "timeout", 0.1, 60, TIMEOUT_DEFAULT_S, &timeout_s))
		return c->out.form == OUTPUT_JSON ? CHECK_UNKNOWN
						  : check_misused(c->out.to);
	out = open_memstream(&line, &len);
	if (!out)
		return CHECK_UNKNOWN;
	status =
		host ? check_host(host, (uint16_t)port, timeout_s, &limits, out)
		     : check_local(c, &limits, out);
	if (fclose(out) != 0)
		status = CHECK_UNKNOWN;
	else if (c->out.form == OUTPUT_TABLE)
		fputs(line, c->out.to);
	else
		put_form(&c->out, line, status);
	free(line);
	return (int)status;
}
