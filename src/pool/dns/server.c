/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/dns/server.h"

#include "base/siphash.h"

/* A stranger can ask for any number of names that are not there: these, and
 * errors, are one kind each. */
static uint64_t kind_of(const struct dns_server *s, const struct dns_query *q,
			const struct dns_outcome *out)
{
	if (out->rcode != DNS_NOERROR)
		return out->rcode;
	return siphash(s->source.cookie_key, q->name.octets, q->name.len) ^
	       (uint64_t)q->type << 48;
}

static size_t limit(struct dns_server *s, const struct dns_asker *from,
		    uint32_t mono_ms, const struct dns_query *q,
		    const struct dns_outcome *out, uint8_t *buf)
{
	if (!s->rate || from->tcp || out->known_client)
		return out->len;
	switch (rate_note(s->rate, &from->addr, kind_of(s, q, out), mono_ms)) {
	case RATE_SEND:
		return out->len;
	case RATE_TRUNCATE:
		s->counters.rate_truncated++;
		return dns_cut(buf, q);
	case RATE_DROP:
		break;
	}
	s->counters.rate_dropped++;
	return 0;
}

static const struct {
	uint16_t type;
	const char *name;
} counted[DNS_COUNTED_TYPES] = {
	{DNS_A, "A"},     {DNS_AAAA, "AAAA"}, {DNS_NS, "NS"},
	{DNS_SOA, "SOA"}, {DNS_TXT, "TXT"},   {DNS_MX, "MX"},
	{DNS_ANY, "ANY"}, {0, "other"},
};

const char *dns_counted_type(size_t i)
{
	return counted[i].name;
}

static size_t type_slot(uint16_t type)
{
	size_t i = 0;

	while (i < DNS_COUNTED_TYPES - 1 && counted[i].type != type)
		i++;
	return i;
}

static void count(struct dns_counters *c, const struct dns_asker *from,
		  enum dns_query_verdict verdict, const struct dns_query *q,
		  const struct dns_outcome *out)
{
	*(from->tcp ? &c->tcp : &c->udp) += 1;
	c->verdict[verdict]++;
	if (out->len == 0)
		return;
	c->rcode[out->rcode & 15]++;
	c->query[type_slot(q->type)][out->rcode & 15]++;
	c->cut += out->cut;
	c->edns += q->edns;
	c->subnet += q->has_subnet;
	c->cookie_valid += out->known_client;
	c->addresses_v4 += q->type == DNS_A;
	c->addresses_v6 += q->type == DNS_AAAA;
}

size_t dns_server_handle(struct dns_server *s, const struct dns_asker *from,
			 uint32_t mono_ms, const uint8_t *data, size_t len,
			 uint8_t buf[DNS_TCP_MAX])
{
	enum dns_query_verdict verdict;
	struct dns_query q;
	struct dns_outcome out =
		dns_answer(&s->source, from, data, len, &q, &verdict, buf);

	count(&s->counters, from, verdict, &q, &out);
	if (out.len == 0)
		return 0;
	return limit(s, from, mono_ms, &q, &out, buf);
}
