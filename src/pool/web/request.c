/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/web/request.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/utf8.h"

const char *request_query(const struct request *rq, const char *name)
{
	return form_find(&rq->query, name);
}

const char *request_form(const struct request *rq, const char *name)
{
	return form_find(&rq->form, name);
}

const char *request_text(const struct request *rq, const char *name)
{
	const char *s = request_form(rq, name);

	return s ? s : "";
}

const char *request_header(const struct request *rq, const char *name)
{
	return rq->header ? rq->header(rq, name) : NULL;
}

long request_number(const struct request *rq, const char *name, long min,
		    long max, long fallback)
{
	const char *s = request_query(rq, name);
	long v;

	return s && text_to_int(s, min, max, &v) == 0 ? v : fallback;
}

/* "." and ".." name no page of ours. */
static bool has_dots(const char *path)
{
	for (const char *s = path; s; s = strchr(s + 1, '/')) {
		size_t dots = strspn(s + 1, ".");

		if ((dots == 1 || dots == 2) &&
		    (s[1 + dots] == '/' || s[1 + dots] == '\0'))
			return true;
	}
	return false;
}

/* A query has no lines. */
static bool is_one_line(const struct form *query)
{
	for (size_t i = 0; i < query->n; i++) {
		const char *value = query->field[i].value;

		if (!utf8_is_plain(value, strlen(value), false))
			return false;
	}
	return true;
}

int request_target(struct request *rq, const char *target)
{
	size_t len = strcspn(target, "?");
	int n;

	if (*target != '/')
		return -EINVAL;
	rq->path = xcalloc(len + 1, 1);
	n = percent_decode(rq->path, target, len, false);
	if (n < 0 || !utf8_is_plain(rq->path, (size_t)n, false) ||
	    has_dots(rq->path))
		return -EINVAL;
	if (target[len] == '\0')
		return 0;
	if (form_parse(target + len + 1, strlen(target + len + 1), &rq->query) <
	    0)
		return -EINVAL;
	return is_one_line(&rq->query) ? 0 : -EINVAL;
}

void request_done(struct request *rq)
{
	form_done(&rq->query);
	form_done(&rq->form);
	free(rq->path);
	free(rq->arg_text);
	free(rq->person);
	rq->path = rq->arg_text = NULL;
	rq->person = NULL;
}

void response_reset(struct response *rs)
{
	*rs = (struct response){.status = 200,
				.type = "text/html; charset=utf-8"};
}

void response_done(struct response *rs)
{
	buf_done(&rs->body.buf);
}

void response_redirect(struct response *rs, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(rs->location, sizeof rs->location, fmt, ap);
	va_end(ap);
	rs->status = 303;
}
