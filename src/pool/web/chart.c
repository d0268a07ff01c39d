/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/web/chart.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/container.h"
#include "base/text.h"
#include "pool/score/score.h"
#include "pool/web/when.h"

/*
 * All charts share the time axis: LEFT to RIGHT of a view box WIDTH wide.
 * Below and above the plot there is room for labels.  Letters are sized by the
 * style sheet, larger where the screen is narrow.
 */
#define WIDTH 520
#define LEFT 52
#define RIGHT 512
#define TOP 8
#define PLOT 150
#define AXIS 18 /* labels of the time */

#define SCORE_TOP 20.0
#define SCORE_BOTTOM (-100.0)

/* Where the scorer's rules change, and what a mark is called on either side. */
static const struct {
	double limit_s;
	const char *name;
} bands[] = {
	{SCORE_OFFSET_GOOD_S, "good"},
	{SCORE_OFFSET_FAIR_S, "fair"},
	{(double)INFINITY, "bad"},
};
#define BANDS ARRAY_LEN(bands)

/* Linear near zero, logarithmic beyond: this is where it bends. */
#define BEND_S 0.001

/* --- axes ------------------------------------------------------------------ */

struct span {
	int64_t from_ms, to_ms;
};

static double x_at(const struct span *s, int64_t at_ms)
{
	double length = (double)(s->to_ms - s->from_ms);
	double part = length > 0 ? (double)(at_ms - s->from_ms) / length : 0;

	return LEFT + (RIGHT - LEFT) * fmin(fmax(part, 0), 1);
}

double chart_offset_y(double offset_s, double range_s)
{
	double part = asinh(offset_s / BEND_S) / asinh(range_s / BEND_S);

	return 0.5 - 0.5 * fmin(fmax(part, -1), 1);
}

/* Fine at the top, where it matters, like the steps that lead there. */
double chart_score_y(double score)
{
	double down = (SCORE_TOP - score) / (SCORE_TOP - SCORE_BOTTOM);

	return sqrt(fmin(fmax(down, 0), 1));
}

/* Digits of v, at most as many as there is room for; returns where they begin. */
static char *digits(char *end, unsigned v)
{
	do
		*--end = (char)('0' + v % 10);
	while (v /= 10);
	return end;
}

/* "12.3": tenths of what the view box counts in, which begins at 0. */
static char *tenths(char *end, double v)
{
	unsigned n = (unsigned)lrint(fmin(fmax(v, 0), 1e6) * 10);

	end = digits(end, n % 10);
	*--end = '.';
	return digits(end, n / 10);
}

/*
 * "M12.3 45.6".  A page has a thousand of these and hardly anything else:
 * written by printf they were half of its time.
 */
static void point(struct html *h, char letter, double x, double y)
{
	char text[32], *const end = text + sizeof text;
	char *at = tenths(end, y);

	*--at = ' ';
	at = tenths(at, x);
	*--at = letter;
	html_raw(h, at, (size_t)(end - at));
}

/* A round interval that gives at most eight ticks. */
static int64_t tick_ms(int64_t span_ms)
{
	static const int64_t minutes[] = {
		1,   2,   5,    10,   15,   30,    60,    120,   180,  240,
		360, 720, 1440, 2880, 5760, 10080, 20160, 44640, 89280};

	for (size_t i = 0; i < ARRAY_LEN(minutes); i++)
		if (span_ms / (minutes[i] * 60000) <= 7)
			return minutes[i] * 60000;
	return INT64_C(86400000) * 366;
}

static void time_axis(struct html *h, const struct span *s, double bottom)
{
	int64_t step = tick_ms(s->to_ms - s->from_ms);

	for (int64_t t = (s->from_ms / step + 1) * step; t <= s->to_ms;
	     t += step) {
		char text[WHEN_LEN];
		double x = x_at(s, t);

		when_format(t, step >= 86400000 ? "%d %b" : "%H:%M", text);
		html_put(h,
			 "<path class=\"grid\" d=\"M%.1f %dV%.0f\"/>"
			 "<text x=\"%.1f\" y=\"%.0f\" class=\"time\">%s</text>",
			 x, TOP, bottom, x, bottom + 12, text);
	}
}

static void level(struct html *h, const char *class, double y, const char *text)
{
	html_put(h,
		 "<path class=\"%s\" d=\"M%d %.1fH%d\"/>"
		 "<text x=\"%d\" y=\"%.1f\" class=\"level\">%s</text>",
		 class, LEFT, y, RIGHT, LEFT - 4, y, text);
}

/* The outer element, with words for those who do not see it. */
static void begin(struct html *h, const char *id, double height,
		  const char *what, const char *subject, const struct span *s,
		  const char *summary)
{
	char from[WHEN_LEN], to[WHEN_LEN];

	html_put(h,
		 "<svg class=\"chart\" xmlns=\"http://www.w3.org/2000/svg\" "
		 "viewBox=\"0 0 %d %.0f\" role=\"img\" "
		 "aria-labelledby=\"%s-t %s-d\">"
		 "<title id=\"%s-t\">%s of %s</title>"
		 "<desc id=\"%s-d\">From %s to %s. %s</desc>",
		 WIDTH, height, id, id, id, what, subject, id,
		 when_minute(s->from_ms, from), when_minute(s->to_ms, to),
		 summary);
}

static void end(struct html *h)
{
	html_put(h, "</svg>\n");
}

static struct span chart_span(const struct chart *c)
{
	return (struct span){c->from_ms, c->to_ms};
}

/* --- scores ---------------------------------------------------------------- */

static void score_line(struct html *h, const struct span *span,
		       const struct chart_series *s)
{
	bool pen = false;

	html_put(h, "<path class=\"%s\" d=\"",
		 s->overall ? "overall" : "monitor");
	for (size_t i = 0; i < s->n; i++) {
		const struct chart_point *p = &s->point[i];

		if (!isnan(p->score)) {
			point(h, pen ? 'L' : 'M', x_at(span, p->at_ms),
			      TOP + PLOT * chart_score_y(p->score));
			pen = true;
		}
	}
	html_put(h, "\"><title>%s</title></path>", s->name);
}

static const struct chart_point *last_overall(const struct chart *c)
{
	for (size_t i = 0; i < c->n_series; i++)
		if (c->series[i].overall && c->series[i].n)
			return &c->series[i].point[c->series[i].n - 1];
	return NULL;
}

void chart_scores(struct html *h, const struct chart *c)
{
	static const int labels[] = {20, 10, 0, -20, -50, -100};
	const struct chart_point *last = last_overall(c);
	struct span span = chart_span(c);
	char summary[160] = "No score in this time.";

	if (last)
		snprintf(summary, sizeof summary,
			 "The last score is %.1f; servers are handed out from "
			 "%.0f on.",
			 last->score, SCORE_IN_POOL);
	begin(h, "scores", TOP + PLOT + AXIS, "Scores", c->subject, &span,
	      summary);
	html_put(h,
		 "<rect class=\"in\" x=\"%d\" y=\"%d\" width=\"%d\" "
		 "height=\"%.1f\"/>",
		 LEFT, TOP, RIGHT - LEFT, PLOT * chart_score_y(SCORE_IN_POOL));
	time_axis(h, &span, TOP + PLOT);
	for (size_t i = 0; i < ARRAY_LEN(labels); i++) {
		char text[16];

		snprintf(text, sizeof text, "%s%d",
			 labels[i] > 0   ? "+"
			 : labels[i] < 0 ? "−"
					 : "",
			 abs(labels[i]));
		level(h, labels[i] == (int)SCORE_IN_POOL ? "limit" : "grid",
		      TOP + PLOT * chart_score_y(labels[i]), text);
	}
	for (int overall = 0; overall < 2; overall++)
		for (size_t i = 0; i < c->n_series; i++)
			if (c->series[i].overall == overall && c->series[i].n)
				score_line(h, &span, &c->series[i]);
	end(h);
}

/* --- offsets --------------------------------------------------------------- */

static size_t band_of(double offset_s)
{
	size_t i = 0;

	while (fabs(offset_s) > bands[i].limit_s)
		i++;
	return i;
}

const char *chart_band(double offset_s)
{
	return bands[band_of(offset_s)].name;
}

/* The largest offset, rounded up to a label; never less than the good band. */
static double offset_range(const struct chart *c)
{
	static const double labels[] = {0.03, 0.1, 0.3, 1, 3, 10, 100, 1000};
	double most = 0;

	for (size_t i = 0; i < c->n_series; i++)
		for (size_t k = 0; k < c->series[i].n; k++)
			most = fmax(most, fabs(c->series[i].point[k].offset_s));
	for (size_t i = 0; i < ARRAY_LEN(labels); i++)
		if (most <= labels[i])
			return labels[i];
	return 1e5;
}

static void offset_label(double s, char *buf, size_t cap)
{
	const char *sign = s > 0 ? "+" : s < 0 ? "−" : "";
	double size = fabs(s);

	if (size >= 1)
		snprintf(buf, cap, "%s%g s", sign, size);
	else
		snprintf(buf, cap, "%s%g ms", sign, size * 1e3);
}

/* Colour tells the band, and so does the shape: dot, diamond, cross. */
static void offset_marks(struct html *h, const struct chart *c, double range,
			 size_t band)
{
	static const char *const shapes[BANDS] = {
		"h0",
		"m0 -2.2l2.2 2.2l-2.2 2.2l-2.2 -2.2z",
		"m-2 -2l4 4m0 -4l-4 4",
	};
	struct span span = chart_span(c);

	html_put(h, "<path class=\"mark %s\" d=\"", bands[band].name);
	for (size_t i = 0; i < c->n_series; i++)
		for (size_t k = 0; k < c->series[i].n; k++) {
			const struct chart_point *p = &c->series[i].point[k];

			if (isnan(p->offset_s) || band_of(p->offset_s) != band)
				continue;
			point(h, 'M', x_at(&span, p->at_ms),
			      TOP + PLOT * chart_offset_y(p->offset_s, range));
			html_raw(h, shapes[band], strlen(shapes[band]));
		}
	html_put(h, "\"/>");
}

static void offset_bands(struct html *h, double range)
{
	for (size_t i = BANDS; i-- > 0;) {
		double top =
			PLOT *
			chart_offset_y(fmin(bands[i].limit_s, range), range);

		html_put(h,
			 "<rect class=\"band %s\" x=\"%d\" y=\"%.1f\" "
			 "width=\"%d\" height=\"%.1f\"/>",
			 bands[i].name, LEFT, TOP + top, RIGHT - LEFT,
			 PLOT - 2 * top);
	}
}

static void offset_levels(struct html *h, double range)
{
	static const double labels[] = {0, 0.001, 0.01, 0.1, 1, 10, 100};

	for (size_t i = 0; i < ARRAY_LEN(labels) && labels[i] <= range; i++)
		for (int sign = 1; sign >= (i ? -1 : 1); sign -= 2) {
			double s = sign * labels[i];
			char text[32];

			offset_label(s, text, sizeof text);
			level(h, i ? "grid" : "zero",
			      TOP + PLOT * chart_offset_y(s, range), text);
		}
}

void chart_offsets(struct html *h, const struct chart *c)
{
	double range = offset_range(c);
	unsigned count[BANDS] = {0};
	struct span span = chart_span(c);
	char summary[200];

	for (size_t i = 0; i < c->n_series; i++)
		for (size_t k = 0; k < c->series[i].n; k++)
			if (!isnan(c->series[i].point[k].offset_s))
				count[band_of(
					c->series[i].point[k].offset_s)]++;
	snprintf(summary, sizeof summary,
		 "%u within %.0f ms, %u within %.0f ms, %u beyond.", count[0],
		 SCORE_OFFSET_GOOD_S * 1e3, count[1], SCORE_OFFSET_FAIR_S * 1e3,
		 count[2]);
	begin(h, "offsets", TOP + PLOT + AXIS, "Offsets", c->subject, &span,
	      summary);
	offset_bands(h, range);
	time_axis(h, &span, TOP + PLOT);
	offset_levels(h, range);
	for (size_t band = 0; band < BANDS; band++)
		if (count[band])
			offset_marks(h, c, range, band);
	end(h);
}

/* --- losses ---------------------------------------------------------------- */

#define ROW 15

static void loss_row(struct html *h, const struct span *span,
		     const struct chart_series *s, int y)
{
	const int tall = ROW - 4;

	html_put(h,
		 "<text x=\"%d\" y=\"%d\" class=\"level\">%.9s</text>"
		 "<rect class=\"lane\" x=\"%d\" y=\"%d\" width=\"%d\" "
		 "height=\"%d\"/><path class=\"lost\" d=\"",
		 LEFT - 4, y + ROW / 2, s->name, LEFT, y + 2, RIGHT - LEFT,
		 tall);
	for (size_t k = 0; k < s->n; k++) {
		const struct chart_point *p = &s->point[k];

		if (p->lost && p->samples)
			html_put(h, "M%.1f %dv-%.1f", x_at(span, p->at_ms),
				 y + 2 + tall,
				 tall * (double)p->lost / p->samples);
	}
	html_put(h, "\"/>");
}

void chart_losses(struct html *h, const struct chart *c)
{
	struct span span = chart_span(c);
	unsigned samples = 0, lost = 0;
	int rows = 0, y = TOP;
	char summary[120];

	for (size_t i = 0; i < c->n_series; i++) {
		rows += !c->series[i].overall;
		for (size_t k = 0; k < c->series[i].n; k++) {
			samples += c->series[i].point[k].samples;
			lost += c->series[i].point[k].lost;
		}
	}
	snprintf(summary, sizeof summary, "%u of %u requests were lost.", lost,
		 samples);
	begin(h, "losses", TOP + rows * ROW + AXIS, "Lost packets", c->subject,
	      &span, summary);
	time_axis(h, &span, TOP + rows * ROW);
	for (size_t i = 0; i < c->n_series; i++) {
		if (c->series[i].overall)
			continue;
		loss_row(h, &span, &c->series[i], y);
		y += ROW;
	}
	end(h);
}

/* --- counts of a zone ------------------------------------------------------- */

/* 1, 2 or 5 times a power of ten, so that at most five lines are drawn. */
static int64_t count_step(int64_t most)
{
	int64_t step = 1;

	for (int i = 0; most / step >= 5; i++)
		step = i % 3 == 1 ? step / 2 * 5 : step * 2;
	return step;
}

static void count_line(struct html *h, const struct span *span,
		       const struct chart_count *count, size_t n, bool active,
		       double top)
{
	html_put(h, "<path class=\"%s\" d=\"", active ? "overall" : "monitor");
	for (size_t i = 0; i < n; i++) {
		int64_t v = active ? count[i].active : count[i].registered;

		point(h, i ? 'L' : 'M', x_at(span, count[i].at_ms),
		      TOP + PLOT * (1 - (double)v / top));
	}
	html_put(h, "\"><title>%s</title></path>",
		 active ? "active" : "registered");
}

void chart_counts(struct html *h, const char *subject, const char *id,
		  const struct chart_count *count, size_t n)
{
	struct span span = {count[0].at_ms, count[n - 1].at_ms};
	int64_t most = 1, step;
	char summary[120];

	for (size_t i = 0; i < n; i++)
		if (count[i].registered > most)
			most = count[i].registered;
	step = count_step(most);
	snprintf(summary, sizeof summary,
		 "At the end %" PRId64 " registered, %" PRId64 " active.",
		 count[n - 1].registered, count[n - 1].active);
	begin(h, id, TOP + PLOT + AXIS, "Servers", subject, &span, summary);
	time_axis(h, &span, TOP + PLOT);
	for (int64_t v = 0; v <= most; v += step) {
		char text[24];

		snprintf(text, sizeof text, "%" PRId64, v);
		level(h, "grid", TOP + PLOT * (1 - (double)v / (double)most),
		      text);
	}
	count_line(h, &span, count, n, false, (double)most);
	count_line(h, &span, count, n, true, (double)most);
	end(h);
}
