/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/poolctl/commands.h"

#include <ctype.h>
#include <string.h>

#include "base/container.h"
#include "conf/suggest.h"
#include "prog/poolctl/ctl.h"

/* What may be said of an entry of the public lists: the keys of list_fields(). */
#define LIST_WORDS                                                           \
	"[address=IPV4] [address6=IPV6] [location=TEXT] [coordinates=TEXT] " \
	"[organisation=TEXT] [synchronisation=TEXT] [area=TEXT] "            \
	"[policy=POLICY] [details=TEXT] [notify=YES]"

/* clang-format off */
const struct command commands[] = {
	{"account add", "NAME OWNER", cmd_account_add, "a new account (team); OWNER is a mail address", BOOKS},
	{"account list", "[TEXT]", cmd_account_list, "accounts whose name contains TEXT", BOOKS},
	{"account set", "ACCOUNT [name=NAME] [organisation=TEXT] [url=URL] [public=YES]", cmd_account_set, "what is known of it; public: everybody may see whose servers they are", BOOKS},
	{"audit", "[server=ADDRESS] [account=ACCOUNT] [limit=N]", cmd_audit, "who changed what, the newest first", BOOKS},
	{"candidate accept", "ID [country=CC] [comment=TEXT]", cmd_candidate_accept, "make a server of what was found good", BOOKS},
	{"candidate add", "ADDRESS ACCOUNT", cmd_candidate_add, "let poold look at an address or name", BOOKS},
	{"candidate list", "", cmd_candidate_list, "what is being looked at, and what was found", BOOKS},
	{"db check", "[servers=N]", cmd_db_check, "is the database whole, and do scores and snapshot fit it? changes nothing", BOOKS},
	{"db copy", "FROM TO", cmd_db_copy, "copy the books, say from sqlite:FILE to postgres:dbname=pool", ALONE},
	{"export", "FORMAT [FILE]", cmd_export, "what pooldns serves, as another name server takes it: zonefile, geodns or knot", ALONE},
	{"init", "[admin=MAIL]", cmd_init, "schema, zones, key pair; an admin, whose password is read", BOOKS},
	{"list add", "ACCOUNT stratum=N country=CC hostname=NAME contact=TEXT " LIST_WORDS, cmd_list_add, "an entry for the public lists, to wait for approval", BOOKS},
	{"list approve", "ID", cmd_list_approve, "show it, or let in what was changed of it", BOOKS},
	{"list refuse", "ID WHY", cmd_list_refuse, "do not show it; its people read why", BOOKS},
	{"list remove", "ID", cmd_list_remove, "take it off the list", BOOKS},
	{"list set", "ID [stratum=N] [country=CC] [hostname=NAME] [contact=TEXT] " LIST_WORDS, cmd_list_set, "change it; waits for approval", BOOKS},
	{"list show", "[ID]", cmd_list_show, "the public lists with what waits, or one entry", BOOKS},
	{"member invite", "ACCOUNT MAIL", cmd_member_invite, "send somebody a link to join the account", BOOKS},
	{"member list", "ACCOUNT", cmd_member_list, "who is in an account", BOOKS},
	{"member remove", "ACCOUNT MAIL", cmd_member_remove, "take somebody out of an account", BOOKS},
	{"member role", "ACCOUNT MAIL ROLE", cmd_member_role, "owner or member", BOOKS},
	{"monitor add", "NAME [place=TEXT] [account=ACCOUNT]", cmd_monitor_add, "a new monitor; prints the one-time code for poolmon", BOOKS},
	{"monitor code", "NAME", cmd_monitor_code, "another one-time code", BOOKS},
	{"monitor list", "", cmd_monitor_list, "monitors and how they are", BOOKS},
	{"monitor set", "NAME STATE", cmd_monitor_state, "active, testing, paused or deleted", BOOKS},
	{"person add", "MAIL [name=NAME] [role=ROLE]", cmd_person_add, "somebody who can log in; the password is read", BOOKS},
	{"person confirm", "MAIL", cmd_person_confirm, "as if the link in the mail was followed", BOOKS},
	{"person disable", "MAIL", cmd_person_disable, "lock somebody out", BOOKS},
	{"person enable", "MAIL", cmd_person_enable, "and let in again", BOOKS},
	{"person list", "[TEXT]", cmd_person_list, "people whose name or address contains TEXT", BOOKS},
	{"person password", "MAIL", cmd_person_password, "set another password, which is read", BOOKS},
	{"person role", "MAIL ROLE", cmd_person_role, "user, staff or admin", BOOKS},
	{"probe", "ADDRESS [wait=S]", cmd_probe, "let every monitor ask a server now, and show what they find (20)", BOOKS},
	{"replay", "", cmd_replay, "compute every score again and compare, to the last digit", BOOKS},
	{"score", "[ADDRESS]", cmd_score, "all servers, the last checks and why one is out; or one by monitor", BOOKS},
	{"server add", "ADDRESS ACCOUNT [country=CC] [netspeed=KBIT] [comment=TEXT]", cmd_server_add, "a new server, unseen; candidate add looks first", BOOKS},
	{"server alert", "ADDRESS SCORE", cmd_server_alert, "mail the owner below this score (-100 to 10); - for the usual one", BOOKS},
	{"server country", "ADDRESS CC", cmd_server_country, "where it is; - for nowhere", BOOKS},
	{"server delete", "ADDRESS DATE", cmd_server_delete, "take it out, and delete it on that day (YYYY-MM-DD)", BOOKS},
	{"server import", "FILE ACCOUNT", cmd_server_import, "many new servers, unseen: a CSV file of address,country,netspeed,comment", BOOKS},
	{"server list", "[account=ACCOUNT] [zone=ZONE]", cmd_server_list, "servers and their scores", BOOKS},
	{"server move", "ADDRESS ACCOUNT", cmd_server_move, "give it to another account", BOOKS},
	{"server netspeed", "ADDRESS KBIT", cmd_server_netspeed, "its share; 0: monitoring only", BOOKS},
	{"server pause", "ADDRESS [days=N]", cmd_server_pause, "do not hand it out for so long (7); 0 ends it", BOOKS},
	{"server show", "ADDRESS", cmd_server_show, "all about one", BOOKS},
	{"server undelete", "ADDRESS", cmd_server_undelete, "stay after all", BOOKS},
	{"server verify", "ADDRESS [by=METHOD]", cmd_server_verify, "prove whose it is: http, dns, ntp, or admin, which is staff's word", BOOKS},
	{"settings", "", cmd_settings, "pool.conf with every default", ALONE},
	{"snapshot build", "", cmd_snapshot_build, "write what pooldns serves, as poold does every minute", BOOKS},
	{"snapshot show", "[FILE]", cmd_snapshot_show, "check what pooldns serves, and list its zones", ALONE},
	{"token add", "ACCOUNT MAIL NAME [scope=SCOPE]", cmd_token_add, "a key for the API in somebody's name, shown once; SCOPE: read or write", BOOKS},
	{"token list", "ACCOUNT", cmd_token_list, "the keys of an account", BOOKS},
	{"token revoke", "ACCOUNT ID", cmd_token_revoke, "a key that opens nothing from now on", BOOKS},
	{"webhook add", "ACCOUNT URL", cmd_webhook_add, "tell a program what happens; prints the key of the signature", BOOKS},
	{"webhook list", "ACCOUNT", cmd_webhook_list, "where an account is told", BOOKS},
	{"webhook remove", "ID", cmd_webhook_remove, "tell it no more", BOOKS},
	{"webhook try", "ID", cmd_webhook_try, "send a trial event", BOOKS},
	{"zone add", "NAME TITLE KIND PARENT", cmd_zone_add, "KIND: custom or vendor", BOOKS},
	{"zone list", "", cmd_zone_list, "zones and their servers", BOOKS},
	{"zone remove", "NAME", cmd_zone_remove, "a zone of ours that is not needed", BOOKS},
	{"zone rule", "NAME KIND VALUE", cmd_zone_rule, "whom it is for: subnet CIDR, or asn NUMBER", BOOKS},
	{"zone rules", "NAME", cmd_zone_rules, "whom a zone is for", BOOKS},
	{"zone set", "NAME [min-servers=N] [min-kbit=N] [max-hosts=N] [ttl=S] [policy=POLICY]", cmd_zone_set, "limits of a zone; 0: as pool.conf says", BOOKS},
	{"zone unrule", "NAME KIND VALUE", cmd_zone_unrule, "take a rule away again", BOOKS},
};
/* clang-format on */
const size_t commands_len = ARRAY_LEN(commands);

/* --- finding ------------------------------------------------------------------- */

static size_t word_count(const char *name)
{
	return strchr(name, ' ') ? 2 : 1;
}

static bool is_named(const struct command *cmd, char *const *words, size_t n)
{
	size_t first = strcspn(cmd->name, " ");

	if (n < word_count(cmd->name) || strlen(words[0]) != first ||
	    strncmp(cmd->name, words[0], first) != 0)
		return false;
	return !cmd->name[first] ||
	       strcmp(cmd->name + first + 1, words[1]) == 0;
}

/* The words as they were typed, and the nearest of all names. */
static void complain(char *const *words, size_t n)
{
	struct suggestion one = suggestion(words[0]), two;
	char both[256];

	snprintf(both, sizeof both, "%s %s", words[0], n > 1 ? words[1] : "");
	two = suggestion(both);
	for (size_t i = 0; i < commands_len; i++) {
		suggest_offer(&one, commands[i].name);
		suggest_offer(&two, commands[i].name);
	}
	fprintf(stderr, "poolctl: there is no command '%s'",
		n > 1 ? both : words[0]);
	if (one.best || two.best)
		fprintf(stderr, "; did you mean '%s'?",
			two.best ? two.best : one.best);
	fputc('\n', stderr);
	command_help(stderr, words[0]);
}

const struct command *command_find(char *const *words, size_t n, size_t *taken)
{
	for (size_t i = 0; i < commands_len; i++)
		if (is_named(&commands[i], words, n)) {
			*taken = word_count(commands[i].name);
			return &commands[i];
		}
	complain(words, n);
	return NULL;
}

/* --- arguments ------------------------------------------------------------------ */

/* The synopsis of a row to empty arguments. */
static size_t read_synopsis(const char *args, struct ctl_arg *arg)
{
	size_t n = 0;

	for (const char *p = args; *p; n++) {
		size_t len = strcspn(p, " ");
		bool optional = *p == '[';
		const char *name = p + optional;
		size_t name_len = strcspn(name, "=] ");

		arg[n] = (struct ctl_arg){.optional = optional,
					  .keyed = name[name_len] == '='};
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

static struct ctl_arg *find_keyed(struct ctl *c, const char *word)
{
	size_t len = key_len(word);

	for (size_t i = 0; i < c->n_arg && len > 0; i++)
		if (c->arg[i].keyed && strlen(c->arg[i].name) == len &&
		    strncmp(c->arg[i].name, word, len) == 0)
			return &c->arg[i];
	return NULL;
}

static struct ctl_arg *next_plain(struct ctl *c)
{
	for (size_t i = 0; i < c->n_arg; i++)
		if (!c->arg[i].keyed && !c->arg[i].value)
			return &c->arg[i];
	return NULL;
}

static bool too_much(struct ctl *c, const char *word)
{
	char name[64] = "";
	struct suggestion s = suggestion(name);

	snprintf(name, sizeof name, "%.*s", (int)strcspn(word, "="), word);
	for (size_t i = 0; i < c->n_arg; i++)
		if (c->arg[i].keyed)
			suggest_offer(&s, c->arg[i].name);
	fprintf(stderr, "poolctl: '%s' does not belong to '%s'", word,
		c->command->name);
	if (s.best)
		fprintf(stderr, "; did you mean '%s=…'?", s.best);
	fprintf(stderr, "\nusage: poolctl %s %s\n", c->command->name,
		c->command->args);
	return false;
}

bool command_bind(struct ctl *c, char *const *words, size_t n)
{
	c->n_arg = read_synopsis(c->command->args, c->arg);
	for (size_t i = 0; i < n; i++) {
		struct ctl_arg *a = find_keyed(c, words[i]);

		if (a) {
			a->value = words[i] + strlen(a->name) + 1;
			continue;
		}
		a = next_plain(c);
		if (!a)
			return too_much(c, words[i]);
		a->value = words[i];
	}
	for (size_t i = 0; i < c->n_arg; i++)
		if (!c->arg[i].optional && !c->arg[i].value) {
			fprintf(stderr,
				"poolctl: %s is missing\nusage: poolctl %s "
				"%s\n",
				c->arg[i].name, c->command->name,
				c->command->args);
			return false;
		}
	return true;
}

/* --- help and completion --------------------------------------------------------- */

void command_help(FILE *out, const char *topic)
{
	size_t len = topic ? strlen(topic) : 0, n = 0;

	for (int all = 0; all < 2 && n == 0; all++)
		for (size_t i = 0; i < commands_len; i++) {
			const struct command *cmd = &commands[i];

			if (!all &&
			    strncmp(cmd->name, topic ? topic : "", len) != 0)
				continue;
			fprintf(out, "  %s%s%s\n      %s\n", cmd->name,
				*cmd->args ? " " : "", cmd->args, cmd->help);
			n++;
		}
}

void command_complete(FILE *out, char *const *words, size_t n)
{
	const char *last = n > 0 ? words[n - 1] : "";
	char before[64] = "";

	for (size_t i = 0; i < commands_len; i++) {
		const char *name = commands[i].name;
		char word[64];

		if (n == 2 && strncmp(name, words[0], strlen(words[0])) == 0 &&
		    name[strlen(words[0])] == ' ')
			name += strlen(words[0]) + 1;
		else if (n > 1)
			continue;
		snprintf(word, sizeof word, "%.*s", (int)strcspn(name, " "),
			 name);
		if (strncmp(word, last, strlen(last)) == 0 &&
		    strcmp(word, before) != 0)
			fprintf(out, "%s\n", word);
		memcpy(before, word, sizeof before);
	}
}
