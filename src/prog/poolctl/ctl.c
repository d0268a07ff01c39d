/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/poolctl/ctl.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "pool/book/address.h"
#include "pool/store/account.h"
#include "pool/store/monitor.h"
#include "pool/store/person.h"

#define NTP_PORT 123
#define HOST_PORTS_MAX 64

const char *ctl_arg(const struct ctl *c, const char *name)
{
	return cli_arg(&c->cli, name);
}

int ctl_fail(struct ctl *c, const char *name, const char *fmt, ...)
{
	char text[768];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	output_error(&c->out, c->cli.program, name, text);
	return CTL_FAILED;
}

int ctl_verdict(struct ctl *c, enum book_verdict v)
{
	if (v == BOOK_OK)
		return CTL_OK;
	if (v == BOOK_STORE)
		return ctl_store(c, -1);
	return ctl_fail(c, book_verdict_name(v), "%s", book_verdict_text(v));
}

int ctl_store(struct ctl *c, int64_t r)
{
	if (r >= 0)
		return CTL_OK;
	return ctl_fail(c, "store", "the database: %s", db_error(c->db));
}

int ctl_done(struct ctl *c, enum book_verdict v)
{
	int status = ctl_verdict(c, v);

	if (status != CTL_OK)
		return status;
	if (c->out.form == OUTPUT_JSON) {
		output_one(&c->out);
		output_bool(&c->out, "ok", true);
		output_end(&c->out);
	} else {
		fputs("done\n", c->out.to);
	}
	return CTL_OK;
}

/* "#17" */
static bool is_id(const char *text, int64_t *id)
{
	long number;

	if (*text != '#' || text_to_int(text + 1, 1, INT32_MAX, &number) < 0)
		return false;
	*id = number;
	return true;
}

/* r: of the query.  Was it found? */
static bool found(struct ctl *c, int r, const char *what, const char *text)
{
	if (r < 0)
		ctl_store(c, r);
	else if (r == 0)
		ctl_fail(c, "unknown", "there is no %s '%s'", what, text);
	return r == 1;
}

bool ctl_find_account(struct ctl *c, const char *text, int64_t *id)
{
	struct account a = {0};
	int r = is_id(text, id) ? account_by_id(c->db, *id, &a)
				: account_by_slug(c->db, text, &a);

	*id = a.id;
	return found(c, r, "account", text);
}

bool ctl_find_person(struct ctl *c, const char *text, int64_t *id)
{
	struct person p = {0};
	int r = person_by_email(c->db, text, &p);

	*id = p.id;
	return found(c, r, "person", text);
}

/* Where no port is typed: 123, else the one of some other port. */
static int by_host(struct ctl *c, const char *host, struct server *out)
{
	struct db_rows rows;
	int r = server_by_address(c->db, host, NTP_PORT, out), end;

	if (r != 0)
		return r;
	server_ask_search(c->db, &rows, host, HOST_PORTS_MAX);
	while (r == 0 && server_next(&rows, out))
		r = strcmp(out->address, host) == 0;
	end = db_end(&rows);
	return end < 0 ? end : r;
}

bool ctl_find_server(struct ctl *c, const char *text, struct server *out)
{
	char host[HOSTNAME_LEN];
	uint16_t port;
	int64_t id;
	int r;

	if (is_id(text, &id))
		r = server_by_id(c->db, id, out);
	else if (address_split(text, host, sizeof host, &port) < 0)
		r = 0;
	else if (port)
		r = server_by_address(c->db, host, port, out);
	else
		r = by_host(c, host, out);
	return found(c, r, "server", text);
}

bool ctl_find_monitor(struct ctl *c, const char *text, int64_t *id)
{
	struct monitor m = {0};
	int r = monitor_by_name(c->db, text, &m);

	*id = m.id;
	return found(c, r, "monitor", text);
}

bool ctl_number(struct ctl *c, const char *name, long min, long max,
		long fallback, long *out)
{
	const char *text = ctl_arg(c, name);

	*out = fallback;
	if (!text || text_to_int(text, min, max, out) == 0)
		return true;
	ctl_fail(c, "bad-number", "%s: '%s' is not a number from %ld to %ld",
		 name, text, min, max);
	return false;
}
