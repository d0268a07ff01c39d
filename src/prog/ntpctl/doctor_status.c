/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/net_addr.h"
#include "prog/ntpctl/doctor.h"

#define DAY_S 86400.0

static bool has_doc(const struct doctor *d, struct finding *f)
{
	if (!d->has_doc)
		found(f, FINDING_UNKNOWN, "the daemon does not tell");
	return d->has_doc;
}

void doctor_daemon(struct doctor *d, struct finding *f)
{
	char up[SHOW_LEN];

	if (d->has_doc) {
		found(f, FINDING_OK, "ntpd %s runs for %s",
		      d->doc.daemon.version,
		      show_age(up, d->doc.daemon.uptime_s));
		return;
	}
	found(f, FINDING_FAIL, "%s", d->doc_why);
	found_fix(f, "systemctl status ntpd; be root or in the group ntp");
}

void doctor_sync(struct doctor *d, struct finding *f)
{
	if (!has_doc(d, f))
		return;
	found(f, d->doc.system.synchronized ? FINDING_OK : FINDING_FAIL, "%s",
	      d->doc.system.verdict);
	if (!d->doc.system.synchronized)
		found_fix(f, "ntpctl sources says of each why it is not used; "
			     "ntpctl probe NAME whether it answers");
}

/* As the scorer of a pool has it (pool/score/rules.c). */
static const char *pool_step(double offset_s)
{
	double off = fabs(offset_s);

	return off <= 0.025  ? "a monitor gives full points"
	       : off <= 0.1  ? "a monitor takes points off"
	       : off <= 0.75 ? "a monitor gives no points"
			     : "a monitor takes points away";
}

void doctor_offset(struct doctor *d, struct finding *f)
{
	double off;
	char text[SHOW_LEN];

	if (!has_doc(d, f))
		return;
	off = d->doc.system.offset_s;
	if (!isfinite(off)) {
		found(f, FINDING_UNKNOWN, "nothing to compare the clock with");
		return;
	}
	found(f,
	      fabs(off) <= 0.025 ? FINDING_OK
	      : fabs(off) <= 0.1 ? FINDING_WARN
				 : FINDING_FAIL,
	      "the clock is %s off: %s", show_seconds(text, fabs(off), false),
	      pool_step(off));
	if (f->level != FINDING_OK)
		found_fix(f, "wait while it is corrected, or ntpctl step");
}

void doctor_root_distance(struct doctor *d, struct finding *f)
{
	double bound;
	char text[SHOW_LEN];

	if (!has_doc(d, f))
		return;
	bound = d->doc.system.root_dist_s;
	if (!isfinite(bound)) {
		found(f, FINDING_UNKNOWN, "the clock follows nobody yet");
		return;
	}
	found(f,
	      bound <= 0.1   ? FINDING_OK
	      : bound <= 1.5 ? FINDING_WARN
			     : FINDING_FAIL,
	      "the time is at most %s wrong", show_seconds(text, bound, false));
	if (f->level != FINDING_OK)
		found_fix(f, "choose sources that are nearer, or nearer to a "
			     "primary clock");
}

void doctor_freq(struct doctor *d, struct finding *f)
{
	double ppm;

	if (!has_doc(d, f))
		return;
	ppm = fabs(d->doc.system.freq_ppm);
	if (!isfinite(ppm)) {
		found(f, FINDING_UNKNOWN, "the frequency is not known yet");
		return;
	}
	found(f,
	      ppm <= 200   ? FINDING_OK
	      : ppm <= 480 ? FINDING_WARN
			   : FINDING_FAIL,
	      "the oscillator is %.1f ppm off", ppm);
	if (f->level != FINDING_OK)
		found_fix(f, "500 ppm is all that can be corrected: is it a "
			     "virtual machine with a bad clock source?");
}

void doctor_steps(struct doctor *d, struct finding *f)
{
	double steps;

	if (!has_doc(d, f))
		return;
	steps = doc_figure(&d->doc, "system.steps");
	if (isnan(steps))
		steps = 0;
	found(f, steps > 1 ? FINDING_WARN : FINDING_OK,
	      "the clock was stepped %.0f times since the start", steps);
	if (steps > 1)
		found_fix(f, "something else sets it, or the machine sleeps: "
			     "see kernel-meddling and other-daemon");
}

void doctor_stratum(struct doctor *d, struct finding *f)
{
	int64_t stratum;

	if (!has_doc(d, f))
		return;
	stratum = d->doc.system.stratum;
	found(f,
	      stratum >= 8   ? FINDING_FAIL
	      : stratum >= 5 ? FINDING_WARN
			     : FINDING_OK,
	      "our stratum is %" PRId64, stratum);
	if (f->level != FINDING_OK)
		found_fix(f, "a pool gives no points from stratum 8 on: follow "
			     "servers of stratum 1 or 2");
}

void doctor_leap_file(struct doctor *d, struct finding *f)
{
	double expires, days;

	if (!has_doc(d, f))
		return;
	expires = doc_figure(&d->doc, "system.leap_file.expires");
	if (isnan(expires)) {
		found(f, FINDING_OK,
		      "no leap file: leap seconds are heard of "
		      "from the sources");
		return;
	}
	days = (expires - (double)d->doc.time_ms / 1e3) / DAY_S;
	if (days <= 0) {
		found(f, FINDING_FAIL, "%s has expired",
		      d->doc.system.leap_file);
	} else {
		found(f, days < 28 ? FINDING_WARN : FINDING_OK,
		      "%s expires in %.0f days", d->doc.system.leap_file, days);
	}
	if (f->level != FINDING_OK)
		found_fix(f, "update the package tzdata, or the file that "
			     "leapfile names");
}

void doctor_clock_control(struct doctor *d, struct finding *f)
{
	const char *clock;

	if (!has_doc(d, f))
		return;
	clock = d->doc.daemon.clock;
	if (strcmp(clock, "system") != 0) {
		found(f, FINDING_OK, "the clock (%s) is not the machine's",
		      clock);
		return;
	}
	if (doc_figure(&d->doc, "daemon.clock_control") != 0) {
		found(f, FINDING_OK, "the daemon may correct the clock");
		return;
	}
	found(f, FINDING_FAIL,
	      "the daemon may not correct the clock: it lacks "
	      "CAP_SYS_TIME");
	found_fix(f, "start it as root, or AmbientCapabilities=CAP_SYS_TIME; "
		     "in a container give it that capability, or clock none");
}

void doctor_meddling(struct doctor *d, struct finding *f)
{
	double times;

	if (!has_doc(d, f))
		return;
	times = doc_figure(&d->doc, "daemon.clock_contested");
	if (isnan(times) || times == 0) {
		found(f, FINDING_OK, "nobody else was seen to steer the clock");
		return;
	}
	found(f, FINDING_FAIL, "another program steered the clock %.0f times",
	      times);
	found_fix(f, "find it: other-daemon, ntpdate in cron, the guest tools "
		     "of the hypervisor");
}

/* --- sources -------------------------------------------------------------------- */

static void add_name(char *out, size_t cap, const char *name, const char *why)
{
	size_t len = strlen(out);
	struct text t = text_init(out + len, cap - len);

	text_add(&t, "%s%s%s%s", len ? ", " : "", name, *why ? ": " : "", why);
}

void doctor_falseticker(struct doctor *d, struct finding *f)
{
	char names[256] = "";

	if (!has_doc(d, f))
		return;
	for (size_t i = 0; i < d->doc.n_source; i++)
		if (strcmp(d->doc.source[i].state, "falseticker") == 0)
			add_name(names, sizeof names, d->doc.source[i].name,
				 "");
	if (!*names) {
		found(f, FINDING_OK, "no source disagrees with the majority");
		return;
	}
	found(f, FINDING_WARN, "outvoted by the others: %s", names);
	found_fix(f, "replace it, or tell its operator");
}

/* Polls without an answer since the first that had one, of the last eight. */
static int holes(int64_t reach)
{
	unsigned r = reach > 0 ? (unsigned)reach & 0xFF : 0;

	return r ? 32 - __builtin_clz(r) - __builtin_popcount(r) : 0;
}

static const char *flaw(const struct doc_source *s)
{
	if (strcmp(s->mode, "server") != 0 || s->sent <= 0)
		return NULL;
	if (s->reach == 0)
		return "does not answer";
	if (s->stratum >= 16)
		return "is not synchronised";
	if (strstr(s->why, "loop"))
		return "follows us";
	if (isfinite(s->delay_s) && s->delay_s > 0.1)
		return "is more than 100 ms away";
	if (holes(s->reach) > 2)
		return "loses packets";
	return NULL;
}

void doctor_source_quality(struct doctor *d, struct finding *f)
{
	char names[256] = "";

	if (!has_doc(d, f))
		return;
	for (size_t i = 0; i < d->doc.n_source; i++) {
		const char *why = flaw(&d->doc.source[i]);

		if (why)
			add_name(names, sizeof names, d->doc.source[i].name,
				 why);
	}
	if (!*names) {
		found(f, FINDING_OK, "all that were asked answer well");
		return;
	}
	found(f, FINDING_WARN, "%s", names);
	found_fix(f, "ntpctl probe NAME; choose others if it stays so");
}

static bool same_network(const struct doc_source *a, const struct doc_source *b)
{
	struct net_addr x, y;

	return net_addr_parse(a->address, &x) == 0 &&
	       net_addr_parse(b->address, &y) == 0 && x.family == y.family &&
	       net_addr_same_prefix(&x, &y, net_addr_len(&x) == 4 ? 24 : 48);
}

static bool same_upstream(const struct doc_source *a,
			  const struct doc_source *b)
{
	return a->stratum >= 2 && a->stratum == b->stratum && *a->refid &&
	       strcmp(a->refid, b->refid) == 0;
}

void doctor_diverse(struct doctor *d, struct finding *f)
{
	char names[256] = "";

	if (!has_doc(d, f))
		return;
	for (size_t i = 0; i < d->doc.n_source; i++)
		for (size_t j = 0; j < i; j++) {
			const struct doc_source *a = &d->doc.source[j],
						*b = &d->doc.source[i];

			if (same_network(a, b))
				add_name(names, sizeof names, b->name,
					 "next to another");
			else if (same_upstream(a, b))
				add_name(names, sizeof names, b->name,
					 "follows whom another follows");
			else
				continue;
			break;
		}
	if (!*names) {
		found(f, FINDING_OK, "the sources have nothing in common");
		return;
	}
	found(f, FINDING_WARN, "%s", names);
	found_fix(f, "what fails together counts as one: choose another "
		     "operator");
}

void doctor_kernel_drops(struct doctor *d, struct finding *f)
{
	double drops, received;

	if (!has_doc(d, f))
		return;
	drops = doc_figure(&d->doc, "server.kernel_drops");
	received = doc_figure(&d->doc, "server.received");
	if (isnan(drops) || drops == 0) {
		found(f, FINDING_OK, "no request was dropped by the kernel");
		return;
	}
	found(f, drops > received / 1000 ? FINDING_FAIL : FINDING_WARN,
	      "the kernel dropped %.0f requests, of %.0f", drops,
	      drops + received);
	found_fix(f, "more workers in ntp.conf, or a larger "
		     "net.core.rmem_max");
}
