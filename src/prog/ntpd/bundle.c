/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/ntpd/bundle.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/container.h"

/* Beyond what any of our readers takes, so that it is they who complain. */
#define FILE_MAX_LEN ((size_t)8 << 20)

/* An entry: kind, errno, length of path, length of data, path, data.  The data
 * of a folder are its names, each with its NUL. */
enum { ENTRY_FILE = 1, ENTRY_FOLDER };
#define ENTRY_HEADER_LEN 13

static void put(struct disk_files *d, const void *data, size_t len)
{
	while (d->cap - d->len < len) {
		d->cap = d->cap ? 2 * d->cap : 4096;
		d->record = xreallocarray(d->record, d->cap, 1);
	}
	if (len)
		memcpy(d->record + d->len, data, len);
	d->len += len;
}

static void record(struct disk_files *d, uint8_t kind, const char *path,
		   int error, const void *data, size_t len)
{
	uint8_t head[ENTRY_HEADER_LEN];
	struct bytes_out out = bytes_out(head, sizeof head);

	bytes_put_u8(&out, kind);
	bytes_put_u32(&out, (uint32_t)-error);
	bytes_put_u32(&out, (uint32_t)strlen(path));
	bytes_put_u32(&out, (uint32_t)len);
	put(d, head, sizeof head);
	put(d, path, strlen(path));
	put(d, data, len);
}

/* Waits for the writer of a pipe, as the administrator asked, but for nobody
 * who opens one under our feet: a FIFO without a writer is empty. */
static int open_text(const char *path)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (fcntl(fd, F_SETFL, 0) < 0) {
		int r = -errno;

		close(fd);
		return r;
	}
	return fd;
}

static int read_all(int fd, char **text, size_t *len)
{
	size_t cap = 0, used = 0;
	char *buf = NULL;
	ssize_t n;

	do {
		if (cap - used < 4096) {
			cap = cap ? 2 * cap : 16384;
			buf = xreallocarray(buf, cap, 1);
		}
		n = read(fd, buf + used, cap - used - 1);
		if (n < 0 && errno != EINTR) {
			int r = -errno;

			free(buf);
			return r;
		}
		used += n > 0 ? (size_t)n : 0;
	} while (n != 0 && used <= FILE_MAX_LEN);
	buf[used] = '\0';
	*text = buf;
	*len = used;
	return 0;
}

static int disk_read(struct conf_files *f, const char *path, char **text,
		     size_t *len)
{
	struct disk_files *d = CONTAINER_OF(f, struct disk_files, files);
	int fd = open_text(path);
	int r = fd < 0 ? fd : read_all(fd, text, len);

	if (fd >= 0)
		close(fd);
	record(d, ENTRY_FILE, path, r, r < 0 ? NULL : *text, r < 0 ? 0 : *len);
	return r;
}

static int is_conf(const struct dirent *e)
{
	size_t len = strlen(e->d_name);

	return e->d_name[0] != '.' && len > 5 &&
	       strcmp(e->d_name + len - 5, ".conf") == 0;
}

static int by_octets(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int disk_list(struct conf_files *f, const char *dir, char ***names,
		     size_t *n)
{
	struct disk_files *d = CONTAINER_OF(f, struct disk_files, files);
	struct disk_files joined = {0};
	struct dirent **entries = NULL;
	int found = scandir(dir, &entries, is_conf, by_octets);
	int r = found < 0 && errno != ENOENT && errno != ENOTDIR ? -errno : 0;

	*n = found > 0 ? (size_t)found : 0;
	*names = *n ? xcalloc(*n, sizeof **names) : NULL;
	for (size_t i = 0; i < *n; i++) {
		(*names)[i] = xstrdup(entries[i]->d_name);
		put(&joined, (*names)[i], strlen((*names)[i]) + 1);
		free(entries[i]);
	}
	free(entries);
	record(d, ENTRY_FOLDER, dir, r, joined.record, joined.len);
	free(joined.record);
	return r;
}

void disk_files_init(struct disk_files *d)
{
	*d = (struct disk_files){
		.files = {.read = disk_read, .list = disk_list}};
}

void disk_files_done(struct disk_files *d)
{
	free(d->record);
}

struct entry {
	uint8_t kind;
	int error;
	const uint8_t *data;
	size_t len;
};

static bool find(const struct bundle_files *b, uint8_t kind, const char *path,
		 struct entry *e)
{
	struct bytes_in in = bytes_in(b->data, b->len);

	while (in.left > 0) {
		size_t path_len, len;
		const uint8_t *p;

		e->kind = bytes_u8(&in);
		e->error = -(int)bytes_u32(&in);
		path_len = bytes_u32(&in);
		len = bytes_u32(&in);
		p = bytes_take(&in, path_len);
		e->data = bytes_take(&in, len);
		e->len = len;
		if (in.bad)
			return false;
		if (e->kind == kind && path_len == strlen(path) &&
		    memcmp(p, path, path_len) == 0)
			return true;
	}
	return false;
}

static int bundle_read(struct conf_files *f, const char *path, char **text,
		       size_t *len)
{
	struct entry e;

	if (!find(CONTAINER_OF(f, struct bundle_files, files), ENTRY_FILE, path,
		  &e))
		return -ENOENT;
	if (e.error < 0)
		return e.error;
	*text = xcalloc(e.len + 1, 1);
	memcpy(*text, e.data, e.len);
	*len = e.len;
	return 0;
}

static int bundle_list(struct conf_files *f, const char *dir, char ***names,
		       size_t *n)
{
	struct entry e;
	size_t count = 0, i = 0;

	*names = NULL;
	*n = 0;
	if (!find(CONTAINER_OF(f, struct bundle_files, files), ENTRY_FOLDER,
		  dir, &e))
		return 0;
	for (size_t at = 0; at < e.len; at++)
		count += e.data[at] == '\0';
	if (count)
		*names = xcalloc(count, sizeof **names);
	for (size_t at = 0; i < count; at += strlen((*names)[i++]) + 1)
		(*names)[i] = xstrdup((const char *)e.data + at);
	*n = count;
	return e.error;
}

void bundle_files_init(struct bundle_files *b, const uint8_t *data, size_t len)
{
	*b = (struct bundle_files){
		.files = {.read = bundle_read, .list = bundle_list},
		.data = data,
		.len = len,
	};
}
