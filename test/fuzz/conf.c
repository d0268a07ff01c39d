/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/container.h"
#include "conf/read.h"

/* The input is the main file, and also the file "again" that it may include. */
struct input {
	struct conf_files files;
	const uint8_t *data;
	size_t size;
};

static int input_read(struct conf_files *f, const char *path, char **text,
		      size_t *len)
{
	struct input *in = CONTAINER_OF(f, struct input, files);

	if (strcmp(path, "again") == 0 && in->size > 4096)
		return -EISDIR;
	if (strcmp(path, "main") != 0 && strcmp(path, "again") != 0)
		return -ENOENT;
	/* Exactly as large as it is, so that a sanitizer sees too far a step. */
	*text = xcalloc(in->size + !in->size, 1);
	memcpy(*text, in->data, in->size);
	*len = in->size;
	return 0;
}

static int input_list(struct conf_files *f, const char *dir, char ***names,
		      size_t *n)
{
	(void)f;
	*n = 0;
	if (strcmp(dir, "again") != 0)
		return 0;
	*names = xcalloc(1, sizeof **names);
	(*names)[(*n)++] = xstrdup("again");
	return 0;
}

static void must(bool truth)
{
	if (!truth)
		abort();
}

static void check_config_is_sound(const struct config *cfg)
{
	must(cfg->n_source <= 1024);
	for (size_t i = 0; i < cfg->n_source; i++) {
		const struct conf_source *s = &cfg->source[i];

		must(s->host && *s->host && s->pos.file && s->pos.line);
		must(s->min_poll_log2 >= 0 && s->max_poll_log2 <= 17);
		must(s->min_poll_log2 <= s->max_poll_log2);
		must(s->port != 0 && s->kind != SOURCE_PEER);
	}
	for (size_t i = 0; i < cfg->n_restrict; i++)
		must((cfg->restricts[i].kind == RESTRICT_HOST) ==
		     (cfg->restricts[i].host != NULL));
	for (size_t i = 1; i < cfg->n_trusted_key; i++)
		must(cfg->trusted_key[i - 1] < cfg->trusted_key[i]);
	for (size_t i = 0; i < STATS_KINDS; i++)
		must(cfg->filegen[i].type <= STATS_AGE);
	must(cfg->workers >= 1 && cfg->workers <= 64 && cfg->port != 0);
	must(cfg->clock.kind <= CLOCK_VIRTUAL);
	must(cfg->tinker.max_freq > 0 && cfg->rate.minimum_s >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {{input_read, input_list}, data, size};
	struct config *cfg = NULL;
	struct diags d = {0};
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	int err = conf_read("main", &in.files, &cfg, &d);

	must((err == 0) == (d.errors == 0) && (err == 0) == (cfg != NULL));
	for (size_t i = 0; i < d.len; i++)
		diag_print(out, &d.diag[i]);
	fclose(out);
	for (size_t i = 0; i < len; i++)
		must((text[i] >= ' ' && text[i] <= '~') || text[i] == '\n');
	if (cfg)
		check_config_is_sound(cfg);
	config_free(cfg);
	diags_free(&d);
	free(text);
	return 0;
}
