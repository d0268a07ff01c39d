/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/bytes.h"

#include "cmocka_all.h"

static void reads_back_what_was_written(void **state)
{
	uint8_t buf[15];
	struct bytes_out out = bytes_out(buf, sizeof buf);
	struct bytes_in in;

	(void)state;
	bytes_put_u8(&out, 0x01);
	bytes_put_u16(&out, 0x0203);
	bytes_put_u32(&out, 0x04050607);
	bytes_put_u64(&out, UINT64_C(0x08090a0b0c0d0e0f));
	assert_false(out.bad);
	assert_int_equal(out.len, 15);
	for (unsigned i = 0; i < sizeof buf; i++)
		assert_int_equal(buf[i], i + 1);

	in = bytes_in(buf, sizeof buf);
	assert_int_equal(bytes_u8(&in), 0x01);
	assert_int_equal(bytes_u16(&in), 0x0203);
	assert_int_equal(bytes_u32(&in), 0x04050607);
	assert_true(bytes_u64(&in) == UINT64_C(0x08090a0b0c0d0e0f));
	assert_false(in.bad);
	assert_int_equal(in.left, 0);
}

static void errors_stick(void **state)
{
	uint8_t buf[3] = {1, 2, 3};
	struct bytes_in in = bytes_in(buf, 3);
	struct bytes_out out = bytes_out(buf, 3);

	(void)state;
	assert_int_equal(bytes_u32(&in), 0);
	assert_true(in.bad);
	assert_int_equal(bytes_u8(&in), 0);
	assert_null(bytes_take(&in, 0));

	bytes_put_u32(&out, 7);
	assert_true(out.bad);
	bytes_put_u8(&out, 9);
	assert_int_equal(out.len, 0);
	assert_int_equal(buf[0], 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_back_what_was_written),
		cmocka_unit_test(errors_stick),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
