/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/syscall_filter.h"

#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "base/container.h"

/* What every process needs to run at all: memory, time, waiting, ending. */
static const int common_calls[] = {
	SCMP_SYS(brk),
	SCMP_SYS(clock_getres),
	SCMP_SYS(clock_gettime),
	SCMP_SYS(clock_gettime64),
	SCMP_SYS(close),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
	SCMP_SYS(fstat),
	SCMP_SYS(futex),
	SCMP_SYS(getpid),
	SCMP_SYS(getrandom),
	SCMP_SYS(gettid),
	SCMP_SYS(gettimeofday),
	SCMP_SYS(madvise),
	SCMP_SYS(mremap),
	SCMP_SYS(munmap),
	SCMP_SYS(newfstatat),
	SCMP_SYS(poll),
	SCMP_SYS(ppoll),
	SCMP_SYS(ppoll_time64),
	SCMP_SYS(recv),
	SCMP_SYS(recvfrom),
	SCMP_SYS(recvmsg),
	SCMP_SYS(restart_syscall),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(send),
	SCMP_SYS(sendmsg),
	SCMP_SYS(sendto),
	SCMP_SYS(sigreturn),
	SCMP_SYS(time),
	SCMP_SYS(write), /* standard error */
};

static const int worker_calls[] = {
	SCMP_SYS(getsockopt),
	SCMP_SYS(recvmmsg),
	SCMP_SYS(recvmmsg_time64),
};

/* Besides a worker's: answers in batches, and streams. */
static const int dns_calls[] = {
	SCMP_SYS(accept4),
	SCMP_SYS(fcntl),
	SCMP_SYS(fcntl64),
	SCMP_SYS(sendmmsg),
};

/* It opens a socket for each question; which kinds, see below. */
static const int engine_calls[] = {
	SCMP_SYS(accept4),    SCMP_SYS(bind),     SCMP_SYS(connect),
	SCMP_SYS(fcntl),      SCMP_SYS(fcntl64),  SCMP_SYS(getsockname),
	SCMP_SYS(getsockopt), SCMP_SYS(recvmmsg), SCMP_SYS(recvmmsg_time64),
	SCMP_SYS(setsockopt),
};

/* getaddrinfo() loads modules, reads files, asks daemons and name servers. */
static const int resolver_calls[] = {
	SCMP_SYS(access),
	SCMP_SYS(bind),
	SCMP_SYS(clock_nanosleep),
	SCMP_SYS(connect),
	SCMP_SYS(dup),
	SCMP_SYS(epoll_create1),
	SCMP_SYS(epoll_ctl),
	SCMP_SYS(epoll_wait),
	SCMP_SYS(eventfd2),
	SCMP_SYS(faccessat),
	SCMP_SYS(faccessat2),
	SCMP_SYS(fcntl),
	SCMP_SYS(fcntl64),
	SCMP_SYS(fstatfs),
	SCMP_SYS(getcwd),
	SCMP_SYS(getdents64),
	SCMP_SYS(getegid),
	SCMP_SYS(geteuid),
	SCMP_SYS(getgid),
	SCMP_SYS(getpeername),
	SCMP_SYS(getppid),
	SCMP_SYS(getsockname),
	SCMP_SYS(getsockopt),
	SCMP_SYS(getuid),
	SCMP_SYS(ioctl),
	SCMP_SYS(lseek),
	SCMP_SYS(_llseek),
	SCMP_SYS(lstat),
	SCMP_SYS(membarrier),
	SCMP_SYS(mmap),
	SCMP_SYS(mmap2),
	SCMP_SYS(mprotect),
	SCMP_SYS(nanosleep),
	SCMP_SYS(open),
	SCMP_SYS(openat),
	SCMP_SYS(pread64),
	SCMP_SYS(prlimit64),
	SCMP_SYS(read),
	SCMP_SYS(readlink),
	SCMP_SYS(readlinkat),
	SCMP_SYS(readv),
	SCMP_SYS(rseq),
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(sched_yield),
	SCMP_SYS(sendmmsg),
	SCMP_SYS(set_robust_list),
	SCMP_SYS(setsockopt),
	SCMP_SYS(shutdown),
	SCMP_SYS(socket),
	SCMP_SYS(socketpair),
	SCMP_SYS(stat),
	SCMP_SYS(statfs),
	SCMP_SYS(statx),
	SCMP_SYS(sysinfo),
	SCMP_SYS(uname),
	SCMP_SYS(writev),
};

/* A database in a file, and files that are replaced by better ones. */
static const int books_calls[] = {
	SCMP_SYS(access),
	SCMP_SYS(clock_nanosleep),
	SCMP_SYS(clock_nanosleep_time64),
	SCMP_SYS(dup),
	SCMP_SYS(faccessat),
	SCMP_SYS(faccessat2),
	SCMP_SYS(fchmod),
	SCMP_SYS(fchown),
	SCMP_SYS(fcntl),
	SCMP_SYS(fcntl64),
	SCMP_SYS(fdatasync),
	SCMP_SYS(fstatfs),
	SCMP_SYS(fsync),
	SCMP_SYS(ftruncate),
	SCMP_SYS(ftruncate64),
	SCMP_SYS(getcwd),
	SCMP_SYS(getegid),
	SCMP_SYS(geteuid),
	SCMP_SYS(getgid),
	SCMP_SYS(getrusage),
	SCMP_SYS(getuid),
	SCMP_SYS(lseek),
	SCMP_SYS(_llseek),
	SCMP_SYS(lstat),
	SCMP_SYS(lstat64),
	SCMP_SYS(nanosleep),
	SCMP_SYS(open),
	SCMP_SYS(openat),
	SCMP_SYS(pread64),
	SCMP_SYS(pwrite64),
	SCMP_SYS(read),
	SCMP_SYS(readlink),
	SCMP_SYS(readlinkat),
	SCMP_SYS(rename),
	SCMP_SYS(renameat),
	SCMP_SYS(renameat2),
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(sched_yield),
	SCMP_SYS(stat),
	SCMP_SYS(stat64),
	SCMP_SYS(statx),
	SCMP_SYS(sysinfo),
	SCMP_SYS(uname),
	SCMP_SYS(unlink),
	SCMP_SYS(unlinkat),
	SCMP_SYS(writev),
};

/* Visitors; the socket is open already. */
static const int web_calls[] = {
	SCMP_SYS(accept4),    SCMP_SYS(epoll_ctl),   SCMP_SYS(epoll_pwait),
	SCMP_SYS(epoll_wait), SCMP_SYS(getpeername), SCMP_SYS(getsockname),
	SCMP_SYS(getsockopt), SCMP_SYS(ioctl),       SCMP_SYS(readv),
	SCMP_SYS(sendfile),   SCMP_SYS(sendfile64),  SCMP_SYS(setsockopt),
	SCMP_SYS(shutdown),
};

/* Besides those of visitors: another program's socket. */
static const int exporter_calls[] = {
	SCMP_SYS(connect), SCMP_SYS(fcntl),  SCMP_SYS(fcntl64),
	SCMP_SYS(read),    SCMP_SYS(writev),
};

/* A thread for each look-up, besides what the resolver needs. */
static const int thread_calls[] = {
	SCMP_SYS(epoll_pwait),        SCMP_SYS(pipe2),
	SCMP_SYS(recvmmsg),           SCMP_SYS(recvmmsg_time64),
	SCMP_SYS(sched_getaffinity),  SCMP_SYS(sched_getparam),
	SCMP_SYS(sched_getscheduler),
};

static int allow(scmp_filter_ctx ctx, const int *calls, size_t n)
{
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++)
		r = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, calls[i], 0);
	return r;
}

/* Memory, but none that can be executed. */
static int allow_plain_memory(scmp_filter_ctx ctx)
{
	const struct scmp_arg_cmp not_exec =
		SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
	const int calls[] = {SCMP_SYS(mmap), SCMP_SYS(mmap2),
			     SCMP_SYS(mprotect)};
	int r = 0;

	for (size_t i = 0; i < ARRAY_LEN(calls) && r == 0; i++)
		r = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, calls[i], 1,
				     not_exec);
	return r;
}

/* UDP over IPv4 and IPv6, nothing else. */
static int allow_udp_sockets(scmp_filter_ctx ctx)
{
	const int type_mask = ~(SOCK_NONBLOCK | SOCK_CLOEXEC);
	const int families[] = {AF_INET, AF_INET6};
	int r = 0;

	for (size_t i = 0; i < ARRAY_LEN(families) && r == 0; i++)
		r = seccomp_rule_add(
			ctx, SCMP_ACT_ALLOW, SCMP_SYS(socket), 2,
			SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)families[i], 0),
			SCMP_A1(SCMP_CMP_MASKED_EQ,
				(scmp_datum_t)(unsigned)type_mask, SOCK_DGRAM));
	return r;
}

static int allow_exporter(scmp_filter_ctx ctx)
{
	const struct scmp_arg_cmp local = SCMP_A0(SCMP_CMP_EQ, AF_UNIX, 0);
	int r = allow(ctx, web_calls, ARRAY_LEN(web_calls));

	if (r == 0)
		r = allow(ctx, exporter_calls, ARRAY_LEN(exporter_calls));
	return r < 0 ? r
		     : seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(socket),
					1, local);
}

/*
 * Threads, but no processes.  A filter cannot see the flags of clone3(), for
 * which the C library tries clone() when it is told that there is none.
 */
static int allow_threads(scmp_filter_ctx ctx)
{
	const struct scmp_arg_cmp thread =
		SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD);
	int r = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
				 thread);

	return r < 0 ? r
		     : seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS),
					SCMP_SYS(clone3), 0);
}

static int allow_books(scmp_filter_ctx ctx, const struct sandbox_plan *plan)
{
	int r = allow(ctx, books_calls, ARRAY_LEN(books_calls));

	if (r == 0 && plan->role == SANDBOX_WEB)
		r = allow(ctx, web_calls, ARRAY_LEN(web_calls));
	if (r < 0 || !plan->network)
		return r < 0 ? r : allow_plain_memory(ctx);
	r = allow(ctx, resolver_calls, ARRAY_LEN(resolver_calls));
	if (r == 0)
		r = allow(ctx, thread_calls, ARRAY_LEN(thread_calls));
	return r < 0 ? r : allow_threads(ctx);
}

static int allow_role(scmp_filter_ctx ctx, const struct sandbox_plan *plan)
{
	enum sandbox_role role = plan->role;
	int r = allow(ctx, common_calls, ARRAY_LEN(common_calls));

	if (r < 0)
		return r;
	if (role == SANDBOX_BOOKS || role == SANDBOX_WEB)
		return allow_books(ctx, plan);
	if (role == SANDBOX_RESOLVER)
		return allow(ctx, resolver_calls, ARRAY_LEN(resolver_calls));
	r = allow_plain_memory(ctx);
	if (r == 0 && (role == SANDBOX_WORKER || role == SANDBOX_DNS))
		r = allow(ctx, worker_calls, ARRAY_LEN(worker_calls));
	if (r == 0 && role == SANDBOX_DNS)
		r = allow(ctx, dns_calls, ARRAY_LEN(dns_calls));
	if (r == 0 && role == SANDBOX_EXPORTER)
		r = allow_exporter(ctx);
	if (r == 0 && role == SANDBOX_ENGINE)
		r = allow(ctx, engine_calls, ARRAY_LEN(engine_calls));
	if (r == 0 && role == SANDBOX_ENGINE)
		r = allow_udp_sockets(ctx);
	return r;
}

int syscall_filter_load(const struct sandbox_plan *plan)
{
	scmp_filter_ctx ctx = seccomp_init(plan->filter == SANDBOX_FILTER_KILL
						   ? SCMP_ACT_KILL_PROCESS
						   : SCMP_ACT_LOG);
	int r;

	if (!ctx)
		return -ENOMEM;
	r = allow_role(ctx, plan);
	if (r == 0)
		r = seccomp_load(ctx);
	seccomp_release(ctx);
	return r;
}
