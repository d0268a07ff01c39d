/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/dns_message.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "base/container.h"
#include "base/rng.h"
#include "cmocka_all.h"

/* Questions are put together by hand here: what is tested does not help. */
struct message {
	uint8_t buf[1024];
	struct bytes_out out;
};

static void header(struct message *m, uint16_t flags, uint16_t questions,
		   uint16_t additional)
{
	m->out = bytes_out(m->buf, sizeof m->buf);
	bytes_put_u16(&m->out, 0x1234);
	bytes_put_u16(&m->out, flags);
	bytes_put_u16(&m->out, questions);
	bytes_put_u32(&m->out, 0);
	bytes_put_u16(&m->out, additional);
}

static void put_text(struct message *m, const char *wire, size_t len)
{
	bytes_put(&m->out, wire, len);
}

/* wire: the name as octets, without the root's, which the literal has. */
#define QUESTION(m, wire, type)                         \
	do {                                            \
		put_text(m, wire, sizeof(wire));        \
		bytes_put_u16(&(m)->out, type);         \
		bytes_put_u16(&(m)->out, DNS_CLASS_IN); \
	} while (0)

static void opt_record(struct message *m, uint16_t size, uint32_t flags,
		       const void *options, size_t len)
{
	bytes_put_u8(&m->out, 0);
	bytes_put_u16(&m->out, DNS_OPT);
	bytes_put_u16(&m->out, size);
	bytes_put_u32(&m->out, flags);
	bytes_put_u16(&m->out, (uint16_t)len);
	bytes_put(&m->out, options, len);
}

static enum dns_query_verdict decode(const struct message *m,
				     struct dns_query *q)
{
	assert_false(m->out.bad);
	return dns_query_decode(m->buf, m->out.len, q);
}

static void plain_question(void **state)
{
	char text[DNS_NAME_TEXT_LEN];
	struct message m;
	struct dns_query q;

	(void)state;
	header(&m, 0x0110, 1, 0);
	QUESTION(&m, "\1\060\4PooL\7EXAMPLE", DNS_AAAA);
	assert_int_equal(decode(&m, &q), DNS_QUERY_GOOD);
	assert_int_equal(q.id, 0x1234);
	assert_string_equal(dns_name_to_text(&q.name, text), "0.pool.example");
	assert_memory_equal(q.spelt, "\1\060\4PooL\7EXAMPLE", q.name.len);
	assert_int_equal(q.type, DNS_AAAA);
	assert_int_equal(q.class, DNS_CLASS_IN);
	assert_true(q.rd && q.cd);
	assert_false(q.edns || q.has_subnet || q.has_cookie || q.nsid);
	assert_int_equal(q.udp_size, 512);
}

/* RFC 7871 section 11's shape, RFC 7873, RFC 5001, and an unknown option. */
static void every_option(void **state)
{
	static const uint8_t options[] = {
		0, 3,  0, 0,                            /* NSID */
		0, 8,  0, 7, 0, 1, 24, 0, 192, 0, 2,    /* subnet */
		0, 10, 0, 8, 1, 2, 3,  4, 5,   6, 7, 8, /* cookie */
		0, 12, 0, 2, 0, 0,                      /* padding */
	};
	struct message m;
	struct dns_query q;

	(void)state;
	header(&m, 0, 1, 1);
	QUESTION(&m, "\4pool", DNS_A);
	opt_record(&m, 4096, 0x8000, options, sizeof options);
	assert_int_equal(decode(&m, &q), DNS_QUERY_GOOD);
	assert_true(q.edns && q.dnssec_ok && q.nsid && q.has_subnet &&
		    q.has_cookie);
	assert_int_equal(q.udp_size, 4096);
	assert_int_equal(q.subnet.source, 24);
	assert_int_equal(q.subnet.addr.family, AF_INET);
	assert_memory_equal(q.subnet.addr.ip, "\300\0\2\0", 4);
	assert_memory_equal(q.client_cookie, "\1\2\3\4\5\6\7\10", 8);
	assert_int_equal(q.server_cookie_len, 0);
}

static enum dns_query_verdict with_options(const void *options, size_t len)
{
	struct message m;
	struct dns_query q;

	header(&m, 0, 1, 1);
	QUESTION(&m, "\4pool", DNS_A);
	opt_record(&m, 1232, 0, options, len);
	return decode(&m, &q);
}

#define OPTIONS(...)                                 \
	with_options((const uint8_t[]){__VA_ARGS__}, \
		     sizeof((const uint8_t[]){__VA_ARGS__}))

static void subnets(void **state)
{
	(void)state;
	/* family 0 says nothing; /0 of either family, too */
	assert_int_equal(OPTIONS(0, 8, 0, 4, 0, 0, 0, 0), DNS_QUERY_GOOD);
	assert_int_equal(OPTIONS(0, 8, 0, 4, 0, 2, 0, 0), DNS_QUERY_GOOD);
	assert_int_equal(OPTIONS(0, 8, 0, 5, 0, 1, 7, 0, 0xfe), DNS_QUERY_GOOD);
	/* too few and too many octets, bits behind the prefix, a scope in a
	 * question, too long a prefix, another family, no room for a head */
	assert_int_equal(OPTIONS(0, 8, 0, 6, 0, 1, 24, 0, 10, 0),
			 DNS_QUERY_MALFORMED);
	assert_int_equal(OPTIONS(0, 8, 0, 8, 0, 1, 24, 0, 10, 0, 0, 0),
			 DNS_QUERY_MALFORMED);
	assert_int_equal(OPTIONS(0, 8, 0, 5, 0, 1, 7, 0, 1),
			 DNS_QUERY_MALFORMED);
	assert_int_equal(OPTIONS(0, 8, 0, 5, 0, 1, 8, 8, 10),
			 DNS_QUERY_MALFORMED);
	assert_int_equal(OPTIONS(0, 8, 0, 9, 0, 1, 33, 0, 1, 2, 3, 4, 128),
			 DNS_QUERY_MALFORMED);
	assert_int_equal(OPTIONS(0, 8, 0, 5, 0, 3, 8, 0, 1),
			 DNS_QUERY_MALFORMED);
	assert_int_equal(OPTIONS(0, 8, 0, 3, 0, 1, 0), DNS_QUERY_MALFORMED);
}

/* RFC 7873 section 5.2.2: 8 octets, or 16 to 40. */
static void cookie_lengths(void **state)
{
	uint8_t option[4 + 64] = {0, 10};

	(void)state;
	for (unsigned len = 0; len <= 48; len++) {
		option[3] = (uint8_t)len;
		assert_int_equal(with_options(option, 4 + len),
				 len == 8 || (len >= 16 && len <= 40)
					 ? DNS_QUERY_GOOD
					 : DNS_QUERY_MALFORMED);
	}
}

static void options_that_run_over(void **state)
{
	(void)state;
	assert_int_equal(OPTIONS(0, 3, 0, 1), DNS_QUERY_MALFORMED);
	assert_int_equal(OPTIONS(0, 3, 0), DNS_QUERY_MALFORMED);
	assert_int_equal(OPTIONS(0, 8, 0xff, 0xff, 0), DNS_QUERY_MALFORMED);
}

static void not_questions(void **state)
{
	struct message m;
	struct dns_query q;

	(void)state;
	header(&m, 0x8000, 1, 0); /* an answer: never answered (loops) */
	QUESTION(&m, "\4pool", DNS_A);
	assert_int_equal(decode(&m, &q), DNS_QUERY_IGNORE);
	for (size_t len = 0; len < DNS_HEADER_LEN; len++)
		assert_int_equal(dns_query_decode(m.buf, len, &q),
				 DNS_QUERY_IGNORE);
	header(&m, 0x2000, 1, 0); /* NOTIFY */
	QUESTION(&m, "\4pool", DNS_SOA);
	assert_int_equal(decode(&m, &q), DNS_QUERY_UNKNOWN);
	header(&m, 0, 1, 1); /* EDNS version 1, with options of its own */
	QUESTION(&m, "\4pool", DNS_A);
	opt_record(&m, 1232, 0x10000, "\377\377\377", 3);
	assert_int_equal(decode(&m, &q), DNS_QUERY_VERSION);
}

static void malformed(void **state)
{
	struct message m;
	struct dns_query q;

	(void)state;
	header(&m, 0, 0, 0); /* no question */
	assert_int_equal(decode(&m, &q), DNS_QUERY_MALFORMED);
	assert_int_equal(q.name.len, 0);
	header(&m, 0, 2, 0); /* two */
	QUESTION(&m, "\4pool", DNS_A);
	QUESTION(&m, "\4pool", DNS_A);
	assert_int_equal(decode(&m, &q), DNS_QUERY_MALFORMED);
	header(&m, 0, 1, 0); /* a pointer to itself */
	put_text(&m, "\300\014", 2);
	bytes_put_u32(&m.out, 0x00010001);
	assert_int_equal(decode(&m, &q), DNS_QUERY_MALFORMED);
	header(&m, 0, 1, 0); /* octets behind the end */
	QUESTION(&m, "\4pool", DNS_A);
	bytes_put_u8(&m.out, 0);
	assert_int_equal(decode(&m, &q), DNS_QUERY_MALFORMED);
	header(&m, 0, 1, 2); /* two OPT records */
	QUESTION(&m, "\4pool", DNS_A);
	opt_record(&m, 1232, 0, "", 0);
	opt_record(&m, 1232, 0, "", 0);
	assert_int_equal(decode(&m, &q), DNS_QUERY_MALFORMED);
	header(&m, 0, 1, 9); /* more records than a question has a use for */
	QUESTION(&m, "\4pool", DNS_A);
	assert_int_equal(decode(&m, &q), DNS_QUERY_MALFORMED);
}

/* Cut anywhere, a question with everything is refused or passed over. */
static void cut_short(void **state)
{
	static const uint8_t options[] = {0, 8, 0, 7, 0, 1, 24, 0, 192, 0, 2};
	struct message m;
	struct dns_query q;

	(void)state;
	header(&m, 0, 1, 1);
	QUESTION(&m, "\4pool\7example", DNS_A);
	opt_record(&m, 1232, 0, options, sizeof options);
	for (size_t len = 0; len < m.out.len; len++)
		assert_int_equal(dns_query_decode(m.buf, len, &q),
				 len < DNS_HEADER_LEN ? DNS_QUERY_IGNORE
						      : DNS_QUERY_MALFORMED);
}

/* Records of other types, and their compressed names, are passed over. */
static void other_records(void **state)
{
	struct message m;
	struct dns_query q;

	(void)state;
	header(&m, 0, 1, 2);
	QUESTION(&m, "\4pool", DNS_A);
	put_text(&m, "\3key\300\014\0\372\0\377\0\0\0\0\0\2ab", 18);
	opt_record(&m, 1400, 0, "", 0);
	assert_int_equal(decode(&m, &q), DNS_QUERY_GOOD);
	assert_int_equal(q.udp_size, 1400);
}

static void names(void **state)
{
	static const char *const bad[] = {"a..b", ".a",       "a b",
					  "a*",   "\xc3\xa4", ".."};
	struct dns_name name, other;
	char text[DNS_NAME_TEXT_LEN], label[70];

	(void)state;
	assert_int_equal(dns_name_from_text("Pool.Example.", &name), 0);
	assert_string_equal(dns_name_to_text(&name, text), "pool.example");
	assert_int_equal(dns_name_from_text(".", &name), 0);
	assert_int_equal(name.len, 1);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(dns_name_from_text(bad[i], &name), -EINVAL);
	memset(label, 'a', sizeof label);
	label[63] = '\0';
	assert_int_equal(dns_name_from_text(label, &name), 0);
	label[63] = 'a';
	label[64] = '\0';
	assert_int_equal(dns_name_from_text(label, &name), -EINVAL);
	/* 255 octets are the most */
	memset(text, 'a', sizeof text);
	for (size_t i = 1; i < 253; i += 2)
		text[i] = '.';
	text[253] = '\0';
	assert_int_equal(dns_name_from_text(text, &name), 0);
	assert_int_equal(name.len, 255);
	text[253] = '.';
	text[254] = 'a';
	text[255] = '\0';
	assert_int_equal(dns_name_from_text(text, &other), -EINVAL);
}

/* A label may hold what looks like the end of another name. */
static void below(void **state)
{
	struct dns_name name, origin;

	(void)state;
	assert_int_equal(dns_name_from_text("pool.test", &origin), 0);
	assert_int_equal(dns_name_from_text("pool.test", &name), 0);
	assert_int_equal(dns_name_below(&name, &origin), 0);
	assert_int_equal(dns_name_from_text("0.de.pool.test", &name), 0);
	assert_int_equal(dns_name_below(&name, &origin), 5);
	assert_int_equal(dns_name_from_text("xpool.test", &name), 0);
	assert_int_equal(dns_name_below(&name, &origin), -1);
	assert_int_equal(dns_name_from_text("test", &name), 0);
	assert_int_equal(dns_name_below(&name, &origin), -1);
	name = (struct dns_name){13, "\13x\4pool\4test"};
	assert_int_equal(dns_name_below(&name, &origin), -1);
}

/* A reply is echo, records, OPT; lengths and counts are filled in. */
static void reply(void **state)
{
	static const uint8_t want[] =
		"\x12\x34\x85\x00\0\1\0\1\0\0\0\1\4PooL\0\0\1\0\1"
		"\300\014\0\1\0\1\0\0\0\226\0\4\12\0\0\1"
		"\0\0\51\4\320\0\0\0\0\0\5\0\3\0\1n";
	struct dns_opt opt = {.nsid = "n"};
	struct message m;
	struct dns_query q;
	struct dns_reply r;
	uint8_t buf[DNS_UDP_MAX];

	(void)state;
	header(&m, 0x0100, 1, 1);
	QUESTION(&m, "\4PooL", DNS_A);
	opt_record(&m, 1232, 0, "", 0);
	assert_int_equal(decode(&m, &q), DNS_QUERY_GOOD);
	r = dns_reply_begin(&q, buf, sizeof buf);
	dns_reply_record(&r, DNS_ANSWER, DNS_OWNER_QUESTION, DNS_A, 150);
	bytes_put(&r.out, "\12\0\0\1", 4);
	dns_reply_end_record(&r);
	assert_int_equal(dns_reply_finish(&r, &q, DNS_NOERROR, &opt),
			 sizeof want - 1);
	assert_memory_equal(buf, want, sizeof want - 1);
}

/* Too much: nothing but TC; too much of what is optional: the rest. */
static void reply_that_does_not_fit(void **state)
{
	struct dns_opt opt = {0};
	struct message m;
	struct dns_query q;
	uint8_t buf[DNS_UDP_MIN];
	size_t len;

	(void)state;
	header(&m, 0, 1, 1);
	QUESTION(&m, "\4pool", DNS_A);
	opt_record(&m, 512, 0, "", 0);
	assert_int_equal(decode(&m, &q), DNS_QUERY_GOOD);
	for (int additional = 0; additional < 2; additional++) {
		struct dns_reply r = dns_reply_begin(&q, buf, sizeof buf);

		dns_reply_record(&r, DNS_ANSWER, DNS_OWNER_QUESTION, DNS_A, 1);
		bytes_put_zeros(&r.out, 4);
		dns_reply_end_record(&r);
		dns_reply_record(&r, additional ? DNS_ADDITIONAL : DNS_ANSWER,
				 DNS_OWNER_QUESTION, DNS_TXT, 1);
		bytes_put_zeros(&r.out, 500);
		dns_reply_end_record(&r);
		len = dns_reply_finish(&r, &q, DNS_NOERROR, &opt);
		assert_int_equal(len, 12 + 10 + (additional ? 16 : 0) + 11);
		assert_int_equal(buf[2] & 2, additional ? 0 : 2); /* TC */
		assert_int_equal(buf[7], additional);             /* answers */
		assert_int_equal(buf[11], 1);                     /* OPT */
	}
}

/* Whatever comes, what is understood can be echoed. */
static void random_octets(void **state)
{
	struct rng rng;
	struct message m;
	uint8_t buf[DNS_UDP_MAX];

	(void)state;
	rng_seed(&rng, 3);
	for (int i = 0; i < 20000; i++) {
		struct dns_query q;
		struct dns_reply r;
		size_t at;

		header(&m, 0, 1, 1);
		QUESTION(&m, "\1a\4pool", DNS_A);
		opt_record(&m, 1232, 0, "\0\12\0\10\1\2\3\4\5\6\7\10", 12);
		for (int n = 0; n < 3; n++) {
			at = rng_u64(&rng) % m.out.len;
			m.buf[at] = (uint8_t)rng_u64(&rng);
		}
		if (decode(&m, &q) == DNS_QUERY_IGNORE)
			continue;
		r = dns_reply_begin(&q, buf, sizeof buf);
		at = dns_reply_finish(&r, &q, DNS_FORMERR,
				      &(struct dns_opt){0});
		assert_true(at >= DNS_HEADER_LEN && at <= sizeof buf);
		assert_true(buf[2] & 0x80);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_question),
		cmocka_unit_test(every_option),
		cmocka_unit_test(subnets),
		cmocka_unit_test(cookie_lengths),
		cmocka_unit_test(options_that_run_over),
		cmocka_unit_test(not_questions),
		cmocka_unit_test(malformed),
		cmocka_unit_test(cut_short),
		cmocka_unit_test(other_records),
		cmocka_unit_test(names),
		cmocka_unit_test(below),
		cmocka_unit_test(reply),
		cmocka_unit_test(reply_that_does_not_fit),
		cmocka_unit_test(random_octets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
