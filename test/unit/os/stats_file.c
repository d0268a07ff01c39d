/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/stats_file.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/units.h"
#include "cmocka_all.h"
#include "scratch.h"

/* 2026-11-23 00:00:00 UTC, a Monday, MJD 61367 */
#define MONDAY_S INT64_C(1795392000)

static int64_t at(int64_t s, int64_t ms)
{
	return s * NS_PER_S + ms * NS_PER_MS;
}

static nlink_t links(const char *path)
{
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	return st.st_nlink;
}

static void suffixes(void **state)
{
	static const struct {
		enum stats_file_type type;
		int64_t s, age_s;
		const char *suffix;
	} cases[] = {
		{STATS_FILE_NONE, MONDAY_S, 0, ""},
		{STATS_FILE_DAY, MONDAY_S, 0, ".20261123"},
		{STATS_FILE_DAY, MONDAY_S - 1, 0, ".20261122"},
		{STATS_FILE_WEEK, MONDAY_S, 0, ".2026W48"},
		{STATS_FILE_WEEK, MONDAY_S - 1, 0, ".2026W47"},
		/* ISO 8601: the first of January may belong to the year before. */
		{STATS_FILE_WEEK, 1798761600, 0, ".2026W53"},
		{STATS_FILE_WEEK, 1798761600 + 3 * 86400, 0, ".2027W01"},
		{STATS_FILE_MONTH, MONDAY_S, 0, ".202611"},
		{STATS_FILE_YEAR, MONDAY_S, 0, ".2026"},
		{STATS_FILE_AGE, MONDAY_S, 0, ".a00000000"},
		{STATS_FILE_AGE, MONDAY_S, 86399, ".a00000000"},
		{STATS_FILE_AGE, MONDAY_S, 200000, ".a00172800"},
	};
	char buf[24], pid[24];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(stats_file_suffix(cases[i].type,
						      at(cases[i].s, 0),
						      cases[i].age_s, buf),
				    cases[i].suffix);
	snprintf(pid, sizeof pid, ".%ld", (long)getpid());
	assert_string_equal(stats_file_suffix(STATS_FILE_PID, 0, 0, buf), pid);
}

/* MJD and seconds of the day, UTC, as every reader of these files expects. */
static void lines(void **state)
{
	struct stats_file f;

	(void)state;
	assert_int_equal(
		stats_file_init(&f, "./", "loopstats", STATS_FILE_NONE, true),
		0);
	assert_int_equal(stats_file_append(&f, at(MONDAY_S + 17763, 831), 0,
					   "0.006147173 0.000"),
			 0);
	assert_int_equal(stats_file_append(&f, at(MONDAY_S - 1, 999), 0, "b"),
			 0);
	assert_int_equal(stats_file_append(&f, at(-1, 0), 0, "c"), 0);
	stats_file_close(&f);
	assert_string_equal(scratch_get("loopstats"),
			    "61367 17763.831 0.006147173 0.000\n"
			    "61366 86399.999 b\n"
			    "40586 86399.000 c\n");
	assert_int_equal(links("loopstats"), 1);
}

/* At midnight UTC the line goes to the next file and the plain name follows. */
static void rotation(void **state)
{
	struct stats_file f;

	(void)state;
	assert_int_equal(mkdir("stats", 0700), 0);
	assert_int_equal(stats_file_init(&f, "stats/", "peerstats",
					 STATS_FILE_DAY, true),
			 0);
	assert_int_equal(stats_file_append(&f, at(MONDAY_S - 1, 0), 0, "old"),
			 0);
	assert_int_equal(links("stats/peerstats"), 2);
	assert_int_equal(stats_file_append(&f, at(MONDAY_S, 0), 0, "new"), 0);
	assert_int_equal(stats_file_append(&f, at(MONDAY_S + 1, 0), 0, "2nd"),
			 0);
	stats_file_close(&f);
	assert_string_equal(scratch_get("stats/peerstats.20261122"),
			    "61366 86399.000 old\n");
	assert_string_equal(scratch_get("stats/peerstats.20261123"),
			    "61367 0.000 new\n61367 1.000 2nd\n");
	assert_string_equal(scratch_get("stats/peerstats"),
			    "61367 0.000 new\n61367 1.000 2nd\n");
	assert_int_equal(links("stats/peerstats.20261122"), 1);
	assert_int_equal(links("stats/peerstats"), 2);

	/* A restart goes on in the same file. */
	assert_int_equal(stats_file_append(&f, at(MONDAY_S + 2, 0), 0, "3rd"),
			 0);
	stats_file_close(&f);
	assert_int_equal(links("stats/peerstats"), 2);
	assert_non_null(strstr(scratch_get("stats/peerstats"), "3rd"));
}

/* Each kind changes its file exactly when its name changes. */
static void periods_agree_with_names(void **state)
{
	static const enum stats_file_type types[] = {
		STATS_FILE_DAY, STATS_FILE_WEEK, STATS_FILE_MONTH,
		STATS_FILE_YEAR, STATS_FILE_AGE};

	(void)state;
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		struct stats_file f;
		char name[16], path[64], suffix[24];

		snprintf(name, sizeof name, "s%zu", i);
		assert_int_equal(stats_file_init(&f, "", name, types[i], false),
				 0);
		for (int day = 0; day < 800; day++) {
			int64_t s = MONDAY_S + day * INT64_C(86400) - 1;
			char line[16];

			snprintf(line, sizeof line, "day%d.", day);
			assert_int_equal(stats_file_append(&f, at(s, 0),
							   day * 86400L, line),
					 0);
			snprintf(path, sizeof path, "%s%s", name,
				 stats_file_suffix(types[i], at(s, 0),
						   day * 86400L, suffix));
			assert_non_null(strstr(scratch_get(path), line));
		}
		stats_file_close(&f);
		assert_int_equal(access(name, F_OK), -1); /* nolink */
	}
}

static void what_stands_in_the_way(void **state)
{
	struct stats_file f;
	char kept[64];

	(void)state;
	snprintf(kept, sizeof kept, "s.C%ld", (long)getpid());
	assert_int_equal(stats_file_init(&f, "", "s", STATS_FILE_DAY, true), 0);
	/* A file of its own under the plain name is kept. */
	scratch_put_text("s", "of another program\n");
	assert_int_equal(stats_file_append(&f, at(MONDAY_S, 0), 0, "a"), 0);
	stats_file_close(&f);
	assert_string_equal(scratch_get(kept), "of another program\n");
	assert_int_equal(links("s"), 2);

	/* V23: no symbolic link is followed. */
	scratch_put_text("victim", "precious");
	assert_int_equal(unlink("s.20261123"), 0);
	assert_int_equal(symlink("victim", "s.20261123"), 0);
	assert_int_equal(stats_file_append(&f, at(MONDAY_S, 0), 0, "b"),
			 -ELOOP);
	assert_string_equal(scratch_get("victim"), "precious");
	/* The next line tries again. */
	assert_int_equal(unlink("s.20261123"), 0);
	assert_int_equal(stats_file_append(&f, at(MONDAY_S, 0), 0, "c"), 0);
	stats_file_close(&f);
	assert_string_equal(scratch_get("s.20261123"), "61367 0.000 c\n");

	assert_int_equal(unlink("s.20261123"), 0);
	assert_int_equal(mkfifo("s.20261123", 0600), 0);
	assert_true(stats_file_append(&f, at(MONDAY_S, 0), 0, "d") < 0);
	assert_int_equal(
		stats_file_init(&f, "/nowhere/", "s", STATS_FILE_NONE, true),
		0);
	assert_int_equal(stats_file_append(&f, 0, 0, "e"), -ENOENT);
}

/* F-13: the disk is full; nothing but that line is lost. */
static void no_room(void **state)
{
	struct stats_file f;

	(void)state;
	assert_int_equal(stats_file_init(&f, "", "s", STATS_FILE_NONE, false),
			 0);
	f.fd = open("/dev/full", O_WRONLY);
	assert_true(f.fd >= 0);
	assert_int_equal(stats_file_append(&f, 0, 0, "lost"), -ENOSPC);
	assert_int_equal(stats_file_append(&f, 0, 0, "kept"), 0);
	stats_file_close(&f);
	assert_string_equal(scratch_get("s"), "40587 0.000 kept\n");
}

static void limits(void **state)
{
	static char name[STATS_FILE_PATH_MAX + 1], line[5000];
	struct stats_file f;

	(void)state;
	memset(name, 'n', sizeof name - 1);
	memset(line, 'l', sizeof line - 1);
	assert_int_equal(stats_file_init(&f, "", name, STATS_FILE_DAY, false),
			 -ENAMETOOLONG);
	assert_int_equal(stats_file_init(&f, "", "s", STATS_FILE_NONE, false),
			 0);
	assert_int_equal(stats_file_append(&f, 0, 0, line), -EMSGSIZE);
	stats_file_close(&f);
	assert_string_equal(scratch_get("s"), "");
}

#define IN_SCRATCH(test) \
	cmocka_unit_test_setup_teardown(test, scratch_enter, scratch_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(suffixes),
		IN_SCRATCH(lines),
		IN_SCRATCH(rotation),
		IN_SCRATCH(periods_agree_with_names),
		IN_SCRATCH(what_stands_in_the_way),
		IN_SCRATCH(no_room),
		IN_SCRATCH(limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
