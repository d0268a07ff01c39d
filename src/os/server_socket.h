/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "io/clock.h"
#include "io/net.h"
#include "os/loop.h"

/*
 * A socket that strangers ask.  Opening (a privilege, below port 1024) and
 * serving are apart, so that one process can hold the descriptor and another
 * read from it.  One system call per readiness takes in up to a batch.
 */
#define OS_BATCH_LEN 32
#define OS_BATCH_DATAGRAM 2048 /* longer ones are dropped, P-13 */

/* Receive buffers; one is enough for all sockets of a process. */
struct os_batch;

struct os_batch *os_batch_new(void);
void os_batch_free(struct os_batch *b);

/**
 * A bound socket of the given type, SOCK_DGRAM or SOCK_STREAM; an IPv6 one
 * never takes IPv4.  A descriptor or -errno.
 */
int os_bound_socket(const struct net_addr *addr, int type, bool share_port);

/** Room in the kernel for what comes in bursts; less is no failure. */
void os_widen_buffer(int fd);

/** Datagrams come with the address that they were sent to.  0 or -errno. */
int os_tell_destination(int fd, int family);

struct os_server_socket;

struct os_server_socket_events {
	/* d and what it points to are borrowed until the callback returns. */
	void (*received)(void *owner, struct os_server_socket *s,
			 const struct datagram *d);
};

struct os_server_socket {
	struct os_watch watch;
	struct os_loop *loop;
	struct os_batch *batch;
	struct clock *clock;
	const struct os_server_socket_events *events;
	void *owner;
	struct net_addr bound; /* as getsockname() tells */
	struct {
		uint64_t received;
		uint64_t truncated; /* longer than OS_BATCH_DATAGRAM */
		uint64_t unstamped; /* arrival read from the clock */
		uint64_t receive_failed;
		uint64_t sent;
		uint64_t send_congested; /* ENOBUFS, EAGAIN */
		uint64_t send_refused;   /* anything else */
	} stats;
};

/**
 * Open and bind a server's socket.
 *
 * addr: wildcard or one of this machine's, with port (0: the kernel picks).
 *     An IPv6 socket never takes IPv4, whatever the machine's default (E-26).
 * share_port: several sockets may be bound there; the kernel spreads clients.
 *
 * Returns: a descriptor, or -errno (-EADDRINUSE, -EACCES, -EADDRNOTAVAIL,
 * -EAFNOSUPPORT).
 */
int os_server_socket_open(const struct net_addr *addr, bool share_port,
			  unsigned dscp);

/**
 * Serve on fd, which is taken on success.  The rest is borrowed for the life of
 * s.  0 or -errno.
 */
int os_server_socket_init(struct os_server_socket *s, int fd,
			  struct os_loop *loop, struct os_batch *batch,
			  struct clock *clock,
			  const struct os_server_socket_events *events,
			  void *owner);

/** Datagrams that the kernel had no room for, ever. */
uint32_t os_server_socket_drops(const struct os_server_socket *s);

/** Close.  Not from inside received. */
void os_server_socket_done(struct os_server_socket *s);

/**
 * Send one datagram to peer, from the address local (that of the request,
 * P-18); AF_UNSPEC leaves the choice to the kernel.  At most OS_UDP_MAX_SEND
 * octets.  0 or -errno, which is also counted; nothing is retried (E-02).
 */
int os_server_socket_send(struct os_server_socket *s,
			  const struct net_addr *peer,
			  const struct net_addr *local, const uint8_t *data,
			  size_t len);
