/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "pool/settings/table.h"

/*
 * pool_words man/pool.conf.5: every directive of the table is the head of an
 * entry of the manual (.It … Ic NAME), and every entry is one of the table.
 */

#define MANUAL_MAX (256 * 1024)

static bool is_directive(const char *word, size_t len)
{
	for (const struct setting_row *r = setting_rows; r->name; r++)
		if (strlen(r->name) == len && strncmp(r->name, word, len) == 0)
			return true;
	return false;
}

/* want NULL: how many heads name what is no directive; else 0 when one names it. */
static unsigned heads(const char *text, const char *want)
{
	unsigned wrong = 0;
	bool found = false;

	for (const char *p = text; *p; p += strcspn(p, "\n"), p += *p == '\n') {
		const char *end = p + strcspn(p, "\n");

		if (strncmp(p, ".It ", 4) != 0)
			continue;
		for (const char *ic = strstr(p, "Ic "); ic && ic < end;
		     ic = strstr(ic + 1, "Ic ")) {
			size_t len = strcspn(ic + 3, " \n");

			if (!want && !is_directive(ic + 3, len)) {
				printf("no such directive: %.*s\n", (int)len,
				       ic + 3);
				wrong++;
			}
			found |= want && strlen(want) == len &&
				 strncmp(want, ic + 3, len) == 0;
		}
	}
	return want ? !found : wrong;
}

int main(int argc, char **argv)
{
	static char text[MANUAL_MAX];
	FILE *f = argc == 2 ? fopen(argv[1], "r") : NULL;
	unsigned wrong;

	if (!f || fread(text, 1, MANUAL_MAX - 1, f) == MANUAL_MAX - 1) {
		perror("pool_words");
		return 2;
	}
	fclose(f);
	wrong = heads(text, NULL);
	for (const struct setting_row *r = setting_rows; r->name; r++)
		if (heads(text, r->name)) {
			printf("missing: %s\n", r->name);
			wrong++;
		}
	return wrong ? 1 : 0;
}
