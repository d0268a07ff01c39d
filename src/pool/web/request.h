/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "pool/settings/settings.h"
#include "pool/store/db.h"
#include "pool/web/html.h"

/*
 * All that a page sees of the world.  The HTTP library is named in http.c only;
 * tests make a request by hand, with a store in memory.
 */

struct person; /* who is logged in: pool/store/person.h */

struct field {
	const char *name, *value; /* UTF-8, decoded, no NUL inside */
};

struct request {
	const char *method; /* "GET", "POST", "HEAD" is told as "GET" */
	const char *path;   /* decoded once */
	struct field *query;
	size_t n_query;
	struct field *form; /* of a POST with a form body */
	size_t n_form;
	const char *body; /* of a POST, as received */
	size_t body_len;
	const char *(*header)(const struct request *rq, const char *name);
	void *http;
	const char *address; /* of the client, canonical text */
	int64_t now_ms;

	/* filled in by the router */
	const char *arg[4];    /* what ":name" and "*" in the route matched */
	struct person *person; /* NULL: nobody is logged in */
	const char *csrf;      /* token for forms of this session */

	const struct pool_settings *settings;
	struct db *db;
};

struct response {
	int status;       /* 200 */
	const char *type; /* "text/html; charset=utf-8" */
	struct html body;
	char location[512]; /* not empty: redirect (303) */
	char cookie[256];   /* Set-Cookie, or empty */
	char etag[80];
	unsigned max_age_s; /* Cache-Control; 0: no-store */
	bool cors;          /* Access-Control-Allow-Origin: * */
};

typedef void (*page_fn)(const struct request *rq, struct response *rs);

enum page_access {
	PAGE_PUBLIC,
	PAGE_SCORES,
	PAGE_PERSON,
	PAGE_STAFF,
	PAGE_TOKEN,
	PAGE_MONITOR
};

/* One row for each page, in routes.c. */
struct route {
	const char *method;
	const char *pattern; /* "/scores/:address/log" */
	enum page_access access;
	page_fn page;
};

/** Value of a query or form field, or NULL. */
const char *request_query(const struct request *rq, const char *name);
const char *request_form(const struct request *rq, const char *name);
