/* SPDX-License-Identifier: BSD-2-Clause */
#include "conf/suggest.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#define WORD_MAX_LEN 32
#define TOO_FAR 99

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
	unsigned m = a < b ? a : b;

	return m < c ? m : c;
}

static bool same_letter(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

unsigned edit_distance(const char *a, const char *b)
{
	unsigned d[WORD_MAX_LEN + 1][WORD_MAX_LEN + 1];
	size_t a_len = strlen(a), b_len = strlen(b);

	if (a_len > WORD_MAX_LEN || b_len > WORD_MAX_LEN)
		return TOO_FAR;
	for (unsigned i = 0; i <= a_len; i++)
		d[i][0] = i;
	for (unsigned j = 0; j <= b_len; j++)
		d[0][j] = j;
	for (size_t i = 1; i <= a_len; i++)
		for (size_t j = 1; j <= b_len; j++) {
			unsigned other = !same_letter(a[i - 1], b[j - 1]);

			d[i][j] = min3(d[i - 1][j] + 1, d[i][j - 1] + 1,
				       d[i - 1][j - 1] + other);
			if (i > 1 && j > 1 && same_letter(a[i - 1], b[j - 2]) &&
			    same_letter(a[i - 2], b[j - 1]))
				d[i][j] = min3(d[i][j], d[i][j],
					       d[i - 2][j - 2] + 1);
		}
	return d[a_len][b_len];
}

void suggest_offer(struct suggestion *s, const char *candidate)
{
	unsigned distance = edit_distance(s->word, candidate);
	size_t len = strlen(s->word);

	if (distance > (len < 4 ? 1 : 2) || distance >= strlen(candidate))
		return;
	if (!s->best || distance < s->distance) {
		s->best = candidate;
		s->distance = distance;
	}
}
