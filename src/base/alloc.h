/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stddef.h>

/*
 * Memory is taken at start-up and when sources come and go.  These end the
 * program with exit code 71 (EX_OSERR) and one line when there is none, so
 * callers need no check.
 */
void *xcalloc(size_t n, size_t size);
void *xreallocarray(void *p, size_t n, size_t size);
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t len);

/**
 * Make room for one more element of the given size in an array of *len used
 * and *cap allocated; returns the (perhaps moved) array.
 */
void *array_grow(void *array, size_t len, size_t *cap, size_t size);
