/* SPDX-License-Identifier: BSD-2-Clause */
#include "ntp/reply.h"

#include <string.h>
#include <sys/socket.h>

#include "base/container.h"
#include "base/units.h"
#include "crypt/mac.h"
#include "io/sys_view.h"
#include "near.h"
#include "ntp/answer.h"

#define NOW_NS (INT64_C(1790000000) * NS_PER_S)

static const struct key sha1_key = {
	.id = 7, .algo = MAC_SHA1, .secret = "correct horse", .len = 13};
static const struct key other_key = {
	.id = 8, .algo = MAC_SHA1, .secret = "battery staple", .len = 14};
static const struct key cmac_key = {.id = 7,
				    .algo = MAC_AES128CMAC,
				    .secret = "0123456789abcdef",
				    .len = 16};

static struct reply_expect expect_plain(void)
{
	return (struct reply_expect){
		.outstanding = true,
		.nonce = {UINT64_C(0x1122334455667788)},
		.answered = {UINT64_C(0x99)},
		.local = {.family = AF_INET, .ip = {192, 0, 2, 9}},
	};
}

/* A reply that every check lets pass. */
static struct ntp_packet good_reply(const struct reply_expect *x)
{
	return (struct ntp_packet){
		.version = 4,
		.mode = NTP_MODE_SERVER,
		.stratum = 2,
		.poll_log2 = 6,
		.precision_log2 = -23,
		.root_delay_s = 0.01,
		.root_disp_s = 0.02,
		.refid = 0x0a000001,
		.reference = ntp_ts_from_ns(NOW_NS - 10 * NS_PER_S),
		.origin = x->nonce,
		.receive = ntp_ts_from_ns(NOW_NS),
		.transmit = ntp_ts_from_ns(NOW_NS + 1000),
	};
}

static enum reply_verdict check(const struct reply_expect *x,
				const struct ntp_packet *p)
{
	uint8_t buf[NTP_HEADER_LEN];
	struct ntp_packet out;

	ntp_packet_encode(p, buf);
	return reply_check(x, buf, sizeof buf, &out);
}

static enum reply_verdict check_with_mac(const struct reply_expect *x,
					 const struct key *key, int flip)
{
	struct ntp_packet p = good_reply(x), out;
	uint8_t buf[NTP_HEADER_LEN + MAC_MAX_LEN];
	size_t len;

	ntp_packet_encode(&p, buf);
	len = NTP_HEADER_LEN +
	      mac_make(key, buf, NTP_HEADER_LEN, buf + NTP_HEADER_LEN);
	if (flip)
		buf[len - 1] ^= 1;
	return reply_check(x, buf, len, &out);
}

static void good(void **state)
{
	struct reply_expect x = expect_plain();
	struct ntp_packet p = good_reply(&x);

	(void)state;
	assert_int_equal(check(&x, &p), REPLY_OK);
	p.version = 3; /* C-16 */
	assert_int_equal(check(&x, &p), REPLY_OK);
	p.receive = p.transmit; /* C-10: equal is fine */
	assert_int_equal(check(&x, &p), REPLY_OK);
}

/* C-01, C-02, C-03, C-14, C-18. */
static void origin_must_be_our_nonce(void **state)
{
	struct reply_expect x = expect_plain();
	struct ntp_packet p = good_reply(&x);

	(void)state;
	p.origin = x.answered;
	assert_int_equal(check(&x, &p), REPLY_DUPLICATE);
	p.origin.v = x.nonce.v + 1;
	assert_int_equal(check(&x, &p), REPLY_BOGUS);
	p.origin.v = 0;
	assert_int_equal(check(&x, &p), REPLY_BOGUS);

	x.outstanding = false;
	assert_int_equal(check(&x, &p), REPLY_BOGUS);
	p.origin = x.nonce;
	assert_int_equal(check(&x, &p), REPLY_BOGUS);

	/* Before the first answer "answered" is zero, and a zero origin no duplicate. */
	x.answered.v = 0;
	p.origin.v = 0;
	assert_int_equal(check(&x, &p), REPLY_BOGUS);
	x.outstanding = true;
	x.nonce.v = 0;
	assert_int_equal(check(&x, &p), REPLY_BOGUS);
}

static void format(void **state)
{
	struct reply_expect x = expect_plain();
	struct ntp_packet p = good_reply(&x), out;
	uint8_t buf[NTP_HEADER_LEN + 124] = {0};

	(void)state;
	ntp_packet_encode(&p, buf);
	for (size_t len = 0; len < NTP_HEADER_LEN; len++)
		assert_int_equal(reply_check(&x, buf, len, &out),
				 REPLY_BAD_FORMAT);
	for (uint8_t mode = 0; mode < 8; mode++) {
		p.mode = mode;
		assert_int_equal(check(&x, &p), mode == NTP_MODE_SERVER
							? REPLY_OK
							: REPLY_BAD_FORMAT);
	}
	p.mode = NTP_MODE_SERVER;
	p.version = 7; /* C-16 */
	assert_int_equal(check(&x, &p), REPLY_BAD_FORMAT);
	p.version = 0;
	assert_int_equal(check(&x, &p), REPLY_BAD_FORMAT);
}

/* C-05, C-07, C-08: a kiss counts only when it answers us. */
static void kisses(void **state)
{
	static const struct {
		const char *code;
		enum reply_verdict want;
	} cases[] = {
		{"RATE", REPLY_RATE}, {"DENY", REPLY_DENY},
		{"RSTR", REPLY_DENY}, {"NTSN", REPLY_KISS},
		{"INIT", REPLY_KISS}, {"XYZW", REPLY_KISS},
	};
	struct reply_expect x = expect_plain();
	struct ntp_packet p = good_reply(&x);

	(void)state;
	p.stratum = 0;
	p.leap = LEAP_UNSYNC;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		p.refid = refid_from_code(cases[i].code);
		p.origin = x.nonce;
		assert_int_equal(check(&x, &p), cases[i].want);
		p.origin.v ^= 1;
		assert_int_equal(check(&x, &p), REPLY_BOGUS);
	}
}

/* C-09. */
static void unsynchronised(void **state)
{
	struct reply_expect x = expect_plain();
	struct ntp_packet p = good_reply(&x);

	(void)state;
	p.leap = LEAP_UNSYNC;
	assert_int_equal(check(&x, &p), REPLY_UNSYNCED);
	p = good_reply(&x);
	p.stratum = 16;
	assert_int_equal(check(&x, &p), REPLY_UNSYNCED);
	p.stratum = 255;
	assert_int_equal(check(&x, &p), REPLY_UNSYNCED);
	p.stratum = 0;
	p.refid = 0;
	assert_int_equal(check(&x, &p), REPLY_UNSYNCED);
}

/* C-10. */
static void timestamps(void **state)
{
	struct reply_expect x = expect_plain();
	struct ntp_packet p = good_reply(&x);

	(void)state;
	p.receive.v = 0;
	assert_int_equal(check(&x, &p), REPLY_BAD_TIMES);
	p = good_reply(&x);
	p.transmit.v = 0;
	assert_int_equal(check(&x, &p), REPLY_BAD_TIMES);
	p = good_reply(&x);
	p.transmit = ntp_ts_from_ns(NOW_NS - 1000);
	assert_int_equal(check(&x, &p), REPLY_BAD_TIMES);
	p.transmit = ntp_ts_from_ns(NOW_NS - 50); /* within 2^-23 s */
	assert_int_equal(check(&x, &p), REPLY_OK);
}

/* C-12. */
static void loops(void **state)
{
	struct net_addr own[2] = {
		{.family = AF_INET, .ip = {198, 51, 100, 4}},
		{.family = AF_INET6, .ip = {0x20, 0x01, 0x0d, 0xb8, [15] = 1}},
	};
	struct reply_expect x = expect_plain();
	struct ntp_packet p;

	(void)state;
	x.own = own;
	x.n_own = ARRAY_LEN(own);
	p = good_reply(&x);
	p.refid = 0xc0000209;
	assert_int_equal(check(&x, &p), REPLY_LOOP);
	p.refid = 0xc6336404;
	assert_int_equal(check(&x, &p), REPLY_LOOP);
	p.refid = refid_from_addr(&own[1]);
	assert_int_equal(check(&x, &p), REPLY_LOOP);
	p.stratum = 1; /* then it is four letters, whatever they look like */
	assert_int_equal(check(&x, &p), REPLY_OK);
}

/* with a key configured nothing else will do. */
static void authentication(void **state)
{
	struct reply_expect x = expect_plain();
	struct ntp_packet p = good_reply(&x), out;
	uint8_t nak[NTP_HEADER_LEN + 4] = {0};

	(void)state;
	x.key = &sha1_key;
	assert_int_equal(check_with_mac(&x, &sha1_key, 0), REPLY_OK);
	assert_int_equal(check_with_mac(&x, &sha1_key, 1), REPLY_BAD_AUTH);
	assert_int_equal(check_with_mac(&x, &other_key, 0), REPLY_BAD_AUTH);
	assert_int_equal(check_with_mac(&x, &cmac_key, 0), REPLY_BAD_AUTH);
	assert_int_equal(check(&x, &p), REPLY_BAD_AUTH);
	ntp_packet_encode(&p, nak);
	assert_int_equal(reply_check(&x, nak, sizeof nak, &out),
			 REPLY_BAD_AUTH);
	/* and no kiss without the key's MAC either */
	p.stratum = 0;
	p.refid = refid_from_code("DENY");
	assert_int_equal(check(&x, &p), REPLY_BAD_AUTH);

	x.key = &cmac_key;
	assert_int_equal(check_with_mac(&x, &cmac_key, 0), REPLY_OK);
	assert_int_equal(check_with_mac(&x, &sha1_key, 0), REPLY_BAD_AUTH);

	x.key = NULL;
	assert_int_equal(reply_check(&x, nak, sizeof nak, &out),
			 REPLY_BAD_AUTH);
}

static void sample_of_a_reply(void **state)
{
	struct reply_expect x = expect_plain();
	struct ntp_packet p = good_reply(&x);
	struct sample s;

	(void)state;
	/* 1 ms there, 1 us inside, 3 ms back; the server is 0.5 s ahead. */
	p.receive = ntp_ts_from_ns(NOW_NS + NS_PER_S / 2 + 1000000);
	p.transmit = ntp_ts_from_ns(NOW_NS + NS_PER_S / 2 + 1001000);
	reply_sample(&p, NOW_NS, NOW_NS + 4001000, 1e-6, 42, &s);
	assert_near(s.offset_s, 0.499, 1e-8);
	assert_near(s.delay_s, 0.004, 1e-8);
	assert_true(s.mono_ns == 42);
	assert_near(s.root_delay_s, 0.01, 1e-12);
	assert_true(s.disp_s > 0 && s.disp_s < 1e-5);
	assert_int_equal(s.stratum, 2);

	/* C-17: an absurd precision makes an absurd bound, not an infinite one. */
	p.precision_log2 = 0x7f;
	reply_sample(&p, NOW_NS, NOW_NS + 4001000, 1e-6, 42, &s);
	assert_true(isfinite(s.disp_s) && s.disp_s >= 16);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good),
		cmocka_unit_test(origin_must_be_our_nonce),
		cmocka_unit_test(format),
		cmocka_unit_test(kisses),
		cmocka_unit_test(unsynchronised),
		cmocka_unit_test(timestamps),
		cmocka_unit_test(loops),
		cmocka_unit_test(authentication),
		cmocka_unit_test(sample_of_a_reply),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
