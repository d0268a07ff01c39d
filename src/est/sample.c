/* SPDX-License-Identifier: BSD-2-Clause */
#include "est/sample.h"

#include <math.h>

#include "base/units.h"

void sample_from_exchange(const struct exchange *x, double precision_s,
			  double min_delay_s, struct sample *out)
{
	int64_t there_ns = x->t2_ns - x->t1_ns;
	int64_t back_ns = x->t3_ns - x->t4_ns;
	int64_t away_ns = x->t4_ns - x->t1_ns;
	int64_t inside_ns = x->t3_ns - x->t2_ns;

	out->offset_s = s_from_ns(there_ns + back_ns) / 2;
	out->delay_s = fmax(s_from_ns(away_ns - inside_ns), min_delay_s);
	out->disp_s = precision_s + NTP_PHI * fmax(s_from_ns(away_ns), 0);
}
