/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/ntp_ts.h"

#include "base/rng.h"
#include "base/units.h"
#include "near.h"

/* RFC 5905 figure 4: 1 January 1970 is 2208988800.0 in era 0. */
static void unix_epoch(void **state)
{
	(void)state;
	assert_true(ntp_ts_from_ns(0).v == NTP_UNIX_OFFSET << 32);
	assert_true(ntp_ts_from_ns(-NS_PER_S / 2).v ==
		    ((NTP_UNIX_OFFSET - 1) << 32 | UINT64_C(1) << 31));
}

/* P-23: 2036-02-07 06:28:15.9, and on into era 1. */
static void era_rollover(void **state)
{
	int64_t before = INT64_C(2085978495) * NS_PER_S + 900000000;
	struct ntp_ts a = ntp_ts_from_ns(before);
	struct ntp_ts b = ntp_ts_from_ns(before + NS_PER_S);

	(void)state;
	assert_true(a.v > b.v);
	assert_near(ntp_ts_diff_s(b, a), 1.0, 1e-9);
	assert_true(ntp_ts_to_ns(b, before) - before == NS_PER_S);
	assert_true(ntp_ts_to_ns(a, before + NS_PER_S) == before);
}

static void round_trip(void **state)
{
	struct rng r;

	(void)state;
	rng_seed(&r, 1);
	for (int i = 0; i < 100000; i++) {
		int64_t ns = (int64_t)(rng_u64(&r) >> 2);
		int64_t near = ns + (int64_t)(rng_u64(&r) >> 3);
		int64_t back = ntp_ts_to_ns(ntp_ts_from_ns(ns), ns);

		assert_true(back == ns);
		if (near - ns < INT64_C(60) * 365 * 86400 * NS_PER_S) {
			back = ntp_ts_to_ns(ntp_ts_from_ns(ns), near);
			assert_true(back - ns >= -1 && back - ns <= 1);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unix_epoch),
		cmocka_unit_test(era_rollover),
		cmocka_unit_test(round_trip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
