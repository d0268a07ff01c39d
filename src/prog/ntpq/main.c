/* SPDX-License-Identifier: BSD-2-Clause */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/units.h"
#include "ntpq/commands.h"
#include "ntpq/remote.h"
#include "ntpq/session.h"
#include "ntpq/shell.h"

#define MAX_COMMANDS 64

struct arguments {
	char *command[MAX_COMMANDS]; /* -c and -p, in their order */
	size_t n_command;
	bool interactive, numeric, wide, always_status;
	struct remote_options remote;
	char **host;
	int n_host;
};

static const char usage_text[] =
	"usage: ntpq [-46dinpwV] [-c command]... [-D level] [--port n] "
	"[host[:port] ...]\n"
	"  -4, --ipv4       ask over IPv4 only\n"
	"  -6, --ipv6       ask over IPv6 only\n"
	"  -c, --command C  run C and exit; may be repeated\n"
	"  -d               show the packets\n"
	"  -D, --set-debug-level N\n"
	"  -i, --interactive\n"
	"  -n, --numeric    addresses instead of names\n"
	"  -p, --peers      the table of peers; the same as -c peers\n"
	"  -w, --wide       long names on a line of their own\n"
	"      --old-rv     readvar always tells the status word\n"
	"      --port N     where ntpd listens (123)\n"
	"  -V, --version\n"
	"  -?, --help\n";

enum { OPT_OLD_RV = 256, OPT_PORT };

static const struct option long_options[] = {
	{"ipv4", no_argument, NULL, '4'},
	{"ipv6", no_argument, NULL, '6'},
	{"command", required_argument, NULL, 'c'},
	{"debug-level", no_argument, NULL, 'd'},
	{"set-debug-level", required_argument, NULL, 'D'},
	{"interactive", no_argument, NULL, 'i'},
	{"numeric", no_argument, NULL, 'n'},
	{"peers", no_argument, NULL, 'p'},
	{"wide", no_argument, NULL, 'w'},
	{"old-rv", no_argument, NULL, OPT_OLD_RV},
	{"port", required_argument, NULL, OPT_PORT},
	{"version", no_argument, NULL, 'V'},
	{"help", no_argument, NULL, 'h'},
	{0},
};

NORETURN static void end(FILE *to, const char *text, int status)
{
	fputs(text, to);
	exit(status);
}

static long number(const char *text, long max)
{
	long v;

	if (text_to_int(text, 0, max, &v) < 0) {
		fprintf(stderr, "ntpq: `%s' is not a number from 0 to %ld\n",
			text, max);
		exit(1);
	}
	return v;
}

static void add_command(struct arguments *a, const char *text)
{
	if (a->n_command == MAX_COMMANDS)
		end(stderr, "ntpq: too many commands\n", 1);
	a->command[a->n_command++] = xstrdup(text);
}

static void parse(struct arguments *a, int argc, char **argv)
{
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, "46c:dD:inpwVh", long_options,
				NULL)) != -1) {
		switch (c) {
		case '4':
			a->remote.family = AF_INET;
			break;
		case '6':
			a->remote.family = AF_INET6;
			break;
		case 'c':
			add_command(a, optarg);
			break;
		case 'd':
			a->remote.debug++;
			break;
		case 'D':
			a->remote.debug = (unsigned)number(optarg, 99);
			break;
		case 'i':
			a->interactive = true;
			break;
		case 'n':
			a->numeric = true;
			break;
		case 'p':
			add_command(a, "peers");
			break;
		case 'w':
			a->wide = true;
			break;
		case OPT_OLD_RV:
			a->always_status = true;
			break;
		case OPT_PORT:
			a->remote.port = (uint16_t)number(optarg, UINT16_MAX);
			break;
		case 'V':
			end(stdout, SESSION_VERSION "\n", 0);
		case 'h':
			end(stdout, usage_text, 0);
		default: /* "-?" is both a wish and getopt's word for wrong */
			if (strcmp(argv[optind - 1], "-?") == 0)
				end(stdout, usage_text, 0);
			fprintf(stderr, "ntpq: option %s is wrong\n",
				argv[optind - 1]);
			end(stderr, usage_text, 1);
		}
	}
	a->host = argv + optind;
	a->n_host = argc - optind;
}

static void run_commands(struct session *s, const struct arguments *a)
{
	for (size_t i = 0; i < a->n_command && !s->quit; i++) {
		char *line = xstrdup(a->command[i]);

		command_run(s, line, stdout);
		fflush(stdout);
		free(line);
	}
}

/* Every command at every host; without commands, a conversation with the first. */
static void run(struct session *s, const struct arguments *a)
{
	for (int i = 0; i < a->n_host; i++) {
		int width = (int)strlen(a->host[i]);

		if (width > s->host_width)
			s->host_width = width;
	}
	s->n_hosts = a->n_command ? (unsigned)a->n_host : 1;
	for (int i = 0; i < a->n_host && !s->quit; i++) {
		s->host = a->host[i];
		s->have_assocs = false;
		s->n_assoc = 0;
		if (remote_open(s->remote, a->host[i]) < 0 && a->n_command)
			continue;
		if (a->n_command)
			run_commands(s, a);
		else
			break;
	}
	if (a->n_command)
		return;
	if (a->interactive || isatty(STDIN_FILENO))
		shell_interactive(s, stdout);
	else
		shell_batch(s, stdin, stdout);
}

int main(int argc, char **argv)
{
	static char localhost[] = "localhost";
	char *default_host[] = {localhost};
	struct arguments a = {.remote = {.family = AF_UNSPEC,
					 .port = NTP_PORT,
					 .first_ms = 5000,
					 .next_ms = 3000,
					 .version = 2}};
	struct session *s = xcalloc(1, sizeof *s);
	struct remote remote;

	parse(&a, argc, argv);
	if (a.n_host == 0) {
		a.host = default_host;
		a.n_host = 1;
	}
	remote_init(&remote, &a.remote, stderr);
	s->asker = &remote.asker;
	s->remote = &remote;
	s->name_of = remote_name_of;
	s->numeric = a.numeric;
	s->wide = a.wide;
	s->always_status = a.always_status;
	s->err = stderr;
	run(s, &a);

	remote_close(&remote);
	for (size_t i = 0; i < a.n_command; i++)
		free(a.command[i]);
	free(s);
	/* Scripts judge the text; ntpq has always ended with 0. */
	return 0;
}
