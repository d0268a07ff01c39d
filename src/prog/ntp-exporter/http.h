/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stddef.h>

#include "base/attr.h"
#include "base/log.h"
#include "base/net_addr.h"

/*
 * The only file that names the HTTP library.  Every request is answered from
 * the status document of that moment; nothing is kept.
 */
struct MHD_Daemon;

#define HTTP_LISTEN_MAX 8

struct http {
	const char *status_socket;
	struct log *log;
	struct MHD_Daemon *mhd[HTTP_LISTEN_MAX];
	size_t n;
	int said; /* what was wrong with the daemon last: 0 or -errno */
};

/** One more address to listen on.  0 or -errno. */
MUST_CHECK int http_listen(struct http *h, const struct net_addr *addr);

/** Wait until there is something to do, for at most a second, and do it. */
void http_run(struct http *h);

void http_close(struct http *h);
