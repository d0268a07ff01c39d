/* SPDX-License-Identifier: BSD-2-Clause */
#include "ctl/status.h"

/* What the system clock follows: the "source" of the system status word. */
enum sync_source {
	SYNC_UNSPEC = 0,
	SYNC_LOCAL = 5,
	SYNC_NTP = 6,
};

/* RFC 9327 calls it broadcast; every ntpq shows "none" for reach with it. */
#define PEER_NEVER_REACHES 0x08

/* The two low fields, four bits each, of all status words. */
static unsigned events(unsigned count, unsigned event)
{
	return (count > 15 ? 15 : count) << 4 | (event & 15);
}

uint16_t status_sys(const struct sys_report *sys,
		    const struct assoc_report *peer)
{
	enum sync_source source = SYNC_UNSPEC;

	if (peer)
		source =
			peer->kind == ASSOC_LOCAL_CLOCK ? SYNC_LOCAL : SYNC_NTP;
	return (uint16_t)((sys->view.leap & 3u) << 14 | (unsigned)source << 8 |
			  events(sys->event_count, sys->event));
}

uint16_t status_peer(const struct assoc_report *assoc)
{
	unsigned high = (assoc->state_flags & 0xf0u) |
			((unsigned)assoc->est.status & 7);

	if (assoc->kind == ASSOC_POOL_NAME)
		high |= PEER_NEVER_REACHES;
	return (uint16_t)(high << 8 | events(assoc->event_count, assoc->event));
}

uint16_t status_clock(const struct assoc_report *assoc)
{
	(void)assoc; /* the local clock neither fails nor reports */
	return 0;
}
