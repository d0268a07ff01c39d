/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "base/attr.h"
#include "os/clock.h"

/** Add offset_s at once.  0, or -errno: -EPERM no right to, -ERANGE not a time to set. */
MUST_CHECK int set_step(struct os_clock *c, double offset_s);

/** Let the kernel add offset_s little by little (adjtime), and return.  0 or -errno. */
MUST_CHECK int set_slew(struct os_clock *c, double offset_s);
