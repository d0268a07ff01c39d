/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/units.h"
#include "prog/ntpctl/ask.h"
#include "prog/ntpctl/commands.h"

#define TIMEOUT_DEFAULT_S 1

static void put_refid(struct output *o, const struct target *t)
{
	const struct ntp_packet *p = &t->reply;
	char octets[4], text[32];

	for (int i = 0; i < 4; i++)
		octets[i] = (char)(p->refid >> (24 - 8 * i) & 0xff);
	if (p->stratum > 1)
		snprintf(text, sizeof text, "%u.%u.%u.%u", p->refid >> 24,
			 p->refid >> 16 & 255, p->refid >> 8 & 255,
			 p->refid & 255);
	else
		snprintf(text, sizeof text, "%.4s", octets);
	output_text(o, "refid", t->have_reply ? text : "");
}

static void put_target(struct output *o, const struct target *t)
{
	const struct sample *s = ask_best(t);
	const double none = (double)NAN;
	char address[NET_ADDR_TEXT_LEN];

	output_row(o);
	output_text(o, "server",
		    t->addr.port == NTP_PORT
			    ? net_addr_format(&t->addr, address)
			    : net_addr_format_port(&t->addr, address));
	output_real(o, "stratum", s ? s->stratum : none, 0);
	put_refid(o, t);
	output_seconds(o, "offset_s", s ? s->offset_s : none, true);
	output_seconds(o, "within_s", s ? target_root_dist_s(t) : none, false);
	output_seconds(o, "delay_s", s ? s->delay_s : none, false);
	output_int(o, "asked", t->sent);
	output_int(o, "answered", t->n);
	output_text(o, "verdict", ask_verdict(t));
}

int cmd_probe(struct ctl *c)
{
	const char *host = ctl_arg(c, "HOST");
	char words[512];
	struct text why = text_init(words, sizeof words);
	struct asked *a;
	long samples, port;
	double timeout_s;
	int status = CTL_FAILED;

	if (!ctl_int(c, "samples", 1, SAMPLES_MAX, 4, &samples) ||
	    !ctl_int(c, "port", 1, 65535, NTP_PORT, &port) ||
	    !ctl_real(c, "timeout", 0.1, 60, TIMEOUT_DEFAULT_S, &timeout_s))
		return CTL_USAGE;
	a = xcalloc(1, sizeof *a);
	if (ask(a, host, (uint16_t)port, (unsigned)samples, timeout_s, &why) <
	    0) {
		free(a);
		return ctl_fail(c, "cannot-ask", "%s", words);
	}
	output_list(&c->out);
	for (size_t i = 0; i < a->survey.n_target; i++) {
		put_target(&c->out, &a->survey.target[i]);
		if (ask_best(&a->survey.target[i]))
			status = CTL_OK;
	}
	output_end(&c->out);
	ask_done(a);
	free(a);
	return status;
}
