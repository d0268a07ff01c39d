/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/output.h"

#include <math.h>
#include <stdlib.h>

#include "cmocka_all.h"

/* Two rows in one form, as text that the caller frees. */
static char *shown(enum output_form form, bool colour)
{
	char *text = NULL;
	size_t len;
	struct output o = {.form = form,
			   .colour = colour,
			   .to = open_memstream(&text, &len)};

	output_list(&o);
	output_row(&o);
	output_text(&o, "name", "a,\"b\"");
	output_seconds(&o, "offset_s", 4.3e-6, true);
	output_row(&o);
	output_text(&o, "name", "\033[2J");
	output_seconds(&o, "offset_s", (double)NAN, true);
	output_paint(&o, CLI_RED);
	output_end(&o);
	fclose(o.to);
	return text;
}

static void expect(enum output_form form, bool colour, const char *want)
{
	char *text = shown(form, colour);

	assert_string_equal(text, want);
	free(text);
}

static void a_table(void **state)
{
	(void)state;
	expect(OUTPUT_TABLE, false,
	       "name       offset\n"
	       "a,\"b\"    +4.30 us\n"
	       "\\x1b[2J         -\n");
}

static void a_table_in_colours(void **state)
{
	(void)state;
	expect(OUTPUT_TABLE, true,
	       "name       offset\n"
	       "a,\"b\"    +4.30 us\n" CLI_RED "\\x1b[2J         -" CLI_PLAIN
	       "\n");
}

static void json(void **state)
{
	(void)state;
	expect(OUTPUT_JSON, true,
	       "[{\"name\":\"a,\\\"b\\\"\",\"offset_s\":4.3e-06},"
	       "{\"name\":\"\\u001b[2J\",\"offset_s\":null}]\n");
}

/* RFC 4180: quotes around what has a comma, doubled inside. */
static void csv(void **state)
{
	(void)state;
	expect(OUTPUT_CSV, true,
	       "name,offset_s\n"
	       "\"a,\"\"b\"\"\",0.000004300\n"
	       "\\x1b[2J,\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_table),
		cmocka_unit_test(a_table_in_colours),
		cmocka_unit_test(json),
		cmocka_unit_test(csv),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
