/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>
#include <stdio.h>

#include "base/units.h"
#include "world_ntp.h"

/*
 * One fixed interval, of a second to nine hours.  Nobody is asked more often
 * than that, and time is as good as a clock that wanders allows: by
 * 1e-9 / sqrt(3) times poll^1.5 in one interval.
 */
static void fixed_poll(int poll_log2)
{
	double poll_s = (double)(1 << poll_log2);
	double until_s = fmax(40 * poll_s, 4000);
	struct town t;
	char options[64];

	snprintf(options, sizeof options, "minpoll %d maxpoll %d", poll_log2,
		 poll_log2);
	town_init(&t, (uint64_t)poll_log2 + 1, 1, options, "");
	/* what slews away in 250 s would hide the rest */
	sim_host_set_offset(t.client.host, 0);
	town_run(&t, fmax(10 * poll_s, 400), until_s);
	/* the first ones come closer together */
	assert_in_range(t.server[0].asked, (uint64_t)(0.85 * until_s / poll_s),
			(uint64_t)(1.06 * until_s / poll_s) + 15);
	assert_below(t.judge.max_s, 3e-4 + 6e-9 * pow(poll_s, 1.5));
	assert_in_range(t.client.host->steps, 0, 1); /* at the start */
	/* 15 ppm of nine hours leave room below 1.5 s */
	assert_int_equal(t.judge.served, t.judge.looks);
	town_done(&t);
}

static void polls(void **state)
{
	(void)state;
	for (int poll_log2 = 0; poll_log2 <= 15; poll_log2++)
		fixed_poll(poll_log2);
}

SCENARIO(polls)
