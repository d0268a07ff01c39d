/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "cmocka_all.h"
#include "faults.h"
#include "near.h"
#include "os/drift_file.h"
#include "os/pid_file.h"
#include "os/state_file.h"
#include "scratch.h"

static mode_t mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	return st.st_mode;
}

static void write_and_read_back(void **state)
{
	char *text;
	size_t len;
	mode_t mask = umask(077);

	(void)state;
	assert_int_equal(state_file_write("a", "one\n", 4, 0644), 0);
	assert_int_equal(mode_of("a"), S_IFREG | 0644); /* whatever the umask */
	assert_int_equal(state_file_write("./a", "second\n", 7, 0600), 0);
	assert_int_equal(mode_of("a"), S_IFREG | 0600);
	umask(mask);
	assert_int_equal(state_file_read("a", 7, false, &text, &len), 0);
	assert_int_equal(len, 7);
	assert_string_equal(text, "second\n");
	free(text);
	assert_int_equal(state_file_write("a", "", 0, 0600), 0);
	assert_int_equal(state_file_read("a", 0, false, &text, &len), 0);
	assert_int_equal(len, 0);
	assert_string_equal(text, "");
	free(text);
	assert_int_equal(access("a-tmp", F_OK), -1);
}

/* Root enrols, and the service has to read what came of it. */
static void root_writes_for_the_owner(void **state)
{
	struct stat st;

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(mkdir("theirs", 0700), 0);
	assert_int_equal(chown("theirs", 65534, 65533), 0);
	assert_int_equal(state_file_write("theirs/key", "x", 1, 0600), 0);
	assert_int_equal(stat("theirs/key", &st), 0);
	assert_int_equal(st.st_uid, 65534);
	assert_int_equal(st.st_gid, 65533);
	assert_int_equal(st.st_mode, S_IFREG | 0600);
	assert_int_equal(state_file_write("mine", "x", 1, 0600), 0);
	assert_int_equal(stat("mine", &st), 0);
	assert_int_equal(st.st_uid, 0);
}

/* What somebody may have put in our way. */
static void write_past_obstacles(void **state)
{
	(void)state;
	/* A stale temporary file, and one that is a trap (V23). */
	scratch_put_text("a-tmp", "half a li");
	assert_int_equal(state_file_write("a", "new", 3, 0600), 0);
	assert_string_equal(scratch_get("a"), "new");
	scratch_put_text("victim", "precious");
	assert_int_equal(symlink("victim", "a-tmp"), 0);
	assert_int_equal(state_file_write("a", "newer", 5, 0600), 0);
	assert_string_equal(scratch_get("a"), "newer");
	assert_int_equal(symlink("victim", "link"), 0);
	assert_int_equal(state_file_write("link", "mine", 4, 0600), 0);
	assert_int_equal(mode_of("link"), S_IFREG | 0600);
	assert_string_equal(scratch_get("victim"), "precious");

	/* F-12 */
	assert_int_equal(mkdir("dir", 0700), 0);
	assert_int_equal(state_file_write("dir", "x", 1, 0600), -EISDIR);
	assert_int_equal(state_file_write("nowhere/a", "x", 1, 0600), -ENOENT);
	assert_int_equal(state_file_write("a/b", "x", 1, 0600), -ENOTDIR);
	assert_int_equal(access("dir-tmp", F_OK), -1);
}

/* F-13: whichever system call fails, the file is the old one or the new. */
static void every_call_fails_once(void **state)
{
	static const int errors[] = {ENOSPC, EIO, EDQUOT, EROFS};
	unsigned n;

	(void)state;
	for (size_t e = 0; e < 4; e++) {
		for (n = 0;; n++) {
			int r;

			assert_int_equal(state_file_write("f", "old", 3, 0600),
					 0);
			fault_arm(FAULT_ANY, errors[e], n, 1);
			r = state_file_write("f", "new", 3, 0600);
			fault_disarm();
			if (fault.hits == 0)
				break;
			assert_int_equal(r, -errors[e]);
			/* The last one, of the folder, comes after the rename. */
			assert_string_equal(scratch_get("f"),
					    n == 4 ? "new" : "old");
			assert_int_equal(access("f-tmp", F_OK), -1);
		}
		assert_int_equal(n, 5); /* write fchmod fsync rename fsync */
	}
	/* File systems without fsync of folders are no failure. */
	fault_arm(FAULT_FSYNC, EINVAL, 1, 1);
	assert_int_equal(state_file_write("f", "new", 3, 0600), 0);
	assert_int_equal(fault.hits, 1);
	/* E-03 */
	fault_arm(FAULT_WRITE, EINTR, 0, 3);
	assert_int_equal(state_file_write("f", "newer", 5, 0600), 0);
	assert_int_equal(fault.hits, 3);
	fault_disarm();
	assert_string_equal(scratch_get("f"), "newer");
}

/* F-13: a real limit, hit in the middle of the data. */
static void no_room(void **state)
{
	static char big[8192];
	struct rlimit before, little = {.rlim_cur = 4096};

	(void)state;
	assert_int_equal(state_file_write("f", "old", 3, 0600), 0);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	little.rlim_max = before.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
	assert_int_equal(state_file_write("f", big, sizeof big, 0600), -EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_string_equal(scratch_get("f"), "old");
	assert_int_equal(access("f-tmp", F_OK), -1);
}

static void write_for_ever(void)
{
	char data[9000];

	for (unsigned i = 0;; i++) {
		memset(data, 'a' + (int)(i % 26), sizeof data);
		(void)!state_file_write("f", data, sizeof data, 0600);
	}
}

/* R15: killed at any moment, a complete file stays. */
static void killed_while_writing(void **state)
{
	(void)state;
	for (useconds_t i = 0; i < 60; i++) {
		const char *text;
		pid_t child = fork();

		if (child == 0)
			write_for_ever();
		assert_true(child > 0);
		usleep(300 + i * 37);
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, NULL, 0), child);
		if (access("f", F_OK) < 0)
			continue; /* killed before the first was there */
		text = scratch_get("f");
		assert_int_equal(strlen(text), 9000);
		assert_int_equal(strspn(text, (char[]){text[0], '\0'}), 9000);
	}
	/* And the next start is not disturbed by what the last one left. */
	assert_int_equal(state_file_write("f", "x", 1, 0600), 0);
	assert_string_equal(scratch_get("f"), "x");
}

/* F-07: what is no regular file is refused at once, and never waited for. */
static void read_refuses(void **state)
{
	char *text = NULL;
	size_t len = 7;

	(void)state;
	assert_int_equal(mkdir("dir", 0700), 0);
	assert_int_equal(mkfifo("fifo", 0600), 0);
	scratch_put_text("eight", "12345678");
	assert_int_equal(symlink("eight", "link"), 0);
	assert_int_equal(state_file_read("dir", 99, true, &text, &len),
			 -EINVAL);
	assert_int_equal(state_file_read("fifo", 99, true, &text, &len),
			 -EINVAL);
	assert_int_equal(state_file_read("/dev/zero", 99, true, &text, &len),
			 -EINVAL);
	assert_int_equal(state_file_read("none", 99, true, &text, &len),
			 -ENOENT);
	assert_int_equal(state_file_read("eight", 7, true, &text, &len),
			 -EFBIG);
	assert_int_equal(state_file_read("link", 8, false, &text, &len),
			 -ELOOP);
	assert_null(text);
	assert_int_equal(len, 7);
	assert_int_equal(state_file_read("link", 8, true, &text, &len), 0);
	assert_string_equal(text, "12345678");
	free(text);
	/* Files that say they are empty and are not. */
	assert_int_equal(
		state_file_read("/proc/self/maps", 16, true, &text, &len),
		-EFBIG);
}

static void drift_texts(void **state)
{
	static const struct {
		const char *text;
		int error;
		double ppm;
	} cases[] = {
		{"-6.421\n", 0, -6.421},
		{"4.889751\n", 0, 4.889751},
		{"0.000 0\n", 0, 0},         /* F-08: xntpd */
		{"  12.3   0.1\n", 0, 12.3}, /* F-08: chrony's shape */
		{"-0.0", 0, 0},
		{"500", 0, 500},
		{"-500.000\r\n", 0, -500},
		{"1e1\nanything\n", 0, 10},
		{"", -EINVAL, 0},
		{"\n", -EINVAL, 0},
		{"nan\n", -EINVAL, 0},
		{"inf\n", -EINVAL, 0},
		{"-inf\n", -EINVAL, 0},
		{"0x10\n", -EINVAL, 0},
		{"12,5\n", -EINVAL, 0},
		{"12.5ppm\n", -EINVAL, 0},
		{"--1\n", -EINVAL, 0},
		{"1e308\n", -ERANGE, 0},
		{"1e999\n", -ERANGE, 0},
		{"500000\n", -ERANGE, 0},
		{"-500.001\n", -ERANGE, 0},
		{"0000000000000000000000000000000000000000000000000000000000000"
		 "0000"
		 "1\n",
		 -EINVAL, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct drift d = {.freq = 77};
		struct drift_stamp then;

		assert_int_equal(drift_file_parse(cases[i].text,
						  strlen(cases[i].text), &d,
						  &then),
				 cases[i].error);
		assert_near(d.freq, cases[i].error ? 77 : cases[i].ppm * 1e-6,
			    1e-15);
		assert_near(d.sigma + d.q, 0, 0);
	}
	assert_int_equal(drift_file_parse("1.0\0\n", 5, &(struct drift){0},
					  &(struct drift_stamp){0}),
			 -EINVAL);
}

#define BOOT "0b0e9b4c-1d2f-4c3e-8a3b-5c6d7e8f9a0b"

/* F-08: of the lines after the first a damaged one costs only itself. */
static void drift_facts(void **state)
{
	static const struct {
		const char *text;
		double sigma_ppm, q;
		int64_t wall_s;
		bool boot;
	} cases[] = {
		{"spread 0.013\nwander 2.3e-17\nsaved 1700000000\nboot " BOOT
		 "\n",
		 0.013, 2.3e-17, 1700000000, true},
		{"boot " BOOT "\r\n\n  wander\t1e-18 \nspread 1\n", 1, 1e-18, 0,
		 true},
		{"spread nan\nwander 1e-18\n", 0, 1e-18, 0, false},
		{"spread -1\nwander 1e-18\n", 0, 1e-18, 0, false},
		{"spread 1e9\nwander 1e-18\n", 0, 1e-18, 0, false},
		{"spread 1 2\nwander 1e-18\n", 0, 1e-18, 0, false},
		{"spread\n1\nwander 1e-18\n", 0, 1e-18, 0, false},
		{"\377\001\nwander 1e-18\n", 0, 1e-18, 0, false},
		{"wander 1\nspread 0.1\n", 0.1, 0, 0, false},
		{"saved -1\nspread 0.1\n", 0.1, 0, 0, false},
		{"saved 1e300\nspread 0.1\n", 0.1, 0, 0, false},
		{"boot " BOOT "0\nspread 0.1\n", 0.1, 0, 0, false},
		{"boot ../../../../../../../../etc/passwd12\nspread 0.1\n", 0.1,
		 0, 0, false},
		{"future 1\nspread 0.1\n", 0.1, 0, 0, false},
		/* cut off */
		{"wander 1e-18\nspread 0.1", 0, 1e-18, 0, false},
		/* longer than a line should be */
		{"spread 0.1000000000000000000000000000000000000000000000000000"
		 "000000000000000000000000000000000\nwander 1e-18\n",
		 0, 1e-18, 0, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct drift_stamp then;
		char text[512];
		struct drift d;
		int len = snprintf(text, sizeof text, "-6.421\n%s",
				   cases[i].text);

		assert_int_equal(drift_file_parse(text, (size_t)len, &d, &then),
				 0);
		assert_near(d.freq, -6.421e-6, 1e-15);
		assert_near(d.sigma, cases[i].sigma_ppm * 1e-6, 1e-18);
		assert_near(d.q, cases[i].q, 0);
		assert_int_equal(then.wall_s, cases[i].wall_s);
		assert_string_equal(then.boot, cases[i].boot ? BOOT : "");
	}
	/* What comes after a NUL is lost, what comes before is not. */
	{
		const char text[] = "1.5\nspread 0.1\n\0\nwander 1e-18\n";
		struct drift_stamp then;
		struct drift d;

		assert_int_equal(
			drift_file_parse(text, sizeof text - 1, &d, &then), 0);
		assert_near(d.sigma, 0.1e-6, 1e-18);
		assert_near(d.q, 0, 0);
	}
}

/* F-17: what a date in the file, or today's, may do is bounded. */
static void drift_ages(void **state)
{
	const struct drift d = {-6e-6, 0.3e-6, 1e-17};
	const struct drift_stamp then = {1700000000, BOOT};
	struct drift_stamp now = then;

	(void)state;
	assert_near(drift_file_sigma(&d, &then, &now), 0.3e-6, 1e-12);
	/* an hour: sqrt(0.09e-12 + 0.036e-12) */
	now.wall_s += 3600;
	assert_near(drift_file_sigma(&d, &then, &now), 0.355e-6, 1e-9);
	now.boot[0] = '1';
	assert_near(drift_file_sigma(&d, &then, &now), 2e-6, 0);
	now.wall_s = INT64_C(10000000000);
	assert_near(drift_file_sigma(&d, &then, &now), 10e-6, 0);
	now.wall_s = 1000;
	assert_near(drift_file_sigma(&d, &then, &now), 0, 0);
	now = then;
	assert_near(
		drift_file_sigma(&(struct drift){0, 1e-9, 1e-20}, &then, &now),
		0.1e-6, 0);
	assert_near(drift_file_sigma(&(struct drift){0}, &then, &now), 0, 0);
	assert_near(drift_file_sigma(&d, &(struct drift_stamp){0}, &now), 0, 0);
}

static void boot_id(void **state)
{
	char once[DRIFT_FILE_BOOT_LEN], again[DRIFT_FILE_BOOT_LEN];

	(void)state;
	drift_file_boot(once);
	drift_file_boot(again);
	assert_string_equal(once, again);
	assert_true(strlen(once) == 36 ||
		    access("/proc/sys/kernel/random/boot_id", F_OK) < 0);
}

static void drift_saved_and_loaded(void **state)
{
	const struct drift_stamp now = {1700000000, BOOT}, none = {0};
	struct drift d = {0};

	(void)state;
	assert_int_equal(drift_file_load("drift", &now, &d), -ENOENT);
	for (int i = -500; i <= 500; i += 25) {
		const struct drift saved = {i * 0.99999e-6, 0.2e-6, 3e-18};

		assert_int_equal(drift_file_save("drift", &saved, &now), 0);
		assert_int_equal(drift_file_load("drift", &now, &d), 0);
		assert_near(d.freq, saved.freq, 0.6e-12);
		assert_near(d.sigma, 0.2e-6, 1e-12);
		assert_near(d.q, 3e-18, 1e-24);
	}
	assert_int_equal(mode_of("drift"), S_IFREG | 0644);
	d = (struct drift){.freq = 501e-6};
	assert_int_equal(drift_file_save("drift", &d, &now), -ERANGE);
	d = (struct drift){.freq = (double)NAN};
	assert_int_equal(drift_file_save("drift", &d, &now), -ERANGE);
	d = (struct drift){.sigma = (double)NAN};
	assert_int_equal(drift_file_save("drift", &d, &now), -ERANGE);
	d = (struct drift){.freq = -6.421e-6};
	assert_int_equal(drift_file_save("drift", &d, &none), 0);
	assert_string_equal(scratch_get("drift"), "-6.421000\n");
	d = (struct drift){-6.421e-6, 0.013e-6, 2.345e-17};
	assert_int_equal(drift_file_save("drift", &d, &now), 0);
	assert_string_equal(scratch_get("drift"),
			    "-6.421000\nspread 0.013000\nwander 2.345e-17\n"
			    "saved 1700000000\nboot " BOOT "\n");
}

/* F-07: a damaged file is set aside, once, and its place is free again. */
static void drift_damaged(void **state)
{
	const struct drift_stamp now = {0};
	struct drift d = {.freq = 77};

	(void)state;
	scratch_put("drift", "\0\377ELF", 5);
	assert_int_equal(drift_file_load("drift", &now, &d), -EBADMSG);
	assert_int_equal(access("drift.bad", F_OK), 0);
	assert_int_equal(drift_file_load("drift", &now, &d), -ENOENT);
	/* 2 GB, though nothing is stored */
	scratch_put_text("drift", "1.0\n");
	assert_int_equal(truncate("drift", INT64_C(2) << 30), 0);
	assert_int_equal(drift_file_load("drift", &now, &d), -EBADMSG);
	/* Not ours to move: */
	assert_int_equal(symlink("/etc/passwd", "drift"), 0);
	assert_int_equal(drift_file_load("drift", &now, &d), -ELOOP);
	assert_int_equal(unlink("drift"), 0);
	assert_int_equal(mkdir("drift", 0700), 0);
	assert_int_equal(drift_file_load("drift", &now, &d), -EINVAL);
	assert_int_equal(rmdir("drift"), 0);
	assert_int_equal(mkfifo("drift", 0600), 0);
	assert_int_equal(drift_file_load("drift", &now, &d), -EINVAL);
	assert_int_equal(mode_of("drift"), S_IFIFO | 0600);
	assert_near(d.freq, 77, 0);
}

/* V23 */
static void pid_files(void **state)
{
	(void)state;
	scratch_put_text("victim", "precious");
	assert_int_equal(symlink("victim", "pid"), 0);
	assert_int_equal(pid_file_write("pid", 4711), 0);
	assert_int_equal(mode_of("pid"), S_IFREG | 0644);
	assert_string_equal(scratch_get("pid"), "4711\n");
	assert_string_equal(scratch_get("victim"), "precious");
	pid_file_remove("pid", 4712); /* another daemon's by now */
	assert_int_equal(access("pid", F_OK), 0);
	pid_file_remove("pid", 4711);
	assert_int_equal(access("pid", F_OK), -1);
	pid_file_remove("pid", 4711);
	assert_int_equal(pid_file_write("nowhere/pid", 1), -ENOENT);
}

#define IN_SCRATCH(test) \
	cmocka_unit_test_setup_teardown(test, scratch_enter, scratch_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCRATCH(write_and_read_back),
		IN_SCRATCH(root_writes_for_the_owner),
		IN_SCRATCH(write_past_obstacles),
		IN_SCRATCH(every_call_fails_once),
		IN_SCRATCH(no_room),
		IN_SCRATCH(killed_while_writing),
		IN_SCRATCH(read_refuses),
		cmocka_unit_test(drift_texts),
		cmocka_unit_test(drift_facts),
		cmocka_unit_test(drift_ages),
		cmocka_unit_test(boot_id),
		IN_SCRATCH(drift_saved_and_loaded),
		IN_SCRATCH(drift_damaged),
		IN_SCRATCH(pid_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
