/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/ntp-exporter/metrics.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/container.h"
#include "prog/ntp-exporter/prom.h"

/* --- one figure of the document, one family --------------------------------- */

/* clang-format off */
static const struct figure {
	struct prom_family family;
	const char *path;
	double sign; /* the document's offsets are server minus local */
} figures[] = {
	{{"ntp_uptime_seconds", "gauge", "Time that the ntp daemon is running."}, "daemon.uptime", 1},
	{{"ntp_config_last_reload_successful", "gauge", "Whether the last configuration reload was accepted."}, "daemon.config_ok", 1},
	{{"ntp_config_last_reload_success_timestamp_seconds", "gauge", "Unix time of the last accepted configuration."}, "daemon.config_loaded", 1},
	{{"ntp_system_clock_contested_total", "counter", "How often another program was seen to steer the clock, too."}, "daemon.clock_contested", 1},
	{{"ntp_system_synchronized", "gauge", "1 when the clock is synchronised and served as such."}, "system.synchronized", 1},
	{{"ntp_system_stratum", "gauge", "Stratum of our clock."}, "system.stratum", 1},
	{{"ntp_system_offset_seconds", "gauge", "Current estimate of local clock minus reference."}, "system.offset", -1},
	{{"ntp_system_last_offset_seconds", "gauge", "Local clock minus reference at the last clock update."}, "system.last_offset", -1},
	{{"ntp_system_rms_offset_seconds", "gauge", "Long-term RMS of the offset."}, "system.rms_offset", 1},
	{{"ntp_system_error_seconds", "gauge", "Expected error of the clock; the root distance is its bound."}, "system.error", 1},
	{{"ntp_system_jitter_seconds", "gauge", "Combined jitter of the selected sources."}, "system.jitter", 1},
	{{"ntp_system_root_delay_seconds", "gauge", "Distance to the closest root time source."}, "system.root_delay", 1},
	{{"ntp_system_root_dispersion_seconds", "gauge", "Estimate of how precise our time is."}, "system.root_dispersion", 1},
	{{"ntp_system_root_distance_seconds", "gauge", "Upper bound of the clock error."}, "system.root_distance", 1},
	{{"ntp_system_frequency_ppm", "gauge", "Frequency correction applied to the local oscillator."}, "system.frequency_ppm", 1},
	{{"ntp_system_frequency_skew_ppm", "gauge", "Estimated error bound of the frequency."}, "system.skew_ppm", 1},
	{{"ntp_system_frequency_wander_ppm", "gauge", "How much the frequency changes from update to update."}, "system.wander_ppm", 1},
	{{"ntp_system_reference_timestamp_seconds", "gauge", "Unix time of the last clock update."}, "system.last_update", 1},
	{{"ntp_system_steps_total", "counter", "Number of clock steps since start."}, "system.steps", 1},
	{{"ntp_system_accumulated_steps_seconds", "gauge", "Accumulated amount of seconds that the system needed to jump the time."}, "system.stepped", 1},
	{{"ntp_system_selected_sources", "gauge", "Number of sources that survived selection and are combined."}, "system.selected", 1},
	{{"ntp_system_tai_offset_seconds", "gauge", "TAI minus UTC in use."}, "system.tai_offset", 1},
	{{"ntp_system_leap_file_expiry_timestamp_seconds", "gauge", "Unix time when the leap second file expires."}, "system.leap_file.expires", 1},
	{{"ntp_server_received_packets_total", "counter", "Number of incoming packets."}, "server.received", 1},
	{{"ntp_server_accepted_packets_total", "counter", "Number of requests answered with the time."}, "server.answered", 1},
	{{"ntp_server_control_packets_total", "counter", "Number of mode 6 requests."}, "server.control", 1},
	{{"ntp_server_denied_packets_total", "counter", "Number of denied packets."}, "server.denied", 1},
	{{"ntp_server_ignored_packets_total", "counter", "Number of packets ignored."}, "server.ignored", 1},
	{{"ntp_server_rate_limited_packets_total", "counter", "Number of rate limited packets."}, "server.rate_limited", 1},
	{{"ntp_server_kisses_total", "counter", "Rate limited packets that were told so."}, "server.kisses", 1},
	{{"ntp_server_response_send_errors_total", "counter", "Number of packets where there was an error responding."}, "server.send_errors", 1},
	{{"ntp_server_kernel_drops_total", "counter", "Datagrams dropped by the socket receive queue, SO_RXQ_OVFL."}, "server.kernel_drops", 1},
	{{"ntp_server_clients", "gauge", "Clients currently held in the client table."}, "server.clients", 1},
	{{"ntp_server_workers", "gauge", "Processes that answer requests."}, "server.workers", 1},
};

/* The same of each source. */
static const struct figure source_figures[] = {
	{{"ntp_source_stratum", "gauge", "Stratum reported by the source."}, "stratum", 1},
	{{"ntp_source_poll_interval_seconds", "gauge", "Time between polls of the source."}, "poll", 1},
	{{"ntp_source_offset_seconds", "gauge", "Offset between the upstream source and system time."}, "offset", 1},
	{{"ntp_source_delay_seconds", "gauge", "Current round-trip delay to the upstream source."}, "delay", 1},
	{{"ntp_source_jitter_seconds", "gauge", "RMS jitter of the source."}, "jitter", 1},
	{{"ntp_source_uncertainty_seconds", "gauge", "Estimated error of the source clock."}, "uncertainty", 1},
	{{"ntp_source_root_delay_seconds", "gauge", "Root delay reported by the time source."}, "root_delay", 1},
	{{"ntp_source_root_dispersion_seconds", "gauge", "Uncertainty reported by the time source."}, "root_dispersion", 1},
	{{"ntp_source_last_sample_timestamp_seconds", "gauge", "Unix time of the last accepted sample."}, "last_sample", 1},
	{{"ntp_source_sent_packets_total", "counter", "Requests sent to the source."}, "sent", 1},
	{{"ntp_source_received_packets_total", "counter", "Valid responses received from the source."}, "received", 1},
	{{"ntp_source_nts_cookies_available", "gauge", "NTS cookies left for the source."}, "nts.cookies", 1},
};
/* clang-format on */

/* --- the system ---------------------------------------------------------------- */

static double leap_indicator(const char *leap)
{
	static const char *const words[] = {"none", "insert", "delete",
					    "unsynchronized"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(leap, words[i]) == 0)
			return (double)i;
	return (double)NAN;
}

static void put_build(struct buf *b, const struct document *d)
{
	static const struct prom_family family = {
		"ntp_build_info", "gauge",
		"Version and compiled-in features; always 1."};
	char features[256];
	const struct prom_label labels[] = {
		{"version", d->daemon.version}, {"features", features}, {0}};

	doc_words(d, "daemon.features", features, sizeof features);
	prom_begin(b, &family);
	prom_sample(b, &family, labels, NULL, 1);
}

static void put_reference(struct buf *b, const struct document *d)
{
	static const struct prom_family family = {
		"ntp_system_reference_info", "gauge",
		"The source that is the system peer; always 1."};
	const char *address = "";
	const struct doc_system *s = &d->system;

	if (!*s->reference)
		return;
	for (size_t i = 0; i < d->n_source; i++)
		if (strcmp(d->source[i].state, "syspeer") == 0)
			address = d->source[i].address;
	prom_begin(b, &family);
	prom_sample(b, &family,
		    (const struct prom_label[]){{"name", s->reference},
						{"address", address},
						{"refid", s->refid},
						{0}},
		    NULL, 1);
}

static void put_system(struct buf *b, const struct document *d)
{
	static const struct prom_family leap = {
		"ntp_system_leap_indicator", "gauge",
		"Leap indicator served to clients, 3 is unsynchronised."};
	static const struct prom_family threshold = {
		"ntp_system_accumulated_steps_threshold_seconds", "gauge",
		"Threshold for the accumulated step amount at which the daemon "
		"will exit, or -1."};

	put_build(b, d);
	prom_one(b, &leap, leap_indicator(d->system.leap));
	put_reference(b, d);
	prom_one(b, &threshold, -1); /* one step counts, not their sum */
	for (size_t i = 0; i < ARRAY_LEN(figures); i++)
		prom_one(b, &figures[i].family,
			 figures[i].sign * doc_figure(d, figures[i].path));
}

/* --- sources ------------------------------------------------------------------- */

struct of_source {
	char id[24];
	struct prom_label labels[4];
};

static void name_source(const struct document *d, size_t i, struct of_source *o)
{
	const struct doc_source *s = &d->source[i];

	snprintf(o->id, sizeof o->id, "%.0f", doc_source_figure(d, i, "id"));
	o->labels[0] = (struct prom_label){"name", s->name};
	o->labels[1] = (struct prom_label){"address", s->address};
	o->labels[2] = (struct prom_label){"id", o->id};
	o->labels[3] = (struct prom_label){0};
}

typedef void (*put_fn)(struct buf *b, const struct prom_family *f,
		       const struct document *d, size_t i,
		       const struct prom_label *labels);

/* The family, and what fn has of each source. */
static void each_source(struct buf *b, const struct document *d,
			const struct prom_family *f, put_fn fn)
{
	struct of_source o;

	prom_begin(b, f);
	for (size_t i = 0; i < d->n_source; i++) {
		name_source(d, i, &o);
		fn(b, f, d, i, o.labels);
	}
}

static void put_info(struct buf *b, const struct prom_family *f,
		     const struct document *d, size_t i,
		     const struct prom_label *labels)
{
	const struct doc_source *s = &d->source[i];

	prom_sample(b, f, labels,
		    (const struct prom_label[]){{"mode", s->mode},
						{"auth", s->auth},
						{"refid", s->refid},
						{0}},
		    1);
}

static void put_state(struct buf *b, const struct prom_family *f,
		      const struct document *d, size_t i,
		      const struct prom_label *labels)
{
	static const char *const states[] = {
		"syspeer", "pps",    "candidate",   "backup",
		"outlier", "excess", "falseticker", "unselectable"};

	for (size_t n = 0; n < ARRAY_LEN(states); n++)
		prom_sample(
			b, f, labels,
			(const struct prom_label[]){{"state", states[n]}, {0}},
			strcmp(d->source[i].state, states[n]) == 0);
}

static void put_reach(struct buf *b, const struct prom_family *f,
		      const struct document *d, size_t i,
		      const struct prom_label *labels)
{
	int64_t reach = d->source[i].reach;

	if (reach >= 0)
		prom_sample(b, f, labels, NULL,
			    __builtin_popcount((unsigned)reach & 0xFF) / 8.0);
}

static void put_unanswered(struct buf *b, const struct prom_family *f,
			   const struct document *d, size_t i,
			   const struct prom_label *labels)
{
	int64_t reach = d->source[i].reach;

	/* The bit beyond the register ends the count at eight. */
	if (reach >= 0)
		prom_sample(b, f, labels, NULL,
			    __builtin_ctz((unsigned)reach | 0x100));
}

struct counted {
	struct buf *b;
	const struct prom_family *family;
	const struct prom_label *labels;
	const char *label;
};

static void put_count(void *arg, const char *name, int64_t value)
{
	const struct counted *c = arg;

	prom_sample(c->b, c->family, c->labels,
		    (const struct prom_label[]){{c->label, name}, {0}},
		    (double)value);
}

static void put_rejected(struct buf *b, const struct prom_family *f,
			 const struct document *d, size_t i,
			 const struct prom_label *labels)
{
	struct counted c = {b, f, labels, "reason"};

	doc_source_each_count(d, i, "rejected", put_count, &c);
}

static void put_kisses(struct buf *b, const struct prom_family *f,
		       const struct document *d, size_t i,
		       const struct prom_label *labels)
{
	struct counted c = {b, f, labels, "code"};

	doc_source_each_count(d, i, "kisses", put_count, &c);
}

static void put_sources(struct buf *b, const struct document *d)
{
	static const struct {
		struct prom_family family;
		put_fn fn;
	} others[] = {
		{{"ntp_source_info", "gauge",
		  "Static properties of a source; always 1."},
		 put_info},
		{{"ntp_source_state", "gauge",
		  "One time series per possible state, 1 for the current one."},
		 put_state},
		{{"ntp_source_reachability_ratio", "gauge",
		  "Answered polls of the last eight, 0 to 1."},
		 put_reach},
		{{"ntp_source_unanswered_polls", "gauge",
		  "Number of polls since the last successful poll with a "
		  "maximum of eight."},
		 put_unanswered},
		{{"ntp_source_rejected_packets_total", "counter",
		  "Responses rejected, by packet test."},
		 put_rejected},
		{{"ntp_source_kod_total", "counter",
		  "Kiss-o'-death packets received, by code."},
		 put_kisses},
	};
	struct of_source o;

	for (size_t n = 0; n < ARRAY_LEN(others); n++)
		each_source(b, d, &others[n].family, others[n].fn);
	for (size_t n = 0; n < ARRAY_LEN(source_figures); n++) {
		const struct figure *f = &source_figures[n];

		prom_begin(b, &f->family);
		for (size_t i = 0; i < d->n_source; i++) {
			name_source(d, i, &o);
			prom_sample(b, &f->family, o.labels, NULL,
				    f->sign * doc_source_figure(d, i, f->path));
		}
	}
}

/* --- all of it ------------------------------------------------------------------- */

static void put_versions(struct buf *b, const struct document *d)
{
	static const struct prom_family family = {"ntp_server_requests_total",
						  "counter",
						  "Requests by NTP version."};
	struct counted c = {b, &family, NULL, "version"};

	prom_begin(b, &family);
	doc_each_count(d, "server.versions", put_count, &c);
}

void metrics_put(struct buf *b, const struct document *d)
{
	static const struct prom_family up = {
		"ntp_up", "gauge", "Whether the daemon told its status."};

	prom_one(b, &up, d != NULL);
	if (!d)
		return;
	put_system(b, d);
	if (d->n_source)
		put_sources(b, d);
	if (d->has_server)
		put_versions(b, d);
}
