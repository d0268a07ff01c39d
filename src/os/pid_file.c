/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/pid_file.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/text.h"
#include "os/state_file.h"

int pid_file_write(const char *path, pid_t pid)
{
	char buf[32];
	struct text t = text_init(buf, sizeof buf);

	text_add(&t, "%ld\n", (long)pid);
	return state_file_write(path, buf, t.len, 0644);
}

void pid_file_remove(const char *path, pid_t pid)
{
	char *text;
	size_t len;

	if (state_file_read(path, 64, false, &text, &len) < 0)
		return;
	if (strtol(text, NULL, 10) == (long)pid)
		unlink(path);
	free(text);
}
