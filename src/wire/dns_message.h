/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/bytes.h"
#include "base/net_addr.h"

/*
 * DNS as an authoritative server sees it (RFC 1035, RFC 6891): questions are
 * taken apart, answers are put together.
 */

#define DNS_PORT 53
#define DNS_HEADER_LEN 12
#define DNS_NAME_MAX 255 /* octets on the wire, with the root */
#define DNS_LABEL_MAX 63
#define DNS_UDP_MIN 512  /* what every client takes */
#define DNS_UDP_MAX 1232 /* what every path carries in one piece */

enum dns_type {
	DNS_A = 1,
	DNS_NS = 2,
	DNS_CNAME = 5,
	DNS_SOA = 6,
	DNS_HINFO = 13,
	DNS_MX = 15,
	DNS_TXT = 16,
	DNS_AAAA = 28,
	DNS_OPT = 41,
	DNS_IXFR = 251,
	DNS_AXFR = 252,
	DNS_ANY = 255
};

#define DNS_CLASS_IN 1
#define DNS_CLASS_ANY 255

enum dns_rcode {
	DNS_NOERROR = 0,
	DNS_FORMERR = 1,
	DNS_SERVFAIL = 2,
	DNS_NXDOMAIN = 3,
	DNS_NOTIMP = 4,
	DNS_REFUSED = 5,
	DNS_BADVERS = 16,
	DNS_BADCOOKIE = 23
};

/* A name in wire form, in lower case, the root's octet at its end. */
struct dns_name {
	uint8_t len;
	uint8_t octets[DNS_NAME_MAX];
};

/**
 * "pool.example.org", with or without a dot at the end; "." is the root.
 *
 * Labels are of letters, digits, '-' and '_': what a zone of ours may hold.
 * Returns: 0, or -EINVAL with *out untouched.
 */
MUST_CHECK int dns_name_from_text(const char *text, struct dns_name *out);

#define DNS_NAME_TEXT_LEN 1024

/** Without the last dot; octets that are not printable become \DDD.  Returns buf. */
char *dns_name_to_text(const struct dns_name *name,
		       char buf[DNS_NAME_TEXT_LEN]);

/** How many octets of name stand before its suffix; -1: it does not end so. */
int dns_name_below(const struct dns_name *name, const struct dns_name *suffix);

/* An EDNS Client Subnet option (RFC 7871 section 6). */
struct dns_subnet {
	struct net_addr addr; /* AF_UNSPEC: told nothing */
	uint8_t source, scope;
};

#define DNS_CLIENT_COOKIE_LEN 8
#define DNS_SERVER_COOKIE_MAX 32

struct dns_query {
	uint16_t id;
	uint8_t opcode;
	bool rd, cd;
	struct dns_name name;
	/* The name as it was spelt, for the echo; borrowed from the datagram. */
	const uint8_t *spelt;
	uint16_t type, class;
	bool edns;
	uint16_t udp_size; /* 512 without EDNS, never below */
	uint8_t edns_version;
	bool dnssec_ok, nsid;
	bool has_subnet;
	struct dns_subnet subnet;
	bool has_cookie;
	uint8_t client_cookie[DNS_CLIENT_COOKIE_LEN];
	uint8_t server_cookie[DNS_SERVER_COOKIE_MAX];
	uint8_t server_cookie_len; /* 0: only the client's half */
};

/* What to do with a datagram.  dns_query_verdict_name() has their names. */
enum dns_query_verdict {
	DNS_QUERY_GOOD,
	DNS_QUERY_IGNORE,    /* no question: too short, or itself an answer */
	DNS_QUERY_MALFORMED, /* answer FORMERR */
	DNS_QUERY_UNKNOWN,   /* answer NOTIMP: not a plain query */
	DNS_QUERY_VERSION,   /* answer BADVERS */
	DNS_QUERY_VERDICTS
};

const char *dns_query_verdict_name(enum dns_query_verdict v);

/**
 * Take a question apart.
 *
 * buf, len: as received; any octets are safe, and stay borrowed in q->spelt.
 * q: written with as much as was understood, whatever the verdict; q->name.len
 *     is 0 when there is no question to echo.
 *
 * One question, names without compression, at most one OPT record; records of
 * other types in the additional section are passed over.  RFC 1035 section 4,
 * RFC 6891 section 6.1, RFC 7871 section 6, RFC 7873 section 4.
 */
enum dns_query_verdict dns_query_decode(const uint8_t *buf, size_t len,
					struct dns_query *q);

/* An answer as it grows. */
struct dns_reply {
	struct bytes_out out;
	uint16_t count[3];    /* by enum dns_section */
	size_t question_end;  /* where the records begin */
	size_t record, rdata; /* of the record in hand */
	bool optional, cut;   /* it may be missing; one that may not, is */
};

enum dns_section { DNS_ANSWER, DNS_AUTHORITY, DNS_ADDITIONAL };

/* Where a record's owner stands: a compression pointer. */
#define DNS_OWNER_QUESTION 0xc00c

/**
 * Header and question.  buf is borrowed; cap: at least DNS_UDP_MIN, of which
 * DNS_OPT_MAX are kept for the OPT record where the question had one.
 */
struct dns_reply dns_reply_begin(const struct dns_query *q, uint8_t *buf,
				 size_t cap);

/**
 * Begin a record; its rdata is put into r->out and dns_reply_end_record()
 * called.  owner: a compression pointer.
 */
void dns_reply_record(struct dns_reply *r, enum dns_section section,
		      uint16_t owner, enum dns_type type, uint32_t ttl_s);
void dns_reply_end_record(struct dns_reply *r);

/** The same with an owner in full. */
void dns_reply_record_named(struct dns_reply *r, enum dns_section section,
			    const struct dns_name *owner, enum dns_type type,
			    uint32_t ttl_s);

#define DNS_COOKIE_LEN 24 /* the client's half and ours (RFC 9018) */
#define DNS_NSID_MAX 64

/* What the OPT record of an answer says. */
struct dns_opt {
	const char *nsid; /* NULL: nothing; else at most DNS_NSID_MAX */
	const struct dns_subnet *subnet; /* NULL: nothing */
	const uint8_t *cookie; /* DNS_COOKIE_LEN octets; NULL: nothing */
};

/* The most that an OPT record takes; records are kept from using it. */
#define DNS_OPT_MAX (11 + 4 + DNS_NSID_MAX + 4 + 4 + 16 + 4 + DNS_COOKIE_LEN)

/**
 * Rcode, flags, OPT record if the question had one, counts.
 *
 * When a record of answer or authority did not fit, all are left out and TC is
 * set; additional ones are left out in silence.
 *
 * Returns: the octets of the whole.
 */
size_t dns_reply_finish(struct dns_reply *r, const struct dns_query *q,
			enum dns_rcode rcode, const struct dns_opt *opt);
