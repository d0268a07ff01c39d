/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/score/score.h"

#include <math.h>
#include <string.h>

/* A client with the default `tos maxdist` does not use such a server. */
#define MAX_ROOT_DISTANCE_S 1.5

static struct score_step plain(enum score_rule rule, double step)
{
	return (struct score_step){.rule = rule, .step = step};
}

static struct score_step with_cap(enum score_rule rule, double step, double cap)
{
	return (struct score_step){rule, step, true, cap};
}

static bool has_error(const struct measurement *m, const char *error)
{
	return strcmp(m->error, error) == 0;
}

static struct score_step judge_stratum_0(const struct measurement *m)
{
	if (has_error(m, "RATE"))
		return plain(RULE_KISS_RATE, -3.5);
	if (has_error(m, "DENY") || has_error(m, "RSTR"))
		return with_cap(RULE_KISS_DENY, -10, -50);
	if (has_error(m, "") || has_error(m, SCORE_ERROR_STRATUM_0))
		return with_cap(RULE_KISS_UNKNOWN, -2, 5);
	return plain(RULE_ERROR, -4);
}

/*
 * A product and a sum in one expression may be fused into one rounding by some
 * compilers on some machines; in two statements they are not, and a score is
 * the same everywhere.
 */
static double line(double slope, double x, double at_zero)
{
	double y = slope * x;

	return y + at_zero;
}

static struct score_step judge_classic(const struct measurement *m)
{
	double offset_s = fabs(m->offset_s);

	if (m->stratum < 0)
		return plain(RULE_NO_RESPONSE, -5);
	if (m->stratum == 0)
		return judge_stratum_0(m);
	if (m->error[0] || !m->has_offset || !isfinite(offset_s))
		return plain(RULE_ERROR, -4);
	if (offset_s > 3)
		return with_cap(RULE_OFFSET_3S, -4, -20);
	if (m->stratum >= 8)
		return plain(RULE_STRATUM_8, -4);
	if (offset_s > 0.750)
		return plain(RULE_OFFSET_750MS, -2);
	if (offset_s > SCORE_OFFSET_FAIR_S)
		return plain(RULE_OFFSET_100MS, line(-2.308, offset_s, 0.731));
	if (offset_s > SCORE_OFFSET_GOOD_S)
		return plain(RULE_OFFSET_25MS,
			     fmin(1, line(-6.667, offset_s, 1.167)));
	return plain(RULE_GOOD, 1);
}

/* With a share p of the packets lost the score rests at 20 - 40 p. */
static double loss_step(const struct measurement *m)
{
	double share;

	if (m->samples == 0)
		return 1;
	share = fmin((double)m->lost / (double)m->samples, 1);
	return line(-2, share, 1);
}

/* The dearest of what the server itself admits or the others prove. */
static struct score_step judge_claims(const struct measurement *m)
{
	if (m->leap == 3)
		return plain(RULE_UNSYNCHRONISED, -4);
	if (m->falseticker)
		return plain(RULE_FALSETICKER, -2);
	if (!(m->root_delay_s / 2 + m->root_disp_s <= MAX_ROOT_DISTANCE_S))
		return plain(RULE_ROOT_DISTANCE, -2);
	return plain(RULE_LOSS, loss_step(m));
}

struct score_step score_judge(enum score_profile profile,
			      const struct measurement *m)
{
	struct score_step classic = judge_classic(m);
	struct score_step claims;

	/* Without an answer there are no claims. */
	if (profile == PROFILE_CLASSIC || m->stratum <= 0)
		return classic;
	claims = judge_claims(m);
	return claims.step < classic.step ? claims : classic;
}

double score_apply(double score, const struct score_step *step)
{
	double next = line(SCORE_DECAY, score, step->step);

	return step->capped ? fmin(next, step->cap) : next;
}

double score_limit(double step)
{
	return step / 0.05;
}

const char *score_profile_name(enum score_profile profile)
{
	return profile == PROFILE_STRICT ? "strict" : "classic";
}
