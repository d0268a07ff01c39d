/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "est/noise.h"

/*
 * One clock, many servers, and a bank of filters that differ in what they
 * assume: doc/discipline.md has the mathematics.
 *
 * The states of each filter are
 *
 *     x    what the clock is behind by (server minus local, s)
 *     f    the frequency correction that it needs (s/s)
 *     b_i  constant error of source i: asymmetry of its path, its own clock (s)
 *     a_i  share of source i's queueing delay that turns into offset (-0.5 .. 0.5)
 *
 * and the correction u that the clock runs at is a known input:
 *
 *     dx/dt = f - u        df/dt = white noise of density q
 *
 * The filters differ in q and in the noise model; how well each predicts is
 * its weight.
 */
#define BANK_SLOTS 10
#define BANK_STATES (2 + 2 * BANK_SLOTS)
#define BANK_WANDERS 8
#define BANK_FILTERS (BANK_WANDERS * NOISE_MODELS)

struct bank_filter {
	double q; /* s^2/s^3: f wanders by sqrt(q t) in t seconds */
	enum noise_model model;
	double log_weight; /* the best one's is 0 */
	double x[BANK_STATES];
	double p[BANK_STATES * (BANK_STATES + 1) / 2]; /* lower triangle */
};

/* All filters' word on the clock, by weight. */
struct belief {
	double x, f;
	double pxx, pxf, pff; /* covariance */
	double seen_var; /* of x as the best known source shows it, its b included */
	double q;        /* geometric mean */
	double q_most; /* arithmetic mean: what wander cannot be excluded */
};

struct bank_slot {
	double path_s;    /* round trip */
	double bias_var;  /* of b where all is usual, s^2 */
	double prior_var; /* of b, were nothing measured, s^2 */
	double calm_s;    /* since its last sample that was no outlier */
	int outliers;     /* successive ones of one sign; the sign is theirs */
};

struct bank {
	unsigned n; /* slots in use, from 0 */
	struct bank_slot slot[BANK_SLOTS];
	struct bank_filter filter[BANK_FILTERS];
	double limit;         /* of f */
	struct belief belief; /* as of the last call */
	bool odd;             /* the last sample was an outlier */
	bool surprised;       /* one too many: the clock has changed */
	bool astray;          /* its source is on a way of its own */
};

/** x, variance; f and its standard deviation.  No slot is in use. */
void bank_init(struct bank *b, double x, double variance, double f,
	       double sigma);

/** Begin anew with x; what is known of f, of its wander and of the noise stays. */
void bank_restart(struct bank *b, double x, double variance);

/**
 * Take a source in.  path_s: its round trip, which its constant error is a
 * small part of.  Returns: its slot, b->n - 1; there must be room.
 */
unsigned bank_join(struct bank *b, double path_s);

/** Forget a source; the last slot takes the place of this one. */
void bank_leave(struct bank *b, unsigned slot);

/**
 * What a source has said was false: take back what it did to x, and know no more
 * of it than when it joined.  Of an only source, or one that the others are
 * next to nothing beside, x cannot be told apart; then nothing happens.
 */
void bank_disown(struct bank *b, unsigned slot);

/**
 * The path to a source has become another one, longer by so much or shorter:
 * what b and a were is void, and one direction may have taken all of it.
 */
void bank_new_path(struct bank *b, unsigned slot, double path_s,
		   double longer_s);

/** Let dt_s >= 0 pass while the clock runs at correction u. */
void bank_predict(struct bank *b, double dt_s, double u);

/** The clock was moved by offset_s (after minus before). */
void bank_shift(struct bank *b, double offset_s);

/** Keep f within +-limit: now, and what is believed of it from now on. */
void bank_limit(struct bank *b, double limit);

/** x may be off by this variance more. */
void bank_doubt(struct bank *b, double variance);

/**
 * Take in a measurement z of x + b + a e with noise of this level.  An outlier
 * has no influence while most other sources are calm, else little.  When the last
 * samples of most sources are outliers on one side (of an only source the last
 * two), the clock has changed; three in succession of one that the others do
 * not bear out mean that it has gone astray and should leave, or the other one
 * of two.
 *
 * Returns: the innovation, z minus what the best filter expected.
 */
double bank_update(struct bank *b, unsigned slot, double z,
		   const struct noise_level *level);

/** Would this sample of a source that is not in the bank be no outlier? */
bool bank_agrees(const struct bank *b, double z, double path_s,
		 const struct noise_level *level);

/** What is believed dt_s later. */
struct belief belief_later(const struct belief *b, double dt_s, double u);

/** Variance of a sample of this level, by the weights of the models: geometric mean, s^2. */
double bank_noise(const struct bank *b, const struct noise_level *level);

/** All numbers are finite and the covariances are some. */
bool bank_sane(const struct bank *b);
