/* SPDX-License-Identifier: BSD-2-Clause */
#include "ctl/commands.h"

#include <stdio.h>
#include <string.h>

#include "base/container.h"
#include "cmocka_all.h"
#include "ntp/clients.h"
#include "still_host.h"

/* An engine without sources, and what it was told by way of commands. */
struct world {
	struct still_host host;
	struct config *cfg;
	struct engine *engine;
	struct commands *commands;
	struct clients *clients;
	enum log_level level;
	char kept[4096];
	size_t room;
	struct buf out;
};

static const void *clients(void *arg, unsigned worker, size_t *len)
{
	const struct world *w = arg;

	return worker < 2 ? clients_table(w->clients, len) : NULL;
}

static void log_level(void *arg, enum log_level level)
{
	((struct world *)arg)->level = level;
}

static bool keep(void *arg, const char *lines, size_t len)
{
	struct world *w = arg;

	if (len >= w->room)
		return false;
	snprintf(w->kept, sizeof w->kept, "%s", lines);
	return true;
}

static int open_world(void **state)
{
	static const struct command_ops ops = {clients, log_level, keep};
	static const struct conf_rate rate = {.average_log2 = 3};
	static const uint64_t key[2] = {1, 2};
	static struct world w;
	struct engine_inputs in = {.host = &w.host.host};
	struct command_inputs cin = {.ops = &ops, .arg = &w};

	w = (struct world){.room = 4032};
	still_host_init(&w.host);
	in.cfg = w.cfg = config_new();
	cin.engine = w.engine = engine_new(&in);
	w.commands = commands_new(&cin);
	w.clients = clients_new(1000, &rate, key);
	*state = &w;
	return 0;
}

static int close_world(void **state)
{
	struct world *w = *state;

	engine_free(w->engine);
	commands_free(w->commands);
	config_free(w->cfg);
	clients_free(w->clients);
	loop_done(&w->host.loop);
	buf_done(&w->out);
	return 0;
}

static const char *run(struct world *w, const char *line)
{
	buf_done(&w->out);
	commands_run(w->commands, line, &w->out);
	return buf_text(&w->out);
}

static void assert_starts(const char *text, const char *start)
{
	if (strncmp(text, start, strlen(start)) != 0)
		fail_msg("'%s' does not start with '%s'", text, start);
}

static void sources_come_and_go(void **state)
{
	struct world *w = *state;
	struct assoc_report r;

	assert_string_equal(run(w, "source add server 192.0.2.1 iburst"),
			    "ok\n");
	assert_string_equal(run(w, "source add pool a.test"), "ok\n");
	assert_int_equal(engine_assoc_count(w->engine), 2);
	engine_assoc_report(w->engine, 0, &r);
	assert_string_equal(r.name, "192.0.2.1");
	assert_true(r.by_command && r.conf->iburst);
	assert_string_equal(w->kept, "server 192.0.2.1 iburst\npool a.test\n");

	assert_starts(run(w, "source add server 192.0.2.1"),
		      "error 192.0.2.1 is a source already\n");
	assert_string_equal(run(w, "source add server 192.0.2.1 port 124"),
			    "ok\n");
	assert_string_equal(run(w, "source del 192.0.2.1"), "ok\n");
	assert_string_equal(w->kept, "pool a.test\n");
	assert_int_equal(engine_assoc_count(w->engine), 1);
	assert_starts(run(w, "source del 192.0.2.1"), "error no source");
	assert_string_equal(run(w, "source del a.test"), "ok\n");
	assert_string_equal(w->kept, "");
	assert_int_equal(engine_assoc_count(w->engine), 0);
}

/* The column is that of the line, so that a tool can show where. */
static void mistakes_come_back_with_their_place(void **state)
{
	struct world *w = *state;
	const char *text = run(w, "source add server ntp.test iburts key x");

	assert_starts(text, "error 'server' has no option 'iburts'\n");
	assert_non_null(strstr(text, "source add:1:17: error:"));
	assert_non_null(strstr(text, "did you mean 'iburst'?"));
	assert_non_null(strstr(text, "source add:1:28: error:"));
	assert_int_equal(engine_assoc_count(w->engine), 0);
	assert_string_equal(w->kept, "");
}

/* Only sources are taken, and no file is read. */
static void other_lines_are_no_sources(void **state)
{
	static const char *const lines[] = {
		"keys /etc/shadow",
		"restrict default",
		"includefile /etc/passwd",
		"server 127.127.1.0",
		"# server a",
		"frobnicate",
		"server",
	};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		char line[100];

		snprintf(line, sizeof line, "source add %s", lines[i]);
		assert_starts(run(w, line), "error ");
		assert_null(strstr(buf_text(&w->out), "root"));
		assert_int_equal(engine_assoc_count(w->engine), 0);
	}
}

static void there_is_an_end_to_adding(void **state)
{
	struct world *w = *state;

	w->room = 40;
	assert_string_equal(run(w, "source add server 192.0.2.1 iburst"),
			    "ok\n");
	assert_starts(run(w, "source add server 192.0.2.2 iburst"),
		      "error no room");
	assert_int_equal(engine_assoc_count(w->engine), 1);
	assert_string_equal(w->kept, "server 192.0.2.1 iburst\n");
}

static void a_new_life_has_the_sources_again(void **state)
{
	struct world *w = *state;

	commands_restore(w->commands, "server 192.0.2.1\nbroken\n"
				      "server 192.0.2.1\npool a.test\n");
	assert_int_equal(engine_assoc_count(w->engine), 2);
	assert_string_equal(w->kept, "server 192.0.2.1\npool a.test\n");
}

static void refusals_have_a_reason(void **state)
{
	static const char *const rows[][2] = {
		{"", "error no such command"},
		{"sauce add x", "error no such command"},
		{"source", "error no such command"},
		{"source add", "error source add wants LINE"},
		{"source del  ", "error source del wants NAME"},
		{"stepx", "error no such command"},
		{"step now", "error step takes no argument"},
		{"step", "error the clock was not set: no source"},
		{"burst", "error no such source"},
		{"burst a.test", "error no such source"},
		{"log", "error log wants LEVEL"},
		{"log loud", "error 'loud' is none of"},
		{"clients 0", "error '0' is no number"},
		{"clients 10001", "error '10001' is no number"},
		{"log \x1b[2J", "error the command is no text"},
		{"log \xff", "error the command is no text"},
	};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_starts(run(w, rows[i][0]), rows[i][1]);
		assert_int_equal(strcspn(buf_text(&w->out), "\n") + 1,
				 w->out.len);
	}
}

static void levels_and_help(void **state)
{
	struct world *w = *state;

	assert_string_equal(run(w, "log debug"), "ok\n");
	assert_int_equal(w->level, LOG_LEVEL_DEBUG);
	assert_string_equal(run(w, "log error"), "ok\n");
	assert_int_equal(w->level, LOG_LEVEL_ERROR);
	assert_non_null(strstr(run(w, "help"), "\nsource add LINE\n"));
}

static void bursts_are_counted(void **state)
{
	struct world *w = *state;

	run(w, "source add server 192.0.2.1");
	run(w, "source add server 192.0.2.2");
	assert_string_equal(run(w, "burst 192.0.2.2"),
			    "ok\n1 source is asked eight times, 2 s apart\n");
	/* the other one: its burst goes on */
	assert_starts(run(w, "burst"), "ok\n1 source");
	assert_starts(run(w, "burst"), "error ");
}

/* Two workers have the same table here, so each client is there twice. */
static void clients_are_the_busiest_first(void **state)
{
	struct world *w = *state;
	int64_t now = loop_mono(&w->host.loop);

	for (uint8_t i = 1; i <= 5; i++) {
		struct net_addr a = {.family = 2, .ip = {192, 0, 2, i}};

		for (unsigned n = 0; n < i * 3u; n++)
			clients_note(w->clients, &a, 4, 3, false, 0, now);
	}
	run(w, "clients 3");
	assert_starts(buf_text(&w->out),
		      "ok\n{\"schema\":\"ntp-clients/1\",\"time\":"
		      "\"2026-11-23T04:48:38.000000Z\",\"total\":10,"
		      "\"clients\":[{\"address\":\"192.0.2.5\","
		      "\"received\":15,\"last_seen\":"
		      "\"2026-11-23T04:48:38.000000Z\",\"version\":4,"
		      "\"mode\":3,\"over_limit\":false},"
		      "{\"address\":\"192.0.2.5\"");
	assert_non_null(strstr(buf_text(&w->out), "192.0.2.4"));
	assert_null(strstr(buf_text(&w->out), "192.0.2.3"));
	assert_non_null(strstr(run(w, "clients"), "192.0.2.1"));
}

#define IN_WORLD(test) \
	cmocka_unit_test_setup_teardown(test, open_world, close_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_WORLD(sources_come_and_go),
		IN_WORLD(mistakes_come_back_with_their_place),
		IN_WORLD(other_lines_are_no_sources),
		IN_WORLD(there_is_an_end_to_adding),
		IN_WORLD(a_new_life_has_the_sources_again),
		IN_WORLD(refusals_have_a_reason),
		IN_WORLD(levels_and_help),
		IN_WORLD(bursts_are_counted),
		IN_WORLD(clients_are_the_busiest_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
