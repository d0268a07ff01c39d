/* SPDX-License-Identifier: BSD-2-Clause */
#include "ntpq/remote.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/container.h"
#include "base/text.h"
#include "base/units.h"
#include "os/udp.h"
#include "wire/ntp_packet.h"

#define PROBE_MS 1000
/* Datagrams read for one question: a flood of wrong ones must end too. */
#define MAX_DATAGRAMS 1000

/* --- addresses ------------------------------------------------------------- */

/* Split "host:port", where host has no other colon or stands in brackets. */
static int split_host(const char *text, char host[REMOTE_NAME_LEN],
		      uint16_t *port)
{
	const char *bracket = strchr(text, ']');
	const char *colon = strchr(bracket ? bracket : text, ':');
	size_t len = strlen(text);
	long v;

	if (colon &&
	    (bracket ? colon == bracket + 1 : strchr(colon + 1, ':') == NULL)) {
		if (text_to_int(colon + 1, 1, 65535, &v) < 0)
			return -EINVAL;
		*port = (uint16_t)v;
		len = (size_t)(colon - text);
	}
	if (len >= 2 && text[0] == '[' && text[len - 1] == ']') {
		text++;
		len -= 2;
	}
	if (len == 0 || len >= REMOTE_NAME_LEN)
		return -EINVAL;
	memcpy(host, text, len);
	host[len] = '\0';
	return 0;
}

bool remote_name_of(const char *addr, char *buf, size_t cap)
{
	struct sockaddr_storage ss;
	struct net_addr a;
	socklen_t len;

	if (net_addr_parse(addr, &a) < 0)
		return false;
	len = os_sockaddr_from(&a, &ss);
	return getnameinfo((const struct sockaddr *)&ss, len, buf,
			   (socklen_t)cap, NULL, 0, NI_NAMEREQD) == 0;
}

static int connect_udp(const struct net_addr *a)
{
	struct sockaddr_storage ss;
	socklen_t len = os_sockaddr_from(a, &ss);
	int fd = socket(a->family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int r;

	if (fd < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)&ss, len) < 0) {
		r = -errno;
		close(fd);
		return r;
	}
	return fd;
}

static void add_addr(struct remote *r, const struct net_addr *addr)
{
	if (r->n_addr < REMOTE_MAX_ADDRS && (r->options.family == AF_UNSPEC ||
					     r->options.family == addr->family))
		r->addr[r->n_addr++] = *addr;
}

/*
 * localhost is both loopback addresses, whatever the resolver says (RFC 6761
 * section 6.3).  IPv4 first: the line "restrict ::1" is the one forgotten.
 */
static void add_localhost(struct remote *r, uint16_t port)
{
	static const char *const loopback[] = {"127.0.0.1", "::1"};

	for (size_t i = 0; i < ARRAY_LEN(loopback); i++) {
		struct net_addr a;

		if (net_addr_parse(loopback[i], &a) < 0)
			continue;
		a.port = port;
		add_addr(r, &a);
	}
}

static int look_up(struct remote *r, const char *node, uint16_t port)
{
	struct addrinfo hints = {.ai_family = r->options.family,
				 .ai_socktype = SOCK_DGRAM};
	struct addrinfo *list;
	int e = getaddrinfo(node, NULL, &hints, &list);

	if (e)
		return e;
	for (struct addrinfo *ai = list; ai; ai = ai->ai_next) {
		struct sockaddr_storage ss = {0};
		struct net_addr a;

		memcpy(&ss, ai->ai_addr, ai->ai_addrlen);
		a = os_sockaddr_to(&ss);
		a.port = port;
		if (a.family != AF_UNSPEC)
			add_addr(r, &a);
	}
	freeaddrinfo(list);
	return r->n_addr ? 0 : EAI_NONAME;
}

int remote_open(struct remote *r, const char *host)
{
	char node[REMOTE_NAME_LEN];
	uint16_t port = r->options.port;
	int e = 0;

	remote_close(r);
	if (split_host(host, node, &port) < 0) {
		fprintf(r->err, "%s: not a host name or address\n", host);
		return -ENOENT;
	}
	if (strcmp(node, "localhost") == 0)
		add_localhost(r, port);
	else
		e = look_up(r, node, port);
	if (e) {
		fprintf(r->err, "%s: %s\n", host, gai_strerror(e));
		return -ENOENT;
	}
	snprintf(r->name, sizeof r->name, "%s", host);
	return 0;
}

bool remote_is_open(const struct remote *r)
{
	return r->n_addr > 0;
}

static void drop_socket(struct remote *r)
{
	if (r->fd >= 0)
		close(r->fd);
	r->fd = -1;
}

void remote_close(struct remote *r)
{
	drop_socket(r);
	r->n_addr = r->at = 0;
	r->answered = false;
}

/* --- asking ---------------------------------------------------------------- */

static int64_t mono_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / NS_PER_MS;
}

/* A datagram before the deadline: its length, -ETIMEDOUT, or another -errno. */
static ssize_t receive(int fd, uint8_t *buf, size_t cap, int64_t deadline_ms)
{
	for (;;) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		int64_t left = deadline_ms - mono_ms();
		ssize_t n;
		int r = poll(&p, 1, left > 0 ? (int)left : 0);

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return r < 0 ? -errno : -ETIMEDOUT;
		n = recv(fd, buf, cap, 0);
		if (n >= 0)
			return n;
		if (errno != EINTR && errno != EAGAIN)
			return -errno;
	}
}

static void debug_packet(const struct remote *r, const char *what, size_t len,
			 enum assembly_verdict v)
{
	static const char *const verdicts[] = {
		[ASSEMBLY_IGNORED] = "ignored",
		[ASSEMBLY_MORE] = "taken",
		[ASSEMBLY_DONE] = "complete",
		[ASSEMBLY_REFUSED] = "an error",
		[ASSEMBLY_REJECTED] = "rejected",
	};
	char where[NET_ADDR_TEXT_LEN];

	if (r->options.debug)
		fprintf(r->err, "%s %s: %zu octets%s%s\n", what,
			net_addr_format_port(&r->addr[r->at], where), len,
			what[0] == 'f' ? ", " : "",
			what[0] == 'f' ? verdicts[v] : "");
}

/* Wait for the answer to what was just sent.  *error: of the socket. */
static enum ask_result collect(struct remote *r, struct assembly *a, int *error)
{
	int64_t deadline = mono_ms() + r->options.first_ms;
	uint8_t packet[CONTROL_MAX_LEN * 2];

	*error = 0;
	for (unsigned i = 0; i < MAX_DATAGRAMS; i++) {
		ssize_t n = receive(r->fd, packet, sizeof packet, deadline);
		enum assembly_verdict v;

		if (n < 0) {
			*error = (int)-n;
			if (n != -ETIMEDOUT)
				return ASK_FAILED;
			return a->n ? ASK_INCOMPLETE : ASK_TIMEOUT;
		}
		v = assembly_add(a, packet, (size_t)n);
		debug_packet(r, "from", (size_t)n, v);
		switch (v) {
		case ASSEMBLY_IGNORED:
			break;
		case ASSEMBLY_MORE:
			deadline = mono_ms() + r->options.next_ms;
			break;
		case ASSEMBLY_DONE:
			return ASK_OK;
		case ASSEMBLY_REFUSED:
			return ASK_REFUSED;
		case ASSEMBLY_REJECTED:
			return ASK_MALFORMED;
		}
	}
	return a->n ? ASK_INCOMPLETE : ASK_TIMEOUT;
}

/* Send once and wait.  Each try has its own random sequence number, so that a
 * late answer, or a guessed one, is not taken for this one's. */
static enum ask_result ask_once(struct remote *r, enum control_op op,
				uint16_t assoc_id, const char *list,
				struct assembly *a, int *error)
{
	struct control_header h = {.version = r->options.version,
				   .op = (uint8_t)op,
				   .assoc_id = assoc_id,
				   .count = (uint16_t)strlen(list)};
	uint8_t packet[CONTROL_MAX_LEN];
	size_t len;

	if (getrandom(&h.sequence, sizeof h.sequence, 0) < 0)
		h.sequence = (uint16_t)mono_ms();
	assembly_init(a, h.op, h.sequence, assoc_id);
	len = control_encode(&h, list, packet, sizeof packet);
	if (send(r->fd, packet, len, 0) < 0) {
		*error = errno;
		return ASK_FAILED;
	}
	debug_packet(r, "to", len, ASSEMBLY_IGNORED);
	return collect(r, a, error);
}

/* --- why not --------------------------------------------------------------- */

/* Does anybody answer a plain time request there? */
static bool answers_time(const struct net_addr *addr)
{
	const struct ntp_packet request = {.version = NTP_VERSION,
					   .mode = NTP_MODE_CLIENT,
					   .transmit = {UINT64_C(1) << 32}};
	uint8_t packet[NTP_HEADER_LEN];
	ssize_t n = -1;
	int fd = connect_udp(addr);

	if (fd < 0)
		return false;
	ntp_packet_encode(&request, packet);
	if (send(fd, packet, sizeof packet, 0) > 0)
		n = receive(fd, packet, sizeof packet, mono_ms() + PROBE_MS);
	close(fd);
	return n >= NTP_HEADER_LEN;
}

/* The classic line comes first: scripts read it.  Then what to do about it. */
static void tell_timeout(const struct remote *r)
{
	const struct net_addr *a = &r->addr[r->at];
	char where[NET_ADDR_TEXT_LEN];

	fprintf(r->err, "%s: timed out, nothing received\n", r->name);
	fprintf(r->err, "***Request timed out\n");
	net_addr_format_port(a, where);
	if (answers_time(a))
		fprintf(r->err,
			"(%s serves time but not queries: look for noquery in "
			"its restrict lines)\n",
			where);
	else
		fprintf(r->err,
			"(%s does not serve time either: the host is down, a "
			"firewall is in the way, or restrict ignores us)\n",
			where);
}

static void tell_failure(const struct remote *r, int error)
{
	char where[NET_ADDR_TEXT_LEN];

	fprintf(r->err, "read: %s\n", strerror(error));
	if (error == ECONNREFUSED)
		fprintf(r->err,
			"(nothing listens on %s: ntpd is not running)\n",
			net_addr_format_port(&r->addr[r->at], where));
}

static bool next_address(struct remote *r)
{
	if (r->answered || r->at + 1 >= r->n_addr)
		return false;
	drop_socket(r);
	r->at++;
	return true;
}

/*
 * A name may have several addresses of which the daemon opens only some, or
 * lets only some query (localhost is ::1 and 127.0.0.1): until one has
 * answered the next is tried.  The last one is asked twice.
 */
static enum ask_result remote_ask(struct asker *asker, enum control_op op,
				  uint16_t assoc_id, const char *list,
				  struct assembly *a)
{
	struct remote *r = CONTAINER_OF(asker, struct remote, asker);
	enum ask_result result;
	int error, tries = 0;

	do {
		if (r->fd < 0)
			r->fd = connect_udp(&r->addr[r->at]);
		if (r->fd < 0) {
			result = ASK_FAILED;
			error = -r->fd;
			r->fd = -1;
		} else {
			result = ask_once(r, op, assoc_id, list, a, &error);
		}
		if (result != ASK_TIMEOUT && result != ASK_FAILED &&
		    result != ASK_INCOMPLETE)
			break;
	} while (next_address(r) || (result != ASK_FAILED && tries++ == 0));

	if (result == ASK_TIMEOUT)
		tell_timeout(r);
	else if (result == ASK_FAILED)
		tell_failure(r, error);
	else
		r->answered = true;
	if (result == ASK_INCOMPLETE)
		fprintf(r->err, "%s: timed out with incomplete data\n",
			r->name);
	return result;
}

void remote_init(struct remote *r, const struct remote_options *options,
		 FILE *err)
{
	*r = (struct remote){.asker = {remote_ask},
			     .options = *options,
			     .fd = -1,
			     .err = err};
}
