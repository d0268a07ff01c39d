/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>

#include "base/units.h"
#include "ctl/status_doc.h"

/* The words for people that are about the daemon as a whole. */

void status_add_span(struct text *t, double s)
{
	double size = fabs(s);

	if (size < 999.5e-9)
		text_add(t, "%.0f ns", s * 1e9);
	else if (size < 9.95e-6)
		text_add(t, "%.1f us", s * 1e6);
	else if (size < 999.5e-6)
		text_add(t, "%.0f us", s * 1e6);
	else if (size < 9.95e-3)
		text_add(t, "%.1f ms", s * 1e3);
	else if (size < 0.9995)
		text_add(t, "%.0f ms", s * 1e3);
	else
		text_add(t, "%.3f s", s);
}

void status_add_time(struct text *t, int64_t wall_ns)
{
	int64_t part_ns = wall_ns % NS_PER_S;
	time_t s = (time_t)(wall_ns / NS_PER_S);
	char day[32] = "";
	struct tm tm;

	if (part_ns < 0) {
		part_ns += NS_PER_S;
		s--;
	}
	if (gmtime_r(&s, &tm))
		strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &tm);
	text_add(t, "%s.%06" PRId64 "Z", day, part_ns / 1000);
}

int64_t status_wall_ns(const struct status_facts *f, int64_t mono_ns)
{
	return f->now->sys.wall_ns - (f->now->sys.mono_ns - mono_ns);
}

/* Sources by what can be said of them; names and the local clock do not count. */
struct tally {
	unsigned all, heard, agree;
};

static struct tally count(const struct snapshot *now)
{
	struct tally n = {0};

	for (size_t i = 0; i < now->n; i++) {
		const struct assoc_report *a = &now->assoc[i];

		if (a->kind != ASSOC_SERVER)
			continue;
		n.all++;
		n.heard += a->reach != 0;
		n.agree += a->est.status >= SELECT_EXCESS;
	}
	return n;
}

static void add_distance(const struct status_facts *f, struct text *t)
{
	const struct sys_view *v = &f->now->sys.view;

	text_add(t, ", within ");
	status_add_span(t, v->root_delay_s / 2 + v->root_disp_s);
	text_add(t, " of UTC");
}

static void say_followed(const struct status_facts *f, struct text *t)
{
	const struct assoc_report *peer = f->now->sys_peer;
	struct tally n = count(f->now);
	char addr[NET_ADDR_TEXT_LEN];

	if (peer->kind == ASSOC_LOCAL_CLOCK) {
		text_add(t,
			 "Serving this machine's own clock at stratum %u; no "
			 "server is followed",
			 f->now->sys.view.stratum);
		return;
	}
	text_add(t, "Synchronised to %s", peer->name);
	if (peer->conf->kind == SOURCE_POOL)
		text_add(t, " (%s)", net_addr_format(&peer->addr, addr));
	if (peer->key_id)
		text_add(t, " (key %u)", peer->key_id);
	add_distance(f, t);
	text_add(t, "; %u of %u sources agree", n.agree, n.all);
}

static void say_unsynchronised(const struct status_facts *f, struct text *t)
{
	const struct sys_report *sys = &f->now->sys;
	struct tally n = count(f->now);

	text_add(t, "Not synchronised: ");
	if (sys->panicked)
		text_add(t, "the clock is farther off than the panic threshold "
			    "allows to correct");
	else if (sys->unverified)
		text_add(t,
			 "somebody moved the clock, and it is being checked");
	else if (f->now->n == 0)
		text_add(t, "no source is configured");
	else if (n.all == 0)
		text_add(t, "no name of a source has been found yet");
	else if (n.heard == 0)
		text_add(t, "none of %u sources answers", n.all);
	else if (sys->uptime_s < 2)
		text_add(t, "just started, %u of %u sources have answered",
			 n.heard, n.all);
	else
		text_add(t,
			 "%u of %u sources answer, but none of them can be "
			 "followed",
			 n.heard, n.all);
}

void status_verdict(const struct status_facts *f, struct text *t)
{
	const struct sys_report *sys = &f->now->sys;

	if (sys->view.stratum >= NTP_STRATUM_UNSYNC) {
		say_unsynchronised(f, t);
	} else if (f->now->sys_peer) {
		say_followed(f, t);
	} else {
		text_add(t, "No source can be followed at the moment; the "
			    "clock runs on by itself");
		add_distance(f, t);
	}
	text_add(t, ".");
	if (f->cfg->clock.kind == CLOCK_KERNEL && !sys->clock_control &&
	    sys->last_offset_s != 0)
		text_add(t, "  The clock may not be corrected: CAP_SYS_TIME is "
			    "missing.");
	if (sys->clock_contested)
		text_add(t, "  Another program steers the clock, too.");
}
