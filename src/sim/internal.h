/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "sim/world.h"

/* What the files of this folder share and nobody else needs. */

#define SIM_MAX_DATAGRAM 1472

/* A datagram, or an ICMP error, on its way; back to world->spare at its end. */
struct sim_packet {
	struct timer arrival;
	struct world *world;
	struct sim_host *from_host, *to_host;
	struct net_addr from, to;
	int error; /* 0: a datagram; -errno: that it was refused */
	size_t len;
	uint8_t data[SIM_MAX_DATAGRAM];
	struct sim_packet *next; /* all of them, for world_free */
	struct sim_packet *next_spare;
};

/* Bring the clock to the present; before anything of the host runs or is read. */
void sim_host_sync(struct sim_host *h);

/* Arm the wake for its first timer; after anything of the host has run. */
void sim_host_plan(struct sim_host *h);
void sim_host_free(struct sim_host *h);

/* As world_run(), in ns of true time. */
void world_run_until(struct world *w, int64_t until_ns);
struct sim_host *world_find_host(struct world *w, const struct net_addr *addr);

void sim_net_init(struct sim_host *h);
void sim_net_done(struct sim_host *h);
void sim_net_free_packets(struct world *w);

void sim_resolver_init(struct sim_host *h);
void sim_resolver_done(struct sim_host *h);
void sim_resolver_free_names(struct world *w);
