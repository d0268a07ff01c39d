/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "base/text.h"
#include "world_ntp.h"

/*
 * Our server and our client with a key of each kind, and next to it somebody
 * who knows none: the one is followed, the other is not heard at all.
 */
static void a_key(unsigned id, const struct keys *keys)
{
	struct town t;
	struct daemon server;
	struct assoc_report r;
	char conf[256];
	struct text text = text_init(conf, sizeof conf);

	text_add(&text,
		 "trustedkey %u\nserver 10.2.0.1 iburst key %u\n"
		 "server 10.1.0.2 iburst key %u\n",
		 id, id, id);
	town_init(&t, id, 0, "", conf);
	ref_server_init(&t.server[0], t.w, "10.1.0.1");
	ref_server_init(&t.server[1], t.w, "10.1.0.2");
	sim_host_set_offset(t.server[1].host, 0.01);
	text = text_init(conf, sizeof conf);
	text_add(&text, "trustedkey %u\nserver 10.1.0.1 iburst\n", id);
	daemon_init(&server, sim_host_new(t.w, "10.2.0.1"), conf);
	server.in.keys = t.client.in.keys = keys;
	daemon_serve(&server);
	daemon_start(&server);

	town_run(&t, 1000, 5000);
	r = daemon_assoc(&t.client, "10.2.0.1");
	assert_int_equal(r.reach, 0xff);
	assert_true(r.state_flags & ASSOC_AUTHENTIC);
	assert_int_equal(server_stats(server.server)->by_verdict[SERVER_REPLY],
			 r.sent);
	assert_int_equal(daemon_assoc(&t.client, "10.1.0.2").reach, 0);
	assert_true(
		daemon_assoc(&t.client, "10.1.0.2").by_verdict[REPLY_BAD_AUTH] >
		0);
	assert_int_equal(daemon_view(&t.client).stratum, 3);
	assert_below(t.judge.max_s, 1e-3);
	daemon_done(&server);
	town_done(&t);
}

static void auth(void **state)
{
	static const char text[] = "1 MD5 a-secret\n"
				   "2 SHA1 another-secret\n"
				   "3 SHA256 a-third-secret\n"
				   "4 SHA512 a-fourth-secret\n"
				   "5 AES128CMAC 0123456789abcdef\n";
	struct keys keys = {0};

	(void)state;
	assert_int_equal(keys_parse(text, strlen(text), &keys, NULL, NULL), 5);
	for (unsigned id = 1; id <= 5; id++)
		a_key(id, &keys);
	keys_free(&keys);
}

SCENARIO(auth)
