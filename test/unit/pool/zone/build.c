/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/zone/build.h"

#include <errno.h>

#include "near.h"
#include "world.h"

#define NEAR 2e-6

/* Six servers of 2.3 in pool.md: strict shares are exact, the rest is the
 * parent's, and the answer is full. */
static void strict_is_exact(void **state)
{
	static const double kbit[] = {512,    1500,   25000,
				      100000, 500000, 1000000};
	struct pool *p = pool_new();
	struct snapshot_image image;
	struct snapshot s;
	double own = 0, all = 0;

	(void)state;
	p->zone[POOL_DE].policy = ZONE_STRICT;
	for (int i = 0; i < 6; i++)
		pool_server(p, POOL_DE, AF_INET, kbit[i]);
	for (int i = 0; i < 40; i++)
		pool_server(p, POOL_EUROPE, AF_INET, 100000);
	s = pool_build(p, &image);
	for (uint32_t i = 0; i < 6; i++) {
		double part = pool_part(&s, p, POOL_DE, SNAPSHOT_ALL, i);

		/* demand is k times the largest: that one is in each answer */
		assert_near(part, kbit[i] / 1000000, NEAR);
		own += part;
	}
	for (uint32_t i = 0; i < 46; i++)
		all += pool_part(&s, p, POOL_DE, SNAPSHOT_ALL, i);
	assert_near(own, 1.627012, 1e-5);
	assert_near(all, 4, 1e-4);
	/* the parent's own share of its servers goes on */
	assert_near(pool_part(&s, p, POOL_DE, SNAPSHOT_ALL, 10), (4 - own) / 40,
		    1e-5);
	snapshot_image_done(&image);
	free(p);
}

/* Own servers first; empty places come from the parent, then from its parent. */
static void local_first(void **state)
{
	struct pool *p = pool_new();
	struct snapshot_image image;
	struct snapshot s;

	(void)state;
	pool_server(p, POOL_DE, AF_INET, 10);
	pool_server(p, POOL_EUROPE, AF_INET, 10);
	pool_server(p, POOL_EUROPE, AF_INET, 10);
	pool_server(p, POOL_GLOBAL, AF_INET, 30);
	pool_server(p, POOL_GLOBAL, AF_INET, 10);
	s = pool_build(p, &image);
	for (uint32_t i = 0; i < 3; i++)
		assert_near(pool_part(&s, p, POOL_DE, SNAPSHOT_ALL, i), 1, 0);
	/* as often as the global zone has them: 1 to 0.75 */
	assert_near(pool_part(&s, p, POOL_DE, SNAPSHOT_ALL, 3), 1 / 1.75, NEAR);
	assert_near(pool_part(&s, p, POOL_DE, SNAPSHOT_ALL, 3) +
			    pool_part(&s, p, POOL_DE, SNAPSHOT_ALL, 4),
		    1, NEAR);
	assert_int_equal(s.zone[POOL_DE].own[SNAPSHOT_V4], 1);
	snapshot_image_done(&image);
	free(p);
}

/* Classic: one server is a monopoly; only an empty zone asks its parent. */
static void classic(void **state)
{
	struct pool *p = pool_new();
	struct snapshot_image image;
	struct snapshot s;

	(void)state;
	p->zone[POOL_DE].policy = ZONE_CLASSIC;
	pool_server(p, POOL_DE, AF_INET, 10);
	pool_server(p, POOL_EUROPE, AF_INET, 10);
	pool_server(p, POOL_EUROPE, AF_INET6, 10);
	s = pool_build(p, &image);
	assert_near(pool_part(&s, p, POOL_DE, SNAPSHOT_ALL, 0), 1, 0);
	assert_near(pool_part(&s, p, POOL_DE, SNAPSHOT_ALL, 1), 0, 0);
	assert_near(pool_part(&s, p, POOL_DE, SNAPSHOT_ALL, 2), 1, 0);
	snapshot_image_done(&image);
	free(p);
}

/* A zone short of servers, or of capacity, gives only that part of an answer. */
static void minimum(void **state)
{
	for (int policy = ZONE_STRICT; policy <= ZONE_LOCAL_FIRST; policy++)
		for (int by_servers = 0; by_servers < 2; by_servers++) {
			struct pool *p = pool_new();
			struct snapshot_image image;
			struct snapshot s;

			p->zone[POOL_DE].policy = (enum zone_policy)policy;
			if (by_servers)
				p->zone[POOL_DE].min_servers = 16;
			else
				p->zone[POOL_DE].min_kbit = 160;
			for (int i = 0; i < 4; i++)
				pool_server(p, POOL_DE, AF_INET, 10);
			for (int i = 0; i < 12; i++)
				pool_server(p, POOL_EUROPE, AF_INET, 50);
			s = pool_build(p, &image);
			for (uint32_t i = 0; i < 4; i++)
				assert_near(pool_part(&s, p, POOL_DE,
						      SNAPSHOT_ALL, i),
					    0.25, NEAR);
			for (uint32_t i = 4; i < 16; i++)
				assert_near(pool_part(&s, p, POOL_DE,
						      SNAPSHOT_ALL, i),
					    0.25, NEAR);
			snapshot_image_done(&image);
			free(p);
		}
	(void)state;
}

/* Where nobody takes the rest, a minimum does not make answers shorter. */
static void minimum_without_others(void **state)
{
	(void)state;
	for (int policy = ZONE_STRICT; policy <= ZONE_LOCAL_FIRST; policy++) {
		struct pool *p = pool_new();
		struct snapshot_image image;
		struct snapshot s;

		p->zone[POOL_DE].policy = (enum zone_policy)policy;
		p->in.origin.min_servers = 6;
		p->in.origin.min_kbit = 1e9;
		for (int i = 0; i < 3; i++)
			pool_server(p, POOL_DE, AF_INET, 10);
		s = pool_build(p, &image);
		for (uint32_t i = 0; i < 3; i++)
			assert_near(pool_part(&s, p, POOL_DE, SNAPSHOT_ALL, i),
				    1, NEAR);
		snapshot_image_done(&image);
		free(p);
	}
}

/* One account, and one network, has no more than its part of a zone. */
static void caps(void **state)
{
	struct pool *p = pool_new();
	struct snapshot_image image;
	struct snapshot s;
	double account = 0, prefix = 0;

	(void)state;
	p->in.account_share = 0.25;
	p->in.prefix_share = 0.2;
	for (uint32_t i = 0; i < 20; i++) {
		pool_server(p, POOL_GLOBAL, AF_INET, i < 10 ? 1000 : 100);
		if (i < 5)
			p->server[i].account_id = 1000;
		if (i >= 5 && i < 8) /* with three accounts */
			p->server[i].addr.ip[2] = 99,
			p->server[i].addr.ip[3] = (uint8_t)i;
	}
	s = pool_build(p, &image);
	for (uint32_t i = 0; i < 8; i++)
		*(i < 5 ? &account : &prefix) +=
			pool_part(&s, p, POOL_GLOBAL, SNAPSHOT_ALL, i);
	assert_near(account, 1, 1e-5);
	assert_near(prefix, 0.8, 1e-5);
	/* what they may not have, the others do */
	assert_near((double)s.end[s.zone[0].list[0][SNAPSHOT_ALL].first +
				  s.zone[0].list[0][SNAPSHOT_ALL].n - 1] /
			    SNAPSHOT_ONE,
		    4, 1e-6);
	snapshot_image_done(&image);
	free(p);
}

/* A pool of one account is still a pool. */
static void cap_on_an_only_account(void **state)
{
	struct pool *p = pool_new();
	struct snapshot_image image;
	struct snapshot s;

	(void)state;
	p->in.account_share = 0.1;
	for (uint32_t i = 0; i < 7; i++) {
		pool_server(p, POOL_GLOBAL, AF_INET, 10);
		p->server[i].account_id = 1;
	}
	s = pool_build(p, &image);
	assert_near(pool_part(&s, p, POOL_GLOBAL, SNAPSHOT_ALL, 3), 4. / 7,
		    NEAR);
	snapshot_image_done(&image);
	free(p);
}

/* 0 to 3 share out the zone: each server is in one, their weights are near, and
 * the strict share of a server does not depend on which. */
static void dealing(void **state)
{
	struct pool *p = pool_new();
	struct snapshot_image image;
	struct snapshot s;
	double weight[4] = {0};
	double per_kbit = 0;
	int members[4] = {0};

	(void)state;
	p->zone[POOL_DE].policy = ZONE_STRICT;
	for (uint32_t i = 0; i < 41; i++)
		pool_server(p, POOL_DE, AF_INET, 100 + 10 * i);
	s = pool_build(p, &image);
	for (uint32_t i = 0; i < 41; i++) {
		int in = 0;

		for (int g = 0; g < 4; g++) {
			double part = pool_part(&s, p, POOL_DE, g, i);

			if (part == 0)
				continue;
			in++;
			members[g]++;
			weight[g] += p->server[i].weight;
			part /= p->server[i].weight;
			if (per_kbit == 0)
				per_kbit = part;
			assert_near(part / per_kbit, 1, 1e-5);
		}
		assert_int_equal(in, 1);
	}
	for (int g = 0; g < 4; g++) {
		assert_true(members[g] == 10 || members[g] == 11);
		assert_near(weight[g], 41 * 300 / 4., 150);
	}
	snapshot_image_done(&image);
	free(p);
}

/* Eight servers in four groups of two, and nobody else: each of 0 to 3 has its
 * own two for sure and fills up with the others. */
static void groups_too_small(void **state)
{
	struct pool *p = pool_new();
	struct snapshot_image image;
	struct snapshot s;

	(void)state;
	for (int i = 0; i < 8; i++)
		pool_server(p, POOL_DE, AF_INET, 10);
	s = pool_build(p, &image);
	for (int g = 0; g < 4; g++) {
		int sure = 0;

		for (uint32_t i = 0; i < 8; i++) {
			double part = pool_part(&s, p, POOL_DE, g, i);

			sure += part == 1;
			if (part < 1)
				assert_near(part, 2. / 6, NEAR);
		}
		assert_int_equal(sure, 2);
	}
	snapshot_image_done(&image);
	free(p);
}

/* Few servers are not dealt out: each of 0 to 3 is the whole zone, stored once. */
static void few_are_not_dealt(void **state)
{
	struct pool *p = pool_new();
	struct snapshot_image image;
	struct snapshot s;

	(void)state;
	for (int i = 0; i < 7; i++)
		pool_server(p, POOL_DE, AF_INET, 10);
	s = pool_build(p, &image);
	for (int g = 0; g < 4; g++)
		assert_int_equal(
			s.zone[POOL_DE].list[SNAPSHOT_V4][g].first,
			s.zone[POOL_DE].list[SNAPSHOT_V4][SNAPSHOT_ALL].first);
	assert_int_equal(s.n_entry, 3 * 7);
	snapshot_image_done(&image);
	free(p);
}

/* The servers of one account are neighbours, so that no answer has two of them. */
static void accounts_are_neighbours(void **state)
{
	struct pool *p = pool_new();
	struct snapshot_image image;
	struct snapshot s;
	int changes = 0;

	(void)state;
	for (uint32_t i = 0; i < 60; i++) {
		pool_server(p, POOL_GLOBAL, AF_INET, 10);
		p->server[i].account_id = i % 10;
	}
	s = pool_build(p, &image);
	for (uint32_t i = 1; i < 60; i++) { /* addr4 is in the input's order */
		uint32_t at = s.zone[0].list[0][SNAPSHOT_ALL].first + i;

		changes += s.server[at] % 10 != s.server[at - 1] % 10;
	}
	assert_int_equal(changes, 9);
	snapshot_image_done(&image);
	free(p);
}

static void same_input_same_octets(void **state)
{
	struct pool *p = pool_new();
	struct snapshot_image a, b, c;

	(void)state;
	for (int i = 0; i < 100; i++)
		pool_server(p, POOL_DE, i % 2 ? AF_INET : AF_INET6, 10 + i);
	pool_build(p, &a);
	pool_build(p, &b);
	p->in.seed++;
	pool_build(p, &c);
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.data, b.data, a.len);
	assert_memory_not_equal(a.data, c.data, a.len);
	snapshot_image_done(&a);
	snapshot_image_done(&b);
	snapshot_image_done(&c);
	free(p);
}

/* Names: zones, vendors, name servers, www, and uk for gb. */
static void names(void **state)
{
	static const char *const ns[] = {"NS1.pool.test=192.0.2.1,2001:db8::1",
					 "ns.example.net"};
	struct pool *p = pool_new();
	struct snapshot_image image;
	struct snapshot s;

	(void)state;
	p->in.origin.name_server = ns;
	p->in.origin.n_name_server = 2;
	p->in.origin.web = "www.example.org";
	p->in.origin.contact = "time.keeper@example.org";
	pool_zone(p, "gb", ZONE_COUNTRY, POOL_EUROPE);
	pool_zone(p, "acme", ZONE_VENDOR, POOL_GLOBAL);
	s = pool_build(p, &image);
	assert_int_equal(snapshot_find(&s, "de")->target, POOL_DE);
	assert_int_equal(snapshot_find(&s, "uk")->target, 3);
	assert_int_equal(snapshot_find(&s, "acme")->kind, SNAPSHOT_NAME_GEO);
	assert_int_equal(snapshot_find(&s, "www")->kind, SNAPSHOT_NAME_WEB);
	assert_int_equal(snapshot_find(&s, "ns1")->kind, SNAPSHOT_NAME_HOST);
	assert_int_equal(s.host[0].n_addr, 2);
	assert_null(snapshot_find(&s, "ns"));
	assert_null(snapshot_find(&s, "fr"));
	assert_int_equal(snapshot_country(&s, "gb"), 3);
	assert_int_equal(snapshot_country(&s, "fr"), POOL_EUROPE);
	assert_int_equal(snapshot_country(&s, "us"), POOL_GLOBAL);
	assert_int_equal(snapshot_country(&s, "\xff\xff"), POOL_GLOBAL);
	snapshot_image_done(&image);
	free(p);
}

static void places(void **state)
{
	struct zone_place place[] = {
		{.zone = POOL_DE, .prefix = 24},
		{.zone = POOL_EUROPE, .prefix = 8},
	};
	struct pool *p = pool_new();
	struct snapshot_image image;
	struct net_addr a;
	struct snapshot s;

	(void)state;
	assert_int_equal(net_addr_parse("10.1.1.0", &place[0].net), 0);
	assert_int_equal(net_addr_parse("10.0.0.0", &place[1].net), 0);
	p->in.place = place;
	p->in.n_place = 2;
	s = pool_build(p, &image);
	assert_int_equal(net_addr_parse("10.1.1.9", &a), 0);
	assert_int_equal(location_find(&s.place, &a).value, POOL_DE + 1);
	snapshot_image_done(&image);
	free(p);
}

static void expect_refused(struct pool *p, const char *words)
{
	struct snapshot_image image;

	assert_int_equal(zone_build(&p->in, &image, &p->text), -EINVAL);
	if (!strstr(p->why, words))
		fail_msg("\"%s\" does not say \"%s\"", p->why, words);
	free(p);
}

static void bad_input(void **state)
{
	static const char *const bad_zone[] = {"",   "a.b", "2",     "_x",
					       "DE", "a b", "europe"};
	static const char *const bad_ns[] = {"ns.pool.test", "a.b.pool.test",
					     "ns.x=1.2.3", "n s"};
	struct pool *p;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad_zone); i++) {
		p = pool_new();
		strcpy(p->zone[POOL_DE].name, bad_zone[i]);
		expect_refused(p, bad_zone[i]);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad_ns); i++) {
		p = pool_new();
		p->in.origin.name_server = &bad_ns[i];
		expect_refused(p, "");
	}
	p = pool_new();
	p->zone[POOL_EUROPE].parent = POOL_DE;
	expect_refused(p, "parent");
	p = pool_new();
	p->in.n_zone = 0;
	expect_refused(p, "zones");
	p = pool_new();
	p->zone[POOL_DE].n_member = 1;
	expect_refused(p, "server");
	p = pool_new();
	p->in.origin.name = "not a name";
	expect_refused(p, "domain");
	p = pool_new();
	p->in.origin.contact = "nobody";
	expect_refused(p, "mail");
}

/* Without a name server the zone names itself. */
static void no_name_server(void **state)
{
	struct pool *p = pool_new();
	struct snapshot_image image;
	struct snapshot s;

	(void)state;
	p->in.origin.n_name_server = 0;
	s = pool_build(p, &image);
	assert_int_equal(s.n_host, 1);
	assert_string_equal(s.host[0].name, "pool.test");
	snapshot_image_done(&image);
	free(p);
}

/* No server at all is a pool, too: names are there, and lists are empty. */
static void empty(void **state)
{
	struct pool *p = pool_new();
	struct snapshot_image image;
	struct snapshot s = pool_build(p, &image);

	(void)state;
	assert_int_equal(s.n_entry, 0);
	assert_int_equal(s.zone[POOL_DE].list[0][SNAPSHOT_ALL].n, 0);
	snapshot_image_done(&image);
	free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strict_is_exact),
		cmocka_unit_test(local_first),
		cmocka_unit_test(classic),
		cmocka_unit_test(minimum),
		cmocka_unit_test(minimum_without_others),
		cmocka_unit_test(caps),
		cmocka_unit_test(cap_on_an_only_account),
		cmocka_unit_test(dealing),
		cmocka_unit_test(groups_too_small),
		cmocka_unit_test(few_are_not_dealt),
		cmocka_unit_test(accounts_are_neighbours),
		cmocka_unit_test(same_input_same_octets),
		cmocka_unit_test(names),
		cmocka_unit_test(places),
		cmocka_unit_test(bad_input),
		cmocka_unit_test(no_name_server),
		cmocka_unit_test(empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
