/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/container.h"
#include "base/text.h"
#include "prog/ntpctl/convert.h"

#define POLL_MIN 3 /* shorter ones of chrony are for local networks */
#define POLL_MAX 17

/* --- sources ----------------------------------------------------------------------- */

/* What becomes of an option of a source. */
enum option_kind {
	AS_IT_IS,   /* the word alone */
	WITH_VALUE, /* the word and what follows */
	POLL,       /* the same, in our range */
	RENAMED,    /* another word alone */
	LOST,       /* no equal */
	LOST_VALUE, /* the same, and what follows it */
	NOT_NEEDED, /* says what is so anyway */
	NEEDLESS_VALUE,
};

static const struct {
	const char *name;
	enum option_kind kind;
	const char *text; /* the new word, or why it is lost */
} options[] = {
	{"iburst", AS_IT_IS, NULL},
	{"burst", AS_IT_IS, NULL},
	{"minpoll", POLL, NULL},
	{"maxpoll", POLL, NULL},
	{"key", WITH_VALUE, NULL},
	{"port", WITH_VALUE, NULL},
	{"version", WITH_VALUE, NULL},
	{"prefer", AS_IT_IS, NULL},
	{"noselect", AS_IT_IS, NULL},
	{"nts", AS_IT_IS, NULL},
	{"xleave", AS_IT_IS, NULL},
	{"trust", RENAMED, "true"},
	{"offset", LOST_VALUE, "see bias in ntp.conf(5)"},
	{"require", LOST, "a source cannot be made necessary"},
	{"maxsources", NEEDLESS_VALUE, NULL},
	{"ipv4", LOST, "write -4 before the name"},
	{"ipv6", LOST, "write -6 before the name"},
	{"auto_offline", NOT_NEEDED, NULL},
	{"copy", LOST, "stratum and reference are never copied"},
	{"certset", LOST_VALUE, "there are no sets of certificates"},
	{"ntsport", LOST_VALUE, "the port of NTS-KE"},
	{"extfield", LOST_VALUE, "experimental"},
	{"offline", LOST, "sources are asked from the start"},
	{"presend", LOST_VALUE, "nothing is sent ahead"},
	{"polltarget", NEEDLESS_VALUE, NULL},
	{"minsamples", NEEDLESS_VALUE, NULL},
	{"maxsamples", NEEDLESS_VALUE, NULL},
	{"filter", NEEDLESS_VALUE, NULL},
	{"maxdelay", LOST_VALUE, "late replies are weighed, not refused"},
	{"mindelay", LOST_VALUE, "late replies are weighed, not refused"},
	{"maxdelayratio", LOST_VALUE, "late replies are weighed, not refused"},
	{"maxdelaydevratio", LOST_VALUE,
	 "late replies are weighed, not refused"},
	{"maxdelayquant", LOST_VALUE, "late replies are weighed, not refused"},
	{"asymmetry", LOST_VALUE, "not modelled"},
	{"minstratum", LOST_VALUE, "see tos floor in ntp.conf(5)"},
	{"maxunreach", NEEDLESS_VALUE, NULL},
};

static void put_poll(struct text *t, const char *name, const char *value)
{
	long poll;

	if (text_to_int(value, -16, 24, &poll) < 0)
		return;
	poll = poll < POLL_MIN ? POLL_MIN : poll > POLL_MAX ? POLL_MAX : poll;
	text_add(t, " %s %ld", name, poll);
}

/* The option at words[0]; returns how many words it took. */
static size_t take_option(struct conversion *v, struct text *t,
			  char *const *words)
{
	const char *value = words[1] ? words[1] : "";
	size_t i = 0;

	while (i < ARRAY_LEN(options) && strcmp(options[i].name, words[0]) != 0)
		i++;
	if (i == ARRAY_LEN(options)) {
		convert_lose(v, words[0], "not known");
		return 1;
	}
	switch (options[i].kind) {
	case AS_IT_IS:
		text_add(t, " %s", words[0]);
		return 1;
	case RENAMED:
		text_add(t, " %s", options[i].text);
		return 1;
	case WITH_VALUE:
		text_add(t, " %s %s", words[0], value);
		break;
	case POLL:
		put_poll(t, words[0], value);
		break;
	case LOST:
		convert_lose(v, words[0], options[i].text);
		return 1;
	case LOST_VALUE:
		convert_lose(v, words[0], options[i].text);
		break;
	case NOT_NEEDED:
		return 1;
	case NEEDLESS_VALUE:
		break;
	}
	return words[1] ? 2 : 1;
}

static void take_source(struct conversion *v, const struct convert_words *w)
{
	char line[1024];
	struct text t = text_init(line, sizeof line);

	if (w->n < 2) {
		convert_lose(v, w->word[0], "it names nobody");
		return;
	}
	text_add(&t, "%s %s", w->word[0], w->word[1]);
	for (size_t i = 2; i < w->n;)
		i += take_option(v, &t, w->word + i);
	convert_put(v, "%s", line);
	v->has_source = true;
}

/* --- others ------------------------------------------------------------------------ */

/* "allow", "allow all", "allow 192.0.2.0/24", "allow 192.168" */
static void take_allow(struct conversion *v, const struct convert_words *w)
{
	size_t at = w->n > 1 && strcmp(w->word[1], "all") == 0 ? 2 : 1;
	const char *net = w->word[at];
	const char *dot = net;
	char full[64];
	unsigned parts = 1;

	if (!net || strcmp(net, "0/0") == 0 || strcmp(net, "::/0") == 0) {
		v->serves = true;
		return;
	}
	if (strpbrk(net, ":/") || strspn(net, "0123456789.") != strlen(net)) {
		convert_put(v, "restrict %s nomodify noquery kod limited", net);
		return;
	}
	/* "192.168" is short for 192.168.0.0/16 */
	while ((dot = strchr(dot, '.')) && dot[1]) {
		parts++;
		dot++;
	}
	snprintf(full, sizeof full, "%.*s%s/%u",
		 (int)(strlen(net) - (net[strlen(net) - 1] == '.')), net,
		 parts == 1   ? ".0.0.0"
		 : parts == 2 ? ".0.0"
		 : parts == 3 ? ".0"
			      : "",
		 8 * parts);
	convert_put(v, "restrict %s nomodify noquery kod limited", full);
}

static void take_deny(struct conversion *v, const struct convert_words *w)
{
	const char *net = w->word[w->n - 1];

	if (w->n < 2 || strcmp(net, "all") == 0)
		return; /* as it is without any allow */
	convert_put(v, "restrict %s ignore", net);
}

static void take_local(struct conversion *v, const struct convert_words *w)
{
	const char *stratum = "10";

	for (size_t i = 1; i + 1 < w->n; i++)
		if (strcmp(w->word[i], "stratum") == 0)
			stratum = w->word[i + 1];
	convert_put(v, "server 127.127.1.0");
	convert_put(v, "fudge 127.127.1.0 stratum %s", stratum);
}

static void take_log(struct conversion *v, const struct convert_words *w)
{
	for (size_t i = 1; i < w->n; i++)
		if (strcmp(w->word[i], "tracking") == 0)
			convert_put(v, "statistics loopstats");
		else if (strcmp(w->word[i], "measurements") == 0)
			convert_put(v, "statistics peerstats");
		else
			convert_lose(v, w->word[i], "no such statistics");
}

static void take_drift(struct conversion *v, const struct convert_words *w)
{
	(void)w;
	convert_put(v, "driftfile /var/lib/ntp/ntp.drift");
}

static void take_leap_zone(struct conversion *v, const struct convert_words *w)
{
	(void)w;
	convert_put(v, "leapfile /usr/share/zoneinfo/leap-seconds.list");
}

static void take_keys(struct conversion *v, const struct convert_words *w)
{
	if (w->n < 2)
		return;
	convert_put(v, "keys %s", w->word[1]);
	convert_lose(v, "keyfile",
		     "write HEX:12ab there as 12ab, and ASCII:word as word");
}

static void take_bind(struct conversion *v, const struct convert_words *w)
{
	if (w->n > 1)
		convert_put(v, "interface listen %s", w->word[1]);
}

/* --- the table --------------------------------------------------------------------- */

static const struct {
	const char *name;
	void (*take)(struct conversion *v, const struct convert_words *w);
	/* Without take: our word for it, with the same value; or NULL. */
	const char *word;
	const char *reason; /* why it is lost; "": it is so anyway */
} directives[] = {
	{"server", take_source, NULL, NULL},
	{"pool", take_source, NULL, NULL},
	{"peer", take_source, NULL, NULL},
	{"allow", take_allow, NULL, NULL},
	{"deny", take_deny, NULL, NULL},
	{"local", take_local, NULL, NULL},
	{"log", take_log, NULL, NULL},
	{"driftfile", take_drift, NULL, NULL},
	{"leapsectz", take_leap_zone, NULL, NULL},
	{"bindaddress", take_bind, NULL, NULL},
	{"leapseclist", NULL, "leapfile", NULL},
	{"keyfile", take_keys, NULL, NULL},
	{"logdir", NULL, "statsdir", NULL},
	{"port", NULL, "port", NULL},
	{"pidfile", NULL, "pidfile", NULL},
	{"minsources", NULL, "tos minsane", NULL},
	{"maxdistance", NULL, "tos maxdist", NULL},
	{"confdir", NULL, NULL,
	 "convert each file there, and put it into ntp.conf.d"},
	{"sourcedir", NULL, NULL, "its files are for ntp.conf.d"},
	{"include", NULL, NULL, "convert that file as well"},
	{"rtcsync", NULL, NULL, ""},
	{"ntsdumpdir", NULL, NULL, ""},
	{"dumpdir", NULL, NULL, ""},
	{"dumponexit", NULL, NULL, ""},
	{"user", NULL, NULL, ""},
	{"ratelimit", NULL, NULL, ""},
	{"cmdport", NULL, NULL, ""},
	{"bindcmdaddress", NULL, NULL, ""},
	{"maxupdateskew", NULL, NULL, ""},
	{"makestep", NULL, NULL,
	 "the clock is stepped beyond 0.128 s at the start, later when that "
	 "lasts; ntpd -x and -g change it"},
	{"maxslewrate", NULL, NULL, "500 ppm, as the kernel has it"},
	{"hwtimestamp", NULL, NULL, "stamps are the kernel's"},
	{"refclock", NULL, NULL, "see the reference clocks of ntp.conf(5)"},
	{"leapsecmode", NULL, NULL, "the kernel inserts the second"},
	{"smoothtime", NULL, NULL, "time is served as it is"},
	{"ntsserverkey", NULL, NULL, "NTS is not served"},
	{"ntsservercert", NULL, NULL, "NTS is not served"},
	{"cmdallow", NULL, NULL, "ntpctl works on this machine alone"},
	{"lock_all", NULL, NULL, "memory is not locked"},
	{"sched_priority", NULL, NULL, "ntpd -P does that"},
	{"mailonchange", NULL, NULL, "ntpctl check is for that"},
	{"logchange", NULL, NULL, "ntpctl check is for that"},
	{"clientloglimit", NULL, NULL, "see mru in ntp.conf(5)"},
};

static void take_line(struct conversion *v, const struct convert_words *w)
{
	for (char *p = w->word[0]; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	for (size_t i = 0; i < ARRAY_LEN(directives); i++) {
		if (strcmp(directives[i].name, w->word[0]) != 0)
			continue;
		if (directives[i].take)
			directives[i].take(v, w);
		else if (directives[i].word && w->n > 1)
			convert_put(v, "%s %s", directives[i].word, w->word[1]);
		else if (directives[i].reason && *directives[i].reason)
			convert_lose(v, w->word[0], directives[i].reason);
		return;
	}
	convert_lose(v, w->word[0], "not known");
}

void convert_chrony(struct conversion *v, const char *text)
{
	struct convert_words w;

	while (convert_next(v, &text, "#!;%", &w))
		if (w.n > 0)
			take_line(v, &w);
}
