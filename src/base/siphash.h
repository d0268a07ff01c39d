/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>

/**
 * SipHash-2-4 (Aumasson and Bernstein 2012): a keyed 64-bit hash for tables
 * that strangers fill.  key: secret, from io/entropy.h.
 */
uint64_t siphash(const uint64_t key[2], const void *data, size_t len);
