/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "conf/directives.h"

/*
 * manual_words man/ntp.conf.5: every directive of the table is named in the
 * manual (.Ic), and every option of a directive within the entry of that
 * directive (.Cm).  Several heads (.It Ic) in a row share one entry.
 */

#define MANUAL_MAX (256 * 1024)

struct manual {
	char text[MANUAL_MAX];
	unsigned missing;
};

/* Is the word at p the whole word w? */
static bool is_word(const char *p, const char *w)
{
	size_t len = strlen(w);

	return strncmp(p, w, len) == 0 && strchr(" \n,", p[len]);
}

/*
 * Does the line that begins at p have w behind the macro name?  A macro covers
 * the words behind it up to the next macro, which begins with a capital.
 */
static bool line_has(const char *p, const char *macro, const char *w)
{
	bool covered = false;

	if (*p != '.')
		return false;
	for (p++; *p && *p != '\n'; p += strcspn(p, " \n")) {
		p += strspn(p, " ");
		if (*p >= 'A' && *p <= 'Z')
			covered = is_word(p, macro);
		else if (covered && is_word(p, w))
			return true;
	}
	return false;
}

static const char *next_line(const char *p)
{
	p += strcspn(p, "\n");
	return *p ? p + 1 : p;
}

static bool is_head(const char *p)
{
	return strncmp(p, ".It Ic ", 7) == 0;
}

/* Is option named in an entry of directive? */
static bool entry_has(const char *text, const char *directive,
		      const char *option)
{
	bool inside = false, in_heads = false;

	for (const char *p = text; *p; p = next_line(p)) {
		if (strncmp(p, ".Ss ", 4) == 0 || strncmp(p, ".Sh ", 4) == 0)
			inside = false;
		if (is_head(p)) {
			inside = (in_heads && inside) ||
				 is_word(p + 7, directive);
			in_heads = true;
		} else {
			in_heads = false;
		}
		if (inside && line_has(p, "Cm", option))
			return true;
	}
	return false;
}

static bool is_named(const char *text, const char *directive)
{
	for (const char *p = text; *p; p = next_line(p))
		if (line_has(p, "Ic", directive))
			return true;
	return false;
}

static void check_word(void *arg, const struct conf_word *w)
{
	struct manual *m = arg;

	if (!w->option && !is_named(m->text, w->directive)) {
		printf("missing: directive %s\n", w->directive);
		m->missing++;
	}
	if (w->option && !entry_has(m->text, w->directive, w->option)) {
		printf("missing: option %s of %s\n", w->option, w->directive);
		m->missing++;
	}
}

int main(int argc, char **argv)
{
	static struct manual m;
	FILE *f = argc == 2 ? fopen(argv[1], "r") : NULL;

	if (!f) {
		perror("manual_words");
		return 2;
	}
	if (fread(m.text, 1, MANUAL_MAX - 1, f) == MANUAL_MAX - 1) {
		fprintf(stderr, "manual_words: the manual is too long\n");
		return 2;
	}
	fclose(f);
	conf_words(check_word, &m);
	return m.missing ? 1 : 0;
}
