/* SPDX-License-Identifier: BSD-2-Clause */
#include "est/poll.h"

#include <math.h>

#include "base/units.h"

#define POLL_SETTLE_NS (300 * NS_PER_S)
/* Of RFC 5905: innovations within GATE times the noise are no surprise. */
#define POLL_GATE 4
#define POLL_LIMIT 30
#define POLL_HURRY 2

void poll_restart(struct poll_policy *p, int min_log2, int64_t mono_ns)
{
	p->tau_log2 = min_log2;
	p->counter = 0;
	p->hold_until_ns = mono_ns + POLL_SETTLE_NS;
}

void poll_limit(struct poll_policy *p, int min_log2, int max_log2)
{
	if (p->tau_log2 > max_log2)
		p->tau_log2 = max_log2;
	if (p->tau_log2 < min_log2)
		p->tau_log2 = min_log2;
}

void poll_hurry(struct poll_policy *p, int min_log2, int max_log2)
{
	p->tau_log2 -= POLL_HURRY;
	p->counter = 0;
	poll_limit(p, min_log2, max_log2);
}

void poll_note(struct poll_policy *p, double innovation_s, double noise_s,
	       int min_log2, int max_log2, int64_t mono_ns)
{
	int weight;

	if (mono_ns < p->hold_until_ns) {
		p->tau_log2 = min_log2;
		return;
	}
	weight = p->tau_log2 > 1 ? p->tau_log2 : 1;
	if (fabs(innovation_s) < POLL_GATE * noise_s)
		p->counter += weight;
	else
		p->counter -= 2 * weight;
	if (p->counter >= POLL_LIMIT) {
		p->counter = 0;
		p->tau_log2++;
	} else if (p->counter <= -POLL_LIMIT) {
		p->counter = 0;
		p->tau_log2--;
	}
	poll_limit(p, min_log2, max_log2);
}
