/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>

#include "os/resolver_ipc.h"
#include "prog/ntpd/child.h"
#include "prog/ntpd/roles.h"

/*
 * The resolver: reads /etc, asks name servers, and knows nothing of time.  It
 * has no state to save, so signals simply end it.
 */
int resolver_role(struct child *c)
{
	struct name_servers servers;

	signal(SIGTERM, SIG_DFL);
	if (child_confine(c, SANDBOX_RESOLVER) < 0)
		return NTPD_FAILED;
	servers = setup_name_servers(c->setup.cfg);
	resolver_ipc_serve(FD_RESOLVER_NAMES, &servers);
	return NTPD_OK;
}
