/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/attr.h"

/*
 * Children: this program, started again, with nothing in its hands but what it
 * is given.
 */

struct process_spec {
	/* The arguments; argv[0] is only a name, the program is our own. */
	char *const *argv;
	/* fd[i] becomes descriptor i of the child, from 0 on; -1 leaves a gap.
	 * All other descriptors are closed. */
	const int *fd;
	size_t n_fd;
	/* Who it is to be when we are root; uid 0 keeps what we are. */
	uid_t uid;
	gid_t gid;
	/* -1, or the folder to start in, with the right to make it the root. */
	int jail_fd;
};

/**
 * Start it.  It dies when we die, and has all signals at their defaults.
 *
 * Returns: its pid, or -errno.  A failing exec shows as exit status 127.
 */
MUST_CHECK pid_t process_start(const struct process_spec *spec);

/** "killed by signal 9", "exit status 1"; returns buf. */
char *process_describe_end(int wait_status, char buf[64]);

/**
 * Detach from the terminal: fork, new session.  The parent stays inside until
 * process_detached() is called in the child or the child ends, and exits with
 * that status; until then the child may complain on standard error.
 *
 * *pipe: for process_detached().  0 in the child, or -errno in the parent.
 */
MUST_CHECK int process_detach(int *pipe);

/**
 * Tell the waiting parent how the start went, and put /dev/null in the place of
 * the standard descriptors.  pipe -1: does nothing.
 */
void process_detached(int pipe, unsigned char status);
