/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"

/*
 * What the book says to a wish: pages, API and poolctl show the sentence,
 * programs read the name.
 */
enum book_verdict {
	BOOK_OK,
	BOOK_STORE,    /* the database failed; try again later */
	BOOK_UNKNOWN,  /* no such server, candidate, zone, ... */
	BOOK_DENIED,   /* belongs to another account, or is for staff */
	BOOK_BAD_TEXT, /* control characters, too long, not UTF-8 */
	BOOK_BAD_NUMBER,
	BOOK_MISSING, /* what has to be filled in is empty */
	BOOK_TOO_OFTEN,
	/* adding */
	BOOK_BAD_NAME,        /* neither an address nor a host name */
	BOOK_PRIVATE_ADDRESS, /* not reachable from everywhere */
	BOOK_BAD_ADDRESS,     /* no host at all: 0.0.0.0, multicast, ... */
	BOOK_REGISTERED,      /* already in the pool */
	BOOK_UNVERIFIED,      /* too many of the account's servers are */
	BOOK_NOT_READY,       /* the candidate is not looked at yet */
	BOOK_REFUSED,         /* the candidate did not pass */
	BOOK_BAD_COUNTRY,
	/* changing */
	BOOK_BAD_NETSPEED,
	BOOK_RAISE_UNVERIFIED, /* netspeed may go up only once verified */
	BOOK_BAD_DATE,
	BOOK_PAST_DATE,  /* not a day after today */
	BOOK_DELETED,    /* it is no longer in the books */
	BOOK_NOT_MEMBER, /* of the account it is to move to */
	/* verifying */
	BOOK_VERIFIED, /* it is already */
	BOOK_NO_HOSTNAME,
	BOOK_EXPIRED,
	BOOK_WRONG_SOURCE, /* the request came from another address */
	/* zones, webhooks */
	BOOK_BAD_ZONE, /* its name */
	BOOK_BAD_KIND,
	BOOK_BAD_PARENT,
	BOOK_BAD_LIMITS,
	BOOK_FIXED_ZONE, /* the world is as it is */
	BOOK_TAKEN,      /* the DNS has something else of that name */
	BOOK_BAD_RULE,
	BOOK_EXISTS,
	BOOK_IN_USE,
	BOOK_BAD_URL,
	/* the public lists */
	BOOK_BAD_POLICY,
	/* people */
	BOOK_BAD_MAIL,
	BOOK_WEAK_PASSWORD,
	BOOK_WRONG_LOGIN,
	BOOK_NEEDS_CODE, /* the password was right */
	BOOK_WRONG_CODE,
	BOOK_UNCONFIRMED,
	BOOK_DISABLED,
	BOOK_CLOSED, /* sign-up is */
	BOOK_BAD_LINK,
	BOOK_LAST_OWNER,
	BOOK_VERDICTS,
};

/** "ok", "raise-unverified", ... */
const char *book_verdict_name(enum book_verdict v);

/** A sentence for a person: what it means and what to do. */
const char *book_verdict_text(enum book_verdict v);

/* Who wants it; goes into the audit log. */
struct actor {
	int64_t person_id;   /* 0: a program */
	int64_t account_id;  /* for which account; 0: none */
	bool staff;          /* may do everything, for everybody */
	const char *source;  /* "web", "api", "poolctl", "poold" */
	const char *address; /* of the client, canonical text, or "" */
};
