/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/ntpctl/ctl.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "prog/ntpctl/talk.h"

#define COMPLAINT_MAX 1024

const char *ctl_arg(const struct ctl *c, const char *name)
{
	return cli_arg(&c->cli, name);
}

const char *ctl_option(const struct ctl *c, const char *name)
{
	return cli_option(&c->cli, name);
}

int ctl_fail(struct ctl *c, const char *name, const char *fmt, ...)
{
	char text[COMPLAINT_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	output_error(&c->out, c->cli.program, name, text);
	return CTL_FAILED;
}

bool ctl_real(struct ctl *c, const char *name, double min, double max,
	      double fallback, double *out)
{
	const char *text = ctl_option(c, name);

	*out = fallback;
	if (!text || text_to_double(text, min, max, out) == 0)
		return true;
	ctl_fail(c, "bad-number", "--%s: '%s' is not a number from %g to %g",
		 name, text, min, max);
	return false;
}

bool ctl_int(struct ctl *c, const char *name, long min, long max, long fallback,
	     long *out)
{
	const char *text = ctl_option(c, name);

	*out = fallback;
	if (!text || text_to_int(text, min, max, out) == 0)
		return true;
	ctl_fail(c, "bad-number", "--%s: '%s' is not a number from %ld to %ld",
		 name, text, min, max);
	return false;
}

char *ctl_rest(const struct ctl *c)
{
	struct buf b = {0};

	buf_add(&b, "", 0);
	for (size_t i = 0; i < c->cli.n_rest; i++)
		buf_printf(&b, "%s%s", i ? " " : "", c->cli.rest[i]);
	return b.data;
}

/* Why a socket does not answer, and what to do about it. */
static void explain_silence(const char *path, int error, struct text *why)
{
	struct stat st;

	switch (error) {
	case -ENOENT:
		text_add(why,
			 "there is no %s: ntpd is not running (systemctl "
			 "status ntpd), or has its socket elsewhere (then: "
			 "ntpctl --socket PATH)",
			 path);
		break;
	case -ECONNREFUSED:
		if (stat(path, &st) == 0 && !S_ISSOCK(st.st_mode)) {
			text_add(why, "%s is no socket", path);
			break;
		}
		text_add(why,
			 "nobody answers at %s: ntpd has ended (journalctl -u "
			 "ntpd says why)",
			 path);
		break;
	case -EACCES:
	case -EPERM:
		text_add(why,
			 "%s is not for you: be root, or for what only looks "
			 "a member of the group ntp",
			 path);
		break;
	case -EPROTO:
		text_add(why, "what answers at %s is no ntpd of this kind",
			 path);
		break;
	case -ETIMEDOUT:
		text_add(
			why,
			"ntpd does not answer at %s: it hangs, or is very busy",
			path);
		break;
	default:
		text_add(why, "%s: %s", path, strerror(-error));
	}
}

int ctl_try_document(const struct ctl *c, struct document *d, struct text *why)
{
	const char *path = c->from ? c->from : c->status_path;
	struct buf b = {0};
	int r = c->from ? talk_read_file(path, &b) : talk_read_status(path, &b);

	*d = (struct document){0};
	if (r < 0 && c->from)
		text_add(why, "%s: %s", path, strerror(-r));
	else if (r < 0)
		explain_silence(path, r, why);
	if (r == 0) {
		text_add(why, "%s is ", path);
		r = doc_read(buf_text(&b), b.len, d, why);
	}
	buf_done(&b);
	return r;
}

int ctl_document(struct ctl *c, struct document *d)
{
	char text[COMPLAINT_MAX];
	struct text why = text_init(text, sizeof text);
	int r = ctl_try_document(c, d, &why);

	if (r == 0)
		return CTL_OK;
	ctl_fail(c, r == -EBADMSG ? "bad-document" : "no-daemon", "%s", text);
	return CTL_DOWN;
}

void ctl_put_lines(FILE *to, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n");
		char line[COMPLAINT_MAX], shown[COMPLAINT_MAX];

		snprintf(line, sizeof line, "%.*s", (int)len, text);
		show_plain(shown, sizeof shown, line);
		fprintf(to, "%s\n", shown);
		text += len + (text[len] == '\n');
	}
}

/* The first line has the reason; what follows are the details of it. */
static int refused(struct ctl *c, const char *error, const struct buf *details)
{
	char shown[COMPLAINT_MAX];

	show_plain(shown, sizeof shown, error);
	ctl_fail(c, "refused", "ntpd: %s", shown);
	if (c->out.form != OUTPUT_JSON)
		ctl_put_lines(stderr, buf_text(details));
	return CTL_FAILED;
}

int ctl_control(struct ctl *c, const char *line, struct buf *reply)
{
	char error[COMPLAINT_MAX], text[COMPLAINT_MAX];
	struct text why = text_init(text, sizeof text);
	struct buf said = {0};
	int r, status = CTL_OK;

	if (strpbrk(line, "\r\n"))
		return ctl_fail(c, "bad-line", "a line end is no part of it");
	r = talk_control(c->control_path, line, &said, error, sizeof error);
	if (r < 0) {
		explain_silence(c->control_path, r, &why);
		ctl_fail(c, "no-daemon", "%s", text);
		status = CTL_DOWN;
	} else if (*error) {
		status = refused(c, error, &said);
	} else if (reply) {
		buf_add(reply, said.data, said.len);
	}
	buf_done(&said);
	return status;
}

int ctl_done(struct ctl *c, const char *fmt, ...)
{
	char text[COMPLAINT_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (c->out.form == OUTPUT_TABLE) {
		fprintf(c->out.to, "%s\n", text);
		return CTL_OK;
	}
	output_one(&c->out);
	output_bool(&c->out, "ok", true);
	output_text(&c->out, "text", text);
	output_end(&c->out);
	return CTL_OK;
}
