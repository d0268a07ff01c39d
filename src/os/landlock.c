/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
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

static void allow_reading(int ruleset, const char *dir)
{
	struct landlock_path_beneath_attr rule = {
		.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE |
				  LANDLOCK_ACCESS_FS_READ_DIR,
		.parent_fd = open(dir, O_PATH | O_CLOEXEC),
	};

	if (rule.parent_fd < 0)
		return;
	syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH,
		&rule, 0);
	close(rule.parent_fd);
}

int landlock_confine(const char *const *readable)
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
	for (; *readable; readable++)
		allow_reading(ruleset, *readable);
	if (syscall(SYS_landlock_restrict_self, ruleset, 0) < 0)
		r = -errno;
	close(ruleset);
	return r;
}
