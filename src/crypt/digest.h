/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define SHA1_LEN 20

/** SHA-1 of len octets, for the checksum of a leap second list. */
void digest_sha1(const void *data, size_t len, uint8_t out[SHA1_LEN]);
