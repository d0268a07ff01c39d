/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/ntpctl/ctl.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>

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

	for (size_t i = 0; i < c->cli.n_rest; i++)
		buf_printf(&b, "%s%s", i ? " " : "", c->cli.rest[i]);
	if (!b.data)
		buf_printf(&b, "%s", "");
	return b.data;
}

/* Why a socket does not answer, and what to do about it. */
static void explain_silence(const char *path, int error, struct text *why)
{
	switch (error) {
	case -ENOENT:
		text_add(why,
			 "there is no %s: ntpd is not running (systemctl "
			 "status ntpd), or has its socket elsewhere (then: "
			 "ntpctl --socket PATH)",
			 path);
		break;
	case -ECONNREFUSED:
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

int ctl_control(struct ctl *c, struct buf *reply, const char *fmt, ...)
{
	char text[COMPLAINT_MAX], error[COMPLAINT_MAX], shown[COMPLAINT_MAX];
	struct text why = text_init(text, sizeof text);
	struct buf line = {0}, unused = {0};
	va_list ap;
	int r;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	buf_printf(&line, "%s", text);
	text[0] = '\0';
	if (strpbrk(buf_text(&line), "\r\n")) {
		buf_done(&line);
		return ctl_fail(c, "bad-line", "a line end is no part of it");
	}
	r = talk_control(c->control_path, buf_text(&line),
			 reply ? reply : &unused, error, sizeof error);
	buf_done(&unused);
	buf_done(&line);
	if (r < 0) {
		explain_silence(c->control_path, r, &why);
		ctl_fail(c, "no-daemon", "%s", text);
		return CTL_DOWN;
	}
	if (*error) {
		show_plain(shown, sizeof shown, error);
		return ctl_fail(c, "refused", "ntpd: %s", shown);
	}
	return CTL_OK;
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
