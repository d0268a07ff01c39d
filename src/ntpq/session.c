/* SPDX-License-Identifier: BSD-2-Clause */
#include "ntpq/session.h"

#include <stdarg.h>
#include <time.h>

#include "base/bytes.h"
#include "base/container.h"
#include "base/text.h"
#include "base/units.h"

int64_t session_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

void session_complain(struct session *s, const char *fmt, ...)
{
	va_list ap;

	fputs("***", s->err);
	va_start(ap, fmt);
	vfprintf(s->err, fmt, ap);
	va_end(ap);
	putc('\n', s->err);
}

static void tell_refusal(struct session *s, uint16_t assoc_id)
{
	static const char *const texts[] = {
		[CONTROL_ERR_UNSPEC] = "Server returned an unspecified error",
		[CONTROL_ERR_PERMISSION] =
			"Server disallowed request (authentication?)",
		[CONTROL_ERR_BADFMT] =
			"Server reports a bad format request packet",
		[CONTROL_ERR_BADOP] = "Server reports a bad opcode in request",
		[CONTROL_ERR_UNKNOWNVAR] =
			"A request variable unknown to the server",
		[CONTROL_ERR_BADVALUE] =
			"Server indicates a request variable was bad",
		[CONTROL_ERR_RESTRICTED] = "Server refuses this to us",
	};
	unsigned error = s->reply.error;

	if (error == CONTROL_ERR_BADASSOC)
		session_complain(s, "Association ID %u unknown to server",
				 assoc_id);
	else if (error < ARRAY_LEN(texts))
		session_complain(s, "%s", texts[error]);
	else
		session_complain(s, "Server returned unknown error code %u",
				 error);
}

void session_tell(struct session *s, enum ask_result result, uint16_t assoc_id)
{
	switch (result) {
	case ASK_OK:
	case ASK_TIMEOUT: /* the asker knows more, and has told it */
	case ASK_FAILED:
		break;
	case ASK_REFUSED:
		tell_refusal(s, assoc_id);
		break;
	case ASK_INCOMPLETE:
		session_complain(s, "Response from server was incomplete");
		break;
	case ASK_MALFORMED:
		session_complain(s, "Response from server contradicts itself");
		break;
	}
}

enum ask_result session_try(struct session *s, enum control_op op,
			    uint16_t assoc_id, const char *list)
{
	if (!s->asker || (s->remote && !remote_is_open(s->remote))) {
		session_complain(s, "No host open, use `host name'");
		return ASK_FAILED;
	}
	return s->asker->ask(s->asker, op, assoc_id, list, &s->reply);
}

bool session_ask(struct session *s, enum control_op op, uint16_t assoc_id,
		 const char *list)
{
	enum ask_result result = session_try(s, op, assoc_id, list);

	session_tell(s, result, assoc_id);
	return result == ASK_OK;
}

bool session_read_assocs(struct session *s)
{
	struct bytes_in in;

	if (!session_ask(s, CONTROL_READSTAT, 0, ""))
		return false;
	in = bytes_in((const uint8_t *)s->reply.data, s->reply.len);
	s->n_assoc = 0;
	while (in.left >= 4 && s->n_assoc < SESSION_MAX_ASSOCS) {
		struct session_assoc *a = &s->assoc[s->n_assoc++];

		a->id = bytes_u16(&in);
		a->status = bytes_u16(&in);
	}
	s->have_assocs = true;
	return true;
}

bool session_parse_assoc(struct session *s, const char *text, uint16_t *out)
{
	long v;

	if (*text != '&') {
		if (text_to_int(text, 0, UINT16_MAX, &v) < 0) {
			session_complain(
				s, "Invalid association ID `%s' specified",
				text);
			return false;
		}
		*out = (uint16_t)v;
		return true;
	}
	if (!s->have_assocs && !session_read_assocs(s))
		return false;
	if (text_to_int(text + 1, 1, (long)s->n_assoc, &v) < 0) {
		session_complain(s, "Association index `%s' is not in the list",
				 text);
		return false;
	}
	*out = s->assoc[v - 1].id;
	return true;
}
