/* SPDX-License-Identifier: BSD-2-Clause */
#include "ntp/leap_table.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ntp_ts.h"
#include "base/units.h"
#include "crypt/digest.h"

static long long stamp(int64_t wall_ns)
{
	return (long long)(wall_ns / NS_PER_S) + (long long)NTP_UNIX_OFFSET;
}

/* What was accepted, written anew with its hash, must be accepted as the same. */
static void round_trip(const struct leap_table *t)
{
	struct leap_table again = {0};
	uint8_t h[SHA1_LEN];
	char *text = NULL, *digits = NULL, error[160];
	size_t len, n_digits;
	FILE *out = open_memstream(&text, &len);
	FILE *sum = open_memstream(&digits, &n_digits);

	fprintf(out, "#$ %lld\n#@ %lld\n", stamp(t->updated_wall_ns),
		stamp(t->expires_wall_ns));
	fprintf(sum, "%lld%lld", stamp(t->updated_wall_ns),
		stamp(t->expires_wall_ns));
	for (size_t i = 0; i < t->n; i++) {
		fprintf(out, "%lld %d\n", stamp(t->entry[i].wall_ns),
			t->entry[i].tai_offset_s);
		fprintf(sum, "%lld%d", stamp(t->entry[i].wall_ns),
			t->entry[i].tai_offset_s);
	}
	fclose(sum);
	digest_sha1(digits, n_digits, h);
	fprintf(out, "#h");
	for (size_t i = 0; i < SHA1_LEN; i += 4)
		fprintf(out, " %x%02x%02x%02x", h[i], h[i + 1], h[i + 2],
			h[i + 3]);
	fclose(out);
	if (leap_table_parse(text, len, &again, error) < 0 || again.n != t->n ||
	    memcmp(again.entry, t->entry, t->n * sizeof *t->entry) != 0)
		abort();
	free(text);
	free(digits);
}

/*
 * No chance input has the right hash, so the table is also judged through the
 * functions that read it, and every accepted one is written and read again.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct leap_table t = {0};
	char error[160] = "";

	if (leap_table_parse((const char *)data, size, &t, error) < 0) {
		if (!*error || t.n)
			abort();
		return 0;
	}
	for (size_t i = 0; i < t.n; i++)
		if (leap_table_tai(&t, t.entry[i].wall_ns) !=
		    t.entry[i].tai_offset_s)
			abort();
	round_trip(&t);
	return 0;
}
