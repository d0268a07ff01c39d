/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>
#include <string.h>

#include "base/units.h"
#include "ntp/answer.h"
#include "ntp/engine_state.h"

/*
 * What mode 6 shows: every association, then the names that have none yet,
 * then the local clock.
 */

static bool is_placeholder(const struct source *s)
{
	return s->n_assoc == 0 || s->conf->kind == SOURCE_POOL;
}

static size_t placeholder_count(const struct engine *e)
{
	size_t n = 0;

	for (size_t i = 0; i < e->n_source; i++)
		n += is_placeholder(e->source[i]);
	return n;
}

size_t engine_assoc_count(const struct engine *e)
{
	return e->n_assoc + placeholder_count(e) + (e->sys.local_clock != NULL);
}

static bool was_heard(const struct assoc *a)
{
	return a->last_reply_mono_ns != INT64_MIN;
}

static unsigned state_flags(const struct assoc *a)
{
	unsigned flags = 0;

	if (a->conf->kind != SOURCE_POOL)
		flags |= ASSOC_CONFIGURED;
	if (a->reach)
		flags |= ASSOC_REACHABLE;
	if (a->conf->key_id)
		flags |= ASSOC_AUTH_ENABLED;
	if (a->conf->key_id && a->reach)
		flags |= ASSOC_AUTHENTIC;
	return flags;
}

static unsigned flash(const struct assoc *a, const struct source_report *est)
{
	unsigned flags = a->flash;

	if (!was_heard(a))
		flags |= FLASH_PEER_STRATUM; /* 16 until it tells another */
	if (est->too_far)
		flags |= FLASH_PEER_DIST;
	if (est->bad_stratum)
		flags |= FLASH_PEER_STRATUM;
	return flags;
}

static void report_last_reply(const struct assoc *a, struct assoc_report *out)
{
	const struct ntp_packet *p = &a->last;

	out->leap = p->leap;
	out->stratum = p->stratum ? p->stratum : NTP_STRATUM_UNSYNC;
	out->version = (uint8_t)a->conf->version;
	out->hmode = NTP_MODE_CLIENT;
	out->pmode = was_heard(a) ? p->mode : 0;
	out->peer_poll_log2 = p->poll_log2;
	out->precision_log2 =
		was_heard(a) ? p->precision_log2
			     : a->engine->in.host->clock->precision_log2;
	out->root_delay_s = p->root_delay_s;
	out->root_disp_s = p->root_disp_s;
	out->refid = was_heard(a) ? p->refid : refid_from_code("INIT");
	out->reference = p->reference;
	out->receive = a->last_rx;
}

static void report_assoc(const struct engine *e, const struct assoc *a,
			 struct assoc_report *out)
{
	struct loop *loop = e->in.host->loop;
	int64_t now = loop_mono(loop);

	out->id = a->id;
	out->kind = ASSOC_SERVER;
	out->name = a->conf->host;
	out->addr = a->addr;
	out->local = a->local;
	out->state_flags = state_flags(a);
	out->event = a->event;
	out->event_count = a->event_count;
	out->host_poll_log2 = (int8_t)a->poll_log2;
	report_last_reply(a, out);
	out->reach = a->reach;
	out->unreach = a->unreach;
	out->key_id = a->conf->key_id;
	out->last_poll_mono_ns = a->last_poll_mono_ns;
	out->next_poll_mono_ns = a->timer.due_ns;
	out->last_reply_mono_ns = a->last_reply_mono_ns;
	out->sent = a->sent;
	out->received = a->received;
	memcpy(out->by_verdict, a->by_verdict, sizeof out->by_verdict);
	out->conf = a->conf;
	out->no_key = a->conf->key_id && !a->key;
	out->unweighed = a->est < 0;
	out->denied = a->denied;
	out->by_command = a->source->by_command;
	out->rx_stamp = a->rx_stamp;
	out->tx_stamp = a->tx_stamp;
	if (a->est >= 0)
		estimator_source_report(e->sys.est, a->est, now, &out->est);
	out->flash = flash(a, &out->est);
}

static void report_unsynchronised(const struct engine *e,
				  const struct conf_source *conf,
				  struct assoc_report *out)
{
	out->kind = conf->kind == SOURCE_POOL ? ASSOC_POOL_NAME : ASSOC_SERVER;
	out->name = conf->host;
	out->conf = conf;
	out->state_flags = ASSOC_CONFIGURED;
	out->event = PEER_EVENT_MOBILIZE;
	out->event_count = 1;
	out->leap = LEAP_UNSYNC;
	out->stratum = NTP_STRATUM_UNSYNC;
	out->version = (uint8_t)conf->version;
	out->hmode = NTP_MODE_CLIENT;
	out->host_poll_log2 = (int8_t)conf->min_poll_log2;
	out->precision_log2 = e->in.host->clock->precision_log2;
	out->refid =
		refid_from_code(conf->kind == SOURCE_POOL ? "POOL" : "DNS");
	out->key_id = conf->key_id;
	out->last_poll_mono_ns = out->last_reply_mono_ns = INT64_MIN;
	out->flash = FLASH_PEER_STRATUM | FLASH_PEER_UNREACH;
}

static void report_local_clock(const struct engine *e, struct assoc_report *out)
{
	const struct conf_source *conf = e->sys.local_clock;
	bool serving = e->sys.view.stratum == conf->fudge.stratum + 1;

	report_unsynchronised(e, conf, out);
	out->kind = ASSOC_LOCAL_CLOCK;
	out->state_flags |= ASSOC_REACHABLE;
	out->leap = LEAP_NONE;
	out->stratum = (uint8_t)conf->fudge.stratum;
	out->refid = refid_from_code(conf->fudge.refid[0] ? conf->fudge.refid
							  : "LOCL");
	out->reach = 0xff;
	out->flash = 0;
	out->event = PEER_EVENT_SYS_PEER;
	out->est.status = serving ? SELECT_SYS_PEER : SELECT_REJECT;
}

static const struct source *placeholder(const struct engine *e, size_t i)
{
	for (struct source *const *s = e->source;; s++) {
		if (is_placeholder(*s) && i-- == 0)
			return *s;
	}
}

/* Above those of the lines. */
static uint16_t local_clock_id(const struct engine *e)
{
	return (uint16_t)(e->first_assoc_id - 1);
}

void engine_assoc_report(const struct engine *e, size_t i,
			 struct assoc_report *out)
{
	size_t names = placeholder_count(e);

	memset(out, 0, sizeof *out);
	if (i < e->n_assoc) {
		report_assoc(e, e->assoc[i], out);
	} else if (i < e->n_assoc + names) {
		const struct source *s = placeholder(e, i - e->n_assoc);

		report_unsynchronised(e, s->conf, out);
		out->id = s->id;
		out->by_command = s->by_command;
	} else {
		report_local_clock(e, out);
		out->id = local_clock_id(e);
	}
}

static uint16_t peer_id(const struct engine *e, int est)
{
	for (size_t i = 0; i < e->n_assoc; i++) {
		if (est >= 0 && e->assoc[i]->est == est)
			return e->assoc[i]->id;
	}
	return 0;
}

static int64_t nearest_leap(const struct leap_table *t)
{
	return t && t->n ? t->entry[t->n - 1].wall_ns : 0;
}

void engine_report(const struct engine *e, struct sys_report *out)
{
	const struct leap_table *table = e->in.leap_table;

	memset(out, 0, sizeof *out);
	out->mono_ns = loop_mono(e->in.host->loop);
	out->wall_ns = clock_now(e->in.host->clock);
	out->view = view_at(&e->sys.view, out->mono_ns);
	estimator_report(e->sys.est, out->mono_ns, &out->est);
	out->peer_id = peer_id(e, out->est.sys_peer);
	if (!out->peer_id && e->sys.local_clock &&
	    out->view.stratum < NTP_STRATUM_UNSYNC)
		out->peer_id = local_clock_id(e);
	out->event = e->sys.event;
	out->event_count = e->sys.event_count;
	out->uptime_s = (out->mono_ns - e->sys.start_mono_ns) / NS_PER_S;
	out->tai_offset_s = e->sys.status.tai_offset_s;
	out->leap_wall_ns = nearest_leap(table);
	out->leap_expire_wall_ns = table ? table->expires_wall_ns : 0;
	out->clock = e->sys.status;
	out->clock_control = e->sys.clock_control;
	out->clock_contested = e->in.host->clock->contested;
	out->min_poll_log2 =
		e->in.cfg->n_source ? e->in.cfg->source[0].min_poll_log2 : 3;
	out->panicked = e->sys.panicked;
	out->unverified = e->sys.unverified;
	out->last_offset_s = e->sys.last_offset_s;
	out->rms_offset_s = sqrt(e->sys.mean_square_offset);
	out->steps = e->sys.steps;
	out->stepped_s = e->sys.stepped_s;
}
