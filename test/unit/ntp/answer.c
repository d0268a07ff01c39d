/* SPDX-License-Identifier: BSD-2-Clause */
#include "ntp/answer.h"

#include <string.h>

#include "base/units.h"
#include "near.h"

#define NOW_NS (INT64_C(1763900000) * NS_PER_S + 123456789)

static const struct sys_view synced = {
	.leap = LEAP_INSERT,
	.stratum = 2,
	.precision_log2 = -24,
	.refid = 0xc0000201,
	.root_delay_s = 0.02,
	.root_disp_s = 0.001,
	.root_disp_growth = NTP_PHI,
	.reference = {0xec00000000000000},
	.at_mono_ns = 1000 * NS_PER_S,
	.expires_mono_ns = 90000 * NS_PER_S,
};

static struct ntp_packet request(uint8_t version, uint8_t mode)
{
	return (struct ntp_packet){.version = version,
				   .mode = mode,
				   .poll_log2 = 6,
				   .reference = {0x4e54503544524654},
				   .origin = {11},
				   .receive = {22},
				   .transmit = {0xfeedfacecafebeef}};
}

static struct ntp_packet answered(struct ntp_packet q)
{
	struct ntp_packet reply;

	memset(&reply, 0xa5, sizeof reply);
	answer(&synced, &q, NOW_NS, &reply);
	return reply;
}

/* P-03; RFC 5905 figure 22 (fast_xmit). */
static void version_is_kept_and_origin_is_their_transmit(void **state)
{
	(void)state;
	for (uint8_t v = 1; v <= 4; v++) {
		struct ntp_packet r = answered(request(v, NTP_MODE_CLIENT));

		assert_int_equal(r.version, v);
		assert_int_equal(r.mode, NTP_MODE_SERVER);
		assert_int_equal(r.leap, LEAP_INSERT);
		assert_int_equal(r.stratum, 2);
		assert_int_equal(r.precision_log2, -24);
		assert_int_equal(r.refid, 0xc0000201);
		assert_true(r.origin.v == 0xfeedfacecafebeef);
		assert_true(r.receive.v == ntp_ts_from_ns(NOW_NS).v);
		assert_true(r.transmit.v == 0);
	}
}

/* P-05; w32time sends mode 1 and wants mode 2. */
static void modes(void **state)
{
	(void)state;
	assert_int_equal(answered(request(1, NTP_MODE_UNSPEC)).mode,
			 NTP_MODE_SERVER);
	assert_int_equal(answered(request(3, NTP_MODE_ACTIVE)).mode,
			 NTP_MODE_PASSIVE);
}

/* P-14 */
static void transmit_of_zero(void **state)
{
	struct ntp_packet q = request(4, NTP_MODE_CLIENT);

	(void)state;
	q.transmit.v = 0;
	assert_true(answered(q).origin.v == 0);
}

/* P-16: nothing of the request but transmit, version and poll comes back. */
static void reference_is_not_echoed(void **state)
{
	struct ntp_packet q = request(4, NTP_MODE_CLIENT);
	struct ntp_packet r = answered(q);

	(void)state;
	assert_true(r.reference.v == synced.reference.v);
	q.refid = 0x41414141;
	q.leap = 3;
	q.stratum = 9;
	q.root_delay_s = q.root_disp_s = 99;
	q.reference.v = q.origin.v = q.receive.v = 7;
	q.precision_log2 = 1;
	{
		struct ntp_packet again = answered(q);

		assert_memory_equal(&again, &r, sizeof r);
	}
}

static void poll_is_bounded(void **state)
{
	struct ntp_packet q = request(4, NTP_MODE_CLIENT);

	(void)state;
	for (int poll = -128; poll <= 127; poll++) {
		q.poll_log2 = (int8_t)poll;
		assert_int_equal(answered(q).poll_log2, poll < 0    ? 0
							: poll > 17 ? 17
								    : poll);
	}
}

/* P-21: never a plausible stratum before the first synchronisation. */
static void unsynchronised_is_said(void **state)
{
	struct sys_view view = synced;
	struct ntp_packet q = request(4, NTP_MODE_CLIENT), r;

	(void)state;
	view.stratum = NTP_STRATUM_UNSYNC;
	view.leap = LEAP_UNSYNC;
	view.refid = refid_from_code("INIT");
	answer(&view, &q, NOW_NS, &r);
	assert_int_equal(r.leap, LEAP_UNSYNC);
	assert_int_equal(r.stratum, 0);
	assert_int_equal(r.refid, 0x494e4954);
	/* either sign alone is enough */
	view.leap = LEAP_NONE;
	answer(&view, &q, NOW_NS, &r);
	assert_int_equal(r.leap, LEAP_UNSYNC);
	view.leap = LEAP_UNSYNC;
	view.stratum = 2;
	answer(&view, &q, NOW_NS, &r);
	assert_int_equal(r.stratum, 0);
}

/* P-22: a week without sources, 15 ppm; then the view expires. */
static void holdover_ages_and_ends(void **state)
{
	struct sys_view v;

	(void)state;
	v = view_at(&synced, synced.at_mono_ns + 10000 * NS_PER_S);
	assert_near(v.root_disp_s, 0.001 + 0.15, 1e-12);
	assert_int_equal(v.stratum, 2);
	v = view_at(&synced, synced.expires_mono_ns - 1);
	assert_int_equal(v.stratum, 2);
	v = view_at(&synced, synced.expires_mono_ns);
	assert_int_equal(v.stratum, NTP_STRATUM_UNSYNC);
	assert_int_equal(v.leap, LEAP_UNSYNC);
	assert_int_equal(v.refid, 0x494e4954);
	/* a view from the future (another CPU's clock) does not shrink */
	v = view_at(&synced, synced.at_mono_ns - 5);
	assert_near(v.root_disp_s, 0.001, 0);
}

/* P-23: 2036-02-07 06:28:15.9 and after. */
static void era_wraps(void **state)
{
	const int64_t era1_ns = INT64_C(2085978496) * NS_PER_S;
	struct ntp_packet q = request(4, NTP_MODE_CLIENT), r;

	(void)state;
	q.transmit.v = UINT64_MAX;
	answer(&synced, &q, era1_ns - 100 * NS_PER_MS, &r);
	assert_true(r.receive.v >> 32 == 0xffffffff);
	assert_true(r.origin.v == UINT64_MAX);
	answer(&synced, &q, era1_ns + 100 * NS_PER_MS, &r);
	assert_true(r.receive.v >> 32 == 0);
}

static void kiss(void **state)
{
	struct ntp_packet q = request(3, NTP_MODE_CLIENT), r;

	(void)state;
	answer_kiss(&synced, &q, NOW_NS, "RATE", &r);
	assert_int_equal(r.leap, LEAP_UNSYNC);
	assert_int_equal(r.stratum, 0);
	assert_int_equal(r.version, 3);
	assert_int_equal(r.mode, NTP_MODE_SERVER);
	assert_int_equal(r.refid, 0x52415445);
	assert_true(r.origin.v == q.transmit.v);
	assert_int_equal(refid_from_code("GPS"), 0x47505300);
	assert_int_equal(refid_from_code(""), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(version_is_kept_and_origin_is_their_transmit),
		cmocka_unit_test(modes),
		cmocka_unit_test(transmit_of_zero),
		cmocka_unit_test(reference_is_not_echoed),
		cmocka_unit_test(poll_is_bounded),
		cmocka_unit_test(unsynchronised_is_said),
		cmocka_unit_test(holdover_ages_and_ends),
		cmocka_unit_test(era_wraps),
		cmocka_unit_test(kiss),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
