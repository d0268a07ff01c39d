/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/container.h"
#include "base/text.h"
#include "cmocka_all.h"
#include "ntpq/commands.h"
#include "ntpq/items.h"
#include "ntpq/session.h"

/*
 * A server that answers out of a file of test/data/mode6: "@ op assoc status
 * [list]" and the text of the answer.  Variables that were asked for by other
 * lists are picked out of the answer to the empty one.
 */
struct recorded {
	struct asker asker;
	char text[65536];
	struct session session;
	char *out, *err; /* what the last command printed */
	size_t out_len, err_len;
};

static inline const char *find_record(const char *text, unsigned op,
				      unsigned assoc, const char *list,
				      unsigned *status)
{
	for (const char *p = text; (p = strstr(p, "@ ")); p++) {
		char list_of[512] = "";
		unsigned op_of, assoc_of;
		const char *eol = strchr(p, '\n');
		char line[1024];

		snprintf(line, sizeof line, "%.*s", (int)(eol - p), p);
		if (p > text && p[-1] != '\n')
			continue;
		if (sscanf(line, "@ %u %u %x %511s", &op_of, &assoc_of, status,
			   list_of) >= 3 &&
		    op_of == op && assoc_of == assoc &&
		    strcmp(list_of, list) == 0)
			return eol + 1;
	}
	return NULL;
}

static inline size_t record_len(const char *p)
{
	const char *next = strstr(p, "\n@ ");

	return next ? (size_t)(next + 1 - p) : strlen(p);
}

static inline void record_status_list(const char *p, struct assembly *reply)
{
	unsigned id, status;
	int n;

	for (; sscanf(p, "%u %x\n%n", &id, &status, &n) == 2; p += n) {
		char *to = reply->data + reply->len;

		to[0] = (char)(id >> 8);
		to[1] = (char)id;
		to[2] = (char)(status >> 8);
		to[3] = (char)status;
		reply->len += 4;
	}
}

/* Append the item of that name; false when the record has none. */
static inline bool record_pick(const char *p, size_t len, const char *name,
			       struct assembly *reply)
{
	struct items it = items_of(p, len);
	struct item item;

	while (items_next(&it, &item)) {
		if (!item_is(&item, name))
			continue;
		reply->len +=
			(size_t)snprintf(reply->data + reply->len, 1024,
					 "%s%s=%.*s", reply->len ? ", " : "",
					 name, (int)item.value_len, item.value);
		return true;
	}
	return false;
}

static inline enum ask_result recorded_ask(struct asker *a, enum control_op op,
					   uint16_t assoc, const char *list,
					   struct assembly *reply)
{
	struct recorded *r = CONTAINER_OF(a, struct recorded, asker);
	unsigned status;
	const char *p = find_record(r->text, op, assoc, list, &status);
	char names[1024], *save;

	memset(reply, 0, sizeof *reply);
	if (!p && (p = find_record(r->text, op, assoc, "", &status))) {
		snprintf(names, sizeof names, "%s", list);
		for (char *name = strtok_r(names, ",", &save); name;
		     name = strtok_r(NULL, ",", &save))
			if (!record_pick(p, record_len(p), name, reply)) {
				reply->error = CONTROL_ERR_UNKNOWNVAR;
				return ASK_REFUSED;
			}
	} else if (p && op == CONTROL_READSTAT) {
		record_status_list(p, reply);
	} else if (p) {
		reply->len = record_len(p);
		memcpy(reply->data, p, reply->len);
	} else {
		reply->error = CONTROL_ERR_BADASSOC;
		return ASK_REFUSED;
	}
	reply->status = (uint16_t)status;
	return ASK_OK;
}

static inline char *read_data(const char *name, char *buf, size_t cap)
{
	char path[1024];
	struct text t = text_init(path, sizeof path);
	size_t n;
	FILE *f;

	text_add(&t, "%s/mode6/%s", TEST_DATA, name);
	f = fopen(path, "r");
	assert_non_null(f);
	n = fread(buf, 1, cap - 1, f);
	assert_true(n < cap - 1);
	buf[n] = '\0';
	fclose(f);
	return buf;
}

/* text: the name of a file, or records themselves when it starts with "@". */
static inline struct recorded *recorded_new(const char *text)
{
	struct recorded *r = calloc(1, sizeof *r);

	assert_non_null(r);
	setenv("TZ", "UTC", 1);
	if (*text == '@')
		snprintf(r->text, sizeof r->text, "%s", text);
	else
		read_data(text, r->text, sizeof r->text);
	r->asker.ask = recorded_ask;
	r->session.asker = &r->asker;
	r->session.host = "localhost";
	r->session.n_hosts = 1;
	return r;
}

static inline void recorded_free(struct recorded *r)
{
	free(r->out);
	free(r->err);
	free(r);
}

/* Run one command line; what it printed is in out and err. */
static inline void recorded_run(struct recorded *r, const char *command)
{
	char line[1024];
	FILE *out;

	free(r->out);
	free(r->err);
	out = open_memstream(&r->out, &r->out_len);
	r->session.err = open_memstream(&r->err, &r->err_len);
	snprintf(line, sizeof line, "%s", command);
	command_run(&r->session, line, out);
	fclose(out);
	fclose(r->session.err);
}

static inline void assert_prints(struct recorded *r, const char *command,
				 const char *out, const char *err)
{
	recorded_run(r, command);
	assert_string_equal(r->out, out);
	assert_string_equal(r->err, err);
}

static inline void assert_prints_file(struct recorded *r, const char *command,
				      const char *file)
{
	char want[8192];

	assert_prints(r, command, read_data(file, want, sizeof want), "");
}
