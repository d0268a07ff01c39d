/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/ntp_ts.h"

#define NTP_HEADER_LEN 48
#define NTP_VERSION 4

enum ntp_mode {
	NTP_MODE_UNSPEC,
	NTP_MODE_ACTIVE,
	NTP_MODE_PASSIVE,
	NTP_MODE_CLIENT,
	NTP_MODE_SERVER,
	NTP_MODE_BROADCAST,
	NTP_MODE_CONTROL,
	NTP_MODE_PRIVATE,
};

/* The fixed header; numbers, no policy. */
struct ntp_packet {
	uint8_t leap;    /* enum ntp_leap of io/sys_view.h: 0 to 3 */
	uint8_t version; /* 0 to 7 */
	uint8_t mode;    /* enum ntp_mode */
	uint8_t stratum; /* as on the wire: 0 is a kiss code or unspecified */
	int8_t poll_log2;
	int8_t precision_log2;
	double root_delay_s; /* 0 to 65536 */
	double root_disp_s;
	uint32_t refid; /* host byte order: 'G' of "GPS" is the highest octet */
	struct ntp_ts reference, origin, receive, transmit;
};

/**
 * Decode the fixed header of an NTP packet.
 *
 * Extension fields and the MAC are left to ext_classify(); they start at
 * buf + NTP_HEADER_LEN.
 *
 * buf, len: the datagram as received; not modified, any len is safe.
 * pkt: written in full on success, untouched on failure.
 *
 * Returns: 0, or -EBADMSG when shorter than 48 octets.
 *
 * RFC 5905 section 7.3, figure 8.
 */
MUST_CHECK int ntp_packet_decode(const uint8_t *buf, size_t len,
				 struct ntp_packet *pkt);

/**
 * Write the 48 octets of the header.  Root delay and dispersion are rounded
 * up and saturate at the format's ends, so that an error bound never shrinks.
 */
void ntp_packet_encode(const struct ntp_packet *pkt,
		       uint8_t buf[NTP_HEADER_LEN]);

/** Overwrite only the transmit timestamp of an encoded header: done last, just before sending. */
void ntp_packet_set_transmit(uint8_t buf[NTP_HEADER_LEN],
			     struct ntp_ts transmit);
