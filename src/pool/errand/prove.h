/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "base/text.h"
#include "io/host.h"
#include "pool/settings/settings.h"
#include "pool/store/server.h"
#include "pool/store/verification.h"

/**
 * Try to verify a server in the way that was chosen (pool/book/verify.h),
 * waiting for the network; some ten seconds at most.
 *
 * evidence: what proved it, or a sentence on what went wrong and what to do.
 * True when it is proved.
 */
bool prove(const struct verification *v, const struct server *s,
	   const struct pool_settings *set, const struct host *host,
	   struct text *evidence);
