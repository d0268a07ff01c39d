/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/attr.h"

/*
 * pool.conf, which poold, pooldns, poolmon and poolctl read: one directive a
 * line as in ntp.conf, one table (settings.c), errors with file:line:column,
 * the line and a caret.  Every value has a default that works on one machine.
 */
struct pool_settings {
	/* the books */
	char *database;  /* "sqlite:/var/lib/pool/pool.db" */
	char *state_dir; /* "/var/lib/pool" */
	char *user;      /* whom poold and pooldns become; NULL: as it is */
	char *name;      /* of the pool, on pages: "NTP pool" */
	char *domain;    /* "pool.example.org", the DNS origin */
	char *contact;   /* mail address of the staff */
	/* pages */
	char *web_listen; /* "127.0.0.1:8123" */
	char *web_url; /* "https://www.pool.example.org", no slash at the end */
	char *web_cert,
		*web_key; /* NULL: plain HTTP, for loopback or behind a proxy */
	char *web_scripts; /* folder of what tools/zoom fetches */
	unsigned web_workers;
	bool sign_up;       /* strangers may make accounts */
	bool public_scores; /* score pages without log-in */
	char **web_proxy; /* whose X-Forwarded-For is believed; NULL: nobody's */
	char *user_header; /* log-in by such a proxy: header with the mail address; NULL */
	unsigned password_kib; /* memory that argon2id takes */
	/* DNS */
	char **dns_listen;          /* NULL: 127.0.0.1:10053 */
	char *snapshot;             /* "/var/lib/pool/zones.snap" */
	unsigned snapshot_period_s; /* how often poold writes it: 60 */
	char *snapshot_key;         /* private half, only where poold runs */
	char *snapshot_public;
	char **name_servers; /* NS names, NULL at the end */
	unsigned dns_ttl_s, dns_max_hosts, dns_workers;
	char *dns_metrics; /* file that pooldns writes for Prometheus; NULL */
	unsigned zone_min_servers;
	double zone_min_kbit;
	char *zone_policy; /* "local-first" */
	double account_share, prefix_share;
	unsigned
		rrl_per_s; /* answers a second to one /24 or /56, 0: no limit */
	/* geography */
	char *country_db; /* an MMDB file, NULL: none */
	char *asn_db;
	char *places; /* a file of "CIDR zone" lines, NULL: none */
	/* measuring */
	unsigned check_active_s, check_testing_s, check_candidate_s, batch;
	unsigned samples;
	double sample_gap_s, sample_timeout_s;
	bool private_addresses; /* servers may have 10/8, 127/8, … */
	char *profile; /* "classic" or "strict" decides who is in the pool */
	unsigned keep_log_days, keep_hour_days;
	/* telling people */
	char *mail_url; /* "smtp://localhost:25", or "file:DIR" */
	char *mail_from;
	/* poolmon */
	char *monitor_server;  /* URL of poold */
	char *monitor_state;   /* folder: key, spool */
	char **monitor_source; /* at most one address a family; NULL: any */
	char **base_server; /* time servers that the monitor checks its clock against */
	char *ca_file; /* NULL: the system's */
};

/** All defaults. */
struct pool_settings *settings_new(void);

/** NULL does nothing. */
void settings_free(struct pool_settings *s);

/**
 * Read a file over the defaults; every error is written to errors, all in one pass.
 * Returns: 0, -ENOENT, -EACCES, or -EINVAL after the findings.
 */
MUST_CHECK int settings_read(struct pool_settings *s, const char *path,
			     FILE *errors);

/** The same of a text in memory; path is only for the findings. */
MUST_CHECK int settings_parse(struct pool_settings *s, const char *path,
			      const char *text, size_t len, FILE *errors);

/** Every value with its default, as a file that could be read again. */
void settings_print(const struct pool_settings *s, FILE *out);

/**
 * What can be meant, but seldom is, a line each: without name-server the zone
 * is its own name server, at the addresses of time servers.
 */
void settings_warn(const struct pool_settings *s, FILE *out);

/** Do visitors come by HTTPS, here or at a proxy? */
bool settings_https(const struct pool_settings *s);
