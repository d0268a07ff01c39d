/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/command.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "conf/suggest.h"

/* --- finding ------------------------------------------------------------------- */

static size_t word_count(const char *name)
{
	return strchr(name, ' ') ? 2 : 1;
}

static bool is_named(const struct cli_command *cmd, char *const *words,
		     size_t n)
{
	size_t first = strcspn(cmd->name, " ");

	if (n < word_count(cmd->name) || strlen(words[0]) != first ||
	    strncmp(cmd->name, words[0], first) != 0)
		return false;
	return !cmd->name[first] ||
	       strcmp(cmd->name + first + 1, words[1]) == 0;
}

/* Is it the first of the two words of any? */
static bool begins_one(const struct cli *c, const char *word)
{
	size_t len = strlen(word);

	for (size_t i = 0; i < c->n_commands; i++)
		if (strncmp(c->commands[i].name, word, len) == 0 &&
		    c->commands[i].name[len] == ' ')
			return true;
	return false;
}

/* The words as they were typed, and the nearest of all names. */
static void complain(const struct cli *c, char *const *words, size_t n)
{
	struct suggestion one = suggestion(words[0]), two;
	char both[256];

	snprintf(both, sizeof both, "%s %s", words[0], n > 1 ? words[1] : "");
	two = suggestion(both);
	for (size_t i = 0; i < c->n_commands; i++) {
		suggest_offer(&one, c->commands[i].name);
		suggest_offer(&two, c->commands[i].name);
	}
	fprintf(stderr, "%s: there is no command '%s'", c->program,
		n > 1 && begins_one(c, words[0]) ? both : words[0]);
	if (one.best || two.best)
		fprintf(stderr, "; did you mean '%s'?",
			two.best ? two.best : one.best);
	fputc('\n', stderr);
	cli_help(c, stderr, words[0]);
}

const struct cli_command *cli_find(const struct cli *c, char *const *words,
				   size_t n, size_t *taken)
{
	const struct cli_command *best = NULL;

	/* "source add" goes before "source" */
	for (size_t i = 0; i < c->n_commands; i++)
		if (is_named(&c->commands[i], words, n) &&
		    (!best ||
		     word_count(best->name) < word_count(c->commands[i].name)))
			best = &c->commands[i];
	if (best)
		*taken = word_count(best->name);
	else
		complain(c, words, n);
	return best;
}

/* --- options -------------------------------------------------------------------- */

/* By "-x", "--name" or "--name=value" in a table that may be NULL. */
static const struct cli_option *find_option(const struct cli_option *o,
					    const char *word)
{
	size_t len = strcspn(word, "=");

	for (; o && o->name; o++) {
		if (word[1] != '-' && o->letter == word[1])
			return o;
		if (word[1] == '-' && strlen(o->name) == len - 2 &&
		    strncmp(o->name, word + 2, len - 2) == 0)
			return o;
	}
	return NULL;
}

static bool is_option(const struct cli *c, const char *word)
{
	if (!c->globals && !(c->command && c->command->options))
		return false;
	return word[0] == '-' && word[1] && !isdigit((unsigned char)word[1]);
}

static void no_option(const struct cli *c, const char *word)
{
	char name[64] = "";
	struct suggestion s = suggestion(name);
	const struct cli_option *o = c->command ? c->command->options : NULL;

	snprintf(name, sizeof name, "%.*s",
		 (int)strcspn(word, "=") - (int)strspn(word, "-"),
		 word + strspn(word, "-"));
	for (; o && o->name; o++)
		suggest_offer(&s, o->name);
	for (o = c->globals; o && o->name; o++)
		suggest_offer(&s, o->name);
	fprintf(stderr, "%s: there is no option '%s'", c->program, word);
	if (s.best)
		fprintf(stderr, "; did you mean '--%s'?", s.best);
	fputc('\n', stderr);
}

static int option_error(const struct cli *c, const char *word, const char *what)
{
	fprintf(stderr, "%s: option %s %s\n", c->program, word, what);
	return -EINVAL;
}

/*
 * The option that words[0] is: -x, -xVALUE, -x VALUE, --name=VALUE or --name
 * VALUE.  Returns how many words it took, or -EINVAL after a complaint.
 */
static int take_option(struct cli *c, char *const *words, size_t n)
{
	const char *word = words[0], *value = "";
	const struct cli_option *o =
		c->command ? find_option(c->command->options, word) : NULL;
	bool is_long = word[1] == '-';
	const char *inside = is_long ? strchr(word, '=') : word + 2;
	int taken = 1;

	if (!o)
		o = find_option(c->globals, word);
	if (!o) {
		no_option(c, word);
		return -EINVAL;
	}
	if (inside && !is_long && !*inside)
		inside = NULL;
	if (!o->value && inside)
		return option_error(c, word, "takes no value");
	if (o->value && inside) {
		value = inside + (is_long ? 1 : 0);
	} else if (o->value) {
		if (n < 2)
			return option_error(c, word, "needs a value");
		value = words[1];
		taken = 2;
	}
	if (c->n_given == CLI_ARGS_MAX)
		return option_error(c, word, "is one too many");
	c->given[c->n_given] = o;
	c->given_value[c->n_given++] = value;
	return taken;
}

int cli_globals(struct cli *c, char *const *words, size_t n)
{
	size_t at = 0;

	while (at < n && is_option(c, words[at])) {
		int r = take_option(c, words + at, n - at);

		if (r < 0)
			return r;
		at += (size_t)r;
	}
	return (int)at;
}

/* The command's own, or else a global one, that carries that name. */
const char *cli_option(const struct cli *c, const char *name)
{
	const char *value = NULL;

	for (size_t i = 0; i < c->n_given; i++)
		if (strcmp(c->given[i]->name, name) == 0)
			value = c->given_value[i];
	return value;
}

/* --- arguments ------------------------------------------------------------------ */

/* The synopsis of a row to empty arguments. */
static size_t read_synopsis(const char *args, struct cli_value *arg)
{
	size_t n = 0;

	for (const char *p = args; *p; n++) {
		size_t len = strcspn(p, " ");
		bool optional = *p == '[';
		const char *name = p + optional;
		size_t name_len = strcspn(name, "=]. ");

		assert(n < CLI_ARGS_MAX);
		arg[n] = (struct cli_value){
			.optional = optional,
			.keyed = name[name_len] == '=',
			.rest = name[name_len] == '.',
		};
		snprintf(arg[n].name, sizeof arg[n].name, "%.*s", (int)name_len,
			 name);
		p += len + strspn(p + len, " ");
	}
	return n;
}

/* name=value with a name that could be one of ours. */
static size_t key_len(const char *word)
{
	size_t n = 0;

	while (islower((unsigned char)word[n]) || word[n] == '-')
		n++;
	return word[n] == '=' ? n : 0;
}

static struct cli_value *find_keyed(struct cli *c, const char *word)
{
	size_t len = key_len(word);

	for (size_t i = 0; i < c->n_arg && len > 0; i++)
		if (c->arg[i].keyed && strlen(c->arg[i].name) == len &&
		    strncmp(c->arg[i].name, word, len) == 0)
			return &c->arg[i];
	return NULL;
}

static struct cli_value *next_plain(struct cli *c)
{
	for (size_t i = 0; i < c->n_arg; i++)
		if (!c->arg[i].keyed && (!c->arg[i].value || c->arg[i].rest))
			return &c->arg[i];
	return NULL;
}

static bool too_much(struct cli *c, const char *word)
{
	char name[64] = "";
	struct suggestion s = suggestion(name);

	snprintf(name, sizeof name, "%.*s", (int)strcspn(word, "="), word);
	for (size_t i = 0; i < c->n_arg; i++)
		if (c->arg[i].keyed)
			suggest_offer(&s, c->arg[i].name);
	fprintf(stderr, "%s: '%s' does not belong to '%s'", c->program, word,
		c->command->name);
	if (s.best)
		fprintf(stderr, "; did you mean '%s=…'?", s.best);
	fputc('\n', stderr);
	cli_usage(c, stderr, c->command);
	return false;
}

static bool take_argument(struct cli *c, const char *word)
{
	struct cli_value *a = find_keyed(c, word);

	if (a) {
		a->value = word + strlen(a->name) + 1;
		return true;
	}
	a = next_plain(c);
	if (!a || (a->rest && c->n_rest == CLI_REST_MAX))
		return too_much(c, word);
	if (a->rest)
		c->rest[c->n_rest++] = word;
	a->value = word;
	return true;
}

bool cli_bind(struct cli *c, char *const *words, size_t n)
{
	bool only_words = false; /* behind "--" */

	c->n_arg = read_synopsis(c->command->args, c->arg);
	c->n_rest = 0;
	for (size_t i = 0; i < n;) {
		int taken = 1;

		if (!only_words && is_option(c, words[i])) {
			if (strcmp(words[i], "--") == 0)
				only_words = true;
			else
				taken = take_option(c, words + i, n - i);
			if (taken < 0) {
				cli_usage(c, stderr, c->command);
				return false;
			}
		} else if (!take_argument(c, words[i])) {
			return false;
		}
		i += (size_t)taken;
	}
	/* "--help" needs nothing else */
	for (size_t i = 0; i < c->n_arg && !cli_option(c, "help"); i++)
		if (!c->arg[i].optional && !c->arg[i].value) {
			fprintf(stderr, "%s: %s is missing\n", c->program,
				c->arg[i].name);
			cli_usage(c, stderr, c->command);
			return false;
		}
	return true;
}

const char *cli_arg(const struct cli *c, const char *name)
{
	size_t i = 0;

	while (i < c->n_arg && strcmp(c->arg[i].name, name) != 0)
		i++;
	assert(i < c->n_arg); /* the row has it */
	return c->arg[i].value;
}

/* --- help ------------------------------------------------------------------------ */

static void put_synopsis(FILE *out, const struct cli_command *cmd)
{
	fputs(cmd->name, out);
	for (const struct cli_option *o = cmd->options; o && o->name; o++)
		fprintf(out, " [--%s%s%s]", o->name, o->value ? "=" : "",
			o->value ? o->value : "");
	fprintf(out, "%s%s\n", *cmd->args ? " " : "", cmd->args);
}

static void put_options(FILE *out, const struct cli_option *o)
{
	for (; o && o->name; o++) {
		char left[64];

		snprintf(left, sizeof left, "--%s%s%s", o->name,
			 o->value ? " " : "", o->value ? o->value : "");
		fprintf(out, "  %c%c%c %-20s %s\n", o->letter ? '-' : ' ',
			o->letter ? o->letter : ' ', o->letter ? ',' : ' ',
			left, o->help);
	}
}

void cli_help(const struct cli *c, FILE *out, const char *topic)
{
	size_t len = topic ? strlen(topic) : 0, n = 0;

	for (int all = 0; all < 2 && n == 0; all++)
		for (size_t i = 0; i < c->n_commands; i++) {
			const struct cli_command *cmd = &c->commands[i];

			if (!all &&
			    strncmp(cmd->name, topic ? topic : "", len) != 0)
				continue;
			fputs("  ", out);
			put_synopsis(out, cmd);
			fprintf(out, "      %s\n", cmd->help);
			n++;
		}
}

void cli_usage(const struct cli *c, FILE *out, const struct cli_command *cmd)
{
	fprintf(out, "usage: %s ", c->program);
	put_synopsis(out, cmd);
	put_options(out, cmd->options);
}

/* --- completion ------------------------------------------------------------------ */

static void offer(FILE *out, const char *word, size_t len, const char *last,
		  const char *help)
{
	if (strncmp(word, last, strlen(last)) == 0)
		fprintf(out, "%.*s%s%s\n", (int)len, word, help ? "\t" : "",
			help ? help : "");
}

static void offer_options(FILE *out, const struct cli_option *o,
			  const char *last, bool help)
{
	for (; o && o->name; o++) {
		char word[64];

		snprintf(word, sizeof word, "--%s%s", o->name,
			 o->value ? "=" : "");
		offer(out, word, strlen(word), last, help ? o->help : NULL);
	}
}

/* The n-th word of the names, of those that begin with the words before. */
static void offer_names(const struct cli *c, FILE *out, char *const *words,
			size_t n, const char *last, bool with_help)
{
	const char *before = "";
	size_t before_len = 0;

	for (size_t i = 0; i < c->n_commands; i++) {
		const char *name = c->commands[i].name;
		const char *help = with_help ? c->commands[i].help : NULL;
		size_t len;

		if (n == 2 && strncmp(name, words[0], strlen(words[0])) == 0 &&
		    name[strlen(words[0])] == ' ')
			name += strlen(words[0]) + 1;
		else if (n > 1)
			continue;
		len = strcspn(name, " ");
		if (name[len])
			help = NULL; /* that of two words fits only one of them */
		if (len != before_len || strncmp(name, before, len) != 0)
			offer(out, name, len, last, help);
		before = name;
		before_len = len;
	}
}

void cli_complete(const struct cli *c, FILE *out, char *const *words, size_t n,
		  bool help)
{
	const char *last = n > 0 ? words[n - 1] : "";
	const struct cli_command *cmd = NULL;

	if (*last != '-') {
		offer_names(c, out, words, n, last, help);
		return;
	}
	for (size_t i = 0; i < c->n_commands; i++)
		if (n > 1 && is_named(&c->commands[i], words, n - 1))
			cmd = &c->commands[i];
	offer_options(out, cmd ? cmd->options : NULL, last, help);
	offer_options(out, c->globals, last, help);
}

static const struct {
	const char *shell;
	const char *script; /* %s: the program, every time */
} scripts[] = {
	{"bash", "# completion of %1$s for bash: it is asked itself\n"
		 "_%1$s() {\n"
		 "	local IFS=$'\\n'\n"
		 "	COMPREPLY=($(%1$s --complete -- "
		 "\"${COMP_WORDS[@]:1:COMP_CWORD}\" 2>/dev/null | cut -f1))\n"
		 "	[[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace\n"
		 "}\n"
		 "complete -o default -F _%1$s %1$s\n"},
	{"zsh", "#compdef %1$s\n"
		"# completion of %1$s for zsh: it is asked itself\n"
		"_%1$s() {\n"
		"	local -a found\n"
		"	found=(\"${(@f)$(%1$s --complete -- "
		"\"${(@)words[2,CURRENT]}\" 2>/dev/null | tr '\\t' ':')}\")\n"
		"	if [[ -n $found ]]; then _describe %1$s found; else "
		"_files; fi\n"
		"}\n"
		"_%1$s \"$@\"\n"},
	{"fish", "# completion of %1$s for fish: it is asked itself\n"
		 "complete -c %1$s -a '(%1$s --complete -- "
		 "(commandline -opc)[2..] (commandline -ct) 2>/dev/null)'\n"},
};

int cli_completion_script(FILE *out, const char *program, const char *shell)
{
	for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
		const char *p = scripts[i].script;

		if (strcmp(scripts[i].shell, shell) != 0)
			continue;
		for (const char *next; (next = strstr(p, "%1$s")); p = next + 4)
			fprintf(out, "%.*s%s", (int)(next - p), p, program);
		fputs(p, out);
		return 0;
	}
	return -EINVAL;
}
