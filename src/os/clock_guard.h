/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "io/clock.h"

/*
 * What the process that may move the clock thinks of a request to do so.  The
 * process that asks reads packets from strangers, so it may have been taken
 * over: the guard bounds what that is worth.
 */
#define CLOCK_GUARD_STEPS 10 /* at once; one more every six minutes */

enum clock_verdict {
	CLOCK_ASK_OK,
	CLOCK_ASK_NOT_FINITE,
	CLOCK_ASK_FREQ_RANGE,
	CLOCK_ASK_STEP_PANIC,
	CLOCK_ASK_STEP_BUDGET,
	CLOCK_ASK_STATUS_RANGE,
};

const char *clock_verdict_name(enum clock_verdict v);

struct clock_guard {
	double max_freq;    /* s/s */
	double panic_s;     /* larger steps are refused; 0: none is too large */
	bool panic_once_ok; /* -g: the first step of this run may be of any size */
	bool stepped;
	double steps_left;
	int64_t refilled_mono_ns;
};

void clock_guard_init(struct clock_guard *g, double max_freq, double panic_s,
		      bool panic_once_ok, int64_t mono_ns);

enum clock_verdict clock_guard_freq(const struct clock_guard *g, double freq);

/** Counts the step when it is allowed. */
enum clock_verdict clock_guard_step(struct clock_guard *g, double offset_s,
				    int64_t mono_ns);

enum clock_verdict clock_guard_status(const struct clock_status *status);
