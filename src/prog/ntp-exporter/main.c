/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * ntp-exporter: the daemon's status document as metrics for Prometheus
 * (ntp-exporter(8)).  It needs no privilege but to read the status socket.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "os/log.h"
#include "os/notify.h"
#include "os/sandbox.h"
#include "prog/ntp-exporter/http.h"
#include "prog/ntpd/signals.h"
#include "status/document.h"

#define EXIT_USAGE 2
#define STATUS_SOCKET "/run/ntpd/status.sock"
#define PORT 9975

struct options {
	const char *status_socket, *user;
	struct net_addr listen[HTTP_LISTEN_MAX];
	size_t n_listen;
	enum sandbox_filter filter;
	bool debug;
};

static const char usage[] =
	"usage: ntp-exporter [-dhV] [-l ADDRESS:PORT]... [-s SOCKET] "
	"[-u USER[:GROUP]]\n"
	"                    [--seccomp off|log|kill]\n"
	"  -d         log more\n"
	"  -h         print this\n"
	"  -l         where to listen, 127.0.0.1:9975; [::1]:9975 for IPv6\n"
	"  -s         the daemon's status socket, " STATUS_SOCKET "\n"
	"  -u         become that user, when started as root\n"
	"  -V         print the version\n"
	"  --seccomp  what becomes of a forbidden system call\n";

static bool add_listen(struct options *o, const char *text)
{
	struct net_addr *a = &o->listen[o->n_listen];

	if (o->n_listen == HTTP_LISTEN_MAX) {
		fprintf(stderr, "ntp-exporter: -l at most %d times\n",
			HTTP_LISTEN_MAX);
		return false;
	}
	if (net_addr_parse_port(text, a) < 0 &&
	    (net_addr_parse(text, a) < 0 || (a->port = PORT) == 0)) {
		fprintf(stderr,
			"ntp-exporter: -l %s: ADDRESS:PORT is wanted, such as "
			"127.0.0.1:%d or [::1]:%d\n",
			text, PORT, PORT);
		return false;
	}
	o->n_listen++;
	return true;
}

/* -1: go on; else the exit status. */
static int read_options(int argc, char **argv, struct options *o)
{
	static const struct option longs[] = {
		{"help", no_argument, NULL, 'h'},
		{"listen", required_argument, NULL, 'l'},
		{"seccomp", required_argument, NULL, 1},
		{"socket", required_argument, NULL, 's'},
		{"user", required_argument, NULL, 'u'},
		{"version", no_argument, NULL, 'V'},
		{0},
	};
	bool good = true;
	int c;

	*o = (struct options){.status_socket = STATUS_SOCKET,
			      .filter = sandbox_filter_default};
	while (good &&
	       (c = getopt_long(argc, argv, "dhl:s:u:V", longs, NULL)) != -1) {
		if (c == 'd')
			o->debug = true;
		else if (c == 'l')
			good = add_listen(o, optarg);
		else if (c == 's')
			o->status_socket = optarg;
		else if (c == 'u')
			o->user = optarg;
		else if (c == 1)
			good = sandbox_filter_find(optarg, &o->filter);
		else if (c == 'V' || c == 'h') {
			fputs(c == 'h' ? usage
				       : "ntp-exporter " TIMEBALL_VERSION "\n",
			      stdout);
			return EXIT_SUCCESS;
		} else
			good = false;
	}
	if (!good || optind < argc) {
		fputs(usage, stderr);
		return EXIT_USAGE;
	}
	if (o->n_listen == 0)
		(void)add_listen(o, "127.0.0.1");
	return -1;
}

static int open_all(struct http *h, const struct options *o)
{
	for (size_t i = 0; i < o->n_listen; i++) {
		char text[NET_ADDR_TEXT_LEN];
		int r = http_listen(h, &o->listen[i]);

		net_addr_format_port(&o->listen[i], text);
		if (r < 0) {
			log_error(h->log, "cannot listen on %s: %s", text,
				  strerror(-r));
			return r;
		}
		log_notice(h->log, "metrics at http://%s/metrics", text);
	}
	return 0;
}

/* Nobody else's files, no processes, no privileges. */
static int confine(const struct options *o, struct log *log)
{
	const struct sandbox_plan plan = {.role = SANDBOX_EXPORTER,
					  .filter = o->filter};
	struct sandbox_user user = {0};
	int r = 0;

	if (o->user) {
		r = sandbox_find_user(o->user, &user);
		if (r == 0)
			r = sandbox_become(&user);
		if (r < 0) {
			log_error(log, "cannot become %s: %s", o->user,
				  r == -ENOENT  ? "there is no such user"
				  : r == -ESRCH ? "there is no such group"
						: strerror(-r));
			return r;
		}
	}
	doc_prepare();
	r = sandbox_enter(&plan, log);
	if (r < 0)
		log_error(log, "cannot confine itself: %s", strerror(-r));
	return r;
}

int main(int argc, char **argv)
{
	struct options o;
	struct os_log log;
	struct http http;
	int status = read_options(argc, argv, &o);

	if (status >= 0)
		return status;
	os_log_init(&log, "ntp-exporter");
	if (o.debug)
		log.log.threshold = LOG_LEVEL_DEBUG;
	http = (struct http){.status_socket = o.status_socket, .log = &log.log};
	signals_catch();
	status = EXIT_FAILURE;
	if (open_all(&http, &o) == 0 && confine(&o, &log.log) == 0) {
		notify_send(getenv("NOTIFY_SOCKET"), "READY=1");
		while (!signals_end(&log.log))
			http_run(&http);
		status = EXIT_SUCCESS;
	}
	http_close(&http);
	os_log_done(&log);
	return status;
}
