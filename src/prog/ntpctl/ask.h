/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "base/attr.h"
#include "ntp/survey.h"
#include "os/host.h"
#include "prog/ntpctl/ctl.h"

/* Asking an NTP server over the network, with ntpdate's own code (ntp/survey.h). */
struct asked {
	struct os_host host;
	struct survey survey;
};

/**
 * Ask every address of a name.
 *
 * name: HOST, HOST:PORT or [ADDRESS]:PORT.  port: where none is named.
 * why: filled in when nothing could be asked at all.
 *
 * Returns: 0, with ask_done() to be called, or -errno.  That nobody has
 * answered is no error.
 */
MUST_CHECK int ask(struct asked *a, const char *name, uint16_t port,
		   unsigned samples, double timeout_s, struct text *why);
void ask_done(struct asked *a);

/** The best sample of a target, or NULL. */
const struct sample *ask_best(const struct target *t);

/** What became of a target, and where it is nothing good, what to do. */
const char *ask_verdict(const struct target *t);
