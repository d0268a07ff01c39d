/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/probe/probe.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/container.h"
#include "base/ntp_ts.h"
#include "base/units.h"
#include "ntp/reply.h"

/* What serves the world's clients has no longer chain than this above it. */
#define STRATUM_MAX 10

static int64_t mono_now(const struct probe *p)
{
	return loop_mono(p->host->loop);
}

static void arm_at(struct probe *p, int64_t mono_ns)
{
	timer_arm(p->host->loop, &p->timer, mono_ns);
}

/* --- what an answer says ---------------------------------------------------- */

/* Four letters as in "RATE", or hexadecimal digits: a stranger chose them. */
static void refid_text(uint32_t refid, char text[16])
{
	char c[5] = {(char)(refid >> 24), (char)(refid >> 16),
		     (char)(refid >> 8), (char)refid, '\0'};
	size_t len = strlen(c);

	for (size_t i = 0; i < len; i++)
		if (!((c[i] >= 'A' && c[i] <= 'Z') ||
		      (c[i] >= '0' && c[i] <= '9')))
			len = 0;
	if (len > 0)
		snprintf(text, 16, "%s", c);
	else
		snprintf(text, 16, "%08x", (unsigned)refid);
}

static void say_stratum(struct measurement *m, const struct ntp_packet *pkt)
{
	char refid[16];

	refid_text(pkt->refid, refid);
	if (pkt->stratum == 0)
		snprintf(m->error, sizeof m->error, SCORE_ERROR_STRATUM_0);
	else
		snprintf(m->error, sizeof m->error, "bad stratum %u (%s)",
			 pkt->stratum, refid);
}

static void say_kiss(struct measurement *m, const struct ntp_packet *pkt)
{
	refid_text(pkt->refid, m->error);
}

/*
 * Leap 3 does not make times wrong: the classic profile scores them, and the
 * strict one looks at the leap field itself.
 */
static bool has_times(enum reply_verdict v, const struct ntp_packet *pkt)
{
	return v == REPLY_OK ||
	       (v == REPLY_UNSYNCED && !ntp_ts_is_zero(pkt->receive) &&
		!ntp_ts_is_zero(pkt->transmit));
}

/* The error of an answer, "" for none; the verdict order of doc/pool-monitor.md. */
static void judge(struct measurement *m, enum reply_verdict v,
		  const struct ntp_packet *pkt)
{
	m->error[0] = '\0';
	if (v == REPLY_RATE || v == REPLY_DENY || v == REPLY_KISS)
		say_kiss(m, pkt);
	else if (pkt->stratum == 0 || pkt->stratum > STRATUM_MAX)
		say_stratum(m, pkt);
	else if (!has_times(v, pkt))
		snprintf(m->error, sizeof m->error, "bad timestamps");
}

static void describe(struct measurement *m, const struct ntp_packet *pkt)
{
	m->stratum = pkt->stratum;
	m->leap = pkt->leap;
	m->refid = pkt->refid;
	m->root_delay_s = pkt->root_delay_s;
	m->root_disp_s = pkt->root_disp_s;
}

/* Keep it when it is the first, the first good one, or the nearest good one. */
static void keep(struct measurement *best, const struct measurement *m)
{
	bool better = best->stratum < 0 ||
		      (m->has_offset &&
		       (!best->has_offset || m->rtt_s < best->rtt_s)) ||
		      (!m->has_offset && !best->has_offset);
	int64_t at_ms = best->at_ms;
	unsigned samples = best->samples, lost = best->lost;

	if (!better)
		return;
	*best = *m;
	best->at_ms = at_ms;
	best->samples = samples;
	best->lost = lost;
}

static void note_times(struct probe *p, const struct ntp_packet *pkt,
		       int64_t t4_ns)
{
	p->times[p->n_times++] = (struct probe_times){
		.t1_ns = p->t1_wall_ns,
		.t2_ns = ntp_ts_to_ns(pkt->receive, p->t1_wall_ns),
		.t3_ns = ntp_ts_to_ns(pkt->transmit, p->t1_wall_ns),
		.t4_ns = t4_ns,
	};
}

/* --- asking ----------------------------------------------------------------- */

static void end_check(struct probe *p)
{
	udp_close(p->udp);
	p->udp = NULL;
	p->over = true;
	if (p->m.samples > 0)
		p->error = 0;
	if (p->m.stratum < 0)
		snprintf(p->m.error, sizeof p->m.error, "no answer");
	p->done(p);
}

static void wait_for_next(struct probe *p)
{
	int64_t now = mono_now(p);

	if (p->over || p->asked >= p->plan.samples)
		arm_at(p, now); /* ends there, outside of the socket's call */
	else
		arm_at(p, p->next_mono_ns > now ? p->next_mono_ns : now);
}

/* Our own clock was set while the answer was on its way: it tells nothing. */
static bool clock_was_set(const struct probe *p, int64_t t4_ns)
{
	double away_s = s_from_ns(t4_ns - p->t1_wall_ns);

	return away_s < 0 || away_s > p->plan.timeout_s + 1;
}

static void measure(const struct probe *p, const struct ntp_packet *pkt,
		    enum reply_verdict v, int64_t t4_ns, struct measurement *m)
{
	struct sample sample;

	describe(m, pkt);
	judge(m, v, pkt);
	m->rtt_s = s_from_ns(t4_ns - p->t1_wall_ns);
	if (m->error[0])
		return;
	reply_sample(pkt, p->t1_wall_ns, t4_ns,
		     ldexp(1.0, p->host->clock->precision_log2), mono_now(p),
		     &sample);
	m->has_offset = true;
	m->offset_s = sample.offset_s;
	m->rtt_s = sample.delay_s;
}

static void on_received(void *owner, const struct datagram *d)
{
	struct probe *p = owner;
	struct measurement m = {0};
	struct ntp_packet pkt;
	/* local stays empty: a server that follows this host may be asked, too */
	const struct reply_expect expect = {
		.outstanding = p->waiting,
		.nonce = p->nonce,
		.answered = p->answered,
	};
	enum reply_verdict v = reply_check(&expect, d->data, d->len, &pkt);

	if (v < REPLY_OK || p->over)
		return;
	p->waiting = false;
	p->answered = p->nonce;
	p->m.lost--;
	if (clock_was_set(p, d->wall_ns)) {
		p->m.samples--;
		p->error = -EAGAIN;
		wait_for_next(p);
		return;
	}
	note_times(p, &pkt, d->wall_ns);
	measure(p, &pkt, v, d->wall_ns, &m);
	keep(&p->m, &m);
	p->over = pkt.stratum == 0 || pkt.stratum >= NTP_STRATUM_UNSYNC;
	wait_for_next(p);
}

static void on_departed(void *owner, int64_t wall_ns, enum stamp_source stamp)
{
	struct probe *p = owner;

	(void)stamp;
	if (p->waiting)
		p->t1_wall_ns = wall_ns;
}

static const struct udp_events events = {
	.received = on_received,
	.departed = on_departed,
};

static int ask(struct probe *p)
{
	struct ntp_packet request = {.version = NTP_VERSION,
				     .mode = NTP_MODE_CLIENT};
	uint8_t buf[NTP_HEADER_LEN];
	int r;

	udp_close(p->udp);
	p->udp = NULL;
	p->waiting = false;
	r = net_connect_udp(p->host->net, &p->addr, &events, p, &p->udp);
	if (r < 0)
		return r;
	do
		p->nonce.v = entropy_u64(p->host->entropy);
	while (ntp_ts_is_zero(p->nonce));
	request.transmit = p->nonce;
	ntp_packet_encode(&request, buf);
	r = udp_send(p->udp, buf, sizeof buf, &p->t1_wall_ns);
	if (r < 0)
		return r;
	if (p->m.samples++ == 0)
		p->m.at_ms = p->t1_wall_ns / NS_PER_MS;
	p->m.lost++; /* until the answer comes */
	p->waiting = true;
	return 0;
}

static void on_timer(struct timer *t)
{
	struct probe *p = CONTAINER_OF(t, struct probe, timer);
	int64_t now = mono_now(p);
	int r;

	if (p->waiting && p->next_mono_ns > now && p->asked < p->plan.samples) {
		p->waiting = false; /* timed out before the next is due */
		wait_for_next(p);
		return;
	}
	if (p->over || p->asked >= p->plan.samples) {
		end_check(p);
		return;
	}
	p->asked++;
	p->next_mono_ns = now + ns_from_s(p->plan.gap_s);
	r = ask(p);
	if (r < 0) {
		p->error = r;
		wait_for_next(p);
	} else {
		arm_at(p, now + ns_from_s(p->plan.timeout_s));
	}
}

void probe_start(struct probe *p, const struct host *host,
		 const struct net_addr *addr, const struct probe_plan *plan)
{
	assert(plan->samples >= 1 && plan->samples <= PROBE_SAMPLES_MAX);
	p->host = host;
	p->addr = *addr;
	p->plan = *plan;
	p->m = (struct measurement){.stratum = -1,
				    .leap = -1,
				    .rtt_s = (double)NAN,
				    .at_ms =
					    clock_now(host->clock) / NS_PER_MS};
	p->timer.fn = on_timer;
	arm_at(p, mono_now(p));
}

void probe_stop(struct probe *p)
{
	if (!p->host)
		return;
	timer_disarm(p->host->loop, &p->timer);
	udp_close(p->udp);
	p->udp = NULL;
	p->over = true;
}
