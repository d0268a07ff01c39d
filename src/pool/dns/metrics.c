/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/dns/metrics.h"

#include "base/container.h"

static void family(FILE *out, const char *name, const char *type,
		   const char *help)
{
	fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static const char *rcode_name(size_t rcode)
{
	static const char *const names[] = {"NOERROR",  "FORMERR", "SERVFAIL",
					    "NXDOMAIN", "NOTIMP",  "REFUSED"};

	/* The extended ones are counted by their lower half: BADVERS is 16. */
	return rcode < ARRAY_LEN(names) ? names[rcode] : "other";
}

static void put_queries(const struct dns_counters *c, const char *origin,
			FILE *out)
{
	family(out, "ntppool_dns_queries_total", "counter",
	       "Answers by type of the question and response code.");
	for (size_t type = 0; type < DNS_COUNTED_TYPES; type++)
		for (size_t rcode = 0; rcode < DNS_COUNTED_RCODES; rcode++)
			if (c->query[type][rcode])
				fprintf(out,
					"ntppool_dns_queries_total{zone=\"%s\","
					"qtype=\"%s\",rcode=\"%s\"} %llu\n",
					origin, dns_counted_type(type),
					rcode_name(rcode),
					(unsigned long long)
						c->query[type][rcode]);
}

static void put(FILE *out, const char *series, uint64_t value)
{
	fprintf(out, "%s %llu\n", series, (unsigned long long)value);
}

void dns_metrics_put(const struct dns_counters *c, const char *origin,
		     int64_t built_ms, FILE *out)
{
	put_queries(c, origin, out);
	family(out, "ntppool_dns_questions_total", "counter",
	       "Questions by transport.");
	put(out, "ntppool_dns_questions_total{transport=\"udp\"}", c->udp);
	put(out, "ntppool_dns_questions_total{transport=\"tcp\"}", c->tcp);
	family(out, "ntppool_dns_limited_total", "counter",
	       "Answers that answer-limit held back.");
	put(out, "ntppool_dns_limited_total{how=\"dropped\"}", c->rate_dropped);
	put(out, "ntppool_dns_limited_total{how=\"truncated\"}",
	    c->rate_truncated);
	if (!built_ms)
		return;
	family(out, "ntppool_dns_snapshot_timestamp_seconds", "gauge",
	       "When the snapshot that is served was built.");
	fprintf(out, "ntppool_dns_snapshot_timestamp_seconds %.3f\n",
		(double)built_ms / 1e3);
}
