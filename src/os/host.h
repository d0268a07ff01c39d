/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "base/attr.h"
#include "io/host.h"
#include "os/clock.h"
#include "os/loop.h"
#include "os/resolver.h"
#include "os/udp.h"

enum os_clock_kind { OS_CLOCK_KERNEL, OS_CLOCK_NONE, OS_CLOCK_VIRTUAL };

struct os_host_params {
	enum os_clock_kind clock;
	double clock_offset_s,
		clock_freq; /* virtual: where it starts, its error */
	unsigned dscp;
	struct net_addr source4, source6; /* as in struct os_net */
	struct name_servers name_servers; /* none: the machine's */
	struct board *board;              /* borrowed, as is log */
	struct log *log;                  /* may be NULL */
};

/* This machine as a struct host, for a program of one process. */
struct os_host {
	struct host host;
	struct os_loop loop;
	struct os_clock clock;
	struct os_net net;
	struct os_resolver resolver;
	struct entropy entropy;
};

/** 0, or -errno: the clock cannot be read, no randomness. */
MUST_CHECK int os_host_init(struct os_host *h, const struct os_host_params *p);
void os_host_done(struct os_host *h);
