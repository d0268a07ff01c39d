/* SPDX-License-Identifier: BSD-2-Clause */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/container.h"
#include "pool/book/check.h"
#include "pool/book/person.h"
#include "pool/book/publish.h"
#include "pool/book/replay.h"
#include "pool/book/roster.h"
#include "pool/book/secret.h"
#include "pool/book/zones.h"
#include "pool/store/audit.h"
#include "pool/store/db_copy.h"
#include "pool/store/monitor.h"
#include "pool/zone/export.h"
#include "pool/zone/snapshot.h"
#include "prog/poolctl/commands.h"
#include "prog/poolctl/ctl.h"
#include "prog/poolctl/secret_input.h"

#define REPLAY_LINES 20
#define KNOT_SETS 64 /* drawn sets for each name */

/* --- init -------------------------------------------------------------------------- */

static int make_keys(struct ctl *c, bool *made)
{
	int r;

	*made = false;
	if (access(c->set->snapshot_key, F_OK) == 0)
		return CTL_OK;
	r = snapshot_key_make(c->set->snapshot_key, c->set->snapshot_public);
	*made = r == 0;
	return r == 0 ? CTL_OK
		      : ctl_fail(c, "key", "%s: %s", c->set->snapshot_key,
				 strerror(-r));
}

static int make_admin(struct ctl *c, const char *email)
{
	struct new_person p = {
		.email = email, .name = "", .role = PERSON_ADMIN};
	char password[PASSWORD_MAX + 2];
	int64_t id;

	if (!secret_input(c, password, sizeof password))
		return CTL_FAILED;
	p.password = password;
	return ctl_verdict(
		c, book_person_add(c->db, c->set, &c->who, &p, c->now_ms, &id));
}

/* May be run again: what is there stays. */
int cmd_init(struct ctl *c)
{
	const char *admin = ctl_arg(c, "admin");
	int64_t scorer;
	bool made;
	int status = ctl_store(c, zones_seed(c->db));

	if (status == CTL_OK)
		status =
			ctl_store(c, monitor_scorer(c->db, c->now_ms, &scorer));
	if (status == CTL_OK)
		status = make_keys(c, &made);
	if (status == CTL_OK && admin)
		status = make_admin(c, admin);
	if (status != CTL_OK)
		return status;
	output_one(&c->out);
	output_text(&c->out, "database", c->set->database);
	output_text(&c->out, "snapshot_key", c->set->snapshot_key);
	output_bool(&c->out, "key_is_new", made);
	output_text(&c->out, "admin", admin ? admin : "");
	output_end(&c->out);
	return CTL_OK;
}

/* --- looking ----------------------------------------------------------------------- */

int cmd_audit(struct ctl *c)
{
	const char *server = ctl_arg(c, "server"),
		   *account = ctl_arg(c, "account");
	struct output *o = &c->out;
	struct db_rows rows;
	struct server s;
	struct audit a;
	int64_t id;
	long limit;

	if (!ctl_number(c, "limit", 1, 1000000, 50, &limit) ||
	    (server && !ctl_find_server(c, server, &s)) ||
	    (account && !ctl_find_account(c, account, &id)))
		return CTL_FAILED;
	if (server)
		audit_ask_server(c->db, &rows, s.id, 0, (unsigned)limit);
	else if (account)
		audit_ask_account(c->db, &rows, id, 0, (unsigned)limit);
	else
		audit_ask_all(c->db, &rows, 0, (unsigned)limit);
	output_list(o);
	while (audit_next(&rows, &a)) {
		output_row(o);
		output_int(o, "id", a.id);
		output_time(o, "at_ms", a.at_ms);
		output_text(o, "source", a.source);
		output_int(o, "person", a.person_id);
		output_int(o, "account", a.account_id);
		output_int(o, "server", a.server_id);
		output_text(o, "action", a.action);
		output_text(o, "detail", a.detail);
	}
	output_end(o);
	return ctl_store(c, db_end(&rows));
}

int cmd_settings(struct ctl *c)
{
	settings_print(c->set, c->out.to);
	return CTL_OK;
}

int cmd_replay(struct ctl *c)
{
	struct output *o = &c->out;
	struct replay result;
	int r = book_replay(c->db, o->form == OUTPUT_JSON ? NULL : stderr,
			    REPLAY_LINES, &result);

	if (r < 0)
		return ctl_store(c, r);
	output_one(o);
	output_int(o, "rows", (int64_t)result.rows);
	output_int(o, "medians", (int64_t)result.medians);
	output_int(o, "servers", (int64_t)result.servers);
	output_int(o, "wrong", (int64_t)result.wrong);
	output_end(o);
	return result.wrong ? CTL_FAILED : CTL_OK;
}

#define CHECK_SERVERS 20

static void put_check(struct output *o, const char *name,
		      enum check_state state, const char *text)
{
	output_row(o);
	output_text(o, "check", name);
	output_text(o, "state", check_state_name(state));
	output_text(o, "detail", text);
}

/* The verdict on all of them comes first. */
int cmd_db_check(struct ctl *c)
{
	unsigned count[CHECK_BAD + 1] = {0};
	enum check_state worst = CHECK_GOOD;
	struct check check[BOOK_CHECKS];
	char verdict[80];
	long servers;
	int r;

	if (!ctl_number(c, "servers", 0, 1000000, CHECK_SERVERS, &servers))
		return CTL_FAILED;
	r = book_check(c->db, c->set, c->now_ms, (unsigned)servers, check);
	if (r < 0)
		return ctl_store(c, r);
	for (size_t i = 0; i < BOOK_CHECKS; i++) {
		count[check[i].state]++;
		if (check[i].state > worst)
			worst = check[i].state;
	}
	snprintf(verdict, sizeof verdict, "%u good, %u doubtful, %u bad",
		 count[CHECK_GOOD], count[CHECK_DOUBTFUL], count[CHECK_BAD]);
	output_list(&c->out);
	put_check(&c->out, "all", worst, verdict);
	for (size_t i = 0; i < BOOK_CHECKS; i++)
		put_check(&c->out, check[i].name, check[i].state,
			  check[i].text);
	output_end(&c->out);
	return worst == CHECK_BAD ? CTL_FAILED : CTL_OK;
}

/* --- moving ------------------------------------------------------------------------- */

static void on_table(struct db_copy_report *r, const char *name, int64_t rows)
{
	(void)r;
	fprintf(stderr, "%-16s %10lld\n", name, (long long)rows);
}

int cmd_db_copy(struct ctl *c)
{
	struct db_copy_report report = {.table = on_table};
	struct db *from = NULL, *to = NULL;
	char why[512] = "";
	struct text t = text_init(why, sizeof why);
	int64_t rows;

	if (strcmp(ctl_arg(c, "FROM"), ctl_arg(c, "TO")) == 0)
		return ctl_fail(c, "same",
				"FROM and TO are the same books, %s; name "
				"another database to copy them to",
				ctl_arg(c, "TO"));
	rows = db_open(ctl_arg(c, "FROM"), &from, &t);
	if (rows >= 0)
		rows = db_open(ctl_arg(c, "TO"), &to, &t);
	if (rows >= 0)
		rows = db_copy(from, to, &report, &t);
	db_close(from);
	db_close(to);
	if (rows < 0)
		return ctl_fail(c, "store", "%s", why);
	output_one(&c->out);
	output_int(&c->out, "rows", rows);
	output_end(&c->out);
	return CTL_OK;
}

/* --- what pooldns serves --------------------------------------------------------------- */

int cmd_snapshot_build(struct ctl *c)
{
	struct snapshot_key key;
	char why[512] = "";
	struct text t = text_init(why, sizeof why);
	int r = snapshot_key_read(c->set->snapshot_key, &key);

	if (r < 0)
		return ctl_fail(c, "key", "%s: %s", c->set->snapshot_key,
				strerror(-r));
	r = publish_zones(c->db, c->set, &key, c->now_ms, &t);
	sodium_memzero(&key, sizeof key);
	if (r < 0)
		return ctl_fail(c, "snapshot", "%s", why);
	settings_warn(c->set, stderr);
	output_one(&c->out);
	output_text(&c->out, "snapshot", c->set->snapshot);
	output_int(&c->out, "servers", r);
	output_end(&c->out);
	return CTL_OK;
}

static void put_zones(struct output *o, const struct snapshot *s)
{
	output_list(o);
	for (size_t i = 0; i < s->n_zone; i++) {
		const struct snapshot_zone *z = &s->zone[i];

		output_row(o);
		output_text(o, "zone", z->name);
		output_int(o, "ipv4", z->list[SNAPSHOT_V4][SNAPSHOT_ALL].n);
		output_int(o, "ipv6", z->list[SNAPSHOT_V6][SNAPSHOT_ALL].n);
		output_int(o, "own_ipv4", z->own[SNAPSHOT_V4]);
		output_int(o, "own_ipv6", z->own[SNAPSHOT_V6]);
		output_int(o, "max_hosts", z->max_hosts);
		output_int(o, "ttl_s", z->ttl_s);
	}
	output_end(o);
}

/* Read the snapshot at path, or NULL, that of pool.conf; *data is to be freed. */
static bool open_snapshot(struct ctl *c, const char *path, bool *checked,
			  struct snapshot *s, void **data)
{
	uint8_t public[SNAPSHOT_PUBLIC_LEN];
	bool has_key =
		snapshot_public_read(c->set->snapshot_public, public) == 0;
	struct snapshot_trust trust = {.public = has_key ? public : NULL,
				       .now_ms = c->now_ms};
	char why[256] = "";
	struct text t = text_init(why, sizeof why);
	int r;

	path = path ? path : c->set->snapshot;
	r = snapshot_read(path, &trust, data, s, &t);
	if (r < 0)
		ctl_fail(c, "snapshot", "%s: %s", path,
			 *why ? why : strerror(-r));
	*checked = has_key;
	return r >= 0;
}

int cmd_snapshot_show(struct ctl *c)
{
	struct snapshot s;
	bool checked;
	void *data;

	if (!open_snapshot(c, ctl_arg(c, "FILE"), &checked, &s, &data))
		return CTL_FAILED;
	if (c->out.form != OUTPUT_JSON)
		fprintf(c->out.to, "origin %s, %zu + %zu servers, %s\n",
			s.head->origin, s.n_addr4, s.n_addr6,
			checked ? "signature good" : "no key to check it with");
	put_zones(&c->out, &s);
	free(data);
	return CTL_OK;
}

/* --- for other name servers -------------------------------------------------------------- */

static void put_zone_file(const struct snapshot *s, int64_t now_ms, FILE *out)
{
	uint64_t random;

	randombytes_buf(&random, sizeof random);
	export_zone_file(s, (uint32_t)(now_ms / 1000), random, out);
}

static void put_geodns(const struct snapshot *s, int64_t now_ms, FILE *out)
{
	(void)now_ms;
	export_geodns(s, out);
}

static void put_knot(const struct snapshot *s, int64_t now_ms, FILE *out)
{
	uint64_t random;

	(void)now_ms;
	randombytes_buf(&random, sizeof random);
	export_knot(s, KNOT_SETS, random, out);
}

int cmd_export(struct ctl *c)
{
	static const struct {
		const char *name;
		void (*put)(const struct snapshot *s, int64_t now_ms,
			    FILE *out);
	} formats[] = {
		{"zonefile", put_zone_file},
		{"geodns", put_geodns},
		{"knot", put_knot},
	};
	const char *format = ctl_arg(c, "FORMAT");
	struct snapshot s;
	bool checked;
	void *data;

	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		if (strcmp(format, formats[i].name) != 0)
			continue;
		if (!open_snapshot(c, ctl_arg(c, "SNAPSHOT"), &checked, &s,
				   &data))
			return CTL_FAILED;
		formats[i].put(&s, c->now_ms, c->out.to);
		free(data);
		return CTL_OK;
	}
	return ctl_fail(c, "format", "%s: one of zonefile, geodns, knot",
			format);
}
