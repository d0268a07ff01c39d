/* SPDX-License-Identifier: BSD-2-Clause */
#include "ctl/response.h"

#include <assert.h>
#include <string.h>

#define LINE_COLUMNS 72

void response_init(struct response *r, const struct control_header *request,
		   uint8_t leap, uint16_t status, control_emit_fn emit,
		   void *arg)
{
	*r = (struct response){.hdr = *request, .emit = emit, .arg = arg};
	r->hdr.leap = leap;
	r->hdr.response = true;
	r->hdr.status = status;
	r->hdr.offset = 0;
}

static void send_fragment(struct response *r, bool more)
{
	uint8_t packet[CONTROL_MAX_LEN];
	size_t len;

	r->hdr.more = more;
	r->hdr.count = (uint16_t)r->len;
	len = control_encode(&r->hdr, r->data, packet, sizeof packet);
	r->emit(r->arg, packet, len);
	r->hdr.offset = (uint16_t)(r->hdr.offset + r->len);
	r->len = 0;
}

void response_bytes(struct response *r, const void *data, size_t len)
{
	const uint8_t *p = data;

	while (len > 0) {
		size_t n = sizeof r->data - r->len;

		if (n == 0) {
			send_fragment(r, true);
			continue;
		}
		if (n > len)
			n = len;
		memcpy(r->data + r->len, p, n);
		r->len += n;
		p += n;
		len -= n;
	}
}

void response_item(struct response *r, const char *name, const char *value)
{
	size_t len = strlen(name) + 1 + strlen(value);

	if (r->column && r->column + 2 + len + 1 > LINE_COLUMNS) {
		response_bytes(r, ",\r\n", 3);
		r->column = 0;
	} else if (r->column) {
		response_bytes(r, ", ", 2);
		r->column += 2;
	}
	response_bytes(r, name, strlen(name));
	response_bytes(r, "=", 1);
	response_bytes(r, value, strlen(value));
	r->column += len;
}

void response_end(struct response *r)
{
	if (r->column)
		response_bytes(r, "\r\n", 2);
	send_fragment(r, false);
}

void response_error(struct response *r, enum control_error error)
{
	assert(r->len == 0 && r->hdr.offset == 0);
	r->hdr.error = true;
	r->hdr.status = (uint16_t)(error << 8);
	send_fragment(r, false);
}
