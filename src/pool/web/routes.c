/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/talk/talk.h"
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
	{"GET", "/zone/:name", PAGE_PUBLIC, page_zone, 0},
	{"GET", "/a/:slug", PAGE_SCORES, page_profile, 0},
	{"GET", "/monitors", PAGE_SCORES, page_monitors, 0},
	{"GET", "/dns", PAGE_PUBLIC, page_dns, 0},
	{"GET", "/metrics", PAGE_SCORES, page_metrics, 0},
	{"GET", "/static/:name", PAGE_PUBLIC, page_static, 0},
	{"GET", "/healthz", PAGE_PUBLIC, page_health, 0},

	{"GET", "/login", PAGE_FORM, page_login, 0},
	{"POST", "/login", PAGE_FORM, post_login, 0},
	{"POST", "/logout", PAGE_FORM, post_logout, 0},
	{"GET", "/signup", PAGE_FORM, page_signup, 0},
	{"POST", "/signup", PAGE_FORM, post_signup, 0},
	{"GET", "/confirm/:token", PAGE_FORM, page_confirm, 0},
	{"POST", "/confirm/:token", PAGE_FORM, post_confirm, 0},
	{"GET", "/reset", PAGE_FORM, page_reset, 0},
	{"POST", "/reset", PAGE_FORM, post_reset, 0},
	{"GET", "/reset/:token", PAGE_FORM, page_reset_link, 0},
	{"POST", "/reset/:token", PAGE_FORM, post_reset_link, 0},

	{"POST", "/api/monitor/enrol", PAGE_MACHINE, post_monitor_enrol, 0},
	{"POST", "/api/monitor/work", PAGE_MACHINE, post_monitor_work, 0},
	{"POST", "/api/monitor/results", PAGE_MACHINE, post_monitor_results, TALK_BODY_MAX},
	{0},
};
/* clang-format on */
