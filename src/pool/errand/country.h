/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "base/log.h"
#include "base/net_addr.h"
#include "pool/settings/settings.h"
#include "pool/zone/places.h"

/* In which country an address is: the operator's own list first, then the database. */
struct country_finder {
	struct place_file places;
	struct country_db *db; /* NULL: none */
};

/** What cannot be read is logged and done without. */
void country_open(struct country_finder *f, const struct pool_settings *set,
		  struct log *log);
void country_close(struct country_finder *f);

/** code: "" when it is not known. */
void country_of(const struct country_finder *f, const struct net_addr *addr,
		char code[3]);
