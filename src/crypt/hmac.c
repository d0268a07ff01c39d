/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypt/hmac.h"

#include <nettle/hmac.h>
#include <nettle/memops.h>
#include <string.h>

void hmac_make(const char *key, const void *data, size_t len,
	       uint8_t out[HMAC_LEN])
{
	struct hmac_sha256_ctx ctx;

	hmac_sha256_set_key(&ctx, strlen(key), (const uint8_t *)key);
	hmac_sha256_update(&ctx, len, data);
	hmac_sha256_digest(&ctx, HMAC_LEN, out);
	explicit_bzero(&ctx, sizeof ctx);
}

bool hmac_same(const uint8_t *a, const uint8_t *b, size_t len)
{
	return memeql_sec(a, b, len);
}
