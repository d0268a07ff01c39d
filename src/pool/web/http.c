/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/web/http.h"

#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/container.h"
#include "base/text.h"
#include "pool/web/page.h"
#include "pool/web/page_cache.h"
#include "pool/web/router.h"

#define HEADER_MAX (16u << 10)
#define HEAD_MS 20000
#define BODY_MS 30000
#define SEND_MS 60000
#define IDLE_S 15

/* A connection, and until when what it does has to be done. */
struct link {
	LIST_ENTRY(link) next;
	int fd;
	int64_t due_ms; /* monotonic */
};

struct http {
	struct http_setup setup;
	struct MHD_Daemon *mhd;
	int epoll_fd;
	LIST_HEAD(, link) links;
	struct page_cache *cache;
	int64_t swept_ms;
	bool quiet; /* takes no new connections */
};

/* A request on its way in. */
struct exchange {
	struct http *http;
	struct MHD_Connection *connection;
	char *target; /* as it came */
	struct request rq;
	struct buf body;
	size_t body_max;
	int refused; /* status; 0: fine so far */
	bool begun;
};

static int64_t clock_ms(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return t.tv_sec * INT64_C(1000) + t.tv_nsec / 1000000;
}

/* --- connections ----------------------------------------------------------- */

static struct link *link_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
		connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info ? info->socket_context : NULL;
}

/* What it does now has to be done by then. */
static void set_due(struct MHD_Connection *connection, int64_t ms)
{
	struct link *l = link_of(connection);

	if (l)
		l->due_ms = clock_ms(CLOCK_MONOTONIC) + ms;
}

static void on_connection(void *cls, struct MHD_Connection *connection,
			  void **context,
			  enum MHD_ConnectionNotificationCode code)
{
	struct http *h = cls;
	struct link *l = *context;
	const union MHD_ConnectionInfo *info;

	if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
		LIST_REMOVE(l, next);
		free(l);
		*context = NULL;
		return;
	}
	info = MHD_get_connection_info(connection,
				       MHD_CONNECTION_INFO_CONNECTION_FD);
	l = xcalloc(1, sizeof *l);
	l->fd = info->connect_fd;
	l->due_ms = clock_ms(CLOCK_MONOTONIC) + HEAD_MS;
	LIST_INSERT_HEAD(&h->links, l, next);
	*context = l;
}

/* Those that are slow on purpose would keep their place for ever. */
static void sweep(struct http *h)
{
	int64_t now = clock_ms(CLOCK_MONOTONIC);
	struct link *l;

	if (now < h->swept_ms + 1000)
		return;
	h->swept_ms = now;
	LIST_FOREACH(l, &h->links, next)
	if (now > l->due_ms)
		shutdown(l->fd, SHUT_RDWR);
}

/* --- what a request says --------------------------------------------------- */

struct wanted {
	const char *name, *value;
	unsigned n;
};

static enum MHD_Result on_header(void *cls, enum MHD_ValueKind kind,
				 const char *name, const char *value)
{
	struct wanted *w = cls;

	(void)kind;
	if (strcasecmp(name, w->name) == 0) {
		w->value = value;
		w->n++;
	}
	return MHD_YES;
}

static struct wanted look_up(const struct exchange *e, const char *name)
{
	struct wanted w = {.name = name};

	MHD_get_connection_values(e->connection, MHD_HEADER_KIND, on_header,
				  &w);
	return w;
}

/* A header that comes twice could be read in two ways: it is none. */
static const char *find_header(const struct request *rq, const char *name)
{
	struct wanted w = look_up(rq->http, name);

	return w.n == 1 ? w.value : NULL;
}

static bool is_proxy(const struct pool_settings *s, const struct net_addr *a)
{
	for (char **p = s->web_proxy; p && *p; p++) {
		struct net_addr proxy;

		if (net_addr_parse(*p, &proxy) == 0 &&
		    net_addr_same_host(&proxy, a))
			return true;
	}
	return false;
}

/*
 * Each proxy writes behind what was there whom it speaks for, so the last
 * address that is not itself a proxy of ours is the client; what stands before
 * it anybody could have written.
 */
static void walk_forwarded(const struct pool_settings *s, const char *list,
			   struct net_addr *addr)
{
	const char *end = list + strlen(list);

	while (end > list && is_proxy(s, addr)) {
		const char *from = end;
		char one[NET_ADDR_TEXT_LEN];
		struct net_addr a;

		while (from > list && from[-1] != ',')
			from--;
		while (from < end && *from == ' ')
			from++;
		if ((size_t)(end - from) >= sizeof one)
			return;
		memcpy(one, from, (size_t)(end - from));
		one[end - from] = '\0';
		one[strcspn(one, " ")] = '\0';
		if (net_addr_parse(one, &a) < 0)
			return;
		*addr = net_addr_unmap(&a);
		while (from > list && from[-1] != ',')
			from--;
		end = from > list ? from - 1 : list;
	}
}

static struct net_addr addr_of(const struct sockaddr *sa)
{
	struct net_addr a = {.family = sa->sa_family};

	if (sa->sa_family == AF_INET) {
		const struct sockaddr_in *in = (const void *)sa;

		memcpy(a.ip, &in->sin_addr, 4);
	} else {
		const struct sockaddr_in6 *in6 = (const void *)sa;

		memcpy(a.ip, &in6->sin6_addr, 16);
	}
	return net_addr_unmap(&a);
}

static void find_address(struct exchange *e)
{
	const struct pool_settings *s = e->http->setup.settings;
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
		e->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	struct net_addr a = {0};

	if (info)
		a = addr_of(info->client_addr);
	e->rq.from_proxy = is_proxy(s, &a);
	if (e->rq.from_proxy) {
		struct wanted w = look_up(e, "X-Forwarded-For");

		if (w.value)
			walk_forwarded(s, w.value, &a);
	}
	net_addr_format(&a, e->rq.address);
}

/* --- what it gets ---------------------------------------------------------- */

static void add_header(struct MHD_Response *r, const char *name,
		       const char *value)
{
	if (*value)
		(void)MHD_add_response_header(r, name, value);
}

static void add_number(struct MHD_Response *r, const char *name,
		       const char *before, unsigned n)
{
	char value[64];
	struct text t = text_init(value, sizeof value);

	text_add(&t, "%s%u", before, n);
	add_header(r, name, value);
}

/* What keeps a browser from doing with a page what the page did not mean. */
static void add_guards(const struct http *h, struct MHD_Response *r)
{
	add_header(r, "Content-Security-Policy",
		   "default-src 'self'; script-src 'self'; style-src 'self'; "
		   "img-src 'self' data:; object-src 'none'; base-uri 'none'; "
		   "form-action 'self'; frame-ancestors 'none'");
	add_header(r, "X-Content-Type-Options", "nosniff");
	add_header(r, "X-Frame-Options", "DENY");
	add_header(r, "Referrer-Policy", "same-origin");
	add_header(r, "Cross-Origin-Opener-Policy", "same-origin");
	if (settings_https(h->setup.settings))
		add_header(r, "Strict-Transport-Security",
			   "max-age=31536000; includeSubDomains");
}

static void add_headers(const struct http *h, struct MHD_Response *r,
			const struct response *rs)
{
	char attachment[128] = "";
	struct text t = text_init(attachment, sizeof attachment);

	add_guards(h, r);
	if (rs->body.buf.len)
		add_header(r, "Content-Type", rs->type);
	add_header(r, "Location", rs->location);
	add_header(r, "Set-Cookie", rs->cookie);
	add_header(r, "ETag", rs->etag);
	if (rs->status == 405)
		add_header(r, "Allow", rs->allow);
	if (*rs->download)
		text_add(&t, "attachment; filename=\"%s\"", rs->download);
	add_header(r, "Content-Disposition", attachment);
	if (strncmp(rs->type, "text/html", 9) == 0)
		add_header(r, "Vary", "Cookie");
	if (rs->max_age_s)
		add_number(r, "Cache-Control",
			   "public, max-age=", rs->max_age_s);
	else
		add_header(r, "Cache-Control", "no-store");
	if (rs->retry_s)
		add_number(r, "Retry-After", "", rs->retry_s);
	if (rs->refresh_s)
		add_number(r, "Refresh", "", rs->refresh_s);
	if (rs->cors)
		add_header(r, "Access-Control-Allow-Origin", "*");
}

/* Does the client have it already? */
static bool is_known(const struct exchange *e, const struct response *rs)
{
	const char *known = *rs->etag && rs->status == 200
				    ? find_header(&e->rq, "If-None-Match")
				    : NULL;

	return known && strcmp(known, rs->etag) == 0;
}

static enum MHD_Result send_response(struct exchange *e, struct response *rs)
{
	struct MHD_Response *r;
	enum MHD_Result result;

	if (is_known(e, rs)) {
		rs->status = 304;
		buf_done(&rs->body.buf);
	}
	r = MHD_create_response_from_buffer(rs->body.buf.len, rs->body.buf.data,
					    MHD_RESPMEM_MUST_FREE);
	if (!r)
		return MHD_NO;
	add_headers(e->http, r, rs);
	if (rs->status == 413 || rs->status == 408)
		add_header(r, "Connection", "close");
	rs->body.buf = (struct buf){0};
	set_due(e->connection, SEND_MS);
	result = MHD_queue_response(e->connection, (unsigned)rs->status, r);
	MHD_destroy_response(r);
	return result;
}

static bool is_form(const struct exchange *e)
{
	static const char type[] = "application/x-www-form-urlencoded";
	const char *s = find_header(&e->rq, "Content-Type");

	return s && strncasecmp(s, type, sizeof type - 1) == 0 &&
	       strchr(" ;", s[sizeof type - 1]);
}

/* From what the last stranger got, or from the page itself. */
static void find_page(struct exchange *e, struct response *rs)
{
	struct page_cache *cache = e->http->cache;
	bool shared = page_cache_serves(&e->rq);

	if (shared && page_cache_find(cache, e->target, e->rq.now_ms, rs))
		return;
	router_serve(&e->rq, rs);
	if (shared)
		page_cache_keep(cache, e->target, e->rq.now_ms, rs);
}

static enum MHD_Result answer(struct exchange *e)
{
	struct request *rq = &e->rq;
	struct response rs;

	response_reset(&rs);
	rq->body = buf_text(&e->body);
	rq->body_len = e->body.len;
	if (!e->refused && is_form(e) &&
	    form_parse(rq->body, rq->body_len, &rq->form) < 0)
		e->refused = 400;
	if (e->refused)
		page_error(rq, &rs, e->refused);
	else
		find_page(e, &rs);
	log_debug(e->http->setup.log, "web: %s %s from %s: %d, %zu octets",
		  rq->method, rq->path ? rq->path : "?", rq->address, rs.status,
		  rs.body.buf.len);
	return send_response(e, &rs);
}

/* --- on its way in --------------------------------------------------------- */

static const char *known_method(const char *method)
{
	static const char *const known[] = {"GET", "POST", "PUT", "DELETE"};

	if (strcmp(method, "HEAD") == 0)
		return "GET";
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (strcmp(method, known[i]) == 0)
			return known[i];
	return NULL;
}

static bool says_too_long(const struct exchange *e)
{
	const char *len = find_header(&e->rq, "Content-Length");

	return len && strtoull(len, NULL, 10) > e->body_max;
}

/* The header is there.  What can be refused by it is, before the body comes. */
static void begin(struct exchange *e, const char *method)
{
	struct request *rq = &e->rq;

	e->begun = true;
	set_due(e->connection, BODY_MS);
	*rq = (struct request){
		.method = known_method(method),
		.header = find_header,
		.http = e,
		.now_ms = clock_ms(CLOCK_REALTIME),
		.settings = e->http->setup.settings,
		.db = e->http->setup.db,
		.scripts = e->http->setup.scripts,
	};
	find_address(e);
	if (!rq->method) {
		rq->method = "GET";
		e->refused = 405;
	} else if (!e->target || request_target(rq, e->target) < 0) {
		e->refused = 400;
	} else {
		e->body_max = router_body_max(rq->method, rq->path);
		if (says_too_long(e))
			e->refused = 413;
	}
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection,
				  const char *url, const char *method,
				  const char *version, const char *data,
				  size_t *len, void **context)
{
	struct exchange *e = *context;

	(void)cls;
	(void)url;
	(void)version;
	(void)connection;
	if (!e->begun) {
		begin(e, method);
		return e->refused ? answer(e) : MHD_YES;
	}
	if (*len == 0)
		return answer(e);
	if (e->body.len + *len > e->body_max)
		e->refused = 413;
	else
		buf_add(&e->body, data, *len);
	*len = 0;
	/* Nobody has to be told before a body without end is over. */
	return e->refused ? MHD_NO : MHD_YES;
}

/* The first word of a request: its target, before anything is decoded. */
static void *on_target(void *cls, const char *uri,
		       struct MHD_Connection *connection)
{
	struct exchange *e = xcalloc(1, sizeof *e);

	e->http = cls;
	e->connection = connection;
	e->target = xstrdup(uri);
	return e;
}

static void on_completed(void *cls, struct MHD_Connection *connection,
			 void **context, enum MHD_RequestTerminationCode code)
{
	struct exchange *e = *context;

	(void)cls;
	(void)code;
	set_due(connection, HEAD_MS);
	if (!e)
		return;
	request_done(&e->rq);
	buf_done(&e->body);
	free(e->target);
	free(e);
	*context = NULL;
}

/* Targets are decoded by request_target(). */
static size_t leave_as_it_is(void *cls, struct MHD_Connection *connection,
			     char *s)
{
	(void)cls;
	(void)connection;
	return strlen(s);
}

/* --- life ------------------------------------------------------------------ */

static struct MHD_Daemon *start(struct http *h)
{
	const struct http_setup *s = &h->setup;
	unsigned per_address = s->settings->web_proxy ? 0 : HTTP_PER_ADDRESS;
	unsigned flags = MHD_USE_EPOLL | (s->cert ? MHD_USE_TLS : 0);
	struct MHD_OptionItem tls[] = {
		{MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)s->cert},
		{MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)s->key},
		{MHD_OPTION_END, 0, NULL},
	};

	if (!s->cert)
		tls[0].option = MHD_OPTION_END;
	return MHD_start_daemon(
		flags, 0, NULL, NULL, on_request, h, MHD_OPTION_LISTEN_SOCKET,
		s->listen_fd, MHD_OPTION_CONNECTION_LIMIT, s->connections,
		MHD_OPTION_PER_IP_CONNECTION_LIMIT, per_address,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEADER_MAX,
		MHD_OPTION_UNESCAPE_CALLBACK, leave_as_it_is, NULL,
		MHD_OPTION_URI_LOG_CALLBACK, on_target, h,
		MHD_OPTION_NOTIFY_COMPLETED, on_completed, h,
		MHD_OPTION_NOTIFY_CONNECTION, on_connection, h,
		MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
}

int http_open(const struct http_setup *setup, struct http **out)
{
	struct http *h = xcalloc(1, sizeof *h);
	const union MHD_DaemonInfo *info;

	h->setup = *setup;
	LIST_INIT(&h->links);
	h->cache = page_cache_new();
	h->mhd = start(h);
	if (!h->mhd) {
		page_cache_free(h->cache);
		free(h);
		return setup->cert ? -EINVAL : -EIO;
	}
	info = MHD_get_daemon_info(h->mhd, MHD_DAEMON_INFO_EPOLL_FD);
	h->epoll_fd = info->epoll_fd;
	*out = h;
	return 0;
}

int http_fd(const struct http *h)
{
	return h->epoll_fd;
}

int http_wait_ms(struct http *h)
{
	MHD_UNSIGNED_LONG_LONG ms;

	if (MHD_get_timeout(h->mhd, &ms) != MHD_YES || ms > 1000)
		return 1000; /* sweep() wants its turn */
	return (int)ms;
}

void http_run(struct http *h)
{
	(void)MHD_run(h->mhd);
	sweep(h);
}

unsigned http_quiesce(struct http *h)
{
	const union MHD_DaemonInfo *info;

	if (!h->quiet)
		(void)MHD_quiesce_daemon(h->mhd);
	h->quiet = true;
	info = MHD_get_daemon_info(h->mhd, MHD_DAEMON_INFO_CURRENT_CONNECTIONS);
	return info->num_connections;
}

void http_close(struct http *h)
{
	if (!h)
		return;
	MHD_stop_daemon(h->mhd);
	if (h->quiet)
		close(h->setup.listen_fd);
	page_cache_free(h->cache);
	free(h);
}
