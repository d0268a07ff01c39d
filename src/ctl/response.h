/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "wire/control.h"

/* One fragment to send back; data is borrowed for the call. */
typedef void (*control_emit_fn)(void *arg, const uint8_t *data, size_t len);

/*
 * A mode 6 response in the making: octets in, fragments of at most
 * CONTROL_MAX_DATA octets out, each as soon as the next one is known to be
 * needed, so that only the last lacks the M bit.  RFC 9327 section 2.
 */
struct response {
	struct control_header hdr; /* offset: of the fragment being filled */
	uint8_t data[CONTROL_MAX_DATA];
	size_t len;
	size_t column; /* of the text line being written; 0: nothing written */
	control_emit_fn emit;
	void *arg;
};

/** A response to request with the given status word and leap bits. */
void response_init(struct response *r, const struct control_header *request,
		   uint8_t leap, uint16_t status, control_emit_fn emit,
		   void *arg);

/** Append plain octets. */
void response_bytes(struct response *r, const void *data, size_t len);

/** Append "name=value", separated from the item before; lines stay within 72 columns where items allow. */
void response_item(struct response *r, const char *name, const char *value);

/** Send what is left, an empty response too; text gets its final CR LF. */
void response_end(struct response *r);

/** Send an error response instead; nothing may have been appended. */
void response_error(struct response *r, enum control_error error);
