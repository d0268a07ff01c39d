/* SPDX-License-Identifier: BSD-2-Clause */
#include "report.h"

#include <stdarg.h>
#include <stdio.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "base/units.h"

#define LINE_MAX_LEN 512

void report_open(struct report *r, bool to_syslog)
{
	r->to_syslog = to_syslog;
	if (to_syslog)
		openlog("ntpdate", LOG_PID | LOG_NDELAY, LOG_DAEMON);
}

static void put_line(FILE *out, const char *text)
{
	time_t now = time(NULL);
	char when[32] = "";
	struct tm tm;

	if (localtime_r(&now, &tm))
		strftime(when, sizeof when, "%e %b %H:%M:%S", &tm);
	fprintf(out, "%s ntpdate[%ld]: %s\n", when, (long)getpid(), text);
	fflush(out); /* keeps the order when both go to one file */
}

PRINTF_LIKE(3, 0)
static void put(const struct report *r, int priority, const char *fmt,
		va_list ap)
{
	char text[LINE_MAX_LEN];

	vsnprintf(text, sizeof text, fmt, ap);
	if (r->to_syslog)
		syslog(priority, "%s", text);
	else
		put_line(priority == LOG_ERR ? stderr : stdout, text);
}

void report_say(const struct report *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put(r, LOG_NOTICE, fmt, ap);
	va_end(ap);
}

void report_error(const struct report *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put(r, LOG_ERR, fmt, ap);
	va_end(ap);
}

static const struct sample *best_of(const struct target *t)
{
	static const struct sample none;

	return t->best < 0 ? &none : &t->sample[t->best];
}

void report_server(const struct target *t)
{
	const struct sample *s = best_of(t);
	char addr[NET_ADDR_TEXT_LEN];

	printf("server %s, stratum %u, offset %.6f, delay %.5f\n",
	       net_addr_format(&t->addr, addr), s->stratum, s->offset_s,
	       s->delay_s);
	fflush(stdout);
}

void report_trace(const struct target *t, const char *what)
{
	char addr[NET_ADDR_TEXT_LEN];

	printf("%s(%s)\n", what, net_addr_format(&t->addr, addr));
}

/* "GPS" for stratum 1 and below, else an address as the classic tools show it. */
static void format_refid(const struct ntp_packet *p, char out[16])
{
	uint32_t id = p->refid;
	char *text = out;

	if (p->stratum > 1) {
		snprintf(out, 16, "%u.%u.%u.%u", id >> 24, id >> 16 & 255,
			 id >> 8 & 255, id & 255);
		return;
	}
	for (int shift = 24; shift >= 0; shift -= 8) {
		char c = (char)(id >> shift & 0x7f);

		if (c >= 0x20 && c < 0x7f)
			*text++ = c;
	}
	*text = '\0';
}

/* near_ns: a time of today, to know the era. */
static void put_ts(const char *label, struct ntp_ts ts, int64_t near_ns)
{
	int64_t ns = ntp_ts_to_ns(ts, near_ns);
	time_t sec = (time_t)(ns / NS_PER_S);
	char when[64] = "";
	struct tm tm;

	if (localtime_r(&sec, &tm))
		strftime(when, sizeof when, "%a, %b %e %Y %k:%M:%S", &tm);
	printf("%-20s %08x.%08x  %s.%03d\n", label, (unsigned)(ts.v >> 32),
	       (unsigned)ts.v, when, (int)(ns % NS_PER_S / NS_PER_MS));
}

/* Two lines of four, as adjtimex --compare reads them. */
static void put_filter(const char *label, const struct target *t, bool delay)
{
	static const struct sample none;

	printf("%s", label);
	for (unsigned i = 0; i < SAMPLES_MAX; i++) {
		const struct sample *s = i < t->n ? &t->sample[i] : &none;

		if (i == SAMPLES_MAX / 2)
			printf("\n        ");
		if (delay)
			printf(" %8.5f", s->delay_s);
		else
			printf(" %.6f", s->offset_s);
	}
	printf("\n");
}

void report_details(const struct target *t)
{
	const struct sample *s = best_of(t);
	char addr[NET_ADDR_TEXT_LEN], refid[16];

	printf("server %s, port %u\n", net_addr_format(&t->addr, addr),
	       t->addr.port);
	if (t->have_reply) {
		format_refid(&t->reply, refid);
		printf("stratum %u, precision %d, leap %u%u, trust 000\n",
		       t->reply.stratum, t->reply.precision_log2,
		       (unsigned)t->reply.leap >> 1, t->reply.leap & 1u);
		printf("refid [%s], delay %.5f, dispersion %.5f\n", refid,
		       s->delay_s, s->disp_s);
	}
	printf("transmitted %u, in filter %u\n", t->sent, t->n);
	if (t->have_reply) {
		put_ts("reference time:", t->reply.reference, t->t4_wall_ns);
		put_ts("originate timestamp:", ntp_ts_from_ns(t->t1_wall_ns),
		       t->t4_wall_ns);
		put_ts("transmit timestamp:", t->reply.transmit, t->t4_wall_ns);
	}
	put_filter("filter delay: ", t, true);
	put_filter("filter offset:", t, false);
	printf("delay %.5f, dispersion %.5f\noffset %.6f\n\n", s->delay_s,
	       s->disp_s, s->offset_s);
	fflush(stdout);
}
