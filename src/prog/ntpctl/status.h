/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "cli/output.h"
#include "status/document.h"

/* A document for people, a screen of it each. */
void status_put(const struct document *d, struct output *o);
void sources_put(const struct document *d, struct output *o);
void tracking_put(const struct document *d, struct output *o);
void server_put(const struct document *d, struct output *o);
