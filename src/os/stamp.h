/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "io/clock.h"

/*
 * Packet times.  The kernel stamps with CLOCK_REALTIME; what we tell the world
 * is the served clock, which may be another line (a virtual clock, a smear).
 */
enum { STAMP_ARRIVALS = 1, STAMP_DEPARTURES = 2 };

/**
 * Ask the kernel to stamp what crosses a socket.
 *
 * wanted: STAMP_* bits.  Returns those that were granted; a kernel that knows
 * no stamps grants none, and the caller reads the clock instead.
 */
unsigned stamp_enable(int fd, unsigned wanted);

/** The stamp among the control messages of a received message, CLOCK_REALTIME ns. */
bool stamp_find(struct msghdr *msg, int64_t *realtime_ns);

/* How to turn kernel stamps of the last moments into served time. */
struct stamp_map {
	int64_t served_ns; /* now */
	int64_t ahead_ns; /* served - CLOCK_REALTIME; exactly 0 if they are one */
};

struct stamp_map stamp_map_now(struct clock *served);

/**
 * The served time of a kernel stamp; false when the stamp cannot be right (it
 * lies in the future or more than 4 s back: the clock was stepped since) and
 * *wall_ns is then the map's own time.
 */
bool stamp_to_served(const struct stamp_map *map, int64_t realtime_ns,
		     int64_t *wall_ns);
