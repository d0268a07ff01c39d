/* SPDX-License-Identifier: BSD-2-Clause */
#include "ntp/leap_table.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/ntp_ts.h"
#include "base/units.h"
#include "crypt/digest.h"

/*
 * The format of leap-seconds.list: times are seconds since 1900, without a
 * wrap in 2036.
 *
 *     #$ when it was last changed
 *     #@ when it expires
 *     2272060800 10    # from then on TAI - UTC is 10 s
 *     #h five words: SHA-1 of the digits of the $, the @ and the data lines
 */

#define DAY_S 86400
/* The last second that int64_t nanoseconds since 1970 can tell, less a day. */
#define STAMP_MAX (UINT64_C(9223285636) + NTP_UNIX_OFFSET)
#define FIELD_MAX_LEN 20
/* Two stamps, and a stamp and an offset a row. */
#define DIGITS_MAX ((LEAP_TABLE_MAX + 1) * 2 * FIELD_MAX_LEN)

struct leap_parser {
	const char *at, *end; /* the rest of the line in hand */
	unsigned line;
	struct leap_table table;
	bool has_updated, has_expires, has_hash;
	uint8_t hash[SHA1_LEN];
	char digits[DIGITS_MAX];
	size_t n_digits;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static void skip_blanks(struct leap_parser *p)
{
	while (p->at < p->end && is_blank(*p->at))
		p->at++;
}

static bool at_end(struct leap_parser *p)
{
	skip_blanks(p);
	return p->at == p->end || *p->at == '#';
}

/* A number of up to 12 digits; its digits join those that are hashed. */
static bool take_number(struct leap_parser *p, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;
	size_t n = 0;

	skip_blanks(p);
	for (; p->at < p->end && *p->at >= '0' && *p->at <= '9'; p->at++) {
		if (++n > 12 || p->n_digits == sizeof p->digits)
			return false;
		v = v * 10 + (uint64_t)(*p->at - '0');
		p->digits[p->n_digits++] = *p->at;
	}
	*out = v;
	return n > 0 && v <= max;
}

static int64_t wall_of_stamp(uint64_t stamp)
{
	return ((int64_t)stamp - (int64_t)NTP_UNIX_OFFSET) * NS_PER_S;
}

static const char *parse_stamp(struct leap_parser *p, bool *has, int64_t *out)
{
	uint64_t stamp;

	if (*has)
		return "a second line of this kind";
	if (!take_number(p, STAMP_MAX, &stamp) || !at_end(p))
		return "not a time in seconds since 1900";
	*has = true;
	*out = wall_of_stamp(stamp);
	return NULL;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Five words of 32 bits; some publishers leave leading zeros away. */
static const char *parse_hash(struct leap_parser *p)
{
	static const char wrong[] = "the hash is not five hexadecimal words";

	if (p->has_hash)
		return "a second hash";
	for (size_t i = 0; i < SHA1_LEN / 4; i++) {
		uint32_t word = 0;
		size_t n = 0;

		skip_blanks(p);
		for (; p->at < p->end && hex_digit(*p->at) >= 0; p->at++, n++)
			word = word << 4 | (uint32_t)hex_digit(*p->at);
		if (n == 0 || n > 8)
			return wrong;
		for (size_t k = 0; k < 4; k++)
			p->hash[4 * i + k] = (uint8_t)(word >> (24 - 8 * k));
	}
	p->has_hash = true;
	return at_end(p) ? NULL : wrong;
}

static const char *parse_entry(struct leap_parser *p)
{
	struct leap_table *t = &p->table;
	uint64_t stamp, offset;
	int step;

	if (!take_number(p, STAMP_MAX, &stamp) || p->at == p->end ||
	    !is_blank(*p->at) || !take_number(p, 255, &offset) || !at_end(p))
		return "not a time and an offset";
	if (stamp % DAY_S)
		return "a leap second not at the end of a day";
	if (t->n == LEAP_TABLE_MAX)
		return "more than 128 leap seconds";
	if (t->n) {
		step = (int)offset - t->entry[t->n - 1].tai_offset_s;
		if (wall_of_stamp(stamp) <= t->entry[t->n - 1].wall_ns)
			return "not later than the line before";
		if (step != 1 && step != -1)
			return "a step that is not one second";
	}
	t->entry[t->n].wall_ns = wall_of_stamp(stamp);
	t->entry[t->n++].tai_offset_s = (int)offset;
	return NULL;
}

static const char *parse_line(struct leap_parser *p)
{
	char kind;

	skip_blanks(p);
	if (p->at == p->end)
		return NULL;
	if (*p->at != '#')
		return parse_entry(p);
	p->at++;
	kind = '\0';
	if (p->at < p->end)
		kind = *p->at++;
	switch (kind) {
	case '$':
		return parse_stamp(p, &p->has_updated,
				   &p->table.updated_wall_ns);
	case '@':
		return parse_stamp(p, &p->has_expires,
				   &p->table.expires_wall_ns);
	case 'h':
		return parse_hash(p);
	default:
		return NULL; /* a comment */
	}
}

/* What the file as a whole lacks, or NULL. */
static const char *judge(const struct leap_parser *p)
{
	uint8_t hash[SHA1_LEN];

	if (p->table.n == 0)
		return "no leap seconds in it";
	if (!p->has_updated || !p->has_expires)
		return "no line that says when it was changed (#$) or expires "
		       "(#@)";
	if (!p->has_hash)
		return "no hash (#h) to verify it by";
	digest_sha1(p->digits, p->n_digits, hash);
	if (memcmp(hash, p->hash, sizeof hash) != 0)
		return "its hash does not match: it is damaged or was edited";
	return NULL;
}

int leap_table_parse(const char *text, size_t len, struct leap_table *out,
		     char error[160])
{
	struct leap_parser p = {0};
	const char *end = text + len, *wrong = NULL;

	while (text < end && !wrong) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));

		p.line++;
		p.at = text;
		p.end = newline ? newline : end;
		wrong = parse_line(&p);
		text = newline ? newline + 1 : end;
	}
	if (wrong) {
		snprintf(error, 160, "line %u: %s", p.line, wrong);
		return -EINVAL;
	}
	wrong = judge(&p);
	if (wrong) {
		snprintf(error, 160, "%s", wrong);
		return -EINVAL;
	}
	*out = p.table;
	return 0;
}

int leap_table_tai(const struct leap_table *t, int64_t wall_ns)
{
	for (size_t i = t->n; i-- > 0;)
		if (t->entry[i].wall_ns <= wall_ns)
			return t->entry[i].tai_offset_s;
	return 0;
}

int leap_table_today(const struct leap_table *t, int64_t wall_ns)
{
	const int64_t day_ns = DAY_S * NS_PER_S;
	int64_t day = wall_ns / day_ns - (wall_ns % day_ns < 0);

	for (size_t i = 1; i < t->n; i++)
		if (t->entry[i].wall_ns / day_ns == day + 1)
			return t->entry[i].tai_offset_s -
			       t->entry[i - 1].tai_offset_s;
	return 0;
}
