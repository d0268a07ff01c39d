/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/net_addr.h"

/*
 * What an ntp.conf means, as plain data.  Made by conf/read.h, never changed
 * afterwards; every string belongs to the config.
 */

struct conf_pos {
	const char *file;
	unsigned line, column; /* from 1 */
};

enum conf_family { FAMILY_ANY, FAMILY_IPV4, FAMILY_IPV6 };

enum conf_source_kind {
	SOURCE_SERVER,
	SOURCE_POOL,
	SOURCE_PEER,
	SOURCE_REFCLOCK
};

struct conf_source {
	enum conf_source_kind kind;
	const char *host; /* name or literal, without brackets */
	enum conf_family family;
	uint16_t port; /* 123 */
	bool iburst, burst, prefer, noselect, always, preempt;
	int min_poll_log2, max_poll_log2; /* 6, 10 */
	unsigned version;                 /* 4 */
	uint32_t key_id;                  /* 0: none */
	double bias_s;
	/* SOURCE_REFCLOCK: 127.127.type.unit and its fudge line */
	unsigned clock_type, clock_unit, clock_mode;
	struct {
		double time1_s, time2_s;
		unsigned stratum; /* 5 for type 1 */
		bool has_stratum;
		char refid[5];  /* "" when not given */
		unsigned flags; /* bit 0 = flag1 ... */
	} fudge;
	struct conf_pos pos;
};

/* What a restrict line forbids or limits. */
enum {
	RES_IGNORE = 1 << 0,
	RES_NOQUERY = 1 << 1,
	RES_NOMODIFY = 1 << 2,
	RES_NOSERVE = 1 << 3,
	RES_NOTRUST = 1 << 4,
	RES_LIMITED = 1 << 5,
	RES_KOD = 1 << 6,
	RES_NTPPORT = 1 << 7,
	RES_VERSION = 1 << 8,
	RES_NOPEER = 1 << 9,
	RES_NOTRAP = 1 << 10,
	RES_NOMRULIST = 1 << 11,
	RES_FLAKE = 1 << 12,
	RES_MSSNTP = 1 << 13,
};

enum conf_restrict_kind {
	RESTRICT_DEFAULT,
	RESTRICT_SOURCE,
	RESTRICT_PREFIX,
	RESTRICT_HOST
};

struct conf_restrict {
	enum conf_restrict_kind kind;
	enum conf_family family; /* DEFAULT: which; ANY is both */
	struct net_addr addr;    /* PREFIX */
	uint8_t mask
		[16]; /* PREFIX: as the address; any bits, classic masks need not be contiguous */
	const char *host; /* HOST: a name, resolved by the program */
	unsigned flags;   /* RES_* */
	bool remove;      /* unrestrict */
	struct conf_pos pos;
};

/* interface listen|ignore|drop WHAT: the last match wins. */
enum conf_listen_action { LISTEN_OPEN, LISTEN_IGNORE, LISTEN_DROP };
enum conf_listen_match {
	MATCH_ALL,
	MATCH_IPV4,
	MATCH_IPV6,
	MATCH_WILDCARD,
	MATCH_NAME,
	MATCH_PREFIX
};

struct conf_listen {
	enum conf_listen_action action;
	enum conf_listen_match match;
	const char *name;
	struct net_addr addr;
	unsigned prefix_len;
};

enum conf_clock_kind { CLOCK_KERNEL, CLOCK_NONE, CLOCK_VIRTUAL };

struct conf_clock {
	enum conf_clock_kind kind;
	double offset_s; /* virtual: where it starts, against the machine's clock */
	double freq;     /* virtual: its own error, s/s */
};

/* Rate limits: classic discard and ntpsec's limit, one meaning. */
struct conf_rate {
	int average_log2; /* discard average 3: a client may come every 2^n s in the mean */
	double minimum_s; /* discard minimum 2: and never closer than this */
	double flake_share; /* restrict flake: share of requests thrown away, 0.1 */
	double leak_share; /* share of limited requests answered all the same, 0.25 (S-12) */
};

enum stats_type {
	STATS_NONE,
	STATS_PID,
	STATS_DAY,
	STATS_WEEK,
	STATS_MONTH,
	STATS_YEAR,
	STATS_AGE
};
enum {
	STATS_LOOP,
	STATS_PEER,
	STATS_CLOCK,
	STATS_RAW,
	STATS_SYS,
	STATS_PROTO,
	STATS_KINDS
};

struct conf_filegen {
	bool enabled;
	const char *file; /* "loopstats" */
	enum stats_type type;
	bool link;
};

/* As many as resolv.conf takes. */
#define CONF_MAX_NAME_SERVERS 3

#define CONF_MAX_POOL_VERIFY 8

/* Where the status document is read, unless the file says otherwise. */
#define CONF_STATUS_SOCKET "/run/ntpd/status.sock"

struct conf_setvar {
	const char *name, *value;
	bool is_default;
};

struct config {
	struct conf_source *source;
	size_t n_source;
	struct conf_restrict *restricts; /* in the file's order */
	size_t n_restrict;
	bool has_restrict_default;
	struct conf_listen *listen;
	size_t n_listen;
	struct conf_setvar *setvar;
	size_t n_setvar;

	/* Whom to ask for names; none: the machine's name servers. */
	struct net_addr name_server[CONF_MAX_NAME_SERVERS];
	size_t n_name_server;
	bool name_server_loopback; /* they may name addresses of this machine */

	/* What proves to a pool that this server is ours. */
	const char *pool_verify[CONF_MAX_POOL_VERIFY];
	size_t n_pool_verify;

	uint16_t port;    /* 123: where we listen */
	unsigned workers; /* 1 to 64 */
	struct conf_clock clock;
	struct conf_rate rate;

	const char *keys_file; /* NULL: none; so for the others */
	uint32_t *trusted_key; /* sorted */
	size_t n_trusted_key;
	uint32_t control_key, request_key; /* 0: none */

	const char *drift_file, *leap_file, *pid_file, *log_file, *stats_dir,
		*user, *chroot_dir;
	const char *status_socket; /* NULL: none */
	bool stats_enabled;        /* enable stats */
	struct conf_filegen filegen[STATS_KINDS];

	struct {
		unsigned min_sane, min_clock, max_clock, floor, ceiling;
		unsigned orphan;      /* 17: off */
		double orphan_wait_s; /* 300 */
		double min_dist_s, max_dist_s;
	} tos;
	struct {
		double step_s, stepout_s, panic_s;
		double freq; /* s/s */
		bool has_freq;
		double max_freq; /* s/s */
	} tinker;
	struct {
		bool auth, kernel, monitor, ntp;
	} enable;
	unsigned mru_max_depth; /* client table entries */
	unsigned dscp;          /* 46 */
};

/** "loopstats" for STATS_LOOP and so on. */
const char *stats_name(unsigned kind);

/** Everything at its documented default, no sources: what an empty file means. */
struct config *config_new(void);
void config_free(struct config *cfg);
