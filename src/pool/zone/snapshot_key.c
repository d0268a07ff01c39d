/* SPDX-License-Identifier: BSD-2-Clause */
#include <assert.h>
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "os/state_file.h"
#include "pool/zone/snapshot.h"

static_assert(SNAPSHOT_SECRET_LEN == crypto_sign_SECRETKEYBYTES &&
		      SNAPSHOT_PUBLIC_LEN == crypto_sign_PUBLICKEYBYTES,
	      "Ed25519");

#define LINE_MAX_LEN (2 * SNAPSHOT_SECRET_LEN + 2)

static int write_hex(const char *path, const uint8_t *key, size_t len,
		     mode_t mode)
{
	char line[LINE_MAX_LEN];
	int r;

	sodium_bin2hex(line, sizeof line, key, len);
	strcat(line, "\n");
	r = state_file_write(path, line, strlen(line), mode);
	sodium_memzero(line, sizeof line);
	return r;
}

static int read_hex(const char *path, uint8_t *key, size_t len)
{
	char *line;
	size_t line_len, got;
	int r = state_file_read(path, 4096, true, &line, &line_len);

	if (r < 0)
		return r;
	if (sodium_hex2bin(key, len, line, line_len, " \t\r\n", &got, NULL) <
		    0 ||
	    got != len)
		r = -EINVAL;
	sodium_memzero(line, line_len);
	free(line);
	return r;
}

int snapshot_key_make(const char *secret_path, const char *public_path)
{
	struct snapshot_key key;
	int r;

	crypto_sign_keypair(key.public, key.secret);
	r = write_hex(secret_path, key.secret, sizeof key.secret, 0600);
	if (r == 0)
		r = write_hex(public_path, key.public, sizeof key.public, 0644);
	sodium_memzero(&key, sizeof key);
	return r;
}

int snapshot_key_read(const char *secret_path, struct snapshot_key *out)
{
	struct snapshot_key key;
	int r = read_hex(secret_path, key.secret, sizeof key.secret);

	if (r == 0) {
		crypto_sign_ed25519_sk_to_pk(key.public, key.secret);
		*out = key;
	}
	sodium_memzero(&key, sizeof key);
	return r;
}

int snapshot_public_read(const char *public_path,
			 uint8_t out[SNAPSHOT_PUBLIC_LEN])
{
	uint8_t key[SNAPSHOT_PUBLIC_LEN];
	int r = read_hex(public_path, key, sizeof key);

	if (r == 0)
		memcpy(out, key, sizeof key);
	return r;
}
