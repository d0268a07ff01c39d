/* SPDX-License-Identifier: BSD-2-Clause */
#include "ntpq/assembly.h"

#include <string.h>

#include "base/rng.h"
#include "cmocka_all.h"

#define SEQUENCE 4711
#define ASSOC 7

static struct assembly a; /* 15 KiB */

static void begin(void)
{
	assembly_init(&a, CONTROL_READVAR, SEQUENCE, ASSOC);
}

static struct control_header answer(uint16_t offset, const char *text,
				    bool more)
{
	return (struct control_header){.version = 2,
				       .response = true,
				       .more = more,
				       .op = CONTROL_READVAR,
				       .sequence = SEQUENCE,
				       .status = 0x0615,
				       .assoc_id = ASSOC,
				       .offset = offset,
				       .count = (uint16_t)strlen(text)};
}

static enum assembly_verdict add(const struct control_header *h,
				 const char *text)
{
	uint8_t packet[1024];
	size_t len = control_encode(h, text, packet, sizeof packet);

	assert_true(len > 0);
	return assembly_add(&a, packet, len);
}

static enum assembly_verdict fragment(uint16_t offset, const char *text,
				      bool more)
{
	struct control_header h = answer(offset, text, more);

	return add(&h, text);
}

static void fragments_come_in_any_order(void **state)
{
	(void)state;
	begin();
	assert_int_equal(fragment(0, "", false), ASSEMBLY_DONE);
	assert_int_equal(a.len, 0);

	begin();
	assert_int_equal(fragment(6, "ghi", false), ASSEMBLY_MORE);
	assert_int_equal(fragment(0, "abc", true), ASSEMBLY_MORE);
	assert_int_equal(fragment(0, "abc", true), ASSEMBLY_IGNORED);
	assert_int_equal(fragment(3, "def", true), ASSEMBLY_DONE);
	assert_string_equal(a.data, "abcdefghi");
	assert_int_equal(a.len, 9);
	assert_int_equal(a.status, 0x0615);
}

/* M-12: answers to something else are not answers. */
static void strangers_are_ignored(void **state)
{
	struct control_header good = answer(0, "x", false), h;
	uint8_t packet[64] = {0x16, 0x82};

	(void)state;
	begin();
	h = good;
	h.sequence++;
	assert_int_equal(add(&h, "x"), ASSEMBLY_IGNORED);
	h = good;
	h.assoc_id++;
	assert_int_equal(add(&h, "x"), ASSEMBLY_IGNORED);
	h = good;
	h.op = CONTROL_READSTAT;
	assert_int_equal(add(&h, "x"), ASSEMBLY_IGNORED);
	h = good;
	h.response = false;
	assert_int_equal(add(&h, "x"), ASSEMBLY_IGNORED);
	for (size_t len = 0; len < CONTROL_HEADER_LEN; len++)
		assert_int_equal(assembly_add(&a, packet, len),
				 ASSEMBLY_IGNORED);
	assert_int_equal(add(&good, "x"), ASSEMBLY_DONE);
}

static void errors_are_told(void **state)
{
	struct control_header h = answer(0, "", false);

	(void)state;
	begin();
	h.error = true;
	h.status = CONTROL_ERR_UNKNOWNVAR << 8;
	assert_int_equal(add(&h, ""), ASSEMBLY_REFUSED);
	assert_int_equal(a.error, CONTROL_ERR_UNKNOWNVAR);
}

/* M-12: overlap, and more than there is room for. */
static void overlap_is_rejected(void **state)
{
	(void)state;
	begin();
	assert_int_equal(fragment(0, "abcd", true), ASSEMBLY_MORE);
	assert_int_equal(fragment(2, "cdef", true), ASSEMBLY_REJECTED);
	begin();
	assert_int_equal(fragment(0, "abcd", true), ASSEMBLY_MORE);
	assert_int_equal(fragment(0, "ab", true), ASSEMBLY_REJECTED);
	begin();
	assert_int_equal(fragment(65535, "x", false), ASSEMBLY_REJECTED);
	begin();
	assert_int_equal(fragment(ASSEMBLY_MAX_LEN - 1, "xy", true),
			 ASSEMBLY_REJECTED);
	begin(); /* two ends */
	assert_int_equal(fragment(4, "x", false), ASSEMBLY_MORE);
	assert_int_equal(fragment(9, "x", false), ASSEMBLY_REJECTED);
	begin(); /* something behind the end, whichever comes first */
	assert_int_equal(fragment(4, "x", false), ASSEMBLY_MORE);
	assert_int_equal(fragment(9, "x", true), ASSEMBLY_REJECTED);
	begin();
	assert_int_equal(fragment(9, "yyyyyyyyyy", true), ASSEMBLY_MORE);
	assert_int_equal(fragment(4, "x", false), ASSEMBLY_REJECTED);
}

/* M-15: the same place with other octets. */
static void contradiction_is_rejected(void **state)
{
	(void)state;
	begin();
	assert_int_equal(fragment(0, "abcd", true), ASSEMBLY_MORE);
	assert_int_equal(fragment(0, "abce", true), ASSEMBLY_REJECTED);
}

/* M-12: a server that never ends. */
static void endless_answers_end(void **state)
{
	enum assembly_verdict v = ASSEMBLY_MORE;
	unsigned n = 0;

	(void)state;
	begin();
	assert_int_equal(fragment(0, "", true), ASSEMBLY_IGNORED);
	while (v == ASSEMBLY_MORE)
		v = fragment((uint16_t)n++, "x", true);
	assert_int_equal(v, ASSEMBLY_REJECTED);
	assert_int_equal(n, ASSEMBLY_MAX_FRAGMENTS + 1);
}

/* However a text is cut and shuffled, it comes together again. */
static void any_cut_and_order(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, 1);
	for (int round = 0; round < 200; round++) {
		char text[3000], piece[500];
		size_t len = rng_u64(&rng) % sizeof text, n = 0, i = 0;
		size_t at[ASSEMBLY_MAX_FRAGMENTS + 1] = {0};

		for (size_t k = 0; k < len; k++)
			text[k] = (char)('a' + rng_u64(&rng) % 26);
		while (at[n] < len) {
			at[n + 1] = at[n] + 100 + rng_u64(&rng) % 399;
			n++;
		}
		at[n] = len;
		begin();
		for (size_t from = n ? rng_u64(&rng) % n : 0; i < n; i++) {
			size_t k = (from + i) % n, size = at[k + 1] - at[k];

			memcpy(piece, text + at[k], size);
			piece[size] = '\0';
			assert_int_equal(
				fragment((uint16_t)at[k], piece, k + 1 < n),
				i + 1 < n ? ASSEMBLY_MORE : ASSEMBLY_DONE);
		}
		assert_int_equal(a.len, n ? len : 0);
		assert_memory_equal(a.data, text, a.len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fragments_come_in_any_order),
		cmocka_unit_test(strangers_are_ignored),
		cmocka_unit_test(errors_are_told),
		cmocka_unit_test(overlap_is_rejected),
		cmocka_unit_test(contradiction_is_rejected),
		cmocka_unit_test(endless_answers_end),
		cmocka_unit_test(any_cut_and_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
