/* SPDX-License-Identifier: BSD-2-Clause */
#include "ctl/request.h"

#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "base/ntp_ts.h"
#include "base/siphash.h"
#include "ctl/status.h"

/* Rows of vars[], and of setvar lines, that one request asks for. */
#define MAX_ROWS 256

struct request {
	const struct control_view *view;
	const struct net_addr *peer;
	struct control_header hdr;
	const char *text;                 /* hdr.count octets */
	const struct assoc_report *assoc; /* NULL: the system */
	struct response response;
};

static const struct assoc_report *find_assoc(const struct control_view *v,
					     uint16_t id)
{
	for (size_t i = 0; i < v->n_assoc; i++)
		if (v->assoc[i].id == id)
			return &v->assoc[i];
	return NULL;
}

/* --- lists of variables ---------------------------------------------------- */

/* The next name of "a, b = value, c"; false at the end.  Values are skipped. */
static bool next_name(const char **p, const char *end, const char **name,
		      size_t *len)
{
	const char *stop;

	while (*p < end && strchr(", \t\r\n", **p)) /* NUL too */
		(*p)++;
	if (*p == end)
		return false;
	stop = memchr(*p, ',', (size_t)(end - *p));
	if (!stop)
		stop = end;
	*name = *p;
	*p = stop;
	*len = 0;
	while (*name + *len < stop && !strchr("= \t\r\n", (*name)[*len]))
		(*len)++;
	return true;
}

static bool same_name(const char *row, const char *name, size_t len)
{
	return strlen(row) == len && memcmp(row, name, len) == 0;
}

/* Index of the row, setvar lines counting on after vars[]; -1: none such. */
static int find_row(const struct config *cfg, enum var_scope scope,
		    const char *name, size_t len)
{
	for (size_t i = 0; i < vars_len; i++)
		if (vars[i].scope == scope &&
		    same_name(vars[i].name, name, len))
			return (int)i;
	for (size_t i = 0; scope == VAR_SYS && i < cfg->n_setvar; i++)
		if (same_name(cfg->setvar[i].name, name, len))
			return (int)(vars_len + i);
	return -1;
}

/*
 * Mark the rows that the request names, or the default ones when it names
 * none.  Each is sent once and in the table's order, so a long list of equal
 * names does not make a long reply (M-06).  False: an unknown name.
 */
static bool wanted_rows(const struct request *rq, enum var_scope scope,
			bool wanted[MAX_ROWS])
{
	const struct config *cfg = rq->view->facts.cfg;
	const char *p = rq->text, *end = p + rq->hdr.count, *name;
	size_t len;

	if (rq->hdr.count > 0) {
		bool any = false;

		while (next_name(&p, end, &name, &len)) {
			int row = find_row(cfg, scope, name, len);

			if (row < 0 || row >= MAX_ROWS)
				return false;
			wanted[row] = any = true;
		}
		return any;
	}
	for (size_t i = 0; i < vars_len; i++)
		wanted[i] = vars[i].scope == scope && !vars[i].on_request;
	for (size_t i = 0; scope == VAR_SYS && i < cfg->n_setvar; i++)
		if (vars_len + i < MAX_ROWS)
			wanted[vars_len + i] = cfg->setvar[i].is_default;
	return true;
}

/* A value from a setvar line, quoted unless it is one plain word. */
static void add_setvar(struct response *r, const struct conf_setvar *v)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789._+-:/\"";
	char buf[CONTROL_MAX_DATA];
	struct text t = text_init(buf, sizeof buf);
	bool quote = v->value[strspn(v->value, plain)] != '\0';

	text_add(&t, quote ? "\"%s\"" : "%s", v->value);
	response_item(r, v->name, buf);
}

static void answer_vars(struct request *rq, enum var_scope scope)
{
	struct var_facts facts = rq->view->facts;
	bool wanted[MAX_ROWS] = {false};
	char value[VAR_VALUE_LEN];

	if (!wanted_rows(rq, scope, wanted)) {
		response_error(&rq->response, CONTROL_ERR_UNKNOWNVAR);
		return;
	}
	facts.assoc = rq->assoc;
	for (size_t i = 0; i < MAX_ROWS; i++) {
		struct text t = text_init(value, sizeof value);

		if (!wanted[i])
			continue;
		if (i >= vars_len)
			add_setvar(&rq->response,
				   &facts.cfg->setvar[i - vars_len]);
		else if (var_value(&vars[i], &facts, &t))
			response_item(&rq->response, vars[i].name, value);
	}
	response_end(&rq->response);
}

/* --- operations ------------------------------------------------------------ */

static void answer_status(struct request *rq)
{
	response_end(&rq->response);
}

static void answer_readstat(struct request *rq)
{
	const struct control_view *v = rq->view;

	if (rq->assoc) {
		rq->hdr.count = 0;
		answer_vars(rq, VAR_PEER);
		return;
	}
	for (size_t i = 0; i < v->n_assoc; i++) {
		uint8_t pair[4];
		struct bytes_out out = bytes_out(pair, sizeof pair);

		bytes_put_u16(&out, v->assoc[i].id);
		bytes_put_u16(&out, status_peer(&v->assoc[i]));
		response_bytes(&rq->response, pair, sizeof pair);
	}
	response_end(&rq->response);
}

static void answer_readvar(struct request *rq)
{
	answer_vars(rq, rq->assoc ? VAR_PEER : VAR_SYS);
}

/* Association 0 means the system peer when it is a clock, else the first clock. */
static void answer_readclock(struct request *rq)
{
	const struct control_view *v = rq->view;
	const struct assoc_report *clock = rq->assoc;

	if (!clock && v->facts.sys_peer &&
	    v->facts.sys_peer->kind == ASSOC_LOCAL_CLOCK)
		clock = v->facts.sys_peer;
	for (size_t i = 0; !clock && i < v->n_assoc; i++)
		if (v->assoc[i].kind == ASSOC_LOCAL_CLOCK)
			clock = &v->assoc[i];
	if (!clock || clock->kind != ASSOC_LOCAL_CLOCK) {
		response_error(&rq->response, CONTROL_ERR_BADASSOC);
		return;
	}
	rq->assoc = clock;
	rq->response.hdr.status = status_clock(clock);
	answer_vars(rq, VAR_CLOCK);
}

/* A nonce is the time and a keyed hash of time and address: no state is kept. */
static void answer_nonce(struct request *rq)
{
	struct ntp_ts now = ntp_ts_from_ns(rq->view->facts.sys->wall_ns);
	uint8_t covered[8 + 16 + 2];
	struct bytes_out out = bytes_out(covered, sizeof covered);
	char nonce[3 * 8 + 1];
	struct text t = text_init(nonce, sizeof nonce);
	uint64_t hash;

	bytes_put_u64(&out, now.v);
	bytes_put(&out, rq->peer->ip, sizeof rq->peer->ip);
	bytes_put_u16(&out, rq->peer->port);
	hash = siphash(rq->view->nonce_key, covered, sizeof covered);
	text_add(&t, "%016" PRIx64 "%08" PRIx32, now.v, (uint32_t)hash);
	response_item(&rq->response, "nonce", nonce);
	response_end(&rq->response);
}

static const struct {
	enum control_op op;
	void (*answer)(struct request *rq);
} operations[] = {
	{CONTROL_UNSPEC, answer_status},
	{CONTROL_READSTAT, answer_readstat},
	{CONTROL_READVAR, answer_readvar},
	{CONTROL_READCLOCK, answer_readclock},
	{CONTROL_REQ_NONCE, answer_nonce},
};

static void answer_operation(struct request *rq)
{
	for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
		if (operations[i].op == rq->hdr.op) {
			operations[i].answer(rq);
			return;
		}
	}
	/* The lists of interfaces and restrictions exist for those with a key. */
	response_error(&rq->response, rq->hdr.op == CONTROL_READ_ORDLIST
					      ? CONTROL_ERR_PERMISSION
					      : CONTROL_ERR_BADOP);
}

void request_answer(const struct control_view *view,
		    const struct net_addr *peer, const uint8_t *data,
		    size_t len, control_emit_fn emit, void *arg)
{
	struct request rq = {.view = view, .peer = peer};
	const struct var_facts *f = &view->facts;
	const uint8_t *payload;
	uint16_t status;

	if (control_decode(data, len, &rq.hdr, &payload) < 0 ||
	    rq.hdr.response || rq.hdr.error || rq.hdr.more || rq.hdr.offset ||
	    rq.hdr.version < 1 || rq.hdr.version > 4)
		return;
	rq.text = (const char *)payload;
	if (rq.hdr.assoc_id)
		rq.assoc = find_assoc(view, rq.hdr.assoc_id);
	status = rq.assoc ? status_peer(rq.assoc)
			  : status_sys(f->sys, f->sys_peer);
	response_init(&rq.response, &rq.hdr, f->sys->view.leap, status, emit,
		      arg);
	if (rq.hdr.assoc_id && !rq.assoc)
		response_error(&rq.response, CONTROL_ERR_BADASSOC);
	else
		answer_operation(&rq);
}
