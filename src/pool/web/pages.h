/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/web/request.h"

/* The functions behind the rows of routes.c, by the file they live in. */

/* health.c */
void page_health(const struct request *rq, struct response *rs);

/* monitor_calls.c */
void post_monitor_enrol(const struct request *rq, struct response *rs);
void post_monitor_work(const struct request *rq, struct response *rs);
void post_monitor_results(const struct request *rq, struct response *rs);

/* static.c */
void page_static(const struct request *rq, struct response *rs);
void page_moved(const struct request *rq, struct response *rs);
void page_robots(const struct request *rq, struct response *rs);

/* search.c */
void page_scores(const struct request *rq, struct response *rs);
void page_rules(const struct request *rq, struct response *rs);

/* A table of servers that other pages show too. */
struct server;
void server_table_begin(struct html *h, const char *caption);
void server_table_row(struct html *h, const struct server *s, int64_t now_ms);
void server_table_end(struct html *h);

/* scores.c, score_log.c, score_why.c */
void page_score_points(const struct request *rq, struct response *rs);
void page_score(const struct request *rq, struct response *rs);
void page_score_log(const struct request *rq, struct response *rs);
void page_score_json(const struct request *rq, struct response *rs);
void page_score_why(const struct request *rq, struct response *rs);
void page_score_monitors(const struct request *rq, struct response *rs);
void page_score_badge(const struct request *rq, struct response *rs);

/* feed.c */
void page_score_feed(const struct request *rq, struct response *rs);
void page_zone_feed(const struct request *rq, struct response *rs);

/* home.c */
void page_home(const struct request *rq, struct response *rs);
void page_join(const struct request *rq, struct response *rs);
void page_use(const struct request *rq, struct response *rs);

/* login.c */
void page_login(const struct request *rq, struct response *rs);
void post_login(const struct request *rq, struct response *rs);
void post_logout(const struct request *rq, struct response *rs);
void page_signup(const struct request *rq, struct response *rs);
void post_signup(const struct request *rq, struct response *rs);
void page_confirm(const struct request *rq, struct response *rs);
void post_confirm(const struct request *rq, struct response *rs);
void page_reset(const struct request *rq, struct response *rs);
void post_reset(const struct request *rq, struct response *rs);
void page_reset_link(const struct request *rq, struct response *rs);
void post_reset_link(const struct request *rq, struct response *rs);

/* zone_page.c */
void page_zone(const struct request *rq, struct response *rs);

/* about.c */
void page_monitors(const struct request *rq, struct response *rs);
void page_dns(const struct request *rq, struct response *rs);
void page_profile(const struct request *rq, struct response *rs);

/* lists.c */
void page_list(const struct request *rq, struct response *rs);
void page_list_entry(const struct request *rq, struct response *rs);

/* metrics.c */
void page_metrics(const struct request *rq, struct response *rs);
