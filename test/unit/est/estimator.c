/* SPDX-License-Identifier: BSD-2-Clause */
#include "est/estimator.h"

#include <errno.h>

#include "base/rng.h"
#include "base/units.h"
#include "near.h"

static const struct estimator_source_params plain = {
	.min_poll_log2 = 6,
	.max_poll_log2 = 10,
};

static struct estimator *with_sources(int n, int64_t mono_ns)
{
	struct estimator_params p;
	struct estimator *e;

	estimator_params_default(&p);
	e = estimator_new(&p, mono_ns);
	for (int i = 0; i < n; i++)
		assert_int_equal(estimator_add(e, &plain), i);
	return e;
}

static struct sample taken(double t_s, double offset_s)
{
	return (struct sample){
		.mono_ns = ns_from_s(t_s),
		.offset_s = offset_s,
		.delay_s = 0.010,
		.disp_s = 1e-6,
		.root_delay_s = 0.001,
		.root_disp_s = 0.001,
		.stratum = 2,
	};
}

static struct clock_cmd give(struct estimator *e, int source,
			     const struct sample *s)
{
	struct clock_cmd cmd = estimator_sample(e, source, s);

	estimator_applied(e, &cmd, true, s->mono_ns);
	return cmd;
}

static struct clock_cmd offset(struct estimator *e, int source, double t_s,
			       double offset_s)
{
	struct sample s = taken(t_s, offset_s);

	return give(e, source, &s);
}

/* No correction: at most the end of an earlier one. */
static bool holds(const struct estimator *e, struct clock_cmd cmd)
{
	struct estimator_report r;

	estimator_report(e, 0, &r);
	return cmd.action == CLOCK_HOLD ||
	       (cmd.action == CLOCK_SLEW && cmd.freq == r.freq);
}

static enum select_status status(const struct estimator *e, int source,
				 double t_s)
{
	struct source_report r;

	estimator_source_report(e, source, ns_from_s(t_s), &r);
	return r.status;
}

static struct estimator_report report(const struct estimator *e, double t_s)
{
	struct estimator_report r;

	estimator_report(e, ns_from_s(t_s), &r);
	return r;
}

/* Monotonic time may start at 0; nothing is known then and nothing claimed. */
static void nothing_yet(void **state)
{
	struct estimator *e = with_sources(2, 0);
	struct estimator_report r = report(e, 0);
	struct clock_cmd cmd = estimator_timeout(e, 0);

	(void)state;
	assert_false(r.synchronised);
	assert_false(r.freq_settled);
	assert_int_equal(r.sys_peer, -1);
	assert_int_equal(r.stratum, 0);
	assert_int_equal(cmd.action, CLOCK_HOLD);
	assert_true(cmd.until_mono_ns == INT64_MAX);
	assert_int_equal(estimator_poll(e, 0), 6);
	cmd = estimator_missed(e, 0, false, NS_PER_S);
	assert_int_equal(cmd.action, CLOCK_HOLD);
	estimator_free(e);
	estimator_free(NULL);
}

/* When all sources have spoken the majority of them decides at once. */
static void first_all(void **state)
{
	struct estimator *e = with_sources(4, 0);
	struct clock_cmd cmd;

	(void)state;
	cmd = offset(e, 0, 0.10, 0.5);
	assert_int_equal(cmd.action, CLOCK_HOLD);
	assert_near(s_from_ns(cmd.until_mono_ns), 1.10, 1e-9);
	cmd = offset(e, 3, 0.11, 3600); /* C-21 at the worst time */
	assert_int_equal(cmd.action, CLOCK_HOLD);
	cmd = offset(e, 1, 0.12, 0.501);
	assert_int_equal(cmd.action, CLOCK_HOLD);
	assert_false(report(e, 0.12).synchronised);
	cmd = offset(e, 2, 0.13, 0.5);
	assert_int_equal(cmd.action, CLOCK_STEP);
	assert_near(cmd.step_s, 0.5003, 0.001);
	assert_true(report(e, 0.13).synchronised);
	assert_int_equal(status(e, 3, 0.13), SELECT_FALSETICK);
	estimator_free(e);
}

/* When some do not: one second after the first sample. */
static void first_wait(void **state)
{
	struct estimator *e = with_sources(4, 0);
	struct clock_cmd cmd;

	(void)state;
	cmd = offset(e, 0, 10, 0.5);
	assert_int_equal(estimator_timeout(e, 10500 * NS_PER_MS).action,
			 CLOCK_HOLD);
	cmd = estimator_timeout(e, cmd.until_mono_ns);
	assert_int_equal(cmd.action, CLOCK_STEP);
	assert_near(cmd.step_s, 0.5, 1e-9);
	estimator_free(e);
}

/* Who is silent does not keep -g waiting for ever. */
static void dead_sources(void **state)
{
	struct estimator_params p;
	struct estimator *e;

	(void)state;
	estimator_params_default(&p);
	p.panic_once_ok = true;
	e = estimator_new(&p, 0);
	for (int i = 0; i < 4; i++)
		assert_int_equal(estimator_add(e, &plain), i);
	assert_int_equal(offset(e, 0, 1, 1e8).action, CLOCK_HOLD);
	assert_int_equal(offset(e, 0, 3, 1e8).action, CLOCK_HOLD);
	assert_false(report(e, 3).synchronised);
	for (int i = 1; i < 4; i++)
		estimator_missed(e, i, false, 4 * NS_PER_S);
	assert_int_equal(offset(e, 0, 5, 1e8).action, CLOCK_STEP);
	assert_true(report(e, 5).synchronised);
	estimator_free(e);
}

/* C-22: two of four agree on a wrong time. */
static void two_against_two(void **state)
{
	struct estimator *e = with_sources(4, 0);
	double t;

	(void)state;
	for (t = 0; t < 600; t += 60)
		for (int i = 0; i < 4; i++)
			offset(e, i, t + i, 0);
	assert_true(report(e, t).synchronised);
	for (; t < 6000; t += 60)
		for (int i = 0; i < 4; i++)
			assert_true(
				holds(e, offset(e, i, t + i, i < 2 ? 5 : 0)));
	assert_int_equal(report(e, t).sys_peer, -1);
	assert_int_equal(report(e, t).survivors, 0);
	for (int i = 0; i < 4; i++)
		assert_int_equal(status(e, i, t), SELECT_FALSETICK);
	/*
	 * While the jump is in their registers, the jitter makes the two too far
	 * to be heard; from then on it is holdover: still in step, and the bound
	 * says for how long alone.
	 */
	assert_true(report(e, t).last_update_mono_ns <
		    (600 + 8 * 60) * NS_PER_S);
	assert_true(report(e, t).synchronised);
	assert_true(report(e, t).root_disp_s > 4900 * NTP_PHI);
	estimator_free(e);

	/* From the start: never synchronised at all. */
	e = with_sources(4, 0);
	for (t = 0; t < 600; t += 60)
		for (int i = 0; i < 4; i++)
			assert_true(holds(
				e, offset(e, i, t + 0.1 * i, i < 2 ? 5 : 0)));
	assert_false(report(e, t).synchronised);
	estimator_free(e);
}

/* C-23: one of four announces a leap second; then three do. */
static void leap(void **state)
{
	struct estimator *e = with_sources(4, 0);

	(void)state;
	for (int t = 0; t < 60; t++) {
		struct sample s = taken(t, 0);

		s.leap = t % 4 == 1;
		give(e, t % 4, &s);
		assert_int_equal(report(e, t).leap, 0);
	}
	for (int t = 60; t < 80; t++) {
		struct sample s = taken(t, 0);

		s.leap = t % 4 == 1 ? 0 : 2;
		give(e, t % 4, &s);
	}
	assert_int_equal(report(e, 80).leap, 2);
	estimator_free(e);
}

/* C-11, C-17: what a server may claim of itself, as the codec hands it over. */
static void absurd_claims(void **state)
{
	struct estimator *e = with_sources(1, 0);
	struct source_report r;
	struct exchange x = {0, 0, 0, NS_PER_MS};
	struct sample s = taken(1, 0.5);

	(void)state;
	s.root_delay_s = 65535.9999;
	assert_int_equal(give(e, 0, &s).action, CLOCK_HOLD);
	s = taken(2, 0.5);
	s.root_disp_s = 32768;
	assert_int_equal(give(e, 0, &s).action, CLOCK_HOLD);
	s = taken(3, 0.5);
	s.root_delay_s = -32768;
	s.root_disp_s = 32768;
	assert_int_equal(give(e, 0, &s).action, CLOCK_HOLD);
	s = taken(4, 0.5);
	sample_from_exchange(&x, 0x1p127, 1e-6, &s);
	assert_int_equal(give(e, 0, &s).action, CLOCK_HOLD);
	s = taken(5, 0.5);
	sample_from_exchange(&x, 0x1p20, 1e-6, &s);
	assert_int_equal(give(e, 0, &s).action, CLOCK_HOLD);
	estimator_source_report(e, 0, 5 * NS_PER_S, &r);
	assert_int_equal(r.status, SELECT_REJECT);
	assert_int_equal(r.n, 5);
	assert_true(r.too_far);
	assert_true(isfinite(r.root_dist_s) && r.root_dist_s > 1.5);
	assert_false(report(e, 5).synchronised);
	assert_int_equal(offset(e, 0, 6, 0.5).action, CLOCK_STEP);
	estimator_free(e);
}

static void not_numbers(void **state)
{
	const double bad[] = {nan(""), HUGE_VAL, -HUGE_VAL};
	struct estimator *e = with_sources(1, 0);
	struct source_report r;

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct sample s[5];

		for (int k = 0; k < 5; k++)
			s[k] = taken(1, 0.5);
		s[0].offset_s = s[1].delay_s = s[2].disp_s = bad[i];
		s[3].root_delay_s = s[4].root_disp_s = bad[i];
		for (int k = 0; k < 5; k++)
			assert_int_equal(give(e, 0, &s[k]).action, CLOCK_HOLD);
	}
	estimator_source_report(e, 0, NS_PER_S, &r);
	assert_int_equal(r.n, 0);
	assert_false(r.have_sample);

	/* No NTP timestamp is 300 years away either. */
	assert_int_equal(offset(e, 0, 1, 1e10).action, CLOCK_HOLD);
	offset(e, 0, 2, 0);
	estimator_clock_moved(e, nan(""), 3 * NS_PER_S);
	assert_near(report(e, 3).offset_s, 0, 1e-9);
	estimator_free(e);
}

static double any_number(struct rng *r)
{
	double x = rng_normal(r);

	switch (rng_u64(r) % 8) {
	case 0:
		return x * 1e300;
	case 1:
		return x * 1e-300;
	case 2:
		return x * 4e-320; /* denormal */
	case 3:
		return x < 0 ? -1e9 : 1e9;
	case 4:
		return 0;
	case 5:
		return exp(20 * x);
	default:
		return x;
	}
}

/* Now and then no time passes, and now and then years do. */
static double any_wait_s(struct rng *r)
{
	switch (rng_u64(r) % 50) {
	case 0:
		return 1e8;
	case 1:
	case 2:
		return 0;
	default:
		return 16 * rng_uniform(r);
	}
}

/* Whatever finite numbers come: what goes out is finite and within its limits. */
static void extremes(void **state)
{
	struct rng r;

	(void)state;
	rng_seed(&r, 2038);
	for (int round = 0; round < 200; round++) {
		struct estimator *e = with_sources(5, 0);
		int64_t until_ns = INT64_MAX;
		double t = 0;

		for (int i = 0; i < 200; i++) {
			int source = (int)(rng_u64(&r) % 5);
			struct sample s = taken(t, any_number(&r));
			struct estimator_report rep;
			struct clock_cmd cmd;

			t += any_wait_s(&r);
			if (rng_u64(&r) % 2)
				s.delay_s = any_number(&r);
			if (rng_u64(&r) % 2)
				s.disp_s = any_number(&r);
			if (rng_u64(&r) % 4 == 0)
				s.root_delay_s = any_number(&r);
			if (rng_u64(&r) % 4 == 0)
				s.root_disp_s = any_number(&r);
			s.mono_ns = ns_from_s(t);
			if (until_ns <= s.mono_ns) {
				cmd = estimator_timeout(e, s.mono_ns);
				estimator_applied(e, &cmd, true, s.mono_ns);
			}
			cmd = estimator_sample(e, source, &s);
			assert_true(fabs(cmd.freq) <= 500e-6);
			assert_true(isfinite(cmd.step_s));
			assert_true(cmd.until_mono_ns > s.mono_ns);
			until_ns = cmd.until_mono_ns;
			estimator_applied(e, &cmd, rng_u64(&r) % 4, s.mono_ns);
			rep = report(e, t);
			assert_true(isfinite(rep.offset_s + rep.freq +
					     rep.jitter_s + rep.clk_jitter_s +
					     rep.wander + rep.error_s));
			assert_true(rep.root_disp_s >= 0);
			assert_true(isfinite(rep.root_disp_s));
			assert_int_equal(rep.resets, 0);
		}
		estimator_free(e);
	}
}

static void table_full(void **state)
{
	struct estimator *e = with_sources(ESTIMATOR_MAX_SOURCES, 0);

	(void)state;
	assert_int_equal(estimator_add(e, &plain), -ENOSPC);
	estimator_remove(e, 17);
	assert_int_equal(estimator_add(e, &plain), 17);
	for (int i = 0; i < ESTIMATOR_MAX_SOURCES; i++)
		offset(e, i, 1 + 0.001 * i, 1e-4);
	assert_true(report(e, 2).synchronised);
	estimator_free(e);
}

/* The system peer leaves: another takes over, with its own samples. */
static void removed(void **state)
{
	struct estimator *e = with_sources(2, 0);
	int peer;

	(void)state;
	offset(e, 0, 1, 0);
	offset(e, 1, 2, 0);
	offset(e, 0, 3, 0);
	peer = report(e, 3).sys_peer;
	assert_in_range(peer, 0, 1);
	estimator_remove(e, peer);
	assert_int_equal(report(e, 3).sys_peer, -1);
	assert_int_equal(report(e, 3).survivors, 0);
	estimator_timeout(e, 3 * NS_PER_S);
	assert_int_equal(report(e, 3).sys_peer, 1 - peer);
	/* A newcomer in the same place begins empty. */
	assert_int_equal(estimator_add(e, &plain), peer);
	assert_int_equal(status(e, peer, 3), SELECT_REJECT);
	estimator_free(e);
}

/* What an address said before does not speak for the next one. */
static void forgotten(void **state)
{
	struct estimator *e = with_sources(1, 0);
	struct source_report r;

	(void)state;
	offset(e, 0, 1, 0);
	assert_int_equal(status(e, 0, 1), SELECT_SYS_PEER);
	estimator_reset(e, 0);
	estimator_source_report(e, 0, 2 * NS_PER_S, &r);
	assert_int_equal(r.status, SELECT_REJECT);
	assert_int_equal(r.n, 0);
	assert_int_equal(report(e, 2).sys_peer, -1);
	assert_true(report(e, 2).synchronised);
	estimator_free(e);
}

/* Unreachable: not selected; back again: with new samples alone. */
static void unreachable(void **state)
{
	struct estimator *e = with_sources(1, 0);
	struct source_report r;

	(void)state;
	for (int i = 0; i < 5; i++)
		offset(e, 0, 1 + 2 * i, 0);
	estimator_missed(e, 0, true, 12 * NS_PER_S);
	assert_int_equal(status(e, 0, 12), SELECT_SYS_PEER);
	estimator_missed(e, 0, false, 600 * NS_PER_S);
	assert_int_equal(status(e, 0, 600), SELECT_REJECT);
	assert_int_equal(report(e, 600).sys_peer, -1);
	offset(e, 0, 700, 0);
	estimator_source_report(e, 0, 700 * NS_PER_S, &r);
	assert_int_equal(r.n, 1);
	assert_int_equal(r.status, SELECT_SYS_PEER);
	estimator_free(e);
}

/* Even a reachable source grows too far when it says nothing for a day. */
static void grows_too_far(void **state)
{
	struct estimator *e = with_sources(1, 0);
	struct source_report r;

	(void)state;
	for (int i = 0; i < 8; i++)
		offset(e, 0, 1 + 2 * i, 0);
	estimator_missed(e, 0, true, 200000 * NS_PER_S);
	estimator_source_report(e, 0, 200000 * NS_PER_S, &r);
	assert_true(r.too_far);
	assert_int_equal(r.status, SELECT_REJECT);
	estimator_free(e);
}

static void noselect(void **state)
{
	struct estimator *e = with_sources(0, 0);
	struct estimator_source_params watch = plain;

	(void)state;
	watch.noselect = true;
	assert_int_equal(estimator_add(e, &watch), 0);
	assert_int_equal(estimator_add(e, &plain), 1);
	assert_true(offset(e, 0, 1, 0.7).until_mono_ns == INT64_MAX);
	assert_int_equal(offset(e, 1, 9, 0.004).action, CLOCK_SLEW);
	assert_int_equal(status(e, 0, 9), SELECT_REJECT);
	assert_int_equal(status(e, 1, 9), SELECT_SYS_PEER);
	estimator_free(e);
}

static void strata(void **state)
{
	struct estimator_params p;
	struct estimator *e;
	struct source_report r;
	struct sample s;

	(void)state;
	estimator_params_default(&p);
	p.min_stratum = 2;
	p.max_stratum = 5;
	e = estimator_new(&p, 0);
	assert_int_equal(estimator_add(e, &plain), 0);
	for (int i = 1; i < 8; i++) {
		s = taken(i, 0);
		s.stratum = (uint8_t)i;
		estimator_reset(e, 0);
		give(e, 0, &s);
		estimator_source_report(e, 0, s.mono_ns, &r);
		assert_int_equal(r.bad_stratum, i < 2 || i >= 5);
		assert_int_equal(report(e, i).stratum, i < 2 || i >= 5 ? 0 : i);
	}
	estimator_free(e);
}

/* The same samples with 64 s more: the same frequency, and 64 s more. */
static void shift_invariance(void **state)
{
	struct estimator *a = with_sources(3, 0), *b = with_sources(3, 0);
	struct rng r;

	(void)state;
	rng_seed(&r, 8);
	for (int i = 0; i < 500; i++) {
		struct sample s = taken(2 + 16 * i, 1e-3 * rng_normal(&r));
		struct clock_cmd cmd;

		s.delay_s += 1e-3 * rng_exponential(&r);
		cmd = estimator_sample(a, i % 3, &s);
		estimator_applied(a, &cmd, false, s.mono_ns);
		s.offset_s += 64;
		cmd = estimator_sample(b, i % 3, &s);
		estimator_applied(b, &cmd, false, s.mono_ns);
		assert_near(report(b, 9000).freq, report(a, 9000).freq, 1e-12);
		if (i > 0)
			assert_near(report(b, 9000).offset_s,
				    report(a, 9000).offset_s + 64, 1e-9);
		assert_int_equal(report(b, 9000).sys_peer,
				 report(a, 9000).sys_peer);
	}
	estimator_free(a);
	estimator_free(b);
}

/* A clock that is stepped by -64 s: its servers are 64 s farther ahead, that is all. */
static void stepped_clock(void **state)
{
	struct estimator *a = with_sources(3, 0), *b = with_sources(3, 0);
	const struct clock_cmd step = {.action = CLOCK_STEP,
				       .step_s = -64,
				       .until_mono_ns = INT64_MAX};
	struct rng r;

	(void)state;
	rng_seed(&r, 9);
	for (int i = 0; i < 500; i++) {
		struct sample s = taken(2 + 16 * i, 1e-3 * rng_normal(&r));
		struct clock_cmd cmd;

		s.delay_s += 1e-3 * rng_exponential(&r);
		if (i == 100)
			estimator_applied(b, &step, true, s.mono_ns);
		cmd = estimator_sample(a, i % 3, &s);
		estimator_applied(a, &cmd, false, s.mono_ns);
		s.offset_s += i < 100 ? 0 : 64;
		cmd = estimator_sample(b, i % 3, &s);
		estimator_applied(b, &cmd, false, s.mono_ns);
		assert_near(report(b, 9000).freq, report(a, 9000).freq, 1e-12);
		assert_near(report(b, 9000).offset_s,
			    report(a, 9000).offset_s + (i < 100 ? 0 : 64),
			    1e-9);
		assert_int_equal(report(b, 9000).sys_peer,
				 report(a, 9000).sys_peer);
	}
	estimator_free(a);
	estimator_free(b);
}

/* Which handle a source has does not matter: seven sources, the same seven backwards. */
static void order_of_sources(void **state)
{
	enum { N = 7 };
	struct estimator *a = with_sources(N, 0), *b = with_sources(N, 0);
	struct estimator_report ra, rb;
	struct rng r;

	(void)state;
	rng_seed(&r, 10);
	for (int i = 0; i < 700; i++) {
		int k = i % N;
		struct sample s = taken(2 + 8 * i, 1e-3 * rng_normal(&r));

		/* no two alike, and one of them is wrong */
		s.delay_s += 1e-3 * k + 1e-3 * rng_exponential(&r);
		s.offset_s += k == 3 ? 0.5 : 0;
		give(a, k, &s);
		give(b, N - 1 - k, &s);
		ra = report(a, 2 + 8 * i);
		rb = report(b, 2 + 8 * i);
		assert_int_equal(ra.sys_peer < 0 ? -1 : N - 1 - ra.sys_peer,
				 rb.sys_peer);
		for (int j = 0; j < N; j++)
			assert_int_equal(status(a, j, 2 + 8 * i),
					 status(b, N - 1 - j, 2 + 8 * i));
		assert_near(rb.offset_s, ra.offset_s, 1e-12);
	}
	estimator_free(a);
	estimator_free(b);
}

/* RFC 5905 section 11.2.3: the way to the primary source, peer and own part. */
static void root(void **state)
{
	struct estimator *e = with_sources(1, 0);
	struct estimator_report now, later;

	(void)state;
	for (int i = 0; i < 2000; i++) {
		struct sample s = taken(1 + 16 * i, i % 2 ? 1e-5 : -1e-5);

		estimator_sample(e, 0, &s); /* not carried out: no slew */
	}
	now = report(e, 1 + 16 * 1999);
	assert_near(now.root_delay_s, 0.011, 1e-9);
	assert_near(now.root_disp_s, 0.001, 1e-4);
	assert_true(now.root_disp_s > 0.001);
	assert_near(now.root_disp_growth, NTP_PHI, 1e-6);
	later = report(e, 1 + 16 * 1999 + 1000);
	assert_near(later.root_disp_s - now.root_disp_s,
		    1000 * now.root_disp_growth, 1e-4);
	assert_true(now.freq_settled);
	assert_int_equal(now.last_update_mono_ns, (1 + 16 * 1999) * NS_PER_S);
	assert_true(now.time_const_log2 >= 6);
	assert_int_equal(estimator_poll(e, 0), now.time_const_log2);
	assert_near(now.jitter_s, 2e-5, 1e-5);
	assert_near(now.clk_jitter_s, 1e-5, 1e-5);
	assert_true(now.wander > 0 && now.wander < 1e-8);
	/* with what the path of 10 ms may be asymmetrical by */
	assert_true(now.error_s < 2e-4);
	estimator_free(e);
}

/* What is not believed at once is owned up to at once. */
static void root_of_doubt(void **state)
{
	struct estimator *e = with_sources(1, 0);

	(void)state;
	for (int i = 0; i < 100; i++)
		offset(e, 0, 1 + 16 * i, 0);
	offset(e, 0, 1601, 0.05);
	assert_true(fabs(report(e, 1601).offset_s) < 1e-3);
	/* 50 ms of jitter, and 50 ms between the peer's offset and ours */
	assert_true(report(e, 1601).root_disp_s > 0.1);
	estimator_free(e);
}

static void source_report_is_newest_first(void **state)
{
	struct estimator *e = with_sources(1, 0);
	struct source_report r;

	(void)state;
	for (int i = 0; i < 12; i++) {
		struct sample s = taken(1 + 2 * i, 1e-6 * i);

		s.delay_s = 0.01 + 0.02 * (i != 9);
		estimator_sample(e, 0, &s); /* not carried out: no slew */
	}
	estimator_source_report(e, 0, 24 * NS_PER_S, &r);
	assert_true(r.have_sample);
	assert_int_equal(r.n, SOURCE_FILTER_LEN);
	for (int i = 0; i < SOURCE_FILTER_LEN; i++) {
		assert_near(r.filt_offset_s[i], 1e-6 * (11 - i), 1e-12);
		assert_near(r.filt_delay_s[i], i == 2 ? 0.01 : 0.03, 1e-12);
		assert_near(r.filt_disp_s[i], 1e-6, 1e-12);
	}
	assert_near(r.offset_s, 9e-6, 1e-12);
	assert_near(r.delay_s, 0.01, 1e-12);
	assert_true(r.last_mono_ns == 19 * NS_PER_S);
	assert_true(r.disp_s >= 1e-6 + 5 * NTP_PHI);
	estimator_free(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_yet),
		cmocka_unit_test(first_all),
		cmocka_unit_test(first_wait),
		cmocka_unit_test(dead_sources),
		cmocka_unit_test(two_against_two),
		cmocka_unit_test(leap),
		cmocka_unit_test(absurd_claims),
		cmocka_unit_test(not_numbers),
		cmocka_unit_test(extremes),
		cmocka_unit_test(table_full),
		cmocka_unit_test(removed),
		cmocka_unit_test(forgotten),
		cmocka_unit_test(unreachable),
		cmocka_unit_test(grows_too_far),
		cmocka_unit_test(noselect),
		cmocka_unit_test(strata),
		cmocka_unit_test(shift_invariance),
		cmocka_unit_test(stepped_clock),
		cmocka_unit_test(order_of_sources),
		cmocka_unit_test(root),
		cmocka_unit_test(root_of_doubt),
		cmocka_unit_test(source_report_is_newest_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
