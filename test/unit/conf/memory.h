/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/container.h"
#include "conf/read.h"
#include "near.h"

/* Files of a test: path and text, ended by a path of NULL; err instead of text. */
struct memory_file {
	const char *path, *text;
	size_t len; /* 0: strlen(text) */
	int err;
};

struct memory {
	struct conf_files files;
	const struct memory_file *file;
	int list_err;
};

static inline int memory_read(struct conf_files *f, const char *path,
			      char **text, size_t *len)
{
	struct memory *m = CONTAINER_OF(f, struct memory, files);

	for (const struct memory_file *p = m->file; p->path; p++) {
		if (strcmp(p->path, path) != 0)
			continue;
		if (p->err)
			return p->err;
		*len = p->len ? p->len : strlen(p->text);
		*text = xcalloc(*len + 1, 1);
		memcpy(*text, p->text, *len);
		return 0;
	}
	return -ENOENT;
}

static inline int memory_list(struct conf_files *f, const char *dir,
			      char ***names, size_t *n)
{
	struct memory *m = CONTAINER_OF(f, struct memory, files);
	size_t len = strlen(dir);

	if (m->list_err)
		return m->list_err;
	*names = xcalloc(64, sizeof **names);
	*n = 0;
	for (const struct memory_file *p = m->file; p->path; p++)
		if (strncmp(p->path, dir, len) == 0 && p->path[len] == '/')
			(*names)[(*n)++] = xstrdup(p->path + len + 1);
	return 0;
}

/* What one reading gave. */
struct result {
	int err;
	struct config *cfg; /* NULL on error */
	struct diags d;
};

static inline struct result read_memory(const struct memory_file *files)
{
	struct memory m = {{memory_read, memory_list}, files, 0};
	struct result r = {0};

	r.err = conf_read(files->path, &m.files, &r.cfg, &r.d);
	return r;
}

static inline struct result read_string(const char *text)
{
	const struct memory_file files[] = {{"ntp.conf", text, 0, 0},
					    {NULL, NULL, 0, 0}};

	return read_memory(files);
}

static inline void result_done(struct result *r)
{
	config_free(r->cfg);
	diags_free(&r->d);
}

/* Printed when a test fails, so that one sees why. */
static inline void show(const struct result *r)
{
	for (size_t i = 0; i < r->d.len; i++)
		diag_print(stderr, &r->d.diag[i]);
}

/* A text that reads without any finding. */
static inline struct result read_clean(const char *text)
{
	struct result r = read_string(text);

	if (r.d.len)
		show(&r);
	assert_int_equal(r.err, 0);
	assert_int_equal(r.d.len, 0);
	return r;
}

static inline const struct diag *find_diag(const struct result *r,
					   const char *id)
{
	for (size_t i = 0; i < r->d.len; i++)
		if (strcmp(r->d.diag[i].id, id) == 0)
			return &r->d.diag[i];
	return NULL;
}

/* One line that is an error with this id at this column; fix may be NULL. */
static inline void assert_error(const char *text, const char *id,
				unsigned column, const char *fix)
{
	struct result r = read_string(text);
	const struct diag *d = find_diag(&r, id);

	if (!d || d->column != column || d->level != DIAG_ERROR) {
		show(&r);
		fail_msg("'%s': want %s in column %u", text, id, column);
		return;
	}
	if (fix && (!d->fix || !strstr(d->fix, fix)))
		fail_msg("'%s': want '%s', not '%s'", text, fix,
			 d->fix ? d->fix : "nothing");
	assert_int_equal(r.err, -EINVAL);
	assert_null(r.cfg);
	assert_int_equal(r.d.errors, 1);
	result_done(&r);
}
