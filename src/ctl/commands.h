/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stddef.h>

#include "base/buf.h"
#include "base/log.h"
#include "conf/config.h"
#include "ntp/engine.h"

/*
 * What the daemon is told to do while it runs, by whoever may connect to the
 * control socket: one line of words in, text out.  The first line of the answer
 * is "ok" or "error TEXT".  doc/status.md has the commands.
 */
struct commands;

struct command_ops {
	/* The table of clients of a worker (ntp/clients.h), NULL past the last. */
	const void *(*clients)(void *arg, unsigned worker, size_t *len);
	/* From now on log this and what is graver. */
	void (*log_level)(void *arg, enum log_level level);
	/* The lines of all sources that were added: for commands_restore() in the
	 * engine's next life.  False: too long to be kept. */
	bool (*keep)(void *arg, const char *lines, size_t len);
};

struct command_inputs {
	struct engine *engine;
	enum conf_family family; /* of added sources that name none */
	const struct command_ops *ops;
	void *arg;
};

struct commands *commands_new(const struct command_inputs *in);

/** After the engine is freed, which borrows the sources that were added. */
void commands_free(struct commands *c);

/** Add the sources that the engine's last life was told to, as keep() got them. */
void commands_restore(struct commands *c, const char *lines);

/** Carry a command out, and append the answer. */
void commands_run(struct commands *c, const char *line, struct buf *out);

/**
 * Append the document ntp-clients/1: who has asked, the busiest first, at most
 * max of them (1 to CLIENTS_DOC_MAX).
 */
#define CLIENTS_DOC_MAX 10000
void clients_document(const struct command_inputs *in, size_t max,
		      struct buf *out);
