/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/pooldns/worker.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/container.h"
#include "base/text.h"
#include "base/units.h"
#include "os/entropy.h"
#include "os/loop.h"
#include "os/sandbox.h"
#include "prog/ntpd/signals.h"
#include "prog/pooldns/link.h"
#include "prog/pooldns/responder.h"
#include "prog/pooldns/tcp.h"
#include "prog/pooldns/udp.h"

struct worker {
	const struct worker_inputs *in;
	struct os_loop loop;
	struct link_log log;
	struct served served;
	struct responder responder;
	struct udp_batch batch;
	struct udp_service *udp;
	struct tcp_service tcp;
	struct tcp_listener *listener;
	struct os_watch link;
	struct shared_page *counters;
	struct timer second;
	int64_t started_s;
	char host[DNS_NSID_MAX + 1], status[256];
};

static void use(struct worker *w, enum served_kind kind, int fd)
{
	int r = served_take(&w->served, kind, fd);

	if (r < 0)
		log_error(&w->log.log, "what was handed over: %s",
			  strerror(-r));
	w->responder.dns.source.zone = w->served.zone;
}

static void on_link(struct os_watch *watch)
{
	struct worker *w = CONTAINER_OF(watch, struct worker, link);
	unsigned char kind;
	int fd = link_take(watch->fd, &kind);

	if (fd == -EPIPE)
		loop_stop(&w->loop.loop); /* nobody is there to be missed by */
	if (fd < 0)
		return;
	if (kind <= SERVED_COUNTRIES)
		use(w, (enum served_kind)kind, fd);
	close(fd);
}

/* What _status says, and the counters, as of this second. */
static void on_second(struct timer *t)
{
	struct worker *w = CONTAINER_OF(t, struct worker, second);
	struct text status = text_init(w->status, sizeof w->status);

	responder_look(&w->responder);
	text_add(&status,
		 "{\"v\":\"timeball " TIMEBALL_VERSION
		 "\",\"id\":\"%s\",\"up\":%lld,\"udp\":%llu,\"tcp\":%llu",
		 w->host, (long long)(w->responder.now_s - w->started_s),
		 (unsigned long long)w->responder.dns.counters.udp,
		 (unsigned long long)w->responder.dns.counters.tcp);
	if (w->served.zone)
		text_add(&status, ",\"serial\":%u,\"age\":%lld",
			 (unsigned)w->served.zone->serial,
			 (long long)(w->responder.now_s -
				     w->served.zone->snap.head->built_ms /
					     1000));
	text_add(&status, "}");
	shared_page_write(w->counters, &w->responder.dns.counters,
			  sizeof w->responder.dns.counters);
	timer_arm(&w->loop.loop, t, loop_mono(&w->loop.loop) + NS_PER_S);
}

static int open_responder(struct worker *w)
{
	const struct worker_inputs *in = w->in;
	struct dns_server *dns = &w->responder.dns;
	struct entropy entropy;
	int r = os_entropy_init(&entropy, 0);

	if (r < 0)
		return r;
	rng_seed(&w->responder.rng, entropy_u64(&entropy));
	memcpy(dns->source.cookie_key, in->cookie_key, sizeof in->cookie_key);
	dns->source.country = &w->served.country;
	dns->source.nsid = w->host;
	dns->source.status = w->status;
	if (in->limit_per_s)
		dns->rate = rate_new(in->limit_per_s, in->cookie_key);
	r = shared_page_map(in->counters, true, &w->counters);
	/* They go on where a predecessor left them. */
	if (r == 0)
		(void)!shared_page_read(w->counters, &dns->counters,
					sizeof dns->counters);
	return r;
}

static void open_services(struct worker *w)
{
	const struct worker_inputs *in = w->in;

	w->udp = xcalloc(in->n_address + 1, sizeof *w->udp);
	w->listener = xcalloc(in->n_address + 1, sizeof *w->listener);
	udp_batch_init(&w->batch);
	tcp_service_init(&w->tcp, &w->loop, &w->responder);
	for (size_t i = 0; i < in->n_address; i++) {
		udp_service_start(&w->udp[i], in->udp[i], &w->loop,
				  &w->responder, &w->batch);
		tcp_listener_start(&w->listener[i], in->tcp[i], &w->tcp);
	}
	w->link = (struct os_watch){.fd = in->link, .readable = on_link};
	os_loop_watch(&w->loop, &w->link);
}

static int work(struct worker *w)
{
	int r = 0;

	w->loop.wake = signals_flag();
	w->second.fn = on_second;
	on_second(&w->second);
	for (;;) {
		w->loop.loop.stop = false;
		r = loop_run(&w->loop.loop);
		if (r < 0 || !*signals_flag())
			break; /* broken, or on_link() has stopped it */
		if (signals_end(&w->log.log))
			break;
		signals_reopen(); /* the supervisor's to heed */
	}
	on_second(&w->second); /* the last counts */
	return r;
}

int worker_run(const struct worker_inputs *in)
{
	const struct sandbox_plan plan = {
		.role = SANDBOX_DNS,
		.filter = sandbox_filter_default,
	};
	struct worker *w = xcalloc(1, sizeof *w);
	int r;

	w->in = in;
	os_loop_init(&w->loop);
	link_log_init(&w->log, in->link, in->log_level);
	responder_look(&w->responder);
	w->started_s = w->responder.now_s;
	if (gethostname(w->host, sizeof w->host - 1) < 0)
		strcpy(w->host, "pooldns");
	r = open_responder(w);
	for (unsigned kind = 0; kind <= SERVED_COUNTRIES; kind++)
		if (in->served[kind] >= 0)
			use(w, (enum served_kind)kind, in->served[kind]);
	if (r == 0) {
		open_services(w);
		r = sandbox_enter(&plan, &w->log.log);
	}
	if (r == 0)
		r = work(w);
	if (r < 0)
		log_error(&w->log.log, "cannot go on: %s", strerror(-r));
	return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
