/* SPDX-License-Identifier: BSD-2-Clause */
#include "ntp/server.h"

#include <string.h>
#include <sys/socket.h>

#include "base/rng.h"
#include "base/units.h"
#include "cmocka_all.h"
#include "crypt/mac.h"
#include "ntp/clients.h"
#include "ntp/pool_verify.h"
#include "wire/ntp_packet.h"

#define NOW_NS (INT64_C(1763900000) * NS_PER_S)
#define MONO_NS (5000 * NS_PER_S)

static void fill(struct entropy *e, void *buf, size_t len)
{
	(void)e;
	memset(buf, 0x33, len);
}

/* A server on 192.0.2.1:123 with keys 1 (MD5), 2 (SHA1), 3 (CMAC), and 4, which is not trusted. */
struct bench {
	struct config cfg;
	struct conf_restrict rule[4];
	uint32_t trusted[3];
	struct key key[4];
	struct keys keys;
	struct entropy entropy;
	struct sys_view view;
	struct server *server;
	int64_t mono_ns;
	struct server_reply reply;
};

static void bench_init(struct bench *b, unsigned flags)
{
	*b = (struct bench){
		.cfg = {.port = 123,
			.n_restrict = 2,
			.has_restrict_default = true,
			.rate = {3, 2, 0.1, 0.25},
			.enable.monitor = true,
			.n_trusted_key = 3,
			.mru_max_depth = 1000},
		.rule = {{.kind = RESTRICT_DEFAULT, .flags = flags},
			 {.kind = RESTRICT_PREFIX,
			  .addr = {.family = AF_INET, .ip = {10, 9}},
			  .mask = {255, 255},
			  .flags = RES_IGNORE}},
		.trusted = {1, 2, 3},
		.key = {{1, MAC_MD5, "one", 3},
			{2, MAC_SHA1, "two", 3},
			{3, MAC_AES128CMAC, "0123456789abcdef", 16},
			{4, MAC_MD5, "four", 4}},
		.entropy.fill = fill,
		.view = {.stratum = 2,
			 .refid = 0xc0000263,
			 .precision_log2 = -24,
			 .at_mono_ns = MONO_NS,
			 .expires_mono_ns = 2 * MONO_NS},
		.mono_ns = MONO_NS,
	};
	b->cfg.restricts = b->rule;
	b->cfg.trusted_key = b->trusted;
	b->keys = (struct keys){b->key, 4, 4};
	b->server = server_new(&b->cfg, &b->keys, &b->entropy);
}

static void bench_done(struct bench *b)
{
	server_free(b->server);
}

static struct net_addr at(const char *text, uint16_t port)
{
	struct net_addr a;

	assert_int_equal(net_addr_parse(text, &a), 0);
	a.port = port;
	return a;
}

/* Every reply is checked here: never longer than the request, never a surprise in origin. */
static enum server_verdict send_to(struct bench *b, struct net_addr peer,
				   struct net_addr local, const uint8_t *data,
				   size_t len)
{
	struct datagram d = {peer, local, data, len, NOW_NS, STAMP_KERNEL};
	enum server_verdict v;

	memset(&b->reply, 0xee, sizeof b->reply);
	v = server_handle(b->server, &d, &b->view, b->mono_ns, &b->reply);
	if (v == SERVER_REPLY || v == SERVER_KISS) {
		assert_true(b->reply.len <= len);
		assert_memory_equal(b->reply.buf + 24, data + 40, 8);
		server_stamp(&b->reply, NOW_NS + 1000);
	} else {
		assert_int_equal(b->reply.buf[0], 0xee);
	}
	return v;
}

static enum server_verdict ask_as(struct bench *b, const char *peer,
				  uint16_t port, const uint8_t *data,
				  size_t len)
{
	return send_to(b, at(peer, port), at("192.0.2.1", 123), data, len);
}

static enum server_verdict ask(struct bench *b, const uint8_t *data, size_t len)
{
	return ask_as(b, "198.51.100.7", 40000, data, len);
}

static enum server_verdict ask_mode(struct bench *b, unsigned version,
				    unsigned mode)
{
	uint8_t q[NTP_HEADER_LEN] = {[40] = 0x5a, [47] = 1};

	q[0] = (uint8_t)(version << 3 | mode);
	return ask(b, q, sizeof q);
}

static void request_into(uint8_t q[NTP_HEADER_LEN])
{
	memset(q, 0, NTP_HEADER_LEN);
	q[0] = 4 << 3 | NTP_MODE_CLIENT;
	q[40] = 0x5a;
}

static struct ntp_packet reply_of(const struct bench *b)
{
	struct ntp_packet p;

	assert_int_equal(ntp_packet_decode(b->reply.buf, b->reply.len, &p), 0);
	return p;
}

/* P-01, P-02, P-03, P-04, P-06, P-07, P-08, P-15: who is answered, and in which mode. */
static void versions_and_modes(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, 0);
	for (unsigned version = 0; version < 8; version++) {
		for (unsigned mode = 0; mode < 8; mode++) {
			bool known = version >= 1 && version <= 4;
			bool good = known && (mode == 3 || mode == 1 ||
					      (mode == 0 && version == 1));
			enum server_verdict want = mode == 6 ? SERVER_CONTROL
						   : good    ? SERVER_REPLY
						   : known   ? SERVER_BAD_MODE
							   : SERVER_BAD_FORMAT;

			assert_int_equal(ask_mode(&b, version, mode), want);
			if (!good)
				continue;
			assert_int_equal(b.reply.len, NTP_HEADER_LEN);
			assert_int_equal(reply_of(&b).version, version);
			assert_int_equal(reply_of(&b).mode, mode == 1 ? 2 : 4);
			assert_int_equal(reply_of(&b).stratum, 2);
		}
	}
	/* P-08: replies that stray to the server are counted */
	assert_int_equal(server_stats(b.server)->reply_sent_to_server_port, 8);
	assert_int_equal(server_stats(b.server)->received, 64);
	assert_int_equal(server_stats(b.server)->by_verdict[SERVER_REPLY], 9);
	assert_int_equal(server_stats(b.server)->by_version[4], 2);
	bench_done(&b);
}

/* P-01 */
static void short_datagrams(void **state)
{
	uint8_t q[NTP_HEADER_LEN];
	struct bench b;

	(void)state;
	bench_init(&b, 0);
	request_into(q);
	for (size_t len = 0; len < sizeof q; len++)
		assert_int_equal(ask(&b, q, len), SERVER_SHORT);
	q[0] = 2 << 3 | NTP_MODE_CONTROL;
	assert_int_equal(ask(&b, q, 11), SERVER_SHORT);
	assert_int_equal(ask(&b, q, 12), SERVER_CONTROL);
	bench_done(&b);
}

/* P-05: the same over IPv4 and IPv6. */
static void ntpv1_without_mode(void **state)
{
	static const uint8_t q[NTP_HEADER_LEN] = {1 << 3};
	struct net_addr v6 = at("2001:db8::7", 40000);
	struct bench b;

	(void)state;
	bench_init(&b, 0);
	assert_int_equal(ask_as(&b, "198.51.100.7", 40000, q, sizeof q),
			 SERVER_REPLY);
	assert_int_equal(b.reply.buf[0] & 0x3f, 1 << 3 | NTP_MODE_SERVER);
	assert_int_equal(ask_as(&b, "198.51.100.7", 123, q, sizeof q),
			 SERVER_BAD_MODE);
	assert_int_equal(send_to(&b, v6, at("2001:db8::1", 123), q, sizeof q),
			 SERVER_REPLY);
	v6.port = 123;
	assert_int_equal(send_to(&b, v6, at("2001:db8::1", 123), q, sizeof q),
			 SERVER_BAD_MODE);
	bench_done(&b);
}

/* P-09, P-11 */
static void sources_that_cannot_be(void **state)
{
	static const struct {
		const char *peer;
		uint16_t port;
		const char *local;
		enum server_verdict want;
	} row[] = {
		{"198.51.100.7", 40000, "192.0.2.1", SERVER_REPLY},
		{"198.51.100.7", 123, "192.0.2.1", SERVER_REPLY},
		{"198.51.100.7", 0, "192.0.2.1", SERVER_BAD_SOURCE},
		{"0.0.0.0", 40000, "192.0.2.1", SERVER_BAD_SOURCE},
		{"0.1.2.3", 40000, "192.0.2.1", SERVER_BAD_SOURCE},
		{"224.0.1.1", 123, "192.0.2.1", SERVER_BAD_SOURCE},
		{"255.255.255.255", 123, "192.0.2.1", SERVER_BAD_SOURCE},
		{"127.0.0.1", 40000, "192.0.2.1", SERVER_BAD_SOURCE},
		{"::ffff:127.0.0.1", 40000, "2001:db8::1", SERVER_BAD_SOURCE},
		{"::1", 40000, "2001:db8::1", SERVER_BAD_SOURCE},
		{"::", 40000, "2001:db8::1", SERVER_BAD_SOURCE},
		{"ff02::101", 123, "2001:db8::1", SERVER_BAD_SOURCE},
		{"198.51.100.7", 40000, "224.0.1.1", SERVER_BAD_SOURCE},
		{"127.0.0.1", 40000, "127.0.0.1", SERVER_REPLY},
		{"::1", 40000, "::1", SERVER_REPLY},
		/* our own address and port: ourselves */
		{"192.0.2.1", 123, "192.0.2.1", SERVER_BAD_SOURCE},
		{"192.0.2.1", 40000, "192.0.2.1", SERVER_REPLY},
		/* where it arrived is not known */
		{"127.0.0.1", 40000, "0.0.0.0", SERVER_REPLY},
	};
	uint8_t q[NTP_HEADER_LEN];
	struct bench b;

	(void)state;
	bench_init(&b, 0);
	request_into(q);
	for (size_t i = 0; i < sizeof row / sizeof *row; i++)
		assert_int_equal(send_to(&b, at(row[i].peer, row[i].port),
					 at(row[i].local, 123), q, sizeof q),
				 row[i].want);
	bench_done(&b);
}

/* P-12: to a reflector's port goes nothing longer than what came from there. */
static void reflector_ports(void **state)
{
	static const uint16_t port[] = {7, 13, 17, 19, 53, 69, 111, 161, 1900};
	uint8_t q[NTP_HEADER_LEN];
	struct bench b;

	(void)state;
	bench_init(&b, 0);
	request_into(q);
	for (size_t i = 0; i < sizeof port / sizeof *port; i++) {
		assert_int_equal(
			ask_as(&b, "198.51.100.7", port[i], q, sizeof q),
			SERVER_REPLY);
		assert_int_equal(b.reply.len, sizeof q);
	}
	bench_done(&b);
}

/* P-13 */
static void huge_datagrams(void **state)
{
	static uint8_t q[65507];
	struct bench b;

	(void)state;
	bench_init(&b, 0);
	request_into(q);
	assert_int_equal(ask(&b, q, sizeof q), SERVER_BAD_FORMAT);
	assert_int_equal(ask(&b, q, 2000), SERVER_BAD_FORMAT);
	/* one well-formed field as large as may be is read over */
	q[50] = 2000 >> 8;
	q[51] = 2000 & 0xff;
	assert_int_equal(ask(&b, q, NTP_HEADER_LEN + 2000), SERVER_REPLY);
	assert_int_equal(b.reply.len, NTP_HEADER_LEN);
	bench_done(&b);
}

/* P-24: each request by itself; a repeated one gets its reply again. */
static void repeated_and_reordered(void **state)
{
	uint8_t a[NTP_HEADER_LEN], c[NTP_HEADER_LEN];
	struct bench b;

	(void)state;
	bench_init(&b, 0);
	request_into(a);
	request_into(c);
	c[41] = 9;
	for (int i = 0; i < 100; i++) {
		assert_int_equal(ask(&b, i % 3 ? a : c, sizeof a),
				 SERVER_REPLY);
		assert_true(reply_of(&b).origin.v >> 48 ==
			    (i % 3 ? 0x5a00 : 0x5a09));
	}
	bench_done(&b);
}

/* P-21, P-22 */
static void honest_when_not_synchronised(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, 0);
	b.view.root_disp_s = 0.01;
	b.view.root_disp_growth = NTP_PHI;
	b.mono_ns = MONO_NS + 1000 * NS_PER_S;
	assert_int_equal(ask_mode(&b, 4, 3), SERVER_REPLY);
	assert_true(reply_of(&b).root_disp_s >= 0.025);
	assert_int_equal(reply_of(&b).leap, 0);
	b.mono_ns = b.view.expires_mono_ns + 1;
	assert_int_equal(ask_mode(&b, 4, 3), SERVER_REPLY);
	assert_int_equal(reply_of(&b).leap, LEAP_UNSYNC);
	assert_int_equal(reply_of(&b).stratum, 0);
	assert_int_equal(reply_of(&b).refid, 0x494e4954);
	bench_done(&b);
}

static void stamped_last(void **state)
{
	struct bench b;
	struct ntp_packet p;

	(void)state;
	bench_init(&b, 0);
	assert_int_equal(ask_mode(&b, 4, 3), SERVER_REPLY);
	p = reply_of(&b);
	assert_true(p.receive.v == ntp_ts_from_ns(NOW_NS).v);
	assert_true(p.transmit.v == ntp_ts_from_ns(NOW_NS + 1000).v);
	bench_done(&b);
}

/* P-25: who is denied gets nothing, not even a kiss, and leaves no trace. */
static void denied(void **state)
{
	uint8_t q[NTP_HEADER_LEN];
	struct bench b;

	(void)state;
	bench_init(&b, RES_LIMITED | RES_KOD);
	request_into(q);
	for (int i = 0; i < 10000; i++) {
		b.mono_ns += NS_PER_MS / 10;
		assert_int_equal(ask_as(&b, "10.9.0.1", 40000, q, sizeof q),
				 SERVER_DENIED);
	}
	q[0] = 2 << 3 | NTP_MODE_CONTROL;
	assert_int_equal(ask_as(&b, "10.9.0.1", 40000, q, sizeof q),
			 SERVER_DENIED);
	assert_int_equal(clients_depth(server_clients(b.server)), 0);
	bench_done(&b);
}

static void restrict_flags(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, RES_NOSERVE);
	assert_int_equal(ask_mode(&b, 4, 3), SERVER_DENIED);
	assert_int_equal(ask_mode(&b, 2, 6), SERVER_CONTROL);
	bench_done(&b);
	bench_init(&b, RES_NOQUERY | RES_NOPEER | RES_NOMODIFY | RES_NOTRAP);
	assert_int_equal(ask_mode(&b, 4, 3), SERVER_REPLY);
	assert_int_equal(ask_mode(&b, 4, 1), SERVER_REPLY);
	assert_int_equal(ask_mode(&b, 2, 6), SERVER_DENIED);
	bench_done(&b);
	bench_init(&b, RES_VERSION);
	assert_int_equal(ask_mode(&b, 4, 3), SERVER_REPLY);
	assert_int_equal(ask_mode(&b, 3, 3), SERVER_DENIED);
	bench_done(&b);
	bench_init(&b, RES_NOTRUST);
	assert_int_equal(ask_mode(&b, 4, 3), SERVER_BAD_AUTH);
	bench_done(&b);
}

static void flake_throws_a_share_away(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, RES_FLAKE);
	b.cfg.rate.flake_share = 0.8;
	for (int i = 0; i < 5000; i++)
		ask_mode(&b, 4, 3);
	assert_in_range(server_stats(b.server)->by_verdict[SERVER_FLAKE], 3900,
			4100);
	assert_in_range(server_stats(b.server)->by_verdict[SERVER_REPLY], 900,
			1100);
	bench_done(&b);
}

static void rate_limit_and_kiss(void **state)
{
	const struct server_stats *st;
	struct bench b;

	(void)state;
	bench_init(&b, RES_LIMITED | RES_KOD);
	for (int i = 0; i < 40; i++)
		if (ask_mode(&b, 4, 3) == SERVER_KISS) {
			assert_int_equal(reply_of(&b).refid, 0x52415445);
			assert_int_equal(reply_of(&b).stratum, 0);
			assert_int_equal(reply_of(&b).leap, LEAP_UNSYNC);
		}
	st = server_stats(b.server);
	assert_int_equal(st->by_verdict[SERVER_KISS], 1);
	assert_in_range(st->by_verdict[SERVER_REPLY], 9, 25);
	assert_true(st->by_verdict[SERVER_LIMITED] > 10);
	bench_done(&b);

	bench_init(&b, RES_LIMITED);
	for (int i = 0; i < 40; i++)
		ask_mode(&b, 4, 3);
	st = server_stats(b.server);
	assert_int_equal(st->by_verdict[SERVER_KISS], 0);
	bench_done(&b);
}

/* S-12: the victim's own requests come through while somebody speaks in its name. */
static void a_spoofed_address_is_not_muted(void **state)
{
	struct bench b;
	unsigned answered = 0;

	(void)state;
	bench_init(&b, RES_LIMITED);
	for (int second = 0; second < 640; second++) {
		for (int i = 0; i < 100; i++) {
			b.mono_ns += 10 * NS_PER_MS;
			ask_mode(&b, 4, 3);
		}
		if (second % 2 == 0)
			answered += ask_mode(&b, 4, 3) == SERVER_REPLY;
	}
	assert_in_range(answered, 320 / 5, 320 / 3);
	bench_done(&b);
}

static size_t signed_request(struct bench *b, const struct key *key, uint8_t *q)
{
	(void)b;
	request_into(q);
	return NTP_HEADER_LEN +
	       mac_make(key, q, NTP_HEADER_LEN, q + NTP_HEADER_LEN);
}

/* An authenticated request gets an authenticated reply, by the same key and over the final transmit time. */
static void authenticated(void **state)
{
	uint8_t q[NTP_HEADER_LEN + MAC_MAX_LEN];
	struct bench b;

	(void)state;
	bench_init(&b, RES_NOTRUST);
	for (size_t i = 0; i < 3; i++) {
		size_t len = signed_request(&b, &b.key[i], q);

		assert_int_equal(ask(&b, q, len), SERVER_REPLY);
		assert_int_equal(b.reply.len, len);
		assert_true(mac_is_valid(&b.key[i], b.reply.buf, NTP_HEADER_LEN,
					 b.reply.buf + NTP_HEADER_LEN,
					 len - NTP_HEADER_LEN));
	}
	bench_done(&b);
}

/* X-09 from the server's side: never a crypto-NAK. */
static void bad_macs_get_nothing(void **state)
{
	uint8_t q[NTP_HEADER_LEN + MAC_MAX_LEN] = {0};
	struct bench b;
	size_t len;

	(void)state;
	bench_init(&b, 0);
	/* last bit of the digest, of the header, of the key id */
	len = signed_request(&b, &b.key[0], q);
	q[len - 1] ^= 1;
	assert_int_equal(ask(&b, q, len), SERVER_BAD_AUTH);
	len = signed_request(&b, &b.key[0], q);
	q[47] ^= 1;
	assert_int_equal(ask(&b, q, len), SERVER_BAD_AUTH);
	len = signed_request(&b, &b.key[0], q);
	q[51] ^= 2;
	assert_int_equal(ask(&b, q, len), SERVER_BAD_AUTH);
	/* known but not trusted */
	len = signed_request(&b, &b.key[3], q);
	assert_int_equal(ask(&b, q, len), SERVER_BAD_AUTH);
	/* key id 0 and an unknown one */
	request_into(q);
	memset(q + NTP_HEADER_LEN, 0, MAC_MAX_LEN);
	assert_int_equal(ask(&b, q, NTP_HEADER_LEN + 20), SERVER_BAD_AUTH);
	q[NTP_HEADER_LEN + 3] = 99;
	assert_int_equal(ask(&b, q, NTP_HEADER_LEN + 20), SERVER_BAD_AUTH);
	/* 24 octets with a CMAC key, 20 with a SHA1 key */
	signed_request(&b, &b.key[2], q);
	assert_int_equal(ask(&b, q, NTP_HEADER_LEN + 24), SERVER_BAD_AUTH);
	signed_request(&b, &b.key[1], q);
	assert_int_equal(ask(&b, q, NTP_HEADER_LEN + 20), SERVER_BAD_AUTH);
	/* a crypto-NAK as request */
	memset(q + NTP_HEADER_LEN, 0, 4);
	assert_int_equal(ask(&b, q, NTP_HEADER_LEN + 4), SERVER_BAD_FORMAT);
	/* no keys at all */
	server_free(b.server);
	b.server = server_new(&b.cfg, NULL, &b.entropy);
	len = signed_request(&b, &b.key[0], q);
	assert_int_equal(ask(&b, q, len), SERVER_BAD_AUTH);
	bench_done(&b);
}

/* the whole table, header and tail of len zeros or ones. */
static void tails(void **state)
{
	uint8_t q[NTP_HEADER_LEN + 120];
	struct bench b;

	(void)state;
	bench_init(&b, 0);
	for (int octet = 0; octet <= 255; octet += 255) {
		request_into(q);
		memset(q + NTP_HEADER_LEN, octet, 120);
		for (size_t tail = 0; tail <= 120; tail++)
			assert_int_equal(ask(&b, q, NTP_HEADER_LEN + tail),
					 tail == 0 ? SERVER_REPLY
					 : tail == 20 || tail == 24
						 ? SERVER_BAD_AUTH
						 : SERVER_BAD_FORMAT);
	}
	bench_done(&b);
}

/* three hundred fields of 16 octets, which is too long for any request; and as many as fit. */
static void many_fields(void **state)
{
	static uint8_t q[NTP_HEADER_LEN + 300 * 16];
	struct bench b;

	(void)state;
	bench_init(&b, 0);
	request_into(q);
	for (size_t at = NTP_HEADER_LEN; at < sizeof q; at += 16)
		q[at + 3] = 16;
	assert_int_equal(ask(&b, q, sizeof q), SERVER_BAD_FORMAT);
	assert_int_equal(ask(&b, q, NTP_HEADER_LEN + 125 * 16),
			 SERVER_BAD_FORMAT);
	/* 30 of them, and a last one that may stand without a MAC */
	q[NTP_HEADER_LEN + 30 * 16 + 3] = 28;
	assert_int_equal(ask(&b, q, NTP_HEADER_LEN + 30 * 16 + 28),
			 SERVER_REPLY);
	assert_int_equal(b.reply.len, NTP_HEADER_LEN);
	bench_done(&b);
}

/* N-13: unknown fields are read over, never echoed; bad ones spoil it. */
static void extension_fields(void **state)
{
	static const uint16_t type[] = {0x2005, 0x0200, 0x0104, 0x0204,
					0x0404, 0xf5ff, 0};
	static const uint16_t bad[] = {0, 1, 3, 5, 18, 16, 40, 65535};
	uint8_t q[NTP_HEADER_LEN + 36] = {0};
	struct bench b;

	(void)state;
	bench_init(&b, 0);
	request_into(q);
	q[51] = 36;
	for (size_t i = 0; i < sizeof type / sizeof *type; i++) {
		q[48] = (uint8_t)(type[i] >> 8);
		q[49] = (uint8_t)type[i];
		assert_int_equal(ask(&b, q, sizeof q), SERVER_REPLY);
		assert_int_equal(b.reply.len, NTP_HEADER_LEN);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		q[50] = (uint8_t)(bad[i] >> 8);
		q[51] = (uint8_t)bad[i];
		/* 16 leaves a rest of 20 that looks like a MAC */
		assert_int_equal(ask(&b, q, sizeof q),
				 bad[i] == 16 ? SERVER_BAD_AUTH
					      : SERVER_BAD_FORMAT);
	}
	/* a last field of 16 octets without a MAC; 20 and 24 are one. */
	for (uint8_t len = 16; len <= 24; len += 4) {
		q[48] = 0x20;
		q[49] = 5;
		q[50] = 0;
		q[51] = len;
		assert_int_equal(ask(&b, q, NTP_HEADER_LEN + len),
				 len == 16 ? SERVER_BAD_FORMAT
					   : SERVER_BAD_AUTH);
	}
	bench_done(&b);
}

/* P-09, V12: whatever one server says to another, the other is silent. */
static void two_servers_fall_silent(void **state)
{
	struct bench a, c;
	struct rng rng;
	unsigned replies = 0;

	(void)state;
	bench_init(&a, RES_LIMITED | RES_KOD);
	bench_init(&c, 0);
	rng_seed(&rng, 9);
	for (int n = 0; n < 20000; n++) {
		uint8_t q[NTP_HEADER_LEN];
		enum server_verdict v;

		for (size_t i = 0; i < sizeof q; i++)
			q[i] = (uint8_t)rng_u64(&rng);
		a.mono_ns +=
			n % 2 * NS_PER_S; /* some are limited, some kissed */
		v = ask_as(&a, "192.0.2.2", 123, q, sizeof q);
		if (v != SERVER_REPLY && v != SERVER_KISS)
			continue;
		replies++;
		memcpy(q, a.reply.buf, sizeof q);
		v = send_to(&c, at("192.0.2.1", 123), at("192.0.2.2", 123), q,
			    sizeof q);
		assert_int_equal(v, SERVER_BAD_MODE);
	}
	assert_true(replies > 500);
	assert_true(server_stats(a.server)->by_verdict[SERVER_KISS] > 10);
	bench_done(&a);
	bench_done(&c);
}

/* V22: no octet of a reply depends on what was in memory before. */
static void replies_are_fully_written(void **state)
{
	uint8_t q[NTP_HEADER_LEN], first[NTP_HEADER_LEN];
	struct datagram d = {at("198.51.100.7", 40000),
			     at("192.0.2.1", 123),
			     q,
			     sizeof q,
			     NOW_NS,
			     STAMP_KERNEL};
	struct bench b;

	(void)state;
	bench_init(&b, 0);
	request_into(q);
	memset(&b.reply, 0, sizeof b.reply);
	server_handle(b.server, &d, &b.view, b.mono_ns, &b.reply);
	memcpy(first, b.reply.buf, sizeof first);
	memset(&b.reply, 0xff, sizeof b.reply);
	server_handle(b.server, &d, &b.view, b.mono_ns, &b.reply);
	assert_memory_equal(b.reply.buf, first, sizeof first);
	bench_done(&b);
}

static void every_verdict_has_a_name(void **state)
{
	(void)state;
	for (int v = 0; v < SERVER_VERDICTS; v++)
		assert_non_null(server_verdict_name((enum server_verdict)v));
}

/* A pool's challenge is answered by who has the token; the reply stays shorter. */
static void a_pool_asks_whose_it_is(void **state)
{
	static const char token[] = "0123456789abcdef0123456789abcdef";
	uint8_t q[NTP_HEADER_LEN + POOL_VERIFY_ASK_LEN], nonce[32] = {7, 7};
	struct bench b;

	(void)state;
	bench_init(&b, 0);
	request_into(q);
	pool_verify_ask(token, nonce, q + NTP_HEADER_LEN);
	assert_int_equal(ask(&b, q, sizeof q), SERVER_REPLY);
	assert_int_equal(b.reply.len, NTP_HEADER_LEN);

	b.cfg.pool_verify[0] = "another-token-of-another-pool";
	b.cfg.pool_verify[1] = token;
	b.cfg.n_pool_verify = 2;
	assert_int_equal(ask(&b, q, sizeof q), SERVER_REPLY);
	assert_int_equal(b.reply.len, NTP_HEADER_LEN + POOL_VERIFY_REPLY_LEN);
	assert_true(pool_verify_proves(token, nonce, b.reply.buf, b.reply.len));
	assert_false(pool_verify_proves(b.cfg.pool_verify[0], nonce,
					b.reply.buf, b.reply.len));
	nonce[0]++;
	assert_false(
		pool_verify_proves(token, nonce, b.reply.buf, b.reply.len));
	nonce[0]--;
	b.reply.buf[NTP_HEADER_LEN + 10] ^= 1;
	assert_false(
		pool_verify_proves(token, nonce, b.reply.buf, b.reply.len));
	/* a request without it is answered as ever */
	assert_int_equal(ask(&b, q, NTP_HEADER_LEN), SERVER_REPLY);
	assert_int_equal(b.reply.len, NTP_HEADER_LEN);
	bench_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions_and_modes),
		cmocka_unit_test(short_datagrams),
		cmocka_unit_test(ntpv1_without_mode),
		cmocka_unit_test(sources_that_cannot_be),
		cmocka_unit_test(reflector_ports),
		cmocka_unit_test(huge_datagrams),
		cmocka_unit_test(repeated_and_reordered),
		cmocka_unit_test(honest_when_not_synchronised),
		cmocka_unit_test(stamped_last),
		cmocka_unit_test(denied),
		cmocka_unit_test(restrict_flags),
		cmocka_unit_test(flake_throws_a_share_away),
		cmocka_unit_test(rate_limit_and_kiss),
		cmocka_unit_test(a_spoofed_address_is_not_muted),
		cmocka_unit_test(authenticated),
		cmocka_unit_test(bad_macs_get_nothing),
		cmocka_unit_test(tails),
		cmocka_unit_test(many_fields),
		cmocka_unit_test(extension_fields),
		cmocka_unit_test(a_pool_asks_whose_it_is),
		cmocka_unit_test(two_servers_fall_silent),
		cmocka_unit_test(replies_are_fully_written),
		cmocka_unit_test(every_verdict_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
