/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"

/*
 * One value in memory that processes share: a single writer replaces it as a
 * whole, any number of readers take copies, and neither ever waits for the
 * other.  Between them stands a sequence number that is odd while the value is
 * being written (a sequence lock); words are C11 atomics, so a copy that was
 * torn is thrown away and is no data race either.
 */
struct shared_page;

#define SHARED_PAGE_MAX 4032 /* octets of the value */

/**
 * Make the memory: *rw may be mapped for writing, *ro only for reading,
 * whatever its holder tries.  name is for /proc.  0 or -errno.
 */
MUST_CHECK int shared_page_create(const char *name, int *rw, int *ro);

/**
 * Map a page made by shared_page_create().  writable needs the rw descriptor.
 * The descriptor may be closed afterwards.  0 or -errno.
 */
MUST_CHECK int shared_page_map(int fd, bool writable, struct shared_page **out);
void shared_page_unmap(struct shared_page *p);

/** Replace the value.  len: at most SHARED_PAGE_MAX, the same in every call. */
void shared_page_write(struct shared_page *p, const void *value, size_t len);

/**
 * Copy the value out.  False, and *value untouched, when nothing was written
 * yet, when its length is another one, or when the writer died half-way: the
 * caller then goes on with what it read last.
 */
MUST_CHECK bool shared_page_read(const struct shared_page *p, void *value,
				 size_t len);

/**
 * Memory of len octets, zero, that one process writes and others read as they
 * find it: *rw may be mapped for writing, *ro only for reading.  0 or -errno.
 */
MUST_CHECK int shared_area_create(const char *name, size_t len, int *rw,
				  int *ro);

/** Map all of it; it stays mapped until the process ends.  0 or -errno. */
MUST_CHECK int shared_area_map(int fd, bool writable, void **out, size_t *len);

/** All zero again, and the memory given back. */
void shared_area_clear(void *area, size_t len);

/**
 * A read-only, sealed copy of len octets as a descriptor, or -errno: what a
 * child is handed once and nobody can change.
 */
MUST_CHECK int shared_bytes_seal(const char *name, const void *data,
				 size_t len);

/** Map a sealed copy; it stays mapped until the process ends.  0 or -errno. */
MUST_CHECK int shared_bytes_map(int fd, const void **data, size_t *len);
