/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/container.h"
#include "base/units.h"
#include "ntp/clients.h"
#include "prog/ntpd/child.h"
#include "prog/ntpd/control_link.h"
#include "prog/ntpd/roles.h"
#include "prog/ntpd/serving.h"

/*
 * A worker: it answers who asks for the time, out of a page that the engine
 * writes, and hands mode 6 on.  It opens nothing and connects to nothing.
 */
struct worker_process {
	struct child *child;
	struct serving serving;
	struct server *server;
	struct sys_view view; /* as read last */
	struct shared_page *stats;
	struct timer stats_timer;
	struct control_asker asker;
	struct os_watch link;
};

static const struct sys_view *serving_view(struct serving *s)
{
	struct worker_process *p =
		CONTAINER_OF(s, struct worker_process, serving);

	/* Torn, the engine died while writing: the last one ages by itself. */
	(void)!shared_page_read(p->child->view_page, &p->view, sizeof p->view);
	return &p->view;
}

static void serving_control(struct serving *s, unsigned socket,
			    const struct datagram *d, unsigned restrict_flags)
{
	struct worker_process *p =
		CONTAINER_OF(s, struct worker_process, serving);

	control_asker_ask(&p->asker, socket, &d->peer, &d->local,
			  restrict_flags, d->data, d->len,
			  loop_mono(&s->loop->loop));
}

/* Who our sources are, and where names in restrict lines lead. */
static void read_hosts(struct worker_process *p)
{
	struct hosts_page page;

	if (shared_page_read(p->child->hosts_page, &page, sizeof page) &&
	    page.n <= ACCESS_HOSTS_MAX)
		server_set_hosts(p->server, page.host, page.n);
}

static void on_told(struct worker_process *p, const struct ipc_message *msg,
		    size_t len)
{
	struct control_way way;
	const uint8_t *data;
	size_t data_len;

	if (control_link_is_hosts(msg, len))
		read_hosts(p);
	else if (control_asker_take(&p->asker, msg, len,
				    loop_mono(&p->child->loop.loop), &way,
				    &data, &data_len) == 0)
		serving_send_control(&p->serving, way.socket, &way.peer,
				     &way.local, data, data_len);
}

static void on_link(struct os_watch *w)
{
	struct worker_process *p = CONTAINER_OF(w, struct worker_process, link);
	struct ipc_message msg;
	int len = ipc_recv(w->fd, &msg);

	if (len > 0)
		on_told(p, &msg, (size_t)len);
}

static void on_stats_timer(struct timer *t)
{
	struct worker_process *p =
		CONTAINER_OF(t, struct worker_process, stats_timer);

	struct server_stats *stats = server_stats(p->server);

	serving_count(&p->serving);
	shared_page_write(p->stats, stats, sizeof *stats);
}

/* Descriptors without a gap; the first that is no socket ends them. */
static size_t count_sockets(void)
{
	struct sockaddr_storage sa;
	size_t n = 0;

	for (;;) {
		socklen_t len = sizeof sa;

		if (n == LISTEN_MAX ||
		    getsockname(FD_WORKER_SOCKETS + (int)n,
				(struct sockaddr *)&sa, &len) < 0)
			return n;
		n++;
	}
}

static int open_sockets(struct worker_process *p)
{
	static const struct serving_ops ops = {serving_view, serving_control};
	struct child *c = p->child;
	int fd[LISTEN_MAX];
	size_t n = count_sockets();

	for (size_t i = 0; i < n; i++)
		fd[i] = FD_WORKER_SOCKETS + (int)i;
	return serving_init(&p->serving, &ops, p->server, &c->clock.clock,
			    &c->loop, fd, n);
}

/* Counters go on where a predecessor left them. */
static int open_stats(struct worker_process *p)
{
	int r = shared_page_map(FD_WORKER_STATS, true, &p->stats);

	if (r < 0)
		return r;
	(void)!shared_page_read(p->stats, server_stats(p->server),
				sizeof(struct server_stats));
	p->stats_timer.fn = on_stats_timer;
	p->serving.dirty = &p->stats_timer;
	on_stats_timer(&p->stats_timer);
	return 0;
}

/* The table of a predecessor is of no use: its hash key died with it. */
static int open_server(struct worker_process *p)
{
	struct child *c = p->child;
	void *table;
	size_t len;
	int r = shared_area_map(FD_WORKER_CLIENTS, true, &table, &len);

	if (r < 0)
		return r;
	if (len < clients_table_len(c->setup.cfg->mru_max_depth))
		return -EINVAL;
	close(FD_WORKER_CLIENTS);
	shared_area_clear(table, len);
	p->server =
		server_new_in(table, c->setup.cfg, &c->setup.keys, &c->entropy);
	return 0;
}

int worker_role(struct child *c)
{
	struct worker_process p = {
		.child = c,
		/* Until the engine has spoken. */
		.view = {.leap = LEAP_UNSYNC, .stratum = NTP_STRATUM_UNSYNC},
		.asker.fd = FD_WORKER_LINK,
		.link = {.fd = FD_WORKER_LINK, .readable = on_link},
	};
	int r;

	r = open_server(&p);
	if (r < 0)
		return NTPD_FAILED;
	read_hosts(&p);
	r = open_sockets(&p);
	if (r == 0)
		r = open_stats(&p);
	if (r == 0)
		r = child_confine(c, SANDBOX_WORKER);
	if (r < 0)
		return NTPD_FAILED;
	os_loop_watch(&c->loop, &p.link);
	r = child_loop(c);
	on_stats_timer(&p.stats_timer);
	return r < 0 ? NTPD_FAILED : NTPD_OK;
}
