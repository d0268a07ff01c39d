/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/entropy.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sysexits.h>
#include <time.h>

#include "base/units.h"

#define RETRY_NS (100 * NS_PER_MS)

/*
 * After os_entropy_init() the kernel cannot fail; if it does, going on with
 * guessable numbers would be worse than to end.
 */
static void os_entropy_fill(struct entropy *e, void *buf, size_t len)
{
	(void)e;
	for (size_t done = 0; done < len;) {
		ssize_t n = getrandom((char *)buf + done, len - done, 0);

		if (n > 0) {
			done += (size_t)n;
		} else if (errno != EINTR) {
			perror("getrandom");
			exit(EX_OSERR);
		}
	}
}

int os_entropy_init(struct entropy *e, unsigned timeout_s)
{
	int64_t left_ns = timeout_s * NS_PER_S;
	char probe;

	while (getrandom(&probe, sizeof probe, GRND_NONBLOCK) < 0) {
		struct timespec pause = {0, RETRY_NS};

		if (errno == EINTR)
			continue;
		if (errno != EAGAIN || left_ns <= 0)
			return -errno;
		nanosleep(&pause, NULL);
		left_ns -= RETRY_NS;
	}
	e->fill = os_entropy_fill;
	return 0;
}
