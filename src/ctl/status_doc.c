/* SPDX-License-Identifier: BSD-2-Clause */
#include "ctl/status_doc.h"

#include <sys/socket.h>

#include "base/container.h"
#include "base/json.h"
#include "base/units.h"

/* Times are written to the nanosecond, frequencies to 1e-12. */
#define DECIMALS_S 9
#define DECIMALS_PPM 6

/* --- values ---------------------------------------------------------------- */

static void put_time(struct json *j, const char *name, int64_t wall_ns)
{
	char buf[40];
	struct text t = text_init(buf, sizeof buf);

	status_add_time(&t, wall_ns);
	json_text(j, name, buf);
}

static void put_seconds(struct json *j, const char *name, double s)
{
	json_fixed(j, name, s, DECIMALS_S);
}

/* null where nothing was measured */
static void put_measured(struct json *j, const char *name, bool known, double s)
{
	if (known)
		put_seconds(j, name, s);
	else
		json_null(j, name);
}

static void put_addr(struct json *j, const char *name, const struct net_addr *a)
{
	char buf[NET_ADDR_TEXT_LEN];

	json_text(j, name,
		  a->family == AF_UNSPEC ? NULL : net_addr_format(a, buf));
}

/* An address, or up to four characters as they came, which JSON escapes. */
static void put_refid(struct json *j, uint32_t refid, unsigned stratum)
{
	char buf[16];
	struct text t = text_init(buf, sizeof buf);
	size_t len = 0;

	if (stratum >= 2 && stratum < NTP_STRATUM_UNSYNC) {
		text_add(&t, "%u.%u.%u.%u", refid >> 24, refid >> 16 & 255,
			 refid >> 8 & 255, refid & 255);
		json_text(j, "refid", buf);
		return;
	}
	for (int shift = 24; shift >= 0 && refid >> shift & 255; shift -= 8)
		buf[len++] = (char)(refid >> shift & 255);
	json_text_n(j, "refid", buf, len);
}

static const char *leap_name(unsigned leap)
{
	static const char *const names[] = {
		[LEAP_NONE] = "none",
		[LEAP_INSERT] = "insert",
		[LEAP_DELETE] = "delete",
		[LEAP_UNSYNC] = "unsynchronized",
	};

	return names[leap & 3];
}

/* --- the daemon ------------------------------------------------------------ */

static void put_daemon(struct json *j, const struct status_facts *f)
{
	static const char *const clocks[] = {
		[CLOCK_KERNEL] = "system",
		[CLOCK_NONE] = "none",
		[CLOCK_VIRTUAL] = "virtual",
	};
	const struct daemon_facts *d = f->daemon;

	json_object(j, "daemon");
	json_text(j, "version", f->version);
	json_int(j, "pid", d->pid);
	json_fixed(j, "uptime",
		   s_from_ns(f->now->sys.mono_ns - d->start_mono_ns), 3);
	if (f->config_path)
		json_text(j, "config", f->config_path);
	put_time(j, "config_loaded", d->config_loaded_wall_ns);
	json_bool(j, "config_ok", d->config_ok);
	json_text(j, "clock", clocks[f->cfg->clock.kind]);
	json_bool(j, "clock_control", f->now->sys.clock_control);
	json_int(j, "clock_contested", f->now->sys.clock_contested);
	json_text(j, "log_level", log_level_name(d->log_level));
	json_array(j, "features");
	json_text(j, NULL, "seccomp");
	json_text(j, NULL, "landlock");
	json_end_array(j);
	json_end_object(j);
}

/* --- the clock ------------------------------------------------------------- */

static void put_leap_file(struct json *j, const struct status_facts *f)
{
	if (!f->cfg->leap_file) {
		json_null(j, "leap_file");
		return;
	}
	json_object(j, "leap_file");
	json_text(j, "path", f->cfg->leap_file);
	if (f->now->sys.leap_expire_wall_ns)
		put_time(j, "expires", f->now->sys.leap_expire_wall_ns);
	else
		json_null(j, "expires"); /* it could not be read */
	json_end_object(j);
}

static void put_reference(struct json *j, const struct status_facts *f)
{
	const struct assoc_report *peer = f->now->sys_peer;
	bool local = peer && peer->kind == ASSOC_LOCAL_CLOCK;

	put_refid(j, f->now->sys.view.refid,
		  local ? 1 : f->now->sys.view.stratum);
	json_text(j, "reference", peer ? peer->name : NULL);
	if (peer)
		json_int(j, "reference_id", peer->id);
	else
		json_null(j, "reference_id");
}

static void put_estimate(struct json *j, const struct status_facts *f)
{
	const struct sys_report *sys = &f->now->sys;
	const struct estimator_report *e = &sys->est;
	bool known = e->synchronised;

	put_measured(j, "offset", known, e->offset_s);
	put_measured(j, "last_offset", known, sys->last_offset_s);
	put_measured(j, "rms_offset", known, sys->rms_offset_s);
	put_measured(j, "error", known, e->error_s);
	put_measured(j, "jitter", known, e->jitter_s);
	json_fixed(j, "frequency_ppm", e->freq * 1e6, DECIMALS_PPM);
	if (known)
		json_fixed(j, "skew_ppm", e->freq_sigma * 1e6, DECIMALS_PPM);
	else
		json_null(j, "skew_ppm");
	json_fixed(j, "wander_ppm", e->wander * 1e6, DECIMALS_PPM);
	json_int(j, "time_constant", INT64_C(1) << e->time_const_log2);
	if (known)
		put_time(j, "last_update",
			 status_wall_ns(f, e->last_update_mono_ns));
	else
		json_null(j, "last_update");
}

static void put_system(struct json *j, const struct status_facts *f)
{
	const struct sys_report *sys = &f->now->sys;
	const struct sys_view *v = &sys->view;
	bool synced = v->stratum < NTP_STRATUM_UNSYNC;
	char verdict[512];
	struct text t = text_init(verdict, sizeof verdict);

	status_verdict(f, &t);
	json_object(j, "system");
	json_bool(j, "synchronized", synced);
	json_text(j, "verdict", verdict);
	json_int(j, "stratum", v->stratum);
	json_text(j, "leap", leap_name(v->leap));
	put_reference(j, f);
	put_estimate(j, f);
	put_measured(j, "root_delay", synced, v->root_delay_s);
	put_measured(j, "root_dispersion", synced, v->root_disp_s);
	put_measured(j, "root_distance", synced,
		     v->root_delay_s / 2 + v->root_disp_s);
	json_int(j, "precision", v->precision_log2);
	json_int(j, "selected", sys->est.survivors);
	json_int(j, "steps", sys->steps);
	put_seconds(j, "stepped", sys->stepped_s);
	if (sys->tai_offset_s)
		json_int(j, "tai_offset", sys->tai_offset_s);
	else
		json_null(j, "tai_offset");
	put_leap_file(j, f);
	json_end_object(j);
}

/* --- sources --------------------------------------------------------------- */

static const struct {
	const char *name, *tally;
} states[] = {
	[SELECT_REJECT] = {"unselectable", " "},
	[SELECT_FALSETICK] = {"falseticker", "x"},
	[SELECT_EXCESS] = {"excess", "."},
	[SELECT_OUTLIER] = {"outlier", "-"},
	[SELECT_CANDIDATE] = {"candidate", "+"},
	[SELECT_BACKUP] = {"backup", "#"},
	[SELECT_SYS_PEER] = {"syspeer", "*"},
	[SELECT_PPS_PEER] = {"pps", "o"},
};

static const char *mode_name(const struct assoc_report *a)
{
	if (a->kind == ASSOC_LOCAL_CLOCK)
		return "refclock";
	if (a->kind == ASSOC_POOL_NAME)
		return "pool";
	return a->conf->kind == SOURCE_PEER ? "peer" : "server";
}

/* Where it comes from: a line of a file, or a name of a pool's. */
static void put_origin(struct json *j, const struct assoc_report *a)
{
	bool member = a->kind == ASSOC_SERVER && a->conf->kind == SOURCE_POOL;

	json_text(j, "origin",
		  member          ? "pool"
		  : a->by_command ? "command"
				  : "config");
	json_object(j, "line");
	json_text(j, "file", a->conf->pos.file);
	json_int(j, "line", a->conf->pos.line);
	json_end_object(j);
}

static void put_identity(struct json *j, const struct assoc_report *a)
{
	json_int(j, "id", a->id);
	json_text(j, "name", a->name);
	put_addr(j, "address", &a->addr);
	json_int(j, "port", a->conf->port);
	json_text(j, "mode", mode_name(a));
	json_text(j, "driver", a->kind == ASSOC_LOCAL_CLOCK ? "local" : NULL);
	json_text(j, "auth", a->key_id ? "key" : "none");
	put_origin(j, a);
}

static void put_state(struct json *j, const struct status_facts *f,
		      const struct assoc_report *a)
{
	const char *words[STATUS_WHY_MAX];
	char note[256];
	struct text t = text_init(note, sizeof note);
	size_t n = status_why(f, a, words, &t);

	json_text(j, "state", states[a->est.status].name);
	json_text(j, "tally", states[a->est.status].tally);
	json_array(j, "why");
	for (size_t i = 0; i < n; i++)
		json_text(j, NULL, words[i]);
	json_end_array(j);
	json_text(j, "note", note);
}

static void put_samples(struct json *j, const struct status_facts *f,
			const struct assoc_report *a)
{
	const struct source_report *e = &a->est;
	bool known = e->have_sample;

	if (known)
		put_time(j, "last_sample", status_wall_ns(f, e->last_mono_ns));
	else
		json_null(j, "last_sample");
	put_measured(j, "offset", known, e->offset_s);
	put_measured(j, "delay", known, e->delay_s);
	put_measured(j, "dispersion", known, e->disp_s);
	put_measured(j, "jitter", known, e->jitter_s);
	put_measured(j, "uncertainty", known,
		     e->delay_s / 2 + e->disp_s + e->jitter_s);
	put_measured(j, "root_delay", known, a->root_delay_s);
	put_measured(j, "root_dispersion", known, a->root_disp_s);
	put_measured(j, "root_distance", known, e->root_dist_s);
}

struct verdict_word {
	enum reply_verdict verdict;
	const char *word;
};

/* Why what came back is no sample. */
static const struct verdict_word rejected[] = {
	{REPLY_BAD_FORMAT, "bad_format"},
	{REPLY_BOGUS, "bogus_origin"},
	{REPLY_DUPLICATE, "duplicate"},
	{REPLY_BAD_AUTH, "bad_auth"},
	{REPLY_UNSYNCED, "unsynchronized"},
	{REPLY_BAD_TIMES, "bad_times"},
	{REPLY_LOOP, "loop"},
};

static const struct verdict_word kisses[] = {
	{REPLY_RATE, "RATE"},
	{REPLY_DENY, "DENY"},
	{REPLY_KISS, "other"},
};

static void put_verdicts(struct json *j, const struct assoc_report *a,
			 const struct verdict_word *w, size_t n)
{
	for (size_t i = 0; i < n; i++)
		json_int(j, w[i].word, (int64_t)a->by_verdict[w[i].verdict]);
}

static void put_packets(struct json *j, const struct assoc_report *a)
{
	json_int(j, "sent", (int64_t)a->sent);
	json_int(j, "received", (int64_t)a->received);
	json_object(j, "rejected");
	put_verdicts(j, a, rejected, ARRAY_LEN(rejected));
	json_end_object(j);
	json_object(j, "kisses");
	put_verdicts(j, a, kisses, ARRAY_LEN(kisses));
	json_end_object(j);
}

static void put_stamps(struct json *j, const struct assoc_report *a)
{
	static const char *const names[] = {
		[STAMP_USER] = "daemon",
		[STAMP_KERNEL] = "kernel",
		[STAMP_HARDWARE] = "hardware",
	};

	json_object(j, "timestamps");
	json_text(j, "rx", names[a->rx_stamp]);
	json_text(j, "tx", names[a->tx_stamp]);
	json_end_object(j);
}

static void put_source(struct json *j, const struct status_facts *f,
		       const struct assoc_report *a)
{
	json_object(j, NULL);
	put_identity(j, a);
	put_state(j, f, a);
	json_int(j, "stratum", a->stratum);
	json_text(j, "leap", leap_name(a->leap));
	put_refid(j, a->refid, a->kind == ASSOC_LOCAL_CLOCK ? 1 : a->stratum);
	json_int(j, "reach", a->reach);
	json_int(j, "unanswered", a->unreach);
	json_int(j, "poll", INT64_C(1) << a->host_poll_log2);
	put_samples(j, f, a);
	put_packets(j, a);
	put_stamps(j, a);
	json_null(j, "nts");
	json_end_object(j);
}

/* --- what we serve --------------------------------------------------------- */

static uint64_t sum(const struct server_stats *s, const enum server_verdict *v,
		    size_t n)
{
	uint64_t total = 0;

	for (size_t i = 0; i < n; i++)
		total += s->by_verdict[v[i]];
	return total;
}

static void put_counters(struct json *j, const struct server_stats *s)
{
	static const enum server_verdict limited[] = {SERVER_LIMITED,
						      SERVER_KISS};
	static const enum server_verdict ignored[] = {
		SERVER_SHORT,      SERVER_BAD_FORMAT, SERVER_BAD_MODE,
		SERVER_BAD_SOURCE, SERVER_BAD_AUTH,   SERVER_FLAKE};

	json_int(j, "received", (int64_t)s->received);
	json_int(j, "answered", (int64_t)s->by_verdict[SERVER_REPLY]);
	json_int(j, "denied", (int64_t)s->by_verdict[SERVER_DENIED]);
	json_int(j, "rate_limited",
		 (int64_t)sum(s, limited, ARRAY_LEN(limited)));
	json_int(j, "kisses", (int64_t)s->by_verdict[SERVER_KISS]);
	json_int(j, "control", (int64_t)s->by_verdict[SERVER_CONTROL]);
	json_int(j, "ignored", (int64_t)sum(s, ignored, ARRAY_LEN(ignored)));
	json_int(j, "send_errors", (int64_t)s->send_failed);
}

static void put_server(struct json *j, const struct status_facts *f)
{
	const struct server_stats *s = f->stats;
	char buf[NET_ADDR_TEXT_LEN];

	json_object(j, "server");
	json_array(j, "listen");
	for (unsigned i = 0; i < f->daemon->n_listen; i++)
		json_text(j, NULL,
			  net_addr_format_port(&f->daemon->listen[i], buf));
	json_end_array(j);
	json_int(j, "workers", f->cfg->workers);
	put_counters(j, s);
	json_int(j, "kernel_drops", (int64_t)s->kernel_drops);
	json_int(j, "clients", (int64_t)s->clients);
	json_fixed(j, "rate_1m", f->rate_1m, 3);
	json_object(j, "versions");
	for (int v = 1; v <= 4; v++) {
		const char name[] = {(char)('0' + v), '\0'};

		json_int(j, name, (int64_t)s->by_version[v]);
	}
	json_end_object(j);
	json_end_object(j);
}

void status_document(const struct status_facts *f, struct buf *out)
{
	struct json j = json_init(out);

	json_object(&j, NULL);
	json_text(&j, "schema", STATUS_SCHEMA);
	put_time(&j, "time", f->now->sys.wall_ns);
	put_daemon(&j, f);
	put_system(&j, f);
	json_array(&j, "sources");
	for (size_t i = 0; i < f->now->n; i++)
		put_source(&j, f, &f->now->assoc[i]);
	json_end_array(&j);
	put_server(&j, f);
	json_end_object(&j);
	buf_add(out, "\n", 1);
}
