/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/address.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/text.h"

/* Length of the label at s, 0 when it is none. */
static size_t label_len(const char *s)
{
	size_t len = 0;

	while (isalnum((unsigned char)s[len]) || s[len] == '-')
		len++;
	if (len == 0 || len > 63 || s[0] == '-' || s[len - 1] == '-')
		return 0;
	return len;
}

bool address_is_name(const char *name)
{
	size_t labels = 0, len = 0;

	if (strlen(name) > 253)
		return false;
	for (const char *s = name;; s += len + 1) {
		len = label_len(s);
		if (len == 0)
			return false;
		labels++;
		if (s[len] == '\0')
			return labels >= 2 && isalpha((unsigned char)*s);
		if (s[len] != '.')
			return false;
	}
}

static int copy_host(const char *s, size_t len, char *host, size_t cap)
{
	if (len > 0 && s[len - 1] == '.')
		len--;
	if (len == 0 || len >= cap)
		return -EINVAL;
	for (size_t i = 0; i < len; i++)
		host[i] = (char)tolower((unsigned char)s[i]);
	host[len] = '\0';
	return 0;
}

int address_split(const char *typed, char *host, size_t cap, uint16_t *port)
{
	const char *end, *colon;
	char digits[8];
	long number = 0;

	typed += strspn(typed, " \t\r\n");
	end = typed + strcspn(typed, " \t\r\n");
	if (end[strspn(end, " \t\r\n")] != '\0')
		return -EINVAL;
	colon = memrchr(typed, ':', (size_t)(end - typed));
	/* More than one colon without brackets: an IPv6 address alone. */
	if (colon && typed[0] == '[' && colon[-1] != ']')
		colon = NULL;
	if (colon && typed[0] != '[' &&
	    memchr(typed, ':', (size_t)(end - typed)) != colon)
		colon = NULL;
	if (colon) {
		size_t len = (size_t)(end - colon - 1);

		if (len >= sizeof digits)
			return -EINVAL;
		memcpy(digits, colon + 1, len);
		digits[len] = '\0';
		if (text_to_int(digits, 1, 65535, &number) < 0)
			return -EINVAL;
		end = colon;
	}
	if (typed[0] == '[') {
		if (end - typed < 2 || end[-1] != ']')
			return -EINVAL;
		typed++;
		end--;
	}
	*port = (uint16_t)number;
	return copy_host(typed, (size_t)(end - typed), host, cap);
}
