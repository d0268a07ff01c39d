/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/timex.h>

#include "base/timeline.h"
#include "io/clock.h"

/*
 * The clocks that this machine offers.
 *
 * kernel:  CLOCK_REALTIME, steered by adjtimex(2).
 * none:    CLOCK_REALTIME, which somebody else steers: measure and serve.
 *          Steering is -EPERM.
 * virtual: a line of our own over CLOCK_MONOTONIC_RAW; nothing outside this
 *          object changes, so it is safe on any machine.
 */
struct os_clock {
	struct clock clock;
	struct timeline line; /* what is served; follows every command */
	double own_freq;      /* virtual: the oscillator's error, s/s */
	long nominal_tick_us; /* kernel */
	bool taken_over;      /* kernel: other people's slews are cancelled */
	bool steered;         /* kernel: left is what our last command left */
	struct {
		long freq, tick;
	} left;
	/* kernel: clock_adjtime(CLOCK_REALTIME, tx), or a test's own. */
	int (*adjtimex)(struct timex *tx);
};

/**
 * Reads the kernel's present frequency and changes nothing before the first
 * command.  0, or -errno when even reading is refused.
 *
 * Commands return -EPERM where the process has no right to set the clock
 * ("no clock control", E-04).
 */
int os_clock_kernel_init(struct os_clock *c);

/** The same with another adjtimex, which returns as the real one does. */
int os_clock_kernel_init_with(struct os_clock *c,
			      int (*adjtimex)(struct timex *tx));

void os_clock_none_init(struct os_clock *c);

/** Starts offset_s ahead of CLOCK_REALTIME and gains freq_error s/s. */
void os_clock_virtual_init(struct os_clock *c, double offset_s,
			   double freq_error);

/** log2 of the seconds between two readings that can be told apart, -30 to 0. */
int8_t os_clock_precision(struct clock *c);

int64_t os_clock_realtime_ns(void);
int64_t os_clock_raw_ns(void);

/* --- how commands are put to the kernel; pure ---------------------------- */

/*
 * Frequencies up to 500 ppm go into freq alone; beyond, the tick takes whole
 * steps of 100 ppm and freq the rest:  1 + f = tick / nominal + freq.
 */
void timex_set_freq(struct timex *tx, double freq, long nominal_tick_us);
double timex_get_freq(const struct timex *tx, long nominal_tick_us);

/** A step as seconds and nanoseconds, the latter 0 to 999,999,999 for either sign. */
void timex_set_step(struct timex *tx, double offset_s);

void timex_set_status(struct timex *tx, const struct clock_status *status);
