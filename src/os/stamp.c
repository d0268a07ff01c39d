/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/stamp.h"

#include <string.h>
#include <time.h>

#include <linux/errqueue.h>
#include <linux/net_tstamp.h>

#include "base/container.h"
#include "base/units.h"
#include "os/clock.h"

#define OLDEST_NS (4 * NS_PER_S)

static bool ask(int fd, unsigned flags)
{
	return setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &flags,
			  sizeof flags) == 0;
}

unsigned stamp_enable(int fd, unsigned wanted)
{
	const unsigned rx =
		SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_RX_SOFTWARE;
	/* Without TSONLY each stamp brings the whole packet back. */
	const unsigned only = SOF_TIMESTAMPING_OPT_TSONLY;
	const unsigned tx =
		SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_OPT_ID;

	if (wanted & STAMP_DEPARTURES && ask(fd, rx | tx | only))
		return STAMP_ARRIVALS | STAMP_DEPARTURES;
	if (wanted & STAMP_DEPARTURES && ask(fd, rx | tx))
		return STAMP_ARRIVALS | STAMP_DEPARTURES;
	return ask(fd, rx) ? STAMP_ARRIVALS : 0;
}

bool stamp_find(struct msghdr *msg, int64_t *realtime_ns)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c;
	     c = CMSG_NXTHDR(msg, c)) {
		struct scm_timestamping stamps;

		if (c->cmsg_level != SOL_SOCKET ||
		    c->cmsg_type != SCM_TIMESTAMPING ||
		    c->cmsg_len < CMSG_LEN(sizeof stamps))
			continue;
		memcpy(&stamps, CMSG_DATA(c), sizeof stamps);
		if (stamps.ts[0].tv_sec == 0)
			return false;
		*realtime_ns =
			stamps.ts[0].tv_sec * NS_PER_S + stamps.ts[0].tv_nsec;
		return true;
	}
	return false;
}

/*
 * A clock whose reading lies between two readings of CLOCK_REALTIME is
 * CLOCK_REALTIME, as far as anybody can tell; then stamps are not moved by the
 * time that the reading took.
 */
struct stamp_map stamp_map_now(struct clock *served)
{
	int64_t before = os_clock_realtime_ns();
	int64_t now = clock_now(served);
	int64_t after = os_clock_realtime_ns();
	bool same = before <= now && now <= after;

	return (struct stamp_map){
		.served_ns = now,
		.ahead_ns = same ? 0 : now - before - (after - before) / 2,
	};
}

bool stamp_to_served(const struct stamp_map *map, int64_t realtime_ns,
		     int64_t *wall_ns)
{
	int64_t wall = realtime_ns + map->ahead_ns;
	bool good = wall <= map->served_ns && wall > map->served_ns - OLDEST_NS;

	*wall_ns = good ? wall : map->served_ns;
	return good;
}
