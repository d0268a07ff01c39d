/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "est/bank.h"
#include "est/estimator.h"

/*
 * From measured offsets to clock commands: what we believe of the clock (a
 * bank of filters), and when to slew, step, wait or give up.
 */
struct discipline {
	const struct estimator_params *params; /* borrowed */
	struct bank bank;
	bool started; /* there was a measurement */
	bool founded; /* and one that a majority of the sources stood behind */
	bool corrected; /* such a one has moved the clock */
	bool moved;     /* any one has */

	/* The clock's way so far. */
	int64_t now_ns;
	double applied_freq; /* correction that it runs at */
	double ledger_s;     /* integral of applied_freq */
	int64_t slew_end_ns; /* INT64_MAX: no slew under way */

	/* A jump beyond the step threshold that waits for stepout. */
	int spike_sign; /* 0: none is waiting */
	int64_t spike_since_ns;

	int64_t last_update_ns;
	double samples; /* that f rests on */
	unsigned
		resets; /* how often numbers made no sense; never, it is hoped */
	double jitter_var; /* moving mean square of innovations, s^2 */
	double wander_var; /* the same of changes of f */
};

/* One source's offset, and what is known of its noise. */
struct measurement {
	unsigned slot; /* of the source in the bank */
	double offset_s;
	double root_dist_s; /* it is not wrong by more */
	struct noise_level noise;
};

/* What else there is to know when measurements come. */
struct circumstances {
	bool quorum;       /* most of the sources have been heard */
	double interval_s; /* between samples of one source */
	double noise_var;  /* of a typical one, s^2 */
};

/** params: borrowed for the life of d. */
void discipline_init(struct discipline *d,
		     const struct estimator_params *params, int64_t mono_ns);

/** Let time pass up to mono_ns; an earlier one changes nothing. */
void discipline_advance(struct discipline *d, int64_t mono_ns);

/**
 * Take in n >= 1 measurements made at the time last advanced to; decide.
 * Afterwards spike_sign is not 0 when they were put off instead.
 */
struct clock_cmd discipline_update(struct discipline *d,
				   const struct measurement *m, size_t n,
				   const struct circumstances *now);

/** No news: hold, or end a slew that is over. */
struct clock_cmd discipline_idle(const struct discipline *d);

/** The clock was moved by offset_s (after minus before). */
void discipline_clock_moved(struct discipline *d, double offset_s);

/**
 * What is known of the offset may be wrong by offset_s, and no longer counts
 * against a majority that shows another one.
 */
void discipline_doubt(struct discipline *d, double offset_s);

/** cmd was carried out. */
void discipline_applied(struct discipline *d, const struct clock_cmd *cmd);

/** What is believed of the clock at mono_ns; d stays where it is. */
struct belief discipline_expected(const struct discipline *d, int64_t mono_ns);

/** Is the clock synchronised when it is behind by offset_s? */
bool discipline_synchronised(const struct discipline *d, double offset_s);
