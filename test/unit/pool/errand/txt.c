/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/errand/txt.h"

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "cmocka_all.h"

/* An answer of RFC 1035: one question, then records that a test adds. */
struct answer {
	uint8_t data[70000];
	size_t len;
};

static void add(struct answer *a, const void *data, size_t len)
{
	assert_true(a->len + len <= sizeof a->data);
	memcpy(a->data + a->len, data, len);
	a->len += len;
}

static void begin(struct answer *a)
{
	static const uint8_t head[] = {0x12, 0x34, 0x81, 0x80, 0, 1,
				       0,    0,    0,    0,    0, 0};
	static const uint8_t question[] = {9,   '_', 'n', 't', 'p', '-', 'p',
					   'o', 'o', 'l', 1,   'a', 1,   'b',
					   0,   0,   16,  0,   1};

	a->len = 0;
	add(a, head, sizeof head);
	add(a, question, sizeof question);
}

/* A record of the question's name; strings: with their length octets. */
static void record(struct answer *a, uint8_t type, const void *strings,
		   size_t len)
{
	const uint8_t head[] = {0xC0,
				12,
				0,
				type,
				0,
				1,
				0,
				0,
				0,
				60,
				(uint8_t)(len >> 8),
				(uint8_t)(len & 0xFF)};
	unsigned n = (unsigned)(a->data[6] << 8 | a->data[7]) + 1;

	add(a, head, sizeof head);
	add(a, strings, len);
	a->data[6] = (uint8_t)(n >> 8);
	a->data[7] = (uint8_t)(n & 0xFF);
}

static void exact_words(void **state)
{
	static struct answer a;

	(void)state;
	begin(&a);
	assert_false(txt_answer_has(a.data, a.len, "token"));
	record(&a, 16, "\6token2", 7);
	record(&a, 16, "\4toke", 5);
	record(&a, 16, "\0", 1);
	record(&a, 1, "\5token", 6); /* type A */
	assert_false(txt_answer_has(a.data, a.len, "token"));
	record(&a, 16, "\2to\0\3ken", 8); /* strings belong together */
	assert_true(txt_answer_has(a.data, a.len, "token"));
	assert_true(txt_answer_has(a.data, a.len, "toke"));
	assert_true(txt_answer_has(a.data, a.len, ""));
	assert_false(txt_answer_has(a.data, a.len, "tok"));
}

static void answers_of_64_kib(void **state)
{
	static struct answer a;
	uint8_t strings[512];

	(void)state;
	begin(&a);
	for (size_t i = 0; i < sizeof strings; i++)
		strings[i] = i % 256 == 0 ? 255 : 'x';
	while (a.len + sizeof strings + 12 < TXT_ANSWER_MAX)
		record(&a, 16, strings, sizeof strings);
	assert_false(txt_answer_has(a.data, a.len, "token"));

	/* Beyond the limit nothing is looked at, before it everything is. */
	begin(&a);
	for (int i = 0; i < TXT_RECORDS_MAX - 1; i++)
		record(&a, 16, "\1x", 2);
	record(&a, 16, "\5token", 6);
	assert_true(txt_answer_has(a.data, a.len, "token"));
	record(&a, 16, "\5other", 6);
	assert_false(txt_answer_has(a.data, a.len, "other"));
}

/* Cut short, lying about lengths, or noise. */
static void rubbish(void **state)
{
	static struct answer a, b;
	struct rng rng;

	(void)state;
	begin(&a);
	record(&a, 16, "\2to\3ken", 7);
	for (size_t len = 0; len < a.len; len++) {
		uint8_t *copy = malloc(len + 1); /* for the sanitizer */

		memcpy(copy, a.data, len);
		assert_false(txt_answer_has(copy, len, "token"));
		free(copy);
	}
	rng_seed(&rng, 1);
	for (int i = 0; i < 20000; i++) {
		b = a;
		for (int j = 0; j < 3; j++)
			b.data[rng_u64(&rng) % b.len] = (uint8_t)rng_u64(&rng);
		(void)txt_answer_has(b.data, b.len, "token");
	}
	b.len = 0;
	begin(&b);
	record(&b, 16, "\377token", 6); /* says 255, holds 5 */
	assert_false(txt_answer_has(b.data, b.len, "token"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exact_words),
		cmocka_unit_test(answers_of_64_kib),
		cmocka_unit_test(rubbish),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
