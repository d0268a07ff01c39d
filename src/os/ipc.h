/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

/*
 * Messages between the processes of one daemon: datagrams over a SEQPACKET
 * pair, fixed structs of this machine.  Neither side trusts the other: what
 * arrives is checked for magic, type, length and epoch here, and for its
 * numbers by whoever reads it.  Nothing ever blocks.
 */
#define IPC_MAGIC 0x7462a1u
#define IPC_MAX_BODY 1536

struct ipc_header {
	uint32_t magic;
	uint16_t type;
	uint16_t len;   /* octets of body */
	uint32_t epoch; /* which life of the child this belongs to */
	uint32_t seq;   /* echoed in a reply */
};

struct ipc_message {
	struct ipc_header h;
	/* Aligned for any struct of the messages. */
	_Alignas(16) uint8_t body[IPC_MAX_BODY];
};

/* One row a type: what lengths its body may have. */
struct ipc_kind {
	uint16_t type, min_len, max_len;
};

/** Both ends, non-blocking, closed on exec.  0 or -errno. */
MUST_CHECK int ipc_pair(int fd[2]);

/**
 * 0, or -errno: -EAGAIN when the other side does not keep up (the message is
 * lost), -EPIPE when it is gone.
 */
int ipc_send(int fd, const struct ipc_header *h, const void *body);

/**
 * Take one message, unchecked but for its outer form.
 *
 * Returns: its octets, header included; 0 when the other side has closed;
 * -EAGAIN when there is none; -EPROTO when it was cut or carried descriptors:
 * the sender is broken or hostile.
 */
MUST_CHECK int ipc_recv(int fd, struct ipc_message *msg);

/**
 * Is it one of ours?  len: as ipc_recv() returned it.  kinds, n: the types
 * that may come here.  0 or -EPROTO.
 */
MUST_CHECK int ipc_check(const struct ipc_message *msg, size_t len,
			 const struct ipc_kind *kinds, size_t n);
