/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "os/drift_file.h"

/*
 * Whatever is accepted is a frequency that the clock can be set to, and it is
 * not known worse without a start of the machine in between.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[4097];
	struct drift_stamp then = {0}, now = {.wall_s = 2000000000};
	struct drift d = {.freq = 77};
	double sigma;
	int r;

	if (size >= sizeof text)
		return 0;
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	r = drift_file_parse(text, size, &d, &then);
	sigma = drift_file_sigma(&d, &then, &now);
	if (r == 0 ? !(fabs(d.freq) <= DRIFT_FILE_MAX_FREQ * (1 + 1e-12))
		   : d.freq != 77)
		abort();
	if (!drift_makes_sense(&d) || then.wall_s < 0 ||
	    !(sigma >= 0 && sigma <= 10e-6))
		abort();
	memcpy(now.boot, then.boot, sizeof now.boot);
	if (drift_file_sigma(&d, &then, &now) > sigma)
		abort();
	return 0;
}
