/* SPDX-License-Identifier: BSD-2-Clause */
#include "ntp/system.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/container.h"
#include "base/units.h"
#include "crypt/mac.h"
#include "ntp/answer.h"
#include "ntp/engine_state.h"

/* The clock is watched this often for jumps of this size that are not ours (E-12). */
#define WATCH_INTERVAL_NS (4 * NS_PER_S)
#define WATCH_JUMP_NS (50 * NS_PER_MS)

/* A local clock says of itself what the classic driver does. */
#define LOCAL_CLOCK_DISP_S 0.01

/* What the latest offset counts in the root mean square. */
#define RMS_SHARE 0.125

static const struct host *host_of(const struct system *sys)
{
	return sys->engine->in.host;
}

static int64_t mono_now(const struct system *sys)
{
	return loop_mono(host_of(sys)->loop);
}

double system_precision_s(const struct system *sys)
{
	return ldexp(1.0, host_of(sys)->clock->precision_log2);
}

static void note_event(struct system *sys, enum sys_event event)
{
	if (sys->event_count < 15)
		sys->event_count++;
	sys->event = (uint8_t)event;
}

/* --- what we tell the world ------------------------------------------------ */

static const struct assoc *assoc_by_est(const struct engine *e, int est)
{
	for (size_t i = 0; i < e->n_assoc; i++) {
		if (est >= 0 && e->assoc[i]->est == est)
			return e->assoc[i];
	}
	return NULL;
}

static uint8_t leap_now(const struct system *sys)
{
	if (sys->leap_armed > 0)
		return LEAP_INSERT;
	return sys->leap_armed < 0 ? LEAP_DELETE : LEAP_NONE;
}

/* How long until the root distance of the view reaches the limit that we set
 * to our own servers: we do not offer what we would not take. */
static int64_t expiry(const struct system *sys, const struct sys_view *v)
{
	double limit = sys->engine->in.cfg->tos.max_dist_s;
	double room = limit - v->root_delay_s / 2 - v->root_disp_s;

	if (room <= 0)
		return v->at_mono_ns;
	return v->at_mono_ns + ns_from_s(room / v->root_disp_growth);
}

static void note_sys_peer(struct system *sys, const struct estimator_report *r)
{
	const struct assoc *peer = assoc_by_est(sys->engine, r->sys_peer);

	if (!peer)
		return;
	sys->stratum = r->stratum;
	sys->refid = refid_from_addr(&peer->addr);
}

static void view_of_estimate(const struct system *sys,
			     const struct estimator_report *r,
			     struct sys_view *v)
{
	v->leap = leap_now(sys);
	v->stratum = (uint8_t)(sys->stratum + 1);
	v->refid = sys->refid;
	v->root_delay_s = r->root_delay_s;
	v->root_disp_s = r->root_disp_s;
	v->root_disp_growth = r->root_disp_growth;
	/* E-04: what we may not correct goes on growing. */
	if (!sys->clock_control)
		v->root_disp_growth +=
			fabs(r->freq - host_of(sys)->clock->freq);
	v->expires_mono_ns = expiry(sys, v);
}

static void view_of_local_clock(const struct system *sys, struct sys_view *v)
{
	const struct conf_source *c = sys->local_clock;

	v->leap = leap_now(sys);
	v->stratum = (uint8_t)(c->fudge.stratum + 1);
	v->refid = 127u << 24 | 127u << 16 | 1u << 8 | (c->clock_unit & 0xff);
	if (v->stratum == 1)
		v->refid = refid_from_code(c->fudge.refid[0] ? c->fudge.refid
							     : "LOCL");
	v->root_disp_s = LOCAL_CLOCK_DISP_S;
	v->reference = ntp_ts_from_ns(clock_now(host_of(sys)->clock));
	v->expires_mono_ns = INT64_MAX;
}

static struct sys_view view_unsynchronised(const struct system *sys)
{
	return (struct sys_view){
		.leap = LEAP_UNSYNC,
		.stratum = NTP_STRATUM_UNSYNC,
		.precision_log2 = host_of(sys)->clock->precision_log2,
		.refid = refid_from_code(sys->unverified ? "STEP" : "INIT"),
		.root_disp_growth = NTP_PHI,
		.reference = sys->reference,
		.at_mono_ns = mono_now(sys),
		.expires_mono_ns = INT64_MAX,
	};
}

static void tell_event(struct system *sys, const struct estimator_report *r)
{
	bool synced =
		view_at(&sys->view, mono_now(sys)).stratum < NTP_STRATUM_UNSYNC;
	const struct assoc *peer = assoc_by_est(sys->engine, r->sys_peer);
	char text[256], addr[NET_ADDR_TEXT_LEN];

	if (synced == sys->announced_sync)
		return;
	sys->announced_sync = synced;
	if (!synced)
		snprintf(text, sizeof text, "not synchronised");
	else if (peer)
		snprintf(text, sizeof text,
			 "synchronised to %s, stratum %u, offset %+.6f s",
			 net_addr_format(&peer->addr, addr), sys->view.stratum,
			 r->offset_s);
	else
		snprintf(text, sizeof text,
			 "serving the local clock, stratum %u",
			 sys->view.stratum);
	note_event(sys, synced ? SYS_EVENT_CLOCK_SYNC : SYS_EVENT_NO_SYS_PEER);
	log_notice(host_of(sys)->log, "clock: %s", text);
	board_event(host_of(sys)->board,
		    synced ? ENGINE_SYNCHRONISED : ENGINE_UNSYNCHRONISED, text);
}

static void announce_to_clock(struct system *sys,
			      const struct estimator_report *r)
{
	const struct leap_table *table = sys->engine->in.leap_table;
	int64_t wall = clock_now(host_of(sys)->clock);

	sys->status = (struct clock_status){
		.synchronised = sys->view.stratum < NTP_STRATUM_UNSYNC,
		.leap = sys->leap_armed,
		.max_error_s =
			sys->view.root_delay_s / 2 + sys->view.root_disp_s,
		.est_error_s = r->error_s,
		.tai_offset_s = table ? leap_table_tai(table, wall) : 0,
	};
	/* Refused without the right to steer: told once, by apply(). */
	(void)clock_announce(host_of(sys)->clock, &sys->status);
}

/* bench/accuracy holds it against the true error. */
static void log_distance(const struct system *sys)
{
	const struct sys_view *v = &sys->view;
	double at_s = s_from_ns(v->at_mono_ns);

	if (v->stratum >= NTP_STRATUM_UNSYNC)
		log_debug(host_of(sys)->log,
			  "clock: at %.3f s root distance unknown", at_s);
	else
		log_debug(host_of(sys)->log,
			  "clock: at %.3f s root distance %.9f s, "
			  "grows by %.3f ppm",
			  at_s, v->root_delay_s / 2 + v->root_disp_s,
			  1e6 * v->root_disp_growth);
}

void system_publish(struct system *sys)
{
	struct sys_view v = view_unsynchronised(sys);
	struct estimator_report r;

	estimator_report(sys->est, mono_now(sys), &r);
	note_sys_peer(sys, &r);
	if (sys->unverified)
		; /* until the next update */
	else if (r.synchronised && (r.survivors || !sys->local_clock))
		view_of_estimate(sys, &r, &v);
	else if (sys->local_clock)
		view_of_local_clock(sys, &v);
	sys->view = v;
	log_distance(sys);
	board_publish(host_of(sys)->board, &v);
	announce_to_clock(sys, &r);
	tell_event(sys, &r);
}

/* --- leap seconds ---------------------------------------------------------- */

static bool is_last_day_of_month(int64_t wall_ns)
{
	time_t tomorrow = (time_t)(wall_ns / NS_PER_S) + 86400;
	struct tm tm;

	return gmtime_r(&tomorrow, &tm) && tm.tm_mday == 1;
}

/*
 * A valid table decides alone; without one the majority of the survivors does,
 * and only on the last day of a month (S-03).
 */
static int8_t leap_wanted(const struct system *sys, int64_t wall_ns,
			  uint8_t majority)
{
	const struct leap_table *table = sys->engine->in.leap_table;

	if (table && wall_ns < table->expires_wall_ns)
		return (int8_t)leap_table_today(table, wall_ns);
	if (!is_last_day_of_month(wall_ns))
		return 0;
	if (majority == LEAP_INSERT)
		return 1;
	return majority == LEAP_DELETE ? -1 : 0;
}

/* F-09: once, and not before the date is known. */
static void tell_expired(struct system *sys, int64_t wall_ns)
{
	const struct leap_table *table = sys->engine->in.leap_table;
	char date[32] = "?";
	time_t expired;
	struct tm tm;

	if (!table || sys->leap_expired || !sys->announced_sync ||
	    wall_ns < table->expires_wall_ns)
		return;
	sys->leap_expired = true;
	expired = (time_t)(table->expires_wall_ns / NS_PER_S);
	if (gmtime_r(&expired, &tm))
		strftime(date, sizeof date, "%Y-%m-%d", &tm);
	log_warn(host_of(sys)->log,
		 "leap second file: expired on %s; it is the majority of the "
		 "servers that decides, get a new file",
		 date);
}

static void update_leap(struct system *sys)
{
	int64_t wall_ns = clock_now(host_of(sys)->clock);
	struct estimator_report r;
	int8_t wanted;

	tell_expired(sys, wall_ns);
	estimator_report(sys->est, mono_now(sys), &r);
	wanted = leap_wanted(sys, wall_ns, r.leap);
	if (wanted == sys->leap_armed)
		return;
	sys->leap_armed = wanted;
	note_event(sys,
		   wanted ? SYS_EVENT_LEAP_ARMED : SYS_EVENT_LEAP_DISARMED);
	log_notice(host_of(sys)->log, "leap second: %s",
		   wanted > 0   ? "one is inserted at the end of this UTC day"
		   : wanted < 0 ? "one is deleted at the end of this UTC day"
				: "none at the end of this UTC day");
}

/* --- carrying out decisions ------------------------------------------------ */

static int64_t wall_minus_mono(const struct system *sys)
{
	return clock_now(host_of(sys)->clock) - mono_now(sys);
}

static void restart_watch(struct system *sys)
{
	sys->wall_minus_mono_ns = wall_minus_mono(sys);
}

static void learn_control(struct system *sys, int r)
{
	bool control = r >= 0;

	if (sys->control_known && control == sys->clock_control)
		return;
	sys->control_known = true;
	sys->clock_control = control;
	if (!control)
		log_warn(host_of(sys)->log,
			 "clock: may not be steered (%s), serving it as it is; "
			 "the daemon needs CAP_SYS_TIME",
			 strerror(-r));
}

/* E-18: once, not at every poll for as long as the other one runs. */
static void tell_contested(struct system *sys)
{
	if (sys->contested || !host_of(sys)->clock->contested)
		return;
	sys->contested = true;
	log_warn(host_of(sys)->log, "clock: another program steers it as well; "
				    "is a second NTP daemon running?");
}

static int carry_out_step(struct system *sys, const struct clock_cmd *cmd)
{
	struct engine *e = sys->engine;
	int r = clock_step(host_of(sys)->clock, cmd->step_s);

	restart_watch(sys);
	if (r < 0)
		return r;
	for (size_t i = 0; i < e->n_assoc; i++)
		assoc_clock_stepped(e->assoc[i], cmd->step_s);
	note_event(sys, SYS_EVENT_CLOCK_STEP);
	sys->steps++;
	sys->last_step_mono_ns = mono_now(sys);
	sys->stepped_s += fabs(cmd->step_s);
	log_notice(host_of(sys)->log, "clock: set by %+.6f s", cmd->step_s);
	return clock_set_freq(host_of(sys)->clock, cmd->freq);
}

static void panic(struct system *sys, const struct clock_cmd *cmd)
{
	char text[160];

	/* Once: the program is about to end, but samples still come in. */
	if (sys->panicked)
		return;
	sys->panicked = true;
	snprintf(text, sizeof text,
		 "off by %+.0f s, beyond the panic threshold; set it by hand "
		 "or start once with -g",
		 cmd->step_s);
	note_event(sys, SYS_EVENT_PANIC);
	log_error(host_of(sys)->log, "clock: %s", text);
	board_event(host_of(sys)->board, ENGINE_PANIC, text);
}

static int carry_out(struct system *sys, const struct clock_cmd *cmd)
{
	if (!sys->engine->in.cfg->enable.ntp)
		return -EPERM;
	switch (cmd->action) {
	case CLOCK_SLEW:
		return clock_set_freq(host_of(sys)->clock, cmd->freq);
	case CLOCK_STEP:
		return carry_out_step(sys, cmd);
	case CLOCK_HOLD:
	case CLOCK_PANIC:
		break;
	}
	return 0;
}

static void log_loop(struct system *sys)
{
	struct estimator_report r;
	char line[160];

	if (!sys->engine->in.cfg->filegen[STATS_LOOP].enabled)
		return;
	estimator_report(sys->est, mono_now(sys), &r);
	snprintf(line, sizeof line, "%.9f %.6f %.9f %.6f %d", r.offset_s,
		 r.freq * 1e6, r.jitter_s, r.wander * 1e6, r.time_const_log2);
	board_stats_line(host_of(sys)->board, "loopstats", line);
}

static void tell_set_once(struct system *sys, const struct clock_cmd *cmd,
			  int r)
{
	char text[160];

	if (!sys->engine->in.set_once || sys->set_once_done)
		return;
	sys->set_once_done = true;
	if (r < 0)
		snprintf(text, sizeof text,
			 "off by %+.6f s and may not be set: %s", cmd->step_s,
			 strerror(-r));
	else
		snprintf(text, sizeof text, "set by %+.6f s", cmd->step_s);
	board_event(host_of(sys)->board,
		    r < 0 ? ENGINE_NOT_SET : ENGINE_SET_ONCE, text);
}

/* C-21: told when it begins, and when the source is one of the others again. */
static void tell_falsetickers(struct system *sys)
{
	struct engine *e = sys->engine;
	struct source_report r;

	for (size_t i = 0; i < e->n_assoc; i++) {
		struct assoc *a = e->assoc[i];

		if (a->est < 0)
			continue;
		estimator_source_report(sys->est, a->est, mono_now(sys), &r);
		if (r.status == SELECT_FALSETICK && !a->falseticker)
			log_notice(host_of(sys)->log,
				   "source %s: falseticker, offset %+.6f s",
				   a->conf->host, r.offset_s);
		else if (r.status >= SELECT_CANDIDATE && a->falseticker)
			log_notice(host_of(sys)->log,
				   "source %s: agrees with the others again",
				   a->conf->host);
		else
			continue;
		a->falseticker = !a->falseticker;
	}
}

static void save_drift(struct system *sys)
{
	struct estimator_report r;

	estimator_report(sys->est, mono_now(sys), &r);
	if (r.freq_settled && sys->clock_control)
		board_save_drift(host_of(sys)->board,
				 &(struct drift){r.freq, r.freq_sigma, r.q});
}

/* The clock was compared anew; the end of a slew alone is nothing new. */
static void note_update(struct system *sys)
{
	struct estimator_report r;

	estimator_report(sys->est, mono_now(sys), &r);
	if (r.last_update_mono_ns == sys->last_update_mono_ns)
		return;
	sys->last_update_mono_ns = r.last_update_mono_ns;
	sys->unverified = false;
	sys->reference = ntp_ts_from_ns(clock_now(host_of(sys)->clock));
	log_loop(sys);
	save_drift(sys);
}

/* What the new update shows, before anything is done about it. */
static void note_offset(struct system *sys)
{
	struct estimator_report r;
	double square;

	estimator_report(sys->est, mono_now(sys), &r);
	if (r.last_update_mono_ns == sys->last_update_mono_ns)
		return;
	square = r.offset_s * r.offset_s;
	sys->last_offset_s = r.offset_s;
	if (sys->updates++ == 0)
		sys->mean_square_offset = square;
	sys->mean_square_offset +=
		(square - sys->mean_square_offset) * RMS_SHARE;
}

static bool steers(const struct clock_cmd *cmd)
{
	return cmd->action == CLOCK_SLEW || cmd->action == CLOCK_STEP;
}

/* What carry_out() returned. */
static int apply(struct system *sys, const struct clock_cmd *cmd)
{
	struct loop *loop = host_of(sys)->loop;
	int r;

	note_offset(sys);
	r = carry_out(sys, cmd);
	engine_note(sys->engine, (uint64_t)cmd->action);
	engine_note(sys->engine, (uint64_t)ns_from_s(cmd->freq * 1e9));
	estimator_applied(sys->est, cmd, r >= 0, mono_now(sys));
	if (cmd->action == CLOCK_PANIC)
		panic(sys, cmd);
	if (steers(cmd)) {
		learn_control(sys, r);
		tell_contested(sys);
		tell_set_once(sys, cmd, r);
	}
	note_update(sys);
	if (cmd->until_mono_ns == INT64_MAX)
		timer_disarm(loop, &sys->est_timer);
	else
		timer_arm(loop, &sys->est_timer, cmd->until_mono_ns);
	update_leap(sys);
	tell_falsetickers(sys);
	system_publish(sys);
	return r;
}

/* The pause keeps clear of what the guard of the clock bears of steps. */
int system_step(struct system *sys, double *step_s)
{
	const struct config *cfg = sys->engine->in.cfg;
	struct clock_cmd cmd = {.action = CLOCK_STEP,
				.until_mono_ns = INT64_MAX};
	int64_t now = mono_now(sys);
	struct estimator_report r;

	estimator_report(sys->est, now, &r);
	if (sys->unverified || !r.synchronised || !r.survivors)
		return -EAGAIN;
	if (cfg->tinker.panic_s > 0 && fabs(r.offset_s) > cfg->tinker.panic_s)
		return -ERANGE;
	if (sys->last_step_mono_ns != INT64_MIN &&
	    now - sys->last_step_mono_ns < ENGINE_STEP_PAUSE_S * NS_PER_S)
		return -EALREADY;
	cmd.freq = r.freq;
	cmd.step_s = *step_s = r.offset_s;
	return apply(sys, &cmd);
}

void system_sample(struct system *sys, int source, const struct sample *s)
{
	struct clock_cmd cmd = estimator_sample(sys->est, source, s);

	(void)apply(sys, &cmd);
}

void system_missed(struct system *sys, int source, bool reachable)
{
	struct clock_cmd cmd =
		estimator_missed(sys->est, source, reachable, mono_now(sys));

	(void)apply(sys, &cmd);
}

static void on_est_timer(struct timer *t)
{
	struct system *sys = CONTAINER_OF(t, struct system, est_timer);
	struct clock_cmd cmd = estimator_timeout(sys->est, mono_now(sys));

	(void)apply(sys, &cmd);
}

/* --- somebody else's hand on the clock ------------------------------------- */

static void clock_was_moved(struct system *sys, int64_t by_ns)
{
	struct engine *e = sys->engine;

	log_warn(host_of(sys)->log,
		 "clock: somebody moved it by %+.6f s; unsynchronised until it "
		 "is checked again",
		 s_from_ns(by_ns));
	estimator_clock_moved(sys->est, s_from_ns(by_ns), mono_now(sys));
	for (size_t i = 0; i < e->n_assoc; i++) {
		assoc_clock_stepped(e->assoc[i], s_from_ns(by_ns));
		assoc_ask_soon(e->assoc[i]);
	}
	sys->unverified = true;
	system_publish(sys);
}

/* At the end of a UTC day for which a leap second is armed the kernel moves the clock. */
static bool is_leap_second(const struct system *sys, int64_t by_ns)
{
	int64_t day_ns = 86400 * NS_PER_S;
	int64_t in_day = clock_now(host_of(sys)->clock) % day_ns;
	int64_t leap_ns = -sys->leap_armed * NS_PER_S;

	return sys->leap_armed && llabs(by_ns - leap_ns) < WATCH_JUMP_NS &&
	       (in_day < 60 * NS_PER_S || in_day > day_ns - 60 * NS_PER_S);
}

bool system_watch(struct system *sys)
{
	int64_t by_ns = wall_minus_mono(sys) - sys->wall_minus_mono_ns;

	restart_watch(sys);
	if (llabs(by_ns) < WATCH_JUMP_NS)
		return false;
	engine_note(sys->engine, (uint64_t)by_ns);
	if (is_leap_second(sys, by_ns))
		note_event(sys, SYS_EVENT_LEAP);
	else
		clock_was_moved(sys, by_ns);
	return true;
}

static void on_watch_timer(struct timer *t)
{
	struct system *sys = CONTAINER_OF(t, struct system, watch_timer);

	struct estimator_report r;

	system_watch(sys);
	estimator_report(sys->est, mono_now(sys), &r);
	tell_event(sys, &r); /* holdover may have come to its end */
	timer_arm(host_of(sys)->loop, t, mono_now(sys) + WATCH_INTERVAL_NS);
}

/* --- life ------------------------------------------------------------------- */

static struct estimator_params params_of(const struct system *sys)
{
	const struct engine_inputs *in = &sys->engine->in;
	const struct config *cfg = in->cfg;
	const struct clock *clock = in->host->clock;
	struct estimator_params p;

	estimator_params_default(&p);
	p.step_s = cfg->tinker.step_s;
	p.stepout_s = cfg->tinker.stepout_s;
	p.panic_s = cfg->tinker.panic_s;
	p.max_freq = cfg->tinker.max_freq;
	/* A clock that takes no command has no limit to keep. */
	if (clock->max_freq > 0 && clock->max_freq < p.max_freq)
		p.max_freq = clock->max_freq;
	p.panic_once_ok = in->panic_once_ok;
	p.slew_only = in->slew_only;
	p.set_once = in->set_once;
	p.min_dist_s = cfg->tos.min_dist_s;
	p.max_dist_s = cfg->tos.max_dist_s;
	p.min_sane = cfg->tos.min_sane;
	p.min_clock = cfg->tos.min_clock;
	p.min_stratum = cfg->tos.floor;
	p.max_stratum = cfg->tos.ceiling;
	p.precision_s = system_precision_s(sys);
	p.freq_known = in->drift_known || cfg->tinker.has_freq;
	p.freq = cfg->tinker.has_freq ? cfg->tinker.freq : in->drift.freq;
	p.freq_sigma = cfg->tinker.has_freq ? 0 : in->drift.sigma;
	return p;
}

/* The frequency of the drift file, before the first sample. */
static void start_frequency(struct system *sys,
			    const struct estimator_params *p)
{
	if (p->freq_known && sys->engine->in.cfg->enable.ntp)
		learn_control(sys,
			      clock_set_freq(host_of(sys)->clock, p->freq));
	note_event(sys,
		   p->freq_known ? SYS_EVENT_FREQ_SET : SYS_EVENT_FREQ_NOT_SET);
}

void system_init(struct system *sys, struct engine *e)
{
	struct estimator_params p;
	int64_t now;

	*sys = (struct system){.engine = e, .last_step_mono_ns = INT64_MIN};
	now = sys->start_mono_ns = sys->last_update_mono_ns = mono_now(sys);
	p = params_of(sys);
	if (!p.freq_known)
		p.freq = e->in.host->clock->freq;
	sys->est = estimator_new(&p, now);
	start_frequency(sys, &p);
	restart_watch(sys);
	sys->est_timer.fn = on_est_timer;
	sys->watch_timer.fn = on_watch_timer;
	timer_arm(e->in.host->loop, &sys->watch_timer, now + WATCH_INTERVAL_NS);
}

void system_stop(struct system *sys)
{
	struct loop *loop = host_of(sys)->loop;
	struct estimator_report r;

	save_drift(sys);
	estimator_report(sys->est, mono_now(sys), &r);
	if (sys->clock_control)
		(void)clock_set_freq(host_of(sys)->clock, r.freq);
	timer_disarm(loop, &sys->est_timer);
	timer_disarm(loop, &sys->watch_timer);
}

void system_done(struct system *sys)
{
	estimator_free(sys->est);
}
