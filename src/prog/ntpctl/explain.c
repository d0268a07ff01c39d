/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Every short word that the programs use, and what it means: one table.  A test
 * asks for each id that the sources have.
 */
#include "prog/ntpctl/explain.h"

#include <string.h>
#include <strings.h>

#include "base/container.h"
#include "conf/suggest.h"
#include "prog/ntpctl/commands.h"

#define TALLY "tally character"
#define WHY "why a source is not used"
#define KISS "kiss code"
#define CONF "finding about ntp.conf"
#define DOCTOR "finding of ntpctl doctor"
#define CTL "complaint of ntpctl"

/* clang-format off */
const struct explanation explanations[] = {
	{"*", TALLY, "The system peer: the source that is followed first, and whose stratum and reference are passed on.", NULL},
	{"+", TALLY, "Good, and averaged with the system peer.", NULL},
	{"o", TALLY, "The system peer, and a pulse per second disciplines the clock.", NULL},
	{"#", TALLY, "Good, but there are enough nearer ones; kept in reserve.", NULL},
	{"-", TALLY, "An outlier: it agrees with the majority, but is noisier or further off than the others.", "Nothing, if there are enough others."},
	{"x", TALLY, "A falseticker: its time, with its error bound, does not meet the majority's.", "When it is yours, look at its clock. With two sources nobody knows which one is wrong: have four or more."},
	{".", TALLY, "Good, but more sources survived than are kept.", NULL},
	{" ", TALLY, "Not selectable now; ntpctl sources says why.", NULL},

	{"auth", WHY, "Its replies carry no proof of the key that it is to have, or a wrong one.", "The key's number, type and secret must be the same on both sides; trustedkey must name it."},
	{"bad-reply", WHY, "It replies with something that is no sane NTP answer.", "ntpctl probe NAME shows it; tell its operator."},
	{"clustering", WHY, "It agrees with the others, but its noise would only add to theirs.", NULL},
	{"denied", WHY, "It has answered DENY or RSTR: it does not serve us.", "Ask its operator, or take it out of the configuration."},
	{"dist", WHY, "Its root distance, the largest error that its time may have, is above the limit (tos maxdist).", "Choose one that is nearer, or nearer to a primary clock."},
	{"loop", WHY, "It follows us: following it would be going round in a circle.", "Take one of the two lines out."},
	{"minsane", WHY, "Fewer sources agree than tos minsane asks for.", "Add sources, or lower tos minsane."},
	{"no-key", WHY, "The key that its line names is not in the keys file.", "Add it there, and to trustedkey."},
	{"noselect", WHY, "Its line says noselect: it is watched, never followed.", NULL},
	{"not-asked", WHY, "Nothing was asked yet.", "Wait a moment."},
	{"outside-majority", WHY, "Its time, with its error bound, does not meet the majority's: a falseticker.", "As for the tally character x."},
	{"pool", WHY, "The name of a pool; the servers behind it are sources of their own.", NULL},
	{"rate", WHY, "It says that we ask too often, and is asked less often now.", "Take burst and a short minpoll away; is something else asking from the same address?"},
	{"standby", WHY, "A spare: it is asked when one in use is lost.", NULL},
	{"stratum", WHY, "Its stratum is outside tos floor and tos ceiling, or 16.", "Choose a server that is synchronised."},
	{"too-many", WHY, "There are more sources than can be weighed.", "Take some out; seven are plenty."},
	{"unreachable", WHY, "It does not answer.", "ntpctl probe NAME: is UDP port 123 open on the way, out and back?"},
	{"unresolved", WHY, "Its name has no address yet.", "Is the name right, and does the name server answer?"},
	{"unsynchronised", WHY, "It answers that its own clock is not synchronised.", "Wait, or choose another."},
	{"waiting", WHY, "It answers, but has not answered often enough to be judged.", "Wait a moment."},

	{"RATE", KISS, "The server tells us to ask less often.", "As for rate."},
	{"DENY", KISS, "The server does not serve us.", "As for denied."},
	{"RSTR", KISS, "The server does not serve us: an access list forbids it.", "As for denied."},
	{"INIT", KISS, "Shown as reference while a source has not answered yet.", "As for unreachable, when it stays."},
	{"STEP", KISS, "Shown as reference while a step of the clock empties what was known.", "Wait a moment."},
	{"AUTH", KISS, "The server could not authenticate the request.", "As for auth."},
	{"CRYP", KISS, "The server could not authenticate the request (Autokey).", "Use symmetric keys."},
	{"NKEY", KISS, "The server does not have the key.", "As for no-key."},
	{"NTSN", KISS, "The server does not know the NTS cookie; a new one has to be had.", NULL},

	{"bad-address", CONF, "An IP address was expected.", "Write the address, not a name."},
	{"bad-host", CONF, "What is written is neither an IP address nor a host name.", "Look for a slip of the pen."},
	{"bad-key-id", CONF, "The number of a key is from 1 to 65535.", NULL},
	{"bad-key-range", CONF, "A range of keys is (FIRST ... LAST), with spaces.", NULL},
	{"bad-line", CONF, "The line cannot be taken apart: a quote without an end, or an octet that is no text.", NULL},
	{"bad-mask", CONF, "The mask is not one of the address's family.", "255.255.255.0 for IPv4, or ADDRESS/LENGTH."},
	{"bad-prefix", CONF, "ADDRESS/LENGTH has a length of 0 to 32 (IPv4) or 128 (IPv6).", NULL},
	{"bad-refid", CONF, "A reference id has at most four letters.", NULL},
	{"bad-setvar", CONF, "setvar is followed by NAME = VALUE.", NULL},
	{"bad-token", CONF, "The token of poolverify is what the pool gave you: letters, digits, - and _.", "Copy it again."},
	{"burst-to-stranger", CONF, "burst sends eight packets at every poll; operators of public servers refuse who does that.", "Take burst away; iburst is enough and harmless."},
	{"clock-not-virtual", CONF, "offset and freq describe a virtual clock, and this one is not.", "clock virtual, or leave them away."},
	{"default-without-noquery", CONF, "Strangers may ask this daemon about itself, and the answers are larger than the questions: a gift to who floods others.", "restrict default … noquery, for IPv4 and IPv6."},
	{"duplicate-source", CONF, "The source is named twice; the second line is ignored.", "Take one of the lines out."},
	{"extra-argument", CONF, "There is a word behind what the directive takes.", "Look for a slip of the pen, or a missing #."},
	{"few-sources", CONF, "With fewer than four sources a false one cannot be outvoted reliably.", "Name four to seven, of different operators."},
	{"file-too-long", CONF, "A file of the configuration is longer than 4 MiB.", "Is it the right file?"},
	{"fudge-not-a-clock", CONF, "fudge is about a reference clock, which is called 127.127.TYPE.UNIT.", NULL},
	{"fudge-without-clock", CONF, "No server line has the clock that fudge is about.", "Write the server line, or take fudge out."},
	{"include-depth", CONF, "Files include files more than five deep.", NULL},
	{"include-loop", CONF, "A file includes itself, directly or through others.", NULL},
	{"key-not-trusted", CONF, "A key is used that trustedkey does not name.", "Add its number to trustedkey."},
	{"kod-without-limited", CONF, "kod tells those who are limited that they are: without limited nobody is.", "Write limited kod."},
	{"limited-without-monitor", CONF, "restrict limited needs the table of clients, so it is kept although the file says disable monitor.", "Take disable monitor away."},
	{"loopback-closed", CONF, "The default shuts this machine's own tools out.", "restrict 127.0.0.1 and restrict ::1"},
	{"mask-without-address", CONF, "mask belongs behind an address.", NULL},
	{"missing-argument", CONF, "The directive or option needs a value.", "ntp.conf(5) says which."},
	{"no-driver", CONF, "There is no driver for that kind of reference clock; the line is ignored.", NULL},
	{"no-keys-file", CONF, "A key is used, and there is no line that names the file of keys.", "keys /etc/ntp.keys"},
	{"not-a-number", CONF, "A number was expected.", NULL},
	{"not-built", CONF, "The word is understood, but has no effect in this version.", "Do not rely on it."},
	{"obsolete", CONF, "The word is of another time, and ignored.", "Take it out at leisure."},
	{"out-of-range", CONF, "The number is outside what is allowed.", "The message has the limits."},
	{"peer-as-server", CONF, "Symmetric mode is not spoken; the line is treated as server.", "Write server."},
	{"poll-order", CONF, "minpoll is above maxpoll.", "Both are exponents: 6 is 64 s, 10 is 1024 s."},
	{"poll-too-fast", CONF, "A server of others would be asked more often than every 16 s.", "Leave minpoll away, or ask its operator."},
	{"pool-upstream", CONF, "Time comes from the pool. For a client that is fine; a server that joins the pool must not.", "For a pool server: name four to seven servers."},
	{"source-shut-out", CONF, "A restrict line ignores an address that is asked; other daemons would not hear its answers.", "restrict source …, or a restrict line for it."},
	{"too-many-files", CONF, "More than 256 files are included.", NULL},
	{"too-many-interfaces", CONF, "There are more interface lines than are kept.", NULL},
	{"too-many-nameservers", CONF, "There are more nameserver lines than are kept.", NULL},
	{"too-many-poolverify", CONF, "There are more poolverify lines than are kept.", "Take out those of pools that have seen them."},
	{"too-many-restricts", CONF, "There are more restrict lines than are kept.", "Join networks: ADDRESS/LENGTH."},
	{"too-many-sources", CONF, "There are more sources than are kept.", "Seven are plenty."},
	{"too-many-variables", CONF, "There are more setvar lines than are kept.", NULL},
	{"unknown-directive", CONF, "There is no such directive.", "Did you mean what the message offers?"},
	{"unknown-driver", CONF, "There is no reference clock driver of that name.", NULL},
	{"unknown-log-class", CONF, "logconfig knows no such class of messages.", NULL},
	{"unknown-option", CONF, "The directive has no such option.", "Did you mean what the message offers?"},
	{"unknown-statistics", CONF, "There are no statistics of that name.", "loopstats, peerstats, …: ntp.conf(5)"},
	{"unknown-value", CONF, "The word is none of those that the option takes.", "ntp.conf(5) has them."},
	{"unreadable", CONF, "A file that the configuration needs cannot be read.", "Does it exist, and may the daemon read it?"},
	{"wrong-family", CONF, "-4 or -6 asks for one family, and the address is of the other.", NULL},

	{"amplification", DOCTOR, "A small question to this server, from an address that could be forged, is answered with more octets than it has: whoever floods others looks for such servers.", "restrict default ... noquery, for IPv4 and IPv6."},
	{"answers", DOCTOR, "The server does not answer at an address of its own that is not of the loopback network, so nobody else gets an answer either.", "Look at restrict and interface in ntp.conf, and at the firewall."},
	{"burst", DOCTOR, "A source of others has the option burst: eight packets at every poll.", "Write iburst, which is enough and harmless."},
	{"clock-control", DOCTOR, "The daemon runs without the right to correct the clock, so it only watches.", "Start it as root; in a container give it CAP_SYS_TIME, or say clock none."},
	{"config", DOCTOR, "ntp.conf has errors, so the daemon would not start with it.", "ntpd --check shows every line."},
	{"conntrack", DOCTOR, "The firewall keeps a record of each request in a table, and the table is filling up; when it is full, requests are dropped.", "Exempt UDP port 123 from tracking (notrack), or raise nf_conntrack_max."},
	{"daemon", DOCTOR, "The daemon's status socket is not there, not for you, or silent.", "systemctl status ntpd; be root or in the group ntp."},
	{"diverse", DOCTOR, "Two sources lie in one network, or follow the same server: what breaks one breaks the other.", "Choose them of different operators."},
	{"driftfile", DOCTOR, "The frequency of the clock cannot be kept, so each start begins with an unknown one.", "The folder of driftfile belongs to the daemon's user."},
	{"falseticker", DOCTOR, "A source's time, with its error bound, does not meet the majority's.", "Replace it, or tell its operator."},
	{"firewall", DOCTOR, "The rules of this machine let no requests in.", "firewall-cmd --permanent --add-service=ntp, then --reload; or the like for nftables."},
	{"freq", DOCTOR, "The oscillator is far from its nominal frequency; 500 ppm is all that can be corrected.", "On a virtual machine choose another clock source; else the hardware may be at fault."},
	{"kernel-drops", DOCTOR, "Requests come faster than they are read.", "More workers, or a larger net.core.rmem_max."},
	{"kernel-meddling", DOCTOR, "The kernel's clock was steered by somebody else while the daemon ran.", "Only one program may do that: see other-daemon."},
	{"kod-limited", DOCTOR, "The default does not limit clients that ask too often, or does not tell them.", "restrict default ... kod limited"},
	{"leap-file", DOCTOR, "The leap second file has expired, or soon will.", "Update the package tzdata, or the file that leapfile names."},
	{"minpoll", DOCTOR, "A server of others is asked more often than once a minute.", "Leave minpoll away, unless the server is yours."},
	{"no-local-clock", DOCTOR, "The machine's own clock stands among the sources, so it is served even when all others are lost.", "Take its server and fudge lines out."},
	{"no-pool-upstream", DOCTOR, "A server that joins a pool must not take its time from it: errors would go round in circles.", "Name four to seven servers that you chose."},
	{"noquery-default", DOCTOR, "Strangers may ask the daemon about itself, and the answers are larger than the questions.", "restrict default ... noquery, for IPv4 and IPv6."},
	{"ntp-port-owner", DOCTOR, "Another program has the port of NTP, or nobody has.", "systemctl disable --now THE OTHER; systemctl start ntpd"},
	{"offset", DOCTOR, "The clock is off by more than a pool's monitors find good.", "Wait while it is corrected, or ntpctl step."},
	{"other-daemon", DOCTOR, "Another program that sets clocks runs here: two of them fight over one clock.", "systemctl disable --now it."},
	{"own-stratum", DOCTOR, "The server is many steps away from a primary clock; a pool gives no points from stratum 8 on.", "Follow servers of stratum 1 or 2."},
	{"reachable", DOCTOR, "Whether requests from elsewhere come through cannot be known on the machine itself.", "ntpctl doctor --pool --helper HOST has another machine of yours ask."},
	{"root-distance", DOCTOR, "The largest error that the clock may have is large.", "Choose sources that are nearer, or nearer to a primary clock."},
	{"serves-strangers", DOCTOR, "The default shuts everybody out, so the pool's clients would get nothing.", "restrict default nomodify notrap nopeer noquery kod limited"},
	{"source-quality", DOCTOR, "A source does not answer, loses packets, is far away, unsynchronised, or follows us.", "ntpctl probe NAME; choose another if it stays so."},
	{"sources-4-7", DOCTOR, "Fewer than four sources cannot outvote a wrong one reliably; more than seven only add requests.", "Name four to seven, of different operators."},
	{"static-address", DOCTOR, "The address of the server is lent or private; a pool's clients use it for years.", "Configure a fixed address; behind a NAT pass UDP port 123 on."},
	{"steps", DOCTOR, "The clock was set by leaps more than once.", "Something else sets it, or the machine sleeps."},
	{"sync", DOCTOR, "The clock follows nobody now.", "ntpctl sources says why."},

	{"no-daemon", CTL, "The daemon's socket is not there, not for you, or silent.", "systemctl status ntpd; be root or in the group ntp; --socket PATH"},
	{"bad-document", CTL, "What the daemon, or the file, says is no status document of this version.", "Install ntpd and ntpctl of one version."},
	{"refused", CTL, "The daemon did not do it; the message says why.", NULL},
};
/* clang-format on */
const size_t explanations_len = ARRAY_LEN(explanations);

const struct explanation *explain_find(const char *id)
{
	/* as written first: "o" and "O" may differ one day */
	for (size_t i = 0; i < explanations_len; i++)
		if (strcmp(explanations[i].id, id) == 0)
			return &explanations[i];
	for (size_t i = 0; i < explanations_len; i++)
		if (strcasecmp(explanations[i].id, id) == 0)
			return &explanations[i];
	return NULL;
}

static void put_one(struct output *o, const struct explanation *e)
{
	if (o->form == OUTPUT_TABLE) {
		fprintf(o->to, "%s (%s)\n  %s\n", e->id, e->kind, e->text);
		if (e->fix)
			fprintf(o->to, "  to do: %s\n", e->fix);
		return;
	}
	output_one(o);
	output_text(o, "id", e->id);
	output_text(o, "kind", e->kind);
	output_text(o, "text", e->text);
	output_text(o, "fix", e->fix ? e->fix : "");
	output_end(o);
}

static void put_all(struct output *o)
{
	output_list(o);
	for (size_t i = 0; i < explanations_len; i++) {
		output_row(o);
		output_text(o, "id", explanations[i].id);
		output_text(o, "kind", explanations[i].kind);
	}
	output_end(o);
}

int cmd_explain(struct ctl *c)
{
	const char *id = ctl_arg(c, "ID");
	const struct explanation *e = id ? explain_find(id) : NULL;
	struct suggestion near = suggestion(id ? id : "");

	if (!id) {
		put_all(&c->out);
		return CTL_OK;
	}
	if (e) {
		put_one(&c->out, e);
		return CTL_OK;
	}
	for (size_t i = 0; i < explanations_len; i++)
		suggest_offer(&near, explanations[i].id);
	return ctl_fail(c, "unknown", "there is nothing called '%s'%s%s%s", id,
			near.best ? "; did you mean '" : "",
			near.best ? near.best : "", near.best ? "'?" : "");
}
