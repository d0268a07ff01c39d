/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "os/host.h"
#include "pool/talk/talk.h"

/*
 * Is this machine's clock right?  A majority of the base servers has to agree
 * with it within 10 ms and must not say that they are unsynchronised; who is
 * wrong measures nothing.  An answer holds for three minutes.
 */
#define OWN_CLOCK_LIMIT_S 0.010
#define OWN_CLOCK_HOLDS_S 180

/**
 * base: "HOST[:PORT]", NULL at the end.
 * Returns: 0 with *out, or -EINTR when a signal came.
 */
MUST_CHECK int own_clock_check(struct os_host *host, char *const *base,
			       struct talk_clock *out);

/** The rule alone: how many of n may fail. */
size_t own_clock_may_fail(size_t n);
