/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "cli/command.h"
#include "prog/ntpctl/ctl.h"

/* The rows of ntpctl; man/ntpctl.8 has an entry for each. */
extern const struct cli_command commands[];
extern const size_t commands_len;

/* Options of every command. */
extern const struct cli_option global_options[];

/* status.c */
int cmd_status(struct ctl *c);
int cmd_sources(struct ctl *c);
int cmd_tracking(struct ctl *c);
int cmd_server(struct ctl *c);

/* change.c */
int cmd_source_add(struct ctl *c);
int cmd_source_del(struct ctl *c);
int cmd_burst(struct ctl *c);
int cmd_step(struct ctl *c);
int cmd_log(struct ctl *c);

/* one a file of that name */
int cmd_check(struct ctl *c);
int cmd_clients(struct ctl *c);
int cmd_convert(struct ctl *c);
int cmd_doctor(struct ctl *c);
int cmd_explain(struct ctl *c);
int cmd_keygen(struct ctl *c);
int cmd_probe(struct ctl *c);
int cmd_top(struct ctl *c);
int cmd_waitsync(struct ctl *c);

/* commands.c */
int cmd_completion(struct ctl *c);
