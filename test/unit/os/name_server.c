/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/name_server.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/container.h"
#include "cmocka_all.h"
#include "os/udp.h"

/* A name server in a thread: what it says is a function of the question. */
#define RR_OWNER 0xc00c /* the name of the question */

struct fake {
	int fd;
	struct net_addr addr;
	pthread_t thread;
	void (*answer)(struct fake *f, struct bytes_out *out, uint16_t type);
	unsigned asked;
	uint16_t flags; /* of the reply */
	uint16_t n;     /* records in it */
	bool noise;     /* before the answer */
	bool silent;
};

static void put_head(struct bytes_out *out, uint16_t type, uint16_t len)
{
	bytes_put_u16(out, RR_OWNER);
	bytes_put_u16(out, type);
	bytes_put_u16(out, ns_c_in);
	bytes_put_u32(out, 60);
	bytes_put_u16(out, len);
}

static void put_a(struct fake *f, struct bytes_out *out, uint32_t ip)
{
	put_head(out, ns_t_a, 4);
	bytes_put_u32(out, ip);
	f->n++;
}

static void put_aaaa(struct fake *f, struct bytes_out *out, const char *text)
{
	struct in6_addr ip;

	assert_int_equal(inet_pton(AF_INET6, text, &ip), 1);
	put_head(out, ns_t_aaaa, 16);
	bytes_put(out, &ip, 16);
	f->n++;
}

/* What is not the answer: another number, another kind, another name, torn. */
static void send_noise(struct fake *f, uint8_t *buf, size_t len,
		       size_t question_len, const struct sockaddr_storage *to,
		       socklen_t to_len)
{
	const size_t flipped[] = {0, question_len - 3, 13, question_len - 1};

	for (size_t i = 0; i < ARRAY_LEN(flipped); i++) {
		buf[flipped[i]] ^= 1;
		sendto(f->fd, buf, len, 0, (const void *)to, to_len);
		buf[flipped[i]] ^= 1;
	}
	for (size_t n = 0; n < len; n += 5)
		sendto(f->fd, buf, n, 0, (const void *)to, to_len);
}

static void reply_to(struct fake *f, const uint8_t *query, size_t len,
		     const struct sockaddr_storage *to, socklen_t to_len)
{
	uint8_t buf[512];
	struct bytes_out out = bytes_out(buf, sizeof buf);
	uint16_t type = (uint16_t)(query[len - 4] << 8 | query[len - 3]);

	f->asked++;
	f->n = 0;
	f->flags = 0x8180;
	bytes_put(&out, query, len);
	f->answer(f, &out, type);
	assert_false(out.bad);
	buf[2] = (uint8_t)(f->flags >> 8);
	buf[3] = (uint8_t)f->flags;
	buf[6] = 0;
	buf[7] = (uint8_t)f->n;
	if (f->noise)
		send_noise(f, buf, out.len, len, to, to_len);
	if (f->silent)
		return;
	sendto(f->fd, buf, out.len, 0, (const void *)to, to_len);
}

static void *serve(void *arg)
{
	struct fake *f = arg;

	for (;;) {
		struct sockaddr_storage from;
		socklen_t from_len = sizeof from;
		uint8_t query[512];
		ssize_t len = recvfrom(f->fd, query, sizeof query, 0,
				       (void *)&from, &from_len);

		if (len < 12)
			return NULL; /* the test is over */
		reply_to(f, query, (size_t)len, &from, from_len);
	}
}

static void fake_start(struct fake *f)
{
	struct sockaddr_in sa = {.sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr_storage bound;
	socklen_t len = sizeof bound;

	f->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_true(f->fd >= 0);
	assert_int_equal(bind(f->fd, (void *)&sa, sizeof sa), 0);
	assert_int_equal(getsockname(f->fd, (void *)&bound, &len), 0);
	f->addr = os_sockaddr_to(&bound);
	assert_int_equal(pthread_create(&f->thread, NULL, serve, f), 0);
}

static void fake_stop(struct fake *f)
{
	struct sockaddr_storage sa;
	socklen_t len = os_sockaddr_from(&f->addr, &sa);

	sendto(f->fd, "", 1, 0, (void *)&sa, len);
	pthread_join(f->thread, NULL);
	close(f->fd);
}

static int ask(struct fake *f, bool loopback, int family, struct net_addr *a,
	       size_t max)
{
	struct name_servers s = {&f->addr, 1, loopback};
	int n;

	fake_start(f);
	n = resolve_by(&s, "demo.pool.test", family, a, max);
	fake_stop(f);
	return n;
}

/* --- what servers say ---------------------------------------------------- */

static void say_both(struct fake *f, struct bytes_out *out, uint16_t type)
{
	if (type == ns_t_a) {
		put_a(f, out, 0xc0000201);
		put_a(f, out, 0xc0000202);
		put_a(f, out, 0xc0000201);
		put_aaaa(f, out, "2001:db8::bad"); /* nobody asked for it */
	} else {
		put_aaaa(f, out, "2001:db8::1");
	}
}

static void say_v4_only(struct fake *f, struct bytes_out *out, uint16_t type)
{
	if (type == ns_t_a)
		put_a(f, out, 0xc0000201);
}

static void say_unusable(struct fake *f, struct bytes_out *out, uint16_t type)
{
	if (type != ns_t_a)
		return;
	put_a(f, out, 0x7f000001); /* this machine */
	put_a(f, out, 0);
	put_a(f, out, 0xe0000101);
	put_a(f, out, 0xc0000207);
}

static void say_alias(struct fake *f, struct bytes_out *out, uint16_t type)
{
	put_head(out, ns_t_cname, 4);
	bytes_put(out, "\1x\xc0\x11", 4);
	f->n++;
	say_v4_only(f, out, type);
}

static void say_no_name(struct fake *f, struct bytes_out *out, uint16_t type)
{
	(void)out;
	(void)type;
	f->flags = 0x8183;
}

static void say_broken(struct fake *f, struct bytes_out *out, uint16_t type)
{
	(void)out;
	(void)type;
	f->flags = 0x8182;
}

static void say_cut(struct fake *f, struct bytes_out *out, uint16_t type)
{
	say_v4_only(f, out, type);
	f->flags |= 0x0200;
}

/* A record whose rdata is not as long as an address. */
static void say_short_rdata(struct fake *f, struct bytes_out *out,
			    uint16_t type)
{
	put_head(out, type, 3);
	bytes_put(out, "\x01\x02\x03", 3);
	f->n++;
	say_v4_only(f, out, type);
}

/* --- tests ------------------------------------------------------------------ */

static void both_kinds(void **state)
{
	struct fake f = {.answer = say_both};
	struct net_addr a[4];
	char text[NET_ADDR_TEXT_LEN];

	(void)state;
	assert_int_equal(ask(&f, false, AF_UNSPEC, a, 4), 3);
	assert_string_equal(net_addr_format(&a[0], text), "192.0.2.1");
	assert_string_equal(net_addr_format(&a[1], text), "192.0.2.2");
	assert_string_equal(net_addr_format(&a[2], text), "2001:db8::1");
	assert_int_equal(f.asked, 2);
	assert_int_equal(ask(&f, false, AF_INET, a, 4), 2);
	assert_int_equal(ask(&f, false, AF_INET6, a, 4), 1);
	assert_int_equal(ask(&f, false, AF_UNSPEC, a, 1), 1);
}

static void one_kind_is_enough(void **state)
{
	struct fake f = {.answer = say_v4_only};
	struct net_addr a[4];

	(void)state;
	assert_int_equal(ask(&f, false, AF_UNSPEC, a, 4), 1);
	assert_int_equal(ask(&f, false, AF_INET6, a, 4), -ENOENT);
}

/* D-02, here as for the machine's own name servers. */
static void unusable_answers(void **state)
{
	struct fake f = {.answer = say_unusable};
	struct net_addr a[4];
	char text[NET_ADDR_TEXT_LEN];

	(void)state;
	assert_int_equal(ask(&f, false, AF_INET, a, 4), 1);
	assert_string_equal(net_addr_format(&a[0], text), "192.0.2.7");
	assert_int_equal(ask(&f, true, AF_INET, a, 4), 2);
	assert_string_equal(net_addr_format(&a[0], text), "127.0.0.1");
}

static void other_shapes(void **state)
{
	struct fake alias = {.answer = say_alias};
	struct fake cut = {.answer = say_cut};
	struct fake odd = {.answer = say_short_rdata};
	struct fake noisy = {.answer = say_v4_only, .noise = true};
	struct net_addr a[4];

	(void)state;
	assert_int_equal(ask(&alias, false, AF_INET, a, 4), 1);
	assert_int_equal(ask(&cut, false, AF_INET, a, 4), 1);
	assert_int_equal(ask(&odd, false, AF_INET, a, 4), 1);
	assert_int_equal(ask(&noisy, false, AF_INET, a, 4), 1);
	assert_int_equal(noisy.asked, 1);
}

/* D-03: "no such name" and "not now" are different answers. */
static void failures(void **state)
{
	struct fake gone = {.answer = say_no_name};
	struct fake broken = {.answer = say_broken};
	struct net_addr a[4];

	(void)state;
	assert_int_equal(ask(&gone, false, AF_INET, a, 4), -ENOENT);
	assert_int_equal(gone.asked, 1);
	assert_int_equal(ask(&broken, false, AF_INET, a, 4), -EAGAIN);
	assert_int_equal(broken.asked, NAME_SERVER_ROUNDS);
}

/* The wait has an end, whatever comes instead of an answer. */
static void nothing_but_noise(void **state)
{
	struct fake f = {.answer = say_v4_only, .noise = true, .silent = true};
	struct net_addr a[4];

	(void)state;
	assert_int_equal(ask(&f, false, AF_INET, a, 4), -EAGAIN);
	assert_int_equal(f.asked, NAME_SERVER_ROUNDS);
}

static void the_next_server_is_asked(void **state)
{
	struct fake closed = {.answer = say_v4_only};
	struct fake broken = {.answer = say_broken};
	struct fake good = {.answer = say_v4_only};
	struct net_addr servers[3], a[4];
	struct name_servers s = {servers, 3, false};

	(void)state;
	fake_start(&closed);
	fake_stop(&closed);
	fake_start(&broken);
	fake_start(&good);
	servers[0] = closed.addr;
	servers[1] = broken.addr;
	servers[2] = good.addr;
	assert_int_equal(resolve_by(&s, "x.example", AF_INET, a, 4), 1);
	fake_stop(&broken);
	fake_stop(&good);
	assert_int_equal(broken.asked, 1);
	assert_int_equal(good.asked, 1);
}

static void not_over_the_wire(void **state)
{
	struct fake f = {.answer = say_no_name};
	struct name_servers s = {&f.addr, 1, false};
	static const char long_label[] =
		"0123456789012345678901234567890123456789"
		"0123456789012345678901234567890123456789.example";
	struct net_addr a[4];

	(void)state;
	fake_start(&f);
	assert_int_equal(resolve_by(&s, "192.0.2.1", AF_UNSPEC, a, 4), 1);
	assert_true(resolve_by(&s, "localhost", AF_INET, a, 4) >= 1);
	assert_int_equal(resolve_by(&s, long_label, AF_INET, a, 4), -ENOENT);
	assert_int_equal(resolve_by(NULL, "192.0.2.1", AF_INET, a, 4), 1);
	fake_stop(&f);
	assert_int_equal(f.asked, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_kinds),
		cmocka_unit_test(one_kind_is_enough),
		cmocka_unit_test(unusable_answers),
		cmocka_unit_test(other_shapes),
		cmocka_unit_test(failures),
		cmocka_unit_test(nothing_but_noise),
		cmocka_unit_test(the_next_server_is_asked),
		cmocka_unit_test(not_over_the_wire),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
