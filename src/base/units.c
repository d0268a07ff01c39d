/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/units.h"

int64_t ns_from_s(double s)
{
	double ns = s * 1e9;

	if (ns != ns)
		return 0;
	if (ns >= 9.2e18)
		return INT64_MAX;
	if (ns <= -9.2e18)
		return INT64_MIN;
	return (int64_t)(ns < 0 ? ns - 0.5 : ns + 0.5);
}
