/* SPDX-License-Identifier: BSD-2-Clause */
#include "ntp/server.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/alloc.h"
#include "base/siphash.h"
#include "base/units.h"
#include "crypt/mac.h"
#include "ntp/access.h"
#include "ntp/answer.h"
#include "ntp/clients.h"
#include "ntp/pool_verify.h"
#include "wire/control.h"
#include "wire/ext.h"
#include "wire/ntp_packet.h"

/* No request is longer: a full set of NTS fields fits.  Bounds the work. */
#define REQUEST_MAX_LEN 2048

struct server {
	const struct config *cfg;
	const struct keys *keys;
	struct access *access;
	struct clients *clients;
	struct server_stats stats;
	uint64_t random_key[2], random_count;
};

const char *server_verdict_name(enum server_verdict v)
{
	static const char *const names[SERVER_VERDICTS] = {
		[SERVER_REPLY] = "reply",
		[SERVER_CONTROL] = "control",
		[SERVER_SHORT] = "short",
		[SERVER_BAD_FORMAT] = "bad format",
		[SERVER_BAD_MODE] = "bad mode",
		[SERVER_BAD_SOURCE] = "bad source",
		[SERVER_DENIED] = "denied",
		[SERVER_LIMITED] = "limited",
		[SERVER_KISS] = "kiss",
		[SERVER_BAD_AUTH] = "bad auth",
		[SERVER_FLAKE] = "flake",
	};

	return names[v];
}

struct server *server_new_in(void *clients_table, const struct config *cfg,
			     const struct keys *keys, struct entropy *entropy)
{
	struct server *s = xcalloc(1, sizeof *s);
	uint64_t hash_key[2];

	s->cfg = cfg;
	s->keys = keys;
	s->access = access_new(cfg);
	entropy_fill(entropy, hash_key, sizeof hash_key);
	entropy_fill(entropy, s->random_key, sizeof s->random_key);
	s->clients =
		clients_table
			? clients_new_in(clients_table, cfg->mru_max_depth,
					 &cfg->rate, hash_key)
			: clients_new(cfg->mru_max_depth, &cfg->rate, hash_key);
	return s;
}

struct server *server_new(const struct config *cfg, const struct keys *keys,
			  struct entropy *entropy)
{
	return server_new_in(NULL, cfg, keys, entropy);
}

void server_free(struct server *s)
{
	if (!s)
		return;
	access_free(s->access);
	clients_free(s->clients);
	explicit_bzero(s->random_key, sizeof s->random_key);
	free(s);
}

/* Nobody outside can foresee it, and it costs no system call. */
static uint64_t fresh_random(struct server *s)
{
	s->random_count++;
	return siphash(s->random_key, &s->random_count, sizeof s->random_count);
}

/* Can an answer to this reach one honest host, and not ourselves? */
static bool source_is_sane(const struct datagram *d)
{
	struct net_addr peer = net_addr_unmap(&d->peer);
	struct net_addr local = net_addr_unmap(&d->local);

	if (peer.port == 0 || net_addr_is_any(&peer) ||
	    net_addr_is_multicast(&peer) || net_addr_is_multicast(&local))
		return false;
	if (peer.family == AF_INET && peer.ip[0] == 0)
		return false;
	if (net_addr_is_any(&local)) /* not known */
		return true;
	if (net_addr_is_loopback(&peer) && !net_addr_is_loopback(&local))
		return false;
	return peer.port != local.port || !net_addr_same_host(&peer, &local);
}

/* Mode 6 has a header of its own; what it says is the control side's business. */
static enum server_verdict judge_control(const struct datagram *d,
					 unsigned flags)
{
	if (d->len < CONTROL_HEADER_LEN)
		return SERVER_SHORT;
	return flags & RES_NOQUERY ? SERVER_DENIED : SERVER_CONTROL;
}

/* Only requests are answered, so that nothing that we send is (V12). */
static bool is_request(const struct ntp_packet *q, const struct net_addr *peer)
{
	switch (q->mode) {
	case NTP_MODE_ACTIVE:
	case NTP_MODE_CLIENT:
		return true;
	case NTP_MODE_UNSPEC:
		/* NTPv1 had no modes; from port 123 it may as well be a reply. */
		return q->version == 1 && peer->port != NTP_PORT;
	default:
		return false;
	}
}

static enum server_verdict judge_access(struct server *s,
					const struct ntp_packet *q,
					unsigned flags)
{
	if (flags & RES_NOSERVE)
		return SERVER_DENIED;
	if (flags & RES_VERSION && q->version != NTP_VERSION)
		return SERVER_DENIED;
	if (flags & RES_FLAKE && (double)(fresh_random(s) >> 11) * 0x1p-53 <
					 s->cfg->rate.flake_share)
		return SERVER_FLAKE;
	return SERVER_REPLY;
}

static enum server_verdict judge_rate(struct server *s,
				      const struct ntp_packet *q,
				      const struct net_addr *peer,
				      unsigned flags, int64_t mono_ns)
{
	bool limited = flags & RES_LIMITED;

	if (!limited && !s->cfg->enable.monitor)
		return SERVER_REPLY;
	switch (clients_note(s->clients, peer, q->version, q->mode, limited,
			     fresh_random(s), mono_ns)) {
	case CLIENT_OK:
		return SERVER_REPLY;
	case CLIENT_KOD:
		return flags & RES_KOD ? SERVER_KISS : SERVER_LIMITED;
	case CLIENT_LIMITED:
		break;
	}
	return SERVER_LIMITED;
}

static bool is_trusted(const struct config *cfg, uint32_t key_id)
{
	size_t lo = 0, hi = cfg->n_trusted_key;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (cfg->trusted_key[mid] == key_id)
			return true;
		if (cfg->trusted_key[mid] < key_id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return false;
}

/*
 * What stands behind the header.  *key: of a valid MAC, or NULL without one.
 * Extension fields are not known here and so ignored; a crypto-NAK asks
 * nothing.
 */
static enum server_verdict judge_tail(const struct server *s,
				      const struct datagram *d, unsigned flags,
				      const struct key **key)
{
	struct ext_tail tail = ext_classify(d->data, d->len);

	*key = NULL;
	switch (tail.verdict) {
	case EXT_PLAIN:
		return flags & RES_NOTRUST ? SERVER_BAD_AUTH : SERVER_REPLY;
	case EXT_MAC:
		break;
	case EXT_CRYPTO_NAK:
	case EXT_BAD:
		return SERVER_BAD_FORMAT;
	}
	if (s->keys && is_trusted(s->cfg, tail.mac_keyid))
		*key = keys_find(s->keys, tail.mac_keyid);
	if (!*key || !mac_is_valid(*key, d->data, tail.mac_at,
				   d->data + tail.mac_at, d->len - tail.mac_at))
		return SERVER_BAD_AUTH;
	return SERVER_REPLY;
}

static void compose(enum server_verdict v, const struct sys_view *view,
		    const struct ntp_packet *q, int64_t rx_wall_ns,
		    const struct key *key, struct server_reply *reply)
{
	struct ntp_packet r;

	if (v == SERVER_KISS)
		answer_kiss(view, q, rx_wall_ns, "RATE", &r);
	else
		answer(view, q, rx_wall_ns, &r);
	ntp_packet_encode(&r, reply->buf);
	reply->key = key;
	reply->len = NTP_HEADER_LEN + (key ? mac_len(key) : 0);
}

/* From the cheapest check to the dearest; the MAC of a limited request is not even looked at. */
static enum server_verdict handle(struct server *s, const struct datagram *d,
				  const struct sys_view *view, int64_t mono_ns,
				  struct server_reply *reply)
{
	unsigned flags = access_check(s->access, &d->peer);
	enum server_verdict v, auth;
	const struct key *key;
	struct sys_view now;
	struct ntp_packet q;

	if (flags & RES_IGNORE)
		return SERVER_DENIED;
	if (d->len > 0 && (d->data[0] & 7) == NTP_MODE_CONTROL)
		return judge_control(d, flags);
	if (ntp_packet_decode(d->data, d->len, &q) < 0)
		return SERVER_SHORT;
	if (q.mode == NTP_MODE_SERVER)
		s->stats.reply_sent_to_server_port++;
	if (q.version < 1 || q.version > NTP_VERSION ||
	    d->len > REQUEST_MAX_LEN)
		return SERVER_BAD_FORMAT;
	if (!is_request(&q, &d->peer))
		return SERVER_BAD_MODE;
	s->stats.by_version[q.version]++;
	v = judge_access(s, &q, flags);
	if (v != SERVER_REPLY)
		return v;
	v = judge_rate(s, &q, &d->peer, flags, mono_ns);
	if (v == SERVER_LIMITED)
		return v;
	auth = judge_tail(s, d, flags, &key);
	if (auth != SERVER_REPLY)
		return auth;
	now = view_at(view, mono_ns);
	compose(v, &now, &q, d->wall_ns, key, reply);
	if (v == SERVER_REPLY && !key)
		reply->len += pool_verify_answer(
			s->cfg->pool_verify, s->cfg->n_pool_verify, d->data,
			d->len, reply->buf + NTP_HEADER_LEN);
	return v;
}

enum server_verdict server_handle(struct server *s, const struct datagram *d,
				  const struct sys_view *view, int64_t mono_ns,
				  struct server_reply *reply)
{
	enum server_verdict v = SERVER_BAD_SOURCE;

	if (source_is_sane(d))
		v = handle(s, d, view, mono_ns, reply);
	s->stats.received++;
	s->stats.by_verdict[v]++;
	return v;
}

void server_stamp(struct server_reply *reply, int64_t wall_ns)
{
	ntp_packet_set_transmit(reply->buf, ntp_ts_from_ns(wall_ns));
	if (reply->key)
		mac_make(reply->key, reply->buf, NTP_HEADER_LEN,
			 reply->buf + NTP_HEADER_LEN);
}

void server_set_hosts(struct server *s, const struct access_host *hosts,
		      size_t n)
{
	access_free(s->access);
	s->access = access_new(s->cfg);
	for (size_t i = 0; i < n; i++) {
		const struct net_addr *addr = &hosts[i].addr;

		if (hosts[i].is_source)
			access_add_source(s->access, addr);
		else
			access_add(s->access, addr,
				   (unsigned)net_addr_len(addr) * 8,
				   hosts[i].flags);
	}
}

unsigned server_access(const struct server *s, const struct net_addr *peer)
{
	return access_check(s->access, peer);
}

struct access *server_access_list(struct server *s)
{
	return s->access;
}

const struct clients *server_clients(const struct server *s)
{
	return s->clients;
}

struct server_stats *server_stats(struct server *s)
{
	return &s->stats;
}
