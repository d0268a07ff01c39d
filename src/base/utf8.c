/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/utf8.h"

size_t utf8_len(const unsigned char *s, size_t left)
{
	size_t len = s[0] < 0x80   ? 1
		     : s[0] < 0xC2 ? 0
		     : s[0] < 0xE0 ? 2
		     : s[0] < 0xF0 ? 3
		     : s[0] < 0xF5 ? 4
				   : 0;

	if (len > left)
		return 0;
	for (size_t i = 1; i < len; i++)
		if ((s[i] & 0xC0) != 0x80)
			return 0;
	if ((s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xED && s[1] > 0x9F) ||
	    (s[0] == 0xF0 && s[1] < 0x90) || (s[0] == 0xF4 && s[1] > 0x8F))
		return 0;
	return len;
}

bool utf8_valid(const char *text, size_t len)
{
	const unsigned char *s = (const unsigned char *)text;

	while (len > 0) {
		size_t n = utf8_len(s, len);

		if (n == 0)
			return false;
		s += n;
		len -= n;
	}
	return true;
}

bool utf8_is_control(const unsigned char *s, size_t len)
{
	unsigned point;

	if (len == 1)
		return s[0] < 0x20 || s[0] == 0x7F;
	if (len == 2)
		return s[0] == 0xC2 && s[1] < 0xA0; /* U+0080 to U+009F */
	if (len == 4)
		return false;
	point = (s[0] & 0x0Fu) << 12 | (s[1] & 0x3Fu) << 6 | (s[2] & 0x3Fu);
	return (point >= 0x200E && point <= 0x200F) ||
	       (point >= 0x2028 && point <= 0x202E) ||
	       (point >= 0x2066 && point <= 0x2069) || point == 0xFEFF;
}

bool utf8_is_plain(const char *text, size_t len, bool lines)
{
	const unsigned char *s = (const unsigned char *)text;

	while (len > 0) {
		size_t n = utf8_len(s, len);
		bool line_end = *s == '\n' || *s == '\r' || *s == '\t';

		if (n == 0)
			return false;
		if (utf8_is_control(s, n) && !(lines && line_end))
			return false;
		s += n;
		len -= n;
	}
	return true;
}
