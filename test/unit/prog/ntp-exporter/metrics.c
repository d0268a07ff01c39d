/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/ntp-exporter/metrics.h"

#include <string.h>

#include "cmocka_all.h"

#define SOURCE(name, id, more)                                             \
	"{\"id\":" #id ",\"name\":\"" name "\",\"address\":\"192.0.2.1\"," \
	"\"mode\":\"server\",\"auth\":\"none\",\"refid\":\"GPS\"," more "}"

/* What the document becomes. */
static struct buf put(const char *text,
		      void (*fn)(struct buf *, const struct document *))
{
	char words[256];
	struct text why = text_init(words, sizeof words);
	struct document d;
	struct buf b = {0};

	assert_int_equal(doc_read(text, strlen(text), &d, &why), 0);
	fn(&b, &d);
	doc_done(&d);
	return b;
}

#define HAS(part) assert_non_null(strstr(buf_text(&b), part))
#define HAS_NOT(part) assert_null(strstr(buf_text(&b), part))

static void signs_and_units(void **state)
{
	static const char text[] =
		"{\"schema\":\"ntp-status/1\",\"daemon\":{\"version\":\"1\","
		"\"config_ok\":false,\"config_loaded\":"
		"\"2026-11-23T05:10:28.5Z\",\"features\":[\"pps\",\"gpsd\"]},"
		"\"system\":{\"synchronized\":true,\"offset\":2e-5,"
		"\"last_offset\":-3e-5,\"leap\":\"unsynchronized\","
		"\"reference\":\"a\",\"refid\":\"R\",\"stratum\":2,"
		"\"frequency_ppm\":-12.418,\"tai_offset\":null},"
		"\"sources\":[" SOURCE(
			"a", 4711,
			"\"state\":\"syspeer\",\"offset\":1e-3,"
			"\"poll\":64,\"reach\":252,\"sent\":12") "],\"server\":"
								 "{\"received\""
								 ":94633291,"
								 "\"versions\":"
								 "{\"4\":7}}}";
	struct buf b = put(text, metrics_put);

	(void)state;
	HAS("# TYPE ntp_up gauge\nntp_up 1\n");
	HAS("ntp_build_info{version=\"1\",features=\"pps, gpsd\"} 1\n");
	HAS("\nntp_config_last_reload_successful 0\n");
	HAS("_success_timestamp_seconds 1795410628.5\n");
	/* The document's are server minus local. */
	HAS("\nntp_system_offset_seconds -2e-05\n");
	HAS("\nntp_system_last_offset_seconds 3e-05\n");
	HAS("\nntp_system_leap_indicator 3\n");
	HAS("ntp_system_reference_info{name=\"a\",address=\"192.0.2.1\","
	    "refid=\"R\"} 1\n");
	HAS_NOT("ntp_system_tai_offset_seconds");
	HAS("ntp_source_offset_seconds{name=\"a\",address=\"192.0.2.1\","
	    "id=\"4711\"} 0.001\n");
	HAS("id=\"4711\",state=\"syspeer\"} 1\n");
	HAS("id=\"4711\",state=\"falseticker\"} 0\n");
	HAS("ntp_source_reachability_ratio{name=\"a\",address=\"192.0.2.1\","
	    "id=\"4711\"} 0.75\n");
	HAS("ntp_source_unanswered_polls{name=\"a\",address=\"192.0.2.1\","
	    "id=\"4711\"} 2\n");
	HAS("\nntp_server_received_packets_total 94633291\n");
	HAS("\nntp_server_requests_total{version=\"4\"} 7\n");
	buf_done(&b);

	b = put(text, chrony_put);
	HAS("\nchrony_tracking_system_time_seconds 2e-05\n");
	HAS("\nchrony_tracking_last_offset_seconds 3e-05\n");
	HAS("\nchrony_tracking_frequency_ppms 12.418\n");
	HAS("chrony_sources_last_sample_offset_seconds{source_address="
	    "\"192.0.2.1\",source_name=\"a\"} -0.001\n");
	HAS("source_state=\"sync\",source_mode=\"client\"} 1\n");
	HAS("chrony_sources_reachability_success{source_address=\"192.0.2.1\","
	    "source_name=\"a\"} 0\n");
	buf_done(&b);
}

/* E-33 */
static void hostile_names_stay_labels(void **state)
{
	struct buf b = put("{\"schema\":\"ntp-status/1\",\"sources\":[" SOURCE(
				   "a\\\"} 1\\nntp_up 7\\\\\\u001b[2J", 1,
				   "\"state\":\"candidate\",\"rejected\":{"
				   "\"x\\\"y\":3}") "]}",
			   metrics_put);

	(void)state;
	HAS_NOT("\nntp_up 7");
	HAS_NOT("\033");
	HAS("name=\"a\\\"} 1");
	HAS("reason=\"x\\\"y\"} 3\n");
	buf_done(&b);
}

static void nothing_is_said_of_a_daemon_that_is_away(void **state)
{
	struct buf b = {0};

	(void)state;
	metrics_put(&b, NULL);
	chrony_put(&b, NULL);
	HAS("\nntp_up 0\n");
	HAS("\nchrony_up 0\n");
	HAS_NOT("ntp_system");
	buf_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signs_and_units),
		cmocka_unit_test(hostile_names_stay_labels),
		cmocka_unit_test(nothing_is_said_of_a_daemon_that_is_away),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
