/* SPDX-License-Identifier: BSD-2-Clause */
#include "status/document.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/container.h"
#include "near.h"

static struct document read_text(const char *text)
{
	char words[512];
	struct text why = text_init(words, sizeof words);
	struct document d;

	assert_int_equal(doc_read(text, strlen(text), &d, &why), 0);
	return d;
}

/* E-31, as the next two. */
static void unknown_members_are_left_alone(void **state)
{
	struct document d = read_text(
		"{\"schema\":\"ntp-status/1\",\"moon\":{\"phase\":0.5},"
		"\"time\":\"2026-11-23T05:10:28.5Z\","
		"\"system\":{\"offset\":2.1e-05,\"tide\":[1,2]},"
		"\"sources\":[{\"name\":\"a\",\"colour\":\"red\"}]}");

	(void)state;
	assert_near(d.system.offset_s, 2.1e-5, 1e-12);
	assert_string_equal(d.source[0].name, "a");
	assert_int_equal(d.time_ms, 1795410628500);
	doc_done(&d);
}

static void missing_members_are_not_known(void **state)
{
	struct document d = read_text("{\"schema\":\"ntp-status/1\","
				      "\"sources\":[{\"offset\":null}, 7]}");

	(void)state;
	assert_int_equal(d.n_source, 2);
	for (size_t i = 0; i < d.n_source; i++) {
		assert_string_equal(d.source[i].name, "");
		assert_true(isnan(d.source[i].offset_s));
		assert_int_equal(d.source[i].sent, -1);
		assert_int_equal(d.source[i].tally, ' ');
	}
	assert_false(d.has_server);
	assert_int_equal(doc_count(&d, "server.received"), -1);
	assert_true(isnan(doc_real(&d, "no.such.thing")));
	doc_done(&d);
}

static void what_is_no_document_is_told(void **state)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{"", "not JSON"},
		{"{\"schema\":\"ntp-status/1\"", "not JSON"},
		{"[]", "no schema"},
		{"{\"schema\":7}", "no schema"},
		{"{\"schema\":\"ntp-status/2\"}", "different versions"},
		{"{\"schema\":\"ntp-status/\\u001b[2J\"}", "\\x1b[2J"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char words[512];
		struct text why = text_init(words, sizeof words);
		struct document d;

		assert_int_equal(doc_read(cases[i].text, strlen(cases[i].text),
					  &d, &why),
				 -EBADMSG);
		assert_non_null(strstr(words, cases[i].says));
		assert_null(d.source);
	}
}

/* E-30.  Terminal escapes in names: harmless in structs and CSV, as they came in JSON. */
static void foreign_names_cannot_steer(void **state)
{
	static const char *const fields[] = {"name", NULL};
	struct document d =
		read_text("{\"schema\":\"ntp-status/1\",\"sources\":"
			  "[{\"name\":\"x\\u001b[2J\\u009b,\"}]}");
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	(void)state;
	assert_string_equal(d.source[0].name, "x\\x1b[2J\\xc2\\x9b,");
	doc_put_csv(&d.tree, f, "sources", fields);
	doc_put_json(&d.tree, f, "sources");
	fclose(f);
	assert_non_null(strstr(text, "name\n\"x\\x1b[2J\\xc2\\x9b,\"\n"));
	assert_non_null(strstr(text, "\"x\\u001B[2J\\u009B,\""));
	for (size_t i = 0; i < len; i++)
		assert_true(text[i] == '\n' ||
			    (text[i] >= ' ' && text[i] < 0x7f));
	free(text);
	doc_done(&d);
}

static void count_them(void *arg, const char *name, int64_t value)
{
	int64_t *sum = arg;

	assert_true(strcmp(name, "3") == 0 || strcmp(name, "4") == 0);
	*sum += value;
}

static void counts_are_found(void **state)
{
	struct document d = read_text(
		"{\"schema\":\"ntp-status/1\",\"server\":{\"received\":12,"
		"\"versions\":{\"3\":5,\"4\":7,\"x\":null}}}");
	int64_t sum = 0;

	(void)state;
	assert_true(d.has_server);
	assert_int_equal(doc_count(&d, "server.received"), 12);
	doc_each_count(&d, "server.versions", count_them, &sum);
	doc_each_count(&d, "server.nothing", count_them, &sum);
	assert_int_equal(sum, 12);
	doc_done(&d);
}

static void clients_are_read(void **state)
{
	static const char text[] =
		"{\"schema\":\"ntp-clients/"
		"1\",\"time\":\"2026-11-23T05:10:28Z\","
		"\"clients\":[{\"address\":\"192.0.2.1\",\"received\":9,"
		"\"last_seen\":\"2026-11-23T05:10:18Z\"}]}";
	char words[128];
	struct text why = text_init(words, sizeof words);
	struct clients_doc d;

	(void)state;
	assert_int_equal(doc_read_clients(text, strlen(text), &d, &why), 0);
	assert_int_equal(d.n, 1);
	assert_string_equal(d.client[0].address, "192.0.2.1");
	assert_int_equal(d.client[0].received, 9);
	assert_int_equal(d.client[0].mode, -1);
	assert_false(d.client[0].over_limit);
	assert_int_equal(d.time_ms - d.client[0].last_seen_ms, 10000);
	doc_clients_done(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unknown_members_are_left_alone),
		cmocka_unit_test(missing_members_are_not_known),
		cmocka_unit_test(what_is_no_document_is_told),
		cmocka_unit_test(foreign_names_cannot_steer),
		cmocka_unit_test(counts_are_found),
		cmocka_unit_test(clients_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
