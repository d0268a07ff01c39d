/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/attr.h"
#include "base/log.h"
#include "conf/config.h"
#include "os/sandbox.h"

#define NTPD_VERSION "ntpd timeball-" TIMEBALL_VERSION

/* How the program ends. */
enum {
	NTPD_OK = 0,
	NTPD_FAILED = 1, /* at run time: a port in use, nothing heard with -q */
	NTPD_USAGE = 2, /* command line or configuration; nothing was started */
	NTPD_PANIC = 3, /* the clock is beyond the panic threshold */
	NTPD_NOT_SYNCED = 110, /* -w: ETIMEDOUT, as the classic daemon */
};

/* Children are this program again, told by --role what they are. */
enum role {
	ROLE_SUPERVISOR,
	ROLE_ENGINE,
	ROLE_WORKER,
	ROLE_RESOLVER,
};

const char *role_name(enum role role);

/* The command line as data.  Strings are borrowed from argv. */
struct cmdline {
	enum role role;
	uint32_t epoch;  /* children: which life this is */
	unsigned number; /* workers: which one, from 0 */

	const char *config; /* NULL: the usual places */
	bool check_only;    /* -t */
	bool single, foreground;
	bool ipv4_only, ipv6_only;
	bool panic_once_ok, set_once, slew_only; /* -g -q -x */
	bool nice;                               /* -N */
	unsigned fifo_priority; /* -P; 0: ordinary scheduling */
	unsigned wait_sync_s;   /* -w; 0: do not wait */
	const char *drift_file, *keys_file, *log_file, *pid_file, *stats_dir,
		*user, *chroot_dir, *status_socket;
	const char **listen; /* -I */
	size_t n_listen;
	const char **setvar; /* -v, -V */
	size_t n_setvar;
	size_t first_default_setvar; /* from here on: -V */
	const char **server;         /* trailing hosts */
	size_t n_server;
	bool has_clock;
	struct conf_clock clock; /* --clock */
	enum log_level log_level;
	enum sandbox_filter filter;
	const char
		*notice[8]; /* accepted, but without effect: said in the log */
	size_t n_notice;
};

enum cmdline_result { CMDLINE_RUN, CMDLINE_DONE, CMDLINE_WRONG };

/**
 * Read the command line.  Help and version go to out, complaints to err.
 *
 * CMDLINE_DONE: all was said, exit 0.  CMDLINE_WRONG: exit NTPD_USAGE.
 * Release o in any case.
 */
enum cmdline_result cmdline_read(int argc, char **argv, struct cmdline *o,
				 FILE *out, FILE *err);
void cmdline_done(struct cmdline *o);

/** What -4 and -6 make of a source that names no family. */
enum conf_family cmdline_family(const struct cmdline *o);

/** Let what the command line says win over the file.  Borrows o's strings. */
void cmdline_apply(const struct cmdline *o, struct config *cfg);
