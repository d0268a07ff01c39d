/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/probe/challenge.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/container.h"
#include "base/units.h"
#include "ntp/reply.h"

#define TRIES 3
#define GAP_NS NS_PER_S

static void arm_in(struct challenge *c, int64_t ns)
{
	timer_arm(c->host->loop, &c->timer, loop_mono(c->host->loop) + ns);
}

static void end_challenge(struct challenge *c)
{
	udp_close(c->udp);
	c->udp = NULL;
	if (c->proved)
		snprintf(c->why, sizeof c->why,
			 "the NTP server answered the challenge");
	else if (c->answered)
		snprintf(c->why, sizeof c->why,
			 "the NTP server answers, but without the token: is "
			 "\"poolverify\" in its ntp.conf?");
	else
		snprintf(c->why, sizeof c->why, "no answer by NTP");
	c->done(c);
}

static void on_received(void *owner, const struct datagram *d)
{
	struct challenge *c = owner;
	const struct reply_expect expect = {
		.outstanding = c->waiting,
		.nonce = c->transmit,
	};
	struct ntp_packet pkt;

	if (reply_check(&expect, d->data, d->len, &pkt) < REPLY_OK)
		return;
	c->waiting = false;
	c->answered = true;
	c->proved = pool_verify_proves(c->token, c->nonce, d->data, d->len);
	if (c->proved)
		arm_in(c, 0); /* ends there, outside of the socket's call */
}

static const struct udp_events events = {.received = on_received};

/* What cannot be sent is tried again like what is not answered. */
static void ask(struct challenge *c)
{
	struct ntp_packet request = {.version = NTP_VERSION,
				     .mode = NTP_MODE_CLIENT};
	uint8_t buf[NTP_HEADER_LEN + POOL_VERIFY_ASK_LEN];
	int64_t wall_ns;

	udp_close(c->udp);
	c->udp = NULL;
	if (net_connect_udp(c->host->net, &c->addr, &events, c, &c->udp) < 0)
		return;
	do
		c->transmit.v = entropy_u64(c->host->entropy);
	while (ntp_ts_is_zero(c->transmit));
	request.transmit = c->transmit;
	entropy_fill(c->host->entropy, c->nonce, sizeof c->nonce);
	ntp_packet_encode(&request, buf);
	pool_verify_ask(c->token, c->nonce, buf + NTP_HEADER_LEN);
	c->waiting = udp_send(c->udp, buf, sizeof buf, &wall_ns) == 0;
}

static void on_timer(struct timer *t)
{
	struct challenge *c = CONTAINER_OF(t, struct challenge, timer);

	if (c->proved || c->asked >= TRIES) {
		end_challenge(c);
		return;
	}
	c->asked++;
	ask(c);
	arm_in(c, GAP_NS);
}

void challenge_start(struct challenge *c, const struct host *host,
		     const struct net_addr *addr, const char *token)
{
	size_t len = strlen(token);

	assert(len < sizeof c->token);
	memcpy(c->token, token, len + 1);
	c->host = host;
	c->addr = *addr;
	c->timer.fn = on_timer;
	arm_in(c, 0);
}

void challenge_stop(struct challenge *c)
{
	if (!c->host)
		return;
	timer_disarm(c->host->loop, &c->timer);
	udp_close(c->udp);
	c->udp = NULL;
}
