/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/ntpd/child.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "os/entropy.h"
#include "prog/ntpd/bundle.h"
#include "prog/ntpd/roles.h"
#include "prog/ntpd/signals.h"

/* The supervisor waited for randomness already. */
#define ENTROPY_TIMEOUT_S 1

static int read_bundle(struct child *c)
{
	struct bundle_files bundle;
	const void *data;
	size_t len;
	int r = shared_bytes_map(FD_BUNDLE, &data, &len);

	if (r < 0)
		return r;
	bundle_files_init(&bundle, data, len);
	r = setup_read(&c->setup, c->opt, &bundle.files, NULL);
	close(FD_BUNDLE);
	return r;
}

const struct daemon_facts *child_look_at_daemon(struct child *c)
{
	if (shared_page_read(c->daemon_page, &c->daemon, sizeof c->daemon))
		c->board.log.threshold = c->daemon.log_level;
	return &c->daemon;
}

static int map_pages(struct child *c)
{
	bool engine = c->opt->role == ROLE_ENGINE;
	int r = shared_page_map(FD_CLOCK_PAGE, false, &c->clock_page);

	if (r == 0)
		r = shared_page_map(FD_VIEW_PAGE, engine, &c->view_page);
	if (r == 0)
		r = shared_page_map(FD_HOSTS_PAGE, engine, &c->hosts_page);
	if (r == 0)
		r = shared_page_map(FD_DAEMON_PAGE, false, &c->daemon_page);
	if (r == 0)
		child_look_at_daemon(c);
	close(FD_DAEMON_PAGE);
	close(FD_CLOCK_PAGE);
	close(FD_VIEW_PAGE);
	close(FD_HOSTS_PAGE);
	return r;
}

static int open_child(struct child *c)
{
	bool steers = c->opt->role == ROLE_ENGINE;
	int r = read_bundle(c);

	if (r == 0)
		r = map_pages(c);
	if (r == 0)
		r = clock_ipc_init(&c->clock, c->clock_page,
				   steers ? FD_ENGINE_CLOCK : -1,
				   c->opt->epoch);
	if (r == 0)
		r = os_entropy_init(&c->entropy, ENTROPY_TIMEOUT_S);
	return r;
}

int child_confine(struct child *c, enum sandbox_role role)
{
	/* The resolver needs the files of the machine, not of the jail. */
	const struct sandbox_plan plan = {
		.role = role,
		.filter = c->opt->filter,
		.jail = role != SANDBOX_RESOLVER && c->setup.cfg->chroot_dir,
	};
	int r;

	/* Even gmtime_r() opens /etc/localtime, but only once. */
	tzset();
	r = sandbox_enter(&plan, &c->board.log);
	if (r < 0)
		log_error(&c->board.log, "%s: cannot be confined: %s",
			  role_name(c->opt->role), strerror(-r));
	else
		board_ipc_ready(&c->board);
	return r;
}

int child_loop(struct child *c)
{
	int r = 0;

	c->loop.wake = signals_flag();
	while (r == 0) {
		c->loop.loop.stop = false;
		r = loop_run(&c->loop.loop);
		signals_reopen();
		if (signals_end(NULL))
			break;
		child_look_at_daemon(c);
	}
	return r;
}

int role_run(const struct cmdline *opt)
{
	struct child c = {.opt = opt};
	int status = NTPD_FAILED, r;
	char name[16];

	/* In the process list; started as /proc/self/exe we would be "exe". */
	snprintf(name, sizeof name, "ntpd-%s", role_name(opt->role));
	prctl(PR_SET_NAME, name, 0L, 0L, 0L);
	board_ipc_init(&c.board, FD_BOARD, opt->epoch, opt->log_level, NULL);
	signals_catch();
	/* A Ctrl-C reaches us too, but the supervisor decides in which order
	 * its children end. */
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	os_loop_init(&c.loop);
	r = open_child(&c);
	if (r < 0)
		log_error(&c.board.log, "%s: cannot start: %s",
			  role_name(opt->role), strerror(-r));
	else if (opt->role == ROLE_ENGINE)
		status = engine_role(&c);
	else if (opt->role == ROLE_WORKER)
		status = worker_role(&c);
	else
		status = resolver_role(&c);
	/* Without exit handlers: they are not made for the sandbox. */
	_exit(status);
}
