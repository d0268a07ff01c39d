/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pool/settings/settings.h"

/* What is read without an error can be printed, read again, and is the same. */

static char *print(const struct pool_settings *s, size_t *len)
{
	char *text;
	FILE *out = open_memstream(&text, len);

	settings_print(s, out);
	fclose(out);
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pool_settings *s = settings_new(), *again = settings_new();
	char *found, *first = NULL, *second = NULL;
	size_t found_len, len, len2;
	FILE *errors = open_memstream(&found, &found_len);

	if (settings_parse(s, "f", (const char *)data, size, errors) == 0) {
		first = print(s, &len);
		if (settings_parse(again, "f", first, len, errors) < 0)
			abort();
		second = print(again, &len2);
		if (strcmp(first, second) != 0)
			abort();
	}
	fclose(errors);
	free(found);
	free(first);
	free(second);
	settings_free(s);
	settings_free(again);
	return 0;
}
