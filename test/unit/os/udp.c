/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/udp.h"

#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/units.h"
#include "cmocka_all.h"
#include "faults.h"
#include "os/clock.h"
#include "os/server_socket.h"

/* One server and what it saw; it sends each datagram back. */
struct world {
	struct os_loop loop;
	struct os_clock clock;
	struct os_net net;
	struct os_batch *batch;
	struct os_server_socket server;
	unsigned asked;
	struct net_addr peer, local;
	int64_t arrived_ns;
	enum stamp_source arrival;
	size_t len;
};

/* What a client heard. */
struct client {
	struct udp *udp;
	struct world *world;
	unsigned replies, departures, refusals;
	int error;
	int64_t left_ns, back_ns;
	enum stamp_source departure, arrival;
	struct net_addr from;
};

static void on_request(void *owner, struct os_server_socket *s,
		       const struct datagram *d)
{
	struct world *w = owner;

	w->asked++;
	w->peer = d->peer;
	w->local = d->local;
	w->arrived_ns = d->wall_ns;
	w->arrival = d->stamp;
	w->len = d->len;
	(void)os_server_socket_send(s, &d->peer, &d->local, d->data, d->len);
}

static void on_reply(void *owner, const struct datagram *d)
{
	struct client *c = owner;

	c->replies++;
	c->back_ns = d->wall_ns;
	c->arrival = d->stamp;
	c->from = d->peer;
}

static void on_departed(void *owner, int64_t wall_ns, enum stamp_source stamp)
{
	struct client *c = owner;

	c->departures++;
	c->left_ns = wall_ns;
	c->departure = stamp;
}

static void on_refused(void *owner, int error)
{
	struct client *c = owner;

	c->refusals++;
	c->error = error;
}

static const struct os_server_socket_events server_events = {on_request};
static const struct udp_events client_events = {on_reply, on_departed,
						on_refused};

static struct net_addr addr(const char *text, uint16_t port)
{
	struct net_addr a;

	assert_int_equal(net_addr_parse(text, &a), 0);
	a.port = port;
	return a;
}

static void serve_on(struct world *w, int fd)
{
	assert_true(fd >= 0);
	assert_int_equal(os_server_socket_init(&w->server, fd, &w->loop,
					       w->batch, &w->clock.clock,
					       &server_events, w),
			 0);
}

static void world_close(struct world *w)
{
	os_server_socket_done(&w->server);
	os_net_done(&w->net);
	os_batch_free(w->batch);
	os_loop_done(&w->loop);
}

static void client_open(struct client *c, struct world *w, const char *text)
{
	struct net_addr peer = addr(text, w->server.bound.port);

	*c = (struct client){.world = w};
	assert_int_equal(
		net_connect_udp(&w->net.net, &peer, &client_events, c, &c->udp),
		0);
}

/* Rounds of the loop until *count reaches want, at most 5 s. */
static void run_until(struct world *w, const unsigned *count, unsigned want)
{
	int64_t end = loop_mono(&w->loop.loop) + 5 * NS_PER_S;

	while (*count < want && loop_mono(&w->loop.loop) < end)
		w->loop.loop.ops->wait(&w->loop.loop, end);
	assert_int_equal(*count, want);
}

static void settle(struct world *w)
{
	for (int i = 0; i < 20; i++)
		w->loop.loop.ops->wait(&w->loop.loop,
				       loop_mono(&w->loop.loop) + NS_PER_MS);
}

/* The kernel takes some milliseconds to begin stamping. */
static void await_stamps(struct world *w, const char *server)
{
	const uint8_t data[48] = {0};
	struct client c;
	int64_t sent, end = loop_mono(&w->loop.loop) + 5 * NS_PER_S;

	client_open(&c, w, server);
	while (w->arrival != STAMP_KERNEL) {
		assert_true(loop_mono(&w->loop.loop) < end);
		assert_int_equal(udp_send(c.udp, data, sizeof data, &sent), 0);
		settle(w);
	}
	udp_close(c.udp);
	w->asked = 0;
	memset(&w->server.stats, 0, sizeof w->server.stats);
	memset(&w->net.stats, 0, sizeof w->net.stats);
}

static void world_open(struct world *w, const char *where, double ahead_s)
{
	struct net_addr a = addr(where, 0);

	memset(w, 0, sizeof *w);
	os_loop_init(&w->loop);
	if (ahead_s != 0)
		os_clock_virtual_init(&w->clock, ahead_s, 0);
	else
		os_clock_none_init(&w->clock);
	os_net_init(&w->net, &w->loop, &w->clock.clock, 46);
	w->batch = os_batch_new();
	serve_on(w, os_server_socket_open(&a, false, 46));
	if (fault.error == 0 || fault.call != FAULT_STAMPING)
		await_stamps(w, a.family == AF_INET ? "127.77.9.1" : "::1");
}

/* One exchange; every time lies between those before and after it. */
static void check_exchange(struct world *w, const char *server, bool stamped)
{
	static const uint8_t data[48] = {0x23};
	struct client c;
	int64_t first = clock_now(&w->clock.clock), sent;

	client_open(&c, w, server);
	assert_int_equal(udp_send(c.udp, data, sizeof data, &sent), 0);
	run_until(w, &c.replies, 1);
	settle(w);
	assert_int_equal(w->len, sizeof data);
	assert_int_equal(w->peer.port, c.udp->local.port);
	assert_true(net_addr_same_host(&w->local, &c.udp->peer));
	assert_int_equal(w->local.port, w->server.bound.port);
	assert_int_equal(c.from.port, w->server.bound.port);
	assert_true(first <= sent);
	assert_true(sent <= w->arrived_ns);
	assert_true(w->arrived_ns <= c.back_ns);
	assert_true(c.back_ns <= clock_now(&w->clock.clock));
	if (stamped) {
		assert_int_equal(w->arrival, STAMP_KERNEL);
		assert_int_equal(c.arrival, STAMP_KERNEL);
		assert_int_equal(c.departures, 1);
		assert_int_equal(c.departure, STAMP_KERNEL);
		assert_true(sent <= c.left_ns && c.left_ns <= w->arrived_ns);
	} else {
		assert_int_equal(w->arrival, STAMP_USER);
		assert_int_equal(c.arrival, STAMP_USER);
		assert_int_equal(c.departures, 0);
	}
	udp_close(c.udp);
}

static void exchanges(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, "127.77.9.1", 0);
	check_exchange(&w, "127.77.9.1", true);
	world_close(&w);
	world_open(&w, "::1", 0);
	check_exchange(&w, "::1", true);
	world_close(&w);
}

/* Stamps of a kernel that is not the served clock are moved to it. */
static void exchanges_on_another_clock(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, "127.77.9.1", -86400 * 365.0);
	check_exchange(&w, "127.77.9.1", true);
	assert_true(w.arrived_ns < os_clock_realtime_ns() - 1000 * NS_PER_S);
	world_close(&w);
}

/* E-16: a kernel without stamps, and one that has them only for arrivals. */
static void exchanges_without_stamps(void **state)
{
	struct world w;
	struct client c;
	uint8_t data[48] = {0};
	int64_t sent;

	(void)state;
	fault_arm(FAULT_STAMPING, ENOPROTOOPT, 0, 100);
	world_open(&w, "127.77.9.1", 0);
	check_exchange(&w, "127.77.9.1", false);
	assert_int_equal(w.server.stats.unstamped, 1);
	fault_disarm();
	world_close(&w);
	/* Departures are refused in both forms, arrivals are granted. */
	world_open(&w, "127.77.9.1", 0);
	fault_arm(FAULT_STAMPING, EINVAL, 0, 2);
	client_open(&c, &w, "127.77.9.1");
	assert_int_equal(fault.hits, 2);
	assert_int_equal(udp_send(c.udp, data, sizeof data, &sent), 0);
	run_until(&w, &c.replies, 1);
	settle(&w);
	assert_int_equal(c.arrival, STAMP_KERNEL);
	assert_int_equal(c.departures, 0);
	udp_close(c.udp);
	fault_disarm();
	world_close(&w);
}

/* E-15: while others have the processor, the kernel's stamps tell when it was. */
static void stamps_do_not_wait_for_us(void **state)
{
	const uint8_t data[48] = {0};
	const int64_t near_ns = 5 * NS_PER_MS;
	struct world w;
	struct client c;
	int64_t sent;

	(void)state;
	world_open(&w, "127.77.9.1", 0);
	client_open(&c, &w, "127.77.9.1");
	assert_int_equal(udp_send(c.udp, data, sizeof data, &sent), 0);
	usleep(50000);
	while (w.asked == 0)
		w.loop.loop.ops->wait(&w.loop.loop, 0);
	assert_true(w.arrived_ns - sent < near_ns);
	sent = clock_now(&w.clock.clock);
	usleep(50000);
	run_until(&w, &c.replies, 1);
	assert_true(c.back_ns - sent < near_ns);
	udp_close(c.udp);
	world_close(&w);
}

/* C-15: the right address with a wrong port, and the right port of another address. */
static void strangers_are_not_heard(void **state)
{
	const uint8_t data[48] = {0};
	struct os_server_socket other = {0};
	struct world w;
	struct client c;
	struct net_addr a;

	(void)state;
	world_open(&w, "127.77.9.1", 0);
	client_open(&c, &w, "127.77.9.1");
	for (int i = 0; i < 2; i++) {
		a = i ? addr("127.77.9.2", w.server.bound.port)
		      : addr("127.77.9.1", 0);
		other.watch.fd = os_server_socket_open(&a, false, 0);
		assert_true(other.watch.fd >= 0);
		other.bound = a;
		assert_int_equal(os_server_socket_send(&other, &c.udp->local,
						       &a, data, sizeof data),
				 0);
		close(other.watch.fd);
	}
	settle(&w);
	assert_int_equal(c.replies, 0);
	assert_int_equal(os_server_socket_send(&w.server, &c.udp->local,
					       &w.server.bound, data,
					       sizeof data),
			 0);
	run_until(&w, &c.replies, 1);
	udp_close(c.udp);
	world_close(&w);
}

/* A machine with several addresses asks from the one that it was told. */
static void requests_leave_from_the_source(void **state)
{
	const uint8_t data[48] = {0};
	struct net_addr far = addr("192.0.2.1", 123), peer;
	struct udp *udp = NULL;
	struct client c;
	struct world w;
	int64_t sent;

	(void)state;
	world_open(&w, "127.77.9.1", 0);
	w.net.source4 = addr("127.77.9.7", 0);
	w.net.source6 = addr("::1", 0);
	client_open(&c, &w, "127.77.9.1");
	assert_int_equal(udp_send(c.udp, data, sizeof data, &sent), 0);
	run_until(&w, &c.replies, 1);
	assert_true(net_addr_same_host(&w.peer, &w.net.source4));
	assert_int_equal(w.peer.port, c.udp->local.port);
	udp_close(c.udp);
	/* An address of somebody else is an error like any other. */
	w.net.source4 = far;
	peer = addr("127.77.9.1", w.server.bound.port);
	assert_int_equal(
		net_connect_udp(&w.net.net, &peer, &client_events, &c, &udp),
		-EADDRNOTAVAIL);
	assert_null(udp);
	assert_int_equal(w.net.stats.open_failed, 1);
	world_close(&w);
}

static void on_alarm(int signal)
{
	(void)signal;
}

/* E-03: a thousand signals a second, each of which interrupts what it may. */
static void a_storm_of_signals(void **state)
{
	struct itimerval often = {{0, 1000}, {0, 1000}}, never = {0};
	struct sigaction act = {.sa_handler = on_alarm}, before;
	struct world w;

	(void)state;
	world_open(&w, "127.77.9.1", 0);
	assert_int_equal(sigaction(SIGALRM, &act, &before), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
	for (int i = 0; i < 20; i++)
		check_exchange(&w, "127.77.9.1", true);
	assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
	assert_int_equal(sigaction(SIGALRM, &before, NULL), 0);
	world_close(&w);
}

/* Worlds that do not know flags in the type of a socket. */
static void socket_flags_can_be_refused(void **state)
{
	struct world w;

	(void)state;
	fault_arm(FAULT_TYPE_FLAGS, EINVAL, 0, 100);
	world_open(&w, "127.77.9.1", 0);
	check_exchange(&w, "127.77.9.1", true);
	assert_true(fault.hits >= 2);
	assert_true(fcntl(w.server.watch.fd, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(w.server.watch.fd, F_GETFD) & FD_CLOEXEC);
	fault_disarm();
	world_close(&w);
}

/* P-18: the answer comes from the address that was asked. */
static void answers_from_where_it_was_asked(void **state)
{
	static const char *const asked[] = {"127.77.9.1", "127.77.9.2",
					    "127.0.0.1"};
	struct world w;

	(void)state;
	world_open(&w, "0.0.0.0", 0);
	for (size_t i = 0; i < 3; i++) /* a connected socket hears no other */
		check_exchange(&w, asked[i], true);
	world_close(&w);
	world_open(&w, "::", 0);
	check_exchange(&w, "::1", true);
	world_close(&w);
}

/* E-26: an IPv6 wildcard leaves IPv4's port alone, and both are served. */
static void both_families_on_one_port(void **state)
{
	struct world v4, v6;
	struct net_addr a;

	(void)state;
	world_open(&v6, "::", 0);
	world_open(&v4, "127.77.9.1", 0);
	os_server_socket_done(&v4.server);
	a = addr("0.0.0.0", v6.server.bound.port);
	serve_on(&v4, os_server_socket_open(&a, false, 0));
	check_exchange(&v4, "127.77.9.1", true);
	check_exchange(&v6, "::1", true);
	assert_int_equal(v6.asked, 1);
	world_close(&v4);
	world_close(&v6);
}

/* E-21, and the way around it for several workers. */
static void one_port_is_for_one_unless_shared(void **state)
{
	struct net_addr a = addr("127.77.9.1", 0);
	struct sockaddr_storage sa;
	socklen_t len = sizeof sa;
	int first = os_server_socket_open(&a, true, 0), second;

	(void)state;
	assert_true(first >= 0);
	assert_int_equal(getsockname(first, (struct sockaddr *)&sa, &len), 0);
	a = os_sockaddr_to(&sa);
	second = os_server_socket_open(&a, true, 0);
	assert_true(second >= 0);
	close(second);
	assert_int_equal(os_server_socket_open(&a, false, 0), -EADDRINUSE);
	close(first);
	a = addr("192.0.2.1", 0);
	assert_int_equal(os_server_socket_open(&a, false, 0), -EADDRNOTAVAIL);
}

static int option(int fd, int level, int name)
{
	int value = -1;
	socklen_t len = sizeof value;

	assert_int_equal(getsockopt(fd, level, name, &value, &len), 0);
	return value;
}

/* E-22: a forged "fragmentation needed" changes nothing, in either family. */
static void path_rumours_are_ignored(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, "127.77.9.1", 0);
	assert_int_equal(option(w.server.watch.fd, IPPROTO_IP, IP_MTU_DISCOVER),
			 IP_PMTUDISC_INTERFACE);
	assert_int_equal(option(w.server.watch.fd, IPPROTO_IP, IP_TOS),
			 46 << 2);
	world_close(&w);
	world_open(&w, "::1", 0);
	assert_int_equal(
		option(w.server.watch.fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER),
		IPV6_PMTUDISC_INTERFACE);
	assert_int_equal(option(w.server.watch.fd, IPPROTO_IPV6, IPV6_TCLASS),
			 46 << 2);
	world_close(&w);
}

/* P-01, P-13: any length arrives whole, or is counted and dropped. */
static void lengths(void **state)
{
	static const size_t sent_len[] = {
		0, 1, 47, 48, OS_BATCH_DATAGRAM, OS_BATCH_DATAGRAM + 1, 65507};
	static uint8_t data[65507];
	struct world w;
	struct client c;
	int64_t sent;

	(void)state;
	world_open(&w, "127.77.9.1", 0);
	for (size_t i = 0; i < 7; i++) {
		bool fits = sent_len[i] <= OS_BATCH_DATAGRAM;

		client_open(&c, &w, "127.77.9.1");
		w.asked = 0;
		assert_int_equal(udp_send(c.udp, data, sent_len[i], &sent), 0);
		settle(&w);
		assert_int_equal(w.asked, fits);
		if (fits)
			assert_int_equal(w.len, sent_len[i]);
		/* And no reply of ours is longer than a small path takes (V5). */
		assert_int_equal(c.replies, sent_len[i] <= OS_UDP_MAX_SEND);
		udp_close(c.udp);
	}
	assert_int_equal(w.server.stats.truncated, 2);
	assert_int_equal(w.server.stats.send_refused, 1);
	world_close(&w);
}

/* A reply longer than any that we can want is dropped, not cut. */
static void long_replies(void **state)
{
	static const uint8_t data[3000];
	struct world w;
	struct client c;
	struct sockaddr_storage to;
	socklen_t len;

	(void)state;
	world_open(&w, "127.77.9.1", 0);
	client_open(&c, &w, "127.77.9.1");
	len = os_sockaddr_from(&c.udp->local, &to);
	assert_int_equal(sendto(w.server.watch.fd, data, sizeof data, 0,
				(struct sockaddr *)&to, len),
			 sizeof data);
	assert_int_equal(sendto(w.server.watch.fd, data, 2048, 0,
				(struct sockaddr *)&to, len),
			 2048);
	run_until(&w, &c.replies, 1);
	assert_int_equal(w.net.stats.truncated, 1);
	assert_int_equal(w.net.stats.received, 1);
	udp_close(c.udp);
	world_close(&w);
}

/* A flood is taken in batches, one system call each. */
static void batches(void **state)
{
	struct world w;
	struct client c;
	uint8_t data[48] = {0};
	int64_t sent, now;

	(void)state;
	world_open(&w, "127.77.9.1", 0);
	client_open(&c, &w, "127.77.9.1");
	for (int i = 0; i < 2 * OS_BATCH_LEN; i++)
		assert_int_equal(udp_send(c.udp, data, sizeof data, &sent), 0);
	now = loop_mono(&w.loop.loop);
	w.loop.loop.ops->wait(&w.loop.loop, now);
	assert_int_equal(w.asked, OS_BATCH_LEN);
	w.loop.loop.ops->wait(&w.loop.loop, now);
	assert_int_equal(w.asked, 2 * OS_BATCH_LEN);
	udp_close(c.udp);
	world_close(&w);
}

/* E-17: hundreds of stamps that nobody fetched do not keep the loop busy. */
static void error_queue_is_drained(void **state)
{
	struct world w;
	struct client c;
	uint8_t data[48] = {0};
	int64_t sent, end;
	unsigned rounds = 0;

	(void)state;
	world_open(&w, "127.77.9.1", 0);
	client_open(&c, &w, "127.77.9.1");
	for (int i = 0; i < 200; i++)
		assert_int_equal(udp_send(c.udp, data, sizeof data, &sent), 0);
	end = loop_mono(&w.loop.loop) + 200 * NS_PER_MS;
	for (; loop_mono(&w.loop.loop) < end; rounds++)
		w.loop.loop.ops->wait(&w.loop.loop, end);
	assert_in_range(rounds, 200, 800);
	/* Only that of the last one is of use. */
	assert_int_equal(c.departures, 1);
	assert_int_equal(w.net.stats.departures, 200);
	assert_true(sent <= c.left_ns);
	assert_true(c.replies > 0);
	udp_close(c.udp);
	world_close(&w);
}

/* C-26: a storm of "port unreachable" is heard, costs no spin and ends nothing. */
static void refusals(void **state)
{
	struct world w;
	struct client c;
	uint8_t data[48] = {0};
	int64_t sent, end;
	unsigned rounds = 0, at_once = 0;

	(void)state;
	world_open(&w, "127.77.9.1", 0);
	client_open(&c, &w, "127.77.9.2"); /* nobody there */
	/* Each send hears of the refusal of the one before. */
	for (unsigned i = 0; i < 501; i++)
		if (udp_send(c.udp, data, sizeof data, &sent) < 0)
			at_once++;
	assert_in_range(at_once, 1, 500);
	while (udp_send(c.udp, data, sizeof data, &sent) < 0)
		;
	run_until(&w, &c.refusals, 1); /* after the stamps of all of them */
	assert_int_equal(c.error, -ECONNREFUSED);
	end = loop_mono(&w.loop.loop) + 50 * NS_PER_MS;
	for (; loop_mono(&w.loop.loop) < end; rounds++)
		w.loop.loop.ops->wait(&w.loop.loop, end);
	assert_true(rounds < 10);
	assert_int_equal(c.replies, 0);
	udp_close(c.udp);
	check_exchange(&w, "127.77.9.1", true);
	world_close(&w);
}

static void close_when_refused(void *owner, int error)
{
	struct client *c = owner;

	on_refused(c, error);
	udp_close(c->udp);
	c->udp = NULL;
}

static void close_on_reply(void *owner, const struct datagram *d)
{
	struct client *c = owner;

	on_reply(c, d);
	udp_close(c->udp);
	c->udp = NULL;
}

static void close_when_departed(void *owner, int64_t wall_ns,
				enum stamp_source stamp)
{
	struct client *c = owner;

	on_departed(c, wall_ns, stamp);
	udp_close(c->udp);
	c->udp = NULL;
}

static void owner_may_close_in_any_callback(void **state)
{
	static const struct udp_events events[] = {
		{close_on_reply, on_departed, NULL},
		{on_reply, close_when_departed, NULL},
		{on_reply, NULL, close_when_refused},
	};
	struct world w;
	uint8_t data[48] = {0};
	int64_t sent;

	(void)state;
	world_open(&w, "127.77.9.1", 0);
	for (size_t i = 0; i < 3; i++) {
		struct client c = {.world = &w};
		struct net_addr peer =
			addr(i == 2 ? "127.77.9.2" : "127.77.9.1",
			     w.server.bound.port);

		assert_int_equal(net_connect_udp(&w.net.net, &peer, &events[i],
						 &c, &c.udp),
				 0);
		assert_int_equal(udp_send(c.udp, data, sizeof data, &sent), 0);
		settle(&w);
		assert_null(c.udp);
	}
	world_close(&w);
}

/* RFC 9109: no two requests from one port. */
static void ports_are_fresh(void **state)
{
	struct world w;
	struct client c[50];

	(void)state;
	world_open(&w, "127.77.9.1", 0);
	for (size_t i = 0; i < 50; i++) {
		client_open(&c[i], &w, "127.77.9.1");
		assert_true(c[i].udp->local.port >= 1024);
		assert_string_equal(
			net_addr_format(&c[i].udp->peer,
					(char[NET_ADDR_TEXT_LEN]){0}),
			"127.77.9.1");
		for (size_t k = 0; k < i; k++)
			assert_int_not_equal(c[i].udp->local.port,
					     c[k].udp->local.port);
	}
	for (size_t i = 0; i < 50; i++)
		udp_close(c[i].udp);
	world_close(&w);
}

/* E-01: no descriptors left is an answer, and goes away with its cause. */
static void out_of_descriptors(void **state)
{
	struct world w;
	struct client c = {0};
	struct rlimit before, none = {0};
	struct net_addr peer;

	(void)state;
	world_open(&w, "127.77.9.1", 0);
	peer = addr("127.77.9.1", w.server.bound.port);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none.rlim_max = before.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_int_equal(
		net_connect_udp(&w.net.net, &peer, &client_events, &c, &c.udp),
		-EMFILE);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_null(c.udp);
	assert_int_equal(w.net.stats.open_failed, 1);
	check_exchange(&w, "127.77.9.1", true);
	world_close(&w);
}

/* E-02, E-05: a reply that cannot be sent is counted once and forgotten. */
static void sending_can_fail(void **state)
{
	static const int errors[] = {ENOBUFS, EAGAIN, EPERM, ENETUNREACH,
				     EHOSTUNREACH};
	struct world w;
	struct client c;
	struct net_addr here, there;
	uint8_t data[48] = {0};
	int64_t sent = 7;

	(void)state;
	world_open(&w, "127.77.9.1", 0);
	client_open(&c, &w, "127.77.9.1");
	here = w.server.bound;
	there = c.udp->local;
	for (size_t i = 0; i < 5; i++) {
		fault_arm(FAULT_SENDMSG, errors[i], 0, 100);
		assert_int_equal(os_server_socket_send(&w.server, &there, &here,
						       data, sizeof data),
				 -errors[i]);
		assert_int_equal(fault.hits, 1);
		assert_int_equal(udp_send(c.udp, data, sizeof data, &sent),
				 -errors[i]);
		assert_int_equal(fault.hits, 2);
	}
	assert_int_equal(sent, 7);
	assert_int_equal(w.server.stats.send_congested, 2);
	assert_int_equal(w.server.stats.send_refused, 3);
	assert_int_equal(w.net.stats.send_failed, 5);
	/* E-03: a signal is not a failure. */
	fault_arm(FAULT_SENDMSG, EINTR, 0, 3);
	assert_int_equal(udp_send(c.udp, data, sizeof data, &sent), 0);
	assert_int_equal(fault.hits, 3);
	fault_disarm();
	run_until(&w, &c.replies, 1);
	udp_close(c.udp);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exchanges),
		cmocka_unit_test(exchanges_on_another_clock),
		cmocka_unit_test(exchanges_without_stamps),
		cmocka_unit_test(stamps_do_not_wait_for_us),
		cmocka_unit_test(strangers_are_not_heard),
		cmocka_unit_test(requests_leave_from_the_source),
		cmocka_unit_test(a_storm_of_signals),
		cmocka_unit_test(socket_flags_can_be_refused),
		cmocka_unit_test(answers_from_where_it_was_asked),
		cmocka_unit_test(both_families_on_one_port),
		cmocka_unit_test(one_port_is_for_one_unless_shared),
		cmocka_unit_test(path_rumours_are_ignored),
		cmocka_unit_test(lengths),
		cmocka_unit_test(long_replies),
		cmocka_unit_test(batches),
		cmocka_unit_test(error_queue_is_drained),
		cmocka_unit_test(refusals),
		cmocka_unit_test(owner_may_close_in_any_callback),
		cmocka_unit_test(ports_are_fresh),
		cmocka_unit_test(out_of_descriptors),
		cmocka_unit_test(sending_can_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
