/* SPDX-License-Identifier: BSD-2-Clause */
#include "ntpq/items.h"

#include <string.h>

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* From p to the first comma that is not between quotes. */
static const char *item_end(const char *p, const char *end)
{
	bool quoted = false;

	for (; p < end && (quoted || *p != ','); p++)
		if (*p == '"')
			quoted = !quoted;
	return p;
}

/* Without the space around; a filter list ends with it in some daemons. */
static void trim(const char **p, const char **end)
{
	while (*p < *end && is_space(**p))
		(*p)++;
	while (*p < *end && is_space((*end)[-1]))
		(*end)--;
}

bool items_next(struct items *it, struct item *out)
{
	const char *p, *end, *equals, *name_end;

	do {
		p = it->p;
		end = item_end(p, it->end);
		it->p = end < it->end ? end + 1 : end;
		trim(&p, &end);
		if (p == end && it->p == it->end)
			return false;
	} while (p == end);

	equals = memchr(p, '=', (size_t)(end - p));
	name_end = equals ? equals : end;
	out->name = p;
	out->value = equals ? equals + 1 : end;
	trim(&out->name, &name_end);
	trim(&out->value, &end);
	out->name_len = (size_t)(name_end - out->name);
	out->value_len = (size_t)(end - out->value);
	return true;
}

bool item_is(const struct item *it, const char *name)
{
	return strlen(name) == it->name_len &&
	       memcmp(name, it->name, it->name_len) == 0;
}

char *item_text(const struct item *it, char *buf, size_t cap)
{
	const char *p = it->value;
	size_t len = it->value_len;

	if (len >= 2 && p[0] == '"' && p[len - 1] == '"') {
		p++;
		len -= 2;
	}
	if (len >= cap)
		len = cap - 1;
	memcpy(buf, p, len);
	buf[len] = '\0';
	return buf;
}
