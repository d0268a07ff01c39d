/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdint.h>
#include <sys/socket.h>

#include "io/clock.h"
#include "io/net.h"
#include "os/loop.h"

/* The most we ever send: fits the smallest IPv6 path without fragments. */
#define OS_UDP_MAX_SEND 1232

/*
 * struct net on real sockets.  Every request gets a socket of its own, so the
 * kernel picks an unpredictable port and hands us only what the asked server
 * sends (RFC 9109).  Nothing that the network does is an error of the program.
 */
struct os_net {
	struct net net;
	struct os_loop *loop;
	struct clock *clock; /* packet times are on this clock */
	unsigned dscp;       /* 0 to 63 */
	/* where requests leave from; AF_UNSPEC: as the routes say */
	struct net_addr source4, source6;
	int keeper_fd; /* see os_net_init() */
	struct {
		uint64_t opened, open_failed;
		uint64_t received, truncated, refused;
		uint64_t sent, send_failed;
		uint64_t departures; /* kernel stamps of what we sent */
	} stats;
};

/**
 * loop and clock are borrowed for the life of n; dscp 0 to 63.
 *
 * Holds one idle socket open: the kernel switches stamping on with the first
 * socket that asks for it, some milliseconds late, and off with the last, so
 * without it the arrival of a quick reply would go unstamped.
 */
void os_net_init(struct os_net *n, struct os_loop *loop, struct clock *clock,
		 unsigned dscp);
void os_net_done(struct os_net *n);

/**
 * A non-blocking close-on-exec socket, for worlds that know SOCK_NONBLOCK in
 * the type and for those that do not.  A descriptor or -errno.
 */
int os_socket(int family, int type);

/** Traffic class and "never fragment by rumour"; what the kernel refuses is left out. */
void os_udp_tune(int fd, int family, unsigned dscp);

/** Returns the length of the socket address. */
socklen_t os_sockaddr_from(const struct net_addr *addr,
			   struct sockaddr_storage *out);

/** AF_UNSPEC for families other than IPv4 and IPv6. */
struct net_addr os_sockaddr_to(const struct sockaddr_storage *sa);
