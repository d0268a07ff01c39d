/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/sandbox.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/container.h"
#include "base/text.h"
#include "os/landlock.h"
#include "os/syscall_filter.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
	__has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif

#ifdef SANITIZED
const enum sandbox_filter sandbox_filter_default = SANDBOX_FILTER_OFF;
#else
const enum sandbox_filter sandbox_filter_default = SANDBOX_FILTER_KILL;
#endif

bool sandbox_filter_find(const char *word, enum sandbox_filter *filter)
{
	static const char *const names[] = {
		[SANDBOX_FILTER_OFF] = "off",
		[SANDBOX_FILTER_LOG] = "log",
		[SANDBOX_FILTER_KILL] = "kill",
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(word, names[i]) == 0) {
			*filter = (enum sandbox_filter)i;
			return true;
		}
	return false;
}

/* More than any role opens: sources, sockets, channels. */
#define MAX_FILES 1024

static int limit(int resource, rlim_t max)
{
	struct rlimit r = {max, max}, old;

	if (getrlimit((__rlimit_resource_t)resource, &old) == 0 &&
	    old.rlim_max < max)
		return 0;
	return setrlimit((__rlimit_resource_t)resource, &r) < 0 ? -errno : 0;
}

/* Files, threads and visitors of the books have their bounds elsewhere. */
static bool keeps_books(const struct sandbox_plan *plan)
{
	return plan->role == SANDBOX_BOOKS || plan->role == SANDBOX_WEB;
}

static int set_limits(const struct sandbox_plan *plan)
{
	int r = limit(RLIMIT_CORE, 0);

	/* A last word to a standard error that is a file fails; it need not kill. */
	signal(SIGXFSZ, SIG_IGN);
	if (keeps_books(plan))
		return r;
	if (r == 0)
		r = limit(RLIMIT_NPROC, 0);
	if (r == 0 && plan->role != SANDBOX_EXPORTER) /* it has its own log */
		r = limit(RLIMIT_FSIZE, 0);
	if (r == 0)
		r = limit(RLIMIT_NOFILE, MAX_FILES);
	return r;
}

/* Keep exactly these capabilities, of which some may be missing. */
static int keep_caps(const cap_value_t *keep, int n)
{
	cap_t have = cap_get_proc();
	cap_t want = cap_init();
	int r = 0;

	if (!have || !want)
		r = -ENOMEM;
	for (int i = 0; r == 0 && i < n; i++) {
		cap_flag_value_t set = CAP_CLEAR;

		cap_get_flag(have, keep[i], CAP_PERMITTED, &set);
		if (cap_set_flag(want, CAP_PERMITTED, 1, &keep[i], set) < 0 ||
		    cap_set_flag(want, CAP_EFFECTIVE, 1, &keep[i], set) < 0)
			r = -errno;
	}
	if (r == 0 && cap_set_proc(want) < 0)
		r = -errno;
	cap_free(have);
	cap_free(want);
	return r;
}

static int give_up_privileges(void)
{
	int r;

	/* Before 4.3 there were none to clear. */
	prctl(PR_CAP_AMBIENT, (unsigned long)PR_CAP_AMBIENT_CLEAR_ALL, 0L, 0L,
	      0L);
	r = keep_caps(NULL, 0);
	if (r < 0)
		return r;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) < 0 ||
	    prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L) < 0)
		return -errno;
	return 0;
}

static int confine_to_files(const struct sandbox_plan *plan)
{
	/* What getaddrinfo() and its modules read. */
	static const char *const resolver_reads[] = {
		"/etc", "/usr", "/lib", "/lib64", "/run", "/var/lib", NULL};
	bool looks_up = plan->role == SANDBOX_RESOLVER || plan->network;
	const struct landlock_rule rules[] = {
		{looks_up ? resolver_reads : NULL, false},
		{plan->read, false},
		{plan->write, true},
	};

	return landlock_confine(rules, ARRAY_LEN(rules));
}

int sandbox_enter(const struct sandbox_plan *plan, struct log *log)
{
	int r;

	if (plan->jail && (chroot(".") < 0 || chdir("/") < 0))
		return -errno;
	r = set_limits(plan);
	if (r == 0)
		r = give_up_privileges();
	if (r < 0)
		return r;
	if (plan->filter == SANDBOX_FILTER_OFF)
		return 0;
	r = confine_to_files(plan);
	if (r < 0)
		log_debug(log, "Landlock is not available: %s", strerror(-r));
	return syscall_filter_load(plan);
}

static int change_user(const struct sandbox_user *user)
{
	if ((user->name ? initgroups(user->name, user->gid)
			: setgroups(0, NULL)) < 0 ||
	    setresgid(user->gid, user->gid, user->gid) < 0 ||
	    setresuid(user->uid, user->uid, user->uid) < 0)
		return -errno;
	return 0;
}

int sandbox_become(const struct sandbox_user *user)
{
	int r = 0;

	if (geteuid() == 0 && user->uid != 0)
		r = change_user(user);
	return r < 0 ? r : give_up_privileges();
}

int sandbox_supervisor(const struct sandbox_user *user)
{
	const cap_value_t keep[] = {CAP_SYS_TIME, CAP_SYS_CHROOT, CAP_SETUID,
				    CAP_SETGID, CAP_KILL};
	/* As another user, children need no help to become that user. */
	int n = user->uid == 0      ? (int)ARRAY_LEN(keep)
		: user->keep_chroot ? 2
				    : 1;
	int r;

	if (geteuid() != 0)
		return 0;
	if (user->uid == 0)
		return keep_caps(keep, n);
	if (prctl(PR_SET_KEEPCAPS, 1L, 0L, 0L, 0L) < 0)
		return -errno;
	r = change_user(user);
	return r < 0 ? r : keep_caps(keep, n);
}

static int find_group(const char *name, gid_t *gid)
{
	struct group *g = getgrnam(name);
	long number;

	if (g) {
		*gid = g->gr_gid;
		return 0;
	}
	if (text_to_int(name, 0, INT32_MAX, &number) < 0)
		return -ESRCH;
	*gid = (gid_t)number;
	return 0;
}

int sandbox_find_user(const char *text, struct sandbox_user *out)
{
	const char *colon = strchr(text, ':');
	char name[64];
	struct sandbox_user u = {0};
	struct passwd *p;
	long number;

	snprintf(name, sizeof name, "%.*s",
		 colon ? (int)(colon - text) : (int)strlen(text), text);
	p = getpwnam(name);
	if (!p && text_to_int(name, 0, INT32_MAX, &number) == 0) {
		p = getpwuid((uid_t)number);
		u.uid = (uid_t)number;
		u.gid = (gid_t)number;
	} else if (!p) {
		return -ENOENT;
	}
	if (p) {
		u.uid = p->pw_uid;
		u.gid = p->pw_gid;
		u.name = p->pw_name;
	}
	if (colon && find_group(colon + 1, &u.gid) < 0)
		return -ESRCH;
	*out = u;
	return 0;
}
