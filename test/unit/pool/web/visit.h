/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "cmocka_all.h"
#include "pool/web/request.h"
#include "pool/web/router.h"

/* A visit to a page without a web server: a request made by hand, and what it got. */
struct visit {
	struct request rq;
	struct response rs;
};

/* What a browser keeps and sends; zeroed it has never been here. */
struct browser {
	struct db *db;
	const struct pool_settings *settings;
	char cookie[128];    /* "session=…" */
	char csrf[64];       /* of the form that it saw last */
	const char *origin;  /* NULL: not sent */
	const char *bearer;  /* "Bearer np_…" */
	const char *user;    /* header X-User */
	const char *address; /* NULL: 192.0.2.7 */
	bool from_proxy;
	int64_t now_ms; /* 0: VISIT_NOW */
};

#define VISIT_NOW INT64_C(1800000000000)

static inline const char *browser_header(const struct request *rq,
					 const char *name)
{
	const struct browser *b = rq->http;

	if (strcasecmp(name, "Cookie") == 0)
		return *b->cookie ? b->cookie : NULL;
	if (strcasecmp(name, "Origin") == 0)
		return b->origin;
	if (strcasecmp(name, "Host") == 0)
		return "127.0.0.1:8123";
	if (strcasecmp(name, "Authorization") == 0)
		return b->bearer;
	if (strcasecmp(name, "X-User") == 0)
		return b->user;
	return NULL;
}

static inline const char *visit_body(const struct visit *v)
{
	return buf_text(&v->rs.body.buf);
}

/* What a browser does with an answer. */
static inline void browser_keep(struct browser *b, const struct visit *v)
{
	const char *token = strstr(visit_body(v), "name=\"csrf\" value=\"");

	if (*v->rs.cookie)
		snprintf(b->cookie, sizeof b->cookie, "%.*s",
			 (int)strcspn(v->rs.cookie, ";"), v->rs.cookie);
	if (token)
		snprintf(b->csrf, sizeof b->csrf, "%.43s",
			 strstr(token, "value=\"") + 7);
}

/* body: NULL, or what is posted: a form unless it begins with a brace. */
static inline void browse(struct browser *b, struct visit *v,
			  const char *method, const char *target,
			  const char *body)
{
	*v = (struct visit){.rq = {.method = method,
				   .header = browser_header,
				   .http = b,
				   .from_proxy = b->from_proxy,
				   .now_ms = b->now_ms ? b->now_ms : VISIT_NOW,
				   .settings = b->settings,
				   .db = b->db}};
	snprintf(v->rq.address, sizeof v->rq.address, "%s",
		 b->address ? b->address : "192.0.2.7");
	response_reset(&v->rs);
	assert_int_equal(request_target(&v->rq, target), 0);
	if (body && *body != '{')
		assert_int_equal(form_parse(body, strlen(body), &v->rq.form),
				 0);
	v->rq.body = body ? body : "";
	v->rq.body_len = strlen(v->rq.body);
	router_serve(&v->rq, &v->rs);
	browser_keep(b, v);
}

/* Post a form as its page would: with the token that the browser saw last. */
static inline void browse_form(struct browser *b, struct visit *v,
			       const char *target, const char *form)
{
	char body[2048];

	snprintf(body, sizeof body, "csrf=%s&%s", b->csrf, form);
	browse(b, v, "POST", target, body);
}

/* Somebody who was never here. */
static inline void visit(struct visit *v, struct db *db,
			 const struct pool_settings *settings,
			 const char *method, const char *target,
			 const char *form)
{
	struct browser stranger = {.db = db, .settings = settings};

	browse(&stranger, v, method, target, form);
}

static inline void visit_done(struct visit *v)
{
	response_done(&v->rs);
	request_done(&v->rq);
}
