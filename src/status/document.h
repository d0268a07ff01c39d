/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/attr.h"
#include "base/text.h"

/*
 * The daemon's status document (doc/status.md), as it came and as structs.
 *
 * Members that this program does not know are left alone, those that are
 * missing are "", NaN, 0 or -1: a newer daemon, or an older one, is shown as
 * far as it goes.  Only a document of another major version is refused.
 */
struct doc_tree {
	void *root;  /* what jansson made of it; texts point into it */
	char **text; /* copies of those that were not harmless */
	size_t n_text, cap_text;
};

struct doc_source {
	const char *name, *address, *mode, *auth, *state, *refid, *note;
	char tally;
	char why[128]; /* the machine words, with commas */
	int64_t port, stratum, reach;
	double poll_s, offset_s, delay_s, jitter_s, uncertainty_s;
	int64_t sent, received;
	int64_t last_sample_ms; /* since 1970; 0: never */
	const char *rx_stamp, *tx_stamp;
	int64_t nts_cookies;
};

struct doc_system {
	bool synchronized;
	const char *verdict, *leap, *refid, *reference;
	int64_t stratum, last_update_ms;
	double offset_s, last_offset_s, rms_offset_s, jitter_s;
	double root_delay_s, root_disp_s, root_dist_s;
	double freq_ppm, skew_ppm;
	const char *leap_file, *leap_expires;
};

struct doc_daemon {
	const char *version, *config, *clock;
	bool config_ok;
	int64_t pid;
	double uptime_s;
};

struct document {
	int64_t time_ms; /* when it was made */
	struct doc_daemon daemon;
	struct doc_system system;
	struct doc_source *source; /* heap */
	size_t n_source;
	bool has_server;
	struct doc_tree tree;
};

/** Read what reading takes from the system, before there is a sandbox. */
void doc_prepare(void);

/**
 * Read one.  Texts are made harmless for terminals in the structs; in what
 * doc_put_json() writes they are as they came, in ASCII.
 *
 * why: what is wrong with it, for people.
 * Returns: 0 and *d to be freed by doc_done(), or -EBADMSG with *d empty.
 */
MUST_CHECK int doc_read(const char *text, size_t len, struct document *d,
			struct text *why);
void doc_done(struct document *d);

/**
 * The document, or only the named member of it beside "schema" and "time".
 * name NULL: all of it.
 */
void doc_put_json(const struct doc_tree *t, FILE *out, const char *name);

/**
 * A member as CSV with a heading: one line an element where it is an array.
 * fields: "offset", "timestamps.rx", …; ends with NULL.
 */
void doc_put_csv(const struct doc_tree *t, FILE *out, const char *name,
		 const char *const *fields);

/** A count somewhere in the document, "server.received"; -1: not there. */
int64_t doc_count(const struct document *d, const char *path);

/** The same of a number; NaN: not there. */
double doc_real(const struct document *d, const char *path);

/*
 * What stands at a path of the document, or of its source i, as a figure: a
 * number, 0 or 1 for a boolean, seconds since 1970 for an instant; NaN: no such
 * thing.
 */
double doc_figure(const struct document *d, const char *path);
double doc_source_figure(const struct document *d, size_t i, const char *path);

/** The words of an array, with ", " between them; "" where there is none. */
void doc_words(const struct document *d, const char *path, char *out,
	       size_t cap);

/**
 * Call fn with each member of an object that is a count: name and value.
 * Nothing happens when there is no such object.
 */
void doc_each_count(const struct document *d, const char *path,
		    void (*fn)(void *arg, const char *name, int64_t value),
		    void *arg);
void doc_source_each_count(const struct document *d, size_t i, const char *path,
			   void (*fn)(void *arg, const char *name,
				      int64_t value),
			   void *arg);

/* --- the clients' document --------------------------------------------------- */

struct doc_client {
	const char *address;
	int64_t received, version, mode;
	int64_t last_seen_ms;
	bool over_limit;
};

struct clients_doc {
	int64_t time_ms;
	struct doc_client *client; /* heap, in the document's order */
	size_t n;
	int64_t total; /* the daemon knows of so many */
	struct doc_tree tree;
};

/** As doc_read(). */
MUST_CHECK int doc_read_clients(const char *text, size_t len,
				struct clients_doc *out, struct text *why);
void doc_clients_done(struct clients_doc *d);
