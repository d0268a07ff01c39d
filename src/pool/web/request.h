/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/net_addr.h"
#include "pool/settings/settings.h"
#include "pool/store/db.h"
#include "pool/web/form.h"
#include "pool/web/html.h"

/*
 * All that a page sees of the world.  The HTTP library is named in http.c only;
 * tests make a request by hand, with a store in memory:
 *
 *     struct request rq = {.method = "GET", .db = db, .settings = s, …};
 *     request_target(&rq, "/scores/192.0.2.1?window=7d");
 *     router_serve(&rq, &rs);
 */

struct embed;  /* base/embed.h */
struct person; /* who is logged in: pool/store/person.h */

#define REQUEST_ARGS 4

struct request {
	const char *method; /* "GET", "POST", …; HEAD is told as GET */
	char *path;         /* decoded once; begins with a slash */
	struct form query;
	struct form form; /* of a POST with a form body */
	const char *body; /* as received; a NUL follows */
	size_t body_len;
	/* Value of a header, NULL when it did not come; may be NULL itself. */
	const char *(*header)(const struct request *rq, const char *name);
	void *http;
	char address[NET_ADDR_TEXT_LEN]; /* of the client */
	bool from_proxy; /* the connection comes from a web-proxy */
	int64_t now_ms;
	const struct pool_settings *settings;
	struct db *db;
	/* Files below /static/ that are not ours: uPlot; NULL: not installed. */
	const struct embed *scripts;

	/* filled in by the router */
	const char *arg[REQUEST_ARGS]; /* what ":name" and "*" stood for */
	char *arg_text;
	struct person *person; /* NULL: nobody is logged in */
	char csrf
		[48]; /* token for forms; "" where access is PAGE_PUBLIC and nobody is logged in */
	int64_t account_id; /* PAGE_TOKEN: whose token it is */
};

struct response {
	int status;       /* 200 */
	const char *type; /* "text/html; charset=utf-8"; static */
	struct html body;
	char location[512]; /* not empty: redirect (303) */
	char cookie[256];   /* Set-Cookie, or empty */
	char etag[80];      /* with its quotes, or empty */
	char download[80];  /* file name, or empty */
	char allow[64];     /* with 405 */
	unsigned max_age_s; /* Cache-Control; 0: no-store */
	unsigned retry_s;   /* Retry-After; 0: none */
	unsigned refresh_s; /* the page comes again after that; 0: it stays */
	bool cors;          /* Access-Control-Allow-Origin: * */
};

typedef void (*page_fn)(const struct request *rq, struct response *rs);

enum page_access {
	PAGE_PUBLIC, /* everybody, cached by anybody */
	PAGE_SCORES, /* as PAGE_PUBLIC, or for persons when public-scores is no */
	PAGE_FORM,   /* everybody; has a form, so a visitor gets a cookie */
	PAGE_PERSON, /* who is logged in; others are sent to /login */
	PAGE_STAFF,  /* staff and admin; for others there is no such page */
	PAGE_TOKEN, /* API: Authorization: Bearer np_… with the scope of the method */
	PAGE_MACHINE, /* API: the page itself checks (monitors' signatures) */
};

/* One row for each page, in routes.c. */
struct route {
	const char *method;  /* NULL ends the table */
	const char *pattern; /* "/scores/:address/log", "/static/" "*" */
	enum page_access access;
	page_fn page;
	unsigned body_max; /* octets; 0: 64 KiB */
};

extern const struct route routes[];

/** Value of a query or form field, or NULL. */
const char *request_query(const struct request *rq, const char *name);
const char *request_form(const struct request *rq, const char *name);

/** As request_form(), but "" when it is not there. */
const char *request_text(const struct request *rq, const char *name);

/** Value of a header, or NULL. */
const char *request_header(const struct request *rq, const char *name);

/** A whole number in a query field within min to max, or fallback. */
long request_number(const struct request *rq, const char *name, long min,
		    long max, long fallback);

/**
 * Take "path?query" as it came into rq->path and rq->query.
 * 0 or -EINVAL: percent codes, control characters, "..", duplicate names.
 */
MUST_CHECK int request_target(struct request *rq, const char *target);

/** Free what the request owns; the struct itself is the caller's. */
void request_done(struct request *rq);

void response_reset(struct response *rs);
void response_done(struct response *rs);

/** Go there next (303): to a path of ours, never to one that a visitor gave. */
void response_redirect(struct response *rs, const char *fmt, ...)
	PRINTF_LIKE(2, 3);
