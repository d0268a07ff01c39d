/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "pool/book/team.h"
#include "pool/book/webhook.h"
#include "pool/store/member.h"
#include "prog/poolctl/commands.h"
#include "prog/poolctl/ctl.h"

/* --- members ---------------------------------------------------------------------- */

int cmd_member_list(struct ctl *c)
{
	struct db_rows rows;
	struct member m;
	int64_t id;

	if (!ctl_find_account(c, ctl_arg(c, "ACCOUNT"), &id))
		return CTL_FAILED;
	member_ask_account(c->db, &rows, id);
	output_list(&c->out);
	while (member_next(&rows, &m)) {
		output_row(&c->out);
		output_text(&c->out, "mail", m.email);
		output_text(&c->out, "name", m.name);
		output_text(&c->out, "role", m.role);
	}
	output_end(&c->out);
	return ctl_store(c, db_end(&rows));
}

int cmd_member_invite(struct ctl *c)
{
	int64_t id;

	if (!ctl_find_account(c, ctl_arg(c, "ACCOUNT"), &id))
		return CTL_FAILED;
	return ctl_done(c, book_team_invite(c->db, c->set, &c->who, id,
					    ctl_arg(c, "MAIL"), c->now_ms));
}

/* Who is meant, and in which account. */
static bool find_member(struct ctl *c, int64_t *account_id, int64_t *person_id)
{
	return ctl_find_account(c, ctl_arg(c, "ACCOUNT"), account_id) &&
	       ctl_find_person(c, ctl_arg(c, "MAIL"), person_id);
}

int cmd_member_role(struct ctl *c)
{
	int64_t account_id, person_id;

	if (!find_member(c, &account_id, &person_id))
		return CTL_FAILED;
	return ctl_done(c, book_team_role(c->db, &c->who, account_id, person_id,
					  ctl_arg(c, "ROLE"), c->now_ms));
}

int cmd_member_remove(struct ctl *c)
{
	int64_t account_id, person_id;

	if (!find_member(c, &account_id, &person_id))
		return CTL_FAILED;
	return ctl_done(c, book_team_remove(c->db, &c->who, account_id,
					    person_id, c->now_ms));
}

/* --- API tokens ------------------------------------------------------------------- */

int cmd_token_add(struct ctl *c)
{
	const char *scope = ctl_arg(c, "scope");
	unsigned scopes = TOKEN_READ;
	char token[TOKEN_TEXT_LEN];
	struct actor holder = c->who;
	enum book_verdict v;
	int64_t id;

	if (scope && strcmp(scope, "write") == 0)
		scopes |= TOKEN_WRITE;
	else if (scope && strcmp(scope, "read") != 0)
		return ctl_fail(c, "bad-word",
				"scope is read or write, not '%s'", scope);
	if (!find_member(c, &id, &holder.person_id))
		return CTL_FAILED;
	v = book_token_new(c->db, &holder, id, ctl_arg(c, "NAME"), scopes,
			   c->now_ms, token);
	if (v != BOOK_OK)
		return ctl_verdict(c, v);
	output_one(&c->out);
	output_text(&c->out, "token", token);
	output_end(&c->out);
	return CTL_OK;
}

int cmd_token_list(struct ctl *c)
{
	struct db_rows rows;
	struct api_token t;
	int64_t id;

	if (!ctl_find_account(c, ctl_arg(c, "ACCOUNT"), &id))
		return CTL_FAILED;
	api_token_ask_account(c->db, &rows, id);
	output_list(&c->out);
	while (api_token_next(&rows, &t)) {
		output_row(&c->out);
		output_text(&c->out, "id", t.lookup);
		output_text(&c->out, "name", t.name);
		output_text(&c->out, "scope",
			    t.scopes & TOKEN_WRITE ? "write" : "read");
		output_time(&c->out, "created_ms", t.created_ms);
		output_time(&c->out, "seen_ms", t.seen_ms);
	}
	output_end(&c->out);
	return ctl_store(c, db_end(&rows));
}

int cmd_token_revoke(struct ctl *c)
{
	int64_t id;

	if (!ctl_find_account(c, ctl_arg(c, "ACCOUNT"), &id))
		return CTL_FAILED;
	return ctl_done(c, book_token_revoke(c->db, &c->who, id,
					     ctl_arg(c, "ID"), c->now_ms));
}

/* --- webhooks --------------------------------------------------------------------- */

int cmd_webhook_add(struct ctl *c)
{
	struct actor who = c->who;
	struct webhook hook;
	enum book_verdict v;

	if (!ctl_find_account(c, ctl_arg(c, "ACCOUNT"), &who.account_id))
		return CTL_FAILED;
	v = book_webhook_add(c->db, &who, ctl_arg(c, "URL"), c->now_ms, &hook);
	if (v != BOOK_OK)
		return ctl_verdict(c, v);
	output_one(&c->out);
	output_int(&c->out, "id", hook.id);
	output_text(&c->out, "secret", hook.secret);
	output_end(&c->out);
	return CTL_OK;
}

int cmd_webhook_list(struct ctl *c)
{
	struct db_rows rows;
	struct webhook hook;
	int64_t id;

	if (!ctl_find_account(c, ctl_arg(c, "ACCOUNT"), &id))
		return CTL_FAILED;
	webhook_ask_account(c->db, &rows, id);
	output_list(&c->out);
	while (webhook_next(&rows, &hook)) {
		output_row(&c->out);
		output_int(&c->out, "id", hook.id);
		output_text(&c->out, "url", hook.url);
		output_time(&c->out, "created_ms", hook.created_ms);
	}
	output_end(&c->out);
	return ctl_store(c, db_end(&rows));
}

int cmd_webhook_remove(struct ctl *c)
{
	long id;

	if (!ctl_number(c, "ID", 1, INT32_MAX, 0, &id))
		return CTL_FAILED;
	return ctl_done(c, book_webhook_remove(c->db, &c->who, id, c->now_ms));
}

int cmd_webhook_try(struct ctl *c)
{
	long id;

	if (!ctl_number(c, "ID", 1, INT32_MAX, 0, &id))
		return CTL_FAILED;
	return ctl_done(c, book_webhook_test(c->db, &c->who, id, c->now_ms));
}
