/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Any run of finite samples, missed polls, steps of the clock and of time, of
 * sources that come and go: what goes out is finite and keeps its limits, and
 * the numbers inside never have to be forgotten.
 *
 * Each step is an octet that says what, one that says of which source, and then
 * what it needs.
 */
#include <assert.h>
#include <math.h>

#include "base/units.h"
#include "est/estimator.h"
#include "input.h"

#define SOURCES 12
#define MAX_FREQ 500e-6

struct player {
	struct estimator *e;
	int64_t now_ns;
	bool used[SOURCES];
};

static void check_report(const struct player *p)
{
	struct estimator_report r;

	estimator_report(p->e, p->now_ns, &r);
	assert(isfinite(r.offset_s) && fabs(r.freq) <= MAX_FREQ);
	assert(isfinite(r.jitter_s) && isfinite(r.clk_jitter_s));
	assert(r.error_s > 0 && isfinite(r.error_s) && r.wander >= 0);
	assert(r.root_disp_s >= 0 && isfinite(r.root_disp_s));
	assert(r.root_delay_s >= 0 && isfinite(r.root_delay_s));
	assert(r.root_disp_growth > 0 && isfinite(r.root_disp_growth));
	assert(r.sys_peer < 0 || p->used[r.sys_peer]);
	assert(r.resets == 0);
}

static void check_source(const struct player *p, int source)
{
	struct source_report r;
	double wait_s;
	int poll;

	if (!p->used[source])
		return;
	estimator_source_report(p->e, source, p->now_ns, &r);
	assert(isfinite(r.offset_s) && r.delay_s >= 0 && r.disp_s >= 0);
	assert(isfinite(r.root_dist_s) && r.root_dist_s >= 0);
	poll = estimator_poll(p->e, source);
	assert(poll >= 4 && poll <= 10);
	wait_s = estimator_next_poll_s(p->e, source, exp2(poll), p->now_ns);
	assert(wait_s >= 0.94 * exp2(poll) && wait_s <= 1.26 * exp2(poll));
}

static void obey(struct player *p, struct clock_cmd cmd, bool ok)
{
	assert(fabs(cmd.freq) <= MAX_FREQ && isfinite(cmd.step_s));
	assert(cmd.until_mono_ns > p->now_ns);
	estimator_applied(p->e, &cmd, ok, p->now_ns);
	check_report(p);
}

static void sample(struct player *p, struct input *in, int source)
{
	unsigned kind = input_octet(in);
	struct sample s = {
		.mono_ns = p->now_ns,
		.offset_s = input_number(in),
		.delay_s = input_number(in),
		.disp_s = kind & 1 ? input_number(in) : 1e-6,
		.root_delay_s = kind & 2 ? input_number(in) : 0.01,
		.root_disp_s = kind & 4 ? input_number(in) : 0.01,
		.stratum = (uint8_t)(1 + (kind >> 4 & 1)),
		.leap = kind >> 5 & 1,
	};

	obey(p, estimator_sample(p->e, source, &s), !(kind & 0x40));
}

static void come_or_go(struct player *p, struct input *in, int source)
{
	struct estimator_source_params params = {
		.min_poll_log2 = 4,
		.max_poll_log2 = 10,
	};
	unsigned how = input_octet(in);

	if (p->used[source] && how & 1) {
		estimator_reset(p->e, source);
	} else if (p->used[source]) {
		estimator_remove(p->e, source);
		p->used[source] = false;
	} else {
		params.prefer = how & 2;
		params.noselect = how & 4;
		source = estimator_add(p->e, &params);
		assert(source >= 0 && source < SOURCES);
		p->used[source] = true;
	}
	check_report(p);
}

static void step(struct player *p, struct input *in)
{
	unsigned what = input_octet(in) % 8;
	int source = (int)(input_octet(in) % SOURCES);

	p->now_ns += ns_from_s(fmin(fabs(input_number(in)), 1e9));
	if (what == 7)
		come_or_go(p, in, source);
	else if (what == 6)
		estimator_clock_moved(p->e, input_number(in), p->now_ns);
	else if (what == 5 || !p->used[source])
		obey(p, estimator_timeout(p->e, p->now_ns), true);
	else if (what == 4)
		obey(p,
		     estimator_missed(p->e, source, input_octet(in) & 1,
				      p->now_ns),
		     true);
	else
		sample(p, in, source);
	check_source(p, source);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};
	struct estimator_params params;
	struct player p = {0};
	unsigned how = input_octet(&in);

	estimator_params_default(&params);
	params.panic_s = how & 1 ? 0 : params.panic_s;
	params.step_s = how & 2 ? 0 : params.step_s;
	params.slew_only = how & 4;
	params.set_once = how & 8;
	params.freq_known = how & 16;
	p.e = estimator_new(&params, 0);
	for (int i = 0; i < 4; i++)
		p.used[estimator_add(p.e, &(struct estimator_source_params){
						  .min_poll_log2 = 4,
						  .max_poll_log2 = 10})] = true;
	/* 2^63 ns are not reached by a thousand times 1e9 s. */
	for (int i = 0; i < 1000 && in.left > 0 &&
			p.now_ns < INT64_MAX - 2 * ns_from_s(1e9);
	     i++)
		step(&p, &in);
	estimator_free(p.e);
	return 0;
}
