/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/talk/sign.h"

#include <assert.h>
#include <errno.h>
#include <sodium.h>
#include <string.h>

static_assert(SIGN_PUBLIC_LEN == crypto_sign_PUBLICKEYBYTES, "of libsodium");
static_assert(SIGN_SECRET_LEN == crypto_sign_SECRETKEYBYTES, "of libsodium");
static_assert(SIGN_LEN == crypto_sign_BYTES, "of libsodium");

#define BASE64 sodium_base64_VARIANT_URLSAFE_NO_PADDING

void sign_new_key(uint8_t public_key[SIGN_PUBLIC_LEN],
		  uint8_t secret_key[SIGN_SECRET_LEN])
{
	crypto_sign_keypair(public_key, secret_key);
}

/* The streaming form (Ed25519ph) spares a copy of purpose and body. */
static crypto_sign_state message(const char *purpose, const void *body,
				 size_t len)
{
	crypto_sign_state s;

	crypto_sign_init(&s);
	crypto_sign_update(&s, (const uint8_t *)purpose, strlen(purpose));
	crypto_sign_update(&s, (const uint8_t *)"\n", 1);
	crypto_sign_update(&s, body, len);
	return s;
}

void sign_make(const uint8_t secret_key[SIGN_SECRET_LEN], const char *purpose,
	       const void *body, size_t len, char text[SIGN_TEXT_LEN])
{
	crypto_sign_state s = message(purpose, body, len);
	uint8_t signature[SIGN_LEN];

	crypto_sign_final_create(&s, signature, NULL, secret_key);
	sodium_bin2base64(text, SIGN_TEXT_LEN, signature, sizeof signature,
			  BASE64);
}

int sign_check(const uint8_t public_key[SIGN_PUBLIC_LEN], const char *purpose,
	       const void *body, size_t len, const char *text,
	       uint8_t out[SIGN_LEN])
{
	crypto_sign_state s = message(purpose, body, len);
	uint8_t signature[SIGN_LEN];
	size_t got = 0;

	if (!text ||
	    sodium_base642bin(signature, sizeof signature, text, strlen(text),
			      NULL, &got, NULL, BASE64) != 0 ||
	    got != sizeof signature)
		return -EBADMSG;
	if (crypto_sign_final_verify(&s, signature, public_key) != 0)
		return -EACCES;
	memcpy(out, signature, sizeof signature);
	return 0;
}
