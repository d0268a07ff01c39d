/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/webhook.h"

#include "pool/store/outbox.h"
#include "pool_book.h"

/* RFC 4231 test case 2 */
static void signature(void **state)
{
	char out[WEBHOOK_SIGNATURE_LEN];

	(void)state;
	webhook_sign("Jefe", "what do ya want for nothing?", out);
	assert_string_equal(out, "sha256=5bdcc146bf60754e6a042426089575c7"
				 "5a003f089d2739839dec58b964ec3843");
}

static void urls(void **state)
{
	static const char *const good[] = {
		"https://example.org",
		"http://example.org/",
		"https://example.org:8443/a?b=c#d",
		"https://[2001:db8::1]/x",
		"https://example.org/?mail=a@b",
	};
	static const char *const bad[] = {
		"",
		"https://",
		"https:///x",
		"ftp://example.org",
		"file:///etc/passwd",
		"gopher://x",
		"javascript:alert(1)",
		"https://user@example.org",
		"https://a:b@example.org/",
		"https://example.org\\@evil.org",
		"https://:80/",
		"https://example.org/ x",
		"https://example.org/\r\nX: y",
		"HTTPS://example.org",
	};
	char long_url[WEBHOOK_URL_LEN + 20] = "https://example.org/";

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (!webhook_url_ok(good[i]))
			fail_msg("%s", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (webhook_url_ok(bad[i]))
			fail_msg("%s", bad[i]);
	memset(long_url + 20, 'a', WEBHOOK_URL_LEN - 21);
	assert_true(webhook_url_ok(long_url));
	strcat(long_url, "a");
	assert_false(webhook_url_ok(long_url));
}

static void life_of_a_webhook(void **state)
{
	struct book_world *w = *state;
	struct webhook hook, first;
	struct outbox_item item;

	assert_verdict(
		book_webhook_add(w->db, &w->owner, "file:///x", T0, &hook),
		BOOK_BAD_URL);
	for (int i = 0; i < WEBHOOK_MAX; i++) {
		assert_verdict(book_webhook_add(w->db, &w->owner,
						"https://example.org/h", T0,
						&hook),
			       BOOK_OK);
		if (i == 0)
			first = hook;
		else
			assert_string_not_equal(first.secret, hook.secret);
	}
	assert_verdict(book_webhook_add(w->db, &w->owner,
					"https://example.org/h", T0, &hook),
		       BOOK_TOO_OFTEN);
	assert_verdict(book_webhook_test(w->db, &w->stranger, first.id, T0),
		       BOOK_DENIED);
	assert_verdict(book_webhook_test(w->db, &w->owner, first.id, T0),
		       BOOK_OK);
	assert_int_equal(outbox_claim(w->db, T0, &item), 1);
	assert_non_null(strstr(item.body, "\"event\":\"test\""));
	outbox_item_done(&item);
	assert_verdict(book_webhook_remove(w->db, &w->stranger, first.id, T0),
		       BOOK_DENIED);
	assert_verdict(book_webhook_remove(w->db, &w->owner, first.id, T0),
		       BOOK_OK);
	assert_verdict(book_webhook_remove(w->db, &w->owner, first.id, T0),
		       BOOK_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signature),
		cmocka_unit_test(urls),
		BOOK_TEST(life_of_a_webhook),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
