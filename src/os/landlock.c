/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Newer than the headers of Debian 12. */
#define ACCESS_FS_TRUNCATE (UINT64_C(1) << 14)

/* The rights that exist in a version of the interface. */
static uint64_t rights_of(long version)
{
	/* Version 1: from EXECUTE to MAKE_SYM. */
	uint64_t rights = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;

	if (version >= 2)
		rights |= LANDLOCK_ACCESS_FS_REFER;
	if (version >= 3)
		rights |= ACCESS_FS_TRUNCATE;
	return rights;
}

#define READING (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITING                                                        \
	(LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG | \
	 LANDLOCK_ACCESS_FS_REMOVE_FILE | ACCESS_FS_TRUNCATE)
/* What may be said of a file that is no folder. */
#define OF_A_FILE                                                       \
	(LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | \
	 ACCESS_FS_TRUNCATE)

static void allow(int ruleset, const char *path, uint64_t rights)
{
	struct landlock_path_beneath_attr rule = {
		.allowed_access = rights,
		.parent_fd = open(path, O_PATH | O_CLOEXEC),
	};
	struct stat st;

	if (rule.parent_fd < 0)
		return;
	if (fstat(rule.parent_fd, &st) == 0 && !S_ISDIR(st.st_mode))
		rule.allowed_access &= OF_A_FILE;
	syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH,
		&rule, 0);
	close(rule.parent_fd);
}

static void allow_all(int ruleset, const struct landlock_rule *rule,
		      uint64_t known)
{
	uint64_t rights = READING | (rule->write ? WRITING : 0);

	for (const char *const *path = rule->paths; path && *path; path++)
		allow(ruleset, *path, rights & known);
}

int landlock_confine(const struct landlock_rule *rules, size_t n)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0,
			       LANDLOCK_CREATE_RULESET_VERSION);
	struct landlock_ruleset_attr attr = {0};
	int ruleset, r = (int)version;

	if (version < 0)
		return -errno;
	attr.handled_access_fs = rights_of(version);
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr,
			       0);
	if (ruleset < 0)
		return -errno;
	for (size_t i = 0; i < n; i++)
		allow_all(ruleset, &rules[i], attr.handled_access_fs);
	if (syscall(SYS_landlock_restrict_self, ruleset, 0) < 0)
		r = -errno;
	close(ruleset);
	return r;
}
