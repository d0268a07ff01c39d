/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "base/buf.h"
#include "status/document.h"

/*
 * The status document as metrics.  Families have the names that ntpd-rs gave
 * them where they mean the same (doc/metrics.md); what the daemon does not know
 * is left out.  Labels are bounded by the sources of the configuration.
 */

/** d NULL: there is no document, so ntp_up is 0 and nothing else is said. */
void metrics_put(struct buf *b, const struct document *d);

/** The families of chrony_exporter, for boards and alerts made for those. */
void chrony_put(struct buf *b, const struct document *d);
