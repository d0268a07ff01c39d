/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/poolctl/commands.h"

#include "base/container.h"

/* What may be said of an entry of the public lists: the keys of list_fields(). */
#define LIST_WORDS                                                           \
	"[address=IPV4] [address6=IPV6] [location=TEXT] [coordinates=TEXT] " \
	"[organisation=TEXT] [synchronisation=TEXT] [area=TEXT] "            \
	"[policy=POLICY] [details=TEXT] [notify=YES]"

/* clang-format off */
const struct cli_command commands[] = {
	{"account add", "NAME OWNER", cmd_account_add, "a new account (team); OWNER is a mail address", BOOKS, NULL},
	{"account list", "[TEXT]", cmd_account_list, "accounts whose name contains TEXT", BOOKS, NULL},
	{"account set", "ACCOUNT [name=NAME] [organisation=TEXT] [url=URL] [public=YES]", cmd_account_set, "what is known of it; public: everybody may see whose servers they are", BOOKS, NULL},
	{"audit", "[server=ADDRESS] [account=ACCOUNT] [limit=N]", cmd_audit, "who changed what, the newest first", BOOKS, NULL},
	{"candidate accept", "ID [country=CC] [comment=TEXT]", cmd_candidate_accept, "make a server of what was found good", BOOKS, NULL},
	{"candidate add", "ADDRESS ACCOUNT", cmd_candidate_add, "let poold look at an address or name", BOOKS, NULL},
	{"candidate list", "", cmd_candidate_list, "what is being looked at, and what was found", BOOKS, NULL},
	{"db check", "[servers=N]", cmd_db_check, "is the database whole, and do scores and snapshot fit it? changes nothing", BOOKS, NULL},
	{"db copy", "FROM TO", cmd_db_copy, "copy the books, say from sqlite:FILE to postgres:dbname=pool", ALONE, NULL},
	{"export", "FORMAT [SNAPSHOT]", cmd_export, "what pooldns serves, as another name server takes it: zonefile, geodns or knot", ALONE, NULL},
	{"init", "[admin=MAIL]", cmd_init, "schema, zones, key pair; an admin, whose password is read", BOOKS, NULL},
	{"list add", "ACCOUNT stratum=N country=CC hostname=NAME contact=TEXT " LIST_WORDS, cmd_list_add, "an entry for the public lists, to wait for approval", BOOKS, NULL},
	{"list approve", "ID", cmd_list_approve, "show it, or let in what was changed of it", BOOKS, NULL},
	{"list refuse", "ID WHY", cmd_list_refuse, "do not show it; its people read why", BOOKS, NULL},
	{"list remove", "ID", cmd_list_remove, "take it off the list", BOOKS, NULL},
	{"list set", "ID [stratum=N] [country=CC] [hostname=NAME] [contact=TEXT] " LIST_WORDS, cmd_list_set, "change it; waits for approval", BOOKS, NULL},
	{"list show", "[ID]", cmd_list_show, "the public lists with what waits, or one entry", BOOKS, NULL},
	{"member invite", "ACCOUNT MAIL", cmd_member_invite, "send somebody a link to join the account", BOOKS, NULL},
	{"member list", "ACCOUNT", cmd_member_list, "who is in an account", BOOKS, NULL},
	{"member remove", "ACCOUNT MAIL", cmd_member_remove, "take somebody out of an account", BOOKS, NULL},
	{"member role", "ACCOUNT MAIL ROLE", cmd_member_role, "owner or member", BOOKS, NULL},
	{"monitor add", "NAME [place=TEXT] [account=ACCOUNT]", cmd_monitor_add, "a new monitor; prints the one-time code for poolmon", BOOKS, NULL},
	{"monitor code", "NAME", cmd_monitor_code, "another one-time code", BOOKS, NULL},
	{"monitor list", "", cmd_monitor_list, "monitors and how they are", BOOKS, NULL},
	{"monitor set", "NAME STATE", cmd_monitor_state, "active, testing, paused or deleted", BOOKS, NULL},
	{"person add", "MAIL [name=NAME] [role=ROLE]", cmd_person_add, "somebody who can log in; the password is read", BOOKS, NULL},
	{"person confirm", "MAIL", cmd_person_confirm, "as if the link in the mail was followed", BOOKS, NULL},
	{"person disable", "MAIL", cmd_person_disable, "lock somebody out", BOOKS, NULL},
	{"person enable", "MAIL", cmd_person_enable, "and let in again", BOOKS, NULL},
	{"person list", "[TEXT]", cmd_person_list, "people whose name or address contains TEXT", BOOKS, NULL},
	{"person password", "MAIL", cmd_person_password, "set another password, which is read", BOOKS, NULL},
	{"person role", "MAIL ROLE", cmd_person_role, "user, staff or admin", BOOKS, NULL},
	{"person second-off", "MAIL", cmd_person_second_off, "log in without a code again: the app was lost", BOOKS, NULL},
	{"probe", "ADDRESS [wait=S]", cmd_probe, "let every monitor ask a server now, and show what they find (20)", BOOKS, NULL},
	{"replay", "", cmd_replay, "compute every score again and compare, to the last digit", BOOKS, NULL},
	{"score", "[ADDRESS]", cmd_score, "all servers, the last checks and why one is out; or one by monitor", BOOKS, NULL},
	{"server add", "ADDRESS ACCOUNT [country=CC] [netspeed=KBIT] [comment=TEXT]", cmd_server_add, "a new server, unseen; candidate add looks first", BOOKS, NULL},
	{"server alert", "ADDRESS SCORE", cmd_server_alert, "mail the owner below this score (-100 to 10); - for the usual one", BOOKS, NULL},
	{"server country", "ADDRESS CC", cmd_server_country, "where it is; - for nowhere", BOOKS, NULL},
	{"server delete", "ADDRESS DATE", cmd_server_delete, "take it out, and delete it on that day (YYYY-MM-DD)", BOOKS, NULL},
	{"server import", "FILE ACCOUNT", cmd_server_import, "many new servers, unseen: a CSV file of address,country,netspeed,comment", BOOKS, NULL},
	{"server list", "[account=ACCOUNT] [zone=ZONE]", cmd_server_list, "servers and their scores", BOOKS, NULL},
	{"server move", "ADDRESS ACCOUNT", cmd_server_move, "give it to another account", BOOKS, NULL},
	{"server netspeed", "ADDRESS KBIT", cmd_server_netspeed, "its share; 0: monitoring only", BOOKS, NULL},
	{"server pause", "ADDRESS [days=N]", cmd_server_pause, "do not hand it out for so long (7); 0 ends it", BOOKS, NULL},
	{"server show", "ADDRESS", cmd_server_show, "all about one", BOOKS, NULL},
	{"server undelete", "ADDRESS", cmd_server_undelete, "stay after all", BOOKS, NULL},
	{"server verify", "ADDRESS [by=METHOD]", cmd_server_verify, "prove whose it is: http, dns, ntp, or admin, which is staff's word", BOOKS, NULL},
	{"settings", "", cmd_settings, "pool.conf with every default", ALONE, NULL},
	{"snapshot build", "", cmd_snapshot_build, "write what pooldns serves, as poold does every minute", BOOKS, NULL},
	{"snapshot show", "[FILE]", cmd_snapshot_show, "check what pooldns serves, and list its zones", ALONE, NULL},
	{"token add", "ACCOUNT MAIL NAME [scope=SCOPE]", cmd_token_add, "a key for the API in somebody's name, shown once; SCOPE: read or write", BOOKS, NULL},
	{"token list", "ACCOUNT", cmd_token_list, "the keys of an account", BOOKS, NULL},
	{"token revoke", "ACCOUNT ID", cmd_token_revoke, "a key that opens nothing from now on", BOOKS, NULL},
	{"webhook add", "ACCOUNT URL", cmd_webhook_add, "tell a program what happens; prints the key of the signature", BOOKS, NULL},
	{"webhook list", "ACCOUNT", cmd_webhook_list, "where an account is told", BOOKS, NULL},
	{"webhook remove", "ID", cmd_webhook_remove, "tell it no more", BOOKS, NULL},
	{"webhook try", "ID", cmd_webhook_try, "send a trial event", BOOKS, NULL},
	{"zone add", "NAME TITLE KIND PARENT", cmd_zone_add, "KIND: custom or vendor", BOOKS, NULL},
	{"zone list", "", cmd_zone_list, "zones and their servers", BOOKS, NULL},
	{"zone remove", "NAME", cmd_zone_remove, "a zone of ours that is not needed", BOOKS, NULL},
	{"zone rule", "NAME KIND VALUE", cmd_zone_rule, "whom it is for: subnet CIDR, or asn NUMBER", BOOKS, NULL},
	{"zone rules", "NAME", cmd_zone_rules, "whom a zone is for", BOOKS, NULL},
	{"zone set", "NAME [min-servers=N] [min-kbit=N] [max-hosts=N] [ttl=S] [policy=POLICY]", cmd_zone_set, "limits of a zone; 0: as pool.conf says", BOOKS, NULL},
	{"zone unrule", "NAME KIND VALUE", cmd_zone_unrule, "take a rule away again", BOOKS, NULL},
};
/* clang-format on */
const size_t commands_len = ARRAY_LEN(commands);
