/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "base/text.h"
#include "conf/config.h"
#include "os/interfaces.h"
#include "prog/ntpctl/ctl.h"

/*
 * ntpctl doctor: a row a finding in doctor.c, a short function each in
 * doctor_*.c.  A function looks, says what it saw, and how to mend it; it
 * changes nothing.
 */
enum finding_level {
	FINDING_OK,
	FINDING_UNKNOWN, /* cannot be known from here, or does not apply */
	FINDING_WARN,
	FINDING_FAIL
};

struct finding {
	enum finding_level level;
	char evidence[512], fix[512];
	char lines[512]; /* for ntp.conf, or "" */
};

struct doctor {
	struct ctl *ctl;
	bool pool; /* the rules of a pool, too */
	const char
		*helper;  /* host of ours that asks us from outside, or NULL */
	const char *path; /* of the configuration */
	const char *root; /* "": before every path of the system, for tests */
	struct config *conf; /* NULL: not without errors */
	char conf_why[512];
	struct document doc;
	bool has_doc;
	char doc_why[512];
	struct interface *iface;
	int n_iface;
};

/** Say what was seen.  Returns f. */
struct finding *found(struct finding *f, enum finding_level level,
		      const char *evidence, ...) PRINTF_LIKE(3, 4);
void found_fix(struct finding *f, const char *fix, ...) PRINTF_LIKE(2, 3);

/** WARN for a client, FAIL for who joins a pool. */
enum finding_level pool_level(const struct doctor *d);

/** Our first address that is not of the loopback network, or NULL. */
const struct net_addr *own_address(const struct doctor *d);

/* doctor_status.c: from the status document */
void doctor_daemon(struct doctor *d, struct finding *f);
void doctor_sync(struct doctor *d, struct finding *f);
void doctor_offset(struct doctor *d, struct finding *f);
void doctor_root_distance(struct doctor *d, struct finding *f);
void doctor_freq(struct doctor *d, struct finding *f);
void doctor_steps(struct doctor *d, struct finding *f);
void doctor_stratum(struct doctor *d, struct finding *f);
void doctor_leap_file(struct doctor *d, struct finding *f);
void doctor_clock_control(struct doctor *d, struct finding *f);
void doctor_meddling(struct doctor *d, struct finding *f);
void doctor_falseticker(struct doctor *d, struct finding *f);
void doctor_source_quality(struct doctor *d, struct finding *f);
void doctor_diverse(struct doctor *d, struct finding *f);
void doctor_kernel_drops(struct doctor *d, struct finding *f);

/* doctor_conf.c: from ntp.conf */
void doctor_config(struct doctor *d, struct finding *f);
void doctor_sources(struct doctor *d, struct finding *f);
void doctor_upstream(struct doctor *d, struct finding *f);
void doctor_local_clock(struct doctor *d, struct finding *f);
void doctor_noquery(struct doctor *d, struct finding *f);
void doctor_kod_limited(struct doctor *d, struct finding *f);
void doctor_serves(struct doctor *d, struct finding *f);
void doctor_burst(struct doctor *d, struct finding *f);
void doctor_minpoll(struct doctor *d, struct finding *f);
void doctor_driftfile(struct doctor *d, struct finding *f);

/* doctor_host.c: from this machine */
void doctor_port_owner(struct doctor *d, struct finding *f);
void doctor_other_daemon(struct doctor *d, struct finding *f);
void doctor_static_address(struct doctor *d, struct finding *f);
void doctor_firewall(struct doctor *d, struct finding *f);
void doctor_conntrack(struct doctor *d, struct finding *f);

/* doctor_net.c: by asking */
void doctor_answers(struct doctor *d, struct finding *f);
void doctor_amplification(struct doctor *d, struct finding *f);
void doctor_reachable(struct doctor *d, struct finding *f);
