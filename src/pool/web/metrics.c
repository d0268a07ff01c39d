/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/utf8.h"
#include "pool/book/publish.h"
#include "pool/book/server.h"
#include "pool/store/figures.h"
#include "pool/store/monitor.h"
#include "pool/store/zone.h"
#include "pool/web/page.h"
#include "pool/web/pages.h"

/*
 * /metrics, in Prometheus' text format 0.0.4: scores, zones, monitors, work.
 * Labels are bounded by servers, zones with servers and monitors.
 */

#define CHECKS_MS INT64_C(3600000)

static void family(struct buf *b, const char *name, const char *type,
		   const char *help)
{
	buf_printf(b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* A label's value: backslash and quote are escaped, what is no text is not shown. */
static void label(struct buf *b, const char *name, const char *value)
{
	size_t left = strlen(value);

	buf_printf(b, "%s=\"", name);
	while (left) {
		const unsigned char *at = (const unsigned char *)value;
		size_t len = utf8_len(at, left);

		if (len == 0 || utf8_is_control(at, len)) {
			buf_add(b, "?", 1);
			len = len ? len : 1;
		} else {
			if (*value == '"' || *value == '\\')
				buf_add(b, "\\", 1);
			buf_add(b, value, len);
		}
		value += len;
		left -= len;
	}
	buf_add(b, "\"", 1);
}

static void whole(struct buf *b, const char *name, const char *type,
		  const char *help, int64_t value)
{
	family(b, name, type, help);
	buf_printf(b, "%s %" PRId64 "\n", name, value);
}

/* --- servers --------------------------------------------------------------- */

enum server_metric { METRIC_SCORE, METRIC_ACTIVE, METRIC_KBIT, METRIC_TIME };

static void put_server(struct buf *b, enum server_metric metric,
		       const struct server *s, int64_t now_ms)
{
	static const char *const names[] = {
		"ntppool_server_score", "ntppool_server_in_pool",
		"ntppool_server_netspeed_bytes_per_second",
		"ntppool_server_last_score_timestamp_seconds"};

	buf_printf(b, "%s{", names[metric]);
	label(b, "server", s->address);
	if (metric == METRIC_SCORE)
		buf_printf(b, ",scorer=\"" MONITOR_SCORER "\"} %g\n", s->score);
	else if (metric == METRIC_ACTIVE)
		buf_printf(b, "} %d\n", server_is_active(s, now_ms));
	else if (metric == METRIC_KBIT)
		buf_printf(b, "} %" PRId64 "\n", s->kbit * 125);
	else
		buf_printf(b, "} %.3f\n", (double)s->score_ms / 1e3);
}

static int put_servers(const struct request *rq, struct buf *b)
{
	static const char *const heads[][2] = {
		{"ntppool_server_score", "Public score, -100 to 20; 10 and "
					 "more is handed out."},
		{"ntppool_server_in_pool", "1 when the server is handed out."},
		{"ntppool_server_netspeed_bytes_per_second",
		 "What the operator offers; 0: monitoring only."},
		{"ntppool_server_last_score_timestamp_seconds",
		 "When the score was computed; 0: never."},
	};
	int r = 0;

	for (int metric = METRIC_SCORE; metric <= METRIC_TIME && r == 0;
	     metric++) {
		struct db_rows rows;
		struct server s;

		family(b, heads[metric][0], "gauge", heads[metric][1]);
		server_ask_all(rq->db, &rows);
		while (server_next(&rows, &s))
			put_server(b, (enum server_metric)metric, &s,
				   rq->now_ms);
		r = db_end(&rows);
	}
	return r;
}

/* --- zones ----------------------------------------------------------------- */

static int put_zone(const struct request *rq, struct buf *b,
		    const struct zone_record *z)
{
	struct db_rows rows;
	struct zone_count c;

	zone_ask_counts_now(rq->db, &rows, z->id, rq->now_ms);
	while (zone_count_next(&rows, &c))
		for (int active = 0; active < 2; active++) {
			buf_printf(b, "ntppool_zone_servers{");
			label(b, "zone", z->name);
			buf_printf(b,
				   ",ip_version=\"%d\",state=\"%s\"} %" PRId64
				   "\n",
				   c.family, active ? "active" : "registered",
				   active ? c.active : c.registered);
		}
	return db_end(&rows);
}

static int put_zones(const struct request *rq, struct buf *b)
{
	struct zone_record z;
	struct db_rows rows;
	int r = 0, end;

	family(b, "ntppool_zone_servers", "gauge", "Servers of a zone.");
	zone_ask_all(rq->db, &rows);
	while (r == 0 && zone_next(&rows, &z))
		r = put_zone(rq, b, &z);
	end = db_end(&rows);
	return r < 0 ? r : end;
}

/* --- monitors -------------------------------------------------------------- */

static void put_monitor(struct buf *b, int metric, const struct monitor *m)
{
	static const char *const names[] = {
		"ntppool_monitor_last_seen_timestamp_seconds",
		"ntppool_monitor_last_submit_timestamp_seconds",
		"ntppool_monitor_clock_ok"};

	if (metric == 2 && m->clock_ok < 0)
		return;
	buf_printf(b, "%s{", names[metric]);
	label(b, "monitor", m->name);
	if (metric == 2)
		buf_printf(b, "} %d\n", m->clock_ok);
	else
		buf_printf(b, "} %.3f\n",
			   (double)(metric ? m->submit_ms : m->seen_ms) / 1e3);
}

static int put_monitors(const struct request *rq, struct buf *b)
{
	static const char *const heads[][2] = {
		{"ntppool_monitor_last_seen_timestamp_seconds",
		 "When the monitor called last; 0: never."},
		{"ntppool_monitor_last_submit_timestamp_seconds",
		 "When the monitor sent results last; 0: never."},
		{"ntppool_monitor_clock_ok",
		 "1 when the monitor found its own clock right."},
	};
	int r = 0;

	for (int metric = 0; metric < 3 && r == 0; metric++) {
		struct db_rows rows;
		struct monitor m;

		family(b, heads[metric][0], "gauge", heads[metric][1]);
		monitor_ask_all(rq->db, &rows);
		while (monitor_next(&rows, &m))
			put_monitor(b, metric, &m);
		r = db_end(&rows);
	}
	return r;
}

static int put_checks(const struct request *rq, struct buf *b)
{
	struct figure_checks c;
	struct db_rows rows;

	family(b, "ntppool_checks_last_hour", "gauge",
	       "Checks of the last hour by monitor and rule.");
	figures_ask_checks(rq->db, &rows, rq->now_ms - CHECKS_MS);
	while (figure_checks_next(&rows, &c)) {
		buf_printf(b, "ntppool_checks_last_hour{");
		label(b, "monitor", c.monitor);
		buf_printf(b, ",");
		label(b, "result", c.rule);
		buf_printf(b, "} %" PRId64 "\n", c.checks);
	}
	return db_end(&rows);
}

static int put_pair_family(const struct request *rq, struct buf *b,
			   const char *name, const char *help, bool rtt)
{
	struct figure_pair p;
	struct db_rows rows;

	family(b, name, "gauge", help);
	figures_ask_pairs(rq->db, &rows);
	while (figure_pair_next(&rows, &p)) {
		double value = rtt ? p.rtt_s : p.offset_s;

		if (!isfinite(value))
			continue;
		buf_printf(b, "%s{", name);
		label(b, "server", p.server);
		buf_printf(b, ",");
		label(b, "monitor", p.monitor);
		buf_printf(b, "} %.9g\n", value);
	}
	return db_end(&rows);
}

/* Servers times monitors: a large pool may leave them out, ?checks=no. */
static int put_pairs(const struct request *rq, struct buf *b)
{
	const char *wanted = request_query(rq, "checks");
	int r;

	if (wanted && strcmp(wanted, "no") == 0)
		return 0;
	r = put_pair_family(rq, b, "ntppool_check_offset_seconds",
			    "Offset that the monitor found last.", false);
	return r < 0 ? r
		     : put_pair_family(
			       rq, b, "ntppool_check_rtt_seconds",
			       "Round trip that the monitor found last.", true);
}

/* --- the pool -------------------------------------------------------------- */

static int put_pool(const struct request *rq, struct buf *b)
{
	struct figures f;
	int r = figures_read(rq->db, rq->now_ms, &f);

	if (r < 0)
		return r;
	family(b, "ntppool_build_info", "gauge", "Version of poold.");
	buf_printf(b,
		   "ntppool_build_info{version=\"" TIMEBALL_VERSION "\"} 1\n");
	whole(b, "ntppool_servers", "gauge", "Registered servers.", f.servers);
	whole(b, "ntppool_operators", "gauge", "Accounts that have a server.",
	      f.accounts);
	whole(b, "ntppool_batches_open", "gauge",
	      "Work of the last hour without results.", f.batches_open);
	whole(b, "ntppool_batches_taken", "gauge",
	      "Batches of results that are kept.", f.batches_taken);
	whole(b, "ntppool_results", "gauge", "Results in these batches.",
	      f.results);
	whole(b, "ntppool_outbox_waiting", "gauge",
	      "Mails and webhooks on their way.", f.outbox_waiting);
	whole(b, "ntppool_outbox_given_up", "gauge",
	      "Mails and webhooks that could not be delivered.",
	      f.outbox_given_up);
	family(b, "ntppool_last_check_timestamp_seconds", "gauge",
	       "The newest measurement; 0: none.");
	buf_printf(b, "ntppool_last_check_timestamp_seconds %.3f\n",
		   (double)f.log_newest_ms / 1e3);
	return 0;
}

static int put_snapshot(const struct request *rq, struct buf *b)
{
	struct publish_state s;
	int r = publish_last(rq->db, &s);

	if (r < 0)
		return r;
	if (s.built_ms) {
		family(b, "ntppool_snapshot_age_seconds", "gauge",
		       "Since the DNS was last built.");
		buf_printf(b, "ntppool_snapshot_age_seconds %.3f\n",
			   (double)(rq->now_ms - s.built_ms) / 1e3);
	}
	whole(b, "ntppool_snapshot_ok", "gauge",
	      "1 when nothing was wrong at the last try to build it.",
	      !*s.wrong);
	return 0;
}

void page_metrics(const struct request *rq, struct response *rs)
{
	struct buf *b = &rs->body.buf;

	rs->type = "text/plain; version=0.0.4; charset=utf-8";
	rs->max_age_s = 1;
	if (put_pool(rq, b) < 0 || put_snapshot(rq, b) < 0 ||
	    put_servers(rq, b) < 0 || put_zones(rq, b) < 0 ||
	    put_monitors(rq, b) < 0 || put_checks(rq, b) < 0 ||
	    put_pairs(rq, b) < 0)
		page_error(rq, rs, 503);
}
