/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * poolctl: from the shell what the pages do (poolctl(8)).
 */
#include <errno.h>
#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "prog/poolctl/commands.h"
#include "prog/poolctl/ctl.h"

#define CONFIG "/etc/pool.conf"

static const char usage[] =
	"usage: poolctl [-jV] [-c FILE] COMMAND [ARGUMENT ...]\n"
	"  -c, --config FILE  configuration, " CONFIG "\n"
	"  -j, --json         for programs\n"
	"  -V, --version      print the version\n"
	"commands:\n";

struct options {
	const char *config;
	bool json, complete;
};

/* -1: go on; else the exit status. */
static int read_options(int argc, char **argv, const struct cli *cli,
			struct options *o)
{
	static const struct option longs[] = {
		{"config", required_argument, NULL, 'c'},
		{"json", no_argument, NULL, 'j'},
		{"version", no_argument, NULL, 'V'},
		{"help", no_argument, NULL, 'h'},
		{"complete", no_argument, NULL, 'C'},
		{0},
	};
	int c;

	*o = (struct options){.config = CONFIG};
	while ((c = getopt_long(argc, argv, "+c:jhV", longs, NULL)) != -1) {
		switch (c) {
		case 'c':
			o->config = optarg;
			break;
		case 'j':
			o->json = true;
			break;
		case 'C':
			o->complete = true;
			return -1;
		case 'V':
			puts("poolctl " TIMEBALL_VERSION);
			return CTL_OK;
		case 'h':
			fputs(usage, stdout);
			cli_help(cli, stdout, NULL);
			return CTL_OK;
		default:
			fputs(usage, stderr);
			cli_help(cli, stderr, NULL);
			return CTL_USAGE;
		}
	}
	return -1;
}

static int run(struct ctl *c)
{
	char why[512];
	struct text t = text_init(why, sizeof why);
	int status;

	if (c->cli.command->needs == BOOKS &&
	    db_open(c->set->database, &c->db, &t) < 0)
		return ctl_fail(c, "store", "%s", why);
	status = c->cli.command->run(c);
	db_close(c->db);
	return status;
}

static int with_settings(const struct options *o, struct ctl *c)
{
	struct pool_settings *set = settings_new();
	int r = settings_read(set, o->config, stderr);
	int status = CTL_USAGE;

	c->set = set;
	if (r == 0)
		status = run(c);
	else if (r != -EINVAL)
		fprintf(stderr, "poolctl: %s: %s\n", o->config, strerror(-r));
	settings_free(set);
	return status;
}

/* "server list --json" is meant as well as it reads. */
static size_t take_json(char **words, size_t n, bool *json)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (strcmp(words[i], "--json") == 0 ||
		    strcmp(words[i], "-j") == 0)
			*json = true;
		else
			words[kept++] = words[i];
	return kept;
}

int main(int argc, char **argv)
{
	struct ctl c = {
		.cli = {.program = "poolctl",
			.commands = commands,
			.n_commands = commands_len},
		.who = {.staff = true, .source = "poolctl", .address = ""},
		.now_ms = (int64_t)time(NULL) * 1000,
		.out.to = stdout,
	};
	struct options o;
	int status = read_options(argc, argv, &c.cli, &o);
	char **words = argv + optind;
	size_t n, taken;

	if (status >= 0)
		return status;
	n = (size_t)(argc - optind);
	if (o.complete) {
		cli_complete(&c.cli, stdout, words, n, false);
		return CTL_OK;
	}
	n = take_json(words, n, &o.json);
	if (n == 0 || strcmp(words[0], "help") == 0) {
		fputs(n == 0 ? usage : "", n == 0 ? stderr : stdout);
		cli_help(&c.cli, n == 0 ? stderr : stdout,
			 n > 1 ? words[1] : NULL);
		return n == 0 ? CTL_USAGE : CTL_OK;
	}
	c.cli.command = cli_find(&c.cli, words, n, &taken);
	c.out.form = o.json ? OUTPUT_JSON : OUTPUT_TABLE;
	if (!c.cli.command || !cli_bind(&c.cli, words + taken, n - taken))
		return CTL_USAGE;
	if (sodium_init() < 0) {
		fputs("poolctl: no randomness\n", stderr);
		return CTL_FAILED;
	}
	status = with_settings(&o, &c);
	if (fflush(stdout) != 0)
		status = CTL_FAILED; /* a full disk behind > */
	return status;
}
