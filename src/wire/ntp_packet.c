/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/ntp_packet.h"

#include <errno.h>
#include <math.h>

#include "base/bytes.h"

#define TRANSMIT_AT 40

/* NTP short format: unsigned 16.16 seconds. */
static double s_from_short(uint32_t v)
{
	return (double)v * 0x1p-16;
}

static uint32_t short_from_s(double s)
{
	double v = ceil(s * 0x1p16);

	if (v <= 0)
		return 0;
	/* Not a number is the largest: an error bound must not look good. */
	return v < (double)UINT32_MAX ? (uint32_t)v : UINT32_MAX;
}

int ntp_packet_decode(const uint8_t *buf, size_t len, struct ntp_packet *pkt)
{
	struct bytes_in in = bytes_in(buf, len);
	uint8_t first;

	if (len < NTP_HEADER_LEN)
		return -EBADMSG;
	first = bytes_u8(&in);
	pkt->leap = first >> 6;
	pkt->version = first >> 3 & 7;
	pkt->mode = first & 7;
	pkt->stratum = bytes_u8(&in);
	pkt->poll_log2 = (int8_t)bytes_u8(&in);
	pkt->precision_log2 = (int8_t)bytes_u8(&in);
	pkt->root_delay_s = s_from_short(bytes_u32(&in));
	pkt->root_disp_s = s_from_short(bytes_u32(&in));
	pkt->refid = bytes_u32(&in);
	pkt->reference.v = bytes_u64(&in);
	pkt->origin.v = bytes_u64(&in);
	pkt->receive.v = bytes_u64(&in);
	pkt->transmit.v = bytes_u64(&in);
	return 0;
}

void ntp_packet_encode(const struct ntp_packet *pkt,
		       uint8_t buf[NTP_HEADER_LEN])
{
	struct bytes_out out = bytes_out(buf, NTP_HEADER_LEN);

	bytes_put_u8(&out, (uint8_t)(pkt->leap << 6 | (pkt->version & 7) << 3 |
				     (pkt->mode & 7)));
	bytes_put_u8(&out, pkt->stratum);
	bytes_put_u8(&out, (uint8_t)pkt->poll_log2);
	bytes_put_u8(&out, (uint8_t)pkt->precision_log2);
	bytes_put_u32(&out, short_from_s(pkt->root_delay_s));
	bytes_put_u32(&out, short_from_s(pkt->root_disp_s));
	bytes_put_u32(&out, pkt->refid);
	bytes_put_u64(&out, pkt->reference.v);
	bytes_put_u64(&out, pkt->origin.v);
	bytes_put_u64(&out, pkt->receive.v);
	bytes_put_u64(&out, pkt->transmit.v);
}

void ntp_packet_set_transmit(uint8_t buf[NTP_HEADER_LEN],
			     struct ntp_ts transmit)
{
	struct bytes_out out = bytes_out(buf + TRANSMIT_AT, 8);

	bytes_put_u64(&out, transmit.v);
}
