/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <arpa/inet.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmocka_all.h"

/*
 * A web server of one answer, in a process of its own: whatever is asked, it
 * keeps the request and says what it was told to.
 */
struct http_stub {
	uint16_t port;
	pid_t pid;
	int seen; /* what was asked can be read here */
};

static inline void http_stub_serve(int fd, int seen, const char *answer,
				   size_t len, unsigned slow_ms)
{
	for (;;) {
		char request[16384];
		int c = accept(fd, NULL, NULL);
		ssize_t n;

		if (c < 0)
			_exit(0);
		usleep(20000); /* the body may come in a packet of its own */
		n = recv(c, request, sizeof request, 0);
		if (n > 0 && write(seen, request, (size_t)n) != n)
			_exit(1);
		usleep(slow_ms * 1000);
		(void)send(c, answer, len, MSG_NOSIGNAL);
		close(c);
	}
}

/* port 0: any.  False when the address is not to be had. */
static inline bool http_stub_start(struct http_stub *s, const char *address,
				   uint16_t port, const char *answer,
				   size_t len, unsigned slow_ms)
{
	struct sockaddr_in sa = {.sin_family = AF_INET,
				 .sin_port = htons(port)};
	socklen_t sa_len = sizeof sa;
	int fd = socket(AF_INET, SOCK_STREAM, 0), ends[2], on = 1;

	*s = (struct http_stub){0};
	assert_int_equal(inet_pton(AF_INET, address, &sa.sin_addr), 1);
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(fd, (struct sockaddr *)&sa, sizeof sa) < 0) {
		close(fd);
		return false;
	}
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&sa, &sa_len), 0);
	assert_int_equal(pipe(ends), 0);
	s->port = ntohs(sa.sin_port);
	s->seen = ends[0];
	s->pid = fork();
	if (s->pid == 0)
		http_stub_serve(fd, ends[1], answer, len, slow_ms);
	assert_true(s->pid > 0);
	close(fd);
	close(ends[1]);
	return true;
}

static inline void http_stub_stop(struct http_stub *s)
{
	kill(s->pid, SIGKILL);
	waitpid(s->pid, NULL, 0);
	close(s->seen);
}
