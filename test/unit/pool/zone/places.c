/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/zone/places.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>

#include "base/container.h"
#include "scratch.h"

/* By code, each with a continent that there is. */
static void countries(void **state)
{
	size_t n, m;
	const struct country *c = country_list(&n);
	const struct continent *k = continent_list(&m);

	(void)state;
	assert_int_equal(n, 249);
	assert_int_equal(m, 7);
	for (size_t i = 0; i < n; i++) {
		bool known = false;

		assert_true(islower(c[i].code[0]) && islower(c[i].code[1]));
		assert_true(i == 0 || strcmp(c[i - 1].code, c[i].code) < 0);
		for (size_t j = 0; j < m; j++)
			known |= strcmp(k[j].zone, c[i].continent) == 0;
		assert_true(known);
		assert_ptr_equal(country_find(c[i].code), &c[i]);
	}
	assert_string_equal(country_find("DE")->name, "Germany");
	assert_string_equal(country_find("uk")->code, "gb");
	assert_string_equal(country_find("Uk")->continent, "europe");
	assert_null(country_find("xx"));
	assert_null(country_find(""));
	assert_null(country_find("deu"));
}

static struct net_addr address(const char *text)
{
	struct net_addr a;

	assert_int_equal(net_addr_parse(text, &a), 0);
	return a;
}

static struct country_db *open_db(const char *path)
{
	char why[256];
	struct text t = text_init(why, sizeof why);
	struct country_db *db;

	if (country_db_open(path, &db, &t) < 0)
		fail_msg("%s", why);
	return db;
}

/* What the data of this test has: an address, its country. */
static const struct {
	const char *addr, *code;
} known[] = {
	{"20.255.0.1", "de"},      {"21.1.1.1", "fr"},
	{"21.129.0.0", "gb"},      {"21.192.0.0", NULL},
	{"22.1.1.1", NULL}, /* XX is no country */
	{"23.0.0.0", NULL},        {"2001:db8:1::1", "jp"},
	{"2001:db9:7fff::", "au"}, {"2001:db9:8000::", NULL},
};

/* Looking up one, and all of it as a map, say the same. */
static void check_db(const char *path, bool v6)
{
	struct country_db *db = open_db(path);
	struct location_image image;
	struct location_map map;
	size_t n;
	const struct country *list = country_list(&n);

	assert_int_equal(country_db_map(db, &image), 0);
	assert_int_equal(
		location_map_open(image.data, image.len, (uint16_t)n, &map), 0);
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		struct net_addr a = address(known[i].addr);
		struct location found = location_find(&map, &a);
		const char *want = known[i].code;
		char code[3] = "";

		if (a.family == AF_INET6 && !v6)
			want = NULL;
		assert_int_equal(country_db_find(db, &a, code), want != NULL);
		assert_string_equal(code, want ? want : "");
		assert_int_equal(found.value,
				 want ? country_find(want) - list + 1 : 0);
	}
	free(image.data);
	country_db_close(db);
}

static void databases(void **state)
{
	(void)state;
	check_db(TEST_DATA "/pool/nested.mmdb", true);
	check_db(TEST_DATA "/pool/flat.mmdb", true);
	check_db(TEST_DATA "/pool/v4.mmdb", false);
}

/* An operator's networks, by its number. */
static void operators(void **state)
{
	static const struct asn_zone asn[] = {{64502, 1}, {64500, 2}};
	struct zone_place *place;
	char why[256];
	struct text t = text_init(why, sizeof why);
	struct net_addr v4 = address("20.0.0.0"), v6 = address("2001:db8::");
	uint32_t number;
	size_t n;

	(void)state;
	assert_int_equal(
		asn_places(TEST_DATA "/pool/asn.mmdb", asn, 2, &place, &n, &t),
		0);
	assert_int_equal(n, 2);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(place[i].zone, 2);
		assert_true(net_addr_same_host(&place[i].net, &v4)
				    ? place[i].prefix == 8
				    : net_addr_same_host(&place[i].net, &v6) &&
					      place[i].prefix == 32);
	}
	free(place);
	assert_int_equal(asn_places("none", asn, 2, &place, &n, &t), -ENOENT);
	assert_int_equal(asn_parse("AS64500", &number), 0);
	assert_int_equal(number, 64500);
	assert_int_equal(asn_parse("4294967295", &number), 0);
	assert_int_equal(asn_parse("AS0", &number), -EINVAL);
	assert_int_equal(asn_parse("4294967296", &number), -EINVAL);
	assert_int_equal(asn_parse("", &number), -EINVAL);
}

static void no_database(void **state)
{
	char why[256], code[3];
	struct text t = text_init(why, sizeof why);
	struct country_db *db;
	struct net_addr a = address("20.0.0.1");

	(void)state;
	assert_int_equal(country_db_open("/nonexistent", &db, &t), -ENOENT);
	scratch_put_text("text", "this is no database at all\n");
	t = text_init(why, sizeof why);
	assert_int_equal(country_db_open("text", &db, &t), -EBADMSG);
	assert_non_null(strstr(why, "MMDB"));
	assert_false(country_db_find(NULL, &a, code));
	country_db_close(NULL);
}

/* A tree that leads into itself, and one of noise, end. */
static void damaged_database(void **state)
{
	char data[65536];
	FILE *f = fopen(TEST_DATA "/pool/nested.mmdb", "rb");
	size_t len;

	(void)state;
	assert_non_null(f);
	len = fread(data, 1, sizeof data, f);
	fclose(f);
	for (int step = 4; step < 400; step += 4) {
		struct country_db *db;
		struct location_image image;
		struct location_map map;
		char why[256], keep[4];
		struct text t = text_init(why, sizeof why);
		size_t n;

		memcpy(keep, data + step, 4);
		memcpy(data + step, "\0\0\0\1",
		       4); /* back to the second node */
		scratch_put("damaged", data, len);
		memcpy(data + step, keep, 4);
		if (country_db_open("damaged", &db, &t) < 0)
			continue;
		country_list(&n);
		if (country_db_map(db, &image) == 0) {
			assert_int_equal(location_map_open(image.data,
							   image.len,
							   (uint16_t)n, &map),
					 0);
			free(image.data);
		}
		country_db_close(db);
	}
}

static void networks(void **state)
{
	static const char *const bad[] = {
		"",          "10.0.0.0/33",    "10.0.0.1/8",
		"10.0.0.0/", "10.0.0.0/-1",    "10.0.0/8",
		"::/129",    "2001:db8::1/64", "fe80::%1/64",
		"name/8",    "10.0.0.0/8 "};
	struct net_addr net;
	unsigned prefix;

	(void)state;
	assert_int_equal(place_parse("10.0.0.0/8", &net, &prefix), 0);
	assert_int_equal(prefix, 8);
	assert_int_equal(place_parse("0.0.0.0/0", &net, &prefix), 0);
	assert_int_equal(prefix, 0);
	assert_int_equal(place_parse("192.0.2.1", &net, &prefix), 0);
	assert_int_equal(prefix, 32);
	assert_int_equal(place_parse("2001:db8::/32", &net, &prefix), 0);
	assert_int_equal(prefix, 32);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(place_parse(bad[i], &net, &prefix), -EINVAL);
}

static void lists_of_places(void **state)
{
	static const struct {
		const char *text, *words;
	} bad[] = {
		{"10.0.0.0/8 a\n10.0.0.1/8 a\n",
		 "places:2: this is no network"},
		{"10.0.0.0/8\n", "places:1: a network and the name"},
		{"\n\n10.0.0.0/8 a b\n", "places:3: a network and the name"},
	};
	char why[256];
	struct text t = text_init(why, sizeof why);
	struct place_file f;

	(void)state;
	scratch_put_text("places", "# ours\n10.0.0.0/8 campus-a\n\n"
				   "2001:db8::/48\tcampus-b # far away\r\n"
				   "192.0.2.7 lab");
	assert_int_equal(place_file_read("places", &f, &t), 0);
	assert_int_equal(f.n, 3);
	assert_string_equal(f.line[1].zone, "campus-b");
	assert_int_equal(f.line[1].prefix, 48);
	assert_int_equal(f.line[2].prefix, 32);
	place_file_done(&f);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		t = text_init(why, sizeof why);
		scratch_put_text("places", bad[i].text);
		assert_int_equal(place_file_read("places", &f, &t), -EINVAL);
		if (!strstr(why, bad[i].words))
			fail_msg("\"%s\" does not say \"%s\"", why,
				 bad[i].words);
	}
	assert_int_equal(place_file_read("none", &f, &t), -ENOENT);
}

#define IN_FOLDER(f) \
	cmocka_unit_test_setup_teardown(f, scratch_enter, scratch_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(countries), cmocka_unit_test(databases),
		cmocka_unit_test(operators), IN_FOLDER(no_database),
		IN_FOLDER(damaged_database), cmocka_unit_test(networks),
		IN_FOLDER(lists_of_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
