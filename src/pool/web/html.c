/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/web/html.h"

#include <assert.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

/* What stands for an octet, or NULL when it stands for itself. */
static const char *entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void html_escape(struct html *h, const char *text, size_t len)
{
	const unsigned char *s = (const unsigned char *)text;

	while (len > 0) {
		size_t n = utf8_len(s, len);
		bool line_end = *s == '\n' || *s == '\t';
		const char *e = entity((char)*s);

		if (e)
			buf_add(&h->buf, e, strlen(e));
		else if (n == 0 || (utf8_is_control(s, n) && !line_end))
			buf_add(&h->buf, "\xEF\xBF\xBD", 3);
		else
			buf_add(&h->buf, s, n);
		n += n == 0;
		s += n;
		len -= n;
	}
}

void html_raw(struct html *h, const char *markup, size_t len)
{
	buf_add(&h->buf, markup, len);
}

/* One conversion of a format: %[+0][width][.precision][length]letter */
struct conversion {
	bool plus, zero;
	int width, precision; /* precision -1: not given */
	char length;          /* 0, 'l', 'L' for ll, 'z' */
	char letter;
};

static const char *read_number(const char *p, int *out)
{
	for (*out = 0; *p >= '0' && *p <= '9'; p++)
		*out = *out * 10 + (*p - '0');
	return p;
}

/* p: behind the percent sign.  Formats are our own, so what is not in the list
 * above is our own mistake. */
static const char *read_conversion(const char *p, struct conversion *c)
{
	*c = (struct conversion){.precision = -1};
	for (; *p == '+' || *p == '0'; p++) {
		c->plus |= *p == '+';
		c->zero |= *p == '0';
	}
	p = read_number(p, &c->width);
	if (*p == '.' && p[1] == '*') {
		c->precision = -2;
		p += 2;
	} else if (*p == '.') {
		p = read_number(p + 1, &c->precision);
	}
	if (*p == 'l' || *p == 'z')
		c->length = *p++;
	if (c->length == 'l' && *p == 'l') {
		c->length = 'L';
		p++;
	}
	c->letter = *p;
	assert(*p && strchr("sdiuxfgc%", *p));
	return p + 1;
}

static void put_signed(struct html *h, const struct conversion *c, long long v)
{
	buf_printf(&h->buf,
		   c->plus   ? (c->zero ? "%+0*lld" : "%+*lld")
		   : c->zero ? "%0*lld"
			     : "%*lld",
		   c->width, v);
}

static void put_unsigned(struct html *h, const struct conversion *c,
			 unsigned long long v)
{
	if (c->letter == 'x')
		buf_printf(&h->buf, c->zero ? "%0*llx" : "%*llx", c->width, v);
	else
		buf_printf(&h->buf, c->zero ? "%0*llu" : "%*llu", c->width, v);
}

/* A precision of -1 is one that was not given, to printf as well. */
static void put_real(struct html *h, const struct conversion *c, double v)
{
	if (c->letter == 'g')
		buf_printf(&h->buf, c->plus ? "%+*.*g" : "%*.*g", c->width,
			   c->precision, v);
	else
		buf_printf(&h->buf,
			   c->plus   ? (c->zero ? "%+0*.*f" : "%+*.*f")
			   : c->zero ? "%0*.*f"
				     : "%*.*f",
			   c->width, c->precision, v);
}

static long long take_signed(char length, va_list *ap)
{
	switch (length) {
	case 'l':
		return va_arg(*ap, long);
	case 'L':
		return va_arg(*ap, long long);
	case 'z':
		return va_arg(*ap, ssize_t);
	default:
		return va_arg(*ap, int);
	}
}

static unsigned long long take_unsigned(char length, va_list *ap)
{
	switch (length) {
	case 'l':
		return va_arg(*ap, unsigned long);
	case 'L':
		return va_arg(*ap, unsigned long long);
	case 'z':
		return va_arg(*ap, size_t);
	default:
		return va_arg(*ap, unsigned);
	}
}

static void put_text(struct html *h, const struct conversion *c, const char *s)
{
	html_escape(h, s,
		    c->precision >= 0 ? strnlen(s, (size_t)c->precision)
				      : strlen(s));
}

static void put_conversion(struct html *h, struct conversion *c, va_list *ap)
{
	char octet;

	if (c->precision == -2)
		c->precision = va_arg(*ap, int);
	switch (c->letter) {
	case 's':
		put_text(h, c, va_arg(*ap, const char *));
		break;
	case 'c':
		octet = (char)va_arg(*ap, int);
		html_escape(h, &octet, 1);
		break;
	case 'd':
	case 'i':
		put_signed(h, c, take_signed(c->length, ap));
		break;
	case 'u':
	case 'x':
		put_unsigned(h, c, take_unsigned(c->length, ap));
		break;
	case 'f':
	case 'g':
		put_real(h, c, va_arg(*ap, double));
		break;
	default:
		html_raw(h, "%", 1);
	}
}

void html_vput(struct html *h, const char *fmt, va_list args)
{
	struct conversion c;
	va_list ap;

	va_copy(ap, args);
	while (*fmt) {
		size_t plain = strcspn(fmt, "%");

		html_raw(h, fmt, plain);
		fmt += plain;
		if (!*fmt)
			break;
		fmt = read_conversion(fmt + 1, &c);
		put_conversion(h, &c, &ap);
	}
	va_end(ap);
}

void html_put(struct html *h, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	html_vput(h, fmt, ap);
	va_end(ap);
}
