/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "conf/config.h"
#include "conf/read.h"

/** Warn of what is well formed but unwise, in the whole of a config. */
void check_config(const struct config *cfg, struct diags *d);
