/* SPDX-License-Identifier: BSD-2-Clause */
/* Rounds of errands against servers of this test's own. */
#include "pool/errand/errands.h"

#include <time.h>

#include "http_stub.h"
#include "pool/book/candidate.h"
#include "pool/book/verify.h"
#include "pool_book.h"

struct errands_world {
	struct book_world *w;
	struct errands e;
};

static int setup(void **state)
{
	struct errands_world *e = calloc(1, sizeof *e);
	void *world;

	assert_int_equal(book_setup(&world), 0);
	e->w = world;
	e->w->set->private_addresses = true;
	e->w->set->sample_gap_s = 0.01;
	e->w->set->sample_timeout_s = 0.5;
	assert_int_equal(errands_open(&e->e, e->w->db, e->w->set, NULL), 0);
	*state = e;
	return 0;
}

static int teardown(void **state)
{
	struct errands_world *e = *state;
	void *world = e->w;

	errands_close(&e->e);
	book_teardown(&world);
	free(e);
	return 0;
}

/* A time server of the least kind: right to some milliseconds. */
static void serve_time(int fd, uint8_t stratum)
{
	for (;;) {
		struct sockaddr_in from;
		socklen_t len = sizeof from;
		struct timespec now;
		uint8_t p[48];
		uint32_t s, f;

		if (recvfrom(fd, p, sizeof p, 0, (struct sockaddr *)&from,
			     &len) != (ssize_t)sizeof p)
			continue;
		clock_gettime(CLOCK_REALTIME, &now);
		s = htonl((uint32_t)((uint64_t)now.tv_sec + 2208988800U));
		f = htonl((uint32_t)((double)now.tv_nsec * 4.294967296));
		memcpy(p + 24, p + 40, 8);
		p[0] = 0x24;
		p[1] = stratum;
		memset(p + 4, 0, 8);
		memcpy(p + 12, "TEST", 4);
		for (int at = 16; at < 48; at += at == 16 ? 16 : 8) {
			memcpy(p + at, &s, 4);
			memcpy(p + at + 4, &f, 4);
		}
		(void)sendto(fd, p, sizeof p, 0, (struct sockaddr *)&from, len);
	}
}

static pid_t start_time_server(uint8_t stratum, uint16_t *port)
{
	struct sockaddr_in sa = {.sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof sa;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	pid_t pid;

	assert_int_equal(bind(fd, (struct sockaddr *)&sa, sizeof sa), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&sa, &len), 0);
	*port = ntohs(sa.sin_port);
	pid = fork();
	if (pid == 0)
		serve_time(fd, stratum);
	close(fd);
	return pid;
}

static struct candidate look_at(struct errands_world *e, const char *asked)
{
	struct candidate c;
	int64_t id = 0;

	assert_verdict(book_candidate_ask(e->w->db, e->w->set, &e->w->owner,
					  asked, T0, &id),
		       BOOK_OK);
	assert_true(errands_run(&e->e, T0) > 0);
	assert_int_equal(candidate_by_id(e->w->db, id, &c), 1);
	return c;
}

static void servers_are_measured(void **state)
{
	struct errands_world *e = *state;
	char asked[40];
	uint16_t good_port, far_port;
	pid_t good = start_time_server(2, &good_port);
	pid_t far = start_time_server(7, &far_port);
	struct candidate c;

	snprintf(asked, sizeof asked, "127.0.0.1:%u", good_port);
	c = look_at(e, asked);
	if (c.state != CANDIDATE_GOOD)
		fail_msg("%s", c.why);
	assert_int_equal(c.stratum, 2);
	assert_true(c.offset_s > -0.2 && c.offset_s < 0.2);

	snprintf(asked, sizeof asked, "127.0.0.1:%u", far_port);
	c = look_at(e, asked);
	assert_int_equal(c.state, CANDIDATE_BAD);
	assert_non_null(strstr(c.why, "stratum is 7"));
	kill(good, SIGKILL);
	kill(far, SIGKILL);
	waitpid(good, NULL, 0);
	waitpid(far, NULL, 0);

	c = look_at(e, asked); /* nobody is there any more */
	assert_int_equal(c.state, CANDIDATE_BAD);
	assert_int_equal(errands_run(&e->e, T0), 0);
}

/* 127.9.8.7 is ours alone, so port 80 is free there; binding it needs rights. */
#define HOST "127.9.8.7"

static enum book_verdict verify_with(struct errands_world *e, const char *page)
{
	struct http_stub stub;
	int64_t verified;

	if (!http_stub_start(&stub, HOST, 80, page, strlen(page), 0))
		skip();
	assert_int_equal(errands_run(&e->e, T0 + HOUR_MS), 1);
	http_stub_stop(&stub);
	verified = get_server(e->w->db, 1).verified_ms;
	return verified ? BOOK_VERIFIED : BOOK_OK;
}

static void the_file_on_the_server_proves_it(void **state)
{
	struct errands_world *e = *state;
	int64_t server = add_server(e->w->db, e->w->account, HOST);
	struct verification v;
	char page[300];

	assert_verdict(book_verify_begin(e->w->db, &e->w->owner, server,
					 VERIFY_HTTP, T0, &v),
		       BOOK_OK);
	/* What echoes the path knows only half of the token. */
	snprintf(page, sizeof page, "HTTP/1.1 200 OK\r\n\r\n%.16s", v.token);
	assert_verdict(verify_with(e, page), BOOK_OK);
	assert_verdict(book_verify_again(e->w->db, &e->w->owner, server, T0),
		       BOOK_OK);
	snprintf(page, sizeof page, "HTTP/1.1 404 No\r\n\r\n%s", v.token);
	assert_verdict(verify_with(e, page), BOOK_OK);
	assert_verdict(book_verify_again(e->w->db, &e->w->owner, server, T0),
		       BOOK_OK);
	snprintf(page, sizeof page, "HTTP/1.1 200 OK\r\n\r\n %s\r\n", v.token);
	assert_verdict(verify_with(e, page), BOOK_VERIFIED);
	assert_string_equal(get_server(e->w->db, server).verified_by, "http");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(servers_are_measured),
		TEST(the_file_on_the_server_proves_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
