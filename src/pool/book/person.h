/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/book/secret.h"
#include "pool/book/verdict.h"
#include "pool/settings/settings.h"
#include "pool/store/person.h"

/*
 * How people come in: sign-up with a mail that confirms, log-in, passwords.
 * Nothing here tells a stranger which addresses have an account: what is
 * answered, and how long it takes, is the same.
 */

#define CONFIRM_LIFE_MS (INT64_C(48) * 3600 * 1000)
#define RESET_LIFE_MS (INT64_C(2) * 3600 * 1000)
#define SESSION_LIFE_MS (INT64_C(30) * 24 * 3600 * 1000)

/* Tries in a quarter of an hour. */
#define LOGIN_TRIES_ADDRESS 30
#define LOGIN_TRIES_PERSON 10

/** Lower case of a mail address that could be one, or false: ASCII, one @, no blanks or quotes. */
MUST_CHECK bool person_mail_clean(const char *typed, char email[EMAIL_LEN]);

/** BOOK_OK or BOOK_WEAK_PASSWORD. */
enum book_verdict person_judge_password(const char *password,
					const char *email);

/**
 * Who is logged in gives the password once more; a try is counted.
 * BOOK_OK with *out, BOOK_WRONG_LOGIN, BOOK_TOO_OFTEN, BOOK_UNKNOWN, BOOK_STORE.
 */
MUST_CHECK enum book_verdict person_prove(struct db *db,
					  const struct pool_settings *set,
					  int64_t person_id,
					  const char *password, int64_t now_ms,
					  struct person *out);

/** Count a try of a code.  BOOK_OK, BOOK_TOO_OFTEN, BOOK_STORE. */
MUST_CHECK enum book_verdict person_try_code(struct db *db,
					     const struct person *p,
					     int64_t now_ms);

/** Inside a transaction: all was right; the tries are forgotten.  0 or -errno. */
MUST_CHECK int person_let_in(struct db *db, const struct person *p,
			     int64_t now_ms, char session[SECRET_TEXT_LEN]);

/** An admin, or a program on this machine: 1, 0, or -errno. */
MUST_CHECK int person_acts_as_admin(struct db *db, const struct actor *who);

/** Inside a transaction: everybody has an account of their own to begin with. */
MUST_CHECK int person_make_account(struct db *db, const struct person *p,
				   int64_t now_ms);

/**
 * A stranger wants to come in.  A mail goes to the address: with a link that
 * confirms it, or, when it has an account, with one that says so.
 *
 * BOOK_OK, also when the address is known; BOOK_CLOSED, BOOK_BAD_MAIL,
 * BOOK_BAD_TEXT, BOOK_WEAK_PASSWORD, BOOK_TOO_OFTEN, BOOK_STORE.
 */
MUST_CHECK enum book_verdict book_sign_up(struct db *db,
					  const struct pool_settings *set,
					  const struct actor *who,
					  const char *email, const char *name,
					  const char *password, int64_t now_ms);

/** The link was followed and its button pressed.  BOOK_OK, BOOK_BAD_LINK, BOOK_STORE. */
MUST_CHECK enum book_verdict book_confirm(struct db *db,
					  const struct actor *who,
					  const char *token, int64_t now_ms);

/**
 * BOOK_OK with a new session, whatever the browser had before; else
 * BOOK_NEEDS_CODE with a pass for book_log_in_code() where the session would be,
 * BOOK_WRONG_LOGIN, BOOK_UNCONFIRMED (right, but the mail was not answered: it
 * is sent again), BOOK_DISABLED, BOOK_TOO_OFTEN, BOOK_STORE.
 */
MUST_CHECK enum book_verdict book_log_in(struct db *db,
					 const struct pool_settings *set,
					 const struct actor *who,
					 const char *email,
					 const char *password, int64_t now_ms,
					 char session[SECRET_TEXT_LEN]);

/** A trusted proxy says who it is; who is new gets an account.  BOOK_OK with *out. */
MUST_CHECK enum book_verdict book_log_in_trusted(struct db *db,
						 const struct actor *who,
						 const char *email,
						 int64_t now_ms,
						 struct person *out);

/** Whose session it is.  Returns: 1, 0 for nobody, or -errno. */
MUST_CHECK int book_session_find(struct db *db, const char *session,
				 int64_t now_ms, struct person *out);

MUST_CHECK enum book_verdict book_log_out(struct db *db, const char *session);

/** Send a link that sets a new password, when the address has an account. */
MUST_CHECK enum book_verdict book_reset_ask(struct db *db,
					    const struct pool_settings *set,
					    const struct actor *who,
					    const char *email, int64_t now_ms);

/** Set it.  All sessions end.  BOOK_OK, BOOK_BAD_LINK, BOOK_WEAK_PASSWORD, BOOK_STORE. */
MUST_CHECK enum book_verdict book_reset(struct db *db,
					const struct pool_settings *set,
					const struct actor *who,
					const char *token, const char *password,
					int64_t now_ms);

/** Another password for who is logged in; sessions elsewhere end. */
MUST_CHECK enum book_verdict book_password(struct db *db,
					   const struct pool_settings *set,
					   const struct actor *who,
					   const char *old_password,
					   const char *password,
					   const char *session, int64_t now_ms);

MUST_CHECK enum book_verdict book_person_name(struct db *db,
					      const struct actor *who,
					      const char *name, int64_t now_ms);

/** Staff only, and not themselves: lock somebody out, or let in again. */
MUST_CHECK enum book_verdict book_person_disable(struct db *db,
						 const struct actor *who,
						 int64_t person_id,
						 bool disable, int64_t now_ms);

/** By an admin (who->person_id), or by a program (0): poolctl makes the first admin. */
MUST_CHECK enum book_verdict book_person_role(struct db *db,
					      const struct actor *who,
					      int64_t person_id,
					      enum person_role role,
					      int64_t now_ms);
