/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/ntpctl/convert.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/container.h"
#include "cli/show.h"
#include "conf/read.h"
#include "prog/ntpctl/commands.h"
#include "prog/ntpctl/talk.h"

#define LINE_MAX_LEN 4096
#define SHOWN_MAX 200

/* --- writing ----------------------------------------------------------------------- */

void convert_put(struct conversion *v, const char *fmt, ...)
{
	char line[LINE_MAX_LEN], shown[LINE_MAX_LEN];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	show_plain(shown, sizeof shown, line);
	buf_printf(&v->out, "%s\n", shown);
}

void convert_lose(struct conversion *v, const char *what, const char *reason)
{
	char shown[256];

	show_plain(shown, sizeof shown, what);
	buf_printf(&v->lost, "#   line %u: %s: %s\n", v->line, shown, reason);
	v->n_lost++;
}

/* --- reading ----------------------------------------------------------------------- */

bool convert_next(struct conversion *v, const char **text, const char *comments,
		  struct convert_words *w)
{
	size_t len = strcspn(*text, "\n");
	char *rest = NULL;

	*w = (struct convert_words){0};
	if (!**text)
		return false;
	v->line++;
	if (len >= sizeof w->copy) {
		convert_lose(v, "a line", "it is too long");
	} else {
		memcpy(w->copy, *text, len);
		w->copy[strcspn(w->copy, comments)] = '\0';
		for (char *p = strtok_r(w->copy, " \t\r", &rest);
		     p && w->n < CONVERT_WORDS_MAX;
		     p = strtok_r(NULL, " \t\r", &rest))
			w->word[w->n++] = p;
	}
	*text += len + ((*text)[len] == '\n');
	return true;
}

/* --- does it pass our own parser? -------------------------------------------------- */

/* The result as the only file there is. */
struct one_file {
	struct conf_files files;
	const struct buf *text;
};

#define RESULT "ntp.conf"

static int one_read(struct conf_files *f, const char *path, char **text,
		    size_t *len)
{
	struct one_file *one = CONTAINER_OF(f, struct one_file, files);

	if (strcmp(path, RESULT) != 0)
		return -ENOENT;
	*len = one->text->len;
	*text = xstrndup(buf_text(one->text), *len);
	return 0;
}

static int one_list(struct conf_files *f, const char *dir, char ***names,
		    size_t *n)
{
	(void)f;
	(void)dir;
	*names = NULL;
	*n = 0;
	return 0;
}

/* Is line number one that has an error, and why? */
static const char *error_at(const struct diags *d, unsigned line)
{
	for (size_t i = 0; i < d->len; i++)
		if (d->diag[i].level == DIAG_ERROR && d->diag[i].line == line)
			return d->diag[i].text;
	return NULL;
}

/* Lines with errors become comments, and comments with errors go.  How many. */
static unsigned comment_out(struct buf *conf, const struct diags *d)
{
	struct buf kept = {0};
	unsigned n = 0, number = 1;

	for (const char *p = buf_text(conf); *p; number++) {
		const char *why = error_at(d, number);
		size_t len = strcspn(p, "\n");

		if (why) {
			n++;
			if (*p != '#')
				buf_printf(&kept, "# %.*s\n#   ^ %s\n",
					   (int)(len < SHOWN_MAX ? len
								 : SHOWN_MAX),
					   p, why);
		} else {
			buf_printf(&kept, "%.*s\n", (int)len, p);
		}
		p += len + (p[len] == '\n');
	}
	buf_done(conf);
	*conf = kept;
	return n;
}

/* What is understood, but has no effect. */
static void lose_idle_words(struct buf *lost, const struct diags *d,
			    unsigned *n_lost)
{
	for (size_t i = 0; i < d->len; i++) {
		if (strcmp(d->diag[i].id, "not-built") != 0)
			continue;
		buf_printf(lost, "#   here, line %u: %s\n", d->diag[i].line,
			   d->diag[i].text);
		++*n_lost;
	}
}

static void settle(struct conversion *v, unsigned *n_lost)
{
	struct one_file one = {
		.files = {.read = one_read, .list = one_list},
		.text = &v->out,
	};
	struct config *cfg = NULL;
	struct diags d = {0};
	unsigned n;

	*n_lost = v->n_lost;
	do {
		diags_free(&d);
		config_free(cfg);
		cfg = NULL;
		n = 0;
		if (conf_read(RESULT, &one.files, &cfg, &d) < 0)
			n = comment_out(&v->out, &d);
		*n_lost += n;
	} while (n > 0);
	lose_idle_words(&v->lost, &d, n_lost);
	diags_free(&d);
	config_free(cfg);
}

/* --- the whole --------------------------------------------------------------------- */

static const struct {
	const char *name;
	void (*read)(struct conversion *v, const char *text);
} dialects[] = {
	{"chrony", convert_chrony},
	{"ntpsec", convert_ntpsec},
	{"openntpd", convert_openntpd},
	{"timesyncd", convert_timesyncd},
};

/* Who may ask: nobody but this machine, unless the old daemon served. */
static void put_access(struct conversion *v)
{
	convert_put(v, "restrict default %snomodify noquery kod limited",
		    v->serves ? "" : "noserve ");
	convert_put(v, "restrict 127.0.0.1");
	convert_put(v, "restrict ::1");
}

int convert(const char *from, const char *name, const char *text,
	    struct buf *out, unsigned *n_lost)
{
	struct conversion v = {0};
	char shown[256];
	size_t i = 0;

	while (i < ARRAY_LEN(dialects) && strcmp(dialects[i].name, from) != 0)
		i++;
	if (i == ARRAY_LEN(dialects))
		return -EINVAL;
	show_plain(shown, sizeof shown, name);
	convert_put(&v, "# made of %s by ntpctl convert --from %s", shown,
		    from);
	dialects[i].read(&v, text);
	if (strcmp(from, "ntpsec") != 0)
		put_access(&v);
	if (!v.has_source && strcmp(from, "ntpsec") != 0) {
		v.line = 0;
		convert_lose(&v, "no source", "add \"server NAME iburst\"");
	}
	settle(&v, n_lost);
	buf_add(out, v.out.data, v.out.len);
	if (v.lost.len > 0)
		buf_printf(out, "\n# What has no equal here:\n%s",
			   buf_text(&v.lost));
	buf_done(&v.out);
	buf_done(&v.lost);
	return 0;
}

int cmd_convert(struct ctl *c)
{
	const char *from = ctl_option(c, "from"), *path = ctl_arg(c, "FILE");
	struct buf text = {0}, out = {0};
	unsigned n_lost = 0;
	int r, status = CTL_OK;

	if (!from)
		return ctl_fail(c, "no-dialect",
				"--from chrony, ntpsec, openntpd or timesyncd");
	r = talk_read_file(path, &text);
	if (r < 0)
		status = ctl_fail(c, "no-file", "%s: %s", path, strerror(-r));
	else if (text.data && strlen(text.data) != text.len)
		status = ctl_fail(c, "no-text", "%s is no text", path);
	else if (convert(from, path, buf_text(&text), &out, &n_lost) < 0)
		status = ctl_fail(c, "no-dialect",
				  "--from is chrony, ntpsec, openntpd or "
				  "timesyncd, not %s",
				  from);
	if (status == CTL_OK && c->out.form == OUTPUT_TABLE) {
		fputs(buf_text(&out), c->out.to);
	} else if (status == CTL_OK) {
		output_one(&c->out);
		output_int(&c->out, "lost", n_lost);
		output_text(&c->out, "conf", buf_text(&out));
		output_end(&c->out);
	}
	buf_done(&text);
	buf_done(&out);
	return status;
}
