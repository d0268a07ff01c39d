/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

/* What a program wants of a server: the body of PUT /api/v1/servers/ADDRESS. */
struct server_wish {
	bool has_kbit, has_country, has_alert, has_pause;
	int64_t kbit;
	char country[3];    /* "" for none */
	double alert_below; /* NaN: null, the usual threshold */
	double pause_hours; /* 0 to 720 */
};

/**
 * Read it.  0, or -EINVAL: no JSON object, a name that is not known or comes
 * twice, a value of the wrong kind.  NULs, long numbers and deep nesting are
 * safe.
 */
MUST_CHECK int api_body_read(const char *body, size_t len,
			     struct server_wish *out);
