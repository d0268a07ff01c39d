/* SPDX-License-Identifier: BSD-2-Clause */
#include "ntp/clients.h"

#include <sys/socket.h>

#include "base/rng.h"
#include "base/units.h"
#include "near.h"

static const uint64_t hash_key[2] = {1, 2};
static const struct conf_rate classic = {
	.average_log2 = 3, .minimum_s = 2, .leak_share = 0.25};
static const struct conf_rate no_leak = {
	.average_log2 = 3, .minimum_s = 2, .leak_share = 0};

#define START_NS (1000 * NS_PER_S)

struct tally {
	unsigned ok, kod, limited;
};

static struct net_addr v4(uint32_t ip)
{
	return (struct net_addr){.family = AF_INET,
				 .ip = {(uint8_t)(ip >> 24),
					(uint8_t)(ip >> 16), (uint8_t)(ip >> 8),
					(uint8_t)ip}};
}

static void note(struct clients *c, const struct net_addr *a, struct rng *rng,
		 int64_t mono_ns, struct tally *t)
{
	switch (clients_note(c, a, 4, 3, true, rng_u64(rng), mono_ns)) {
	case CLIENT_OK:
		t->ok++;
		break;
	case CLIENT_KOD:
		t->kod++;
		break;
	case CLIENT_LIMITED:
		t->limited++;
		break;
	}
}

/* n requests of one address, one every interval_ns. */
static struct tally run(struct clients *c, unsigned n, int64_t interval_ns)
{
	struct net_addr a = v4(0xc0000201);
	struct tally t = {0};
	struct rng rng;

	rng_seed(&rng, n);
	for (unsigned i = 0; i < n; i++)
		note(c, &a, &rng, START_NS + i * interval_ns, &t);
	return t;
}

static struct tally run_new(const struct conf_rate *rate, unsigned n,
			    int64_t interval_ns)
{
	struct clients *c = clients_new(100, rate, hash_key);
	struct tally t = run(c, n, interval_ns);

	clients_free(c);
	return t;
}

/* An iburst is eight requests; whatever its speed, and twice at 2 s. */
static void iburst_is_never_limited(void **state)
{
	(void)state;
	assert_int_equal(run_new(&no_leak, 8, 2 * NS_PER_S).ok, 8);
	assert_int_equal(run_new(&no_leak, 8, NS_PER_S / 5).ok, 8);
	assert_int_equal(run_new(&no_leak, 8, 0).ok, 8);
	assert_int_equal(run_new(&no_leak, 16, 2 * NS_PER_S).ok, 16);
}

static void a_steady_client_is_never_limited(void **state)
{
	(void)state;
	assert_int_equal(run_new(&no_leak, 5000, 8 * NS_PER_S).ok, 5000);
	assert_int_equal(run_new(&no_leak, 1000, 64 * NS_PER_S).ok, 1000);
}

static void too_often_is_brought_down_to_the_average(void **state)
{
	/* one a second for an hour: the burst, then one in 16 s (they are hasty) */
	struct tally t = run_new(&no_leak, 3600, NS_PER_S);

	(void)state;
	assert_in_range(t.ok, 3600 / 16 - 5, 3600 / 16 + 16);
	/* one in 4 s: half of them */
	t = run_new(&no_leak, 3600, 4 * NS_PER_S);
	assert_in_range(t.ok, 1800 - 5, 1800 + 35);
}

/* The classic probe: 40 back to back. */
static void forty_back_to_back(void **state)
{
	struct tally t = run_new(&no_leak, 40, 0);

	(void)state;
	assert_int_equal(t.ok, 8);
	assert_int_equal(t.kod, 1);
	assert_int_equal(t.limited, 31);
	t = run_new(&classic, 40, NS_PER_MS);
	assert_in_range(t.ok, 10, 22);
	assert_in_range(t.kod, 1, 1);
}

/* S-12: a thousand a second in the victim's name do not mute the victim. */
static void a_share_leaks_through(void **state)
{
	struct tally t = run_new(&classic, 100000, NS_PER_MS);

	(void)state;
	assert_in_range(t.ok, 24500, 25600);
	assert_true(t.kod < 100);
}

/* A kiss is told again only when the client slowed down, or after a minimum. */
static void kisses_are_rare(void **state)
{
	static const struct conf_rate never = {.average_log2 = 8,
					       .minimum_s = 2};
	struct tally t = run_new(&never, 100, 100 * NS_PER_MS);

	(void)state;
	assert_int_equal(t.ok, 0);
	assert_int_equal(t.kod, 1);
	t = run_new(&never, 100, 2 * NS_PER_S);
	assert_int_equal(t.kod, 100);
}

static void without_limited_everything_is_answered(void **state)
{
	struct clients *c = clients_new(10, &no_leak, hash_key);
	struct net_addr a = v4(1);

	(void)state;
	for (int i = 0; i < 1000; i++)
		assert_int_equal(clients_note(c, &a, 4, 3, false, 0, START_NS),
				 CLIENT_OK);
	clients_free(c);
}

/* S-11: whoever has one address of a /64 has them all; ports do not count. */
static void one_entry_for_a_64(void **state)
{
	struct clients *c = clients_new(1000, &no_leak, hash_key);
	struct net_addr a = {.family = AF_INET6,
			     .ip = {0x20, 0x01, 0x0d, 0xb8}};
	struct tally t = {0};
	struct rng rng;

	(void)state;
	rng_seed(&rng, 1);
	for (int i = 0; i < 200; i++) {
		a.ip[15] = (uint8_t)i;
		a.ip[8] = (uint8_t)(i * 7);
		a.port = (uint16_t)(1024 + i);
		note(c, &a, &rng, START_NS, &t);
	}
	assert_int_equal(clients_depth(c), 1);
	assert_int_equal(t.ok, 8);
	a.ip[7] = 1;
	note(c, &a, &rng, START_NS, &t);
	assert_int_equal(clients_depth(c), 2);
	clients_free(c);
}

/* V21, S-11: 20 octets an address, and hardly one thrown out early. */
static void holds_what_it_promises(void **state)
{
	enum { N = 100000 };
	struct clients *c = clients_new(N, &no_leak, hash_key);
	size_t memory = clients_memory(c);
	struct rng rng;

	(void)state;
	rng_seed(&rng, 11);
	for (uint32_t i = 1; i <= N; i++) {
		struct net_addr a = v4(i * 2654435761u);

		clients_note(c, &a, 4, 3, true, rng_u64(&rng), START_NS);
	}
	assert_true(clients_depth(c) > N * 98 / 100);
	assert_true(memory <= (size_t)N * 20);
	for (uint32_t i = 1; i <= 3 * N; i++) {
		struct net_addr a = v4(0x80000000u + i);

		clients_note(c, &a, 4, 3, true, rng_u64(&rng),
			     START_NS + i * NS_PER_MS);
	}
	assert_true(clients_depth(c) <= N * 124 / 100 + 8);
	assert_int_equal(clients_memory(c), memory);
	clients_free(c);
}

/* A busy client keeps its entry while strangers come by. */
static void the_silent_give_way_first(void **state)
{
	struct clients *c = clients_new(8, &no_leak, hash_key);
	struct net_addr busy = v4(0x7f000001);
	struct tally t = {0};
	struct rng rng;

	(void)state;
	rng_seed(&rng, 3);
	for (uint32_t i = 0; i < 2000; i++) {
		struct net_addr stranger = v4(0x0a000000 + i);
		struct tally ignored = {0};

		note(c, &stranger, &rng, START_NS + i * NS_PER_S, &ignored);
		note(c, &busy, &rng, START_NS + i * NS_PER_S, &t);
	}
	assert_true(t.limited + t.kod > 1000);
	clients_free(c);
}

static void what_is_kept_of_a_client(void **state)
{
	struct clients *c = clients_new(1, &no_leak, hash_key);
	struct client_report r;
	struct net_addr a = v4(0xc6336401);
	unsigned found = 0;

	(void)state;
	for (int i = 0; i < 7; i++)
		clients_note(c, &a, 3, 1, true, 0, START_NS + i * NS_PER_S);
	for (size_t i = 0; clients_entry(c, i, START_NS + 9 * NS_PER_S, &r);
	     i++) {
		if (r.addr.family == AF_UNSPEC)
			continue;
		found++;
		assert_true(net_addr_same_host(&r.addr, &a));
		assert_int_equal(r.count, 7);
		assert_int_equal(r.version, 3);
		assert_int_equal(r.mode, 1);
		assert_false(r.limited);
		assert_near(s_from_ns(r.last_mono_ns - START_NS), 6, 0.02);
	}
	assert_int_equal(found, 1);
	clients_free(c);
}

/* The counter is exact to 255 and honest beyond. */
static void large_counts(void **state)
{
	struct clients *c = clients_new(1, &no_leak, hash_key);
	struct client_report r = {0};

	(void)state;
	run(c, 100000, NS_PER_MS);
	for (size_t i = 0; clients_entry(c, i, 2 * START_NS, &r); i++)
		if (r.addr.family != AF_UNSPEC)
			break;
	assert_near(r.count, 100000, 10000);
	assert_true(r.limited);
	clients_free(c);
}

/* Ticks wrap after two years. */
static void time_wraps(void **state)
{
	struct clients *c = clients_new(10, &no_leak, hash_key);
	struct net_addr a = v4(5);
	int64_t wrap_ns = (INT64_C(1) << 32) * (NS_PER_S / 64);

	(void)state;
	for (int i = -20; i < 20; i++)
		assert_int_equal(clients_note(c, &a, 4, 3, true, 0,
					      wrap_ns + i * 8 * NS_PER_S),
				 CLIENT_OK);
	clients_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(iburst_is_never_limited),
		cmocka_unit_test(a_steady_client_is_never_limited),
		cmocka_unit_test(too_often_is_brought_down_to_the_average),
		cmocka_unit_test(forty_back_to_back),
		cmocka_unit_test(a_share_leaks_through),
		cmocka_unit_test(kisses_are_rare),
		cmocka_unit_test(without_limited_everything_is_answered),
		cmocka_unit_test(one_entry_for_a_64),
		cmocka_unit_test(holds_what_it_promises),
		cmocka_unit_test(the_silent_give_way_first),
		cmocka_unit_test(what_is_kept_of_a_client),
		cmocka_unit_test(large_counts),
		cmocka_unit_test(time_wraps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
