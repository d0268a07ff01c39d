/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/zone/export.h"

#include <stdio.h>

#include "unit/pool/zone/world.h"

/* Two servers of either family in Germany, one beside it, a vendor. */
struct scene {
	struct pool *pool;
	struct snapshot_image image;
	struct snapshot snap;
	char *text;
	size_t len;
	FILE *out;
};

static struct scene *scene_new(void)
{
	static const char *const ns[] = {"ns1.pool.test=192.0.2.1,2001:db8::1",
					 "ns2.example.net"};
	struct scene *s = calloc(1, sizeof *s);

	assert_non_null(s);
	s->pool = pool_new();
	s->pool->in.origin.name_server = ns;
	s->pool->in.origin.n_name_server = 2;
	s->pool->in.origin.contact = "a.b@example.org";
	s->pool->in.origin.web = "www.example.org";
	pool_zone(s->pool, "acme", ZONE_VENDOR, POOL_GLOBAL);
	pool_server(s->pool, POOL_DE, AF_INET, 30);
	pool_server(s->pool, POOL_DE, AF_INET, 10);
	pool_server(s->pool, POOL_DE, AF_INET6, 10);
	pool_server(s->pool, POOL_GLOBAL, AF_INET, 10);
	s->snap = pool_build(s->pool, &s->image);
	s->out = open_memstream(&s->text, &s->len);
	assert_non_null(s->out);
	return s;
}

static void scene_free(struct scene *s)
{
	snapshot_image_done(&s->image);
	free(s->pool);
	free(s->text);
	free(s);
}

static unsigned count(const char *text, const char *words)
{
	unsigned n = 0;

	while ((text = strstr(text, words))) {
		text += strlen(words);
		n++;
	}
	return n;
}

#define assert_has(s, words)                                            \
	do {                                                            \
		if (!strstr((s)->text, words))                          \
			fail_msg("no \"%s\" in\n%s", words, (s)->text); \
	} while (0)

static void zone_file(void **state)
{
	struct scene *s = scene_new();

	(void)state;
	export_zone_file(&s->snap, 42, 1, s->out);
	fclose(s->out);
	assert_has(s, "$ORIGIN pool.test.\n$TTL 150\n@\tIN\tSOA\t"
		      "ns1.pool.test. a\\.b.example.org. 42 900 300 1209600 "
		      "150\n");
	assert_has(s, "@\t14400\tIN\tNS\tns2.example.net.\n");
	assert_has(s, "ns1.pool.test.\t14400\tIN\tAAAA\t2001:db8::1\n");
	assert_has(s, "www\t7200\tIN\tCNAME\twww.example.org.\n");
	assert_has(s, "\n_dmarc\t3600\tIN\tTXT\t\"v=DMARC1; p=reject\"\n");
	assert_has(s, "\n0.de\tIN\tTXT\t\"v=spf1 -all\"\n");
	/* the pool, its zones and its vendor, each five times, all of three */
	assert_int_equal(count(s->text, "\tIN\tA\t10."), 4 * 5 * 3);
	assert_int_equal(count(s->text, "\nde\t150\tIN\tA\t10."), 3);
	assert_int_equal(count(s->text, "\n3.acme\t150\tIN\tA\t10."), 3);
	assert_int_equal(count(s->text, "\n0.de\t150\tIN\tAAAA\t"), 1);
	scene_free(s);
}

static void geodns(void **state)
{
	struct scene *s = scene_new();

	(void)state;
	export_geodns(&s->snap, s->out);
	fclose(s->out);
	assert_has(s, "{\"serial\":1700000000,\"ttl\":150,\"max_hosts\":4,"
		      "\"targeting\":\"country continent @\",\"data\":{\"\":{");
	assert_has(s, "\"ns\":[\"ns1.pool.test\",\"ns2.example.net\"]");
	assert_has(s, "\"2.de\":{\"ttl\":150,\"max_hosts\":4,\"a\":[[\"10.0.");
	assert_has(s, "[\"10.0.0.1\",1000001]");
	assert_has(s, "\"mx\":[{\"preference\":0,\"mx\":\".\"}]");
	assert_int_equal(count(s->text, "\"ns\""), 1);
	assert_has(s, "\"txt\":[{\"txt\":\"v=spf1 -all\"}]");
	assert_has(s, "\"_dmarc\":{\"ttl\":3600,\"txt\":[{\"txt\":"
		      "\"v=DMARC1; p=reject\"}]}");
	assert_has(s, "\"www\":{\"cname\":\"www.example.org.\"}");
	assert_has(s, "\"ns1\":{\"a\":[[\"192.0.2.1\",1]],"
		      "\"aaaa\":[[\"2001:db8::1\",1]]}");
	scene_free(s);
}

static void knot(void **state)
{
	struct scene *s = scene_new();

	(void)state;
	export_knot(&s->snap, 16, 1, s->out);
	fclose(s->out);
	assert_has(s, "# zone:\n#   - domain: pool.test\n");
	assert_has(s, "\npool.test:\n  - weight: 1\n");
	assert_has(s, "\n1.de.pool.test:\n  - weight: 1\n");
	/* Three and one fit into each answer: one set says it. */
	assert_int_equal(count(s->text, "weight: 1\n    A: ["), 4 * 5);
	assert_int_equal(count(s->text, "    AAAA: [2001:db8"), 4 * 5);
	scene_free(s);
}

static void knot_draws(void **state)
{
	struct scene *s = scene_new();

	(void)state;
	for (int i = 0; i < 4; i++)
		pool_server(s->pool, POOL_DE, AF_INET, 10);
	snapshot_image_done(&s->image);
	s->snap = pool_build(s->pool, &s->image);
	export_knot(&s->snap, 16, 1, s->out);
	fclose(s->out);
	assert_int_equal(count(s->text, "weight: 1\n    A: ["), 4 * 5 * 16);
	scene_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zone_file),
		cmocka_unit_test(geodns),
		cmocka_unit_test(knot),
		cmocka_unit_test(knot_draws),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
