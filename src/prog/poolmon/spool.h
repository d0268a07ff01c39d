/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "base/attr.h"
#include "base/buf.h"
#include "base/log.h"
#include "pool/talk/talk.h"

/*
 * Results on their way: the folder "spool" in the state folder, a file for each
 * batch, named after it, so that the order of names is that of time.  A file is
 * there whole or not at all; it goes when poold has taken the batch.  When the
 * spool is full the oldest goes first.
 */
#define SPOOL_FILES_MAX 1000

struct spool {
	char dir[3072];
	struct log *log;
};

/** Makes the folder when it is not there.  0 or -errno. */
MUST_CHECK int spool_open(struct spool *s, const char *state_dir,
			  struct log *log);

MUST_CHECK int spool_put(struct spool *s, const char *batch,
			 const struct buf *body);

/** Read the oldest.  Returns: 1 with batch and body, 0 when there is none, -errno. */
MUST_CHECK int spool_first(struct spool *s, char batch[TALK_BATCH_LEN],
			   struct buf *body);

/** It was taken. */
void spool_drop(struct spool *s, const char *batch);

/** It was refused: keep it for a person to look at, out of the way. */
void spool_set_aside(struct spool *s, const char *batch);
