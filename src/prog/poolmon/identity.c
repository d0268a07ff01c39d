/* SPDX-License-Identifier: BSD-2-Clause */
#include "identity.h"

#include <errno.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "os/state_file.h"

#define FILE_NAME "monitor.key"
#define NEW_NAME "monitor.key-new"
#define FILE_MAX 1024
#define BASE64 sodium_base64_VARIANT_URLSAFE_NO_PADDING

static int parse(char *text, struct identity *out)
{
	char *save = NULL;
	const char *id = strtok_r(text, " \n", &save);
	const char *key = strtok_r(NULL, " \n", &save);
	struct identity who;
	size_t len = 0;

	if (!id || !key || text_to_int(id, 0, LONG_MAX, &who.monitor_id) < 0)
		return -EBADMSG;
	if (sodium_base642bin(who.secret_key, sizeof who.secret_key, key,
			      strlen(key), NULL, &len, NULL, BASE64) != 0 ||
	    len != sizeof who.secret_key)
		return -EBADMSG;
	*out = who;
	return 0;
}

int identity_read(const char *state_dir, struct identity *out)
{
	char path[PATH_MAX], *text;
	size_t len;
	int r;

	snprintf(path, sizeof path, "%s/" FILE_NAME, state_dir);
	r = state_file_read(path, FILE_MAX, false, &text, &len);
	if (r < 0)
		return r;
	r = parse(text, out);
	sodium_memzero(text, len);
	free(text);
	return r;
}

static int write_to(const char *state_dir, const char *name,
		    const struct identity *who)
{
	char path[PATH_MAX], text[256], key[SIGN_TEXT_LEN];
	int n, r;

	sodium_bin2base64(key, sizeof key, who->secret_key,
			  sizeof who->secret_key, BASE64);
	n = snprintf(text, sizeof text, "%ld %s\n", who->monitor_id, key);
	snprintf(path, sizeof path, "%s/%s", state_dir, name);
	r = state_file_write(path, text, (size_t)n, 0600);
	sodium_memzero(text, sizeof text);
	sodium_memzero(key, sizeof key);
	return r;
}

int identity_prepare(const char *state_dir, const struct identity *who)
{
	return write_to(state_dir, NEW_NAME, who);
}

int identity_write(const char *state_dir, const struct identity *who)
{
	char path[PATH_MAX];
	int r = write_to(state_dir, FILE_NAME, who);

	snprintf(path, sizeof path, "%s/" NEW_NAME, state_dir);
	if (r == 0)
		unlink(path);
	return r;
}
