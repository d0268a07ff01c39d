/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/ntpd/keeper.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/container.h"
#include "base/text.h"
#include "base/units.h"
#include "os/drift_file.h"
#include "os/notify.h"
#include "os/pid_file.h"
#include "os/process.h"

#define DRIFT_INTERVAL_NS (3600 * NS_PER_S)
/* How long -q waits for servers when -w does not say. */
#define SET_ONCE_PATIENCE_S 120

static_assert((int)STATS_FILE_NONE == (int)STATS_NONE &&
		      (int)STATS_FILE_AGE == (int)STATS_AGE,
	      "conf and os agree on the types");

static struct log *log_of(const struct keeper *k)
{
	return &k->log->log;
}

int keeper_open_log(const struct setup *s, struct os_log *log)
{
	if (s->cfg->log_file)
		return os_log_to_file(log, s->cfg->log_file);
	if (!s->opt->foreground)
		os_log_to_syslog(log);
	return 0;
}

static void tell_manager(struct keeper *k, const char *what, const char *text)
{
	char line[512];
	struct text t = text_init(line, sizeof line);

	text_add(&t, "%s%s", what, text);
	(void)notify_send(k->notify_socket, line);
}

static struct drift_stamp stamp(const struct keeper *k)
{
	struct drift_stamp now = k->stamp;

	now.wall_s = clock_now(k->clock) / NS_PER_S;
	return now;
}

static void load_drift(struct keeper *k)
{
	const char *path = k->setup->cfg->drift_file;
	struct drift_stamp now = stamp(k);
	int r = path ? drift_file_load(path, &now, &k->drift) : -ENOENT;

	k->drift_known = r == 0;
	if (r == 0)
		log_info(log_of(k), "drift file %s: %+.3f ppm", path,
			 k->drift.freq * 1e6);
	else if (r == -EBADMSG)
		log_warn(log_of(k),
			 "drift file %s: damaged, set aside as %s.bad", path,
			 path);
	else if (r != -ENOENT)
		log_warn(log_of(k), "drift file %s: cannot be read: %s", path,
			 strerror(-r));
}

static void save_drift(struct keeper *k)
{
	const char *path = k->setup->cfg->drift_file;
	struct drift_stamp now = stamp(k);
	struct drift drift = keeper_drift_now(k);
	int r;

	k->drift_unsaved = false;
	k->drift_saved_mono_ns = loop_mono(k->loop);
	if (!path)
		return;
	r = drift_file_save(path, &drift, &now);
	if (r < 0)
		log_warn(log_of(k), "drift file %s: cannot be written: %s",
			 path, strerror(-r));
}

static void open_stats(struct keeper *k)
{
	const struct config *cfg = k->setup->cfg;

	for (size_t i = 0; i < STATS_KINDS; i++) {
		const struct conf_filegen *g = &cfg->filegen[i];

		if (g->enabled &&
		    stats_file_init(&k->stats[i],
				    cfg->stats_dir ? cfg->stats_dir : "",
				    g->file, (enum stats_file_type)g->type,
				    g->link) < 0)
			log_warn(log_of(k), "%s: its path is too long",
				 g->file);
	}
}

static void on_patience_end(struct timer *t)
{
	struct keeper *k = CONTAINER_OF(t, struct keeper, patience);

	if (k->setup->opt->set_once) {
		log_error(log_of(k), "time not set: no usable answer from any "
				     "server in the time given");
		keeper_end(k, NTPD_FAILED);
	}
	process_detached(k->detach_pipe, NTPD_NOT_SYNCED);
	k->detach_pipe = -1;
}

static void on_watchdog(struct timer *t)
{
	struct keeper *k = CONTAINER_OF(t, struct keeper, watchdog);

	tell_manager(k, "WATCHDOG=1", "");
	timer_arm(k->loop, t, loop_mono(k->loop) + k->watchdog_ns);
}

/* Twice in the time that systemd allows. */
static int64_t watchdog_interval(void)
{
	const char *text = getenv("WATCHDOG_USEC");
	long usec;

	if (!text || text_to_int(text, 1000, INT32_MAX, &usec) < 0)
		return 0;
	return usec * 500;
}

void keeper_init(struct keeper *k, const struct setup *s, struct os_log *log,
		 struct clock *clock, struct loop *loop)
{
	*k = (struct keeper){
		.setup = s,
		.log = log,
		.clock = clock,
		.loop = loop,
		.start_mono_ns = loop_mono(loop),
		.drift_told_mono_ns = loop_mono(loop),
		.drift_saved_mono_ns = loop_mono(loop),
		.patience.fn = on_patience_end,
		.watchdog.fn = on_watchdog,
		.watchdog_ns = watchdog_interval(),
		.notify_socket = getenv("NOTIFY_SOCKET"),
		.detach_pipe = -1,
		.exit_status = -1,
	};
	drift_file_boot(k->stamp.boot);
	load_drift(k);
	open_stats(k);
	if (s->cfg->pid_file) {
		int r = pid_file_write(s->cfg->pid_file, getpid());

		if (r < 0)
			log_warn(log_of(k),
				 "pid file %s: cannot be written: %s",
				 s->cfg->pid_file, strerror(-r));
	}
}

void keeper_started(struct keeper *k, int detach_pipe)
{
	const struct cmdline *opt = k->setup->opt;
	unsigned patience_s = opt->wait_sync_s;

	if (opt->set_once && !patience_s)
		patience_s = SET_ONCE_PATIENCE_S;
	if (patience_s)
		timer_arm(k->loop, &k->patience,
			  loop_mono(k->loop) + patience_s * NS_PER_S);
	if (opt->wait_sync_s && !k->synchronised)
		k->detach_pipe = detach_pipe;
	else
		process_detached(detach_pipe, NTPD_OK);
	tell_manager(k, "READY=1", "");
	if (!k->synchronised)
		tell_manager(k, "STATUS=", "waiting for servers");
	if (k->watchdog_ns)
		on_watchdog(&k->watchdog);
}

void keeper_event(struct keeper *k, enum engine_event event, const char *text)
{
	switch (event) {
	case ENGINE_SYNCHRONISED:
		k->synchronised = true;
		process_detached(k->detach_pipe, NTPD_OK);
		k->detach_pipe = -1;
		tell_manager(k, "STATUS=", text);
		break;
	case ENGINE_UNSYNCHRONISED:
		tell_manager(k, "STATUS=", text);
		break;
	case ENGINE_PANIC:
		tell_manager(k, "STATUS=", text);
		keeper_end(k, NTPD_PANIC);
		break;
	case ENGINE_SET_ONCE:
		log_notice(log_of(k), "time set: %s", text);
		keeper_end(k, NTPD_OK);
		break;
	case ENGINE_NOT_SET:
		log_error(log_of(k), "time not set: %s", text);
		keeper_end(k, NTPD_FAILED);
		break;
	}
}

void keeper_drift(struct keeper *k, const struct drift *drift)
{
	k->drift = *drift;
	k->drift_known = true;
	k->drift_unsaved = true;
	k->drift_told_mono_ns = loop_mono(k->loop);
	if (k->drift_told_mono_ns - k->drift_saved_mono_ns >= DRIFT_INTERVAL_NS)
		save_drift(k);
}

struct drift keeper_drift_now(const struct keeper *k)
{
	struct drift now = k->drift;

	now.sigma =
		drift_sigma_after(&k->drift, s_from_ns(loop_mono(k->loop) -
						       k->drift_told_mono_ns));
	return now;
}

static struct stats_file *find_stats(struct keeper *k, const char *name)
{
	static const char *const names[STATS_KINDS] = {
		[STATS_LOOP] = "loopstats",   [STATS_PEER] = "peerstats",
		[STATS_CLOCK] = "clockstats", [STATS_RAW] = "rawstats",
		[STATS_SYS] = "sysstats",     [STATS_PROTO] = "protostats",
	};

	for (size_t i = 0; i < STATS_KINDS; i++)
		if (strcmp(names[i], name) == 0)
			return k->setup->cfg->filegen[i].enabled ? &k->stats[i]
								 : NULL;
	return NULL;
}

void keeper_stats(struct keeper *k, const char *name, const char *line)
{
	struct stats_file *f = find_stats(k, name);
	int64_t mono_ns = loop_mono(k->loop);
	int r;

	if (!f || !k->setup->cfg->stats_enabled)
		return;
	r = stats_file_append(f, clock_now(k->clock),
			      (mono_ns - k->start_mono_ns) / NS_PER_S, line);
	if (r < 0)
		log_limited(log_of(k), &k->stats_limit, mono_ns, LOG_LEVEL_WARN,
			    "%s: cannot be written: %s", name, strerror(-r));
}

static void close_stats(struct keeper *k)
{
	for (size_t i = 0; i < STATS_KINDS; i++)
		if (k->setup->cfg->filegen[i].enabled)
			stats_file_close(&k->stats[i]);
}

void keeper_reopen(struct keeper *k)
{
	int r = os_log_reopen(k->log);

	close_stats(k);
	if (r < 0)
		log_warn(log_of(k), "log file cannot be reopened: %s",
			 strerror(-r));
	else
		log_info(log_of(k), "files opened again");
}

void keeper_end(struct keeper *k, int status)
{
	if (k->exit_status < 0) {
		k->exit_status = status;
		tell_manager(k, "STOPPING=1", "");
	}
	loop_stop(k->loop);
}

void keeper_done(struct keeper *k)
{
	const char *pid_file = k->setup->cfg->pid_file;

	timer_disarm(k->loop, &k->patience);
	timer_disarm(k->loop, &k->watchdog);
	if (k->drift_unsaved)
		save_drift(k);
	close_stats(k);
	if (pid_file)
		pid_file_remove(pid_file, getpid());
	process_detached(k->detach_pipe, k->exit_status > 0
						 ? (unsigned char)k->exit_status
						 : NTPD_FAILED);
}
