/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "est/estimator.h"
#include "est/kalman.h"

/*
 * From measured offsets to clock commands: what we believe of the clock (a
 * Kalman filter), and when to slew, step, wait or give up.
 */
struct discipline {
	const struct estimator_params *params; /* borrowed */
	struct kalman kalman;
	bool started; /* there was a measurement */
	bool founded; /* and one that a majority of the sources stood behind */
	bool corrected; /* such a one has moved the clock */

	/* The clock's way so far. */
	int64_t now_ns;
	double applied_freq; /* correction that it runs at */
	double ledger_s;     /* integral of applied_freq */
	int64_t slew_end_ns; /* INT64_MAX: no slew under way */

	/* A jump beyond the step threshold that waits for stepout. */
	int spike_sign; /* 0: none is waiting */
	int64_t spike_since_ns;

	int64_t last_update_ns;
	double last_innovation_s;
	double jitter_var; /* moving mean square of innovations, s^2 */
	double wander_var; /* the same of changes of f */
};

/* One combined measurement. */
struct measurement {
	double offset_s;
	double variance; /* s^2 */
	bool quorum;     /* most of the sources have been heard */
	int time_const_log2;
};

/** params: borrowed for the life of d. */
void discipline_init(struct discipline *d,
		     const struct estimator_params *params, int64_t mono_ns);

/** Let time pass up to mono_ns; an earlier one changes nothing. */
void discipline_advance(struct discipline *d, int64_t mono_ns);

/**
 * Take in a measurement made at the time last advanced to; decide.  Afterwards
 * spike_sign is not 0 when it was put off instead.
 */
struct clock_cmd discipline_update(struct discipline *d,
				   const struct measurement *m);

/** No news: hold, or end a slew that is over. */
struct clock_cmd discipline_idle(const struct discipline *d);

/** The clock was moved by offset_s (after minus before). */
void discipline_clock_moved(struct discipline *d, double offset_s);

/** What is known of the offset no longer counts against a majority that shows another one. */
void discipline_doubt(struct discipline *d);

/** cmd was carried out. */
void discipline_applied(struct discipline *d, const struct clock_cmd *cmd);

/** What is believed of the clock at mono_ns; d stays where it is. */
struct kalman discipline_expected(const struct discipline *d, int64_t mono_ns);

/** Is the clock synchronised when it is behind by offset_s? */
bool discipline_synchronised(const struct discipline *d, double offset_s);
