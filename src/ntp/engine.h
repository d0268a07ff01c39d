/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/drift.h"
#include "conf/config.h"
#include "crypt/keys.h"
#include "est/estimator.h"
#include "io/host.h"
#include "io/net.h"
#include "ntp/leap_table.h"
#include "ntp/reply.h"

/*
 * The client side and the clock: sources, associations, estimator, system
 * state.  One process can hold any number of engines.
 */
struct engine;

/* What the engine is handed besides its configuration; all borrowed for its life. */
struct engine_inputs {
	const struct config *cfg;
	const struct host *host;
	const struct keys *keys;             /* may be NULL */
	const struct leap_table *leap_table; /* may be NULL */
	struct drift drift;                  /* from the drift file */
	bool drift_known;
	bool panic_once_ok, set_once, slew_only; /* -g -q -x */
	const struct net_addr *own_addrs; /* for loop detection; may be NULL */
	size_t n_own_addrs;
};

struct engine *engine_new(const struct engine_inputs *in);

/** Leaves no slew behind: the clock runs at its base frequency afterwards.  NULL does nothing. */
void engine_free(struct engine *e);

/** A 64-bit digest of every decision so far: equal seeds give equal digests. */
uint64_t engine_digest(const struct engine *e);

/* --- what it can be told to do --------------------------------------------- */

/* More lines than a file may have are not taken. */
#define ENGINE_MAX_SOURCES 1024

/**
 * The lines whose host is name, at most cap of them; they are those of the
 * configuration or were given to engine_add_source().
 */
size_t engine_find_lines(const struct engine *e, const char *name,
			 const struct conf_source **out, size_t cap);

/**
 * Ask one more server or pool; not a reference clock.  conf is borrowed until
 * it is removed.  0, -EEXIST for the same name and port twice, -ENOSPC.
 */
MUST_CHECK int engine_add_source(struct engine *e,
				 const struct conf_source *conf);

/** Ask it no more, and forget what it said.  One that is not there does no harm. */
void engine_remove_source(struct engine *e, const struct conf_source *conf);

/**
 * Ask eight times, two seconds apart, beginning now.
 *
 * name: host or address of some; NULL: all.
 * Returns how many are asked: not those that want to be left alone, nor whose
 * burst goes on.
 */
unsigned engine_burst(struct engine *e, const char *name);

/**
 * Set the clock at once by what it is expected to be off, whatever the size up
 * to the panic threshold.
 *
 * *step_s: by how much, server minus local.
 * Returns: 0; -EAGAIN no source is followed now; -ERANGE beyond the panic
 * threshold; -EALREADY it was set less than ENGINE_STEP_PAUSE_S ago; -EPERM and
 * others: the clock refused.
 */
#define ENGINE_STEP_PAUSE_S 360
MUST_CHECK int engine_step(struct engine *e, double *step_s);

/* --- what can be asked of it (mode 6, status) ---------------------------- */

enum assoc_state_flag {
	ASSOC_CONFIGURED = 0x80,
	ASSOC_AUTH_ENABLED = 0x40,
	ASSOC_AUTHENTIC = 0x20,
	ASSOC_REACHABLE = 0x10,
};

/* Peer events, RFC 9327 section 3.3. */
enum peer_event {
	PEER_EVENT_NONE = 0,
	PEER_EVENT_MOBILIZE = 1,
	PEER_EVENT_DEMOBILIZE = 2,
	PEER_EVENT_UNREACHABLE = 3,
	PEER_EVENT_REACHABLE = 4,
	PEER_EVENT_RESTART = 5,
	PEER_EVENT_NO_REPLY = 6,
	PEER_EVENT_RATE_EXCEEDED = 7,
	PEER_EVENT_ACCESS_DENIED = 8,
	PEER_EVENT_LEAP_ARMED = 9,
	PEER_EVENT_SYS_PEER = 10,
	PEER_EVENT_CLOCK_ALARM = 11,
	PEER_EVENT_BAD_AUTH = 12,
};

/* System events, RFC 9327 section 3.1. */
enum sys_event {
	SYS_EVENT_NONE = 0,
	SYS_EVENT_FREQ_NOT_SET = 1,
	SYS_EVENT_FREQ_SET = 2,
	SYS_EVENT_SPIKE = 3,
	SYS_EVENT_FREQ_MODE = 4,
	SYS_EVENT_CLOCK_SYNC = 5,
	SYS_EVENT_RESTART = 6,
	SYS_EVENT_PANIC = 7,
	SYS_EVENT_NO_SYS_PEER = 8,
	SYS_EVENT_LEAP_ARMED = 9,
	SYS_EVENT_LEAP_DISARMED = 10,
	SYS_EVENT_LEAP = 11,
	SYS_EVENT_CLOCK_STEP = 12,
};

/* Flash bits (RFC 5905 section 13): why the last packet or the peer is not good. */
enum {
	FLASH_PKT_DUP = 0x1,
	FLASH_PKT_BOGUS = 0x2,
	FLASH_PKT_UNSYNC = 0x4,
	FLASH_PKT_DENIED = 0x8,
	FLASH_PKT_AUTH = 0x10,
	FLASH_PKT_STRATUM = 0x20,
	FLASH_PKT_HEADER = 0x40,
	FLASH_PEER_STRATUM = 0x200,
	FLASH_PEER_DIST = 0x400,
	FLASH_PEER_LOOP = 0x800,
	FLASH_PEER_UNREACH = 0x1000,
};

enum assoc_kind { ASSOC_SERVER, ASSOC_POOL_NAME, ASSOC_LOCAL_CLOCK };

struct assoc_report {
	uint16_t id; /* association id, not 0 */
	enum assoc_kind kind;
	const char
		*name; /* as configured; borrowed until the engine next runs */
	struct net_addr addr,
		local;        /* AF_UNSPEC while the name is not resolved */
	unsigned state_flags; /* assoc_state_flag */
	uint8_t event, event_count; /* peer_event */
	uint8_t leap, stratum, version, hmode, pmode;
	int8_t host_poll_log2, peer_poll_log2, precision_log2;
	double root_delay_s, root_disp_s;
	uint32_t
		refid; /* as received; a text code where stratum is 0, 1 or 16 */
	struct ntp_ts reference,
		receive; /* receive: our time of the last reply, 0 before the first */
	uint8_t reach;
	unsigned unreach; /* polls since it was last reachable */
	uint32_t key_id;
	unsigned flash;
	unsigned headway_s;
	int64_t last_poll_mono_ns, next_poll_mono_ns,
		last_reply_mono_ns; /* last_*: INT64_MIN before the first */
	uint64_t sent, received;
	uint64_t by_verdict[REPLY_VERDICTS]; /* of what came back */
	/* The line that it is of; borrowed like name. */
	const struct conf_source *conf;
	bool no_key; /* the line names a key that is not there: never asked */
	bool unweighed;  /* beyond ESTIMATOR_MAX_SOURCES */
	bool denied;     /* it told us to go away */
	bool by_command; /* of engine_add_source() */
	/* How well the times of its last reply are known. */
	enum stamp_source rx_stamp, tx_stamp;
	struct source_report est;
};

/** Number of associations, pool names included. */
size_t engine_assoc_count(const struct engine *e);

/** i: 0 to count - 1, in the order of the configuration. */
void engine_assoc_report(const struct engine *e, size_t i,
			 struct assoc_report *out);

struct sys_report {
	struct sys_view view; /* as published now */
	struct estimator_report est;
	uint16_t peer_id; /* association id of the system peer, 0 without */
	uint8_t event, event_count; /* sys_event */
	int64_t uptime_s;
	int64_t wall_ns, mono_ns;
	int tai_offset_s; /* 0: unknown */
	int64_t leap_wall_ns; /* next (or last) leap second in the table; 0 without table */
	int64_t leap_expire_wall_ns;
	struct clock_status clock; /* as last announced to the clock */
	bool clock_control;        /* the clock takes our commands */
	unsigned
		clock_contested; /* another program steers it, too: how often seen */
	int min_poll_log2;
	bool panicked;   /* the clock is beyond the panic threshold */
	bool unverified; /* somebody moved it: not checked since */
	/* What was to be corrected at the last update, server minus local, and
	 * the root mean square of such offsets, the latest weighing most. */
	double last_offset_s, rms_offset_s;
	unsigned steps;   /* of the clock, by us */
	double stepped_s; /* the sum of their sizes */
};

void engine_report(const struct engine *e, struct sys_report *out);
