/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "base/buf.h"
#include "pool/talk/talk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What can be read can be written and read again. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct talk_results m, back;
	struct buf out = {0};
	char why[256];
	struct text t = text_init(why, sizeof why);

	if (talk_get_results((const char *)data, size, &m, &t) < 0)
		return 0;
	talk_put_results(&out, &m);
	if (talk_get_results(out.data, out.len, &back, &t) < 0 ||
	    back.n_result != m.n_result)
		abort();
	talk_results_done(&back);
	talk_results_done(&m);
	buf_done(&out);
	return 0;
}
