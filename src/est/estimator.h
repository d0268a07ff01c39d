/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "est/sample.h"

/*
 * The estimator: samples of all sources in, one clock command out.  Numbers to
 * numbers: it knows no packets, no addresses and no clock but the monotonic
 * time that it is handed.  This header is the seam; which algorithms stand
 * behind it (filter, selection, discipline) is nobody else's business.
 *
 * Time runs in one direction: each call's mono_ns is at least the last one's.
 */
struct estimator;

/* What the clock should do now.  Decided here, carried out by ntp/system.c. */
enum clock_action {
	CLOCK_HOLD,  /* nothing new; freq stays as it was */
	CLOCK_SLEW,  /* run at (1 + freq) */
	CLOCK_STEP,  /* add step_s at once, then run at (1 + freq) */
	CLOCK_PANIC, /* step_s is beyond the panic threshold: do nothing, end */
};

struct clock_cmd {
	enum clock_action action;
	double freq;   /* correction to run at, s/s, slew included */
	double step_s; /* CLOCK_STEP, CLOCK_PANIC: server minus local */
	/*
	 * Call estimator_timeout() then; INT64_MAX: never.  It counts for every
	 * action, and each command replaces the last one's: during a slew CLOCK_HOLD
	 * repeats its end, before the first decision it ends the wait for others.
	 */
	int64_t until_mono_ns;
};

struct estimator_params {
	/* tinker, tos and command line; defaults by estimator_params_default() */
	double step_s; /* 0.128; 0: never step */
	double stepout_s; /* 300: a larger offset must last this long once synchronised */
	double panic_s;     /* 1000; 0: never panic */
	bool panic_once_ok; /* -g: the first correction may be of any size */
	bool slew_only;     /* -x: step threshold 600 s */
	bool set_once; /* -q: the first correction is a step whatever its size */
	double max_freq;   /* 500e-6: limit of the whole correction */
	double min_dist_s; /* tos mindist, 0.001 */
	double max_dist_s; /* tos maxdist, 1.5: larger root distance is not selectable */
	unsigned
		min_sane; /* tos minsane, 1: fewer truechimers than this: no update */
	unsigned min_clock; /* tos minclock, 3: clustering stops here */
	unsigned min_stratum,
		max_stratum; /* tos floor 0, ceiling 16: outside is not selectable */
	double precision_s; /* of reading the local clock */
	double freq; /* correction that the clock runs at now, s/s: set it before */
	bool freq_known;   /* freq came from a drift file */
	double freq_sigma; /* its standard deviation then; 0: unknown */
};

void estimator_params_default(struct estimator_params *p);

/** params is copied.  Never fails. */
struct estimator *estimator_new(const struct estimator_params *params,
				int64_t mono_ns);
void estimator_free(struct estimator *e);

struct estimator_source_params {
	bool prefer, noselect, always; /* always: "true" in ntp.conf */
	int min_poll_log2, max_poll_log2;
};

/* A source is known by a small handle >= 0, stable until removed; -ENOSPC beyond ESTIMATOR_MAX_SOURCES. */
#define ESTIMATOR_MAX_SOURCES 64
MUST_CHECK int estimator_add(struct estimator *e,
			     const struct estimator_source_params *params);
void estimator_remove(struct estimator *e, int source);

/** Forget a source's samples (it became unreachable, or its address changed). */
void estimator_reset(struct estimator *e, int source);

/**
 * Take one sample in and decide.  A sample with a number that is not finite is
 * refused and counted as nothing (returns CLOCK_HOLD), and so is an offset
 * beyond 2^32 s; delays and dispersions are cut to 0 .. 65,536 s.
 *
 * The first decision waits until all sources (without noselect) have given a
 * sample, but not more than a second after the first.  Sources that missed a
 * poll and are not reachable do not count.  When no more than half have spoken
 * by then, they may slew and step the clock, but not beyond panic_s, nor with
 * set_once.
 *
 * The caller carries out the command of this and the next two at once and then
 * calls estimator_applied(), also when that failed.
 */
struct clock_cmd estimator_sample(struct estimator *e, int source,
				  const struct sample *s);

/** A source has missed a poll (reach shifted in a zero): decide again without it where needed. */
struct clock_cmd estimator_missed(struct estimator *e, int source,
				  bool reachable, int64_t mono_ns);

/** The time asked for in until_mono_ns has come; calling too early is harmless. */
struct clock_cmd estimator_timeout(struct estimator *e, int64_t mono_ns);

/** cmd was carried out at mono_ns (ok), or refused by the clock (!ok: nothing moved). */
void estimator_applied(struct estimator *e, const struct clock_cmd *cmd,
		       bool ok, int64_t mono_ns);

/** Somebody else moved the clock by offset_s (clock after minus clock before): all samples are forgotten. */
void estimator_clock_moved(struct estimator *e, double offset_s,
			   int64_t mono_ns);

/** Poll exponent that a source should use now, within its min and max. */
int estimator_poll(const struct estimator *e, int source);

/**
 * Until the source should be asked again, when it is asked now and every
 * interval_s: about interval_s, such that sources with the same interval come to
 * be asked in turn, evenly spread.  Not below 0.95 nor above 1.25 interval_s.
 */
double estimator_next_poll_s(struct estimator *e, int source, double interval_s,
			     int64_t mono_ns);

/* Where a source stands after the last decision: RFC 9327 select codes. */
enum select_status {
	SELECT_REJECT = 0,    /* ' ' not selectable: see select_reason */
	SELECT_FALSETICK = 1, /* 'x' outside the intersection of the majority */
	SELECT_EXCESS = 2,    /* '.' */
	SELECT_OUTLIER = 3,   /* '-' thrown out by clustering */
	SELECT_CANDIDATE = 4, /* '+' survivor, combined */
	SELECT_BACKUP = 5,    /* '#' */
	SELECT_SYS_PEER = 6,  /* '*' */
	SELECT_PPS_PEER = 7,  /* 'o' */
};

#define SOURCE_FILTER_LEN 8

struct source_report {
	enum select_status status;
	bool have_sample;
	int64_t last_mono_ns; /* of the sample that offset comes from */
	double offset_s, delay_s, disp_s; /* filtered */
	double jitter_s;
	double root_dist_s;
	bool too_far, bad_stratum; /* reasons for SELECT_REJECT */
	/* the last samples, newest first; n <= SOURCE_FILTER_LEN */
	size_t n;
	double filt_offset_s[SOURCE_FILTER_LEN],
		filt_delay_s[SOURCE_FILTER_LEN], filt_disp_s[SOURCE_FILTER_LEN];
};

void estimator_source_report(const struct estimator *e, int source,
			     int64_t mono_ns, struct source_report *out);

struct estimator_report {
	bool synchronised; /* the clock follows at least one survivor (or did, in holdover) */
	int sys_peer; /* handle, or -1: no survivor now */
	unsigned survivors;
	double offset_s; /* expected server minus local, now */
	double freq; /* the clock's own frequency correction, without slew, s/s */
	double freq_sigma;   /* its standard deviation */
	double q;            /* it wanders by sqrt(q t) in t s, s^2/s^3 */
	bool freq_settled;   /* freq is worth writing to the drift file */
	double jitter_s;     /* of the combined offset (sys_jitter) */
	double clk_jitter_s; /* of successive offsets */
	double wander;       /* RMS frequency change, s/s */
	double error_s;      /* expected error of the clock now */
	/* Towards the primary source, at mono_ns. */
	double root_delay_s, root_disp_s, root_disp_growth;
	uint8_t leap;    /* majority of the survivors, enum ntp_leap 0 to 2 */
	uint8_t stratum; /* of the system peer, 0 without */
	int64_t last_update_mono_ns; /* of the last correction */
	int time_const_log2;         /* loop time constant, shown as tc */
	unsigned
		resets; /* times that numbers made no sense and all was forgotten */
};

void estimator_report(const struct estimator *e, int64_t mono_ns,
		      struct estimator_report *out);
