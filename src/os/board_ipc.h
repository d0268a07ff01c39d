/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/log.h"
#include "io/board.h"
#include "os/ipc.h"
#include "os/shared_page.h"

/*
 * What a child tells the supervisor: that it is ready, its log lines, and the
 * engine's notices.  Nothing waits for an answer, and what does not fit into
 * the channel is lost.
 */
struct board_ipc {
	struct board board;
	struct log log;
	int fd;
	uint32_t epoch;
	struct shared_page
		*view; /* a struct sys_view; NULL but in the engine */
};

void board_ipc_init(struct board_ipc *b, int fd, uint32_t epoch,
		    enum log_level threshold, struct shared_page *view);

/** The child has everything it needs and begins to work. */
void board_ipc_ready(struct board_ipc *b);

/** Somebody who may wants the whole daemon to log at this level. */
void board_ipc_level(struct board_ipc *b, enum log_level level);

/* --- the supervisor's side ------------------------------------------------ */

/* Texts are one line of printable ASCII, whatever was sent. */
struct board_sink {
	void (*ready)(struct board_sink *s);
	void (*log)(struct board_sink *s, enum log_level level,
		    const char *text);
	void (*event)(struct board_sink *s, enum engine_event event,
		      const char *text);
	void (*drift)(struct board_sink *s, const struct drift *drift);
	void (*stats)(struct board_sink *s, const char *name, const char *line);
	void (*level)(struct board_sink *s, enum log_level level);
};

/**
 * Judge one message and hand it to the sink.
 *
 * Returns: 1; 0 stale, ignored; -EPROTO: not a message of ours, the sender
 * must not live on.
 */
MUST_CHECK int board_ipc_handle(const struct ipc_message *msg, size_t len,
				uint32_t epoch, struct board_sink *sink);
