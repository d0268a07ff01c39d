/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/zones.h"

#include <errno.h>

#include "pool/book/publish.h"
#include "pool_book.h"

static struct zone_record zone(const char *name, const char *kind,
			       int64_t parent_id)
{
	struct zone_record z = {.parent_id = parent_id};

	snprintf(z.name, sizeof z.name, "%s", name);
	snprintf(z.title, sizeof z.title, "Zone %s", name);
	snprintf(z.kind, sizeof z.kind, "%s", kind);
	return z;
}

static int64_t id_of(struct book_world *w, const char *name)
{
	struct zone_record z;

	assert_int_equal(zone_by_name(w->db, name, &z), 1);
	return z.id;
}

static void the_world_is_there_once(void **state)
{
	struct book_world *w = *state;
	int64_t n = count_rows(w->db, "SELECT count(*) FROM zone");
	struct zone_record z;

	assert_true(n > 240 && n < 270);
	assert_int_equal(zones_seed(w->db), 0);
	assert_int_equal(count_rows(w->db, "SELECT count(*) FROM zone"), n);
	assert_int_equal(zone_by_name(w->db, "de", &z), 1);
	assert_string_equal(z.kind, "country");
	assert_int_equal(z.parent_id, id_of(w, "europe"));
	assert_int_equal(zone_by_id(w->db, z.parent_id, &z), 1);
	assert_int_equal(z.parent_id, id_of(w, "@"));
}

static void subnets_hold_servers(void **state)
{
	struct book_world *w = *state;
	struct zone_record campus = zone("campus-a", "custom", id_of(w, "@"));
	struct zone_record lab = zone("lab", "custom", 0);
	struct zone_rule rule = {.kind = "subnet", .value = "10.1.0.0/16"};
	int64_t server = add_server(w->db, w->account, "10.1.2.3");
	int64_t rule_id = 0, lab_rule = 0;
	char text[100];

	assert_verdict(book_zone_add(w->db, w->set, &w->owner, &campus, T0,
				     &campus.id),
		       BOOK_DENIED);
	assert_verdict(book_zone_add(w->db, w->set, &w->staff, &campus, T0,
				     &campus.id),
		       BOOK_OK);
	assert_verdict(
		book_zone_add(w->db, w->set, &w->staff, &campus, T0, &lab.id),
		BOOK_EXISTS);
	lab.parent_id = campus.id;
	assert_verdict(
		book_zone_add(w->db, w->set, &w->staff, &lab, T0, &lab.id),
		BOOK_OK);
	rule.zone_id = campus.id;
	assert_verdict(
		book_zone_rule_add(w->db, &w->staff, &rule, T0, &rule_id),
		BOOK_OK);
	zones_of(w->db, server, text, sizeof text);
	assert_string_equal(text, "@ campus-a");
	rule.zone_id = lab.id;
	strcpy(rule.value, "10.1.2.0/24");
	assert_verdict(
		book_zone_rule_add(w->db, &w->staff, &rule, T0, &lab_rule),
		BOOK_OK);
	assert_verdict(
		book_zone_rule_remove(w->db, &w->staff, rule_id, campus.id, T0),
		BOOK_OK);
	zones_of(w->db, server, text, sizeof text);
	assert_string_equal(text, "@ campus-a lab"); /* through its child */
	last_audit(w->db, text, sizeof text);
	assert_non_null(strstr(text, "zone.rule.remove"));

	assert_verdict(book_zone_remove(w->db, &w->staff, campus.id, T0),
		       BOOK_IN_USE);
	assert_verdict(book_zone_remove(w->db, &w->staff, lab.id, T0), BOOK_OK);
	assert_verdict(book_zone_remove(w->db, &w->staff, campus.id, T0),
		       BOOK_OK);
	zones_of(w->db, server, text, sizeof text);
	assert_string_equal(text, "@");
}

static enum book_verdict add(struct book_world *w, const struct zone_record *z)
{
	int64_t id;

	return book_zone_add(w->db, w->set, &w->staff, z, T0, &id);
}

static void bad_zones(void **state)
{
	struct book_world *w = *state;
	int64_t global = id_of(w, "@"), id = 0;
	static const char *const names[] = {"",  "0",   "123", "-a",       "a-",
					    "A", "a.b", "a b", "\xC3\xBC", "@"};
	struct zone_record z;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		z = zone(names[i], "custom", global);
		if (book_zone_add(w->db, w->set, &w->staff, &z, T0, &id) ==
		    BOOK_OK)
			fail_msg("%s", names[i]);
	}
	z = zone("WWW", "custom", global);
	assert_verdict(add(w, &z), BOOK_BAD_ZONE);
	z = zone("x", "country", global);
	assert_verdict(add(w, &z), BOOK_BAD_KIND);
	z = zone("x", "custom", 0);
	assert_verdict(add(w, &z), BOOK_BAD_PARENT);
	z = zone("x", "custom", 99999);
	assert_verdict(add(w, &z), BOOK_BAD_PARENT);
	z = zone("x", "vendor", id_of(w, "nl")); /* would have no effect */
	assert_verdict(add(w, &z), BOOK_BAD_PARENT);
	z = zone("acme", "vendor", global);
	assert_verdict(add(w, &z), BOOK_OK);
	z = zone("x", "custom", id_of(w, "acme"));
	assert_verdict(add(w, &z), BOOK_BAD_PARENT);
	z = zone("x", "custom", global);
	z.title[0] = '\0';
	assert_verdict(add(w, &z), BOOK_MISSING);
	z = zone("x", "custom", global);
	z.ttl_s = 5;
	assert_verdict(add(w, &z), BOOK_BAD_LIMITS);
	z.ttl_s = 0;
	strcpy(z.policy, "loose");
	assert_verdict(add(w, &z), BOOK_BAD_LIMITS);
	strcpy(z.policy, "strict");
	assert_verdict(add(w, &z), BOOK_OK);
	z.id = id_of(w, "x");
	z.parent_id = z.id; /* its own parent */
	assert_verdict(book_zone_change(w->db, &w->staff, &z, T0),
		       BOOK_BAD_PARENT);
}

static char **words(const char *word)
{
	char **list = calloc(2, sizeof *list);

	list[0] = strdup(word);
	return list;
}

/* One zone of a name that the DNS has would stop the building of all. */
static void names_that_the_dns_has(void **state)
{
	static const char *const taken[] = {"www", "uk", "ns1"};
	struct book_world *w = *state;
	char why[200];
	struct text t = text_init(why, sizeof why);
	struct zone_record z;
	int64_t id = 0;

	w->set->name_servers = words("ns1.pool.example.org=192.0.2.1");
	for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
		z = zone(taken[i], "custom", id_of(w, "@"));
		if (book_zone_add(w->db, w->set, &w->staff, &z, T0, &id) !=
		    BOOK_TAKEN)
			fail_msg("%s", taken[i]);
		assert_int_equal(zone_by_name(w->db, taken[i], &z), 0);
	}
	z = zone("ns2", "custom", id_of(w, "@"));
	assert_verdict(book_zone_add(w->db, w->set, &w->staff, &z, T0, &id),
		       BOOK_OK);
	assert_int_equal(publish_check(w->db, w->set, &t), 0);

	/* The host comes after the zone. */
	free(w->set->name_servers[0]);
	w->set->name_servers[0] = strdup("ns2.pool.example.org=192.0.2.1");
	assert_int_equal(publish_check(w->db, w->set, &t), -EINVAL);
	assert_string_equal(why, "ns2: means two things");
	/* That can be undone, too. */
	assert_verdict(book_zone_remove(w->db, &w->staff, id, T0), BOOK_OK);
	assert_int_equal(publish_check(w->db, w->set, &t), 0);
}

static void limits_of_the_world_can_be_set(void **state)
{
	struct book_world *w = *state;
	struct zone_record z, is;

	assert_int_equal(zone_by_name(w->db, "de", &z), 1);
	z.min_servers = 8;
	z.parent_id = 0;           /* is not listened to */
	strcpy(z.name, "germany"); /* neither */
	assert_verdict(book_zone_change(w->db, &w->staff, &z, T0), BOOK_OK);
	assert_int_equal(zone_by_name(w->db, "de", &is), 1);
	assert_int_equal(is.min_servers, 8);
	assert_int_equal(is.parent_id, id_of(w, "europe"));
	assert_verdict(book_zone_change(w->db, &w->owner, &z, T0), BOOK_DENIED);
	assert_verdict(book_zone_remove(w->db, &w->staff, is.id, T0),
		       BOOK_FIXED_ZONE);
	z.id = 99999;
	assert_verdict(book_zone_change(w->db, &w->staff, &z, T0),
		       BOOK_UNKNOWN);
}

static void bad_rules(void **state)
{
	static const struct zone_rule rules[] = {
		{.kind = "subnet", .value = "10.0.0.1/8"},
		{.kind = "subnet", .value = "10.0.0.0/33"},
		{.kind = "subnet", .value = ""},
		{.kind = "asn", .value = "0"},
		{.kind = "asn", .value = "4294967296"},
		{.kind = "asn", .value = "AS1"},
		{.kind = "colour", .value = "red"},
	};
	struct book_world *w = *state;
	struct zone_record z = zone("campus", "custom", id_of(w, "@"));
	int64_t id = 0;
	struct zone_rule r;

	assert_verdict(book_zone_add(w->db, w->set, &w->staff, &z, T0, &z.id),
		       BOOK_OK);
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		r = rules[i];
		r.zone_id = z.id;
		if (book_zone_rule_add(w->db, &w->staff, &r, T0, &id) !=
		    BOOK_BAD_RULE)
			fail_msg("%s %s", r.kind, r.value);
	}
	r = (struct zone_rule){
		.zone_id = id_of(w, "de"), .kind = "asn", .value = "64496"};
	assert_verdict(book_zone_rule_add(w->db, &w->staff, &r, T0, &id),
		       BOOK_FIXED_ZONE);
	r.zone_id = z.id;
	assert_verdict(book_zone_rule_add(w->db, &w->owner, &r, T0, &id),
		       BOOK_DENIED);
	assert_verdict(book_zone_rule_add(w->db, &w->staff, &r, T0, &id),
		       BOOK_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOOK_TEST(the_world_is_there_once),
		BOOK_TEST(subnets_hold_servers),
		BOOK_TEST(bad_zones),
		BOOK_TEST(names_that_the_dns_has),
		BOOK_TEST(limits_of_the_world_can_be_set),
		BOOK_TEST(bad_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
