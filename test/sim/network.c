/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "world_ntp.h"

/*
 * Four reference servers, two layers of four daemons below them that ask all
 * of the layer above, and five clients at the bottom: every packet below
 * stratum 1 is asked and answered by our own code, rate limits included.  All
 * start at once, so at first each layer looks at one that is still slewing.
 */
#define LAYERS 2
#define WIDTH 4
#define CLIENTS 5

struct network {
	struct world *w;
	struct ref_server ref[WIDTH];
	struct daemon d[LAYERS * WIDTH + CLIENTS];
	struct judge judge[LAYERS * WIDTH + CLIENTS];
	int n;
};

static void add_daemon(struct network *net, int layer, int i)
{
	struct daemon *d = &net->d[net->n];
	char addr[32], conf[512];
	struct text text = text_init(conf, sizeof conf);

	for (int k = 1; k <= WIDTH; k++)
		text_add(&text, "server 10.%d.0.%d iburst\n", layer - 1, k);
	snprintf(addr, sizeof addr, "10.%d.0.%d", layer, i);
	daemon_init(d, sim_host_new(net->w, addr), conf);
	d->host->osc.freq = 1e-5 * (net->n - 6);
	d->host->osc.wander = 1e-9;
	sim_host_set_offset(d->host, 0.03 * (net->n - 6));
	daemon_serve(d);
	daemon_start(d);
	judge_start(&net->judge[net->n++], d, 4000);
}

static void network_init(struct network *net, uint64_t seed)
{
	memset(net, 0, sizeof *net);
	net->w = world_new(seed);
	net->w->link = (struct sim_link){.delay_s = 1e-3, .jitter_s = 1e-4};
	for (int i = 0; i < WIDTH; i++) {
		char addr[32];

		snprintf(addr, sizeof addr, "10.1.0.%d", i + 1);
		ref_server_init(&net->ref[i], net->w, addr);
	}
	for (int layer = 2; layer <= 3; layer++)
		for (int i = 1; i <= WIDTH; i++)
			add_daemon(net, layer, i);
	for (int i = 1; i <= CLIENTS; i++)
		add_daemon(net, 4, i);
}

static void network_done(struct network *net)
{
	for (int i = 0; i < net->n; i++)
		daemon_done(&net->d[i]);
	world_free(net->w);
}

static void network(void **state)
{
	static struct network net;

	(void)state;
	network_init(&net, 1);
	world_run(net.w, 20000);
	for (int i = 0; i < net.n; i++) {
		const struct server_stats *s = server_stats(net.d[i].server);

		assert_int_equal(daemon_view(&net.d[i]).stratum,
				 i < 2 * WIDTH ? 2 + i / WIDTH : 4);
		assert_below(net.judge[i].max_s, 1e-3);
		assert_int_equal(net.judge[i].dishonest, 0);
		assert_int_equal(net.judge[i].served, net.judge[i].looks);
		/* bursts of our own clients keep our own limits */
		assert_int_equal(s->by_verdict[SERVER_LIMITED], 0);
		assert_int_equal(s->by_verdict[SERVER_KISS], 0);
		assert_int_equal(s->by_verdict[SERVER_REPLY], s->received);
	}
	network_done(&net);
}

SCENARIO(network)
