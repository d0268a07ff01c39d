/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/ext.h"

#include <stdbool.h>

#include "base/bytes.h"
#include "wire/ntp_packet.h"

#define FIELD_HEAD_LEN 4 /* type and length */
#define FIELD_MIN_LEN 16
#define LAST_FIELD_MIN_LEN 28

static bool is_mac_len(size_t len)
{
	return len == MAC_KEYID_LEN + 16 || len == MAC_KEYID_LEN + 20;
}

/* Length of the field at p, or 0 when there is none that may stand here. */
static size_t field_len(const uint8_t *p, size_t left)
{
	struct bytes_in in = bytes_in(p, left);
	size_t len;

	bytes_u16(
		&in); /* type: unknown ones are ignored, and all are unknown here */
	len = bytes_u16(&in);
	if (in.bad || len % 4 != 0 || len < FIELD_MIN_LEN || len > left)
		return 0;
	return len;
}

static uint32_t keyid_at(const uint8_t *p)
{
	struct bytes_in in = bytes_in(p, MAC_KEYID_LEN);

	return bytes_u32(&in);
}

struct ext_tail ext_classify(const uint8_t *buf, size_t len)
{
	struct ext_tail tail = {.verdict = EXT_BAD, .mac_at = len};
	size_t at = NTP_HEADER_LEN;

	while (len - at >= LAST_FIELD_MIN_LEN) {
		size_t step = field_len(buf + at, len - at);

		if (step == 0 || ++tail.fields > EXT_MAX_FIELDS)
			return tail;
		at += step;
	}
	if (at == len) {
		tail.verdict = EXT_PLAIN;
	} else if (is_mac_len(len - at)) {
		tail.verdict = EXT_MAC;
		tail.mac_at = at;
		tail.mac_keyid = keyid_at(buf + at);
	} else if (len - at == MAC_KEYID_LEN && keyid_at(buf + at) == 0) {
		tail.verdict = EXT_CRYPTO_NAK;
		tail.mac_at = at;
	}
	return tail;
}

const uint8_t *ext_find(const uint8_t *buf, size_t len, uint16_t type,
			size_t *value_len)
{
	size_t at = NTP_HEADER_LEN;

	for (unsigned n = 0; n < EXT_MAX_FIELDS && len >= at; n++) {
		struct bytes_in in = bytes_in(buf + at, len - at);
		size_t step = field_len(buf + at, len - at);

		if (step == 0 || len - at < LAST_FIELD_MIN_LEN)
			return NULL;
		if (bytes_u16(&in) == type) {
			*value_len = step - FIELD_HEAD_LEN;
			return buf + at + FIELD_HEAD_LEN;
		}
		at += step;
	}
	return NULL;
}
