/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/ntp-exporter/http.h"

#include <errno.h>
#include <microhttpd.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/container.h"
#include "os/server_socket.h"
#include "prog/ntp-exporter/metrics.h"
#include "status/fetch.h"

#define BACKLOG 64
#define CONNECTIONS 64u
#define HEADER_MAX ((size_t)8 << 10)
#define IDLE_S 10u
#define SILENCE_MAX_S 2 /* of the daemon, which answers within a millisecond */

struct page {
	unsigned status;
	const char *type;
	struct buf body;
};

static const char page_text[] = "text/plain; charset=utf-8";

/* --- the daemon's word ------------------------------------------------------------ */

/* It is told once that it is away, and once that it is back. */
static void note_daemon(struct http *h, int r, const char *why)
{
	if (r < 0 && r != h->said)
		log_warn(h->log, "no status from %s: %s", h->status_socket,
			 *why ? why : strerror(-r));
	else if (r == 0 && h->said < 0)
		log_notice(h->log, "status comes from %s again",
			   h->status_socket);
	h->said = r;
}

/* 0 and *d, to be freed by doc_done(); text is the document as it came. */
static int ask_daemon(struct http *h, struct buf *text, struct document *d)
{
	char words[256] = "";
	struct text why = text_init(words, sizeof words);
	int r = status_fetch(h->status_socket, SILENCE_MAX_S, text);

	if (r == 0)
		r = doc_read(buf_text(text), text->len, d, &why);
	note_daemon(h, r, words);
	return r;
}

/* --- pages ------------------------------------------------------------------------- */

static void page_metrics(struct http *h, const char *compat, struct page *p)
{
	struct buf text = {0};
	struct document d;
	const struct document *known =
		ask_daemon(h, &text, &d) == 0 ? &d : NULL;

	p->type = "text/plain; version=0.0.4; charset=utf-8";
	metrics_put(&p->body, known);
	if (compat && strcmp(compat, "chrony") == 0)
		chrony_put(&p->body, known);
	if (known)
		doc_done(&d);
	buf_done(&text);
}

static void page_status(struct http *h, struct page *p)
{
	struct document d;

	if (ask_daemon(h, &p->body, &d) == 0) {
		p->type = "application/json";
		doc_done(&d);
		return;
	}
	buf_done(&p->body);
	p->status = 503;
	buf_printf(&p->body, "ntpd does not tell its status on %s\n",
		   h->status_socket);
}

static void page_home(struct page *p)
{
	buf_printf(&p->body,
		   "ntp-exporter " TIMEBALL_VERSION "\n\n"
		   "/metrics                for Prometheus\n"
		   "/metrics?compat=chrony  with the families of "
		   "chrony_exporter\n"
		   "/status.json            the daemon's status document\n");
}

static void make_page(struct http *h, const char *path, const char *compat,
		      struct page *p)
{
	if (strcmp(path, "/metrics") == 0) {
		page_metrics(h, compat, p);
	} else if (strcmp(path, "/status.json") == 0) {
		page_status(h, p);
	} else if (strcmp(path, "/") == 0) {
		page_home(p);
	} else {
		p->status = 404;
		buf_printf(&p->body, "there is no such page; see /\n");
	}
}

static enum MHD_Result send_page(struct MHD_Connection *c, struct page *p)
{
	struct MHD_Response *r = MHD_create_response_from_buffer(
		p->body.len, p->body.data, MHD_RESPMEM_MUST_FREE);
	enum MHD_Result result;

	if (!r)
		return MHD_NO;
	(void)MHD_add_response_header(r, "Content-Type", p->type);
	(void)MHD_add_response_header(r, "Cache-Control", "no-store");
	(void)MHD_add_response_header(r, "X-Content-Type-Options", "nosniff");
	if (p->status == 405)
		(void)MHD_add_response_header(r, "Allow", "GET, HEAD");
	result = MHD_queue_response(c, p->status, r);
	MHD_destroy_response(r);
	return result;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection,
				  const char *url, const char *method,
				  const char *version, const char *upload,
				  size_t *upload_len, void **context)
{
	struct page p = {.status = 200, .type = page_text};

	(void)version;
	(void)upload;
	if (!*context) { /* headers only; the body comes next */
		*context = cls;
		return MHD_YES;
	}
	if (*upload_len) { /* nobody asked for it */
		*upload_len = 0;
		return MHD_YES;
	}
	if (strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0) {
		make_page(cls, url,
			  MHD_lookup_connection_value(
				  connection, MHD_GET_ARGUMENT_KIND, "compat"),
			  &p);
	} else {
		p.status = 405;
		buf_printf(&p.body, "pages are read with GET\n");
	}
	return send_page(connection, &p);
}

/* --- life -------------------------------------------------------------------------- */

int http_listen(struct http *h, const struct net_addr *addr)
{
	int fd = h->n < ARRAY_LEN(h->mhd)
			 ? os_bound_socket(addr, SOCK_STREAM, false)
			 : -E2BIG;
	int r = 0;

	if (fd < 0)
		return fd;
	if (listen(fd, BACKLOG) < 0)
		r = -errno;
	if (r == 0)
		h->mhd[h->n] = MHD_start_daemon(
			MHD_USE_EPOLL, 0, NULL, NULL, on_request, h,
			MHD_OPTION_LISTEN_SOCKET, fd,
			MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS,
			MHD_OPTION_CONNECTION_TIMEOUT, IDLE_S,
			MHD_OPTION_CONNECTION_MEMORY_LIMIT, HEADER_MAX,
			MHD_OPTION_END);
	if (r == 0 && h->mhd[h->n])
		h->n++;
	else
		close(fd);
	return r < 0 || h->n ? r : -EIO;
}

static int wait_ms(struct http *h)
{
	MHD_UNSIGNED_LONG_LONG ms, least = 1000;

	for (size_t i = 0; i < h->n; i++)
		if (MHD_get_timeout(h->mhd[i], &ms) == MHD_YES && ms < least)
			least = ms;
	return (int)least;
}

void http_run(struct http *h)
{
	struct pollfd p[HTTP_LISTEN_MAX];

	for (size_t i = 0; i < h->n; i++) {
		const union MHD_DaemonInfo *info = MHD_get_daemon_info(
			h->mhd[i], MHD_DAEMON_INFO_EPOLL_FD);

		p[i] = (struct pollfd){.fd = info->epoll_fd, .events = POLLIN};
	}
	(void)poll(p, h->n, wait_ms(h));
	for (size_t i = 0; i < h->n; i++)
		(void)MHD_run(h->mhd[i]);
}

void http_close(struct http *h)
{
	for (size_t i = 0; i < h->n; i++)
		MHD_stop_daemon(h->mhd[i]);
}
