/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "os/host.h"
#include "pool/errand/country.h"
#include "pool/probe/probe.h"
#include "pool/settings/settings.h"
#include "pool/store/candidate.h"
#include "pool/store/db.h"

/*
 * What takes long and waits for the network: names and addresses that somebody
 * wants to add are looked up and measured, and servers are verified.  Pages
 * write rows, this works them off, the next page shows what came of it.
 */
#define ERRANDS_PROBES 32 /* at a time */
#define ERRANDS_NAMES 4   /* in one round: a dead name server takes seconds */
#define ERRANDS_PROOFS 4  /* in one round */
#define ERRANDS_PROVE_AGAIN_MS (INT64_C(5) * 60 * 1000)
#define ERRANDS_NAME_TRIES_MS (INT64_C(60) * 1000)

struct errands {
	struct db *db;
	const struct pool_settings *set;
	struct log *log;
	struct os_host host;
	struct country_finder country;
};

/** 0, or -errno: no clock, no randomness. */
MUST_CHECK int errands_open(struct errands *e, struct db *db,
			    const struct pool_settings *set, struct log *log);
void errands_close(struct errands *e);

/** One round; returns how much was done, or -errno of the database. */
MUST_CHECK int errands_run(struct errands *e, int64_t now_ms);
