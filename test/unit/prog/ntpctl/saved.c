/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/ntpctl/saved.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "cmocka_all.h"
#include "prog/ntpctl/explain.h"
#include "prog/ntpctl/talk.h"

static void expect(const char *path, const char *want)
{
	struct buf text = {0};

	assert_int_equal(talk_read_file(path, &text), 0);
	assert_string_equal(strchr(buf_text(&text), '\n') + 1, want);
	buf_done(&text);
}

static void lines_come_and_go(void **state)
{
	char folder[] = "/tmp/saved-XXXXXX";
	char path[128], below[64];

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(below, sizeof below, "%s/ntp.conf.d", folder);
	snprintf(path, sizeof path, "%s/ntpctl.conf", below);
	assert_int_equal(saved_remove(path, "a.example.net"), 0);
	assert_int_equal(saved_add(path, "server a.example.net iburst"), 0);
	assert_int_equal(saved_add(path, "pool b.example.net"), 0);
	assert_int_equal(saved_add(path, "server a.example.net iburst"), 0);
	expect(path, "server a.example.net iburst\npool b.example.net\n");
	assert_int_equal(saved_remove(path, "a.example"), 0);
	assert_int_equal(saved_remove(path, "source"), 0);
	assert_int_equal(saved_remove(path, "a.example.net"), 1);
	expect(path, "pool b.example.net\n");
	unlink(path);
	rmdir(below);
	rmdir(folder);
}

static void each_id_is_explained_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < explanations_len; i++) {
		assert_ptr_equal(explain_find(explanations[i].id),
				 &explanations[i]);
		assert_true(strlen(explanations[i].text) > 10);
	}
	assert_null(explain_find("no-such-thing"));
	assert_non_null(explain_find("rate"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_come_and_go),
		cmocka_unit_test(each_id_is_explained_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
