/* SPDX-License-Identifier: BSD-2-Clause */
#include "agent.h"

#include <errno.h>
#include <math.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "api.h"
#include "base/alloc.h"
#include "base/units.h"
#include "identity.h"
#include "os/notify.h"
#include "own_clock.h"
#include "pool/talk/talk.h"
#include "prog/ntpd/signals.h"
#include "spool.h"
#include "survey.h"

/*
 * One round: send what is in the spool, look at the own clock, ask for work,
 * measure, put the results into the spool.  What fails is tried again in the
 * next round, later and later, up to two minutes.
 */

#define RETRY_FIRST_S 3.0
#define RETRY_MAX_S 120.0

enum round {
	ROUND_OK,
	ROUND_FAILED, /* poold is away, or does not want us now */
	ROUND_ENDED,  /* a signal came */
};

struct agent {
	const struct agent_inputs *in;
	struct identity who;
	struct api api;
	struct spool spool;
	struct talk_clock clock;
	int64_t clock_until_ns; /* monotonic */
	double retry_s, wait_s;
	bool told_ready, told_refused;
};

static const char *sentence_of(const struct buf *answer, char *text, size_t cap)
{
	text_escape(text, cap, buf_text(answer), answer->len);
	return text;
}

/* --- sending ------------------------------------------------------------------ */

/* poold sees what the base servers may not: all servers at another place. */
static void tell_if_uncounted(struct agent *a, const char *batch,
			      const struct buf *answer)
{
	char sentence[256], reason[512];
	struct text why = text_init(sentence, sizeof sentence);
	struct talk_taken taken;

	if (talk_get_taken(answer->data, answer->len, &taken, &why) < 0 ||
	    taken.counts)
		return;
	text_escape(reason, sizeof reason, taken.why, strlen(taken.why));
	log_warn(a->in->log,
		 "batch %s: counts nowhere, this clock is wrong: %s", batch,
		 reason);
}

/* What is refused for good would be refused again; everything else waits. */
static enum round after_sending(struct agent *a, const char *batch, int status,
				const struct buf *answer)
{
	char text[512];

	switch (status) {
	case 200:
		spool_drop(&a->spool, batch);
		tell_if_uncounted(a, batch, answer);
		return ROUND_OK;
	case 400:
	case 409:
	case 413:
		log_error(a->in->log, "batch %s: refused with %d: %s", batch,
			  status, sentence_of(answer, text, sizeof text));
		spool_set_aside(&a->spool, batch);
		return ROUND_OK;
	default:
		log_warn(a->in->log,
			 "batch %s: status %d, sent again later: %s", batch,
			 status, sentence_of(answer, text, sizeof text));
		return ROUND_FAILED;
	}
}

static enum round send_spool(struct agent *a)
{
	char batch[TALK_BATCH_LEN], sentence[512];
	struct buf body = {0}, answer = {0};
	enum round result = ROUND_OK;
	int r = 0;

	while (result == ROUND_OK &&
	       (r = spool_first(&a->spool, batch, &body)) > 0) {
		struct text why = text_init(sentence, sizeof sentence);

		r = api_post(&a->api, "/api/monitor/results", &a->who,
			     SIGN_RESULTS, &body, &answer, &why);
		if (r < 0) {
			log_warn(a->in->log, "%s", sentence);
			result = ROUND_FAILED;
		} else {
			result = after_sending(a, batch, r, &answer);
		}
	}
	if (r < 0 && result == ROUND_OK) {
		log_error(a->in->log, "spool: %s", strerror(-r));
		result = ROUND_FAILED;
	}
	buf_done(&body);
	buf_done(&answer);
	return result;
}

/* --- the own clock -------------------------------------------------------------- */

static enum round check_clock(struct agent *a)
{
	int64_t now = loop_mono(a->in->host->host.loop);
	bool was_ok = a->clock.ok;

	if (a->clock.ok && now < a->clock_until_ns)
		return ROUND_OK;
	if (own_clock_check(a->in->host, a->in->settings->base_server,
			    &a->clock) < 0)
		return ROUND_ENDED;
	a->clock_until_ns = loop_mono(a->in->host->host.loop) +
			    OWN_CLOCK_HOLDS_S * NS_PER_S;
	if (!a->clock.ok)
		log_warn(a->in->log, "own clock: %s; nothing is measured",
			 a->clock.why);
	else if (!was_ok)
		log_info(a->in->log, "own clock: good, offset %+.6f s",
			 a->clock.offset_s);
	return ROUND_OK;
}

/* --- work ------------------------------------------------------------------------- */

static unsigned families(void)
{
	return 3; /* what cannot be sent is not told, see probe.h */
}

static enum round ask_work(struct agent *a, struct talk_work *work)
{
	struct talk_ask ask = {.monitor_id = a->who.monitor_id,
			       .at_ms = clock_now(a->in->host->host.clock) /
					NS_PER_MS,
			       .version = TIMEBALL_VERSION,
			       .families = families(),
			       .clock = a->clock};
	struct buf body = {0}, answer = {0};
	char sentence[512];
	struct text why = text_init(sentence, sizeof sentence);
	int status, r = -EIO;

	talk_put_ask(&body, &ask);
	status = api_post(&a->api, "/api/monitor/work", &a->who, SIGN_WORK,
			  &body, &answer, &why);
	if (status == 200)
		r = talk_get_work(answer.data, answer.len, work, &why);
	else if (status > 0)
		text_add(&why, "no work, status %d: %.200s", status,
			 buf_text(&answer));
	if (r < 0) {
		char text[512];

		text_escape(text, sizeof text, sentence, strlen(sentence));
		log_warn(a->in->log, "%s", text);
	}
	buf_done(&body);
	buf_done(&answer);
	return r < 0 ? ROUND_FAILED : ROUND_OK;
}

static struct talk_result result_of(const struct talk_server *server,
				    const struct probe *p)
{
	struct talk_result t = {.server_id = server->server_id, .m = p->m};

	t.n_times = p->n_times;
	for (unsigned i = 0; i < p->n_times; i++) {
		t.times[i].t1_ns = p->times[i].t1_ns;
		t.times[i].t2_ns = p->times[i].t2_ns;
		t.times[i].t3_ns = p->times[i].t3_ns;
		t.times[i].t4_ns = p->times[i].t4_ns;
	}
	return t;
}

/* Nothing is said of a server to which nothing could be sent. */
static int spool_results(struct agent *a, const struct talk_work *work,
			 const struct survey *s)
{
	struct talk_results results = {.monitor_id = a->who.monitor_id,
				       .version = TIMEBALL_VERSION,
				       .clock = a->clock};
	struct buf body = {0};
	int r;

	memcpy(results.batch, work->batch, sizeof results.batch);
	results.result = xcalloc(s->n + 1, sizeof *results.result);
	for (size_t i = 0; i < s->n; i++)
		if (s->probe[i].error == 0)
			results.result[results.n_result++] =
				result_of(&work->server[i], &s->probe[i]);
	talk_put_results(&body, &results);
	r = spool_put(&a->spool, work->batch, &body);
	log_debug(a->in->log, "batch %s: %zu of %zu measured", work->batch,
		  results.n_result, work->n_server);
	buf_done(&body);
	talk_results_done(&results);
	return r;
}

/*
 * poold may be in other hands than this machine and its network: what only we
 * can reach is measured only when this monitor's pool.conf allows it.
 */
static void refuse_places(struct agent *a, struct talk_work *work)
{
	bool private = a->in->settings->private_addresses;
	char first[NET_ADDR_TEXT_LEN] = "";
	size_t n = 0;

	for (size_t i = 0; i < work->n_server; i++) {
		const struct net_addr *addr = &work->server[i].addr;

		if (private ? net_addr_is_host(addr) : net_addr_is_global(addr))
			work->server[n++] = work->server[i];
		else if (!*first)
			net_addr_format(addr, first);
	}
	if (n < work->n_server)
		log_warn(
			a->in->log,
			"work: %zu addresses are not measured, the first is "
			"%s: %s",
			work->n_server - n, first,
			private ? "no host can have them"
				: "only global ones are, see private-addresses "
				  "in pool.conf(5)");
	work->n_server = n;
}

static enum round measure(struct agent *a, struct talk_work *work)
{
	const struct probe_plan plan = {work->samples, work->gap_s,
					work->timeout_s};
	struct net_addr *addr;
	struct survey s;
	int r;

	refuse_places(a, work);
	addr = xcalloc(work->n_server + 1, sizeof *addr);
	for (size_t i = 0; i < work->n_server; i++)
		addr[i] = work->server[i].addr;
	r = survey_run(&s, a->in->host, addr, work->n_server, &plan);
	if (r == 0) {
		r = spool_results(a, work, &s);
		if (r < 0)
			log_error(a->in->log, "spool: %s", strerror(-r));
	}
	survey_done(&s);
	free(addr);
	if (r == -EINTR)
		return ROUND_ENDED;
	return r < 0 ? ROUND_FAILED : ROUND_OK;
}

static enum round make_round(struct agent *a)
{
	struct talk_work work = {0};
	enum round result = send_spool(a);

	if (result == ROUND_OK)
		result = check_clock(a);
	if (result == ROUND_OK)
		result = ask_work(a, &work);
	if (result != ROUND_OK)
		return result;
	a->wait_s = work.wait_s;
	if (work.batch[0]) {
		result = measure(a, &work);
		if (result == ROUND_OK)
			result = send_spool(a);
	}
	talk_work_done(&work);
	return result;
}

/* --- a life ------------------------------------------------------------------------- */

static void on_timer(struct timer *t)
{
	(void)t; /* the loop is stopped where it is waited for */
}

/* True when a signal says that it is over. */
static bool wait_or_end(struct agent *a, double wait_s)
{
	struct loop *loop = a->in->host->host.loop;
	struct timer timer = {.fn = on_timer};
	int64_t until = loop_mono(loop) + ns_from_s(wait_s);

	while (loop_mono(loop) < until) {
		if (signals_end(a->in->log))
			return true;
		timer_arm(loop, &timer, until);
		loop->ops->wait(loop, until);
		loop_run_due(loop);
		timer_disarm(loop, &timer);
	}
	return signals_end(a->in->log);
}

/* Later and later, and not all monitors at once. */
static double next_retry(struct agent *a)
{
	double u = randombytes_random() / (double)UINT32_MAX;

	a->retry_s = a->retry_s > 0 ? fmin(2 * a->retry_s, RETRY_MAX_S)
				    : RETRY_FIRST_S;
	return a->retry_s * (0.85 + 0.3 * u);
}

static int live(struct agent *a)
{
	enum round result;
	bool end = false;

	notify_send(getenv("NOTIFY_SOCKET"), "READY=1");
	while (!end) {
		result = make_round(a);
		if (a->in->once)
			return result == ROUND_OK && a->clock.ok ? EXIT_SUCCESS
								 : EXIT_FAILURE;
		if (result == ROUND_OK)
			a->retry_s = 0;
		end = wait_or_end(a, result == ROUND_OK ? a->wait_s
							: next_retry(a));
	}
	notify_send(getenv("NOTIFY_SOCKET"), "STOPPING=1");
	log_info(a->in->log, "stopped");
	return EXIT_SUCCESS;
}

static int open_agent(struct agent *a, const struct agent_inputs *in)
{
	const struct pool_settings *s = in->settings;
	char sentence[512] = "";
	struct text why = text_init(sentence, sizeof sentence);
	int r;

	*a = (struct agent){.in = in,
			    .api = {.url = s->monitor_server,
				    .ca_file = s->ca_file,
				    .stop = signals_flag()}};
	if (mkdir(s->monitor_state, 0700) < 0 && errno != EEXIST) {
		log_error(in->log, "%s: %s", s->monitor_state, strerror(errno));
		return -errno;
	}
	r = api_open(&a->api, &why);
	if (r < 0)
		log_error(in->log, "%s", sentence);
	return r;
}

int agent_run(const struct agent_inputs *in)
{
	const char *state = in->settings->monitor_state;
	int r, status = EXIT_FAILURE;
	struct agent a;

	if (open_agent(&a, in) < 0)
		return EXIT_FAILURE;
	r = identity_read(state, &a.who);
	if (r == -ENOENT || (r == 0 && a.who.monitor_id == 0))
		log_error(in->log,
			  "%s/monitor.key: not enrolled yet; get a code from "
			  "the pool's pages and run \"poolmon enrol CODE\"",
			  state);
	else if (r < 0)
		log_error(in->log, "%s/monitor.key: %s", state, strerror(-r));
	else if (!in->settings->base_server || !in->settings->base_server[0])
		log_error(in->log, "base-server: at least one is needed, three "
				   "or more are better; this machine's clock "
				   "is checked against them");
	else if ((r = spool_open(&a.spool, state, in->log)) < 0)
		log_error(in->log, "%s/spool: %s", state, strerror(-r));
	else
		status = live(&a);
	api_close(&a.api);
	sodium_memzero(&a.who, sizeof a.who);
	return status;
}

/* The key is on the disk before poold hears of it: no code is used up in vain. */
static int enrol(struct agent *a, const char *code)
{
	const char *state = a->in->settings->monitor_state;
	struct talk_enrol e = {.version = TIMEBALL_VERSION,
			       .families = families()};
	struct talk_enrolled done;
	struct buf body = {0}, answer = {0};
	char sentence[512] = "";
	struct text why = text_init(sentence, sizeof sentence);
	int r, status;

	sign_new_key(e.public_key, a->who.secret_key);
	snprintf(e.code, sizeof e.code, "%s", code);
	talk_put_enrol(&body, &e);
	r = identity_prepare(state, &a->who);
	if (r < 0) {
		log_error(a->in->log, "%s: %s", state, strerror(-r));
		goto out;
	}
	status = api_post(&a->api, "/api/monitor/enrol", NULL, NULL, &body,
			  &answer, &why);
	if (status > 0 && status != 200)
		sentence_of(&answer, sentence, sizeof sentence);
	r = status == 200
		    ? talk_get_enrolled(answer.data, answer.len, &done, &why)
		    : -EACCES;
	if (r < 0) {
		log_error(a->in->log, "not enrolled: %s", sentence);
		goto out;
	}
	a->who.monitor_id = (long)done.monitor_id;
	r = identity_write(state, &a->who);
	if (r == 0)
		printf("enrolled as %s, monitor %ld\n", done.name,
		       a->who.monitor_id);
out:
	buf_done(&body);
	buf_done(&answer);
	return r;
}

int agent_enrol(const struct agent_inputs *in, const char *code)
{
	struct agent a;
	int r;

	if (open_agent(&a, in) < 0)
		return EXIT_FAILURE;
	r = enrol(&a, code);
	api_close(&a.api);
	sodium_memzero(&a.who, sizeof a.who);
	return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
