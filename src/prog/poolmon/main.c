/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * poolmon: a monitor of a pool.  It measures the servers that poold names with
 * the daemon's own client code (poolmon(8), doc/pool-monitor.md).
 */
#include <curl/curl.h>
#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "agent.h"
#include "base/units.h"
#include "os/log.h"
#include "os/resolver.h"
#include "prog/ntpd/signals.h"
#include "survey.h"

#define EXIT_USAGE 2
#define CONFIG "/etc/pool.conf"
#define CHECK_ADDRS 8

struct options {
	const char *config;
	bool debug, once;
	const char *command, *argument;
};

static const char usage[] = "usage: poolmon [-dV] [-c FILE] enrol CODE\n"
			    "       poolmon [-dV] [-c FILE] [--once] run\n"
			    "       poolmon [-dV] [-c FILE] check HOST\n"
			    "  -c FILE  configuration, " CONFIG "\n"
			    "  -d       log more\n"
			    "  -V       print the version\n"
			    "  --once   one round, then exit\n";

/* -1: go on; else the exit status. */
static int read_options(int argc, char **argv, struct options *o)
{
	static const struct option longs[] = {
		{"once", no_argument, NULL, '1'},
		{"version", no_argument, NULL, 'V'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	bool takes_argument;
	int c;

	*o = (struct options){.config = CONFIG};
	while ((c = getopt_long(argc, argv, "c:dhV", longs, NULL)) != -1) {
		if (c == 'c')
			o->config = optarg;
		else if (c == 'd')
			o->debug = true;
		else if (c == '1')
			o->once = true;
		else if (c == 'V' || c == 'h') {
			fputs(c == 'h' ? usage
				       : "poolmon " TIMEBALL_VERSION "\n",
			      stdout);
			return EXIT_SUCCESS;
		} else {
			fputs(usage, stderr);
			return EXIT_USAGE;
		}
	}
	o->command = optind < argc ? argv[optind] : "";
	takes_argument = strcmp(o->command, "enrol") == 0 ||
			 strcmp(o->command, "check") == 0;
	if ((!takes_argument && strcmp(o->command, "run") != 0) ||
	    argc - optind != (takes_argument ? 2 : 1)) {
		fputs(usage, stderr);
		return EXIT_USAGE;
	}
	o->argument = takes_argument ? argv[optind + 1] : NULL;
	return -1;
}

static void print_probe(const struct net_addr *addr, const struct probe *p)
{
	const struct measurement *m = &p->m;
	struct score_step step = score_judge(PROFILE_CLASSIC, m);
	char text[NET_ADDR_TEXT_LEN];

	printf("%s: ", net_addr_format_port(addr, text));
	if (p->error < 0) {
		printf("cannot be asked: %s\n", strerror(-p->error));
		return;
	}
	if (m->has_offset)
		printf("stratum %d, offset %+.6f s, round trip %.6f s, ",
		       m->stratum, m->offset_s, m->rtt_s);
	else
		printf("%s, ", m->error);
	printf("%u of %u answered\n", m->samples - m->lost, m->samples);
	printf("  %s, step %+.3g, the score comes to rest at %.1f\n",
	       score_rule_name(step.rule), step.step, score_limit(step.step));
	printf("  %s\n", score_rule_text(step.rule));
}

/* What a monitor would say of a server, without telling anybody. */
static int check(const struct agent_inputs *in, const char *target)
{
	const struct probe_plan plan = {in->settings->samples,
					in->settings->sample_gap_s,
					in->settings->sample_timeout_s};
	struct net_addr addr[CHECK_ADDRS];
	char host[RESOLVE_MAX_NAME + 1];
	uint16_t port = NTP_PORT;
	bool good = true;
	struct survey s;
	int r, n = net_addr_split_port(target, host, sizeof host, &port);

	if (n == 0)
		n = resolve_now(host, AF_UNSPEC, addr, CHECK_ADDRS);
	if (n <= 0) {
		fprintf(stderr, "poolmon: %s: no such host\n", target);
		return EXIT_FAILURE;
	}
	for (int i = 0; i < n; i++)
		addr[i].port = port;
	r = survey_run(&s, in->host, addr, (size_t)n, &plan);
	for (size_t i = 0; r == 0 && i < s.n; i++) {
		print_probe(&addr[i], &s.probe[i]);
		good &= s.probe[i].error == 0 && s.probe[i].m.has_offset;
	}
	survey_done(&s);
	return r == 0 && good ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* settings_read() has seen that they are addresses. */
static void take_sources(char *const *source, struct os_host_params *params)
{
	struct net_addr a;

	for (; source && *source; source++) {
		if (net_addr_parse(*source, &a) < 0)
			continue;
		if (a.family == AF_INET6)
			params->source6 = a;
		else
			params->source4 = a;
	}
}

static int run(const struct options *o, const struct pool_settings *settings)
{
	struct os_host_params params = {.clock = OS_CLOCK_NONE};
	struct agent_inputs in = {.settings = settings, .once = o->once};
	struct os_host host;
	struct os_log log;
	int r, status;

	os_log_init(&log, "poolmon");
	log.log.threshold = o->debug ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO;
	in.log = params.log = &log.log;
	take_sources(settings->monitor_source, &params);
	r = os_host_init(&host, &params);
	if (r < 0) {
		log_error(in.log, "cannot start: %s", strerror(-r));
		os_log_done(&log);
		return EXIT_FAILURE;
	}
	signals_catch();
	host.loop.wake = signals_flag();
	in.host = &host;
	if (strcmp(o->command, "enrol") == 0)
		status = agent_enrol(&in, o->argument);
	else if (strcmp(o->command, "check") == 0)
		status = check(&in, o->argument);
	else
		status = agent_run(&in);
	os_host_done(&host);
	os_log_done(&log);
	return status;
}

int main(int argc, char **argv)
{
	struct options o;
	struct pool_settings *settings;
	int status = read_options(argc, argv, &o);

	if (status >= 0)
		return status;
	if (sodium_init() < 0 || curl_global_init(CURL_GLOBAL_DEFAULT) != 0) {
		fputs("poolmon: cannot start its libraries\n", stderr);
		return EXIT_FAILURE;
	}
	settings = settings_new();
	status = settings_read(settings, o.config, stderr) < 0
			 ? EXIT_USAGE
			 : run(&o, settings);
	settings_free(settings);
	curl_global_cleanup();
	return status;
}
