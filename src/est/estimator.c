/* SPDX-License-Identifier: BSD-2-Clause */
#include "est/estimator.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/units.h"
#include "est/discipline.h"
#include "est/filter.h"
#include "est/poll.h"
#include "est/select.h"

/*
 * The first decision waits for all sources, but not longer: of two against two
 * the first three to answer always have a majority, and it may be the wrong one.
 */
#define FIRST_WAIT_NS NS_PER_S

/* A system peer that has missed so many polls hands over to another survivor. */
#define SILENT_POLLS 2

/* No NTP timestamp can be farther away, no short format value larger. */
#define OFFSET_MAX_S 4294967296.0
#define SHORT_MAX_S 65536.0

struct source {
	bool used, reachable;
	bool dead;       /* missed a poll and is not reachable */
	unsigned missed; /* polls in succession */
	int64_t used_ns; /* of the last sample that went into an update */
	struct estimator_source_params params;
	struct filter filter;
	enum select_status status;
	bool survived; /* the decision before this one */
	bool too_far, bad_stratum;
};

struct estimator {
	struct estimator_params params;
	struct source sources[ESTIMATOR_MAX_SOURCES];
	struct discipline discipline;
	struct poll_policy poll;
	bool decided;
	int64_t first_sample_ns; /* INT64_MAX: none yet */
	int sys_peer;            /* handle, or -1 */
	unsigned survivors;
	uint8_t leap;
	/* Towards the primary source, as of the last update. */
	int64_t root_at_ns;
	double root_delay_s, root_disp_s;
	double jitter_s;
};

void estimator_params_default(struct estimator_params *p)
{
	*p = (struct estimator_params){
		.step_s = 0.128,
		.stepout_s = 300,
		.panic_s = 1000,
		.max_freq = 500e-6,
		.min_dist_s = 0.001,
		.max_dist_s = 1.5,
		.min_sane = 1,
		.min_clock = 3,
		.min_stratum = 0,
		.max_stratum = 16,
		.precision_s = 1e-6,
	};
}

struct estimator *estimator_new(const struct estimator_params *params,
				int64_t mono_ns)
{
	struct estimator *e = xcalloc(1, sizeof *e);

	e->params = *params;
	e->first_sample_ns = INT64_MAX;
	e->root_at_ns = mono_ns;
	e->sys_peer = -1;
	discipline_init(&e->discipline, &e->params, mono_ns);
	poll_restart(&e->poll, 0, mono_ns); /* the sources' limits rule */
	return e;
}

void estimator_free(struct estimator *e)
{
	free(e);
}

static struct source *source_at(struct estimator *e, int source)
{
	assert(source >= 0 && source < ESTIMATOR_MAX_SOURCES);
	assert(e->sources[source].used);
	return &e->sources[source];
}

static const struct source *source_seen(const struct estimator *e, int source)
{
	assert(source >= 0 && source < ESTIMATOR_MAX_SOURCES);
	assert(e->sources[source].used);
	return &e->sources[source];
}

int estimator_add(struct estimator *e,
		  const struct estimator_source_params *params)
{
	for (int i = 0; i < ESTIMATOR_MAX_SOURCES; i++) {
		if (e->sources[i].used)
			continue;
		e->sources[i] = (struct source){
			.used = true,
			.params = *params,
			.used_ns = INT64_MIN,
		};
		return i;
	}
	return -ENOSPC;
}

static void forget_peer(struct estimator *e, int source)
{
	if (e->sys_peer == source)
		e->sys_peer = -1;
}

void estimator_reset(struct estimator *e, int source)
{
	struct source *src = source_at(e, source);

	src->filter.n = 0;
	src->reachable = false;
	src->status = SELECT_REJECT;
	forget_peer(e, source);
}

void estimator_remove(struct estimator *e, int source)
{
	source_at(e, source)->used = false;
	forget_peer(e, source);
}

/* The range of poll exponents that the sources allow. */
static void poll_range(const struct estimator *e, int *min, int *max)
{
	*min = INT8_MAX;
	*max = INT8_MIN;
	for (int i = 0; i < ESTIMATOR_MAX_SOURCES; i++) {
		const struct source *src = &e->sources[i];

		if (!src->used)
			continue;
		if (src->params.min_poll_log2 < *min)
			*min = src->params.min_poll_log2;
		if (src->params.max_poll_log2 > *max)
			*max = src->params.max_poll_log2;
	}
}

int estimator_poll(const struct estimator *e, int source)
{
	const struct source *src = source_seen(e, source);

	if (e->poll.tau_log2 < src->params.min_poll_log2)
		return src->params.min_poll_log2;
	if (e->poll.tau_log2 > src->params.max_poll_log2)
		return src->params.max_poll_log2;
	return e->poll.tau_log2;
}

static struct filter_now filter_now(const struct estimator *e, int64_t mono_ns)
{
	const struct discipline *d = &e->discipline;
	double dt = fmax(s_from_ns(mono_ns - d->now_ns), 0);

	return (struct filter_now){
		.mono_ns = mono_ns,
		.ledger_s = d->ledger_s + d->applied_freq * dt,
		.freq = d->kalman.f,
		.freq_sigma = sqrt(d->kalman.pff),
		.precision_s = fmax(e->params.precision_s, 1e-9),
	};
}

/* Is the source fit to be selected?  Notes the reason when it is not. */
static bool selectable(const struct estimator *e, struct source *src,
		       const struct filter_estimate *est)
{
	const struct estimator_params *p = &e->params;

	src->bad_stratum = est->best->stratum < p->min_stratum ||
			   est->best->stratum >= p->max_stratum;
	src->too_far = est->root_dist_s >= p->max_dist_s;
	return src->reachable && !src->params.noselect && !src->bad_stratum &&
	       !src->too_far;
}

/* The sources of one decision: a row a candidate. */
struct field {
	size_t n;
	struct candidate candidate[ESTIMATOR_MAX_SOURCES];
	struct filter_estimate estimate[ESTIMATOR_MAX_SOURCES];
	int source[ESTIMATOR_MAX_SOURCES];
};

static void field_add(struct field *field, const struct estimator *e, int i,
		      const struct filter_estimate *est)
{
	const struct source *src = &e->sources[i];

	field->source[field->n] = i;
	field->estimate[field->n] = *est;
	field->candidate[field->n] = (struct candidate){
		.offset_s = est->offset_s,
		.root_dist_s = fmax(est->root_dist_s, e->params.min_dist_s),
		.jitter_s = est->jitter_s,
		.variance = est->variance,
		.weight = est->weight,
		.stratum = est->best->stratum,
		.prefer = src->params.prefer,
		.always = src->params.always,
		.incumbent = e->sys_peer == i,
		.silent = src->missed >= SILENT_POLLS,
		.fresh = est->best->mono_ns > src->used_ns,
		.survived = src->survived,
	};
	field->n++;
}

static void field_fill(struct field *field, struct estimator *e,
		       int64_t mono_ns)
{
	struct filter_now now = filter_now(e, mono_ns);

	field->n = 0;
	for (int i = 0; i < ESTIMATOR_MAX_SOURCES; i++) {
		struct source *src = &e->sources[i];
		struct filter_estimate est;

		src->survived = select_survives(src->status);
		src->status = SELECT_REJECT;
		src->too_far = src->bad_stratum = false;
		if (!src->used || src->filter.n == 0)
			continue;
		est = filter_estimate(&src->filter, &now);
		if (selectable(e, src, &est))
			field_add(field, e, i, &est);
	}
}

static void source_used(struct source *src, const struct sample *s)
{
	if (s->mono_ns > src->used_ns)
		src->used_ns = s->mono_ns;
}

/* Each sample goes into one update only. */
static void field_used(const struct field *field, struct estimator *e)
{
	for (size_t i = 0; i < field->n; i++)
		if (select_survives(field->candidate[i].status))
			source_used(&e->sources[field->source[i]],
				    field->estimate[i].best);
}

/* Of those that could be selected and may be alive: all, and how many gave a sample. */
static unsigned count_heard(const struct estimator *e, unsigned *all)
{
	unsigned heard = 0;

	*all = 0;
	for (int i = 0; i < ESTIMATOR_MAX_SOURCES; i++) {
		const struct source *src = &e->sources[i];

		if (!src->used || src->params.noselect)
			continue;
		*all += !src->dead;
		heard += !src->dead && src->filter.n > 0;
	}
	return heard;
}

static bool quorum(const struct estimator *e)
{
	unsigned all, heard = count_heard(e, &all);

	return 2 * heard > all;
}

static bool all_heard(const struct estimator *e)
{
	unsigned all, heard = count_heard(e, &all);

	return heard > 0 && heard == all;
}

/* The leap bits that more than half of the survivors announce. */
static uint8_t leap_majority(const struct field *field, unsigned survivors)
{
	unsigned votes[4] = {0};

	for (size_t i = 0; i < field->n; i++)
		if (select_survives(field->candidate[i].status))
			votes[field->estimate[i].best->leap & 3]++;
	for (uint8_t leap = 1; leap <= 2; leap++)
		if (2 * votes[leap] > survivors)
			return leap;
	return 0;
}

static void publish_statuses(struct estimator *e, const struct field *field,
			     const struct selection *sel)
{
	for (size_t i = 0; i < field->n; i++)
		e->sources[field->source[i]].status =
			field->candidate[i].status;
	e->sys_peer = sel->peer < 0 ? -1 : field->source[sel->peer];
	e->survivors = sel->survivors;
	if (sel->peer >= 0)
		e->leap = leap_majority(field, sel->survivors);
}

/*
 * What the clock inherits of the system peer (RFC 5905 section 11.2.3).  What
 * remains between the peer's offset and ours counts in full.
 */
static void note_root(struct estimator *e, const struct filter_estimate *peer,
		      double jitter_s, int64_t mono_ns)
{
	e->root_at_ns = mono_ns;
	e->root_delay_s = peer->best->root_delay_s + peer->best->delay_s;
	e->root_disp_s = peer->best->root_disp_s + peer->disp_s + jitter_s +
			 fabs(peer->offset_s - e->discipline.kalman.x);
	e->jitter_s = jitter_s;
}

static struct clock_cmd update(struct estimator *e, const struct field *field,
			       const struct selection *sel, int64_t mono_ns)
{
	struct combined all =
		combine_survivors(field->candidate, field->n, sel);
	struct discipline *d = &e->discipline;
	struct clock_cmd cmd;
	int min, max;

	poll_range(e, &min, &max);
	poll_limit(&e->poll, min, max);
	cmd = discipline_update(d, &(struct measurement){
					   .offset_s = all.offset_s,
					   .variance = all.variance,
					   .quorum = quorum(e),
					   .time_const_log2 = e->poll.tau_log2,
				   });
	if (d->spike_sign != 0)
		return cmd;
	note_root(e, &field->estimate[sel->peer], all.jitter_s, mono_ns);
	if (cmd.action == CLOCK_STEP || d->kalman.surprised)
		poll_restart(&e->poll, min, mono_ns);
	else if (d->kalman.outliers != 0)
		poll_hurry(&e->poll, min, max);
	else
		poll_note(&e->poll, d->last_innovation_s, all.noise_s, min, max,
			  mono_ns);
	return cmd;
}

static struct clock_cmd hold_until_first(const struct estimator *e)
{
	return (struct clock_cmd){
		.action = CLOCK_HOLD,
		.freq = e->discipline.applied_freq,
		.until_mono_ns = e->first_sample_ns == INT64_MAX
					 ? INT64_MAX
					 : e->first_sample_ns + FIRST_WAIT_NS,
	};
}

/* Select among what is known now; correct the clock when there is news. */
static struct clock_cmd decide(struct estimator *e, int64_t mono_ns)
{
	struct field field;
	struct selection sel;

	discipline_advance(&e->discipline, mono_ns);
	if (!e->decided && !all_heard(e) &&
	    (e->first_sample_ns == INT64_MAX ||
	     mono_ns - e->first_sample_ns < FIRST_WAIT_NS))
		return hold_until_first(e);
	e->decided = true;
	field_fill(&field, e, mono_ns);
	sel = select_sources(field.candidate, field.n, &e->params);
	publish_statuses(e, &field, &sel);
	if (sel.peer < 0)
		return discipline_idle(&e->discipline);
	if (!field.candidate[sel.peer].fresh)
		return discipline_idle(&e->discipline);
	field_used(&field, e);
	return update(e, &field, &sel, mono_ns);
}

/* Refuse what no server can mean; bring the rest into the range of NTP. */
static bool sanitise(const struct sample *in, struct sample *out)
{
	*out = *in;
	if (!isfinite(in->offset_s) || !isfinite(in->delay_s) ||
	    !isfinite(in->disp_s) || !isfinite(in->root_delay_s) ||
	    !isfinite(in->root_disp_s) || fabs(in->offset_s) > OFFSET_MAX_S)
		return false;
	out->delay_s = fmin(fmax(in->delay_s, 0), SHORT_MAX_S);
	out->disp_s = fmin(fmax(in->disp_s, 0), SHORT_MAX_S);
	out->root_delay_s = fmin(fmax(in->root_delay_s, 0), SHORT_MAX_S);
	out->root_disp_s = fmin(fmax(in->root_disp_s, 0), SHORT_MAX_S);
	return true;
}

static void source_take(struct source *src, const struct sample *s,
			double ledger_s)
{
	if (!src->reachable)
		src->filter.n = 0; /* what it said before it went is stale */
	filter_add(&src->filter, s, ledger_s);
	src->reachable = true;
	src->dead = false;
	src->missed = 0;
}

struct clock_cmd estimator_sample(struct estimator *e, int source,
				  const struct sample *s)
{
	struct source *src = source_at(e, source);
	struct sample clean;

	discipline_advance(&e->discipline, s->mono_ns);
	if (sanitise(s, &clean)) {
		source_take(src, &clean, e->discipline.ledger_s);
		if (e->first_sample_ns == INT64_MAX && !src->params.noselect)
			e->first_sample_ns = s->mono_ns;
	}
	return decide(e, e->discipline.now_ns);
}

struct clock_cmd estimator_missed(struct estimator *e, int source,
				  bool reachable, int64_t mono_ns)
{
	struct source *src = source_at(e, source);

	src->reachable = reachable && src->filter.n > 0;
	src->dead = !reachable;
	src->missed++;
	return decide(e, mono_ns);
}

struct clock_cmd estimator_timeout(struct estimator *e, int64_t mono_ns)
{
	return decide(e, mono_ns);
}

/* Everything that is known was measured against the clock as it was. */
static void shift(struct estimator *e, double offset_s)
{
	for (int i = 0; i < ESTIMATOR_MAX_SOURCES; i++)
		if (e->sources[i].used)
			filter_clock_moved(&e->sources[i].filter, offset_s);
}

void estimator_applied(struct estimator *e, const struct clock_cmd *cmd,
		       bool ok, int64_t mono_ns)
{
	discipline_advance(&e->discipline, mono_ns);
	if (!ok)
		return;
	if (cmd->action == CLOCK_STEP)
		shift(e, cmd->step_s);
	discipline_applied(&e->discipline, cmd);
}

/*
 * Where the clock was moved to may be right: a machine that slept gets the time
 * of its battery clock, while monotonic time stood still and the old samples
 * speak of another hour.  So they go, and as at the start the first jump that a
 * majority shows is believed at once.
 */
void estimator_clock_moved(struct estimator *e, double offset_s,
			   int64_t mono_ns)
{
	if (!isfinite(offset_s))
		return;
	discipline_advance(&e->discipline, mono_ns);
	discipline_clock_moved(&e->discipline, offset_s);
	discipline_doubt(&e->discipline);
	for (int i = 0; i < ESTIMATOR_MAX_SOURCES; i++)
		e->sources[i].filter.n = 0;
	e->decided = false;
	e->first_sample_ns = INT64_MAX;
}

void estimator_source_report(const struct estimator *e, int source,
			     int64_t mono_ns, struct source_report *out)
{
	const struct source *src = source_seen(e, source);
	struct filter_now now = filter_now(e, mono_ns);
	struct filter_estimate est;

	*out = (struct source_report){
		.status = src->status,
		.too_far = src->too_far,
		.bad_stratum = src->bad_stratum,
		.n = src->filter.n,
	};
	if (src->filter.n == 0)
		return;
	est = filter_estimate(&src->filter, &now);
	out->have_sample = true;
	out->last_mono_ns = est.best->mono_ns;
	out->offset_s = est.best->offset_s;
	out->delay_s = est.best->delay_s;
	out->disp_s = est.disp_s;
	out->jitter_s = est.jitter_s;
	out->root_dist_s = est.root_dist_s;
	for (size_t i = 0; i < src->filter.n; i++) {
		const struct sample *s = &src->filter.stage[i].s;

		out->filt_offset_s[i] = s->offset_s;
		out->filt_delay_s[i] = s->delay_s;
		out->filt_disp_s[i] = s->disp_s;
	}
}

void estimator_report(const struct estimator *e, int64_t mono_ns,
		      struct estimator_report *out)
{
	const struct discipline *d = &e->discipline;
	double age_s = fmax(s_from_ns(mono_ns - e->root_at_ns), 0);
	struct kalman k = discipline_expected(d, mono_ns);
	double freq_sigma = sqrt(k.pff);

	*out = (struct estimator_report){
		.synchronised = discipline_synchronised(d, k.x),
		.sys_peer = e->sys_peer,
		.survivors = e->sys_peer < 0 ? 0 : e->survivors,
		.offset_s = k.x,
		.freq = k.f,
		.freq_settled = d->started && freq_sigma < 1e-6,
		.jitter_s = e->jitter_s,
		.clk_jitter_s = sqrt(d->jitter_var),
		.wander = sqrt(d->wander_var),
		.error_s = sqrt(k.pxx),
		.root_delay_s = e->root_delay_s,
		.root_disp_growth = filter_drift(freq_sigma),
		.leap = e->leap,
		.last_update_mono_ns = d->last_update_ns,
		.time_const_log2 = e->poll.tau_log2,
	};
	out->root_disp_s = e->root_disp_s + out->root_disp_growth * age_s +
			   fabs(out->offset_s);
	if (e->sys_peer >= 0)
		out->stratum =
			source_seen(e, e->sys_peer)->filter.stage[0].s.stratum;
}
