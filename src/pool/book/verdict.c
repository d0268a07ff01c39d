/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/verdict.h"

#include <assert.h>

/* clang-format off */
static const struct {
	const char *name, *text;
} verdicts[BOOK_VERDICTS] = {
	[BOOK_OK] = {"ok", "Done."},
	[BOOK_STORE] = {"store",
		"The database cannot be written right now. Nothing was "
		"changed; please try again in a few minutes."},
	[BOOK_UNKNOWN] = {"unknown",
		"There is no such thing here (any more)."},
	[BOOK_DENIED] = {"denied",
		"This belongs to another account, or only staff may do it."},
	[BOOK_BAD_TEXT] = {"bad-text",
		"The text is too long, or holds characters that cannot be "
		"shown."},
	[BOOK_BAD_NUMBER] = {"bad-number",
		"This number is not in the range that makes sense here."},
	[BOOK_MISSING] = {"missing", "This has to be filled in."},
	[BOOK_TOO_OFTEN] = {"too-often",
		"That was tried very often in a short time. Please wait for "
		"an hour."},
	[BOOK_BAD_NAME] = {"bad-name",
		"This is neither an IP address nor a host name. Examples: "
		"192.0.2.1, 2001:db8::1, ntp.example.org."},
	[BOOK_PRIVATE_ADDRESS] = {"private-address",
		"This address cannot be reached from everywhere, as a server "
		"of this pool must be."},
	[BOOK_BAD_ADDRESS] = {"bad-address",
		"This address is no host that could be a server."},
	[BOOK_REGISTERED] = {"registered",
		"This address is in the pool already. If it is yours and you "
		"did not register it, write to the staff."},
	[BOOK_UNVERIFIED] = {"unverified",
		"The account has two servers that are not verified yet. "
		"Verify one of them first, then add the next."},
	[BOOK_NOT_READY] = {"not-ready",
		"The address is still being looked at; that takes some "
		"seconds."},
	[BOOK_REFUSED] = {"refused",
		"The address did not pass the check; the reason is beside "
		"it."},
	[BOOK_BAD_COUNTRY] = {"bad-country",
		"There is no zone for this country code. It has two letters, "
		"such as de or jp."},
	[BOOK_BAD_NETSPEED] = {"bad-netspeed",
		"The netspeed is a number of kbit/s from 0 (monitoring only) "
		"to 100000000."},
	[BOOK_RAISE_UNVERIFIED] = {"raise-unverified",
		"The netspeed can be raised once the server is verified."},
	[BOOK_BAD_DATE] = {"bad-date",
		"This date is not offered (any more); please choose again."},
	[BOOK_PAST_DATE] = {"past-date",
		"It has to be a day after today."},
	[BOOK_DELETED] = {"deleted",
		"The server was deleted; it can be added again as a new "
		"one."},
	[BOOK_NOT_MEMBER] = {"not-member",
		"You are not a member of the account it is to move to."},
	[BOOK_VERIFIED] = {"verified", "The server is verified already."},
	[BOOK_NO_HOSTNAME] = {"no-hostname",
		"This way needs a host name, and the server was added by its "
		"address. Choose another way."},
	[BOOK_EXPIRED] = {"expired",
		"This token is older than 72 hours. Begin again with a new "
		"one."},
	[BOOK_WRONG_SOURCE] = {"wrong-source",
		"This request did not come from the server's address. Make "
		"it on the server itself, and bind it to that address."},
	[BOOK_BAD_ZONE] = {"bad-zone",
		"The name of a zone has small letters, digits and hyphens, at "
		"least one letter, and no hyphen at its ends."},
	[BOOK_BAD_KIND] = {"bad-kind",
		"A new zone is custom or vendor; the zones of the world are "
		"there."},
	[BOOK_BAD_PARENT] = {"bad-parent",
		"The parent is a zone that is there, not itself below this "
		"one and no vendor's name; that of a vendor's name is @."},
	[BOOK_BAD_LIMITS] = {"bad-limits",
		"An answer has up to 8 addresses, its TTL is 30 to 86400 "
		"seconds, no limit is negative, and a policy is strict, "
		"local-first or classic; 0 or nothing is as pool.conf says."},
	[BOOK_FIXED_ZONE] = {"fixed-zone",
		"The global zone, continents and countries cannot be removed, "
		"and only custom zones have rules."},
	[BOOK_TAKEN] = {"taken",
		"This name means something else in the DNS of this pool: www, "
		"uk, or a host that name-server in pool.conf names."},
	[BOOK_BAD_RULE] = {"bad-rule",
		"A rule is a subnet (192.0.2.0/24) or the number of an "
		"autonomous system (64496)."},
	[BOOK_EXISTS] = {"exists", "That exists already."},
	[BOOK_IN_USE] = {"in-use", "Other zones hang on it."},
	[BOOK_BAD_URL] = {"bad-url",
		"The address must begin with https:// or http:// and have no "
		"user name in it."},
	[BOOK_BAD_POLICY] = {"bad-policy",
		"The access policy is OpenAccess, RestrictedAccess or "
		"ClosedAccess."},
	[BOOK_BAD_MAIL] = {"bad-mail",
		"This is no mail address that can be used here."},
	[BOOK_WEAK_PASSWORD] = {"weak-password",
		"A password has 10 to 200 characters and is not the mail "
		"address. Four words that do not belong together are a good "
		"one."},
	[BOOK_WRONG_LOGIN] = {"wrong-login",
		"Mail address or password is wrong."},
	[BOOK_NEEDS_CODE] = {"needs-code",
		"A code of your authenticator app is needed, too."},
	[BOOK_WRONG_CODE] = {"wrong-code",
		"This code is wrong, too old, or was used already. An app "
		"shows another one every 30 seconds; its clock has to be "
		"right."},
	[BOOK_UNCONFIRMED] = {"unconfirmed",
		"The address is not confirmed yet. The mail with the link was "
		"sent again; please follow it."},
	[BOOK_DISABLED] = {"disabled",
		"This log-in was disabled by the staff."},
	[BOOK_CLOSED] = {"closed",
		"Nobody can sign up here by themselves; ask the staff."},
	[BOOK_BAD_LINK] = {"bad-link",
		"This link was used already, or is too old. Ask for a new "
		"one."},
	[BOOK_LAST_OWNER] = {"last-owner",
		"An account needs an owner. Make somebody else one first."},
};
/* clang-format on */

const char *book_verdict_name(enum book_verdict v)
{
	assert(v < BOOK_VERDICTS);
	return verdicts[v].name;
}

const char *book_verdict_text(enum book_verdict v)
{
	assert(v < BOOK_VERDICTS);
	return verdicts[v].text;
}
