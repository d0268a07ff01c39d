/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/control.h"

/*
 * Putting the fragments of one mode 6 response together.  The server may be
 * hostile: what it sends is bounded, never written twice, and never read
 * before every octet of it has come.
 */
#define ASSEMBLY_MAX_FRAGMENTS 32
#define ASSEMBLY_MAX_LEN (ASSEMBLY_MAX_FRAGMENTS * (size_t)480)

enum assembly_verdict {
	ASSEMBLY_IGNORED,  /* not an answer to this request, or a repetition */
	ASSEMBLY_MORE,     /* taken; others are missing */
	ASSEMBLY_DONE,     /* complete: data, len, status */
	ASSEMBLY_REFUSED,  /* the server says why in error */
	ASSEMBLY_REJECTED, /* contradicts itself or is too large: give up */
};

struct assembly {
	uint8_t op; /* of the request */
	uint16_t sequence, assoc_id;

	size_t n;
	struct {
		size_t from, to;
	} piece[ASSEMBLY_MAX_FRAGMENTS];
	size_t got, len; /* octets; len is known once have_last */
	bool have_last;
	uint16_t status; /* of the last fragment */
	enum control_error error;
	char data[ASSEMBLY_MAX_LEN + 1]; /* followed by a NUL when done */
};

/** Start waiting for the answer to a request. */
void assembly_init(struct assembly *a, uint8_t op, uint16_t sequence,
		   uint16_t assoc_id);

/** Take one datagram from the server's address; any octets are safe. */
enum assembly_verdict assembly_add(struct assembly *a, const uint8_t *packet,
				   size_t len);
