/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/ntpd/serving.h"

#include "base/units.h"
#include "ntp/clients.h"

/* Counters are shown this late at most. */
#define STATS_DELAY_NS (NS_PER_S / 2)

static void reply_to(struct serving *s, struct os_server_socket *socket,
		     const struct datagram *d, struct server_reply *reply)
{
	server_stamp(reply, clock_now(s->clock));
	if (os_server_socket_send(socket, &d->peer, &d->local, reply->buf,
				  reply->len) < 0)
		server_stats(s->server)->send_failed++;
}

static void on_received(void *owner, struct os_server_socket *socket,
			const struct datagram *d)
{
	struct serving *s = owner;
	int64_t mono_ns = loop_mono(&s->loop->loop);
	struct server_reply reply;

	switch (server_handle(s->server, d, s->ops->view(s), mono_ns, &reply)) {
	case SERVER_REPLY:
	case SERVER_KISS:
		reply_to(s, socket, d, &reply);
		break;
	case SERVER_CONTROL:
		s->ops->control(s, (unsigned)(socket - s->socket), d,
				server_access(s->server, &d->peer));
		break;
	default:
		break;
	}
	if (s->dirty && !timer_is_armed(s->dirty))
		timer_arm(&s->loop->loop, s->dirty, mono_ns + STATS_DELAY_NS);
}

int serving_init(struct serving *s, const struct serving_ops *ops,
		 struct server *server, struct clock *clock,
		 struct os_loop *loop, const int *fd, size_t n)
{
	static const struct os_server_socket_events events = {on_received};

	*s = (struct serving){.ops = ops,
			      .server = server,
			      .clock = clock,
			      .loop = loop,
			      .batch = os_batch_new()};
	for (size_t i = 0; i < n; i++) {
		int r = os_server_socket_init(&s->socket[i], fd[i], loop,
					      s->batch, clock, &events, s);

		if (r < 0)
			return r;
		s->n_socket++;
	}
	return 0;
}

void serving_done(struct serving *s)
{
	for (unsigned i = 0; i < s->n_socket; i++)
		os_server_socket_done(&s->socket[i]);
	os_batch_free(s->batch);
}

void serving_count(struct serving *s)
{
	struct server_stats *stats = server_stats(s->server);

	stats->clients = clients_depth(server_clients(s->server));
	stats->kernel_drops = 0;
	for (unsigned i = 0; i < s->n_socket; i++)
		stats->kernel_drops += os_server_socket_drops(&s->socket[i]);
}

void serving_send_control(struct serving *s, unsigned socket,
			  const struct net_addr *peer,
			  const struct net_addr *local, const uint8_t *data,
			  size_t len)
{
	if (os_server_socket_send(&s->socket[socket], peer, local, data, len) <
	    0)
		server_stats(s->server)->send_failed++;
}
