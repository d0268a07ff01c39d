/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/drift_file.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "os/state_file.h"

#define MAX_LEN 4096
#define PPM 1e-6

int drift_file_parse(const char *text, size_t len, double *freq)
{
	const double max_ppm = DRIFT_FILE_MAX_FREQ / PPM;
	size_t skip = strspn(text, " \t");
	size_t n = strcspn(text + skip, " \t\r\n");
	char number[64];
	double ppm;
	int r;

	/* A NUL inside the file ends the text early: not a drift file. */
	if (strlen(text) != len || n >= sizeof number)
		return -EINVAL;
	memcpy(number, text + skip, n);
	number[n] = '\0';
	r = text_to_double(number, -max_ppm, max_ppm, &ppm);
	if (r == 0)
		*freq = ppm * PPM;
	return r;
}

int drift_file_load(const char *path, double *freq)
{
	char *text;
	size_t len;
	int r = state_file_read(path, MAX_LEN, false, &text, &len);

	if (r == 0) {
		r = drift_file_parse(text, len, freq);
		free(text);
		if (r == 0)
			return 0;
	} else if (r != -EFBIG) {
		return r;
	}
	r = state_file_set_aside(path);
	return r < 0 ? r : -EBADMSG;
}

int drift_file_save(const char *path, double freq)
{
	char buf[64];
	struct text t = text_init(buf, sizeof buf);

	if (!(fabs(freq) <= DRIFT_FILE_MAX_FREQ))
		return -ERANGE;
	text_add(&t, "%.6f\n", freq / PPM);
	return state_file_write(path, buf, t.len, 0644);
}
