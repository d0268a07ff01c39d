/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/ntpd/listen.h"

#include <assert.h>
#include <errno.h>
#include <linux/filter.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/container.h"
#include "os/interfaces.h"
#include "os/server_socket.h"

/* One address to listen on. */
struct place {
	struct net_addr addr;
	bool optional; /* complain, but go on without */
};

struct places {
	struct place place[LISTEN_MAX];
	size_t n;
	const struct setup *setup;
};

static bool family_wanted(const struct setup *s, const struct net_addr *a)
{
	return a->family == AF_INET ? !s->opt->ipv6_only : !s->opt->ipv4_only;
}

static void add(struct places *p, const struct net_addr *addr, bool optional)
{
	struct place *new;

	for (size_t i = 0; i < p->n; i++)
		if (net_addr_same_host(&p->place[i].addr, addr))
			return;
	if (p->n == LISTEN_MAX || !family_wanted(p->setup, addr))
		return;
	new = &p->place[p->n++];
	*new = (struct place){*addr, optional};
	new->addr.port = p->setup->cfg->port;
}

/* A machine without IPv6 is not a broken machine (E-26). */
static void add_wildcards(struct places *p)
{
	const struct net_addr v4 = {.family = AF_INET};
	const struct net_addr v6 = {.family = AF_INET6};

	add(p, &v4, false);
	add(p, &v6, true);
}

static bool rule_matches(const struct conf_listen *rule, const char *name,
			 const struct net_addr *addr)
{
	switch (rule->match) {
	case MATCH_ALL:
		return true;
	case MATCH_IPV4:
		return addr->family == AF_INET;
	case MATCH_IPV6:
		return addr->family == AF_INET6;
	case MATCH_NAME:
		return strcmp(rule->name, name) == 0;
	case MATCH_PREFIX:
		return net_addr_same_prefix(&rule->addr, addr,
					    rule->prefix_len);
	case MATCH_WILDCARD:
		break;
	}
	return false;
}

/* The last rule that matches decides; without one an address is open. */
static bool is_open(const struct config *cfg, const char *name,
		    const struct net_addr *addr)
{
	for (size_t i = cfg->n_listen; i-- > 0;)
		if (rule_matches(&cfg->listen[i], name, addr))
			return cfg->listen[i].action == LISTEN_OPEN;
	return true;
}

/*
 * A whole address in a rule is opened even when no interface bears it, such as
 * most of 127.0.0.0/8.  Tells whether one of them is a loopback address.
 */
static bool add_literals(struct places *p)
{
	const struct config *cfg = p->setup->cfg;
	bool loopback = false;

	for (size_t i = 0; i < cfg->n_listen; i++) {
		const struct conf_listen *rule = &cfg->listen[i];

		if (rule->action == LISTEN_OPEN &&
		    rule->match == MATCH_WILDCARD)
			add_wildcards(p);
		if (rule->action != LISTEN_OPEN ||
		    rule->match != MATCH_PREFIX ||
		    rule->prefix_len != 8 * net_addr_len(&rule->addr) ||
		    !is_open(cfg, "", &rule->addr))
			continue;
		add(p, &rule->addr, false);
		loopback |= net_addr_is_loopback(&rule->addr);
	}
	return loopback;
}

/* ntpq asks on the loopback address, so that is open as well, whatever the
 * rules say, unless they name another loopback address. */
static void add_interfaces(struct places *p, bool own_loopback)
{
	struct interface *list = NULL;
	int n = interfaces_list(&list);

	for (int i = 0; i < n; i++) {
		bool open = is_open(p->setup->cfg, list[i].name, &list[i].addr);

		if (list[i].up && (open || (list[i].loopback && !own_loopback)))
			add(p, &list[i].addr, !open || list[i].addr.scope);
	}
	free(list);
}

static void complain(struct log *log, const struct place *at, int error)
{
	char addr[NET_ADDR_TEXT_LEN];

	log_line(log, at->optional ? LOG_LEVEL_NOTICE : LOG_LEVEL_ERROR,
		 "cannot listen on %s: %s%s",
		 net_addr_format_port(&at->addr, addr), strerror(-error),
		 error == -EADDRINUSE ? " (is another NTP daemon running?)"
		 : error == -EACCES   ? " (ports below 1024 need root or "
					"CAP_NET_BIND_SERVICE)"
				      : "");
}

/*
 * Let all requests of one address reach the same worker, so that each can keep
 * its own account of who asks how often: source address modulo workers.  IPv6
 * by /64, as the table of clients counts.
 */
static void steer(int fd, int family, unsigned workers)
{
	const uint32_t v4_source = (uint32_t)SKF_NET_OFF + 12;
	const uint32_t v6_source = (uint32_t)SKF_NET_OFF + 8;
	struct sock_filter v4[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, v4_source),
		BPF_STMT(BPF_ALU | BPF_MOD | BPF_K, workers),
		BPF_STMT(BPF_RET | BPF_A, 0),
	};
	struct sock_filter v6[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, v6_source),
		BPF_STMT(BPF_MISC | BPF_TAX, 0),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, v6_source + 4),
		BPF_STMT(BPF_ALU | BPF_XOR | BPF_X, 0),
		BPF_STMT(BPF_ALU | BPF_MOD | BPF_K, workers),
		BPF_STMT(BPF_RET | BPF_A, 0),
	};
	struct sock_fprog prog = {ARRAY_LEN(v4), v4};

	if (family == AF_INET6)
		prog = (struct sock_fprog){ARRAY_LEN(v6), v6};
	/* Without it the kernel spreads by address and port. */
	(void)setsockopt(fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &prog,
			 sizeof prog);
}

/* Sharing is for our own workers: somebody else's socket there is an error,
 * which only an unshared one shows. */
static int probe(const struct net_addr *addr, unsigned dscp)
{
	int fd = os_server_socket_open(addr, false, dscp);

	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

static int open_place(const struct place *at, unsigned dscp,
		      struct listen_set *out)
{
	bool share = out->workers > 1;
	int r = share ? probe(&at->addr, dscp) : 0;

	for (size_t w = 0; r == 0 && w < out->workers; w++) {
		int fd = os_server_socket_open(&at->addr, share, dscp);

		if (fd < 0)
			return fd;
		out->fd[w * LISTEN_MAX + out->n] = fd;
		if (w == 0 && share)
			steer(fd, at->addr.family, (unsigned)out->workers);
	}
	if (r == 0)
		out->addr[out->n++] = at->addr;
	return r;
}

int listen_open(const struct setup *s, struct log *log, struct listen_set *out)
{
	struct places p = {.setup = s};
	char text[NET_ADDR_TEXT_LEN];
	int first_error = 0;

	*out = (struct listen_set){.workers = s->cfg->workers};
	if (s->cfg->n_listen)
		add_interfaces(&p, add_literals(&p));
	else
		add_wildcards(&p);
	for (size_t i = 0; i < p.n; i++) {
		int r = open_place(&p.place[i], s->cfg->dscp, out);

		if (r < 0)
			complain(log, &p.place[i], r);
		else
			log_info(log, "listening on %s",
				 net_addr_format_port(&p.place[i].addr, text));
		if (r < 0 && !p.place[i].optional && !first_error)
			first_error = r;
	}
	return first_error;
}

static_assert(LISTEN_MAX == DAEMON_LISTEN_MAX, "all of them are told");

struct daemon_facts listen_facts(const struct listen_set *set, int64_t wall_ns,
				 int64_t mono_ns)
{
	struct daemon_facts d = {
		.pid = getpid(),
		.start_mono_ns = mono_ns,
		.config_loaded_wall_ns = wall_ns,
		.config_ok = true,
		.n_listen = (unsigned)set->n,
	};

	memcpy(d.listen, set->addr, set->n * sizeof *set->addr);
	return d;
}
