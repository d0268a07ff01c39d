/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/ntpctl/saved.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "os/state_file.h"

#define FILE_MAX ((size_t)1 << 20)
#define HEADING "# Sources added by ntpctl source add --save\n"

/* What is there; a file that is not there is empty. */
static int load(const char *path, struct buf *out)
{
	char *text = NULL;
	size_t len = 0;
	int r = state_file_read(path, FILE_MAX, false, &text, &len);

	if (r == 0)
		buf_add(out, text, len);
	free(text);
	return r == -ENOENT ? 0 : r;
}

static int make_folder(const char *path)
{
	char folder[4096];
	const char *slash = strrchr(path, '/');

	if (!slash)
		return 0;
	snprintf(folder, sizeof folder, "%.*s", (int)(slash - path), path);
	return mkdir(folder, 0755) < 0 && errno != EEXIST ? -errno : 0;
}

static bool has_line(const char *text, const char *line)
{
	size_t len = strlen(line);

	for (; *text; text += strcspn(text, "\n"), text += *text == '\n')
		if (strncmp(text, line, len) == 0 &&
		    (text[len] == '\n' || !text[len]))
			return true;
	return false;
}

int saved_add(const char *path, const char *line)
{
	struct buf text = {0};
	int r = make_folder(path);

	if (r == 0)
		r = load(path, &text);
	if (r == 0 && !has_line(buf_text(&text), line)) {
		if (text.len == 0)
			buf_printf(&text, HEADING);
		else if (text.data[text.len - 1] != '\n')
			buf_printf(&text, "\n");
		buf_printf(&text, "%s\n", line);
		r = state_file_write(path, text.data, text.len, 0644);
	}
	buf_done(&text);
	return r;
}

static bool is_about(const char *line, size_t len, const char *name)
{
	size_t first = strcspn(line, " \t\n");
	size_t gap = strspn(line + first, " \t");
	const char *second = line + first + gap;

	return *line != '#' && first + gap < len &&
	       strcspn(second, " \t\n") == strlen(name) &&
	       strncmp(second, name, strlen(name)) == 0;
}

int saved_remove(const char *path, const char *name)
{
	struct buf text = {0}, kept = {0};
	int r = load(path, &text), n = 0;

	for (const char *p = buf_text(&text); r == 0 && *p;) {
		size_t len = strcspn(p, "\n");

		len += p[len] == '\n';
		if (is_about(p, len, name))
			n++;
		else
			buf_add(&kept, p, len);
		p += len;
	}
	if (r == 0 && n > 0)
		r = state_file_write(path, buf_text(&kept), kept.len, 0644);
	buf_done(&text);
	buf_done(&kept);
	return r < 0 ? r : n;
}
