/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "near.h"
#include "world.h"

/*
 * The scenarios that this tree is compared with its peers in, on the
 * estimator alone: a second or two for all of them, so that a change of an
 * algorithm shows at once what it does elsewhere.  A limit is the mean of 30
 * seeds plus five standard deviations of the mean of five, so that the rounding
 * of another compiler does not decide; lower them with each gain.
 *
 * RMS time error and RMS frequency error, mean of the seeds; and the median of what the
 * reported root distance is of the true error, which it must never be less than.
 *
 * With TEST_BRIEFLY in the environment it is one seed (for Valgrind, fifty times
 * slower), and only the root distance is judged: the limits are for five.
 */
#define SEEDS 5

struct scenario {
	const char *name;
	struct world_source server;
	double wander;       /* s/s per sqrt(s) */
	double clock_s;      /* at the start; and 10 ppm, or: */
	double freq_err;     /* s/s */
	double freq_step;    /* at 15,000 s */
	double detour_s;     /* of the way there, from 15,200 to 18,800 s */
	double freq_sine;    /* amplitude, period of an hour */
	bool biased;         /* servers are off by up to 1.2 ms */
	double from_s, to_s; /* when it is looked at */
	/* us, with: 1 server, 4 servers at poll 6; the same at polls 6 to 10 */
	double limit_us[4];
};

/* clang-format off */
#define JITTER(base, mean) {.base_s = (base), .jitter_s = (mean)}
static const struct scenario scenarios[] = {
	{"lan", JITTER(100e-6, 10e-6), .wander = 1e-9,
	 .limit_us = {3.4, 1.8, 6.0, 3.4}},
	{"wan", JITTER(20e-3, 1e-3), .wander = 1e-8,
	 .limit_us = {180, 120, 870, 410}},
	{"congest", JITTER(20e-3, 10e-3), .wander = 1e-8,
	 .limit_us = {1200, 580, 4100, 2400}},
	{"fixed", JITTER(1e-3, 1e-6), .wander = 1e-8,
	 .limit_us = {3.5, 1.6, 3.5, 1.6}},
	{"start", JITTER(1e-3, 20e-6), .wander = 1e-9, .clock_s = 1,
	 .freq_err = 1e-4, .from_s = 4000, .to_s = 8000,
	 .limit_us = {7.7, 4, 18, 7.2}},
	{"loss", {.base_s = 20e-3, .jitter_s = 1e-3, .loss = 0.3}, .wander = 1e-8,
	 .limit_us = {220, 130, 1300, 510}},
	{"normal", {.base_s = 1e-3, .jitter_s = 50e-6, .gaussian = true},
	 .wander = 1e-9,
	 .limit_us = {22, 13, 66, 30}},
	{"tstep", JITTER(1e-3, 100e-6), .wander = 1e-9, .freq_step = 1e-5,
	 .from_s = 15000, .to_s = 25000,
	 .limit_us = {160, 55, 1800, 540}},
	{"asym", JITTER(10e-3, 100e-6), .wander = 1e-9, .detour_s = 5e-3,
	 .from_s = 15000, .to_s = 22000,
	 .limit_us = {87, 180, 320, 170}},
	{"oneside", {.base_s = 20e-3, .jitter_s = 1e-3, .back_s = 10e-6},
	 .wander = 1e-9,
	 .limit_us = {17, 12, 56, 44}},
	{"therm", JITTER(1e-3, 100e-6), .wander = 1e-9, .freq_sine = 1e-6,
	 .limit_us = {45, 20, 80, 33}},
	{"spiky", {.base_s = 5e-3, .jitter_s = 100e-6, .spike = 0.1},
	 .wander = 1e-8,
	 .limit_us = {38, 20, 110, 44}},
	{"bias", JITTER(20e-3, 300e-6), .wander = 3e-9, .biased = true,
	 .limit_us = {1100, 250, 1100, 290}},
};
/* clang-format on */

struct figures {
	double rms_s, rms_freq, packets_per_hour;
	double ratio; /* root distance to true error, median */
	long dishonest;
};

static void build(struct world *w, const struct scenario *sc, int n_servers,
		  int max_poll_log2, uint64_t seed)
{
	static const double bias_s[] = {1e-3, -0.5e-3, 0.3e-3, -1.2e-3};
	const struct estimator_source_params poll = {
		.min_poll_log2 = 6, .max_poll_log2 = max_poll_log2};
	struct estimator_params p;

	*w = (struct world){
		.clock_s = sc->clock_s > 0 ? sc->clock_s : 0.01,
		.freq_err = sc->freq_err > 0 ? sc->freq_err : 1e-5,
		.wander = sc->wander,
	};
	estimator_params_default(&p);
	world_start(w, &p, seed);
	for (int i = 0; i < n_servers; i++) {
		struct world_source s = sc->server;

		s.base_s *= 1 + 0.3 * i;
		if (sc->biased)
			s.error_s = bias_s[i];
		world_add(w, s, &poll);
	}
}

/* The oscillator's temperature, as it moves within this second. */
static void weather(struct world *w, const struct scenario *sc, double t_s)
{
	double turn = 2 * M_PI / 3600;

	if (t_s == 15000)
		w->freq_err += sc->freq_step;
	for (int i = 0; i < w->n && t_s == 15200; i++)
		w->src[i].detour_s = sc->detour_s;
	for (int i = 0; i < w->n && t_s == 18800; i++)
		w->src[i].detour_s = 0;
	w->freq_err += sc->freq_sine * turn * cos(t_s * turn);
}

static void run(const struct scenario *sc, int n_servers, int max_poll_log2,
		uint64_t seed, struct figures *sum)
{
	double from_s = sc->from_s > 0 ? sc->from_s : 8000;
	double to_s = sc->to_s > 0 ? sc->to_s : 40000;
	double freq2 = 0;
	struct world w;
	int sent = 0;

	build(&w, sc, n_servers, max_poll_log2, seed);
	for (double t = 1; t <= to_s; t++) {
		struct estimator_report r;

		weather(&w, sc, t);
		world_run(&w, t);
		if (t == from_s)
			world_forget(&w);
		estimator_report(w.e, world_mono_ns(&w), &r);
		if (t > from_s)
			freq2 += (r.freq + w.freq_err) * (r.freq + w.freq_err);
	}
	for (int i = 0; i < n_servers; i++)
		sent += w.src[i].sent;
	sum->rms_s += world_rms(&w) / SEEDS;
	sum->rms_freq += sqrt(freq2 / (to_s - from_s)) / SEEDS;
	sum->packets_per_hour += sent / to_s * 3600 / SEEDS;
	sum->ratio += world_median_ratio(&w) / SEEDS;
	sum->dishonest += w.dishonest;
	estimator_free(w.e);
}

static void all(void **state)
{
	bool brief = getenv("TEST_BRIEFLY");
	bool good = true;

	(void)state;
	for (size_t i = 0; i < sizeof scenarios / sizeof scenarios[0]; i++)
		for (int variant = 0; variant < 4; variant++) {
			const struct scenario *sc = &scenarios[i];
			int servers = variant % 2 ? 4 : 1;
			int max_poll = variant < 2 ? 6 : 10;
			struct figures f = {0};

			for (uint64_t seed = 1; seed <= (brief ? 1 : SEEDS);
			     seed++)
				run(sc, servers, max_poll, seed, &f);
			print_message("# %-8s %d server(s) poll 6..%-2d "
				      "rms %7.1f us of %6.0f, freq %6.1f e-9, "
				      "%5.1f packets/h, root distance x%.0f, "
				      "%ld times too small\n",
				      sc->name, servers, max_poll,
				      1e6 * f.rms_s, sc->limit_us[variant],
				      1e9 * f.rms_freq, f.packets_per_hour,
				      f.ratio, f.dishonest);
			good &= f.dishonest == 0;
			good &= brief || 1e6 * f.rms_s < sc->limit_us[variant];
		}
	assert_true(good);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
