/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * For LD_PRELOAD: memory runs out once, at the FAIL_AT-th request (from 1).
 * Without FAIL_AT requests are only counted; the count goes to the file
 * COUNT_TO when the program ends.  With ONLY_OURS those that libraries make
 * for themselves are left out.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);

static atomic_ulong requests;
static unsigned long fail_at;
static const void *program; /* NULL: everybody's count */

/* Where the object file that holds this address was loaded. */
static const void *base_of(const void *address)
{
	Dl_info info;

	return dladdr(address, &info) ? info.dli_fbase : NULL;
}

__attribute__((constructor)) static void start(void)
{
	const char *text = getenv("FAIL_AT");

	if (getenv("ONLY_OURS"))
		program = base_of((const void *)getauxval(AT_PHDR));
	fail_at = text ? strtoul(text, NULL, 10) : 0;
	requests = 0;
}

__attribute__((destructor)) static void finish(void)
{
	const char *path = getenv("COUNT_TO");
	unsigned long n = requests;
	FILE *f = path ? fopen(path, "w") : NULL;

	if (!f)
		return;
	fprintf(f, "%lu\n", n);
	fclose(f);
}

static bool fails(const void *caller)
{
	if (program && base_of(caller) != program)
		return false;
	if (atomic_fetch_add(&requests, 1) + 1 != fail_at)
		return false;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL
						  : __libc_calloc(n, size);
}

void *realloc(void *p, size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL
						  : __libc_realloc(p, size);
}
