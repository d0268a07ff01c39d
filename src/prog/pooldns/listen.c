/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/pooldns/listen.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/net_addr.h"
#include "os/server_socket.h"
#include "os/udp.h"

#define DEFAULT "127.0.0.1:10053"
#define BACKLOG 128

static int open_udp(const struct net_addr *at)
{
	int fd = os_bound_socket(at, SOCK_DGRAM, true);
	int r;

	if (fd < 0)
		return fd;
	os_widen_buffer(fd);
	os_udp_tune(fd, at->family, 0);
	/* Answers leave from the address that was asked. */
	r = net_addr_is_any(at) ? os_tell_destination(fd, at->family) : 0;
	if (r < 0)
		close(fd);
	return r < 0 ? r : fd;
}

static int open_tcp(const struct net_addr *at)
{
	int fd = os_bound_socket(at, SOCK_STREAM, true);

	if (fd >= 0 && listen(fd, BACKLOG) < 0) {
		close(fd);
		return -errno;
	}
	return fd;
}

static int open_address(const struct net_addr *at, struct listen_set *out)
{
	/* Sharing is for our own workers: somebody else's socket there is an
	 * error, which only an unshared one shows. */
	int probe = os_bound_socket(at, SOCK_DGRAM, false);

	if (probe < 0)
		return probe;
	close(probe);
	for (size_t w = 0; w < out->workers; w++) {
		size_t slot = w * LISTEN_MAX + out->n;

		out->udp[slot] = open_udp(at);
		out->tcp[slot] = open_tcp(at);
		if (out->udp[slot] < 0)
			return out->udp[slot];
		if (out->tcp[slot] < 0)
			return out->tcp[slot];
	}
	out->n++;
	return 0;
}

int listen_open(const struct pool_settings *s, struct log *log,
		struct listen_set *out)
{
	static char standard[] = DEFAULT;
	char *only[] = {standard, NULL};
	char **where = s->dns_listen && s->dns_listen[0] ? s->dns_listen : only;

	*out = (struct listen_set){.workers = s->dns_workers};
	for (; *where; where++) {
		struct net_addr at;
		int r = net_addr_parse_port(*where, &at);

		if (r == 0)
			r = out->n == LISTEN_MAX ? -E2BIG
						 : open_address(&at, out);
		if (r < 0) {
			log_error(log, "dns-listen %s: %s%s", *where,
				  strerror(-r),
				  r == -EACCES ? " (ports below 1024 need root "
						 "or CAP_NET_BIND_SERVICE)"
					       : "");
			return r;
		}
		log_info(log, "listening on %s", *where);
	}
	return 0;
}

void listen_keep(const struct listen_set *l, unsigned worker)
{
	for (unsigned w = 0; w < l->workers; w++)
		for (size_t i = 0; i < l->n && w != worker; i++) {
			close(l->udp[w * LISTEN_MAX + i]);
			close(l->tcp[w * LISTEN_MAX + i]);
		}
}

unsigned listen_limit(const struct pool_settings *s)
{
	return (s->rrl_per_s + s->dns_workers - 1) / s->dns_workers;
}
