/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/container.h"
#include "base/text.h"
#include "prog/ntpctl/convert.h"

/* --- ntpsec ------------------------------------------------------------------------ */

/* Its words are ours; what is not is found by our own parser. */
void convert_ntpsec(struct conversion *v, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n");

		v->line++;
		convert_put(v, "%.*s", (int)(len - strspn(text, "\t")),
			    text + strspn(text, "\t"));
		text += len + (text[len] == '\n');
	}
}

/* --- openntpd ---------------------------------------------------------------------- */

/* server NAME [weight N] [trusted] */
static void take_server(struct conversion *v, const struct convert_words *w)
{
	bool all = strcmp(w->word[0], "servers") == 0;

	if (w->n < 2) {
		convert_lose(v, w->word[0], "it names nobody");
		return;
	}
	convert_put(v, "%s %s iburst", all ? "pool" : "server", w->word[1]);
	v->has_source = true;
	for (size_t i = 2; i < w->n; i++)
		if (strcmp(w->word[i], "weight") == 0)
			convert_lose(v, "weight",
				     "sources weigh what they measure");
		else if (strcmp(w->word[i], "trusted") == 0)
			convert_lose(v, "trusted", "there are no constraints");
}

/* listen on ADDRESS, or *: without it openntpd serves nobody. */
static void take_listen(struct conversion *v, const struct convert_words *w)
{
	v->serves = true;
	if (w->n < 3 || strcmp(w->word[2], "*") == 0)
		return;
	convert_put(v, "interface ignore wildcard");
	convert_put(v, "interface listen %s", w->word[2]);
}

void convert_openntpd(struct conversion *v, const char *text)
{
	struct convert_words w;

	while (convert_next(v, &text, "#", &w)) {
		if (w.n == 0)
			continue;
		if (strcmp(w.word[0], "server") == 0 ||
		    strcmp(w.word[0], "servers") == 0)
			take_server(v, &w);
		else if (strcmp(w.word[0], "listen") == 0)
			take_listen(v, &w);
		else if (strncmp(w.word[0], "constraint", 10) == 0)
			convert_lose(v, w.word[0],
				     "time of HTTPS servers bounds nothing "
				     "here; authenticate the sources");
		else if (strcmp(w.word[0], "sensor") == 0)
			convert_lose(v, w.word[0],
				     "a clock of BSD's sensor framework");
		else
			convert_lose(v, w.word[0], "not known");
	}
	convert_put(v, "driftfile /var/lib/ntp/ntp.drift");
}

/* --- timesyncd --------------------------------------------------------------------- */

static void put_servers(struct conversion *v, const char *names,
			const char *polls)
{
	while (*names) {
		size_t len = strcspn(names, " \t");

		if (len > 0) {
			convert_put(v, "server %.*s iburst%s", (int)len, names,
				    polls);
			v->has_source = true;
		}
		names += len + strspn(names + len, " \t");
	}
}

/* Seconds to the exponent below. */
static void add_poll(struct conversion *v, char *polls, size_t cap,
		     const char *name, const char *value)
{
	long seconds, log2 = 3;
	size_t len = strlen(polls);

	if (text_to_int(value, 8, 1 << 17, &seconds) < 0) {
		convert_lose(v, value, "not a number of seconds");
		return;
	}
	while (2L << log2 <= seconds)
		log2++;
	snprintf(polls + len, cap - len, " %s %ld", name, log2);
}

/* Line by line; those that are commented out show what was compiled in. */
static void read_ini(struct conversion *v, const char *text, char *servers,
		     char *fallback, size_t cap, char *polls, size_t polls_cap)
{
	while (*text) {
		size_t len = strcspn(text, "\n");
		char line[2048];
		bool is_default = *text == '#' || *text == ';';
		char *value;

		v->line++;
		snprintf(line, sizeof line, "%.*s", (int)len - is_default,
			 text + is_default);
		line[strcspn(line, "\r")] = '\0';
		text += len + (text[len] == '\n');
		value = strchr(line, '=');
		if (!value)
			continue;
		*value++ = '\0';
		if (strcmp(line, "FallbackNTP") == 0)
			snprintf(fallback, cap, "%s", value);
		else if (is_default)
			continue;
		else if (strcmp(line, "NTP") == 0)
			snprintf(servers, cap, "%s", value);
		else if (strcmp(line, "RootDistanceMaxSec") == 0)
			convert_put(v, "tos maxdist %s", value);
		else if (strcmp(line, "PollIntervalMinSec") == 0)
			add_poll(v, polls, polls_cap, "minpoll", value);
		else if (strcmp(line, "PollIntervalMaxSec") == 0)
			add_poll(v, polls, polls_cap, "maxpoll", value);
		else
			convert_lose(v, line, "ntpd has no use for it");
	}
}

void convert_timesyncd(struct conversion *v, const char *text)
{
	char servers[2048] = "", fallback[2048] = "", polls[64] = "";

	read_ini(v, text, servers, fallback, sizeof servers, polls,
		 sizeof polls);
	if (!servers[strspn(servers, " ")] && *fallback)
		convert_put(v, "# timesyncd takes servers from the network, "
			       "or these, which it was built with:");
	put_servers(v, servers[strspn(servers, " ")] ? servers : fallback,
		    polls);
	convert_put(v, "driftfile /var/lib/ntp/ntp.drift");
}
