/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/poold/roles.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "prog/ntpd/signals.h"

const struct role roles[] = {
	{"web", web_run},
	{"jobs", jobs_role},
	{"errands", errands_role},
	{"post", post_role},
	{0},
};

const struct role *role_find(const char *name)
{
	for (const struct role *r = roles; r->name; r++)
		if (strcmp(r->name, name) == 0)
			return r;
	return NULL;
}

unsigned role_count(const struct role *role, const struct pool_settings *s)
{
	return strcmp(role->name, "web") == 0 ? s->web_workers : 1;
}

void role_ready(void)
{
	if (write(ROLE_FD_READY, "", 1) == 1)
		close(ROLE_FD_READY);
}

bool role_wait(const struct role_inputs *in, int fd, int timeout_ms)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	/* A signal that comes just before poll() is seen within half a second. */
	while (!signals_end(in->log)) {
		int ms = timeout_ms > 500 ? 500 : timeout_ms;

		if (poll(&p, 1, ms) > 0 || timeout_ms <= ms)
			return true;
		timeout_ms -= ms;
	}
	return false;
}
