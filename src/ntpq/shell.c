/* SPDX-License-Identifier: BSD-2-Clause */
#include "ntpq/shell.h"

#include <histedit.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "base/alloc.h"
#include "ntpq/commands.h"

#define HISTORY_LINES 200

void shell_batch(struct session *s, FILE *in, FILE *out)
{
	char *line = NULL;
	size_t cap = 0;

	while (!s->quit && getline(&line, &cap, in) >= 0) {
		command_run(s, line, out);
		fflush(out);
	}
	free(line);
}

static char *prompt(EditLine *el)
{
	void *text;

	el_get(el, EL_CLIENTDATA, &text);
	return text;
}

/* Complete the first word as far as all commands that begin with it agree. */
static unsigned char complete(EditLine *el, int key)
{
	const LineInfo *line = el_line(el);
	size_t typed = (size_t)(line->cursor - line->buffer), agreed = 0;
	const char *first = NULL;
	char rest[64];

	(void)key;
	for (size_t i = 0; i < commands_len; i++) {
		const char *name = commands[i].name;

		if (strncmp(name, line->buffer, typed) != 0)
			continue;
		if (!first) {
			first = name;
			agreed = strlen(name);
		}
		while (strncmp(name, first, agreed) != 0)
			agreed--;
	}
	if (!first || agreed <= typed || agreed - typed >= sizeof rest)
		return CC_ERROR;
	memcpy(rest, first + typed, agreed - typed);
	rest[agreed - typed] = '\0';
	return el_insertstr(el, rest) < 0 ? CC_ERROR : CC_REFRESH;
}

void shell_interactive(struct session *s, FILE *out)
{
	char prompt_text[] = "ntpq> "; /* not const: libedit's type */
	EditLine *el = el_init("ntpq", stdin, stdout, stderr);
	History *past = history_init();
	const char *read;
	HistEvent ev;
	int len;

	history(past, &ev, H_SETSIZE, HISTORY_LINES);
	el_set(el, EL_CLIENTDATA, prompt_text);
	el_set(el, EL_PROMPT, prompt);
	el_set(el, EL_EDITOR, "emacs");
	el_set(el, EL_SIGNAL, 1);
	el_set(el, EL_HIST, history, past);
	/* Wide: el_set() would copy both texts and never free them. */
	el_wset(el, EL_ADDFN, L"complete", L"complete a command", complete);
	el_set(el, EL_BIND, "^I", "complete", NULL);
	while (!s->quit && (read = el_gets(el, &len)) && len > 0) {
		char *line = xstrdup(read);

		history(past, &ev, H_ENTER, read);
		command_run(s, line, out);
		fflush(out);
		free(line);
	}
	history_end(past);
	el_end(el);
}
