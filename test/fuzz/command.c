/* SPDX-License-Identifier: BSD-2-Clause */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "ctl/commands.h"
#include "unit/ctl/still_host.h"

/* Lines to the control socket, one after the other, to one engine. */

static const void *no_clients(void *arg, unsigned worker, size_t *len)
{
	(void)arg;
	(void)worker;
	(void)len;
	return NULL;
}

static void log_level(void *arg, enum log_level level)
{
	(void)arg;
	assert(log_level_name(level));
}

static bool keep(void *arg, const char *lines, size_t len)
{
	(void)arg;
	assert(strlen(lines) == len);
	return len < 4032;
}

static void run(struct commands *c, const char *line)
{
	struct buf out = {0};

	commands_run(c, line, &out);
	assert(strncmp(buf_text(&out), "ok\n", 3) == 0 ||
	       strncmp(buf_text(&out), "error ", 6) == 0);
	assert(buf_text(&out)[out.len - 1] == '\n');
	assert(utf8_is_plain(buf_text(&out), out.len, true));
	buf_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct command_ops ops = {no_clients, log_level, keep};
	struct still_host host;
	struct config *cfg = config_new();
	struct engine_inputs in = {.cfg = cfg, .host = &host.host};
	struct command_inputs cin = {.ops = &ops};
	struct commands *c;
	char *text = xstrndup((const char *)data, size), *rest = text;

	still_host_init(&host);
	cin.engine = engine_new(&in);
	c = commands_new(&cin);
	for (char *line; (line = strsep(&rest, "\n"));)
		run(c, line);
	engine_free(cin.engine);
	commands_free(c);
	config_free(cfg);
	loop_done(&host.loop);
	free(text);
	return 0;
}
