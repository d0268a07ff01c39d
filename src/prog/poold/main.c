/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * poold: the books of a pool, its pages, and what has to happen by the clock
 * (poold(8), doc/pool.md).
 */
#include <errno.h>
#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "os/log.h"
#include "pool/book/publish.h"
#include "pool/book/zones.h"
#include "prog/ntpd/signals.h"
#include "prog/poold/roles.h"
#include "prog/poold/supervisor.h"

#define EXIT_USAGE 2
#define CONFIG "/etc/pool.conf"

struct options {
	const char *config;
	bool check, debug;
	const struct role *role; /* NULL: the supervisor */
	unsigned number;
	enum sandbox_filter filter;
};

static const char usage[] =
	"usage: poold [-dtV] [-c FILE] [--seccomp off|log|kill]\n"
	"  -c FILE  configuration, " CONFIG "\n"
	"  -d       log more\n"
	"  -t       check the configuration and print all of it\n"
	"  -V       print the version\n";

/*
 * Do the zones and the names of pool.conf go together?  Those of the database,
 * or, before there is one, those of the world.
 */
static bool zones_fit(const struct pool_settings *s)
{
	char why[512];
	struct text t = text_init(why, sizeof why);
	struct db *db = NULL;
	int r = db_open_as_is(s->database, &db, &t);

	if (r == -ENOENT) {
		t = text_init(why, sizeof why);
		r = db_open("sqlite::memory:", &db, &t);
		if (r == 0)
			r = zones_seed(db);
	}
	if (r == 0)
		r = publish_check(db, s, &t);
	db_close(db);
	if (r == -EINVAL)
		fprintf(stderr, "poold: zones: %s\n", why);
	else if (r < 0)
		fprintf(stderr, "poold: cannot look at the zones: %s\n",
			*why ? why : strerror(-r));
	return r != -EINVAL;
}

static int check(const struct pool_settings *s)
{
	settings_print(s, stdout);
	settings_warn(s, stderr);
	return zones_fit(s) ? EXIT_SUCCESS : EXIT_USAGE;
}

/* "web:1" */
static bool read_role(const char *text, struct options *o)
{
	const char *colon = strchr(text, ':');
	char name[32];
	struct text t = text_init(name, sizeof name);
	long number;

	if (!colon || text_to_int(colon + 1, 0, 1000, &number) < 0)
		return false;
	text_add(&t, "%.*s", (int)(colon - text), text);
	o->role = role_find(name);
	o->number = (unsigned)number;
	return o->role != NULL;
}

/* -1: go on; else the exit status. */
static int read_options(int argc, char **argv, struct options *o)
{
	static const struct option longs[] = {
		{"role", required_argument, NULL, 'R'},
		{"seccomp", required_argument, NULL, 'S'},
		{"version", no_argument, NULL, 'V'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	int c;

	*o = (struct options){
		.config = CONFIG,
		.filter = sandbox_filter_default,
	};
	while ((c = getopt_long(argc, argv, "c:dthV", longs, NULL)) != -1) {
		if (c == 'c')
			o->config = optarg;
		else if (c == 'd')
			o->debug = true;
		else if (c == 't')
			o->check = true;
		else if (c == 'V' || c == 'h') {
			fputs(c == 'h' ? usage : "poold " TIMEBALL_VERSION "\n",
			      stdout);
			return EXIT_SUCCESS;
		} else if (c == 'S' && sandbox_filter_find(optarg, &o->filter))
			continue;
		else if (c != 'R' || !read_role(optarg, o)) {
			fputs(usage, stderr);
			return EXIT_USAGE;
		}
	}
	if (optind == argc)
		return -1;
	fputs(usage, stderr);
	return EXIT_USAGE;
}

static int run(const struct options *o, const struct pool_settings *s,
	       char *const *argv)
{
	struct supervisor_inputs in = {.settings = s, .argv = argv};
	struct role_inputs child = {
		.settings = s,
		.filter = o->filter,
		.number = o->number,
	};
	struct os_log log;
	int status;

	os_log_init(&log, o->role ? o->role->name : "poold");
	log.log.threshold = o->debug ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO;
	in.log = child.log = &log.log;
	signals_catch();
	status = o->role ? o->role->run(&child) : supervisor_run(&in);
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
		fputs("poold: no randomness\n", stderr);
		return EXIT_FAILURE;
	}
	s = settings_new();
	if (settings_read(s, o.config, stderr) < 0)
		status = EXIT_USAGE;
	else if (o.check)
		status = check(s);
	else
		status = run(&o, s, argv);
	settings_free(s);
	return status < 0 ? EXIT_SUCCESS : status;
}
