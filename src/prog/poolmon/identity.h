/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "base/attr.h"
#include "pool/talk/sign.h"

/*
 * Who this monitor is: its number and the key with which it signs.  The file
 * monitor.key in the state folder, readable by its owner alone.
 */
struct identity {
	long monitor_id; /* 0: not enrolled yet */
	uint8_t secret_key[SIGN_SECRET_LEN];
};

/** Returns: 0, -ENOENT, -EBADMSG for a damaged file, or another -errno. */
MUST_CHECK int identity_read(const char *state_dir, struct identity *out);
MUST_CHECK int identity_write(const char *state_dir,
			      const struct identity *who);

/**
 * Keep a new key beside the one in use until poold has taken it: when the disk
 * is full this fails before a one-time code is used up.  identity_write()
 * makes it the one in use.
 */
MUST_CHECK int identity_prepare(const char *state_dir,
				const struct identity *who);
