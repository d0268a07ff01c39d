/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "ntp/survey.h"

/**
 * Whose time to take: of the majority that agrees within its error bounds, the
 * lowest stratum and then the least root distance.  Two that disagree have no
 * majority; then, as in the classic program, the same order decides alone.
 *
 * Returns: a target with at least one sample, or NULL.
 */
const struct target *choose(const struct survey *s);
