/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/book/import.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/container.h"
#include "base/text.h"
#include "pool/book/candidate.h"
#include "pool/book/server.h"

/* --- reading ------------------------------------------------------------------------ */

/* One field up to a comma or the end of the line.  False: too long, or a quote
 * that does not close. */
static bool read_field(const char **text, char *out, size_t cap)
{
	const char *s = *text;
	bool quoted = *s == '"';
	size_t n = 0;

	for (s += quoted; *s && (quoted || !strchr(",\r\n", *s)); s++) {
		if (*s == '\n')
			return false;
		if (quoted && *s == '"' && *++s != '"') {
			quoted = false;
			break;
		}
		if (n + 1 >= cap)
			return false;
		out[n++] = *s;
	}
	out[n] = '\0';
	*text = s;
	return !quoted && (!*s || strchr(",\r\n", *s));
}

/* The columns of a row; those that are not there stay empty. */
static enum book_verdict read_row(const char **text, struct import_row *row)
{
	char number[24] = "";
	struct {
		char *text;
		size_t cap;
	} column[] = {
		{row->address, sizeof row->address},
		{row->country, sizeof row->country},
		{number, sizeof number},
		{row->comment, sizeof row->comment},
	};
	long kbit = -1;

	for (size_t i = 0; i < ARRAY_LEN(column); i++) {
		if (!read_field(text, column[i].text, column[i].cap))
			return BOOK_BAD_TEXT;
		if (**text != ',')
			break;
		++*text;
	}
	if (**text && !strchr("\r\n", **text))
		return BOOK_BAD_TEXT;
	if (*number && text_to_int(number, 0, BOOK_KBIT_MAX, &kbit) < 0)
		return BOOK_BAD_NETSPEED;
	row->kbit = kbit;
	return BOOK_OK;
}

static void next_line(const char **text)
{
	*text += strcspn(*text, "\n");
	*text += **text == '\n';
}

bool import_next(const char **text, struct import_row *row)
{
	unsigned line = row->line;

	while (**text) {
		const char *start = *text;

		line++;
		*row = (struct import_row){.line = line, .kbit = -1};
		if (!strchr("#\r\n", *start))
			row->verdict = read_row(text, row);
		next_line(text);
		if (!strchr("#\r\n", *start) &&
		    (line > 1 || strcasecmp(row->address, "address") != 0))
			return true;
	}
	return false;
}

/* --- handing in --------------------------------------------------------------------- */

/* Staff's word makes a server of it, if it was an address. */
static enum book_verdict add_at_once(struct db *db,
				     const struct pool_settings *set,
				     const struct actor *who,
				     struct import_row *row, int64_t now_ms)
{
	enum book_verdict v = book_candidate_add(
		db, set, who, row->candidate_id, row->country, row->comment,
		now_ms, &row->server_id);

	if (v == BOOK_NOT_READY)
		return BOOK_OK; /* a name: poold looks it up */
	if (v == BOOK_OK && row->kbit >= 0)
		v = book_server_netspeed(db, who, row->server_id, row->kbit,
					 now_ms);
	return v;
}

void book_import(struct db *db, const struct pool_settings *set,
		 const struct actor *who, struct import_row *row,
		 int64_t now_ms)
{
	enum book_verdict v = row->verdict;

	if (v == BOOK_OK)
		v = book_candidate_ask(db, set, who, row->address, now_ms,
				       &row->candidate_id);
	if (v == BOOK_OK && who->staff)
		v = add_at_once(db, set, who, row, now_ms);
	row->verdict = v;
}
