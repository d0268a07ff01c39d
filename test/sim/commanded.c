/* SPDX-License-Identifier: BSD-2-Clause */
#include "world_ntp.h"

#include <errno.h>
#include <math.h>

/* What ntpctl tells a running engine: sources, bursts, steps. */

static struct conf_source line_for(const char *host)
{
	return (struct conf_source){.kind = SOURCE_SERVER,
				    .host = host,
				    .port = 123,
				    .iburst = true,
				    .min_poll_log2 = 6,
				    .max_poll_log2 = 10,
				    .version = 4,
				    .pos = {"test", 1, 1}};
}

static void sources_come_and_go(void **state)
{
	struct conf_source line = line_for("10.1.0.4");
	struct town t;
	struct assoc_report r;
	uint64_t asked;

	(void)state;
	town_init(&t, 1, 3, "iburst", "");
	ref_server_init(&t.server[3], t.w, "10.1.0.4");
	town_run(&t, 100, 300);
	assert_int_equal(engine_assoc_count(t.client.engine), 3);
	assert_int_equal(engine_add_source(t.client.engine, &line), 0);
	assert_int_equal(engine_add_source(t.client.engine, &line), -EEXIST);
	world_run(t.w, 600);
	r = daemon_assoc(&t.client, "10.1.0.4");
	assert_true(r.by_command && r.est.status >= SELECT_OUTLIER);

	engine_remove_source(t.client.engine, &line);
	assert_int_equal(engine_assoc_count(t.client.engine), 3);
	asked = t.server[3].asked;
	world_run(t.w, 5000);
	assert_int_equal(t.server[3].asked, asked);
	assert_true(daemon_is_synchronised(&t.client));
	town_done(&t);
}

/* Nobody is followed any more, and that is said: the time goes on, and ages. */
static void the_last_source_goes(void **state)
{
	const struct conf_source *line;
	struct sys_report sys;
	struct town t;

	(void)state;
	town_init(&t, 2, 1, "iburst", "");
	town_run(&t, 100, 600);
	assert_int_equal(
		engine_find_lines(t.client.engine, "10.1.0.1", &line, 1), 1);
	engine_remove_source(t.client.engine, line);
	assert_int_equal(engine_assoc_count(t.client.engine), 0);
	engine_report(t.client.engine, &sys);
	assert_int_equal(sys.peer_id, 0);
	assert_true(daemon_is_synchronised(&t.client));
	world_run(t.w, 3 * 86400);
	assert_false(daemon_is_synchronised(&t.client));
	town_done(&t);
}

static void a_burst_asks_eight_times(void **state)
{
	struct town t;
	uint64_t asked;

	(void)state;
	town_init(&t, 3, 2, "minpoll 10", "");
	town_run(&t, 1500, 4000);
	asked = t.server[0].asked;
	assert_int_equal(engine_burst(t.client.engine, "10.1.0.1"), 1);
	assert_int_equal(engine_burst(t.client.engine, "10.1.0.1"), 0);
	assert_int_equal(engine_burst(t.client.engine, "10.1.0.9"), 0);
	world_run(t.w, 4020);
	/* and perhaps the poll that was due */
	assert_in_range(t.server[0].asked - asked, 8, 9);
	assert_int_equal(daemon_assoc(&t.client, "10.1.0.1").reach & 1, 1);
	town_done(&t);
}

/* C-05: who said that it is too much is not asked eight times in a row. */
static void a_burst_respects_a_kiss(void **state)
{
	struct town t;

	(void)state;
	town_init(&t, 4, 1, "", "");
	t.server[0].kiss = "RATE";
	town_run(&t, 5000, 5000);
	assert_int_equal(engine_burst(t.client.engine, NULL), 0);
	town_done(&t);
}

/* A clock that is being slewed for minutes is right at once. */
static void a_step_ends_a_long_slew(void **state)
{
	struct town t;
	double step_s;

	(void)state;
	town_init(&t, 5, 4, "iburst", "");
	t.client.in.slew_only = true;
	town_run(&t, 60, 0.01);
	assert_int_equal(engine_step(t.client.engine, &step_s), -EAGAIN);
	world_run(t.w, 30);
	assert_int_equal(engine_step(t.client.engine, &step_s), 0);
	assert_in_range(fabs(step_s) * 1e3, 50, 110);
	assert_int_equal(engine_step(t.client.engine, &step_s), -EALREADY);
	world_run(t.w, 600);
	assert_below(t.judge.max_s, 1e-3);
	assert_true(daemon_is_synchronised(&t.client));
	town_done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sources_come_and_go),
		cmocka_unit_test(the_last_source_goes),
		cmocka_unit_test(a_burst_asks_eight_times),
		cmocka_unit_test(a_burst_respects_a_kiss),
		cmocka_unit_test(a_step_ends_a_long_slew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
