/* SPDX-License-Identifier: BSD-2-Clause */
#include "ntp/pool_verify.h"

#include <string.h>

#include "base/bytes.h"
#include "crypt/hmac.h"
#include "wire/ext.h"

#define HEAD_LEN 4 /* type and length of a field */
#define NAME_LEN 8
#define NAME_TEXT "timeball name"
#define PROOF_TEXT "timeball verify" /* its NUL is part of it */

static void name_of(const char *token, uint8_t name[NAME_LEN])
{
	uint8_t mac[HMAC_LEN];

	hmac_make(token, NAME_TEXT, strlen(NAME_TEXT), mac);
	memcpy(name, mac, NAME_LEN);
}

static void proof_of(const char *token,
		     const uint8_t nonce[POOL_VERIFY_NONCE_LEN],
		     uint8_t proof[HMAC_LEN])
{
	uint8_t text[sizeof PROOF_TEXT + POOL_VERIFY_NONCE_LEN];

	memcpy(text, PROOF_TEXT, sizeof PROOF_TEXT);
	memcpy(text + sizeof PROOF_TEXT, nonce, POOL_VERIFY_NONCE_LEN);
	hmac_make(token, text, sizeof text, proof);
}

static void put_field(struct bytes_out *out, size_t len)
{
	bytes_put_u16(out, POOL_VERIFY_TYPE);
	bytes_put_u16(out, (uint16_t)len);
}

void pool_verify_ask(const char *token,
		     const uint8_t nonce[POOL_VERIFY_NONCE_LEN],
		     uint8_t out[POOL_VERIFY_ASK_LEN])
{
	struct bytes_out field = bytes_out(out, POOL_VERIFY_ASK_LEN);
	uint8_t name[NAME_LEN];

	name_of(token, name);
	put_field(&field, POOL_VERIFY_ASK_LEN);
	bytes_put(&field, name, sizeof name);
	bytes_put(&field, nonce, POOL_VERIFY_NONCE_LEN);
}

size_t pool_verify_answer(const char *const *tokens, size_t n,
			  const uint8_t *request, size_t len,
			  uint8_t out[POOL_VERIFY_REPLY_LEN])
{
	struct bytes_out field = bytes_out(out, POOL_VERIFY_REPLY_LEN);
	size_t ask_len = 0;
	const uint8_t *ask = ext_find(request, len, POOL_VERIFY_TYPE, &ask_len);

	if (!ask || ask_len != POOL_VERIFY_ASK_LEN - HEAD_LEN)
		return 0;
	for (size_t i = 0; i < n; i++) {
		uint8_t name[NAME_LEN], proof[HMAC_LEN];

		name_of(tokens[i], name);
		if (!hmac_same(ask, name, NAME_LEN))
			continue;
		proof_of(tokens[i], ask + NAME_LEN, proof);
		put_field(&field, POOL_VERIFY_REPLY_LEN);
		bytes_put(&field, proof, sizeof proof);
		return field.len;
	}
	return 0;
}

bool pool_verify_proves(const char *token,
			const uint8_t nonce[POOL_VERIFY_NONCE_LEN],
			const uint8_t *reply, size_t len)
{
	uint8_t proof[HMAC_LEN];
	size_t got_len = 0;
	const uint8_t *got = ext_find(reply, len, POOL_VERIFY_TYPE, &got_len);

	if (!got || got_len != HMAC_LEN)
		return false;
	proof_of(token, nonce, proof);
	return hmac_same(got, proof, HMAC_LEN);
}
