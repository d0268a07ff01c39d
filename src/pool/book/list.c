/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/list.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/container.h"
#include "base/text.h"
#include "pool/book/address.h"
#include "pool/book/change.h"
#include "pool/book/notify.h"
#include "pool/zone/places.h"

/* --- what an entry says ------------------------------------------------------------ */

/* clang-format off */
#define AT(member) \
	offsetof(struct list_entry, member), \
	sizeof((struct list_entry *)0)->member
static const struct list_field fields[] = {
	{"stratum", "Server stratum", "ServerStratum",
	 "", AT(stratum), LIST_STRATUM, true},
	{"country", "Country code", "CountryCode",
	 "Two letters (ISO 3166), such as de or jp.",
	 AT(country), LIST_COUNTRY, true},
	{"hostname", "Host name", "Hostname",
	 "The name that others are to configure.",
	 AT(hostname), LIST_HOST, true},
	{"address", "IP address", "IPAddress",
	 "", AT(address4), LIST_IPV4, false},
	{"address6", "IPv6 address", "IPv6Address",
	 "", AT(address6), LIST_IPV6, false},
	{"location", "Location", "ServerLocation",
	 "City, building.", AT(location), LIST_LINE, false},
	{"coordinates", "Coordinates", "GeographicCoordinates",
	 "Latitude, longitude.", AT(coordinates), LIST_LINE, false},
	{"organisation", "Organisation", "HostOrganization",
	 "", AT(organisation), LIST_LINE, false},
	{"synchronisation", "Synchronisation", "ServerSynchronization",
	 "What it takes its time from: GPS, three of stratum 1, ...",
	 AT(synchronisation), LIST_LINE, false},
	{"area", "Service area", "ServiceArea",
	 "For whom it is meant: Germany, our university, ...",
	 AT(service_area), LIST_LINE, false},
	{"policy", "Access policy", "AccessPolicy",
	 "OpenAccess: anybody, at once. RestrictedAccess: some, as the "
	 "details say. ClosedAccess: by prior arrangement only.",
	 AT(access_policy), LIST_POLICY, true},
	{"details", "Access details", "AccessDetails",
	 "Who may use it, how many clients, how often they may ask.",
	 AT(access_details), LIST_LINES, false},
	{"notify", "Notification message", "NotificationMessage",
	 "", AT(notification), LIST_FLAG, false},
	{"contact", "Server contact", "ServerContact",
	 "Where a person can be reached. Everybody can read it.",
	 AT(contact), LIST_LINE, true},
};
#undef AT
/* clang-format on */

static const char *const policies[LIST_POLICIES] = {
	"OpenAccess", "RestrictedAccess", "ClosedAccess"};

const char *list_policy(unsigned i)
{
	return policies[i];
}

const char *list_state_name(enum list_state state)
{
	static const char *const names[] = {
		[LIST_PENDING] = "waits for approval",
		[LIST_SHOWN] = "listed",
		[LIST_REFUSED] = "refused",
	};

	return names[state];
}

const struct list_field *list_fields(size_t *n)
{
	*n = ARRAY_LEN(fields);
	return fields;
}

const struct list_field *list_field_find(const char *key)
{
	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		if (strcmp(fields[i].key, key) == 0)
			return &fields[i];
	return NULL;
}

const char *list_field_get(const struct list_entry *e,
			   const struct list_field *f, char text[LIST_TEXT_MAX])
{
	if (f->kind == LIST_STRATUM)
		snprintf(text, LIST_TEXT_MAX, "%d", e->stratum);
	else if (f->kind == LIST_FLAG)
		snprintf(text, LIST_TEXT_MAX, "%s",
			 e->notification ? "yes" : "no");
	else
		snprintf(text, LIST_TEXT_MAX, "%s",
			 (const char *)e + f->offset);
	return text;
}

/* An address of that family, in its canonical form. */
static enum book_verdict read_address(const char *typed, int family,
				      char text[NET_ADDR_TEXT_LEN])
{
	struct net_addr addr;

	if (net_addr_parse(typed, &addr) < 0)
		return BOOK_BAD_ADDRESS;
	addr = net_addr_unmap(&addr);
	if (addr.family != family || !net_addr_is_host(&addr))
		return BOOK_BAD_ADDRESS;
	net_addr_format(&addr, text);
	return BOOK_OK;
}

static enum book_verdict read_country(const char *typed, char *code)
{
	const struct country *c = country_find(typed);

	if (!c)
		return BOOK_BAD_COUNTRY;
	memcpy(code, c->code, sizeof c->code);
	return BOOK_OK;
}

static enum book_verdict read_policy(const char *typed, char *policy)
{
	for (size_t i = 0; i < LIST_POLICIES; i++)
		if (strcmp(policies[i], typed) == 0) {
			strcpy(policy, typed);
			return BOOK_OK;
		}
	return BOOK_BAD_POLICY;
}

static enum book_verdict read_text(const struct list_field *f,
				   const char *typed, char *text)
{
	if (!change_text_ok(typed, f->cap) ||
	    (f->kind != LIST_LINES && strpbrk(typed, "\r\n\t")))
		return BOOK_BAD_TEXT;
	strcpy(text, typed);
	return BOOK_OK;
}

enum book_verdict list_field_set(struct list_entry *e,
				 const struct list_field *f, const char *typed)
{
	char *text = (char *)e + f->offset;

	if (!*typed && f->needed)
		return BOOK_MISSING;
	if (!*typed && f->kind != LIST_FLAG) {
		*text = '\0';
		return BOOK_OK;
	}
	switch (f->kind) {
	case LIST_STRATUM:
		if (strcmp(typed, "1") != 0 && strcmp(typed, "2") != 0)
			return BOOK_BAD_NUMBER;
		e->stratum = *typed - '0';
		return BOOK_OK;
	case LIST_FLAG:
		e->notification = strcmp(typed, "yes") == 0;
		return BOOK_OK;
	case LIST_COUNTRY:
		return read_country(typed, text);
	case LIST_HOST:
		if (!address_is_name(typed))
			return BOOK_BAD_NAME;
		return read_text(f, typed, text);
	case LIST_IPV4:
		return read_address(typed, AF_INET, text);
	case LIST_IPV6:
		return read_address(typed, AF_INET6, text);
	case LIST_POLICY:
		return read_policy(typed, text);
	default:
		return read_text(f, typed, text);
	}
}

/* --- one's own ---------------------------------------------------------------------- */

/* An entry may have been filled in by hand. */
static enum book_verdict check(const struct list_entry *e)
{
	struct list_entry copy = *e;
	char text[LIST_TEXT_MAX];

	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		enum book_verdict v = list_field_set(
			&copy, &fields[i], list_field_get(e, &fields[i], text));

		if (v != BOOK_OK)
			return v;
	}
	return BOOK_OK;
}

/* The server of the pool that has one of the addresses is what it is about. */
static enum book_verdict find_server(struct db *db, const struct actor *who,
				     struct list_entry *e)
{
	const char *const address[] = {e->address4, e->address6};

	e->server_id = 0;
	for (size_t i = 0; i < ARRAY_LEN(address) && !e->server_id; i++) {
		struct server s;
		int r = server_by_host(db, address[i], &s);

		if (r < 0)
			return BOOK_STORE;
		if (r == 0 || s.deleted_ms)
			continue;
		if (s.account_id == e->account_id)
			e->server_id = s.id;
		else if (!who->staff)
			return BOOK_REGISTERED;
	}
	return BOOK_OK;
}

static int count(struct db *db, int64_t account_id, unsigned *n)
{
	struct list_entry e;
	struct db_rows rows;

	*n = 0;
	list_ask_account(db, &rows, account_id);
	while (list_next(&rows, &e))
		++*n;
	return db_end(&rows);
}

static void describe(struct change *c, const struct list_entry *e)
{
	c->server.account_id = e->account_id;
	c->server.id = e->server_id;
	json_int(&c->detail, "entry", e->revises_id ? e->revises_id : e->id);
	json_text(&c->detail, "hostname", e->hostname);
}

/* Begin a change of an entry that the actor may change. */
static enum book_verdict begin(struct change *c, struct db *db,
			       const struct actor *who, int64_t id,
			       int64_t now_ms, struct list_entry *e)
{
	enum book_verdict v = change_open(c, db, who, now_ms);
	int r;

	if (v != BOOK_OK)
		return v;
	r = list_by_id(db, id, e);
	if (r <= 0)
		return change_refuse(c, r < 0 ? BOOK_STORE : BOOK_UNKNOWN);
	if (!who->staff && e->account_id != who->account_id)
		return change_refuse(c, BOOK_DENIED);
	return BOOK_OK;
}

enum book_verdict book_list_get(struct db *db, const struct actor *who,
				int64_t id, struct list_entry *out)
{
	struct list_entry e;
	struct change c;
	enum book_verdict v = begin(&c, db, who, id, 0, &e);

	if (v != BOOK_OK)
		return v;
	*out = e;
	return change_refuse(&c, BOOK_OK);
}

enum book_verdict book_list_add(struct db *db, const struct actor *who,
				const struct list_entry *e, int64_t now_ms,
				int64_t *id)
{
	struct list_entry new = *e;
	enum book_verdict v = check(e);
	struct change c;
	unsigned n = 0;
	int r;

	if (v == BOOK_OK && !who->account_id)
		v = BOOK_DENIED; /* for whom would it be? */
	if (v == BOOK_OK)
		v = change_open(&c, db, who, now_ms);
	if (v != BOOK_OK)
		return v;
	new.account_id = who->account_id;
	new.revises_id = new.approved_ms = new.refused_ms = 0;
	new.changed_ms = now_ms;
	*new.why = '\0';
	v = find_server(db, who, &new);
	if (v == BOOK_OK && count(db, who->account_id, &n) < 0)
		v = BOOK_STORE;
	if (v == BOOK_OK && n >= LIST_ENTRIES_MAX)
		v = BOOK_TOO_OFTEN;
	if (v != BOOK_OK)
		return change_refuse(&c, v);
	r = list_insert(db, &new, &new.id);
	describe(&c, &new);
	v = change_end(&c, r, "list.add");
	if (v == BOOK_OK)
		*id = new.id;
	return v;
}

/* What differs, for the audit log. */
static void describe_changes(struct change *c, const struct list_entry *was,
			     const struct list_entry *is)
{
	char a[LIST_TEXT_MAX], b[LIST_TEXT_MAX];

	describe(c, is);
	json_object(&c->detail, "was");
	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		if (strcmp(list_field_get(was, &fields[i], a),
			   list_field_get(is, &fields[i], b)) != 0)
			json_text(&c->detail, fields[i].key, a);
	json_end_object(&c->detail);
}

/* Into its own row, or when that is shown into its revision. */
static int write_change(struct db *db, const struct list_entry *was,
			struct list_entry *is)
{
	struct list_entry waiting;
	int64_t id;
	int r;

	is->id = was->id;
	is->revises_id = was->revises_id;
	if (list_state(was) != LIST_SHOWN)
		return list_update(db, is);
	is->revises_id = was->id;
	r = list_revision(db, was->id, &waiting);
	if (r == 1) {
		is->id = waiting.id;
		return list_update(db, is);
	}
	return r < 0 ? r : list_insert(db, is, &id);
}

enum book_verdict book_list_change(struct db *db, const struct actor *who,
				   const struct list_entry *e, int64_t now_ms)
{
	struct list_entry was, is = *e;
	enum book_verdict v = check(e);
	struct change c;
	int r;

	if (v == BOOK_OK)
		v = begin(&c, db, who, e->id, now_ms, &was);
	if (v != BOOK_OK)
		return v;
	is.account_id = was.account_id;
	is.approved_ms = is.refused_ms = 0;
	is.changed_ms = now_ms;
	*is.why = '\0';
	v = find_server(db, who, &is);
	if (v != BOOK_OK)
		return change_refuse(&c, v);
	r = write_change(db, &was, &is);
	describe_changes(&c, &was, &is);
	return change_end(&c, r, "list.change");
}

enum book_verdict book_list_remove(struct db *db, const struct actor *who,
				   int64_t id, int64_t now_ms)
{
	struct list_entry e;
	struct change c;
	enum book_verdict v = begin(&c, db, who, id, now_ms, &e);

	if (v != BOOK_OK)
		return v;
	describe(&c, &e);
	return change_end(&c, list_delete(db, id), "list.remove");
}

/* --- staff -------------------------------------------------------------------------- */

/* Begin to judge what waits; *e is it, or the revision of it. */
static enum book_verdict judge(struct change *c, struct db *db,
			       const struct actor *who, int64_t id,
			       int64_t now_ms, struct list_entry *e)
{
	struct list_entry waiting;
	enum book_verdict v = begin(c, db, who, id, now_ms, e);
	int r = 0;

	if (v != BOOK_OK)
		return v;
	if (!who->staff)
		return change_refuse(c, BOOK_DENIED);
	if (list_state(e) == LIST_SHOWN) {
		r = list_revision(db, id, &waiting);
		if (r == 1)
			*e = waiting;
	}
	if (r < 0)
		return change_refuse(c, BOOK_STORE);
	describe(c, e);
	return BOOK_OK;
}

static int tell(struct change *c, const struct pool_settings *set,
		const struct list_entry *e, const char *text)
{
	char subject[HOSTNAME_LEN + 40], body[1024];

	if (!e->account_id)
		return 0;
	snprintf(subject, sizeof subject, "The public list: %s", e->hostname);
	snprintf(body, sizeof body, "%s\n\n%s/manage/list/%lld\n", text,
		 set->web_url,
		 (long long)(e->revises_id ? e->revises_id : e->id));
	return notify_account(c->db, set, e->account_id, subject, body,
			      c->now_ms);
}

/* A revision takes the place of what it revises. */
static int let_in(struct db *db, struct list_entry *e)
{
	int r;

	if (!e->revises_id)
		return list_update(db, e);
	r = list_delete(db, e->id);
	e->id = e->revises_id;
	e->revises_id = 0;
	return r < 0 ? r : list_update(db, e);
}

enum book_verdict book_list_approve(struct db *db,
				    const struct pool_settings *set,
				    const struct actor *who, int64_t id,
				    int64_t now_ms)
{
	char text[HOSTNAME_LEN + 128];
	struct list_entry e;
	struct change c;
	enum book_verdict v = judge(&c, db, who, id, now_ms, &e);
	int r;

	if (v != BOOK_OK)
		return v;
	e.approved_ms = now_ms;
	e.refused_ms = 0;
	*e.why = '\0';
	r = let_in(db, &e);
	snprintf(text, sizeof text,
		 "%s is on the public list of stratum %d servers now, as you "
		 "described it.",
		 e.hostname, e.stratum);
	if (r >= 0)
		r = tell(&c, set, &e, text);
	return change_end(&c, r, "list.approve");
}

enum book_verdict book_list_refuse(struct db *db,
				   const struct pool_settings *set,
				   const struct actor *who, int64_t id,
				   const char *why, int64_t now_ms)
{
	char text[HOSTNAME_LEN + 512];
	struct list_entry e;
	struct change c;
	enum book_verdict v;
	int r;

	if (!*why)
		return BOOK_MISSING;
	if (!change_text_ok(why, sizeof e.why))
		return BOOK_BAD_TEXT;
	v = judge(&c, db, who, id, now_ms, &e);
	if (v != BOOK_OK)
		return v;
	e.approved_ms = 0; /* staff may also take off what was let in */
	e.refused_ms = now_ms;
	snprintf(e.why, sizeof e.why, "%s", why);
	json_text(&c.detail, "why", why);
	snprintf(text, sizeof text,
		 "What you wrote about %s was not put on the public list:\n\n"
		 "  %s\n\nYou can change it and hand it in again.",
		 e.hostname, why);
	r = list_update(db, &e);
	if (r >= 0)
		r = tell(&c, set, &e, text);
	return change_end(&c, r, "list.refuse");
}
