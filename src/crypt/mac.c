/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypt/mac.h"

#include <assert.h>
#include <nettle/cmac.h>
#include <nettle/md5.h>
#include <nettle/memops.h>
#include <nettle/nettle-meta.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#include <string.h>
#include <sys/socket.h>

#include "base/bytes.h"

#define KEY_ID_LEN 4
#define DIGEST_MAX_LEN (MAC_MAX_LEN - KEY_ID_LEN)

static const struct nettle_hash *hash_of(enum mac_algo algo)
{
	switch (algo) {
	case MAC_MD5:
		return &nettle_md5;
	case MAC_SHA1:
		return &nettle_sha1;
	case MAC_SHA256:
		return &nettle_sha256;
	case MAC_SHA384:
		return &nettle_sha384;
	case MAC_SHA512:
		return &nettle_sha512;
	case MAC_AES128CMAC:
		break;
	}
	return NULL;
}

/* SHA-2 is cut to the length of SHA-1, which is what fits behind a header. */
static size_t digest_len(enum mac_algo algo)
{
	const struct nettle_hash *hash = hash_of(algo);

	if (!hash)
		return CMAC128_DIGEST_SIZE;
	return hash->digest_size < DIGEST_MAX_LEN ? hash->digest_size
						  : DIGEST_MAX_LEN;
}

/* The classic keyed hash: digest(secret || message), not HMAC. */
static void keyed_hash(const struct nettle_hash *hash, const struct key *key,
		       const uint8_t *msg, size_t len, uint8_t *out)
{
	union {
		struct md5_ctx md5;
		struct sha1_ctx sha1;
		struct sha256_ctx sha256;
		struct sha512_ctx sha512;
	} ctx;

	assert(hash->context_size <= sizeof ctx);
	hash->init(&ctx);
	hash->update(&ctx, key->len, key->secret);
	hash->update(&ctx, len, msg);
	hash->digest(&ctx, digest_len(key->algo), out);
	explicit_bzero(&ctx, sizeof ctx);
}

static void aes_cmac(const struct key *key, const uint8_t *msg, size_t len,
		     uint8_t *out)
{
	struct cmac_aes128_ctx ctx;

	cmac_aes128_set_key(&ctx, key->secret);
	cmac_aes128_update(&ctx, len, msg);
	cmac_aes128_digest(&ctx, CMAC128_DIGEST_SIZE, out);
	explicit_bzero(&ctx, sizeof ctx);
}

size_t mac_len(const struct key *key)
{
	return KEY_ID_LEN + digest_len(key->algo);
}

size_t mac_make(const struct key *key, const uint8_t *msg, size_t len,
		uint8_t out[MAC_MAX_LEN])
{
	const struct nettle_hash *hash = hash_of(key->algo);
	struct bytes_out id = bytes_out(out, KEY_ID_LEN);

	bytes_put_u32(&id, key->id);
	if (hash) {
		keyed_hash(hash, key, msg, len, out + KEY_ID_LEN);
	} else {
		assert(key->len == AES128_KEY_SIZE);
		aes_cmac(key, msg, len, out + KEY_ID_LEN);
	}
	return mac_len(key);
}

bool mac_is_valid(const struct key *key, const uint8_t *msg, size_t len,
		  const uint8_t *mac, size_t mac_size)
{
	uint8_t want[MAC_MAX_LEN];

	if (mac_size != mac_len(key))
		return false;
	mac_make(key, msg, len, want);
	return memeql_sec(want, mac, mac_size);
}

uint32_t refid_from_addr(const struct net_addr *addr)
{
	uint8_t digest[MD5_DIGEST_SIZE];
	const uint8_t *four = addr->ip;
	struct bytes_in in;

	if (addr->family == AF_INET6) {
		struct md5_ctx ctx;

		md5_init(&ctx);
		md5_update(&ctx, sizeof addr->ip, addr->ip);
		md5_digest(&ctx, sizeof digest, digest);
		four = digest;
	}
	in = bytes_in(four, 4);
	return bytes_u32(&in);
}
