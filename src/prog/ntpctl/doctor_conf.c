/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/sandbox.h"
#include "prog/ntpctl/doctor.h"

#define RESTRICT_LINE \
	"restrict default nomodify notrap nopeer noquery kod limited"
#define PUBLIC_MIN_POLL 6 /* 64 s */
#define CLOCK_LOCAL 1     /* 127.127.1.x */

/* Without a configuration nothing can be said of it; config says why. */
static bool has_conf(const struct doctor *d, struct finding *f)
{
	if (!d->conf)
		found(f, FINDING_UNKNOWN, "%s could not be read", d->path);
	return d->conf;
}

static void add_place(char *out, size_t cap, const struct conf_source *s)
{
	struct text t = {0};
	size_t len = strlen(out);

	t = text_init(out + len, cap - len);
	text_add(&t, "%s%s (line %u)", len ? ", " : "", s->host, s->pos.line);
}

void doctor_config(struct doctor *d, struct finding *f)
{
	if (d->conf) {
		found(f, FINDING_OK, "%s has no errors", d->path);
		return;
	}
	found(f, FINDING_FAIL, "%s", d->conf_why);
	found_fix(f, "ntpd --check -c %s shows every line", d->path);
}

static bool is_network(const struct conf_source *s)
{
	return s->kind != SOURCE_REFCLOCK && !s->noselect;
}

void doctor_sources(struct doctor *d, struct finding *f)
{
	unsigned n = 0, pools = 0;

	if (!has_conf(d, f))
		return;
	for (size_t i = 0; i < d->conf->n_source; i++) {
		n += is_network(&d->conf->source[i]);
		pools += d->conf->source[i].kind == SOURCE_POOL;
	}
	if (pools && d->has_doc) {
		/* Each pool line leads to several. */
		for (size_t i = n = 0; i < d->doc.n_source; i++)
			n += strcmp(d->doc.source[i].mode, "server") == 0;
		found(f, n < 4 ? FINDING_WARN : FINDING_OK,
		      "%u servers in use, of %u pool lines", n, pools);
		if (n < 4)
			found_fix(f, "wait until the names have led to more, "
				     "or name four to seven servers");
		return;
	}
	found(f, n < 4 || n > 7 ? FINDING_WARN : FINDING_OK,
	      "%u sources configured; four to seven are right", n);
	if (n < 4)
		found_fix(f, "choose servers near you, one of each operator: "
			     "with fewer than four a wrong one is not always "
			     "outvoted");
	else if (n > 7)
		found_fix(f, "more than seven add requests, not accuracy");
}

static bool is_pool_name(const struct conf_source *s)
{
	static const char suffix[] = "pool.ntp.org";
	size_t len = strlen(s->host), end = sizeof suffix - 1;

	return s->kind == SOURCE_POOL ||
	       (len >= end && strcasecmp(s->host + len - end, suffix) == 0);
}

void doctor_upstream(struct doctor *d, struct finding *f)
{
	char names[256] = "";

	if (!has_conf(d, f))
		return;
	for (size_t i = 0; i < d->conf->n_source; i++)
		if (is_pool_name(&d->conf->source[i]))
			add_place(names, sizeof names, &d->conf->source[i]);
	if (!*names) {
		found(f, FINDING_OK, "no source is the pool's");
		return;
	}
	found(f, FINDING_FAIL, "servers of a pool must not follow it: %s",
	      names);
	found_fix(f, "replace these lines by servers that you chose: "
		     "ntpctl sources shows those in use");
}

void doctor_local_clock(struct doctor *d, struct finding *f)
{
	char names[256] = "";

	if (!has_conf(d, f))
		return;
	for (size_t i = 0; i < d->conf->n_source; i++) {
		const struct conf_source *s = &d->conf->source[i];

		if (s->kind == SOURCE_REFCLOCK && s->clock_type == CLOCK_LOCAL)
			add_place(names, sizeof names, s);
	}
	if (!*names) {
		found(f, FINDING_OK, "no local clock");
		return;
	}
	found(f, pool_level(d),
	      "the local clock is served as if it were a source: %s", names);
	found_fix(f, "take its server and fudge lines out: without sources "
		     "a server should say that it has lost its time");
}

/* What a stranger of that family meets. */
static unsigned default_flags(const struct config *c, enum conf_family family)
{
	unsigned flags = 0;

	for (size_t i = 0; i < c->n_restrict; i++) {
		const struct conf_restrict *r = &c->restricts[i];

		if (r->kind != RESTRICT_DEFAULT ||
		    (r->family != FAMILY_ANY && r->family != family))
			continue;
		flags = r->remove ? flags & ~r->flags : flags | r->flags;
	}
	return flags;
}

static const char *families_without(const struct doctor *d, unsigned any_of)
{
	bool v4 = default_flags(d->conf, FAMILY_IPV4) & any_of,
	     v6 = default_flags(d->conf, FAMILY_IPV6) & any_of;

	return v4 && v6 ? NULL : v4 ? "IPv6" : v6 ? "IPv4" : "IPv4 and IPv6";
}

void doctor_noquery(struct doctor *d, struct finding *f)
{
	const char *lacks;

	if (!has_conf(d, f))
		return;
	/* Without any such line the daemon answers no questions of strangers. */
	lacks = d->conf->has_restrict_default
			? families_without(d, RES_NOQUERY | RES_IGNORE)
			: NULL;
	if (!lacks) {
		found(f, FINDING_OK,
		      "strangers get the time, and no answers to ntpq");
		return;
	}
	found(f, pool_level(d),
	      "the default for %s has no \"noquery\": answers to strangers "
	      "are larger than their questions",
	      lacks);
	found_fix(f, RESTRICT_LINE);
	snprintf(f->lines, sizeof f->lines, RESTRICT_LINE);
}

void doctor_kod_limited(struct doctor *d, struct finding *f)
{
	const char *limited, *kod;

	if (!has_conf(d, f))
		return;
	limited = families_without(d, RES_LIMITED | RES_IGNORE);
	kod = families_without(d, RES_KOD | RES_IGNORE);
	if (!limited && !kod) {
		found(f, FINDING_OK,
		      "who asks too often is told, then "
		      "ignored");
		return;
	}
	found(f, FINDING_WARN, "the default for %s has no \"%s\"",
	      limited ? limited : kod, limited ? "limited" : "kod");
	found_fix(f, RESTRICT_LINE);
	snprintf(f->lines, sizeof f->lines, RESTRICT_LINE);
}

void doctor_serves(struct doctor *d, struct finding *f)
{
	unsigned v4, v6;

	if (!has_conf(d, f))
		return;
	v4 = default_flags(d->conf, FAMILY_IPV4);
	v6 = default_flags(d->conf, FAMILY_IPV6);
	if (!((v4 | v6) & (RES_IGNORE | RES_NOSERVE))) {
		found(f, FINDING_OK, "everybody may ask for the time");
		return;
	}
	found(f, FINDING_FAIL, "the default for %s has \"%s\"",
	      v4 & (RES_IGNORE | RES_NOSERVE) ? "IPv4" : "IPv6",
	      (v4 | v6) & RES_IGNORE ? "ignore" : "noserve");
	found_fix(f, RESTRICT_LINE);
}

void doctor_burst(struct doctor *d, struct finding *f)
{
	char names[256] = "";

	if (!has_conf(d, f))
		return;
	for (size_t i = 0; i < d->conf->n_source; i++)
		if (d->conf->source[i].burst && is_network(&d->conf->source[i]))
			add_place(names, sizeof names, &d->conf->source[i]);
	if (!*names) {
		found(f, FINDING_OK, "no \"burst\"");
		return;
	}
	found(f, FINDING_FAIL, "\"burst\" asks eight times at every poll: %s",
	      names);
	found_fix(f, "write iburst, unless the server is your own");
}

void doctor_minpoll(struct doctor *d, struct finding *f)
{
	char names[256] = "";

	if (!has_conf(d, f))
		return;
	for (size_t i = 0; i < d->conf->n_source; i++) {
		const struct conf_source *s = &d->conf->source[i];

		if (is_network(s) && s->min_poll_log2 < PUBLIC_MIN_POLL)
			add_place(names, sizeof names, s);
	}
	if (!*names) {
		found(f, FINDING_OK, "nobody is asked more than once a minute");
		return;
	}
	found(f, FINDING_WARN, "minpoll below 6: %s", names);
	found_fix(f, "leave minpoll away, unless the server is your own");
}

/* As the configuration says, else as the daemon runs; its user is called ntp. */
static struct sandbox_user daemon_user(const struct doctor *d)
{
	struct sandbox_user user = {0};
	char path[64];
	struct stat st;

	snprintf(path, sizeof path, "/proc/%lld",
		 d->has_doc ? (long long)d->doc.daemon.pid : 0LL);
	if (d->conf->user) {
		if (sandbox_find_user(d->conf->user, &user) < 0)
			user.name = d->conf->user;
	} else if (stat(path, &st) == 0) {
		user.uid = st.st_uid;
		user.gid = st.st_gid;
	} else if (sandbox_find_user("ntp", &user) < 0) {
		user.name = "ntp";
	}
	return user;
}

/* May that user make files in the folder? */
static bool may_write(const struct stat *st, const struct sandbox_user *user)
{
	if (user->uid == 0 || st->st_uid == user->uid)
		return user->uid == 0 || st->st_mode & S_IWUSR;
	if (st->st_gid == user->gid)
		return st->st_mode & S_IWGRP;
	return st->st_mode & S_IWOTH;
}

void doctor_driftfile(struct doctor *d, struct finding *f)
{
	const char *path = d->conf ? d->conf->drift_file : NULL;
	const char *slash = path ? strrchr(path, '/') : NULL;
	struct sandbox_user user;
	char folder[512];
	struct stat st;

	if (!has_conf(d, f))
		return;
	if (!path || !slash) {
		found(f, FINDING_WARN,
		      "no driftfile: each start begins with "
		      "an unknown frequency");
		found_fix(f, "driftfile /var/lib/ntp/ntp.drift");
		snprintf(f->lines, sizeof f->lines,
			 "driftfile /var/lib/ntp/ntp.drift");
		return;
	}
	snprintf(folder, sizeof folder, "%s%.*s", d->root,
		 slash == path ? 1 : (int)(slash - path), path);
	user = daemon_user(d);
	if (stat(folder, &st) < 0 || !S_ISDIR(st.st_mode))
		found(f, FINDING_FAIL, "%s is not there, so %s cannot be kept",
		      folder, path);
	else if (!may_write(&st, &user))
		found(f, FINDING_FAIL, "%s may not be written by user %s",
		      folder, user.name ? user.name : "ntp");
	else
		found(f, FINDING_OK, "%s can be kept", path);
	if (f->level == FINDING_FAIL)
		found_fix(f, "install -d -o ntp -g ntp %s", folder);
}
