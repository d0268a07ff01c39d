/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/log.h"

#include <errno.h>
#include <regex.h>
#include <string.h>
#include <sys/stat.h>

#include "cmocka_all.h"
#include "scratch.h"

#define HEAD                                     \
	"^[0-9]{4}-[0-9]{2}-[0-9]{2} "           \
	"[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3} " \
	"ntpd\\[[0-9]+\\]: "

static void assert_matches(const char *text, const char *pattern)
{
	regex_t re;

	assert_int_equal(regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB), 0);
	if (regexec(&re, text, 0, NULL, 0) != 0)
		fail_msg("%s does not match %s", text, pattern);
	regfree(&re);
}

static const char *line_of(struct os_log *l, enum log_level level,
			   const char *text)
{
	assert_int_equal(truncate("log", 0), 0);
	log_line(&l->log, level, "%s", text);
	return scratch_get("log");
}

static void line_format(void **state)
{
	struct os_log l;

	(void)state;
	os_log_init(&l, "ntpd");
	assert_int_equal(os_log_to_file(&l, "log"), 0);
	l.log.threshold = LOG_LEVEL_DEBUG;
	assert_matches(line_of(&l, LOG_LEVEL_ERROR, "x"), HEAD "error: x\n$");
	assert_matches(line_of(&l, LOG_LEVEL_WARN, "x"), HEAD "warning: x\n$");
	assert_matches(line_of(&l, LOG_LEVEL_NOTICE, "x"), HEAD "x\n$");
	assert_matches(line_of(&l, LOG_LEVEL_INFO, "x"), HEAD "x\n$");
	assert_matches(line_of(&l, LOG_LEVEL_DEBUG, "x"), HEAD "debug: x\n$");
	l.log.threshold = LOG_LEVEL_NOTICE;
	assert_string_equal(line_of(&l, LOG_LEVEL_INFO, "x"), "");
	os_log_done(&l);
}

/* A stranger's octets neither begin a line nor move a cursor. */
static void no_controls(void **state)
{
	struct os_log l;
	const char *text;

	(void)state;
	os_log_init(&l, "ntpd");
	assert_int_equal(os_log_to_file(&l, "log"), 0);
	text = line_of(&l, LOG_LEVEL_WARN, "a\nb\r\033[2Jc\177 \303\251");
	assert_matches(text, HEAD "warning: a\\?b\\?\\?\\[2Jc\\? \303\251\n$");
	os_log_done(&l);
}

static void long_lines_are_cut(void **state)
{
	static char text[5000];
	struct os_log l;
	const char *line;

	(void)state;
	memset(text, 'x', sizeof text - 1);
	os_log_init(&l, "ntpd");
	assert_int_equal(os_log_to_file(&l, "log"), 0);
	line = line_of(&l, LOG_LEVEL_WARN, text);
	assert_true(strlen(line) > 1000 && strlen(line) < 1200);
	assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
	os_log_done(&l);
}

static void reopens(void **state)
{
	struct os_log l;

	(void)state;
	os_log_init(&l, "ntpd");
	assert_int_equal(os_log_reopen(&l), 0); /* stderr: nothing to do */
	assert_int_equal(os_log_to_file(&l, "log"), 0);
	log_info(&l.log, "first");
	assert_int_equal(rename("log", "log.1"), 0);
	log_info(&l.log, "second");
	assert_int_equal(os_log_reopen(&l), 0);
	log_info(&l.log, "third");
	assert_non_null(strstr(scratch_get("log.1"), "second"));
	assert_null(strstr(scratch_get("log"), "second"));
	assert_non_null(strstr(scratch_get("log"), "third"));
	/* V23, F-12: what cannot be opened leaves the present one in use. */
	assert_int_equal(unlink("log"), 0);
	assert_int_equal(symlink("victim", "log"), 0);
	assert_int_equal(os_log_reopen(&l), -ELOOP);
	assert_int_equal(os_log_to_file(&l, "nowhere/log"), -ENOENT);
	log_info(&l.log, "fourth");
	assert_int_equal(access("victim", F_OK), -1);
	os_log_done(&l);
}

static void to_descriptors(void **state)
{
	struct os_log l;
	char buf[200] = "";
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	os_log_init(&l, "ntpd");
	os_log_to_fd(&l, fds[1]);
	log_warn(&l.log, "source %s: unreachable", "192.0.2.1");
	assert_true(read(fds[0], buf, sizeof buf - 1) > 0);
	assert_matches(buf, HEAD "warning: source 192.0.2.1: unreachable\n$");
	os_log_done(&l);
	assert_int_equal(write(fds[1], "x", 1), 1); /* it was only borrowed */
	close(fds[0]);
	close(fds[1]);
	/* A full disk is nobody's end. */
	fds[0] = open("/dev/full", O_WRONLY);
	os_log_to_fd(&l, fds[0]);
	log_warn(&l.log, "lost");
	close(fds[0]);
}

#define IN_SCRATCH(test) \
	cmocka_unit_test_setup_teardown(test, scratch_enter, scratch_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCRATCH(line_format),        IN_SCRATCH(no_controls),
		IN_SCRATCH(long_lines_are_cut), IN_SCRATCH(reopens),
		IN_SCRATCH(to_descriptors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
