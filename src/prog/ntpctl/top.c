/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * All of it on one screen, drawn again every second.  What is drawn comes from
 * the same functions as status and sources; curses only places the lines.
 */
#include <curses.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>
#include <unistd.h>

#include "prog/ntpctl/commands.h"
#include "prog/ntpctl/status.h"
#include "prog/ntpctl/words.h"

#define REFRESH_MS 1000

/* What a screen shows, as lines; heap. */
static char *make_text(const struct ctl *c)
{
	char words[1024], *text = NULL;
	struct text why = text_init(words, sizeof words);
	struct document d;
	size_t len;
	FILE *to = open_memstream(&text, &len);
	struct output o = {.to = to};

	if (!to)
		return NULL;
	if (ctl_try_document(c, &d, &why) < 0) {
		fprintf(to, "%s\n", words);
	} else {
		status_put(&d, &o);
		fputc('\n', to);
		sources_put(&d, &o);
	}
	doc_done(&d);
	if (fclose(to) == 0)
		return text;
	free(text);
	return NULL;
}

/* The tally character at the begin of a line says how it is painted. */
static attr_t paint_of(const char *line)
{
	if (line[0] && line[1] == ' ' && line[2] == ' ')
		switch (line[0]) {
		case '*':
		case '+':
		case 'o':
			return (attr_t)COLOR_PAIR(1);
		case 'x':
			return (attr_t)COLOR_PAIR(2) | A_BOLD;
		default:
			break;
		}
	return A_NORMAL;
}

static void draw(const char *text)
{
	int row = 0;

	erase();
	while (*text && row < LINES - 1) {
		size_t len = strcspn(text, "\n");
		attr_t paint = row == 0 ? A_BOLD : paint_of(text);

		attron(paint);
		mvaddnstr(row++, 0, text, len < (size_t)COLS ? (int)len : COLS);
		attroff(paint);
		text += len + (text[len] == '\n');
	}
	mvaddnstr(LINES - 1, 0, "q: quit", COLS);
	refresh();
}

static void begin(void)
{
	setlocale(LC_CTYPE, ""); /* names may be UTF-8 */
	cbreak();
	noecho();
	curs_set(0);
	timeout(REFRESH_MS);
	if (getenv("NO_COLOR") || !has_colors())
		return;
	start_color();
	use_default_colors();
	init_pair(1, COLOR_GREEN, -1);
	init_pair(2, COLOR_RED, -1);
}

int cmd_top(struct ctl *c)
{
	SCREEN *screen = NULL;
	int key, known;

	if (!isatty(STDOUT_FILENO) || !isatty(STDIN_FILENO))
		return ctl_fail(c, "no-terminal",
				"top draws on a terminal, and this is none; "
				"ntpctl status and ntpctl sources say the same "
				"once");
	/* newterm() alone would not give back what it took for a refusal. */
	if (setupterm(NULL, STDOUT_FILENO, &known) == OK) {
		del_curterm(cur_term);
		screen = newterm(NULL, stdout, stdin);
	}
	if (!screen)
		return ctl_fail(c, "no-terminal",
				"this terminal cannot be drawn on (TERM=%s)",
				getenv("TERM") ? getenv("TERM") : "");
	begin();
	do {
		char *text = make_text(c);

		draw(text ? text : "out of memory");
		free(text);
		key = getch(); /* waits until it is time to look again */
	} while (key != 'q' && key != 'Q');
	endwin();
	delscreen(screen);
	return CTL_OK;
}
