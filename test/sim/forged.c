/* SPDX-License-Identifier: BSD-2-Clause */
#include "world_ntp.h"

#include "base/units.h"
#include "wire/ntp_packet.h"

/*
 * C-01, C-02, C-04, C-15: somebody near sees that we ask, though not what, and
 * answers before the server can: with a wrong origin, with none, with an old
 * one, all with a time of an hour ahead.
 */
struct forger {
	struct sim_host *host;
	struct ntp_ts old;
	unsigned forged;
};

static void forge(struct world *w, const struct sim_tapped *t, void *arg)
{
	struct forger *f = arg;
	struct ntp_packet request,
		reply = {
			.version = 4,
			.mode = NTP_MODE_SERVER,
			.stratum = 1,
			.precision_log2 = -20,
			.receive = ntp_ts_from_ns(w->now_ns + 3600 * NS_PER_S),
		};
	const struct ntp_ts origins[] = {{0}, {f->old.v ^ 1}, f->old};
	uint8_t buf[NTP_HEADER_LEN];

	if (t->to.port != NTP_PORT ||
	    ntp_packet_decode(t->data, t->len, &request) < 0)
		return;
	reply.transmit = reply.receive;
	for (int i = 0; i < 3; i++) {
		reply.origin = origins[i];
		ntp_packet_encode(&reply, buf);
		assert_int_equal(sim_host_send(f->host, &t->to, &t->from, buf,
					       sizeof buf),
				 0);
		f->forged++;
	}
	f->old = request.transmit;
}

static void forged(void **state)
{
	struct forger f = {0};
	struct town t;

	(void)state;
	town_init(&t, 1, 4, "iburst", "");
	f.host = sim_host_new(t.w, "10.0.0.66");
	sim_link(f.host, t.client.host)->delay_s = 1e-6;
	sim_link(f.host, t.client.host)->jitter_s = 0;
	t.w->tap = forge;
	t.w->tap_arg = &f;
	town_run(&t, 400, 20000);
	assert_true(f.forged > 300);
	assert_below(t.judge.max_s, 1e-3);
	assert_int_equal(t.client.host->steps, 1); /* at the start */
	assert_int_equal(daemon_assoc(&t.client, "10.1.0.1").reach, 0xff);
	town_done(&t);
}

SCENARIO(forged)
