/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>
#include <time.h>

#include "base/units.h"
#include "prog/ntpctl/commands.h"

#define WAIT_DEFAULT_S 600
#define WAIT_MAX_S 1e9
#define LOOK_EVERY_NS (NS_PER_S / 4)

static double mono_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* An offset that is not known is none that is small enough. */
static bool is_good(const struct document *d, double offset_max_s)
{
	return d->system.synchronized &&
	       (isinf(offset_max_s) ||
		fabs(d->system.offset_s) <= offset_max_s);
}

static int too_late(struct ctl *c, int r, const struct document *d,
		    const char *why)
{
	if (r < 0)
		return ctl_fail(c, "timeout", "%s", why);
	return ctl_fail(c, "timeout", "%s", d->system.verdict);
}

/* A daemon that is not there yet is waited for, too: this runs at boot. */
int cmd_waitsync(struct ctl *c)
{
	const struct timespec pause = {.tv_nsec = LOOK_EVERY_NS};
	double timeout_s, offset_max_s, end_s;

	if (!ctl_real(c, "timeout", 0, WAIT_MAX_S, WAIT_DEFAULT_S,
		      &timeout_s) ||
	    !ctl_real(c, "offset", 0, WAIT_MAX_S, (double)INFINITY,
		      &offset_max_s))
		return CTL_USAGE;
	end_s = mono_s() + timeout_s;
	for (;;) {
		char words[1024];
		struct text why = text_init(words, sizeof words);
		struct document d;
		int r = ctl_try_document(c, &d, &why), status = -1;

		if (r == 0 && is_good(&d, offset_max_s))
			status = ctl_done(c, "%s", d.system.verdict);
		else if (mono_s() >= end_s)
			status = too_late(c, r, &d, words);
		doc_done(&d);
		if (status >= 0)
			return status;
		nanosleep(&pause, NULL);
	}
}
