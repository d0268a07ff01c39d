/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"

struct landlock_rule {
	const char *const *paths; /* ends with NULL; NULL: none */
	bool write; /* make, write and remove files there, besides reading */
};

/**
 * From now on this process and its children reach no file but those given
 * and those beneath given folders; missing ones do not matter.  Open descriptors stay usable.
 *
 * Returns: the version of the kernel's interface that was used, or -errno:
 * -ENOSYS, -EOPNOTSUPP on kernels without it.
 */
MUST_CHECK int landlock_confine(const struct landlock_rule *rules, size_t n);
