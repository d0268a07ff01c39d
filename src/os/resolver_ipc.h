/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "io/resolver.h"
#include "os/ipc.h"
#include "os/loop.h"
#include "os/name_server.h"

/*
 * Names, asked of a process that has the right to read /etc and to talk to
 * name servers.  Literals are answered at once, without it.  It may die with a
 * question; when it has been silent for a while all that is open ends with
 * -EAGAIN, and who asked asks again.
 */
#define RESOLVER_IPC_TIMEOUT_NS (60 * INT64_C(1000000000))

struct resolver_ipc {
	struct resolver resolver;
	struct os_loop *loop;
	struct os_watch watch;
	struct timer timer;
	struct resolve *first; /* all that wait, oldest first */
	int64_t heard_ns;      /* last question or answer, monotonic */
	uint32_t epoch, last_id;
};

/** fd and loop are borrowed for the life of r. */
void resolver_ipc_init(struct resolver_ipc *r, struct os_loop *loop, int fd,
		       uint32_t epoch);
void resolver_ipc_done(struct resolver_ipc *r);

/**
 * The other side: answer questions from fd, one at a time, until fd is closed.
 * Several processes may share fd.  Questions that are not well formed are
 * dropped.  servers: whom to ask; NULL: those of the machine.
 */
void resolver_ipc_serve(int fd, const struct name_servers *servers);

/* --- the messages, for their fuzz target --------------------------------- */

/** The answer to a question in msg: fills reply (header too); 0 or -EPROTO. */
MUST_CHECK int resolver_ipc_answer(const struct name_servers *servers,
				   const struct ipc_message *msg, size_t len,
				   struct ipc_message *reply);

/** Give an answer to who asked; 0, or -EPROTO when it is not well formed or nobody waits for it. */
int resolver_ipc_take(struct resolver_ipc *r, const struct ipc_message *msg,
		      size_t len);
