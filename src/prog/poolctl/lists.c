/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>

#include "pool/book/list.h"
#include "prog/poolctl/commands.h"
#include "prog/poolctl/ctl.h"

/* The public Stratum 1 and 2 lists. */

static bool find_entry(struct ctl *c, struct list_entry *e)
{
	enum book_verdict v;
	long id;

	if (!ctl_number(c, "ID", 1, INT32_MAX, 0, &id))
		return false;
	v = book_list_get(c->db, &c->who, id, e);
	if (v == BOOK_UNKNOWN)
		ctl_fail(c, "unknown", "there is no entry %ld", id);
	else if (v != BOOK_OK)
		ctl_verdict(c, v);
	return v == BOOK_OK;
}

/* --- reading ------------------------------------------------------------------------ */

static void put_row(struct output *o, const struct list_entry *e)
{
	output_row(o);
	output_int(o, "id", e->id);
	output_int(o, "revises", e->revises_id);
	output_text(o, "state", list_state_name(list_state(e)));
	output_int(o, "stratum", e->stratum);
	output_text(o, "country", e->country);
	output_text(o, "hostname", e->hostname);
	output_text(o, "policy", e->access_policy);
	output_real(o, "score", e->score_ms ? e->score : (double)NAN, 1);
	output_time(o, "changed_ms", e->changed_ms);
}

static int show_all(struct ctl *c)
{
	struct list_entry e;
	struct db_rows rows;

	list_ask_all(c->db, &rows);
	output_list(&c->out);
	while (list_next(&rows, &e))
		put_row(&c->out, &e);
	output_end(&c->out);
	return ctl_store(c, db_end(&rows));
}

int cmd_list_show(struct ctl *c)
{
	size_t n;
	const struct list_field *f = list_fields(&n);
	struct output *o = &c->out;
	char text[LIST_TEXT_MAX];
	struct list_entry e;

	if (!ctl_arg(c, "ID"))
		return show_all(c);
	if (!find_entry(c, &e))
		return CTL_FAILED;
	output_one(o);
	output_int(o, "id", e.id);
	output_int(o, "revises", e.revises_id);
	output_text(o, "state", list_state_name(list_state(&e)));
	output_text(o, "why", e.why);
	for (size_t i = 0; i < n; i++)
		output_text(o, f[i].key, list_field_get(&e, &f[i], text));
	output_real(o, "score", e.score_ms ? e.score : (double)NAN, 1);
	output_time(o, "changed_ms", e.changed_ms);
	output_end(o);
	return CTL_OK;
}

/* --- writing ------------------------------------------------------------------------ */

/* What is given on the command line goes into the entry. */
static bool read_fields(struct ctl *c, struct list_entry *e)
{
	size_t n;
	const struct list_field *f = list_fields(&n);

	for (size_t i = 0; i < n; i++) {
		const char *given = ctl_arg(c, f[i].key);
		enum book_verdict v =
			given ? list_field_set(e, &f[i], given) : BOOK_OK;

		if (v != BOOK_OK) {
			ctl_fail(c, book_verdict_name(v), "%s: %s", f[i].key,
				 book_verdict_text(v));
			return false;
		}
	}
	return true;
}

int cmd_list_add(struct ctl *c)
{
	struct list_entry e = {0};
	struct actor who = c->who;
	enum book_verdict v;
	int64_t id;

	snprintf(e.access_policy, sizeof e.access_policy, "%s", list_policy(0));
	if (!ctl_find_account(c, ctl_arg(c, "ACCOUNT"), &who.account_id) ||
	    !read_fields(c, &e))
		return CTL_FAILED;
	v = book_list_add(c->db, &who, &e, c->now_ms, &id);
	if (v != BOOK_OK)
		return ctl_verdict(c, v);
	output_one(&c->out);
	output_int(&c->out, "id", id);
	output_text(&c->out, "next", "poolctl list approve");
	output_end(&c->out);
	return CTL_OK;
}

int cmd_list_set(struct ctl *c)
{
	struct list_entry e;

	if (!find_entry(c, &e) || !read_fields(c, &e))
		return CTL_FAILED;
	return ctl_done(c, book_list_change(c->db, &c->who, &e, c->now_ms));
}

int cmd_list_approve(struct ctl *c)
{
	struct list_entry e;

	if (!find_entry(c, &e))
		return CTL_FAILED;
	return ctl_done(
		c, book_list_approve(c->db, c->set, &c->who, e.id, c->now_ms));
}

int cmd_list_refuse(struct ctl *c)
{
	struct list_entry e;

	if (!find_entry(c, &e))
		return CTL_FAILED;
	return ctl_done(c, book_list_refuse(c->db, c->set, &c->who, e.id,
					    ctl_arg(c, "WHY"), c->now_ms));
}

int cmd_list_remove(struct ctl *c)
{
	struct list_entry e;

	if (!find_entry(c, &e))
		return CTL_FAILED;
	return ctl_done(c, book_list_remove(c->db, &c->who, e.id, c->now_ms));
}
