/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "base/attr.h"
#include "io/entropy.h"

/**
 * getrandom(2) as struct entropy.
 *
 * Early at boot the kernel may not have gathered randomness yet; this waits for
 * it up to timeout_s.  There is no weaker source to fall back on (E-11).
 *
 * Returns: 0, -EAGAIN when it still has none, or -errno.
 */
MUST_CHECK int os_entropy_init(struct entropy *e, unsigned timeout_s);
