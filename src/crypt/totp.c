/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypt/totp.h"

#include <nettle/hmac.h>
#include <string.h>

#include "base/bytes.h"

uint32_t totp_number(const uint8_t *secret, size_t len, uint64_t step)
{
	struct hmac_sha1_ctx ctx;
	uint8_t counter[8], mac[SHA1_DIGEST_SIZE];
	struct bytes_out out = bytes_out(counter, sizeof counter);
	struct bytes_in in;

	bytes_put_u64(&out, step);
	hmac_sha1_set_key(&ctx, len, secret);
	hmac_sha1_update(&ctx, sizeof counter, counter);
	hmac_sha1_digest(&ctx, sizeof mac, mac);
	explicit_bzero(&ctx, sizeof ctx);
	in = bytes_in(mac + (mac[sizeof mac - 1] & 0xf), 4);
	return bytes_u32(&in) & 0x7fffffff;
}

void base32_encode(const uint8_t *data, size_t len, char *out)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	unsigned waiting = 0, n_bits = 0;

	for (size_t i = 0; i < len; i++) {
		waiting = waiting << 8 | data[i];
		for (n_bits += 8; n_bits >= 5; n_bits -= 5)
			*out++ = digits[waiting >> (n_bits - 5) & 31];
	}
	if (n_bits > 0)
		*out++ = digits[waiting << (5 - n_bits) & 31];
	*out = '\0';
}
