/* SPDX-License-Identifier: BSD-2-Clause */
#include "conf/read.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "conf/build.h"
#include "conf/check.h"
#include "conf/handlers.h"
#include "conf/options.h"

#define FILE_MAX_LEN (4u << 20)
#define FILES_MAX 256
#define DEPTH_MAX 5
#define BOM "\xef\xbb\xbf"

static void read_file(struct reader *r, const char *path);

static void read_line(struct reader *r, const char *raw, size_t len)
{
	const struct directive *d;
	const struct word *w;
	const char *wrong;
	unsigned column;

	r->next = 0;
	wrong = lexer_split(&r->line, raw, len, &column);
	if (wrong) {
		struct word at = {"", column, 1};

		reader_error(r, "bad-line", &at, NULL, "%s", wrong);
		return;
	}
	w = reader_take(r);
	if (!w)
		return;
	d = directive_find(w->text);
	if (!d) {
		unknown_directive(r, w);
		return;
	}
	effect_notice(r, w, d, d->effect, d->help);
	if (d->read)
		d->read(r, d);
}

static void read_text(struct reader *r, const char *text, size_t len)
{
	const char *end = text + len;

	if (len >= 3 && memcmp(text, BOM, 3) == 0)
		text += 3;
	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		const char *stop = newline ? newline : end;

		r->frame->line++;
		read_line(r, text, (size_t)(stop - text));
		text = newline ? newline + 1 : end;
	}
}

/* "a.conf:3 -> b.conf:1 -> ", for findings about includes. */
static void add_chain(struct text *t, const struct conf_frame *f)
{
	if (f->up)
		add_chain(t, f->up);
	text_add(t, "%s:%u -> ", f->path, f->line);
}

/* A finding about a file that is to be included, or about the main file. */
static void file_finding(struct reader *r, enum diag_level level,
			 const char *id, const char *path, const char *what)
{
	char chain[400];
	struct text t = text_init(chain, sizeof chain);
	const struct word *w;

	if (!r->frame) {
		struct diag_place place = {.file = path};

		diags_add(r->diags, level, id, &place, NULL, "%s", what);
		return;
	}
	add_chain(&t, r->frame);
	text_add(&t, "%s", path);
	w = r->line.n ? &r->line.word[r->line.n - 1] : NULL;
	reader_say(r, level, id, w, NULL, "%s: %s", what, chain);
}

static bool may_open(struct reader *r, const char *path)
{
	unsigned depth = 0;

	for (const struct conf_frame *f = r->frame; f; f = f->up, depth++)
		if (strcmp(f->path, path) == 0) {
			file_finding(r, DIAG_ERROR, "include-loop", path,
				     "the file includes itself");
			return false;
		}
	if (depth > DEPTH_MAX) {
		file_finding(r, DIAG_ERROR, "include-depth", path,
			     "includes are nested more than 5 deep");
		return false;
	}
	if (++r->n_files > FILES_MAX) {
		if (r->n_files == FILES_MAX + 1)
			file_finding(r, DIAG_ERROR, "too-many-files", path,
				     "more than 256 files");
		return false;
	}
	return true;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Read all *.conf of a folder, in the order of their names. */
static void read_folder(struct reader *r, const char *dir)
{
	char **names = NULL;
	size_t n = 0;
	int err = r->files->list(r->files, dir, &names, &n);

	if (err < 0) {
		file_finding(r, DIAG_ERROR, "unreadable", dir, strerror(-err));
		return;
	}
	if (n)
		qsort(names, n, sizeof *names, compare_names);
	for (size_t i = 0; i < n; i++) {
		char path[CONF_LINE_MAX + 1];
		struct text t = text_init(path, sizeof path);

		text_add(&t, "%s/%s", dir, names[i]);
		read_file(r, path);
		free(names[i]);
	}
	free(names);
}

/* A missing include costs what was in it, as it always did; the main file must be there. */
static enum diag_level level_of_missing(const struct reader *r, int err)
{
	return err == -ENOENT && r->frame ? DIAG_WARNING : DIAG_ERROR;
}

static void read_file(struct reader *r, const char *path)
{
	struct conf_frame frame = {config_keep(r->cfg, path), 0, r->frame};
	char *text = NULL;
	size_t len = 0;
	int err;

	if (!may_open(r, path))
		return;
	err = r->files->read(r->files, path, &text, &len);
	if (err == -EISDIR && r->frame) {
		read_folder(r, frame.path);
		return;
	}
	if (err < 0) {
		file_finding(r, level_of_missing(r, err), "unreadable", path,
			     strerror(-err));
		return;
	}
	if (len > FILE_MAX_LEN) {
		file_finding(r, DIAG_ERROR, "file-too-long", path,
			     "the file is longer than 4 MiB");
	} else {
		r->frame = &frame;
		read_text(r, text, len);
		r->frame = frame.up;
		r->line.n = r->line.raw_len = 0; /* it points into text */
	}
	free(text);
}

/* A relative name is relative to the file that includes it. */
void read_include(struct reader *r, const struct directive *d)
{
	const struct word *w = reader_need(r, "the file");
	const char *slash;
	char path[2 * CONF_LINE_MAX];
	struct text t = text_init(path, sizeof path);

	(void)d;
	if (!w)
		return;
	reader_end(r);
	slash = strrchr(r->frame->path, '/');
	if (*w->text != '/' && slash)
		text_add(&t, "%.*s", (int)(slash + 1 - r->frame->path),
			 r->frame->path);
	text_add(&t, "%s", w->text);
	read_file(r, path);
}

int conf_read(const char *path, struct conf_files *files, struct config **out,
	      struct diags *d)
{
	struct reader *r = xcalloc(1, sizeof *r);
	char dir[CONF_LINE_MAX + 1];
	struct text t = text_init(dir, sizeof dir);
	unsigned errors = d->errors;
	struct config *cfg;

	r->cfg = cfg = config_new();
	r->diags = d;
	r->files = files;
	read_file(r, path);
	text_add(&t, "%s.d", path);
	read_folder(r, dir);
	source_apply_fudges(r);
	free(r->fudge);
	free(r->noticed);
	free(r);

	if (d->errors > errors) {
		config_free(cfg);
		return -EINVAL;
	}
	check_config(cfg, d);
	*out = cfg;
	return 0;
}
