/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/store/row.h"

#include <ctype.h>
#include <errno.h>

int row_found(struct db_rows *rows, bool found)
{
	int r = db_end(rows);

	return r < 0 ? r : found;
}

int row_insert(struct db *db, int64_t *id, const char *sql,
	       const struct db_value *arg, size_t n_arg)
{
	int r = db_one_int(db, id, sql, arg, n_arg);

	return r < 0 ? r : r == 0 ? -EIO : 0;
}

int row_change(struct db *db, const char *sql, const struct db_value *arg,
	       size_t n_arg)
{
	int64_t n = db_run(db, sql, arg, n_arg);

	return n < 0 ? (int)n : n == 0 ? -ENOENT : 0;
}

int row_run(struct db *db, const char *sql, const struct db_value *arg,
	    size_t n_arg)
{
	int64_t n = db_run(db, sql, arg, n_arg);

	return n < 0 ? (int)n : 0;
}

void row_like_pattern(const char *text, char *pattern, size_t cap)
{
	size_t len = 0;

	pattern[len++] = '%';
	for (; *text && len + 4 <= cap; text++) {
		if (strchr("!%_", *text))
			pattern[len++] = '!';
		pattern[len++] = (char)tolower((unsigned char)*text);
	}
	pattern[len++] = '%';
	pattern[len] = '\0';
}

int row_word(const char *const *names, int n, const char *word)
{
	for (int i = 0; i < n; i++)
		if (strcmp(names[i], word) == 0)
			return i;
	return -1;
}
