/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdint.h>

/* Times as people and programs read them, always UTC.  All return buf. */

#define WHEN_LEN 40

/** strftime(3); "?" for a time that no calendar has. */
char *when_format(int64_t at_ms, const char *format, char buf[WHEN_LEN]);

/** "2026-11-23 20:05 UTC" */
char *when_minute(int64_t at_ms, char buf[WHEN_LEN]);

/** "2026-11-23" */
char *when_day(int64_t at_ms, char buf[WHEN_LEN]);

/** "2026-11-23T20:05:09Z" (RFC 3339) */
char *when_iso(int64_t at_ms, char buf[WHEN_LEN]);

/** "just now", "5 minutes ago", "3 days ago"; 0 and what is to come: "never", "in 5 minutes". */
char *when_ago(int64_t at_ms, int64_t now_ms, char buf[WHEN_LEN]);
