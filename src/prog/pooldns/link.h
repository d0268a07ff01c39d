/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>

#include "base/attr.h"
#include "base/log.h"

/*
 * Between supervisor and worker: descriptors go down, log lines come up.  Over
 * a SEQPACKET pair; nothing blocks.
 */

/** Hand over a descriptor; kind is the receiver's to understand.  0 or -errno. */
MUST_CHECK int link_give(int link, unsigned char kind, int fd);

/** Take one: a descriptor and its kind; -EAGAIN: there is none; -EPIPE: the other side is gone. */
MUST_CHECK int link_take(int link, unsigned char *kind);

#define LINK_LINE_MAX 1024

/** A log whose lines go up. */
struct link_log {
	struct log log;
	int link;
};

void link_log_init(struct link_log *l, int link, enum log_level threshold);

/** Pass on the lines that have come.  False: the other side is gone. */
bool link_pass_lines(int link, struct log *log, unsigned number);
