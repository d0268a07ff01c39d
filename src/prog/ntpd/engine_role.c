/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/container.h"
#include "base/units.h"
#include "ctl/control_server.h"
#include "os/resolver_ipc.h"
#include "os/udp.h"
#include "prog/ntpd/child.h"
#include "prog/ntpd/control_link.h"
#include "prog/ntpd/control_socket.h"
#include "prog/ntpd/roles.h"
#include "prog/ntpd/status_socket.h"

/*
 * The engine's process: it asks servers, decides about the clock, and answers
 * mode 6.  It holds no file, and the clock and the names only by asking.
 */
struct engine_process;

/* One worker as the engine sees it. */
struct link {
	struct os_watch watch;
	struct engine_process *process;
	struct shared_page *stats;
	struct server_stats last; /* as read last */
	void *clients;
	size_t clients_len;
};

struct engine_process {
	struct child *child;
	struct os_net net;
	struct resolver_ipc resolver;
	struct host host;
	struct board board;        /* between the engine and child->board */
	struct sys_view inherited; /* of a predecessor that has died */
	struct engine *engine;
	struct control_server *control;
	struct link *link;
	size_t n_link;
	struct server_stats total;
	struct status_socket status;
	struct control_socket commands;
	struct shared_page *added;
};

static struct board *supervisor(struct board *b)
{
	struct engine_process *p =
		CONTAINER_OF(b, struct engine_process, board);

	return &p->child->board.board;
}

/*
 * A predecessor's view ages honestly and has its end, so clients are better off
 * with it than with "not synchronised" for the seconds that we need to hear
 * our servers again.
 */
static void on_publish(struct board *b, const struct sys_view *view)
{
	struct engine_process *p =
		CONTAINER_OF(b, struct engine_process, board);
	int64_t mono_ns = loop_mono(&p->child->loop.loop);

	if (view->stratum >= NTP_STRATUM_UNSYNC &&
	    mono_ns < p->inherited.expires_mono_ns)
		return;
	p->inherited.expires_mono_ns = 0;
	board_publish(supervisor(b), view);
}

static void on_event(struct board *b, enum engine_event event, const char *text)
{
	board_event(supervisor(b), event, text);
}

static void on_save_drift(struct board *b, const struct drift *drift)
{
	board_save_drift(supervisor(b), drift);
}

static void on_stats_line(struct board *b, const char *name, const char *line)
{
	board_stats_line(supervisor(b), name, line);
}

static void on_access_hosts(struct board *b, const struct access_host *hosts,
			    size_t n)
{
	struct engine_process *p =
		CONTAINER_OF(b, struct engine_process, board);
	struct hosts_page page = {.n = n};

	memcpy(page.host, hosts, n * sizeof *hosts);
	shared_page_write(p->child->hosts_page, &page, sizeof page);
	for (size_t i = 0; i < p->n_link; i++)
		control_link_tell_hosts(p->link[i].watch.fd);
}

static void inherit_view(struct engine_process *p)
{
	struct sys_view v;

	if (shared_page_read(p->child->view_page, &v, sizeof v) &&
	    v.stratum < NTP_STRATUM_UNSYNC)
		p->inherited = v;
}

/* --- mode 6 ---------------------------------------------------------------- */

struct way_back {
	int fd;
	uint32_t number;
};

static void send_fragment(void *arg, const uint8_t *data, size_t len)
{
	const struct way_back *w = arg;

	control_link_answer(w->fd, w->number, data, len);
}

static void on_request(struct os_watch *w)
{
	struct link *link = CONTAINER_OF(w, struct link, watch);
	struct ipc_message msg;
	struct control_request rq;
	int len = ipc_recv(w->fd, &msg);
	struct way_back way = {w->fd, 0};

	if (len <= 0 || control_link_read(&msg, (size_t)len, &rq) < 0)
		return;
	way.number = rq.number;
	control_server_handle(link->process->control, &rq.peer,
			      rq.restrict_flags, rq.data, rq.len, send_fragment,
			      &way);
}

static void add_stats(struct server_stats *to, const struct server_stats *s)
{
	to->received += s->received;
	to->send_failed += s->send_failed;
	to->reply_sent_to_server_port += s->reply_sent_to_server_port;
	to->clients += s->clients;
	to->kernel_drops += s->kernel_drops;
	for (size_t i = 0; i < ARRAY_LEN(to->by_verdict); i++)
		to->by_verdict[i] += s->by_verdict[i];
	for (size_t i = 0; i < ARRAY_LEN(to->by_version); i++)
		to->by_version[i] += s->by_version[i];
}

static const struct server_stats *count(void *arg)
{
	struct engine_process *p = arg;

	p->total = (struct server_stats){0};
	for (size_t i = 0; i < p->n_link; i++) {
		struct link *l = &p->link[i];

		/* Torn: the last ones are nearly as good. */
		(void)!shared_page_read(l->stats, &l->last, sizeof l->last);
		add_stats(&p->total, &l->last);
	}
	return &p->total;
}

static const struct daemon_facts *about_daemon(void *arg)
{
	return child_look_at_daemon(((struct engine_process *)arg)->child);
}

static void open_status(struct engine_process *p)
{
	const struct status_inputs in = {
		.setup = &p->child->setup,
		.engine = p->engine,
		.daemon = about_daemon,
		.stats = count,
		.arg = p,
	};

	if (status_socket_is_open(FD_ENGINE_STATUS))
		status_socket_init(&p->status, FD_ENGINE_STATUS,
				   &p->child->loop, &in);
}

/* --- commands -------------------------------------------------------------- */

static const void *clients(void *arg, unsigned worker, size_t *len)
{
	const struct engine_process *p = arg;

	if (worker >= p->n_link)
		return NULL;
	*len = p->link[worker].clients_len;
	return p->link[worker].clients;
}

static void log_level(void *arg, enum log_level level)
{
	board_ipc_level(&((struct engine_process *)arg)->child->board, level);
}

static bool keep_added(void *arg, const char *lines, size_t len)
{
	const struct engine_process *p = arg;
	struct added_page page = {{0}};

	if (len >= sizeof page.lines)
		return false;
	memcpy(page.lines, lines, len);
	shared_page_write(p->added, &page, sizeof page);
	return true;
}

static int open_commands(struct engine_process *p)
{
	static const struct command_ops ops = {clients, log_level, keep_added};
	const struct command_inputs in = {
		.engine = p->engine,
		.family = cmdline_family(p->child->opt),
		.ops = &ops,
		.arg = p,
	};
	struct added_page page = {{0}};
	int r = shared_page_map(FD_ENGINE_ADDED, true, &p->added);

	close(FD_ENGINE_ADDED);
	if (r < 0 || !status_socket_is_open(FD_ENGINE_CONTROL))
		return r;
	(void)!shared_page_read(p->added, &page, sizeof page);
	control_socket_init(&p->commands, FD_ENGINE_CONTROL, &p->child->loop,
			    &in, page.lines);
	return 0;
}

static int open_links(struct engine_process *p)
{
	p->n_link = p->child->setup.cfg->workers;
	p->link = xcalloc(p->n_link, sizeof *p->link);
	for (size_t i = 0; i < p->n_link; i++) {
		struct link *l = &p->link[i];
		int fd = FD_ENGINE_LINKS + LINK_FDS * (int)i;
		int r = shared_page_map(fd + LINK_STATS, false, &l->stats);

		if (r == 0)
			r = shared_area_map(fd + LINK_CLIENTS, false,
					    &l->clients, &l->clients_len);
		if (r < 0)
			return r;
		close(fd + LINK_STATS);
		close(fd + LINK_CLIENTS);
		l->process = p;
		l->watch = (struct os_watch){.fd = fd, .readable = on_request};
		os_loop_watch(&p->child->loop, &l->watch);
	}
	return 0;
}

/* --- life ------------------------------------------------------------------ */

static void open_host(struct engine_process *p)
{
	static const struct board_ops ops = {
		.publish = on_publish,
		.event = on_event,
		.save_drift = on_save_drift,
		.stats_line = on_stats_line,
		.access_hosts = on_access_hosts,
	};
	struct child *c = p->child;

	c->board.view = c->view_page;
	p->board.ops = &ops;
	os_net_init(&p->net, &c->loop, &c->clock.clock, c->setup.cfg->dscp);
	resolver_ipc_init(&p->resolver, &c->loop, FD_ENGINE_NAMES,
			  c->opt->epoch);
	p->host = (struct host){
		.clock = &c->clock.clock,
		.loop = &c->loop.loop,
		.net = &p->net.net,
		.resolver = &p->resolver.resolver,
		.entropy = &c->entropy,
		.board = &p->board,
		.log = &c->board.log,
	};
}

static void start(struct engine_process *p)
{
	struct child *c = p->child;
	struct engine_inputs in = setup_engine(&c->setup, &p->host);
	struct control_inputs ctl = {
		.cfg = c->setup.cfg,
		.keys = &c->setup.keys,
		.stats = count,
		.stats_arg = p,
		.version = NTPD_VERSION,
		.entropy = &c->entropy,
	};

	in.drift = c->clock.last.drift;
	in.drift_known = c->clock.last.drift_known;
	/* The one large step of -g is one of the program, not of each life. */
	in.panic_once_ok = in.panic_once_ok && !c->clock.last.stepped;
	ctl.engine = p->engine = engine_new(&in);
	p->control = control_server_new(&ctl);
}

int engine_role(struct child *c)
{
	struct engine_process p = {.child = c};
	int r;

	inherit_view(&p);
	open_host(&p);
	r = open_links(&p);
	if (r < 0)
		return NTPD_FAILED;
	/* It may look around while it is made; it hears nobody before the loop. */
	start(&p);
	open_status(&p);
	r = open_commands(&p);
	if (r == 0)
		r = child_confine(c, SANDBOX_ENGINE);
	if (r == 0)
		r = child_loop(c);
	status_socket_done(&p.status);
	control_server_free(p.control);
	engine_free(p.engine);
	control_socket_done(&p.commands);
	return r < 0 ? NTPD_FAILED : NTPD_OK;
}
