/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/embed.h"

#include <string.h>

const struct embed *embed_find(const struct embed *table, const char *name)
{
	for (; table->name; table++)
		if (strcmp(table->name, name) == 0)
			return table;
	return NULL;
}
