/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "pool/score/score.h"

struct rule {
	const char *name; /* in the log, in links and in CSS classes */
	const char *text; /* for the operator */
};

/* clang-format off */
static const struct rule rules[SCORE_RULES] = {
	[RULE_NO_RESPONSE] = {"no-response",
		"No answer came back. Is the server running, and does every firewall on the way, "
		"yours and your provider's, let UDP port 123 in and out?"},
	[RULE_KISS_RATE] = {"kiss-rate",
		"The server answered RATE: it found that the monitor asks too often. A pool server "
		"has to answer one packet every two seconds from an address: take \"limited\" and "
		"\"kod\" off its restrict lines in ntp.conf, or raise what \"discard\" allows."},
	[RULE_KISS_DENY] = {"kiss-deny",
		"The server answered DENY or RSTR: it refuses the monitor, and so perhaps its "
		"clients. Look at the restrict lines in ntp.conf."},
	[RULE_KISS_UNKNOWN] = {"kiss-unknown",
		"The server answered with stratum 0 and no kiss code: it has no time to give. Is "
		"it synchronised?"},
	[RULE_ERROR] = {"error",
		"An answer came, but no time could be read from it: the server is not "
		"synchronised, is too far from a reference clock, or what it sent made no sense."},
	[RULE_OFFSET_3S] = {"offset-3s",
		"The time is wrong by more than three seconds. Clients must not get it: look at "
		"the sources of this server at once."},
	[RULE_STRATUM_8] = {"stratum-8",
		"The stratum is 8 or more: the server follows a long chain of others. Choose "
		"sources nearer to a reference clock."},
	[RULE_OFFSET_750MS] = {"offset-750ms",
		"The time is wrong by more than 750 ms. Look at the sources of this server, and "
		"whether the way to the monitor is much longer in one direction."},
	[RULE_OFFSET_100MS] = {"offset-100ms",
		"The time is wrong by more than 100 ms; with this the server leaves the pool. "
		"Look at its sources: does it follow several that agree? Behind a line that is "
		"much slower in one direction half the difference shows as an offset."},
	[RULE_OFFSET_25MS] = {"offset-25ms",
		"The time is off by more than 25 ms. The server stays in the pool; better sources "
		"or a less loaded connection bring the points back."},
	[RULE_GOOD] = {"good",
		"The time is right within 25 ms: a full point."},
	[RULE_UNSYNCHRONISED] = {"unsynchronised",
		"The server says of itself that it is not synchronised (leap 3). Clients ignore "
		"it until it has found its sources again."},
	[RULE_FALSETICKER] = {"falseticker",
		"The time that this server claims, with the error that it admits, does not agree "
		"with what most servers have in common."},
	[RULE_ROOT_DISTANCE] = {"root-distance",
		"The server admits that its time may be wrong by more than 1.5 s (root distance); "
		"most clients will not use it. Are its sources reachable?"},
	[RULE_LOSS] = {"loss",
		"Time is good, but packets were lost on the way. A server that loses one in four "
		"leaves the pool."},
};
/* clang-format on */

const char *score_rule_name(enum score_rule rule)
{
	return rules[rule].name;
}

const char *score_rule_text(enum score_rule rule)
{
	return rules[rule].text;
}

bool score_rule_find(const char *name, enum score_rule *out)
{
	for (int i = 0; i < SCORE_RULES; i++) {
		if (strcmp(rules[i].name, name) == 0) {
			*out = (enum score_rule)i;
			return true;
		}
	}
	return false;
}
