/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/name_server.h"

#include <arpa/nameser.h>
#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <resolv.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/bytes.h"
#include "os/resolver.h"
#include "os/udp.h"

#define QUERY_MAX 512
#define REPLY_MAX 4096 /* a server that ignores the limit is no harm */
#define FLAG_RECURSE 0x0100

struct question {
	uint8_t octets[QUERY_MAX];
	size_t len;
	ns_type type;
};

/* One question without EDNS: any few addresses of a pool fit into 512 octets. */
static int question_make(struct question *q, const char *name, ns_type type)
{
	struct bytes_out out = bytes_out(q->octets, sizeof q->octets);
	uint8_t wire[NS_MAXCDNAME];
	int len = dn_comp(name, wire, sizeof wire, NULL, NULL);
	uint16_t id;

	if (len < 0)
		return -ENOENT; /* the DNS cannot hold such a name */
	if (getrandom(&id, sizeof id, 0) != sizeof id)
		return -EAGAIN;
	bytes_put_u16(&out, id);
	bytes_put_u16(&out, FLAG_RECURSE);
	bytes_put_u16(&out, 1);
	bytes_put_zeros(&out, 6);
	bytes_put(&out, wire, (size_t)len);
	bytes_put_u16(&out, (uint16_t)type);
	bytes_put_u16(&out, ns_c_in);
	q->len = out.len;
	q->type = type;
	return out.bad ? -ENOENT : 0;
}

/* The question comes back octet by octet, but perhaps in other capitals; what
 * stands around its letters (lengths, type, class) has none. */
static bool same_question(const struct question *q, const uint8_t *buf)
{
	for (size_t i = NS_HFIXEDSZ; i < q->len; i++)
		if (tolower(buf[i]) != tolower(q->octets[i]))
			return false;
	return true;
}

static bool answers(const struct question *q, const uint8_t *buf, size_t len,
		    ns_msg *msg)
{
	return len >= q->len && memcmp(buf, q->octets, 2) == 0 &&
	       same_question(q, buf) && ns_initparse(buf, (int)len, msg) == 0 &&
	       ns_msg_getflag(*msg, ns_f_qr) &&
	       ns_msg_count(*msg, ns_s_qd) == 1;
}

static bool address_of(const ns_rr *rr, ns_type type, struct net_addr *out)
{
	size_t len = type == ns_t_a ? NS_INADDRSZ : NS_IN6ADDRSZ;

	if (ns_rr_type(*rr) != type || ns_rr_class(*rr) != ns_c_in ||
	    ns_rr_rdlen(*rr) != len)
		return false;
	*out = (struct net_addr){.family = type == ns_t_a ? AF_INET : AF_INET6};
	memcpy(out->ip, ns_rr_rdata(*rr), len);
	return true;
}

/* Whatever owner stands before an address: a recursive server followed the
 * chain of aliases for us. */
static size_t take_addresses(ns_msg *msg, ns_type type, bool loopback,
			     struct net_addr *addrs, size_t max)
{
	size_t n = 0;

	for (int i = 0; i < ns_msg_count(*msg, ns_s_an) && n < max; i++) {
		struct net_addr addr;
		ns_rr rr;

		if (ns_parserr(msg, ns_s_an, i, &rr) < 0)
			break;
		if (address_of(&rr, type, &addr) &&
		    resolve_usable(&addr, loopback) &&
		    !resolve_has(addrs, n, &addr))
			addrs[n++] = addr;
	}
	return n;
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Wait for the answer to q; its length, -EAGAIN, or -ECONNREFUSED. */
static int reply_wait(int fd, const struct question *q, uint8_t *buf,
		      size_t cap, ns_msg *msg)
{
	int64_t end = now_ms() + NAME_SERVER_TIMEOUT_MS, left;
	struct pollfd p = {.fd = fd, .events = POLLIN};

	while ((left = end - now_ms()) > 0) {
		ssize_t len;

		if (poll(&p, 1, (int)left) <= 0)
			continue;
		len = recv(fd, buf, cap, 0);
		if (len < 0)
			return -EAGAIN;
		if (answers(q, buf, (size_t)len, msg))
			return 0;
	}
	return -EAGAIN;
}

/* Addresses, -ENOENT for a name without any, -EAGAIN to try elsewhere. */
static int judge(ns_msg *msg, const struct question *q, bool loopback,
		 struct net_addr *addrs, size_t max)
{
	size_t n;

	switch ((int)ns_msg_getflag(*msg, ns_f_rcode)) {
	case ns_r_noerror:
		n = take_addresses(msg, q->type, loopback, addrs, max);
		return n > 0 ? (int)n : -ENOENT;
	case ns_r_nxdomain:
		return -ENOENT;
	default:
		return -EAGAIN;
	}
}

static int ask_server(const struct net_addr *server, const struct question *q,
		      bool loopback, struct net_addr *addrs, size_t max)
{
	struct sockaddr_storage sa;
	socklen_t sa_len = os_sockaddr_from(server, &sa);
	int fd = os_socket(server->family, SOCK_DGRAM);
	uint8_t buf[REPLY_MAX];
	int r = -EAGAIN;
	ns_msg msg;

	if (fd < 0)
		return -EAGAIN;
	/* Connected: the kernel lets nobody else answer. */
	if (connect(fd, (struct sockaddr *)&sa, sa_len) == 0 &&
	    send(fd, q->octets, q->len, 0) == (ssize_t)q->len &&
	    reply_wait(fd, q, buf, sizeof buf, &msg) == 0)
		r = judge(&msg, q, loopback, addrs, max);
	close(fd);
	return r;
}

static int ask_all(const struct name_servers *servers, const char *name,
		   ns_type type, struct net_addr *addrs, size_t max)
{
	struct question q;
	int r = question_make(&q, name, type);

	if (r < 0)
		return r;
	r = -EAGAIN;
	for (int i = 0; i < NAME_SERVER_ROUNDS; i++)
		for (size_t k = 0; k < servers->n && r == -EAGAIN; k++)
			r = ask_server(&servers->addr[k], &q, servers->loopback,
				       addrs, max);
	return r;
}

int resolve_by(const struct name_servers *servers, const char *name, int family,
	       struct net_addr *addrs, size_t max)
{
	struct net_addr literal;
	int n4 = -ENOENT, n6 = -ENOENT;
	size_t n;

	if (!servers || servers->n == 0 || strcasecmp(name, "localhost") == 0 ||
	    net_addr_parse(name, &literal) == 0)
		return resolve_now(name, family, addrs, max);
	if (family != AF_INET6)
		n4 = ask_all(servers, name, ns_t_a, addrs, max);
	n = n4 > 0 ? (size_t)n4 : 0;
	if (family != AF_INET && n < max)
		n6 = ask_all(servers, name, ns_t_aaaa, addrs + n, max - n);
	n += n6 > 0 ? (size_t)n6 : 0;
	if (n > 0)
		return (int)n;
	/* Nobody said that there is none as long as one kind is open. */
	return n4 == -EAGAIN || n6 == -EAGAIN ? -EAGAIN : -ENOENT;
}
