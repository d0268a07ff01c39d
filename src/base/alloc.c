/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/attr.h"

NORETURN static void out_of_memory(void)
{
	fputs("timeball: out of memory; raise the limit of the service or take "
	      "sources out\n",
	      stderr);
	exit(EX_OSERR);
}

static void *must_have(void *p)
{
	if (!p)
		out_of_memory();
	return p;
}

void *xcalloc(size_t n, size_t size)
{
	return must_have(calloc(n, size));
}

void *xreallocarray(void *p, size_t n, size_t size)
{
	return must_have(reallocarray(p, n, size));
}

char *xstrdup(const char *s)
{
	return must_have(strdup(s));
}

char *xstrndup(const char *s, size_t len)
{
	return must_have(strndup(s, len));
}

void *array_grow(void *array, size_t len, size_t *cap, size_t size)
{
	if (len < *cap)
		return array;
	*cap = *cap ? *cap * 2 : 8;
	return xreallocarray(array, *cap, size);
}
