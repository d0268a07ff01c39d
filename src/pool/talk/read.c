/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <math.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "pool/talk/body.h"
#include "pool/talk/talk.h"

#define TIME_MAX_MS INT64_C(7258118400000) /* the year 2200 */
#define TIME_MAX_NS (TIME_MAX_MS * 1000000)
#define OFFSET_MAX_S 1e10 /* any two NTP timestamps are nearer */
#define WAIT_MAX_S 86400.0

static void read_clock(struct body *b, struct talk_clock *out)
{
	const json_t *c = body_object(b, b->root, "clock");

	out->ok = body_bool(b, c, "ok");
	out->offset_s = body_real_or_null(b, c, "offset_s", -OFFSET_MAX_S,
					  OFFSET_MAX_S);
	body_text(b, c, "why", out->why, sizeof out->why);
}

static int64_t read_monitor(struct body *b)
{
	return body_int(b, b->root, "monitor", 1, INT64_MAX);
}

static void read_version(struct body *b, char version[TALK_VERSION_LEN])
{
	body_text(b, b->root, "version", version, TALK_VERSION_LEN);
}

static unsigned read_families(struct body *b)
{
	return (unsigned)body_int(b, b->root, "families", 0, 3);
}

static void read_key(struct body *b, uint8_t key[TALK_KEY_LEN])
{
	char text[64];
	size_t len = 0;

	body_text(b, b->root, "key", text, sizeof text);
	if (!b->bad &&
	    (sodium_base642bin(key, TALK_KEY_LEN, text, strlen(text), NULL,
			       &len, NULL,
			       sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
	     len != TALK_KEY_LEN))
		body_fail(b, "key", "has to be 32 octets in base64url");
}

int talk_get_enrol(const char *body, size_t len, struct talk_enrol *out,
		   struct text *why)
{
	struct body b = body_open(body, len, why);
	struct talk_enrol m = {0};
	int r;

	body_text(&b, b.root, "code", m.code, sizeof m.code);
	read_key(&b, m.public_key);
	read_version(&b, m.version);
	m.families = read_families(&b);
	r = body_close(&b);
	if (r == 0)
		*out = m;
	return r;
}

int talk_get_enrolled(const char *body, size_t len, struct talk_enrolled *out,
		      struct text *why)
{
	struct body b = body_open(body, len, why);
	struct talk_enrolled m = {0};
	int r;

	m.monitor_id = read_monitor(&b);
	body_text(&b, b.root, "name", m.name, sizeof m.name);
	r = body_close(&b);
	if (r == 0)
		*out = m;
	return r;
}

int talk_get_ask(const char *body, size_t len, struct talk_ask *out,
		 struct text *why)
{
	struct body b = body_open(body, len, why);
	struct talk_ask m = {0};
	int r;

	m.monitor_id = read_monitor(&b);
	m.at_ms = body_int(&b, b.root, "at_ms", 0, TIME_MAX_MS);
	read_version(&b, m.version);
	m.families = read_families(&b);
	read_clock(&b, &m.clock);
	r = body_close(&b);
	if (r == 0)
		*out = m;
	return r;
}

static void read_server(struct body *b, const json_t *v,
			struct talk_server *out)
{
	char address[NET_ADDR_TEXT_LEN];

	out->server_id = body_int(b, v, "server", 1, INT64_MAX);
	body_text(b, v, "address", address, sizeof address);
	if (!b->bad && net_addr_parse(address, &out->addr) < 0)
		body_fail(b, "address", "has to be an IP address");
	out->addr.port = (uint16_t)body_int(b, v, "port", 1, 65535);
}

int talk_get_work(const char *body, size_t len, struct talk_work *out,
		  struct text *why)
{
	struct body b = body_open(body, len, why);
	struct talk_work m = {0};
	const json_t *servers;
	int r;

	body_text(&b, b.root, "batch", m.batch, sizeof m.batch);
	m.wait_s = body_real(&b, b.root, "wait_s", 0, WAIT_MAX_S);
	m.samples =
		(unsigned)body_int(&b, b.root, "samples", 1, TALK_TIMES_MAX);
	m.gap_s = body_real(&b, b.root, "gap_s", 0, 60);
	m.timeout_s = body_real(&b, b.root, "timeout_s", 0.01, 60);
	servers = body_array(&b, b.root, "servers", TALK_SERVERS_MAX);
	m.n_server = json_array_size(servers);
	m.server = xcalloc(m.n_server + 1, sizeof *m.server);
	for (size_t i = 0; i < m.n_server; i++)
		read_server(&b, json_array_get(servers, i), &m.server[i]);
	r = body_close(&b);
	if (r == 0)
		*out = m;
	else
		talk_work_done(&m);
	return r;
}

static void read_times(struct body *b, const json_t *v, struct talk_result *out)
{
	const json_t *times = body_array(b, v, "times", TALK_TIMES_MAX);

	out->n_times = (unsigned)json_array_size(times);
	for (unsigned i = 0; i < out->n_times; i++) {
		const json_t *four = json_array_get(times, i);
		int64_t t[4];

		if (json_array_size(four) != 4)
			body_fail(b, "times", "has to hold four times each");
		for (size_t k = 0; k < 4; k++) {
			const json_t *n = json_array_get(four, k);

			t[k] = json_integer_value(n);
			if (!json_is_integer(n) || t[k] < -TIME_MAX_NS ||
			    t[k] > TIME_MAX_NS)
				body_fail(b, "times", "is out of range");
		}
		out->times[i].t1_ns = t[0];
		out->times[i].t2_ns = t[1];
		out->times[i].t3_ns = t[2];
		out->times[i].t4_ns = t[3];
	}
}

/* What cannot be true together is refused: no answer, but an offset. */
static void check_result(struct body *b, const struct talk_result *r)
{
	if (r->m.lost > r->m.samples)
		body_fail(b, "lost", "is more than was asked");
	if (r->m.stratum < 0 && (r->m.has_offset || r->n_times > 0))
		body_fail(b, "stratum", "is missing, but there was an answer");
	if (r->m.has_offset && isnan(r->m.rtt_s))
		body_fail(b, "rtt_s", "is missing beside the offset");
}

static void read_result(struct body *b, const json_t *v,
			struct talk_result *out)
{
	struct measurement *m = &out->m;
	int64_t samples_max = TALK_TIMES_MAX;

	out->server_id = body_int(b, v, "server", 1, INT64_MAX);
	m->at_ms = body_int(b, v, "at_ms", 0, TIME_MAX_MS);
	m->offset_s = body_real_or_null(b, v, "offset_s", -OFFSET_MAX_S,
					OFFSET_MAX_S);
	m->has_offset = !isnan(m->offset_s);
	m->rtt_s = body_real_or_null(b, v, "rtt_s", 0, 1000);
	m->stratum = (int)body_int(b, v, "stratum", -1, 255);
	m->leap = (int)body_int(b, v, "leap", -1, 3);
	body_text(b, v, "error", m->error, sizeof m->error);
	m->samples = (unsigned)body_int(b, v, "samples", 0, samples_max);
	m->lost = (unsigned)body_int(b, v, "lost", 0, samples_max);
	m->root_delay_s = body_real(b, v, "root_delay_s", 0, 65536);
	m->root_disp_s = body_real(b, v, "root_disp_s", 0, 65536);
	m->refid = (uint32_t)body_int(b, v, "refid", 0, UINT32_MAX);
	read_times(b, v, out);
	check_result(b, out);
}

static int compare_servers(const void *a, const void *b)
{
	const struct talk_result *x = a, *y = b;

	return (x->server_id > y->server_id) - (x->server_id < y->server_id);
}

/* In the order of the servers, so that two batches lock them in the same one. */
static void sort_results(struct body *b, struct talk_results *m)
{
	qsort(m->result, m->n_result, sizeof *m->result, compare_servers);
	for (size_t i = 1; i < m->n_result; i++)
		if (m->result[i].server_id == m->result[i - 1].server_id)
			body_fail(b, "server", "is there twice");
}

int talk_get_results(const char *body, size_t len, struct talk_results *out,
		     struct text *why)
{
	struct body b = body_open(body, len, why);
	struct talk_results m = {0};
	const json_t *results;
	int r;

	m.monitor_id = read_monitor(&b);
	body_text(&b, b.root, "batch", m.batch, sizeof m.batch);
	read_version(&b, m.version);
	read_clock(&b, &m.clock);
	results = body_array(&b, b.root, "results", TALK_SERVERS_MAX);
	m.n_result = json_array_size(results);
	m.result = xcalloc(m.n_result + 1, sizeof *m.result);
	for (size_t i = 0; i < m.n_result && !b.bad; i++)
		read_result(&b, json_array_get(results, i), &m.result[i]);
	if (!b.bad)
		sort_results(&b, &m);
	r = body_close(&b);
	if (r == 0)
		*out = m;
	else
		talk_results_done(&m);
	return r;
}

int talk_get_taken(const char *body, size_t len, struct talk_taken *out,
		   struct text *why)
{
	struct body b = body_open(body, len, why);
	struct talk_taken m = {0};
	int r;

	m.taken = body_int(&b, b.root, "taken", 0, TALK_SERVERS_MAX);
	m.again = body_bool(&b, b.root, "again");
	m.counts = body_bool(&b, b.root, "counts");
	body_text(&b, b.root, "why", m.why, sizeof m.why);
	r = body_close(&b);
	if (r == 0)
		*out = m;
	return r;
}

void talk_work_done(struct talk_work *m)
{
	free(m->server);
	*m = (struct talk_work){0};
}

void talk_results_done(struct talk_results *m)
{
	free(m->result);
	*m = (struct talk_results){0};
}
