/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/control.h"

#include <errno.h>
#include <string.h>

#include "base/rng.h"
#include "cmocka_all.h"

/* RFC 9327 figure 1. */
static void header_of_the_rfc(void **state)
{
	static const uint8_t wire[16] = {0x96, 0xe2, 0x01, 0x02, 0x06, 0x15,
					 0xab, 0xcd, 0x01, 0xd4, 0x00, 0x03,
					 'a',  '=',  '1',  0};
	struct control_header h;
	const uint8_t *data;
	uint8_t back[16];

	(void)state;
	assert_int_equal(control_decode(wire, sizeof wire, &h, &data), 0);
	assert_int_equal(h.leap, 2);
	assert_int_equal(h.version, 2);
	assert_true(h.response && h.error && h.more);
	assert_int_equal(h.op, CONTROL_READVAR);
	assert_int_equal(h.sequence, 0x0102);
	assert_int_equal(h.status, 0x0615);
	assert_int_equal(h.assoc_id, 0xabcd);
	assert_int_equal(h.offset, 468);
	assert_int_equal(h.count, 3);
	assert_memory_equal(data, "a=1", 3);
	assert_int_equal(control_encode(&h, data, back, sizeof back), 16);
	assert_memory_equal(back, wire, sizeof wire);
}

/* M-03: a count that promises more than there is. */
static void count_beyond_the_end(void **state)
{
	uint8_t buf[CONTROL_HEADER_LEN + 4] = {0x16, CONTROL_READVAR};
	struct control_header h = {.sequence = 77};
	const uint8_t *data = NULL;

	(void)state;
	buf[11] = 5;
	assert_int_equal(control_decode(buf, sizeof buf, &h, &data), -EBADMSG);
	buf[10] = 0xff;
	assert_int_equal(control_decode(buf, sizeof buf, &h, &data), -EBADMSG);
	buf[10] = 0;
	buf[11] = 4;
	for (size_t len = 0; len < sizeof buf; len++)
		assert_int_equal(control_decode(buf, len, &h, &data), -EBADMSG);
	assert_int_equal(h.sequence, 77);
	assert_null(data);
	assert_int_equal(control_decode(buf, sizeof buf, &h, &data), 0);
}

static void only_mode_6(void **state)
{
	uint8_t buf[CONTROL_HEADER_LEN] = {0};
	struct control_header h;
	const uint8_t *data;

	(void)state;
	for (uint8_t mode = 0; mode < 8; mode++) {
		buf[0] = (uint8_t)(2 << 3 | mode);
		assert_int_equal(control_decode(buf, sizeof buf, &h, &data),
				 mode == 6 ? 0 : -EBADMSG);
	}
}

static void encode_then_decode(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, 6);
	for (int n = 0; n < 2000; n++) {
		uint8_t data[CONTROL_MAX_DATA], buf[CONTROL_MAX_LEN];
		uint64_t r = rng_u64(&rng);
		struct control_header h = {
			.leap = r & 3,
			.version = r >> 2 & 7,
			.response = r >> 5 & 1,
			.error = r >> 6 & 1,
			.more = r >> 7 & 1,
			.op = r >> 8 & 0x1f,
			.sequence = (uint16_t)(r >> 16),
			.status = (uint16_t)(r >> 32),
			.assoc_id = (uint16_t)(r >> 48),
			.offset = (uint16_t)(r >> 13),
			.count = (uint16_t)(r % (CONTROL_MAX_DATA + 1)),
		};
		struct control_header back = {0};
		const uint8_t *p;
		size_t len;

		memset(data, (int)(r & 0xff), sizeof data);
		len = control_encode(&h, data, buf, sizeof buf);
		assert_int_equal(len % 4, 0);
		assert_true(len >= CONTROL_HEADER_LEN + (size_t)h.count);
		assert_int_equal(control_decode(buf, len, &back, &p), 0);
		assert_memory_equal(&back, &h, sizeof h);
		assert_memory_equal(p, data, h.count);
		assert_int_equal(control_encode(&h, data, buf, len - 1), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(header_of_the_rfc),
		cmocka_unit_test(count_beyond_the_end),
		cmocka_unit_test(only_mode_6),
		cmocka_unit_test(encode_then_decode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
