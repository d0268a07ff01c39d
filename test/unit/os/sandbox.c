/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/container.h"
#include "cmocka_all.h"
#include "os/landlock.h"
#include "scratch.h"

/*
 * Each deed is done by a child of its own that was confined before; how it ends
 * says what came of it.
 */
enum outcome { ALLOWED, DENIED, KILLED };

static int open_with(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	return fd < 0 ? -errno : fd;
}

static int write_mine(void)
{
	return open_with("mine/file", O_RDWR | O_CREAT);
}

static int replace_mine(void)
{
	int fd = open_with("mine/tmp", O_WRONLY | O_CREAT | O_TRUNC);

	if (fd < 0)
		return fd;
	return fsync(fd) < 0 || rename("mine/tmp", "mine/file") < 0 ? -errno
								    : 0;
}

static int read_shown(void)
{
	return open_with("shown/file", O_RDONLY);
}

static int write_shown(void)
{
	return open_with("shown/file", O_WRONLY);
}

static int read_other(void)
{
	return open_with("other/file", O_RDONLY);
}

static int make_other(void)
{
	return open_with("other/new", O_WRONLY | O_CREAT);
}

static int run_a_program(void)
{
	char *argv[] = {(char *)(uintptr_t) "true", NULL};

	execv("/bin/true", argv);
	return -errno;
}

static int make_a_process(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return pid;
}

static void *nothing(void *arg)
{
	return arg;
}

static int make_a_thread(void)
{
	pthread_t t;
	int r = pthread_create(&t, NULL, nothing, NULL);

	return r ? -r : pthread_join(t, NULL);
}

static int connect_somewhere(void)
{
	return socket(AF_INET, SOCK_STREAM, 0);
}

static int take_a_visitor(void)
{
	int fd = accept4(-1, NULL, NULL, SOCK_CLOEXEC);

	return fd < 0 && errno == EBADF ? 0 : fd;
}

static int run_what_was_written(void)
{
	return mmap(NULL, 4096, PROT_WRITE | PROT_EXEC,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED
		       ? -errno
		       : 0;
}

static int set_the_clock(void)
{
	const struct timespec t = {0};

	return clock_settime(CLOCK_BOOTTIME, &t); /* nobody can set that one */
}

static int look_into_another(void)
{
	return (int)ptrace(PTRACE_ATTACH, getppid(), NULL, NULL);
}

static int signal_another(void)
{
	return kill(getppid(), 0);
}

static enum outcome try(const struct sandbox_plan *plan, int (*deed)(void))
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		if (sandbox_enter(plan, NULL) < 0)
			_exit(99);
		_exit(deed() < 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFSIGNALED(status)) {
		assert_int_equal(WTERMSIG(status), SIGSYS);
		return KILLED;
	}
	assert_in_range(WEXITSTATUS(status), 0, 1);
	return WEXITSTATUS(status) == 0 ? ALLOWED : DENIED;
}

/* clang-format off */
static const struct {
	const char *name;
	int (*deed)(void);
	enum outcome books, web, network; /* of BOOKS, WEB, BOOKS with network */
	bool by_landlock;
} deeds[] = {
	{"write its file",       write_mine,           ALLOWED, ALLOWED, ALLOWED, false},
	{"replace its file",     replace_mine,         ALLOWED, ALLOWED, ALLOWED, false},
	{"read what is shown",   read_shown,           ALLOWED, ALLOWED, ALLOWED, false},
	{"write what is shown",  write_shown,          DENIED,  DENIED,  DENIED,  true},
	{"read another file",    read_other,           DENIED,  DENIED,  DENIED,  true},
	{"make another file",    make_other,           DENIED,  DENIED,  DENIED,  true},
	{"run a program",        run_a_program,        KILLED,  KILLED,  KILLED,  false},
	{"make a process",       make_a_process,       KILLED,  KILLED,  KILLED,  false},
	{"make a thread",        make_a_thread,        KILLED,  KILLED,  ALLOWED, false},
	{"connect",              connect_somewhere,    KILLED,  KILLED,  ALLOWED, false},
	{"take a visitor",       take_a_visitor,       KILLED,  ALLOWED, KILLED,  false},
	{"run what was written", run_what_was_written, KILLED,  KILLED,  ALLOWED, false},
	{"set the clock",        set_the_clock,        KILLED,  KILLED,  KILLED,  false},
	{"look into another",    look_into_another,    KILLED,  KILLED,  KILLED,  false},
	{"signal another",       signal_another,       KILLED,  KILLED,  KILLED,  false},
};
/* clang-format on */

static bool has_landlock(void)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(landlock_confine(NULL, 0) < 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status == 0;
}

/* Neither a sanitizer's run time nor Valgrind could live in there. */
static bool is_watched(void)
{
	const char *preloaded = getenv("LD_PRELOAD");

	return sandbox_filter_default == SANDBOX_FILTER_OFF ||
	       (preloaded && strstr(preloaded, "vgpreload"));
}

static void make_files(void)
{
	static const char *const folders[] = {"mine", "shown", "other"};

	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		char path[32];

		assert_int_equal(mkdir(folders[i], 0700), 0);
		snprintf(path, sizeof path, "%s/file", folders[i]);
		scratch_put_text(path, "text");
	}
}

static void what_keeps_books_can_do_nothing_else(void **state)
{
	const char *const write[] = {"mine", NULL}, *const read[] = {"shown",
								     NULL};
	bool landlock = has_landlock();

	(void)state;
	make_files();
	for (size_t i = 0; i < ARRAY_LEN(deeds); i++) {
		const enum outcome want[] = {deeds[i].books, deeds[i].web,
					     deeds[i].network};

		for (int n = 0; n < 3; n++) {
			const struct sandbox_plan plan = {
				.role = n == 1 ? SANDBOX_WEB : SANDBOX_BOOKS,
				.filter = SANDBOX_FILTER_KILL,
				.network = n == 2,
				.read = read,
				.write = write,
			};

			if (deeds[i].by_landlock && !landlock)
				continue;
			if (try(&plan, deeds[i].deed) != want[n])
				fail_msg("%s, case %d", deeds[i].name, n);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			what_keeps_books_can_do_nothing_else, scratch_enter,
			scratch_leave),
	};

	if (is_watched()) {
		puts("1..0 # SKIP watched by a sanitizer or by Valgrind");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
