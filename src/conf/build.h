/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "conf/config.h"

/* How a config grows while it is read; nobody else changes one. */

/* No file needs more; each bounds what a broken generator can cost. */
#define CONF_MAX_SOURCES 1024
#define CONF_MAX_RESTRICTS 16384
#define CONF_MAX_LISTENS 1024
#define CONF_MAX_SETVARS 256

/** A copy of text that lives as long as the config. */
const char *config_keep(struct config *cfg, const char *text);

/* Append a copy of one element; false, and nothing added, at the limit. */
bool config_add_source(struct config *cfg, const struct conf_source *source);
bool config_add_restrict(struct config *cfg, const struct conf_restrict *entry);
bool config_add_listen(struct config *cfg, const struct conf_listen *entry);
bool config_add_setvar(struct config *cfg, const struct conf_setvar *var);

/** Keep trusted_key sorted and without doubles. */
void config_trust_key(struct config *cfg, uint32_t id);
bool config_trusts_key(const struct config *cfg, uint32_t id);
