/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/dns_message.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/container.h"
#include "base/text.h"

#define FLAG_QR 0x8000
#define FLAG_AA 0x0400
#define FLAG_TC 0x0200
#define FLAG_RD 0x0100
#define FLAG_CD 0x0010
#define OPCODE(flags) ((flags) >> 11 & 15)

#define OPTION_NSID 3
#define OPTION_SUBNET 8
#define OPTION_COOKIE 10

/* More than a query has any use for; keeps the work per datagram bounded. */
#define MAX_RECORDS 8

/* --- names ------------------------------------------------------------------- */

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

static bool fits_label(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '_';
}

int dns_name_from_text(const char *text, struct dns_name *out)
{
	struct dns_name name = {0};
	struct bytes_out to = bytes_out(name.octets, sizeof name.octets);

	if (strcmp(text, ".") == 0)
		text = "";
	while (*text) {
		size_t n = 0;

		while (fits_label(text[n]))
			n++;
		if (n == 0 || n > DNS_LABEL_MAX || (text[n] && text[n] != '.'))
			return -EINVAL;
		bytes_put_u8(&to, (uint8_t)n);
		for (size_t i = 0; i < n; i++)
			bytes_put_u8(&to, lower((uint8_t)text[i]));
		text += n + (text[n] == '.');
	}
	bytes_put_u8(&to, 0);
	if (to.bad)
		return -EINVAL;
	name.len = (uint8_t)to.len;
	*out = name;
	return 0;
}

char *dns_name_to_text(const struct dns_name *name, char buf[DNS_NAME_TEXT_LEN])
{
	struct text t = text_init(buf, DNS_NAME_TEXT_LEN);
	const uint8_t *p = name->octets;

	while (name->len && *p) {
		for (size_t i = 1; i <= *p; i++)
			text_add(&t,
				 p[i] > ' ' && p[i] < 127 && p[i] != '.' &&
						 p[i] != '\\'
					 ? "%c"
					 : "\\%03d",
				 p[i]);
		p += 1 + *p;
		if (*p)
			text_add(&t, ".");
	}
	return buf;
}

int dns_name_below(const struct dns_name *name, const struct dns_name *suffix)
{
	int at = name->len - suffix->len, label = 0;

	/* An octet of a label may look like a label's length: walk. */
	while (label < at)
		label += 1 + name->octets[label];
	if (at < 0 || label != at ||
	    memcmp(name->octets + at, suffix->octets, suffix->len) != 0)
		return -1;
	return at;
}

/* The question's name; nothing stands before it that a pointer could mean. */
static void take_name(struct bytes_in *in, struct dns_query *q)
{
	const uint8_t *begin = in->p;
	size_t at = 0;

	for (;;) {
		uint8_t n = bytes_u8(in);
		const uint8_t *label = bytes_take(in, n);

		if (in->bad || n > DNS_LABEL_MAX ||
		    at + 1 + n + (n > 0) > DNS_NAME_MAX) {
			in->bad = true;
			return;
		}
		q->name.octets[at++] = n;
		for (size_t i = 0; i < n; i++)
			q->name.octets[at++] = lower(label[i]);
		if (n == 0)
			break;
	}
	q->name.len = (uint8_t)at;
	q->spelt = begin;
}

/* The owner of a record that is passed over. */
static bool skip_name(struct bytes_in *in)
{
	size_t len = 0;
	bool root = true;

	for (;;) {
		uint8_t n = bytes_u8(in);

		if ((n & 0xc0) == 0xc0) {
			bytes_u8(in);
			return false;
		}
		len += 1 + (size_t)n;
		if (n > DNS_LABEL_MAX || len > DNS_NAME_MAX)
			in->bad = true;
		bytes_take(in, n);
		if (in->bad || n == 0)
			return root;
		root = false;
	}
}

/* --- questions --------------------------------------------------------------- */

/*
 * RFC 7871 section 6: as many octets of address as the prefix takes, the bits
 * behind it 0; section 7.1.2: a scope in a question is 0.
 */
static bool take_subnet(struct bytes_in *in, struct dns_query *q)
{
	struct dns_subnet *s = &q->subnet;
	uint16_t family = bytes_u16(in);
	size_t max = family == 1 ? 32 : family == 2 ? 128 : 0, len;
	const uint8_t *ip;

	*s = (struct dns_subnet){.source = bytes_u8(in)};
	s->scope = bytes_u8(in);
	len = (s->source + 7U) / 8;
	if (in->bad || s->source > max || s->scope || in->left != len ||
	    family > 2)
		return false;
	ip = bytes_take(in, len);
	if (len && s->source % 8 && (ip[len - 1] & 0xff >> s->source % 8))
		return false;
	s->addr.family = family == 1 ? AF_INET : family == 2 ? AF_INET6 : 0;
	memcpy(s->addr.ip, ip, len);
	q->has_subnet = true;
	return true;
}

static bool take_cookie(struct bytes_in *in, struct dns_query *q)
{
	size_t rest;

	if (in->left != DNS_CLIENT_COOKIE_LEN &&
	    (in->left < DNS_CLIENT_COOKIE_LEN + 8 ||
	     in->left > DNS_CLIENT_COOKIE_LEN + DNS_SERVER_COOKIE_MAX))
		return false;
	memcpy(q->client_cookie, bytes_take(in, DNS_CLIENT_COOKIE_LEN),
	       DNS_CLIENT_COOKIE_LEN);
	rest = in->left;
	if (rest)
		memcpy(q->server_cookie, bytes_take(in, rest), rest);
	q->server_cookie_len = (uint8_t)rest;
	q->has_cookie = true;
	return true;
}

/* The first of each kind counts. */
static bool take_option(struct bytes_in *in, struct dns_query *q)
{
	uint16_t code = bytes_u16(in);
	uint16_t len = bytes_u16(in);
	const uint8_t *data = bytes_take(in, len);
	struct bytes_in body = bytes_in(data, len);

	if (in->bad)
		return false;
	if (code == OPTION_NSID)
		q->nsid = true;
	else if (code == OPTION_SUBNET && !q->has_subnet)
		return take_subnet(&body, q);
	else if (code == OPTION_COOKIE && !q->has_cookie)
		return take_cookie(&body, q);
	return true;
}

static bool take_opt(struct bytes_in *in, uint16_t size, uint32_t ttl,
		     uint16_t len, struct dns_query *q)
{
	const uint8_t *data = bytes_take(in, len);
	struct bytes_in options = bytes_in(data, len);

	if (in->bad || q->edns)
		return false;
	q->edns = true;
	q->udp_size = size < DNS_UDP_MIN ? DNS_UDP_MIN : size;
	q->edns_version = (uint8_t)(ttl >> 16);
	q->dnssec_ok = ttl & 0x8000;
	if (q->edns_version > 0)
		return true; /* its options may be anything */
	while (options.left)
		if (!take_option(&options, q))
			return false;
	return true;
}

static bool take_record(struct bytes_in *in, struct dns_query *q)
{
	bool root = skip_name(in);
	uint16_t type = bytes_u16(in);
	uint16_t class = bytes_u16(in);
	uint32_t ttl = bytes_u32(in);
	uint16_t len = bytes_u16(in);

	if (type == DNS_OPT)
		return root && take_opt(in, class, ttl, len, q);
	bytes_take(in, len);
	return !in->bad;
}

enum dns_query_verdict dns_query_decode(const uint8_t *buf, size_t len,
					struct dns_query *q)
{
	struct bytes_in in = bytes_in(buf, len);
	unsigned flags, questions, records = 0;

	*q = (struct dns_query){.udp_size = DNS_UDP_MIN};
	q->id = bytes_u16(&in);
	flags = bytes_u16(&in);
	questions = bytes_u16(&in);
	for (int section = 0; section < 3; section++)
		records += bytes_u16(&in);
	if (in.bad || flags & FLAG_QR)
		return DNS_QUERY_IGNORE;
	q->opcode = OPCODE(flags);
	q->rd = flags & FLAG_RD;
	q->cd = flags & FLAG_CD;
	if (q->opcode != 0)
		return DNS_QUERY_UNKNOWN;
	if (questions != 1 || records > MAX_RECORDS)
		return DNS_QUERY_MALFORMED;
	take_name(&in, q);
	q->type = bytes_u16(&in);
	q->class = bytes_u16(&in);
	if (in.bad) {
		q->name.len = 0;
		return DNS_QUERY_MALFORMED;
	}
	while (records-- > 0)
		if (!take_record(&in, q))
			return DNS_QUERY_MALFORMED;
	if (in.left)
		return DNS_QUERY_MALFORMED;
	return q->edns_version > 0 ? DNS_QUERY_VERSION : DNS_QUERY_GOOD;
}

const char *dns_query_verdict_name(enum dns_query_verdict v)
{
	static const char *const names[DNS_QUERY_VERDICTS] = {
		[DNS_QUERY_GOOD] = "good",
		[DNS_QUERY_IGNORE] = "ignored",
		[DNS_QUERY_MALFORMED] = "malformed",
		[DNS_QUERY_UNKNOWN] = "not-a-query",
		[DNS_QUERY_VERSION] = "edns-version",
	};

	return names[v];
}

/* --- answers ----------------------------------------------------------------- */

static void set_u16(struct bytes_out *out, size_t at, size_t v)
{
	out->buf[at] = (uint8_t)(v >> 8);
	out->buf[at + 1] = (uint8_t)v;
}

struct dns_reply dns_reply_begin(const struct dns_query *q, uint8_t *buf,
				 size_t cap)
{
	struct dns_reply r = {0};

	assert(cap >= DNS_UDP_MIN);
	r.out = bytes_out(buf, cap - (q->edns ? DNS_OPT_MAX : 0));
	bytes_put_u16(&r.out, q->id);
	bytes_put_zeros(&r.out, DNS_HEADER_LEN - 2);
	if (q->name.len) {
		bytes_put(&r.out, q->spelt, q->name.len);
		bytes_put_u16(&r.out, q->type);
		bytes_put_u16(&r.out, q->class);
	}
	r.question_end = r.out.len;
	return r;
}

static void begin_rdata(struct dns_reply *r, enum dns_section section,
			enum dns_type type, uint32_t ttl_s)
{
	r->optional = section == DNS_ADDITIONAL;
	r->count[section]++;
	bytes_put_u16(&r->out, (uint16_t)type);
	bytes_put_u16(&r->out, DNS_CLASS_IN);
	bytes_put_u32(&r->out, ttl_s);
	bytes_put_u16(&r->out, 0);
	r->rdata = r->out.len;
}

void dns_reply_record(struct dns_reply *r, enum dns_section section,
		      uint16_t owner, enum dns_type type, uint32_t ttl_s)
{
	r->record = r->out.len;
	bytes_put_u16(&r->out, owner);
	begin_rdata(r, section, type, ttl_s);
}

void dns_reply_record_named(struct dns_reply *r, enum dns_section section,
			    const struct dns_name *owner, enum dns_type type,
			    uint32_t ttl_s)
{
	r->record = r->out.len;
	bytes_put(&r->out, owner->octets, owner->len);
	begin_rdata(r, section, type, ttl_s);
}

void dns_reply_end_record(struct dns_reply *r)
{
	if (!r->out.bad) {
		set_u16(&r->out, r->rdata - 2, r->out.len - r->rdata);
		return;
	}
	r->out.bad = false;
	r->out.len = r->record;
	if (r->optional)
		r->count[DNS_ADDITIONAL]--;
	else
		r->cut = true;
}

static void put_subnet(struct bytes_out *out, const struct dns_subnet *s)
{
	size_t len = (s->source + 7U) / 8;

	bytes_put_u16(out, OPTION_SUBNET);
	bytes_put_u16(out, (uint16_t)(4 + len));
	bytes_put_u16(out, s->addr.family == AF_INET    ? 1
			   : s->addr.family == AF_INET6 ? 2
							: 0);
	bytes_put_u8(out, s->source);
	bytes_put_u8(out, s->scope);
	bytes_put(out, s->addr.ip, len);
}

static void put_opt(struct dns_reply *r, const struct dns_query *q,
		    enum dns_rcode rcode, const struct dns_opt *opt)
{
	struct bytes_out *out = &r->out;
	size_t rdata, nsid = opt->nsid ? strlen(opt->nsid) : 0;

	out->cap += DNS_OPT_MAX;
	bytes_put_u8(out, 0);
	bytes_put_u16(out, DNS_OPT);
	bytes_put_u16(out, DNS_UDP_MAX);
	bytes_put_u32(out,
		      (uint32_t)rcode >> 4 << 24 | (q->dnssec_ok ? 0x8000 : 0));
	bytes_put_u16(out, 0);
	rdata = out->len;
	if (opt->nsid) {
		bytes_put_u16(out, OPTION_NSID);
		bytes_put_u16(out, (uint16_t)nsid);
		bytes_put(out, opt->nsid, nsid);
	}
	if (opt->subnet)
		put_subnet(out, opt->subnet);
	if (opt->cookie) {
		bytes_put_u16(out, OPTION_COOKIE);
		bytes_put_u16(out, DNS_COOKIE_LEN);
		bytes_put(out, opt->cookie, DNS_COOKIE_LEN);
	}
	assert(!out->bad);
	set_u16(out, rdata - 2, out->len - rdata);
	r->count[DNS_ADDITIONAL]++;
}

size_t dns_reply_finish(struct dns_reply *r, const struct dns_query *q,
			enum dns_rcode rcode, const struct dns_opt *opt)
{
	bool aa = rcode == DNS_NOERROR || rcode == DNS_NXDOMAIN;
	unsigned flags = FLAG_QR | (unsigned)q->opcode << 11 |
			 (aa ? FLAG_AA : 0) | (q->rd ? FLAG_RD : 0) |
			 (q->cd ? FLAG_CD : 0) | ((unsigned)rcode & 15);

	if (r->cut) {
		flags |= FLAG_TC;
		r->out.len = r->question_end;
		memset(r->count, 0, sizeof r->count);
	}
	if (q->edns)
		put_opt(r, q, rcode, opt);
	set_u16(&r->out, 2, flags);
	set_u16(&r->out, 4, q->name.len > 0);
	for (size_t i = 0; i < ARRAY_LEN(r->count); i++)
		set_u16(&r->out, 6 + 2 * i, r->count[i]);
	return r->out.len;
}
