/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/container.h"
#include "os/udp.h"
#include "prog/ntpctl/ask.h"
#include "prog/ntpctl/doctor.h"

#define REPLY_MS 100        /* our own machine is near */
#define LIMIT_S 3           /* more than discard minimum is by default */
#define REPLY_MAX (1 << 20) /* octets, of one that goes on and on */

static bool needs_address(const struct doctor *d, struct finding *f,
			  struct net_addr *own)
{
	const struct net_addr *a = own_address(d);

	if (!a) {
		found(f, FINDING_UNKNOWN,
		      "this machine has no address but "
		      "those of its loopback");
		return false;
	}
	*own = *a;
	own->port = d->conf ? d->conf->port : 123;
	return true;
}

/* --- does it answer --------------------------------------------------------------- */

/* Our other questions may have used up what one client may ask. */
static bool answers(const char *name, const struct net_addr *own, int tries,
		    struct asked *a, struct text *why)
{
	for (int i = 0; i < tries; i++) {
		if (i > 0) {
			ask_done(a);
			sleep(LIMIT_S);
		}
		if (ask(a, name, own->port, 1, 1, why) < 0)
			return false;
		if (ask_best(&a->survey.target[0]))
			break;
	}
	return true;
}

void doctor_answers(struct doctor *d, struct finding *f)
{
	char name[NET_ADDR_TEXT_LEN], words[256];
	struct text why = text_init(words, sizeof words);
	struct net_addr own;
	struct asked *a;

	if (!needs_address(d, f, &own))
		return;
	net_addr_format_port(&own, name);
	a = xcalloc(1, sizeof *a);
	if (!answers(name, &own, d->has_doc ? 3 : 1, a, &why)) {
		found(f, FINDING_UNKNOWN, "%s", words);
		free(a);
		return;
	}
	if (ask_best(&a->survey.target[0]))
		found(f, FINDING_OK, "%s answers, stratum %d", name,
		      ask_best(&a->survey.target[0])->stratum);
	else
		found(f, FINDING_FAIL, "asked at %s: %s", name,
		      ask_verdict(&a->survey.target[0]));
	if (f->level == FINDING_FAIL)
		found_fix(f, "look at restrict and interface in ntp.conf, and "
			     "at the findings above");
	ask_done(a);
	free(a);
}

/* --- amplification ------------------------------------------------------------------ */

/* Those that were used to flood others, and the plain one. */
static const struct question {
	const char *name;
	uint8_t data[48];
	size_t len;
} questions[] = {
	{"ntpq's readvar (mode 6)", {0x16, 0x02, 0, 1}, 12},
	{"ntpq's mrulist (mode 6)", {0x16, 0x0A, 0, 2}, 12},
	{"ntpdc's monlist (mode 7)", {0x17, 0, 0x03, 0x2A}, 48},
	{"the time (mode 3)", {0x23}, 48},
};

/* A datagram to ourselves from an address that strangers could forge. */
static int send_question(const struct net_addr *own, const struct question *q)
{
	struct sockaddr_storage from, to;
	struct net_addr any_port = *own;
	int fd = os_socket(own->family, SOCK_DGRAM);
	socklen_t from_len, to_len;

	any_port.port = 0;
	from_len = os_sockaddr_from(&any_port, &from);
	to_len = os_sockaddr_from(own, &to);
	if (fd >= 0 && (bind(fd, (struct sockaddr *)&from, from_len) < 0 ||
			sendto(fd, q->data, q->len, 0, (struct sockaddr *)&to,
			       to_len) < 0)) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Octets of each answer, until a while after the last. */
static void count_answers(struct pollfd p[], long octets[], size_t n)
{
	while (poll(p, n, REPLY_MS) > 0) {
		bool more = false;

		for (size_t i = 0; i < n; i++) {
			uint8_t reply[2048];
			ssize_t len = p[i].revents
					      ? recv(p[i].fd, reply,
						     sizeof reply, MSG_TRUNC)
					      : 0;

			if (len > 0)
				octets[i] += len;
			/* Refused, or going on and on: enough of it. */
			if (len < 0 || octets[i] > REPLY_MAX)
				p[i].events = 0;
			more |= len > 0 && p[i].events;
		}
		if (!more)
			break;
	}
}

void doctor_amplification(struct doctor *d, struct finding *f)
{
	struct pollfd p[ARRAY_LEN(questions)];
	long octets[ARRAY_LEN(questions)] = {0};
	struct net_addr own;
	char where[NET_ADDR_TEXT_LEN];

	if (!needs_address(d, f, &own))
		return;
	net_addr_format(&own, where);
	for (size_t i = 0; i < ARRAY_LEN(questions); i++)
		p[i] = (struct pollfd){.fd = send_question(&own, &questions[i]),
				       .events = POLLIN};
	count_answers(p, octets, ARRAY_LEN(questions));
	found(f, FINDING_OK, "no answer to %s is larger than its question",
	      where);
	for (size_t i = 0; i < ARRAY_LEN(questions); i++) {
		if (p[i].fd >= 0)
			close(p[i].fd);
		if (octets[i] <= (long)questions[i].len ||
		    f->level != FINDING_OK)
			continue;
		found(f, pool_level(d),
		      "%s, %zu octets from %s, is answered with %ld",
		      questions[i].name, questions[i].len, where, octets[i]);
		found_fix(f, "restrict default ... noquery, for IPv4 and IPv6; "
			     "see noquery-default");
	}
}

/* --- from outside --------------------------------------------------------------------- */

static bool is_host_name(const char *s)
{
	if (!isalnum((unsigned char)*s))
		return false;
	for (; *s; s++)
		if (!isalnum((unsigned char)*s) && !strchr(".-_@:", *s))
			return false;
	return true;
}

/* ssh HELPER ntpdate -q ADDRESS: its exit status. */
static int ask_by_ssh(const char *helper, const char *address)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		execlp("ssh", "ssh", "-o", "BatchMode=yes", "-o",
		       "ConnectTimeout=10", helper, "ntpdate", "-q", address,
		       (char *)NULL);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || !WIFEXITED(status))
		return 127;
	return WEXITSTATUS(status);
}

void doctor_reachable(struct doctor *d, struct finding *f)
{
	char name[NET_ADDR_TEXT_LEN];
	struct net_addr own;
	int status;

	if (!d->helper) {
		found(f, FINDING_UNKNOWN,
		      "cannot be known from here; --helper HOST has another "
		      "machine of yours ask, by ssh");
		return;
	}
	if (!needs_address(d, f, &own))
		return;
	if (!is_host_name(d->helper)) {
		found(f, FINDING_UNKNOWN, "%s is no name of a host", d->helper);
		return;
	}
	if (own.port == 123)
		net_addr_format(&own, name);
	else
		net_addr_format_port(&own, name);
	fflush(NULL);
	status = ask_by_ssh(d->helper, name);
	if (status == 0) {
		found(f, FINDING_OK, "%s got the time from %s", d->helper,
		      name);
	} else if (status == 127 || status == 255) {
		found(f, FINDING_UNKNOWN, "ssh %s ntpdate did not work",
		      d->helper);
	} else {
		found(f, FINDING_FAIL, "%s gets no answer from %s", d->helper,
		      name);
		found_fix(f,
			  "open UDP port %u in the firewall here, and at "
			  "your provider's, for both directions",
			  own.port);
	}
}
