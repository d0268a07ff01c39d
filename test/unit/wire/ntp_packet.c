/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/ntp_packet.h"

#include <errno.h>
#include <string.h>

#include "base/rng.h"
#include "near.h"

/* A reply of stratum 2 as it stands in RFC 5905 figure 8. */
static const uint8_t wire[NTP_HEADER_LEN] = {
	0x64, 2, 6, 0xe9, 0,    0, 0x10, 0, 0,    1, 0x80, 0, 192,  0, 2, 1,
	0xe0, 0, 0, 1,    0x80, 0, 0,    0, 0xe0, 0, 0,    2, 0x40, 0, 0, 0,
	0xe0, 0, 0, 3,    0x20, 0, 0,    0, 0xe0, 0, 0,    4, 0x10, 0, 0, 0};

static void fields_stand_where_the_rfc_says(void **state)
{
	struct ntp_packet p;

	(void)state;
	assert_int_equal(ntp_packet_decode(wire, sizeof wire, &p), 0);
	assert_int_equal(p.leap, 1);
	assert_int_equal(p.version, 4);
	assert_int_equal(p.mode, NTP_MODE_SERVER);
	assert_int_equal(p.stratum, 2);
	assert_int_equal(p.poll_log2, 6);
	assert_int_equal(p.precision_log2, -23);
	assert_near(p.root_delay_s, 0.0625, 0);
	assert_near(p.root_disp_s, 1.5, 0);
	assert_int_equal(p.refid, 0xc0000201);
	assert_true(p.reference.v == 0xe000000180000000);
	assert_true(p.origin.v == 0xe000000240000000);
	assert_true(p.receive.v == 0xe000000320000000);
	assert_true(p.transmit.v == 0xe000000410000000);
}

/* P-01 */
static void short_packets_are_refused_untouched(void **state)
{
	struct ntp_packet p, before;

	(void)state;
	memset(&p, 0x5a, sizeof p);
	before = p;
	for (size_t len = 0; len < NTP_HEADER_LEN; len++)
		assert_int_equal(ntp_packet_decode(wire, len, &p), -EBADMSG);
	assert_memory_equal(&p, &before, sizeof p);
}

static void encode_undoes_decode(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, 1);
	for (int n = 0; n < 10000; n++) {
		uint8_t in[NTP_HEADER_LEN], out[NTP_HEADER_LEN];
		struct ntp_packet p;

		for (size_t i = 0; i < sizeof in; i++)
			in[i] = (uint8_t)rng_u64(&rng);
		assert_int_equal(ntp_packet_decode(in, sizeof in, &p), 0);
		ntp_packet_encode(&p, out);
		assert_memory_equal(in, out, sizeof in);
	}
}

/* C-11: no sign, no wrap, and an error bound never shrinks on its way out. */
static void error_bounds_round_up_and_saturate(void **state)
{
	static const double given[] = {-1, 0, 1e-9, 0.1, 65535.99999, 1e9};
	struct ntp_packet p = {0}, back;
	uint8_t buf[NTP_HEADER_LEN];

	(void)state;
	for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
		p.root_delay_s = p.root_disp_s = given[i];
		ntp_packet_encode(&p, buf);
		assert_int_equal(ntp_packet_decode(buf, sizeof buf, &back), 0);
		assert_true(back.root_disp_s >= given[i] || given[i] > 65535);
		assert_true(back.root_disp_s <= 65536);
		if (given[i] >= 0 && given[i] < 65535)
			assert_near(back.root_delay_s, given[i], 0x1p-16);
	}
	p.root_disp_s = (double)NAN;
	ntp_packet_encode(&p, buf);
	assert_int_equal(ntp_packet_decode(buf, sizeof buf, &back), 0);
	assert_near(back.root_disp_s, 65536, 1);
}

static void only_the_transmit_time_is_overwritten(void **state)
{
	uint8_t buf[NTP_HEADER_LEN];
	struct ntp_packet p;

	(void)state;
	memcpy(buf, wire, sizeof buf);
	ntp_packet_set_transmit(buf, (struct ntp_ts){0x0102030405060708});
	assert_memory_equal(buf, wire, 40);
	assert_int_equal(ntp_packet_decode(buf, sizeof buf, &p), 0);
	assert_true(p.transmit.v == 0x0102030405060708);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_stand_where_the_rfc_says),
		cmocka_unit_test(short_packets_are_refused_untouched),
		cmocka_unit_test(encode_undoes_decode),
		cmocka_unit_test(error_bounds_round_up_and_saturate),
		cmocka_unit_test(only_the_transmit_time_is_overwritten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
