/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/ntpctl/ask.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "os/resolver.h"

#define ADDRS_OF_A_NAME 8
#define NTP_VERSION 4

/* Every address of the name becomes a target. */
static int add_name(struct survey *s, const char *name, uint16_t port,
		    struct text *why)
{
	struct net_addr addr[ADDRS_OF_A_NAME];
	char host[RESOLVE_MAX_NAME + 1];
	int n = net_addr_split_port(name, host, sizeof host, &port);

	if (n == 0)
		n = resolve_now(host, AF_UNSPEC, addr, ADDRS_OF_A_NAME);
	if (n == -EAGAIN)
		text_add(why, "no name server answers when asked for %s", name);
	else if (n <= 0)
		text_add(why, "there is no host %s", name);
	if (n <= 0)
		return n < 0 ? n : -ENOENT;
	for (int i = 0; i < n; i++) {
		int r;

		addr[i].port = port;
		r = survey_add(s, &addr[i]);
		if (r < 0)
			return r;
	}
	return 0;
}

int ask(struct asked *a, const char *name, uint16_t port, unsigned samples,
	double timeout_s, struct text *why)
{
	/* looks at the clock, and never touches it */
	const struct os_host_params params = {.clock = OS_CLOCK_NONE};
	int r = os_host_init(&a->host, &params);

	if (r < 0) {
		text_add(why, "cannot start: %s", strerror(-r));
		return r;
	}
	survey_init(&a->survey, &a->host.host, NULL, samples, NTP_VERSION,
		    timeout_s);
	r = add_name(&a->survey, name, port, why);
	if (r == 0) {
		r = survey_run(&a->survey);
		if (r < 0)
			text_add(why, "cannot wait: %s", strerror(-r));
	}
	if (r < 0)
		os_host_done(&a->host);
	return r;
}

void ask_done(struct asked *a)
{
	os_host_done(&a->host);
}

const struct sample *ask_best(const struct target *t)
{
	return t->best < 0 ? NULL : &t->sample[t->best];
}

const char *ask_verdict(const struct target *t)
{
	if (t->best >= 0)
		return "answers";
	if (!t->have_reply)
		return "no answer: host down, nothing on that port, or a "
		       "firewall on the way";
	switch (t->verdict) {
	case REPLY_RATE:
		return "answers RATE: it is asked too often from here";
	case REPLY_DENY:
		return "answers DENY: it does not serve us";
	case REPLY_KISS:
		return "answers with a kiss code: see ntpctl explain";
	case REPLY_UNSYNCED:
		return "answers, but is not synchronised itself";
	case REPLY_BAD_TIMES:
		return "answers with times that make no sense";
	default:
		return reply_verdict_name(t->verdict);
	}
}
