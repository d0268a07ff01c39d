/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/mail.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <string.h>
#include <time.h>

#include "base/utf8.h"

bool mail_address_ok(const char *address)
{
	const char *at = strrchr(address, '@');
	size_t len = strlen(address);

	if (!at || at == address || len > 254 || !at[1])
		return false;
	for (const char *s = address; *s; s++)
		if ((unsigned char)*s <= ' ' || (unsigned char)*s >= 0x7F ||
		    strchr("\"(),:;<>[\\]", *s) || (*s == '@' && s != at))
			return false;
	for (const char *s = at + 1; *s; s++)
		if (!isalnum((unsigned char)*s) && *s != '.' && *s != '-')
			return false;
	return at[1] != '.' && address[len - 1] != '.';
}

static bool is_plain(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < ' ' || (unsigned char)*s >= 0x7F)
			return false;
	return true;
}

/* Octets of UTF-8 at s, cut between characters, that make one encoded word. */
static size_t word_len(const char *s, size_t left)
{
	size_t len = 0;

	while (left > 0) {
		size_t n = utf8_len((const unsigned char *)s + len, left);

		n = n ? n : 1;
		if (len + n > 39)
			break;
		len += n;
		left -= n;
	}
	return len;
}

/* Header text: as it is, or as encoded words (RFC 2047) of which none is long. */
static void add_words(struct buf *out, const char *s)
{
	size_t left = strlen(s);

	if (is_plain(s) && left < 60) {
		buf_add(out, s, left);
		return;
	}
	while (left > 0) {
		size_t len = word_len(s, left);
		char base64[64];

		sodium_bin2base64(base64, sizeof base64,
				  (const unsigned char *)s, len,
				  sodium_base64_VARIANT_ORIGINAL);
		buf_printf(out, "=?utf-8?B?%s?=%s", base64,
			   len < left ? "\r\n " : "");
		s += len;
		left -= len;
	}
}

/* RFC 2045 section 6.7 */
static void add_quoted_printable(struct buf *out, const char *s)
{
	size_t column = 0;

	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;
		bool last = s[1] == '\n' || s[1] == '\0';
		bool as_is = (c > ' ' && c < 0x7F && c != '=') ||
			     ((c == ' ' || c == '\t') && !last);

		if (c == '\n') {
			buf_add(out, "\r\n", 2);
			column = 0;
			continue;
		}
		/* A dot that begins a line is the end of the mail in SMTP. */
		if (column == 0 && c == '.')
			as_is = false;
		if (column + (as_is ? 1 : 3) > 75) {
			buf_add(out, "=\r\n", 3);
			column = 0;
		}
		if (as_is)
			buf_add(out, s, 1);
		else
			buf_printf(out, "=%02X", c);
		column += as_is ? 1 : 3;
	}
	buf_add(out, "\r\n", 2);
}

static void add_date(struct buf *out, int64_t at_ms)
{
	static const char *const day[] = {"Sun", "Mon", "Tue", "Wed",
					  "Thu", "Fri", "Sat"};
	static const char *const month[] = {"Jan", "Feb", "Mar", "Apr",
					    "May", "Jun", "Jul", "Aug",
					    "Sep", "Oct", "Nov", "Dec"};
	time_t t = (time_t)(at_ms / 1000);
	struct tm tm;

	gmtime_r(&t, &tm);
	buf_printf(out, "Date: %s, %02d %s %d %02d:%02d:%02d +0000\r\n",
		   day[tm.tm_wday], tm.tm_mday, month[tm.tm_mon],
		   tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

int mail_compose(const struct mail *m, struct buf *out)
{
	if (!mail_address_ok(m->from) || !mail_address_ok(m->to))
		return -EINVAL;
	buf_printf(out, "From: <%s>\r\nTo: <%s>\r\nSubject: ", m->from, m->to);
	add_words(out, m->subject);
	buf_printf(out, "\r\n");
	add_date(out, m->at_ms);
	buf_printf(out,
		   "Message-ID: <%" PRId64 ".%" PRId64 "@%s>\r\n"
		   "MIME-Version: 1.0\r\n"
		   "Content-Type: text/plain; charset=utf-8\r\n"
		   "Content-Transfer-Encoding: quoted-printable\r\n"
		   "Auto-Submitted: auto-generated\r\n"
		   "\r\n",
		   m->at_ms, m->id, strchr(m->from, '@') + 1);
	add_quoted_printable(out, m->body);
	return 0;
}
