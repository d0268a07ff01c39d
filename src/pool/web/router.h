/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/web/request.h"

/*
 * From a request to its page: which row of routes[] it is, who asks, may they,
 * and did the form come from a page of ours.
 */

/**
 * The first row of table that fits method and path; NULL when there is none.
 *
 * In a pattern ":name" stands for one part of the path that is not empty, and
 * "*" at the end for all that is left.  What they stood for goes to arg[] and
 * lies in *text, which the caller frees.
 *
 * allow: methods that the path has in the table, such as "GET, POST"; "" when
 *     the path is unknown.
 */
const struct route *router_find(const struct route *table, const char *method,
				const char *path, const char *arg[REQUEST_ARGS],
				char **text, char allow[64]);

/** How long a body the row that fits takes. */
size_t router_body_max(const char *method, const char *path);

/** Fill in the response, whatever comes. */
void router_serve(struct request *rq, struct response *rs);
