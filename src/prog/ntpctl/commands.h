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

/* commands.c */
int cmd_completion(struct ctl *c);
