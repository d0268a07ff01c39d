/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Random octets: getrandom(2), or a seeded stream in a simulation. */
struct entropy {
	void (*fill)(struct entropy *e, void *buf, size_t len);
};

static inline void entropy_fill(struct entropy *e, void *buf, size_t len)
{
	e->fill(e, buf, len);
}

static inline uint64_t entropy_u64(struct entropy *e)
{
	uint64_t v;

	entropy_fill(e, &v, sizeof v);
	return v;
}

/** 0 <= x < 1 */
static inline double entropy_uniform(struct entropy *e)
{
	return (double)(entropy_u64(e) >> 11) * 0x1p-53;
}
