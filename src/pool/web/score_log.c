/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/json.h"
#include "pool/book/deletion.h"
#include "pool/web/page.h"
#include "pool/web/pages.h"
#include "pool/web/score_view.h"
#include "pool/web/when.h"

/*
 * /scores/ADDRESS/log and /json: the NTP Pool's own formats to the octet, since
 * munin, nagios and others read them.  Newest first, or after `since` the oldest
 * first; one monitor, the median by default, or all with monitor=*.
 */

#define LIMIT 100
#define LIMIT_MAX 10000

struct history {
	struct server server;
	struct history_monitor *monitor; /* all, by id */
	size_t n_monitor;
	struct log_row *row;
	size_t n;
};

static void history_done(struct history *h)
{
	free(h->monitor);
	free(h->row);
}

/* The name as the real pool shows it: up to the first dot. */
static int short_name(const struct history_monitor *m)
{
	return (int)strcspn(m->name, ".");
}

static const struct history_monitor *monitor_of(const struct history *h,
						int64_t id)
{
	for (size_t i = 0; i < h->n_monitor; i++)
		if (h->monitor[i].id == id)
			return &h->monitor[i];
	return NULL;
}

static int load_monitors(struct db *db, struct history *h)
{
	struct history_monitor m;
	struct db_rows rows;

	history_ask_monitors(db, &rows, h->server.id);
	while (history_monitor_next(&rows, &m)) {
		h->monitor =
			xreallocarray(h->monitor, h->n_monitor + 1, sizeof m);
		h->monitor[h->n_monitor++] = m;
	}
	return db_end(&rows);
}

static int load_rows(struct db *db, struct history *h, int64_t monitor_id,
		     int64_t since_ms, unsigned limit)
{
	struct db_rows rows;
	struct log_row row;

	history_ask_steps(db, &rows, h->server.id, monitor_id, since_ms, limit);
	while (log_next(&rows, &row)) {
		if (h->n % 256 == 0)
			h->row = xreallocarray(h->row, h->n + 256, sizeof row);
		h->row[h->n++] = row;
	}
	return db_end(&rows);
}

/* Which monitor is asked for: 0 for all, -1 for one that is not there. */
static int64_t choose_monitor(const struct request *rq, const struct history *h)
{
	const char *name = request_query(rq, "monitor");
	long id;

	if (name && strcmp(name, "*") == 0)
		return 0;
	if (name && text_to_int(name, 1, INT32_MAX, &id) == 0)
		return id;
	for (size_t i = 0; i < h->n_monitor; i++) {
		const struct history_monitor *m = &h->monitor[i];
		size_t len = (size_t)short_name(m);

		if (!name || !*name
			    ? m->is_scorer
			    : strcmp(name, m->name) == 0 ||
				      (strlen(name) == len &&
				       strncmp(name, m->name, len) == 0))
			return m->id;
	}
	return -1;
}

static unsigned limit_of(const struct request *rq)
{
	long n = request_number(rq, "limit", 0, INT32_MAX, LIMIT);

	return n > LIMIT_MAX ? LIMIT_MAX : (unsigned)n;
}

/* As long as the real pool says, but never longer than a check takes. */
static unsigned max_age(const struct request *rq, const struct history *h)
{
	unsigned age = 120;

	if (h->n == 0 || h->row[0].at_ms < rq->now_ms - 8 * 3600000LL)
		age = 360;
	else if (h->n == 1)
		age = 35;
	return age < page_fresh_s(rq) ? age : page_fresh_s(rq);
}

static void refuse(struct response *rs, const char *why)
{
	rs->status = 404;
	rs->type = "text/plain; charset=utf-8";
	rs->body.buf.len = 0;
	buf_printf(&rs->body.buf, "%s\n", why);
}

/* Read what is asked for; false when the response says why not. */
static bool history_read(const struct request *rq, struct response *rs,
			 struct history *h)
{
	long since = request_number(rq, "since", 0, INT32_MAX * 2L, 0);
	int64_t monitor_id;
	int r = score_view_find(rq, rq->arg[0], &h->server);

	rs->cors = true;
	if (r == 0 || (r == 1 && h->server.deleted_ms &&
		       h->server.deleted_ms < rq->now_ms - 30 * DAY_MS)) {
		refuse(rs, "server not found");
		return false;
	}
	r = r < 0 ? r : load_monitors(rq->db, h);
	monitor_id = choose_monitor(rq, h);
	if (r == 0 && monitor_id < 0 && request_query(rq, "monitor")) {
		refuse(rs, "monitor not found");
		return false;
	}
	if (r == 0 && monitor_id >= 0)
		r = load_rows(rq->db, h, monitor_id, since * INT64_C(1000),
			      limit_of(rq));
	if (r < 0) {
		page_error(rq, rs, 503);
		return false;
	}
	rs->max_age_s = max_age(rq, h);
	return true;
}

/* --- CSV ------------------------------------------------------------------- */

/* Nine digits, then without zeros at the end. */
static void csv_real(struct buf *b, double v)
{
	char text[64];
	size_t len = (size_t)snprintf(text, sizeof text, "%.9f", v);

	while (text[len - 1] == '0')
		len--;
	if (text[len - 1] == '.')
		len--;
	buf_add(b, text, len);
}

/* RFC 4180; control characters are told by their numbers. */
static void csv_text(struct buf *b, const char *s)
{
	bool quote = strpbrk(s, ",\"\r\n") || *s == ' ' || *s == '\t';

	if (quote)
		buf_add(b, "\"", 1);
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c < 32 && !strchr("\t\n\r", c))
			buf_printf(b, "<0x%02X>", c);
		else
			buf_add(b, c == '"' ? "\"\"" : s, c == '"' ? 2 : 1);
	}
	if (quote)
		buf_add(b, "\"", 1);
}

/* Milliseconds, of whole microseconds. */
static double rtt_ms(double rtt_s)
{
	return round(rtt_s * 1e6) / 1e3;
}

static void csv_row(struct buf *b, const struct history *h,
		    const struct log_row *row)
{
	const struct history_monitor *m = monitor_of(h, row->monitor_id);
	char when[WHEN_LEN], name[MONITOR_NAME_LEN];

	snprintf(name, sizeof name, "%.*s", m ? short_name(m) : 0,
		 m ? m->name : "");
	buf_printf(b, "%" PRId64 ",%s,", row->at_ms / 1000,
		   when_format(row->at_ms, "%Y-%m-%d %H:%M:%S", when));
	if (!isnan(row->offset_s))
		csv_real(b, row->offset_s);
	buf_add(b, ",", 1);
	csv_real(b, row->step);
	buf_add(b, ",", 1);
	csv_real(b, row->score);
	buf_printf(b, ",%" PRId64 ",", row->monitor_id);
	csv_text(b, name);
	buf_add(b, ",", 1);
	if (!isnan(row->rtt_s))
		csv_real(b, rtt_ms(row->rtt_s));
	buf_add(b, ",", 1);
	if (row->leap > 0)
		buf_printf(b, "%d", row->leap);
	buf_add(b, ",", 1);
	csv_text(b, row->error);
	buf_add(b, "\n", 1);
}

void page_score_log(const struct request *rq, struct response *rs)
{
	static const char header[] = "ts_epoch,ts,offset,step,score,monitor_id,"
				     "monitor_name,rtt,leap,error\n";
	struct history h = {0};

	if (history_read(rq, rs, &h)) {
		/* Browsers would save text/csv without showing it. */
		rs->type = "text/plain; charset=utf-8";
		buf_add(&rs->body.buf, header, sizeof header - 1);
		for (size_t i = 0; i < h.n; i++)
			csv_row(&rs->body.buf, &h, &h.row[i]);
	}
	history_done(&h);
}

/* --- JSON ------------------------------------------------------------------ */

static void json_row(struct json *j, const struct log_row *row)
{
	json_object(j, NULL);
	json_int(j, "ts", row->at_ms / 1000);
	if (!isnan(row->offset_s))
		json_real(j, "offset", row->offset_s);
	json_real(j, "step", row->step);
	json_real(j, "score", round(row->score * 1e12) / 1e12);
	json_int(j, "monitor_id", row->monitor_id);
	if (!isnan(row->rtt_s))
		json_real(j, "rtt", rtt_ms(row->rtt_s));
	json_end_object(j);
}

/* One of which there is a row; its mean round trip is that of the rows. */
static void json_monitor(struct json *j, const struct history *h,
			 const struct history_monitor *m)
{
	static const char *const states[] = {"candidate", "testing", "active",
					     "paused"};
	bool scorer = m->is_scorer;
	char when[WHEN_LEN];
	double sum = 0;
	size_t rows = 0, n = 0;

	for (size_t i = 0; i < h->n; i++)
		if (h->row[i].monitor_id == m->id) {
			rows++;
			if (!isnan(h->row[i].rtt_s)) {
				sum += rtt_ms(h->row[i].rtt_s);
				n++;
			}
		}
	if (rows == 0)
		return;
	json_object(j, NULL);
	json_int(j, "id", m->id);
	json_text_n(j, "name", m->name, (size_t)short_name(m));
	json_text(j, "type", scorer ? "score" : "monitor");
	json_text(j, "ts",
		  when_iso(scorer ? h->server.score_ms : m->score_ms, when));
	json_real(j, "score",
		  round((scorer ? h->server.score : m->score) * 10) / 10);
	json_text(j, "status",
		  scorer              ? "active"
		  : m->pair_state < 0 ? "paused"
				      : states[m->pair_state]);
	if (n)
		json_real(j, "avg_rtt", sum / (double)n);
	json_end_object(j);
}

void page_score_json(const struct request *rq, struct response *rs)
{
	struct history h = {0};
	struct json j = json_init(&rs->body.buf);

	if (history_read(rq, rs, &h)) {
		rs->type = "application/json";
		json_object(&j, NULL);
		json_array(&j, "history");
		for (size_t i = 0; i < h.n; i++)
			json_row(&j, &h.row[i]);
		json_end_array(&j);
		json_array(&j, "monitors");
		for (size_t i = 0; i < h.n_monitor; i++)
			json_monitor(&j, &h, &h.monitor[i]);
		json_end_array(&j);
		json_object(&j, "server");
		json_text(&j, "ip", h.server.address);
		json_end_object(&j);
		json_end_object(&j);
		buf_add(&rs->body.buf, "\n", 1);
	}
	history_done(&h);
}
