/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/secret.h"

#include <assert.h>
#include <errno.h>
#include <sodium.h>
#include <string.h>

#define SECRET_LEN 32
#define BASE64 sodium_base64_VARIANT_URLSAFE_NO_PADDING

static_assert(SECRET_TEXT_LEN == sodium_base64_ENCODED_LEN(SECRET_LEN, BASE64),
	      "room for the text");
static_assert(PASSWORD_HASH_LEN == crypto_pwhash_STRBYTES, "room for the hash");

void secret_draw(char text[SECRET_TEXT_LEN])
{
	uint8_t secret[SECRET_LEN];

	do {
		randombytes_buf(secret, sizeof secret);
		sodium_bin2base64(text, SECRET_TEXT_LEN, secret, sizeof secret,
				  BASE64);
	} while (text[0] == '-');
	sodium_memzero(secret, sizeof secret);
}

static bool decode(const char *text, uint8_t secret[SECRET_LEN])
{
	size_t len;

	return sodium_base642bin(secret, SECRET_LEN, text, strlen(text), NULL,
				 &len, NULL, BASE64) == 0 &&
	       len == SECRET_LEN;
}

bool secret_hash(const char *text, uint8_t hash[SECRET_HASH_LEN])
{
	uint8_t secret[SECRET_LEN];

	if (!decode(text, secret))
		return false;
	crypto_generichash(hash, SECRET_HASH_LEN, secret, sizeof secret, NULL,
			   0);
	sodium_memzero(secret, sizeof secret);
	return true;
}

void secret_new(char text[SECRET_TEXT_LEN], uint8_t hash[SECRET_HASH_LEN])
{
	bool ours;

	secret_draw(text);
	ours = secret_hash(text, hash);
	assert(ours);
	(void)ours;
}

void secret_derive(const char *key, const char *purpose,
		   char text[SECRET_TEXT_LEN])
{
	uint8_t secret[SECRET_LEN] = {0}, derived[SECRET_LEN];

	if (!decode(key, secret))
		randombytes_buf(secret, sizeof secret); /* nobody's */
	crypto_generichash(derived, sizeof derived,
			   (const unsigned char *)purpose, strlen(purpose),
			   secret, sizeof secret);
	sodium_bin2base64(text, SECRET_TEXT_LEN, derived, sizeof derived,
			  BASE64);
	sodium_memzero(secret, sizeof secret);
}

bool secret_same(const char *a, const char *b)
{
	size_t len = strlen(a);

	return len == strlen(b) && sodium_memcmp(a, b, len) == 0;
}

int password_hash(const struct pool_settings *set, const char *password,
		  char hash[PASSWORD_HASH_LEN])
{
	size_t memory = (size_t)set->password_kib * 1024;

	if (memory < crypto_pwhash_argon2id_MEMLIMIT_MIN)
		memory = crypto_pwhash_argon2id_MEMLIMIT_MIN;
	memset(hash, 0, PASSWORD_HASH_LEN);
	return crypto_pwhash_str(hash, password, strlen(password),
				 crypto_pwhash_OPSLIMIT_INTERACTIVE,
				 memory) == 0
		       ? 0
		       : -ENOMEM;
}

bool password_matches(const struct pool_settings *set, const char *password,
		      const char *hash)
{
	char waste[PASSWORD_HASH_LEN];

	if (*hash)
		return crypto_pwhash_str_verify(hash, password,
						strlen(password)) == 0;
	(void)(password_hash(set, password, waste) == 0);
	return false;
}
