/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/book/verdict.h"
#include "pool/settings/settings.h"
#include "pool/store/list.h"

/*
 * The public lists: an operator says what a server is and who may use it, staff
 * let it in.  What was let in stays as it is until staff approved the change.
 */

#define LIST_ENTRIES_MAX 50 /* of an account */
#define LIST_TEXT_MAX 512   /* octets of the longest field, with the NUL */

enum list_kind {
	LIST_STRATUM, /* 1, 2 */
	LIST_COUNTRY,
	LIST_HOST,
	LIST_IPV4,
	LIST_IPV6,
	LIST_POLICY,
	LIST_FLAG, /* "yes", "no" */
	LIST_LINE,
	LIST_LINES,
};

/* One thing that an entry says; forms, pages, poolctl and JSON know it from here. */
struct list_field {
	const char *key;   /* of forms and poolctl: "service-area" */
	const char *title; /* "Service area" */
	const char *word;  /* as in the lists of old: "ServiceArea" */
	const char *hint;  /* what to fill in; "" where it is plain */
	size_t offset, cap;
	enum list_kind kind;
	bool needed;
};

const struct list_field *list_fields(size_t *n);

/** NULL: there is none. */
const struct list_field *list_field_find(const char *key);

/** What the entry says there, as text.  Returns text. */
const char *list_field_get(const struct list_entry *e,
			   const struct list_field *f,
			   char text[LIST_TEXT_MAX]);

/**
 * Take in what was typed.  BOOK_OK, or why it cannot be: BOOK_MISSING,
 * BOOK_BAD_TEXT, BOOK_BAD_NUMBER, BOOK_BAD_COUNTRY, BOOK_BAD_NAME,
 * BOOK_BAD_ADDRESS, BOOK_BAD_POLICY; the entry is then as it was.
 */
MUST_CHECK enum book_verdict list_field_set(struct list_entry *e,
					    const struct list_field *f,
					    const char *typed);

/** "OpenAccess", "RestrictedAccess", "ClosedAccess" */
#define LIST_POLICIES 3
const char *list_policy(unsigned i);

/** "waits for approval", "listed", "refused" */
const char *list_state_name(enum list_state state);

/** One that the actor may change.  BOOK_UNKNOWN, BOOK_DENIED, BOOK_STORE. */
MUST_CHECK enum book_verdict book_list_get(struct db *db,
					   const struct actor *who, int64_t id,
					   struct list_entry *out);

/**
 * A new entry of the actor's account, to wait for approval.  The server that
 * has one of its addresses becomes its own; BOOK_REGISTERED when that is
 * another account's, BOOK_EXISTS when it has an entry, BOOK_TOO_OFTEN when the
 * account has LIST_ENTRIES_MAX, or what list_field_set() says.
 */
MUST_CHECK enum book_verdict book_list_add(struct db *db,
					   const struct actor *who,
					   const struct list_entry *e,
					   int64_t now_ms, int64_t *id);

/**
 * What e says in the place of entry e->id.  One that is listed stays as it is,
 * and the change waits as its revision.
 */
MUST_CHECK enum book_verdict book_list_change(struct db *db,
					      const struct actor *who,
					      const struct list_entry *e,
					      int64_t now_ms);

/**
 * For staff: let in what waits, an entry or the revision of one (id of either).
 * The account's people are told by mail.
 */
MUST_CHECK enum book_verdict book_list_approve(struct db *db,
					       const struct pool_settings *set,
					       const struct actor *who,
					       int64_t id, int64_t now_ms);

/** The same, but not let it in; why: a sentence for the operator. */
MUST_CHECK enum book_verdict book_list_refuse(struct db *db,
					      const struct pool_settings *set,
					      const struct actor *who,
					      int64_t id, const char *why,
					      int64_t now_ms);

/** Take it off the list, and what waits with it; a revision alone by its own id. */
MUST_CHECK enum book_verdict book_list_remove(struct db *db,
					      const struct actor *who,
					      int64_t id, int64_t now_ms);
