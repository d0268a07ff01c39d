/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/store/db.h"

/* People who log in.  A time of 0 is NULL in the database. */

#define EMAIL_LEN 255 /* octets, with the NUL */
#define PERSON_NAME_LEN 128
#define PASSWORD_HASH_LEN 128

enum person_role { PERSON_USER, PERSON_STAFF, PERSON_ADMIN, PERSON_ROLES };

/** "user", "staff", "admin" */
const char *person_role_name(enum person_role role);

/** False when no role has that name. */
bool person_role_find(const char *name, enum person_role *out);

struct person {
	int64_t id;
	char email[EMAIL_LEN]; /* lower case */
	char name[PERSON_NAME_LEN];
	char password
		[PASSWORD_HASH_LEN]; /* argon2id string; "": none, log-in by a proxy */
	enum person_role role;
	int64_t created_ms, confirmed_ms, disabled_ms;
};

static inline bool person_is_staff(const struct person *p)
{
	return p && p->role != PERSON_USER;
}

/** Returns: 1, 0 when there is none, or -errno. */
MUST_CHECK int person_by_id(struct db *db, int64_t id, struct person *out);
MUST_CHECK int person_by_email(struct db *db, const char *email,
			       struct person *out);

/** id is not used.  -EEXIST when the address is taken. */
MUST_CHECK int person_insert(struct db *db, const struct person *p,
			     int64_t *id);

/* One change each.  0, -ENOENT, or -errno. */
MUST_CHECK int person_set_name(struct db *db, int64_t id, const char *name);
MUST_CHECK int person_set_password(struct db *db, int64_t id, const char *hash);
MUST_CHECK int person_set_role(struct db *db, int64_t id,
			       enum person_role role);
MUST_CHECK int person_set_confirmed(struct db *db, int64_t id, int64_t at_ms);
MUST_CHECK int person_set_disabled(struct db *db, int64_t id, int64_t at_ms);

/** Those whose mail address or name contains the text, any case, by address. */
void person_ask_search(struct db *db, struct db_rows *rows, const char *text,
		       unsigned limit);

/** Staff and admins, by address. */
void person_ask_staff(struct db *db, struct db_rows *rows);
bool person_next(struct db_rows *rows, struct person *out);

/** Remove those who never confirmed and signed up before then.  Returns: how many, or -errno. */
MUST_CHECK int person_forget_unconfirmed(struct db *db, int64_t before_ms);
