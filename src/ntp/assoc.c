/* SPDX-License-Identifier: BSD-2-Clause */
#include "ntp/assoc.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/container.h"
#include "base/units.h"
#include "crypt/mac.h"
#include "ntp/engine_state.h"
#include "ntp/reply.h"

/*
 * A burst goes on only while replies come: eight requests two seconds apart,
 * given up after two in a row without a reply.  A server that is not there is
 * never sent more than three packets a poll.
 *
 * After the first burst the intervals double up to the poll's, while replies
 * come: what the clock's frequency is shows only with time, and until it is
 * known a whole poll is too long to be left alone.
 */
#define BURST_LEN 8
#define BURST_SPACING_NS (2 * NS_PER_S)
#define BURST_MAX_MISSED 2
#define RAMP_FIRST_LOG2 2

/*
 * The first requests of all sources leave within this time, but not at once: a
 * kernel takes a few milliseconds to begin with stamping packets.
 */
#define START_DELAY_S 0.01
#define START_SPREAD_S 0.5
/* Polls are spread by this share, so that clients do not march in step. */
#define POLL_SPREAD 0.04
/* Not even a reason to hurry makes us ask again within this time. */
#define ASK_SOON_HEADWAY_NS (16 * NS_PER_S)
#define DENIED_PAUSE_NS (3600 * NS_PER_S)
/* Unreachable for so many polls: the name is looked up again, the poll slows. */
#define UNREACH_LOOKUP 8
#define KISS_FORGIVEN_AFTER 8

static const struct host *host_of(const struct assoc *a)
{
	return a->engine->in.host;
}

static int64_t mono_now(const struct assoc *a)
{
	return loop_mono(host_of(a)->loop);
}

void assoc_note_event(struct assoc *a, enum peer_event event)
{
	if (a->event_count < 15)
		a->event_count++;
	a->event = (uint8_t)event;
}

static void set_reachable(struct assoc *a)
{
	if (a->reach == 0) {
		assoc_note_event(a, PEER_EVENT_REACHABLE);
		log_info(host_of(a)->log, "source %s: reachable",
			 a->conf->host);
	}
	a->reach |= 1;
	a->unreach = 0;
	a->flash &= ~(unsigned)FLASH_PEER_UNREACH;
}

static void set_unreachable(struct assoc *a)
{
	assoc_note_event(a, PEER_EVENT_UNREACHABLE);
	log_info(host_of(a)->log, "source %s: unreachable, no reply to 8 polls",
		 a->conf->host);
	a->flash |= FLASH_PEER_UNREACH;
	if (a->est >= 0)
		estimator_reset(a->engine->sys.est, a->est);
	a->burst_due = a->conf->iburst;
}

/* --- the next poll -------------------------------------------------------- */

static int64_t spread(struct assoc *a, double interval_s)
{
	double share = entropy_uniform(host_of(a)->entropy) - 0.5;

	return ns_from_s(interval_s * (1 + POLL_SPREAD * share));
}

static void update_poll(struct assoc *a)
{
	int poll = a->conf->min_poll_log2;

	if (a->est >= 0)
		poll = estimator_poll(a->engine->sys.est, a->est);
	/* One step slower for each 8 polls without any reply. */
	poll += (int)(a->unreach / UNREACH_LOOKUP);
	if (poll < a->poll_floor_log2)
		poll = a->poll_floor_log2;
	if (poll > a->conf->max_poll_log2)
		poll = a->conf->max_poll_log2;
	a->poll_log2 = poll;
}

/* In turn with the other sources. */
static double interval_s(struct assoc *a)
{
	double interval = ldexp(1.0, a->poll_log2);

	if (a->est < 0)
		return interval;
	return estimator_next_poll_s(a->engine->sys.est, a->est, interval,
				     mono_now(a));
}

static void arm_next(struct assoc *a)
{
	int64_t delay = BURST_SPACING_NS;

	update_poll(a);
	if (a->ramp_log2 >= a->poll_log2)
		a->ramp_log2 = 0;
	if (a->burst_left == 0 && a->ramp_log2 > 0)
		delay = spread(a, ldexp(1.0, a->ramp_log2++));
	else if (a->burst_left == 0)
		delay = spread(a, interval_s(a));
	timer_arm(host_of(a)->loop, &a->timer, mono_now(a) + delay);
}

/* --- asking --------------------------------------------------------------- */

static void on_received(void *owner, const struct datagram *d);

static void on_departed(void *owner, int64_t wall_ns, enum stamp_source stamp)
{
	struct assoc *a = owner;

	if (!a->outstanding)
		return;
	a->t1_wall_ns = wall_ns;
	a->tx_stamp = stamp;
}

/* C-26: an ICMP error tells nothing that silence would not, and can be forged. */
static void on_refused(void *owner, int error)
{
	struct assoc *a = owner;

	log_debug(host_of(a)->log, "source %s: ICMP error %d", a->conf->host,
		  -error);
}

static const struct udp_events assoc_events = {
	.received = on_received,
	.departed = on_departed,
	.refused = on_refused,
};

static struct ntp_ts fresh_nonce(struct assoc *a)
{
	struct ntp_ts nonce;

	do
		nonce.v = entropy_u64(host_of(a)->entropy);
	while (ntp_ts_is_zero(nonce) || ntp_ts_equal(nonce, a->answered));
	return nonce;
}

/* Data minimisation: a request tells the version, the mode and a random number. */
static size_t make_request(struct assoc *a,
			   uint8_t buf[NTP_HEADER_LEN + MAC_MAX_LEN])
{
	struct ntp_packet request = {
		.version = (uint8_t)a->conf->version,
		.mode = a->conf->version == 1 ? NTP_MODE_UNSPEC
					      : NTP_MODE_CLIENT,
		.poll_log2 = (int8_t)a->poll_log2,
		.precision_log2 = 0x20,
		.transmit = a->nonce,
	};

	ntp_packet_encode(&request, buf);
	if (!a->key)
		return NTP_HEADER_LEN;
	return NTP_HEADER_LEN +
	       mac_make(a->key, buf, NTP_HEADER_LEN, buf + NTP_HEADER_LEN);
}

/* RFC 9109: every request from a fresh port.  E-01, E-05: errors wait for the next poll. */
static int send_request(struct assoc *a)
{
	uint8_t buf[NTP_HEADER_LEN + MAC_MAX_LEN];
	size_t len;
	int r;

	udp_close(a->udp);
	a->udp = NULL;
	a->outstanding = false;
	r = net_connect_udp(host_of(a)->net, &a->addr, &assoc_events, a,
			    &a->udp);
	if (r < 0)
		return r;
	a->local = a->udp->local;
	a->nonce = fresh_nonce(a);
	len = make_request(a, buf);
	r = udp_send(a->udp, buf, len, &a->t1_wall_ns);
	if (r < 0)
		return r;
	a->tx_stamp = STAMP_USER; /* until a better one comes */
	a->outstanding = true;
	a->sent++;
	return 0;
}

static void missed_reply(struct assoc *a)
{
	a->ramp_log2 = 0;
	if (a->burst_left == 0)
		return;
	if (++a->burst_missed >= BURST_MAX_MISSED) {
		a->burst_left = 0;
		a->burst_due = a->conf->iburst && a->reach == 0;
	}
}

/* A new poll, not a packet of a burst: the reach register moves on. */
static void begin_poll(struct assoc *a)
{
	bool was_reachable = a->reach != 0;

	a->reach = (uint8_t)(a->reach << 1);
	if (was_reachable && a->reach == 0)
		set_unreachable(a);
	if (a->reach == 0 && a->unreach++ > 0 &&
	    a->unreach % UNREACH_LOOKUP == 0)
		source_assoc_failed(a->source);
}

static void start_burst(struct assoc *a)
{
	a->burst_left = BURST_LEN - 1;
	a->burst_missed = 0;
	a->burst_due = false;
	a->ramp_log2 = a->conf->burst ? 0 : RAMP_FIRST_LOG2;
}

static void on_timer(struct timer *t)
{
	struct assoc *a = CONTAINER_OF(t, struct assoc, timer);
	bool in_burst = a->burst_left > 0;
	bool unanswered = a->outstanding;
	bool lost;
	int r;

	if (unanswered)
		missed_reply(a);
	if (in_burst && a->burst_left > 0) {
		a->burst_left--;
	} else if (!in_burst) {
		lost = a->sent > 0 && !(a->reach & 1);
		begin_poll(a);
		if (lost && a->est >= 0)
			system_missed(&a->engine->sys, a->est, a->reach != 0);
		if ((a->reach && a->conf->burst) ||
		    (a->sent == 0 && a->conf->iburst))
			start_burst(a);
	} else {
		arm_next(a); /* the burst was given up */
		return;
	}
	r = a->conf->key_id && !a->key ? -ENOKEY : send_request(a);
	if (r < 0)
		log_debug(host_of(a)->log, "source %s: request not sent: %s",
			  a->conf->host, strerror(-r));
	a->last_poll_mono_ns = mono_now(a);
	arm_next(a);
}

/* --- replies -------------------------------------------------------------- */

static unsigned flash_of(enum reply_verdict v)
{
	switch (v) {
	case REPLY_DUPLICATE:
		return FLASH_PKT_DUP;
	case REPLY_BOGUS:
		return FLASH_PKT_BOGUS;
	case REPLY_BAD_AUTH:
		return FLASH_PKT_AUTH;
	case REPLY_UNSYNCED:
		return FLASH_PKT_UNSYNC;
	case REPLY_DENY:
		return FLASH_PKT_DENIED;
	case REPLY_BAD_TIMES:
	case REPLY_BAD_FORMAT:
		return FLASH_PKT_HEADER;
	case REPLY_LOOP:
		return FLASH_PEER_LOOP;
	default:
		return 0;
	}
}

#define FLASH_OF_PACKET 0xfffu

/* C-05: half as often, within maxpoll; forgiven after some good replies. */
static void heed_rate(struct assoc *a, const struct ntp_packet *pkt)
{
	int floor = a->poll_log2 + 1;

	if (pkt->poll_log2 > floor)
		floor = pkt->poll_log2;
	if (floor > a->conf->max_poll_log2)
		floor = a->conf->max_poll_log2;
	a->poll_floor_log2 = floor;
	a->good_since_kiss = 0;
	a->burst_left = 0;
	a->burst_due = false;
	a->ramp_log2 = 0;
	assoc_note_event(a, PEER_EVENT_RATE_EXCEEDED);
	arm_next(a);
	log_info(host_of(a)->log,
		 "source %s: asks for fewer requests (RATE), poll is now %d s",
		 a->conf->host, 1 << a->poll_log2);
}

/* C-07: never for good, and another address of the name may do. */
static void heed_deny(struct assoc *a)
{
	a->burst_left = 0;
	a->denied = true;
	assoc_note_event(a, PEER_EVENT_ACCESS_DENIED);
	log_notice(host_of(a)->log,
		   "source %s: refuses us, asked again in an hour",
		   a->conf->host);
	timer_arm(host_of(a)->loop, &a->timer, mono_now(a) + DENIED_PAUSE_NS);
	if (a->est >= 0)
		system_missed(&a->engine->sys, a->est, false);
	source_assoc_failed(a->source);
}

static void forgive(struct assoc *a)
{
	if (a->poll_floor_log2 <= a->conf->min_poll_log2)
		return;
	if (++a->good_since_kiss < KISS_FORGIVEN_AFTER)
		return;
	a->poll_floor_log2--;
	a->good_since_kiss = 0;
}

static void log_sample(struct assoc *a, const struct sample *s)
{
	char addr[NET_ADDR_TEXT_LEN], line[160];
	struct source_report r;
	unsigned status;

	if (!a->engine->in.cfg->filegen[STATS_PEER].enabled || a->est < 0)
		return;
	estimator_source_report(a->engine->sys.est, a->est, s->mono_ns, &r);
	status = ASSOC_CONFIGURED | ASSOC_REACHABLE | r.status;
	snprintf(line, sizeof line, "%s %x %.9f %.9f %.9f %.9f",
		 net_addr_format(&a->addr, addr),
		 status << 8 | (unsigned)a->event_count << 4 | a->event,
		 s->offset_s, s->delay_s, s->disp_s, r.jitter_s);
	board_stats_line(host_of(a)->board, "peerstats", line);
}

/* When the estimator suddenly wants to know more, nobody sleeps a long poll out. */
static void hurry_all(struct engine *e)
{
	for (size_t i = 0; i < e->n_assoc; i++) {
		struct assoc *a = e->assoc[i];

		if (a->est >= 0 && a->burst_left == 0 && a->ramp_log2 == 0 &&
		    !a->denied &&
		    estimator_poll(e->sys.est, a->est) < a->poll_log2 &&
		    a->poll_floor_log2 < a->poll_log2 &&
		    a->unreach < UNREACH_LOOKUP)
			arm_next(a);
	}
}

static void take_sample(struct assoc *a, const struct ntp_packet *pkt,
			const struct datagram *d)
{
	struct system *sys = &a->engine->sys;
	struct sample s;

	if (system_watch(sys))
		return;
	reply_sample(pkt, a->t1_wall_ns, d->wall_ns, system_precision_s(sys),
		     mono_now(a), &s);
	s.offset_s += a->conf->bias_s;
	set_reachable(a);
	a->denied = false;
	forgive(a);
	/* One reply is enough to be used, a burst makes it good. */
	if (a->burst_due && a->burst_left == 0) {
		start_burst(a);
		arm_next(a);
	}
	if (a->est >= 0) {
		system_sample(sys, a->est, &s);
		log_sample(a, &s);
		hurry_all(a->engine);
	}
}

/* An answer to our request, good or not: it is used up. */
static void take_answer(struct assoc *a, const struct ntp_packet *pkt,
			const struct datagram *d)
{
	a->outstanding = false;
	a->answered = a->nonce;
	a->burst_missed = 0;
	a->last = *pkt;
	a->last_rx = ntp_ts_from_ns(d->wall_ns);
	a->rx_stamp = d->stamp;
	a->last_reply_mono_ns = mono_now(a);
	a->received++;
}

static void on_received(void *owner, const struct datagram *d)
{
	struct assoc *a = owner;
	struct ntp_packet pkt;
	struct reply_expect expect = {
		.outstanding = a->outstanding,
		.nonce = a->nonce,
		.answered = a->answered,
		.key = a->key,
		.local = a->local,
		.own = a->engine->in.own_addrs,
		.n_own = a->engine->in.n_own_addrs,
	};
	enum reply_verdict v = reply_check(&expect, d->data, d->len, &pkt);

	engine_note(a->engine, (uint64_t)v << 32 | a->id);
	log_debug(host_of(a)->log, "source %s: reply is %s", a->conf->host,
		  reply_verdict_name(v));
	a->flash = (a->flash & ~FLASH_OF_PACKET) | flash_of(v);
	if (a->by_verdict[v]++ == 0 && v == REPLY_BAD_AUTH)
		assoc_note_event(a, PEER_EVENT_BAD_AUTH);
	if (v >= REPLY_OK)
		take_answer(a, &pkt, d);
	switch (v) {
	case REPLY_OK:
		take_sample(a, &pkt, d);
		break;
	case REPLY_RATE:
		heed_rate(a, &pkt);
		break;
	case REPLY_DENY:
		heed_deny(a);
		break;
	default:
		break;
	}
}

/* --- life ----------------------------------------------------------------- */

void assoc_clock_stepped(struct assoc *a, double offset_s)
{
	a->t1_wall_ns += ns_from_s(offset_s);
}

void assoc_ask_soon(struct assoc *a)
{
	struct loop *loop = host_of(a)->loop;
	int64_t now = mono_now(a);

	if (a->denied || a->last_poll_mono_ns == INT64_MIN ||
	    a->poll_floor_log2 > a->conf->min_poll_log2 ||
	    now - a->last_poll_mono_ns < ASK_SOON_HEADWAY_NS)
		return;
	timer_arm(loop, &a->timer,
		  now + ns_from_s(START_SPREAD_S *
				  entropy_uniform(host_of(a)->entropy)));
}

bool assoc_burst(struct assoc *a)
{
	struct loop *loop = host_of(a)->loop;
	int64_t due_ns = mono_now(a);

	if (a->denied || a->burst_left > 0 || (a->conf->key_id && !a->key) ||
	    a->poll_floor_log2 > a->conf->min_poll_log2)
		return false;
	if (a->last_poll_mono_ns != INT64_MIN &&
	    due_ns < a->last_poll_mono_ns + BURST_SPACING_NS)
		due_ns = a->last_poll_mono_ns + BURST_SPACING_NS;
	start_burst(a);
	timer_arm(loop, &a->timer, due_ns);
	return true;
}

static const struct key *find_key(const struct engine *e,
				  const struct conf_source *conf)
{
	const struct key *key = NULL;

	if (conf->key_id && e->in.keys)
		key = keys_find(e->in.keys, conf->key_id);
	if (conf->key_id && !key)
		log_error(e->in.host->log,
			  "source %s: key %u is not in the keys file, the "
			  "source is not asked",
			  conf->host, conf->key_id);
	return key;
}

struct assoc *assoc_new(struct engine *e, struct source *source,
			const struct net_addr *addr)
{
	const struct conf_source *conf = source->conf;
	struct assoc *a = xcalloc(1, sizeof *a);
	double start_s;
	struct estimator_source_params params = {
		.prefer = conf->prefer,
		.noselect = conf->noselect,
		.always = conf->always,
		.min_poll_log2 = conf->min_poll_log2,
		.max_poll_log2 = conf->max_poll_log2,
	};

	a->engine = e;
	a->source = source;
	a->conf = conf;
	a->addr = *addr;
	a->addr.port = conf->port;
	a->key = find_key(e, conf);
	a->id = e->next_assoc_id++;
	a->est = estimator_add(e->sys.est, &params);
	a->poll_log2 = a->poll_floor_log2 = conf->min_poll_log2;
	a->flash = FLASH_PEER_UNREACH;
	a->last_poll_mono_ns = a->last_reply_mono_ns = INT64_MIN;
	a->last.leap = LEAP_UNSYNC;
	a->last.stratum = NTP_STRATUM_UNSYNC;
	assoc_note_event(a, PEER_EVENT_MOBILIZE);
	a->timer.fn = on_timer;
	start_s = START_DELAY_S +
		  START_SPREAD_S * entropy_uniform(e->in.host->entropy);
	timer_arm(e->in.host->loop, &a->timer,
		  mono_now(a) + ns_from_s(start_s));
	return a;
}

void assoc_free(struct assoc *a)
{
	if (!a)
		return;
	timer_disarm(host_of(a)->loop, &a->timer);
	udp_close(a->udp);
	if (a->est >= 0)
		estimator_remove(a->engine->sys.est, a->est);
	free(a);
}
