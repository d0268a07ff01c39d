/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "base/buf.h"

/* Prometheus' text format 0.0.4. */

struct prom_label {
	const char *name, *value; /* of the last one name is NULL */
};

struct prom_family {
	const char *name, *type, *help;
};

/** Begin a family: its help and its type. */
void prom_begin(struct buf *b, const struct prom_family *f);

/**
 * A sample of the family.  Labels in both lists, either may be NULL; in values
 * backslash, quote and line end are escaped.  What is not known (NaN) is left
 * out.
 */
void prom_sample(struct buf *b, const struct prom_family *f,
		 const struct prom_label *labels, const struct prom_label *more,
		 double value);

/** A family of one sample without labels; nothing at all for NaN. */
void prom_one(struct buf *b, const struct prom_family *f, double value);
