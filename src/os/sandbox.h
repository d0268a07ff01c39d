/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/log.h"

/*
 * What each process gives up once it has all it needs.  Layers that do not
 * depend on each other: another user, no capabilities, no files (Landlock),
 * only the system calls that its work takes (seccomp), no core, no new
 * processes.
 */
enum sandbox_role {
	SANDBOX_ENGINE,
	SANDBOX_WORKER,
	SANDBOX_RESOLVER,
	SANDBOX_DNS,
	SANDBOX_BOOKS,   /* files of a database, and of one's own */
	SANDBOX_WEB,     /* the same, and visitors of a listening socket */
	SANDBOX_EXPORTER /* visitors, and a UNIX socket to ask */
};

enum sandbox_filter {
	SANDBOX_FILTER_OFF,
	SANDBOX_FILTER_LOG, /* forbidden calls work and are logged by the kernel */
	SANDBOX_FILTER_KILL, /* forbidden calls end the process */
};

/* Off in a build with sanitizers, whose run time makes calls of its own. */
extern const enum sandbox_filter sandbox_filter_default;

/** "off", "log" or "kill"; false for another word. */
bool sandbox_filter_find(const char *word, enum sandbox_filter *filter);

struct sandbox_plan {
	enum sandbox_role role;
	enum sandbox_filter filter;
	bool jail; /* the folder that we are in becomes the root first */
	/* BOOKS and WEB: look names up, connect to anybody, in threads. */
	bool network;
	/* BOOKS and WEB: what may be read, and where files may be written too,
	 * with all that is beneath; each ends with NULL; NULL: nothing. */
	const char *const *read, *const *write;
};

/**
 * Confine this process for good.
 *
 * log: told what the kernel does not offer; may be NULL.
 *
 * Returns: 0, or -errno when something that every kernel has was refused: the
 * process must not go on then.
 */
MUST_CHECK int sandbox_enter(const struct sandbox_plan *plan, struct log *log);

/* What the supervisor keeps when it was started as root. */
struct sandbox_user {
	uid_t uid; /* 0: stays root, with few capabilities */
	gid_t gid;
	const char *name; /* for supplementary groups; may be NULL */
	bool keep_chroot;
};

/**
 * Become that user, if we are root and it is not, and keep no capability and
 * no way to get one.  0 or -errno.
 */
MUST_CHECK int sandbox_become(const struct sandbox_user *user);

/**
 * Become that user and keep CAP_SYS_TIME (and what starting children in a
 * chroot takes), if we have it.  Does nothing when not root.  0 or -errno.
 */
MUST_CHECK int sandbox_supervisor(const struct sandbox_user *user);

/**
 * Look up "user[:group]", names or numbers.  *out: uid and gid; name is
 * borrowed from the user database until its next use, NULL for a number
 * that it does not know.
 *
 * Returns: 0, -ENOENT for an unknown user, -ESRCH for an unknown group.
 */
MUST_CHECK int sandbox_find_user(const char *text, struct sandbox_user *out);
