/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/poold/roles.h"

#include <libgen.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/container.h"
#include "base/text.h"
#include "pool/store/db.h"
#include "prog/ntpd/signals.h"

const struct role roles[] = {
	{"web", web_run},
	{"jobs", jobs_role},
	{"errands", errands_role},
	{"post", post_role},
	{0},
};

const struct role *role_find(const char *name)
{
	for (const struct role *r = roles; r->name; r++)
		if (strcmp(r->name, name) == 0)
			return r;
	return NULL;
}

unsigned role_count(const struct role *role, const struct pool_settings *s)
{
	return strcmp(role->name, "web") == 0 ? s->web_workers : 1;
}

/* --- what it may do ----------------------------------------------------------- */

#define PATHS_MAX 8

struct paths {
	const char *list[PATHS_MAX + 1];
	char text[PATHS_MAX][PATH_MAX];
	size_t n;
};

static void add_path(struct paths *p, const char *dir, const char *name)
{
	if (p->n < PATHS_MAX &&
	    snprintf(p->text[p->n], PATH_MAX, "%s%s", dir, name) < PATH_MAX) {
		p->list[p->n] = p->text[p->n];
		p->n++;
	}
}

/* A file that is replaced is another one then: it is the folder that stays. */
static void add_folder_of(struct paths *p, const char *path)
{
	char copy[PATH_MAX];
	struct text t = text_init(copy, sizeof copy);
	struct stat st;

	if (!path)
		return;
	text_add(&t, "%s", path);
	if (!t.full)
		add_path(p,
			 stat(path, &st) == 0 && S_ISDIR(st.st_mode)
				 ? path
				 : dirname(copy),
			 "");
}

/* What libpq looks into when it connects anew. */
static void add_libpq(struct paths *p)
{
	const char *home = getenv("HOME");

	if (!home)
		return;
	add_path(p, home, "/.postgresql");
	add_path(p, home, "/.pgpass");
}

static int confine(const struct role_inputs *in, const struct role_needs *needs)
{
	const char *file = db_file(in->settings->database);
	struct paths *read = xcalloc(2, sizeof *read), *write = &read[1];
	struct sandbox_plan plan = {
		.role = needs->role,
		.filter = in->filter,
		.network = needs->network || !file,
		.read = read->list,
		.write = write->list,
	};
	int r;

	for (size_t i = 0; i < ARRAY_LEN(needs->read); i++)
		add_folder_of(read, needs->read[i]);
	for (size_t i = 0; i < ARRAY_LEN(needs->write); i++)
		add_folder_of(write, needs->write[i]);
	add_folder_of(write, file);
	if (!file)
		add_libpq(read);
	tzset(); /* reads a file, but only once */
	r = sandbox_enter(&plan, in->log);
	free(read);
	return r;
}

int role_ready(const struct role_inputs *in, const struct role_needs *needs)
{
	int r = confine(in, needs);

	if (r < 0)
		log_error(in->log, "cannot be confined: %s", strerror(-r));
	else if (write(ROLE_FD_READY, "", 1) == 1)
		close(ROLE_FD_READY);
	return r;
}

bool role_wait(const struct role_inputs *in, int fd, int timeout_ms)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	/* A signal that comes just before poll() is seen within half a second. */
	while (!signals_end(in->log)) {
		int ms = timeout_ms > 500 ? 500 : timeout_ms;

		if (poll(&p, 1, ms) > 0 || timeout_ms <= ms)
			return true;
		timeout_ms -= ms;
	}
	return false;
}
