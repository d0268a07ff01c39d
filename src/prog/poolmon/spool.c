/* SPDX-License-Identifier: BSD-2-Clause */
#include "spool.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/state_file.h"

#define SUFFIX ".json"

int spool_open(struct spool *s, const char *state_dir, struct log *log)
{
	int n = snprintf(s->dir, sizeof s->dir, "%s/spool", state_dir);

	s->log = log;
	if (n < 0 || (size_t)n >= sizeof s->dir)
		return -ENAMETOOLONG;
	if (mkdir(s->dir, 0700) < 0 && errno != EEXIST)
		return -errno;
	return 0;
}

static void path_of(const struct spool *s, const char *batch,
		    char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, "%s/%s" SUFFIX, s->dir, batch);
}

/* Names come from poold: a batch is hexadecimal digits, not a path. */
static bool is_batch(const char *name, size_t len)
{
	return len > 0 && len < TALK_BATCH_LEN &&
	       strspn(name, "0123456789abcdef") >= len;
}

static bool is_spooled(const char *name)
{
	size_t len = strlen(name), tail = strlen(SUFFIX);

	return len > tail && strcmp(name + len - tail, SUFFIX) == 0 &&
	       is_batch(name, len - tail);
}

/* How many there are, and the first by name. */
static int look(const struct spool *s, char first[TALK_BATCH_LEN])
{
	DIR *d = opendir(s->dir);
	const struct dirent *e;
	int n = 0;

	first[0] = '\0';
	if (!d)
		return -errno;
	while ((e = readdir(d))) {
		if (!is_spooled(e->d_name))
			continue;
		if (n++ == 0 || strcmp(e->d_name, first) < 0) {
			size_t len = strlen(e->d_name) - strlen(SUFFIX);

			memcpy(first, e->d_name, len);
			first[len] = '\0';
		}
	}
	closedir(d);
	return n;
}

int spool_put(struct spool *s, const char *batch, const struct buf *body)
{
	char path[PATH_MAX], first[TALK_BATCH_LEN];
	int n;

	if (!is_batch(batch, strlen(batch)))
		return -EINVAL;
	for (n = look(s, first); n >= SPOOL_FILES_MAX; n--) {
		log_warn(s->log, "spool: full, batch %s is lost", first);
		spool_drop(s, first);
	}
	if (n < 0)
		return n;
	path_of(s, batch, path);
	return state_file_write(path, body->data, body->len, 0600);
}

int spool_first(struct spool *s, char batch[TALK_BATCH_LEN], struct buf *body)
{
	char path[PATH_MAX], *text;
	size_t len;
	int r = look(s, batch);

	if (r <= 0)
		return r;
	path_of(s, batch, path);
	r = state_file_read(path, TALK_BODY_MAX, false, &text, &len);
	if (r < 0)
		return r;
	buf_done(body);
	buf_add(body, text, len);
	free(text);
	return 1;
}

void spool_drop(struct spool *s, const char *batch)
{
	char path[PATH_MAX];

	path_of(s, batch, path);
	if (unlink(path) < 0)
		log_warn(s->log, "spool %s: %s", path, strerror(errno));
}

void spool_set_aside(struct spool *s, const char *batch)
{
	char path[PATH_MAX];

	path_of(s, batch, path);
	if (state_file_set_aside(path) < 0)
		spool_drop(s, batch);
}
