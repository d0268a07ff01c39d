/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/clock_guard.h"

#include <math.h>

#include "base/units.h"

#define STEP_REFILL_S 360.0
/* Sums of rounded numbers may exceed the limit by a little. */
#define FREQ_SLACK 1e-9
#define TAI_MAX_S 1000

const char *clock_verdict_name(enum clock_verdict v)
{
	static const char *const names[] = {
		"ok",
		"a number is not finite",
		"frequency out of range",
		"step beyond the panic threshold",
		"too many steps",
		"clock status out of range",
	};

	return names[v];
}

void clock_guard_init(struct clock_guard *g, double max_freq, double panic_s,
		      bool panic_once_ok, int64_t mono_ns)
{
	*g = (struct clock_guard){
		.max_freq = max_freq,
		.panic_s = panic_s,
		.panic_once_ok = panic_once_ok,
		.steps_left = CLOCK_GUARD_STEPS,
		.refilled_mono_ns = mono_ns,
	};
}

enum clock_verdict clock_guard_freq(const struct clock_guard *g, double freq)
{
	if (!isfinite(freq))
		return CLOCK_ASK_NOT_FINITE;
	if (fabs(freq) > g->max_freq + FREQ_SLACK)
		return CLOCK_ASK_FREQ_RANGE;
	return CLOCK_ASK_OK;
}

enum clock_verdict clock_guard_step(struct clock_guard *g, double offset_s,
				    int64_t mono_ns)
{
	bool any_size = g->panic_s <= 0 || (g->panic_once_ok && !g->stepped);
	double refill =
		s_from_ns(mono_ns - g->refilled_mono_ns) / STEP_REFILL_S;

	if (!isfinite(offset_s))
		return CLOCK_ASK_NOT_FINITE;
	if (!any_size && fabs(offset_s) > g->panic_s)
		return CLOCK_ASK_STEP_PANIC;
	g->steps_left = fmin(g->steps_left + refill, CLOCK_GUARD_STEPS);
	g->refilled_mono_ns = mono_ns;
	if (g->steps_left < 1)
		return CLOCK_ASK_STEP_BUDGET;
	g->steps_left -= 1;
	g->stepped = true;
	return CLOCK_ASK_OK;
}

enum clock_verdict clock_guard_status(const struct clock_status *status)
{
	if (!isfinite(status->max_error_s) || !isfinite(status->est_error_s))
		return CLOCK_ASK_NOT_FINITE;
	if (status->leap < -1 || status->leap > 1 || status->max_error_s < 0 ||
	    status->est_error_s < 0 || status->tai_offset_s < 0 ||
	    status->tai_offset_s > TAI_MAX_S)
		return CLOCK_ASK_STATUS_RANGE;
	return CLOCK_ASK_OK;
}
