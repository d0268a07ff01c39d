/* SPDX-License-Identifier: BSD-2-Clause */
#include "conf/lexer.h"

#include <stdbool.h>

/* Where the lexer stands in its line. */
struct lexer {
	const char *raw;
	size_t len, at;
	char *out; /* next free octet of line->text */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\v' || c == '\f';
}

static bool is_control(char c)
{
	unsigned char u = (unsigned char)c;

	return (u < 0x20 && !is_blank(c)) || u == 0x7f;
}

static const char *copy_octet(struct lexer *lx)
{
	char c = lx->raw[lx->at];

	if (c == '\0')
		return "NUL octet; is this a text file?";
	if (is_control(c))
		return "control character";
	*lx->out++ = c;
	lx->at++;
	return NULL;
}

static const char *copy_quoted(struct lexer *lx)
{
	size_t start = lx->at++;
	const char *wrong = NULL;

	while (lx->at < lx->len && lx->raw[lx->at] != '"' && !wrong) {
		if (lx->raw[lx->at] == '\\' && lx->at + 1 < lx->len)
			lx->at++;
		wrong = copy_octet(lx);
	}
	if (wrong)
		return wrong;
	if (lx->at == lx->len) {
		lx->at = start;
		return "quotation mark without its partner";
	}
	lx->at++;
	return NULL;
}

static const char *copy_word(struct lexer *lx)
{
	const char *wrong = NULL;

	while (lx->at < lx->len && !wrong) {
		char c = lx->raw[lx->at];

		if (is_blank(c) || c == '#')
			break;
		wrong = c == '"' ? copy_quoted(lx) : copy_octet(lx);
	}
	*lx->out++ = '\0';
	return wrong;
}

const char *lexer_split(struct line *line, const char *raw, size_t len,
			unsigned *column)
{
	struct lexer lx = {raw, len, 0, line->text};

	if (len && raw[len - 1] == '\r')
		lx.len = --len;
	line->raw = raw;
	line->raw_len = len;
	line->n = 0;
	if (len > CONF_LINE_MAX) {
		*column = CONF_LINE_MAX + 1;
		return "line is longer than 4096 octets";
	}
	while (lx.at < lx.len && raw[lx.at] != '#') {
		struct word *w = &line->word[line->n];
		const char *wrong;
		size_t start = lx.at;

		if (is_blank(raw[lx.at])) {
			lx.at++;
			continue;
		}
		w->text = lx.out;
		w->column = (unsigned)start + 1;
		wrong = copy_word(&lx);
		if (wrong) {
			*column = (unsigned)lx.at + 1;
			return wrong;
		}
		w->width = (unsigned)(lx.at - start);
		line->n++;
	}
	return NULL;
}
