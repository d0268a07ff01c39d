/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/ipc.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "cmocka_all.h"

static const struct ipc_kind kinds[] = {{1, 0, 0}, {2, 4, 8}};

static int open_pair(void **state)
{
	static int fd[2];

	assert_int_equal(ipc_pair(fd), 0);
	*state = fd;
	return 0;
}

static int close_pair(void **state)
{
	int *fd = *state;

	if (fd[0] >= 0)
		close(fd[0]);
	close(fd[1]);
	return 0;
}

static int check(const struct ipc_message *m, int len)
{
	return ipc_check(m, (size_t)len, kinds, 2);
}

static void test_messages_arrive_whole(void **state)
{
	int *fd = *state;
	struct ipc_header h = {.type = 2, .len = 5, .epoch = 3, .seq = 9};
	struct ipc_message m;
	int len;

	assert_int_equal(ipc_send(fd[0], &h, "hello"), 0);
	len = ipc_recv(fd[1], &m);
	assert_int_equal(len, sizeof m.h + 5);
	assert_int_equal(check(&m, len), 0);
	assert_int_equal(m.h.epoch, 3);
	assert_int_equal(m.h.seq, 9);
	assert_memory_equal(m.body, "hello", 5);
	assert_int_equal(ipc_recv(fd[1], &m), -EAGAIN);
}

static void test_form_is_checked(void **state)
{
	struct ipc_message m = {.h = {.magic = IPC_MAGIC, .type = 2, .len = 4}};
	const int head = sizeof m.h;

	(void)state;
	assert_int_equal(check(&m, head + 4), 0);
	assert_int_equal(check(&m, head + 3), -EPROTO); /* cut */
	assert_int_equal(check(&m, head + 5), -EPROTO); /* a tail */
	assert_int_equal(check(&m, 3), -EPROTO);
	m.h.magic++;
	assert_int_equal(check(&m, head + 4), -EPROTO);
	m.h.magic--;
	m.h.type = 3;
	assert_int_equal(check(&m, head + 4), -EPROTO);
	m.h.type = 2;
	m.h.len = 9; /* more than the type allows */
	assert_int_equal(check(&m, head + 9), -EPROTO);
	m.h.len = 3;
	assert_int_equal(check(&m, head + 3), -EPROTO);
}

static void test_too_long_is_refused(void **state)
{
	int *fd = *state;
	struct ipc_message m;
	char big[sizeof m + 1] = {0};

	assert_int_equal(send(fd[0], big, sizeof big, 0), sizeof big);
	assert_int_equal(ipc_recv(fd[1], &m), -EPROTO);
}

/* E-24: descriptors sent along are neither taken nor leaked. */
static void test_descriptors_are_refused(void **state)
{
	int *fd = *state;
	struct ipc_message m = {.h = {.magic = IPC_MAGIC, .type = 1}};
	struct iovec iov = {&m, sizeof m.h};
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} u = {0};
	struct msghdr msg = {.msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = u.buf,
			     .msg_controllen = sizeof u.buf};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
	int before = dup(0), after;

	close(before);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd[0], sizeof(int));
	assert_true(sendmsg(fd[0], &msg, 0) > 0);
	assert_int_equal(ipc_recv(fd[1], &m), -EPROTO);
	after = dup(0);
	close(after);
	assert_int_equal(after, before);
}

static void test_the_other_side_is_gone(void **state)
{
	int *fd = *state;
	struct ipc_header h = {.type = 1};
	struct ipc_message m;

	close(fd[0]);
	fd[0] = -1;
	assert_int_equal(ipc_recv(fd[1], &m), 0);
	assert_int_equal(ipc_send(fd[1], &h, NULL), -EPIPE);
}

static void test_a_full_channel_does_not_block(void **state)
{
	int *fd = *state;
	struct ipc_header h = {.type = 1};
	int r = 0;

	for (int i = 0; i < 100000 && r == 0; i++)
		r = ipc_send(fd[0], &h, NULL);
	assert_int_equal(r, -EAGAIN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_messages_arrive_whole,
						open_pair, close_pair),
		cmocka_unit_test(test_form_is_checked),
		cmocka_unit_test_setup_teardown(test_too_long_is_refused,
						open_pair, close_pair),
		cmocka_unit_test_setup_teardown(test_descriptors_are_refused,
						open_pair, close_pair),
		cmocka_unit_test_setup_teardown(test_the_other_side_is_gone,
						open_pair, close_pair),
		cmocka_unit_test_setup_teardown(
			test_a_full_channel_does_not_block, open_pair,
			close_pair),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
