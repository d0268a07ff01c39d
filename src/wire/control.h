/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

/* Mode 6 control messages, RFC 9327 section 2. */
#define CONTROL_HEADER_LEN 12
#define CONTROL_MAX_DATA 468
#define CONTROL_MAX_LEN (CONTROL_HEADER_LEN + CONTROL_MAX_DATA + 4 + 64)

enum control_op {
	CONTROL_UNSPEC = 0,
	CONTROL_READSTAT = 1,
	CONTROL_READVAR = 2,
	CONTROL_WRITEVAR = 3,
	CONTROL_READCLOCK = 4,
	CONTROL_WRITECLOCK = 5,
	CONTROL_SETTRAP = 6,
	CONTROL_ASYNC = 7,
	CONTROL_CONFIGURE = 8,
	CONTROL_SAVECONFIG = 9,
	CONTROL_READ_MRU = 10,
	CONTROL_READ_ORDLIST = 11,
	CONTROL_REQ_NONCE = 12,
	CONTROL_UNSETTRAP = 31,
};

enum control_error {
	CONTROL_ERR_UNSPEC = 0,
	CONTROL_ERR_PERMISSION = 1,
	CONTROL_ERR_BADFMT = 2,
	CONTROL_ERR_BADOP = 3,
	CONTROL_ERR_BADASSOC = 4,
	CONTROL_ERR_UNKNOWNVAR = 5,
	CONTROL_ERR_BADVALUE = 6,
	CONTROL_ERR_RESTRICTED = 7,
};

struct control_header {
	uint8_t leap;    /* 0 to 3 */
	uint8_t version; /* 0 to 7 */
	bool response, error, more;
	uint8_t op; /* enum control_op, 0 to 31 */
	uint16_t sequence, status, assoc_id, offset;
	uint16_t count; /* octets of data after the header, without padding */
};

/**
 * Decode the header of a mode 6 message.
 *
 * hdr: written on success.  *data points at count octets inside buf.
 *
 * Returns: 0, or -EBADMSG when shorter than 12 octets, not mode 6, or count
 * exceeds what follows.
 */
MUST_CHECK int control_decode(const uint8_t *buf, size_t len,
			      struct control_header *hdr, const uint8_t **data);

/**
 * Write header, data (hdr->count octets) and zero padding to a multiple of 4.
 * Returns the length, or 0 when cap is too small.
 */
size_t control_encode(const struct control_header *hdr, const void *data,
		      uint8_t *buf, size_t cap);
