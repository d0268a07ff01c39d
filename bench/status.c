/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * What a status document costs the engine: sources of the bad kind, with long
 * names and a reason each, so that everything is written.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/units.h"
#include "ctl/status_doc.h"

#define ROUNDS 2000

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * NS_PER_S + t.tv_nsec;
}

static void measure(size_t n)
{
	static const struct conf_source line = {
		.host = "a-rather-long-name.of-a-server.example.net",
		.port = 123,
		.pos = {"/etc/ntp.conf", 7, 1}};
	static const struct daemon_facts daemon = {.pid = 4711};
	static const struct server_stats stats = {.received = 94633291};
	struct config *cfg = config_new();
	struct snapshot now = {
		.sys = {.wall_ns = INT64_C(1795409318459123456),
			.mono_ns = 86400 * NS_PER_S,
			.view = {.stratum = 2},
			.est = {.synchronised = true, .freq = -12.4183e-6}},
		.assoc = calloc(n, sizeof *now.assoc),
		.n = n,
	};
	struct status_facts facts = {.now = &now,
				     .cfg = cfg,
				     .config_path = "/etc/ntp.conf",
				     .version = "0",
				     .daemon = &daemon,
				     .stats = &stats};
	struct buf out = {0};
	int64_t begin_ns;

	for (size_t i = 0; i < n; i++)
		now.assoc[i] = (struct assoc_report){
			.id = (uint16_t)(4711 + i),
			.name = line.host,
			.conf = &line,
			.addr = {.family = 2, .ip = {192, 0, 2, 10}},
			.reach = 0xff,
			.host_poll_log2 = 6,
			.sent = 1350,
			.received = 1349,
			.stratum = 2,
			.refid = 0xc0000205,
			.est = {.status = SELECT_FALSETICK,
				.have_sample = true,
				.offset_s = -1.204100123,
				.delay_s = 0.021}};
	begin_ns = now_ns();
	for (int i = 0; i < ROUNDS; i++) {
		out.len = 0;
		status_document(&facts, &out);
	}
	printf("%4zu sources: %6.1f us, %zu octets\n", n,
	       (double)(now_ns() - begin_ns) / 1e3 / ROUNDS, out.len);
	buf_done(&out);
	free(now.assoc);
	config_free(cfg);
}

int main(void)
{
	measure(1);
	measure(10);
	measure(100);
	return 0;
}
