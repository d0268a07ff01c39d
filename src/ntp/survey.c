/* SPDX-License-Identifier: BSD-2-Clause */
#include "ntp/survey.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/container.h"
#include "base/units.h"
#include "crypt/mac.h"

#define GAP_NS (NS_PER_S / 5)

static void on_timer(struct timer *timer);

void survey_init(struct survey *s, const struct host *host,
		 const struct key *key, unsigned samples, unsigned version,
		 double timeout_s)
{
	memset(s, 0, sizeof *s);
	s->host = host;
	s->key = key;
	s->samples = samples;
	s->version = version;
	s->timeout_ns = ns_from_s(timeout_s);
}

int survey_add(struct survey *s, const struct net_addr *addr)
{
	for (size_t i = 0; i < s->n_target; i++)
		if (net_addr_same_host(&s->target[i].addr, addr) &&
		    s->target[i].addr.port == addr->port)
			return 0;
	if (s->n_target == TARGETS_MAX)
		return -ENOSPC;
	s->target[s->n_target++] = (struct target){
		.survey = s,
		.addr = *addr,
		.timer.fn = on_timer,
		.best = -1,
	};
	return 0;
}

static int64_t now_mono(const struct target *t)
{
	return loop_mono(t->survey->host->loop);
}

static void finish(struct target *t)
{
	struct survey *s = t->survey;

	if (t->done)
		return;
	t->done = true;
	timer_disarm(s->host->loop, &t->timer);
	if (++s->n_done == s->n_target)
		loop_stop(s->host->loop);
}

static void take_sample(struct target *t, const struct datagram *d)
{
	struct survey *s = t->survey;
	struct sample *sample = &t->sample[t->n];

	reply_sample(&t->reply, t->t1_wall_ns, d->wall_ns,
		     ldexp(1.0, s->host->clock->precision_log2), now_mono(t),
		     sample);
	if (t->best < 0 || sample->delay_s < t->sample[t->best].delay_s)
		t->best = (int)t->n;
	t->n++;
}

static void on_received(void *owner, const struct datagram *d)
{
	struct target *t = owner;
	struct survey *s = t->survey;
	struct ntp_packet pkt;
	/* local stays empty: a server that follows us may be asked, too */
	const struct reply_expect expect = {
		.outstanding = t->outstanding,
		.nonce = t->nonce,
		.answered = t->answered,
		.key = s->key,
	};
	enum reply_verdict v = reply_check(&expect, d->data, d->len, &pkt);

	if (v < REPLY_OK || t->done)
		return;
	if (s->trace)
		s->trace(t, "receive");
	t->outstanding = false;
	t->answered = t->nonce;
	t->have_reply = true;
	t->reply = pkt;
	t->verdict = v;
	t->t4_wall_ns = d->wall_ns;
	if (v == REPLY_OK)
		take_sample(t, d);
	/* Who cannot help, or does not want to, is not asked again. */
	if (v != REPLY_OK || t->sent >= s->samples)
		finish(t);
	else
		timer_arm(s->host->loop, &t->timer, now_mono(t) + GAP_NS);
}

static void on_departed(void *owner, int64_t wall_ns, enum stamp_source stamp)
{
	struct target *t = owner;

	(void)stamp;
	if (t->outstanding)
		t->t1_wall_ns = wall_ns;
}

static const struct udp_events events = {
	.received = on_received,
	.departed = on_departed,
};

static size_t make_request(struct target *t,
			   uint8_t buf[NTP_HEADER_LEN + MAC_MAX_LEN])
{
	const struct survey *s = t->survey;
	struct ntp_packet request = {
		.version = (uint8_t)s->version,
		.mode = NTP_MODE_CLIENT,
		.transmit = t->nonce,
	};

	ntp_packet_encode(&request, buf);
	if (!s->key)
		return NTP_HEADER_LEN;
	return NTP_HEADER_LEN +
	       mac_make(s->key, buf, NTP_HEADER_LEN, buf + NTP_HEADER_LEN);
}

/* What goes wrong here looks like silence, and is asked again. */
static void ask(struct target *t)
{
	const struct survey *s = t->survey;
	uint8_t buf[NTP_HEADER_LEN + MAC_MAX_LEN];

	udp_close(t->udp);
	t->udp = NULL;
	t->outstanding = false;
	t->sent++;
	if (net_connect_udp(s->host->net, &t->addr, &events, t, &t->udp) < 0)
		return;
	do
		t->nonce.v = entropy_u64(s->host->entropy);
	while (ntp_ts_is_zero(t->nonce));
	if (udp_send(t->udp, buf, make_request(t, buf), &t->t1_wall_ns) < 0)
		return;
	t->outstanding = true;
	if (s->trace)
		s->trace(t, "transmit");
}

static void on_timer(struct timer *timer)
{
	struct target *t = CONTAINER_OF(timer, struct target, timer);
	struct survey *s = t->survey;

	if (t->sent >= s->samples) {
		finish(t);
		return;
	}
	ask(t);
	timer_arm(s->host->loop, &t->timer, now_mono(t) + s->timeout_ns);
}

int survey_run(struct survey *s)
{
	int r;

	for (size_t i = 0; i < s->n_target; i++)
		timer_arm(s->host->loop, &s->target[i].timer,
			  now_mono(&s->target[i]));
	r = loop_run(s->host->loop);
	for (size_t i = 0; i < s->n_target; i++) {
		timer_disarm(s->host->loop, &s->target[i].timer);
		udp_close(s->target[i].udp);
		s->target[i].udp = NULL;
	}
	return r;
}

double target_root_dist_s(const struct target *t)
{
	const struct sample *s = &t->sample[t->best];

	return (s->delay_s + s->root_delay_s) / 2 + s->disp_s + s->root_disp_s;
}
