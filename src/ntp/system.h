/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "est/estimator.h"
#include "io/clock.h"
#include "io/host.h"
#include "io/loop.h"
#include "ntp/engine.h"

struct engine;

/* The clock's side of the engine: carries out what the estimator decides, and
 * publishes what we tell the world. */
struct system {
	struct engine *engine;
	struct estimator *est;
	const struct conf_source *local_clock; /* 127.127.1.u, or NULL */
	struct timer est_timer;   /* the estimator asked to be called */
	struct timer watch_timer; /* did somebody else move the clock? */
	int64_t start_mono_ns;
	int64_t wall_minus_mono_ns;
	int64_t last_update_mono_ns; /* when the estimator last took news in */
	bool unverified; /* somebody moved the clock: unsynchronised until the next update */
	bool announced_sync;
	bool clock_control, control_known;
	bool set_once_done;
	bool panicked;     /* and said so */
	bool leap_expired; /* the same of a leap second file that is too old */
	bool contested; /* the same of another program that steers the clock */
	int8_t leap_armed;
	uint8_t stratum; /* of the last system peer: in holdover the time is still its */
	uint32_t refid; /* its address */
	uint8_t event, event_count;
	double last_offset_s, mean_square_offset; /* at updates */
	uint64_t updates;
	unsigned steps;
	int64_t last_step_mono_ns; /* INT64_MIN: never */
	double stepped_s;
	struct sys_view view;
	struct clock_status status;
	struct ntp_ts reference;
};

void system_init(struct system *sys, struct engine *e);

/** Ends any slew, so that the clock goes on at its base frequency; saves the drift. */
void system_stop(struct system *sys);

/** After system_stop(), and after the last association is gone. */
void system_done(struct system *sys);

/** Feed a sample; the estimator's decision is carried out before this returns. */
void system_sample(struct system *sys, int source, const struct sample *s);

/** A source has missed a poll. */
void system_missed(struct system *sys, int source, bool reachable);

/** engine_step() */
MUST_CHECK int system_step(struct system *sys, double *step_s);

/** A source came or went: the view may be another one. */
void system_publish(struct system *sys);

/**
 * Look whether the clock was moved by somebody else since the last look.
 * Called before a sample is taken, so that none is taken across the jump.
 *
 * Returns: true when it was; the sample at hand must be thrown away.
 */
bool system_watch(struct system *sys);

/** The clock's reading precision, s. */
double system_precision_s(const struct system *sys);
