/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Cursors over octets in network byte order with a sticky error: read or write
 * all fields, ask once at the end.  After an error reads give 0 and writes do
 * nothing.
 */
struct bytes_in {
	const uint8_t *p;
	size_t left;
	bool bad;
};

static inline struct bytes_in bytes_in(const uint8_t *buf, size_t len)
{
	return (struct bytes_in){buf, len, false};
}

/** The next len octets (borrowed), or NULL when fewer are left. */
const uint8_t *bytes_take(struct bytes_in *in, size_t len);
uint8_t bytes_u8(struct bytes_in *in);
uint16_t bytes_u16(struct bytes_in *in);
uint32_t bytes_u32(struct bytes_in *in);
uint64_t bytes_u64(struct bytes_in *in);

struct bytes_out {
	uint8_t *buf;
	size_t cap, len;
	bool bad;
};

static inline struct bytes_out bytes_out(uint8_t *buf, size_t cap)
{
	return (struct bytes_out){buf, cap, 0, false};
}

void bytes_put(struct bytes_out *out, const void *data, size_t len);
void bytes_put_zeros(struct bytes_out *out, size_t len);
void bytes_put_u8(struct bytes_out *out, uint8_t v);
void bytes_put_u16(struct bytes_out *out, uint16_t v);
void bytes_put_u32(struct bytes_out *out, uint32_t v);
void bytes_put_u64(struct bytes_out *out, uint64_t v);
