/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>

#include "base/units.h"
#include "near.h"
#include "sim/world.h"

#define PORT 123

/* A client that counts what it hears, and a server that echoes. */
struct heard {
	struct world *world;
	unsigned replies, refusals, departures;
	uint8_t first, last;
	double at_s;
	int64_t wall_ns, departed_wall_ns;
	int error;
};

static void received(void *owner, const struct datagram *d)
{
	struct heard *h = owner;

	if (!h->replies)
		h->first = d->data[0];
	h->last = d->data[0];
	h->replies++;
	h->at_s = world_time_s(h->world);
	h->wall_ns = d->wall_ns;
}

static void departed(void *owner, int64_t wall_ns, enum stamp_source stamp)
{
	struct heard *h = owner;

	assert_int_equal(stamp, STAMP_KERNEL);
	h->departures++;
	h->departed_wall_ns = wall_ns;
}

static void refused(void *owner, int error)
{
	struct heard *h = owner;

	h->refusals++;
	h->error = error;
}

static const struct udp_events events = {received, departed, refused};

static void echo(struct sim_host *h, const struct datagram *d, void *arg)
{
	unsigned *served = arg;

	if (served)
		++*served;
	assert_int_equal(sim_host_send(h, &d->local, &d->peer, d->data, d->len),
			 0);
}

struct pair {
	struct world *w;
	struct sim_host *client, *server;
	struct heard heard;
	struct udp *udp;
	unsigned served;
};

static void pair_init(struct pair *p)
{
	const struct net_addr peer = sim_addr("10.0.0.2", PORT);

	memset(p, 0, sizeof *p);
	p->w = world_new(42);
	p->client = sim_host_new(p->w, "10.0.0.1");
	p->server = sim_host_new(p->w, "10.0.0.2");
	p->heard.world = p->w;
	sim_host_serve(p->server, PORT, echo, &p->served);
	assert_int_equal(net_connect_udp(p->client->io.net, &peer, &events,
					 &p->heard, &p->udp),
			 0);
}

static int pair_send(struct pair *p, uint8_t what)
{
	int64_t wall_ns;

	return udp_send(p->udp, &what, 1, &wall_ns);
}

static void pair_done(struct pair *p)
{
	udp_close(p->udp);
	world_free(p->w);
}

static void a_datagram_goes_there_and_back(void **state)
{
	struct pair p;

	(void)state;
	pair_init(&p);
	sim_link(p.client, p.server)->delay_s = 0.010;
	sim_link(p.server, p.client)->delay_s = 0.003;
	sim_host_set_offset(p.client, 5);
	pair_send(&p, 7);
	world_run(p.w, 0.0129);
	assert_int_equal(p.heard.replies, 0);
	world_run(p.w, 1);
	assert_int_equal(p.heard.replies, 1);
	assert_int_equal(p.heard.last, 7);
	assert_near(p.heard.at_s, 0.013, 1e-9);
	/* the stamp is of arrival, on the client's clock */
	assert_true(p.heard.wall_ns ==
		    p.w->start_ns + 5 * NS_PER_S + 13 * NS_PER_MS);
	pair_done(&p);
}

static void arrival_stats(struct pair *p, int n, double *mean_s, double *dev_s,
			  double *least_s)
{
	double sum = 0, sum2 = 0;

	*least_s = 1e9;
	for (int i = 0; i < n; i++) {
		double start_s = world_time_s(p->w), took_s;

		pair_send(p, 0);
		world_run(p->w, start_s + 100);
		took_s = p->heard.at_s - start_s;
		sum += took_s;
		sum2 += took_s * took_s;
		*least_s = fmin(*least_s, took_s);
	}
	*mean_s = sum / n;
	*dev_s = sqrt(sum2 / n - *mean_s * *mean_s);
}

static void jitter_has_its_distribution(void **state)
{
	double mean_s, dev_s, least_s;
	struct pair p;

	(void)state;
	pair_init(&p);
	*sim_link(p.server, p.client) = (struct sim_link){0};
	*sim_link(p.client, p.server) =
		(struct sim_link){.delay_s = 0.02, .jitter_s = 0.005};
	arrival_stats(&p, 20000, &mean_s, &dev_s, &least_s);
	assert_near(mean_s, 0.025, 2e-4);
	assert_near(dev_s, 0.005, 2e-4);
	assert_true(least_s >= 0.02 && least_s < 0.02001);

	*sim_link(p.client, p.server) =
		(struct sim_link){.delay_s = 0.02, .normal_s = 0.002};
	arrival_stats(&p, 20000, &mean_s, &dev_s, &least_s);
	assert_near(mean_s, 0.02, 1e-4);
	assert_near(dev_s, 0.002, 1e-4);

	/* never before it was sent */
	*sim_link(p.client, p.server) = (struct sim_link){.normal_s = 0.002};
	arrival_stats(&p, 1000, &mean_s, &dev_s, &least_s);
	assert_true(least_s >= 0);
	pair_done(&p);
}

static void loss_and_duplicates_have_their_share(void **state)
{
	struct pair p;

	(void)state;
	pair_init(&p);
	sim_link(p.client, p.server)->loss = 0.3;
	sim_link(p.server, p.client)->duplicate = 0.25;
	for (int i = 0; i < 10000; i++) {
		pair_send(&p, 0);
		world_run(p.w, world_time_s(p.w) + 1);
	}
	assert_near(p.served, 7000, 200);
	assert_near(p.heard.replies, 1.25 * p.served, 200);
	assert_true(sim_link(p.client, p.server)->sent == 10000);
	assert_true(sim_link(p.client, p.server)->lost == 10000 - p.served);
	pair_done(&p);
}

static void what_is_late_is_overtaken(void **state)
{
	struct pair p;

	(void)state;
	pair_init(&p);
	*sim_link(p.client, p.server) =
		(struct sim_link){.delay_s = 1e-3, .late = 1, .late_s = 10};
	pair_send(&p, 1);
	*sim_link(p.client, p.server) = (struct sim_link){.delay_s = 1e-3};
	pair_send(&p, 2);
	world_run(p.w, 1000);
	assert_int_equal(p.heard.first, 2);
	assert_int_equal(p.heard.last, 1);
	pair_done(&p);
}

static void in_order_without_jitter(void **state)
{
	struct pair p;

	(void)state;
	pair_init(&p);
	for (uint8_t i = 1; i <= 50; i++)
		pair_send(&p, i);
	world_run(p.w, 1);
	assert_int_equal(p.heard.replies, 50);
	assert_int_equal(p.heard.first, 1);
	assert_int_equal(p.heard.last, 50);
	pair_done(&p);
}

static void an_outage_has_a_beginning_and_an_end(void **state)
{
	struct pair p;
	struct sim_link *l;

	(void)state;
	pair_init(&p);
	l = sim_link(p.client, p.server);
	world_set_flag(p.w, 10, &l->down, true);
	world_set_flag(p.w, 20, &l->down, false);
	world_set(p.w, 30, &l->delay_s, 0.5);
	for (int t = 5; t <= 25; t += 10) {
		world_run(p.w, t);
		pair_send(&p, (uint8_t)t);
	}
	world_run(p.w, 35);
	assert_int_equal(p.heard.replies, 2);
	assert_int_equal(p.heard.last, 25);
	pair_send(&p, 35); /* by another route now */
	world_run(p.w, 40);
	assert_near(p.heard.at_s, 35.5001, 1e-9);
	pair_done(&p);
}

/* C-26 */
static void a_closed_port_refuses(void **state)
{
	struct pair p;

	(void)state;
	pair_init(&p);
	sim_host_serve(p.server, PORT, NULL, NULL);
	pair_send(&p, 1);
	world_run(p.w, 1);
	assert_int_equal(p.heard.replies, 0);
	assert_int_equal(p.heard.refusals, 1);
	assert_int_equal(p.heard.error, -ECONNREFUSED);
	p.server->unplugged = true; /* then there is silence */
	pair_send(&p, 1);
	world_run(p.w, 2);
	assert_int_equal(p.heard.refusals, 1);
	pair_done(&p);
}

/* C-15: a connected socket does not hear another port or address. */
static void strangers_are_not_heard(void **state)
{
	struct net_addr forged;
	struct pair p;

	(void)state;
	pair_init(&p);
	forged = sim_addr("10.0.0.2", PORT + 1);
	sim_host_send(p.server, &forged, &p.udp->local, (uint8_t[]){1}, 1);
	forged = sim_addr("10.0.0.3", PORT);
	sim_host_send(p.server, &forged, &p.udp->local, (uint8_t[]){1}, 1);
	world_run(p.w, 1);
	assert_int_equal(p.heard.replies, 0);
	forged = sim_addr("10.0.0.2", PORT);
	sim_host_send(p.server, &forged, &p.udp->local, (uint8_t[]){1}, 1);
	world_run(p.w, 2);
	assert_int_equal(p.heard.replies, 1);
	pair_done(&p);
}

/* E-01, E-02, E-05 */
static void sockets_can_fail(void **state)
{
	const struct net_addr v6 = sim_addr("2001:db8::1", PORT);
	const struct net_addr v4 = sim_addr("10.0.0.2", PORT);
	struct udp *u = NULL;
	struct pair p;

	(void)state;
	pair_init(&p);
	assert_int_equal(
		net_connect_udp(p.client->io.net, &v6, &events, NULL, &u),
		-ENETUNREACH);
	p.client->connect_error = -EMFILE;
	assert_int_equal(
		net_connect_udp(p.client->io.net, &v4, &events, NULL, &u),
		-EMFILE);
	assert_null(u);
	p.client->send_error = -ENOBUFS;
	assert_int_equal(pair_send(&p, 1), -ENOBUFS);
	pair_done(&p);
}

static void each_socket_has_a_port_of_its_own(void **state)
{
	const struct net_addr peer = sim_addr("10.0.0.2", PORT);
	struct udp *u;
	struct pair p;

	(void)state;
	pair_init(&p);
	assert_int_equal(
		net_connect_udp(p.client->io.net, &peer, &events, &p.heard, &u),
		0);
	assert_true(u->local.port != p.udp->local.port);
	assert_true(u->local.port >= 1024);
	pair_send(&p, 9);
	udp_close(p.udp); /* its reply comes to nobody's ear */
	p.udp = u;
	world_run(p.w, 1);
	assert_int_equal(p.served, 1);
	assert_int_equal(p.heard.replies, 0);
	pair_done(&p);
}

static void a_stamp_of_departure_may_follow(void **state)
{
	int64_t wall_ns = 0;
	struct pair p;

	(void)state;
	pair_init(&p);
	p.client->send_latency_s = 1e-3;
	assert_int_equal(udp_send(p.udp, (uint8_t[]){1}, 1, &wall_ns), 0);
	assert_true(wall_ns == p.w->start_ns);
	world_run(p.w, 1);
	assert_int_equal(p.heard.departures, 1);
	assert_true(p.heard.departed_wall_ns > wall_ns);
	/* the way takes 100 us each way from then on */
	assert_true(p.heard.wall_ns ==
		    p.heard.departed_wall_ns + 2 * NS_PER_MS / 10);
	pair_done(&p);
}

static void count(struct world *w, const struct sim_tapped *t, void *arg)
{
	unsigned *n = arg;

	(void)w;
	assert_int_equal(t->len, 1);
	++*n;
}

static void the_tap_sees_both_ways(void **state)
{
	unsigned n = 0;
	struct pair p;

	(void)state;
	pair_init(&p);
	p.w->tap = count;
	p.w->tap_arg = &n;
	pair_send(&p, 1);
	world_run(p.w, 1);
	assert_int_equal(n, 2);
	pair_done(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_datagram_goes_there_and_back),
		cmocka_unit_test(jitter_has_its_distribution),
		cmocka_unit_test(loss_and_duplicates_have_their_share),
		cmocka_unit_test(what_is_late_is_overtaken),
		cmocka_unit_test(in_order_without_jitter),
		cmocka_unit_test(an_outage_has_a_beginning_and_an_end),
		cmocka_unit_test(a_closed_port_refuses),
		cmocka_unit_test(strangers_are_not_heard),
		cmocka_unit_test(sockets_can_fail),
		cmocka_unit_test(each_socket_has_a_port_of_its_own),
		cmocka_unit_test(a_stamp_of_departure_may_follow),
		cmocka_unit_test(the_tap_sees_both_ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
