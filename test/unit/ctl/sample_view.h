/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "base/net_addr.h"
#include "ctl/request.h"

/*
 * A daemon in a known state, for tests: a system peer, a falseticker, a pool
 * name, a name that does not resolve, and the local clock.
 */
struct sample_view {
	struct sys_report sys;
	struct assoc_report assoc[5];
	struct server_stats stats;
	struct config cfg;
	struct conf_setvar setvar[2];
	struct control_view view;
};

static const uint64_t sample_nonce_key[2] = {1, 2};

/* 23 November 2026, 04:48:38.459 UTC. */
#define SAMPLE_WALL_NS (INT64_C(1795409318459) * 1000000)
#define SAMPLE_MONO_NS (INT64_C(100) * 1000000000)

static inline void sample_addr(struct net_addr *a, uint8_t last)
{
	*a = (struct net_addr){
		.family = 2 /* AF_INET */, .port = 123, .ip = {10, 9, 0, last}};
}

static inline struct assoc_report sample_server(uint16_t id, const char *name,
						uint8_t last,
						enum select_status status)
{
	struct assoc_report a = {
		.id = id,
		.kind = ASSOC_SERVER,
		.name = name,
		.state_flags = ASSOC_CONFIGURED | ASSOC_REACHABLE,
		.event = PEER_EVENT_SYS_PEER,
		.event_count = 3,
		.stratum = 1,
		.version = 4,
		.hmode = 3,
		.pmode = 4,
		.host_poll_log2 = 6,
		.peer_poll_log2 = 6,
		.precision_log2 = -23,
		.root_disp_s = 0.000198,
		.refid = 0x50505300, /* "PPS" */
		.reference = ntp_ts_from_ns(SAMPLE_WALL_NS - 10000000000),
		.receive = ntp_ts_from_ns(SAMPLE_WALL_NS - 2000000000),
		.reach = 0xff,
		.last_poll_mono_ns = SAMPLE_MONO_NS - 2000000000,
		.next_poll_mono_ns = SAMPLE_MONO_NS + 62000000000,
		.last_reply_mono_ns = SAMPLE_MONO_NS - 2000000000,
		.sent = 18,
		.received = 17,
		.est = {.status = status,
			.have_sample = true,
			.offset_s = 0.000376112,
			.delay_s = 0.001755795,
			.disp_s = 0.000116104,
			.jitter_s = 0.000114768,
			.n = 2,
			.filt_offset_s = {0.000376112, -0.0004},
			.filt_delay_s = {0.001755795, 0.002},
			.filt_disp_s = {0.000116, 0.0009}},
	};

	sample_addr(&a.addr, last);
	sample_addr(&a.local, 1);
	return a;
}

/* s points into itself: do not copy it afterwards. */
static inline void sample_view_init(struct sample_view *s)
{
	*s = (struct sample_view){
		.sys = {.view = {.stratum = 2,
				 .precision_log2 = -24,
				 .refid = 0x0a09000c,
				 .root_delay_s = 0.001756,
				 .root_disp_s = 0.00403,
				 .reference = ntp_ts_from_ns(SAMPLE_WALL_NS)},
			.est = {.synchronised = true,
				.offset_s = 0.000809873,
				.freq = -6.421e-6,
				.time_const_log2 = 6},
			.peer_id = 501,
			.event = SYS_EVENT_CLOCK_SYNC,
			.event_count = 1,
			.uptime_s = 86,
			.wall_ns = SAMPLE_WALL_NS,
			.mono_ns = SAMPLE_MONO_NS,
			.tai_offset_s = 37,
			.leap_wall_ns = INT64_C(1483228800) * 1000000000,
			.clock = {.synchronised = true,
				  .max_error_s = 0.0159,
				  .est_error_s = 0.00025},
			.min_poll_log2 = 3},
		.stats = {.received = 211, .by_version = {0, 1, 2, 3, 205}},
		.setvar = {{"foo", "bar", true}, {"note", "two words", false}},
	};
	s->assoc[0] = sample_server(501, "10.9.0.12", 12, SELECT_SYS_PEER);
	s->assoc[1] = sample_server(502, "bad.test", 15, SELECT_FALSETICK);
	s->assoc[2] = (struct assoc_report){.id = 503,
					    .kind = ASSOC_POOL_NAME,
					    .name = "pool.test",
					    .state_flags = ASSOC_CONFIGURED,
					    .event = PEER_EVENT_MOBILIZE,
					    .event_count = 1,
					    .leap = 3,
					    .hmode = 3,
					    .host_poll_log2 = 6,
					    .last_poll_mono_ns = INT64_MIN,
					    .last_reply_mono_ns = INT64_MIN};
	s->assoc[3] = s->assoc[2];
	s->assoc[3].id = 504;
	s->assoc[3].kind = ASSOC_SERVER;
	s->assoc[3].name = "nowhere.test";
	s->assoc[4] = (struct assoc_report){
		.id = 505,
		.kind = ASSOC_LOCAL_CLOCK,
		.name = "127.127.1.0",
		.state_flags = ASSOC_CONFIGURED,
		.addr = {.family = 2, .port = 123, .ip = {127, 127, 1, 0}},
		.hmode = 3,
		.pmode = 4,
		.stratum = 10,
		.refid = 0x4c4f434c,
		.last_poll_mono_ns = INT64_MIN,
		.last_reply_mono_ns = INT64_MIN};
	s->cfg.setvar = s->setvar;
	s->cfg.n_setvar = 2;
	s->view = (struct control_view){
		.facts = {.sys = &s->sys,
			  .sys_peer = &s->assoc[0],
			  .stats = &s->stats,
			  .cfg = &s->cfg,
			  .version = "ntpd timeball-0.1.0",
			  .processor = "x86_64",
			  .system = "Linux/6.1"},
		.assoc = s->assoc,
		.n_assoc = 5,
		.nonce_key = sample_nonce_key,
	};
}
