/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "pool/web/form.h"
#include "pool/web/html.h"
#include "pool/web/request.h"
#include "pool/web/router.h"

/* The octets as a form's body, as a request's target, and as text on a page. */

static void must(bool truth)
{
	if (!truth)
		abort();
}

static void check_form(const char *s, size_t len)
{
	struct form f;

	if (form_parse(s, len, &f) < 0)
		return;
	must(f.n <= FORM_FIELDS_MAX);
	for (size_t i = 0; i < f.n; i++) {
		const char *name = f.field[i].name, *value = f.field[i].value;

		must(utf8_is_plain(name, strlen(name), false));
		must(utf8_is_plain(value, strlen(value), true));
		must(form_find(&f, name) == value);
	}
	form_done(&f);
}

static void check_target(const char *s)
{
	struct request rq = {0};
	const char *arg[REQUEST_ARGS] = {NULL};
	char allow[64], *text = NULL;

	if (request_target(&rq, s) == 0) {
		must(*rq.path == '/' && !strstr(rq.path, "/../"));
		(void)router_find(routes, "GET", rq.path, arg, &text, allow);
		for (int i = 0; i < REQUEST_ARGS && arg[i]; i++)
			must(strstr(rq.path, arg[i]) != NULL);
		free(text);
	}
	request_done(&rq);
}

static void check_html(const char *s, size_t len)
{
	struct html h = {{0}};

	html_put(&h, "%.*s", (int)len, s);
	must(!strpbrk(buf_text(&h.buf), "<>\"'"));
	must(utf8_valid(buf_text(&h.buf), h.buf.len));
	buf_done(&h.buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *s = xstrndup((const char *)data, size);

	check_form((const char *)data, size);
	check_target(s);
	check_html(s, strlen(s));
	free(s);
	return 0;
}
