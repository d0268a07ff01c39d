/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/zone/snapshot.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/rng.h"
#include "pool/zone/snapshot_file.h"
#include "scratch.h"
#include "unit/pool/zone/world.h"

static struct snapshot_image signed_image(const struct snapshot_key *key)
{
	struct pool *p = pool_new();
	struct snapshot_image image;

	for (int i = 0; i < 30; i++)
		pool_server(p, i % 3, i % 2 ? AF_INET : AF_INET6, 1 + i);
	pool_build(p, &image);
	snapshot_sign(&image, key);
	free(p);
	return image;
}

static int open_with(const struct snapshot_image *image,
		     const struct snapshot_trust *trust, const char *words)
{
	char why[256];
	struct text t = text_init(why, sizeof why);
	struct snapshot s;
	int r = snapshot_open(image->data, image->len, trust, &s, &t);

	if (r < 0 && !strstr(why, words))
		fail_msg("\"%s\" does not say \"%s\"", why, words);
	return r;
}

static struct snapshot_key new_key(void)
{
	struct snapshot_key key;

	assert_true(sodium_init() >= 0);
	crypto_sign_keypair(key.public, key.secret);
	return key;
}

static void cut_short(void **state)
{
	struct snapshot_image image = signed_image(NULL);
	const struct snapshot_trust trust = {0};

	(void)state;
	for (size_t len = 0; len < image.len; len += len < 4096 ? 1 : 97) {
		/* of exactly that size, for whoever looks beyond */
		struct snapshot_image part = {malloc(len + !len), len};

		memcpy(part.data, image.data, len);
		assert_int_equal(open_with(&part, &trust, ""), -EBADMSG);
		free(part.data);
	}
	snapshot_image_done(&image);
}

/* One bit, anywhere: refused, by the checksum or before. */
static void bit_flipped(void **state)
{
	struct snapshot_key key = new_key();
	struct snapshot_image image = signed_image(&key);
	const struct snapshot_trust trust = {.public = key.public};

	(void)state;
	assert_int_equal(open_with(&image, &trust, ""), 0);
	for (size_t at = 0; at < image.len; at += at < 64 ? 1 : 61) {
		image.data[at] ^= (uint8_t)(1 << at % 8);
		assert_true(open_with(&image, &trust, "") < 0);
		image.data[at] ^= (uint8_t)(1 << at % 8);
	}
	assert_int_equal(open_with(&image, &trust, ""), 0);
	snapshot_image_done(&image);
}

static void wrong_key(void **state)
{
	struct snapshot_key key = new_key(), other = new_key();
	struct snapshot_trust trust = {.public = other.public};
	struct snapshot_image image = signed_image(&key);

	(void)state;
	assert_int_equal(open_with(&image, &trust, "not signed"),
			 -EKEYREJECTED);
	snapshot_sign(&image, NULL); /* no signature at all */
	assert_int_equal(open_with(&image, &trust, "not signed"),
			 -EKEYREJECTED);
	trust.public = NULL;
	assert_int_equal(open_with(&image, &trust, ""), 0);
	snapshot_image_done(&image);
}

static void other_versions(void **state)
{
	const struct snapshot_trust trust = {0};
	struct snapshot_image image = signed_image(NULL);
	struct snapshot_head *head = (void *)image.data;

	(void)state;
	head->version++;
	snapshot_sign(&image, NULL);
	assert_int_equal(open_with(&image, &trust, "version 2"), -EPROTO);
	head->version--;
	head->byte_order = 0x04030201;
	snapshot_sign(&image, NULL);
	assert_int_equal(open_with(&image, &trust, "byte order"), -EPROTO);
	memcpy(head->magic, "GIF89a..", 8);
	assert_int_equal(open_with(&image, &trust, "not a snapshot"), -EBADMSG);
	snapshot_image_done(&image);
}

/* From the future, from the past: not while there is another. */
static void other_times(void **state)
{
	const int64_t built = 1700000000000;
	struct snapshot_image image = signed_image(NULL);
	struct snapshot_trust trust = {.now_ms = built};

	(void)state;
	trust.newer_than_ms = built - 1;
	assert_int_equal(open_with(&image, &trust, ""), 0);
	trust.newer_than_ms = built;
	assert_int_equal(open_with(&image, &trust, "in use"), -EALREADY);
	trust.newer_than_ms = built + 1;
	assert_int_equal(open_with(&image, &trust, "older"), -ESTALE);
	trust.newer_than_ms = 1;
	trust.now_ms = built - SNAPSHOT_AHEAD_MS;
	assert_int_equal(open_with(&image, &trust, ""), 0);
	trust.now_ms--;
	assert_int_equal(open_with(&image, &trust, "future"), -ETIME);
	trust.newer_than_ms = 0; /* the clock may be what is wrong */
	assert_int_equal(open_with(&image, &trust, ""), 0);
	snapshot_image_done(&image);
}

/* The checksum is right and the content is not: nothing is believed. */
static void nonsense_inside(void **state)
{
	const struct snapshot_trust trust = {0};
	struct snapshot_image image = signed_image(NULL);
	uint8_t *copy = malloc(image.len);
	struct rng rng;
	unsigned refused = 0;

	(void)state;
	rng_seed(&rng, 9);
	memcpy(copy, image.data, image.len);
	for (int i = 0; i < 3000; i++) {
		size_t at = rng_u64(&rng) % (image.len - 96);

		image.data[at] = (uint8_t)rng_u64(&rng);
		snapshot_sign(&image, NULL);
		refused += open_with(&image, &trust, "") < 0;
		memcpy(image.data, copy, image.len);
	}
	assert_true(refused > 300 && refused < 3000);
	snapshot_image_done(&image);
	free(copy);
}

static void files(void **state)
{
	struct snapshot_key key;
	uint8_t public[SNAPSHOT_PUBLIC_LEN];
	struct snapshot_trust trust = {.public = public};
	struct snapshot_image image;
	struct snapshot s;
	struct stat st;
	char why[256];
	struct text t = text_init(why, sizeof why);
	void *data;

	(void)state;
	assert_true(sodium_init() >= 0);
	assert_int_equal(snapshot_key_make("secret", "public"), 0);
	assert_int_equal(stat("secret", &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(snapshot_key_read("secret", &key), 0);
	assert_int_equal(snapshot_public_read("public", public), 0);
	assert_memory_equal(key.public, public, sizeof public);
	image = signed_image(NULL);
	assert_int_equal(snapshot_write("zones", &image, &key), 0);
	assert_int_equal(snapshot_read("zones", &trust, &data, &s, &t), 0);
	assert_string_equal(s.head->origin, "pool.test");
	free(data);
	assert_int_equal(snapshot_read("none", &trust, &data, &s, &t), -ENOENT);
	snapshot_image_done(&image);
}

static void strange_key_files(void **state)
{
	static const char *const bad[] = {"", "xyz", "00", "00112233\n"};
	struct snapshot_key key;
	uint8_t public[SNAPSHOT_PUBLIC_LEN];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		scratch_put_text("key", bad[i]);
		assert_int_equal(snapshot_key_read("key", &key), -EINVAL);
		assert_int_equal(snapshot_public_read("key", public), -EINVAL);
	}
	assert_int_equal(snapshot_public_read("nokey", public), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cut_short),
		cmocka_unit_test(bit_flipped),
		cmocka_unit_test(wrong_key),
		cmocka_unit_test(other_versions),
		cmocka_unit_test(other_times),
		cmocka_unit_test(nonsense_inside),
		cmocka_unit_test_setup_teardown(files, scratch_enter,
						scratch_leave),
		cmocka_unit_test_setup_teardown(strange_key_files,
						scratch_enter, scratch_leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
