/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * What changes the daemon: source add and del, burst, step, log.
 */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "prog/ntpctl/commands.h"
#include "prog/ntpctl/saved.h"
#include "prog/ntpctl/talk.h"

/* --- lines ------------------------------------------------------------------------- */

static bool is_directive(const char *line)
{
	static const char *const names[] = {"server", "pool", "peer",
					    "broadcast", "refclock"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		size_t len = strlen(names[i]);

		if (strncmp(line, names[i], len) == 0 && line[len] == ' ')
			return true;
	}
	return false;
}

/* Blank lines and comments are none. */
static bool says_something(const char *line)
{
	line += strspn(line, " \t\r");
	return *line && *line != '#';
}

/* Call fn for each line of text, which it takes apart, until one fails. */
static int each_line(struct ctl *c, char *text,
		     int (*fn)(struct ctl *c, const char *line))
{
	char *rest = NULL;
	int status = CTL_OK;

	for (char *line = strtok_r(text, "\n", &rest); line && status == CTL_OK;
	     line = strtok_r(NULL, "\n", &rest))
		if (says_something(line))
			status = fn(c, line + strspn(line, " \t"));
	return status;
}

/* --- source add -------------------------------------------------------------------- */

/* Where lines are kept that outlive the daemon: beside its configuration. */
static int saved_path(struct ctl *c, char *path, size_t cap)
{
	struct document d;
	int status = ctl_document(c, &d);
	int n;

	if (status != CTL_OK)
		return status;
	n = snprintf(path, cap, "%s.d/ntpctl.conf", d.daemon.config);
	/* a relative one would be looked for where we are, not ntpd */
	if (*d.daemon.config != '/' || n < 0 || (size_t)n >= cap)
		status = ctl_fail(c, "no-file",
				  "it is in force, but not saved: ntpd does "
				  "not say with its full path what file it has "
				  "read");
	doc_done(&d);
	return status;
}

static int save_failed(struct ctl *c, const char *path, int error)
{
	return ctl_fail(c, "not-saved", "it is in force, but not saved: %s: %s",
			path, strerror(-error));
}

static int save(struct ctl *c, const char *line)
{
	char path[1024];
	int status = saved_path(c, path, sizeof path), r;

	if (status != CTL_OK)
		return status;
	r = saved_add(path, line);
	return r < 0 ? save_failed(c, path, r) : CTL_OK;
}

static int add_line(struct ctl *c, const char *line)
{
	struct buf command = {0}, full = {0};
	int status;

	buf_printf(&full, "%s%s", is_directive(line) ? "" : "server ", line);
	buf_printf(&command, "source add %s", buf_text(&full));
	status = ctl_control(c, buf_text(&command), NULL);
	if (status == CTL_OK && ctl_option(c, "save"))
		status = save(c, buf_text(&full));
	buf_done(&full);
	buf_done(&command);
	return status;
}

static int add_lines_of_input(struct ctl *c)
{
	struct buf text = {0};
	int r = talk_read_file("-", &text), status;

	if (r < 0)
		status = ctl_fail(c, "no-input", "standard input: %s",
				  strerror(-r));
	else
		status = text.data ? each_line(c, text.data, add_line) : CTL_OK;
	buf_done(&text);
	return status;
}

int cmd_source_add(struct ctl *c)
{
	char *line = ctl_rest(c);
	int status = strcmp(line, "-") == 0 ? add_lines_of_input(c)
					    : add_line(c, line);

	free(line);
	if (status != CTL_OK)
		return status;
	return ctl_done(c, ctl_option(c, "save")
				   ? "added and saved"
				   : "added until ntpd ends; --save keeps it");
}

/* --- source del -------------------------------------------------------------------- */

int cmd_source_del(struct ctl *c)
{
	const char *name = ctl_arg(c, "NAME");
	struct buf command = {0};
	char path[1024];
	int status, r;

	buf_printf(&command, "source del %s", name);
	status = ctl_control(c, buf_text(&command), NULL);
	buf_done(&command);
	if (status != CTL_OK)
		return status;
	if (!ctl_option(c, "save"))
		return ctl_done(c, "taken out until ntpd starts again");
	status = saved_path(c, path, sizeof path);
	if (status != CTL_OK)
		return status;
	r = saved_remove(path, name);
	if (r < 0)
		return save_failed(c, path, r);
	if (r == 0)
		return ctl_done(c,
				"taken out, but %s does not have it: take it "
				"out of the configuration by hand",
				path);
	return ctl_done(c, "taken out, and out of %s", path);
}

/* --- the rest ---------------------------------------------------------------------- */

/* A command of one or two words, and what it says. */
static int simple(struct ctl *c, const char *what, const char *arg,
		  const char *done)
{
	struct buf command = {0}, reply = {0};
	int status;

	buf_printf(&command, "%s%s%s", what, arg ? " " : "", arg ? arg : "");
	status = ctl_control(c, buf_text(&command), &reply);
	if (status == CTL_OK && c->out.form == OUTPUT_TABLE)
		ctl_put_lines(c->out.to, buf_text(&reply));
	if (status == CTL_OK)
		ctl_done(c, "%s", done);
	buf_done(&command);
	buf_done(&reply);
	return status;
}

int cmd_burst(struct ctl *c)
{
	return simple(c, "burst", ctl_arg(c, "NAME"), "asked");
}

int cmd_log(struct ctl *c)
{
	return simple(c, "log", ctl_arg(c, "LEVEL"), "set");
}

/* A word from the terminal, after what a step would do. */
static bool is_agreed(const struct document *d)
{
	char offset[SHOW_LEN], answer[16];

	fprintf(stderr,
		"The clock is %s off and would be set right at once: programs "
		"that run see time jump.\nStep? [y/N] ",
		show_seconds(offset, fabs(d->system.offset_s), false));
	return fgets(answer, sizeof answer, stdin) &&
	       tolower((unsigned char)answer[0]) == 'y';
}

int cmd_step(struct ctl *c)
{
	struct document d;
	bool agreed;
	int status;

	if (ctl_option(c, "yes"))
		return simple(c, "step", NULL, "stepped");
	if (!isatty(STDIN_FILENO))
		return ctl_fail(c, "not-asked",
				"there is no terminal to ask at: --yes");
	status = ctl_document(c, &d);
	if (status != CTL_OK)
		return status;
	if (!isfinite(d.system.offset_s)) {
		doc_done(&d);
		return ctl_fail(c, "no-offset",
				"nobody knows how far the clock is off: no "
				"source is followed now");
	}
	agreed = is_agreed(&d);
	doc_done(&d);
	if (!agreed)
		return ctl_fail(c, "not-agreed", "nothing was done");
	return simple(c, "step", NULL, "stepped");
}
