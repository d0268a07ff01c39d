/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/world.h"

#include <string.h>

#include "base/container.h"
#include "base/siphash.h"
#include "base/units.h"
#include "near.h"

static void write_down(struct world *w, void *arg)
{
	char *at = arg;

	(void)w;
	at[strlen(at)] = (char)('a' + strlen(at));
}

static void add_x(struct world *w, void *arg)
{
	(void)w;
	strcat(arg, "x");
}

static void add_y(struct world *w, void *arg)
{
	(void)w;
	strcat(arg, "y");
}

static void scripts_run_in_order(void **state)
{
	struct world *w = world_new(1);
	char log[32] = "";

	(void)state;
	world_at(w, 5, add_y, log);
	world_at(w, 3, add_x, log);
	world_at(w, 5, add_x, log);
	world_at(w, 5, add_x, log);
	world_at(w, 99, add_y, log); /* never comes */
	world_run(w, 10);
	assert_string_equal(log, "xyxx");
	assert_near(world_time_s(w), 10, 0);
	world_free(w);
}

static void a_period_repeats(void **state)
{
	struct world *w = world_new(1);
	char log[32] = "";

	(void)state;
	world_run(w, 1);
	world_every(w, 2, write_down, log);
	world_run(w, 2.9);
	assert_string_equal(log, "");
	world_run(w, 9);
	assert_string_equal(log, "abcd");
	world_free(w);
}

/* P-23: a world can begin anywhere, before the era's end, too. */
static void a_world_begins_when_asked(void **state)
{
	struct world *w = world_new_at(1, INT64_C(2085978490) * NS_PER_S);
	struct sim_host *h = sim_host_new(w, "10.0.0.1");

	(void)state;
	world_run(w, 10);
	assert_true(sim_host_wall(h) == INT64_C(2085978500) * NS_PER_S);
	assert_true(sim_host_mono(h) == 10 * NS_PER_S);
	world_free(w);
}

/*
 * A small town: hosts that ask each other at random moments over bad links,
 * with everything that happens folded into one number.
 */
enum { HOSTS = 6 };

struct citizen {
	struct timer timer;
	struct sim_host *host;
	struct udp *udp;
	uint64_t *digest;
};

static void fold(uint64_t *digest, const void *data, size_t len)
{
	const uint64_t key[2] = {*digest, len};

	*digest = siphash(key, data, len);
}

static void note(void *owner, const struct datagram *d)
{
	struct citizen *c = owner;

	fold(c->digest, &d->wall_ns, sizeof d->wall_ns);
	fold(c->digest, d->data, d->len);
}

static const struct udp_events note_events = {.received = note};

static void reply(struct sim_host *h, const struct datagram *d, void *arg)
{
	(void)arg;
	(void)!sim_host_send(h, &d->local, &d->peer, d->data, d->len);
}

static void ask_somebody(struct timer *t)
{
	struct citizen *c = CONTAINER_OF(t, struct citizen, timer);
	const struct host *io = &c->host->io;
	uint64_t r = entropy_u64(io->entropy);
	struct net_addr peer = c->host->world->host[r % HOSTS]->addr[0];
	int64_t wall_ns;

	peer.port = 123;
	udp_close(c->udp);
	c->udp = NULL;
	assert_int_equal(
		net_connect_udp(io->net, &peer, &note_events, c, &c->udp), 0);
	assert_int_equal(udp_send(c->udp, (uint8_t *)&r, sizeof r, &wall_ns),
			 0);
	fold(c->digest, &wall_ns, sizeof wall_ns);
	timer_arm(io->loop, t, loop_mono(io->loop) + (int64_t)(r >> 30));
}

static void look_around(struct world *w, void *arg)
{
	(void)arg;
	for (int i = 0; i < HOSTS; i++)
		(void)sim_host_error_s(w->host[i]);
}

static uint64_t live(uint64_t seed, bool watched)
{
	static const char *const addr[HOSTS] = {"10.0.0.1", "10.0.0.2",
						"10.0.0.3", "10.0.0.4",
						"10.0.0.5", "10.0.0.6"};
	struct world *w = world_new(seed);
	struct citizen c[HOSTS];
	uint64_t digest = 0;

	w->link = (struct sim_link){.delay_s = 0.01,
				    .jitter_s = 0.01,
				    .loss = 0.1,
				    .duplicate = 0.1,
				    .late = 0.1,
				    .late_s = 1};
	for (int i = 0; i < HOSTS; i++) {
		c[i] = (struct citizen){.timer.fn = ask_somebody,
					.host = sim_host_new(w, addr[i]),
					.digest = &digest};
		c[i].host->osc.wander = 1e-8;
		sim_host_serve(c[i].host, 123, reply, NULL);
		timer_arm(&c[i].host->loop, &c[i].timer, 0);
	}
	if (watched)
		world_watch(w, 0.7, look_around, NULL);
	world_run(w, 10000);
	world_free(w);
	return digest;
}

static void the_same_seed_gives_the_same_life(void **state)
{
	uint64_t once = live(7, false);

	(void)state;
	assert_true(once == live(7, false));
	assert_true(once != live(8, false));
}

static void watching_changes_nothing(void **state)
{
	(void)state;
	assert_true(live(7, false) == live(7, true));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scripts_run_in_order),
		cmocka_unit_test(a_period_repeats),
		cmocka_unit_test(a_world_begins_when_asked),
		cmocka_unit_test(the_same_seed_gives_the_same_life),
		cmocka_unit_test(watching_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
