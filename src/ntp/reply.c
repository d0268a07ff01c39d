/* SPDX-License-Identifier: BSD-2-Clause */
#include "ntp/reply.h"

#include <math.h>

#include "base/units.h"
#include "crypt/mac.h"
#include "io/sys_view.h"
#include "ntp/answer.h"
#include "wire/ext.h"

/*
 * E-20: a timestamp says nothing about its century, and a machine without a
 * battery starts in 1970 or anywhere.  So the era is not taken from our clock:
 * any timestamp is read as of 1990 to 2126, the 136 years around this instant.
 */
#define ERA_PIVOT_NS (INT64_C(2777760000) * NS_PER_S) /* 2058-01-09 */

/* A precision of 2^10 s is already far beyond every distance limit. */
#define MAX_PRECISION_LOG2 10
#define MIN_PRECISION_LOG2 (-32)

const char *reply_verdict_name(enum reply_verdict v)
{
	static const char *const names[REPLY_VERDICTS] = {
		[REPLY_BAD_FORMAT] = "bad format",
		[REPLY_BOGUS] = "bogus",
		[REPLY_DUPLICATE] = "duplicate",
		[REPLY_BAD_AUTH] = "bad authentication",
		[REPLY_OK] = "ok",
		[REPLY_RATE] = "kiss RATE",
		[REPLY_DENY] = "kiss DENY",
		[REPLY_KISS] = "other kiss",
		[REPLY_UNSYNCED] = "unsynchronised",
		[REPLY_BAD_TIMES] = "bad timestamps",
		[REPLY_LOOP] = "loop",
	};

	return names[v];
}

static double precision_s(int8_t log2)
{
	int clamped = log2;

	if (clamped > MAX_PRECISION_LOG2)
		clamped = MAX_PRECISION_LOG2;
	if (clamped < MIN_PRECISION_LOG2)
		clamped = MIN_PRECISION_LOG2;
	return ldexp(1.0, clamped);
}

static bool is_server_packet(const struct ntp_packet *pkt)
{
	return pkt->mode == NTP_MODE_SERVER && pkt->version >= 1 &&
	       pkt->version <= NTP_VERSION;
}

static enum reply_verdict check_origin(const struct reply_expect *x,
				       struct ntp_ts origin)
{
	if (x->outstanding && !ntp_ts_is_zero(origin) &&
	    ntp_ts_equal(origin, x->nonce))
		return REPLY_OK;
	if (!ntp_ts_is_zero(x->answered) && ntp_ts_equal(origin, x->answered))
		return REPLY_DUPLICATE;
	return REPLY_BOGUS;
}

static bool is_authentic(const struct reply_expect *x, const uint8_t *data,
			 size_t len, const struct ext_tail *tail)
{
	if (tail->verdict == EXT_CRYPTO_NAK)
		return false;
	if (!x->key)
		return true;
	return tail->verdict == EXT_MAC &&
	       mac_is_valid(x->key, data, tail->mac_at, data + tail->mac_at,
			    len - tail->mac_at);
}

static enum reply_verdict check_kiss(uint32_t code)
{
	if (code == refid_from_code("RATE"))
		return REPLY_RATE;
	if (code == refid_from_code("DENY") || code == refid_from_code("RSTR"))
		return REPLY_DENY;
	return REPLY_KISS;
}

/* Stratum 0 with a refid of letters is a kiss; with anything else it says nothing. */
static bool is_kiss(const struct ntp_packet *pkt)
{
	for (int shift = 24; shift >= 0; shift -= 8) {
		uint8_t c = (uint8_t)(pkt->refid >> shift);

		if (c < 'A' || c > 'Z')
			return false;
	}
	return pkt->stratum == 0;
}

static bool has_good_times(const struct ntp_packet *pkt)
{
	if (ntp_ts_is_zero(pkt->receive) || ntp_ts_is_zero(pkt->transmit))
		return false;
	return ntp_ts_diff_s(pkt->transmit, pkt->receive) >=
	       -precision_s(pkt->precision_log2);
}

/* C-12: its reference is one of our addresses, and it is no text of a stratum 1. */
static bool is_loop(const struct reply_expect *x, const struct ntp_packet *pkt)
{
	if (pkt->stratum < 2)
		return false;
	if (pkt->refid == refid_from_addr(&x->local))
		return true;
	for (size_t i = 0; i < x->n_own; i++) {
		if (pkt->refid == refid_from_addr(&x->own[i]))
			return true;
	}
	return false;
}

static enum reply_verdict check_content(const struct reply_expect *x,
					const struct ntp_packet *pkt)
{
	if (is_kiss(pkt))
		return check_kiss(pkt->refid);
	if (pkt->leap == LEAP_UNSYNC || pkt->stratum == 0 ||
	    pkt->stratum >= NTP_STRATUM_UNSYNC)
		return REPLY_UNSYNCED;
	if (!has_good_times(pkt))
		return REPLY_BAD_TIMES;
	return is_loop(x, pkt) ? REPLY_LOOP : REPLY_OK;
}

enum reply_verdict reply_check(const struct reply_expect *x,
			       const uint8_t *data, size_t len,
			       struct ntp_packet *pkt)
{
	struct ntp_packet p;
	struct ext_tail tail;
	enum reply_verdict v;

	if (ntp_packet_decode(data, len, &p) < 0 || !is_server_packet(&p))
		return REPLY_BAD_FORMAT;
	tail = ext_classify(data, len);
	if (tail.verdict == EXT_BAD)
		return REPLY_BAD_FORMAT;
	*pkt = p;
	v = check_origin(x, p.origin);
	if (v != REPLY_OK)
		return v;
	if (!is_authentic(x, data, len, &tail))
		return REPLY_BAD_AUTH;
	return check_content(x, &p);
}

void reply_sample(const struct ntp_packet *pkt, int64_t t1_ns, int64_t t4_ns,
		  double our_precision_s, int64_t mono_ns, struct sample *out)
{
	struct exchange x = {
		.t1_ns = t1_ns,
		.t2_ns = ntp_ts_to_ns(pkt->receive, ERA_PIVOT_NS),
		.t3_ns = ntp_ts_to_ns(pkt->transmit, ERA_PIVOT_NS),
		.t4_ns = t4_ns,
	};

	sample_from_exchange(&x,
			     our_precision_s + precision_s(pkt->precision_log2),
			     our_precision_s, out);
	out->mono_ns = mono_ns;
	out->root_delay_s = pkt->root_delay_s;
	out->root_disp_s = pkt->root_disp_s;
	out->stratum = pkt->stratum;
	out->leap = pkt->leap;
}
