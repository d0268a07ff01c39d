/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/web/pages.h"
#include "pool/web/request.h"

/* clang-format off */
const struct route routes[] = {
	{"GET", "/", PAGE_PUBLIC, page_home, 0},
	{"GET", "/join", PAGE_PUBLIC, page_join, 0},
	{"GET", "/use", PAGE_PUBLIC, page_use, 0},
	{"GET", "/scores/", PAGE_SCORES, page_scores, 0},
	{"GET", "/scores/rules", PAGE_PUBLIC, page_rules, 0},
	{"GET", "/scores/:address", PAGE_SCORES, page_score, 0},
	{"GET", "/scores/:address/log", PAGE_SCORES, page_score_log, 0},
	{"GET", "/scores/:address/json", PAGE_SCORES, page_score_json, 0},
	{"GET", "/scores/:address/why", PAGE_SCORES, page_score_why, 0},
	{"GET", "/scores/:address/monitors", PAGE_SCORES, page_score_monitors, 0},
	{"GET", "/static/:name", PAGE_PUBLIC, page_static, 0},
	{"GET", "/healthz", PAGE_PUBLIC, page_health, 0},
	{0},
};
/* clang-format on */
