/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Who asks us, the busiest first.  It comes by the control socket: who uses a
 * server is nobody else's business.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "prog/ntpctl/commands.h"
#include "prog/ntpctl/talk.h"

#define SHOWN_DEFAULT 20
#define ASKED_MAX 10000 /* the daemon gives no more */
#define REFRESH_S 2

static void put_count(struct output *o, const char *name, int64_t n)
{
	char text[32] = "";

	if (n >= 0)
		snprintf(text, sizeof text, "%lld", (long long)n);
	output_text(o, name, text);
}

static void put_client(struct output *o, const struct clients_doc *d,
		       const struct doc_client *client)
{
	char age[SHOW_LEN];
	double age_s = (double)NAN;

	if (client->last_seen_ms && d->time_ms)
		age_s = (double)(d->time_ms - client->last_seen_ms) / 1000;
	output_row(o);
	output_text(o, "address", client->address);
	put_count(o, "requests", client->received);
	put_count(o, "version", client->version);
	output_text(o, "last", show_age(age, age_s));
	output_text(o, "rate", client->over_limit ? "over the limit" : "fine");
}

/* They come as they are wanted: the busiest first. */
static void put_clients(struct output *o, const struct clients_doc *d)
{
	output_list(o);
	for (size_t i = 0; i < d->n; i++)
		put_client(o, d, &d->client[i]);
	output_end(o);
	if (d->total > (int64_t)d->n)
		fprintf(o->to, "and %lld more; --top N shows N of them\n",
			(long long)(d->total - (int64_t)d->n));
}

static int fetch(struct ctl *c, long most, struct clients_doc *d)
{
	char command[64];
	char words[512];
	struct text why = text_init(words, sizeof words);
	struct buf b = {0};
	int status = CTL_OK, r;

	if (c->from) {
		r = talk_read_file(c->from, &b);
		if (r < 0)
			status = ctl_fail(c, "no-file", "%s: %s", c->from,
					  strerror(-r));
	} else {
		snprintf(command, sizeof command, "clients %ld", most);
		status = ctl_control(c, command, &b);
	}
	if (status == CTL_OK &&
	    doc_read_clients(buf_text(&b), b.len, d, &why) < 0)
		status = ctl_fail(c, "bad-document", "the list is %s", words);
	buf_done(&b);
	return status;
}

static int show(struct ctl *c, long most)
{
	static const char *const fields[] = {
		"address",   "received",   "version", "mode",
		"last_seen", "over_limit", NULL};
	struct clients_doc d;
	int status = fetch(c, most, &d);

	if (status != CTL_OK)
		return status;
	if (c->out.form == OUTPUT_JSON)
		doc_put_json(&d.tree, c->out.to, NULL);
	else if (c->out.form == OUTPUT_CSV)
		doc_put_csv(&d.tree, c->out.to, "clients", fields);
	else
		put_clients(&c->out, &d);
	doc_clients_done(&d);
	return CTL_OK;
}

int cmd_clients(struct ctl *c)
{
	const struct timespec pause = {.tv_sec = REFRESH_S};
	long most;
	int status;

	if (!ctl_int(c, "top", 1, ASKED_MAX, SHOWN_DEFAULT, &most))
		return CTL_USAGE;
	if (!ctl_option(c, "live"))
		return show(c, most);
	if (!isatty(STDOUT_FILENO))
		return ctl_fail(c, "no-terminal",
				"--live draws on a terminal; this is none");
	do {
		fputs("\033[H\033[2J", stdout);
		status = show(c, most);
		fflush(stdout);
	} while (status == CTL_OK && nanosleep(&pause, NULL) == 0);
	return status;
}
