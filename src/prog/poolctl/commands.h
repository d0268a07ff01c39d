/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "cli/command.h"

/* What a command needs: the database, or nothing. */
enum { BOOKS, ALONE };

extern const struct cli_command commands[];
extern const size_t commands_len;

/* people.c */
int cmd_account_add(struct ctl *c);
int cmd_account_list(struct ctl *c);
int cmd_account_set(struct ctl *c);
int cmd_person_add(struct ctl *c);
int cmd_person_list(struct ctl *c);
int cmd_person_confirm(struct ctl *c);
int cmd_person_password(struct ctl *c);
int cmd_person_role(struct ctl *c);
int cmd_person_disable(struct ctl *c);
int cmd_person_enable(struct ctl *c);
int cmd_person_second_off(struct ctl *c);

/* teams.c */
int cmd_member_invite(struct ctl *c);
int cmd_member_list(struct ctl *c);
int cmd_member_remove(struct ctl *c);
int cmd_member_role(struct ctl *c);
int cmd_token_add(struct ctl *c);
int cmd_token_list(struct ctl *c);
int cmd_token_revoke(struct ctl *c);
int cmd_webhook_add(struct ctl *c);
int cmd_webhook_list(struct ctl *c);
int cmd_webhook_remove(struct ctl *c);
int cmd_webhook_try(struct ctl *c);

/* servers.c */
int cmd_server_add(struct ctl *c);
int cmd_server_import(struct ctl *c);
int cmd_server_list(struct ctl *c);
int cmd_server_show(struct ctl *c);
int cmd_server_verify(struct ctl *c);
int cmd_server_netspeed(struct ctl *c);
int cmd_server_country(struct ctl *c);
int cmd_server_alert(struct ctl *c);
int cmd_server_move(struct ctl *c);
int cmd_server_pause(struct ctl *c);
int cmd_server_delete(struct ctl *c);
int cmd_server_undelete(struct ctl *c);
int cmd_candidate_add(struct ctl *c);
int cmd_candidate_list(struct ctl *c);
int cmd_candidate_accept(struct ctl *c);
int cmd_score(struct ctl *c);

/* lists.c */
int cmd_list_add(struct ctl *c);
int cmd_list_approve(struct ctl *c);
int cmd_list_refuse(struct ctl *c);
int cmd_list_remove(struct ctl *c);
int cmd_list_set(struct ctl *c);
int cmd_list_show(struct ctl *c);

/* probe.c */
int cmd_probe(struct ctl *c);

/* monitors.c */
int cmd_monitor_add(struct ctl *c);
int cmd_monitor_code(struct ctl *c);
int cmd_monitor_list(struct ctl *c);
int cmd_monitor_state(struct ctl *c);

/* zones.c */
int cmd_zone_add(struct ctl *c);
int cmd_zone_list(struct ctl *c);
int cmd_zone_set(struct ctl *c);
int cmd_zone_remove(struct ctl *c);
int cmd_zone_rule(struct ctl *c);
int cmd_zone_rules(struct ctl *c);
int cmd_zone_unrule(struct ctl *c);

/* books.c */
int cmd_init(struct ctl *c);
int cmd_audit(struct ctl *c);
int cmd_db_check(struct ctl *c);
int cmd_db_copy(struct ctl *c);
int cmd_replay(struct ctl *c);
int cmd_export(struct ctl *c);
int cmd_settings(struct ctl *c);
int cmd_snapshot_build(struct ctl *c);
int cmd_snapshot_show(struct ctl *c);
