/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "conf/config.h"
#include "near.h"
#include "ntp/engine.h"
#include "ntp/server.h"
#include "sim/world.h"

/*
 * What the scenarios share: reference servers that answer as told, an ntpd
 * without its processes, a judge of its clock, and a town where they meet.
 */

/* A limit that tells what it got. */
#define assert_below(got, limit)                                         \
	do {                                                             \
		double got_ = (got), limit_ = (limit);                   \
		if (!(got_ < limit_))                                    \
			fail_msg("%s is %.6g, not below %g", #got, got_, \
				 limit_);                                \
	} while (0)

/* --- a server ------------------------------------------------------------- */

/* Tells the time of its host, which is perfect until a knob says otherwise. */
struct ref_server {
	struct sim_host *host;
	uint8_t leap, stratum; /* 0, 1 */
	uint32_t refid;        /* "REF" */
	double root_delay_s, root_disp_s;
	const char *kiss; /* a code to answer with instead, NULL: none */
	double swing_s; /* every other reply is so much ahead, the rest behind */
	uint64_t asked;
	double asked_at_s; /* last time */
};

void ref_server_init(struct ref_server *s, struct world *w, const char *addr);

/* --- an ntpd -------------------------------------------------------------- */

struct daemon {
	struct sim_host *host;
	struct config *cfg;
	struct engine_inputs in;
	struct engine *engine;
	struct server *server; /* NULL: it only asks */
};

/** Read the configuration; set what in should have, then start. */
void daemon_init(struct daemon *d, struct sim_host *host, const char *ntp_conf);
void daemon_start(struct daemon *d);

/** Let it answer, too; in.keys is what it knows. */
void daemon_serve(struct daemon *d);
void daemon_done(struct daemon *d);

/** What is told to the world now, aged. */
struct sys_view daemon_view(const struct daemon *d);
bool daemon_is_synchronised(const struct daemon *d);

/** The association with this address, or with this name while it has none. */
struct assoc_report daemon_assoc(const struct daemon *d, const char *name);

/* --- a judge --------------------------------------------------------------- */

/* Buckets of root distance / |error|: this many to a factor of two. */
#define RATIO_FINE 8

/*
 * Looks at a daemon's clock once a second of true time: whether what it tells
 * is true from the beginning on, how good it is from from_s on.
 */
struct judge {
	const struct daemon *daemon;
	double from_s;
	unsigned looks;
	double max_s, sum2_s;       /* |wall - UTC| */
	double max_at_s;            /* when */
	double max_freq, sum2_freq; /* |rate - 1|, slews included */
	unsigned served; /* looks at a clock that says it is synchronised */

	/* from the beginning */
	unsigned told;      /* looks at a clock that says it is synchronised */
	unsigned dishonest; /* ... with an error beyond its root distance */
	unsigned ratio[32 * RATIO_FINE]; /* ... by the ratio of the two */
};

void judge_start(struct judge *j, const struct daemon *d, double from_s);
double judge_rms_s(const struct judge *j);
double judge_rms_freq(const struct judge *j);

/** Root distance over |error|, median; NaN when it never said that it is synchronised. */
double judge_ratio(const struct judge *j);

/**
 * Print what was seen, and fail if it told an error that was too small at more
 * than dishonest_max looks.
 */
void judge_done(const struct judge *j, unsigned dishonest_max);

/* --- a town ----------------------------------------------------------------- */

#define TOWN_MAX 8

/*
 * Servers 10.1.0.1, 10.1.0.2 ... and one client, 10.0.0.1, that asks them all.
 * It starts 0.1 s and 100 ppm off and wanders by 1e-9 a second; links take
 * 100 us and as much jitter.  With TRACE=info (or debug) in the environment
 * the hosts' logs are shown; SEED=7 takes other random numbers.
 */
struct town {
	struct world *w;
	struct ref_server server[TOWN_MAX];
	int n;
	struct daemon client;
	struct judge judge;
	unsigned dishonest_max; /* looks: 0, unless nobody could know better */
};

/** options: of each server line, "iburst".  more: further lines of the file, or "". */
void town_init(struct town *t, uint64_t seed, int n_servers,
	       const char *options, const char *more);

/** Start the client and the judge; run to the end. */
void town_run(struct town *t, double judge_from_s, double until_s);

/** Fails unless the root distance covered the true error all the time. */
void town_done(struct town *t);

/** One scenario as a program. */
#define SCENARIO(fn)                                              \
	int main(void)                                            \
	{                                                         \
		const struct CMUnitTest tests[] = {               \
			cmocka_unit_test(fn),                     \
		};                                                \
		return cmocka_run_group_tests(tests, NULL, NULL); \
	}
