/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/alloc.h"
#include "os/shared_page.h"
#include "os/state_file.h"
#include "pool/web/http.h"
#include "prog/poold/roles.h"

/* Descriptors that are not connections of visitors. */
#define OWN_FILES 64
#define CONNECTIONS_MAX 4096

/* How long visitors may finish what they do when we are to end. */
#define LEAVE_MS 3000

/* A sealed text that ends with a NUL of its own; NULL when there is none. */
static const char *handed(int fd)
{
	const void *data;
	size_t len;

	return shared_bytes_map(fd, &data, &len) == 0 ? data : NULL;
}

static unsigned connections(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) < 0 || r.rlim_cur < 2 * OWN_FILES)
		return OWN_FILES;
	return r.rlim_cur > CONNECTIONS_MAX + OWN_FILES
		       ? CONNECTIONS_MAX
		       : (unsigned)r.rlim_cur - OWN_FILES;
}

static void leave(struct http *h)
{
	for (int ms = 0; ms < LEAVE_MS && http_quiesce(h) > 0; ms += 50) {
		struct pollfd p = {.fd = http_fd(h), .events = POLLIN};

		(void)poll(&p, 1, 50);
		http_run(h);
	}
}

/*
 * What others wrote for the charts: both files, or none.  They are read once, by
 * these names alone, so that no request ever opens a file.
 */
#define SCRIPTS 2
#define SCRIPT_MAX (1u << 20)

struct scripts {
	struct embed file[SCRIPTS + 1];
	char *data[SCRIPTS];
};

static void scripts_done(struct scripts *s)
{
	for (size_t i = 0; i < SCRIPTS; i++)
		free(s->data[i]);
}

static bool scripts_read(const struct role_inputs *in, struct scripts *s)
{
	static const char *const names[SCRIPTS] = {"uPlot.iife.min.js",
						   "uPlot.min.css"};

	*s = (struct scripts){0};
	for (size_t i = 0; i < SCRIPTS; i++) {
		char path[4096];
		struct text t = text_init(path, sizeof path);
		int r;

		text_add(&t, "%s/%s", in->settings->web_scripts, names[i]);
		r = t.full ? -ENAMETOOLONG
			   : state_file_read(path, SCRIPT_MAX, true,
					     &s->data[i], &s->file[i].len);
		if (r < 0) {
			if (r != -ENOENT)
				log_warn(in->log, "web: %s: %s", path,
					 strerror(-r));
			return false;
		}
		s->file[i].name = names[i];
		s->file[i].data = (unsigned char *)s->data[i];
	}
	return true;
}

static int serve(const struct role_inputs *in, struct db *db,
		 const struct embed *scripts)
{
	struct http_setup setup = {
		.listen_fd = ROLE_FD_LISTEN,
		.connections = connections(),
		.settings = in->settings,
		.db = db,
		.log = in->log,
		.scripts = scripts,
	};
	const struct role_needs needs = {.role = SANDBOX_WEB};
	struct http *h;
	int r;

	if (in->settings->web_cert) {
		setup.cert = handed(ROLE_FD_CERT);
		setup.key = handed(ROLE_FD_KEY);
	}
	r = http_open(&setup, &h);
	if (r < 0) {
		log_error(in->log, "web: %s",
			  r == -EINVAL ? "certificate or key cannot be used"
				       : strerror(-r));
		return EXIT_FAILURE;
	}
	r = role_ready(in, &needs);
	if (r == 0) {
		while (role_wait(in, http_fd(h), http_wait_ms(h)))
			http_run(h);
		leave(h);
	}
	http_close(h);
	return r == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int web_run(const struct role_inputs *in)
{
	char why[256];
	struct text t = text_init(why, sizeof why);
	struct scripts scripts;
	struct db *db;
	int status;

	if (db_open(in->settings->database, &db, &t) < 0) {
		log_error(in->log, "web: %s", why);
		return EXIT_FAILURE;
	}
	status =
		serve(in, db, scripts_read(in, &scripts) ? scripts.file : NULL);
	scripts_done(&scripts);
	db_close(db);
	return status;
}
