/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "io/host.h"
#include "pool/score/score.h"

/*
 * One check of one server: a few client requests some seconds apart, each from
 * a fresh port with a random transmit field, judged by the daemon's own code.
 * The answer with the lowest round trip gives the measurement.
 *
 * A kiss code, stratum 0 or stratum 16 and above ends the check at once; a
 * stratum above 10 or times that make no sense are an error, but the next
 * answer may be better.  Without any answer the error is "no answer".
 */
#define PROBE_SAMPLES_MAX 8

struct probe_plan {
	unsigned samples; /* 1 to PROBE_SAMPLES_MAX */
	double gap_s;     /* from one request to the next */
	double timeout_s; /* for each answer */
};

struct probe_times {
	int64_t t1_ns, t2_ns, t3_ns, t4_ns; /* ns since 1970 UTC */
};

struct probe;
typedef void (*probe_fn)(struct probe *p);

/* Embed it in its owner and get back with CONTAINER_OF. */
struct probe {
	probe_fn done;

	/* the result, valid from done on */
	/* not 0: nothing could be sent (-ENETUNREACH, ...) or our clock was set
	 * meanwhile (-EAGAIN); m says nothing of the server */
	int error;
	struct measurement m; /* at_ms: when the first request left */
	unsigned n_times;
	struct probe_times times[PROBE_SAMPLES_MAX];

	/* its own */
	const struct host *host;
	struct net_addr addr;
	struct probe_plan plan;
	struct timer timer;
	struct udp *udp;
	struct ntp_ts nonce, answered;
	int64_t t1_wall_ns, next_mono_ns;
	bool waiting, over;
	unsigned asked; /* requests, also those that could not be sent */
};

/**
 * Begin; done is called once, never from inside this call.
 *
 * p: zeroed but for done; stays where it is until done or probe_stop().
 * addr: with port.
 */
void probe_start(struct probe *p, const struct host *host,
		 const struct net_addr *addr, const struct probe_plan *plan);

/** done is not called after this; fine when it has ended. */
void probe_stop(struct probe *p);
