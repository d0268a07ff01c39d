/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmocka_all.h"

/*
 * A folder of its own for each test that touches files, as the current
 * directory: setup and teardown for cmocka_unit_test_setup_teardown().
 */
static inline int scratch_enter(void **state)
{
	char path[] = "/tmp/timeball-test-XXXXXX";

	if (!mkdtemp(path) || chdir(path) < 0)
		return -1;
	*state = strdup(path);
	return 0;
}

static inline int scratch_leave(void **state)
{
	char command[PATH_MAX];

	snprintf(command, sizeof command, "rm -rf '%s'", (char *)*state);
	free(*state);
	return chdir("/") < 0 ? -1 : system(command);
}

static inline void scratch_put(const char *name, const void *data, size_t len)
{
	FILE *f = fopen(name, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static inline void scratch_put_text(const char *name, const char *text)
{
	scratch_put(name, text, strlen(text));
}

/* The whole file as text, up to 64 KiB, in a static buffer. */
static inline char *scratch_get(const char *name)
{
	static char buf[65537];
	FILE *f = fopen(name, "r");
	size_t n;

	assert_non_null(f);
	n = fread(buf, 1, sizeof buf - 1, f);
	fclose(f);
	buf[n] = '\0';
	return buf;
}
