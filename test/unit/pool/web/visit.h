/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <string.h>

#include "cmocka_all.h"
#include "pool/web/request.h"
#include "pool/web/router.h"

/* A visit to a page without a web server: a request made by hand, and what it got. */
struct visit {
	struct request rq;
	struct response rs;
};

/* form: NULL or the body of a form that is posted. */
static inline void visit(struct visit *v, struct db *db,
			 const struct pool_settings *settings,
			 const char *method, const char *target,
			 const char *form)
{
	*v = (struct visit){.rq = {.method = method,
				   .address = "192.0.2.7",
				   .now_ms = INT64_C(1800000000000),
				   .settings = settings,
				   .db = db}};
	response_reset(&v->rs);
	assert_int_equal(request_target(&v->rq, target), 0);
	if (form)
		assert_int_equal(form_parse(form, strlen(form), &v->rq.form),
				 0);
	router_serve(&v->rq, &v->rs);
}

static inline void visit_done(struct visit *v)
{
	response_done(&v->rs);
	request_done(&v->rq);
}

static inline const char *visit_body(const struct visit *v)
{
	return buf_text(&v->rs.body.buf);
}
