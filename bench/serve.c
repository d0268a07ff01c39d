/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench-serve PORT SECONDS CLIENTS: ask the time server on this machine as fast
 * as it answers, in the name of as many clients (addresses from 127.1.0.0 up;
 * the loopback network is ours as a whole).  Prints requests and replies.
 * bench/serve starts the servers.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/text.h"

#define BATCH 64
#define PACKET 48
#define WAIT_US 2000 /* for a reply, before the rest is given up */

static double now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + 1e-9 * (double)ts.tv_nsec;
}

/* A batch of requests, each with a source address of its own. */
struct batch {
	struct mmsghdr msg[BATCH];
	struct iovec iov[BATCH];
	union {
		char buf[CMSG_SPACE(sizeof(struct in_pktinfo))];
		struct cmsghdr align;
	} control[BATCH];
	uint8_t packet[BATCH][512];
};

static void batch_init(struct batch *b, struct sockaddr_in *to)
{
	memset(b, 0, sizeof *b);
	for (int i = 0; i < BATCH; i++) {
		struct msghdr *h = &b->msg[i].msg_hdr;
		struct cmsghdr *c;

		b->iov[i] = (struct iovec){b->packet[i], PACKET};
		b->packet[i][0] = 4 << 3 | 3; /* version 4, client */
		*h = (struct msghdr){
			.msg_name = to,
			.msg_namelen = sizeof *to,
			.msg_iov = &b->iov[i],
			.msg_iovlen = 1,
			.msg_control = b->control[i].buf,
			.msg_controllen = sizeof b->control[i].buf,
		};
		c = CMSG_FIRSTHDR(h);
		c->cmsg_level = IPPROTO_IP;
		c->cmsg_type = IP_PKTINFO;
		c->cmsg_len = CMSG_LEN(sizeof(struct in_pktinfo));
	}
}

static void batch_fill(struct batch *b, uint32_t *next, uint32_t clients)
{
	for (int i = 0; i < BATCH; i++) {
		struct in_pktinfo info = {0};

		/* Scattered, as clients are. */
		info.ipi_spec_dst.s_addr =
			htonl(0x7f010000 +
			      (uint32_t)(*next * 2654435761ULL % clients));
		memcpy(CMSG_DATA(CMSG_FIRSTHDR(&b->msg[i].msg_hdr)), &info,
		       sizeof info);
		memcpy(b->packet[i] + 40, next, sizeof *next);
		++*next;
	}
}

/* Replies to the last batch; one that is lost is not waited for long. */
static uint64_t batch_take(int fd, struct batch *in)
{
	uint64_t got = 0;

	while (got < BATCH) {
		int n = recvmmsg(fd, in->msg, BATCH, MSG_WAITFORONE, NULL);

		if (n <= 0)
			break;
		got += (uint64_t)n;
	}
	return got;
}

int main(int argc, char **argv)
{
	static struct batch out, in;
	struct sockaddr_in to = {.sin_family = AF_INET};
	struct timeval patience = {.tv_usec = WAIT_US};
	uint64_t sent = 0, got = 0;
	uint32_t next = 1;
	long port, seconds, clients;
	double end;
	int fd;

	if (argc != 4 || text_to_int(argv[1], 1, 65535, &port) < 0 ||
	    text_to_int(argv[2], 1, 600, &seconds) < 0 ||
	    text_to_int(argv[3], 1, 10000000, &clients) < 0) {
		fprintf(stderr, "usage: bench-serve PORT SECONDS CLIENTS\n");
		return 2;
	}
	to.sin_port = htons((uint16_t)port);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
				 sizeof patience) < 0) {
		perror("socket");
		return 1;
	}
	batch_init(&out, &to);
	for (int i = 0; i < BATCH; i++) {
		in.iov[i] = (struct iovec){in.packet[i], sizeof in.packet[i]};
		in.msg[i].msg_hdr.msg_iov = &in.iov[i];
		in.msg[i].msg_hdr.msg_iovlen = 1;
	}
	end = now_s() + (double)seconds;
	while (now_s() < end) {
		int n;

		batch_fill(&out, &next, (uint32_t)clients);
		n = sendmmsg(fd, out.msg, BATCH, 0);
		if (n < 0) {
			perror("sendmmsg");
			return 1;
		}
		sent += (uint64_t)n;
		got += batch_take(fd, &in);
	}
	printf("%llu %llu\n", (unsigned long long)sent,
	       (unsigned long long)got);
	return 0;
}
