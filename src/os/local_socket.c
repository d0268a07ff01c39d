/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/local_socket.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/container.h"
#include "base/units.h"
#include "os/udp.h"

#define BACKLOG 64

/* --- opening --------------------------------------------------------------- */

static int make_folder(const char *path)
{
	char dir[sizeof((struct sockaddr_un *)0)->sun_path];
	char *slash;

	snprintf(dir, sizeof dir, "%s", path);
	slash = strrchr(dir, '/');
	if (!slash || slash == dir)
		return 0;
	*slash = '\0';
	return mkdir(dir, 0755) < 0 && errno != EEXIST ? -errno : 0;
}

/* A socket that nobody serves is only in the way. */
static int clear_place(int fd, const struct sockaddr_un *sa)
{
	struct stat st;

	if (lstat(sa->sun_path, &st) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(st.st_mode))
		return -EEXIST;
	if (connect(fd, (const struct sockaddr *)sa, sizeof *sa) == 0 ||
	    errno == EAGAIN)
		return -EADDRINUSE;
	if (errno != ECONNREFUSED)
		return -errno;
	return unlink(sa->sun_path) < 0 ? -errno : 0;
}

/* Nobody may connect before the rights are as they should be. */
static int bind_with(int fd, const struct sockaddr_un *sa, mode_t mode,
		     gid_t group)
{
	mode_t before = umask(0777);
	int r = bind(fd, (const struct sockaddr *)sa, sizeof *sa) < 0 ? -errno
								      : 0;

	umask(before);
	if (r == 0 && group != (gid_t)-1 &&
	    lchown(sa->sun_path, (uid_t)-1, group) < 0)
		r = -errno;
	if (r == 0 && chmod(sa->sun_path, mode) < 0)
		r = -errno;
	if (r == 0 && listen(fd, BACKLOG) < 0)
		r = -errno;
	return r;
}

int os_local_socket_open(const char *path, mode_t mode, gid_t group)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	int fd, trial, r;

	if (strlen(path) >= sizeof sa.sun_path)
		return -ENAMETOOLONG;
	memcpy(sa.sun_path, path, strlen(path) + 1);
	trial = os_socket(AF_UNIX, SOCK_STREAM);
	if (trial < 0)
		return trial;
	r = make_folder(path);
	if (r == 0)
		r = clear_place(trial, &sa);
	close(trial);
	if (r < 0)
		return r;
	fd = os_socket(AF_UNIX, SOCK_STREAM);
	if (fd < 0)
		return fd;
	r = bind_with(fd, &sa, mode, group);
	if (r < 0)
		close(fd);
	return r < 0 ? r : fd;
}

/* --- one connection -------------------------------------------------------- */

static void end_connection(struct local_connection *c)
{
	struct local_service *s = c->service;

	os_loop_unwatch(s->loop, &c->watch);
	close(c->watch.fd);
	buf_done(&c->out);
	TAILQ_REMOVE(&s->open, c, link);
	TAILQ_INSERT_HEAD(&s->unused, c, link);
}

static void flush(struct local_connection *c)
{
	ssize_t n = 0;

	if (c->sent < c->out.len)
		n = send(c->watch.fd, c->out.data + c->sent,
			 c->out.len - c->sent, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		end_connection(c);
		return;
	}
	c->sent += n > 0 ? (size_t)n : 0;
	if (c->sent == c->out.len)
		end_connection(c);
	else
		os_loop_want_write(c->service->loop, &c->watch, true);
}

static void refuse(struct local_connection *c, const char *why)
{
	c->answered = true;
	buf_printf(&c->out, "error %s\n", why);
	flush(c);
}

static void answer(struct local_connection *c, const char *line)
{
	c->answered = true;
	c->service->answer(c->service->owner, line, &c->out);
	flush(c);
}

/* Is there a whole line by now? */
static void look_at_line(struct local_connection *c, bool no_more)
{
	char *end = memchr(c->line, '\n', c->len);

	if (end) {
		*end = '\0';
		if (strlen(c->line) < (size_t)(end - c->line))
			refuse(c, "the command is no text");
		else
			answer(c, c->line);
	} else if (c->len == LOCAL_LINE_MAX) {
		refuse(c, "the command is too long");
	} else if (no_more && c->len) {
		refuse(c, "the command has no end");
	} else if (no_more) {
		end_connection(c);
	}
}

static void on_readable(struct os_watch *w)
{
	struct local_connection *c =
		CONTAINER_OF(w, struct local_connection, watch);
	char rest[LOCAL_LINE_MAX];
	ssize_t n;

	if (c->answered) /* nothing more is asked; who hangs up is gone */
		n = recv(w->fd, rest, sizeof rest, MSG_DONTWAIT);
	else
		n = recv(w->fd, c->line + c->len, LOCAL_LINE_MAX - c->len,
			 MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0 || (n == 0 && c->answered)) {
		end_connection(c);
		return;
	}
	if (c->answered)
		return;
	c->len += (size_t)n;
	look_at_line(c, n == 0);
}

static void on_writable(struct os_watch *w)
{
	flush(CONTAINER_OF(w, struct local_connection, watch));
}

/* --- connections come and go ------------------------------------------------ */

static void begin_connection(struct local_service *s, int fd, int64_t now_ns)
{
	struct local_connection *c;

	if (TAILQ_EMPTY(&s->unused))
		end_connection(TAILQ_FIRST(&s->open));
	c = TAILQ_FIRST(&s->unused);
	TAILQ_REMOVE(&s->unused, c, link);
	*c = (struct local_connection){
		.watch = {.fd = fd,
			  .readable = on_readable,
			  .writable = on_writable},
		.service = s,
		.until_ns = now_ns + LOCAL_PATIENCE_S * NS_PER_S,
	};
	TAILQ_INSERT_TAIL(&s->open, c, link);
	os_loop_watch(s->loop, &c->watch);
	if (!s->asks)
		answer(c, NULL);
}

static void on_accept(struct os_watch *w)
{
	struct local_service *s = CONTAINER_OF(w, struct local_service, watch);
	int64_t now = loop_mono(&s->loop->loop);
	int fd = accept4(w->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0 &&
	    (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED))
		return;
	if (fd < 0)
		os_loop_unwatch(s->loop, w); /* E-01: the timer tries again */
	else
		begin_connection(s, fd, now);
	if (!timer_is_armed(&s->timer))
		timer_arm(&s->loop->loop, &s->timer, now + NS_PER_S);
}

static void on_timer(struct timer *t)
{
	struct local_service *s = CONTAINER_OF(t, struct local_service, timer);
	int64_t now = loop_mono(&s->loop->loop);
	struct local_connection *c;

	if (!s->watch.slot)
		os_loop_watch(s->loop, &s->watch);
	while ((c = TAILQ_FIRST(&s->open)) && now >= c->until_ns)
		end_connection(c);
	if (!TAILQ_EMPTY(&s->open))
		timer_arm(&s->loop->loop, t, now + NS_PER_S);
}

void local_service_init(struct local_service *s, int fd, struct os_loop *loop,
			bool asks, local_answer_fn fn, void *owner)
{
	*s = (struct local_service){
		.loop = loop,
		.watch = {.fd = fd, .readable = on_accept},
		.asks = asks,
		.answer = fn,
		.owner = owner,
		.timer.fn = on_timer,
	};
	TAILQ_INIT(&s->open);
	TAILQ_INIT(&s->unused);
	for (size_t i = 0; i < LOCAL_CONNECTIONS; i++)
		TAILQ_INSERT_TAIL(&s->unused, &s->connection[i], link);
	os_loop_watch(loop, &s->watch);
}

void local_service_done(struct local_service *s)
{
	struct local_connection *c;

	if (!s->loop)
		return;
	while ((c = TAILQ_FIRST(&s->open)))
		end_connection(c);
	timer_disarm(&s->loop->loop, &s->timer);
	os_loop_unwatch(s->loop, &s->watch);
	close(s->watch.fd);
	s->loop = NULL;
}
