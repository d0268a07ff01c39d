/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "base/attr.h"
#include "base/embed.h"
#include "base/log.h"
#include "pool/settings/settings.h"
#include "pool/store/db.h"

/*
 * The web server: one thread, many connections, libmicrohttpd behind it (and
 * named nowhere else).  Its owner waits until http_fd() is readable, at most
 * http_wait_ms(), and calls http_run().
 *
 * Strangers are bounded: a header of at most 16 KiB within 20 seconds, a body
 * as long as its route allows within 30, an answer taken within 60, so many
 * connections in all and from one address.
 */
struct http;

#define HTTP_PER_ADDRESS 100 /* connections; without web-proxy */

struct http_setup {
	int listen_fd;          /* taken */
	const char *cert, *key; /* PEM; NULL: no TLS */
	unsigned connections;   /* at most */
	const struct pool_settings *settings;
	struct db *db;
	struct log *log;
	const struct embed *scripts; /* as in struct request */
};

/** All of setup is borrowed until http_close().  0 or -errno. */
MUST_CHECK int http_open(const struct http_setup *setup, struct http **out);

int http_fd(const struct http *h);
int http_wait_ms(struct http *h);
void http_run(struct http *h);

/** Take no new connections from now on; returns how many there still are. */
unsigned http_quiesce(struct http *h);

void http_close(struct http *h);
