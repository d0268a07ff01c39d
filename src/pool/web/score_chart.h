/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/web/score_view.h"

/* The charts of a score page, and the links to other stretches of time. */

struct chart_window; /* of the table in score_chart.c */

/** The one that the query asks for, or the one that suits the pool's pace. */
const struct chart_window *chart_window_choose(const struct request *rq);

/** 0, or -errno of the store with nothing written. */
MUST_CHECK int score_chart_put(const struct request *rq, struct html *h,
			       const struct score_view *v,
			       const struct chart_window *window);
