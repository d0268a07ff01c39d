/* SPDX-License-Identifier: BSD-2-Clause */
#include <sodium.h>

#include "base/json.h"
#include "pool/talk/talk.h"

static void put_clock(struct json *j, const struct talk_clock *c)
{
	json_object(j, "clock");
	json_bool(j, "ok", c->ok);
	json_real(j, "offset_s", c->offset_s);
	json_text(j, "why", c->why);
	json_end_object(j);
}

void talk_put_enrol(struct buf *out, const struct talk_enrol *m)
{
	struct json j = json_init(out);
	char key[64];

	sodium_bin2base64(key, sizeof key, m->public_key, sizeof m->public_key,
			  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	json_object(&j, NULL);
	json_text(&j, "code", m->code);
	json_text(&j, "key", key);
	json_text(&j, "version", m->version);
	json_int(&j, "families", m->families);
	json_end_object(&j);
}

void talk_put_enrolled(struct buf *out, const struct talk_enrolled *m)
{
	struct json j = json_init(out);

	json_object(&j, NULL);
	json_int(&j, "monitor", m->monitor_id);
	json_text(&j, "name", m->name);
	json_end_object(&j);
}

void talk_put_ask(struct buf *out, const struct talk_ask *m)
{
	struct json j = json_init(out);

	json_object(&j, NULL);
	json_int(&j, "monitor", m->monitor_id);
	json_int(&j, "at_ms", m->at_ms);
	json_text(&j, "version", m->version);
	json_int(&j, "families", m->families);
	put_clock(&j, &m->clock);
	json_end_object(&j);
}

void talk_put_work(struct buf *out, const struct talk_work *m)
{
	struct json j = json_init(out);
	char text[NET_ADDR_TEXT_LEN];

	json_object(&j, NULL);
	json_text(&j, "batch", m->batch);
	json_real(&j, "wait_s", m->wait_s);
	json_int(&j, "samples", m->samples);
	json_real(&j, "gap_s", m->gap_s);
	json_real(&j, "timeout_s", m->timeout_s);
	json_array(&j, "servers");
	for (size_t i = 0; i < m->n_server; i++) {
		const struct talk_server *s = &m->server[i];

		json_object(&j, NULL);
		json_int(&j, "server", s->server_id);
		json_text(&j, "address", net_addr_format(&s->addr, text));
		json_int(&j, "port", s->addr.port);
		json_end_object(&j);
	}
	json_end_array(&j);
	json_end_object(&j);
}

static void put_times(struct json *j, const struct talk_result *r)
{
	json_array(j, "times");
	for (unsigned i = 0; i < r->n_times; i++) {
		json_array(j, NULL);
		json_int(j, NULL, r->times[i].t1_ns);
		json_int(j, NULL, r->times[i].t2_ns);
		json_int(j, NULL, r->times[i].t3_ns);
		json_int(j, NULL, r->times[i].t4_ns);
		json_end_array(j);
	}
	json_end_array(j);
}

static void put_result(struct json *j, const struct talk_result *r)
{
	const struct measurement *m = &r->m;

	json_object(j, NULL);
	json_int(j, "server", r->server_id);
	json_int(j, "at_ms", m->at_ms);
	if (m->has_offset)
		json_real(j, "offset_s", m->offset_s);
	else
		json_null(j, "offset_s");
	json_real(j, "rtt_s", m->rtt_s);
	json_int(j, "stratum", m->stratum);
	json_int(j, "leap", m->leap);
	json_text(j, "error", m->error);
	json_int(j, "samples", m->samples);
	json_int(j, "lost", m->lost);
	json_real(j, "root_delay_s", m->root_delay_s);
	json_real(j, "root_disp_s", m->root_disp_s);
	json_int(j, "refid", m->refid);
	put_times(j, r);
	json_end_object(j);
}

void talk_put_results(struct buf *out, const struct talk_results *m)
{
	struct json j = json_init(out);

	json_object(&j, NULL);
	json_int(&j, "monitor", m->monitor_id);
	json_text(&j, "batch", m->batch);
	json_text(&j, "version", m->version);
	put_clock(&j, &m->clock);
	json_array(&j, "results");
	for (size_t i = 0; i < m->n_result; i++)
		put_result(&j, &m->result[i]);
	json_end_array(&j);
	json_end_object(&j);
}

void talk_put_taken(struct buf *out, const struct talk_taken *m)
{
	struct json j = json_init(out);

	json_object(&j, NULL);
	json_int(&j, "taken", m->taken);
	json_bool(&j, "again", m->again);
	json_bool(&j, "counts", m->counts);
	json_text(&j, "why", m->why);
	json_end_object(&j);
}

void talk_put_error(struct buf *out, const char *name, const char *text)
{
	struct json j = json_init(out);

	json_object(&j, NULL);
	json_text(&j, "error", name);
	json_text(&j, "text", text);
	json_end_object(&j);
}
