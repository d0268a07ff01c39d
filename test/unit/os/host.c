/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/host.h"

#include <stddef.h>
#include <string.h>
#include <sys/un.h>

#include "base/container.h"
#include "base/units.h"
#include "faults.h"
#include "near.h"
#include "os/entropy.h"
#include "os/interfaces.h"
#include "os/notify.h"
#include "scratch.h"

static void makes_a_host(void **state)
{
	const struct os_host_params p = {.clock = OS_CLOCK_VIRTUAL,
					 .clock_offset_s = 3600,
					 .clock_freq = 50e-6,
					 .dscp = 46};
	struct os_host h;

	(void)state;
	assert_int_equal(os_host_init(&h, &p), 0);
	assert_near(s_from_ns(clock_now(h.host.clock) - os_clock_realtime_ns()),
		    3600, 0.05);
	assert_ptr_equal(h.host.loop, &h.loop.loop);
	assert_true(entropy_u64(h.host.entropy) != entropy_u64(h.host.entropy));
	os_host_done(&h);
}

static void kernel_and_none(void **state)
{
	struct os_host h;

	(void)state;
	for (int kind = 0; kind < 2; kind++) {
		const struct os_host_params p = {
			.clock = kind ? OS_CLOCK_NONE : OS_CLOCK_KERNEL};
		int64_t before = os_clock_realtime_ns(), now;

		assert_int_equal(os_host_init(&h, &p), 0);
		now = clock_now(h.host.clock);
		assert_true(before <= now && now <= os_clock_realtime_ns());
		os_host_done(&h);
	}
}

/* E-11: wait for the kernel, for a while; then say so.  Nothing weaker. */
static void randomness_comes_late(void **state)
{
	struct entropy e = {0};
	uint8_t a[32] = {0}, b[32] = {0};

	(void)state;
	fault_arm(FAULT_GETRANDOM, EAGAIN, 0, 2);
	assert_int_equal(os_entropy_init(&e, 5), 0);
	assert_int_equal(fault.hits, 2);
	fault_arm(FAULT_GETRANDOM, EINTR, 0, 3);
	entropy_fill(&e, a, sizeof a);
	assert_int_equal(fault.hits, 3);
	entropy_fill(&e, b, sizeof b);
	assert_memory_not_equal(a, b, sizeof a);
	e.fill = NULL;
	fault_arm(FAULT_GETRANDOM, EAGAIN, 0, 1000);
	assert_int_equal(os_entropy_init(&e, 1), -EAGAIN);
	assert_int_equal(fault.hits, 11);
	assert_null(e.fill);
	fault_disarm();
}

static void lists_interfaces(void **state)
{
	struct interface *list = NULL;
	int n = interfaces_list(&list);
	bool found = false;

	(void)state;
	assert_true(n >= 1);
	for (int i = 0; i < n; i++) {
		const struct interface *f = &list[i];
		char text[NET_ADDR_TEXT_LEN];

		assert_true(f->addr.family == AF_INET ||
			    f->addr.family == AF_INET6);
		assert_int_equal(f->addr.port, 0);
		assert_true(f->name[0] != '\0');
		assert_true(f->prefix_len <= 8 * net_addr_len(&f->addr));
		net_addr_format(&f->addr, text);
		if (strcmp(text, "127.0.0.1") != 0)
			continue;
		found = true;
		assert_string_equal(f->name, "lo");
		assert_int_equal(f->prefix_len, 8);
		assert_true(f->up && f->loopback);
	}
	assert_true(found);
	free(list);
}

/* A service manager that listens at name; abstract with '@'. */
static int listen_at(const char *name)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	memcpy(sa.sun_path, name, strlen(name));
	if (*name == '@')
		sa.sun_path[0] = '\0';
	assert_int_equal(
		bind(fd, (struct sockaddr *)&sa,
		     (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
				 strlen(name))),
		0);
	return fd;
}

static void notifies(void **state)
{
	char path[100], abstract[100], buf[100];
	const char *names[] = {path, abstract};

	snprintf(path, sizeof path, "%s/notify", (char *)*state);
	snprintf(abstract, sizeof abstract, "@timeball-test-%ld",
		 (long)getpid());
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		int fd = listen_at(names[i]);
		ssize_t n;

		assert_int_equal(notify_send(names[i], "READY=1\nSTATUS=x"), 1);
		n = recv(fd, buf, sizeof buf, MSG_DONTWAIT);
		assert_int_equal(n, 16);
		assert_memory_equal(buf, "READY=1\nSTATUS=x", 16);
		close(fd);
		assert_int_equal(notify_send(names[i], "READY=1"),
				 -ECONNREFUSED);
	}
	assert_int_equal(notify_send(NULL, "READY=1"), 0);
	assert_int_equal(notify_send("", "READY=1"), 0);
	assert_int_equal(notify_send("relative", "READY=1"), -EINVAL);
	assert_int_equal(notify_send("/nowhere/at/all", "READY=1"), -ENOENT);
	memset(path, 'x', sizeof path);
	path[0] = '/';
	path[sizeof path - 1] = '\0';
	assert_int_equal(notify_send(path, "x"), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(makes_a_host),
		cmocka_unit_test(kernel_and_none),
		cmocka_unit_test(randomness_comes_late),
		cmocka_unit_test(lists_interfaces),
		cmocka_unit_test_setup_teardown(notifies, scratch_enter,
						scratch_leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
