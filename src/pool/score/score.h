/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * From what a monitor saw to a score, as the NTP Pool has always computed it:
 * score = 0.95 * score + step, then a cap for some results.  Pure: the same
 * measurements give the same scores, to the last bit, at any time.
 */

#define SCORE_DECAY 0.95
#define SCORE_IN_POOL 10.0 /* handed out from here on */

#define SCORE_OFFSET_GOOD_S 0.025 /* a full point */
#define SCORE_OFFSET_FAIR_S 0.100 /* still enough to stay in the pool */

/* The error of an answer with stratum 0 and no kiss code. */
#define SCORE_ERROR_STRATUM_0 "unexpected stratum 0"

/* What one check of one server found. */
struct measurement {
	int64_t at_ms;     /* ms since 1970 UTC */
	bool has_offset;   /* offset_s was measured */
	double offset_s;   /* server minus true time */
	double rtt_s;      /* of the best sample */
	int stratum, leap; /* as received; -1: no reply */
	char error[64];    /* "": none; a kiss code, or words */
	unsigned samples, lost;
	double root_delay_s, root_disp_s;
	uint32_t refid;
	bool falseticker; /* its interval misses the majority's */
};

/*
 * Classic is what the NTP Pool computes: reachability, offset and stratum of the
 * best sample.  Strict also looks at what the server says of itself (leap, root
 * distance), at lost packets and at what the other servers say; the lower of
 * the two steps is taken.
 */
enum score_profile { PROFILE_CLASSIC, PROFILE_STRICT };

/** "classic" or "strict" */
const char *score_profile_name(enum score_profile profile);

/* In each of the two tables the first rule that fits gives the step. */
enum score_rule {
	RULE_NO_RESPONSE,
	RULE_KISS_RATE,
	RULE_KISS_DENY,
	RULE_KISS_UNKNOWN, /* stratum 0 without a kiss code */
	RULE_ERROR,
	RULE_OFFSET_3S,
	RULE_STRATUM_8,
	RULE_OFFSET_750MS,
	RULE_OFFSET_100MS,
	RULE_OFFSET_25MS,
	RULE_GOOD,
	/* only in the strict profile: */
	RULE_UNSYNCHRONISED, /* leap 3 */
	RULE_FALSETICKER,
	RULE_ROOT_DISTANCE, /* root delay / 2 + root dispersion above 1.5 s */
	RULE_LOSS,
	SCORE_RULES,
};

struct score_step {
	enum score_rule rule;
	double step;
	bool capped;
	double cap; /* when capped: the new score is at most this */
};

/** Which rule fits, and what it gives. */
struct score_step score_judge(enum score_profile profile,
			      const struct measurement *m);

/** The score after a step.  A new pair of server and monitor starts at 0. */
double score_apply(double score, const struct score_step *step);

/** "good", "kiss-rate", …: the name in the log and in links. */
const char *score_rule_name(enum score_rule rule);

/** A sentence for the operator: what it means and what to do. */
const char *score_rule_text(enum score_rule rule);

/** False when no rule has that name. */
bool score_rule_find(const char *name, enum score_rule *out);

/** The highest score that checks with this step can reach: step / 0.05. */
double score_limit(double step);

/* One monitor's latest word on a server. */
enum pair_state { PAIR_CANDIDATE, PAIR_TESTING, PAIR_ACTIVE, PAIR_PAUSED };

struct monitor_score {
	int64_t monitor_id;
	enum pair_state state;
	int64_t at_ms;
	double score, rtt_s, step;
};

/**
 * The public score: the median over the monitors, with the classic fall-back
 * windows (active 1200 s, active and testing 2700 s, candidate and testing
 * 7200 s before now_ms); of an even number the lower one, of fewer than three
 * the oldest.
 *
 * scores: in any order; not changed.
 * Returns: false when no monitor has spoken in time; else *out.
 */
bool score_median(const struct monitor_score *scores, size_t n, int64_t now_ms,
		  struct monitor_score *out);

/* An interval in which true time lies, according to one server. */
struct time_interval {
	double offset_s, root_dist_s;
	bool falseticker; /* written */
};

/**
 * Mark those that miss what the majority has in common: the stretch from the
 * first to the last point that more than half of the intervals hold.  With no
 * such point nobody is marked, nor are intervals that are no numbers.
 *
 * root_dist_s: half the interval's width, 0 or more.
 */
void score_falsetickers(struct time_interval *servers, size_t n);
