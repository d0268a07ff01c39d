/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/ext.h"

#include <string.h>

#include "base/bytes.h"
#include "cmocka_all.h"
#include "wire/ntp_packet.h"

static struct ext_tail tail_of(uint8_t fill, size_t len)
{
	uint8_t buf[NTP_HEADER_LEN + 2048] = {0};

	memset(buf + NTP_HEADER_LEN, fill, len);
	return ext_classify(buf, NTP_HEADER_LEN + len);
}

/* A header, then one well-formed field of each given length (0 ends), then rest octets of 0x11. */
static struct ext_tail fields(const unsigned *len, size_t rest)
{
	uint8_t buf[NTP_HEADER_LEN + 8192];
	struct bytes_out out = bytes_out(buf, sizeof buf);

	bytes_put_zeros(&out, NTP_HEADER_LEN);
	for (; *len; len++) {
		bytes_put_u16(&out, 0x2005);
		bytes_put_u16(&out, (uint16_t)*len);
		bytes_put_zeros(&out, *len - 4);
	}
	while (rest-- > 0)
		bytes_put_u8(&out, 0x11);
	assert_false(out.bad);
	return ext_classify(buf, out.len);
}

#define FIELDS(rest, ...) fields((const unsigned[]){__VA_ARGS__, 0}, rest)

/* what every length of zeros and of 0xFF means. */
static void every_tail_length(void **state)
{
	(void)state;
	for (size_t len = 0; len <= 120; len++) {
		bool mac = len == 20 || len == 24;
		enum ext_verdict zeros = len == 0   ? EXT_PLAIN
					 : len == 4 ? EXT_CRYPTO_NAK
					 : mac      ? EXT_MAC
						    : EXT_BAD;
		enum ext_verdict ones = len == 0 ? EXT_PLAIN
					: mac    ? EXT_MAC
						 : EXT_BAD;

		assert_int_equal(tail_of(0, len).verdict, zeros);
		assert_int_equal(tail_of(0xff, len).verdict, ones);
	}
}

/* a field whose length is nonsense spoils the whole packet. */
static void bad_field_lengths(void **state)
{
	static const uint16_t bad[] = {0,  1,  3,   4,   5,      12,
				       15, 18, 104, 102, 0xfffc, 0xffff};
	uint8_t buf[NTP_HEADER_LEN + 100] = {0};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct bytes_out out = bytes_out(buf + NTP_HEADER_LEN, 4);

		bytes_put_u16(&out, 0x2005);
		bytes_put_u16(&out, bad[i]);
		assert_int_equal(ext_classify(buf, sizeof buf).verdict,
				 EXT_BAD);
	}
}

/* the last field without MAC has 28 octets or more. */
static void well_formed_fields(void **state)
{
	(void)state;
	assert_int_equal(FIELDS(0, 28).verdict, EXT_PLAIN);
	assert_int_equal(FIELDS(0, 1000).verdict, EXT_PLAIN);
	assert_int_equal(FIELDS(0, 16, 28).verdict, EXT_PLAIN);
	assert_int_equal(FIELDS(0, 16, 28).fields, 2);
	assert_int_equal(FIELDS(0, 28, 16).verdict, EXT_BAD);
	assert_int_equal(FIELDS(0, 16).verdict, EXT_BAD);
	/* 20 and 24 octets alone are a MAC, of key 0x20050014. */
	assert_int_equal(FIELDS(0, 20).verdict, EXT_MAC);
	assert_int_equal(FIELDS(0, 20).mac_keyid, 0x20050014);
}

static void mac_behind_fields(void **state)
{
	struct ext_tail tail = FIELDS(24, 16, 40);

	(void)state;
	assert_int_equal(tail.verdict, EXT_MAC);
	assert_int_equal(tail.mac_at, NTP_HEADER_LEN + 56);
	assert_int_equal(tail.mac_keyid, 0x11111111);
	assert_int_equal(tail.fields, 2);
	assert_int_equal(FIELDS(20, 16).verdict, EXT_MAC);
	assert_int_equal(FIELDS(22, 16).verdict, EXT_BAD);
	assert_int_equal(FIELDS(4, 28).verdict, EXT_BAD);
}

/* the work per packet has an end. */
static void too_many_fields(void **state)
{
	uint8_t buf[NTP_HEADER_LEN + 300 * 16] = {0};

	(void)state;
	for (size_t at = NTP_HEADER_LEN; at < sizeof buf; at += 16)
		buf[at + 3] = 16;
	assert_int_equal(ext_classify(buf, sizeof buf).verdict, EXT_BAD);
	assert_true(ext_classify(buf, sizeof buf).fields <= EXT_MAX_FIELDS + 1);
	/* as many as are allowed, the last of 28 */
	buf[NTP_HEADER_LEN + (EXT_MAX_FIELDS - 1) * 16 + 3] = 28;
	assert_int_equal(
		ext_classify(buf,
			     NTP_HEADER_LEN + (EXT_MAX_FIELDS - 1) * 16 + 28)
			.verdict,
		EXT_PLAIN);
}

/* The first of a type, wherever it stands; never beyond the end. */
static void finding_a_field(void **state)
{
	uint8_t buf[NTP_HEADER_LEN + 28 + 44 + 28] = {0};
	uint8_t *field = buf + NTP_HEADER_LEN;
	size_t len = 99;

	(void)state;
	field[0] = 0x01;
	field[3] = 28;
	field[28] = 0xF7;
	field[29] = 0xB1;
	field[31] = 44;
	field[72] = 0xF7;
	field[73] = 0xB1;
	field[75] = 28;
	assert_ptr_equal(ext_find(buf, sizeof buf, 0xF7B1, &len), field + 32);
	assert_int_equal(len, 40);
	assert_ptr_equal(ext_find(buf, sizeof buf, 0x0100, &len), field + 4);
	assert_int_equal(len, 24);
	assert_null(ext_find(buf, sizeof buf, 0x0204, &len));
	for (size_t cut = 0; cut < NTP_HEADER_LEN + 28 + 44; cut++)
		assert_null(ext_find(buf, cut, 0xF7B1, &len));
	field[31] = 45;
	assert_null(ext_find(buf, sizeof buf, 0xF7B1, &len));
	field[31] = 0;
	assert_null(ext_find(buf, sizeof buf, 0xF7B1, &len));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_tail_length),
		cmocka_unit_test(bad_field_lengths),
		cmocka_unit_test(well_formed_fields),
		cmocka_unit_test(mac_behind_fields),
		cmocka_unit_test(too_many_fields),
		cmocka_unit_test(finding_a_field),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
