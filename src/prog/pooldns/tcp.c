/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/pooldns/tcp.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/container.h"
#include "base/units.h"
#include "os/udp.h"

#define IN_LEN 4096
#define OUT_LEN (2 * (DNS_TCP_MAX + 2))

struct tcp_connection {
	struct os_watch watch;
	struct tcp_service *service;
	TAILQ_ENTRY(tcp_connection) link;
	struct net_addr peer;
	int64_t heard_ns;
	size_t in_len, out_len, sent;
	bool no_more; /* the other side has said all */
	uint8_t in[IN_LEN];
	uint8_t out[OUT_LEN];
};

static void close_connection(struct tcp_connection *c)
{
	struct tcp_service *s = c->service;

	os_loop_unwatch(s->loop, &c->watch);
	close(c->watch.fd);
	TAILQ_REMOVE(&s->idle, c, link);
	TAILQ_INSERT_HEAD(&s->unused, c, link);
}

/* Something came: it goes to the end of those who are silent. */
static void heard(struct tcp_connection *c)
{
	struct tcp_service *s = c->service;

	c->heard_ns = loop_mono(&s->loop->loop);
	TAILQ_REMOVE(&s->idle, c, link);
	TAILQ_INSERT_TAIL(&s->idle, c, link);
}

/* Answer what is there in whole and has room; false: it is no DNS. */
static bool answer_all(struct tcp_connection *c)
{
	size_t at = 0;

	responder_look(c->service->responder);
	while (c->in_len - at >= 2 && OUT_LEN - c->out_len >= DNS_TCP_MAX + 2) {
		size_t len = (size_t)c->in[at] << 8 | c->in[at + 1], n;

		if (len < DNS_HEADER_LEN || len > IN_LEN - 2)
			return false;
		if (c->in_len - at - 2 < len)
			break;
		n = responder_answer(c->service->responder, &c->peer, true,
				     c->in + at + 2, len,
				     c->out + c->out_len + 2);
		if (n == 0)
			return false;
		c->out[c->out_len] = (uint8_t)(n >> 8);
		c->out[c->out_len + 1] = (uint8_t)n;
		c->out_len += 2 + n;
		at += 2 + len;
	}
	memmove(c->in, c->in + at, c->in_len - at);
	c->in_len -= at;
	return true;
}

/* False: the connection is of no use any more. */
static bool flush(struct tcp_connection *c)
{
	ssize_t n = 0;

	if (c->sent < c->out_len)
		n = send(c->watch.fd, c->out + c->sent, c->out_len - c->sent,
			 MSG_DONTWAIT | MSG_NOSIGNAL);
	if (n < 0 && errno != EAGAIN && errno != EINTR)
		return false;
	c->sent += n > 0 ? (size_t)n : 0;
	if (c->sent == c->out_len)
		c->sent = c->out_len = 0;
	os_loop_want_write(c->service->loop, &c->watch, c->out_len > 0);
	return true;
}

/* As long as answers find their way, questions are taken up again. */
static void go_on(struct tcp_connection *c)
{
	bool good;
	size_t before;

	do {
		before = c->in_len;
		good = answer_all(c) && flush(c);
	} while (good && c->in_len < before && c->out_len == 0);
	/* Its answers are with the kernel, or it reads none. */
	if (!good || c->no_more || c->in_len == sizeof c->in)
		close_connection(c);
}

static void on_writable(struct os_watch *w)
{
	go_on(CONTAINER_OF(w, struct tcp_connection, watch));
}

static void on_readable(struct os_watch *w)
{
	struct tcp_connection *c =
		CONTAINER_OF(w, struct tcp_connection, watch);
	ssize_t n;

	n = recv(w->fd, c->in + c->in_len, sizeof c->in - c->in_len,
		 MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0) {
		close_connection(c);
		return;
	}
	c->no_more = n == 0;
	c->in_len += (size_t)n;
	if (n > 0)
		heard(c);
	go_on(c);
}

/* --- connections come and go ------------------------------------------------- */

static void on_timer(struct timer *t)
{
	struct tcp_service *s = CONTAINER_OF(t, struct tcp_service, timer);
	int64_t now = loop_mono(&s->loop->loop);
	struct tcp_connection *c;

	while ((c = TAILQ_FIRST(&s->idle)) && now - c->heard_ns >= TCP_IDLE_NS)
		close_connection(c);
	timer_arm(&s->loop->loop, t, now + NS_PER_S);
}

static void on_accept(struct os_watch *w)
{
	struct tcp_service *s =
		CONTAINER_OF(w, struct tcp_listener, watch)->service;
	struct sockaddr_storage sa;
	socklen_t len = sizeof sa;
	struct tcp_connection *c;
	int fd = accept4(w->fd, (struct sockaddr *)&sa, &len,
			 SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0)
		return;
	if (TAILQ_EMPTY(&s->unused))
		close_connection(TAILQ_FIRST(&s->idle));
	c = TAILQ_FIRST(&s->unused);
	TAILQ_REMOVE(&s->unused, c, link);
	TAILQ_INSERT_TAIL(&s->idle, c, link);
	c->watch = (struct os_watch){
		.fd = fd, .readable = on_readable, .writable = on_writable};
	c->peer = os_sockaddr_to(&sa);
	c->heard_ns = loop_mono(&s->loop->loop);
	c->in_len = c->out_len = c->sent = 0;
	c->no_more = false;
	os_loop_watch(s->loop, &c->watch);
}

void tcp_service_init(struct tcp_service *s, struct os_loop *loop,
		      struct responder *r)
{
	*s = (struct tcp_service){
		.loop = loop,
		.responder = r,
		.connection = xcalloc(TCP_CONNECTIONS, sizeof *s->connection),
		.timer.fn = on_timer,
	};
	TAILQ_INIT(&s->idle);
	TAILQ_INIT(&s->unused);
	for (int i = 0; i < TCP_CONNECTIONS; i++) {
		s->connection[i].service = s;
		TAILQ_INSERT_TAIL(&s->unused, &s->connection[i], link);
	}
	on_timer(&s->timer);
}

void tcp_listener_start(struct tcp_listener *l, int fd, struct tcp_service *s)
{
	*l = (struct tcp_listener){
		.watch = {.fd = fd, .readable = on_accept},
		.service = s,
	};
	os_loop_watch(s->loop, &l->watch);
}
