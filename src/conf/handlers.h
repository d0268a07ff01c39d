/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>

#include "base/net_addr.h"
#include "conf/directives.h"
#include "conf/reader.h"

/* The functions behind the rows of directives.c, by the file they live in. */

/* source.c */
void read_source(struct reader *r, const struct directive *d);
void read_refclock(struct reader *r, const struct directive *d);
void read_fudge(struct reader *r, const struct directive *d);
void source_apply_fudges(struct reader *r);

/* restrict.c */
void read_restrict(struct reader *r, const struct directive *d);
bool read_mask(struct reader *r, const struct option *o, void *base);
void read_interface(struct reader *r, const struct directive *d);

/* setting.c */
void read_options(struct reader *r, const struct directive *d);
void read_value(struct reader *r, const struct directive *d);
void read_driftfile(struct reader *r, const struct directive *d);
void read_statsdir(struct reader *r, const struct directive *d);
void read_nameserver(struct reader *r, const struct directive *d);
bool read_loopback(struct reader *r, const struct option *o, void *base);
void read_poolverify(struct reader *r, const struct directive *d);
void read_clock(struct reader *r, const struct directive *d);
void read_limit(struct reader *r, const struct directive *d);
void read_trustedkey(struct reader *r, const struct directive *d);
void read_filegen(struct reader *r, const struct directive *d);
void read_setvar(struct reader *r, const struct directive *d);
void read_logconfig(struct reader *r, const struct directive *d);

/* read.c */
void read_include(struct reader *r, const struct directive *d);

/* host.c */
enum conf_host { HOST_NAME, HOST_ADDRESS, HOST_BAD };

/**
 * Take a host name or literal, brackets stripped and kept in the config.
 * addr: the literal, or AF_UNSPEC for a name.  HOST_BAD after a finding.
 */
enum conf_host read_host(struct reader *r, const struct word *w,
			 enum conf_family family, const char **host,
			 struct net_addr *addr);

/** Is it someone else's machine: neither loopback, private nor a local name? */
bool host_is_stranger(const char *host);
