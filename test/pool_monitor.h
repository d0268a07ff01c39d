/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/book/monitor.h"
#include "pool/book/monitor_api.h"
#include "pool/store/pair.h"
#include "pool/talk/sign.h"
#include "pool_book.h"

/* Monitors as poold sees them: what comes in over HTTP, and what goes back. */
struct fake_monitor {
	int64_t id;
	uint8_t public_key[SIGN_PUBLIC_LEN], secret_key[SIGN_SECRET_LEN];
	char address[64];
	bool clock_ok;
	struct talk_work work; /* the last that it got */
};

typedef int (*api_fn)(struct db *db, const struct pool_settings *set,
		      const struct monitor_call *call, struct buf *out);

/* Call as that monitor; the answer's text goes into text when it is not NULL. */
static inline int call_signed(struct book_world *w, struct fake_monitor *m,
			      api_fn fn, const char *purpose,
			      const struct buf *body, int64_t now_ms,
			      struct buf *out)
{
	char signature[SIGN_TEXT_LEN], id[24];
	struct monitor_call call = {.body = buf_text(body),
				    .len = body->len,
				    .monitor = id,
				    .signature = signature,
				    .address = m->address,
				    .now_ms = now_ms};

	snprintf(id, sizeof id, "%lld", (long long)m->id);
	sign_make(m->secret_key, purpose, call.body, call.len, signature);
	return fn(w->db, w->set, &call, out);
}

static inline int enrol(struct book_world *w, struct fake_monitor *m,
			const char *code, int64_t now_ms)
{
	struct talk_enrol e = {.version = "test", .families = 3};
	struct monitor_call call = {.address = m->address, .now_ms = now_ms};
	struct talk_enrolled d;
	struct buf body = {0}, out = {0};
	char why[256];
	struct text t = text_init(why, sizeof why);
	int status;

	sign_new_key(m->public_key, m->secret_key);
	snprintf(e.code, sizeof e.code, "%s", code);
	memcpy(e.public_key, m->public_key, sizeof e.public_key);
	talk_put_enrol(&body, &e);
	call.body = body.data;
	call.len = body.len;
	status = book_api_enrol(w->db, w->set, &call, &out);
	if (status == 200) {
		assert_int_equal(talk_get_enrolled(out.data, out.len, &d, &t),
				 0);
		m->id = d.monitor_id;
	}
	buf_done(&body);
	buf_done(&out);
	return status;
}

/* A monitor of the pool's own, enrolled, with a right clock. */
static inline void add_monitor(struct book_world *w, struct fake_monitor *m,
			       const char *name, int64_t now_ms)
{
	char code[TALK_CODE_LEN];
	int64_t id;

	*m = (struct fake_monitor){.clock_ok = true};
	snprintf(m->address, sizeof m->address, "203.0.113.1");
	assert_verdict(book_monitor_add(w->db, &w->staff, name, "", 0, now_ms,
					&id, code),
		       BOOK_OK);
	assert_int_equal(enrol(w, m, code, now_ms), 200);
	assert_int_equal(m->id, id);
}

static inline int ask_work(struct book_world *w, struct fake_monitor *m,
			   int64_t now_ms)
{
	struct talk_ask a = {.monitor_id = m->id,
			     .at_ms = now_ms,
			     .version = "test",
			     .families = 3,
			     .clock = {.ok = m->clock_ok}};
	struct buf body = {0}, out = {0};
	char why[256];
	struct text t = text_init(why, sizeof why);
	int status;

	talk_work_done(&m->work);
	talk_put_ask(&body, &a);
	status = call_signed(w, m, book_api_work, SIGN_WORK, &body, now_ms,
			     &out);
	if (status == 200)
		assert_int_equal(talk_get_work(out.data, out.len, &m->work, &t),
				 0);
	buf_done(&body);
	buf_done(&out);
	return status;
}

static inline struct talk_result good_result(int64_t server_id, int64_t at_ms,
					     double offset_s)
{
	return (struct talk_result){
		.server_id = server_id,
		.m = {.at_ms = at_ms,
		      .has_offset = true,
		      .offset_s = offset_s,
		      .rtt_s = 0.02,
		      .stratum = 2,
		      .samples = 3,
		      .root_delay_s = 0.01,
		      .root_disp_s = 0.01},
		.n_times = 1,
		.times = {{at_ms * 1000000, at_ms * 1000000 + 1,
			   at_ms * 1000000 + 2, at_ms * 1000000 + 3}},
	};
}

static inline int send_results(struct book_world *w, struct fake_monitor *m,
			       const char *batch, struct talk_result *result,
			       size_t n, int64_t now_ms, struct buf *out)
{
	struct talk_results r = {.monitor_id = m->id,
				 .version = "test",
				 .clock = {.ok = m->clock_ok},
				 .result = result,
				 .n_result = n};
	struct buf body = {0};
	int status;

	snprintf(r.batch, sizeof r.batch, "%s", batch);
	talk_put_results(&body, &r);
	status = call_signed(w, m, book_api_results, SIGN_RESULTS, &body,
			     now_ms, out);
	buf_done(&body);
	return status;
}

/* One round: get work and say the same offset of everything. */
static inline int round_of(struct book_world *w, struct fake_monitor *m,
			   int64_t now_ms, double offset_s)
{
	struct talk_result r[64];
	struct buf out = {0};
	size_t n;
	int status;

	assert_int_equal(ask_work(w, m, now_ms), 200);
	n = m->work.n_server;
	if (n == 0)
		return 0;
	assert_true(n <= 64);
	for (size_t i = 0; i < n; i++)
		r[i] = good_result(m->work.server[i].server_id, now_ms + 10,
				   offset_s);
	status = send_results(w, m, m->work.batch, r, n, now_ms + 100, &out);
	buf_done(&out);
	return status;
}

/* Periods of `step_ms`, in which every monitor has its round. */
static inline int64_t rounds(struct book_world *w, struct fake_monitor *m,
			     const double *offset_s, size_t n_monitor,
			     unsigned times, int64_t now_ms, int64_t step_ms)
{
	for (unsigned i = 0; i < times; i++, now_ms += step_ms)
		for (size_t k = 0; k < n_monitor; k++)
			round_of(w, &m[k], now_ms + (int64_t)k * 1000,
				 offset_s[k]);
	return now_ms;
}

static inline void drop_monitors(struct fake_monitor *m, size_t n)
{
	for (size_t i = 0; i < n; i++)
		talk_work_done(&m[i].work);
}
