/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/errand/post.h"

#include <dirent.h>
#include <sys/stat.h>

#include "http_stub.h"
#include "pool/book/webhook.h"
#include "pool/store/outbox.h"
#include "pool_book.h"
#include "scratch.h"

struct post_world {
	struct book_world *w;
	struct post *post;
	void *scratch;
};

static int setup(void **state)
{
	struct post_world *p = calloc(1, sizeof *p);
	void *world;

	assert_int_equal(book_setup(&world), 0);
	assert_int_equal(scratch_enter(&p->scratch), 0);
	p->w = world;
	free(p->w->set->mail_url);
	p->w->set->mail_url = strdup("file:.");
	p->w->set->private_addresses = true;
	p->post = post_new(p->w->db, p->w->set, NULL);
	*state = p;
	return 0;
}

static int teardown(void **state)
{
	struct post_world *p = *state;
	void *world = p->w;

	post_free(p->post);
	scratch_leave(&p->scratch);
	book_teardown(&world);
	free(p);
	return 0;
}

/* Until nothing is on its way any more; how many rounds that took. */
static int run(struct post_world *p, int64_t now_ms)
{
	int rounds = 0;

	while (post_run(p->post, now_ms, 100) != 0)
		if (++rounds > 300)
			fail_msg("it never ends");
	return rounds;
}

static int count_mails(void)
{
	DIR *dir = opendir(".");
	struct dirent *e;
	int n = 0;

	while ((e = readdir(dir)) != NULL)
		n += strstr(e->d_name, ".eml") != NULL;
	closedir(dir);
	return n;
}

static void mails_go_into_the_folder(void **state)
{
	struct post_world *p = *state;
	struct outbox_count n;
	char text[1000] = "";
	FILE *f;

	assert_int_equal(outbox_add(p->w->db, "mail", "ada@example.org", NULL,
				    "Hello", "A body.\n", T0),
			 0);
	run(p, T0);
	assert_int_equal(outbox_count(p->w->db, &n), 0);
	assert_int_equal(n.sent, 1);
	assert_int_equal(count_mails(), 1);
	f = fopen("1767225600000-1.eml", "r");
	assert_non_null(f);
	assert_true(fread(text, 1, sizeof text - 1, f) > 0);
	fclose(f);
	assert_non_null(strstr(text, "To: <ada@example.org>\r\n"));
	assert_non_null(strstr(text, "From: <pool@pool.example.org>\r\n"));
	assert_non_null(strstr(text, "\r\n\r\nA body.\r\n"));
}

/* Mail addresses with newlines. */
static void no_mail_to_what_is_no_address(void **state)
{
	struct post_world *p = *state;
	struct outbox_count n;

	assert_int_equal(outbox_add(p->w->db, "mail",
				    "a@b\r\nBcc: eve@example.org", NULL, "x",
				    "y", T0),
			 0);
	run(p, T0);
	assert_int_equal(outbox_count(p->w->db, &n), 0);
	assert_int_equal(n.sent, 0);
	assert_int_equal(count_mails(), 0);
}

static void folder_is_gone_for_a_while(void **state)
{
	struct post_world *p = *state;
	struct outbox_count n;

	free(p->w->set->mail_url);
	p->w->set->mail_url = strdup("file:later");
	assert_int_equal(outbox_add(p->w->db, "mail", "ada@example.org", NULL,
				    "x", "y", T0),
			 0);
	run(p, T0);
	assert_int_equal(outbox_count(p->w->db, &n), 0);
	assert_int_equal(n.waiting, 1);
	assert_int_equal(mkdir("later", 0700), 0);
	run(p, T0 + 1000);
	assert_int_equal(outbox_count(p->w->db, &n), 0);
	assert_int_equal(n.waiting, 1);
	run(p, T0 + outbox_backoff_ms(1));
	assert_int_equal(outbox_count(p->w->db, &n), 0);
	assert_int_equal(n.sent, 1);
}

static void hook(struct post_world *p, const char *address, uint16_t port)
{
	char url[80];

	snprintf(url, sizeof url, "http://%s:%u/hook", address, port);
	assert_int_equal(outbox_add(p->w->db, "webhook", url, "secret", NULL,
				    "{\"event\":\"test\"}", T0),
			 0);
}

static void hooks_are_signed(void **state)
{
	static const char answer[] =
		"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";
	struct post_world *p = *state;
	char request[2000], want[200], signature[WEBHOOK_SIGNATURE_LEN];
	struct http_stub stub;
	struct outbox_count n;
	ssize_t len;

	assert_true(http_stub_start(&stub, "127.0.0.1", 0, answer,
				    sizeof answer - 1, 0));
	hook(p, "127.0.0.1", stub.port);
	run(p, T0);
	len = read(stub.seen, request, sizeof request - 1);
	assert_true(len > 0);
	request[len] = '\0';
	http_stub_stop(&stub);
	webhook_sign("secret", "{\"event\":\"test\"}", signature);
	snprintf(want, sizeof want, "\r\n%s: %s\r\n", WEBHOOK_HEADER,
		 signature);
	assert_non_null(strstr(request, "POST /hook HTTP/1.1\r\n"));
	assert_non_null(strstr(request, want));
	assert_non_null(strstr(request, "\r\n\r\n{\"event\":\"test\"}"));
	assert_int_equal(outbox_count(p->w->db, &n), 0);
	assert_int_equal(n.sent, 1);
}

static void hooks_that_lead_inside_or_fail(void **state)
{
	static const char answer[] = "HTTP/1.1 500 Sorry\r\n"
				     "Connection: close\r\n\r\n";
	struct post_world *p = *state;
	struct http_stub stub;
	struct outbox_count n;
	char seen[10];

	assert_true(http_stub_start(&stub, "127.0.0.1", 0, answer,
				    sizeof answer - 1, 0));
	hook(p, "127.0.0.1", stub.port);
	run(p, T0);
	assert_int_equal(outbox_count(p->w->db, &n), 0);
	assert_int_equal(n.sent, 0);
	assert_true(read(stub.seen, seen, sizeof seen) > 0);
	http_stub_stop(&stub);

	p->w->set->private_addresses = false;
	assert_true(http_stub_start(&stub, "127.0.0.1", 0, answer,
				    sizeof answer - 1, 0));
	hook(p, "127.0.0.1", stub.port);
	hook(p, "localhost", stub.port);
	run(p, T0);
	kill(stub.pid, SIGKILL);
	assert_int_equal(read(stub.seen, seen, sizeof seen), 0);
	http_stub_stop(&stub);
	assert_int_equal(outbox_count(p->w->db, &n), 0);
	assert_int_equal(n.waiting, 3);
	assert_int_equal(count_rows(p->w->db,
				    "SELECT count(*) FROM outbox"
				    " WHERE error LIKE '%do not connect%'"),
			 2);
}

/* One that takes its time holds up no mail. */
static void slow_hooks_are_patient(void **state)
{
	static const char answer[] = "HTTP/1.1 200 OK\r\n"
				     "Connection: close\r\n\r\n";
	struct post_world *p = *state;
	struct http_stub stub;
	struct outbox_count n;

	assert_true(http_stub_start(&stub, "127.0.0.1", 0, answer,
				    sizeof answer - 1, 700));
	hook(p, "127.0.0.1", stub.port);
	assert_int_equal(post_run(p->post, T0, 0), 1);
	assert_int_equal(outbox_add(p->w->db, "mail", "ada@example.org", NULL,
				    "x", "y", T0),
			 0);
	assert_int_equal(post_run(p->post, T0, 0), 1);
	assert_int_equal(count_mails(), 1);
	assert_true(run(p, T0) > 0);
	http_stub_stop(&stub);
	assert_int_equal(outbox_count(p->w->db, &n), 0);
	assert_int_equal(n.sent, 2);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(mails_go_into_the_folder),
		TEST(no_mail_to_what_is_no_address),
		TEST(folder_is_gone_for_a_while),
		TEST(hooks_are_signed),
		TEST(hooks_that_lead_inside_or_fail),
		TEST(slow_hooks_are_patient),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
