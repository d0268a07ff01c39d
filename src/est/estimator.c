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
#include "est/noise.h"
#include "est/poll.h"
#include "est/select.h"

/*
 * The first decision waits for all sources, but not longer: of two against two
 * the first three to answer always have a majority, and it may be the wrong one.
 */
#define FIRST_WAIT_NS NS_PER_S

/* A system peer that has missed so many polls hands over to another survivor. */
#define SILENT_POLLS 2

#define FALSE_TICKS_MAX 2

/* No NTP timestamp can be farther away, no short format value larger. */
#define OFFSET_MAX_S 4294967296.0
/* Nor can nanoseconds count more. */
#define CLOCK_MAX_S 9.3e9
#define SHORT_MAX_S 65536.0

struct source {
	bool used, reachable;
	bool dead;       /* missed a poll and is not reachable */
	unsigned missed; /* polls in succession */
	struct estimator_source_params params;
	struct filter filter;
	struct noise noise;
	double rest_var;   /* noise of its last offset that no delay explains */
	int slot;          /* in the bank, or -1 */
	int64_t heard_ns;  /* the last sample */
	int64_t due_ns;    /* the next poll, as planned; INT64_MIN: unknown */
	double interval_s; /* between polls */
	unsigned false_ticks; /* 0: may move the clock; see note_trust() */
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

static_assert(sizeof(struct estimator) <= 256 * 1024,
	      "an estimator is to fit into a small machine's cache");

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
			.slot = -1,
			.due_ns = INT64_MIN,
		};
		return i;
	}
	return -ENOSPC;
}

/* Its place in the bank is taken by whoever is last there. */
static void leave_bank(struct estimator *e, struct source *src)
{
	struct bank *bank = &e->discipline.bank;

	if (src->slot < 0)
		return;
	bank_leave(bank, (unsigned)src->slot);
	for (int i = 0; i < ESTIMATOR_MAX_SOURCES; i++)
		if (e->sources[i].used && e->sources[i].slot == (int)bank->n)
			e->sources[i].slot = src->slot;
	src->slot = -1;
}

static void forget_peer(struct estimator *e, int source)
{
	if (e->sys_peer == source)
		e->sys_peer = -1;
}

void estimator_reset(struct estimator *e, int source)
{
	struct source *src = source_at(e, source);

	leave_bank(e, src);
	src->filter.n = 0;
	src->false_ticks = 0;
	src->reachable = false;
	src->status = SELECT_REJECT;
	forget_peer(e, source);
}

void estimator_remove(struct estimator *e, int source)
{
	leave_bank(e, source_at(e, source));
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
		.freq = d->bank.belief.f,
		.freq_sigma = sqrt(d->bank.belief.pff),
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
		.fresh = true,
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

/* How far from what is believed is the survivor that disagrees most? */
static double disagreement(const struct field *field,
			   const struct selection *sel, double x)
{
	double most = fabs(field->candidate[sel->peer].offset_s - x);

	for (size_t i = 0; i < field->n; i++)
		if (select_survives(field->candidate[i].status) &&
		    !field->candidate[sel->peer].prefer)
			most = fmax(most,
				    fabs(field->candidate[i].offset_s - x));
	return most;
}

/*
 * What the clock inherits of the system peer (RFC 5905 section 11.2.3).  What
 * remains between the survivors' offsets and ours counts in full: any of them
 * may be right.
 */
static void note_root(struct estimator *e, const struct field *field,
		      const struct selection *sel, double jitter_s)
{
	const struct filter_estimate *peer = &field->estimate[sel->peer];
	const struct discipline *d = &e->discipline;

	e->root_at_ns = d->now_ns;
	e->root_delay_s = peer->best->root_delay_s + peer->best->delay_s;
	e->root_disp_s = peer->best->root_disp_s + peer->disp_s + jitter_s +
			 disagreement(field, sel, d->bank.belief.x);
	e->jitter_s = jitter_s;
}

static double base_var(const struct estimator *e, const struct sample *s)
{
	double read_s = fmax(s->disp_s, e->params.precision_s);

	return read_s * read_s / 12;
}

/* A source that is out for going astray comes back when it agrees. */
static bool is_astray(const struct estimator *e, const struct source *src)
{
	const struct sample *s = &src->filter.stage[0].s;
	struct noise_level level =
		noise_level(&src->noise, base_var(e, s), src->rest_var);

	return src->slot < 0 && src->false_ticks > 0 && !src->params.prefer &&
	       e->discipline.bank.n > 0 &&
	       !bank_agrees(&e->discipline.bank, s->offset_s,
			    src->noise.floor_s, &level);
}

static void expel(struct estimator *e, struct source *src)
{
	src->false_ticks = FALSE_TICKS_MAX;
	if (src->slot >= 0)
		bank_disown(&e->discipline.bank, (unsigned)src->slot);
	leave_bank(e, src);
}

/*
 * Who was outside the majority twice with its own sample loses its place, and
 * has to be inside twice before it moves the clock again.
 */
static void note_trust(struct estimator *e, struct source *src)
{
	if (src->status == SELECT_FALSETICK || is_astray(e, src)) {
		if (src->false_ticks + 1 >= FALSE_TICKS_MAX)
			expel(e, src);
		else
			src->false_ticks++;
	} else if (src->false_ticks > 0) {
		src->false_ticks--;
	}
}

/* Give the source a place in the bank, if need be that of one that did not survive. */
static bool join_bank(struct estimator *e, struct source *src)
{
	struct bank *bank = &e->discipline.bank;
	struct source *other = NULL;

	if (src->slot >= 0)
		return true;
	for (int i = 0; i < ESTIMATOR_MAX_SOURCES; i++) {
		struct source *s = &e->sources[i];

		if (s->used && s->slot >= 0 && !select_survives(s->status) &&
		    (!other || s->heard_ns < other->heard_ns))
			other = s;
	}
	if (bank->n == BANK_SLOTS) {
		if (!other || !select_survives(src->status))
			return false;
		leave_bank(e, other);
	}
	src->slot = (int)bank_join(bank, src->noise.floor_s);
	return true;
}

/* Does the source's word count?  A preferred one's alone. */
static bool counts(const struct field *field, const struct selection *sel,
		   const struct estimator *e, size_t i)
{
	enum select_status status = field->candidate[i].status;

	if (field->candidate[sel->peer].prefer && i != (size_t)sel->peer)
		return false;
	return (select_survives(status) || status == SELECT_OUTLIER) &&
	       e->sources[field->source[i]].false_ticks == 0;
}

/* The nearest first, whatever the order of the sources: the others are judged by it. */
static void insert(struct measurement *m, size_t n, struct measurement it)
{
	for (; n > 0 && m[n - 1].root_dist_s > it.root_dist_s; n--)
		m[n] = m[n - 1];
	m[n] = it;
}

/*
 * Whoever else was listened to before a preferred one was found good does not
 * contradict it afterwards.
 */
static void listen_to_one(struct estimator *e, int source)
{
	for (int i = 0; i < ESTIMATOR_MAX_SOURCES; i++)
		if (e->sources[i].used && i != source)
			leave_bank(e, &e->sources[i]);
}

/* The new sample of one source; at the first decision (source -1) one of each. */
static size_t measure(struct estimator *e, const struct field *field,
		      const struct selection *sel, int source,
		      struct measurement *m)
{
	size_t n = 0;

	if (field->candidate[sel->peer].prefer)
		listen_to_one(e, field->source[sel->peer]);
	for (size_t i = 0; i < field->n && n < BANK_SLOTS; i++) {
		const struct filter_estimate *est = &field->estimate[i];
		struct source *src = &e->sources[field->source[i]];
		const struct sample *s = &src->filter.stage[0].s;

		if ((source >= 0 && field->source[i] != source) ||
		    !counts(field, sel, e, i) || !join_bank(e, src))
			continue;
		if (source < 0)
			s = est->best;
		src->rest_var = est->unexplained;
		insert(m, n++,
		       (struct measurement){
			       .slot = (unsigned)src->slot,
			       .offset_s =
				       source < 0 ? est->offset_s : s->offset_s,
			       .root_dist_s = est->root_dist_s,
			       .noise = noise_level(&src->noise, base_var(e, s),
						    est->unexplained),
		       });
	}
	return n;
}

/* Noise of a typical sample of those that count: n of them weigh like n such ones. */
static double typical_noise(const struct estimator *e)
{
	const struct bank *bank = &e->discipline.bank;
	double information = 0;

	for (int i = 0; i < ESTIMATOR_MAX_SOURCES; i++) {
		const struct source *src = &e->sources[i];
		struct noise_level level;

		if (!src->used || src->slot < 0)
			continue;
		level = noise_typical(&src->noise,
				      base_var(e, &src->filter.stage[0].s),
				      src->rest_var);
		information += 1 / bank_noise(bank, &level);
	}
	return bank->n / information;
}

static struct circumstances circumstances(const struct estimator *e,
					  double since_s)
{
	return (struct circumstances){
		.quorum = quorum(e),
		.interval_s = fmin(exp2(e->poll.tau_log2), since_s),
		.noise_var = typical_noise(e),
	};
}

static void note_poll(struct estimator *e, const struct clock_cmd *cmd,
		      const struct circumstances *now, int min, int max)
{
	const struct discipline *d = &e->discipline;
	unsigned n = d->bank.n;

	if (cmd->action == CLOCK_STEP || d->bank.surprised)
		poll_restart(&e->poll, min, d->now_ns);
	else if (d->bank.odd)
		poll_hurry(&e->poll, min, max);
	else
		poll_note(
			&e->poll,
			poll_wanted_s(now->noise_var, d->bank.belief.q_most, n),
			n, min, max, d->now_ns);
}

/* The source that the others contradict; of two the one that promises less. */
static struct source *who_is_astray(struct estimator *e,
				    const struct field *field, int source)
{
	double least = HUGE_VAL, most = -1;
	int far = source;

	for (size_t i = 0; i < field->n; i++) {
		double dist = field->candidate[i].root_dist_s;

		if (e->sources[field->source[i]].slot < 0)
			continue;
		least = fmin(least, dist);
		if (dist > most) {
			most = dist;
			far = field->source[i];
		}
	}
	if (e->discipline.bank.n == 2 && least < most)
		return &e->sources[far];
	return &e->sources[source];
}

static struct clock_cmd update(struct estimator *e, const struct field *field,
			       const struct selection *sel,
			       const struct measurement *m, size_t n,
			       int source, double since_s)
{
	struct combined all =
		combine_survivors(field->candidate, field->n, sel);
	struct discipline *d = &e->discipline;
	struct circumstances now;
	struct clock_cmd cmd;
	int min, max;

	poll_range(e, &min, &max);
	poll_limit(&e->poll, min, max);
	now = circumstances(e, since_s);
	cmd = discipline_update(d, m, n, &now);
	/* Also while a jump waits to be believed: it may be true. */
	note_root(e, field, sel, all.jitter_s);
	if (d->spike_sign != 0)
		return cmd;
	if (d->bank.astray && source >= 0)
		expel(e, who_is_astray(e, field, source));
	note_poll(e, &cmd, &now, min, max);
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

/* Before the first decision: is it worth waiting for those who have not spoken? */
static bool waits(const struct estimator *e, int64_t mono_ns)
{
	return !e->decided && !all_heard(e) &&
	       (e->first_sample_ns == INT64_MAX ||
		mono_ns - e->first_sample_ns < FIRST_WAIT_NS);
}

/*
 * Select among what is known now; correct the clock by a new sample of a source
 * (-1: there is none), since_s after its last one.
 */
static struct clock_cmd decide(struct estimator *e, int64_t mono_ns, int source,
			       double since_s)
{
	struct measurement m[BANK_SLOTS];
	bool first = !e->decided;
	struct selection sel;
	struct field field;
	size_t n = 0;

	discipline_advance(&e->discipline, mono_ns);
	if (waits(e, mono_ns))
		return hold_until_first(e);
	e->decided = true;
	field_fill(&field, e, mono_ns);
	sel = select_sources(field.candidate, field.n, &e->params);
	publish_statuses(e, &field, &sel);
	if (sel.peer >= 0 && source >= 0)
		note_trust(e, &e->sources[source]);
	if (sel.peer >= 0 && (first || source >= 0))
		n = measure(e, &field, &sel, first ? -1 : source, m);
	if (n == 0)
		return discipline_idle(&e->discipline);
	return update(e, &field, &sel, m, n, source, since_s);
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

static void source_take(struct estimator *e, struct source *src,
			const struct sample *s)
{
	double longer_s;

	if (!src->reachable)
		src->filter.n = 0; /* what it said before it went is stale */
	filter_add(&src->filter, s, e->discipline.ledger_s);
	longer_s = noise_add(&src->noise, s->delay_s, s->mono_ns);
	if (longer_s != 0 && src->slot >= 0)
		bank_new_path(&e->discipline.bank, (unsigned)src->slot,
			      src->noise.floor_s, longer_s);
	if (src->noise.misled && src->slot >= 0)
		bank_disown(&e->discipline.bank, (unsigned)src->slot);
	src->reachable = true;
	src->dead = false;
	src->missed = 0;
	src->heard_ns = s->mono_ns;
	if (e->first_sample_ns == INT64_MAX && !src->params.noselect)
		e->first_sample_ns = s->mono_ns;
}

struct clock_cmd estimator_sample(struct estimator *e, int source,
				  const struct sample *s)
{
	struct source *src = source_at(e, source);
	double since_s = HUGE_VAL;
	struct sample clean;

	discipline_advance(&e->discipline, s->mono_ns);
	if (!sanitise(s, &clean))
		return decide(e, e->discipline.now_ns, -1, 0);
	if (src->filter.n > 0)
		since_s = s_from_ns(s->mono_ns - src->heard_ns);
	source_take(e, src, &clean);
	return decide(e, e->discipline.now_ns, source, since_s);
}

struct clock_cmd estimator_missed(struct estimator *e, int source,
				  bool reachable, int64_t mono_ns)
{
	struct source *src = source_at(e, source);

	src->reachable = reachable && src->filter.n > 0;
	src->dead = !reachable;
	src->missed++;
	return decide(e, mono_ns, -1, HUGE_VAL);
}

struct clock_cmd estimator_timeout(struct estimator *e, int64_t mono_ns)
{
	return decide(e, mono_ns, -1, HUGE_VAL);
}

/*
 * Source k of the n that are asked at this interval has its polls k n-ths of an
 * interval after those of the first.
 */
double estimator_next_poll_s(struct estimator *e, int source, double interval_s,
			     int64_t mono_ns)
{
	struct source *src = source_at(e, source);
	int64_t first_ns = INT64_MIN;
	unsigned rank = 0, n = 0;
	double ahead_s = 0;

	src->interval_s = interval_s;
	for (int i = 0; i < ESTIMATOR_MAX_SOURCES; i++) {
		const struct source *s = &e->sources[i];

		if (!s->used || s->interval_s != interval_s)
			continue;
		if (n++ == 0)
			first_ns = s->due_ns;
		rank += i < source;
	}
	if (rank > 0 && first_ns != INT64_MIN) {
		double wanted_s =
			s_from_ns(first_ns - mono_ns) + interval_s * rank / n;

		ahead_s = wanted_s - interval_s * floor(wanted_s / interval_s);
	}
	interval_s = poll_staggered_s(interval_s, ahead_s);
	src->due_ns = mono_ns + ns_from_s(interval_s);
	return interval_s;
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
	if (!(fabs(offset_s) <= CLOCK_MAX_S))
		return;
	discipline_advance(&e->discipline, mono_ns);
	discipline_clock_moved(&e->discipline, offset_s);
	discipline_doubt(&e->discipline, offset_s);
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

/*
 * What f may be wrong by in one of 10,000 cases: Student's t with the samples
 * so far for degrees of freedom, for the noise itself was guessed from them.
 */
static double freq_bound(const struct estimator *e, double freq_sigma)
{
	const struct discipline *d = &e->discipline;
	double t = 4 + 30.0 / fmax(d->samples, 1);

	return fmin(t * freq_sigma, e->params.max_freq);
}

void estimator_report(const struct estimator *e, int64_t mono_ns,
		      struct estimator_report *out)
{
	const struct discipline *d = &e->discipline;
	double age_s = fmax(s_from_ns(mono_ns - e->root_at_ns), 0);
	struct belief k = discipline_expected(d, mono_ns);
	double freq_sigma = sqrt(k.pff);

	*out = (struct estimator_report){
		.synchronised = discipline_synchronised(d, k.x),
		.sys_peer = e->sys_peer,
		.survivors = e->sys_peer < 0 ? 0 : e->survivors,
		.offset_s = k.x,
		.freq = k.f,
		.freq_sigma = freq_sigma,
		.q = k.q,
		.freq_settled = d->started && freq_sigma < 1e-6,
		.jitter_s = e->jitter_s,
		.clk_jitter_s = sqrt(d->jitter_var),
		.wander = sqrt(d->wander_var),
		.error_s = sqrt(k.pxx),
		.root_delay_s = e->root_delay_s,
		.root_disp_growth = NTP_PHI + freq_bound(e, freq_sigma),
		.leap = e->leap,
		.last_update_mono_ns = d->last_update_ns,
		.time_const_log2 = e->poll.tau_log2,
		.resets = d->resets,
	};
	out->root_disp_s = e->root_disp_s + out->root_disp_growth * age_s +
			   fabs(out->offset_s);
	if (e->sys_peer >= 0)
		out->stratum =
			source_seen(e, e->sys_peer)->filter.stage[0].s.stratum;
}
