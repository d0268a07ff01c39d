/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/ntpd/cmdline.h"

#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/container.h"
#include "base/text.h"
#include "conf/build.h"

/* Long options without a letter. */
enum { OPT_VERSION = 256, OPT_SINGLE, OPT_CLOCK, OPT_SECCOMP, OPT_ROLE };

/*
 * One table a row an option, from which getopt's tables and the help are made.
 * An option of the classic daemon that has no meaning any more has an obsolete
 * text, which is logged, and no help.
 */
struct row {
	int letter;
	const char *name, *arg, *help, *obsolete;
};

/* clang-format off */
static const struct row rows[] = {
	{'4', "ipv4", NULL, "use only IPv4", NULL},
	{'6', "ipv6", NULL, "use only IPv6", NULL},
	{'a', "authreq", NULL, NULL, "-a: strangers never become sources, with or without a key"},
	{'A', "authnoreq", NULL, NULL, "-A: strangers never become sources, with or without a key"},
	{'b', "bcastsync", NULL, NULL, "-b: broadcasts are not listened to"},
	{'c', "configfile", "FILE", "configuration, instead of /etc/ntp.conf", NULL},
	{'d', "debug", NULL, "say more; repeat for more still", NULL},
	{'D', "set-debug-level", "N", "the same as N times -d", NULL},
	{'f', "driftfile", "FILE", "where the clock's frequency is kept", NULL},
	{'g', "panicgate", NULL, "let the first correction be of any size", NULL},
	{'G', "force-step-once", NULL, NULL, "-G: a first offset below the step threshold is slewed"},
	{'h', "help", NULL, "print this and exit", NULL},
	{'?', NULL, NULL, NULL, NULL},
	{'i', "jaildir", "DIR", "chroot the processes that talk to the network", NULL},
	{'I', "interface", "NAME|ADDRESS", "listen only there; may be repeated", NULL},
	{'k', "keyfile", "FILE", "symmetric keys", NULL},
	{'l', "logfile", "FILE", "log there instead of to syslog", NULL},
	{'L', "novirtualips", NULL, NULL, "-L: all addresses of an interface are equal"},
	{'m', "mdns", NULL, NULL, "-m: the service is not announced by mDNS"},
	{'n', "nofork", NULL, "stay in the foreground, log to standard error", NULL},
	{'N', "nice", NULL, "run at high priority", NULL},
	{'p', "pidfile", "FILE", "write the process id there", NULL},
	{'P', "priority", "N", "real-time priority (SCHED_FIFO), 1 to 99", NULL},
	{'q', "quit", NULL, "set the clock once and exit", NULL},
	{'r', "propagationdelay", "S", NULL, "-r: broadcasts are not listened to"},
	{'s', "statsdir", "DIR", "where statistics files are kept", NULL},
	{'S', "status", "PATH", "status socket, or none (" CONF_STATUS_SOCKET ")", NULL},
	{'t', "test", NULL, "only check the configuration: exit 0, or 2 when it has errors", NULL},
	{'u', "user", "USER[:GROUP]", "who to be after the start", NULL},
	{'U', "updateinterval", "S", NULL, "-U: sockets follow the interfaces by themselves"},
	{'v', "var", "NAME=VALUE", "add a variable for ntpq", NULL},
	{'V', "dvar", "NAME=VALUE", "the same, shown without being asked for; alone: --version", NULL},
	{'w', "wait-sync", "S", "wait so long for synchronisation before detaching", NULL},
	{'x', "slew", NULL, "step only offsets beyond 600 s", NULL},
	{OPT_VERSION, "version", NULL, "print the version and exit", NULL},
	{OPT_SINGLE, "single", NULL, "one process, no sandbox; needs -n", NULL},
	{OPT_CLOCK, "clock", "KIND", "kernel, none, or virtual[:OFFSET_S[:FREQ_PPM]]", NULL},
	{OPT_SECCOMP, "seccomp", "MODE", "kill, log or off: what a forbidden system call leads to", NULL},
	{OPT_ROLE, "role", "ROLE", NULL, NULL},
};
/* clang-format on */

#define N_ROWS ARRAY_LEN(rows)

static const char *const role_names[] = {
	[ROLE_SUPERVISOR] = "supervisor",
	[ROLE_ENGINE] = "engine",
	[ROLE_WORKER] = "worker",
	[ROLE_RESOLVER] = "resolver",
};

const char *role_name(enum role role)
{
	return role_names[role];
}

static void print_help(FILE *out)
{
	fprintf(out,
		"usage: ntpd [-46dgnNqtx] [option ...] [server ...]\n"
		"Keep this machine's clock right and serve its time (%s).\n\n",
		NTPD_VERSION);
	for (size_t i = 0; i < N_ROWS; i++) {
		const struct row *r = &rows[i];
		char name[48];

		if (!r->help)
			continue;
		snprintf(name, sizeof name, "--%s%s%s", r->name,
			 r->arg ? " " : "", r->arg ? r->arg : "");
		if (r->letter < OPT_VERSION)
			fprintf(out, "  -%c, %-28s %s\n", r->letter, name,
				r->help);
		else
			fprintf(out, "      %-28s %s\n", name, r->help);
	}
	fprintf(out, "\nSee ntpd(8) and ntp.conf(5).\n");
}

static enum cmdline_result wrong(FILE *err, const char *what, const char *value)
{
	fprintf(err, "ntpd: %s: %s (try ntpd --help)\n", what, value);
	return CMDLINE_WRONG;
}

static void append(const char ***list, size_t *n, const char *value)
{
	*list = xreallocarray(*list, *n + 1, sizeof **list);
	(*list)[(*n)++] = value;
}

/* Default variables stay behind the others, so that one index tells them apart. */
static void add_setvar(struct cmdline *o, const char *value, bool shown)
{
	append(&o->setvar, &o->n_setvar, value);
	if (shown)
		return;
	for (size_t i = o->n_setvar - 1; i > o->first_default_setvar; i--)
		o->setvar[i] = o->setvar[i - 1];
	o->setvar[o->first_default_setvar++] = value;
}

/* The numbers of "virtual:OFFSET_S:FREQ_PPM"; none are left out in the middle. */
static bool read_clock_numbers(const char *text, struct conf_clock *c)
{
	char offset[32];
	size_t len = strcspn(text, ":");
	double ppm = 0;

	snprintf(offset, sizeof offset, "%.*s", (int)len, text);
	if (text_to_double(offset, -1e9, 1e9, &c->offset_s) < 0 ||
	    (text[len] && text_to_double(text + len + 1, -1e5, 1e5, &ppm) < 0))
		return false;
	c->freq = ppm * 1e-6;
	return true;
}

static bool read_clock(const char *text, struct conf_clock *c)
{
	static const char *const names[] = {
		[CLOCK_KERNEL] = "kernel",
		[CLOCK_NONE] = "none",
		[CLOCK_VIRTUAL] = "virtual",
	};
	size_t len = strcspn(text, ":");

	*c = (struct conf_clock){0};
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (strlen(names[i]) != len || strncmp(text, names[i], len))
			continue;
		c->kind = (enum conf_clock_kind)i;
		return !text[len] || (c->kind == CLOCK_VIRTUAL &&
				      read_clock_numbers(text + len + 1, c));
	}
	return false;
}

/* "worker:EPOCH:NUMBER", written by supervisor.c */
static bool read_role(const char *text, struct cmdline *o)
{
	size_t len = strcspn(text, ":");

	for (size_t i = ROLE_ENGINE; i < ARRAY_LEN(role_names); i++)
		if (strlen(role_names[i]) == len &&
		    strncmp(text, role_names[i], len) == 0) {
			o->role = (enum role)i;
			/* NOLINTNEXTLINE(cert-err34-c): we wrote it */
			return sscanf(text + len, ":%u:%u", &o->epoch,
				      &o->number) == 2;
		}
	return false;
}

static bool read_count(const char *text, long min, long max, unsigned *out)
{
	long n;

	if (text_to_int(text, min, max, &n) < 0)
		return false;
	*out = (unsigned)n;
	return true;
}

static void raise_log_level(struct cmdline *o, unsigned by)
{
	unsigned level = o->log_level + by;

	o->log_level = level > LOG_LEVEL_DEBUG ? LOG_LEVEL_DEBUG
					       : (enum log_level)level;
}

/* Options whose value is only kept. */
static const char **text_field(struct cmdline *o, int letter)
{
	switch (letter) {
	case 'c':
		return &o->config;
	case 'f':
		return &o->drift_file;
	case 'i':
		return &o->chroot_dir;
	case 'k':
		return &o->keys_file;
	case 'l':
		return &o->log_file;
	case 'p':
		return &o->pid_file;
	case 's':
		return &o->stats_dir;
	case 'S':
		return &o->status_socket;
	case 'u':
		return &o->user;
	default:
		return NULL;
	}
}

static bool *flag_field(struct cmdline *o, int letter)
{
	switch (letter) {
	case '4':
		return &o->ipv4_only;
	case '6':
		return &o->ipv6_only;
	case 'g':
		return &o->panic_once_ok;
	case 'n':
		return &o->foreground;
	case 'N':
		return &o->nice;
	case 'q':
		return &o->set_once;
	case 't':
		return &o->check_only;
	case 'x':
		return &o->slew_only;
	case OPT_SINGLE:
		return &o->single;
	default:
		return NULL;
	}
}

/* Options that are more than a flag or a text; false: the value is wrong. */
static bool read_value(struct cmdline *o, int letter, const char *value)
{
	unsigned n = 0;

	switch (letter) {
	case 'd':
		raise_log_level(o, 1);
		return true;
	case 'D':
		if (!read_count(value, 0, 100, &n))
			return false;
		raise_log_level(o, n);
		return true;
	case 'I':
		append(&o->listen, &o->n_listen, value);
		return true;
	case 'P':
		return read_count(value, 1, 99, &o->fifo_priority);
	case 'v':
	case 'V':
		add_setvar(o, value, letter == 'V');
		return strchr(value, '=') != NULL;
	case 'w':
		return read_count(value, 1, 86400, &o->wait_sync_s);
	case OPT_CLOCK:
		o->has_clock = true;
		return read_clock(value, &o->clock);
	case OPT_SECCOMP:
		return sandbox_filter_find(value, &o->filter);
	default: /* OPT_ROLE */
		return read_role(value, o);
	}
}

static const struct row *find_row(int letter)
{
	for (size_t i = 0; i < N_ROWS; i++)
		if (rows[i].letter == letter)
			return &rows[i];
	return NULL;
}

static void note_obsolete(struct cmdline *o, const struct row *row)
{
	if (o->n_notice < ARRAY_LEN(o->notice))
		o->notice[o->n_notice++] = row->obsolete;
}

static enum cmdline_result read_one(struct cmdline *o, int letter, FILE *out,
				    FILE *err)
{
	const struct row *row = find_row(letter);
	const char **text = text_field(o, letter);
	bool *flag = flag_field(o, letter);

	if (letter == 'h') {
		print_help(out);
		return CMDLINE_DONE;
	}
	if (letter == OPT_VERSION) {
		fprintf(out, "%s\n", NTPD_VERSION);
		return CMDLINE_DONE;
	}
	if (row->obsolete)
		note_obsolete(o, row);
	else if (text)
		*text = optarg;
	else if (flag)
		*flag = true;
	else if (!read_value(o, letter, optarg))
		return wrong(err, "bad value for an option", optarg);
	return CMDLINE_RUN;
}

static void build_getopt_tables(char *letters, struct option *longs)
{
	*letters++ = ':';
	for (size_t i = 0; i < N_ROWS; i++) {
		const struct row *r = &rows[i];
		struct option o = {.name = r->name,
				   .has_arg = r->arg ? required_argument
						     : no_argument,
				   .val = r->letter};

		if (r->name)
			*longs++ = o;
		if (r->letter >= OPT_VERSION || r->letter == '?')
			continue;
		*letters++ = (char)r->letter;
		if (r->arg)
			*letters++ = ':';
	}
	*letters = '\0';
	*longs = (struct option){0};
}

/* getopt's two answers to what it does not like. */
static enum cmdline_result misread(int c, char *const *argv, FILE *out,
				   FILE *err)
{
	const char *word = argv[optind - 1];

	if (c == ':' && optopt == 'V') {
		fprintf(out, "%s\n", NTPD_VERSION);
		return CMDLINE_DONE;
	}
	if (c == '?' && (optopt == '?' || optopt == '!')) {
		print_help(out);
		return CMDLINE_DONE;
	}
	return wrong(err, c == ':' ? "a value is missing" : "unknown option",
		     word);
}

static enum cmdline_result check_together(const struct cmdline *o, FILE *err)
{
	if (o->ipv4_only && o->ipv6_only)
		return wrong(err, "these exclude each other", "-4 and -6");
	if (o->single && !o->foreground && !o->check_only)
		return wrong(err, "one process cannot detach", "add -n");
	if (o->single && o->chroot_dir)
		return wrong(err, "one process has no sandbox",
			     "-i with --single");
	return CMDLINE_RUN;
}

enum cmdline_result cmdline_read(int argc, char **argv, struct cmdline *o,
				 FILE *out, FILE *err)
{
	char letters[2 * N_ROWS + 2];
	struct option longs[N_ROWS + 1];
	enum cmdline_result result = CMDLINE_RUN;
	int c;

	*o = (struct cmdline){.log_level = LOG_LEVEL_INFO,
			      .filter = sandbox_filter_default};
	build_getopt_tables(letters, longs);
	while (result == CMDLINE_RUN &&
	       (c = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		if (c == '?' || c == ':')
			result = misread(c, argv, out, err);
		else
			result = read_one(o, c, out, err);
	}
	if (result != CMDLINE_RUN)
		return result;
	for (; optind < argc; optind++)
		append(&o->server, &o->n_server, argv[optind]);
	/* As in the classic daemon, -q waits in the foreground. */
	if (o->set_once)
		o->foreground = true;
	return check_together(o, err);
}

void cmdline_done(struct cmdline *o)
{
	free(o->listen);
	free(o->setvar);
	free(o->server);
}

static void override(const char **field, const char *option)
{
	if (option)
		*field = option;
}

enum conf_family cmdline_family(const struct cmdline *o)
{
	return o->ipv4_only   ? FAMILY_IPV4
	       : o->ipv6_only ? FAMILY_IPV6
			      : FAMILY_ANY;
}

static void add_server(const struct cmdline *o, struct config *cfg,
		       const char *host)
{
	struct conf_source s = {
		.kind = SOURCE_SERVER,
		.host = host,
		.family = cmdline_family(o),
		.port = 123,
		.iburst = true,
		.min_poll_log2 = 6,
		.max_poll_log2 = 10,
		.version = 4,
		.pos = {.file = "command line", .line = 1, .column = 1},
	};

	(void)config_add_source(cfg, &s);
}

/* Listening only where -I says: first nowhere, then there. */
static void add_listen(struct config *cfg, const char *where, bool first)
{
	struct conf_listen nowhere = {.action = LISTEN_IGNORE,
				      .match = MATCH_ALL};
	struct conf_listen there = {
		.action = LISTEN_OPEN, .match = MATCH_NAME, .name = where};

	if (first)
		(void)config_add_listen(cfg, &nowhere);
	if (net_addr_parse(where, &there.addr) == 0) {
		there.match = MATCH_PREFIX;
		there.prefix_len = (unsigned)net_addr_len(&there.addr) * 8;
	}
	(void)config_add_listen(cfg, &there);
}

static void add_variable(struct config *cfg, const char *text, bool shown)
{
	size_t len = strcspn(text, "=");
	char *name = xstrndup(text, len);
	struct conf_setvar v = {
		.name = config_keep(cfg, name),
		.value = config_keep(cfg, text[len] ? text + len + 1 : ""),
		.is_default = shown,
	};

	free(name);
	(void)config_add_setvar(cfg, &v);
}

void cmdline_apply(const struct cmdline *o, struct config *cfg)
{
	override(&cfg->drift_file, o->drift_file);
	override(&cfg->keys_file, o->keys_file);
	override(&cfg->log_file, o->log_file);
	override(&cfg->pid_file, o->pid_file);
	override(&cfg->stats_dir, o->stats_dir);
	override(&cfg->user, o->user);
	override(&cfg->chroot_dir, o->chroot_dir);
	override(&cfg->status_socket, o->status_socket);
	if (cfg->status_socket && strcmp(cfg->status_socket, "none") == 0)
		cfg->status_socket = NULL;
	if (o->has_clock)
		cfg->clock = o->clock;
	for (size_t i = 0; i < o->n_listen; i++)
		add_listen(cfg, o->listen[i], i == 0);
	for (size_t i = 0; i < o->n_setvar; i++)
		add_variable(cfg, o->setvar[i], i >= o->first_default_setvar);
	for (size_t i = 0; i < cfg->n_source; i++)
		if (cfg->source[i].family == FAMILY_ANY)
			cfg->source[i].family = cmdline_family(o);
	for (size_t i = 0; i < o->n_server; i++)
		add_server(o, cfg, o->server[i]);
}
