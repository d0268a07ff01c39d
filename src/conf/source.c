/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/alloc.h"
#include "base/container.h"
#include "base/units.h"
#include "conf/build.h"
#include "conf/handlers.h"
#include "conf/options.h"
#include "conf/suggest.h"

#define MIN_POLL_LOG2 6
#define MAX_POLL_LOG2 10
#define POLL_NOT_GIVEN (-1)

/* The only driver that is built: the undisciplined local clock. */
#define TYPE_LOCAL 1
#define LOCAL_STRATUM 5

/* Reference clocks by number and name, for those who configure one. */
static const struct clock_type {
	const char *name;
	unsigned type;
} clock_types[] = {
	{"local", 1},    {"spectracom", 4}, {"truetime", 5},  {"irig", 6},
	{"generic", 8},  {"arbiter", 11},   {"modem", 18},    {"nmea", 20},
	{"pps", 22},     {"hpgps", 26},     {"arc", 27},      {"shm", 28},
	{"trimble", 29}, {"oncore", 30},    {"neoclock", 33}, {"jjy", 40},
	{"zyfer", 42},   {"gpsd", 46},      {"sdr", 47},
};

static struct conf_source source_default(struct reader *r, const struct word *w,
					 enum conf_source_kind kind)
{
	return (struct conf_source){
		.kind = kind,
		.port = NTP_PORT,
		.min_poll_log2 = POLL_NOT_GIVEN,
		.max_poll_log2 = POLL_NOT_GIVEN,
		.version = 4,
		.pos = reader_pos(r, w),
	};
}

/* One given bound pulls the default of the other along. */
static bool settle_polls(struct reader *r, const struct word *w,
			 struct conf_source *s)
{
	if (s->min_poll_log2 == POLL_NOT_GIVEN)
		s->min_poll_log2 =
			s->max_poll_log2 != POLL_NOT_GIVEN &&
					s->max_poll_log2 < MIN_POLL_LOG2
				? s->max_poll_log2
				: MIN_POLL_LOG2;
	if (s->max_poll_log2 == POLL_NOT_GIVEN)
		s->max_poll_log2 = s->min_poll_log2 > MAX_POLL_LOG2
					   ? s->min_poll_log2
					   : MAX_POLL_LOG2;
	if (s->min_poll_log2 <= s->max_poll_log2)
		return true;
	reader_error(r, "poll-order", w, NULL,
		     "minpoll %d is above maxpoll %d for '%s'",
		     s->min_poll_log2, s->max_poll_log2, w->text);
	return false;
}

static bool same_source(const struct conf_source *a,
			const struct conf_source *b)
{
	if (a->kind == SOURCE_REFCLOCK || b->kind == SOURCE_REFCLOCK)
		return a->kind == b->kind && a->clock_type == b->clock_type &&
		       a->clock_unit == b->clock_unit;
	return strcasecmp(a->host, b->host) == 0 && a->port == b->port;
}

static void source_add(struct reader *r, const struct word *w,
		       const struct conf_source *s)
{
	for (size_t i = 0; i < r->cfg->n_source; i++) {
		const struct conf_source *old = &r->cfg->source[i];

		if (!same_source(old, s))
			continue;
		reader_say(r, DIAG_WARNING, "duplicate-source", w, NULL,
			   "'%s' is already a source since %s:%u; this line is "
			   "ignored",
			   w->text, old->pos.file, old->pos.line);
		return;
	}
	if (!config_add_source(r->cfg, s) && reader_first(r, &clock_types))
		reader_error(r, "too-many-sources", w, NULL,
			     "more than %d sources", CONF_MAX_SOURCES);
}

/* What one does not do to the servers of others. */
static void check_manners(struct reader *r, const struct word *w,
			  const struct conf_source *s)
{
	if (!host_is_stranger(s->host))
		return;
	if (s->burst)
		reader_say(r, DIAG_WARNING, "burst-to-stranger", w,
			   "take burst away; iburst is enough and harmless",
			   "burst sends eight packets a poll to '%s', a server "
			   "of others",
			   s->host);
	if (s->min_poll_log2 < 4)
		reader_say(r, DIAG_WARNING, "poll-too-fast", w,
			   "leave minpoll away, or ask its operator",
			   "minpoll %d asks '%s' more often than every 16 s",
			   s->min_poll_log2, s->host);
}

/* 127.127.TYPE.UNIT, the classic way to name a reference clock. */
static bool clock_address(const char *text, unsigned *type, unsigned *unit)
{
	struct net_addr addr;

	if (net_addr_parse(text, &addr) < 0 || addr.family != AF_INET ||
	    addr.ip[0] != 127 || addr.ip[1] != 127)
		return false;
	*type = addr.ip[2];
	*unit = addr.ip[3];
	return true;
}

/* Add a reference clock whose options are read, if its driver is there. */
static void clock_add(struct reader *r, const struct word *w,
		      struct conf_source *s)
{
	char host[NET_ADDR_TEXT_LEN];

	if (s->clock_type != TYPE_LOCAL) {
		reader_say(r, DIAG_NOTICE, "no-driver", w, NULL,
			   "'%s': there is no driver for reference clocks of "
			   "type %u yet; the line is ignored",
			   w->text, s->clock_type);
		return;
	}
	snprintf(host, sizeof host, "127.127.%u.%u", s->clock_type,
		 s->clock_unit);
	s->host = config_keep(r->cfg, host);
	if (!s->fudge.has_stratum)
		s->fudge.stratum = LOCAL_STRATUM;
	if (settle_polls(r, w, s))
		source_add(r, w, s);
}

/* A peer is asked like a server: we are never anybody's symmetric partner. */
static void say_peer(struct reader *r, const struct word *w,
		     const struct directive *d)
{
	if (d->param == SOURCE_PEER)
		reader_say(r, DIAG_WARNING, "peer-as-server", w, "write server",
			   "'%s' is treated as a server: symmetric mode is not "
			   "spoken",
			   w->text);
}

void read_source(struct reader *r, const struct directive *d)
{
	enum conf_family family = reader_family(r);
	const struct word *w = reader_need(r, "the host name or address");
	struct conf_source s;
	struct net_addr addr;
	unsigned errors = r->diags->errors;

	if (!w)
		return;
	s = source_default(
		r, w, d->param == SOURCE_POOL ? SOURCE_POOL : SOURCE_SERVER);
	s.family = family;
	if (s.kind == SOURCE_SERVER &&
	    clock_address(w->text, &s.clock_type, &s.clock_unit))
		s.kind = SOURCE_REFCLOCK;
	else if (read_host(r, w, family, &s.host, &addr) == HOST_BAD)
		s.host = NULL;
	else if (addr.family != AF_UNSPEC &&
		 (net_addr_is_any(&addr) || net_addr_is_multicast(&addr)))
		reader_error(r, "bad-host", w, NULL,
			     "'%s' is not the address of one host", w->text);
	options_read(r, d, &s);
	if (r->diags->errors > errors)
		return;
	if (s.kind == SOURCE_REFCLOCK) {
		clock_add(r, w, &s);
		return;
	}
	say_peer(r, w, d);
	if (!settle_polls(r, w, &s))
		return;
	check_manners(r, w, &s);
	source_add(r, w, &s);
}

void read_refclock(struct reader *r, const struct directive *d)
{
	const struct word *w = reader_need(r, "the name of the driver");
	unsigned errors = r->diags->errors;
	struct conf_source s;
	struct suggestion near;
	char fix[80];

	if (!w)
		return;
	s = source_default(r, w, SOURCE_REFCLOCK);
	near = suggestion(w->text);
	for (size_t i = 0; i < ARRAY_LEN(clock_types); i++) {
		suggest_offer(&near, clock_types[i].name);
		if (strcmp(clock_types[i].name, w->text) == 0)
			s.clock_type = clock_types[i].type;
	}
	if (!s.clock_type) {
		if (near.best)
			snprintf(fix, sizeof fix, "did you mean '%s'?",
				 near.best);
		reader_error(r, "unknown-driver", w, near.best ? fix : NULL,
			     "there is no reference clock driver '%s'",
			     w->text);
		return;
	}
	options_read(r, d, &s);
	if (r->diags->errors == errors)
		clock_add(r, w, &s);
}

void read_fudge(struct reader *r, const struct directive *d)
{
	const struct word *w = reader_need(r, "the reference clock");
	struct conf_source s;

	if (!w)
		return;
	s = source_default(r, w, SOURCE_REFCLOCK);
	if (!clock_address(w->text, &s.clock_type, &s.clock_unit)) {
		reader_error(r, "fudge-not-a-clock", w,
			     "reference clocks are called 127.127.TYPE.UNIT",
			     "'%s' is not a reference clock", w->text);
		return;
	}
	options_read(r, d, &s);
	r->fudge = array_grow(r->fudge, r->n_fudge, &r->cap_fudge, sizeof s);
	r->fudge[r->n_fudge++] = s;
}

/* A later line adds to an earlier one, as if both were one. */
static void merge_fudge(struct conf_source *s, const struct conf_source *f)
{
	if (f->fudge.has_stratum) {
		s->fudge.stratum = f->fudge.stratum;
		s->fudge.has_stratum = true;
	}
	if (f->fudge.time1_s != 0)
		s->fudge.time1_s = f->fudge.time1_s;
	if (f->fudge.time2_s != 0)
		s->fudge.time2_s = f->fudge.time2_s;
	if (*f->fudge.refid)
		memcpy(s->fudge.refid, f->fudge.refid, sizeof s->fudge.refid);
	s->fudge.flags |= f->fudge.flags;
}

void source_apply_fudges(struct reader *r)
{
	for (size_t i = 0; i < r->n_fudge; i++) {
		const struct conf_source *f = &r->fudge[i];
		struct diag_place place = {f->pos.file, f->pos.line,
					   f->pos.column, 1, NULL};
		bool used = false;

		for (size_t k = 0; k < r->cfg->n_source; k++)
			if (r->cfg->source[k].kind == SOURCE_REFCLOCK &&
			    same_source(&r->cfg->source[k], f)) {
				merge_fudge(&r->cfg->source[k], f);
				used = true;
			}
		if (!used && f->clock_type == TYPE_LOCAL)
			diags_add(r->diags, DIAG_WARNING, "fudge-without-clock",
				  &place, NULL,
				  "fudge of a clock that no server line has: "
				  "127.127.%u.%u",
				  f->clock_type, f->clock_unit);
	}
}
