/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "conf/config.h"
#include "ntp/engine.h"
#include "ntp/server.h"

/*
 * The daemon's only list of mode 6 variables (RFC 9327 section 4).  A new one
 * is a row; where the value is a field of a report the row says which, else
 * it names a function.
 */
enum var_scope { VAR_SYS, VAR_PEER, VAR_CLOCK };

/* Everything that variables may be computed from; borrowed. */
struct var_facts {
	const struct sys_report *sys;
	const struct assoc_report *sys_peer; /* NULL: none */
	const struct server_stats *stats;
	const struct config *cfg;
	const char *version, *processor, *system;
	uint64_t control_requests;
	unsigned n_keys;
	const struct assoc_report *assoc; /* of VAR_PEER and VAR_CLOCK */
};

/* How a field is shown, and which C type it must have. */
enum var_show {
	SHOW_FN,
	SHOW_U8,   /* uint8_t, decimal */
	SHOW_HEX8, /* uint8_t, 0x%x */
	SHOW_I8,   /* int8_t */
	SHOW_U16,  /* uint16_t */
	SHOW_U32,  /* uint32_t */
	SHOW_INT,  /* int */
	SHOW_UINT, /* unsigned */
	SHOW_HEX,  /* unsigned, 0x%x */
	SHOW_U64,  /* uint64_t */
	SHOW_I64,  /* int64_t */
	SHOW_MS,   /* double, seconds; shown as ms with 6 decimals */
	SHOW_MS3,  /* the same with 3 */
	SHOW_PPM,  /* double, s/s; shown as ppm with 6 decimals */
	SHOW_TS,   /* struct ntp_ts */
};

enum var_from { FROM_SYS, FROM_ASSOC, FROM_STATS };

/* Writes the value; nothing when there is none now. */
typedef void (*var_fn)(struct text *t, const struct var_facts *f);

struct var {
	const char *name;
	enum var_scope scope;
	bool on_request; /* not in the answer to an empty list */
	enum var_show show;
	struct {
		enum var_from from;
		size_t offset, size;
	} field;
	var_fn fn;
};

extern const struct var vars[];
extern const size_t vars_len;

/* Room for the longest value, the list of all names. */
#define VAR_VALUE_LEN 2048

/** Write the value of v; false when it has none now, and t is as it was. */
bool var_value(const struct var *v, const struct var_facts *f, struct text *t);
