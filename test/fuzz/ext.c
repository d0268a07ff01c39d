/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/ext.h"

#include <stdlib.h>

#include "wire/ntp_packet.h"

/* Whatever the verdict, the MAC it points at lies inside the packet. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ext_tail tail;

	if (size < NTP_HEADER_LEN)
		return 0;
	tail = ext_classify(data, size);
	if (tail.fields > EXT_MAX_FIELDS + 1)
		abort();
	switch (tail.verdict) {
	case EXT_MAC:
		if (size - tail.mac_at != 20 && size - tail.mac_at != 24)
			abort();
		break;
	case EXT_CRYPTO_NAK:
		if (size - tail.mac_at != MAC_KEYID_LEN)
			abort();
		break;
	case EXT_PLAIN:
		if (tail.mac_at != size)
			abort();
		break;
	case EXT_BAD:
		break;
	}
	return 0;
}
