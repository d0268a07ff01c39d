/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypt/mac.h"

#include <stdio.h>
#include <string.h>

#include "base/container.h"
#include "cmocka_all.h"

static size_t from_hex(const char *hex, uint8_t *out)
{
	size_t n = strlen(hex) / 2;

	for (size_t i = 0; i < n; i++) {
		unsigned v;

		assert_int_equal(sscanf(hex + 2 * i, "%2x", &v), 1);
		out[i] = (uint8_t)v;
	}
	return n;
}

static struct key key_of(enum mac_algo algo, const void *secret, size_t len)
{
	struct key key = {.id = 0x1234, .algo = algo, .len = len};

	memcpy(key.secret, secret, len);
	return key;
}

/* RFC 4493 section 4; RFC 8573 is this over the packet. */
static void aes_cmac_of_the_rfc(void **state)
{
	static const struct {
		size_t len;
		const char *tag;
	} row[] = {
		{0, "bb1d6929e95937287fa37d129b756746"},
		{16, "070a16b46b4d4144f79bdd9dd04a287c"},
		{40, "dfa66747de9ae63030ca32611497c827"},
		{64, "51f0bebf7e3b9d92fc49741779363cfe"},
	};
	uint8_t secret[16], msg[64], tag[16], mac[MAC_MAX_LEN];
	struct key key;

	(void)state;
	from_hex("2b7e151628aed2a6abf7158809cf4f3c", secret);
	from_hex("6bc1bee22e409f96e93d7e117393172a"
		 "ae2d8a571e03ac9c9eb76fac45af8e51"
		 "30c81c46a35ce411e5fbc1191a0a52ef"
		 "f69f2445df4f9b17ad2b417be66c3710",
		 msg);
	key = key_of(MAC_AES128CMAC, secret, sizeof secret);
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		from_hex(row[i].tag, tag);
		assert_int_equal(mac_make(&key, msg, row[i].len, mac), 20);
		assert_memory_equal(mac, "\0\0\x12\x34", 4);
		assert_memory_equal(mac + 4, tag, sizeof tag);
	}
}

/* digest("timeball" || 00 01 .. 2f), computed with Python's hashlib. */
static void keyed_hashes(void **state)
{
	static const struct {
		enum mac_algo algo;
		const char *digest;
	} row[] = {
		{MAC_MD5, "5e8d7534066959d14aaa8b8fbc4c82b3"},
		{MAC_SHA1, "0fde9640a2ca586c8396f5cce3c1f296a63f2693"},
		{MAC_SHA256, "51e57c9ffbb33cb32a70abafddee8a44e973ba49"},
		{MAC_SHA384, "35e89c77b4557ce6802f89043cfb72cba375c6cb"},
		{MAC_SHA512, "c3a01144fa79f83990a10425730f92841188b81b"},
	};
	uint8_t msg[48], digest[20], mac[MAC_MAX_LEN];

	(void)state;
	for (uint8_t i = 0; i < sizeof msg; i++)
		msg[i] = i;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct key key = key_of(row[i].algo, "timeball", 8);
		size_t n = from_hex(row[i].digest, digest);

		assert_int_equal(mac_len(&key), 4 + n);
		assert_int_equal(mac_make(&key, msg, sizeof msg, mac), 4 + n);
		assert_memory_equal(mac + 4, digest, n);
		assert_true(mac_is_valid(&key, msg, sizeof msg, mac, 4 + n));
	}
}

/* one bit anywhere in message or MAC is enough. */
static void every_bit_counts(void **state)
{
	struct key key = key_of(MAC_SHA1, "secret", 6);
	uint8_t buf[48 + MAC_MAX_LEN] = {0x23, 1, 2, 3};
	size_t n = mac_make(&key, buf, 48, buf + 48);

	(void)state;
	assert_true(mac_is_valid(&key, buf, 48, buf + 48, n));
	for (size_t bit = 0; bit < (48 + n) * 8; bit++) {
		buf[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_false(mac_is_valid(&key, buf, 48, buf + 48, n));
		buf[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_false(mac_is_valid(&key, buf, 47, buf + 48, n));
}

/* a MAC of the other length is never valid. */
static void length_must_fit_the_key(void **state)
{
	struct key cmac = key_of(MAC_AES128CMAC, "0123456789abcdef", 16);
	struct key sha1 = key_of(MAC_SHA1, "0123456789abcdef", 16);
	uint8_t msg[48] = {0}, mac[MAC_MAX_LEN] = {0};

	(void)state;
	mac_make(&cmac, msg, sizeof msg, mac);
	assert_true(mac_is_valid(&cmac, msg, sizeof msg, mac, 20));
	assert_false(mac_is_valid(&cmac, msg, sizeof msg, mac, 24));
	mac_make(&sha1, msg, sizeof msg, mac);
	assert_true(mac_is_valid(&sha1, msg, sizeof msg, mac, 24));
	assert_false(mac_is_valid(&sha1, msg, sizeof msg, mac, 20));
	assert_false(mac_is_valid(&sha1, msg, sizeof msg, mac, 0));
}

static void another_key_id_is_another_mac(void **state)
{
	struct key a = key_of(MAC_MD5, "same", 4), b = a;
	uint8_t msg[48] = {0}, mac[MAC_MAX_LEN];

	(void)state;
	b.id++;
	mac_make(&a, msg, sizeof msg, mac);
	assert_false(mac_is_valid(&b, msg, sizeof msg, mac, mac_len(&b)));
}

/* RFC 5905 section 7.3; the IPv6 value from Python's hashlib. */
static void refids(void **state)
{
	struct net_addr a;

	(void)state;
	assert_int_equal(net_addr_parse("192.0.2.1", &a), 0);
	assert_int_equal(refid_from_addr(&a), 0xc0000201);
	assert_int_equal(net_addr_parse("2001:db8::1", &a), 0);
	assert_int_equal(refid_from_addr(&a), 0x39ab9b37);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(aes_cmac_of_the_rfc),
		cmocka_unit_test(keyed_hashes),
		cmocka_unit_test(every_bit_counts),
		cmocka_unit_test(length_must_fit_the_key),
		cmocka_unit_test(another_key_id_is_another_mac),
		cmocka_unit_test(refids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
