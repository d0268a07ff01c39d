/* SPDX-License-Identifier: BSD-2-Clause */
#include "world_ntp.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/alloc.h"
#include "base/container.h"
#include "base/text.h"
#include "base/units.h"
#include "conf/read.h"
#include "ntp/answer.h"
#include "wire/ntp_packet.h"

/* --- a server ------------------------------------------------------------- */

static void reply_kiss(const struct ref_server *s, struct ntp_packet *reply)
{
	reply->leap = LEAP_UNSYNC;
	reply->stratum = 0;
	reply->refid = refid_from_code(s->kiss);
}

static void serve(struct sim_host *h, const struct datagram *d, void *arg)
{
	struct ref_server *s = arg;
	struct ntp_packet request, reply;
	uint8_t buf[NTP_HEADER_LEN];
	double swing_s = s->asked % 2 ? s->swing_s : -s->swing_s;
	struct ntp_ts now = ntp_ts_from_ns(d->wall_ns + ns_from_s(swing_s));

	if (ntp_packet_decode(d->data, d->len, &request) < 0)
		return;
	s->asked++;
	s->asked_at_s = world_time_s(h->world);
	reply = (struct ntp_packet){
		.leap = s->leap,
		.version = request.version,
		.mode = NTP_MODE_SERVER,
		.stratum = s->stratum,
		.poll_log2 = request.poll_log2,
		.precision_log2 = -24,
		.root_delay_s = s->root_delay_s,
		.root_disp_s = s->root_disp_s,
		.refid = s->refid,
		.reference = now,
		.origin = request.transmit,
		.receive = now,
		.transmit = now,
	};
	if (s->kiss)
		reply_kiss(s, &reply);
	ntp_packet_encode(&reply, buf);
	assert_int_equal(sim_host_send(h, &d->local, &d->peer, buf, sizeof buf),
			 0);
}

void ref_server_init(struct ref_server *s, struct world *w, const char *addr)
{
	*s = (struct ref_server){
		.host = sim_host_new(w, addr),
		.stratum = 1,
		.refid = refid_from_code("REF"),
	};
	sim_host_serve(s->host, NTP_PORT, serve, s);
}

/* --- an ntpd -------------------------------------------------------------- */

struct memory_files {
	struct conf_files files;
	const char *text;
};

static int read_text(struct conf_files *f, const char *path, char **text,
		     size_t *len)
{
	struct memory_files *m = CONTAINER_OF(f, struct memory_files, files);

	(void)path;
	*text = xstrdup(m->text);
	*len = strlen(*text);
	return 0;
}

static int list_nothing(struct conf_files *f, const char *dir, char ***names,
			size_t *n)
{
	(void)f;
	(void)dir;
	*names = NULL;
	*n = 0;
	return 0;
}

void daemon_init(struct daemon *d, struct sim_host *host, const char *ntp_conf)
{
	struct memory_files m = {{read_text, list_nothing}, ntp_conf};
	struct diags diags = {0};
	int r;

	memset(d, 0, sizeof *d);
	r = conf_read("/etc/ntp.conf", &m.files, &d->cfg, &diags);
	for (size_t i = 0; r < 0 && i < diags.len; i++)
		diag_print(stderr, &diags.diag[i]);
	assert_int_equal(r, 0);
	diags_free(&diags);
	d->host = host;
	d->in.host = &host->io;
	d->in.cfg = d->cfg;
}

void daemon_start(struct daemon *d)
{
	d->engine = engine_new(&d->in);
}

static void answer_datagram(struct sim_host *h, const struct datagram *d,
			    void *arg)
{
	struct daemon *self = arg;
	struct server_reply reply;
	enum server_verdict v = server_handle(self->server, d, &h->view,
					      sim_host_mono(h), &reply);

	if (v != SERVER_REPLY && v != SERVER_KISS)
		return;
	server_stamp(&reply, sim_host_wall(h));
	assert_int_equal(
		sim_host_send(h, &d->local, &d->peer, reply.buf, reply.len), 0);
}

void daemon_serve(struct daemon *d)
{
	d->server = server_new(d->cfg, d->in.keys, d->host->io.entropy);
	sim_host_serve(d->host, NTP_PORT, answer_datagram, d);
}

void daemon_done(struct daemon *d)
{
	engine_free(d->engine);
	server_free(d->server);
	config_free(d->cfg);
}

struct sys_view daemon_view(const struct daemon *d)
{
	return view_at(&d->host->view, sim_host_mono(d->host));
}

bool daemon_is_synchronised(const struct daemon *d)
{
	return daemon_view(d).stratum < NTP_STRATUM_UNSYNC;
}

struct assoc_report daemon_assoc(const struct daemon *d, const char *name)
{
	struct assoc_report r = {0};
	char addr[NET_ADDR_TEXT_LEN];

	for (size_t i = 0; i < engine_assoc_count(d->engine); i++) {
		engine_assoc_report(d->engine, i, &r);
		if (strcmp(net_addr_format(&r.addr, addr), name) == 0 ||
		    (r.addr.family == AF_UNSPEC && strcmp(r.name, name) == 0))
			return r;
	}
	fail_msg("no association %s", name);
	return r;
}

/* --- a judge --------------------------------------------------------------- */

static void look_at_promise(struct judge *j, double error_s)
{
	struct sys_view v = daemon_view(j->daemon);
	double distance_s = v.root_delay_s / 2 + v.root_disp_s;
	const size_t last = sizeof j->ratio / sizeof *j->ratio - 1;
	double bucket = RATIO_FINE * log2(distance_s / fmax(error_s, 1e-12));
	struct world *w = j->daemon->host->world;

	/* One that sleeps tells nobody. */
	if (v.stratum >= NTP_STRATUM_UNSYNC || j->daemon->host->osc.stopped)
		return;
	j->told++;
	j->served += world_time_s(w) >= j->from_s;
	j->ratio[(size_t)fmin(fmax(bucket, 0), (double)last)]++;
	if (error_s <= distance_s)
		return;
	j->dishonest++;
	if (w->trace >= LOG_LEVEL_DEBUG)
		print_message("# %14.6f error %.6f s, told at most %.6f s\n",
			      world_time_s(w), error_s, distance_s);
}

static void look(struct world *w, void *arg)
{
	struct judge *j = arg;
	double error_s = fabs(sim_host_error_s(j->daemon->host));
	double freq = fabs(sim_host_freq_error(j->daemon->host));

	look_at_promise(j, error_s);
	if (world_time_s(w) < j->from_s)
		return;
	j->looks++;
	if (error_s > j->max_s) {
		j->max_s = error_s;
		j->max_at_s = world_time_s(w);
	}
	j->sum2_s += error_s * error_s;
	j->max_freq = fmax(j->max_freq, freq);
	j->sum2_freq += freq * freq;
}

void judge_start(struct judge *j, const struct daemon *d, double from_s)
{
	*j = (struct judge){.daemon = d, .from_s = from_s};
	world_watch(d->host->world, 1, look, j);
}

double judge_rms_s(const struct judge *j)
{
	assert_true(j->looks > 0);
	return sqrt(j->sum2_s / j->looks);
}

double judge_rms_freq(const struct judge *j)
{
	assert_true(j->looks > 0);
	return sqrt(j->sum2_freq / j->looks);
}

double judge_ratio(const struct judge *j)
{
	unsigned below = 0;
	size_t i = 0;

	while (2 * (below += j->ratio[i]) < j->told)
		i++;
	return j->told > 0 ? exp2((double)i / RATIO_FINE) : (double)NAN;
}

void judge_done(const struct judge *j, unsigned dishonest_max)
{
	print_message("# max %.3g s at %.0f s, rms %.3g s, freq max %.3g, "
		      "rms %.3g, steps %u; root distance %.3g times the error, "
		      "too small %u of %u\n",
		      j->max_s, j->max_at_s, sqrt(j->sum2_s / j->looks),
		      j->max_freq, sqrt(j->sum2_freq / j->looks),
		      j->daemon->host->steps, judge_ratio(j), j->dishonest,
		      j->told);
	assert_in_range(j->dishonest, 0, dishonest_max);
}

/* --- a town ----------------------------------------------------------------- */

/* SEED=n: other random numbers, to see that a scenario does not pass by luck. */
static uint64_t other_seed(uint64_t seed)
{
	const char *n = getenv("SEED");

	return n ? seed + 1000 * strtoull(n, NULL, 10) : seed;
}

static int trace_level(void)
{
	const char *want = getenv("TRACE");
	int level = LOG_LEVEL_DEBUG;

	while (level >= 0 &&
	       (!want || strcmp(want, log_level_name((enum log_level)level))))
		level--;
	return level;
}

void town_init(struct town *t, uint64_t seed, int n_servers,
	       const char *options, const char *more)
{
	char conf[2048];
	struct text text = text_init(conf, sizeof conf);
	struct sim_host *h;

	memset(t, 0, sizeof *t);
	assert_in_range(n_servers, 0, TOWN_MAX);
	t->n = n_servers;
	t->w = world_new(other_seed(seed));
	t->w->trace = trace_level();
	t->w->link = (struct sim_link){.delay_s = 1e-4, .jitter_s = 1e-4};
	h = sim_host_new(t->w, "10.0.0.1");
	h->osc.freq = 1e-4;
	h->osc.wander = 1e-9;
	sim_host_set_offset(h, 0.1);
	for (int i = 0; i < n_servers; i++) {
		char addr[32];

		snprintf(addr, sizeof addr, "10.1.0.%d", i + 1);
		ref_server_init(&t->server[i], t->w, addr);
		text_add(&text, "server %s %s\n", addr, options);
	}
	text_add(&text, "%s", more);
	assert_false(text.full);
	daemon_init(&t->client, h, conf);
}

void town_run(struct town *t, double judge_from_s, double until_s)
{
	daemon_start(&t->client);
	judge_start(&t->judge, &t->client, judge_from_s);
	world_run(t->w, until_s);
}

void town_done(struct town *t)
{
	judge_done(&t->judge, t->dishonest_max);
	daemon_done(&t->client);
	world_free(t->w);
}
