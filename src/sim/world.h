/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/net_addr.h"
#include "base/rng.h"
#include "io/host.h"
#include "sim/oscillator.h"

/*
 * io/ in virtual time.  A world has one true time, one queue of events, hosts
 * with clocks of their own, and links between them; everything that is random
 * comes from its seed.  The structs are open: a scenario sets the knobs it
 * needs and reads what it wants to know.  doc/simulator.md is the guide.
 *
 * Times of a scenario (at_s) are seconds of true time since the world began.
 */
struct world;
struct sim_host;
struct sim_script;
struct sim_name;
struct sim_packet;
struct sim_udp;
struct sim_query;
struct sim_move;

/* One direction of the way between two hosts. */
struct sim_link {
	double delay_s;   /* the least it takes */
	double jitter_s;  /* mean of an exponential queue on top */
	double normal_s;  /* deviation of a Gaussian on top; the sum is >= 0 */
	double late;      /* share that is held up, and so overtaken ... */
	double late_s;    /* ... by an exponential of this mean */
	double loss;      /* share that vanishes */
	double duplicate; /* share that arrives twice */
	bool down;        /* everything vanishes */
	uint64_t sent, lost;
};

/* A datagram as the tap sees it, at its departure. */
struct sim_tapped {
	struct net_addr from, to;
	const uint8_t *data;
	size_t len;
};
typedef void (*sim_tap_fn)(struct world *w, const struct sim_tapped *t,
			   void *arg);

struct world {
	int64_t start_ns, now_ns; /* true time, ns; UTC until a leap second */
	int64_t utc_shift_ns;     /* UTC - true time */
	struct sim_link link;     /* of every pair of hosts without its own */
	sim_tap_fn tap; /* sees every datagram, lost ones too; NULL: none */
	void *tap_arg;
	int trace; /* log lines up to this level go to stderr; -1: none */

	struct loop events; /* its monotonic time is now_ns */
	struct sim_host **host;
	size_t n_host, host_cap;
	struct sim_script *scripts;
	struct sim_name *names;
	struct sim_packet *packets, *spare; /* all; those not under way */
	uint64_t seed;
	unsigned same_instant; /* wakes since time last moved */
};

/** An empty world at 2026-01-01 00:00:00 UTC; links take 100 us. */
struct world *world_new(uint64_t seed);

/** The same, beginning at another true time. */
struct world *world_new_at(uint64_t seed, int64_t start_ns);

/** Hosts, sockets and names go with it; engines must be gone before.  NULL does nothing. */
void world_free(struct world *w);

/** Let everything happen up to at_s. */
void world_run(struct world *w, double at_s);

/** Seconds since the beginning. */
double world_time_s(const struct world *w);

typedef void (*world_fn)(struct world *w, void *arg);

/** Call fn at at_s. */
void world_at(struct world *w, double at_s, world_fn fn, void *arg);

/** Call fn now + period_s, and so on. */
void world_every(struct world *w, double period_s, world_fn fn, void *arg);

/** The same for fn that only looks: cheaper, as no host needs to be planned anew. */
void world_watch(struct world *w, double period_s, world_fn fn, void *arg);

/** At at_s a knob (of a link, an oscillator, a host) takes another value. */
void world_set(struct world *w, double at_s, double *knob, double value);
void world_set_flag(struct world *w, double at_s, bool *flag, bool value);

/** UTC has a leap second: +1 inserts (UTC falls back), -1 deletes. */
void world_leap(struct world *w, int sign);

/* --- names -------------------------------------------------------------- */

struct sim_name {
	char name[RESOLVE_MAX_NAME + 1];
	struct net_addr *addr;
	size_t n, cap;
	double delay_s; /* until the answer, 10 ms */
	int error;      /* instead of an answer: -ENOENT, -EAGAIN, ... */
	unsigned asked;
	struct sim_name *next;
};

/** A name of the world, made at first use with no address (-ENOENT). */
struct sim_name *world_name(struct world *w, const char *name);
void sim_name_add(struct sim_name *n, const char *addr);

/* --- hosts -------------------------------------------------------------- */

typedef void (*sim_serve_fn)(struct sim_host *h, const struct datagram *d,
			     void *arg);

struct sim_service {
	uint16_t port;
	sim_serve_fn fn;
	void *arg;
};

struct sim_event {
	int64_t true_ns;
	enum engine_event event;
	char text[120];
};

struct sim_host {
	struct host io; /* what the core gets */

	/* knobs */
	struct oscillator osc;
	bool no_control;   /* steering the clock is -EPERM */
	bool unplugged;    /* the cable is out */
	int connect_error; /* < 0: new sockets fail so */
	int send_error;    /* < 0: sending fails so */
	double send_latency_s; /* > 0: mean of the wait before departure; a stamp follows */

	/* what became of it */
	unsigned steps;   /* steps through the clock interface */
	double stepped_s; /* sum of their sizes */
	unsigned leaps;   /* leap seconds that the kernel carried out */
	struct clock_status status; /* last announced */
	bool has_view;
	struct sys_view view; /* last published */
	struct drift drift;   /* last saved; freq is NaN before */
	struct access_host access[ACCESS_HOSTS_MAX]; /* last told */
	size_t n_access;
	struct sim_event *event;
	size_t n_event, event_cap;
	uint64_t logged[LOG_LEVEL_DEBUG + 1]; /* lines by level */
	const char *log_watch;                /* lines with this in them ... */
	unsigned log_seen;                    /* ... are counted here */

	/* the rest is the simulator's own */
	struct world *world;
	char name[32];
	size_t index;
	int64_t wall_offset_ns; /* wall = mono + this */
	int64_t suspended_ns;   /* true time of falling asleep */
	struct timer wake, leap;
	struct clock clock;
	struct loop loop;
	struct net net;
	struct resolver resolver;
	struct entropy entropy;
	struct board board;
	struct log log;
	struct rng net_rng, entropy_rng;
	struct net_addr *addr;
	size_t n_addr, addr_cap;
	struct sim_link *
		*link; /* to the host of that index; NULL: the world's */
	size_t n_link;
	struct sim_service *service;
	size_t n_service, service_cap;
	struct sim_udp *sockets;
	struct sim_query *queries;
	struct sim_move *moves;
	uint16_t next_port;
	unsigned next_query;
};

/** A host with a perfect clock.  addr: a literal; the name in logs, too. */
struct sim_host *sim_host_new(struct world *w, const char *addr);

/** One more address. */
void sim_host_add_addr(struct sim_host *h, const char *addr);

/** The wall clock is offset_s ahead of UTC from now on. */
void sim_host_set_offset(struct sim_host *h, double offset_s);

/** Wall clock minus UTC, now. */
double sim_host_error_s(struct sim_host *h);

/** The steered clock's rate minus 1, now. */
double sim_host_freq_error(struct sim_host *h);

int64_t sim_host_mono(struct sim_host *h);
int64_t sim_host_wall(struct sim_host *h);

/** Somebody else (date, settimeofday, a hypervisor) moves the wall clock. */
void sim_host_step_at(struct sim_host *h, double at_s, double offset_s);

/** Sleep: the monotonic clock stops, the wall clock is right again afterwards. */
void sim_host_suspend_at(struct sim_host *h, double at_s, double for_s);

/** Hand what comes to a port of this host to fn, in place of whoever had it; fn NULL: nobody. */
void sim_host_serve(struct sim_host *h, uint16_t port, sim_serve_fn fn,
		    void *arg);

/**
 * Send from any address and port, forged ones too: a service answers with the
 * datagram's local address.  The way is that of h.  0 or -errno.
 */
int sim_host_send(struct sim_host *h, const struct net_addr *from,
		  const struct net_addr *to, const uint8_t *data, size_t len);

/** The link from a to b as its own, a copy of the world's at first use. */
struct sim_link *sim_link(struct sim_host *a, struct sim_host *b);

/** Both directions of it. */
void sim_link_set(struct sim_host *a, struct sim_host *b,
		  const struct sim_link *link);

/** Events of a kind so far. */
unsigned sim_host_events(const struct sim_host *h, enum engine_event event);

/** A literal that must be right, with a port. */
struct net_addr sim_addr(const char *literal, uint16_t port);
