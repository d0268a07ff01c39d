/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/ntpctl/doctor.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/container.h"
#include "conf/read.h"
#include "prog/ntpctl/commands.h"
#include "prog/ntpd/bundle.h"

#define CONFIG "/etc/ntp.conf"

/* clang-format off */
static const struct row {
	const char *id, *section;
	bool pool_only;
	void (*look)(struct doctor *d, struct finding *f);
} rows[] = {
	{"daemon",              "Service",  false, doctor_daemon},
	{"config",              "Service",  false, doctor_config},
	{"ntp-port-owner",      "Service",  false, doctor_port_owner},
	{"clock-control",       "Service",  false, doctor_clock_control},
	{"driftfile",           "Service",  false, doctor_driftfile},
	{"other-daemon",        "Conflict", false, doctor_other_daemon},
	{"kernel-meddling",     "Conflict", false, doctor_meddling},
	{"sync",                "Clock",    false, doctor_sync},
	{"offset",              "Clock",    false, doctor_offset},
	{"root-distance",       "Clock",    false, doctor_root_distance},
	{"freq",                "Clock",    false, doctor_freq},
	{"steps",               "Clock",    false, doctor_steps},
	{"own-stratum",         "Clock",    true,  doctor_stratum},
	{"leap-file",           "Clock",    false, doctor_leap_file},
	{"sources-4-7",         "Sources",  false, doctor_sources},
	{"falseticker",         "Sources",  false, doctor_falseticker},
	{"source-quality",      "Sources",  false, doctor_source_quality},
	{"diverse",             "Sources",  false, doctor_diverse},
	{"no-pool-upstream",    "Sources",  true,  doctor_upstream},
	{"no-local-clock",      "Sources",  false, doctor_local_clock},
	{"burst",               "Manners",  false, doctor_burst},
	{"minpoll",             "Manners",  false, doctor_minpoll},
	{"noquery-default",     "Access",   false, doctor_noquery},
	{"kod-limited",         "Access",   false, doctor_kod_limited},
	{"serves-strangers",    "Access",   true,  doctor_serves},
	{"amplification",       "Access",   false, doctor_amplification},
	{"static-address",      "Reach",    true,  doctor_static_address},
	{"firewall",            "Reach",    true,  doctor_firewall},
	{"conntrack",           "Reach",    false, doctor_conntrack},
	{"kernel-drops",        "Reach",    false, doctor_kernel_drops},
	{"answers",             "Reach",    true,  doctor_answers},
	{"reachable",           "Reach",    true,  doctor_reachable},
};
/* clang-format on */

static const char *const level_names[] = {"ok", "unknown", "warning",
					  "problem"};

struct finding *found(struct finding *f, enum finding_level level,
		      const char *evidence, ...)
{
	va_list ap;

	f->level = level;
	va_start(ap, evidence);
	vsnprintf(f->evidence, sizeof f->evidence, evidence, ap);
	va_end(ap);
	return f;
}

void found_fix(struct finding *f, const char *fix, ...)
{
	va_list ap;

	va_start(ap, fix);
	vsnprintf(f->fix, sizeof f->fix, fix, ap);
	va_end(ap);
}

enum finding_level pool_level(const struct doctor *d)
{
	return d->pool ? FINDING_FAIL : FINDING_WARN;
}

const struct net_addr *own_address(const struct doctor *d)
{
	for (int i = 0; i < d->n_iface; i++) {
		const struct interface *n = &d->iface[i];

		if (n->up && !net_addr_is_loopback(&n->addr) && !n->addr.scope)
			return &n->addr;
	}
	return NULL;
}

/* --- what they look at --------------------------------------------------------------- */

static void read_conf(struct doctor *d)
{
	struct disk_files disk;
	struct diags diags = {0};

	disk_files_init(&disk);
	if (conf_read(d->path, &disk.files, &d->conf, &diags) < 0) {
		const struct diag *first = NULL;

		for (size_t i = diags.len; i-- > 0;)
			if (diags.diag[i].level == DIAG_ERROR)
				first = &diags.diag[i];
		d->conf = NULL;
		if (first)
			snprintf(d->conf_why, sizeof d->conf_why,
				 "%s:%u:%u: %s (%u in all)", first->file,
				 first->line, first->column, first->text,
				 diags.errors);
	}
	diags_free(&diags);
	disk_files_done(&disk);
}

static void prepare(struct doctor *d)
{
	struct text why = text_init(d->doc_why, sizeof d->doc_why);

	d->has_doc = ctl_try_document(d->ctl, &d->doc, &why) == 0;
	if (!d->path)
		d->path = d->has_doc && *d->doc.daemon.config
				  ? d->doc.daemon.config
				  : CONFIG;
	read_conf(d);
	d->n_iface = interfaces_list(&d->iface);
}

static void done(struct doctor *d)
{
	if (d->has_doc)
		doc_done(&d->doc);
	config_free(d->conf);
	free(d->iface);
}

/* --- what is told ---------------------------------------------------------------------- */

static void put_row(struct output *o, const struct row *r,
		    const struct finding *f)
{
	output_row(o);
	output_text(o, "id", r->id);
	output_text(o, "section", r->section);
	output_text(o, "level", level_names[f->level]);
	output_text(o, "evidence", f->evidence);
	output_text(o, "fix", f->fix);
}

/* The word stands there in any case; the colour only helps to find it. */
static void put_words(struct output *o, const struct row *r,
		      const struct finding *f, const char *section)
{
	static const char *const words[] = {"ok", "?", "WARN", "FAIL"};
	static const char *const colours[] = {CLI_GREEN, "", CLI_YELLOW,
					      CLI_RED};
	char shown[sizeof f->evidence];

	show_plain(shown, sizeof shown, f->evidence);
	fprintf(o->to, "%-9s %s%-5s%s %s  [%s]\n", section,
		o->colour ? colours[f->level] : "", words[f->level],
		o->colour ? CLI_PLAIN : "", shown, r->id);
	if (*f->fix) {
		show_plain(shown, sizeof shown, f->fix);
		fprintf(o->to, "%-9s fix   %s\n", "", shown);
	}
}

static void put_drop_in(struct output *o, const struct row *r,
			const struct finding *f)
{
	char shown[sizeof f->evidence];

	if (f->level < FINDING_WARN)
		return;
	show_plain(shown, sizeof shown, f->evidence);
	fprintf(o->to, "# %s: %s\n", r->id, shown);
	if (*f->lines)
		fprintf(o->to, "%s\n", f->lines);
	else
		fprintf(o->to, "#   %s\n", f->fix);
}

static void put_verdict(struct output *o, const unsigned n[])
{
	if (n[FINDING_FAIL] + n[FINDING_WARN] == 0)
		fprintf(o->to, "Nothing to do; %u could not be known.\n",
			n[FINDING_UNKNOWN]);
	else
		fprintf(o->to,
			"%u to mend, %u to think about. What one means: "
			"ntpctl explain ID\n",
			n[FINDING_FAIL], n[FINDING_WARN]);
}

static int examine(struct doctor *d, bool drop_in)
{
	struct output *o = &d->ctl->out;
	bool words = o->form == OUTPUT_TABLE;
	const char *section = "";
	unsigned n[4] = {0};

	if (!words)
		output_list(o);
	else if (drop_in)
		fprintf(o->to, "# Proposed by ntpctl doctor; read it before "
			       "you use it.\n");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct finding f = {.level = FINDING_OK};
		const struct row *r = &rows[i];

		if (r->pool_only && !d->pool)
			continue;
		r->look(d, &f);
		n[f.level]++;
		if (!words)
			put_row(o, r, &f);
		else if (drop_in)
			put_drop_in(o, r, &f);
		else
			put_words(o, r, &f,
				  strcmp(section, r->section) ? r->section
							      : "");
		section = r->section;
	}
	if (!words)
		output_end(o);
	else if (!drop_in)
		put_verdict(o, n);
	return n[FINDING_FAIL] ? 2 : n[FINDING_WARN] ? 1 : 0;
}

int cmd_doctor(struct ctl *c)
{
	struct doctor d = {
		.ctl = c,
		.pool = ctl_option(c, "pool"),
		.helper = ctl_option(c, "helper"),
		.path = ctl_option(c, "conf"),
		.root = "",
	};
	int status;

	prepare(&d);
	status = examine(&d, ctl_option(c, "fix"));
	done(&d);
	return status;
}
