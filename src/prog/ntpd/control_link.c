/* SPDX-License-Identifier: BSD-2-Clause */
#include "prog/ntpd/control_link.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base/container.h"
#include "base/units.h"

/* No tool waits longer. */
#define OPEN_NS (10 * NS_PER_S)

enum { ASK_CONTROL = 1, TELL_FRAGMENT, TELL_HOSTS };

struct ask_control {
	struct net_addr peer;
	uint32_t restrict_flags;
	uint8_t data[CONTROL_LINK_MAX];
};

#define ASK_MIN_BODY offsetof(struct ask_control, data)

static_assert(sizeof(struct ask_control) <= IPC_MAX_BODY, "fits a message");

static const struct ipc_kind ask_kinds[] = {
	{ASK_CONTROL, ASK_MIN_BODY, sizeof(struct ask_control)},
};

static const struct ipc_kind tell_kinds[] = {
	{TELL_FRAGMENT, 1, CONTROL_LINK_MAX},
};

static const struct ipc_kind hosts_kinds[] = {
	{TELL_HOSTS, 0, 0},
};

void control_asker_ask(struct control_asker *a, unsigned socket,
		       const struct net_addr *peer,
		       const struct net_addr *local, unsigned restrict_flags,
		       const uint8_t *data, size_t len, int64_t mono_ns)
{
	struct ask_control body = {.peer = *peer,
				   .restrict_flags = restrict_flags};
	struct ipc_header h = {.type = ASK_CONTROL,
			       .len = (uint16_t)(ASK_MIN_BODY + len)};
	size_t slot;

	if (len > CONTROL_LINK_MAX)
		return;
	if (++a->last_number == 0)
		a->last_number = 1;
	slot = a->last_number % CONTROL_LINK_OPEN;
	a->open[slot].number = h.seq = a->last_number;
	a->open[slot].socket = socket;
	a->open[slot].peer = *peer;
	a->open[slot].local = *local;
	a->open[slot].until_mono_ns = mono_ns + OPEN_NS;
	memcpy(body.data, data, len);
	(void)ipc_send(a->fd, &h, &body);
}

int control_asker_take(const struct control_asker *a,
		       const struct ipc_message *msg, size_t msg_len,
		       int64_t mono_ns, struct control_way *way,
		       const uint8_t **data, size_t *len)
{
	size_t slot = msg->h.seq % CONTROL_LINK_OPEN;

	if (ipc_check(msg, msg_len, tell_kinds, ARRAY_LEN(tell_kinds)) < 0)
		return -EPROTO;
	if (msg->h.seq == 0 || a->open[slot].number != msg->h.seq ||
	    mono_ns > a->open[slot].until_mono_ns)
		return -EPROTO;
	*way = (struct control_way){a->open[slot].socket, a->open[slot].peer,
				    a->open[slot].local};
	*data = msg->body;
	*len = msg->h.len;
	return 0;
}

int control_link_read(const struct ipc_message *msg, size_t msg_len,
		      struct control_request *out)
{
	struct ask_control head;

	if (ipc_check(msg, msg_len, ask_kinds, ARRAY_LEN(ask_kinds)) < 0)
		return -EPROTO;
	memcpy(&head, msg->body, ASK_MIN_BODY);
	if (!net_addr_len(&head.peer))
		return -EPROTO;
	*out = (struct control_request){
		.number = msg->h.seq,
		.peer = head.peer,
		.restrict_flags = head.restrict_flags,
		.data = msg->body + ASK_MIN_BODY,
		.len = msg->h.len - ASK_MIN_BODY,
	};
	return 0;
}

void control_link_answer(int fd, uint32_t number, const uint8_t *data,
			 size_t len)
{
	struct ipc_header h = {
		.type = TELL_FRAGMENT, .len = (uint16_t)len, .seq = number};

	if (len >= 1 && len <= CONTROL_LINK_MAX)
		(void)ipc_send(fd, &h, data);
}

bool control_link_is_hosts(const struct ipc_message *msg, size_t msg_len)
{
	return ipc_check(msg, msg_len, hosts_kinds, ARRAY_LEN(hosts_kinds)) ==
	       0;
}

void control_link_tell_hosts(int fd)
{
	struct ipc_header h = {.type = TELL_HOSTS};

	(void)ipc_send(fd, &h, NULL);
}
