/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/web/score_chart.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/container.h"
#include "base/json.h"
#include "pool/web/chart.h"
#include "pool/web/page.h"
#include "pool/web/pages.h"

#define HOUR_MS INT64_C(3600000)

struct chart_window {
	const char *name, *title;
	int64_t ms;
	enum history_grain grain;
};

static const struct chart_window windows[] = {
	{"1h", "1 hour", HOUR_MS, HISTORY_STEP},
	{"24h", "24 hours", 24 * HOUR_MS, HISTORY_STEP},
	{"7d", "7 days", 7 * 24 * HOUR_MS, HISTORY_HOUR},
	{"30d", "30 days", 30 * 24 * HOUR_MS, HISTORY_HOUR},
	{"1y", "1 year", 366 * 24 * HOUR_MS, HISTORY_DAY},
};

/* The shortest that shows a hundred checks, but not more than a week. */
const struct chart_window *chart_window_choose(const struct request *rq)
{
	const char *name = request_query(rq, "window");
	int64_t want = rq->settings->check_active_s * INT64_C(100000);
	size_t i = 0;

	for (size_t k = 0; name && k < ARRAY_LEN(windows); k++)
		if (strcmp(windows[k].name, name) == 0)
			return &windows[k];
	while (i < 2 && windows[i].ms < want)
		i++;
	return &windows[i];
}

/* --- gathering ------------------------------------------------------------- */

/* More marks than this beside each other nobody can tell apart. */
#define BUCKETS 460

/*
 * Put a point into its series; of those that fall into one bucket the worst
 * offset, the last score and all losses are kept.
 */
static void add_point(struct chart_series *s, const struct chart *c,
		      unsigned buckets, const struct history_point *p)
{
	int64_t width = (c->to_ms - c->from_ms) / buckets;
	struct chart_point *last = s->n ? &s->point[s->n - 1] : NULL;

	if (last && (p->at_ms - c->from_ms) / width ==
			    (last->at_ms - c->from_ms) / width) {
		if (isnan(last->offset_s) ||
		    fabs(p->offset_s) > fabs(last->offset_s))
			last->offset_s = p->offset_s;
		last->score = p->score;
		last->samples += p->samples;
		last->lost += p->lost;
		return;
	}
	if (!s->point || s->n % 64 == 0)
		s->point = xreallocarray(s->point, s->n + 64, sizeof *s->point);
	s->point[s->n++] = (struct chart_point){p->at_ms, p->offset_s, p->score,
						p->samples, p->lost};
}

/* One series for each monitor, in the order of v->monitor. */
static int gather(struct db *db, const struct score_view *v,
		  const struct chart_window *w, unsigned buckets,
		  struct chart *c, struct chart_series *series)
{
	struct history_point p;
	struct db_rows rows;

	for (size_t i = 0; i < v->n_monitor; i++)
		series[i] = (struct chart_series){
			.name = v->monitor[i].name,
			.overall = v->monitor[i].is_scorer,
		};
	history_ask_points(db, &rows, v->server.id, w->grain, c->from_ms);
	while (history_point_next(&rows, &p)) {
		const struct history_monitor *m =
			score_view_monitor(v, p.monitor_id);

		if (m)
			add_point(&series[m - v->monitor], c, buckets, &p);
	}
	return db_end(&rows);
}

/* Leave out those that said nothing. */
static size_t pack(struct chart_series *series, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (series[i].n)
			series[kept++] = series[i];
	return kept;
}

/* --- markup ---------------------------------------------------------------- */

static void window_links(const struct request *rq, struct html *h,
			 const struct chart_window *chosen)
{
	html_put(h, "<nav class=\"windows\" aria-label=\"Time shown\">");
	for (size_t i = 0; i < ARRAY_LEN(windows); i++) {
		html_put(h, "<a href=\"/scores/%s?window=%s#history\"",
			 rq->arg[0], windows[i].name);
		if (&windows[i] == chosen)
			html_put(h, " aria-current=\"true\"");
		html_put(h, ">%s</a> ", windows[i].title);
	}
	html_put(h, "</nav>\n");
}

static void figures(struct html *h, const struct chart *c)
{
	html_put(h, "<figure data-zoom=\"score\">\n");
	chart_scores(h, c);
	html_put(h, "<figcaption>Scores: the bold line is the median, which "
		    "decides; thin lines are single monitors. In the shaded "
		    "part, 10 or more, a server is handed out."
		    "</figcaption></figure>\n"
		    "<figure data-zoom=\"offset\">\n");
	chart_offsets(h, c);
	html_put(h, "<figcaption>Offsets: "
		    "<span class=\"good\">&#9679; within 25 ms</span>, "
		    "<span class=\"fair\">&#9670; within 100 ms</span>, "
		    "<span class=\"bad\">&#10005; beyond</span>. The axis is "
		    "logarithmic on both sides of zero.</figcaption></figure>\n"
		    "<figure>\n");
	chart_losses(h, c);
	html_put(h, "<figcaption>Lost packets: a bar for each check that lost "
		    "some, as high as the part that was lost."
		    "</figcaption></figure>\n");
}

/* What one chart of a window shows; series are to be freed by drop(). */
static int load(const struct request *rq, const struct score_view *v,
		const struct chart_window *w, unsigned buckets, struct chart *c)
{
	struct chart_series *series = xcalloc(v->n_monitor + 1, sizeof *series);
	int r;

	*c = (struct chart){
		.subject = v->server.address,
		.from_ms = v->now_ms - w->ms,
		.to_ms = v->now_ms,
		.series = series,
	};
	r = gather(rq->db, v, w, buckets, c, series);
	c->n_series = pack(series, v->n_monitor);
	return r;
}

static void drop(struct chart *c)
{
	for (size_t i = 0; i < c->n_series; i++)
		free(c->series[i].point);
	free((void *)(uintptr_t)c->series);
}

/*
 * What turns the pictures into charts that can be zoomed, where it is installed.
 * static/zoom.js puts its buttons into the paragraph.
 */
static void zoom(const struct request *rq, struct html *h,
		 const struct chart_window *w)
{
	if (!rq->scripts)
		return;
	html_put(h,
		 "<p id=\"zoom\" data-points=\"/scores/%s/points?window=%s\">"
		 "</p>\n<link rel=\"stylesheet\" "
		 "href=\"/static/uPlot.min.css\">\n"
		 "<script src=\"/static/uPlot.iife.min.js\" defer></script>\n"
		 "<script src=\"/static/zoom.js\" defer></script>\n",
		 rq->arg[0], w->name);
}

int score_chart_put(const struct request *rq, struct html *h,
		    const struct score_view *v, const struct chart_window *w)
{
	struct chart c;
	int r = load(rq, v, w, BUCKETS, &c);

	if (r == 0) {
		html_put(h, "<h2 id=\"history\">History</h2>\n");
		window_links(rq, h, w);
		if (c.n_series) {
			zoom(rq, h, w);
			figures(h, &c);
		} else {
			html_put(h,
				 "<p class=\"note\">Nothing was measured in "
				 "the last %s.</p>\n",
				 w->title);
		}
	}
	drop(&c);
	return r;
}

/* --- the points themselves ---------------------------------------------------- */

/* For a screen that shows a part of it: so many beside each other. */
#define ZOOM_BUCKETS 4000

static void put_series(struct json *j, const struct chart_series *s)
{
	json_object(j, NULL);
	json_text(j, "name", s->name);
	json_bool(j, "overall", s->overall);
	json_array(j, "points");
	for (size_t i = 0; i < s->n; i++) {
		const struct chart_point *p = &s->point[i];

		json_array(j, NULL);
		json_int(j, NULL, p->at_ms / 1000);
		json_real(j, NULL, round(p->offset_s * 1e9) / 1e9);
		json_real(j, NULL, round(p->score * 1e3) / 1e3);
		json_end_array(j);
	}
	json_end_array(j);
	json_end_object(j);
}

static void put_points(struct response *rs, const struct chart *c)
{
	struct json j = json_init(&rs->body.buf);

	rs->type = "application/json";
	json_object(&j, NULL);
	json_int(&j, "from", c->from_ms / 1000);
	json_int(&j, "to", c->to_ms / 1000);
	json_array(&j, "series");
	for (size_t i = 0; i < c->n_series; i++)
		put_series(&j, &c->series[i]);
	json_end_array(&j);
	json_end_object(&j);
}

/* /scores/ADDRESS/points: what the charts show, for those who zoom. */
void page_score_points(const struct request *rq, struct response *rs)
{
	struct score_view v = {0};
	struct chart c = {0};
	int r = score_view_find(rq, rq->arg[0], &v.server);

	if (r > 0)
		r = score_view_load(rq, &v);
	else if (r == 0)
		r = -ENOENT;
	if (r == 0 && score_view_is_old(&v))
		r = -ENOENT;
	if (r == 0)
		r = load(rq, &v, chart_window_choose(rq), ZOOM_BUCKETS, &c);
	if (r == 0)
		put_points(rs, &c);
	rs->max_age_s = page_fresh_s(rq);
	if (r < 0)
		page_error(rq, rs, r == -ENOENT ? 404 : 503);
	drop(&c);
	score_view_done(&v);
}
