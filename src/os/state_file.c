/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/state_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"

/* The suffix that Debian's AppArmor profile for ntpd allows. */
#define TMP_SUFFIX "-tmp"
#define BAD_SUFFIX ".bad"

static int join(char buf[PATH_MAX], const char *path, const char *suffix)
{
	struct text t = text_init(buf, PATH_MAX);

	text_add(&t, "%s%s", path, suffix);
	return t.full ? -ENAMETOOLONG : 0;
}

/* What a killed predecessor left behind is removed, once. */
static int open_tmp(const char *tmp, mode_t mode)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	int fd = open(tmp, flags, mode);

	if (fd < 0 && errno == EEXIST && unlink(tmp) == 0)
		fd = open(tmp, flags, mode);
	return fd < 0 ? -errno : fd;
}

int file_write_all(int fd, const void *from, size_t len)
{
	const char *data = from;

	while (len > 0) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

/* The folder that path is in. */
static int open_folder(const char *path)
{
	char folder[PATH_MAX];
	const char *slash = strrchr(path, '/');
	int fd;

	if (!slash)
		strcpy(folder, ".");
	else
		snprintf(folder, sizeof folder, "%.*s",
			 slash == path ? 1 : (int)(slash - path), path);
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* What root writes for a service, the service has to read and replace. */
static int give_away(int fd, const char *path)
{
	struct stat st;
	int folder, r = 0;

	if (geteuid() != 0)
		return 0;
	folder = open_folder(path);
	if (folder < 0)
		return folder;
	if (fstat(folder, &st) < 0 ||
	    (st.st_uid != 0 && fchown(fd, st.st_uid, st.st_gid) < 0))
		r = -errno;
	close(folder);
	return r;
}

static int fill_tmp(const char *tmp, const void *data, size_t len, mode_t mode)
{
	int fd = open_tmp(tmp, mode);
	int r;

	if (fd < 0)
		return fd;
	r = file_write_all(fd, data, len);
	if (r == 0)
		r = give_away(fd, tmp);
	if (r == 0 && fchmod(fd, mode) < 0)
		r = -errno;
	if (r == 0 && fsync(fd) < 0)
		r = -errno;
	if (close(fd) < 0 && r == 0)
		r = -errno;
	if (r < 0)
		unlink(tmp);
	return r;
}

/* The rename itself must survive a power cut. */
static int sync_folder(const char *path)
{
	int fd = open_folder(path), r = 0;

	if (fd < 0)
		return fd;
	/* EINVAL: a file system that knows no fsync of folders. */
	if (fsync(fd) < 0 && errno != EINVAL)
		r = -errno;
	close(fd);
	return r;
}

int state_file_write(const char *path, const void *data, size_t len,
		     mode_t mode)
{
	char tmp[PATH_MAX];
	int r = join(tmp, path, TMP_SUFFIX);

	if (r == 0)
		r = fill_tmp(tmp, data, len, mode);
	if (r < 0)
		return r;
	if (rename(tmp, path) < 0) {
		r = -errno;
		unlink(tmp);
		return r;
	}
	return sync_folder(path);
}

/* Up to cap octets; their number or -errno. */
static ssize_t read_all(int fd, char *buf, size_t cap)
{
	size_t len = 0;

	while (len < cap) {
		ssize_t n = read(fd, buf + len, cap - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	return (ssize_t)len;
}

/* Also looks for one octet too many: files grow, and /proc says size 0. */
static int read_regular(int fd, size_t max, char **out, size_t *len)
{
	struct stat st;
	char *buf;
	ssize_t n;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if (st.st_size > 0 && (uintmax_t)st.st_size > max)
		return -EFBIG;
	buf = xcalloc(1, max + 2);
	n = read_all(fd, buf, max + 1);
	if (n < 0 || (size_t)n > max) {
		free(buf);
		return n < 0 ? (int)n : -EFBIG;
	}
	*out = xreallocarray(buf, (size_t)n + 1, 1);
	*len = (size_t)n;
	return 0;
}

int state_file_read(const char *path, size_t max, bool follow, char **out,
		    size_t *len)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC |
				    (follow ? 0 : O_NOFOLLOW));
	int r;

	if (fd < 0)
		return -errno;
	r = read_regular(fd, max, out, len);
	close(fd);
	return r;
}

int state_file_set_aside(const char *path)
{
	char bad[PATH_MAX];
	int r = join(bad, path, BAD_SUFFIX);

	if (r == 0 && rename(path, bad) < 0)
		r = -errno;
	return r;
}
