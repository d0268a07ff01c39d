/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdint.h>

#include "ntp/engine.h"

/*
 * Status words, RFC 9327 section 3.
 */

/** peer: the system peer's report, NULL without one. */
uint16_t status_sys(const struct sys_report *sys,
		    const struct assoc_report *peer);
uint16_t status_peer(const struct assoc_report *assoc);

/** Of a reference clock. */
uint16_t status_clock(const struct assoc_report *assoc);
