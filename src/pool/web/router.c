/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/web/router.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "pool/web/page.h"

#define BODY_MAX (64u << 10)

/*
 * Does path fit the pattern?  What its names stand for is told as places in
 * path: from[i] and len[i].
 */
static bool fits(const char *pattern, const char *path,
		 const char *from[REQUEST_ARGS], size_t len[REQUEST_ARGS])
{
	size_t n = 0;

	while (*pattern) {
		if (*pattern == '*') {
			from[n] = path;
			len[n] = strlen(path);
			return true;
		}
		if (*pattern == ':') {
			from[n] = path;
			len[n] = strcspn(path, "/");
			path += len[n];
			pattern += strcspn(pattern, "/");
			if (len[n++] == 0)
				return false;
			continue;
		}
		if (*pattern++ != *path++)
			return false;
	}
	return *path == '\0';
}

static void keep_args(const char *path, const char *from[REQUEST_ARGS],
		      const size_t len[REQUEST_ARGS],
		      const char *arg[REQUEST_ARGS], char **text)
{
	char *at = xcalloc(strlen(path) + REQUEST_ARGS, 1);

	*text = at;
	for (size_t i = 0; i < REQUEST_ARGS && from[i]; i++) {
		memcpy(at, from[i], len[i]);
		arg[i] = at;
		at += len[i] + 1;
	}
}

const struct route *router_find(const struct route *table, const char *method,
				const char *path, const char *arg[REQUEST_ARGS],
				char **text, char allow[64])
{
	struct text methods = text_init(allow, 64);

	for (const struct route *r = table; r->method; r++) {
		const char *from[REQUEST_ARGS] = {NULL};
		size_t len[REQUEST_ARGS];

		if (!fits(r->pattern, path, from, len))
			continue;
		if (strcmp(r->method, method) == 0) {
			keep_args(path, from, len, arg, text);
			return r;
		}
		if (!strstr(allow, r->method))
			text_add(&methods, "%s%s", methods.len ? ", " : "",
				 r->method);
	}
	return NULL;
}

size_t router_body_max(const char *method, const char *path)
{
	const char *arg[REQUEST_ARGS];
	char allow[64], *text = NULL;
	const struct route *r =
		router_find(routes, method, path, arg, &text, allow);

	free(text);
	return r && r->body_max ? r->body_max : BODY_MAX;
}

void router_serve(struct request *rq, struct response *rs)
{
	const struct route *r = router_find(routes, rq->method, rq->path,
					    rq->arg, &rq->arg_text, rs->allow);

	if (!r) {
		if (*rs->allow)
			page_error(rq, rs, 405);
		else
			page_error(rq, rs, 404);
		return;
	}
	r->page(rq, rs);
}
