/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/web/pages.h"
#include "pool/web/request.h"

/* clang-format off */
const struct route routes[] = {
	{"GET", "/static/:name", PAGE_PUBLIC, page_static, 0},
	{"GET", "/healthz", PAGE_PUBLIC, page_health, 0},
	{0},
};
/* clang-format on */
