/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/board_ipc.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/container.h"
#include "near.h"

/* A sink that remembers the last thing it was told. */
struct heard {
	struct board_sink sink;
	char text[1200], name[32];
	int code;
	struct drift drift;
	unsigned ready;
};

static struct heard *of(struct board_sink *s)
{
	return CONTAINER_OF(s, struct heard, sink);
}

static void on_ready(struct board_sink *s)
{
	of(s)->ready++;
}

static void on_log(struct board_sink *s, enum log_level level, const char *text)
{
	of(s)->code = (int)level;
	snprintf(of(s)->text, sizeof of(s)->text, "%s", text);
}

static void on_event(struct board_sink *s, enum engine_event event,
		     const char *text)
{
	of(s)->code = (int)event;
	snprintf(of(s)->text, sizeof of(s)->text, "%s", text);
}

static void on_drift(struct board_sink *s, const struct drift *drift)
{
	of(s)->drift = *drift;
}

static void on_stats(struct board_sink *s, const char *name, const char *line)
{
	snprintf(of(s)->name, sizeof of(s)->name, "%s", name);
	snprintf(of(s)->text, sizeof of(s)->text, "%s", line);
}

static void on_level(struct board_sink *s, enum log_level level)
{
	of(s)->code = (int)level;
}

#define EPOCH 5

struct line {
	int fd[2];
	struct board_ipc board;
	struct heard heard;
};

static int open_line(void **state)
{
	static struct line l;

	l.heard = (struct heard){.sink = {on_ready, on_log, on_event, on_drift,
					  on_stats, on_level}};
	assert_int_equal(ipc_pair(l.fd), 0);
	board_ipc_init(&l.board, l.fd[0], EPOCH, LOG_LEVEL_INFO, NULL);
	*state = &l;
	return 0;
}

static int close_line(void **state)
{
	struct line *l = *state;

	close(l->fd[0]);
	close(l->fd[1]);
	return 0;
}

static int hear(struct line *l)
{
	struct ipc_message m;
	int len = ipc_recv(l->fd[1], &m);

	return len <= 0 ? len
			: board_ipc_handle(&m, (size_t)len, EPOCH,
					   &l->heard.sink);
}

static void test_everything_arrives(void **state)
{
	struct line *l = *state;
	struct board *b = &l->board.board;

	board_ipc_ready(&l->board);
	assert_int_equal(hear(l), 1);
	assert_int_equal(l->heard.ready, 1);
	log_warn(&l->board.log, "source %s: falseticker", "a");
	assert_int_equal(hear(l), 1);
	assert_int_equal(l->heard.code, LOG_LEVEL_WARN);
	assert_string_equal(l->heard.text, "source a: falseticker");
	board_event(b, ENGINE_PANIC, "off");
	assert_int_equal(hear(l), 1);
	assert_int_equal(l->heard.code, ENGINE_PANIC);
	board_save_drift(b, &(struct drift){12e-6, 1e-8, 1e-17});
	assert_int_equal(hear(l), 1);
	assert_near(l->heard.drift.freq, 12e-6, 0);
	assert_near(l->heard.drift.sigma, 1e-8, 0);
	assert_near(l->heard.drift.q, 1e-17, 0);
	board_stats_line(b, "loopstats", "1 2 3");
	assert_int_equal(hear(l), 1);
	assert_string_equal(l->heard.name, "loopstats");
	assert_string_equal(l->heard.text, "1 2 3");
	board_ipc_level(&l->board, LOG_LEVEL_DEBUG);
	assert_int_equal(hear(l), 1);
	assert_int_equal(l->heard.code, LOG_LEVEL_DEBUG);
	log_debug(&l->board.log, "below the threshold");
	assert_int_equal(hear(l), -EAGAIN);
}

static void test_long_lines_are_cut(void **state)
{
	struct line *l = *state;
	char longer[3000];

	memset(longer, 'x', sizeof longer);
	longer[sizeof longer - 1] = '\0';
	board_event(&l->board.board, ENGINE_SYNCHRONISED, longer);
	assert_int_equal(hear(l), 1);
	assert_int_equal(strlen(l->heard.text), 1024);
}

/* Whatever a hostile child sends, the log stays lines of printable text. */
static void test_texts_are_made_printable(void **state)
{
	struct line *l = *state;

	board_event(&l->board.board, ENGINE_SYNCHRONISED, "a\nb\x1b[2J");
	assert_int_equal(hear(l), 1);
	assert_string_equal(l->heard.text, "a\\x0ab\\x1b[2J");
}

static int hear_raw(struct line *l, uint16_t type, uint32_t epoch,
		    const void *body, uint16_t len)
{
	struct ipc_header h = {.type = type, .len = len, .epoch = epoch};

	assert_int_equal(ipc_send(l->fd[0], &h, body), 0);
	return hear(l);
}

static void test_what_is_not_ours_is_refused(void **state)
{
	struct line *l = *state;
	const struct drift bad_drift[] = {
		{.freq = (double)NAN}, {.sigma = (double)NAN}, {.sigma = -1e-9},
		{.sigma = 0.1},        {.q = (double)NAN},     {.q = -1e-20},
		{.q = HUGE_VAL},
	};
	const uint32_t bad_code[2] = {99, 0};
	char no_nul[20];

	memset(no_nul, 'x', sizeof no_nul);
	assert_int_equal(hear_raw(l, 77, EPOCH, NULL, 0), -EPROTO);
	assert_int_equal(hear_raw(l, 1, EPOCH, no_nul, 4), -EPROTO);
	assert_int_equal(hear_raw(l, 2, EPOCH, bad_code, 8), -EPROTO);
	assert_int_equal(hear_raw(l, 3, EPOCH, bad_code, 8), -EPROTO);
	assert_int_equal(hear_raw(l, 4, EPOCH, bad_drift, 8), -EPROTO);
	for (size_t i = 0; i < ARRAY_LEN(bad_drift); i++)
		assert_int_equal(hear_raw(l, 4, EPOCH, &bad_drift[i],
					  sizeof bad_drift[i]),
				 -EPROTO);
	assert_int_equal(hear_raw(l, 5, EPOCH, no_nul, 20), -EPROTO);
	assert_int_equal(hear_raw(l, 6, EPOCH, bad_code, 4), -EPROTO);
	/* One that lives no more is only not listened to. */
	assert_int_equal(hear_raw(l, 1, EPOCH - 1, NULL, 0), 0);
	assert_int_equal(l->heard.ready, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_everything_arrives,
						open_line, close_line),
		cmocka_unit_test_setup_teardown(test_long_lines_are_cut,
						open_line, close_line),
		cmocka_unit_test_setup_teardown(test_texts_are_made_printable,
						open_line, close_line),
		cmocka_unit_test_setup_teardown(
			test_what_is_not_ours_is_refused, open_line,
			close_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
