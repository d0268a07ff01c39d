/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/errand/prove.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "os/resolver.h"
#include "pool/book/verify.h"
#include "pool/errand/fetch.h"
#include "pool/errand/txt.h"
#include "pool/probe/challenge.h"

/* The token with nothing but blanks around it. */
static bool is_token(const char *body, const char *token)
{
	size_t len = strlen(token);

	body += strspn(body, " \t\r\n");
	if (strncmp(body, token, len) != 0)
		return false;
	body += len;
	return body[strspn(body, " \t\r\n")] == '\0';
}

static bool prove_http(const struct verification *v, const struct server *s,
		       const struct pool_settings *set, struct text *evidence)
{
	struct guard guard = {.private_addresses = set->private_addresses};
	char url[200], name[VERIFY_NAME_LEN];
	struct buf body = {0};
	bool ok = false;

	book_verify_file_name(v, name);
	snprintf(url, sizeof url, "http://%s%s%s/.well-known/ntp-pool/%s",
		 s->family == 6 ? "[" : "", s->address,
		 s->family == 6 ? "]" : "", name);
	text_add(evidence, "%s: ", url);
	if (fetch_page(url, *s->hostname ? s->hostname : NULL, &guard, &body,
		       evidence) == 0) {
		ok = is_token(buf_text(&body), v->token);
		text_add(evidence,
			 ok ? "holds the token" : "the page is not the token");
	}
	buf_done(&body);
	return ok;
}

/* Who names the address in his zone must also be where the address is. */
static bool leads_there(const struct server *s, struct text *evidence)
{
	struct net_addr found[RESOLVE_MAX_ADDRS], addr;
	int n = resolve_now(s->hostname, s->family == 6 ? AF_INET6 : AF_INET,
			    found, RESOLVE_MAX_ADDRS);

	if (net_addr_parse(s->address, &addr) < 0)
		return false;
	for (int i = 0; i < n; i++)
		if (net_addr_same_host(&found[i], &addr))
			return true;
	if (n == -ENOENT)
		text_add(evidence, "%s does not exist, or has no %s address",
			 s->hostname, s->family == 6 ? "IPv6" : "IPv4");
	else if (n < 0)
		text_add(evidence, "the name servers of %s do not answer",
			 s->hostname);
	else
		text_add(evidence, "%s does not have the address %s",
			 s->hostname, s->address);
	return false;
}

static bool prove_dns(const struct verification *v, const struct server *s,
		      struct text *evidence)
{
	char name[HOSTNAME_LEN + 16];
	int r;

	if (!*s->hostname) {
		text_add(evidence, "the server has no host name");
		return false;
	}
	if (!leads_there(s, evidence))
		return false;
	snprintf(name, sizeof name, "_ntp-pool.%s", s->hostname);
	r = txt_has(name, v->token);
	text_add(evidence, "TXT of %s: %s", name,
		 r == 1         ? "holds the token"
		 : r == 0       ? "there are records, but none is the token"
		 : r == -ENOENT ? "there is no such record yet"
				: "its name servers do not answer");
	return r == 1;
}

static void on_challenged(struct challenge *c)
{
	loop_stop(c->host->loop);
}

/* The daemon itself has the token, and answers for the address it is asked at. */
static bool prove_ntp(const struct verification *v, const struct server *s,
		      const struct host *host, struct text *evidence)
{
	struct challenge c = {.done = on_challenged};
	struct net_addr addr;
	int r;

	if (net_addr_parse(s->address, &addr) < 0)
		return false;
	addr.port = s->port;
	challenge_start(&c, host, &addr, v->token);
	r = loop_run(host->loop);
	challenge_stop(&c);
	host->loop->stop = false;
	text_add(evidence, "%s", r < 0 ? strerror(-r) : c.why);
	return r == 0 && c.proved;
}

bool prove(const struct verification *v, const struct server *s,
	   const struct pool_settings *set, const struct host *host,
	   struct text *evidence)
{
	switch (v->method) {
	case VERIFY_HTTP:
		return prove_http(v, s, set, evidence);
	case VERIFY_DNS:
		return prove_dns(v, s, evidence);
	case VERIFY_NTP:
		return prove_ntp(v, s, host, evidence);
	default:
		text_add(evidence, "this is not for us to try");
		return false;
	}
}
