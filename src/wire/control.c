/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/control.h"

#include <errno.h>

#include "base/bytes.h"
#include "wire/ntp_packet.h"

#define FLAG_RESPONSE 0x80
#define FLAG_ERROR 0x40
#define FLAG_MORE 0x20
#define OP_MASK 0x1f

int control_decode(const uint8_t *buf, size_t len, struct control_header *hdr,
		   const uint8_t **data)
{
	struct bytes_in in = bytes_in(buf, len);
	struct control_header h;
	uint8_t first = bytes_u8(&in);
	uint8_t second = bytes_u8(&in);

	h.leap = first >> 6;
	h.version = first >> 3 & 7;
	h.response = second & FLAG_RESPONSE;
	h.error = second & FLAG_ERROR;
	h.more = second & FLAG_MORE;
	h.op = second & OP_MASK;
	h.sequence = bytes_u16(&in);
	h.status = bytes_u16(&in);
	h.assoc_id = bytes_u16(&in);
	h.offset = bytes_u16(&in);
	h.count = bytes_u16(&in);
	if (in.bad || (first & 7) != NTP_MODE_CONTROL || h.count > in.left)
		return -EBADMSG;
	*hdr = h;
	*data = in.p;
	return 0;
}

size_t control_encode(const struct control_header *hdr, const void *data,
		      uint8_t *buf, size_t cap)
{
	struct bytes_out out = bytes_out(buf, cap);
	unsigned flags = (hdr->response ? FLAG_RESPONSE : 0u) |
			 (hdr->error ? FLAG_ERROR : 0u) |
			 (hdr->more ? FLAG_MORE : 0u);

	bytes_put_u8(&out,
		     (uint8_t)((hdr->leap & 3) << 6 | (hdr->version & 7) << 3 |
			       NTP_MODE_CONTROL));
	bytes_put_u8(&out, (uint8_t)(flags | (hdr->op & OP_MASK)));
	bytes_put_u16(&out, hdr->sequence);
	bytes_put_u16(&out, hdr->status);
	bytes_put_u16(&out, hdr->assoc_id);
	bytes_put_u16(&out, hdr->offset);
	bytes_put_u16(&out, hdr->count);
	bytes_put(&out, data, hdr->count);
	bytes_put_zeros(&out, -(size_t)hdr->count & 3);
	return out.bad ? 0 : out.len;
}
