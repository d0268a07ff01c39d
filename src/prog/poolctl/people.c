/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "pool/book/person.h"
#include "pool/book/roster.h"
#include "pool/book/second.h"
#include "pool/book/team.h"
#include "prog/poolctl/commands.h"
#include "prog/poolctl/ctl.h"
#include "prog/poolctl/secret_input.h"

#define LIST_MAX 10000

/* --- accounts -------------------------------------------------------------------- */

int cmd_account_add(struct ctl *c)
{
	struct actor owner = c->who;
	struct account a;
	enum book_verdict v;
	int64_t id;
	int r;

	if (!ctl_find_person(c, ctl_arg(c, "OWNER"), &owner.person_id))
		return CTL_FAILED;
	v = book_team_new(c->db, &owner, ctl_arg(c, "NAME"), c->now_ms, &id);
	if (v != BOOK_OK)
		return ctl_verdict(c, v);
	r = account_by_id(c->db, id, &a);
	if (r < 0)
		return ctl_store(c, r);
	output_one(&c->out);
	output_int(&c->out, "id", id);
	output_text(&c->out, "account", a.slug);
	output_text(&c->out, "name", a.name);
	output_end(&c->out);
	return CTL_OK;
}

int cmd_account_list(struct ctl *c)
{
	const char *text = ctl_arg(c, "TEXT");
	struct db_rows rows;
	struct account a;

	account_ask_search(c->db, &rows, text ? text : "", LIST_MAX);
	output_list(&c->out);
	while (account_next(&rows, &a)) {
		output_row(&c->out);
		output_int(&c->out, "id", a.id);
		output_text(&c->out, "account", a.slug);
		output_text(&c->out, "name", a.name);
		output_text(&c->out, "organisation", a.organisation);
		output_time(&c->out, "created_ms", a.created_ms);
	}
	output_end(&c->out);
	return ctl_store(c, db_end(&rows));
}

/* Take in what is given; false: too long. */
static bool take(struct ctl *c, const char *name, char *text, size_t cap)
{
	const char *given = ctl_arg(c, name);

	return !given || (size_t)snprintf(text, cap, "%s", given) < cap;
}

int cmd_account_set(struct ctl *c)
{
	const char *is_public = ctl_arg(c, "public");
	struct account a;
	int64_t id;
	int r;

	if (!ctl_find_account(c, ctl_arg(c, "ACCOUNT"), &id))
		return CTL_FAILED;
	r = account_by_id(c->db, id, &a);
	if (r < 0)
		return ctl_store(c, r);
	if (!take(c, "name", a.name, sizeof a.name) ||
	    !take(c, "organisation", a.organisation, sizeof a.organisation) ||
	    !take(c, "url", a.url, sizeof a.url))
		return ctl_verdict(c, BOOK_BAD_TEXT);
	if (is_public)
		a.is_public = strcmp(is_public, "yes") == 0;
	return ctl_done(c, book_team_update(c->db, &c->who, &a, c->now_ms));
}

/* --- people ----------------------------------------------------------------------- */

int cmd_person_add(struct ctl *c)
{
	const char *role = ctl_arg(c, "role"), *name = ctl_arg(c, "name");
	struct new_person p = {.email = ctl_arg(c, "MAIL"),
			       .name = name ? name : "",
			       .role = PERSON_USER};
	char password[PASSWORD_MAX + 2];
	enum book_verdict v;
	int64_t id;

	if (role && !person_role_find(role, &p.role))
		return ctl_fail(c, "bad-role",
				"a role is user, staff or admin, not '%s'",
				role);
	if (!secret_input(c, password, sizeof password))
		return CTL_FAILED;
	p.password = password;
	v = book_person_add(c->db, c->set, &c->who, &p, c->now_ms, &id);
	return ctl_done(c, v);
}

int cmd_person_list(struct ctl *c)
{
	const char *text = ctl_arg(c, "TEXT");
	struct db_rows rows;
	struct person p;

	person_ask_search(c->db, &rows, text ? text : "", LIST_MAX);
	output_list(&c->out);
	while (person_next(&rows, &p)) {
		output_row(&c->out);
		output_int(&c->out, "id", p.id);
		output_text(&c->out, "mail", p.email);
		output_text(&c->out, "name", p.name);
		output_text(&c->out, "role", person_role_name(p.role));
		output_time(&c->out, "created_ms", p.created_ms);
		output_time(&c->out, "confirmed_ms", p.confirmed_ms);
		output_time(&c->out, "disabled_ms", p.disabled_ms);
	}
	output_end(&c->out);
	return ctl_store(c, db_end(&rows));
}

int cmd_person_confirm(struct ctl *c)
{
	int64_t id;

	if (!ctl_find_person(c, ctl_arg(c, "MAIL"), &id))
		return CTL_FAILED;
	return ctl_done(c, book_person_confirm(c->db, &c->who, id, c->now_ms));
}

int cmd_person_password(struct ctl *c)
{
	char password[PASSWORD_MAX + 2];
	int64_t id;

	if (!ctl_find_person(c, ctl_arg(c, "MAIL"), &id) ||
	    !secret_input(c, password, sizeof password))
		return CTL_FAILED;
	return ctl_done(c, book_person_password(c->db, c->set, &c->who, id,
						password, c->now_ms));
}

int cmd_person_role(struct ctl *c)
{
	enum person_role role;
	int64_t id;

	if (!person_role_find(ctl_arg(c, "ROLE"), &role))
		return ctl_fail(c, "bad-role",
				"a role is user, staff or admin, not '%s'",
				ctl_arg(c, "ROLE"));
	if (!ctl_find_person(c, ctl_arg(c, "MAIL"), &id))
		return CTL_FAILED;
	return ctl_done(c,
			book_person_role(c->db, &c->who, id, role, c->now_ms));
}

static int set_disabled(struct ctl *c, bool disable)
{
	int64_t id;

	if (!ctl_find_person(c, ctl_arg(c, "MAIL"), &id))
		return CTL_FAILED;
	return ctl_done(
		c, book_person_disable(c->db, &c->who, id, disable, c->now_ms));
}

int cmd_person_disable(struct ctl *c)
{
	return set_disabled(c, true);
}

int cmd_person_enable(struct ctl *c)
{
	return set_disabled(c, false);
}

int cmd_person_second_off(struct ctl *c)
{
	int64_t id;

	if (!ctl_find_person(c, ctl_arg(c, "MAIL"), &id))
		return CTL_FAILED;
	return ctl_done(c, book_second_take_off(c->db, &c->who, id, c->now_ms));
}
