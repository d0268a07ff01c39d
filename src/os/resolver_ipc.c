/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/resolver_ipc.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "base/container.h"
#include "os/resolver.h"

enum { ASK_NAME = 1, TELL_ADDRS };

struct ask_name {
	uint32_t id;
	int32_t family;
	char name[RESOLVE_MAX_NAME + 1];
};

struct tell_addrs {
	uint32_t id;
	int32_t error; /* 0 or -errno */
	uint32_t n;
	struct net_addr addr[RESOLVE_MAX_ADDRS];
};

static_assert(sizeof(struct tell_addrs) <= IPC_MAX_BODY, "fits a message");

static const struct ipc_kind ask_kinds[] = {
	{ASK_NAME, sizeof(struct ask_name), sizeof(struct ask_name)},
};

static const struct ipc_kind tell_kinds[] = {
	{TELL_ADDRS, sizeof(struct tell_addrs), sizeof(struct tell_addrs)},
};

static bool is_literal(const struct resolve *q)
{
	struct net_addr a;

	return net_addr_parse(q->name, &a) == 0;
}

static void unlink_question(struct resolver_ipc *r, struct resolve *q)
{
	struct resolve **at = &r->first;

	while (*at != q)
		at = &(*at)->next;
	*at = q->next;
	q->next = NULL;
	q->id = 0;
}

static void finish(struct resolver_ipc *r, struct resolve *q,
		   const struct net_addr *addrs, size_t n, int error)
{
	unlink_question(r, q);
	q->done(q, addrs, n, error);
}

static void finish_literal(struct resolver_ipc *r, struct resolve *q)
{
	struct net_addr addrs[RESOLVE_MAX_ADDRS];
	int n = resolve_now(q->name, q->family, addrs, RESOLVE_MAX_ADDRS);

	finish(r, q, addrs, n > 0 ? (size_t)n : 0, n > 0 ? 0 : n);
}

/* The next question that can be ended now, if any. */
static struct resolve *next_due(struct resolver_ipc *r, bool overdue)
{
	for (struct resolve *q = r->first; q; q = q->next)
		if (overdue || is_literal(q))
			return q;
	return NULL;
}

/* A callback may ask and cancel, so start again after each. */
static void on_timer(struct timer *t)
{
	struct resolver_ipc *r = CONTAINER_OF(t, struct resolver_ipc, timer);
	int64_t due = r->heard_ns + RESOLVER_IPC_TIMEOUT_NS;
	bool overdue = loop_mono(&r->loop->loop) >= due;
	struct resolve *q;

	while ((q = next_due(r, overdue))) {
		if (is_literal(q))
			finish_literal(r, q);
		else
			finish(r, q, NULL, 0, -EAGAIN);
	}
	if (r->first && !timer_is_armed(t))
		timer_arm(&r->loop->loop, t,
			  r->heard_ns + RESOLVER_IPC_TIMEOUT_NS);
}

static void ipc_ask(struct resolver *resolver, struct resolve *q)
{
	struct resolver_ipc *r =
		CONTAINER_OF(resolver, struct resolver_ipc, resolver);
	struct ask_name body = {.family = q->family};
	struct ipc_header h = {
		.type = ASK_NAME, .len = sizeof body, .epoch = r->epoch};
	struct resolve **end = &r->first;

	if (++r->last_id == 0)
		r->last_id = 1;
	q->id = body.id = r->last_id;
	q->next = NULL;
	while (*end)
		end = &(*end)->next;
	*end = q;
	r->heard_ns = loop_mono(&r->loop->loop);
	if (is_literal(q)) {
		timer_arm(&r->loop->loop, &r->timer, r->heard_ns);
		return;
	}
	memcpy(body.name, q->name, sizeof body.name);
	/* When the channel is full the question ends by the timer. */
	(void)ipc_send(r->watch.fd, &h, &body);
	if (!timer_is_armed(&r->timer))
		timer_arm(&r->loop->loop, &r->timer,
			  r->heard_ns + RESOLVER_IPC_TIMEOUT_NS);
}

static void ipc_cancel(struct resolver *resolver, struct resolve *q)
{
	struct resolver_ipc *r =
		CONTAINER_OF(resolver, struct resolver_ipc, resolver);

	for (struct resolve *at = r->first; at; at = at->next)
		if (at == q) {
			unlink_question(r, q);
			return;
		}
}

int resolver_ipc_take(struct resolver_ipc *r, const struct ipc_message *msg,
		      size_t len)
{
	struct tell_addrs body;
	struct resolve *q = r->first;

	if (ipc_check(msg, len, tell_kinds, ARRAY_LEN(tell_kinds)) < 0 ||
	    msg->h.epoch != r->epoch)
		return -EPROTO;
	memcpy(&body, msg->body, sizeof body);
	if (body.error > 0 || body.n > RESOLVE_MAX_ADDRS ||
	    (body.error == 0) != (body.n > 0))
		return -EPROTO;
	for (size_t i = 0; i < body.n; i++)
		if (!resolve_usable(&body.addr[i], true))
			return -EPROTO;
	while (q && q->id != body.id)
		q = q->next;
	if (!q)
		return -EPROTO;
	r->heard_ns = loop_mono(&r->loop->loop);
	finish(r, q, body.addr, body.n, body.error);
	return 0;
}

static void on_readable(struct os_watch *w)
{
	struct resolver_ipc *r = CONTAINER_OF(w, struct resolver_ipc, watch);
	struct ipc_message msg;
	int len = ipc_recv(w->fd, &msg);

	/* The supervisor has gone: it ends us, the channel only spins. */
	if (len == 0)
		os_loop_unwatch(r->loop, w);
	/* What is not an answer is nobody's: the question ends by the timer. */
	if (len > 0)
		resolver_ipc_take(r, &msg, (size_t)len);
}

void resolver_ipc_init(struct resolver_ipc *r, struct os_loop *loop, int fd,
		       uint32_t epoch)
{
	static const struct resolver_ops ops = {.ask = ipc_ask,
						.cancel = ipc_cancel};

	*r = (struct resolver_ipc){
		.resolver.ops = &ops,
		.loop = loop,
		.watch = {.fd = fd, .readable = on_readable},
		.timer.fn = on_timer,
		.epoch = epoch,
	};
	os_loop_watch(loop, &r->watch);
}

void resolver_ipc_done(struct resolver_ipc *r)
{
	os_loop_unwatch(r->loop, &r->watch);
	timer_disarm(&r->loop->loop, &r->timer);
}

int resolver_ipc_answer(const struct name_servers *servers,
			const struct ipc_message *msg, size_t len,
			struct ipc_message *reply)
{
	struct ask_name question;
	struct tell_addrs body = {0};
	int n;

	if (ipc_check(msg, len, ask_kinds, ARRAY_LEN(ask_kinds)) < 0)
		return -EPROTO;
	memcpy(&question, msg->body, sizeof question);
	if (!memchr(question.name, '\0', sizeof question.name) ||
	    (question.family != AF_UNSPEC && question.family != AF_INET &&
	     question.family != AF_INET6))
		return -EPROTO;
	n = resolve_by(servers, question.name, question.family, body.addr,
		       RESOLVE_MAX_ADDRS);
	body.id = question.id;
	body.n = n > 0 ? (uint32_t)n : 0;
	body.error = n > 0 ? 0 : n;
	reply->h = (struct ipc_header){
		.type = TELL_ADDRS, .len = sizeof body, .epoch = msg->h.epoch};
	memcpy(reply->body, &body, sizeof body);
	return 0;
}

void resolver_ipc_serve(int fd, const struct name_servers *servers)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	struct ipc_message msg, reply;
	int len;

	for (;;) {
		if (poll(&p, 1, -1) < 0)
			continue;
		len = ipc_recv(fd, &msg);
		if (len == 0)
			return;
		if (len > 0 && resolver_ipc_answer(servers, &msg, (size_t)len,
						   &reply) == 0)
			(void)ipc_send(fd, &reply.h, reply.body);
	}
}
