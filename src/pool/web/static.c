/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "base/container.h"
#include "base/embed.h"
#include "base/siphash.h"
#include "pool/web/page.h"
#include "pool/web/pages.h"

/* The files of static/, which are part of the program. */
extern const struct embed static_files[];

static const char *type_of(const char *name)
{
	static const struct {
		const char *end, *type;
	} types[] = {
		{".css", "text/css; charset=utf-8"},
		{".json", "application/json"},
		{".js", "text/javascript; charset=utf-8"},
		{".svg", "image/svg+xml"},
	};
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot && i < ARRAY_LEN(types); i++)
		if (strcmp(dot, types[i].end) == 0)
			return types[i].type;
	return "application/octet-stream";
}

/* An hour without asking, then by the ETag, which changes with the program. */
void page_static(const struct request *rq, struct response *rs)
{
	static const uint64_t key[2] = {0}; /* nothing to keep secret */
	const struct embed *file = embed_find(static_files, rq->arg[0]);

	if (!file && rq->scripts)
		file = embed_find(rq->scripts, rq->arg[0]);
	if (!file) {
		page_error(rq, rs, 404);
		return;
	}
	rs->type = type_of(file->name);
	rs->max_age_s = 3600;
	snprintf(rs->etag, sizeof rs->etag, "\"%016llx\"",
		 (unsigned long long)siphash(key, file->data, file->len));
	html_raw(&rs->body, (const char *)file->data, file->len);
}
