/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/bytes.h"

#include <string.h>

const uint8_t *bytes_take(struct bytes_in *in, size_t len)
{
	const uint8_t *p = in->p;

	if (in->bad || len > in->left) {
		in->bad = true;
		return NULL;
	}
	in->p += len;
	in->left -= len;
	return p;
}

static uint64_t take_be(struct bytes_in *in, size_t len)
{
	const uint8_t *p = bytes_take(in, len);
	uint64_t v = 0;

	for (size_t i = 0; p && i < len; i++)
		v = v << 8 | p[i];
	return v;
}

uint8_t bytes_u8(struct bytes_in *in)
{
	return (uint8_t)take_be(in, 1);
}

uint16_t bytes_u16(struct bytes_in *in)
{
	return (uint16_t)take_be(in, 2);
}

uint32_t bytes_u32(struct bytes_in *in)
{
	return (uint32_t)take_be(in, 4);
}

uint64_t bytes_u64(struct bytes_in *in)
{
	return take_be(in, 8);
}

/* Where the next len octets go, or NULL when they do not fit. */
static uint8_t *reserve(struct bytes_out *out, size_t len)
{
	uint8_t *p;

	if (out->bad || len > out->cap - out->len) {
		out->bad = true;
		return NULL;
	}
	p = out->buf + out->len;
	out->len += len;
	return p;
}

void bytes_put(struct bytes_out *out, const void *data, size_t len)
{
	uint8_t *p = reserve(out, len);

	if (p && len)
		memcpy(p, data, len);
}

void bytes_put_zeros(struct bytes_out *out, size_t len)
{
	uint8_t *p = reserve(out, len);

	if (p && len)
		memset(p, 0, len);
}

static void put_be(struct bytes_out *out, uint64_t v, size_t len)
{
	uint8_t *p = reserve(out, len);

	for (size_t i = len; p && i-- > 0; v >>= 8)
		p[i] = (uint8_t)v;
}

void bytes_put_u8(struct bytes_out *out, uint8_t v)
{
	put_be(out, v, 1);
}

void bytes_put_u16(struct bytes_out *out, uint16_t v)
{
	put_be(out, v, 2);
}

void bytes_put_u32(struct bytes_out *out, uint32_t v)
{
	put_be(out, v, 4);
}

void bytes_put_u64(struct bytes_out *out, uint64_t v)
{
	put_be(out, v, 8);
}
