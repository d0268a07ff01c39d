/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/ntpd/status_socket.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/container.h"
#include "base/units.h"

/* Its owner and its group. */
#define STATUS_MODE 0660

int status_socket_open(const struct setup *s, gid_t group, struct log *log)
{
	const char *path = s->cfg->status_socket;
	int fd;

	if (!path || s->opt->set_once)
		return -1;
	fd = os_local_socket_open(path, STATUS_MODE, group);
	if (fd >= 0)
		return fd;
	/* Whoever starts it as an ordinary user mostly does not want one. */
	log_line(log, geteuid() == 0 ? LOG_LEVEL_WARN : LOG_LEVEL_INFO,
		 "status socket %s: %s; ntpctl will not find this daemon", path,
		 strerror(-fd));
	return -1;
}

void status_socket_unlink(const struct setup *s, int fd)
{
	if (fd >= 0)
		(void)!unlink(s->cfg->status_socket);
}

bool status_socket_is_open(int fd)
{
	int listens = 0;
	socklen_t len = sizeof listens;

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &len) == 0 &&
	       listens;
}

static int64_t mono_now(struct status_socket *s)
{
	return loop_mono(&s->loop->loop);
}

static void note_received(struct status_socket *s)
{
	unsigned i = s->n_past++ % STATUS_RATE_LEN;

	s->past[i].received = s->in.stats(s->in.arg)->received;
	s->past[i].mono_ns = mono_now(s);
	timer_arm(&s->loop->loop, &s->rate_timer,
		  s->past[i].mono_ns + STATUS_RATE_STEP_S * NS_PER_S);
}

static void on_rate_timer(struct timer *t)
{
	note_received(CONTAINER_OF(t, struct status_socket, rate_timer));
}

/* Since the oldest instant that is known, at most 70 s ago. */
static double rate_1m(struct status_socket *s, const struct server_stats *now)
{
	unsigned oldest =
		s->n_past < STATUS_RATE_LEN ? 0 : s->n_past % STATUS_RATE_LEN;
	double span_s = s_from_ns(mono_now(s) - s->past[oldest].mono_ns);
	uint64_t before = s->past[oldest].received;

	return span_s > 0 && now->received > before
		       ? (double)(now->received - before) / span_s
		       : 0;
}

static void answer(void *owner, const char *line, struct buf *out)
{
	struct status_socket *s = owner;
	struct status_facts facts = {
		.now = &s->now,
		.cfg = s->in.setup->cfg,
		.config_path = s->in.setup->config_path,
		.version = TIMEBALL_VERSION,
		.daemon = s->in.daemon(s->in.arg),
		.stats = s->in.stats(s->in.arg),
	};

	(void)line;
	facts.rate_1m = rate_1m(s, facts.stats);
	snapshot_take(&s->now, s->in.engine);
	status_document(&facts, out);
}

void status_socket_init(struct status_socket *s, int fd, struct os_loop *loop,
			const struct status_inputs *in)
{
	if (fd < 0)
		return;
	s->in = *in;
	s->loop = loop;
	s->rate_timer.fn = on_rate_timer;
	note_received(s);
	local_service_init(&s->service, fd, loop, false, answer, s);
}

void status_socket_done(struct status_socket *s)
{
	if (!s->loop)
		return;
	local_service_done(&s->service);
	timer_disarm(&s->loop->loop, &s->rate_timer);
	snapshot_done(&s->now);
}
