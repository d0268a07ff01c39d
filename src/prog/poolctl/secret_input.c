/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/poolctl/secret_input.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "prog/poolctl/ctl.h"

static bool echo(bool on)
{
	struct termios t;

	if (tcgetattr(STDIN_FILENO, &t) < 0)
		return false;
	if (on)
		t.c_lflag |= ECHO;
	else
		t.c_lflag &= ~(tcflag_t)ECHO;
	return tcsetattr(STDIN_FILENO, TCSAFLUSH, &t) == 0;
}

bool secret_input(struct ctl *c, char *out, size_t cap)
{
	bool quiet = echo(false); /* false: no terminal */
	char *line;
	size_t len;

	if (quiet)
		fputs("password: ", stderr);
	line = fgets(out, (int)cap, stdin);
	if (quiet) {
		echo(true);
		fputc('\n', stderr);
	}
	if (!line) {
		ctl_fail(c, "no-password",
			 "the password is read from standard input");
		return false;
	}
	len = strcspn(out, "\n");
	out[len] = '\0';
	return true;
}
