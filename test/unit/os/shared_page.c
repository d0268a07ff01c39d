/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/shared_page.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cmocka_all.h"

struct value {
	uint64_t n[20];
	uint8_t tail[3]; /* not a whole word */
};

static struct value make(uint64_t i)
{
	struct value v;

	memset(&v, 0, sizeof v);
	for (size_t k = 0; k < 20; k++)
		v.n[k] = i * (k + 1);
	v.tail[2] = (uint8_t)i;
	return v;
}

struct pages {
	int rw, ro;
	struct shared_page *writer, *reader;
};

static int open_pages(void **state)
{
	static struct pages p;

	assert_int_equal(shared_page_create("test", &p.rw, &p.ro), 0);
	assert_int_equal(shared_page_map(p.rw, true, &p.writer), 0);
	assert_int_equal(shared_page_map(p.ro, false, &p.reader), 0);
	*state = &p;
	return 0;
}

static int close_pages(void **state)
{
	struct pages *p = *state;

	shared_page_unmap(p->writer);
	shared_page_unmap(p->reader);
	close(p->rw);
	close(p->ro);
	return 0;
}

static void test_what_is_written_is_read(void **state)
{
	struct pages *p = *state;
	struct value v = make(7), got = make(1);

	assert_false(shared_page_read(p->reader, &got, sizeof got));
	shared_page_write(p->writer, &v, sizeof v);
	assert_true(shared_page_read(p->reader, &got, sizeof got));
	assert_memory_equal(&got, &v, sizeof v);
}

static void test_another_length_is_refused(void **state)
{
	struct pages *p = *state;
	struct value v = make(7), got = make(1), before = got;

	shared_page_write(p->writer, &v, sizeof v);
	assert_false(shared_page_read(p->reader, &got, sizeof got - 8));
	assert_memory_equal(&got, &before, sizeof got);
}

/* A reader cannot make itself a writer, nor anybody change the size. */
static void test_read_only_is_read_only(void **state)
{
	struct pages *p = *state;
	struct shared_page *page;

	assert_int_equal(shared_page_map(p->ro, true, &page), -EACCES);
	assert_int_equal(ftruncate(p->rw, 0), -1);
	assert_int_equal(errno, EPERM);
}

static void test_what_is_no_page_is_not_mapped(void **state)
{
	struct shared_page *page;
	int fd = memfd_create("small", MFD_CLOEXEC);

	(void)state;
	assert_int_equal(shared_page_map(fd, false, &page), -EINVAL);
	close(fd);
}

/* A writer that died half-way leaves an odd number; the next one goes on. */
static void test_a_dead_writer(void **state)
{
	struct pages *p = *state;
	struct value v = make(1), got;
	_Atomic uint64_t *seq = (_Atomic uint64_t *)(void *)p->writer;

	shared_page_write(p->writer, &v, sizeof v);
	atomic_fetch_add(seq, 1);
	assert_false(shared_page_read(p->reader, &got, sizeof got));
	v = make(2);
	shared_page_write(p->writer, &v, sizeof v);
	assert_true(shared_page_read(p->reader, &got, sizeof got));
	assert_memory_equal(&got, &v, sizeof v);
	assert_int_equal(atomic_load(seq) % 2, 0);
}

#define ROUNDS 20000

static void *write_rounds(void *arg)
{
	for (uint64_t i = 1; i <= ROUNDS; i++) {
		struct value v = make(i);

		shared_page_write(arg, &v, sizeof v);
	}
	return NULL;
}

/* Run under TSan, this is also the proof that there is no data race. */
static void test_no_copy_is_torn(void **state)
{
	struct pages *p = *state;
	struct value got, want;
	pthread_t writer;
	uint64_t last = 0;

	assert_int_equal(pthread_create(&writer, NULL, write_rounds, p->writer),
			 0);
	while (last < ROUNDS) {
		if (!shared_page_read(p->reader, &got, sizeof got))
			continue;
		want = make(got.n[0]);
		assert_memory_equal(&got, &want, sizeof got);
		assert_true(got.n[0] >= last);
		last = got.n[0];
	}
	pthread_join(writer, NULL);
}

static void test_sealed_bytes(void **state)
{
	const void *data;
	size_t len;
	int fd = shared_bytes_seal("test", "hello", 5);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(shared_bytes_map(fd, &data, &len), 0);
	assert_int_equal(len, 5);
	assert_memory_equal(data, "hello", 5);
	assert_int_equal(pwrite(fd, "J", 1, 0), -1);
	assert_int_equal(ftruncate(fd, 0), -1);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_what_is_written_is_read,
						open_pages, close_pages),
		cmocka_unit_test_setup_teardown(test_another_length_is_refused,
						open_pages, close_pages),
		cmocka_unit_test_setup_teardown(test_read_only_is_read_only,
						open_pages, close_pages),
		cmocka_unit_test(test_what_is_no_page_is_not_mapped),
		cmocka_unit_test_setup_teardown(test_a_dead_writer, open_pages,
						close_pages),
		cmocka_unit_test_setup_teardown(test_no_copy_is_torn,
						open_pages, close_pages),
		cmocka_unit_test(test_sealed_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
