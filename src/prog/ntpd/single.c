/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/ntpd/single.h"

#include <string.h>

#include "base/container.h"
#include "ctl/control_server.h"
#include "ntp/clients.h"
#include "prog/ntpd/control_socket.h"
#include "prog/ntpd/keeper.h"
#include "prog/ntpd/listen.h"
#include "prog/ntpd/serving.h"
#include "prog/ntpd/signals.h"
#include "prog/ntpd/status_socket.h"

struct single {
	const struct setup *setup;
	struct os_log *log;
	struct os_host os;
	struct board board;
	struct sys_view view;
	struct keeper keeper;
	struct serving serving;
	struct server *server;
	struct engine *engine;
	struct control_server *control;
	struct daemon_facts daemon;
	int status_fd, control_fd; /* -1: none */
	struct status_socket status;
	struct control_socket commands;
};

static struct single *of_board(struct board *b)
{
	return CONTAINER_OF(b, struct single, board);
}

static void on_publish(struct board *b, const struct sys_view *view)
{
	of_board(b)->view = *view;
}

static void on_event(struct board *b, enum engine_event event, const char *text)
{
	keeper_event(&of_board(b)->keeper, event, text);
}

static void on_save_drift(struct board *b, const struct drift *drift)
{
	keeper_drift(&of_board(b)->keeper, drift);
}

static void on_stats_line(struct board *b, const char *name, const char *line)
{
	keeper_stats(&of_board(b)->keeper, name, line);
}

static void on_access_hosts(struct board *b, const struct access_host *hosts,
			    size_t n)
{
	server_set_hosts(of_board(b)->server, hosts, n);
}

static const struct sys_view *serving_view(struct serving *s)
{
	return &CONTAINER_OF(s, struct single, serving)->view;
}

/* Where the fragments of one response go. */
struct way_back {
	struct serving *serving;
	unsigned socket;
	const struct datagram *request;
};

static void send_fragment(void *arg, const uint8_t *data, size_t len)
{
	struct way_back *w = arg;

	serving_send_control(w->serving, w->socket, &w->request->peer,
			     &w->request->local, data, len);
}

static void serving_control(struct serving *s, unsigned socket,
			    const struct datagram *d, unsigned restrict_flags)
{
	struct single *p = CONTAINER_OF(s, struct single, serving);
	struct way_back way = {s, socket, d};

	control_server_handle(p->control, &d->peer, restrict_flags, d->data,
			      d->len, send_fragment, &way);
}

static const struct server_stats *count(void *arg)
{
	struct single *p = arg;

	serving_count(&p->serving);
	return server_stats(p->server);
}

static const struct daemon_facts *about_daemon(void *arg)
{
	struct single *p = arg;

	p->daemon.log_level = p->log->log.threshold;
	return &p->daemon;
}

static void open_status(struct single *p)
{
	const struct status_inputs in = {
		.setup = p->setup,
		.engine = p->engine,
		.daemon = about_daemon,
		.stats = count,
		.arg = p,
	};

	p->status_fd = status_socket_open(p->setup, (gid_t)-1, &p->log->log);
	status_socket_init(&p->status, p->status_fd, &p->os.loop, &in);
}

static const void *clients(void *arg, unsigned worker, size_t *len)
{
	const struct single *p = arg;

	return worker ? NULL : clients_table(server_clients(p->server), len);
}

static void log_level(void *arg, enum log_level level)
{
	((struct single *)arg)->log->log.threshold = level;
}

/* There is no life after this one. */
static bool keep_added(void *arg, const char *lines, size_t len)
{
	(void)arg;
	(void)lines;
	(void)len;
	return true;
}

static void open_commands(struct single *p)
{
	static const struct command_ops ops = {clients, log_level, keep_added};
	const struct command_inputs in = {
		.engine = p->engine,
		.family = cmdline_family(p->setup->opt),
		.ops = &ops,
		.arg = p,
	};

	p->control_fd = control_socket_open(p->setup, &p->log->log);
	if (p->control_fd >= 0)
		control_socket_init(&p->commands, p->control_fd, &p->os.loop,
				    &in, "");
}

static int open_sockets(struct single *p)
{
	static const struct serving_ops ops = {serving_view, serving_control};
	struct listen_set listening;
	int r = listen_open(p->setup, &p->log->log, &listening);

	if (r < 0)
		return r;
	p->daemon = listen_facts(&listening, clock_now(p->os.host.clock),
				 loop_mono(p->os.host.loop));
	p->server = server_new(p->setup->cfg, &p->setup->keys, &p->os.entropy);
	return serving_init(&p->serving, &ops, p->server, p->os.host.clock,
			    &p->os.loop, listening.fd, listening.n);
}

static int open_host(struct single *p)
{
	static const struct board_ops ops = {
		.publish = on_publish,
		.event = on_event,
		.save_drift = on_save_drift,
		.stats_line = on_stats_line,
		.access_hosts = on_access_hosts,
	};
	const struct conf_clock *c = &p->setup->cfg->clock;
	struct os_host_params params = {
		.clock = c->kind == CLOCK_NONE      ? OS_CLOCK_NONE
			 : c->kind == CLOCK_VIRTUAL ? OS_CLOCK_VIRTUAL
						    : OS_CLOCK_KERNEL,
		.clock_offset_s = c->offset_s,
		.clock_freq = c->freq,
		.dscp = p->setup->cfg->dscp,
		.name_servers = setup_name_servers(p->setup->cfg),
		.board = &p->board,
		.log = &p->log->log,
	};
	int r = os_host_init(&p->os, &params);

	if (r < 0)
		log_error(&p->log->log, "the clock cannot be read: %s",
			  strerror(-r));
	p->board.ops = &ops;
	return r;
}

static void start(struct single *p)
{
	struct engine_inputs in = setup_engine(p->setup, &p->os.host);
	struct control_inputs ctl = {
		.cfg = p->setup->cfg,
		.keys = &p->setup->keys,
		.stats = count,
		.stats_arg = p,
		.version = NTPD_VERSION,
		.entropy = &p->os.entropy,
	};

	in.drift = p->keeper.drift;
	in.drift_known = p->keeper.drift_known;
	ctl.engine = p->engine = engine_new(&in);
	p->control = control_server_new(&ctl);
	open_status(p);
	open_commands(p);
	keeper_started(&p->keeper, -1);
}

/* Until a signal or the keeper says that it is over. */
static int run(struct single *p)
{
	int r = 0;

	p->os.loop.wake = signals_flag();
	while (r == 0 && p->keeper.exit_status < 0) {
		p->os.loop.loop.stop = false;
		r = loop_run(&p->os.loop.loop);
		if (signals_end(&p->log->log))
			keeper_end(&p->keeper, NTPD_OK);
		if (signals_reopen())
			keeper_reopen(&p->keeper);
	}
	if (r < 0)
		log_error(&p->log->log, "waiting failed: %s", strerror(-r));
	return r < 0 ? NTPD_FAILED : p->keeper.exit_status;
}

int single_run(const struct setup *s, struct os_log *log)
{
	struct single p = {
		.setup = s, .log = log, .status_fd = -1, .control_fd = -1};
	int status = NTPD_FAILED;

	if (open_host(&p) < 0)
		return NTPD_FAILED;
	signals_catch();
	keeper_init(&p.keeper, s, log, p.os.host.clock, p.os.host.loop);
	if (open_sockets(&p) == 0) {
		start(&p);
		status = run(&p);
	}
	status_socket_done(&p.status);
	status_socket_unlink(s, p.status_fd);
	control_socket_unlink(s, p.control_fd);
	control_server_free(p.control);
	engine_free(p.engine);
	control_socket_done(&p.commands);
	if (p.server)
		serving_done(&p.serving);
	server_free(p.server);
	keeper_done(&p.keeper);
	os_host_done(&p.os);
	return status;
}
