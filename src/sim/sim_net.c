/* SPDX-License-Identifier: BSD-2-Clause */
#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/alloc.h"
#include "base/container.h"
#include "base/units.h"
#include "sim/internal.h"
#include "sim/world.h"

#define FIRST_EPHEMERAL_PORT 32768

struct sim_udp {
	struct udp udp;
	struct sim_host *host;
	const struct udp_events *events;
	void *owner;
	struct timer departure;
	struct sim_udp *next;
};

/* --- addresses and links ------------------------------------------------- */

struct net_addr sim_addr(const char *literal, uint16_t port)
{
	struct net_addr a = {0};
	int r = net_addr_parse(literal, &a);

	assert(r == 0);
	a.port = port;
	return a;
}

void sim_host_add_addr(struct sim_host *h, const char *addr)
{
	h->addr = array_grow(h->addr, h->n_addr, &h->addr_cap, sizeof *h->addr);
	h->addr[h->n_addr++] = sim_addr(addr, 0);
}

struct sim_link *sim_link(struct sim_host *a, struct sim_host *b)
{
	if (b->index >= a->n_link) {
		size_t n = b->world->n_host;

		a->link = xreallocarray(a->link, n, sizeof(struct sim_link *));
		while (a->n_link < n)
			a->link[a->n_link++] = NULL;
	}
	if (!a->link[b->index]) {
		a->link[b->index] = xcalloc(1, sizeof(struct sim_link));
		*a->link[b->index] = a->world->link;
	}
	return a->link[b->index];
}

void sim_link_set(struct sim_host *a, struct sim_host *b,
		  const struct sim_link *link)
{
	*sim_link(a, b) = *link;
	*sim_link(b, a) = *link;
}

static struct sim_link *link_in_use(struct sim_host *a, struct sim_host *b)
{
	if (b->index < a->n_link && a->link[b->index])
		return a->link[b->index];
	return &a->world->link;
}

static bool chance(struct rng *r, double share)
{
	return share > 0 && rng_uniform(r) < share;
}

static int64_t draw_delay_ns(const struct sim_link *l, struct rng *r)
{
	double s = l->delay_s;

	if (l->jitter_s > 0)
		s += l->jitter_s * rng_exponential(r);
	if (l->normal_s > 0)
		s += l->normal_s * rng_normal(r);
	if (chance(r, l->late))
		s += l->late_s * rng_exponential(r);
	return ns_from_s(fmax(s, 0));
}

/* --- datagrams under way -------------------------------------------------- */

static void arrive(struct timer *t);

static struct sim_packet *packet_new(struct sim_host *from_host,
				     struct sim_host *to_host)
{
	struct world *w = from_host->world;
	struct sim_packet *p = w->spare;

	if (p) {
		w->spare = p->next_spare;
	} else {
		p = xcalloc(1, sizeof *p);
		p->arrival.fn = arrive;
		p->next = w->packets;
		w->packets = p;
	}
	p->world = w;
	p->from_host = from_host;
	p->to_host = to_host;
	p->error = 0;
	p->len = 0;
	return p;
}

static struct sim_packet *packet_copy(const struct sim_packet *p)
{
	struct sim_packet *copy = packet_new(p->from_host, p->to_host);

	copy->from = p->from;
	copy->to = p->to;
	copy->error = p->error;
	copy->len = p->len;
	memcpy(copy->data, p->data, p->len);
	return copy;
}

static void packet_done(struct sim_packet *p)
{
	p->next_spare = p->world->spare;
	p->world->spare = p;
}

void sim_net_free_packets(struct world *w)
{
	while (w->packets) {
		struct sim_packet *p = w->packets;

		w->packets = p->next;
		free(p);
	}
}

/* Take p, which leaves at depart_ns, along its link. */
static void travel(struct sim_packet *p, int64_t depart_ns)
{
	struct sim_link *l = link_in_use(p->from_host, p->to_host);
	struct rng *r = &p->from_host->net_rng;
	struct loop *events = &p->world->events;

	l->sent++;
	if (l->down || chance(r, l->loss)) {
		l->lost++;
		packet_done(p);
		return;
	}
	if (chance(r, l->duplicate))
		timer_arm(events, &packet_copy(p)->arrival,
			  depart_ns + draw_delay_ns(l, r));
	timer_arm(events, &p->arrival, depart_ns + draw_delay_ns(l, r));
}

static int send_from(struct sim_host *h, const struct net_addr *from,
		     const struct net_addr *to, const uint8_t *data, size_t len,
		     int64_t depart_ns)
{
	struct world *w = h->world;
	struct sim_host *to_host;
	struct sim_packet *p;

	if (h->send_error)
		return h->send_error;
	if (len > SIM_MAX_DATAGRAM)
		return -EMSGSIZE;
	if (w->tap)
		w->tap(w, &(struct sim_tapped){*from, *to, data, len},
		       w->tap_arg);
	to_host = world_find_host(w, to);
	if (!to_host || h->unplugged)
		return 0;
	p = packet_new(h, to_host);
	p->from = *from;
	p->to = *to;
	p->len = len;
	memcpy(p->data, data, len);
	travel(p, depart_ns);
	return 0;
}

int sim_host_send(struct sim_host *h, const struct net_addr *from,
		  const struct net_addr *to, const uint8_t *data, size_t len)
{
	return send_from(h, from, to, data, len, h->world->now_ns);
}

/* --- arrival -------------------------------------------------------------- */

static bool same_end(const struct net_addr *a, const struct net_addr *b)
{
	return a->port == b->port && net_addr_same_host(a, b);
}

/* A connected socket hears its peer only, as the kernel sees to. */
static struct sim_udp *find_socket(struct sim_host *h,
				   const struct net_addr *local,
				   const struct net_addr *peer)
{
	for (struct sim_udp *u = h->sockets; u; u = u->next)
		if (same_end(&u->udp.local, local) &&
		    same_end(&u->udp.peer, peer))
			return u;
	return NULL;
}

static const struct sim_service *find_service(const struct sim_host *h,
					      uint16_t port)
{
	for (size_t i = 0; i < h->n_service; i++)
		if (h->service[i].port == port && h->service[i].fn)
			return &h->service[i];
	return NULL;
}

/* Nobody there: ICMP port unreachable goes back. */
static void refuse(const struct sim_packet *p)
{
	struct sim_packet *back = packet_new(p->to_host, p->from_host);

	back->from = p->to;
	back->to = p->from;
	back->error = -ECONNREFUSED;
	travel(back, p->world->now_ns);
}

static void deliver(const struct sim_packet *p)
{
	struct sim_host *h = p->to_host;
	struct sim_udp *u = find_socket(h, &p->to, &p->from);
	const struct sim_service *service = find_service(h, p->to.port);
	struct datagram d = {
		.peer = p->from,
		.local = p->to,
		.data = p->data,
		.len = p->len,
		.wall_ns = sim_host_wall(h),
		.stamp = STAMP_KERNEL,
	};

	if (p->error) {
		if (u && u->events->refused)
			u->events->refused(u->owner, p->error);
	} else if (u) {
		u->events->received(u->owner, &d);
	} else if (service) {
		service->fn(h, &d, service->arg);
	} else {
		refuse(p);
	}
}

static void arrive(struct timer *t)
{
	struct sim_packet *p = CONTAINER_OF(t, struct sim_packet, arrival);
	struct sim_host *h = p->to_host;

	if (!h->unplugged && !h->osc.stopped) {
		deliver(p);
		sim_host_plan(h);
	}
	packet_done(p);
}

void sim_host_serve(struct sim_host *h, uint16_t port, sim_serve_fn fn,
		    void *arg)
{
	for (size_t i = 0; i < h->n_service; i++)
		if (h->service[i].port == port) {
			h->service[i] = (struct sim_service){port, fn, arg};
			return;
		}
	h->service = array_grow(h->service, h->n_service, &h->service_cap,
				sizeof *h->service);
	h->service[h->n_service++] = (struct sim_service){port, fn, arg};
}

/* --- client sockets ------------------------------------------------------- */

static void departed(struct timer *t)
{
	struct sim_udp *u = CONTAINER_OF(t, struct sim_udp, departure);
	struct sim_host *h = u->host;

	if (u->events->departed)
		u->events->departed(u->owner, sim_host_wall(h), STAMP_KERNEL);
	sim_host_plan(h);
}

/*
 * With a send latency the datagram leaves later than the caller's stamp says;
 * the kernel's stamp comes from the moment when it does.
 */
static int udp_send_op(struct udp *udp, const uint8_t *data, size_t len,
		       int64_t *wall_ns)
{
	struct sim_udp *u = CONTAINER_OF(udp, struct sim_udp, udp);
	struct sim_host *h = u->host;
	int64_t depart_ns = h->world->now_ns;
	int r;

	if (h->send_latency_s > 0)
		depart_ns += ns_from_s(h->send_latency_s *
				       rng_exponential(&h->net_rng));
	r = send_from(h, &udp->local, &udp->peer, data, len, depart_ns);
	if (r < 0)
		return r;
	*wall_ns = sim_host_wall(h);
	if (h->send_latency_s > 0)
		timer_arm(&h->world->events, &u->departure, depart_ns);
	return 0;
}

static void udp_close_op(struct udp *udp)
{
	struct sim_udp *u = CONTAINER_OF(udp, struct sim_udp, udp);
	struct sim_udp **at = &u->host->sockets;

	timer_disarm(&u->host->world->events, &u->departure);
	while (*at != u)
		at = &(*at)->next;
	*at = u->next;
	free(u);
}

static const struct udp_ops udp_ops = {udp_send_op, udp_close_op};

static const struct net_addr *local_addr(const struct sim_host *h,
					 uint16_t family)
{
	for (size_t i = 0; i < h->n_addr; i++)
		if (h->addr[i].family == family)
			return &h->addr[i];
	return NULL;
}

static int connect_udp(struct net *n, const struct net_addr *peer,
		       const struct udp_events *events, void *owner,
		       struct udp **out)
{
	struct sim_host *h = CONTAINER_OF(n, struct sim_host, net);
	const struct net_addr *local = local_addr(h, peer->family);
	struct sim_udp *u;

	if (h->connect_error)
		return h->connect_error;
	if (!local)
		return -ENETUNREACH;
	u = xcalloc(1, sizeof *u);
	u->udp = (struct udp){&udp_ops, *local, *peer};
	u->udp.local.port = h->next_port;
	h->next_port = h->next_port == UINT16_MAX
			       ? FIRST_EPHEMERAL_PORT
			       : (uint16_t)(h->next_port + 1);
	u->host = h;
	u->events = events;
	u->owner = owner;
	u->departure.fn = departed;
	u->next = h->sockets;
	h->sockets = u;
	*out = &u->udp;
	return 0;
}

static const struct net_ops net_ops = {connect_udp};

void sim_net_init(struct sim_host *h)
{
	h->net.ops = &net_ops;
	h->next_port = FIRST_EPHEMERAL_PORT;
}

void sim_net_done(struct sim_host *h)
{
	while (h->sockets)
		udp_close(&h->sockets->udp);
	for (size_t i = 0; i < h->n_link; i++)
		free(h->link[i]);
	free(h->link);
	free(h->service);
}
