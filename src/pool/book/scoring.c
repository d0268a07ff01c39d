/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/scoring.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "pool/store/log.h"
#include "pool/store/pair.h"

#define VOICES_MAX 256
#define VOICE_AGE_MS \
	(INT64_C(7200) * 1000) /* the longest window of score_median() */

static enum score_profile deciding(const struct pool_settings *set)
{
	return strcmp(set->profile, "strict") == 0 ? PROFILE_STRICT
						   : PROFILE_CLASSIC;
}

void scoring_measurement(const struct log_row *row, struct measurement *m)
{
	*m = (struct measurement){
		.at_ms = row->at_ms,
		.has_offset = !isnan(row->offset_s),
		.offset_s = row->offset_s,
		.rtt_s = row->rtt_s,
		.stratum = row->stratum,
		.leap = row->leap,
		.samples = row->samples,
		.lost = row->lost,
		.root_delay_s = row->root_delay_s,
		.root_disp_s = row->root_disp_s,
		.refid = (uint32_t)row->refid,
		.falseticker = row->falseticker,
	};
	memcpy(m->error, row->error, sizeof m->error);
}

static_assert(LOG_ERROR_LEN == sizeof((struct measurement *)0)->error,
	      "an error is copied from one to the other");

static struct log_row row_of(const struct scoring *s,
			     const struct talk_result *t, int voice)
{
	const struct measurement *m = &t->m;
	bool answered = m->stratum >= 0;
	struct log_row row = {
		.server_id = t->server_id,
		.monitor_id = s->monitor->id,
		.at_ms = m->at_ms,
		.offset_s = m->has_offset ? m->offset_s : (double)NAN,
		.rtt_s = m->rtt_s,
		.stratum = m->stratum,
		.leap = m->leap,
		.samples = m->samples,
		.lost = m->lost,
		.root_delay_s = answered ? m->root_delay_s : (double)NAN,
		.root_disp_s = answered ? m->root_disp_s : (double)NAN,
		.refid = answered ? (int64_t)m->refid : -1,
		.falseticker = m->falseticker,
		.voice = voice,
		.counts = s->counts,
	};

	memcpy(row.error, m->error, sizeof row.error);
	return row;
}

/* What is judged is what the row holds, so that replay sees the same. */
static void judge_row(struct log_row *row, enum score_profile profile,
		      double *score, double *strict_score)
{
	struct measurement m;
	struct score_step step, strict;

	scoring_measurement(row, &m);
	step = score_judge(profile, &m);
	strict = score_judge(PROFILE_STRICT, &m);
	snprintf(row->profile, sizeof row->profile, "%s",
		 score_profile_name(profile));
	snprintf(row->rule, sizeof row->rule, "%s", score_rule_name(step.rule));
	row->step = step.step;
	if (row->counts) {
		*score = score_apply(*score, &step);
		*strict_score = score_apply(*strict_score, &strict);
	}
	row->score = *score;
}

static int insert_times(struct db *db, const struct talk_result *t,
			int64_t monitor_id)
{
	int r = 0;

	for (unsigned i = 0; i < t->n_times && r >= 0; i++) {
		const struct log_sample sample = {
			t->times[i].t1_ns, t->times[i].t2_ns, t->times[i].t3_ns,
			t->times[i].t4_ns};

		r = log_insert_sample(db, t->server_id, t->m.at_ms, monitor_id,
				      i, &sample);
	}
	return r;
}

static int update_pair(struct db *db, struct pair *p,
		       const struct talk_result *t)
{
	const struct measurement *m = &t->m;

	p->score_ms = m->at_ms;
	p->offset_s = m->has_offset ? m->offset_s : (double)NAN;
	p->rtt_s = m->rtt_s;
	p->root_dist_s = m->has_offset ? m->root_delay_s / 2 + m->root_disp_s +
						 m->rtt_s / 2
				       : (double)NAN;
	p->stratum = m->stratum;
	return pair_set_score(db, p);
}

/* --- the median -------------------------------------------------------------- */

struct voices {
	struct monitor_score score[VOICES_MAX], strict[VOICES_MAX];
	size_t n;
};

static int load_voices(struct db *db, int64_t server_id, int64_t at_ms,
		       struct voices *out)
{
	struct pair_voice v;
	struct db_rows rows;

	out->n = 0;
	pair_ask_voices(db, &rows, server_id, at_ms - VOICE_AGE_MS);
	while (out->n < VOICES_MAX && pair_voice_next(&rows, &v)) {
		struct monitor_score s = {
			.monitor_id = v.monitor_id,
			.state = (enum pair_state)v.state,
			.at_ms = v.at_ms,
			.score = v.score,
			.rtt_s = isnan(v.rtt_s) ? 0 : v.rtt_s,
			.step = v.step,
		};

		out->score[out->n] = s;
		s.score = v.strict_score;
		out->strict[out->n++] = s;
	}
	return db_end(&rows);
}

static int log_median(const struct scoring *s, int64_t server_id, int64_t at_ms,
		      const struct monitor_score *median)
{
	struct log_row row = {
		.server_id = server_id,
		.monitor_id = s->scorer_id,
		.at_ms = at_ms,
		.taken_ms = at_ms,
		.offset_s = (double)NAN,
		.rtt_s = (double)NAN,
		.stratum = -1,
		.leap = -1,
		.root_delay_s = (double)NAN,
		.root_disp_s = (double)NAN,
		.refid = -1,
		.rule = LOG_RULE_MEDIAN,
		.step = median->step,
		.score = median->score,
		.counts = true,
	};

	snprintf(row.profile, sizeof row.profile, "%s", s->set->profile);
	return log_insert(s->db, &row);
}

static void note_crossing(struct scoring *s, const struct public_score *was,
			  struct public_score *is)
{
	bool in = is->score >= SCORE_IN_POOL;
	bool was_in = was->score >= SCORE_IN_POOL && was->score_ms != 0;

	if (in)
		is->out_since_ms = 0;
	else if (is->out_since_ms == 0)
		is->out_since_ms = is->score_ms;
	if (in != was_in)
		s->zones_changed = true;
}

static int publish(struct scoring *s, const struct talk_result *t,
		   const struct public_score *was, int64_t at_ms)
{
	struct public_score is = *was;
	struct monitor_score median, strict;
	struct voices voices;
	int r = load_voices(s->db, t->server_id, at_ms, &voices);

	if (r < 0 || !score_median(voices.score, voices.n, at_ms, &median))
		return r;
	is.score = median.score;
	is.score_ms = at_ms;
	if (score_median(voices.strict, voices.n, at_ms, &strict))
		is.strict_score = strict.score;
	if (t->m.stratum > 0)
		is.stratum = t->m.stratum;
	note_crossing(s, was, &is);
	r = log_median(s, t->server_id, at_ms, &median);
	if (r >= 0)
		r = public_score_set(s->db, t->server_id, &is);
	return r;
}

/* When this is scored: later than whatever was scored of this server before. */
static int64_t scoring_time(const struct scoring *s,
			    const struct measurement *m,
			    const struct public_score *was)
{
	int64_t at_ms = s->now_ms;

	if (at_ms < m->at_ms)
		at_ms = m->at_ms;
	if (at_ms <= was->score_ms)
		at_ms = was->score_ms + 1;
	return at_ms;
}

/* A monitor on trial has no more than a tester's voice. */
static int voice_of(const struct scoring *s, const struct pair *p)
{
	if (s->monitor->state != MONITOR_ACTIVE && p->state == PAIR_ACTIVE)
		return PAIR_TESTING;
	return p->state;
}

int scoring_take(struct scoring *s, const struct talk_result *t)
{
	struct public_score was;
	struct log_row row;
	struct pair p;
	int r = public_score_lock(s->db, t->server_id, &was);

	if (r <= 0)
		return r;
	r = pair_get(s->db, t->server_id, s->monitor->id, &p);
	if (r <= 0 || t->m.at_ms <= p.score_ms)
		return r < 0 ? r : 0;
	row = row_of(s, t, voice_of(s, &p));
	row.taken_ms = scoring_time(s, &t->m, &was);
	judge_row(&row, deciding(s->set), &p.score, &p.strict_score);
	r = log_insert(s->db, &row);
	if (r < 0)
		return r == -EEXIST ? 0 : r;
	r = insert_times(s->db, t, s->monitor->id);
	if (r >= 0)
		r = s->counts ? update_pair(s->db, &p, t)
			      : pair_mute(s->db, t->server_id, s->monitor->id);
	if (r >= 0 && s->counts)
		r = publish(s, t, &was, row.taken_ms);
	return r < 0 ? r : 1;
}
