/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "base/text.h"
#include "memory.h"

/* The files of distributions and appliances, unchanged: no error, and one line a word. */

/* Files of TEST_DATA/conf, and the one that CentOS includes. */
static int disk_read(struct conf_files *files, const char *path, char **text,
		     size_t *len)
{
	char name[400];
	FILE *f;

	(void)files;
	if (strcmp(path, "/etc/ntp/crypto/pw") == 0) {
		*text = xstrdup("crypto pw secret\n");
		*len = strlen(*text);
		return 0;
	}
	snprintf(name, sizeof name, "%s/conf/%s", TEST_DATA, path);
	f = fopen(name, "r");
	if (!f)
		return -ENOENT;
	*text = xcalloc(1 << 16, 1);
	*len = fread(*text, 1, 1 << 16, f);
	fclose(f);
	return 0;
}

static int disk_list(struct conf_files *files, const char *dir, char ***names,
		     size_t *n)
{
	(void)files;
	(void)dir;
	(void)names;
	*n = 0;
	return 0;
}

/* Every finding as "line:id ", in order. */
static const char *ids(const struct diags *d)
{
	static char buf[2000];
	struct text t = text_init(buf, sizeof buf);

	for (size_t i = 0; i < d->len; i++)
		text_add(&t, "%u:%s ", d->diag[i].line, d->diag[i].id);
	assert_false(t.full);
	return buf;
}

static void distributions(void **state)
{
	static const struct {
		const char *file;
		size_t n_source, n_restrict;
		const char *findings;
	} row[] = {
		{"debian-12-ntpsec.conf", 4, 3, "10:pool-upstream "},
		{"debian-classic.conf", 4, 5, "4:not-built 9:pool-upstream "},
		{"ubuntu.conf", 5, 5, "4:not-built 9:pool-upstream "},
		{"centos-6.conf", 3, 4,
		 "2:kod-without-limited 3:kod-without-limited 1:obsolete "
		 "7:few-sources 7:pool-upstream "},
		{"centos-7.conf", 4, 3, "1:obsolete 5:pool-upstream "},
		{"centos-uncommented.conf", 1, 1,
		 "2:obsolete 3:obsolete 4:obsolete 5:obsolete 6:obsolete "
		 "12:not-built 12:obsolete "},
		{"freebsd.conf", 3, 4, "9:not-built 2:pool-upstream "},
		{"netbsd.conf", 1, 4,
		 "3:not-built 6:obsolete 12:obsolete 14:pool-upstream "},
		{"arch.conf", 4, 3, "1:pool-upstream "},
		{"gentoo.conf", 4, 3, "1:pool-upstream "},
		{"opensuse.conf", 0, 4, ""},
		{"appliances.conf", 3, 5,
		 "2:not-built 2:obsolete 7:not-built 7:obsolete 7:not-built "
		 "7:not-built "
		 "10:obsolete 11:not-built 14:no-driver 16:no-driver "
		 "18:not-built 18:peer-as-server 19:obsolete 20:not-built "
		 "24:obsolete 25:obsolete 26:obsolete 27:obsolete 28:obsolete "
		 "29:not-built 12:few-sources 19:limited-without-monitor "},
		{"ntpsec-lab.conf", 3, 4,
		 "3:not-built 3:not-built 3:not-built 3:not-built 3:not-built "
		 "8:not-built 8:not-built 9:not-built 9:not-built "
		 "10:not-built 12:not-built 12:not-built 15:no-driver "
		 "16:no-driver 23:not-built 12:few-sources "},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		struct conf_files files = {disk_read, disk_list};
		struct diags d = {0};
		struct config *cfg = NULL;

		if (conf_read(row[i].file, &files, &cfg, &d) < 0 ||
		    strcmp(ids(&d), row[i].findings) != 0)
			for (size_t k = 0; k < d.len; k++)
				diag_print(stderr, &d.diag[k]);
		assert_int_equal(d.errors, 0);
		assert_string_equal(ids(&d), row[i].findings);
		assert_int_equal(cfg->n_source, row[i].n_source);
		assert_int_equal(cfg->n_restrict, row[i].n_restrict);
		config_free(cfg);
		diags_free(&d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(distributions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
