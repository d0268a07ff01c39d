/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/ntpd/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/container.h"
#include "base/text.h"
#include "base/units.h"
#include "ntp/clients.h"
#include "os/board_ipc.h"
#include "os/clock_ipc.h"
#include "os/entropy.h"
#include "os/process.h"
#include "os/sandbox.h"
#include "os/shared_page.h"
#include "prog/ntpd/control_socket.h"
#include "prog/ntpd/keeper.h"
#include "prog/ntpd/listen.h"
#include "prog/ntpd/roles.h"
#include "prog/ntpd/signals.h"
#include "prog/ntpd/status_socket.h"

/*
 * The supervisor holds what its children need (sockets, pages, channels), so
 * that a child that dies takes nothing with it, and starts it again.  It reads
 * nothing that comes from the network.
 */

/* A child that dies is back after a tenth of a second.  One that goes on dying
 * faster than its credit grows has to wait, longer each time. */
#define RESTART_NS (NS_PER_S / 10)
#define RESTART_MAX_NS (30 * NS_PER_S)
#define RESTART_CREDIT 20.0
#define RESTART_CREDIT_PER_S 2.0

/* How long children may take to end, and to come up at first. */
#define STOP_NS (NS_PER_S * 7 / 10)
#define START_NS (20 * NS_PER_S)

/* A child and what keeps it alive. */
struct ward {
	struct supervisor *sup;
	enum role role;
	unsigned number;
	pid_t pid; /* 0: not running */
	uint32_t epoch;
	bool ready, was_ready;
	int64_t started_mono_ns, delay_ns;
	double credit;
	struct os_watch watch; /* of what it tells us */
	struct timer restart;
	struct board_sink sink;
};

/* Shared memory, for who writes and for who reads. */
struct two_ends {
	int rw, ro;
};

struct supervisor {
	const struct supervisor_inputs *in;
	struct os_loop loop;
	struct os_clock clock;
	struct keeper keeper;
	struct sandbox_user user; /* what the children become */
	struct listen_set listening;
	int bundle_fd, null_fd, status_fd, control_fd;
	int jail_fd; /* -1: none */
	struct two_ends view_page, hosts_page, clock_page, daemon_page,
		added_page, stats_page[LISTEN_WORKERS_MAX],
		clients[LISTEN_WORKERS_MAX];
	struct shared_page *clock_map, *daemon_map;
	struct daemon_facts facts;
	int names[2];                    /* engine, resolver */
	int link[LISTEN_WORKERS_MAX][2]; /* engine, worker */
	struct clock_service service;
	struct os_watch service_watch; /* its fd is our end; -1: no engine */
	struct ward *ward;
	size_t n_ward;
	struct timer deadline; /* of starting, then of stopping */
	bool up, stopping;
};

static struct log *log_of(const struct supervisor *s)
{
	return &s->in->log->log;
}

static int64_t now(struct supervisor *s)
{
	return loop_mono(&s->loop.loop);
}

/* --- the clock ------------------------------------------------------------- */

static void publish_clock(struct clock_service *service)
{
	struct supervisor *s =
		CONTAINER_OF(service, struct supervisor, service);
	struct clock_page page = {
		.line = s->clock.line,
		.freq = s->clock.clock.freq,
		.max_freq = s->clock.clock.max_freq,
		.contested = s->clock.clock.contested,
		.drift = keeper_drift_now(&s->keeper),
		.drift_known = s->keeper.drift_known,
		.stepped = service->guard.stepped,
		.precision_log2 = s->clock.clock.precision_log2,
	};

	shared_page_write(s->clock_map, &page, sizeof page);
}

static void kill_ward(struct ward *w, const char *why)
{
	log_error(log_of(w->sup), "%s: %s; killed", role_name(w->role), why);
	if (w->pid > 0)
		kill(w->pid, SIGKILL);
}

static struct ward *find_role(struct supervisor *s, enum role role)
{
	for (size_t i = 0; i < s->n_ward; i++)
		if (s->ward[i].role == role)
			return &s->ward[i];
	return NULL;
}

static void on_clock_command(struct os_watch *w)
{
	struct supervisor *s =
		CONTAINER_OF(w, struct supervisor, service_watch);
	enum clock_verdict verdict = CLOCK_ASK_OK;
	struct ipc_message msg;
	char why[96];
	int len = ipc_recv(w->fd, &msg), r;

	if (len == -EAGAIN)
		return;
	r = len > 0 ? clock_service_handle(&s->service, &msg, (size_t)len,
					   now(s), &verdict)
		    : len;
	if (r >= 0 && len > 0)
		return;
	os_loop_unwatch(&s->loop, w);
	if (len == 0)
		return; /* it died: seen by its signal */
	snprintf(why, sizeof why, "clock command refused: %s",
		 verdict == CLOCK_ASK_OK ? "not a message of ours"
					 : clock_verdict_name(verdict));
	kill_ward(find_role(s, ROLE_ENGINE), why);
}

/* A dead engine leaves no slew behind. */
static void calm_clock(struct supervisor *s)
{
	if (s->keeper.drift_known &&
	    clock_set_freq(&s->clock.clock, s->keeper.drift.freq) == 0)
		publish_clock(&s->service);
}

/* --- what children tell ---------------------------------------------------- */

static struct ward *of_sink(struct board_sink *sink)
{
	return CONTAINER_OF(sink, struct ward, sink);
}

static bool all_ready(const struct supervisor *s)
{
	for (size_t i = 0; i < s->n_ward; i++)
		if (!s->ward[i].was_ready)
			return false;
	return true;
}

static void on_ready(struct board_sink *sink)
{
	struct ward *w = of_sink(sink);
	struct supervisor *s = w->sup;

	w->ready = w->was_ready = true;
	log_debug(log_of(s), "%s %u: ready, pid %d", role_name(w->role),
		  w->number, (int)w->pid);
	if (s->up || !all_ready(s))
		return;
	s->up = true;
	timer_disarm(&s->loop.loop, &s->deadline);
	keeper_started(&s->keeper, s->in->detach_pipe);
}

static void on_log(struct board_sink *sink, enum log_level level,
		   const char *text)
{
	log_line(log_of(of_sink(sink)->sup), level, "%s", text);
}

static bool is_engine(const struct ward *w)
{
	return w->role == ROLE_ENGINE;
}

static void on_event(struct board_sink *sink, enum engine_event event,
		     const char *text)
{
	if (is_engine(of_sink(sink)))
		keeper_event(&of_sink(sink)->sup->keeper, event, text);
}

static void on_drift(struct board_sink *sink, const struct drift *drift)
{
	struct supervisor *s = of_sink(sink)->sup;

	if (!is_engine(of_sink(sink)) ||
	    clock_guard_freq(&s->service.guard, drift->freq) != CLOCK_ASK_OK)
		return;
	keeper_drift(&s->keeper, drift);
	publish_clock(&s->service);
}

static void on_stats(struct board_sink *sink, const char *name,
		     const char *line)
{
	if (is_engine(of_sink(sink)))
		keeper_stats(&of_sink(sink)->sup->keeper, name, line);
}

static void on_level(struct board_sink *sink, enum log_level level)
{
	struct supervisor *s = of_sink(sink)->sup;

	if (!is_engine(of_sink(sink)))
		return;
	log_of(s)->threshold = level;
	log_notice(log_of(s), "log level is %s", log_level_name(level));
	loop_stop(&s->loop.loop);
}

static void on_told(struct os_watch *watch)
{
	struct ward *w = CONTAINER_OF(watch, struct ward, watch);
	struct ipc_message msg;
	int len = ipc_recv(watch->fd, &msg);
	int r = len;

	if (len == -EAGAIN)
		return;
	if (len > 0)
		r = board_ipc_handle(&msg, (size_t)len, w->epoch, &w->sink);
	if (r < 0) {
		os_loop_unwatch(&w->sup->loop, watch);
		kill_ward(w, "sent what is not a message of ours");
	} else if (len == 0) {
		os_loop_unwatch(&w->sup->loop, watch);
	}
}

/* --- starting a child ------------------------------------------------------ */

#define CHILD_FDS (FD_ENGINE_LINKS + LINK_FDS * LISTEN_WORKERS_MAX)

/* Descriptors of a child, by their numbers there. */
struct hands {
	int fd[CHILD_FDS];
	size_t n;
};

static void give(struct hands *h, int place, int fd)
{
	while (h->n <= (size_t)place)
		h->fd[h->n++] = -1;
	h->fd[place] = fd;
}

static void give_role(struct supervisor *s, const struct ward *w, int clock_fd,
		      struct hands *h)
{
	switch (w->role) {
	case ROLE_ENGINE:
		give(h, FD_VIEW_PAGE, s->view_page.rw);
		give(h, FD_HOSTS_PAGE, s->hosts_page.rw);
		give(h, FD_ENGINE_CLOCK, clock_fd);
		give(h, FD_ENGINE_NAMES, s->names[0]);
		give(h, FD_ENGINE_STATUS, s->status_fd);
		give(h, FD_ENGINE_CONTROL, s->control_fd);
		give(h, FD_ENGINE_ADDED, s->added_page.rw);
		for (int i = 0; i < (int)s->listening.workers; i++) {
			int at = FD_ENGINE_LINKS + LINK_FDS * i;

			give(h, at + LINK_CHANNEL, s->link[i][0]);
			give(h, at + LINK_STATS, s->stats_page[i].ro);
			give(h, at + LINK_CLIENTS, s->clients[i].ro);
		}
		break;
	case ROLE_WORKER:
		give(h, FD_WORKER_LINK, s->link[w->number][1]);
		give(h, FD_WORKER_STATS, s->stats_page[w->number].rw);
		give(h, FD_WORKER_CLIENTS, s->clients[w->number].rw);
		for (int i = 0; i < (int)s->listening.n; i++)
			give(h, FD_WORKER_SOCKETS + i,
			     s->listening
				     .fd[w->number * LISTEN_MAX + (unsigned)i]);
		break;
	default:
		give(h, FD_RESOLVER_NAMES, s->names[1]);
	}
}

/* The program's own arguments behind one that says what it is. */
static char **child_argv(const struct supervisor *s, const struct ward *w)
{
	char role[64];
	size_t n = 0;
	char **argv;

	while (s->in->argv[n])
		n++;
	snprintf(role, sizeof role, "--role=%s:%u:%u", role_name(w->role),
		 w->epoch, w->number);
	argv = xcalloc(n + 2, sizeof *argv);
	argv[0] = s->in->argv[0];
	argv[1] = xstrdup(role);
	for (size_t i = 1; i < n; i++)
		argv[i + 1] = s->in->argv[i];
	return argv;
}

static pid_t spawn(struct supervisor *s, struct ward *w, int board_fd,
		   int clock_fd)
{
	struct hands h = {.n = 0};
	char **argv = child_argv(s, w);
	struct process_spec spec = {
		.argv = argv,
		.fd = h.fd,
		.uid = s->user.uid,
		.gid = s->user.gid,
		.jail_fd = w->role == ROLE_RESOLVER ? -1 : s->jail_fd,
	};
	pid_t pid;

	give(&h, STDIN_FILENO, s->null_fd);
	give(&h, STDOUT_FILENO, s->null_fd);
	give(&h, STDERR_FILENO,
	     s->in->setup->opt->foreground ? STDERR_FILENO : s->null_fd);
	give(&h, FD_BOARD, board_fd);
	give(&h, FD_BUNDLE, s->bundle_fd);
	give(&h, FD_CLOCK_PAGE, s->clock_page.ro);
	give(&h, FD_VIEW_PAGE, s->view_page.ro);
	give(&h, FD_HOSTS_PAGE, s->hosts_page.ro);
	give(&h, FD_DAEMON_PAGE, s->daemon_page.ro);
	give_role(s, w, clock_fd, &h);
	spec.n_fd = h.n;
	pid = process_start(&spec);
	free(argv[1]);
	free(argv);
	return pid;
}

/* The channel of the life before is closed with all that is still in it. */
static void replace_watch(struct supervisor *s, struct os_watch *w, int fd)
{
	os_loop_unwatch(&s->loop, w);
	if (w->fd >= 0)
		close(w->fd);
	w->fd = fd;
	if (fd >= 0)
		os_loop_watch(&s->loop, w);
}

/* 0 or -errno; the ends for the child in *board_fd and *clock_fd. */
static int open_channels(struct supervisor *s, struct ward *w, int *board_fd,
			 int *clock_fd)
{
	int board[2], clock[2];
	int r = ipc_pair(board);

	if (r < 0)
		return r;
	if (is_engine(w)) {
		r = ipc_pair(clock);
		if (r < 0) {
			close(board[0]);
			close(board[1]);
			return r;
		}
		replace_watch(s, &s->service_watch, clock[0]);
		s->service.fd = clock[0];
		s->service.epoch = w->epoch;
		*clock_fd = clock[1];
	}
	replace_watch(s, &w->watch, board[0]);
	*board_fd = board[1];
	return 0;
}

static void wait_and_restart(struct ward *w, int64_t delay_ns)
{
	timer_arm(&w->sup->loop.loop, &w->restart, now(w->sup) + delay_ns);
}

static void start_ward(struct ward *w)
{
	struct supervisor *s = w->sup;
	int board_fd = -1, clock_fd = -1, r;

	w->epoch++;
	w->ready = false;
	w->started_mono_ns = now(s);
	r = open_channels(s, w, &board_fd, &clock_fd);
	if (r == 0)
		r = spawn(s, w, board_fd, clock_fd);
	if (board_fd >= 0)
		close(board_fd);
	if (clock_fd >= 0)
		close(clock_fd);
	w->pid = r > 0 ? r : 0;
	if (r < 0) {
		log_error(log_of(s), "%s: cannot be started: %s",
			  role_name(w->role), strerror(-r));
		wait_and_restart(w, NS_PER_S);
	}
}

static void on_restart(struct timer *t)
{
	start_ward(CONTAINER_OF(t, struct ward, restart));
}

/* --- the end of a child ---------------------------------------------------- */

static int64_t next_delay(struct ward *w)
{
	double lived_s = s_from_ns(now(w->sup) - w->started_mono_ns);

	w->credit += lived_s * RESTART_CREDIT_PER_S;
	if (w->credit > RESTART_CREDIT)
		w->credit = RESTART_CREDIT;
	w->credit -= 1;
	if (w->ready && w->credit >= 0) {
		w->delay_ns = RESTART_NS;
		return w->delay_ns;
	}
	w->delay_ns *= 2;
	if (w->delay_ns > RESTART_MAX_NS)
		w->delay_ns = RESTART_MAX_NS;
	return w->delay_ns;
}

static void ward_ended(struct ward *w, int wait_status)
{
	struct supervisor *s = w->sup;
	char how[64];

	/* What it said last is still in the channel. */
	while (w->watch.slot && w->watch.fd >= 0) {
		struct ipc_message msg;
		int len = ipc_recv(w->watch.fd, &msg);

		if (len <= 0 ||
		    board_ipc_handle(&msg, (size_t)len, w->epoch, &w->sink) < 0)
			break;
	}
	w->pid = 0;
	replace_watch(s, &w->watch, -1);
	if (is_engine(w)) {
		replace_watch(s, &s->service_watch, -1);
		if (!s->stopping)
			calm_clock(s);
	}
	if (s->stopping)
		return;
	log_warn(log_of(s), "%s %u: %s", role_name(w->role), w->number,
		 process_describe_end(wait_status, how));
	if (!s->up && !w->ready) {
		log_error(log_of(s), "%s: did not come up", role_name(w->role));
		keeper_end(&s->keeper, NTPD_FAILED);
		return;
	}
	wait_and_restart(w, next_delay(w));
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

/* --- life ------------------------------------------------------------------ */

static void raise_priority(const struct supervisor *s)
{
	const struct cmdline *opt = s->in->setup->opt;
	struct sched_param p = {.sched_priority = (int)opt->fifo_priority};

	if (opt->fifo_priority && sched_setscheduler(0, SCHED_FIFO, &p) < 0)
		log_warn(log_of(s), "real-time priority: %s", strerror(errno));
	else if (opt->nice && setpriority(PRIO_PROCESS, 0, -12) < 0)
		log_warn(log_of(s), "high priority: %s", strerror(errno));
}

/* Opened while we may still go everywhere. */
static int open_jail(struct supervisor *s)
{
	const char *dir = s->in->setup->cfg->chroot_dir;

	s->jail_fd = -1;
	s->null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (s->null_fd < 0)
		return -errno;
	if (!dir)
		return 0;
	s->jail_fd = geteuid() == 0
			     ? open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC)
			     : -1;
	if (s->jail_fd < 0)
		log_error(log_of(s), "chroot to %s: %s", dir,
			  geteuid() == 0 ? strerror(errno) : "only as root");
	return s->jail_fd < 0 ? -EPERM : 0;
}

/* Without -u we stay root, with few rights, but our children never do. */
static int choose_user(struct supervisor *s, struct sandbox_user *own)
{
	static const char *const usual[] = {"ntp", "_ntp", "ntpsec", "nobody"};
	const struct config *cfg = s->in->setup->cfg;
	int r = -ENOENT;

	*own = (struct sandbox_user){0};
	if (geteuid() != 0)
		return 0;
	if (cfg->user) {
		r = sandbox_find_user(cfg->user, &s->user);
		*own = s->user;
	}
	for (size_t i = 0; !cfg->user && r < 0 && i < ARRAY_LEN(usual); i++)
		r = sandbox_find_user(usual[i], &s->user);
	if (r < 0)
		log_error(log_of(s), "user %s: %s unknown",
			  cfg->user ? cfg->user : "nobody",
			  r == -ESRCH ? "its group is" : "it is");
	own->keep_chroot = cfg->chroot_dir != NULL;
	return r;
}

static int open_worker_pages(struct supervisor *s, size_t i)
{
	unsigned depth = s->in->setup->cfg->mru_max_depth;
	int r = shared_page_create("ntpd counters", &s->stats_page[i].rw,
				   &s->stats_page[i].ro);

	if (r == 0)
		r = shared_area_create("ntpd clients", clients_table_len(depth),
				       &s->clients[i].rw, &s->clients[i].ro);
	if (r == 0)
		r = ipc_pair(s->link[i]);
	return r;
}

static int open_pages(struct supervisor *s)
{
	const struct {
		const char *name;
		struct two_ends *ends;
	} pages[] = {
		{"ntpd view", &s->view_page},
		{"ntpd hosts", &s->hosts_page},
		{"ntpd clock", &s->clock_page},
		{"ntpd daemon", &s->daemon_page},
		{"ntpd added", &s->added_page},
	};
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_LEN(pages); i++)
		r = shared_page_create(pages[i].name, &pages[i].ends->rw,
				       &pages[i].ends->ro);
	if (r == 0)
		r = shared_page_map(s->clock_page.rw, true, &s->clock_map);
	if (r == 0)
		r = shared_page_map(s->daemon_page.rw, true, &s->daemon_map);
	for (size_t i = 0; r == 0 && i < s->listening.workers; i++)
		r = open_worker_pages(s, i);
	if (r == 0)
		r = ipc_pair(s->names);
	if (r < 0)
		return r;
	r = shared_bytes_seal("ntpd configuration", s->in->bundle,
			      s->in->bundle_len);
	s->bundle_fd = r;
	return r < 0 ? r : 0;
}

static int open_clock(struct supervisor *s)
{
	struct entropy entropy;
	/* Children need randomness at once: wait for it here (E-11). */
	int r = os_entropy_init(&entropy, 60);

	if (r < 0)
		log_error(log_of(s), "the kernel has no randomness: %s",
			  strerror(-r));
	else if ((r = setup_clock(s->in->setup, &s->clock)) < 0)
		log_error(log_of(s), "the clock cannot be read: %s",
			  strerror(-r));
	return r;
}

static void init_service(struct supervisor *s)
{
	const struct setup *setup = s->in->setup;
	double max_freq = s->clock.clock.max_freq;

	s->service.clock = &s->clock.clock;
	s->service.changed = publish_clock;
	clock_guard_init(&s->service.guard, max_freq,
			 setup->cfg->tinker.panic_s, setup->opt->panic_once_ok,
			 now(s));
	s->service_watch =
		(struct os_watch){.fd = -1, .readable = on_clock_command};
	publish_clock(&s->service);
}

static void publish_daemon(struct supervisor *s)
{
	s->facts.log_level = log_of(s)->threshold;
	shared_page_write(s->daemon_map, &s->facts, sizeof s->facts);
}

/* All that takes rights, and then without them all else. */
static int prepare(struct supervisor *s)
{
	struct sandbox_user own;
	int r = choose_user(s, &own);

	if (r == 0)
		r = open_jail(s);
	if (r == 0)
		r = open_clock(s);
	if (r == 0)
		r = listen_open(s->in->setup, log_of(s), &s->listening);
	if (r < 0)
		return r;
	s->status_fd = status_socket_open(
		s->in->setup, geteuid() == 0 ? s->user.gid : (gid_t)-1,
		log_of(s));
	s->control_fd = control_socket_open(s->in->setup, log_of(s));
	raise_priority(s);
	keeper_init(&s->keeper, s->in->setup, s->in->log, &s->clock.clock,
		    &s->loop.loop);
	r = open_pages(s);
	if (r == 0)
		r = sandbox_supervisor(&own);
	if (r < 0)
		log_error(log_of(s), "cannot start: %s", strerror(-r));
	if (r < 0)
		return r;
	init_service(s);
	s->facts =
		listen_facts(&s->listening, clock_now(&s->clock.clock), now(s));
	publish_daemon(s);
	return 0;
}

static void add_ward(struct supervisor *s, enum role role, unsigned number)
{
	struct ward *w = &s->ward[s->n_ward++];

	*w = (struct ward){
		.sup = s,
		.role = role,
		.number = number,
		.delay_ns = RESTART_NS,
		.credit = RESTART_CREDIT,
		.watch = {.fd = -1, .readable = on_told},
		.restart.fn = on_restart,
		.sink = {on_ready, on_log, on_event, on_drift, on_stats,
			 on_level},
	};
	start_ward(w);
}

static void on_deadline(struct timer *t)
{
	struct supervisor *s = CONTAINER_OF(t, struct supervisor, deadline);

	if (!s->stopping) {
		log_error(log_of(s), "the children did not come up in time");
		keeper_end(&s->keeper, NTPD_FAILED);
		return;
	}
	for (size_t i = 0; i < s->n_ward; i++)
		if (s->ward[i].pid > 0)
			kill(s->ward[i].pid, SIGKILL);
}

static void start_all(struct supervisor *s)
{
	s->ward = xcalloc(s->listening.workers + 2, sizeof *s->ward);
	s->deadline.fn = on_deadline;
	timer_arm(&s->loop.loop, &s->deadline, now(s) + START_NS);
	add_ward(s, ROLE_RESOLVER, 0);
	for (unsigned i = 0; i < s->listening.workers; i++)
		add_ward(s, ROLE_WORKER, i);
	add_ward(s, ROLE_ENGINE, 0);
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

static int loop_once(struct supervisor *s)
{
	enum log_level level = log_of(s)->threshold;
	int r;

	s->loop.loop.stop = false;
	r = loop_run(&s->loop.loop);
	if (signals_end(log_of(s)))
		keeper_end(&s->keeper, NTPD_OK);
	if (log_of(s)->threshold != level) {
		publish_daemon(s);
		signal_all(s, SIGUSR1); /* look there */
	}
	if (signals_reopen())
		keeper_reopen(&s->keeper);
	reap(s);
	return r;
}

/* The engine ends its slew and tells the drift; we listen until it is done. */
static void stop_all(struct supervisor *s)
{
	s->stopping = true;
	for (size_t i = 0; i < s->n_ward; i++)
		timer_disarm(&s->loop.loop, &s->ward[i].restart);
	signal_all(s, SIGTERM);
	timer_arm(&s->loop.loop, &s->deadline, now(s) + STOP_NS);
	reap(s);
	while (any_alive(s) && loop_once(s) == 0)
		;
}

int supervisor_run(const struct supervisor_inputs *in)
{
	struct supervisor *s = xcalloc(1, sizeof *s);
	int status = NTPD_FAILED, r;

	s->in = in;
	s->status_fd = s->control_fd = -1;
	signals_catch();
	os_loop_init(&s->loop);
	s->loop.wake = signals_flag();
	r = prepare(s);
	if (r == 0) {
		start_all(s);
		while (r == 0 && s->keeper.exit_status < 0)
			r = loop_once(s);
		stop_all(s);
		status = r < 0 ? NTPD_FAILED : s->keeper.exit_status;
	}
	status_socket_unlink(in->setup, s->status_fd);
	control_socket_unlink(in->setup, s->control_fd);
	if (s->keeper.setup)
		keeper_done(&s->keeper);
	free(s->ward);
	os_loop_done(&s->loop);
	free(s);
	return status;
}
