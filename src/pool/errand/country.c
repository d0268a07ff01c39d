/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/errand/country.h"

#include <string.h>

#include "base/text.h"

void country_open(struct country_finder *f, const struct pool_settings *set,
		  struct log *log)
{
	char why[256];
	struct text t = text_init(why, sizeof why);

	*f = (struct country_finder){0};
	if (set->places && place_file_read(set->places, &f->places, &t) < 0) {
		log_warn(log, "places: %s", why);
		f->places = (struct place_file){0};
	}
	t = text_init(why, sizeof why);
	if (set->country_db &&
	    country_db_open(set->country_db, &f->db, &t) < 0) {
		log_warn(log, "country-db: %s", why);
		f->db = NULL;
	}
}

void country_close(struct country_finder *f)
{
	place_file_done(&f->places);
	country_db_close(f->db);
}

/* The line with the longest prefix that is a country. */
static const struct country *place_of(const struct country_finder *f,
				      const struct net_addr *addr)
{
	const struct country *best = NULL;
	unsigned longest = 0;

	for (size_t i = 0; i < f->places.n; i++) {
		const struct place_line *p = &f->places.line[i];
		const struct country *c;

		if ((best && p->prefix < longest) ||
		    !net_addr_same_prefix(&p->net, addr, p->prefix))
			continue;
		c = country_find(p->zone);
		if (!c)
			continue;
		best = c;
		longest = p->prefix;
	}
	return best;
}

void country_of(const struct country_finder *f, const struct net_addr *addr,
		char code[3])
{
	const struct country *c = place_of(f, addr);

	if (c)
		memcpy(code, c->code, sizeof c->code);
	else if (!country_db_find(f->db, addr, code))
		code[0] = '\0';
}
