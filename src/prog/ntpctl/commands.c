/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/ntpctl/commands.h"

#include "base/container.h"

/* clang-format off */
const struct cli_option global_options[] = {
	{'j', "json", NULL, "for programs"},
	{'c', "csv", NULL, "for spreadsheets, with a heading"},
	{'S', "socket", "PATH", "the daemon's status socket; the control socket is beside it"},
	{0,   "from", "FILE", "a status document from a file, - for standard input"},
	{'h', "help", NULL, "this"},
	{'V', "version", NULL, "print the version"},
	{0},
};

const struct cli_command commands[] = {
	{"completion", "SHELL", cmd_completion, "print what makes bash, zsh or fish complete ntpctl", 0, NULL},
	{"server", "", cmd_server, "what we serve: requests, answers, drops", 0, NULL},
	{"sources", "", cmd_sources, "each source, and why it is used or not", 0, NULL},
	{"status", "", cmd_status, "is it well? one sentence, and a screen about it", 0, NULL},
	{"tracking", "", cmd_tracking, "the clock in figures", 0, NULL},
};
/* clang-format on */
const size_t commands_len = ARRAY_LEN(commands);

int cmd_completion(struct ctl *c)
{
	const char *shell = ctl_arg(c, "SHELL");

	if (cli_completion_script(c->out.to, c->cli.program, shell) == 0)
		return CTL_OK;
	return ctl_fail(c, "unknown-shell", "SHELL is bash, zsh or fish");
}
