/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "base/container.h"
#include "pool/web/page.h"
#include "pool/web/pages.h"

/*
 * Addresses that people and programs know from elsewhere, and those that they
 * type a little wrong.
 */
void page_moved(const struct request *rq, struct response *rs)
{
	static const struct {
		const char *from, *to;
	} moves[] = {
		{"/favicon.ico", "/static/ball.svg"},
		{"/join.html", "/join"},
		{"/lists", "/lists/stratum1"},
		{"/scores", "/scores/"},
		{"/use.html", "/use"},
		{"/zone", "/zone/@"},
	};

	for (size_t i = 0; i < ARRAY_LEN(moves); i++)
		if (strcmp(rq->path, moves[i].from) == 0)
			response_redirect(rs, "%s", moves[i].to);
	if (!*rs->location)
		page_error(rq, rs, 404);
}

/* What costs a search and shows nothing new is not for robots. */
void page_robots(const struct request *rq, struct response *rs)
{
	(void)rq;
	rs->type = "text/plain; charset=utf-8";
	rs->max_age_s = 86400;
	html_put(&rs->body, "User-agent: *\n"
			    "Disallow: /api/\n"
			    "Disallow: /login\n"
			    "Disallow: /manage\n"
			    "Disallow: /signup\n"
			    "Disallow: /scores/*/log\n"
			    "Disallow: /scores/*/json\n"
			    "Disallow: /scores/*/points\n");
}
