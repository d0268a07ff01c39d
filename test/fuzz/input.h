/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A fuzzer's octets, read as choices and numbers.  At the end come zeros. */
struct input {
	const uint8_t *data;
	size_t left;
};

static inline unsigned input_octet(struct input *in)
{
	if (in->left == 0)
		return 0;
	in->left--;
	return *in->data++;
}

/*
 * A finite number, mostly of a size that networks have: a sign and seven bits
 * of mantissa, one octet of exponent, 2^-40 to 2^24.  Two codes of the mantissa
 * stand for the eight octets of any double instead.
 */
static inline double input_number(struct input *in)
{
	unsigned m = input_octet(in);
	uint64_t bits = 0;
	double x;

	if ((m & 0x7e) != 0x7e)
		return (m & 0x80 ? -1.0 : 1.0) * (m & 0x7f) / 64 *
		       exp2(input_octet(in) / 4.0 - 40);
	for (int i = 0; i < 8; i++)
		bits = bits << 8 | input_octet(in);
	memcpy(&x, &bits, sizeof x);
	return isfinite(x) ? x : 0;
}
