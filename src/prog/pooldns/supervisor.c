/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/pooldns/supervisor.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/container.h"
#include "base/net_addr.h"
#include "base/units.h"
#include "io/entropy.h"
#include "os/entropy.h"
#include "os/ipc.h"
#include "os/loop.h"
#include "os/notify.h"
#include "os/process.h"
#include "os/sandbox.h"
#include "os/shared_page.h"
#include "os/state_file.h"
#include "pool/dns/metrics.h"
#include "pool/dns/server.h"
#include "prog/ntpd/signals.h"
#include "prog/pooldns/feed.h"
#include "prog/pooldns/link.h"
#include "prog/pooldns/listen.h"
#include "prog/pooldns/served.h"
#include "prog/pooldns/worker.h"

#define RESTART_NS (NS_PER_S / 10)
#define RESTART_MAX_NS (30 * NS_PER_S)
#define STEADY_NS (10 * NS_PER_S) /* lived so long: begin anew */
#define STOP_NS (2 * NS_PER_S)
#define METRICS_NS (10 * NS_PER_S)
#define COUNTERS_NS (600 * NS_PER_S)
#define OLD_MS INT64_C(3600000) /* a snapshot of this age is worth a word */

struct ward {
	struct supervisor *sup;
	unsigned number;
	pid_t pid; /* 0: not running */
	int64_t started_ns, delay_ns;
	struct os_watch link; /* our end; fd -1: none */
	int counters_rw, counters_ro;
	struct shared_page *counters;
	struct timer restart;
};

struct supervisor {
	const struct pool_settings *settings;
	struct log *log;
	struct os_loop loop;
	struct listen_set listening;
	struct feed feed;
	struct ward *ward;
	size_t n_ward;
	struct timer second, counters, metrics, deadline;
	int metrics_result;       /* of the last writing, 0 or -errno */
	struct sandbox_user user; /* of the workers; 0: as we are */
	uint64_t cookie_key[2];
	int64_t old_told_ms;
	bool stopping;
	int status;
};

static int64_t now(struct supervisor *s)
{
	return loop_mono(&s->loop.loop);
}

static void stop(struct supervisor *s, int status)
{
	if (!s->stopping)
		s->status = status;
	s->stopping = true;
	loop_stop(&s->loop.loop);
}

/* --- workers ----------------------------------------------------------------- */

static void on_lines(struct os_watch *watch)
{
	struct ward *w = CONTAINER_OF(watch, struct ward, link);

	if (link_pass_lines(watch->fd, w->sup->log, w->number))
		return;
	os_loop_unwatch(&w->sup->loop, watch); /* its end is told by a signal */
}

/* In the child: only what a worker is to have. */
static NORETURN void become_worker(struct supervisor *s, struct ward *w,
				   int link, pid_t parent)
{
	const struct worker_inputs in = {
		.number = w->number,
		.link = link,
		.udp = &s->listening.udp[w->number * LISTEN_MAX],
		.tcp = &s->listening.tcp[w->number * LISTEN_MAX],
		.n_address = s->listening.n,
		.served = {s->feed.snapshot_fd, s->feed.country_fd},
		.counters = w->counters_rw,
		.cookie_key = {s->cookie_key[0], s->cookie_key[1]},
		.limit_per_s = listen_limit(s->settings),
		.log_level = s->log->threshold,
	};

	if (sandbox_become(&s->user) < 0)
		_exit(EXIT_FAILURE);
	/* Becoming somebody else would have undone it. */
	prctl(PR_SET_PDEATHSIG, (unsigned long)SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_FAILURE);
	for (size_t i = 0; i < s->n_ward; i++)
		if (s->ward[i].link.fd >= 0)
			close(s->ward[i].link.fd);
	listen_keep(&s->listening, w->number);
	_exit(worker_run(&in));
}

static void drop_link(struct ward *w)
{
	if (w->link.fd < 0)
		return;
	os_loop_unwatch(&w->sup->loop, &w->link);
	close(w->link.fd);
	w->link.fd = -1;
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
	pid_t own = getpid();
	int ends[2];

	w->started_ns = now(s);
	if (ipc_pair(ends) < 0) {
		restart_later(w);
		return;
	}
	w->pid = fork();
	if (w->pid == 0)
		become_worker(s, w, ends[1], own);
	close(ends[1]);
	if (w->pid < 0) {
		log_error(s->log, "worker %u: cannot be started: %s", w->number,
			  strerror(errno));
		close(ends[0]);
		w->pid = 0;
		restart_later(w);
		return;
	}
	w->link.fd = ends[0];
	os_loop_watch(&s->loop, &w->link);
}

static void on_restart(struct timer *t)
{
	start_ward(CONTAINER_OF(t, struct ward, restart));
}

static void reap(struct supervisor *s)
{
	for (size_t i = 0; i < s->n_ward; i++) {
		struct ward *w = &s->ward[i];
		char how[64];
		int status;

		if (w->pid <= 0 || waitpid(w->pid, &status, WNOHANG) != w->pid)
			continue;
		w->pid = 0;
		if (w->link.slot)
			link_pass_lines(w->link.fd, s->log, w->number);
		drop_link(w);
		if (s->stopping)
			continue;
		log_warn(s->log, "worker %u: %s", w->number,
			 process_describe_end(status, how));
		restart_later(w);
	}
}

static void signal_all(const struct supervisor *s, int sig)
{
	for (size_t i = 0; i < s->n_ward; i++)
		if (s->ward[i].pid > 0)
			kill(s->ward[i].pid, sig);
}

/* --- what is served ---------------------------------------------------------- */

static void give_all(struct supervisor *s, enum served_kind kind, int fd)
{
	for (size_t i = 0; i < s->n_ward; i++) {
		struct ward *w = &s->ward[i];

		/* A worker that does not take it is ended: the next one has it. */
		if (w->pid > 0 && w->link.fd >= 0 &&
		    link_give(w->link.fd, (unsigned char)kind, fd) < 0)
			kill(w->pid, SIGKILL);
	}
}

static void warn_when_old(struct supervisor *s)
{
	struct timespec t;
	int64_t age_ms;

	clock_gettime(CLOCK_REALTIME, &t);
	age_ms = (int64_t)t.tv_sec * 1000 - s->feed.built_ms;
	if (s->feed.built_ms == 0 || age_ms < OLD_MS ||
	    age_ms - s->old_told_ms < OLD_MS)
		return;
	s->old_told_ms = age_ms;
	log_warn(s->log, "the snapshot is %lld minutes old; it serves on",
		 (long long)(age_ms / 60000));
}

static void on_second(struct timer *t)
{
	struct supervisor *s = CONTAINER_OF(t, struct supervisor, second);

	if (feed_snapshot(&s->feed)) {
		s->old_told_ms = 0;
		give_all(s, SERVED_SNAPSHOT, s->feed.snapshot_fd);
	}
	warn_when_old(s);
	timer_arm(&s->loop.loop, t, now(s) + NS_PER_S);
}

static void reload(struct supervisor *s)
{
	memset(&s->feed.seen, 0, sizeof s->feed.seen);
	on_second(&s->second);
	if (feed_countries(&s->feed))
		give_all(s, SERVED_COUNTRIES, s->feed.country_fd);
}

/* --- counters ---------------------------------------------------------------- */

/* All of them are counters of 64 bits. */
static void add_up(const struct supervisor *s, struct dns_counters *sum)
{
	*sum = (struct dns_counters){0};
	for (size_t i = 0; i < s->n_ward; i++) {
		struct dns_counters one = {0};
		uint64_t *to = (uint64_t *)(void *)sum;
		const uint64_t *from = (const uint64_t *)(const void *)&one;

		if (!shared_page_read(s->ward[i].counters, &one, sizeof one))
			continue;
		for (size_t n = 0; n < sizeof one / sizeof *to; n++)
			to[n] += from[n];
	}
}

static void log_counters(struct supervisor *s)
{
	struct dns_counters c;

	add_up(s, &c);
	log_info(s->log,
		 "questions: %llu by UDP, %llu by TCP; answers: %llu good, "
		 "%llu no such name, %llu refused, %llu malformed; limited: "
		 "%llu dropped, %llu truncated",
		 (unsigned long long)c.udp, (unsigned long long)c.tcp,
		 (unsigned long long)c.rcode[DNS_NOERROR],
		 (unsigned long long)c.rcode[DNS_NXDOMAIN],
		 (unsigned long long)c.rcode[DNS_REFUSED],
		 (unsigned long long)c.rcode[DNS_FORMERR],
		 (unsigned long long)c.rate_dropped,
		 (unsigned long long)c.rate_truncated);
}

static void on_counters(struct timer *t)
{
	struct supervisor *s = CONTAINER_OF(t, struct supervisor, counters);

	log_counters(s);
	timer_arm(&s->loop.loop, t, now(s) + COUNTERS_NS);
}

/* --- metrics ----------------------------------------------------------------- */

/* A file, so that who holds the sockets needs no other one to be asked at. */
static void write_metrics(struct supervisor *s)
{
	const char *path = s->settings->dns_metrics;
	struct dns_counters c;
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	int r = -ENOMEM;

	if (out) {
		add_up(s, &c);
		dns_metrics_put(&c, s->settings->domain, s->feed.built_ms, out);
		if (fclose(out) == 0)
			r = state_file_write(path, text, len, 0644);
	}
	free(text);
	if (r < 0 && r != s->metrics_result)
		log_warn(s->log, "%s: %s", path, strerror(-r));
	s->metrics_result = r;
}

static void on_metrics(struct timer *t)
{
	struct supervisor *s = CONTAINER_OF(t, struct supervisor, metrics);

	write_metrics(s);
	timer_arm(&s->loop.loop, t, now(s) + METRICS_NS);
}

/* --- life -------------------------------------------------------------------- */

/* Without "user" the supervisor stays what it is; workers are never root. */
static int drop_rights(struct supervisor *s)
{
	const char *name = s->settings->user ? s->settings->user : "nobody";
	int r;

	if (geteuid() != 0)
		return 0;
	r = sandbox_find_user(name, &s->user);
	if (r < 0)
		log_error(s->log, "user %s: unknown", name);
	else if (s->settings->user)
		r = sandbox_become(&s->user);
	return r;
}

static int prepare(struct supervisor *s)
{
	struct entropy entropy;
	int r = listen_open(s->settings, s->log, &s->listening);

	if (r == 0)
		r = os_entropy_init(&entropy, 60);
	if (r == 0)
		r = drop_rights(s);
	if (r != 0)
		return r;
	for (int i = 0; i < 2; i++)
		s->cookie_key[i] = entropy_u64(&entropy);
	feed_init(&s->feed, s->settings, s->log);
	feed_snapshot(&s->feed);
	feed_countries(&s->feed);
	s->n_ward = s->settings->dns_workers;
	s->ward = xcalloc(s->n_ward, sizeof *s->ward);
	for (unsigned i = 0; r == 0 && i < s->n_ward; i++) {
		struct ward *w = &s->ward[i];

		*w = (struct ward){
			.sup = s,
			.number = i,
			.delay_ns = RESTART_NS,
			.link = {.fd = -1, .readable = on_lines},
			.restart.fn = on_restart,
		};
		r = shared_page_create("pooldns counters", &w->counters_rw,
				       &w->counters_ro);
		if (r == 0)
			r = shared_page_map(w->counters_ro, false,
					    &w->counters);
	}
	return r;
}

static void start(struct supervisor *s)
{
	for (size_t i = 0; i < s->n_ward; i++)
		start_ward(&s->ward[i]);
	s->second.fn = on_second;
	s->counters.fn = on_counters;
	on_second(&s->second);
	timer_arm(&s->loop.loop, &s->counters, now(s) + COUNTERS_NS);
	s->metrics.fn = on_metrics;
	if (s->settings->dns_metrics)
		on_metrics(&s->metrics);
	log_notice(s->log, "ready, %zu workers", s->n_ward);
	(void)notify_send(getenv("NOTIFY_SOCKET"), "READY=1");
}

static void loop_once(struct supervisor *s)
{
	int r;

	s->loop.loop.stop = false;
	r = loop_run(&s->loop.loop);
	if (r < 0) {
		log_error(s->log, "waiting failed: %s", strerror(-r));
		stop(s, EXIT_FAILURE);
	}
	if (signals_end(s->log))
		stop(s, EXIT_SUCCESS);
	if (signals_reopen())
		reload(s);
	reap(s);
}

static void on_deadline(struct timer *t)
{
	signal_all(CONTAINER_OF(t, struct supervisor, deadline), SIGKILL);
}

static bool any_alive(const struct supervisor *s)
{
	for (size_t i = 0; i < s->n_ward; i++)
		if (s->ward[i].pid > 0)
			return true;
	return false;
}

static void end(struct supervisor *s)
{
	(void)notify_send(getenv("NOTIFY_SOCKET"), "STOPPING=1");
	signal_all(s, SIGTERM);
	s->deadline.fn = on_deadline;
	timer_arm(&s->loop.loop, &s->deadline, now(s) + STOP_NS);
	reap(s);
	while (any_alive(s))
		loop_once(s);
	log_counters(s);
	if (s->settings->dns_metrics)
		write_metrics(s);
}

int supervisor_run(const struct pool_settings *settings, struct log *log)
{
	struct supervisor *s = xcalloc(1, sizeof *s);
	int r;

	s->settings = settings;
	s->log = log;
	s->status = EXIT_FAILURE;
	signals_catch();
	os_loop_init(&s->loop);
	s->loop.wake = signals_flag();
	r = prepare(s);
	if (r == 0) {
		start(s);
		while (!s->stopping)
			loop_once(s);
		end(s);
	} else {
		log_error(log, "cannot start: %s", strerror(-r));
	}
	log_notice(log, "exiting, status %d", s->status);
	r = s->status;
	free(s->ward);
	os_loop_done(&s->loop);
	free(s);
	return r;
}
