/* SPDX-License-Identifier: BSD-2-Clause */
#include "ctl/commands.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/container.h"
#include "base/text.h"
#include "base/utf8.h"
#include "conf/read.h"

#define CLIENTS_DEFAULT 1000
/* Lines of the same name that one command removes. */
#define REMOVED_MAX 64

/* A source that was added: its line, and the config that it is in. */
struct added {
	char *line;
	struct config *cfg;
};

struct commands {
	struct command_inputs in;
	struct added *added;
	size_t n_added, cap_added;
};

/* Says in out what was wrong when it returns false. */
typedef bool (*command_fn)(struct commands *c, const char *args,
			   struct buf *out);

static bool refuse(struct buf *out, const char *fmt, ...) PRINTF_LIKE(2, 3);

static bool refuse(struct buf *out, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	buf_printf(out, "error %s\n", text);
	return false;
}

/* --- sources --------------------------------------------------------------- */

static bool keep(struct commands *c)
{
	struct buf lines = {0};
	bool kept;

	for (size_t i = 0; i < c->n_added; i++)
		buf_printf(&lines, "%s\n", c->added[i].line);
	kept = c->in.ops->keep(c->in.arg, buf_text(&lines), lines.len);
	buf_done(&lines);
	return kept;
}

static void forget(struct commands *c, size_t i)
{
	config_free(c->added[i].cfg);
	free(c->added[i].line);
	c->n_added--;
	memmove(&c->added[i], &c->added[i + 1],
		(c->n_added - i) * sizeof *c->added);
}

/* If it is one that was added. */
static void forget_line(struct commands *c, const struct conf_source *conf)
{
	for (size_t i = c->n_added; i-- > 0;)
		if (&c->added[i].cfg->source[0] == conf)
			forget(c, i);
}

/* The only file that there is when a line is read: the line. */
struct line_file {
	struct conf_files files;
	const char *line;
};

#define LINE_NAME "source add"

static int read_line(struct conf_files *f, const char *path, char **text,
		     size_t *len)
{
	const struct line_file *l = CONTAINER_OF(f, struct line_file, files);

	if (strcmp(path, LINE_NAME) != 0)
		return -EACCES;
	*text = xstrdup(l->line);
	*len = strlen(l->line);
	return 0;
}

static int list_nothing(struct conf_files *f, const char *dir, char ***names,
			size_t *n)
{
	(void)f;
	(void)dir;
	*names = NULL;
	*n = 0;
	return 0;
}

/* The first error on the first line, and then all as a file would show them. */
static void put_findings(struct buf *out, const struct diags *d)
{
	const char *first = "the line cannot be read";

	for (size_t i = d->len; i-- > 0;)
		if (d->diag[i].level == DIAG_ERROR)
			first = d->diag[i].text;
	refuse(out, "%s", first);
	for (size_t i = 0; i < d->len; i++)
		if (d->diag[i].level == DIAG_ERROR)
			diag_add_text(out, &d->diag[i]);
}

/* The config that the line makes, or NULL and why. */
static struct config *read_source(const char *line, struct buf *out)
{
	struct line_file file = {{read_line, list_nothing}, line};
	struct diags diags = {0};
	struct config *cfg = NULL;

	if (conf_read(LINE_NAME, &file.files, &cfg, &diags) < 0) {
		put_findings(out, &diags);
	} else if (cfg->n_source != 1 ||
		   cfg->source[0].kind == SOURCE_REFCLOCK) {
		config_free(cfg);
		cfg = NULL;
		refuse(out, "a source is a line that begins with server, pool "
			    "or peer");
	}
	diags_free(&diags);
	return cfg;
}

static bool add_source(struct commands *c, const char *line, struct buf *out)
{
	struct config *cfg = read_source(line, out);
	int r;

	if (!cfg)
		return false;
	if (cfg->source[0].family == FAMILY_ANY)
		cfg->source[0].family = c->in.family;
	r = engine_add_source(c->in.engine, &cfg->source[0]);
	if (r < 0) {
		refuse(out,
		       r == -EEXIST ? "%s is a source already"
				    : "%s is one source too many",
		       cfg->source[0].host);
		config_free(cfg);
		return false;
	}
	c->added = array_grow(c->added, c->n_added, &c->cap_added,
			      sizeof *c->added);
	c->added[c->n_added++] = (struct added){xstrdup(line), cfg};
	if (keep(c))
		return true;
	refuse(out,
	       "no room for %s beside what was added before; write such "
	       "lines into ntp.conf",
	       cfg->source[0].host);
	engine_remove_source(c->in.engine, &cfg->source[0]);
	forget(c, c->n_added - 1);
	return false;
}

static bool cmd_source_add(struct commands *c, const char *args,
			   struct buf *out)
{
	struct buf said = {0};
	bool added = add_source(c, args, &said);

	if (added)
		buf_printf(out, "ok\n");
	else
		buf_add(out, said.data, said.len);
	buf_done(&said);
	return added;
}

static bool cmd_source_del(struct commands *c, const char *args,
			   struct buf *out)
{
	const struct conf_source *line[REMOVED_MAX];
	size_t n = engine_find_lines(c->in.engine, args, line, REMOVED_MAX);

	if (n == 0)
		return refuse(out, "no source is called '%s'", args);
	for (size_t i = 0; i < n; i++) {
		engine_remove_source(c->in.engine, line[i]);
		forget_line(c, line[i]);
	}
	(void)keep(c); /* it is shorter than what was kept */
	buf_printf(out, "ok\n");
	return true;
}

/* --- the clock ------------------------------------------------------------- */

static bool cmd_burst(struct commands *c, const char *args, struct buf *out)
{
	unsigned n = engine_burst(c->in.engine, *args ? args : NULL);

	if (n == 0)
		return refuse(out, "no such source, or it is asked as often as "
				   "it bears");
	buf_printf(out, "ok\n%u %s asked eight times, 2 s apart\n", n,
		   n == 1 ? "source is" : "sources are");
	return true;
}

static const char *step_error(int error)
{
	switch (error) {
	case -EAGAIN:
		return "no source is followed now, so nothing says by how much";
	case -ERANGE:
		return "the clock is off by more than tinker panic allows";
	case -EALREADY:
		return "it was set within the last six minutes";
	default:
		return strerror(-error);
	}
}

static bool cmd_step(struct commands *c, const char *args, struct buf *out)
{
	double step_s;
	int r;

	if (*args)
		return refuse(out, "step takes no argument");
	r = engine_step(c->in.engine, &step_s);
	if (r < 0)
		return refuse(out, "the clock was not set: %s", step_error(r));
	buf_printf(out, "ok\nset by %+.9f s\n", step_s);
	return true;
}

/* --- the rest -------------------------------------------------------------- */

static bool cmd_clients(struct commands *c, const char *args, struct buf *out)
{
	long max = CLIENTS_DEFAULT;

	if (*args && text_to_int(args, 1, CLIENTS_DOC_MAX, &max) < 0)
		return refuse(out, "'%s' is no number from 1 to %d", args,
			      CLIENTS_DOC_MAX);
	buf_printf(out, "ok\n");
	clients_document(&c->in, (size_t)max, out);
	return true;
}

static bool cmd_log(struct commands *c, const char *args, struct buf *out)
{
	for (int i = LOG_LEVEL_ERROR; i <= LOG_LEVEL_DEBUG; i++) {
		enum log_level level = (enum log_level)i;

		if (strcmp(args, log_level_name(level)) != 0)
			continue;
		c->in.ops->log_level(c->in.arg, level);
		buf_printf(out, "ok\n");
		return true;
	}
	return refuse(out,
		      "'%s' is none of error, warning, notice, info and "
		      "debug",
		      args);
}

static bool cmd_help(struct commands *c, const char *args, struct buf *out);

/* clang-format off */
static const struct {
	const char *name, *args;
	command_fn run;
} table[] = {
	{"burst",      "[NAME]", cmd_burst},
	{"clients",    "[MAX]",  cmd_clients},
	{"help",       "",       cmd_help},
	{"log",        "LEVEL",  cmd_log},
	{"source add", "LINE",   cmd_source_add},
	{"source del", "NAME",   cmd_source_del},
	{"step",       "",       cmd_step},
};
/* clang-format on */

static bool cmd_help(struct commands *c, const char *args, struct buf *out)
{
	(void)c;
	(void)args;
	buf_printf(out, "ok\n");
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		buf_printf(out, "%s %s\n", table[i].name, table[i].args);
	return true;
}

/* What follows the command's words, or NULL when it is another one. */
static const char *args_of(const char *line, const char *name)
{
	size_t len = strlen(name);

	if (strncmp(line, name, len) != 0 || (line[len] && line[len] != ' '))
		return NULL;
	line += len;
	return line + strspn(line, " ");
}

void commands_run(struct commands *c, const char *line, struct buf *out)
{
	if (!utf8_is_plain(line, strlen(line), false)) {
		refuse(out, "the command is no text");
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		const char *args = args_of(line, table[i].name);

		if (!args)
			continue;
		if (isupper((unsigned char)*table[i].args) && !*args)
			refuse(out, "%s wants %s", table[i].name,
			       table[i].args);
		else
			table[i].run(c, args, out);
		return;
	}
	refuse(out, "no such command; help lists them");
}

void commands_restore(struct commands *c, const char *lines)
{
	struct buf said = {0};

	while (*lines) {
		size_t len = strcspn(lines, "\n");
		char *line = xstrndup(lines, len);

		/* What is in the file by now is there already. */
		(void)add_source(c, line, &said);
		free(line);
		lines += len + (lines[len] == '\n');
	}
	buf_done(&said);
}

struct commands *commands_new(const struct command_inputs *in)
{
	struct commands *c = xcalloc(1, sizeof *c);

	c->in = *in;
	return c;
}

void commands_free(struct commands *c)
{
	if (!c)
		return;
	while (c->n_added)
		forget(c, c->n_added - 1);
	free(c->added);
	free(c);
}
