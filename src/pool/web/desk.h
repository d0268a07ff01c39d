/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/book/verdict.h"
#include "pool/store/candidate.h"
#include "pool/web/request.h"

/* What is behind log-in: the pages, by the file they live in, and what they share. */

/**
 * The server that ":id" names, when who asks may look after it; else false and
 * the answer is there already.
 */
bool desk_server(const struct request *rq, struct response *rs,
		 struct server *s, struct actor *who);

/** A whole number in the path or a form, or -1. */
int64_t desk_number(const char *text);

/**
 * The account of the form field "account", or the only one that the person has;
 * 0 after an answer that refuses.
 */
int64_t desk_account(const struct request *rq, struct response *rs);

/**
 * The account that ":id" names, when who asks is in it or staff; else false and
 * the answer is there already.
 */
struct account;
bool desk_account_named(const struct request *rq, struct response *rs,
			struct account *a, struct actor *who);

/** A select of the person's accounts, when there are several; hidden when one. */
void desk_account_field(const struct request *rq, struct response *rs,
			int64_t chosen);

/* manage.c */
void page_manage(const struct request *rq, struct response *rs);
void page_manage_server(const struct request *rq, struct response *rs);
void post_netspeed(const struct request *rq, struct response *rs);
void post_pause(const struct request *rq, struct response *rs);
void post_delete(const struct request *rq, struct response *rs);
void post_undo(const struct request *rq, struct response *rs);
void post_country(const struct request *rq, struct response *rs);
void post_alert(const struct request *rq, struct response *rs);
void post_move(const struct request *rq, struct response *rs);

/* share.c: a section of page_manage_server(); 0 or -errno. */
int desk_share(const struct request *rq, struct response *rs,
	       const struct server *s);

/* verify.c */
void desk_verify(const struct request *rq, struct response *rs,
		 const struct server *s);
void post_verify(const struct request *rq, struct response *rs);
void post_verify_again(const struct request *rq, struct response *rs);
void page_verify_came(const struct request *rq, struct response *rs);

/* add.c */
void page_add(const struct request *rq, struct response *rs);
void post_add(const struct request *rq, struct response *rs);
void page_candidate(const struct request *rq, struct response *rs);
void post_candidate(const struct request *rq, struct response *rs);

/* add_many.c */
void page_add_many(const struct request *rq, struct response *rs);
void post_add_many(const struct request *rq, struct response *rs);

/* spot.c */
void desk_spot(const struct request *rq, struct response *rs,
	       const struct server *s);
void desk_spot_candidate(const struct request *rq, struct response *rs,
			 const struct candidate *c);
void post_spot(const struct request *rq, struct response *rs);
void page_spot(const struct request *rq, struct response *rs);
void page_spot_json(const struct request *rq, struct response *rs);
void api_spot_post(const struct request *rq, struct response *rs);
void api_spot(const struct request *rq, struct response *rs);

/* person_page.c */
void page_person(const struct request *rq, struct response *rs);
void post_person_name(const struct request *rq, struct response *rs);
void post_person_password(const struct request *rq, struct response *rs);

/* second_page.c */
void page_second(const struct request *rq, struct response *rs);
void post_second_begin(const struct request *rq, struct response *rs);
void post_second_on(const struct request *rq, struct response *rs);
void post_second_off(const struct request *rq, struct response *rs);

/* team.c */
void page_team(const struct request *rq, struct response *rs);
void post_team(const struct request *rq, struct response *rs);
void post_team_new(const struct request *rq, struct response *rs);
void post_invite(const struct request *rq, struct response *rs);
void page_join_team(const struct request *rq, struct response *rs);
void post_join_team(const struct request *rq, struct response *rs);
void post_member_role(const struct request *rq, struct response *rs);
void post_member_remove(const struct request *rq, struct response *rs);
void page_audit(const struct request *rq, struct response *rs);

/* access.c */
void page_access(const struct request *rq, struct response *rs);
void post_token_new(const struct request *rq, struct response *rs);
void post_token_revoke(const struct request *rq, struct response *rs);
void post_webhook_add(const struct request *rq, struct response *rs);
void post_webhook_test(const struct request *rq, struct response *rs);
void post_webhook_remove(const struct request *rq, struct response *rs);
void post_monitor_add(const struct request *rq, struct response *rs);
void post_monitor_code(const struct request *rq, struct response *rs);
void post_monitor_state(const struct request *rq, struct response *rs);

/* staff.c */
void page_staff(const struct request *rq, struct response *rs);
void post_staff_comment(const struct request *rq, struct response *rs);
void page_staff_person(const struct request *rq, struct response *rs);
void post_staff_person(const struct request *rq, struct response *rs);
void page_staff_zones(const struct request *rq, struct response *rs);
void page_staff_zone(const struct request *rq, struct response *rs);
void post_staff_zone_add(const struct request *rq, struct response *rs);
void post_staff_zone(const struct request *rq, struct response *rs);
void post_staff_rule(const struct request *rq, struct response *rs);
void post_staff_rule_remove(const struct request *rq, struct response *rs);
void page_staff_audit(const struct request *rq, struct response *rs);
void page_staff_monitors(const struct request *rq, struct response *rs);

/* list_desk.c */
void page_lists_own(const struct request *rq, struct response *rs);
void page_list_new(const struct request *rq, struct response *rs);
void post_list_new(const struct request *rq, struct response *rs);
void page_list_manage(const struct request *rq, struct response *rs);
void post_list_change(const struct request *rq, struct response *rs);
void post_list_remove(const struct request *rq, struct response *rs);
void page_staff_lists(const struct request *rq, struct response *rs);
void post_staff_list_approve(const struct request *rq, struct response *rs);
void post_staff_list_refuse(const struct request *rq, struct response *rs);

/* api.c */

/** The server that ":address" names, if it is the token's account's; else an answer is there. */
bool api_find(const struct request *rq, struct response *rs, struct server *s,
	      struct actor *who);

/** A verdict as JSON. */
void api_refuse(const struct request *rq, struct response *rs,
		enum book_verdict v);
void api_servers(const struct request *rq, struct response *rs);
void api_server(const struct request *rq, struct response *rs);
void api_server_put(const struct request *rq, struct response *rs);
void api_server_delete(const struct request *rq, struct response *rs);
