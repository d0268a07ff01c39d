/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/ntpctl/doctor.h"

#include <string.h>
#include <sys/stat.h>

#include "base/container.h"
#include "cmocka_all.h"
#include "scratch.h"

/* What a test cannot bring about on a machine that it shares. */

static struct finding tracked(const char *count, const char *max)
{
	struct doctor d = {.root = "."};
	struct finding f = {.level = FINDING_UNKNOWN};

	scratch_put_text("proc/sys/net/netfilter/nf_conntrack_count", count);
	scratch_put_text("proc/sys/net/netfilter/nf_conntrack_max", max);
	doctor_conntrack(&d, &f);
	return f;
}

static void a_table_of_connections_fills_up(void **state)
{
	static const char *const dirs[] = {"proc", "proc/sys", "proc/sys/net",
					   "proc/sys/net/netfilter"};
	struct doctor d = {.root = "."};
	struct finding f = {.level = FINDING_UNKNOWN};

	(void)state;
	doctor_conntrack(&d, &f);
	assert_int_equal(f.level, FINDING_OK);
	for (size_t i = 0; i < ARRAY_LEN(dirs); i++)
		assert_int_equal(mkdir(dirs[i], 0700), 0);
	assert_int_equal(tracked("10\n", "100\n").level, FINDING_OK);
	assert_int_equal(tracked("60\n", "100\n").level, FINDING_WARN);
	f = tracked("95\n", "100\n");
	assert_int_equal(f.level, FINDING_FAIL);
	assert_non_null(strstr(f.evidence, "95 of 100"));
	assert_non_null(strstr(f.fix, "notrack"));
}

static void only_open_addresses_are_ours(void **state)
{
	struct interface list[] = {
		{.addr = {.family = AF_INET, .ip = {127, 0, 0, 1}}, .up = true},
		{.addr = {.family = AF_INET, .ip = {192, 0, 2, 1}}},
		{.addr = {.family = AF_INET, .ip = {192, 0, 2, 2}}, .up = true},
	};
	struct doctor d = {.iface = list, .n_iface = 2};

	(void)state;
	assert_null(own_address(&d));
	d.n_iface = 3;
	assert_ptr_equal(own_address(&d), &list[2].addr);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_table_of_connections_fills_up,
						scratch_enter, scratch_leave),
		cmocka_unit_test(only_open_addresses_are_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
