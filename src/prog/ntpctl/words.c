/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/ntpctl/words.h"

#include <string.h>

#include "cli/show.h"

#define REACH_POLLS 8

static const struct {
	const char *state, *text;
} states[] = {
	{"syspeer", "system peer"},
	{"pps", "disciplined by its pulse"},
	{"candidate", "combined"},
	{"backup", "good, kept in reserve"},
	{"outlier", "agrees, but is noisier or further off than the others"},
	{"excess", "good, but there are enough nearer ones"},
	{"falseticker", "its interval does not meet the majority's"},
	{"unselectable", "not selectable"},
};

bool source_is_used(const struct doc_source *s)
{
	return strcmp(s->state, "syspeer") == 0 ||
	       strcmp(s->state, "pps") == 0 ||
	       strcmp(s->state, "candidate") == 0;
}

const char *source_why(const struct doc_source *s)
{
	if (*s->note)
		return s->note;
	if (*s->why && strcmp(s->state, "unselectable") == 0)
		return s->why;
	for (size_t i = 0; i < sizeof states / sizeof *states; i++)
		if (strcmp(states[i].state, s->state) == 0)
			return states[i].text;
	return s->state;
}

void source_reach(const struct doc_source *s, unsigned *answered,
		  unsigned *asked)
{
	/* A burst of packets is one poll, so few packets tell nothing of the
	 * polls; the first one that was answered does. */
	bool is_new = s->sent >= 0 && s->sent < 2 * REACH_POLLS;

	*answered = 0;
	*asked = is_new ? 0 : REACH_POLLS;
	for (unsigned bit = 0; bit < REACH_POLLS && s->reach > 0; bit++) {
		unsigned here = (unsigned)(s->reach >> bit) & 1;

		*answered += here;
		if (here && *asked < bit + 1)
			*asked = bit + 1;
	}
	if (*asked == 0)
		*asked =
			s->sent < REACH_POLLS ? (unsigned)s->sent : REACH_POLLS;
}

const char *source_how(const struct doc_source *s)
{
	if (strcmp(s->mode, "refclock") == 0)
		return "clock";
	return strcmp(s->auth, "none") == 0 ? "" : s->auth;
}

const char *source_colour(const struct doc_source *s)
{
	if (strcmp(s->state, "falseticker") == 0)
		return CLI_RED;
	if (source_is_used(s))
		return CLI_GREEN;
	return s->reach == 0 ? CLI_YELLOW : NULL;
}
