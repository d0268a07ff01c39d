/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ntp/choose.h"
#include "ntp/survey.h"
#include "options.h"
#include "os/host.h"
#include "os/resolver.h"
#include "os/state_file.h"
#include "report.h"
#include "set.h"

#define EXIT_USAGE 2
#define KEYS_FILE_MAX 1000000
#define ADDRS_OF_A_NAME 4

/* From this offset on the clock is stepped rather than slewed. */
#define STEP_FROM_S 0.5

struct run {
	struct options opt;
	struct report report;
	struct os_host host;
	struct keys keys;
	const struct key *key;
	struct survey survey;
};

static const char *lookup_error(int error)
{
	switch (error) {
	case -EAGAIN:
		return "Temporary failure in name resolution (-3)";
	case -ENOENT:
		return "Name or service not known (-2)";
	default:
		return "System error (-11)";
	}
}

/* A name that has no address costs only itself. */
static void add_server(struct run *run, const char *server)
{
	struct net_addr addr[ADDRS_OF_A_NAME];
	char host[RESOLVE_MAX_NAME + 1], *name = host;
	uint16_t port = run->opt.port;
	int n = net_addr_split_port(server, host, sizeof host, &port);

	if (n == 0)
		n = resolve_now(name, run->opt.family, addr, ADDRS_OF_A_NAME);
	if (n == -EAGAIN)
		report_error(&run->report, "name server cannot be used: %s",
			     lookup_error(n));
	else if (n <= 0)
		report_error(&run->report, "can't find host %s: %s", server,
			     lookup_error(n));
	for (int i = 0; i < n; i++) {
		addr[i].port = port;
		if (survey_add(&run->survey, &addr[i]) < 0)
			report_error(&run->report,
				     "too many servers, %s is left out",
				     server);
	}
}

static void on_key_error(void *arg, const struct key_error *error)
{
	const struct run *run = arg;

	report_error(&run->report, "keys, line %u: %s", error->line,
		     error->text);
}

static int read_keys(struct run *run, const char *path)
{
	char *text;
	size_t len;
	int r = state_file_read(path, KEYS_FILE_MAX, true, &text, &len);

	if (r < 0)
		return r;
	keys_parse(text, len, &run->keys, on_key_error, run);
	explicit_bzero(text, len);
	free(text);
	return 0;
}

static int find_key(struct run *run)
{
	const char *path = run->opt.keys_file;
	int r;

	if (run->opt.key_id == 0)
		return 0;
	if (!path)
		path = "/etc/ntp.keys";
	r = read_keys(run, path);
	if (r == -ENOENT && !run->opt.keys_file) {
		path = "/etc/ntp/keys";
		r = read_keys(run, path);
	}
	if (r < 0) {
		report_error(&run->report, "%s: %s", path, strerror(-r));
		return r;
	}
	run->key = keys_find(&run->keys, run->opt.key_id);
	if (!run->key) {
		report_error(&run->report, "key %u is not in %s",
			     run->opt.key_id, path);
		return -ENOENT;
	}
	return 0;
}

static void report_survey(const struct run *run)
{
	for (size_t i = 0; i < run->survey.n_target; i++) {
		const struct target *t = &run->survey.target[i];
		char addr[NET_ADDR_TEXT_LEN];

		if (t->verdict == REPLY_RATE)
			report_error(&run->report,
				     "%s rate limit response from server.",
				     net_addr_format(&t->addr, addr));
	}
	for (size_t i = 0; i < run->survey.n_target; i++) {
		if (run->opt.debug)
			report_details(&run->survey.target[i]);
		else if (run->opt.query)
			report_server(&run->survey.target[i]);
	}
}

static bool is_step(const struct options *o, double offset_s)
{
	if (o->always_slew)
		return false;
	return o->always_step || fabs(offset_s) >= STEP_FROM_S;
}

/* Carry it out unless only asked; the words are the classic program's. */
static int set_clock(struct run *run, const struct target *t)
{
	double offset_s = t->sample[t->best].offset_s;
	bool step = is_step(&run->opt, offset_s);
	char addr[NET_ADDR_TEXT_LEN];
	int r = 0;

	if (!run->opt.query && !run->opt.debug)
		r = step ? set_step(&run->host.clock, offset_s)
			 : set_slew(&run->host.clock, offset_s);
	if (r < 0) {
		report_error(&run->report, "%s: %s",
			     step ? "step-systime"
				  : "Can't adjust the time of day",
			     strerror(-r));
		return EXIT_FAILURE;
	}
	report_say(&run->report, "%s time server %s offset %.6f sec",
		   step ? "step" : "adjust", net_addr_format(&t->addr, addr),
		   offset_s);
	return EXIT_SUCCESS;
}

static int survey_and_set(struct run *run)
{
	const struct target *best;
	int r;

	survey_init(&run->survey, &run->host.host, run->key, run->opt.samples,
		    run->opt.version, run->opt.timeout_s);
	if (run->opt.debug)
		run->survey.trace = report_trace;
	for (int i = 0; i < run->opt.n_server; i++)
		add_server(run, run->opt.server[i]);
	if (run->survey.n_target == 0) {
		report_error(&run->report, "no servers can be used, exiting");
		return EXIT_FAILURE;
	}
	r = survey_run(&run->survey);
	if (r < 0) {
		report_error(&run->report, "cannot wait for replies: %s",
			     strerror(-r));
		return EXIT_FAILURE;
	}
	report_survey(run);
	best = choose(&run->survey);
	if (!best) {
		report_error(&run->report,
			     "no server suitable for synchronization found");
		return EXIT_FAILURE;
	}
	return set_clock(run, best);
}

int main(int argc, char **argv)
{
	struct run *run = calloc(1, sizeof *run);
	struct os_host_params params = {0};
	int r, status = EXIT_FAILURE;

	if (!run)
		return EXIT_FAILURE;
	if (options_parse(argc, argv, &run->opt) < 0) {
		status = EXIT_USAGE;
		goto out_free;
	}
	report_open(&run->report, run->opt.to_syslog);
	if (run->opt.show_version || run->opt.debug)
		report_say(&run->report, "ntpdate timeball-%s",
			   TIMEBALL_VERSION);
	params.clock = run->opt.clock;
	r = os_host_init(&run->host, &params);
	if (r < 0) {
		report_error(&run->report, "cannot start: %s", strerror(-r));
		goto out_free;
	}
	if (find_key(run) == 0)
		status = survey_and_set(run);
	os_host_done(&run->host);

out_free:
	keys_free(&run->keys);
	free(run);
	return status;
}
