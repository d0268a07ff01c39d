/* SPDX-License-Identifier: BSD-2-Clause */
#include "ntpq/assembly.h"

#include <string.h>

void assembly_init(struct assembly *a, uint8_t op, uint16_t sequence,
		   uint16_t assoc_id)
{
	*a = (struct assembly){
		.op = op, .sequence = sequence, .assoc_id = assoc_id};
}

static bool is_answer(const struct assembly *a, const struct control_header *h)
{
	return h->response && h->op == a->op && h->sequence == a->sequence &&
	       h->assoc_id == a->assoc_id;
}

/* MORE: it is new; IGNORED: it was here before; REJECTED: it contradicts. */
static enum assembly_verdict compare(const struct assembly *a, size_t from,
				     size_t to, const uint8_t *data)
{
	for (size_t i = 0; i < a->n; i++) {
		if (a->piece[i].from == from && a->piece[i].to == to)
			return memcmp(a->data + from, data, to - from) == 0
				       ? ASSEMBLY_IGNORED
				       : ASSEMBLY_REJECTED;
		if (from < a->piece[i].to && a->piece[i].from < to)
			return ASSEMBLY_REJECTED;
	}
	return ASSEMBLY_MORE;
}

static enum assembly_verdict add_piece(struct assembly *a,
				       const struct control_header *h,
				       const uint8_t *data)
{
	size_t from = h->offset, to = from + h->count;
	enum assembly_verdict v;

	if (h->more && h->count == 0)
		return ASSEMBLY_IGNORED;
	if (to > ASSEMBLY_MAX_LEN)
		return ASSEMBLY_REJECTED;
	v = compare(a, from, to, data);
	if (v != ASSEMBLY_MORE)
		return v;
	if (a->n == ASSEMBLY_MAX_FRAGMENTS || (a->have_last && !h->more) ||
	    (a->have_last && to > a->len))
		return ASSEMBLY_REJECTED;
	memcpy(a->data + from, data, h->count);
	a->piece[a->n].from = from;
	a->piece[a->n].to = to;
	a->n++;
	a->got += h->count;
	if (!h->more) {
		a->have_last = true;
		a->len = to;
		a->status = h->status;
	}
	if (!a->have_last)
		return ASSEMBLY_MORE;
	if (a->got > a->len) /* something lies beyond the last fragment */
		return ASSEMBLY_REJECTED;
	return a->got == a->len ? ASSEMBLY_DONE : ASSEMBLY_MORE;
}

enum assembly_verdict assembly_add(struct assembly *a, const uint8_t *packet,
				   size_t len)
{
	struct control_header h;
	const uint8_t *data;
	enum assembly_verdict v;

	if (control_decode(packet, len, &h, &data) < 0 || !is_answer(a, &h))
		return ASSEMBLY_IGNORED;
	if (h.error) {
		a->error = (enum control_error)(h.status >> 8);
		return ASSEMBLY_REFUSED;
	}
	v = add_piece(a, &h, data);
	if (v == ASSEMBLY_DONE)
		a->data[a->len] = '\0';
	return v;
}
