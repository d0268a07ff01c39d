/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * pooldns: authoritative DNS for a pool, from a snapshot file (pooldns(8)).
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "os/log.h"
#include "pool/settings/settings.h"
#include "prog/pooldns/feed.h"
#include "prog/pooldns/supervisor.h"

#define EXIT_USAGE 2
#define CONFIG "/etc/pool.conf"

static const char usage[] =
	"usage: pooldns [-dtV] [-c FILE]\n"
	"  -c FILE  configuration, " CONFIG "\n"
	"  -d       log more\n"
	"  -t       check configuration, snapshot and country database\n"
	"  -V       print the version\n";

struct options {
	const char *config;
	bool check, debug;
};

/* -1: go on; else the exit status. */
static int read_options(int argc, char **argv, struct options *o)
{
	int c;

	*o = (struct options){.config = CONFIG};
	while ((c = getopt(argc, argv, "c:dthV")) != -1) {
		switch (c) {
		case 'c':
			o->config = optarg;
			break;
		case 'd':
			o->debug = true;
			break;
		case 't':
			o->check = true;
			break;
		case 'h':
		case 'V':
			fputs(c == 'h' ? usage
				       : "pooldns " TIMEBALL_VERSION "\n",
			      stdout);
			return EXIT_SUCCESS;
		default:
			fputs(usage, stderr);
			return EXIT_USAGE;
		}
	}
	if (optind == argc)
		return -1;
	fputs(usage, stderr);
	return EXIT_USAGE;
}

static int run(const struct options *o, const struct pool_settings *s)
{
	struct os_log log;
	int status;

	os_log_init(&log, "pooldns");
	log.log.threshold = o->debug ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO;
	log_notice(&log.log, "pooldns " TIMEBALL_VERSION " starting");
	status = supervisor_run(s, &log.log);
	os_log_done(&log);
	return status;
}

int main(int argc, char **argv)
{
	struct options o;
	struct pool_settings *s;
	int status = read_options(argc, argv, &o);

	if (status >= 0)
		return status;
	if (sodium_init() < 0) {
		fputs("pooldns: no randomness\n", stderr);
		return EXIT_FAILURE;
	}
	s = settings_new();
	if (settings_read(s, o.config, stderr) < 0)
		status = EXIT_USAGE;
	else if (o.check)
		status = feed_check(s) ? EXIT_SUCCESS : EXIT_FAILURE;
	else
		status = run(&o, s);
	settings_free(s);
	return status;
}
