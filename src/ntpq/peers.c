/* SPDX-License-Identifier: BSD-2-Clause */
#include "ntpq/peers.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <sys/socket.h>

#include "base/container.h"
#include "base/net_addr.h"
#include "base/ntp_ts.h"
#include "base/units.h"
#include "ntpq/cook.h"
#include "ntpq/items.h"
#include "ntpq/words.h"

#define NAME_LEN 256
#define NAME_COLUMNS 15

/* Modes of RFC 5905 as hmode gives them. */
enum { MODE_ACTIVE = 1, MODE_PASSIVE = 2, MODE_CLIENT = 3, MODE_BROADCAST = 5 };

/* What a row needs, still as the server's text; "" where it sent nothing. */
struct row {
	char srcadr[NAME_LEN], srchost[NAME_LEN], dstadr[NAME_LEN];
	char refid[64], stratum[16], hmode[16], ppoll[16], hpoll[16];
	char reftime[32], rec[32], reach[16];
	char delay[32], offset[32], jitter[32], dispersion[32];
};

static void read_row(const struct assembly *reply, struct row *row)
{
	const struct {
		const char *name;
		char *to;
		size_t cap;
	} fields[] = {
#define FIELD(f) {#f, row->f, sizeof row->f}
		FIELD(srcadr),  FIELD(srchost), FIELD(dstadr),     FIELD(refid),
		FIELD(stratum), FIELD(hmode),   FIELD(ppoll),      FIELD(hpoll),
		FIELD(reftime), FIELD(rec),     FIELD(reach),      FIELD(delay),
		FIELD(offset),  FIELD(jitter),  FIELD(dispersion),
#undef FIELD
	};
	struct items it = items_of(reply->data, reply->len);
	struct item item;

	memset(row, 0, sizeof *row);
	while (items_next(&it, &item))
		for (size_t i = 0; i < ARRAY_LEN(fields); i++)
			if (item_is(&item, fields[i].name))
				item_text(&item, fields[i].to, fields[i].cap);
}

void peers_interval(struct text *t, int64_t seconds)
{
	int64_t minutes = (seconds + 29) / 60, hours = (minutes + 29) / 60;
	int64_t days = (hours + 11) / 24;

	if (seconds <= 0)
		text_add(t, "-");
	else if (seconds <= 2048)
		text_add(t, "%" PRId64, seconds);
	else if (minutes <= 300)
		text_add(t, "%" PRId64 "m", minutes);
	else if (hours <= 96)
		text_add(t, "%" PRId64 "h", hours);
	else if (days <= 999)
		text_add(t, "%" PRId64 "d", days);
	else
		text_add(t, "%" PRId64 "y", (days + 127) / 365);
}

/* Seconds since the last packet, on the server's own clock. */
static void when_of(const struct row *row, struct ntp_ts now, struct text *t)
{
	struct ntp_ts last = {0};

	if (!cook_parse_ts(row->rec, &last) || ntp_ts_is_zero(last))
		(void)cook_parse_ts(row->reftime, &last);
	peers_interval(t, ntp_ts_is_zero(last)
				  ? 0
				  : (int64_t)floor(ntp_ts_diff_s(now, last)));
}

static void poll_of(const struct row *row, struct text *t)
{
	unsigned long ppoll, hpoll;

	if (!cook_parse_unsigned(row->hpoll, UINT8_MAX, &hpoll))
		hpoll = 0;
	if (!cook_parse_unsigned(row->ppoll, UINT8_MAX, &ppoll))
		ppoll = hpoll;
	if (ppoll < hpoll)
		hpoll = ppoll;
	if (hpoll < 3)
		hpoll = 3;
	if (hpoll > 17)
		hpoll = 17;
	peers_interval(t, INT64_C(1) << hpoll);
}

/* M-14: a number that is none, or has 400 digits, becomes "-". */
static void ms_of(const char *value, struct text *t)
{
	double v;

	if (text_to_double(value, -1e9, 1e9, &v) < 0)
		text_add(t, "-");
	else
		text_add(t, "%.3f", v);
}

static bool is_refclock(const struct row *row)
{
	char name[32];

	return strchr(row->srchost, '(') ||
	       cook_refclock_name(row->srcadr, name, sizeof name);
}

static bool is_any(const char *addr)
{
	struct net_addr a;

	return net_addr_parse(addr, &a) < 0 || net_addr_is_any(&a);
}

static bool is_multicast(const struct row *row)
{
	struct net_addr a;

	return net_addr_parse(row->srcadr, &a) == 0 &&
	       net_addr_is_multicast(&a) && a.ip[0] != 255;
}

static char type_of(const struct row *row)
{
	bool pool = is_any(row->srcadr) && strcmp(row->refid, "POOL") == 0;
	unsigned long hmode = MODE_CLIENT;

	(void)cook_parse_unsigned(row->hmode, 7, &hmode);
	switch (hmode) {
	case MODE_ACTIVE:
		return 's';
	case MODE_PASSIVE:
		return 'S';
	case MODE_CLIENT:
		return is_refclock(row) ? 'l' : pool ? 'p' : 'u';
	case MODE_BROADCAST:
		return is_multicast(row) ? 'M' : 'B';
	default:
		return 'b';
	}
}

/*
 * The remote: the address with -n, else the name the daemon was configured
 * with, and only then the one that DNS would give, which takes its time.
 * Pools and unresolved servers have no address.
 */
static void remote_of(const struct session *s, const struct row *row, char *buf,
		      size_t cap)
{
	bool named = !s->numeric || is_any(row->srcadr);

	if (named && *row->srchost)
		snprintf(buf, cap, "%s", row->srchost);
	else if (s->numeric ||
		 (!cook_refclock_name(row->srcadr, buf, cap) &&
		  !(s->name_of && s->name_of(row->srcadr, buf, cap))))
		snprintf(buf, cap, "%s", row->srcadr);
}

static void refid_of(enum peers_kind kind, const struct row *row,
		     struct text *t)
{
	struct net_addr a;

	if (net_addr_parse(row->refid, &a) < 0 || a.family != AF_INET)
		text_add(t, strlen(row->refid) <= 4 ? ".%s." : "%s",
			 row->refid);
	else if (kind == PEERS_ASSID)
		text_add(t, "%x",
			 (unsigned)a.ip[0] << 24 | (unsigned)a.ip[1] << 16 |
				 (unsigned)a.ip[2] << 8 | a.ip[3]);
	else
		text_add(t, "%s", row->refid);
}

/* --- printing -------------------------------------------------------------- */

static void print_header(const struct session *s, enum peers_kind kind,
			 FILE *out)
{
	static const char *const titles[] = {
		[PEERS_REFID] = "     remote           refid      st t when "
				"poll reach   delay   offset  jitter",
		[PEERS_LOCAL] = "     remote           local      st t when "
				"poll reach   delay   offset    disp",
		[PEERS_ASSID] = "     remote       refid   assid  st t when "
				"poll reach   delay   offset  jitter",
	};
	size_t columns = 78;

	if (s->n_hosts > 1) {
		fprintf(out, "%-*s ", s->host_width, "server");
		columns += (size_t)s->host_width + 1;
	}
	fprintf(out, "%s\n", titles[kind]);
	while (columns--)
		putc('=', out);
	putc('\n', out);
}

static void print_name(const struct session *s, const struct row *row,
		       char tally, FILE *out)
{
	char name[NAME_LEN], shown[4 * NAME_LEN];

	remote_of(s, row, name, sizeof name);
	text_escape(shown, sizeof shown, name, strlen(name));
	if (s->wide && strlen(shown) > NAME_COLUMNS)
		fprintf(out, "%c%s\n%*s ", tally, shown, 1 + NAME_COLUMNS, "");
	else
		fprintf(out, "%c%-*.*s ", tally, NAME_COLUMNS, NAME_COLUMNS,
			shown);
}

static void print_second(enum peers_kind kind, const struct row *row,
			 uint16_t id, FILE *out)
{
	char buf[NAME_LEN], shown[4 * NAME_LEN];
	struct text t = text_init(buf, sizeof buf);

	if (kind == PEERS_LOCAL)
		text_add(&t, "%s", row->dstadr);
	else
		refid_of(kind, row, &t);
	text_escape(shown, sizeof shown, buf, t.len);
	if (kind == PEERS_ASSID)
		fprintf(out, "%-8.8s %5u  ", shown, id);
	else
		fprintf(out, "%-15.15s ", shown);
}

static void print_row(const struct session *s, enum peers_kind kind,
		      const struct session_assoc *assoc, const struct row *row,
		      struct ntp_ts now, FILE *out)
{
	char buf[5][32];
	struct text when = text_init(buf[0], sizeof buf[0]);
	struct text poll = text_init(buf[1], sizeof buf[1]);
	struct text delay = text_init(buf[2], sizeof buf[2]);
	struct text offset = text_init(buf[3], sizeof buf[3]);
	struct text spread = text_init(buf[4], sizeof buf[4]);
	unsigned long stratum = 0, reach = 0;

	when_of(row, now, &when);
	poll_of(row, &poll);
	ms_of(row->delay, &delay);
	ms_of(row->offset, &offset);
	ms_of(kind == PEERS_LOCAL ? row->dispersion : row->jitter, &spread);
	(void)cook_parse_unsigned(row->stratum, 99, &stratum);
	(void)cook_parse_unsigned(row->reach, 255, &reach);

	if (s->n_hosts > 1)
		fprintf(out, "%-*s ", s->host_width, s->host);
	print_name(s, row, words_tally(assoc->status), out);
	print_second(kind, row, assoc->id, out);
	fprintf(out, "%2lu %c %4.4s %4.4s  %3lo  %7.7s %8.7s %7.7s\n", stratum,
		type_of(row), when.buf, poll.buf, reach, delay.buf, offset.buf,
		spread.buf);
}

/* The server's clock, so that "when" is right also where ours is not. */
static struct ntp_ts server_now(struct session *s)
{
	struct ntp_ts now = ntp_ts_from_ns(session_now_ns());
	struct items it;
	struct item item;
	char value[32];

	if (session_try(s, CONTROL_READVAR, 0, "clock") != ASK_OK)
		return now;
	it = items_of(s->reply.data, s->reply.len);
	while (items_next(&it, &item))
		if (item_is(&item, "clock"))
			(void)cook_parse_ts(
				item_text(&item, value, sizeof value), &now);
	return now;
}

void peers_print(struct session *s, enum peers_kind kind, bool all, FILE *out)
{
	struct ntp_ts now;

	if (!session_read_assocs(s))
		return;
	if (s->n_assoc == 0) {
		fprintf(s->err, "No association ID's returned\n");
		return;
	}
	now = server_now(s);
	print_header(s, kind, out);
	for (size_t i = 0; i < s->n_assoc; i++) {
		const struct session_assoc *a = &s->assoc[i];
		enum ask_result result;
		struct row row;

		if (!all && !(a->status & (PEER_CONF | PEER_REACH)))
			continue;
		result = session_try(s, CONTROL_READVAR, a->id, "");
		session_tell(s, result, a->id);
		if (result == ASK_REFUSED) /* it has gone meanwhile */
			continue;
		if (result != ASK_OK)
			return;
		read_row(&s->reply, &row);
		print_row(s, kind, a, &row, now, out);
	}
}
