/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/timeline.h"

#include "base/units.h"

int64_t timeline_at(const struct timeline *line, int64_t host_ns)
{
	int64_t elapsed = host_ns - line->ref_ns;

	return line->base_ns + elapsed +
	       ns_from_s(s_from_ns(elapsed) * line->rate);
}

struct timeline timeline_turn(const struct timeline *line, int64_t host_ns,
			      double rate)
{
	return (struct timeline){line->host, timeline_at(line, host_ns),
				 host_ns, rate};
}
