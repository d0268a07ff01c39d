/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <math.h>

#include "cmocka_all.h"

/* cmocka 1.1.5 compares only floats. */
#define assert_near(got, want, tol)                                         \
	do {                                                                \
		double got_ = (got), want_ = (want);                        \
		if (!(fabs(got_ - want_) <= (tol)))                         \
			fail_msg("%s is %.12g, want %.12g within %g", #got, \
				 got_, want_, (double)(tol));               \
	} while (0)
