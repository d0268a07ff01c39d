/* SPDX-License-Identifier: BSD-2-Clause */
#include "ntp/server.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/units.h"
#include "wire/ntp_packet.h"

/*
 * Any datagram from anywhere.  The first octets choose the sender, the rest is
 * the datagram.  A reply is never longer than the request, never itself a
 * request, and carries the request's transmit time as its origin.
 */
#define SENDER_LEN 4

static void fill(struct entropy *e, void *buf, size_t len)
{
	(void)e;
	memset(buf, 0x33, len);
}

static struct server *start(void)
{
	static struct key key[] = {{1, MAC_MD5, "one", 3},
				   {2, MAC_SHA1, "two", 3},
				   {3, MAC_AES128CMAC, "0123456789abcdef", 16}};
	static const struct keys keys = {key, 3, 3};
	static uint32_t trusted[] = {1, 2, 3};
	static struct conf_restrict rule = {.kind = RESTRICT_DEFAULT,
					    .flags = RES_LIMITED | RES_KOD};
	static const struct config cfg = {.restricts = &rule,
					  .n_restrict = 1,
					  .has_restrict_default = true,
					  .trusted_key = trusted,
					  .n_trusted_key = 3,
					  .rate = {3, 2, 0.1, 0.25},
					  .mru_max_depth = 64};
	static struct entropy entropy = {fill};

	return server_new(&cfg, &keys, &entropy);
}

static void check_reply(const struct server_reply *reply, const uint8_t *data,
			size_t size)
{
	unsigned mode = reply->buf[0] & 7;

	if (reply->len > size || reply->len < NTP_HEADER_LEN)
		abort();
	if (mode != NTP_MODE_SERVER && mode != NTP_MODE_PASSIVE)
		abort();
	if (memcmp(reply->buf + 24, data + 40, 8) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct sys_view view = {.stratum = 2,
					     .expires_mono_ns = INT64_MAX};
	static int64_t mono_ns = NS_PER_S;
	static struct server *server;
	struct server_reply reply;
	struct datagram d = {.local = {AF_INET, 123, 0, {192, 0, 2, 1}}};
	enum server_verdict v;

	if (!server)
		server = start();
	if (size < SENDER_LEN)
		return 0;
	d.peer.family = data[0] & 1 ? AF_INET : AF_INET6;
	d.peer.port = (uint16_t)(data[1] * 41);
	memcpy(d.peer.ip, data + 2, 2);
	d.data = data + SENDER_LEN;
	d.len = size - SENDER_LEN;
	mono_ns += NS_PER_S;
	v = server_handle(server, &d, &view, mono_ns, &reply);
	if (v != SERVER_REPLY && v != SERVER_KISS)
		return 0;
	server_stamp(&reply, mono_ns);
	check_reply(&reply, d.data, d.len);
	return 0;
}
