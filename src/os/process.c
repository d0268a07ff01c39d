/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/process.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/attr.h"

#define EXIT_NO_EXEC 127

/* Above everything that is dup2()ed to its place. */
#define HIGH_FD 256

static void default_signals(void)
{
	sigset_t none;

	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* First all out of the way, then each to its place. */
static bool place_descriptors(const struct process_spec *s)
{
	int high[HIGH_FD];

	if (s->n_fd > HIGH_FD)
		return false;
	for (size_t i = 0; i < s->n_fd; i++) {
		high[i] = -1;
		if (s->fd[i] < 0)
			continue;
		high[i] = fcntl(s->fd[i], F_DUPFD_CLOEXEC, HIGH_FD);
		if (high[i] < 0)
			return false;
	}
	for (size_t i = 0; i < s->n_fd; i++) {
		if (high[i] < 0)
			close((int)i);
		else if (dup2(high[i], (int)i) < 0)
			return false;
	}
	return close_range((unsigned)s->n_fd, ~0U, 0) == 0;
}

static bool become(const struct process_spec *s)
{
	if (s->uid == 0 || geteuid() != 0)
		return true;
	if (s->jail_fd >= 0 && prctl(PR_SET_KEEPCAPS, 1L, 0L, 0L, 0L) < 0)
		return false;
	return setgroups(0, NULL) == 0 &&
	       setresgid(s->gid, s->gid, s->gid) == 0 &&
	       setresuid(s->uid, s->uid, s->uid) == 0;
}

/* Ambient capabilities are the only ones that a plain user has after exec. */
static bool hand_on_chroot(void)
{
	const cap_value_t v = CAP_SYS_CHROOT;
	cap_t caps = cap_get_proc();
	cap_flag_value_t have = CAP_CLEAR;
	bool ok;

	if (!caps)
		return false;
	cap_get_flag(caps, v, CAP_PERMITTED, &have);
	cap_clear(caps);
	ok = have == CAP_SET &&
	     cap_set_flag(caps, CAP_PERMITTED, 1, &v, CAP_SET) == 0 &&
	     cap_set_flag(caps, CAP_EFFECTIVE, 1, &v, CAP_SET) == 0 &&
	     cap_set_flag(caps, CAP_INHERITABLE, 1, &v, CAP_SET) == 0 &&
	     cap_set_proc(caps) == 0 && cap_set_ambient(v, CAP_SET) == 0;
	cap_free(caps);
	return ok;
}

static bool enter_jail(const struct process_spec *s)
{
	return s->jail_fd < 0 || fchdir(s->jail_fd) == 0;
}

static NORETURN void run_child(const struct process_spec *s, pid_t parent)
{
	default_signals();
	if (!enter_jail(s) || !become(s) ||
	    (s->jail_fd >= 0 && !hand_on_chroot()))
		_exit(EXIT_NO_EXEC);
	/* After become(): a change of user clears it. */
	prctl(PR_SET_PDEATHSIG, (unsigned long)SIGKILL, 0L, 0L, 0L);
	if (getppid() != parent || !place_descriptors(s))
		_exit(EXIT_NO_EXEC);
	prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L);
	execv("/proc/self/exe", s->argv);
	_exit(EXIT_NO_EXEC);
}

pid_t process_start(const struct process_spec *spec)
{
	pid_t parent = getpid();
	pid_t pid = fork();

	if (pid < 0)
		return -errno;
	if (pid == 0)
		run_child(spec, parent);
	return pid;
}

char *process_describe_end(int wait_status, char buf[64])
{
	if (WIFSIGNALED(wait_status))
		snprintf(buf, 64, "killed by signal %d%s",
			 WTERMSIG(wait_status),
			 WTERMSIG(wait_status) == SIGSYS
				 ? " (forbidden system call)"
				 : "");
	else
		snprintf(buf, 64, "exit status %d", WEXITSTATUS(wait_status));
	return buf;
}

/* The parent of a daemon: stays until the start is known good or failed. */
static NORETURN void await_start(int from, pid_t child)
{
	unsigned char status = 1;
	int ended;

	if (read(from, &status, 1) != 1) {
		status = 1;
		if (waitpid(child, &ended, 0) == child && WIFEXITED(ended))
			status = (unsigned char)WEXITSTATUS(ended);
	}
	_exit(status);
}

static void null_stdio(void)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return;
	for (int i = 0; i <= STDERR_FILENO; i++)
		dup2(fd, i);
	if (fd > STDERR_FILENO)
		close(fd);
}

int process_detach(int *pipe_out)
{
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid > 0) {
		close(ends[1]);
		await_start(ends[0], pid);
	}
	close(ends[0]);
	setsid();
	*pipe_out = ends[1];
	return 0;
}

void process_detached(int pipe, unsigned char status)
{
	if (pipe < 0)
		return;
	while (write(pipe, &status, 1) < 0 && errno == EINTR)
		;
	close(pipe);
	null_stdio();
}
