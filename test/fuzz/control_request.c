/* SPDX-License-Identifier: BSD-2-Clause */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "ctl/request.h"
#include "unit/ctl/sample_view.h"

/* Every fragment is well formed, and no request makes more than a few. */
static void check_fragment(void *arg, const uint8_t *packet, size_t len)
{
	unsigned *fragments = arg;
	struct control_header h;
	const uint8_t *data;

	assert(control_decode(packet, len, &h, &data) == 0);
	assert(h.response && h.count <= CONTROL_MAX_DATA);
	assert(++*fragments <= 16);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct net_addr peer = {.family = 2, .port = 999, .ip = {127, 0, 0, 1}};
	struct sample_view s;
	unsigned fragments = 0;

	sample_view_init(&s);
	request_answer(&s.view, &peer, data, size, check_fragment, &fragments);
	return 0;
}
