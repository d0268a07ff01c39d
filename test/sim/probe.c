/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/probe/probe.h"

#include <errno.h>
#include <string.h>

#include "base/container.h"
#include "base/ntp_ts.h"
#include "base/units.h"
#include "near.h"
#include "pool/probe/challenge.h"
#include "sim/world.h"
#include "wire/ntp_packet.h"

/* A monitor, a server that says what it is told to say, and the way between. */
struct bench {
	struct world *w;
	struct sim_host *monitor, *server;
	struct sim_link *there, *back;
	struct ntp_packet says; /* but for the times and the origin */
	struct ntp_packet then; /* from the second answer on, when set */
	bool no_times, forged;
	const char *token; /* of the server, or NULL */
	unsigned asked;
	double asked_s[16];
	uint16_t port[16];
	struct probe probe;
	struct challenge challenge;
	unsigned done;
	double done_s;
};

static void on_done(struct probe *p)
{
	struct bench *b = CONTAINER_OF(p, struct bench, probe);

	b->done++;
	b->done_s = world_time_s(b->w);
}

static void serve(struct sim_host *h, const struct datagram *d, void *arg)
{
	struct bench *b = arg;
	struct ntp_packet q, r;
	uint8_t buf[NTP_HEADER_LEN + POOL_VERIFY_REPLY_LEN];
	size_t len = NTP_HEADER_LEN;

	assert_int_equal(ntp_packet_decode(d->data, d->len, &q), 0);
	assert_int_equal(q.mode, NTP_MODE_CLIENT);
	if (b->asked < 16) {
		b->asked_s[b->asked] = world_time_s(b->w);
		b->port[b->asked] = d->peer.port;
	}
	r = b->asked++ > 0 && b->then.mode ? b->then : b->says;
	r.origin = q.transmit;
	if (b->forged)
		r.origin.v ^= 1;
	if (!b->no_times) {
		r.receive = ntp_ts_from_ns(sim_host_wall(h));
		r.transmit = r.receive;
	}
	ntp_packet_encode(&r, buf);
	if (b->token)
		len += pool_verify_answer(&b->token, 1, d->data, d->len,
					  buf + len);
	assert_true(len <= d->len);
	assert_int_equal(sim_host_send(h, &d->local, &d->peer, buf, len), 0);
}

static void bench_init(struct bench *b)
{
	memset(b, 0, sizeof *b);
	b->w = world_new(4);
	b->w->trace = -1;
	b->monitor = sim_host_new(b->w, "192.0.2.1");
	b->server = sim_host_new(b->w, "192.0.2.2");
	b->there = sim_link(b->monitor, b->server);
	b->back = sim_link(b->server, b->monitor);
	b->there->delay_s = b->back->delay_s = 0.01;
	sim_host_serve(b->server, 123, serve, b);
	b->says = (struct ntp_packet){.version = 4,
				      .mode = NTP_MODE_SERVER,
				      .stratum = 2,
				      .precision_log2 = -20,
				      .root_delay_s = 0.5,
				      .root_disp_s = 0.25,
				      .refid = 0xC0000201};
	b->probe.done = on_done;
}

static void check(struct bench *b)
{
	const struct probe_plan plan = {3, 2, 3};
	struct net_addr to = sim_addr("192.0.2.2", 123);

	probe_start(&b->probe, &b->monitor->io, &to, &plan);
	assert_int_equal(b->done, 0);
	world_run(b->w, 60);
	assert_int_equal(b->done, 1);
}

static void bench_done(struct bench *b)
{
	probe_stop(&b->probe);
	challenge_stop(&b->challenge);
	world_free(b->w);
}

static void three_samples(void **state)
{
	struct bench b;
	const struct measurement *m = &b.probe.m;

	(void)state;
	bench_init(&b);
	sim_host_set_offset(b.server, 0.25);
	check(&b);
	assert_int_equal(b.probe.error, 0);
	assert_int_equal(b.asked, 3);
	assert_near(b.asked_s[1] - b.asked_s[0], 2, 1e-6);
	assert_near(b.asked_s[2] - b.asked_s[1], 2, 1e-6);
	assert_near(b.done_s, 4.02, 1e-3);
	assert_int_not_equal(b.port[0], b.port[1]);
	assert_true(m->has_offset);
	assert_near(m->offset_s, 0.25, 1e-6);
	assert_near(m->rtt_s, 0.02, 1e-6);
	assert_string_equal(m->error, "");
	assert_int_equal(m->stratum, 2);
	assert_int_equal(m->samples, 3);
	assert_int_equal(m->lost, 0);
	assert_near(m->root_delay_s, 0.5, 1e-4);
	assert_near(m->root_disp_s, 0.25, 1e-4);
	assert_int_equal(m->refid, 0xC0000201);
	assert_int_equal(m->at_ms, b.w->start_ns / NS_PER_MS);
	assert_int_equal(b.probe.n_times, 3);
	for (unsigned i = 0; i < 3; i++) {
		const struct probe_times *t = &b.probe.times[i];

		assert_near(s_from_ns(t->t2_ns - t->t1_ns), 0.26, 1e-6);
		assert_near(s_from_ns(t->t4_ns - t->t3_ns), -0.24, 1e-6);
	}
	bench_done(&b);
}

static void slow_way(struct world *w, void *arg)
{
	struct bench *b = arg;

	(void)w;
	b->there->delay_s = world_time_s(w) < 3 ? 0.001 : 0.5;
	b->back->delay_s = 0.001;
}

/* The second of three comes without a queue; its offset is the right one. */
static void lowest_round_trip_wins(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b);
	b.there->delay_s = 0.4;
	world_at(b.w, 1, slow_way, &b);
	world_at(b.w, 3, slow_way, &b);
	check(&b);
	assert_near(b.probe.m.rtt_s, 0.002, 1e-6);
	assert_near(b.probe.m.offset_s, 0, 1e-6);
	assert_int_equal(b.probe.n_times, 3);
	bench_done(&b);
}

static void nobody_there(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b);
	sim_host_serve(b.server, 123, NULL, NULL);
	check(&b);
	assert_int_equal(b.probe.error, 0);
	assert_int_equal(b.probe.m.stratum, -1);
	assert_int_equal(b.probe.m.samples, 3);
	assert_int_equal(b.probe.m.lost, 3);
	assert_false(b.probe.m.has_offset);
	assert_string_equal(b.probe.m.error, "no answer");
	assert_near(b.done_s, 9, 1e-3);
	bench_done(&b);
}

/* Two of three are lost: still a measurement, and the loss is told. */
static void mends(struct world *w, void *arg)
{
	(void)w;
	*(bool *)arg = false;
}

static void losses_are_counted(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b);
	b.there->down = true;
	world_at(b.w, 5.5, mends, &b.there->down);
	check(&b);
	assert_true(b.probe.m.has_offset);
	assert_int_equal(b.probe.m.samples, 3);
	assert_int_equal(b.probe.m.lost, 2);
	bench_done(&b);
}

static void kiss(const char *code, const char *error)
{
	struct bench b;

	bench_init(&b);
	b.says.stratum = 0;
	b.says.leap = 3;
	b.says.refid = (uint32_t)(uint8_t)code[0] << 24 |
		       (uint32_t)(uint8_t)code[1] << 16 |
		       (uint32_t)(uint8_t)code[2] << 8 | (uint8_t)code[3];
	check(&b);
	assert_string_equal(b.probe.m.error, error);
	assert_int_equal(b.asked, 1);
	assert_int_equal(b.probe.m.stratum, 0);
	assert_int_equal(b.probe.m.samples, 1);
	assert_false(b.probe.m.has_offset);
	bench_done(&b);
}

static void kisses_end_it(void **state)
{
	(void)state;
	kiss("RATE", "RATE");
	kiss("DENY", "DENY");
	kiss("RSTR", "RSTR");
	kiss("INIT", "INIT");
	kiss("\0\0\0\0", SCORE_ERROR_STRATUM_0);
	kiss("<b>x", SCORE_ERROR_STRATUM_0);
}

static void expect_error(struct bench *b, const char *error, unsigned asked)
{
	check(b);
	assert_string_equal(b->probe.m.error, error);
	assert_false(b->probe.m.has_offset);
	assert_int_equal(b->asked, asked);
	bench_done(b);
}

static void bad_answers(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b);
	b.says.stratum = 16;
	b.says.refid = 0x494E4954;
	expect_error(&b, "bad stratum 16 (INIT)", 1);

	/* what a stranger put in there is not shown as text */
	bench_init(&b);
	b.says.stratum = 200;
	b.says.refid = 0x1B5B324A;
	expect_error(&b, "bad stratum 200 (1b5b324a)", 1);

	bench_init(&b);
	b.says.stratum = 11;
	expect_error(&b, "bad stratum 11 (c0000201)", 3);

	bench_init(&b);
	b.no_times = true;
	expect_error(&b, "bad timestamps", 3);
}

/* One bad answer before good ones does no harm. */
static void a_good_one_wins(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b);
	b.then = b.says;
	b.says.stratum = 12;
	check(&b);
	assert_string_equal(b.probe.m.error, "");
	assert_true(b.probe.m.has_offset);
	assert_int_equal(b.probe.m.stratum, 2);
	bench_done(&b);
}

/* Leap 3 is measured; what it costs is the profile's business. */
static void leap_3_is_measured(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b);
	b.says.leap = 3;
	sim_host_set_offset(b.server, -0.5);
	check(&b);
	assert_true(b.probe.m.has_offset);
	assert_near(b.probe.m.offset_s, -0.5, 1e-6);
	assert_int_equal(b.probe.m.leap, 3);
	bench_done(&b);
}

/* Answers to somebody else's question are none. */
static void forged(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b);
	b.forged = true;
	check(&b);
	assert_int_equal(b.asked, 3);
	assert_int_equal(b.probe.m.lost, 3);
	assert_int_equal(b.probe.m.stratum, -1);
	bench_done(&b);
}

static void duplicates_count_once(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b);
	b.back->duplicate = 1;
	check(&b);
	assert_int_equal(b.asked, 3);
	assert_int_equal(b.probe.n_times, 3);
	assert_int_equal(b.probe.m.lost, 0);
	bench_done(&b);
}

/* What this host cannot send is not the server's fault. */
static void our_own_network_is_down(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b);
	b.monitor->connect_error = -ENETUNREACH;
	check(&b);
	assert_int_equal(b.probe.error, -ENETUNREACH);
	assert_int_equal(b.probe.m.samples, 0);
	bench_done(&b);

	bench_init(&b);
	b.monitor->send_error = -ENOBUFS;
	check(&b);
	assert_int_equal(b.probe.error, -ENOBUFS);
	bench_done(&b);
}

static void our_clock_is_set_meanwhile(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b);
	b.there->delay_s = 0.5;
	sim_host_step_at(b.monitor, 0.25, -100);
	check(&b);
	assert_int_equal(b.probe.error, 0);
	assert_int_equal(b.probe.m.samples, 2);
	assert_int_equal(b.probe.m.lost, 0);
	assert_int_equal(b.probe.n_times, 2);
	bench_done(&b);
}

static void stopped_is_silent(void **state)
{
	struct bench b;
	const struct probe_plan plan = {3, 2, 3};
	struct net_addr to = sim_addr("192.0.2.2", 123);

	(void)state;
	bench_init(&b);
	probe_start(&b.probe, &b.monitor->io, &to, &plan);
	world_run(b.w, 1);
	probe_stop(&b.probe);
	world_run(b.w, 60);
	assert_int_equal(b.done, 0);
	assert_int_equal(b.asked, 1);
	bench_done(&b);
}

/* --- the challenge ------------------------------------------------------------ */

#define TOKEN "0123456789abcdef0123456789abcdef"

static void on_challenged(struct challenge *c)
{
	struct bench *b = CONTAINER_OF(c, struct bench, challenge);

	b->done++;
	b->done_s = world_time_s(b->w);
}

static void challenge(struct bench *b)
{
	struct net_addr to = sim_addr("192.0.2.2", 123);

	b->challenge.done = on_challenged;
	challenge_start(&b->challenge, &b->monitor->io, &to, TOKEN);
	assert_int_equal(b->done, 0);
	world_run(b->w, 10);
	assert_int_equal(b->done, 1);
}

static void challenge_is_met(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b);
	b.token = TOKEN;
	b.says.leap = 3; /* it need not be synchronised for that */
	challenge(&b);
	assert_true(b.challenge.proved);
	assert_int_equal(b.asked, 1);
	assert_near(b.done_s, 0.02, 1e-3);
	bench_done(&b);

	/* the first packet gets lost */
	bench_init(&b);
	b.token = TOKEN;
	b.there->down = true;
	world_at(b.w, 0.5, mends, &b.there->down);
	challenge(&b);
	assert_true(b.challenge.proved);
	bench_done(&b);
}

static void challenge_is_not_met(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b);
	challenge(&b);
	assert_false(b.challenge.proved);
	assert_non_null(strstr(b.challenge.why, "without the token"));
	assert_int_equal(b.asked, 3);
	bench_done(&b);

	bench_init(&b);
	b.token = "another token of this server";
	challenge(&b);
	assert_false(b.challenge.proved);
	bench_done(&b);

	/* who does not see the request cannot answer it */
	bench_init(&b);
	b.token = TOKEN;
	b.forged = true;
	challenge(&b);
	assert_false(b.challenge.proved);
	assert_string_equal(b.challenge.why, "no answer by NTP");
	bench_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(three_samples),
		cmocka_unit_test(lowest_round_trip_wins),
		cmocka_unit_test(nobody_there),
		cmocka_unit_test(losses_are_counted),
		cmocka_unit_test(kisses_end_it),
		cmocka_unit_test(bad_answers),
		cmocka_unit_test(a_good_one_wins),
		cmocka_unit_test(leap_3_is_measured),
		cmocka_unit_test(forged),
		cmocka_unit_test(duplicates_count_once),
		cmocka_unit_test(our_own_network_is_down),
		cmocka_unit_test(our_clock_is_set_meanwhile),
		cmocka_unit_test(stopped_is_silent),
		cmocka_unit_test(challenge_is_met),
		cmocka_unit_test(challenge_is_not_met),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
