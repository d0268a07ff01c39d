/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/shared_page.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/state_file.h"

#define PAGE_WORDS (SHARED_PAGE_MAX / sizeof(uint64_t))
/* A writer needs well under a microsecond; one that is seen writing this often
 * was stopped in between or is dead. */
#define READ_ATTEMPTS 1000

struct shared_page {
	_Atomic uint64_t seq; /* 0: never written; odd: being written */
	_Atomic uint64_t len;
	uint64_t reserved[6]; /* the value starts on its own cache line */
	_Atomic uint64_t word[PAGE_WORDS];
};

static_assert(sizeof(struct shared_page) == 4096, "one page");
static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "atomics work between processes");

/* The same memory again, but open for reading only. */
static int reopen_read_only(int fd)
{
	char path[64];
	int ro;

	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	ro = open(path, O_RDONLY | O_CLOEXEC);
	return ro < 0 ? -errno : ro;
}

int shared_page_create(const char *name, int *rw, int *ro)
{
	return shared_area_create(name, sizeof(struct shared_page), rw, ro);
}

int shared_area_create(const char *name, size_t len, int *rw, int *ro)
{
	int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int r;

	if (fd < 0)
		return -errno;
	if (ftruncate(fd, (off_t)len) < 0 ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK) < 0) {
		r = -errno;
		goto fail;
	}
	r = reopen_read_only(fd);
	if (r < 0)
		goto fail;
	*rw = fd;
	*ro = r;
	return 0;

fail:
	close(fd);
	return r;
}

int shared_area_map(int fd, bool writable, void **out, size_t *len)
{
	int prot = writable ? PROT_READ | PROT_WRITE : PROT_READ;
	struct stat st;
	void *p;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (st.st_size <= 0)
		return -EINVAL;
	p = mmap(NULL, (size_t)st.st_size, prot, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		return -errno;
	*out = p;
	*len = (size_t)st.st_size;
	return 0;
}

void shared_area_clear(void *area, size_t len)
{
	if (madvise(area, len, MADV_REMOVE) < 0)
		memset(area, 0, len);
}

int shared_page_map(int fd, bool writable, struct shared_page **out)
{
	size_t len = 0;
	void *p = NULL;
	int r = shared_area_map(fd, writable, &p, &len);

	if (r < 0)
		return r;
	if (len != sizeof(struct shared_page)) {
		munmap(p, len);
		return -EINVAL;
	}
	*out = p;
	return 0;
}

void shared_page_unmap(struct shared_page *p)
{
	if (p)
		munmap(p, sizeof *p);
}

/*
 * Every store of a word is a release and every load an acquire, which replaces
 * the fences of the textbook: a reader that saw a new word also sees the odd
 * number that was stored before it (Boehm, "Can seqlocks get along with
 * programming language memory models?", 2012).
 */
void shared_page_write(struct shared_page *p, const void *value, size_t len)
{
	/* A dead predecessor may have left it odd. */
	uint64_t seq =
		atomic_load_explicit(&p->seq, memory_order_relaxed) & ~1ULL;
	const char *from = value;

	assert(len <= SHARED_PAGE_MAX);
	atomic_store_explicit(&p->seq, seq + 1, memory_order_relaxed);
	atomic_store_explicit(&p->len, len, memory_order_release);
	for (size_t i = 0; i * sizeof(uint64_t) < len; i++) {
		size_t at = i * sizeof(uint64_t);
		size_t n = len - at < sizeof(uint64_t) ? len - at
						       : sizeof(uint64_t);
		uint64_t word = 0;

		memcpy(&word, from + at, n);
		atomic_store_explicit(&p->word[i], word, memory_order_release);
	}
	atomic_store_explicit(&p->seq, seq + 2, memory_order_release);
}

static void copy_words(const struct shared_page *p, char *to, size_t len)
{
	for (size_t i = 0; i * sizeof(uint64_t) < len; i++) {
		size_t at = i * sizeof(uint64_t);
		size_t n = len - at < sizeof(uint64_t) ? len - at
						       : sizeof(uint64_t);
		uint64_t word =
			atomic_load_explicit(&p->word[i], memory_order_acquire);

		memcpy(to + at, &word, n);
	}
}

bool shared_page_read(const struct shared_page *p, void *value, size_t len)
{
	char copy[SHARED_PAGE_MAX];

	for (unsigned i = 0; i < READ_ATTEMPTS; i++) {
		uint64_t seq =
			atomic_load_explicit(&p->seq, memory_order_acquire);

		if (seq & 1)
			continue;
		if (seq == 0 ||
		    atomic_load_explicit(&p->len, memory_order_acquire) != len)
			return false;
		copy_words(p, copy, len);
		if (atomic_load_explicit(&p->seq, memory_order_relaxed) != seq)
			continue;
		memcpy(value, copy, len);
		return true;
	}
	return false;
}

int shared_bytes_seal(const char *name, const void *data, size_t len)
{
	int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int r;

	if (fd < 0)
		return -errno;
	r = file_write_all(fd, data, len);
	if (r == 0 &&
	    fcntl(fd, F_ADD_SEALS,
		  F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_WRITE | F_SEAL_SEAL) < 0)
		r = -errno;
	if (r < 0) {
		close(fd);
		return r;
	}
	return fd;
}

int shared_bytes_map(int fd, const void **data, size_t *len)
{
	struct stat st;
	void *p;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (st.st_size <= 0)
		return -EINVAL;
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return -errno;
	*data = p;
	*len = (size_t)st.st_size;
	return 0;
}
