/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/drift_file.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "os/state_file.h"

#define MAX_LEN 4096
#define PPM 1e-6
#define HEX_AND_HYPHEN "0123456789abcdef-"
/* The year 5138: far enough, and exact in a double. */
#define MAX_WALL_S 1e11

/* A restart of the program; of the machine; and no clock is as bad as that. */
#define SIGMA_MIN_RESTART 0.1e-6
#define SIGMA_MIN_REBOOT 2e-6
#define SIGMA_MAX 10e-6

static bool read_number(const char *text, double min, double max, double *out)
{
	double v;

	if (text_to_double(text, min, max, &v) < 0)
		return false;
	*out = v;
	return true;
}

/* One of the lines after the first. */
static void read_fact(const char *key, const char *value, struct drift *drift,
		      struct drift_stamp *stamp)
{
	double v;

	if (strcmp(key, "spread") == 0) {
		if (read_number(value, 0, DRIFT_MAX_SIGMA / PPM, &v))
			drift->sigma = v * PPM;
	} else if (strcmp(key, "wander") == 0) {
		(void)read_number(value, 0, DRIFT_MAX_Q, &drift->q);
	} else if (strcmp(key, "saved") == 0) {
		if (read_number(value, 0, MAX_WALL_S, &v))
			stamp->wall_s = (int64_t)v;
	} else if (strcmp(key, "boot") == 0 &&
		   strlen(value) == DRIFT_FILE_BOOT_LEN - 1 &&
		   strspn(value, HEX_AND_HYPHEN) == strlen(value)) {
		memcpy(stamp->boot, value, DRIFT_FILE_BOOT_LEN);
	}
}

/* A line without an end may have been cut, in the midst of a number. */
static void read_facts(const char *text, struct drift *drift,
		       struct drift_stamp *stamp)
{
	const char *end;

	for (; (end = strchr(text, '\n')); text = end + 1) {
		char line[80], key[16], value[64], more;
		size_t len = (size_t)(end - text);

		if (len >= sizeof line)
			continue;
		memcpy(line, text, len);
		line[len] = '\0';
		if (sscanf(line, "%15s %63s %c", key, value, &more) == 2)
			read_fact(key, value, drift, stamp);
	}
}

int drift_file_parse(const char *text, size_t len, struct drift *drift,
		     struct drift_stamp *stamp)
{
	const double max_ppm = DRIFT_FILE_MAX_FREQ / PPM;
	size_t skip = strspn(text, " \t");
	size_t n = strcspn(text + skip, " \t\r\n");
	size_t line = strcspn(text, "\n");
	char number[64];
	double ppm;
	int r;

	/* A NUL inside ends the text early: not a first line. */
	if ((text[line] == '\0' && line != len) || n >= sizeof number)
		return -EINVAL;
	memcpy(number, text + skip, n);
	number[n] = '\0';
	r = text_to_double(number, -max_ppm, max_ppm, &ppm);
	if (r < 0)
		return r;
	*drift = (struct drift){.freq = ppm * PPM};
	*stamp = (struct drift_stamp){0};
	if (line < len)
		read_facts(text + line + 1, drift, stamp);
	return 0;
}

double drift_file_sigma(const struct drift *drift,
			const struct drift_stamp *then,
			const struct drift_stamp *now)
{
	bool restart = then->boot[0] && strcmp(then->boot, now->boot) == 0;
	double age_s = (double)(now->wall_s - then->wall_s);
	double sigma;

	/* The date may be wrong, or was. */
	if (then->wall_s == 0 || age_s < 0)
		return 0;
	sigma = drift_sigma_after(drift, age_s);
	if (sigma == 0)
		return 0;
	return fmin(fmax(sigma, restart ? SIGMA_MIN_RESTART : SIGMA_MIN_REBOOT),
		    SIGMA_MAX);
}

int drift_file_load(const char *path, const struct drift_stamp *now,
		    struct drift *drift)
{
	struct drift_stamp then;
	char *text;
	size_t len;
	int r = state_file_read(path, MAX_LEN, false, &text, &len);

	if (r == 0) {
		r = drift_file_parse(text, len, drift, &then);
		free(text);
		if (r == 0) {
			drift->sigma = drift_file_sigma(drift, &then, now);
			return 0;
		}
	} else if (r != -EFBIG) {
		return r;
	}
	r = state_file_set_aside(path);
	return r < 0 ? r : -EBADMSG;
}

int drift_file_save(const char *path, const struct drift *drift,
		    const struct drift_stamp *now)
{
	char buf[256];
	struct text t = text_init(buf, sizeof buf);

	if (!(fabs(drift->freq) <= DRIFT_FILE_MAX_FREQ) ||
	    !drift_makes_sense(drift))
		return -ERANGE;
	text_add(&t, "%.6f\n", drift->freq / PPM);
	if (drift->sigma > 0)
		text_add(&t, "spread %.6f\n", drift->sigma / PPM);
	if (drift->q > 0)
		text_add(&t, "wander %.3e\n", drift->q);
	if (now->wall_s > 0)
		text_add(&t, "saved %lld\n", (long long)now->wall_s);
	if (now->boot[0])
		text_add(&t, "boot %s\n", now->boot);
	return state_file_write(path, buf, t.len, 0644);
}

void drift_file_boot(char boot[static DRIFT_FILE_BOOT_LEN])
{
	char *text;
	size_t len;

	boot[0] = '\0';
	if (state_file_read("/proc/sys/kernel/random/boot_id", 64, false, &text,
			    &len) < 0)
		return;
	if (strspn(text, HEX_AND_HYPHEN) == DRIFT_FILE_BOOT_LEN - 1) {
		memcpy(boot, text, DRIFT_FILE_BOOT_LEN - 1);
		boot[DRIFT_FILE_BOOT_LEN - 1] = '\0';
	}
	free(text);
}
