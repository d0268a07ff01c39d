/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/container.h"
#include "os/resolver.h"
#include "os/state_file.h"
#include "pool/book/candidate.h"
#include "pool/book/deletion.h"
#include "pool/book/import.h"
#include "pool/book/server.h"
#include "pool/book/verify.h"
#include "pool/store/account.h"
#include "pool/store/zone.h"
#include "prog/poolctl/commands.h"
#include "prog/poolctl/ctl.h"

#define CANDIDATES_MAX 1000

/* --- lists ------------------------------------------------------------------------- */

static void put_server(struct ctl *c, const struct server *s)
{
	struct output *o = &c->out;
	enum server_state state = server_state(s, c->now_ms);

	output_row(o);
	output_int(o, "id", s->id);
	output_text(o, "address", s->address);
	output_int(o, "port", s->port);
	output_text(o, "country", s->country);
	output_int(o, "kbit", s->kbit);
	output_real(o, "score", s->score_ms ? s->score : (double)NAN, 1);
	output_text(o, "state", server_state_name(state));
	output_text(o, "verified", s->verified_by);
	output_text(o, "hostname", s->hostname);
}

int cmd_server_list(struct ctl *c)
{
	const char *account = ctl_arg(c, "account"), *zone = ctl_arg(c, "zone");
	struct zone_record z;
	struct db_rows rows;
	struct server s;
	int64_t id;
	int r;

	if (account && !ctl_find_account(c, account, &id))
		return CTL_FAILED;
	if (account) {
		server_ask_account(c->db, &rows, id);
	} else if (zone) {
		r = zone_by_name(c->db, zone, &z);
		if (r <= 0)
			return r < 0 ? ctl_store(c, r)
				     : ctl_fail(c, "unknown",
						"there is no zone '%s'", zone);
		server_ask_zone(c->db, &rows, z.id);
	} else {
		server_ask_all(c->db, &rows);
	}
	output_list(&c->out);
	while (server_next(&rows, &s))
		put_server(c, &s);
	output_end(&c->out);
	return ctl_store(c, db_end(&rows));
}

/* "@ europe de" */
static int zones_of(struct ctl *c, int64_t server_id, struct text *names)
{
	struct db_rows rows;
	struct zone_record z;

	zone_ask_server(c->db, &rows, server_id);
	while (zone_next(&rows, &z))
		text_add(names, "%s%s", names->len ? " " : "", z.name);
	return db_end(&rows);
}

int cmd_server_show(struct ctl *c)
{
	struct output *o = &c->out;
	struct account a = {0};
	struct server s;
	char zones[512];
	struct text t = text_init(zones, sizeof zones);
	int r;

	if (!ctl_find_server(c, ctl_arg(c, "ADDRESS"), &s))
		return CTL_FAILED;
	r = account_by_id(c->db, s.account_id, &a);
	if (r >= 0)
		r = zones_of(c, s.id, &t);
	if (r < 0)
		return ctl_store(c, r);
	output_one(o);
	output_int(o, "id", s.id);
	output_text(o, "address", s.address);
	output_int(o, "port", s.port);
	output_text(o, "hostname", s.hostname);
	output_text(o, "account", a.slug);
	output_text(o, "zones", zones);
	output_int(o, "kbit", s.kbit);
	output_real(o, "score", s.score_ms ? s.score : (double)NAN, 1);
	output_real(o, "strict_score", s.strict_score, 1);
	output_int(o, "stratum", s.stratum);
	output_text(o, "state", server_state_name(server_state(&s, c->now_ms)));
	output_time(o, "added_ms", s.added_ms);
	output_text(o, "verified", s.verified_by);
	output_time(o, "paused_until_ms", s.paused_until_ms);
	output_time(o, "delete_on_ms", s.delete_on_ms);
	output_text(o, "comment", s.comment);
	output_end(o);
	return CTL_OK;
}

/* --- changing ----------------------------------------------------------------------- */

/* What has to be done with a token, for each method. */
static void put_proof(struct ctl *c, const struct server *s,
		      const struct verification *proof)
{
	struct output *o = &c->out;
	char file[VERIFY_NAME_LEN], next[512];

	book_verify_file_name(proof, file);
	switch (proof->method) {
	case VERIFY_HTTP:
		snprintf(next, sizeof next,
			 "let http://%s/.well-known/ntp-pool/%s hold the token",
			 s->address, file);
		break;
	case VERIFY_DNS:
		snprintf(next, sizeof next,
			 "let the TXT record of _ntp-pool.%s be the token",
			 s->hostname);
		break;
	default:
		snprintf(next, sizeof next,
			 "put poolverify and the token into its ntp.conf, and "
			 "restart it");
	}
	output_one(o);
	output_text(o, "method", verify_method_name(proof->method));
	output_text(o, "token", proof->token);
	output_time(o, "expires_ms", proof->expires_ms);
	output_text(o, "next", next);
	output_end(o);
}

int cmd_server_verify(struct ctl *c)
{
	const char *by = ctl_arg(c, "by");
	enum verify_method method = VERIFY_ADMIN;
	struct verification proof;
	enum book_verdict v;
	struct server s;

	if (by && !verify_method_find(by, &method))
		return ctl_fail(c, "bad-method",
				"a method is http, dns, ntp or admin, not '%s'",
				by);
	if (!ctl_find_server(c, ctl_arg(c, "ADDRESS"), &s))
		return CTL_FAILED;
	v = book_verify_begin(c->db, &c->who, s.id, method, c->now_ms, &proof);
	if (v != BOOK_OK || method == VERIFY_ADMIN)
		return ctl_done(c, v);
	put_proof(c, &s, &proof);
	return CTL_OK;
}

int cmd_server_move(struct ctl *c)
{
	int64_t account_id;
	struct server s;

	if (!ctl_find_server(c, ctl_arg(c, "ADDRESS"), &s) ||
	    !ctl_find_account(c, ctl_arg(c, "ACCOUNT"), &account_id))
		return CTL_FAILED;
	return ctl_done(c, book_server_move(c->db, c->set, &c->who, s.id,
					    account_id, c->now_ms));
}

int cmd_server_alert(struct ctl *c)
{
	const char *text = ctl_arg(c, "SCORE");
	double below = (double)NAN;
	struct server s;
	char *end = NULL;

	if (strcmp(text, "-") != 0) {
		below = strtod(text, &end);
		if (end == text || *end || !isfinite(below))
			return ctl_fail(c, "bad-number",
					"SCORE: '%s' is not a number", text);
	}
	if (!ctl_find_server(c, ctl_arg(c, "ADDRESS"), &s))
		return CTL_FAILED;
	return ctl_done(
		c, book_server_alert(c->db, &c->who, s.id, below, c->now_ms));
}

int cmd_server_netspeed(struct ctl *c)
{
	struct server s;
	long kbit;

	if (!ctl_number(c, "KBIT", 0, BOOK_KBIT_MAX, 0, &kbit) ||
	    !ctl_find_server(c, ctl_arg(c, "ADDRESS"), &s))
		return CTL_FAILED;
	return ctl_done(
		c, book_server_netspeed(c->db, &c->who, s.id, kbit, c->now_ms));
}

int cmd_server_country(struct ctl *c)
{
	const char *country = ctl_arg(c, "CC");
	struct server s;

	if (!ctl_find_server(c, ctl_arg(c, "ADDRESS"), &s))
		return CTL_FAILED;
	if (strcmp(country, "-") == 0)
		country = "";
	return ctl_done(c, book_server_country(c->db, &c->who, s.id, country,
					       c->now_ms));
}

int cmd_server_pause(struct ctl *c)
{
	struct server s;
	long days;

	if (!ctl_number(c, "days", 0, 30, 7, &days) ||
	    !ctl_find_server(c, ctl_arg(c, "ADDRESS"), &s))
		return CTL_FAILED;
	return ctl_done(c,
			book_server_pause(c->db, &c->who, s.id,
					  days ? c->now_ms + days * DAY_MS : 0,
					  c->now_ms));
}

/* Midnight UTC of YYYY-MM-DD, when there is such a day. */
static bool read_date(const char *text, int64_t *ms)
{
	struct tm tm = {0};
	const char *end = strptime(text, "%Y-%m-%d", &tm);
	int day = tm.tm_mday;

	if (!end || *end)
		return false;
	*ms = (int64_t)timegm(&tm) * 1000;
	/* timegm() makes the 3rd of March of the 31st of February. */
	return tm.tm_mday == day;
}

int cmd_server_delete(struct ctl *c)
{
	struct server s;
	int64_t at_ms;

	if (!read_date(ctl_arg(c, "DATE"), &at_ms))
		return ctl_fail(c, "bad-date", "'%s' is no day (YYYY-MM-DD)",
				ctl_arg(c, "DATE"));
	if (!ctl_find_server(c, ctl_arg(c, "ADDRESS"), &s))
		return CTL_FAILED;
	return ctl_done(c, book_deletion_schedule(c->db, c->set, &c->who, s.id,
						  at_ms, c->now_ms));
}

int cmd_server_undelete(struct ctl *c)
{
	struct server s;

	if (!ctl_find_server(c, ctl_arg(c, "ADDRESS"), &s))
		return CTL_FAILED;
	return ctl_done(
		c, book_deletion_undo(c->db, c->set, &c->who, s.id, c->now_ms));
}

/* --- adding ------------------------------------------------------------------------- */

/* Ask for the account whose name is given. */
static int ask_candidate(struct ctl *c, struct actor *who, int64_t *id)
{
	*who = c->who;
	if (!ctl_find_account(c, ctl_arg(c, "ACCOUNT"), &who->account_id))
		return CTL_FAILED;
	return ctl_verdict(c, book_candidate_ask(c->db, c->set, who,
						 ctl_arg(c, "ADDRESS"),
						 c->now_ms, id));
}

/* A name takes its addresses here; all of them are added. */
static int find_addresses(struct ctl *c, int64_t id)
{
	struct net_addr addr[CANDIDATE_ADDRESSES_MAX];
	struct candidate cand;
	int r = candidate_by_id(c->db, id, &cand);

	if (r <= 0)
		return ctl_store(c, -1);
	if (*cand.address)
		return CTL_OK;
	r = resolve_now(cand.hostname, 0, addr, ARRAY_LEN(addr));
	return ctl_verdict(c, book_candidate_found(c->db, c->set, id, addr,
						   r > 0 ? (size_t)r : 0));
}

static int put_candidate(struct ctl *c, const struct candidate *cand)
{
	struct output *o = &c->out;

	output_row(o);
	output_int(o, "id", cand->id);
	output_text(o, "asked", cand->asked);
	output_text(o, "address", cand->address);
	output_int(o, "port", cand->port);
	output_text(o, "state", candidate_state_name(cand->state));
	output_text(o, "country", cand->country);
	output_int(o, "stratum", cand->stratum);
	output_real(o, "offset_s", cand->offset_s, 6);
	output_real(o, "rtt_s", cand->rtt_s, 6);
	output_text(o, "why", cand->why);
	return CTL_OK;
}

int cmd_candidate_add(struct ctl *c)
{
	struct actor who;
	int64_t id;
	int status = ask_candidate(c, &who, &id);

	if (status != CTL_OK)
		return status;
	output_one(&c->out);
	output_int(&c->out, "id", id);
	output_text(&c->out, "next",
		    "poold looks at it: poolctl candidate list");
	output_end(&c->out);
	return CTL_OK;
}

int cmd_candidate_list(struct ctl *c)
{
	int status = CTL_OK;

	output_list(&c->out);
	for (unsigned state = 0; state < CANDIDATE_ADDED && status == CTL_OK;
	     state++) {
		struct db_rows rows;
		struct candidate cand;

		candidate_ask_state(c->db, &rows, (enum candidate_state)state,
				    CANDIDATES_MAX);
		while (candidate_next(&rows, &cand))
			put_candidate(c, &cand);
		status = ctl_store(c, db_end(&rows));
	}
	output_end(&c->out);
	return status;
}

/* The optional word, or none. */
static const char *word(struct ctl *c, const char *name)
{
	const char *value = ctl_arg(c, name);

	return value ? value : "";
}

int cmd_candidate_accept(struct ctl *c)
{
	int64_t server_id;
	long id;

	if (!ctl_number(c, "ID", 1, INT32_MAX, 0, &id))
		return CTL_FAILED;
	return ctl_done(c, book_candidate_add(c->db, c->set, &c->who, id,
					      word(c, "country"),
					      word(c, "comment"), c->now_ms,
					      &server_id));
}

/* Each address of the question becomes a server. */
static int add_group(struct ctl *c, int64_t first_id, long kbit)
{
	struct candidate cand[CANDIDATE_ADDRESSES_MAX];
	struct db_rows rows;
	enum book_verdict v = BOOK_OK;
	size_t n = 0;
	int r;

	candidate_ask_group(c->db, &rows, first_id);
	while (n < ARRAY_LEN(cand) && candidate_next(&rows, &cand[n]))
		n++;
	r = db_end(&rows);
	if (r < 0)
		return ctl_store(c, r);
	for (size_t i = 0; i < n && v == BOOK_OK; i++) {
		int64_t id;

		if (cand[i].state == CANDIDATE_BAD)
			return ctl_fail(c, "refused", "%s", cand[i].why);
		v = book_candidate_add(c->db, c->set, &c->who, cand[i].id,
				       word(c, "country"), word(c, "comment"),
				       c->now_ms, &id);
		if (v == BOOK_OK && kbit >= 0)
			v = book_server_netspeed(c->db, &c->who, id, kbit,
						 c->now_ms);
	}
	return ctl_done(c, v);
}

int cmd_server_add(struct ctl *c)
{
	struct actor who;
	int64_t id;
	long kbit;
	int status;

	if (!ctl_number(c, "netspeed", 0, BOOK_KBIT_MAX, -1, &kbit))
		return CTL_FAILED;
	status = ask_candidate(c, &who, &id);
	if (status == CTL_OK)
		status = find_addresses(c, id);
	return status == CTL_OK ? add_group(c, id, kbit) : status;
}

/* --- many at once -------------------------------------------------------------------- */

#define IMPORT_MAX (16 << 20) /* octets of a file */

static void put_import(struct output *o, const struct import_row *row)
{
	output_row(o);
	output_int(o, "line", row->line);
	output_text(o, "address", row->address);
	output_int(o, "server", row->server_id);
	output_text(o, "result", book_verdict_name(row->verdict));
	output_text(o, "text",
		    row->verdict != BOOK_OK ? book_verdict_text(row->verdict)
		    : row->server_id        ? "is in the pool"
					    : "poold looks it up");
}

int cmd_server_import(struct ctl *c)
{
	const char *path = ctl_arg(c, "FILE"), *at;
	struct import_row row = {.line = 0};
	struct actor who = c->who;
	int status = CTL_OK, r;
	char *text;
	size_t len;

	if (!ctl_find_account(c, ctl_arg(c, "ACCOUNT"), &who.account_id))
		return CTL_FAILED;
	r = state_file_read(path, IMPORT_MAX, true, &text, &len);
	if (r < 0)
		return ctl_fail(c, "file", "%s: %s", path, strerror(-r));
	output_list(&c->out);
	for (at = text; import_next(&at, &row);) {
		book_import(c->db, c->set, &who, &row, c->now_ms);
		put_import(&c->out, &row);
		if (row.verdict != BOOK_OK)
			status = CTL_FAILED;
	}
	output_end(&c->out);
	free(text);
	return status;
}
