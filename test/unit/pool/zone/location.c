/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/zone/location.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/container.h"
#include "base/rng.h"
#include "cmocka_all.h"

static struct location_net net(const char *addr, unsigned prefix,
			       uint16_t value)
{
	struct location_net n = {.prefix = prefix, .value = value};

	assert_int_equal(net_addr_parse(addr, &n.net), 0);
	return n;
}

static struct location find(const struct location_map *map, const char *addr)
{
	struct net_addr a;

	assert_int_equal(net_addr_parse(addr, &a), 0);
	return location_find(map, &a);
}

#define assert_found(map, addr, want_value, want_scope)   \
	do {                                              \
		struct location got_ = find(map, addr);   \
		assert_int_equal(got_.value, want_value); \
		assert_int_equal(got_.scope, want_scope); \
	} while (0)

/* The longest prefix wins, and the scope says how far that holds. */
static void networks_in_networks(void **state)
{
	struct location_net nets[] = {
		net("10.1.2.0", 24, 3),   net("10.0.0.0", 8, 1),
		net("10.1.0.0", 16, 2),   net("10.1.2.255", 32, 4),
		net("2001:db8::", 32, 5), net("2001:db8:0:1::", 64, 6),
	};
	struct location_image image =
		location_image_make(nets, ARRAY_LEN(nets));
	struct location_map map;

	(void)state;
	assert_int_equal(location_map_open(image.data, image.len, 6, &map), 0);
	assert_found(&map, "9.255.255.255", 0, 7);
	assert_found(&map, "10.0.0.0", 1, 16);
	assert_found(&map, "10.200.0.1", 1, 9);
	assert_found(&map, "10.1.0.1", 2, 23);
	assert_found(&map, "10.1.2.1", 3, 25);
	assert_found(&map, "10.1.2.254", 3, 32);
	assert_found(&map, "10.1.2.255", 4, 32);
	assert_found(&map, "10.1.3.0", 2, 24);
	assert_found(&map, "11.0.0.0", 0, 8);
	assert_found(&map, "200.0.0.0", 0, 1);
	assert_found(&map, "2001:db8:0:1::7", 6, 64);
	assert_found(&map, "2001:db8:0:2::", 5, 63);
	assert_found(&map, "2001:db9::", 0, 32);
	free(image.data);
}

/* Nothing known of a family is nothing, for the whole of it. */
static void nothing_known(void **state)
{
	struct location_image image = location_image_make(NULL, 0);
	struct location_map map;

	(void)state;
	assert_int_equal(location_map_open(image.data, image.len, 0, &map), 0);
	assert_found(&map, "192.0.2.1", 0, 0);
	assert_found(&map, "::1", 0, 0);
	free(image.data);
}

/* 0/0, the last address, and the same network twice. */
static void edges(void **state)
{
	struct location_net nets[] = {
		net("0.0.0.0", 0, 1),    net("255.255.255.255", 32, 2),
		net("192.0.2.0", 24, 3), net("192.0.2.0", 24, 4),
		net("192.0.2.0", 25, 4),
	};
	struct location_image image =
		location_image_make(nets, ARRAY_LEN(nets));
	struct location_map map;

	(void)state;
	assert_int_equal(location_map_open(image.data, image.len, 4, &map), 0);
	assert_found(&map, "0.0.0.0", 1, 1);
	assert_found(&map, "255.255.255.255", 2, 32);
	assert_found(&map, "192.0.2.77", 4, 24);
	assert_int_equal(map.v4.n, 4);
	free(image.data);
}

/* The plain way: the longest of all networks that hold the address. */
static uint16_t slow_find(const struct location_net *nets, size_t n,
			  const struct net_addr *addr)
{
	uint16_t value = 0;
	int longest = -1;

	for (size_t i = 0; i < n; i++)
		if ((int)nets[i].prefix >= longest &&
		    net_addr_same_prefix(&nets[i].net, addr, nets[i].prefix)) {
			longest = (int)nets[i].prefix;
			value = nets[i].value;
		}
	return value;
}

/* Random networks: the value is the slow way's, and so it is for every address
 * within the scope, but not within one bit less. */
static void as_the_slow_way(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, 1);
	for (int round = 0; round < 200; round++) {
		struct location_net nets[12], sorted[12];
		struct location_image image;
		struct location_map map;
		size_t n = rng_u64(&rng) % 12;

		for (size_t i = 0; i < n; i++) {
			nets[i] = (struct location_net){
				.net.family = AF_INET,
				.prefix = (unsigned)(rng_u64(&rng) % 9),
				.value = (uint16_t)(1 + rng_u64(&rng) % 3)};
			nets[i].net.ip[0] = (uint8_t)(rng_u64(&rng) &
						      0xff00 >> nets[i].prefix);
		}
		memcpy(sorted, nets, sizeof nets);
		image = location_image_make(sorted, n);
		assert_int_equal(
			location_map_open(image.data, image.len, 3, &map), 0);
		for (int top = 0; top < 256; top++) {
			struct net_addr a = {.family = AF_INET,
					     .ip = {(uint8_t)top}};
			struct location got = location_find(&map, &a);

			assert_int_equal(got.value, slow_find(nets, n, &a));
			assert_true(got.scope <= 8);
			for (int other = 0; other < 256; other++) {
				struct net_addr b = {.family = AF_INET,
						     .ip = {(uint8_t)other}};

				if (net_addr_same_prefix(&a, &b, got.scope))
					assert_int_equal(slow_find(nets, n, &b),
							 got.value);
			}
		}
		free(image.data);
	}
}

static void damaged_images(void **state)
{
	struct location_net nets[] = {net("10.0.0.0", 8, 1),
				      net("20.0.0.0", 8, 2)};
	struct location_image image =
		location_image_make(nets, ARRAY_LEN(nets));
	struct location_map map;

	(void)state;
	for (size_t len = 0; len < image.len; len++)
		assert_int_equal(location_map_open(image.data, len, 2, &map),
				 -EBADMSG);
	assert_int_equal(location_map_open(image.data, image.len, 1, &map),
			 -EBADMSG);
	image.data[16] = 1; /* does not begin at 0.0.0.0 */
	assert_int_equal(location_map_open(image.data, image.len, 2, &map),
			 -EBADMSG);
	image.data[16] = 0;
	image.data[20] = 200; /* does not ascend */
	assert_int_equal(location_map_open(image.data, image.len, 2, &map),
			 -EBADMSG);
	free(image.data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(networks_in_networks),
		cmocka_unit_test(nothing_known),
		cmocka_unit_test(edges),
		cmocka_unit_test(as_the_slow_way),
		cmocka_unit_test(damaged_images),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
