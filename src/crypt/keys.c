/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypt/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/container.h"
#include "base/text.h"

#define LITERAL_MAX_LEN 20
#define AES128_LEN 16
#define BOM "\xef\xbb\xbf"

/* A field of a line: a piece of the file's text. */
struct field {
	const char *text;
	size_t len;
};

struct key_line {
	const char *start, *at, *end; /* end: before the newline */
	unsigned number;
	key_error_fn on_error;
	void *arg;
};

const char *mac_algo_name(enum mac_algo algo)
{
	static const char *const name[] = {
		[MAC_MD5] = "MD5",       [MAC_SHA1] = "SHA1",
		[MAC_SHA256] = "SHA256", [MAC_SHA384] = "SHA384",
		[MAC_SHA512] = "SHA512", [MAC_AES128CMAC] = "AES128CMAC",
	};

	return name[algo];
}

/* text must not hold anything of the key itself. */
static void complain(const struct key_line *line, const char *at,
		     const char *text)
{
	struct key_error e = {.line = line->number,
			      .column = (unsigned)(at - line->start) + 1};

	snprintf(e.text, sizeof e.text, "%s", text);
	if (line->on_error)
		line->on_error(line->arg, &e);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* The next field, or an empty one before a comment and at the line's end. */
static struct field next_field(struct key_line *line)
{
	struct field f;

	while (line->at < line->end && is_blank(*line->at))
		line->at++;
	f = (struct field){line->at, 0};
	if (line->at == line->end || *line->at == '#')
		return f;
	while (line->at < line->end && !is_blank(*line->at))
		line->at++;
	f.len = (size_t)(line->at - f.text);
	return f;
}

static bool parse_id(const struct field *f, uint32_t *id)
{
	char text[8] = "";
	long v;

	if (f->len >= sizeof text)
		return false;
	memcpy(text, f->text, f->len);
	if (strlen(text) != f->len || text_to_int(text, 1, KEY_MAX_ID, &v) < 0)
		return false;
	*id = (uint32_t)v;
	return true;
}

static bool parse_algo(const struct field *f, enum mac_algo *algo)
{
	static const struct {
		const char *name;
		enum mac_algo algo;
	} spelling[] = {
		{"M", MAC_MD5},
		{"MD5", MAC_MD5},
		{"SHA", MAC_SHA1},
		{"SHA1", MAC_SHA1},
		{"SHA-1", MAC_SHA1},
		{"SHA256", MAC_SHA256},
		{"SHA-256", MAC_SHA256},
		{"SHA384", MAC_SHA384},
		{"SHA-384", MAC_SHA384},
		{"SHA512", MAC_SHA512},
		{"SHA-512", MAC_SHA512},
		{"AES", MAC_AES128CMAC},
		{"AES128", MAC_AES128CMAC},
		{"AES-128", MAC_AES128CMAC},
		{"AES128CMAC", MAC_AES128CMAC},
		{"AES-128-CMAC", MAC_AES128CMAC},
	};

	for (size_t i = 0; i < ARRAY_LEN(spelling); i++)
		if (strlen(spelling[i].name) == f->len &&
		    strncasecmp(spelling[i].name, f->text, f->len) == 0) {
			*algo = spelling[i].algo;
			return true;
		}
	return false;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* NULL, or what is wrong. */
static const char *parse_hex(const struct field *f, struct key *key)
{
	if (f->len % 2)
		return "a key of more than 20 characters is hexadecimal, and "
		       "this one has an odd number of digits";
	if (f->len / 2 > KEY_MAX_LEN)
		return "a key has at most 64 octets";
	for (size_t i = 0; i < f->len; i += 2) {
		int high = hex_digit(f->text[i]);
		int low = hex_digit(f->text[i + 1]);

		if (high < 0 || low < 0)
			return "a key of more than 20 characters is "
			       "hexadecimal, and this one is not";
		key->secret[i / 2] = (uint8_t)(high << 4 | low);
	}
	key->len = f->len / 2;
	return NULL;
}

static const char *parse_secret(const struct field *f, struct key *key)
{
	const char *wrong = NULL;

	for (size_t i = 0; i < f->len; i++) {
		/* Other daemons would cut the key here and say nothing. */
		if (f->text[i] == '#')
			return "'#' in a key: it begins a comment elsewhere; "
			       "write the key in hexadecimal";
		if (f->text[i] <= ' ' || f->text[i] > '~')
			return "a key has printable ASCII characters only; "
			       "write it in hexadecimal";
	}
	if (f->len > LITERAL_MAX_LEN) {
		wrong = parse_hex(f, key);
	} else {
		memcpy(key->secret, f->text, f->len);
		key->len = f->len;
	}
	if (!wrong && key->algo == MAC_AES128CMAC) {
		if (key->len > AES128_LEN)
			explicit_bzero(key->secret + AES128_LEN,
				       key->len - AES128_LEN);
		key->len = AES128_LEN;
	}
	return wrong;
}

/* The place of id, or where it belongs. */
static size_t key_place(const struct keys *keys, uint32_t id)
{
	size_t low = 0, high = keys->len;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (keys->key[mid].id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* realloc() would leave secrets behind in freed memory. */
static void make_room(struct keys *keys)
{
	struct keys old = *keys;

	if (keys->len < keys->cap)
		return;
	keys->cap = old.cap ? old.cap * 2 : 16;
	keys->key = xcalloc(keys->cap, sizeof *keys->key);
	if (old.len)
		memcpy(keys->key, old.key, old.len * sizeof *old.key);
	keys_free(&old);
}

static const char *add_key(struct keys *keys, const struct key *key)
{
	size_t at = key_place(keys, key->id);

	if (at < keys->len && keys->key[at].id == key->id)
		return "there is a key of this number already; the first "
		       "counts";
	if (keys->len == KEYS_MAX)
		return "more than 4096 keys";
	make_room(keys);
	memmove(keys->key + at + 1, keys->key + at,
		(keys->len - at) * sizeof *key);
	keys->key[at] = *key;
	keys->len++;
	return NULL;
}

static void parse_line(struct key_line *line, struct keys *out)
{
	struct field id = next_field(line), type, secret, rest;
	struct key key = {0};
	const char *wrong;

	if (!id.len)
		return;
	type = next_field(line);
	secret = next_field(line);
	rest = next_field(line);
	if (!parse_id(&id, &key.id))
		complain(line, id.text, "a key's number is 1 to 65535");
	else if (!type.len || !secret.len)
		complain(line, line->end,
			 "a line is NUMBER TYPE KEY; something is missing");
	else if (!parse_algo(&type, &key.algo))
		complain(line, type.text,
			 "the type is not one of MD5 SHA1 SHA256 SHA384 SHA512 "
			 "AES128CMAC");
	else if (rest.len)
		complain(line, rest.text,
			 "addresses behind a key are not supported, and "
			 "without them the key would be valid everywhere");
	else if ((wrong = parse_secret(&secret, &key)))
		complain(line, secret.text, wrong);
	else if ((wrong = add_key(out, &key)))
		complain(line, id.text, wrong);
	explicit_bzero(&key, sizeof key);
}

size_t keys_parse(const char *text, size_t len, struct keys *out,
		  key_error_fn on_error, void *arg)
{
	struct key_line line = {.on_error = on_error, .arg = arg};
	const char *end = text + len;

	*out = (struct keys){0};
	if (len >= 3 && memcmp(text, BOM, 3) == 0)
		text += 3;
	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));

		line.start = line.at = text;
		line.end = newline ? newline : end;
		line.number++;
		parse_line(&line, out);
		text = newline ? newline + 1 : end;
	}
	return out->len;
}

const struct key *keys_find(const struct keys *keys, uint32_t id)
{
	size_t at = key_place(keys, id);

	return at < keys->len && keys->key[at].id == id ? &keys->key[at] : NULL;
}

void keys_free(struct keys *keys)
{
	if (keys->key)
		explicit_bzero(keys->key, keys->cap * sizeof *keys->key);
	free(keys->key);
	*keys = (struct keys){0};
}
