/* SPDX-License-Identifier: BSD-2-Clause */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "ntpq/assembly.h"
#include "ntpq/cook.h"

/*
 * A hostile server's datagrams, each with its length in front (two octets):
 * put together, and what comes of it shown.  Every octet shown is printable.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct assembly a;
	static char shown[1 << 17];
	enum assembly_verdict v = ASSEMBLY_MORE;
	FILE *out;

	assembly_init(&a, CONTROL_READVAR, 1, 0);
	while (size >= 2 && v <= ASSEMBLY_MORE) {
		size_t len = (size_t)data[0] << 8 | data[1];

		data += 2;
		size -= 2;
		if (len > size)
			len = size;
		v = assembly_add(&a, data, len);
		data += len;
		size -= len;
	}
	if (v != ASSEMBLY_DONE)
		return 0;
	assert(a.len <= ASSEMBLY_MAX_LEN && a.data[a.len] == '\0');
	memset(shown, 0, sizeof shown);
	out = fmemopen(shown, sizeof shown - 1, "w");
	assert(out);
	cook_items(out, a.data, a.len, 0);
	cook_raw(out, a.data, a.len);
	fclose(out);
	for (const char *p = shown; *p; p++)
		assert(*p == '\n' || (*p >= ' ' && *p <= '~'));
	return 0;
}
