/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/store/audit.h"
#include "pool/web/html.h"

/* What was changed, for people: the books keep it as JSON. */

/** "Netspeed" for "server.netspeed"; an action without words as it is. */
const char *audit_action_words(const char *action);

/**
 * Append what was and what is, escaped: "10 Mbit/s → 25 Mbit/s", or what
 * stands in the detail, as "email ann@example.org, role staff".
 */
void audit_detail_words(struct html *h, const struct audit *a);
