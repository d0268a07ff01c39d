/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <sys/socket.h>

#include "base/container.h"
#include "base/text.h"
#include "conf/build.h"
#include "conf/handlers.h"
#include "conf/options.h"

static void mask_of_length(uint8_t mask[16], unsigned bits)
{
	memset(mask, 0, 16);
	for (unsigned i = 0; i < bits; i++)
		mask[i / 8] |= (uint8_t)(0x80 >> i % 8);
}

/*
 * ADDRESS/LENGTH as an address and its length; -1 when w has no slash, -2 after
 * a finding.
 */
static int read_prefix(struct reader *r, const struct word *w,
		       struct net_addr *addr)
{
	const char *slash = strchr(w->text, '/');
	char text[NET_ADDR_TEXT_LEN];
	size_t len;
	long bits;

	if (!slash)
		return -1;
	len = (size_t)(slash - w->text);
	if (len < sizeof text) {
		memcpy(text, w->text, len);
		text[len] = '\0';
		if (net_addr_parse(text, addr) == 0 &&
		    text_to_int(slash + 1, 0, (long)net_addr_len(addr) * 8,
				&bits) == 0)
			return (int)bits;
	}
	reader_error(r, "bad-prefix", w, NULL,
		     "'%s' is not ADDRESS/LENGTH with a length of 0 to 32 "
		     "(IPv4) or 128 (IPv6)",
		     w->text);
	return -2;
}

bool read_mask(struct reader *r, const struct option *o, void *base)
{
	struct conf_restrict *e = base;
	const struct word *w = reader_need(r, "the mask");
	struct net_addr mask;

	(void)o;
	if (!w)
		return false;
	if (e->kind != RESTRICT_PREFIX && e->kind != RESTRICT_HOST) {
		reader_error(r, "mask-without-address", w, NULL,
			     "a mask belongs to an address");
		return false;
	}
	if (net_addr_parse(w->text, &mask) < 0 ||
	    (e->kind == RESTRICT_PREFIX && mask.family != e->addr.family)) {
		reader_error(r, "bad-mask", w, NULL,
			     "'%s' is not a mask of the address's family",
			     w->text);
		return false;
	}
	memcpy(e->mask, mask.ip, sizeof e->mask);
	return true;
}

/* The address of a restrict line.  False after a finding. */
static bool read_subject(struct reader *r, const struct word *w,
			 struct conf_restrict *e)
{
	int bits;

	if (strcmp(w->text, "default") == 0) {
		e->kind = RESTRICT_DEFAULT;
		return true;
	}
	if (strcmp(w->text, "source") == 0) {
		e->kind = RESTRICT_SOURCE;
		return true;
	}
	bits = read_prefix(r, w, &e->addr);
	if (bits == -2)
		return false;
	e->kind = RESTRICT_PREFIX;
	if (bits < 0) {
		switch (read_host(r, w, e->family, &e->host, &e->addr)) {
		case HOST_BAD:
			return false;
		case HOST_NAME:
			e->kind = RESTRICT_HOST;
			break;
		case HOST_ADDRESS:
			e->host = NULL;
		}
		bits = 128;
	}
	if (e->kind == RESTRICT_PREFIX &&
	    bits > 8 * (int)net_addr_len(&e->addr))
		bits = 8 * (int)net_addr_len(&e->addr);
	mask_of_length(e->mask, (unsigned)bits);
	return true;
}

/* Bits outside the mask say nothing; 0.0.0.0 mask 0.0.0.0 is the default. */
static void normalise(struct conf_restrict *e)
{
	static const uint8_t none[16];

	if (e->kind != RESTRICT_PREFIX)
		return;
	for (size_t i = 0; i < sizeof e->mask; i++)
		e->addr.ip[i] &= e->mask[i];
	if (memcmp(e->mask, none, sizeof none) != 0)
		return;
	e->family = e->addr.family == AF_INET ? FAMILY_IPV4 : FAMILY_IPV6;
	e->kind = RESTRICT_DEFAULT;
}

void read_restrict(struct reader *r, const struct directive *d)
{
	struct conf_restrict e = {.family = reader_family(r)};
	const struct word *w =
		reader_need(r, "the address, 'default' or 'source'");
	unsigned errors = r->diags->errors;

	if (!w)
		return;
	e.pos = reader_pos(r, w);
	e.remove = d->param != 0;
	if (!read_subject(r, w, &e)) {
		return;
	}
	options_read(r, d, &e);
	if (r->diags->errors > errors)
		return;
	normalise(&e);
	if (e.flags & RES_KOD && !(e.flags & RES_LIMITED) && !e.remove)
		reader_say(r, DIAG_WARNING, "kod-without-limited", w,
			   "add limited", "kod does nothing without limited");
	if (e.kind == RESTRICT_DEFAULT && !e.remove)
		r->cfg->has_restrict_default = true;
	if (!config_add_restrict(r->cfg, &e) && reader_first(r, d))
		reader_error(r, "too-many-restricts", w, NULL,
			     "more than %d restrict lines", CONF_MAX_RESTRICTS);
}

static bool read_match(struct reader *r, const struct word *w,
		       struct conf_listen *l)
{
	static const struct {
		const char *name;
		enum conf_listen_match match;
	} words[] = {{"all", MATCH_ALL},
		     {"ipv4", MATCH_IPV4},
		     {"ipv6", MATCH_IPV6},
		     {"wildcard", MATCH_WILDCARD}};
	int bits;

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(w->text, words[i].name) == 0) {
			l->match = words[i].match;
			return true;
		}
	bits = read_prefix(r, w, &l->addr);
	if (bits == -2)
		return false;
	if (bits < 0 && net_addr_parse(w->text, &l->addr) == 0)
		bits = 8 * (int)net_addr_len(&l->addr);
	l->match = bits < 0 ? MATCH_NAME : MATCH_PREFIX;
	l->name = config_keep(r->cfg, w->text);
	l->prefix_len = bits < 0 ? 0 : (unsigned)bits;
	return true;
}

void read_interface(struct reader *r, const struct directive *d)
{
	unsigned action = ~0u;
	struct conf_listen l = {0};
	const struct word *w = reader_peek(r);

	if (!w) {
		reader_need(r, "'listen', 'ignore' or 'drop'");
		return;
	}
	if (!option_first(r, d, &action))
		return;
	l.action = (enum conf_listen_action)action;
	w = reader_need(r, "the interface or address");
	if (!w || !read_match(r, w, &l))
		return;
	reader_end(r);
	if (!config_add_listen(r->cfg, &l) && reader_first(r, d))
		reader_error(r, "too-many-interfaces", w, NULL,
			     "more than %d interface lines", CONF_MAX_LISTENS);
}
