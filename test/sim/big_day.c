/* SPDX-License-Identifier: BSD-2-Clause */
#include "world_ntp.h"

#include <stdio.h>
#include <time.h>

#include "base/siphash.h"

/*
 * A day in the life of 24 hosts that ask four servers each, in one process:
 * the same seed makes the same decisions, and it takes about a second.
 */
#define HOSTS 24
#define SERVERS 4
#define DAY_S 86400

static uint64_t a_day(uint64_t seed, double *worst_s)
{
	static struct ref_server server[SERVERS];
	static struct daemon d[HOSTS];
	static struct judge judge[HOSTS];
	struct world *w = world_new(seed);
	uint64_t digest = 0;

	w->link = (struct sim_link){.delay_s = 5e-3, .jitter_s = 1e-3};
	for (int i = 0; i < SERVERS; i++) {
		char addr[32];

		snprintf(addr, sizeof addr, "10.1.0.%d", i + 1);
		ref_server_init(&server[i], w, addr);
	}
	for (int i = 0; i < HOSTS; i++) {
		char addr[32];

		snprintf(addr, sizeof addr, "10.0.0.%d", i + 1);
		daemon_init(&d[i], sim_host_new(w, addr),
			    "server 10.1.0.1 iburst\nserver 10.1.0.2 iburst\n"
			    "server 10.1.0.3 iburst\nserver 10.1.0.4 iburst\n");
		d[i].host->osc.freq = (i - HOSTS / 2) * 1e-5;
		d[i].host->osc.wander = 1e-9;
		daemon_start(&d[i]);
		judge_start(&judge[i], &d[i], 3600);
	}
	world_run(w, DAY_S);
	*worst_s = 0;
	for (int i = 0; i < HOSTS; i++) {
		const uint64_t key[2] = {digest, engine_digest(d[i].engine)};

		digest = siphash(key, "", 0);
		*worst_s = fmax(*worst_s, judge[i].max_s);
		assert_int_equal(judge[i].dishonest, 0);
		daemon_done(&d[i]);
	}
	world_free(w);
	return digest;
}

static void big_day(void **state)
{
	clock_t begin = clock();
	double worst_s;
	uint64_t once = a_day(1, &worst_s);

	(void)state;
	print_message("# a day of %d hosts took %.2f s, worst error %.0f us\n",
		      HOSTS, (double)(clock() - begin) / CLOCKS_PER_SEC,
		      worst_s * 1e6);
	assert_below(worst_s, 5e-3);
	assert_true(a_day(1, &worst_s) == once);
	assert_true(a_day(2, &worst_s) != once);
}

SCENARIO(big_day)
