/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pool/web/api_body.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct server_wish w;

	if (api_body_read((const char *)data, size, &w) < 0)
		return 0;
	if (strlen(w.country) > 2 || (w.has_pause && !(w.pause_hours >= 0)) ||
	    (w.has_pause && w.pause_hours > 720))
		abort();
	return 0;
}
