/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/monitor.h"
#include "prog/poolctl/commands.h"
#include "prog/poolctl/ctl.h"

static int show_code(struct ctl *c, int64_t id, const char *code)
{
	output_one(&c->out);
	output_int(&c->out, "id", id);
	output_text(&c->out, "code", code);
	output_time(&c->out, "expires_ms", c->now_ms + MONITOR_CODE_LIFE_MS);
	output_end(&c->out);
	return CTL_OK;
}

int cmd_monitor_add(struct ctl *c)
{
	const char *place = ctl_arg(c, "place"),
		   *account = ctl_arg(c, "account");
	char code[TALK_CODE_LEN];
	int64_t account_id = 0, id;
	enum book_verdict v;

	if (account && !ctl_find_account(c, account, &account_id))
		return CTL_FAILED;
	v = book_monitor_add(c->db, &c->who, ctl_arg(c, "NAME"),
			     place ? place : "", account_id, c->now_ms, &id,
			     code);
	return v == BOOK_OK ? show_code(c, id, code) : ctl_verdict(c, v);
}

int cmd_monitor_code(struct ctl *c)
{
	char code[TALK_CODE_LEN];
	enum book_verdict v;
	int64_t id;

	if (!ctl_find_monitor(c, ctl_arg(c, "NAME"), &id))
		return CTL_FAILED;
	v = book_monitor_code(c->db, &c->who, id, c->now_ms, code);
	return v == BOOK_OK ? show_code(c, id, code) : ctl_verdict(c, v);
}

int cmd_monitor_list(struct ctl *c)
{
	struct output *o = &c->out;
	struct db_rows rows;
	struct monitor m;

	monitor_ask_all(c->db, &rows);
	output_list(o);
	while (monitor_next(&rows, &m)) {
		output_row(o);
		output_int(o, "id", m.id);
		output_text(o, "name", m.name);
		output_text(o, "place", m.place);
		output_text(o, "state", monitor_state_name(m.state));
		output_text(o, "clock",
			    m.clock_ok < 0    ? ""
			    : m.clock_ok == 0 ? "wrong"
					      : "good");
		output_time(o, "seen_ms", m.seen_ms);
		output_time(o, "results_ms", m.submit_ms);
		output_text(o, "address", m.address);
		output_text(o, "version", m.version);
	}
	output_end(o);
	return ctl_store(c, db_end(&rows));
}

int cmd_monitor_state(struct ctl *c)
{
	enum monitor_state state;
	int64_t id;

	if (!monitor_state_find(ctl_arg(c, "STATE"), &state))
		return ctl_fail(
			c, "bad-state",
			"a state is testing, active, paused or deleted");
	if (!ctl_find_monitor(c, ctl_arg(c, "NAME"), &id))
		return CTL_FAILED;
	return ctl_done(c, book_monitor_state(c->db, c->set, &c->who, id, state,
					      c->now_ms));
}
