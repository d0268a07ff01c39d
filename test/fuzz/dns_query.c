/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/dns_message.h"

#include <stdlib.h>
#include <string.h>

/* A good question can be echoed as it was spelt, and its name be shown. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[DNS_NAME_TEXT_LEN];
	struct dns_query q;

	if (dns_query_decode(data, size, &q) != DNS_QUERY_GOOD)
		return 0;
	if (q.name.len == 0 || q.name.octets[q.name.len - 1] != 0 ||
	    q.spelt < data || q.spelt + q.name.len > data + size)
		abort();
	dns_name_to_text(&q.name, text);
	if (q.has_subnet && q.subnet.source > 8 * net_addr_len(&q.subnet.addr))
		abort();
	if (q.server_cookie_len > DNS_SERVER_COOKIE_MAX || q.udp_size < 512)
		abort();
	return 0;
}
