/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>
#include <time.h>

#include "base/units.h"
#include "os/clock.h"
#include "pool/book/spot.h"
#include "prog/poolctl/commands.h"
#include "prog/poolctl/ctl.h"

/* A check by every monitor, now: asked for, waited for, shown. */

#define LOOK_EVERY_MS 250

static void put_result(struct output *o, const struct spot_result *r)
{
	bool measured = r->at_ms != 0;

	output_row(o);
	output_text(o, "monitor", r->monitor);
	output_real(o, "offset_s", measured ? r->offset_s : (double)NAN, 6);
	output_real(o, "rtt_s", measured ? r->rtt_s : (double)NAN, 6);
	output_int(o, "stratum", measured ? r->stratum : -1);
	output_int(o, "lost", r->lost);
	output_int(o, "samples", r->samples);
	output_text(o, "error",
		    measured           ? r->error
		    : r->clock_ok == 0 ? "its own clock is wrong"
				       : "no result in time");
	output_text(o, "rule",
		    measured ? score_rule_name(book_spot_judge(r).rule) : "");
}

/* Monitors that may still speak, or -errno. */
static int count_waiting(struct ctl *c, const struct spot *s)
{
	int64_t now_ms = os_clock_realtime_ns() / NS_PER_MS;
	struct db_rows rows;
	struct spot_result r;
	int n = 0, end;

	book_spot_results(c->db, &rows, s);
	while (spot_result_next(&rows, &r))
		n += book_spot_waits(s, &r, now_ms);
	end = db_end(&rows);
	return end < 0 ? end : n;
}

static int wait_for(struct ctl *c, const struct spot *s, long wait_s)
{
	const struct timespec nap = {.tv_nsec = LOOK_EVERY_MS * NS_PER_MS};
	int r = 1;

	for (long left = wait_s * 1000; left > 0 && r > 0;
	     left -= LOOK_EVERY_MS) {
		nanosleep(&nap, NULL);
		r = count_waiting(c, s);
	}
	return r;
}

static int show(struct ctl *c, const struct spot *s)
{
	struct db_rows rows;
	struct spot_result r;

	output_list(&c->out);
	book_spot_results(c->db, &rows, s);
	while (spot_result_next(&rows, &r))
		put_result(&c->out, &r);
	output_end(&c->out);
	return ctl_store(c, db_end(&rows));
}

int cmd_probe(struct ctl *c)
{
	struct server server;
	struct spot s;
	int64_t id;
	long wait_s;
	int status;

	if (!ctl_number(c, "wait", 0, SPOT_WAIT_MS / 1000, 20, &wait_s) ||
	    !ctl_find_server(c, ctl_arg(c, "ADDRESS"), &server))
		return CTL_FAILED;
	status = ctl_verdict(
		c, book_spot_server(c->db, &c->who, server.id, c->now_ms, &id));
	if (status == CTL_OK)
		status = ctl_store(c, spot_by_id(c->db, id, &s));
	if (status == CTL_OK)
		status = ctl_store(c, wait_for(c, &s, wait_s));
	return status == CTL_OK ? show(c, &s) : status;
}
