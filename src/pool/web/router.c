/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/web/router.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "pool/store/person.h"
#include "pool/web/page.h"
#include "pool/web/session.h"

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

/* A place of ours to come back to after log-in. */
static void ask_to_log_in(const struct request *rq, struct response *rs)
{
	if (strcmp(rq->method, "GET") != 0)
		page_refuse(rq, rs, 403, "Please log in first.");
	else if (strpbrk(rq->path, "?#&%+\\") || strlen(rq->path) > 200)
		response_redirect(rs, "/login");
	else
		response_redirect(rs, "/login?next=%s", rq->path);
}

/* May who asks see it?  False after an answer. */
static bool may_see(const struct request *rq, struct response *rs,
		    enum page_access access)
{
	switch (access) {
	case PAGE_SCORES:
		if (rq->person || rq->settings->public_scores)
			return true;
		ask_to_log_in(rq, rs);
		return false;
	case PAGE_PERSON:
		if (rq->person)
			return true;
		ask_to_log_in(rq, rs);
		return false;
	case PAGE_STAFF:
		if (person_is_staff(rq->person))
			return true;
		/* Who is not staff need not know what there is. */
		if (rq->person)
			page_error(rq, rs, 404);
		else
			ask_to_log_in(rq, rs);
		return false;
	default:
		return true;
	}
}

static bool is_post(const struct request *rq)
{
	return strcmp(rq->method, "GET") != 0;
}

/* Pages that a browser shows. */
static void serve_browser(struct request *rq, struct response *rs,
			  const struct route *r)
{
	bool needs_form = r->access == PAGE_FORM || r->access == PAGE_PERSON ||
			  r->access == PAGE_STAFF;

	if (session_load(rq, rs, needs_form) < 0) {
		page_error(rq, rs, 503);
		return;
	}
	if (is_post(rq) && !session_posted_by_us(rq)) {
		page_refuse(rq, rs, 403,
			    "This form is too old, or did not come from a page "
			    "of this site. Go back, load the page again and "
			    "try once more; cookies have to be allowed.");
		return;
	}
	if (!may_see(rq, rs, r->access))
		return;
	r->page(rq, rs);
	/* What one person sees is for nobody else's cache. */
	if (rq->person || *rs->cookie)
		rs->max_age_s = 0;
}

static void serve_token(struct request *rq, struct response *rs,
			const struct route *r)
{
	int status = session_token(rq);

	if (status == 200)
		r->page(rq, rs);
	else if (status == 403)
		page_refuse(rq, rs, 403, "The token's scopes do not allow it.");
	else
		page_error(rq, rs, status);
}

void router_serve(struct request *rq, struct response *rs)
{
	const struct route *r = router_find(routes, rq->method, rq->path,
					    rq->arg, &rq->arg_text, rs->allow);

	if (!r)
		page_error(rq, rs, *rs->allow ? 405 : 404);
	else if (r->access == PAGE_TOKEN)
		serve_token(rq, rs, r);
	else if (r->access == PAGE_MACHINE)
		r->page(rq, rs);
	else
		serve_browser(rq, rs, r);
}
