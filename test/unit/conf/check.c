/* SPDX-License-Identifier: BSD-2-Clause */
#include "memory.h"

/* Advice about what is well formed but unwise; and includes. */

#define SAFE                                                                  \
	"restrict default noquery nomodify limited kod\nrestrict 127.0.0.1\n" \
	"restrict ::1\n"
#define FOUR "server a.lan\nserver b.lan\nserver c.lan\nserver d.lan\n"

/* What a config must be told, and one that is close to it and must not. */
static void advice(void **state)
{
	static const struct {
		const char *id;
		enum diag_level level;
		unsigned line;
		const char *bad, *good;
	} row[] = {
		{"burst-to-stranger", DIAG_WARNING, 1,
		 "server time.example.com burst\n" FOUR,
		 "server 192.168.1.1 burst\nserver 127.0.0.1 burst\n"
		 "server fd00::1 burst\nserver ntp.lan burst\n"
		 "server time.example.com iburst\n"},
		{"burst-to-stranger", DIAG_WARNING, 1,
		 "server 2001:db8::1 burst\n" FOUR,
		 "server fe80::1%eth0 burst\n" FOUR},
		{"burst-to-stranger", DIAG_WARNING, 1,
		 "server 172.32.0.1 burst\n" FOUR,
		 "server 172.31.0.1 burst\n" FOUR},
		{"poll-too-fast", DIAG_WARNING, 1,
		 "server time.example.com minpoll 3\n" FOUR,
		 "server time.example.com minpoll 4\n"
		 "server x.local minpoll 0\n" FOUR},
		{"kod-without-limited", DIAG_WARNING, 1,
		 "restrict 10.0.0.0/8 kod\n",
		 "restrict 10.0.0.0/8 kod limited\n"},
		{"default-without-noquery", DIAG_WARNING, 1,
		 "restrict default nomodify\n", SAFE},
		{"default-without-noquery", DIAG_WARNING, 1,
		 "restrict -4 default noquery\n",
		 "restrict -4 default noquery\nrestrict -6 default ignore\n"},
		{"loopback-closed", DIAG_WARNING, 1,
		 "restrict default noquery\nrestrict 127.0.0.1\n", SAFE},
		{"loopback-closed", DIAG_WARNING, 1,
		 "restrict default ignore\nrestrict ::1\n",
		 "restrict default ignore\nrestrict ::1\n"
		 "restrict 127.0.0.0/8\n"},
		{"loopback-closed", DIAG_WARNING, 1,
		 SAFE "restrict 127.0.0.1 noquery\n", SAFE},
		{"few-sources", DIAG_WARNING, 1,
		 "server a.lan\nserver b.lan\nserver c.lan\n", FOUR},
		{"few-sources", DIAG_WARNING, 1,
		 "server a.lan\nserver 127.127.1.0\n", "pool a.lan\n"},
		{"few-sources", DIAG_WARNING, 1,
		 "server a.lan\nserver b.lan\nserver c.lan\n"
		 "server d.lan noselect\n",
		 "server 127.77.0.1\nserver 127.127.1.0\n"},
		{"pool-upstream", DIAG_NOTICE, 1, "pool 2.pool.ntp.org\n",
		 "pool notpool.ntp.org\n"},
		{"pool-upstream", DIAG_NOTICE, 1, "pool POOL.ntp.org\n",
		 "pool pool.ntp.org.example.com\n"},
		{"source-shut-out", DIAG_WARNING, 1,
		 "server 10.0.0.1\n" FOUR "restrict default ignore\n",
		 "server 10.0.0.1\n" FOUR "restrict default ignore\n"
		 "restrict 10.0.0.0 mask 255.0.0.0\n"},
		{"source-shut-out", DIAG_WARNING, 1,
		 "server 10.0.0.1\n" FOUR "restrict 10.0.0.0/24 ignore\n",
		 "server 10.0.0.1\n" FOUR "restrict 10.0.0.0/24 ignore\n"
		 "restrict source\n"},
		{"no-keys-file", DIAG_WARNING, 1,
		 "server a.lan key 5\ntrustedkey 5\n" FOUR,
		 "server a.lan key 5\ntrustedkey 5\nkeys /k\n" FOUR},
		{"key-not-trusted", DIAG_WARNING, 1,
		 "server a.lan key 5\nkeys /k\ntrustedkey 4\n" FOUR,
		 "server a.lan key 5\nkeys /k\ntrustedkey 5\n" FOUR},
		{"limited-without-monitor", DIAG_WARNING, 1,
		 SAFE "disable monitor\n",
		 "disable monitor\nrestrict default noquery\n"
		 "restrict 127.0.0.1\nrestrict ::1\n"},
		{"fudge-without-clock", DIAG_WARNING, 1,
		 "fudge 127.127.1.0 stratum 3\n",
		 "fudge 127.127.1.0 stratum 3\nserver 127.127.1.0\n"},
		{"peer-as-server", DIAG_WARNING, 1, "peer a.lan\n" FOUR,
		 "server peer\n" FOUR},
		{"no-driver", DIAG_NOTICE, 1, "server 127.127.28.0\n",
		 "server 127.127.1.0\n"},
		{"no-driver", DIAG_NOTICE, 1, "refclock shm unit 0\n",
		 "refclock local\n"},
		{"not-built", DIAG_WARNING, 1, "server a.lan nts\n" FOUR, FOUR},
		{"not-built", DIAG_NOTICE, 1, "server a.lan xleave\n" FOUR,
		 FOUR},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct result bad = read_string(row[i].bad);
		struct result good = read_string(row[i].good);
		const struct diag *d = find_diag(&bad, row[i].id);

		if (!d || find_diag(&good, row[i].id)) {
			show(&bad);
			show(&good);
			fail_msg("row %zu, %s", i, row[i].id);
			return;
		}
		assert_int_equal(bad.err, 0);
		assert_int_equal(good.err, 0);
		assert_int_equal(d->level, row[i].level);
		assert_int_equal(d->line, row[i].line);
		result_done(&bad);
		result_done(&good);
	}
}

/* One line a word, however often it stands there. */
static void notices_come_once(void **state)
{
	struct result r = read_string("broadcast 10.0.0.255\n"
				      "broadcast 10.0.1.255\n"
				      "server a.lan xleave\n"
				      "server b.lan xleave autokey\n"
				      "server c.lan autokey\nserver d.lan\n"
				      "server e.lan\n");

	(void)state;
	assert_int_equal(r.d.len, 3);
	assert_int_equal(r.d.diag[0].line, 1);
	assert_int_equal(r.d.diag[1].line, 3);
	assert_int_equal(r.d.diag[2].line, 4);
	result_done(&r);
}

static void includes(void **state)
{
	const struct memory_file f[] = {
		{"/etc/ntp.conf", "includefile ntp/a.conf\nworkers 2\n", 0, 0},
		{"/etc/ntp/a.conf", "port 7\nincludefile b.conf\n", 0, 0},
		{"/etc/ntp/b.conf", "dscp 9", 0, 0},
		/* Read after the main file, in the order of their names. */
		{"/etc/ntp.conf.d/20.conf", "workers 20\n", 0, 0},
		{"/etc/ntp.conf.d/10.conf",
		 "workers 10\nincludefile /etc/dir\n", 0, 0},
		/* A folder stands for its files. */
		{"/etc/dir", NULL, 0, -EISDIR},
		{"/etc/dir/x.conf", "controlkey 3\n", 0, 0},
		{NULL, NULL, 0, 0},
	};
	struct result r = read_memory(f);

	(void)state;
	show(&r);
	assert_int_equal(r.d.len, 0);
	assert_int_equal(r.cfg->port, 7);
	assert_int_equal(r.cfg->dscp, 9);
	assert_int_equal(r.cfg->workers, 20);
	assert_int_equal(r.cfg->control_key, 3);
	result_done(&r);
}

/* F-03: the chain is in the message. */
static void include_loop(void **state)
{
	const struct memory_file f[] = {
		{"a", "\nincludefile b\n", 0, 0},
		{"b", "includefile a\nport 0\n", 0, 0},
		{NULL, NULL, 0, 0},
	};
	struct result r = read_memory(f);
	const struct diag *d = find_diag(&r, "include-loop");

	(void)state;
	assert_non_null(d);
	assert_non_null(strstr(d->text, "a:2 -> b:1 -> a"));
	assert_string_equal(d->file, "b");
	assert_int_equal(d->column, 13);
	/* And the rest is read all the same. */
	assert_int_equal(r.d.errors, 2);
	result_done(&r);
}

static void include_depth(void **state)
{
	struct memory_file f[] = {
		{"0", "includefile 1", 0, 0},
		{"1", "includefile 2", 0, 0},
		{"2", "includefile 3", 0, 0},
		{"3", "includefile 4", 0, 0},
		{"4", "includefile 5", 0, 0},
		{"5", "port 7", 0, 0},
		{"6", "", 0, 0},
		{NULL, NULL, 0, 0},
	};
	struct result r = read_memory(f);

	(void)state;
	assert_int_equal(r.err, 0);
	assert_int_equal(r.cfg->port, 7);
	result_done(&r);
	f[5].text = "includefile 6";
	r = read_memory(f);
	assert_non_null(find_diag(&r, "include-depth"));
	assert_int_equal(r.d.errors, 1);
	result_done(&r);
}

/* Five levels of a hundred lines each would be ten thousand million files. */
static void include_bomb(void **state)
{
	char text[3000];
	struct memory_file f[7] = {{NULL, NULL, 0, 0}};
	static const char *const name[] = {"0", "1", "2", "3", "4", "5"};
	char texts[6][3000];
	struct result r;

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		size_t len = 0;

		for (unsigned k = 0; k < 100 && i < 5; k++)
			len += (size_t)snprintf(text + len, sizeof text - len,
						"includefile %zu\n", i + 1);
		memcpy(texts[i], text, len);
		texts[i][len] = '\0';
		f[i] = (struct memory_file){name[i], texts[i], 0, 0};
	}
	r = read_memory(f);
	assert_int_equal(r.d.errors, 1);
	assert_non_null(find_diag(&r, "too-many-files"));
	result_done(&r);
}

/* A missing include is told, as the classic daemon does; a forbidden one is an error. */
static void unreadable_files(void **state)
{
	struct memory_file f[] = {
		{"m", "includefile x\nincludefile y\nport 5\n", 0, 0},
		{"y", "", 0, 0},
		{"/d", NULL, 0, -EISDIR},
		{NULL, NULL, 0, 0},
	};
	struct result r = read_memory(f);
	struct memory m = {{memory_read, memory_list}, f, -EACCES};

	(void)state;
	assert_int_equal(r.err, 0);
	assert_int_equal(r.d.len, 1);
	assert_int_equal(r.d.diag[0].level, DIAG_WARNING);
	assert_non_null(strstr(r.d.diag[0].text, "m:1 -> x"));
	assert_int_equal(r.cfg->port, 5);
	result_done(&r);

	f[1].err = -EACCES;
	r = read_memory(f);
	assert_int_equal(r.d.errors, 1);
	assert_non_null(strstr(r.d.diag[1].text, "m:2 -> y"));
	result_done(&r);

	/* F-03: an include directory that cannot be listed. */
	f[0].text = "includefile /d\n";
	r.err = conf_read("m", &m.files, &r.cfg, &r.d);
	assert_int_equal(r.err, -EINVAL);
	assert_non_null(strstr(r.d.diag[0].text, "m:1 -> /d"));
	result_done(&r);

	f[0].err = -ENOENT;
	r = read_memory(f);
	assert_int_equal(r.err, -EINVAL);
	assert_int_equal(r.d.diag[0].line, 0);
	assert_string_equal(r.d.diag[0].file, "m");
	result_done(&r);
	f[0].err = -EISDIR;
	r = read_memory(f);
	assert_int_equal(r.d.errors, 1);
	result_done(&r);
}

/* Findings after an include do not point into its text, which is gone. */
static void findings_behind_an_include(void **state)
{
	const struct memory_file f[] = {
		{"m", "includefile /d\nport 0\n", 0, 0},
		{"/d", NULL, 0, -EISDIR},
		{"/d/a", "port 1\n", 0, 0},
		{"/d/b", NULL, 0, -EACCES},
		{NULL, NULL, 0, 0},
	};
	struct result r = read_memory(f);

	(void)state;
	assert_int_equal(r.d.errors, 2);
	assert_non_null(strstr(r.d.diag[0].text, "/d/b"));
	assert_int_equal(r.d.diag[0].line, 1);
	assert_int_equal(r.d.diag[1].line, 2);
	result_done(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(advice),
		cmocka_unit_test(notices_come_once),
		cmocka_unit_test(includes),
		cmocka_unit_test(include_loop),
		cmocka_unit_test(include_depth),
		cmocka_unit_test(include_bomb),
		cmocka_unit_test(unreadable_files),
		cmocka_unit_test(findings_behind_an_include),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
