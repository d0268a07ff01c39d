/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypt/keys.h"

#include <stdint.h>
#include <stdlib.h>

static void note(void *arg, const struct key_error *e)
{
	(void)arg;
	if (!e->line || !e->column || !*e->text)
		abort();
}

/* Sorted, each findable, none longer than its room. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct keys keys;

	if (keys_parse((const char *)data, size, &keys, note, NULL) != keys.len)
		abort();
	for (size_t i = 0; i < keys.len; i++) {
		const struct key *k = &keys.key[i];

		if (k->id < 1 || k->id > KEY_MAX_ID || !k->len ||
		    k->len > KEY_MAX_LEN || keys_find(&keys, k->id) != k ||
		    (i && keys.key[i - 1].id >= k->id) ||
		    (k->algo == MAC_AES128CMAC && k->len != 16))
			abort();
	}
	keys_free(&keys);
	return 0;
}
