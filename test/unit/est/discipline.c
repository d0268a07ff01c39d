/* SPDX-License-Identifier: BSD-2-Clause */
#include "est/discipline.h"

#include "base/units.h"
#include "near.h"

struct fixture {
	struct estimator_params p;
	struct discipline d;
	int64_t now_ns;
};

static struct fixture *start(struct fixture *fx)
{
	discipline_init(&fx->d, &fx->p, fx->now_ns);
	bank_join(&fx->d.bank, 1e-3);
	return fx;
}

static const struct circumstances circumstances = {
	.quorum = true,
	.interval_s = 16,
	.noise_var = 1e-10,
};

static struct measurement measured(double offset_s)
{
	return (struct measurement){
		.offset_s = offset_s,
		.root_dist_s = 1e-3,
		.noise = {.spread_s = 2e-5, .base_var = 1e-12, .n = 100},
	};
}

static struct fixture fixture(void)
{
	struct fixture fx = {.now_ns = 5 * NS_PER_S};

	estimator_params_default(&fx.p);
	return fx;
}

/* A measurement after dt_s; a slew that ends before is ended. */
static struct clock_cmd measure(struct fixture *fx, double dt_s,
				double offset_s)
{
	struct clock_cmd cmd;
	struct measurement m;

	fx->now_ns += ns_from_s(dt_s);
	if (fx->d.slew_end_ns < fx->now_ns) {
		discipline_advance(&fx->d, fx->d.slew_end_ns);
		cmd = discipline_idle(&fx->d);
		discipline_applied(&fx->d, &cmd);
	}
	discipline_advance(&fx->d, fx->now_ns);
	m = measured(offset_s);
	cmd = discipline_update(&fx->d, &m, 1, &circumstances);
	return cmd;
}

static struct clock_cmd obeyed(struct fixture *fx, double dt_s, double offset_s)
{
	struct clock_cmd cmd = measure(fx, dt_s, offset_s);

	discipline_applied(&fx->d, &cmd);
	return cmd;
}

static void small_offset_slews(void **state)
{
	struct fixture fx = fixture();
	struct clock_cmd cmd;

	(void)state;
	cmd = obeyed(start(&fx), 0, 0.001);
	assert_int_equal(cmd.action, CLOCK_SLEW);
	/* 1 ms in 2 s: positive, since we are behind, and over when it is done */
	assert_near(cmd.freq, 500e-6, 1e-12);
	assert_near(s_from_ns(cmd.until_mono_ns - fx.now_ns), 2, 1e-6);

	discipline_advance(&fx.d, cmd.until_mono_ns);
	assert_near(fx.d.bank.belief.x, 0, 1e-12);
	cmd = discipline_idle(&fx.d);
	assert_int_equal(cmd.action, CLOCK_SLEW);
	assert_near(cmd.freq, 0, 0);
	assert_true(cmd.until_mono_ns == INT64_MAX);
}

/* Holding during a slew repeats when it ends. */
static void hold_keeps_the_end(void **state)
{
	struct fixture fx = fixture();
	struct clock_cmd cmd, idle;

	(void)state;
	cmd = obeyed(start(&fx), 0, 0.001);
	discipline_advance(&fx.d, fx.now_ns + NS_PER_S);
	idle = discipline_idle(&fx.d);
	assert_int_equal(idle.action, CLOCK_HOLD);
	assert_true(idle.until_mono_ns == cmd.until_mono_ns);
	assert_near(idle.freq, cmd.freq, 0);
}

static void large_offset_steps(void **state)
{
	struct fixture fx = fixture();
	struct clock_cmd cmd;

	(void)state;
	cmd = obeyed(start(&fx), 0, -0.3);
	assert_int_equal(cmd.action, CLOCK_STEP);
	assert_near(cmd.step_s, -0.3, 1e-12);
	assert_near(fx.d.bank.belief.x, 0, 1e-12);
	cmd = obeyed(&fx, 2, 0);
	assert_int_equal(cmd.action, CLOCK_SLEW);
}

/* At the start what takes more than ten seconds to slew; never again. */
static void first_step(void **state)
{
	struct fixture fx = fixture();

	(void)state;
	assert_int_equal(obeyed(start(&fx), 0, 0.0055).action, CLOCK_STEP);
	assert_int_equal(obeyed(&fx, 2, 0.0055).action, CLOCK_SLEW);
	fx = fixture();
	assert_int_equal(obeyed(start(&fx), 0, 0.0045).action, CLOCK_SLEW);
	assert_int_equal(obeyed(&fx, 2, 0.02).action, CLOCK_SLEW);
	fx = fixture();
	fx.p.slew_only = true;
	assert_int_equal(obeyed(start(&fx), 0, 0.1).action, CLOCK_SLEW);
	fx = fixture();
	fx.p.step_s = 0;
	assert_int_equal(obeyed(start(&fx), 0, 0.1).action, CLOCK_SLEW);
}

static void never_steps(void **state)
{
	struct fixture fx = fixture();

	(void)state;
	fx.p.step_s = 0;
	assert_int_equal(obeyed(start(&fx), 0, 0.9).action, CLOCK_SLEW);
}

/* -x: up to 600 s are slewed, at no more than 500 ppm. */
static void slew_only(void **state)
{
	struct fixture fx = fixture();
	struct clock_cmd cmd;

	(void)state;
	fx.p.slew_only = true;
	cmd = obeyed(start(&fx), 0, 599);
	assert_int_equal(cmd.action, CLOCK_SLEW);
	assert_near(cmd.freq, 500e-6, 0);
	assert_near(s_from_ns(cmd.until_mono_ns - fx.now_ns), 599 / 500e-6, 1);
	fx = fixture();
	fx.p.slew_only = true;
	assert_int_equal(obeyed(start(&fx), 0, 601).action, CLOCK_STEP);
}

static void panic(void **state)
{
	struct fixture fx = fixture();
	struct clock_cmd cmd;

	(void)state;
	cmd = measure(start(&fx), 0, 1001);
	assert_int_equal(cmd.action, CLOCK_PANIC);
	assert_near(cmd.step_s, 1001, 1e-9);
	assert_false(discipline_synchronised(&fx.d, fx.d.bank.belief.x));
	fx = fixture();
	assert_int_equal(measure(start(&fx), 0, 999).action, CLOCK_STEP);
	fx = fixture();
	fx.p.panic_s = 0;
	assert_int_equal(measure(start(&fx), 0, 1e9).action, CLOCK_STEP);
	assert_true(discipline_synchronised(&fx.d, 1e9));
}

/* -g: once, and only for the first correction. */
static void panic_once(void **state)
{
	struct fixture fx = fixture();

	(void)state;
	fx.p.panic_once_ok = true;
	assert_int_equal(obeyed(start(&fx), 0, 1e8).action, CLOCK_STEP);
	assert_int_equal(obeyed(&fx, 2, 0.0001).action, CLOCK_SLEW);
	assert_int_equal(obeyed(&fx, 64, 2000).action, CLOCK_HOLD);
	assert_int_equal(obeyed(&fx, 301, 2000).action, CLOCK_PANIC);

	fx = fixture();
	fx.p.panic_once_ok = true;
	assert_int_equal(obeyed(start(&fx), 0, 0.004).action, CLOCK_SLEW);
	obeyed(&fx, 64, 2000);
	assert_int_equal(obeyed(&fx, 301, 2000).action, CLOCK_PANIC);
}

/* -q: the first correction is a step, however small. */
static void set_once(void **state)
{
	struct fixture fx = fixture();
	struct clock_cmd cmd;

	(void)state;
	fx.p.set_once = true;
	cmd = obeyed(start(&fx), 0, 0.000123);
	assert_int_equal(cmd.action, CLOCK_STEP);
	assert_near(cmd.step_s, 0.000123, 1e-12);
	fx = fixture();
	fx.p.set_once = true;
	assert_int_equal(measure(start(&fx), 0, 5000).action, CLOCK_PANIC);
}

/* A jump that goes away within stepout is ignored altogether. */
static void spike(void **state)
{
	struct fixture fx = fixture();
	double f;

	(void)state;
	start(&fx);
	for (int i = 0; i < 20; i++)
		obeyed(&fx, 16, 0);
	f = fx.d.bank.belief.f;
	for (int i = 0; i < 4; i++) {
		assert_int_equal(obeyed(&fx, 16, 1).action, CLOCK_HOLD);
		assert_int_equal(fx.d.spike_sign, 1);
	}
	assert_near(fx.d.bank.belief.x, 0, 1e-9);
	assert_near(fx.d.bank.belief.f, f, 0);
	assert_int_equal(obeyed(&fx, 16, 0).action, CLOCK_SLEW);
	assert_int_equal(fx.d.spike_sign, 0);

	/* The next one starts its own time. */
	for (int i = 0; i < 18; i++)
		assert_int_equal(obeyed(&fx, 16, 1).action, CLOCK_HOLD);
}

static void stepout(void **state)
{
	struct fixture fx = fixture();
	struct clock_cmd cmd;
	int64_t since;
	double q;

	(void)state;
	start(&fx);
	for (int i = 0; i < 20; i++)
		obeyed(&fx, 16, 0);
	q = fx.d.bank.belief.q;
	obeyed(&fx, 16, 1);
	since = fx.now_ns;
	do
		cmd = obeyed(&fx, 16, 1);
	while (cmd.action == CLOCK_HOLD);
	assert_int_equal(cmd.action, CLOCK_STEP);
	assert_near(cmd.step_s, 1, 1e-6);
	assert_near(s_from_ns(fx.now_ns - since), 304, 0.1);
	assert_near(fx.d.bank.belief.q, q, 0.1 * q);

	/* Jumps to both sides in turn never last. */
	for (int i = 0; i < 100; i++)
		assert_int_equal(obeyed(&fx, 16, i % 2 ? 1 : -1).action,
				 CLOCK_HOLD);
}

/* The clock refused: it is where it was, and so is what we believe. */
static void refused(void **state)
{
	struct fixture fx = fixture();

	(void)state;
	assert_int_equal(measure(start(&fx), 0, 0.5).action, CLOCK_STEP);
	for (int i = 0; i < 200; i++) {
		double offset = 0.5 + 30e-6 * 16 * (i + 1);

		assert_int_equal(measure(&fx, 16, offset).action, CLOCK_STEP);
		assert_near(fx.d.bank.belief.x, offset, 1e-3);
	}
	assert_near(fx.d.bank.belief.f, 30e-6, 0.1e-6);
	assert_near(fx.d.applied_freq, 0, 0);
	assert_near(fx.d.ledger_s, 0, 0);
	assert_false(fx.d.corrected);
}

/* The minority that answered first was wrong: the majority is believed at once. */
static void minority(void **state)
{
	struct fixture fx = fixture();
	struct measurement m = measured(0.5);
	struct circumstances few = circumstances;
	struct clock_cmd cmd;

	(void)state;
	few.quorum = false;
	cmd = discipline_update(&start(&fx)->d, &m, 1, &few);
	assert_int_equal(cmd.action, CLOCK_STEP);
	discipline_applied(&fx.d, &cmd);
	assert_int_equal(obeyed(&fx, 1, -0.5).action, CLOCK_STEP);
	assert_int_equal(obeyed(&fx, 2, 0.5).action, CLOCK_HOLD);

	/* And it neither ends the program, nor does it use up -g or -q. */
	fx = fixture();
	fx.p.panic_once_ok = true;
	m.offset_s = 5000;
	cmd = discipline_update(&start(&fx)->d, &m, 1, &few);
	assert_int_equal(cmd.action, CLOCK_HOLD);
	assert_int_equal(obeyed(&fx, 1, 6000).action, CLOCK_STEP);
	fx = fixture();
	fx.p.panic_once_ok = true;
	m.offset_s = 0.004;
	cmd = discipline_update(&start(&fx)->d, &m, 1, &few);
	assert_int_equal(cmd.action, CLOCK_SLEW);
	discipline_applied(&fx.d, &cmd);
	assert_int_equal(obeyed(&fx, 1, 6000).action, CLOCK_STEP);
	fx = fixture();
	fx.p.set_once = true;
	cmd = discipline_update(&start(&fx)->d, &m, 1, &few);
	assert_int_equal(cmd.action, CLOCK_HOLD);
	assert_int_equal(obeyed(&fx, 1, 0.02).action, CLOCK_STEP);
}

/* Somebody set the clock: that is known, so there is no spike to wait for. */
static void clock_moved(void **state)
{
	struct fixture fx = fixture();
	struct clock_cmd cmd;

	(void)state;
	start(&fx);
	for (int i = 0; i < 20; i++)
		obeyed(&fx, 16, 0);
	discipline_clock_moved(&fx.d, 10);
	cmd = obeyed(&fx, 16, -10);
	assert_int_equal(cmd.action, CLOCK_STEP);
	assert_near(cmd.step_s, -10, 1e-6);
}

/* The frequency is never believed or commanded beyond the limit. */
static void frequency_limit(void **state)
{
	struct fixture fx = fixture();
	double x = 0;

	(void)state;
	start(&fx);
	for (int i = 0; i < 500; i++) {
		struct clock_cmd cmd = obeyed(&fx, 16, x);

		assert_true(fabs(cmd.freq) <= 500e-6);
		assert_true(fabs(fx.d.bank.belief.f) <= 500e-6);
		x = fmin(x + 16 * (700e-6 - fx.d.applied_freq), 0.12);
	}
	assert_near(fx.d.bank.belief.f, 500e-6, 1e-9);
}

static void drift_file(void **state)
{
	struct fixture fx = fixture();

	(void)state;
	fx.p.freq = -42e-6;
	fx.p.freq_known = true;
	assert_near(obeyed(start(&fx), 0, 0).freq, -42e-6, 1e-12);
	discipline_advance(&fx.d, fx.now_ns + 1000 * NS_PER_S);
	assert_near(fx.d.bank.belief.x, 0, 1e-12);
	assert_true(fx.d.bank.belief.pff < 2e-11);
}

/* How sure the file is, the bank is. */
static void warm_start(void **state)
{
	struct fixture fx = fixture();

	(void)state;
	fx.p.freq_known = true;
	start(&fx);
	assert_near(fx.d.bank.belief.pff, 4e-12, 1e-18);
	fx.p.freq_sigma = 0.3e-6;
	start(&fx);
	assert_near(fx.d.bank.belief.pff, 0.09e-12, 1e-18);
	/* no worse than nothing known */
	fx.p.freq_sigma = 1;
	start(&fx);
	assert_near(fx.d.bank.belief.pff, 1e-8, 1e-14);
	/* without a frequency its spread means nothing */
	fx.p.freq_known = false;
	start(&fx);
	assert_near(fx.d.bank.belief.pff, 1e-8, 1e-14);
}

/* Numbers that make no sense are not carried on with. */
static void nonsense(void **state)
{
	struct fixture fx = fixture();
	struct clock_cmd cmd;

	(void)state;
	obeyed(start(&fx), 0, 0.001);
	fx.d.bank.filter[7].x[0] = nan("");
	cmd = obeyed(&fx, 16, 0.002);
	assert_int_equal(cmd.action, CLOCK_SLEW);
	assert_true(isfinite(cmd.freq));
	assert_near(fx.d.bank.belief.x, 0.002, 1e-9);
	assert_int_equal(fx.d.resets, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(small_offset_slews),
		cmocka_unit_test(hold_keeps_the_end),
		cmocka_unit_test(large_offset_steps),
		cmocka_unit_test(first_step),
		cmocka_unit_test(never_steps),
		cmocka_unit_test(slew_only),
		cmocka_unit_test(panic),
		cmocka_unit_test(panic_once),
		cmocka_unit_test(set_once),
		cmocka_unit_test(spike),
		cmocka_unit_test(stepout),
		cmocka_unit_test(refused),
		cmocka_unit_test(minority),
		cmocka_unit_test(clock_moved),
		cmocka_unit_test(frequency_limit),
		cmocka_unit_test(drift_file),
		cmocka_unit_test(warm_start),
		cmocka_unit_test(nonsense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
