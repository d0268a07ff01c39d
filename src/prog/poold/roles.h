/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>

#include "base/attr.h"
#include "base/log.h"
#include "os/sandbox.h"
#include "pool/settings/settings.h"

/*
 * What the children of poold are.  One that is new is a row in roles.c and a
 * function in a file of its own.
 */

/* Descriptors of a child. */
enum {
	ROLE_FD_READY = 3, /* one octet written here: it works */
	ROLE_FD_LISTEN,    /* web: the listening socket */
	ROLE_FD_CERT,      /* web: sealed copies of the certificate and key; */
	ROLE_FD_KEY,       /* none without TLS */
	ROLE_FDS,
};

struct role_inputs {
	const struct pool_settings *settings;
	struct log *log;
	enum sandbox_filter filter;
	unsigned number; /* among those of its role, from 0 */
};

struct role {
	const char *name; /* NULL ends the table */
	/* Work until role_wait() says no.  Returns the exit status. */
	int (*run)(const struct role_inputs *in);
};

extern const struct role roles[];

/** NULL when there is none of that name. */
const struct role *role_find(const char *name);

/** How many of the role there are to be. */
unsigned role_count(const struct role *role, const struct pool_settings *s);

/* What a role needs besides the database. */
struct role_needs {
	enum sandbox_role role;
	bool network;
	/* Files that are read and, below, made or replaced; or the folder where
	 * they are.  NULL: none. */
	const char *read[4], *write[4];
};

/**
 * Give up everything else, and tell the supervisor that the start went well.
 * 0 or -errno, after a line in the log.
 */
MUST_CHECK int role_ready(const struct role_inputs *in,
			  const struct role_needs *needs);

/**
 * Wait until fd is readable (-1: for nothing), at most so long.  False when the
 * process is to end.
 */
bool role_wait(const struct role_inputs *in, int fd, int timeout_ms);

/* web_role.c */
int web_run(const struct role_inputs *in);

/* book_roles.c */
int jobs_role(const struct role_inputs *in);
int errands_role(const struct role_inputs *in);
int post_role(const struct role_inputs *in);
