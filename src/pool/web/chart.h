/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pool/web/html.h"

/*
 * Charts as SVG, drawn on the server: arrays in, markup out.  They scale to any
 * width, take their colours from the style sheet, and say what they show in
 * words as well (<title>, <desc>).  Marks differ by shape, not by colour alone.
 */

struct chart_point {
	int64_t at_ms;
	double offset_s; /* server minus true time; NaN: none */
	double score;    /* NaN: none */
	unsigned samples, lost;
};

struct chart_series {
	const char *name;          /* of the monitor */
	bool overall;              /* the median: drawn bold */
	struct chart_point *point; /* by time, ascending */
	size_t n;
};

struct chart {
	const char *subject; /* the server */
	int64_t from_ms, to_ms;
	const struct chart_series *series;
	size_t n_series;
};

/** Scores from +20 to -100: a thin line for each monitor, the median bold, a line where the pool begins. */
void chart_scores(struct html *h, const struct chart *c);

/** Offsets as marks on a symmetric logarithmic axis over the bands of the scorer's rules. */
void chart_offsets(struct html *h, const struct chart *c);

/** One row for each monitor, a tick for each check that lost packets. */
void chart_losses(struct html *h, const struct chart *c);

/* How many servers a zone had. */
struct chart_count {
	int64_t at_ms;
	int64_t registered, active;
};

/** Two lines over time; n at least 1, by time. */
void chart_counts(struct html *h, const char *subject, const char *id,
		  const struct chart_count *count, size_t n);

/** The axis position of an offset: 0 at the top (+range_s) to 1 at the bottom. */
double chart_offset_y(double offset_s, double range_s);

/** The axis position of a score: 0 at the top (+20) to 1 at the bottom (-100). */
double chart_score_y(double score);

/** "good" within 25 ms, "fair" within 100 ms, "bad" beyond: the scorer's limits. */
const char *chart_band(double offset_s);
