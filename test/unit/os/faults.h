/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * Failing system calls on demand: these definitions stand in for the C
 * library's.  A fault is armed for one kind of call or for any, lets the first
 * few through, then fails so many times.
 */
enum fault_call {
	FAULT_ANY,
	FAULT_SOCKET,
	FAULT_TYPE_FLAGS, /* of socket() */
	FAULT_STAMPING,   /* of setsockopt() */
	FAULT_SENDMSG,
	FAULT_GETRANDOM,
	FAULT_WRITE,
	FAULT_FSYNC,
	FAULT_FCHMOD,
	FAULT_RENAME,
};

struct fault {
	enum fault_call call;
	int error; /* 0: not armed */
	unsigned pass, times, hits;
};

static struct fault fault;

static inline void fault_arm(enum fault_call call, int error, unsigned pass,
			     unsigned times)
{
	fault = (struct fault){call, error, pass, times, 0};
}

static inline void fault_disarm(void)
{
	fault.error = 0;
}

static inline bool fault_strikes(enum fault_call call)
{
	if (fault.error == 0 || (fault.call != FAULT_ANY && fault.call != call))
		return false;
	if (fault.pass > 0) {
		fault.pass--;
		return false;
	}
	if (fault.hits == fault.times)
		return false;
	fault.hits++;
	errno = fault.error;
	return true;
}

int socket(int domain, int type, int protocol)
{
	if (type & (SOCK_NONBLOCK | SOCK_CLOEXEC) &&
	    fault_strikes(FAULT_TYPE_FLAGS))
		return -1;
	if (fault_strikes(FAULT_SOCKET))
		return -1;
	return (int)syscall(SYS_socket, domain, type, protocol);
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
	if (level == SOL_SOCKET && name == SO_TIMESTAMPING &&
	    fault_strikes(FAULT_STAMPING))
		return -1;
	return (int)syscall(SYS_setsockopt, fd, level, name, value, len);
}

ssize_t sendmsg(int fd, const struct msghdr *msg, int flags)
{
	if (fault_strikes(FAULT_SENDMSG))
		return -1;
	return syscall(SYS_sendmsg, fd, msg, flags);
}

ssize_t getrandom(void *buf, size_t len, unsigned flags)
{
	if (fault_strikes(FAULT_GETRANDOM))
		return -1;
	return syscall(SYS_getrandom, buf, len, flags);
}

ssize_t write(int fd, const void *buf, size_t len)
{
	if (fault_strikes(FAULT_WRITE))
		return -1;
	return syscall(SYS_write, fd, buf, len);
}

int fsync(int fd)
{
	if (fault_strikes(FAULT_FSYNC))
		return -1;
	return (int)syscall(SYS_fsync, fd);
}

int fchmod(int fd, mode_t mode)
{
	if (fault_strikes(FAULT_FCHMOD))
		return -1;
	return (int)syscall(SYS_fchmod, fd, mode);
}

int rename(const char *from, const char *to)
{
	if (fault_strikes(FAULT_RENAME))
		return -1;
	return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}
