/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/ntp-exporter/prom.h"

#include <math.h>
#include <string.h>

void prom_begin(struct buf *b, const struct prom_family *f)
{
	buf_printf(b, "# HELP %s %s\n# TYPE %s %s\n", f->name, f->help, f->name,
		   f->type);
}

static void put_value_of_label(struct buf *b, const char *value)
{
	for (; *value; value++) {
		if (*value == '\n')
			buf_printf(b, "\\n");
		else if (*value == '"' || *value == '\\')
			buf_printf(b, "\\%c", *value);
		else
			buf_add(b, value, 1);
	}
}

static const char *put_labels(struct buf *b, const struct prom_label *l,
			      const char *before)
{
	for (; l && l->name; l++) {
		buf_printf(b, "%s%s=\"", before, l->name);
		put_value_of_label(b, l->value);
		buf_add(b, "\"", 1);
		before = ",";
	}
	return before;
}

void prom_sample(struct buf *b, const struct prom_family *f,
		 const struct prom_label *labels, const struct prom_label *more,
		 double value)
{
	const char *before = "{";

	if (isnan(value))
		return;
	buf_printf(b, "%s", f->name);
	before = put_labels(b, labels, before);
	before = put_labels(b, more, before);
	/* Whole seconds since 1970 and counts to the last digit. */
	buf_printf(b, "%s %.*g\n", *before == ',' ? "}" : "",
		   fabs(value) >= 1e6 ? 16 : 9, value);
}

void prom_one(struct buf *b, const struct prom_family *f, double value)
{
	if (isnan(value))
		return;
	prom_begin(b, f);
	prom_sample(b, f, NULL, NULL, value);
}
