/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/mail.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"

static char *compose(const char *subject, const char *body)
{
	struct mail m = {
		.from = "pool@example.org",
		.to = "ada@example.net",
		.subject = subject,
		.body = body,
		.id = 7,
		.at_ms = INT64_C(1767225600123),
	};
	struct buf out = {0};

	assert_int_equal(mail_compose(&m, &out), 0);
	return out.data;
}

static void a_plain_mail(void **state)
{
	char *text = compose("Hello", "One line.\nAnother.\n");

	(void)state;
	assert_string_equal(text,
			    "From: <pool@example.org>\r\n"
			    "To: <ada@example.net>\r\n"
			    "Subject: Hello\r\n"
			    "Date: Thu, 01 Jan 2026 00:00:00 +0000\r\n"
			    "Message-ID: <1767225600123.7@example.org>\r\n"
			    "MIME-Version: 1.0\r\n"
			    "Content-Type: text/plain; charset=utf-8\r\n"
			    "Content-Transfer-Encoding: quoted-printable\r\n"
			    "Auto-Submitted: auto-generated\r\n"
			    "\r\n"
			    "One line.\r\nAnother.\r\n\r\n");
	free(text);
}

/* What a stranger wrote into a name or a comment adds no header. */
static void no_header_comes_from_outside(void **state)
{
	char *text = compose("a\r\nBcc: eve@example.org\r\n\r\nx", "y\n");

	(void)state;
	assert_null(strstr(text, "\nBcc"));
	assert_non_null(strstr(text, "Subject: =?utf-8?B?"));
	free(text);
}

static void addresses(void **state)
{
	static const char *const good[] = {"a@b", "ada@example.org",
					   "a.b+c@x-y.example.org",
					   "o'brien@example.org"};
	static const char *const bad[] = {
		"",      "@",           "a@",     "@b",
		"a",     "a@b@c",       "a b@c",  "a@b\r\nBcc: d@e",
		"a@b\n", "a@b,c@d",     "<a@b>",  "\"a\"@b",
		"a@b>",  "a@[1.2.3.4]", "a@b;c",  "a@.b",
		"a@b.",  "\xC3\xBC@b",  "a@b\x7F"};
	struct buf out = {0};
	struct mail m = {.from = "a@b", .subject = "", .body = ""};
	char long_address[300];

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (!mail_address_ok(good[i]))
			fail_msg("%s", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (mail_address_ok(bad[i]))
			fail_msg("%s", bad[i]);
		m.to = bad[i];
		assert_int_equal(mail_compose(&m, &out), -EINVAL);
	}
	memset(long_address, 'a', sizeof long_address);
	strcpy(long_address + 253, "@b");
	assert_false(mail_address_ok(long_address));
	assert_true(mail_address_ok(long_address + 1));
	assert_int_equal(out.len, 0);
}

/* No line is longer than SMTP takes, none is a lone dot, no octet above 126. */
static void any_body_survives(void **state)
{
	char body[4000];
	char *text;

	(void)state;
	for (size_t i = 0; i < sizeof body - 1; i++)
		body[i] = (char)(1 + i % 255);
	body[sizeof body - 1] = '\0';
	memcpy(body, "\n.\n", 3);
	text = compose("Z\xC3\xBCrich \xE2\x82\xAC \xF0\x9F\x95\x90 and so on, "
		       "for longer than one line of a header can hold it all",
		       body);
	for (char *s = text, *end; *s; s = end + 2) {
		end = strstr(s, "\r\n");
		assert_non_null(end);
		assert_true(end - s <= 76);
		assert_false(end - s == 1 && *s == '.');
		for (char *c = s; c < end; c++)
			assert_true((unsigned char)*c < 127 &&
				    ((unsigned char)*c >= ' ' || *c == '\t'));
	}
	free(text);
}

static void quoted_printable(void **state)
{
	char *text = compose("s", "a = b \n\t\n.x\nf\xC3\xBCr");

	(void)state;
	assert_string_equal(strstr(text, "\r\n\r\n"),
			    "\r\n\r\na =3D b=20\r\n=09\r\n=2Ex\r\nf=C3=BCr"
			    "\r\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plain_mail),
		cmocka_unit_test(no_header_comes_from_outside),
		cmocka_unit_test(addresses),
		cmocka_unit_test(any_body_survives),
		cmocka_unit_test(quoted_printable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
