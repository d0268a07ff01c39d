/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>
#include <string.h>

#include "base/container.h"
#include "prog/ntp-exporter/metrics.h"
#include "prog/ntp-exporter/prom.h"

/*
 * What chronyd would say.  Its offsets are local minus reference but for the
 * correction that is under way ("System time"), and its frequency is that of
 * the clock, not of the correction.
 */

/* clang-format off */
static const struct {
	struct prom_family family;
	const char *path;
	double sign;
} tracking[] = {
	{{"chrony_tracking_last_offset_seconds", "gauge", "Chrony tracking last offset."}, "system.last_offset", -1},
	{{"chrony_tracking_system_time_seconds", "gauge", "Chrony tracking system time, what is still to be corrected."}, "system.offset", 1},
	{{"chrony_tracking_rms_offset_seconds", "gauge", "Chrony tracking RMS offset."}, "system.rms_offset", 1},
	{{"chrony_tracking_frequency_ppms", "gauge", "Chrony tracking frequency."}, "system.frequency_ppm", -1},
	{{"chrony_tracking_skew_ppms", "gauge", "Chrony tracking skew."}, "system.skew_ppm", 1},
	{{"chrony_tracking_root_delay_seconds", "gauge", "Chrony tracking root delay."}, "system.root_delay", 1},
	{{"chrony_tracking_root_dispersion_seconds", "gauge", "Chrony tracking root dispersion."}, "system.root_dispersion", 1},
	{{"chrony_tracking_reference_timestamp_seconds", "gauge", "Chrony tracking time of the last update."}, "system.last_update", 1},
	{{"chrony_tracking_stratum", "gauge", "Chrony tracking stratum."}, "system.stratum", 1},
	{{"chrony_serverstats_ntp_packets_received_total", "counter", "Requests received."}, "server.received", 1},
	{{"chrony_serverstats_ntp_packets_dropped_total", "counter", "Requests dropped by the rate limit."}, "server.rate_limited", 1},
};

static const struct {
	struct prom_family family;
	const char *path;
	double sign;
} sources[] = {
	{{"chrony_sources_last_sample_offset_seconds", "gauge", "Chrony sources last sample offset."}, "offset", -1},
	{{"chrony_sources_last_sample_error_margin_seconds", "gauge", "Chrony sources last sample error margin."}, "uncertainty", 1},
	{{"chrony_sources_peer_delay_seconds", "gauge", "Chrony sources peer delay."}, "delay", 1},
	{{"chrony_sources_polling_interval_seconds", "gauge", "Chrony sources polling interval."}, "poll", 1},
	{{"chrony_sources_stratum", "gauge", "Chrony sources stratum."}, "stratum", 1},
};
/* clang-format on */

static void put_tracking(struct buf *b, const struct document *d)
{
	static const struct prom_family info = {"chrony_tracking_info", "gauge",
						"Chrony tracking reference."};
	static const struct prom_family remote = {
		"chrony_tracking_remote_reference", "gauge",
		"Chrony tracking is connected to a remote source."};
	const struct doc_source *peer = NULL;

	for (size_t i = 0; i < d->n_source; i++)
		if (strcmp(d->source[i].state, "syspeer") == 0)
			peer = &d->source[i];
	prom_one(b, &remote, peer && strcmp(peer->mode, "refclock") != 0);
	prom_begin(b, &info);
	prom_sample(b, &info,
		    (const struct prom_label[]){
			    {"tracking_refid", d->system.refid},
			    {"tracking_name", d->system.reference},
			    {"tracking_address", peer ? peer->address : ""},
			    {0}},
		    NULL, 1);
	for (size_t i = 0; i < ARRAY_LEN(tracking); i++)
		prom_one(b, &tracking[i].family,
			 tracking[i].sign * doc_figure(d, tracking[i].path));
}

static const char *chrony_state(const char *state)
{
	static const char *const words[][2] = {
		{"syspeer", "sync"},           {"pps", "sync"},
		{"candidate", "candidate"},    {"backup", "candidate"},
		{"outlier", "outlier"},        {"excess", "outlier"},
		{"falseticker", "falseticker"}};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(words[i][0], state) == 0)
			return words[i][1];
	return "unreach";
}

static double figure_of(const struct document *d, size_t i, size_t family)
{
	const struct doc_source *s = &d->source[i];
	unsigned reach = s->reach < 0 ? 0 : (unsigned)s->reach & 0xFF;

	switch (family) {
	case 0:
		return 1;
	case 1:
		return __builtin_popcount(reach) / 8.0;
	case 2:
		return reach & 1;
	default:
		return s->last_sample_ms
			       ? (double)(d->time_ms - s->last_sample_ms) / 1e3
			       : (double)NAN;
	}
}

static void put_source_families(struct buf *b, const struct document *d)
{
	/* In the order of figure_of(). */
	static const struct prom_family computed[] = {
		{"chrony_sources_state_info", "gauge",
		 "Chrony sources state info."},
		{"chrony_sources_reachability_ratio", "gauge",
		 "Chrony sources ratio of packets reached."},
		{"chrony_sources_reachability_success", "gauge",
		 "Chrony sources last poll reached."},
		{"chrony_sources_last_sample_age_seconds", "gauge",
		 "Chrony sources last good sample age."},
	};

	for (size_t n = 0; n < ARRAY_LEN(computed) + ARRAY_LEN(sources); n++) {
		bool own = n < ARRAY_LEN(computed);
		size_t at = own ? n : n - ARRAY_LEN(computed);
		const struct prom_family *f =
			own ? &computed[at] : &sources[at].family;

		prom_begin(b, f);
		for (size_t i = 0; i < d->n_source; i++) {
			const struct doc_source *s = &d->source[i];
			const struct prom_label labels[] = {
				{"source_address", s->address},
				{"source_name", s->name},
				{0}};
			const struct prom_label state[] = {
				{"source_state", chrony_state(s->state)},
				{"source_mode",
				 strcmp(s->mode, "refclock") == 0 ? "ref"
				 : strcmp(s->mode, "peer") == 0   ? "peer"
								  : "client"},
				{0}};

			/* A pool line has no address, and no equal there. */
			if (!*s->address)
				continue;
			prom_sample(b, f, labels, own && at == 0 ? state : NULL,
				    own ? figure_of(d, i, at)
					: sources[at].sign *
						    doc_source_figure(
							    d, i,
							    sources[at].path));
		}
	}
}

void chrony_put(struct buf *b, const struct document *d)
{
	static const struct prom_family up = {
		"chrony_up", "gauge", "Whether the chrony server is up."};

	prom_one(b, &up, d != NULL);
	if (!d)
		return;
	put_tracking(b, d);
	if (d->n_source)
		put_source_families(b, d);
}
