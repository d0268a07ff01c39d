/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/socket.h>

#include "base/container.h"
#include "base/units.h"
#include "ctl/status_doc.h"
#include "ntp/answer.h"

/*
 * Why a source is not used: a row and two short functions each.  All that hold
 * give their word, the first one the sentence, so what explains the most comes
 * first.
 */
struct reason {
	const char *word;
	bool (*holds)(const struct status_facts *f,
		      const struct assoc_report *a);
	void (*note)(const struct status_facts *f, const struct assoc_report *a,
		     struct text *t);
};

/* An answer to one of the last polls. */
static bool heard_lately(const struct status_facts *f,
			 const struct assoc_report *a)
{
	return a->last_reply_mono_ns != INT64_MIN &&
	       f->now->sys.mono_ns - a->last_reply_mono_ns <
		       (INT64_C(3) << a->host_poll_log2) * NS_PER_S;
}

static bool was_heard(const struct assoc_report *a)
{
	return a->last_reply_mono_ns != INT64_MIN;
}

#define REASON(name)                                        \
	static bool is_##name(const struct status_facts *f, \
			      const struct assoc_report *a)
#define NOTE(name)                                            \
	static void note_##name(const struct status_facts *f, \
				const struct assoc_report *a, struct text *t)

REASON(pool)
{
	(void)f;
	return a->kind == ASSOC_POOL_NAME;
}

NOTE(pool)
{
	unsigned n = 0;

	for (size_t i = 0; i < f->now->n; i++)
		n += f->now->assoc[i].kind == ASSOC_SERVER &&
		     f->now->assoc[i].conf == a->conf;
	text_add(t, "a name for many servers, %u of them are asked", n);
}

REASON(standby)
{
	(void)f;
	return a->kind == ASSOC_LOCAL_CLOCK;
}

NOTE(standby)
{
	(void)f;
	(void)a;
	text_add(t, "this machine's own clock, served when no server is left");
}

REASON(unresolved)
{
	(void)f;
	return a->kind == ASSOC_SERVER && a->addr.family == AF_UNSPEC;
}

NOTE(unresolved)
{
	(void)f;
	(void)a;
	text_add(t, "its name has not led to an address that is not asked "
		    "already");
}

REASON(no_key)
{
	(void)f;
	return a->no_key;
}

NOTE(no_key)
{
	(void)f;
	text_add(t, "key %u is not in the keys file, so it is not asked",
		 a->key_id);
}

REASON(unweighed)
{
	(void)f;
	return a->unweighed;
}

NOTE(unweighed)
{
	(void)f;
	(void)a;
	text_add(t, "only %d sources are compared at a time",
		 ESTIMATOR_MAX_SOURCES);
}

REASON(denied)
{
	(void)f;
	return a->denied;
}

NOTE(denied)
{
	(void)f;
	(void)a;
	text_add(t, "it refuses us (DENY); asked again within the hour");
}

REASON(rate)
{
	(void)f;
	return !a->reach && a->by_verdict[REPLY_RATE] &&
	       a->refid == refid_from_code("RATE");
}

NOTE(rate)
{
	(void)f;
	text_add(t,
		 "it says that we ask too often (RATE); asked every %d s now",
		 1 << a->host_poll_log2);
}

REASON(auth)
{
	(void)f;
	return a->flash & FLASH_PKT_AUTH;
}

NOTE(auth)
{
	(void)f;
	text_add(t, "its answers are not signed with key %u", a->key_id);
}

REASON(loop)
{
	(void)f;
	return a->flash & FLASH_PEER_LOOP;
}

NOTE(loop)
{
	(void)f;
	(void)a;
	text_add(t, "it gets its time from us");
}

REASON(unsynchronised)
{
	return a->flash & FLASH_PKT_UNSYNC && heard_lately(f, a);
}

NOTE(unsynchronised)
{
	(void)f;
	(void)a;
	text_add(t, "it says that its own clock is not synchronised");
}

REASON(bad_reply)
{
	(void)f;
	return a->flash & FLASH_PKT_HEADER;
}

NOTE(bad_reply)
{
	(void)f;
	(void)a;
	text_add(t, "its answers make no sense");
}

REASON(not_asked)
{
	(void)f;
	return a->kind == ASSOC_SERVER && a->addr.family != AF_UNSPEC &&
	       !a->sent && !a->no_key;
}

NOTE(not_asked)
{
	(void)f;
	(void)a;
	text_add(t, "not asked yet");
}

REASON(unreachable)
{
	return a->sent && !a->reach && !heard_lately(f, a);
}

NOTE(unreachable)
{
	char at[40];
	struct text when = text_init(at, sizeof at);

	if (!was_heard(a)) {
		text_add(t,
			 "no answer to %llu requests: nothing comes back (is "
			 "it down, or a firewall in between?)",
			 (unsigned long long)a->sent);
		return;
	}
	status_add_time(&when, status_wall_ns(f, a->last_reply_mono_ns));
	text_add(t, "silent since %.19sZ, for %u polls", at, a->unreach);
}

REASON(noselect)
{
	(void)f;
	return a->conf->noselect;
}

NOTE(noselect)
{
	(void)f;
	(void)a;
	text_add(t, "only watched, as its noselect says");
}

REASON(stratum)
{
	(void)f;
	return a->est.bad_stratum;
}

NOTE(stratum)
{
	text_add(t, "its stratum %u is not within tos floor %u and ceiling %u",
		 a->stratum, f->cfg->tos.floor, f->cfg->tos.ceiling);
}

REASON(dist)
{
	(void)f;
	return a->est.too_far;
}

NOTE(dist)
{
	text_add(t, "it may be ");
	status_add_span(t, a->est.root_dist_s);
	text_add(t, " off, tos maxdist allows ");
	status_add_span(t, f->cfg->tos.max_dist_s);
}

REASON(outside_majority)
{
	(void)f;
	return a->est.status == SELECT_FALSETICK;
}

NOTE(outside_majority)
{
	if (!f->now->sys_peer) {
		text_add(t, "the sources contradict each other, and none has a "
			    "majority behind it");
		return;
	}
	text_add(t, "falseticker: ");
	status_add_span(t, a->est.offset_s);
	text_add(t, " off, which the majority contradicts");
}

REASON(clustering)
{
	(void)f;
	return a->est.status == SELECT_OUTLIER;
}

NOTE(clustering)
{
	(void)f;
	(void)a;
	text_add(t, "good, but farther from the others than they are from each "
		    "other");
}

/* What is left for one that answers well. */
static bool is_ready(const struct assoc_report *a)
{
	return a->est.status == SELECT_REJECT && a->reach &&
	       a->est.have_sample && !a->conf->noselect &&
	       !a->est.bad_stratum && !a->est.too_far;
}

REASON(minsane)
{
	return is_ready(a) && f->cfg->tos.min_sane > 1;
}

NOTE(minsane)
{
	(void)a;
	text_add(t, "fewer sources agree than the %u of tos minsane",
		 f->cfg->tos.min_sane);
}

REASON(waiting)
{
	return a->kind == ASSOC_SERVER && a->est.status == SELECT_REJECT &&
	       a->reach && (!a->est.have_sample || is_ready(a)) &&
	       !is_minsane(f, a);
}

NOTE(waiting)
{
	(void)f;
	(void)a;
	text_add(t, "it answers; compared as soon as more is known");
}

/* clang-format off */
static const struct reason reasons[] = {
	{"pool",             is_pool,             note_pool},
	{"standby",          is_standby,          note_standby},
	{"unresolved",       is_unresolved,       note_unresolved},
	{"no-key",           is_no_key,           note_no_key},
	{"too-many",         is_unweighed,        note_unweighed},
	{"denied",           is_denied,           note_denied},
	{"rate",             is_rate,             note_rate},
	{"auth",             is_auth,             note_auth},
	{"loop",             is_loop,             note_loop},
	{"unsynchronised",   is_unsynchronised,   note_unsynchronised},
	{"bad-reply",        is_bad_reply,        note_bad_reply},
	{"not-asked",        is_not_asked,        note_not_asked},
	{"unreachable",      is_unreachable,      note_unreachable},
	{"noselect",         is_noselect,         note_noselect},
	{"stratum",          is_stratum,          note_stratum},
	{"dist",             is_dist,             note_dist},
	{"outside-majority", is_outside_majority, note_outside_majority},
	{"clustering",       is_clustering,       note_clustering},
	{"minsane",          is_minsane,          note_minsane},
	{"waiting",          is_waiting,          note_waiting},
};
/* clang-format on */

size_t status_why(const struct status_facts *f, const struct assoc_report *a,
		  const char *words[STATUS_WHY_MAX], struct text *note)
{
	size_t n = 0;

	if (a->est.status == SELECT_SYS_PEER) {
		text_add(note, a->kind == ASSOC_LOCAL_CLOCK
				       ? "this machine's own clock is served"
				       : "system peer");
		return 0;
	}
	if (a->est.status == SELECT_CANDIDATE) {
		text_add(note, "averaged with the system peer");
		return 0;
	}
	for (size_t i = 0; i < ARRAY_LEN(reasons) && n < STATUS_WHY_MAX; i++) {
		if (!reasons[i].holds(f, a))
			continue;
		if (n == 0)
			reasons[i].note(f, a, note);
		words[n++] = reasons[i].word;
	}
	return n;
}
