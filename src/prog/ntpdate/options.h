/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/attr.h"
#include "os/host.h"

struct options {
	int family; /* -4, -6, or AF_UNSPEC */
	bool always_step, always_slew;
	bool debug, query, to_syslog, show_version;
	uint32_t key_id;       /* 0: no authentication */
	const char *keys_file; /* NULL: where keys files usually are */
	unsigned samples;      /* of each server */
	unsigned version;
	double timeout_s;
	uint16_t port;
	enum os_clock_kind clock;
	char **server; /* n_server names, HOST:PORT or [ADDRESS]:PORT */
	int n_server;
};

/** 0, or -EINVAL after the reason and the usage went to stderr. */
MUST_CHECK int options_parse(int argc, char **argv, struct options *o);
