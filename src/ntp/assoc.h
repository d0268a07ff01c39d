/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "conf/config.h"
#include "crypt/keys.h"
#include "io/loop.h"
#include "io/net.h"
#include "ntp/engine.h"
#include "ntp/reply.h"
#include "wire/ntp_packet.h"

struct engine;
struct source;

/* One association: we ask one address, again and again. */
struct assoc {
	struct engine *engine;
	struct source *source;
	const struct conf_source *conf;
	struct net_addr addr;
	const struct key *key; /* NULL: none configured */
	uint16_t id;
	int est; /* handle in the estimator, -1: it takes no more sources */

	/* asking */
	struct timer timer; /* next poll */
	struct udp *udp;    /* of the last request, open until the next one */
	bool outstanding;
	struct ntp_ts nonce, answered;
	int64_t t1_wall_ns;
	unsigned burst_left, burst_missed;
	bool burst_due; /* a burst starts with the next reply */
	int ramp_log2;  /* the next interval after a burst, 0: that is over */
	int poll_log2;
	int poll_floor_log2; /* raised by kisses, sinks again with good replies */
	unsigned good_since_kiss;
	bool denied;      /* told to go away; another address may do */
	bool falseticker; /* and the log says so */

	/* how it goes */
	uint8_t reach;
	unsigned unreach;
	unsigned flash;
	uint8_t event, event_count;
	int64_t last_poll_mono_ns, last_reply_mono_ns;
	struct ntp_packet last; /* the last reply that answered us */
	struct ntp_ts last_rx;
	struct net_addr local;
	enum stamp_source rx_stamp, tx_stamp;
	uint64_t sent, received, by_verdict[REPLY_VERDICTS];
};

/** Start asking addr; the first request leaves within half a second. */
struct assoc *assoc_new(struct engine *e, struct source *source,
			const struct net_addr *addr);

/** NULL does nothing. */
void assoc_free(struct assoc *a);

/** Our clock was set by offset_s: a request on its way is no longer good. */
void assoc_clock_stepped(struct assoc *a, double offset_s);

/** Our clock needs to be checked: ask now, unless it was asked just now or wants to be left alone. */
void assoc_ask_soon(struct assoc *a);

/** A burst now; false: it wants to be left alone, or has one. */
bool assoc_burst(struct assoc *a);

void assoc_note_event(struct assoc *a, enum peer_event event);
