/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pool/web/request.h"

/* The functions behind the rows of routes.c, by the file they live in. */

/* health.c */
void page_health(const struct request *rq, struct response *rs);

/* static.c */
void page_static(const struct request *rq, struct response *rs);
