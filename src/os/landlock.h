/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "base/attr.h"

/**
 * From now on this process and its children reach no file but, for reading,
 * those beneath the given folders (a list that ends with NULL; missing ones do
 * not matter).  Open descriptors stay usable.
 *
 * Returns: the version of the kernel's interface that was used, or -errno:
 * -ENOSYS, -EOPNOTSUPP on kernels without it.
 */
MUST_CHECK int landlock_confine(const char *const *readable);
