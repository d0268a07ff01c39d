/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/ntp_packet.h"

#include <stdlib.h>
#include <string.h>

/* Decoding never reads outside, and encoding gives the same octets back. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t back[NTP_HEADER_LEN];
	struct ntp_packet pkt;

	if (ntp_packet_decode(data, size, &pkt) < 0) {
		if (size >= NTP_HEADER_LEN)
			abort();
		return 0;
	}
	ntp_packet_encode(&pkt, back);
	if (memcmp(back, data, sizeof back) != 0)
		abort();
	return 0;
}
