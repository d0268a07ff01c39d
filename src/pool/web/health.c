/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/web/pages.h"

/* For load balancers. */
void page_health(const struct request *rq, struct response *rs)
{
	(void)rq;
	rs->type = "text/plain; charset=utf-8";
	html_put(&rs->body, "ok\n");
}
