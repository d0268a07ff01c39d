/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/dns/cookie.h"

#include <string.h>

#include "base/bytes.h"
#include "base/siphash.h"

#define VERSION 1
#define MAX_AGE_S 3600
#define MAX_AHEAD_S 300

void dns_cookie_make(const uint64_t key[2], const struct net_addr *client,
		     const uint8_t client_cookie[DNS_CLIENT_COOKIE_LEN],
		     int64_t now_s, uint8_t out[DNS_COOKIE_LEN])
{
	uint8_t input[DNS_CLIENT_COOKIE_LEN + 8 + 16];
	struct bytes_out to = bytes_out(input, sizeof input);
	uint64_t hash;

	bytes_put(&to, client_cookie, DNS_CLIENT_COOKIE_LEN);
	bytes_put_u32(&to, (uint32_t)VERSION << 24);
	bytes_put_u32(&to, (uint32_t)now_s);
	memcpy(out, input, to.len);
	bytes_put(&to, client->ip, net_addr_len(client));
	hash = siphash(key, input, to.len);
	for (int i = 0; i < 8; i++) /* SipHash's octets: the lowest first */
		out[16 + i] = (uint8_t)(hash >> 8 * i);
}

bool dns_cookie_is_valid(const uint64_t key[2], const struct net_addr *client,
			 const struct dns_query *q, int64_t now_s)
{
	struct bytes_in in = bytes_in(q->server_cookie, q->server_cookie_len);
	uint8_t ours[DNS_COOKIE_LEN], differ = 0;
	uint32_t version, made;
	int32_t age_s;

	if (!q->has_cookie || q->server_cookie_len != DNS_COOKIE_LEN - 8)
		return false;
	version = bytes_u32(&in) >> 24;
	made = bytes_u32(&in);
	age_s = (int32_t)((uint32_t)now_s - made); /* RFC 1982 */
	if (version != VERSION || age_s > MAX_AGE_S || age_s < -MAX_AHEAD_S)
		return false;
	dns_cookie_make(key, client, q->client_cookie, made, ours);
	for (size_t i = 0; i < q->server_cookie_len; i++)
		differ |= ours[8 + i] ^ q->server_cookie[i];
	return !differ;
}
