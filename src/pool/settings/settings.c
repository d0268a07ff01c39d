/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool/settings/settings.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/net_addr.h"
#include "base/text.h"
#include "conf/diag.h"
#include "conf/lexer.h"
#include "conf/read.h"
#include "conf/suggest.h"
#include "pool/settings/table.h"

#define FILE_MAX_LEN (1u << 20)
#define LIST_MAX 64
#define SETTINGS_MAX 128

#define AT(field) offsetof(struct pool_settings, field)

/* The language, in the order in which it is printed.  The words are those of
 * man/pool.conf.5. */
/* clang-format off */
const struct setting_row setting_rows[] = {
	{"database",          SETTING_TEXT,  AT(database), 0, 0, "sqlite:/var/lib/pool/pool.db", NULL},
	{"state-dir",         SETTING_PATH,  AT(state_dir), 0, 0, "/var/lib/pool", NULL},
	{"user",              SETTING_TEXT,  AT(user), 0, 0, NULL, NULL},
	{"name",              SETTING_TEXT,  AT(name), 0, 0, "NTP pool", NULL},
	{"domain",            SETTING_NAME,  AT(domain), 0, 0, "pool.example.org", NULL},
	{"contact",           SETTING_TEXT,  AT(contact), 0, 0, NULL, NULL},

	{"web-listen",        SETTING_LISTEN, AT(web_listen), 0, 0, "127.0.0.1:8123", NULL},
	{"web-url",           SETTING_URL,   AT(web_url), 0, 0, "http://127.0.0.1:8123", NULL},
	{"web-cert",          SETTING_PATH,  AT(web_cert), 0, 0, NULL, NULL},
	{"web-key",           SETTING_PATH,  AT(web_key), 0, 0, NULL, NULL},
	{"web-scripts",       SETTING_PATH,  AT(web_scripts), 0, 0, "/usr/share/timeball/web", NULL},
	{"web-workers",       SETTING_COUNT, AT(web_workers), 1, 64, "2", NULL},
	{"web-proxy",         SETTING_LIST,  AT(web_proxy), 0, 0, NULL, NULL},
	{"user-header",       SETTING_TEXT,  AT(user_header), 0, 0, NULL, NULL},
	{"sign-up",           SETTING_BOOL,  AT(sign_up), 0, 0, "yes", NULL},
	{"public-scores",     SETTING_BOOL,  AT(public_scores), 0, 0, "yes", NULL},
	{"password-memory",   SETTING_COUNT, AT(password_kib), 8, 1048576, "65536", NULL},

	{"dns-listen",        SETTING_LIST,  AT(dns_listen), 0, 0, NULL, NULL},
	{"snapshot",          SETTING_PATH,  AT(snapshot), 0, 0, "/var/lib/pool/zones.snap", NULL},
	{"snapshot-key",      SETTING_PATH,  AT(snapshot_key), 0, 0, "/var/lib/pool/snapshot.key", NULL},
	{"snapshot-public",   SETTING_PATH,  AT(snapshot_public), 0, 0, "/var/lib/pool/snapshot.pub", NULL},
	{"snapshot-period",   SETTING_COUNT, AT(snapshot_period_s), 1, 3600, "60", NULL},
	{"name-server",       SETTING_LIST,  AT(name_servers), 0, 0, NULL, NULL},
	{"dns-ttl",           SETTING_COUNT, AT(dns_ttl_s), 30, 86400, "150", NULL},
	{"dns-max-hosts",     SETTING_COUNT, AT(dns_max_hosts), 1, 8, "4", NULL},
	{"dns-workers",       SETTING_COUNT, AT(dns_workers), 1, 64, "1", NULL},
	{"dns-metrics",       SETTING_PATH,  AT(dns_metrics), 0, 0, NULL, NULL},
	{"zone-min-servers",  SETTING_COUNT, AT(zone_min_servers), 0, 10000, "6", NULL},
	{"zone-min-kbit",     SETTING_REAL,  AT(zone_min_kbit), 0, 1e12, "0", NULL},
	{"zone-policy",       SETTING_CHOICE, AT(zone_policy), 0, 0, "local-first", "strict local-first classic"},
	{"account-share",     SETTING_REAL,  AT(account_share), 0.01, 1, "1", NULL},
	{"prefix-share",      SETTING_REAL,  AT(prefix_share), 0.01, 1, "1", NULL},
	{"answer-limit",      SETTING_COUNT, AT(rrl_per_s), 0, 1000000, "100", NULL},

	{"country-db",        SETTING_PATH,  AT(country_db), 0, 0, NULL, NULL},
	{"asn-db",            SETTING_PATH,  AT(asn_db), 0, 0, NULL, NULL},
	{"places",            SETTING_PATH,  AT(places), 0, 0, NULL, NULL},

	{"check-active",      SETTING_COUNT, AT(check_active_s), 1, 86400, "540", NULL},
	{"check-testing",     SETTING_COUNT, AT(check_testing_s), 1, 86400, "2700", NULL},
	{"check-candidate",   SETTING_COUNT, AT(check_candidate_s), 1, 86400, "7200", NULL},
	{"batch",             SETTING_COUNT, AT(batch), 1, 1000, "10", NULL},
	{"samples",           SETTING_COUNT, AT(samples), 1, 8, "3", NULL},
	{"sample-gap",        SETTING_REAL,  AT(sample_gap_s), 0, 60, "2", NULL},
	{"sample-timeout",    SETTING_REAL,  AT(sample_timeout_s), 0.01, 60, "3", NULL},
	{"private-addresses", SETTING_BOOL,  AT(private_addresses), 0, 0, "no", NULL},
	{"profile",           SETTING_CHOICE, AT(profile), 0, 0, "classic", "classic strict"},
	{"keep-log-days",     SETTING_COUNT, AT(keep_log_days), 1, 36500, "15", NULL},
	{"keep-hour-days",    SETTING_COUNT, AT(keep_hour_days), 1, 36500, "400", NULL},

	{"mail-url",          SETTING_TEXT,  AT(mail_url), 0, 0, "smtp://localhost:25", NULL},
	{"mail-from",         SETTING_TEXT,  AT(mail_from), 0, 0, NULL, NULL},

	{"monitor-server",    SETTING_URL,   AT(monitor_server), 0, 0, "http://127.0.0.1:8123", NULL},
	{"monitor-state",     SETTING_PATH,  AT(monitor_state), 0, 0, "/var/lib/poolmon", NULL},
	{"monitor-source",    SETTING_LIST,  AT(monitor_source), 0, 0, NULL, NULL},
	{"base-server",       SETTING_LIST,  AT(base_server), 0, 0, NULL, NULL},
	{"ca-file",           SETTING_PATH,  AT(ca_file), 0, 0, NULL, NULL},
	{0},
};
/* clang-format on */

static_assert(sizeof setting_rows / sizeof *setting_rows <= SETTINGS_MAX,
	      "each row has a place in settings_reader.seen");

/* What a row's value is held in. */
union place {
	char **text;
	char ***list;
	unsigned *count;
	double *real;
	bool *truth;
};

static union place place_of(const struct pool_settings *s,
			    const struct setting_row *row)
{
	/* The one place where a const is taken away: settings_free() and the
	 * reader write, settings_print() does not. */
	uintptr_t at = (uintptr_t)s + row->at;

	switch (row->kind) {
	case SETTING_COUNT:
		return (union place){.count = (unsigned *)at};
	case SETTING_REAL:
		return (union place){.real = (double *)at};
	case SETTING_BOOL:
		return (union place){.truth = (bool *)at};
	case SETTING_LIST:
		return (union place){.list = (char ***)at};
	default:
		return (union place){.text = (char **)at};
	}
}

/* --- values ---------------------------------------------------------------- */

static bool is_listen(const char *s)
{
	const char *colon = strrchr(s, ':');
	char host[64];
	struct net_addr a;
	long port;

	if (!colon || (size_t)(colon - s) >= sizeof host ||
	    text_to_int(colon + 1, 1, 65535, &port) < 0)
		return false;
	memcpy(host, s, (size_t)(colon - s));
	host[colon - s] = '\0';
	if (net_addr_parse(host, &a) < 0)
		return false;
	return a.family != AF_INET6 || *host == '[';
}

static bool is_domain(const char *s)
{
	size_t len = strlen(s);

	if (len == 0 || len > 253)
		return false;
	while (*s) {
		size_t label = strcspn(s, ".");

		if (label == 0 || label > 63 || *s == '-' ||
		    s[label - 1] == '-')
			return false;
		for (size_t i = 0; i < label; i++)
			if (!isalnum((unsigned char)s[i]) && s[i] != '-')
				return false;
		s += label + (s[label] == '.');
	}
	return true;
}

static bool is_url(const char *s)
{
	size_t len;

	if (strncmp(s, "http://", 7) != 0 && strncmp(s, "https://", 8) != 0)
		return false;
	s = strstr(s, "//") + 2;
	len = strlen(s);
	return len > 0 && *s != '/' && s[len - 1] != '/' &&
	       !strpbrk(s, " \"<>?#");
}

/* Is s one of the words? */
static bool is_choice(const char *words, const char *s)
{
	size_t len = strlen(s);

	while (*words) {
		size_t n = strcspn(words, " ");

		if (n == len && strncmp(words, s, n) == 0)
			return true;
		words += n + (words[n] == ' ');
	}
	return false;
}

/* What kind of value the row wants, for a finding. */
static void describe(const struct setting_row *row, struct text *t)
{
	switch (row->kind) {
	case SETTING_TEXT:
	case SETTING_LIST:
		text_add(t, "a text");
		break;
	case SETTING_PATH:
		text_add(t, "a path that begins with a slash");
		break;
	case SETTING_NAME:
		text_add(t, "a domain name");
		break;
	case SETTING_LISTEN:
		text_add(t, "an address and a port, such as 127.0.0.1:8123 or "
			    "[::1]:8123");
		break;
	case SETTING_URL:
		text_add(t, "http:// or https://, a host, and no slash at the "
			    "end");
		break;
	case SETTING_CHOICE:
		text_add(t, "one of: %s", row->choices);
		break;
	case SETTING_COUNT:
		text_add(t, "a whole number from %.10g to %.10g", row->min,
			 row->max);
		break;
	case SETTING_REAL:
		text_add(t, "a number from %.10g to %.10g", row->min, row->max);
		break;
	case SETTING_BOOL:
		text_add(t, "yes or no");
		break;
	}
}

static bool is_fit(const struct setting_row *row, const char *s)
{
	switch (row->kind) {
	case SETTING_PATH:
		return *s == '/';
	case SETTING_NAME:
		return is_domain(s);
	case SETTING_LISTEN:
		return is_listen(s);
	case SETTING_URL:
		return is_url(s);
	case SETTING_CHOICE:
		return is_choice(row->choices, s);
	default:
		return *s != '\0';
	}
}

static bool set_number(union place p, const struct setting_row *row,
		       const char *s)
{
	long n;

	if (row->kind == SETTING_REAL)
		return text_to_double(s, row->min, row->max, p.real) == 0;
	if (text_to_int(s, (long)row->min, (long)row->max, &n) < 0)
		return false;
	*p.count = (unsigned)n;
	return true;
}

static bool set_truth(union place p, const char *s)
{
	bool yes = strcmp(s, "yes") == 0;

	if (!yes && strcmp(s, "no") != 0)
		return false;
	*p.truth = yes;
	return true;
}

/* False: the value does not fit. */
static bool set_value(struct pool_settings *s, const struct setting_row *row,
		      const char *value)
{
	union place p = place_of(s, row);

	switch (row->kind) {
	case SETTING_COUNT:
	case SETTING_REAL:
		return set_number(p, row, value);
	case SETTING_BOOL:
		return set_truth(p, value);
	default:
		if (!is_fit(row, value))
			return false;
		free(*p.text);
		*p.text = xstrdup(value);
		return true;
	}
}

static size_t list_len(char **list)
{
	size_t n = 0;

	while (list && list[n])
		n++;
	return n;
}

static void list_add(char ***list, const char *value)
{
	size_t n = list_len(*list);

	*list = xreallocarray(*list, n + 2, sizeof **list);
	(*list)[n] = xstrdup(value);
	(*list)[n + 1] = NULL;
}

/* --- the whole ------------------------------------------------------------- */

struct pool_settings *settings_new(void)
{
	struct pool_settings *s = xcalloc(1, sizeof *s);

	for (const struct setting_row *row = setting_rows; row->name; row++) {
		if (!row->fallback)
			continue;
		if (!set_value(s, row, row->fallback))
			abort();
	}
	return s;
}

void settings_free(struct pool_settings *s)
{
	if (!s)
		return;
	for (const struct setting_row *row = setting_rows; row->name; row++) {
		union place p = place_of(s, row);

		if (row->kind == SETTING_LIST) {
			for (size_t i = list_len(*p.list); i-- > 0;)
				free((*p.list)[i]);
			free(*p.list);
		} else if (row->kind < SETTING_COUNT) {
			free(*p.text);
		}
	}
	free(s);
}

void settings_warn(const struct pool_settings *s, FILE *out)
{
	if (list_len(s->name_servers) == 0)
		fprintf(out,
			"warning: 'name-server' is not set, so the zone names "
			"%s as its name server,\n"
			"  at whose addresses time servers are: nobody can "
			"delegate to it\n",
			s->domain);
}

bool settings_https(const struct pool_settings *s)
{
	return s->web_cert || strncmp(s->web_url, "https:", 6) == 0;
}

/* Quoted when it has to be, as the lexer reads it. */
static void print_word(const char *s, FILE *out)
{
	if (*s && !strpbrk(s, " \t#\"\\")) {
		fprintf(out, " %s", s);
		return;
	}
	fputs(" \"", out);
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			fputc('\\', out);
		fputc(*s, out);
	}
	fputc('"', out);
}

static void print_value(const struct pool_settings *s,
			const struct setting_row *row, FILE *out)
{
	union place p = place_of(s, row);

	switch (row->kind) {
	case SETTING_COUNT:
		fprintf(out, " %u", *p.count);
		break;
	case SETTING_REAL:
		fprintf(out, " %.15g", *p.real);
		break;
	case SETTING_BOOL:
		fputs(*p.truth ? " yes" : " no", out);
		break;
	case SETTING_LIST:
		for (char **word = *p.list; word && *word; word++)
			print_word(*word, out);
		break;
	default:
		print_word(*p.text, out);
	}
}

static bool has_value(const struct pool_settings *s,
		      const struct setting_row *row)
{
	union place p = place_of(s, row);

	if (row->kind == SETTING_LIST)
		return list_len(*p.list) > 0;
	return row->kind >= SETTING_COUNT || *p.text;
}

void settings_print(const struct pool_settings *s, FILE *out)
{
	for (const struct setting_row *row = setting_rows; row->name; row++) {
		if (!has_value(s, row))
			fprintf(out, "# %s", row->name);
		else
			fputs(row->name, out);
		if (has_value(s, row))
			print_value(s, row, out);
		fputc('\n', out);
	}
}

/* --- reading --------------------------------------------------------------- */

struct settings_reader {
	struct pool_settings *s;
	struct diags diags;
	const char *path;
	unsigned number; /* of the line */
	struct line line;
	unsigned seen[SETTINGS_MAX]; /* line that set the row; 0: none */
};

static void say(struct settings_reader *r, const char *id, const struct word *w,
		const char *fix, const char *text)
{
	struct diag_place place = {r->path, r->number,
				   (unsigned)r->line.raw_len + 1, 1, &r->line};

	if (w) {
		place.column = w->column;
		place.width = w->width;
	}
	diags_add(&r->diags, DIAG_ERROR, id, &place, fix, "%s", text);
}

static void say_unknown(struct settings_reader *r, const struct word *w)
{
	struct suggestion near = suggestion(w->text);
	char text[128], fix[96];
	struct text t = text_init(text, sizeof text);
	struct text f = text_init(fix, sizeof fix);

	for (const struct setting_row *row = setting_rows; row->name; row++)
		suggest_offer(&near, row->name);
	text_add(&t, "unknown directive '%.64s'", w->text);
	text_add(&f, "did you mean '%s'?", near.best ? near.best : "");
	say(r, "unknown-directive", w, near.best ? fix : NULL, text);
}

static void say_misfit(struct settings_reader *r, const struct setting_row *row,
		       const struct word *w)
{
	char text[256];
	struct text t = text_init(text, sizeof text);

	text_add(&t, "'%s' needs ", row->name);
	describe(row, &t);
	say(r, w ? "bad-value" : "missing-argument", w, NULL, text);
}

static bool is_repeated(struct settings_reader *r,
			const struct setting_row *row)
{
	size_t i = (size_t)(row - setting_rows);
	char text[128];
	struct text t = text_init(text, sizeof text);

	if (row->kind == SETTING_LIST)
		return false;
	if (r->seen[i]) {
		text_add(&t, "'%s' was set already, in line %u", row->name,
			 r->seen[i]);
		say(r, "twice", &r->line.word[0], NULL, text);
		return true;
	}
	r->seen[i] = r->number;
	return false;
}

static void read_words(struct settings_reader *r, const struct setting_row *row)
{
	union place p = place_of(r->s, row);

	if (r->line.n < 2) {
		say_misfit(r, row, NULL);
		return;
	}
	if (row->kind != SETTING_LIST) {
		if (!set_value(r->s, row, r->line.word[1].text))
			say_misfit(r, row, &r->line.word[1]);
		if (r->line.n > 2)
			say(r, "extra-argument", &r->line.word[2],
			    "quote a value that has blanks in it",
			    "this is one word too many");
		return;
	}
	for (size_t i = 1; i < r->line.n; i++) {
		if (list_len(*p.list) == LIST_MAX || !*r->line.word[i].text) {
			say_misfit(r, row, &r->line.word[i]);
			return;
		}
		list_add(p.list, r->line.word[i].text);
	}
}

static void read_line(struct settings_reader *r, const char *raw, size_t len)
{
	const struct setting_row *row = setting_rows;
	unsigned column;
	const char *wrong = lexer_split(&r->line, raw, len, &column);

	if (wrong) {
		struct word at = {"", column, 1};

		say(r, "bad-line", &at, NULL, wrong);
		return;
	}
	if (r->line.n == 0)
		return;
	while (row->name && strcmp(row->name, r->line.word[0].text) != 0)
		row++;
	if (!row->name)
		say_unknown(r, &r->line.word[0]);
	else if (!is_repeated(r, row))
		read_words(r, row);
}

static void read_text(struct settings_reader *r, const char *text, size_t len)
{
	const char *end = text + len;

	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		const char *stop = newline ? newline : end;

		r->number++;
		read_line(r, text, (size_t)(stop - text));
		text = newline ? newline + 1 : end;
	}
}

static void check_sources(struct settings_reader *r)
{
	struct diag_place place = {.file = r->path};
	bool has[2] = {false, false};
	struct net_addr a;

	for (char **s = r->s->monitor_source; s && *s; s++) {
		bool six;

		if (net_addr_parse(*s, &a) < 0) {
			diags_add(&r->diags, DIAG_ERROR, "bad-value", &place,
				  NULL, "'monitor-source' needs addresses: %s",
				  *s);
			continue;
		}
		six = a.family == AF_INET6;
		if (has[six])
			diags_add(&r->diags, DIAG_ERROR, "two-sources", &place,
				  NULL,
				  "'monitor-source' takes one address of IPv4 "
				  "and one of IPv6");
		has[six] = true;
	}
}

/* What only the whole shows. */
static void check_whole(struct settings_reader *r)
{
	const struct pool_settings *s = r->s;
	struct diag_place place = {.file = r->path};

	if (!s->web_cert != !s->web_key)
		diags_add(&r->diags, DIAG_ERROR, "half-a-key", &place, NULL,
			  "'web-cert' and 'web-key' need each other");
	if (s->user_header && !s->web_proxy)
		diags_add(&r->diags, DIAG_ERROR, "header-from-anybody", &place,
			  "name the proxy's address with 'web-proxy'",
			  "'user-header' would be believed from anybody");
	check_sources(r);
}

/* Heap text of a regular file.  0 or -errno. */
static int read_all(const char *path, char **text, size_t *len)
{
	FILE *f = fopen(path, "re");
	struct stat st;
	int r = 0;

	if (!f)
		return -errno;
	if (fstat(fileno(f), &st) < 0)
		r = -errno;
	else if (!S_ISREG(st.st_mode))
		r = -EINVAL;
	if (r == 0) {
		*text = xcalloc(FILE_MAX_LEN + 1, 1);
		*len = fread(*text, 1, FILE_MAX_LEN + 1, f);
		if (*len > FILE_MAX_LEN || ferror(f)) {
			r = ferror(f) ? -EIO : -EFBIG;
			free(*text);
		}
	}
	fclose(f);
	return r;
}

int settings_parse(struct pool_settings *s, const char *path, const char *text,
		   size_t len, FILE *errors)
{
	struct settings_reader *r = xcalloc(1, sizeof *r);
	unsigned found;

	r->s = s;
	r->path = path;
	read_text(r, text, len);
	check_whole(r);
	for (size_t i = 0; i < r->diags.len; i++)
		diag_print(errors, &r->diags.diag[i]);
	found = r->diags.errors;
	diags_free(&r->diags);
	free(r);
	return found ? -EINVAL : 0;
}

int settings_read(struct pool_settings *s, const char *path, FILE *errors)
{
	char *text = NULL;
	size_t len = 0;
	int r = read_all(path, &text, &len);

	if (r < 0) {
		fprintf(errors, "%s: %s\n", path, strerror(-r));
		return r;
	}
	r = settings_parse(s, path, text, len, errors);
	free(text);
	return r;
}
