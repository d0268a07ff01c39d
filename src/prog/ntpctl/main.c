/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * ntpctl: the operator's tool (ntpctl(8)).
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "prog/ntpctl/check.h"
#include "prog/ntpctl/commands.h"
#include "prog/ntpctl/ctl.h"

#define STATUS_SOCKET "/run/ntpd/status.sock"
#define CONTROL_NAME "control.sock"

static void usage(const struct cli *cli, FILE *out, const char *topic)
{
	fputs("usage: ntpctl [OPTION...] COMMAND [ARGUMENT...]\n", out);
	for (const struct cli_option *o = cli->globals; o->name; o++)
		fprintf(out, "  %c%c --%s%s%s\n        %s\n",
			o->letter ? '-' : ' ', o->letter ? o->letter : ' ',
			o->name, o->value ? " " : "", o->value ? o->value : "",
			o->help);
	fputs("commands:\n", out);
	cli_help(cli, out, topic);
}

/* The control socket is beside the other. */
static void name_sockets(struct ctl *c, char control[PATH_MAX])
{
	const char *path = ctl_option(c, "socket");
	const char *slash;

	c->status_path = path ? path : STATUS_SOCKET;
	slash = strrchr(c->status_path, '/');
	snprintf(control, PATH_MAX, "%.*s%s",
		 slash ? (int)(slash - c->status_path) + 1 : 0, c->status_path,
		 CONTROL_NAME);
	c->control_path = control;
}

static int run(struct ctl *c)
{
	char control[PATH_MAX];

	if (ctl_option(c, "help")) {
		cli_usage(&c->cli, stdout, c->cli.command);
		printf("%s\n", c->cli.command->help);
		return CTL_OK;
	}
	if (ctl_option(c, "csv"))
		c->out.form = OUTPUT_CSV;
	if (ctl_option(c, "json"))
		c->out.form = OUTPUT_JSON;
	c->out.colour = show_colours(c->out.to);
	c->from = ctl_option(c, "from");
	name_sockets(c, control);
	return c->cli.command->run(c);
}

/* Options that need no command. */
static bool is_answered(const struct ctl *c, size_t n)
{
	if (ctl_option(c, "version")) {
		puts("ntpctl " TIMEBALL_VERSION);
		return true;
	}
	if (ctl_option(c, "help") && n == 0) {
		usage(&c->cli, stdout, NULL);
		return true;
	}
	return false;
}

/* A plugin has a status of its own for what it was not asked rightly. */
static int misused(const struct ctl *c)
{
	if (!c->cli.command || c->cli.command->run != cmd_check)
		return CTL_USAGE;
	return check_misused(c->out.to);
}

int main(int argc, char **argv)
{
	struct ctl c = {
		.cli = {.program = "ntpctl",
			.commands = commands,
			.n_commands = commands_len,
			.globals = global_options},
		.out.to = stdout,
	};
	char **words = argv + 1;
	size_t n = argc > 0 ? (size_t)argc - 1 : 0, taken;
	int status, globals;

	if (n > 0 && strcmp(words[0], "--complete") == 0) {
		size_t skip = n > 1 && strcmp(words[1], "--") == 0 ? 2 : 1;

		cli_complete(&c.cli, stdout, words + skip, n - skip, true);
		return CTL_OK;
	}
	globals = cli_globals(&c.cli, words, n);
	if (globals < 0)
		return CTL_USAGE;
	words += globals;
	n -= (size_t)globals;
	if (is_answered(&c, n))
		return CTL_OK;
	if (n == 0 || strcmp(words[0], "help") == 0) {
		usage(&c.cli, n == 0 ? stderr : stdout,
		      n > 1 ? words[1] : NULL);
		return n == 0 ? CTL_USAGE : CTL_OK;
	}
	c.cli.command = cli_find(&c.cli, words, n, &taken);
	if (!c.cli.command || !cli_bind(&c.cli, words + taken, n - taken))
		return misused(&c);
	status = run(&c);
	if (fflush(stdout) != 0)
		status = CTL_FAILED; /* a full disk behind > */
	return status;
}
