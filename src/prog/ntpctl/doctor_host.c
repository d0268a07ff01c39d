/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/container.h"
#include "prog/ntpctl/doctor.h"
#include "status/fetch.h"

/* --- files of the kernel ----------------------------------------------------------- */

/* The first line of ROOT/proc/PATH without its end; "" when there is none. */
static void proc_line(const struct doctor *d, const char *path, char *out,
		      size_t cap)
{
	char full[512];
	FILE *file;

	out[0] = '\0';
	snprintf(full, sizeof full, "%s/proc/%s", d->root, path);
	file = fopen(full, "re");
	if (!file)
		return;
	if (fgets(out, (int)cap, file))
		out[strcspn(out, "\n")] = '\0';
	fclose(file);
}

static bool is_pid(const char *name)
{
	return isdigit((unsigned char)*name);
}

/* Call fn with each process until it says true. */
static bool each_process(const struct doctor *d,
			 bool (*fn)(const struct doctor *d, const char *pid,
				    void *arg),
			 void *arg)
{
	char path[512];
	struct dirent *e;
	bool stop = false;
	DIR *dir;

	snprintf(path, sizeof path, "%s/proc", d->root);
	dir = opendir(path);
	while (dir && !stop && (e = readdir(dir)))
		stop = is_pid(e->d_name) && fn(d, e->d_name, arg);
	if (dir)
		closedir(dir);
	return stop;
}

/* --- who has the port ----------------------------------------------------------------- */

struct owner {
	unsigned long inode;
	char name[64], pid[16];
};

/* Of a line of /proc/net/udp, from 0: "ADDRESS:PORT" in hex, and the inode. */
#define LOCAL_FIELD 1
#define INODE_FIELD 9

static const char *field(const char *line, int n)
{
	line += strspn(line, " ");
	while (n-- > 0) {
		line += strcspn(line, " ");
		line += strspn(line, " ");
	}
	return line;
}

/* The inode of a socket that is bound to the port; 0: none. */
static unsigned long bound_socket(const struct doctor *d, const char *table,
				  unsigned port)
{
	char path[512], line[512];
	unsigned long inode = 0;
	FILE *file;

	snprintf(path, sizeof path, "%s/proc/net/%s", d->root, table);
	file = fopen(path, "re");
	while (file && !inode && fgets(line, sizeof line, file)) {
		const char *local = field(line, LOCAL_FIELD);
		const char *colon = strchr(local, ':');

		if (colon && strtoul(colon + 1, NULL, 16) == port)
			inode = strtoul(field(line, INODE_FIELD), NULL, 10);
	}
	if (file)
		fclose(file);
	return inode;
}

static bool holds_socket(const struct doctor *d, const char *pid, void *arg)
{
	struct owner *o = arg;
	char path[512], want[64], name[64];
	struct dirent *e;
	bool holds = false;
	DIR *dir;

	snprintf(want, sizeof want, "socket:[%lu]", o->inode);
	snprintf(path, sizeof path, "%s/proc/%s/fd", d->root, pid);
	dir = opendir(path);
	while (dir && !holds && (e = readdir(dir))) {
		ssize_t n = readlinkat(dirfd(dir), e->d_name, name,
				       sizeof name - 1);

		name[n > 0 ? n : 0] = '\0';
		holds = strcmp(name, want) == 0;
	}
	if (dir)
		closedir(dir);
	if (holds) {
		snprintf(path, sizeof path, "%s/comm", pid);
		proc_line(d, path, o->name, sizeof o->name);
		snprintf(o->pid, sizeof o->pid, "%s", pid);
	}
	return holds;
}

void doctor_port_owner(struct doctor *d, struct finding *f)
{
	unsigned port = d->conf ? d->conf->port : 123;
	struct owner o = {.inode = bound_socket(d, "udp", port)};

	if (!o.inode)
		o.inode = bound_socket(d, "udp6", port);
	if (!o.inode) {
		found(f, d->pool ? FINDING_FAIL : FINDING_WARN,
		      "nobody listens on UDP port %u", port);
		found_fix(f, "systemctl start ntpd; interface lines in "
			     "ntp.conf may forbid it");
	} else if (!each_process(d, holds_socket, &o)) {
		found(f, FINDING_UNKNOWN,
		      "UDP port %u is open; whose it is only root may see",
		      port);
	} else if (strcmp(o.name, "ntpd") == 0) {
		found(f, FINDING_OK, "ntpd has UDP port %u", port);
	} else {
		found(f, FINDING_FAIL,
		      "UDP port %u belongs to %s (process %s), not to ntpd",
		      port, o.name, o.pid);
		found_fix(f, "systemctl disable --now %s", o.name);
	}
}

/* --- other daemons --------------------------------------------------------------------- */

/* As the kernel has them, of 15 letters at most. */
static const char *const rivals[][2] = {
	{"chronyd", "chrony"},
	{"ntpd", "ntp"},
	{"openntpd", "openntpd"},
	{"ptp4l", "linuxptp"},
	{"phc2sys", "linuxptp"},
	{"sntp", "sntp"},
	{"systemd-timesyn", "systemd-timesyncd"},
	{"VBoxService", "virtualbox-guest-utils"},
	{"vmtoolsd", "open-vm-tools"},
};

struct rivals_found {
	char names[256];
	const char *service;
};

/* Ours are the daemon and its children. */
static bool is_ours(const struct doctor *d, const char *pid)
{
	char path[64], stat[512];
	const char *after;

	if (!d->has_doc)
		return true; /* who is who cannot be told then */
	snprintf(path, sizeof path, "%s/stat", pid);
	proc_line(d, path, stat, sizeof stat);
	after = strrchr(stat, ')'); /* then a space, the state, the parent */
	return !after || strtoll(pid, NULL, 10) == d->doc.daemon.pid ||
	       strtoll(field(after, 2), NULL, 10) == d->doc.daemon.pid;
}

static bool note_rival(const struct doctor *d, const char *pid, void *arg)
{
	struct rivals_found *r = arg;
	char path[64], name[64];
	size_t len = strlen(r->names);

	snprintf(path, sizeof path, "%s/comm", pid);
	proc_line(d, path, name, sizeof name);
	for (size_t i = 0; i < ARRAY_LEN(rivals); i++) {
		if (strcmp(name, rivals[i][0]) != 0 ||
		    (strcmp(name, "ntpd") == 0 && is_ours(d, pid)))
			continue;
		r->service = rivals[i][1];
		snprintf(r->names + len, sizeof r->names - len,
			 "%s%s (process %s)", len ? ", " : "", name, pid);
	}
	return false;
}

void doctor_other_daemon(struct doctor *d, struct finding *f)
{
	struct rivals_found r = {.names = ""};

	each_process(d, note_rival, &r);
	if (!*r.names) {
		found(f, FINDING_OK, "no other time daemon runs");
		return;
	}
	found(f, FINDING_FAIL, "it may steer the clock, too: %s", r.names);
	found_fix(f,
		  "systemctl disable --now %s, or switch its time "
		  "synchronisation off",
		  r.service);
}

/* --- the address ----------------------------------------------------------------------- */

/* Has somebody lent us the address of this message, for a while? */
static bool is_lent(const char *at, size_t len, char text[NET_ADDR_TEXT_LEN])
{
	struct ifaddrmsg m;
	struct rtattr attr;
	struct net_addr addr = {0};
	const size_t before = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof m);

	if (len < before + RTA_LENGTH(4))
		return false;
	memcpy(&m, at + NLMSG_HDRLEN, sizeof m);
	memcpy(&attr, at + before, sizeof attr);
	addr.family = m.ifa_family;
	if (m.ifa_flags & IFA_F_PERMANENT || attr.rta_type != IFA_ADDRESS ||
	    attr.rta_len != RTA_LENGTH(net_addr_len(&addr)) ||
	    len < before + attr.rta_len)
		return false;
	memcpy(addr.ip, at + before + RTA_LENGTH(0), net_addr_len(&addr));
	if (!net_addr_is_global(&addr))
		return false;
	net_addr_format(&addr, text);
	return true;
}

/* One datagram of the kernel's list.  False: that was the last. */
static bool read_list(const char *data, size_t len, bool *lent,
		      char text[NET_ADDR_TEXT_LEN])
{
	struct nlmsghdr head;

	for (size_t at = 0; at + sizeof head <= len;
	     at += NLMSG_ALIGN(head.nlmsg_len)) {
		memcpy(&head, data + at, sizeof head);
		if (head.nlmsg_type != RTM_NEWADDR ||
		    head.nlmsg_len < sizeof head || head.nlmsg_len > len - at)
			return false;
		*lent |= is_lent(data + at, head.nlmsg_len, text);
	}
	return len > 0;
}

static bool has_lent_address(char text[NET_ADDR_TEXT_LEN])
{
	const struct {
		struct nlmsghdr head;
		struct ifaddrmsg body;
	} ask = {
		.head = {.nlmsg_len = sizeof ask,
			 .nlmsg_type = RTM_GETADDR,
			 .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
	};
	char reply[32768];
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	bool more = fd >= 0 && send(fd, &ask, sizeof ask, 0) > 0, lent = false;

	while (more) {
		ssize_t n = recv(fd, reply, sizeof reply, 0);

		more = n > 0 && read_list(reply, (size_t)n, &lent, text);
	}
	if (fd >= 0)
		close(fd);
	return lent;
}

void doctor_static_address(struct doctor *d, struct finding *f)
{
	char text[NET_ADDR_TEXT_LEN];
	const struct interface *global = NULL;

	for (int i = 0; i < d->n_iface; i++)
		if (net_addr_is_global(&d->iface[i].addr))
			global = &d->iface[i];
	if (!global) {
		found(f, FINDING_WARN,
		      "this machine has private addresses "
		      "only: it stands behind a NAT");
		found_fix(f, "UDP port 123 has to be passed on to it, and the "
			     "public address must stay the same");
		return;
	}
	if (has_lent_address(text)) {
		found(f, FINDING_WARN, "%s is lent (DHCP or privacy address)",
		      text);
		found_fix(f, "a pool server keeps its address for years: "
			     "configure it, or have it reserved");
		return;
	}
	found(f, FINDING_OK, "%s is configured",
	      net_addr_format(&global->addr, text));
}

/* --- the firewall ------------------------------------------------------------------------ */

/* In a child: the command, its output to fd, its complaints nowhere. */
static void become(const char *const *argv, int fd)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (dup2(null, STDIN_FILENO) >= 0 && dup2(fd, STDOUT_FILENO) >= 0 &&
	    dup2(null, STDERR_FILENO) >= 0)
		execvp(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

/* All that a command prints, to be freed by buf_done(); false: it failed. */
static bool output_of(const char *const *argv, struct buf *out)
{
	int fds[2], status = -1, r = -1;
	pid_t pid;

	*out = (struct buf){0};
	if (pipe2(fds, O_CLOEXEC) < 0)
		return false;
	pid = fork();
	if (pid == 0)
		become(argv, fds[1]);
	close(fds[1]);
	if (pid > 0) {
		r = status_read_to_end(fds[0], out);
		waitpid(pid, &status, 0);
	}
	close(fds[0]);
	if (r == 0 && status == 0)
		return true;
	buf_done(out);
	return false;
}

/* Does the chain for incoming packets refuse what no rule lets in? */
static bool is_closed(const char *rules)
{
	const char *input = strstr(rules, "hook input");

	for (; input; input = strstr(input + 1, "hook input")) {
		const char *end = strstr(input, "\n\t}");
		const char *drop = strstr(input, "policy drop");
		const char *last = strstr(input, "\n\t\treject");

		if ((drop && (!end || drop < end)) ||
		    (last && (!end || last < end)))
			return true;
	}
	return false;
}

static bool lets_in(const char *rules, unsigned port)
{
	char number[16];

	snprintf(number, sizeof number, "%u", port);
	for (const char *at = strstr(rules, "udp dport"); at;
	     at = strstr(at + 1, "udp dport")) {
		size_t len = strcspn(at, "\n");
		char line[512];

		snprintf(line, sizeof line, "%.*s", (int)len, at);
		if (strstr(line, "accept") &&
		    ((port == 123 && strstr(line, " ntp")) ||
		     strstr(line, number)))
			return true;
	}
	return false;
}

static void judge_firewalld(const char *services, struct finding *f)
{
	if (strstr(services, "ntp")) {
		found(f, FINDING_OK, "firewalld lets the service ntp in");
		return;
	}
	found(f, FINDING_FAIL, "firewalld does not let the service ntp in");
	found_fix(f, "firewall-cmd --permanent --add-service=ntp && "
		     "firewall-cmd --reload");
}

static void judge_rules(const char *rules, unsigned port, struct finding *f)
{
	if (!is_closed(rules) || lets_in(rules, port)) {
		found(f, FINDING_OK, "the rules let UDP port %u in", port);
		return;
	}
	found(f, FINDING_FAIL, "the rules let no packets to UDP port %u in",
	      port);
	found_fix(f,
		  "nft add rule inet filter input udp dport %u accept, in "
		  "/etc/nftables.conf too",
		  port);
}

void doctor_firewall(struct doctor *d, struct finding *f)
{
	static const char *const firewalld[] = {"firewall-cmd",
						"--list-services", NULL};
	static const char *const nft[] = {"nft", "list", "ruleset", NULL};
	struct buf out;

	if (output_of(firewalld, &out))
		judge_firewalld(buf_text(&out), f);
	else if (output_of(nft, &out))
		judge_rules(buf_text(&out), d->conf ? d->conf->port : 123, f);
	else
		found(f, FINDING_UNKNOWN,
		      "no rules could be read: be root, "
		      "with nft installed");
	buf_done(&out);
}

void doctor_conntrack(struct doctor *d, struct finding *f)
{
	static const char dir[] = "sys/net/netfilter/nf_conntrack_";
	char path[128], count[32], max[32];
	double all, share;

	snprintf(path, sizeof path, "%scount", dir);
	proc_line(d, path, count, sizeof count);
	snprintf(path, sizeof path, "%smax", dir);
	proc_line(d, path, max, sizeof max);
	all = strtod(max, NULL);
	if (!*count || all <= 0) {
		found(f, FINDING_OK, "connections are not tracked");
		return;
	}
	share = strtod(count, NULL) / all;
	found(f,
	      share < 0.5   ? FINDING_OK
	      : share < 0.9 ? FINDING_WARN
			    : FINDING_FAIL,
	      "%s of %s tracked connections in use", count, max);
	if (f->level != FINDING_OK)
		found_fix(f, "a full table drops requests: nft add rule inet "
			     "raw prerouting udp dport 123 notrack, and the "
			     "same for sport in output");
}
