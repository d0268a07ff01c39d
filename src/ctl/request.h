/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/net_addr.h"
#include "ctl/response.h"
#include "ctl/vars.h"

/* What one request is answered from: the daemon at one instant, as values. */
struct control_view {
	struct var_facts facts; /* facts.assoc: not used */
	const struct assoc_report *assoc;
	size_t n_assoc;
	const uint64_t *nonce_key; /* two words, secret */
};

/**
 * Answer one mode 6 request: the whole of mode 6 as a function of the view.
 *
 * emit: called once per fragment; not at all for what deserves no reply: a
 *     response, E or M bit, offset, a count beyond the packet (M-03).
 *
 * RFC 9327 sections 2 and 4.  Read only: whatever writes is an unknown opcode.
 */
void request_answer(const struct control_view *view,
		    const struct net_addr *peer, const uint8_t *data,
		    size_t len, control_emit_fn emit, void *arg);
