/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/ntpd/signals.h"

#include <stddef.h>

#include "base/container.h"

/* The only writable variables of the program: a handler reaches nothing else. */
static volatile sig_atomic_t any;
static volatile sig_atomic_t seen[NSIG];

static void on_signal(int sig)
{
	seen[sig] = 1;
	any = 1;
}

void signals_catch(void)
{
	static const int caught[] = {SIGTERM, SIGINT,  SIGQUIT, SIGHUP,
				     SIGUSR1, SIGUSR2, SIGCHLD};
	struct sigaction a = {.sa_handler = on_signal};

	sigemptyset(&a.sa_mask);
	/* No SA_RESTART: poll() is to return. */
	for (size_t i = 0; i < ARRAY_LEN(caught); i++)
		sigaction(caught[i], &a, NULL);
	a.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &a, NULL);
}

const volatile sig_atomic_t *signals_flag(void)
{
	return &any;
}

static bool take(int sig)
{
	bool came = seen[sig];

	seen[sig] = 0;
	return came;
}

static void change_level(struct log *log, int by)
{
	int level;

	if (!log)
		return;
	level = (int)log->threshold + by;
	if (level < LOG_LEVEL_ERROR || level > LOG_LEVEL_DEBUG)
		return;
	log->threshold = (enum log_level)level;
	log_notice(log, "log level is %s", log_level_name(log->threshold));
}

bool signals_end(struct log *log)
{
	bool end = false;

	any = 0;
	/* All of them are taken, whichever came. */
	end |= take(SIGTERM);
	end |= take(SIGINT);
	end |= take(SIGQUIT);
	if (take(SIGUSR1))
		change_level(log, 1);
	if (take(SIGUSR2))
		change_level(log, -1);
	return end;
}

bool signals_reopen(void)
{
	return take(SIGHUP);
}
