/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/ntpd/setup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/container.h"
#include "os/interfaces.h"

/* Where packages put the file; the first that exists counts. */
static const char *const usual_places[] = {"/etc/ntp.conf",
					   "/etc/ntpsec/ntp.conf"};

static const char *config_path(const struct cmdline *opt,
			       struct conf_files *files)
{
	char *text;
	size_t len;

	if (opt->config)
		return opt->config;
	for (size_t i = 0; i < ARRAY_LEN(usual_places); i++) {
		if (files->read(files, usual_places[i], &text, &len) < 0)
			continue;
		free(text);
		return usual_places[i];
	}
	/* Servers on the command line are enough. */
	return opt->n_server ? NULL : usual_places[0];
}

static int read_config(struct setup *s, struct conf_files *files,
		       FILE *findings)
{
	const char *path = config_path(s->opt, files);
	struct diags diags = {0};
	int r = 0;

	s->config_path = path;
	if (path)
		r = conf_read(path, files, &s->cfg, &diags);
	else
		s->cfg = config_new();
	for (size_t i = 0; i < diags.len && findings; i++)
		diag_print(findings, &diags.diag[i]);
	diags_free(&diags);
	if (r == 0)
		cmdline_apply(s->opt, s->cfg);
	return r;
}

/* For the callbacks of readers. */
struct place {
	const char *path;
	FILE *out;
};

static void print_key_error(void *arg, const struct key_error *e)
{
	const struct place *at = arg;

	if (at->out)
		fprintf(at->out, "%s:%u:%u: warning: %s\n", at->path, e->line,
			e->column, e->text);
}

/* The text of a file that the configuration names, or NULL: none, or told. */
static char *read_named(const struct place *at, const char *what,
			struct conf_files *files, size_t *len)
{
	char *text;
	int r;

	if (!at->path)
		return NULL;
	r = files->read(files, at->path, &text, len);
	if (r == 0)
		return text;
	if (at->out)
		fprintf(at->out, "%s: warning: %s cannot be read: %s\n",
			at->path, what, strerror(-r));
	return NULL;
}

/* F-06: some daemons refuse it; the classic takes it, so it is only told. */
static void look_at_mode(const struct place *at)
{
	struct stat st;

	if (at->out && stat(at->path, &st) == 0 && st.st_mode & S_IROTH)
		fprintf(at->out,
			"%s: warning: everybody can read the keys; "
			"chmod o= it\n",
			at->path);
}

static void read_keys(struct setup *s, struct conf_files *files, FILE *findings)
{
	struct place at = {s->cfg->keys_file, findings};
	size_t len;
	char *text = read_named(&at, "the keys file", files, &len);

	if (!text)
		return;
	look_at_mode(&at);
	keys_parse(text, len, &s->keys, print_key_error, &at);
	explicit_bzero(text, len);
	free(text);
}

static void read_leap_table(struct setup *s, struct conf_files *files,
			    FILE *findings)
{
	struct place at = {s->cfg->leap_file, findings};
	char error[160];
	size_t len;
	char *text = read_named(&at, "the leap second file", files, &len);

	if (!text)
		return;
	s->has_leap_table =
		leap_table_parse(text, len, &s->leap_table, error) == 0;
	if (!s->has_leap_table && findings)
		fprintf(findings, "%s: warning: %s; not used\n", at.path,
			error);
	free(text);
}

static void find_own_addresses(struct setup *s)
{
	struct interface *list = NULL;
	int n = interfaces_list(&list);

	/* Without them a loop shows by its reference id alone. */
	if (n <= 0)
		return;
	s->own_addr = xcalloc((size_t)n, sizeof *s->own_addr);
	for (int i = 0; i < n; i++)
		s->own_addr[s->n_own_addr++] = list[i].addr;
	free(list);
}

int setup_read(struct setup *s, const struct cmdline *opt,
	       struct conf_files *files, FILE *findings)
{
	int r;

	*s = (struct setup){.opt = opt};
	r = read_config(s, files, findings);
	if (r < 0)
		return r;
	read_keys(s, files, findings);
	read_leap_table(s, files, findings);
	find_own_addresses(s);
	return 0;
}

void setup_done(struct setup *s)
{
	keys_free(&s->keys);
	free(s->own_addr);
	config_free(s->cfg);
}

int setup_clock(const struct setup *s, struct os_clock *clock)
{
	const struct conf_clock *c = &s->cfg->clock;

	switch (c->kind) {
	case CLOCK_NONE:
		os_clock_none_init(clock);
		return 0;
	case CLOCK_VIRTUAL:
		os_clock_virtual_init(clock, c->offset_s, c->freq);
		return 0;
	case CLOCK_KERNEL:
		break;
	}
	return os_clock_kernel_init(clock);
}

struct name_servers setup_name_servers(const struct config *cfg)
{
	return (struct name_servers){
		.addr = cfg->name_server,
		.n = cfg->n_name_server,
		.loopback = cfg->name_server_loopback,
	};
}

struct engine_inputs setup_engine(const struct setup *s,
				  const struct host *host)
{
	return (struct engine_inputs){
		.cfg = s->cfg,
		.host = host,
		.keys = &s->keys,
		.leap_table = s->has_leap_table ? &s->leap_table : NULL,
		.panic_once_ok = s->opt->panic_once_ok,
		.set_once = s->opt->set_once,
		.slew_only = s->opt->slew_only,
		.own_addrs = s->own_addr,
		.n_own_addrs = s->n_own_addr,
	};
}
