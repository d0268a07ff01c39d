/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/alloc.h"
#include "base/json.h"
#include "ctl/commands.h"
#include "ctl/status_doc.h"
#include "ntp/clients.h"

/*
 * The busiest of all tables, found in one walk: a heap whose root is the least
 * busy of those kept so far.
 */
struct busiest {
	struct client_report *client;
	size_t n, max, all;
};

static void sift_down(struct busiest *b, size_t i)
{
	for (;;) {
		size_t least = i;

		for (size_t child = 2 * i + 1; child <= 2 * i + 2; child++)
			if (child < b->n &&
			    b->client[child].count < b->client[least].count)
				least = child;
		if (least == i)
			return;
		struct client_report other = b->client[i];

		b->client[i] = b->client[least];
		b->client[least] = other;
		i = least;
	}
}

static void consider(struct busiest *b, const struct client_report *r)
{
	b->all++;
	if (b->n < b->max) {
		b->client[b->n++] = *r;
		/* A heap only once it is full: most never are. */
		if (b->n == b->max)
			for (size_t i = b->n / 2; i-- > 0;)
				sift_down(b, i);
	} else if (r->count > b->client[0].count) {
		b->client[0] = *r;
		sift_down(b, 0);
	}
}

static void walk(struct busiest *b, const void *table, size_t len,
		 int64_t mono_ns)
{
	struct client_report r;

	for (size_t i = 0; clients_read(table, len, i, mono_ns, &r); i++)
		if (r.addr.family != AF_UNSPEC)
			consider(b, &r);
}

static int by_count(const void *a, const void *b)
{
	const struct client_report *x = a, *y = b;

	return (x->count < y->count) - (x->count > y->count);
}

static void put_client(struct json *j, const struct client_report *r,
		       int64_t mono_minus_wall_ns)
{
	char addr[NET_ADDR_TEXT_LEN + 4], when[40];
	struct text t = text_init(when, sizeof when);

	net_addr_format(&r->addr, addr);
	if (r->addr.family == AF_INET6)
		memcpy(addr + strlen(addr), "/64", sizeof "/64");
	status_add_time(&t, r->last_mono_ns - mono_minus_wall_ns);
	json_object(j, NULL);
	json_text(j, "address", addr);
	json_int(j, "received", r->count);
	json_text(j, "last_seen", when);
	json_int(j, "version", r->version);
	json_int(j, "mode", r->mode);
	json_bool(j, "over_limit", r->limited);
	json_end_object(j);
}

void clients_document(const struct command_inputs *in, size_t max,
		      struct buf *out)
{
	struct busiest b = {xcalloc(max, sizeof *b.client), 0, max, 0};
	struct json j = json_init(out);
	struct sys_report sys;
	const void *table;
	char when[40];
	struct text t = text_init(when, sizeof when);
	size_t len;

	engine_report(in->engine, &sys);
	for (unsigned i = 0; (table = in->ops->clients(in->arg, i, &len)); i++)
		walk(&b, table, len, sys.mono_ns);
	qsort(b.client, b.n, sizeof *b.client, by_count);
	status_add_time(&t, sys.wall_ns);
	json_object(&j, NULL);
	json_text(&j, "schema", "ntp-clients/1");
	json_text(&j, "time", when);
	json_int(&j, "total", (int64_t)b.all);
	json_array(&j, "clients");
	for (size_t i = 0; i < b.n; i++)
		put_client(&j, &b.client[i], sys.mono_ns - sys.wall_ns);
	json_end_array(&j);
	json_end_object(&j);
	buf_add(out, "\n", 1);
	free(b.client);
}
