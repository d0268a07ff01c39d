/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/settings/settings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "near.h"
#include "scratch.h"

/* Read text over the defaults; what was found goes to *found, heap. */
static int parse(struct pool_settings **s, const char *text, char **found)
{
	size_t len;
	FILE *errors = open_memstream(found, &len);
	int r;

	*s = settings_new();
	r = settings_parse(*s, "pool.conf", text, strlen(text), errors);
	fclose(errors);
	return r;
}

static char *printed(const struct pool_settings *s)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	settings_print(s, out);
	fclose(out);
	return text;
}

static void test_values_of_each_kind(void **state)
{
	struct pool_settings *s;
	char *found;

	(void)state;
	assert_int_equal(parse(&s,
			       "# a pool\n"
			       "name \"Campus #1\"\n"
			       "domain pool.example.net\r\n"
			       "web-listen [::1]:8443\n"
			       "web-url https://www.pool.example.net\n"
			       "web-workers 4\nsample-gap 0.25\nsign-up no\n"
			       "zone-policy strict\n"
			       "name-server ns1.example.net ns2.example.net\n"
			       "name-server ns3.example.net\n",
			       &found),
			 0);
	assert_string_equal(found, "");
	assert_string_equal(s->name, "Campus #1");
	assert_string_equal(s->domain, "pool.example.net");
	assert_string_equal(s->web_listen, "[::1]:8443");
	assert_int_equal(s->web_workers, 4);
	assert_near(s->sample_gap_s, 0.25, 0);
	assert_false(s->sign_up);
	assert_true(s->public_scores);
	assert_string_equal(s->zone_policy, "strict");
	assert_string_equal(s->name_servers[2], "ns3.example.net");
	assert_null(s->name_servers[3]);
	assert_null(s->web_cert);
	free(found);
	settings_free(s);
}

/* What is printed can be read again and is then the same. */
static void test_printed_is_read_again(void **state)
{
	struct pool_settings *s, *again;
	char *found, *first, *second;

	(void)state;
	assert_int_equal(parse(&s,
			       "name \"a \\\"b\\\" \\\\ # c\"\n"
			       "base-server a b \"c d\"\n"
			       "account-share 0.1\ncontact x@example.org\n",
			       &found),
			 0);
	free(found);
	first = printed(s);
	assert_non_null(strstr(first, "base-server a b \"c d\"\n"));
	assert_non_null(strstr(first, "# country-db\n"));
	assert_int_equal(parse(&again, first, &found), 0);
	second = printed(again);
	assert_string_equal(first, second);
	free(found);
	free(first);
	free(second);
	settings_free(s);
	settings_free(again);
}

static void test_every_error_is_told_in_one_pass(void **state)
{
	struct pool_settings *s;
	char *found;

	(void)state;
	assert_int_equal(parse(&s,
			       "web-lisen 127.0.0.1:80\n"
			       "web-workers 0\n"
			       "name\n"
			       "sign-up maybe\n"
			       "web-listen localhost:80\n"
			       "state-dir var/lib\n"
			       "domain under_score.example\n"
			       "web-url www.example.org\n"
			       "profile lax\n"
			       "batch 10\n"
			       "batch 11\n"
			       "contact a b\n"
			       "mail-url \"open\n"
			       "web-cert /etc/x.pem\n"
			       "user-header X-User\n"
			       "monitor-source 192.0.2.1 2001:db8::1\n"
			       "monitor-source 192.0.2.2 eth0\n",
			       &found),
			 -EINVAL);
	assert_non_null(strstr(
		found, "pool.conf:1:1: error: unknown directive 'web-lisen' "
		       "[unknown-directive]\n"
		       "    web-lisen 127.0.0.1:80\n"
		       "    ^~~~~~~~~\n"
		       "    did you mean 'web-listen'?\n"));
	assert_non_null(strstr(found, "pool.conf:2:13: error: 'web-workers' "
				      "needs a whole number from 1 to 64"));
	assert_non_null(strstr(found, "pool.conf:3:5: error: 'name' needs"));
	assert_non_null(strstr(found, "pool.conf:4:9: "));
	assert_non_null(strstr(found, "pool.conf:5:12: "));
	assert_non_null(strstr(found, "pool.conf:6:11: "));
	assert_non_null(strstr(found, "pool.conf:7:8: "));
	assert_non_null(strstr(found, "pool.conf:8:9: "));
	assert_non_null(strstr(found, "one of: classic strict"));
	assert_non_null(strstr(found, "set already, in line 10"));
	assert_non_null(strstr(found, "pool.conf:12:11: error: this is one"));
	assert_non_null(strstr(found, "pool.conf:13:10: error: quotation"));
	assert_non_null(strstr(found, "[half-a-key]"));
	assert_non_null(strstr(found, "[header-from-anybody]"));
	assert_non_null(strstr(found, "[two-sources]"));
	assert_non_null(strstr(found, "needs addresses: eth0"));
	free(found);
	settings_free(s);
}

static void test_files(void **state)
{
	struct pool_settings *s = settings_new();
	char *found, *big = calloc(1, 2u << 20);
	size_t len;
	FILE *errors = open_memstream(&found, &len);

	(void)state;
	assert_int_equal(settings_read(s, "none.conf", errors), -ENOENT);
	assert_int_equal(settings_read(s, ".", errors), -EINVAL);
	memset(big, '\n', 2u << 20);
	scratch_put("big.conf", big, 2u << 20);
	assert_int_equal(settings_read(s, "big.conf", errors), -EFBIG);
	scratch_put_text("good.conf", "name Mine");
	assert_int_equal(settings_read(s, "good.conf", errors), 0);
	assert_string_equal(s->name, "Mine");
	fclose(errors);
	assert_non_null(strstr(found, "none.conf: No such file"));
	free(found);
	free(big);
	settings_free(s);
	settings_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values_of_each_kind),
		cmocka_unit_test(test_printed_is_read_again),
		cmocka_unit_test(test_every_error_is_told_in_one_pass),
		cmocka_unit_test_setup_teardown(test_files, scratch_enter,
						scratch_leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
