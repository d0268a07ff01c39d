/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "ctl/commands.h"
#include "os/local_socket.h"
#include "os/loop.h"
#include "prog/ntpd/setup.h"

/*
 * Where root tells the daemon what to do: control.sock, in the same folder as
 * the status socket.  Opened by the process that may, served by the engine.
 */

/** Open it; complains in the log.  A descriptor, or -1: none. */
int control_socket_open(const struct setup *s, struct log *log);

/** Take it out of its folder, where that is allowed. */
void control_socket_unlink(const struct setup *s, int fd);

struct control_socket {
	struct local_service service;
	struct commands *commands;
};

/**
 * Serve on fd, which is taken.  s must not move.
 *
 * lines: of sources that were added in a life before, "" for none.
 */
void control_socket_init(struct control_socket *s, int fd, struct os_loop *loop,
			 const struct command_inputs *in, const char *lines);

/** After the engine is gone. */
void control_socket_done(struct control_socket *s);
