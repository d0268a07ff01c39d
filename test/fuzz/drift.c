/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "os/drift_file.h"

/* Whatever is accepted is a frequency that the clock can be set to. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[4097];
	double freq = 77;

	if (size >= sizeof text)
		return 0;
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	if (drift_file_parse(text, size, &freq) == 0
		    ? !(fabs(freq) <= DRIFT_FILE_MAX_FREQ * (1 + 1e-12))
		    : freq != 77)
		abort();
	return 0;
}
