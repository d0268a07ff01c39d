/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/poold/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/container.h"
#include "base/net_addr.h"
#include "base/text.h"
#include "base/units.h"
#include "os/loop.h"
#include "os/notify.h"
#include "os/process.h"
#include "os/sandbox.h"
#include "os/shared_page.h"
#include "os/state_file.h"
#include "pool/store/db.h"
#include "prog/ntpd/signals.h"
#include "prog/poold/roles.h"

/*
 * Holds the listening socket, so that a web process that dies takes no visitor's
 * place in the queue with it, and starts what died again.
 */

#define FILES_MAX 8192
#define PEM_MAX (256u << 10)
#define BACKLOG 1024

#define RESTART_NS (NS_PER_S / 10)
#define RESTART_MAX_NS (30 * NS_PER_S)
#define STEADY_NS \
	(10 * NS_PER_S) /* lived so long: what came before is forgiven */
#define START_NS (30 * NS_PER_S)
#define STOP_NS (6 * NS_PER_S)

struct ward {
	struct supervisor *sup;
	const struct role *role;
	unsigned number;
	pid_t pid; /* 0: not running */
	bool was_ready;
	int64_t started_ns, delay_ns;
	struct os_watch ready; /* fd -1: none */
	struct timer restart;
};

struct supervisor {
	const struct supervisor_inputs *in;
	struct os_loop loop;
	int fd[ROLE_FDS]; /* what the web processes are handed; -1: none */
	struct ward *ward;
	size_t n_ward;
	struct timer deadline;
	bool up, stopping;
	int status;
};

static struct log *log_of(const struct supervisor *s)
{
	return s->in->log;
}

static int64_t now(struct supervisor *s)
{
	return loop_mono(&s->loop.loop);
}

static void end(struct supervisor *s, int status)
{
	if (s->stopping)
		return;
	s->stopping = true;
	s->status = status;
	loop_stop(&s->loop.loop);
}

/* --- children -------------------------------------------------------------- */

static void close_ready(struct ward *w)
{
	os_loop_unwatch(&w->sup->loop, &w->ready);
	if (w->ready.fd >= 0)
		close(w->ready.fd);
	w->ready.fd = -1;
}

static bool all_ready(const struct supervisor *s)
{
	for (size_t i = 0; i < s->n_ward; i++)
		if (!s->ward[i].was_ready)
			return false;
	return true;
}

static void on_ready(struct os_watch *watch)
{
	struct ward *w = CONTAINER_OF(watch, struct ward, ready);
	struct supervisor *s = w->sup;
	char octet;
	bool came = read(watch->fd, &octet, 1) == 1;

	close_ready(w);
	if (!came)
		return; /* it died: seen by its signal */
	w->was_ready = true;
	if (s->up || !all_ready(s))
		return;
	s->up = true;
	timer_disarm(&s->loop.loop, &s->deadline);
	log_notice(log_of(s), "ready, pages on %s",
		   s->in->settings->web_listen);
	(void)notify_send(getenv("NOTIFY_SOCKET"), "READY=1");
}

static char **child_argv(const struct ward *w)
{
	char *const *own = w->sup->in->argv;
	char role[64];
	size_t n = 0;
	char **argv;

	while (own[n])
		n++;
	snprintf(role, sizeof role, "--role=%s:%u", w->role->name, w->number);
	argv = xcalloc(n + 2, sizeof *argv);
	argv[0] = own[0];
	argv[1] = xstrdup(role);
	for (size_t i = 1; i < n; i++)
		argv[i + 1] = own[i];
	return argv;
}

static pid_t spawn(struct ward *w, int ready_fd)
{
	struct supervisor *s = w->sup;
	bool web = w->role->run == web_run;
	int fd[ROLE_FDS];
	char **argv = child_argv(w);
	struct process_spec spec = {
		.argv = argv,
		.fd = fd,
		.n_fd = web ? ROLE_FDS : ROLE_FD_READY + 1,
		.jail_fd = -1,
	};
	pid_t pid;

	memcpy(fd, s->fd, sizeof fd);
	fd[ROLE_FD_READY] = ready_fd;
	pid = process_start(&spec);
	free(argv[1]);
	free(argv);
	return pid;
}

static void restart_later(struct ward *w)
{
	struct supervisor *s = w->sup;

	if (now(s) - w->started_ns > STEADY_NS)
		w->delay_ns = RESTART_NS;
	timer_arm(&s->loop.loop, &w->restart, now(s) + w->delay_ns);
	w->delay_ns *= 2;
	if (w->delay_ns > RESTART_MAX_NS)
		w->delay_ns = RESTART_MAX_NS;
}

static void start_ward(struct ward *w)
{
	struct supervisor *s = w->sup;
	int ends[2];
	pid_t pid;

	w->started_ns = now(s);
	if (pipe2(ends, O_CLOEXEC) < 0) {
		restart_later(w);
		return;
	}
	pid = spawn(w, ends[1]);
	close(ends[1]);
	w->ready.fd = ends[0];
	os_loop_watch(&s->loop, &w->ready);
	w->pid = pid > 0 ? pid : 0;
	if (pid < 0) {
		log_error(log_of(s), "%s: cannot be started: %s", w->role->name,
			  strerror(-pid));
		close_ready(w);
		restart_later(w);
	}
}

static void on_restart(struct timer *t)
{
	start_ward(CONTAINER_OF(t, struct ward, restart));
}

static void ward_ended(struct ward *w, int wait_status)
{
	struct supervisor *s = w->sup;
	char how[64];

	if (w->ready.slot)
		on_ready(&w->ready); /* it may have come up just before */
	w->pid = 0;
	if (s->stopping)
		return;
	log_warn(log_of(s), "%s %u: %s", w->role->name, w->number,
		 process_describe_end(wait_status, how));
	if (!s->up && !w->was_ready) {
		log_error(log_of(s), "%s: did not come up", w->role->name);
		end(s, EXIT_FAILURE);
		return;
	}
	restart_later(w);
}

static void reap(struct supervisor *s)
{
	for (size_t i = 0; i < s->n_ward; i++) {
		struct ward *w = &s->ward[i];
		int status;

		if (w->pid > 0 && waitpid(w->pid, &status, WNOHANG) == w->pid)
			ward_ended(w, status);
	}
}

static void signal_all(const struct supervisor *s, int sig)
{
	for (size_t i = 0; i < s->n_ward; i++)
		if (s->ward[i].pid > 0)
			kill(s->ward[i].pid, sig);
}

static bool any_alive(const struct supervisor *s)
{
	for (size_t i = 0; i < s->n_ward; i++)
		if (s->ward[i].pid > 0)
			return true;
	return false;
}

/* --- before that ----------------------------------------------------------- */

/* web-listen was checked when it was read. */
static socklen_t listen_address(const char *text, struct sockaddr_in6 *sa)
{
	const char *colon = strrchr(text, ':');
	char host[64];
	struct text t = text_init(host, sizeof host);
	struct sockaddr_in *in = (struct sockaddr_in *)(void *)sa;
	struct net_addr a;
	long port = 0;

	*sa = (struct sockaddr_in6){0};
	text_add(&t, "%.*s", (int)(colon - text), text);
	if (net_addr_parse(host, &a) < 0 ||
	    text_to_int(colon + 1, 1, 65535, &port) < 0)
		return 0;
	sa->sin6_family = a.family;
	sa->sin6_port = htons((uint16_t)port);
	if (a.family == AF_INET6) {
		sa->sin6_scope_id = a.scope;
		memcpy(&sa->sin6_addr, a.ip, 16);
		return sizeof *sa;
	}
	memcpy(&in->sin_addr, a.ip, 4);
	return sizeof *in;
}

static int open_listener(struct supervisor *s)
{
	const char *where = s->in->settings->web_listen;
	struct sockaddr_in6 sa;
	socklen_t len = listen_address(where, &sa);
	int on = 1;
	int fd = socket(sa.sin6_family,
			SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd >= 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (fd < 0 || bind(fd, (const struct sockaddr *)&sa, len) < 0 ||
	    listen(fd, BACKLOG) < 0) {
		log_error(log_of(s), "web-listen %s: %s", where,
			  strerror(errno));
		return -errno;
	}
	s->fd[ROLE_FD_LISTEN] = fd;
	return 0;
}

/* A sealed copy of a file; the old one stays when it cannot be read. */
static int hand_over(struct supervisor *s, const char *path, int place)
{
	char *text;
	size_t len;
	int r = state_file_read(path, PEM_MAX, true, &text, &len);

	if (r == 0) {
		r = shared_bytes_seal("poold", text, len + 1);
		explicit_bzero(text, len);
		free(text);
	}
	if (r < 0) {
		log_error(log_of(s), "%s: %s", path, strerror(-r));
		return r;
	}
	if (s->fd[place] >= 0)
		close(s->fd[place]);
	s->fd[place] = r;
	return 0;
}

static int read_certificate(struct supervisor *s)
{
	const struct pool_settings *set = s->in->settings;
	int r;

	if (!set->web_cert)
		return 0;
	r = hand_over(s, set->web_cert, ROLE_FD_CERT);
	return r < 0 ? r : hand_over(s, set->web_key, ROLE_FD_KEY);
}

static void raise_limits(void)
{
	struct rlimit r, no_core = {0, 0};

	if (getrlimit(RLIMIT_NOFILE, &r) == 0) {
		r.rlim_cur = r.rlim_max < FILES_MAX ? r.rlim_max : FILES_MAX;
		(void)setrlimit(RLIMIT_NOFILE, &r);
	}
	/* Passwords may be in memory. */
	(void)setrlimit(RLIMIT_CORE, &no_core);
}

static int drop(struct supervisor *s)
{
	const struct pool_settings *set = s->in->settings;
	struct sandbox_user user = {0};
	int r = 0;

	if (set->user && geteuid() == 0)
		r = sandbox_find_user(set->user, &user);
	if (r < 0) {
		log_error(log_of(s), "user %s: unknown", set->user);
		return r;
	}
	if (mkdir(set->state_dir, 0750) == 0 && user.uid != 0)
		r = chown(set->state_dir, user.uid, user.gid) < 0 ? -errno : 0;
	if (r == 0)
		r = sandbox_become(&user);
	if (r < 0)
		log_error(log_of(s), "cannot give up rights: %s", strerror(-r));
	return r;
}

/* Bring the schema up to date once, and tell at once when it cannot be used. */
static int try_database(struct supervisor *s)
{
	char why[512];
	struct text t = text_init(why, sizeof why);
	struct db *db;
	int r = db_open(s->in->settings->database, &db, &t);

	if (r < 0)
		log_error(log_of(s), "%s", why);
	else
		db_close(db);
	return r;
}

static int prepare(struct supervisor *s)
{
	int r;

	for (int i = 0; i < ROLE_FDS; i++)
		s->fd[i] = -1;
	s->fd[STDIN_FILENO] = open("/dev/null", O_RDWR | O_CLOEXEC);
	s->fd[STDOUT_FILENO] = s->fd[STDIN_FILENO];
	s->fd[STDERR_FILENO] = STDERR_FILENO;
	raise_limits();
	r = open_listener(s);
	if (r == 0)
		r = read_certificate(s);
	if (r == 0)
		r = drop(s);
	return r < 0 ? r : try_database(s);
}

/* --- life ------------------------------------------------------------------ */

static void on_deadline(struct timer *t)
{
	struct supervisor *s = CONTAINER_OF(t, struct supervisor, deadline);

	if (s->stopping) {
		signal_all(s, SIGKILL);
		return;
	}
	log_error(log_of(s), "the children did not come up in time");
	end(s, EXIT_FAILURE);
}

static void start_all(struct supervisor *s)
{
	size_t n = 0;

	for (const struct role *r = roles; r->name; r++)
		n += role_count(r, s->in->settings);
	s->ward = xcalloc(n, sizeof *s->ward);
	s->deadline.fn = on_deadline;
	timer_arm(&s->loop.loop, &s->deadline, now(s) + START_NS);
	for (const struct role *r = roles; r->name; r++)
		for (unsigned i = 0; i < role_count(r, s->in->settings); i++) {
			struct ward *w = &s->ward[s->n_ward++];

			*w = (struct ward){
				.sup = s,
				.role = r,
				.number = i,
				.delay_ns = RESTART_NS,
				.ready = {.fd = -1, .readable = on_ready},
				.restart.fn = on_restart,
			};
			start_ward(w);
		}
}

/* New settings and a new certificate: the children are started anew. */
static void reload(struct supervisor *s)
{
	log_notice(log_of(s), "starting all processes anew");
	(void)read_certificate(s);
	signal_all(s, SIGTERM);
}

static void stop_all(struct supervisor *s)
{
	(void)notify_send(getenv("NOTIFY_SOCKET"), "STOPPING=1");
	for (size_t i = 0; i < s->n_ward; i++)
		timer_disarm(&s->loop.loop, &s->ward[i].restart);
	signal_all(s, SIGTERM);
	timer_arm(&s->loop.loop, &s->deadline, now(s) + STOP_NS);
	while (any_alive(s)) {
		s->loop.loop.stop = false;
		if (loop_run(&s->loop.loop) < 0)
			break;
		(void)signals_end(log_of(s));
		reap(s);
	}
	for (size_t i = 0; i < s->n_ward; i++)
		close_ready(&s->ward[i]);
	timer_disarm(&s->loop.loop, &s->deadline);
}

static void live(struct supervisor *s)
{
	while (!s->stopping) {
		s->loop.loop.stop = false;
		if (loop_run(&s->loop.loop) < 0)
			end(s, EXIT_FAILURE);
		if (signals_end(log_of(s)))
			end(s, EXIT_SUCCESS);
		if (signals_reopen())
			reload(s);
		reap(s);
	}
}

int supervisor_run(const struct supervisor_inputs *in)
{
	struct supervisor s = {.in = in, .status = EXIT_FAILURE};

	log_notice(in->log, "poold %s starting", TIMEBALL_VERSION);
	os_loop_init(&s.loop);
	s.loop.wake = signals_flag();
	if (prepare(&s) == 0) {
		start_all(&s);
		live(&s);
		stop_all(&s);
	}
	os_loop_done(&s.loop);
	free(s.ward);
	log_notice(in->log, "exiting, status %d", s.status);
	return s.status;
}
