/* SPDX-License-Identifier: BSD-2-Clause */
#include "ntpq/commands.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "base/container.h"
#include "base/text.h"
#include "ntpq/cook.h"
#include "ntpq/peers.h"
#include "ntpq/reports.h"
#include "ntpq/words.h"

/* --- variables ------------------------------------------------------------- */

static void print_server(const struct session *s, FILE *out)
{
	if (s->n_hosts > 1)
		fprintf(out, "server=%s ", s->host);
}

/* Show the reply that s holds, with its status word unless variables were named. */
static void print_variables(struct session *s, enum control_op op, uint16_t id,
			    bool named, FILE *out)
{
	char words[256];
	struct text t = text_init(words, sizeof words);
	uint16_t status = s->reply.status;

	if (op == CONTROL_READCLOCK)
		words_clock(&t, status);
	else if (id)
		words_peer(&t, status);
	else
		words_sys(&t, status);
	print_server(s, out);
	if (!named || s->always_status)
		fprintf(out,
			s->raw ? "associd=%u status=0x%04x,\n"
			       : "associd=%u status=%04x %s,\n",
			id, status, words);
	if (s->raw)
		cook_raw(out, s->reply.data, s->reply.len);
	else
		cook_items(out, s->reply.data, s->reply.len, session_now_ns());
}

/* Words to a list of variables; false when it does not fit into a request. */
static bool join_names(struct session *s, char **args,
		       char list[CONTROL_MAX_DATA])
{
	struct text t = text_init(list, CONTROL_MAX_DATA);

	for (; *args; args++)
		text_add(&t, "%s%s", t.len ? "," : "", *args);
	if (t.full)
		session_complain(s, "The list of variables is too long");
	return !t.full;
}

static void read_variables(struct session *s, enum control_op op, uint16_t id,
			   char **names, FILE *out)
{
	char list[CONTROL_MAX_DATA];

	if (join_names(s, names, list) && session_ask(s, op, id, list))
		print_variables(s, op, id, *names != NULL, out);
}

/* [assocID [name...]]; a first word that is no number is already a name. */
static void read_one(struct session *s, enum control_op op, char **args,
		     FILE *out)
{
	uint16_t id = 0;

	if (*args && strchr("&0123456789", **args)) {
		if (!session_parse_assoc(s, *args, &id))
			return;
		args++;
	}
	read_variables(s, op, id, args, out);
}

static void cmd_readvar(struct session *s, char **args, FILE *out)
{
	read_one(s, CONTROL_READVAR, args, out);
}

static void cmd_clockvar(struct session *s, char **args, FILE *out)
{
	read_one(s, CONTROL_READCLOCK, args, out);
}

static void cmd_mreadvar(struct session *s, char **args, FILE *out)
{
	uint16_t first, last;
	size_t from = 0, to = 0;

	if (!args[0] || !args[1]) {
		session_complain(s, "Two associations are needed");
		return;
	}
	if (!s->have_assocs && !session_read_assocs(s))
		return;
	if (!session_parse_assoc(s, args[0], &first) ||
	    !session_parse_assoc(s, args[1], &last))
		return;
	while (from < s->n_assoc && s->assoc[from].id != first)
		from++;
	while (to < s->n_assoc && s->assoc[to].id != last)
		to++;
	if (to == s->n_assoc || from > to)
		session_complain(s, "%s to %s is no part of the list", args[0],
				 args[1]);
	else
		for (size_t i = from; i <= to; i++)
			read_variables(s, CONTROL_READVAR, s->assoc[i].id,
				       args + 2, out);
}

/* --- associations and peers ------------------------------------------------ */

static void print_assocs(struct session *s, bool all, FILE *out)
{
	if (s->n_assoc == 0) {
		fprintf(out, "No association ID's in list\n");
		return;
	}
	print_server(s, out);
	fprintf(out, "\nind assid status  conf reach auth condition  "
		     "last_event cnt\n===================================="
		     "=======================\n");
	for (size_t i = 0; i < s->n_assoc; i++) {
		uint16_t status = s->assoc[i].status;
		const char *reach = status & PEER_REACH   ? "yes"
				    : status & PEER_BCAST ? "none"
							  : "no";
		const char *auth = !(status & PEER_AUTH_ENABLED) ? "none"
				   : status & PEER_AUTHENTIC     ? "ok"
								 : "bad";

		if (!all && !(status & (PEER_CONF | PEER_REACH)))
			continue;
		fprintf(out, "%3zu %5u  %04x   %3s  %4s  %4s %9s %11s %2u\n",
			i + 1, s->assoc[i].id, status,
			status & PEER_CONF ? "yes" : "no", reach, auth,
			words_select(status), words_peer_event(status),
			status >> 4 & 15u);
	}
}

static void cmd_associations(struct session *s, char **args, FILE *out)
{
	(void)args;
	if (session_read_assocs(s))
		print_assocs(s, false, out);
}

static void cmd_lassociations(struct session *s, char **args, FILE *out)
{
	(void)args;
	if (session_read_assocs(s))
		print_assocs(s, true, out);
}

static void cmd_passociations(struct session *s, char **args, FILE *out)
{
	(void)args;
	print_assocs(s, false, out);
}

static void cmd_lpassociations(struct session *s, char **args, FILE *out)
{
	(void)args;
	print_assocs(s, true, out);
}

static void cmd_peers(struct session *s, char **args, FILE *out)
{
	(void)args;
	peers_print(s, PEERS_REFID, false, out);
}

static void cmd_lpeers(struct session *s, char **args, FILE *out)
{
	(void)args;
	peers_print(s, PEERS_REFID, true, out);
}

static void cmd_opeers(struct session *s, char **args, FILE *out)
{
	(void)args;
	peers_print(s, PEERS_LOCAL, false, out);
}

static void cmd_lopeers(struct session *s, char **args, FILE *out)
{
	(void)args;
	peers_print(s, PEERS_LOCAL, true, out);
}

static void cmd_apeers(struct session *s, char **args, FILE *out)
{
	(void)args;
	peers_print(s, PEERS_ASSID, false, out);
}

/* --- reports --------------------------------------------------------------- */

static void cmd_sysinfo(struct session *s, char **args, FILE *out)
{
	(void)args;
	report_print(s, &report_sysinfo, 0, out);
}

static void cmd_sysstats(struct session *s, char **args, FILE *out)
{
	(void)args;
	report_print(s, &report_sysstats, 0, out);
}

static void cmd_kerninfo(struct session *s, char **args, FILE *out)
{
	(void)args;
	report_print(s, &report_kerninfo, 0, out);
}

static void cmd_monstats(struct session *s, char **args, FILE *out)
{
	(void)args;
	report_print(s, &report_monstats, 0, out);
}

static void cmd_iostats(struct session *s, char **args, FILE *out)
{
	(void)args;
	report_print(s, &report_iostats, 0, out);
}

static void cmd_timerstats(struct session *s, char **args, FILE *out)
{
	(void)args;
	report_print(s, &report_timerstats, 0, out);
}

static void cmd_authinfo(struct session *s, char **args, FILE *out)
{
	(void)args;
	report_print(s, &report_authinfo, 0, out);
}

static void cmd_pstats(struct session *s, char **args, FILE *out)
{
	uint16_t id;

	if (!*args)
		session_complain(s, "Which association?");
	else if (session_parse_assoc(s, *args, &id))
		report_print(s, &report_pstats, id, out);
}

/* --- settings -------------------------------------------------------------- */

static void cmd_host(struct session *s, char **args, FILE *out)
{
	int family = s->remote ? s->remote->options.family : AF_UNSPEC;

	if (!s->remote) {
		session_complain(s, "No other host can be asked here");
		return;
	}
	if (*args && (!strcmp(*args, "-4") || !strcmp(*args, "-6"))) {
		s->remote->options.family = *args[0] == '-' && (*args)[1] == '4'
						    ? AF_INET
						    : AF_INET6;
		args++;
	}
	if (*args) {
		s->have_assocs = false;
		s->n_assoc = 0;
		if (remote_open(s->remote, *args) == 0)
			s->host = s->remote->name;
		s->remote->options.family = family;
	}
	if (!remote_is_open(s->remote))
		fprintf(out, "no current host\n");
	else
		fprintf(out, "current host %s %s\n", *args ? "set to" : "is",
			s->remote->name);
}

static void cmd_hostnames(struct session *s, char **args, FILE *out)
{
	if (*args && strcmp(*args, "yes") == 0)
		s->numeric = false;
	else if (*args && strcmp(*args, "no") == 0)
		s->numeric = true;
	else if (*args)
		session_complain(s, "Say yes or no");
	else
		fprintf(out, "hostnames %s being shown\n",
			s->numeric ? "not" : "are");
}

static void cmd_timeout(struct session *s, char **args, FILE *out)
{
	long ms;

	if (!s->remote)
		return;
	if (*args && text_to_int(*args, 1, 3600000, &ms) < 0) {
		session_complain(s, "Not a number of milliseconds: `%s'",
				 *args);
		return;
	}
	if (*args) {
		s->remote->options.first_ms = (int)ms;
		s->remote->options.next_ms = (int)(ms * 3 / 5);
	} else {
		fprintf(out, "primary timeout %d ms\n",
			s->remote->options.first_ms);
	}
}

static void cmd_ntpversion(struct session *s, char **args, FILE *out)
{
	long v;

	if (!s->remote)
		return;
	if (*args && text_to_int(*args, 1, 4, &v) < 0)
		session_complain(s, "versions 1 to 4, please");
	else if (*args)
		s->remote->options.version = (uint8_t)v;
	else
		fprintf(out, "NTP version being claimed is %u\n",
			s->remote->options.version);
}

static void cmd_debug(struct session *s, char **args, FILE *out)
{
	unsigned *debug = s->remote ? &s->remote->options.debug : NULL;

	if (debug && *args)
		*debug = strcmp(*args, "no") != 0;
	fprintf(out, "debug level is %u\n", debug ? *debug : 0);
}

static void cmd_raw(struct session *s, char **args, FILE *out)
{
	(void)args;
	s->raw = true;
	fprintf(out, "Output set to raw\n");
}

static void cmd_cooked(struct session *s, char **args, FILE *out)
{
	(void)args;
	s->raw = false;
	fprintf(out, "Output set to cooked\n");
}

static void cmd_version(struct session *s, char **args, FILE *out)
{
	(void)s;
	(void)args;
	fprintf(out, "%s\n", SESSION_VERSION);
}

static void cmd_quit(struct session *s, char **args, FILE *out)
{
	(void)args;
	(void)out;
	s->quit = true;
}

/* --- help ------------------------------------------------------------------ */

static const struct command *find_command(struct session *s, const char *word);

/* Down the columns, as everywhere. */
static void list_commands(FILE *out)
{
	const size_t columns = 4,
		     lines = (commands_len + columns - 1) / columns;

	fprintf(out, "ntpq commands:\n");
	for (size_t line = 0; line < lines; line++) {
		for (size_t i = line; i < commands_len; i += lines)
			fprintf(out, "%-17s", commands[i].name);
		putc('\n', out);
	}
}

static void cmd_help(struct session *s, char **args, FILE *out)
{
	const struct command *c;

	if (!*args) {
		list_commands(out);
		return;
	}
	c = find_command(s, *args);
	if (c)
		fprintf(out, "function: %s\nusage: %s%s%s\n", c->help, c->name,
			*c->usage ? " " : "", c->usage);
}

/* clang-format off */
const struct command commands[] = {
	{"apeers", "", cmd_apeers, "peers with their association ids"},
	{"associations", "", cmd_associations, "list of associations"},
	{"authinfo", "", cmd_authinfo, "keys and their use"},
	{"cl", "[assoc [name...]]", cmd_clockvar, "read clock variables"},
	{"clocklist", "[assoc [name...]]", cmd_clockvar, "read clock variables"},
	{"clockvar", "[assoc [name...]]", cmd_clockvar, "read clock variables"},
	{"cooked", "", cmd_cooked, "show values in their usual form"},
	{"cv", "[assoc [name...]]", cmd_clockvar, "read clock variables"},
	{"debug", "[no|more]", cmd_debug, "show the packets"},
	{"exit", "", cmd_quit, "leave"},
	{"help", "[command]", cmd_help, "what there is, and what it does"},
	{"host", "[-4|-6] [name[:port]]", cmd_host, "show or change the host asked"},
	{"hostnames", "[yes|no]", cmd_hostnames, "show names or addresses"},
	{"iostats", "", cmd_iostats, "packets in and out"},
	{"kerninfo", "", cmd_kerninfo, "the kernel's clock"},
	{"lassociations", "", cmd_lassociations, "list of all associations"},
	{"lopeers", "", cmd_lopeers, "all peers with the local address"},
	{"lpassociations", "", cmd_lpassociations, "last list of all associations"},
	{"lpeers", "", cmd_lpeers, "all peers"},
	{"monstats", "", cmd_monstats, "the list of clients"},
	{"mreadvar", "assoc assoc [name...]", cmd_mreadvar, "read variables of several peers"},
	{"mrv", "assoc assoc [name...]", cmd_mreadvar, "read variables of several peers"},
	{"ntpversion", "[1-4]", cmd_ntpversion, "NTP version to claim"},
	{"opeers", "", cmd_opeers, "peers with the local address and dispersion"},
	{"passociations", "", cmd_passociations, "last list of associations"},
	{"peers", "", cmd_peers, "the table of peers"},
	{"pstats", "assoc", cmd_pstats, "packets of one peer"},
	{"quit", "", cmd_quit, "leave"},
	{"raw", "", cmd_raw, "show values as the server sends them"},
	{"readlist", "[assoc [name...]]", cmd_readvar, "read variables"},
	{"readvar", "[assoc [name...]]", cmd_readvar, "read variables"},
	{"rl", "[assoc [name...]]", cmd_readvar, "read variables"},
	{"rv", "[assoc [name...]]", cmd_readvar, "read variables"},
	{"sysinfo", "", cmd_sysinfo, "the system in short"},
	{"sysstats", "", cmd_sysstats, "requests served and refused"},
	{"timeout", "[ms]", cmd_timeout, "how long to wait for an answer"},
	{"timerstats", "", cmd_timerstats, "the daemon's timer"},
	{"version", "", cmd_version, "of this ntpq"},
};
/* clang-format on */
const size_t commands_len = ARRAY_LEN(commands);

/* --- running --------------------------------------------------------------- */

/* NULL, after a message, when word is no command or the beginning of several. */
static const struct command *find_command(struct session *s, const char *word)
{
	const struct command *found = NULL;
	bool several = false;
	char shown[256];

	if (strcmp(word, "?") == 0)
		word = "help";
	for (size_t i = 0; i < commands_len; i++) {
		if (strcmp(commands[i].name, word) == 0)
			return &commands[i];
		if (strncmp(commands[i].name, word, strlen(word)) != 0)
			continue;
		several = found != NULL;
		found = &commands[i];
	}
	if (found && !several)
		return found;
	text_escape(shown, sizeof shown, word, strlen(word));
	session_complain(s, "Command `%s' %s", shown,
			 several ? "ambiguous" : "unknown");
	return NULL;
}

/* Cut line into words; the one after ">" becomes *file. */
static size_t split_line(char *line, char *args[COMMAND_MAX_ARGS + 1],
			 const char **file)
{
	bool file_next = false;
	size_t n = 0;
	char *save;

	*file = NULL;
	for (char *w = strtok_r(line, " \t\r\n", &save); w;
	     w = strtok_r(NULL, " \t\r\n", &save)) {
		if (file_next) {
			*file = w;
			file_next = false;
		} else if (*w == '>' && n > 0) {
			file_next = w[1] == '\0';
			*file = w + 1;
		} else if (n < COMMAND_MAX_ARGS) {
			args[n++] = w;
		}
	}
	args[n] = NULL;
	return n;
}

void command_run(struct session *s, char *line, FILE *out)
{
	char *args[COMMAND_MAX_ARGS + 1];
	const struct command *c;
	const char *file;

	if (split_line(line, args, &file) == 0)
		return;
	c = find_command(s, args[0]);
	if (!c)
		return;
	if (file) {
		out = fopen(file, "we");
		if (!out) {
			session_complain(s, "Cannot open `%s': %s", file,
					 strerror(errno));
			return;
		}
	}
	c->run(s, args + 1, out);
	if (file && fclose(out) != 0)
		session_complain(s, "Cannot write `%s': %s", file,
				 strerror(errno));
}
