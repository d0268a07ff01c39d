/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypt/digest.h"

#include <nettle/sha1.h>

void digest_sha1(const void *data, size_t len, uint8_t out[SHA1_LEN])
{
	struct sha1_ctx ctx;

	sha1_init(&ctx);
	sha1_update(&ctx, len, data);
	sha1_digest(&ctx, SHA1_LEN, out);
}
