/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/container.h"
#include "cmocka_all.h"

static const struct cli_option globals[] = {
	{'j', "json", NULL, "for programs"},
	{'h', "help", NULL, "help"},
	{0},
};
static const struct cli_option add_options[] = {
	{0, "save", NULL, "for good"},
	{'w', "warning", "S", "a limit"},
	{0},
};
static const struct cli_command commands[] = {
	{"source", "", NULL, "show one", 0, NULL},
	{"source add", "NAME [OPTION...]", NULL, "add one", 0, add_options},
	{"source del", "NAME [key=N]", NULL, "take it out", 0, NULL},
};

static struct cli table(void)
{
	return (struct cli){.program = "tool",
			    .commands = commands,
			    .n_commands = ARRAY_LEN(commands),
			    .globals = globals};
}

/* Words up to NULL. */
static size_t count(char *const *words)
{
	size_t n = 0;

	while (words[n])
		n++;
	return n;
}

/* Find and bind; false when either complains. */
static bool run(struct cli *c, char *const *words)
{
	size_t n = count(words), taken;
	int skipped;

	*c = table();
	skipped = cli_globals(c, words, n);
	if (skipped < 0)
		return false;
	words += skipped;
	n -= (size_t)skipped;
	c->command = cli_find(c, words, n, &taken);
	return c->command && cli_bind(c, words + taken, n - taken);
}

#define WORDS(...) ((char *[]){__VA_ARGS__, NULL})

static char *w(const char *word)
{
	static char kept[16][64];
	static unsigned next;

	next = (next + 1) % 16;
	snprintf(kept[next], sizeof kept[next], "%s", word);
	return kept[next];
}

static void words_find_their_places(void **state)
{
	struct cli c;

	(void)state;
	assert_true(run(&c, WORDS(w("-j"), w("source"), w("add"), w("--save"),
				  w("ntp1"), w("iburst"), w("-w"), w("0.5"),
				  w("key"), w("3"))));
	assert_string_equal(c.command->name, "source add");
	assert_string_equal(cli_arg(&c, "NAME"), "ntp1");
	assert_int_equal(c.n_rest, 3);
	assert_string_equal(c.rest[0], "iburst");
	assert_string_equal(cli_option(&c, "warning"), "0.5");
	assert_non_null(cli_option(&c, "save"));
	assert_non_null(cli_option(&c, "json"));
	assert_null(cli_option(&c, "help"));
	assert_true(run(&c, WORDS(w("source"))));
	assert_string_equal(c.command->name, "source");
}

static void values_come_three_ways(void **state)
{
	static const char *const ways[] = {"--warning=7", "-w7", "-w"};
	struct cli c;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		assert_true(run(&c, WORDS(w("source"), w("add"), w("x"),
					  w(ways[i]), i == 2 ? w("7") : NULL)));
		assert_string_equal(cli_option(&c, "warning"), "7");
	}
	assert_true(run(&c, WORDS(w("source"), w("del"), w("x"), w("key=5"))));
	assert_string_equal(cli_arg(&c, "key"), "5");
	assert_true(run(&c, WORDS(w("source"), w("del"), w("--"), w("-x"))));
	assert_string_equal(cli_arg(&c, "NAME"), "-x");
}

static void what_does_not_fit_is_refused(void **state)
{
	struct cli c;

	(void)state;
	assert_false(run(&c, WORDS(w("sources"))));
	assert_false(run(&c, WORDS(w("source"), w("del"))));
	assert_false(run(&c, WORDS(w("source"), w("del"), w("x"), w("y"))));
	assert_false(run(&c, WORDS(w("source"), w("add"), w("x"), w("-w"))));
	assert_false(
		run(&c, WORDS(w("source"), w("add"), w("x"), w("--save=1"))));
	assert_false(
		run(&c, WORDS(w("source"), w("del"), w("x"), w("--save"))));
	assert_false(run(&c, WORDS(w("--jsn"), w("source"))));
	assert_true(run(&c, WORDS(w("source"), w("del"), w("--help"))));
}

/* What completion offers after these words. */
static void offers(char *const *words, const char *want)
{
	struct cli c = table();
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	cli_complete(&c, f, words, count(words), false);
	fclose(f);
	assert_string_equal(text, want);
	free(text);
}

static void completion(void **state)
{
	(void)state;
	offers(WORDS(w("")), "source\n");
	offers(WORDS(w("x")), "");
	offers(WORDS(w("source"), w("")), "add\ndel\n");
	offers(WORDS(w("source"), w("add"), w("--")),
	       "--save\n--warning=\n--json\n--help\n");
}

static void scripts_name_the_program(void **state)
{
	static const char *const shells[] = {"bash", "zsh", "fish"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(shells); i++) {
		char *text = NULL;
		size_t len;
		FILE *f = open_memstream(&text, &len);

		assert_int_equal(cli_completion_script(f, "tool", shells[i]),
				 0);
		fclose(f);
		assert_non_null(strstr(text, "tool --complete -- "));
		assert_null(strstr(text, "%1$s"));
		free(text);
	}
	assert_int_equal(cli_completion_script(stderr, "tool", "csh"), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_find_their_places),
		cmocka_unit_test(values_come_three_ways),
		cmocka_unit_test(what_does_not_fit_is_refused),
		cmocka_unit_test(completion),
		cmocka_unit_test(scripts_name_the_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
