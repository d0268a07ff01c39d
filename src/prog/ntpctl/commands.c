/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/ntpctl/commands.h"

#include "base/container.h"

/* clang-format off */
const struct cli_option global_options[] = {
	{'j', "json", NULL, "for programs"},
	{'c', "csv", NULL, "for spreadsheets, with a heading"},
	{'S', "socket", "PATH", "the daemon's status socket; the control socket is beside it"},
	{0,   "from", "FILE", "a status document from a file, - for standard input"},
	{'h', "help", NULL, "this"},
	{'V', "version", NULL, "print the version"},
	{0},
};

static const struct cli_option add_options[] = {
	{0, "save", NULL, "keep it in a file of ntp.conf.d as well"},
	{0},
};
static const struct cli_option del_options[] = {
	{0, "save", NULL, "take it out of that file as well"},
	{0},
};
static const struct cli_option check_options[] = {
	{'H', "host", "HOST", "ask that server over the network, not the daemon here"},
	{'p', "port", "N", "its port"},
	{'w', "warning", "RANGE", "offset in seconds, 0.05"},
	{'c', "critical", "RANGE", "offset in seconds, 0.5"},
	{'t', "timeout", "S", "how long to wait for each reply of a host"},
	{0},
};
static const struct cli_option clients_options[] = {
	{0, "live", NULL, "again every two seconds, until ^C"},
	{'n', "top", "N", "the busiest N, 20"},
	{0},
};
static const struct cli_option convert_options[] = {
	{0, "from", "DAEMON", "chrony, ntpsec, openntpd or timesyncd"},
	{0},
};
static const struct cli_option doctor_options[] = {
	{0, "pool", NULL, "the rules for servers of a pool, too"},
	{0, "fix", NULL, "print the lines of ntp.conf that would mend it; changes nothing"},
	{0, "helper", "HOST", "a machine of yours that asks us from outside, by ssh"},
	{0, "conf", "FILE", "the configuration, if it is not the daemon's"},
	{0},
};
static const struct cli_option keygen_options[] = {
	{'t', "type", "TYPE", "AES128CMAC (RFC 8573), SHA256, SHA1 or MD5"},
	{0,   "id", "N", "its number; else the next after the file's last"},
	{0},
};
static const struct cli_option probe_options[] = {
	{'p', "port", "N", "its port"},
	{'n', "samples", "N", "how often to ask, 4"},
	{'t', "timeout", "S", "how long to wait for each reply, 1"},
	{0},
};
static const struct cli_option step_options[] = {
	{'y', "yes", NULL, "do not ask"},
	{0},
};
static const struct cli_option waitsync_options[] = {
	{'t', "timeout", "S", "give up after so long, 600"},
	{'o', "offset", "S", "and wait until the offset is below"},
	{0},
};

const struct cli_command commands[] = {
	{"burst", "[NAME]", cmd_burst, "ask one source, or all, a few times right now", 0, NULL},
	{"check", "", cmd_check, "a plugin for Nagios and its heirs", 0, check_options},
	{"clients", "", cmd_clients, "who asks us, the busiest first", 0, clients_options},
	{"completion", "SHELL", cmd_completion, "print what makes bash, zsh or fish complete ntpctl", 0, NULL},
	{"convert", "FILE", cmd_convert, "print another daemon's configuration as an ntp.conf", 0, convert_options},
	{"doctor", "", cmd_doctor, "look for everything that may be wrong, and say what to do", 0, doctor_options},
	{"explain", "[ID]", cmd_explain, "what a finding, a kiss code or a tally character means", 0, NULL},
	{"keygen", "[FILE]", cmd_keygen, "a new key, at the end of /etc/ntp.keys or FILE", 0, keygen_options},
	{"log", "LEVEL", cmd_log, "what the daemon tells its log: error, warning, notice, info or debug", 0, NULL},
	{"probe", "HOST", cmd_probe, "ask a server what time it has, and change nothing", 0, probe_options},
	{"server", "", cmd_server, "what we serve: requests, answers, drops", 0, NULL},
	{"source add", "LINE...", cmd_source_add, "a line as in ntp.conf, or a name and options; - reads lines", 0, add_options},
	{"source del", "NAME", cmd_source_del, "follow a source no longer", 0, del_options},
	{"sources", "", cmd_sources, "each source, and why it is used or not", 0, NULL},
	{"status", "", cmd_status, "is it well? one sentence, and a screen about it", 0, NULL},
	{"step", "", cmd_step, "set the clock right at once; asks first", 0, step_options},
	{"top", "", cmd_top, "all of it on one screen, live", 0, NULL},
	{"tracking", "", cmd_tracking, "the clock in figures", 0, NULL},
	{"waitsync", "", cmd_waitsync, "wait until the clock is synchronised", 0, waitsync_options},
};
/* clang-format on */
const size_t commands_len = ARRAY_LEN(commands);

int cmd_completion(struct ctl *c)
{
	const char *shell = ctl_arg(c, "SHELL");

	if (cli_completion_script(c->out.to, c->cli.program, shell) == 0)
		return CTL_OK;
	return ctl_fail(c, "unknown-shell", "SHELL is bash, zsh or fish");
}
