/* SPDX-License-Identifier: BSD-2-Clause */
#include "ntp/answer.h"

#include <string.h>

#include "base/units.h"

/* What is echoed of a client's poll exponent (RFC 5905: MAXPOLL 17). */
#define POLL_MIN_LOG2 0
#define POLL_MAX_LOG2 17

uint32_t refid_from_code(const char *code)
{
	uint32_t refid = 0;

	for (int i = 0; i < 4; i++) {
		refid = refid << 8 | (uint8_t)*code;
		if (*code)
			code++;
	}
	return refid;
}

struct sys_view view_at(const struct sys_view *view, int64_t mono_ns)
{
	struct sys_view v = *view;
	double age_s = s_from_ns(mono_ns - view->at_mono_ns);

	if (age_s > 0)
		v.root_disp_s += age_s * view->root_disp_growth;
	if (mono_ns >= view->expires_mono_ns &&
	    v.stratum < NTP_STRATUM_UNSYNC) {
		v.leap = LEAP_UNSYNC;
		v.stratum = NTP_STRATUM_UNSYNC;
		v.refid = refid_from_code("INIT");
	}
	return v;
}

/*
 * Mode 1 comes from Windows' time service and from symmetric peers; it is
 * answered like a client, in mode 2 and without an association
 * (doc/decisions/0010-mode-1.md).
 */
static uint8_t reply_mode(uint8_t request_mode)
{
	return request_mode == NTP_MODE_ACTIVE ? NTP_MODE_PASSIVE
					       : NTP_MODE_SERVER;
}

static int8_t bounded_poll(int8_t poll_log2)
{
	if (poll_log2 < POLL_MIN_LOG2)
		return POLL_MIN_LOG2;
	return poll_log2 > POLL_MAX_LOG2 ? POLL_MAX_LOG2 : poll_log2;
}

void answer(const struct sys_view *view, const struct ntp_packet *request,
	    int64_t rx_wall_ns, struct ntp_packet *reply)
{
	bool synced = view->stratum > 0 && view->stratum < NTP_STRATUM_UNSYNC &&
		      view->leap != LEAP_UNSYNC;

	*reply = (struct ntp_packet){
		.leap = synced ? view->leap : LEAP_UNSYNC,
		.version = request->version,
		.mode = reply_mode(request->mode),
		.stratum = synced ? view->stratum : 0,
		.poll_log2 = bounded_poll(request->poll_log2),
		.precision_log2 = view->precision_log2,
		.root_delay_s = view->root_delay_s,
		.root_disp_s = view->root_disp_s,
		.refid = view->refid,
		.reference = view->reference,
		.origin = request->transmit,
		.receive = ntp_ts_from_ns(rx_wall_ns),
	};
}

void answer_kiss(const struct sys_view *view, const struct ntp_packet *request,
		 int64_t rx_wall_ns, const char *code, struct ntp_packet *reply)
{
	answer(view, request, rx_wall_ns, reply);
	reply->leap = LEAP_UNSYNC;
	reply->stratum = 0;
	reply->refid = refid_from_code(code);
}
