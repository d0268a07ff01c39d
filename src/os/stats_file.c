/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/stats_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "base/units.h"

#define S_PER_DAY INT64_C(86400)
#define MJD_OF_1970 40587
#define LINE_MAX_LEN 1200

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* One number per file; consecutive files have different ones. */
static int64_t period_at(enum stats_file_type type, int64_t wall_ns,
			 int64_t age_s)
{
	time_t t = floor_div(wall_ns, NS_PER_S);
	int64_t days = floor_div(t, S_PER_DAY);
	struct tm tm;

	gmtime_r(&t, &tm);
	switch (type) {
	case STATS_FILE_DAY:
		return days;
	case STATS_FILE_WEEK: /* Mondays; 1970 began on a Thursday */
		return floor_div(days + 3, 7);
	case STATS_FILE_MONTH:
		return tm.tm_year * INT64_C(12) + tm.tm_mon;
	case STATS_FILE_YEAR:
		return tm.tm_year;
	case STATS_FILE_AGE:
		return floor_div(age_s, S_PER_DAY);
	default:
		return 0;
	}
}

char *stats_file_suffix(enum stats_file_type type, int64_t wall_ns,
			int64_t age_s, char buf[24])
{
	time_t s = floor_div(wall_ns, NS_PER_S);
	struct text t = text_init(buf, 24);
	struct tm tm;

	gmtime_r(&s, &tm);
	switch (type) {
	case STATS_FILE_NONE:
		break;
	case STATS_FILE_PID:
		text_add(&t, ".%ld", (long)getpid());
		break;
	case STATS_FILE_DAY:
		strftime(buf, 24, ".%Y%m%d", &tm);
		break;
	case STATS_FILE_WEEK:
		strftime(buf, 24, ".%GW%V", &tm);
		break;
	case STATS_FILE_MONTH:
		strftime(buf, 24, ".%Y%m", &tm);
		break;
	case STATS_FILE_YEAR:
		strftime(buf, 24, ".%Y", &tm);
		break;
	case STATS_FILE_AGE:
		text_add(&t, ".a%08lld",
			 (long long)(floor_div(age_s, S_PER_DAY) * S_PER_DAY));
		break;
	}
	return buf;
}

int stats_file_init(struct stats_file *f, const char *prefix, const char *name,
		    enum stats_file_type type, bool link)
{
	struct text t = text_init(f->base, sizeof f->base);

	f->type = type;
	f->link = link && type != STATS_FILE_NONE;
	f->fd = -1;
	f->period = 0;
	text_add(&t, "%s%s", prefix, name);
	return t.full ? -ENAMETOOLONG : 0;
}

void stats_file_close(struct stats_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}

/*
 * Make the plain name a hard link to the current file.  What stands there is
 * an older link, which may go, or a file of its own, which is kept under
 * another name.  Without the link the statistics are still written, so
 * failures are not told.
 */
static void link_plain_name(const struct stats_file *f, const char *path)
{
	char kept[STATS_FILE_PATH_MAX + 32];
	struct stat st;

	if (lstat(f->base, &st) == 0) {
		if (S_ISREG(st.st_mode) && st.st_nlink == 1) {
			snprintf(kept, sizeof kept, "%s.C%ld", f->base,
				 (long)getpid());
			rename(f->base, kept);
		} else if (!S_ISDIR(st.st_mode)) {
			unlink(f->base);
		}
	}
	if (link(path, f->base) < 0)
		return;
}

static int stats_file_open(struct stats_file *f, int64_t wall_ns, int64_t age_s)
{
	char suffix[24], path[STATS_FILE_PATH_MAX + sizeof suffix];
	struct stat st;
	int fd;

	snprintf(path, sizeof path, "%s%s", f->base,
		 stats_file_suffix(f->type, wall_ns, age_s, suffix));
	fd = open(path,
		  O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK |
			  O_NOCTTY | O_CLOEXEC,
		  0644);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return -EINVAL;
	}
	if (f->link)
		link_plain_name(f, path);
	f->fd = fd;
	return 0;
}

/* One write(2), so that a reader never sees half a line unless the disk is full. */
static int write_line(struct stats_file *f, int64_t wall_ns, const char *line)
{
	char buf[LINE_MAX_LEN];
	struct text t = text_init(buf, sizeof buf);
	int64_t ms = floor_div(wall_ns, NS_PER_MS);
	int64_t day = floor_div(ms, S_PER_DAY * 1000);
	int64_t ms_of_day = ms - day * S_PER_DAY * 1000;
	ssize_t n;

	text_add(&t, "%lld %lld.%03lld %s\n", (long long)(day + MJD_OF_1970),
		 (long long)(ms_of_day / 1000), (long long)(ms_of_day % 1000),
		 line);
	if (t.full)
		return -EMSGSIZE;
	do
		n = write(f->fd, buf, t.len);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	return (size_t)n == t.len ? 0 : -ENOSPC;
}

int stats_file_append(struct stats_file *f, int64_t wall_ns, int64_t age_s,
		      const char *line)
{
	int64_t period = period_at(f->type, wall_ns, age_s);
	int r;

	if (period != f->period)
		stats_file_close(f);
	if (f->fd < 0) {
		r = stats_file_open(f, wall_ns, age_s);
		if (r < 0)
			return r;
		f->period = period;
	}
	r = write_line(f, wall_ns, line);
	if (r < 0)
		stats_file_close(f);
	return r;
}
