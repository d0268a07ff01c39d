/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/board_ipc.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/container.h"
#include "base/text.h"

enum {
	TELL_READY = 1,
	TELL_LOG,
	TELL_EVENT,
	TELL_DRIFT,
	TELL_STATS,
	TELL_LEVEL
};

#define TEXT_MAX_LEN 1024
#define STATS_NAME_LEN 16

/* A text is the rest of the message, without a terminator. */
struct tell_text {
	uint32_t code; /* enum log_level, enum engine_event */
	char text[TEXT_MAX_LEN];
};

struct tell_stats {
	char name[STATS_NAME_LEN]; /* padded with zeros */
	char line[TEXT_MAX_LEN];
};

#define TEXT_MIN_BODY offsetof(struct tell_text, text)
#define STATS_MIN_BODY offsetof(struct tell_stats, line)

static const struct ipc_kind kinds[] = {
	{TELL_READY, 0, 0},
	{TELL_LOG, TEXT_MIN_BODY, sizeof(struct tell_text)},
	{TELL_EVENT, TEXT_MIN_BODY, sizeof(struct tell_text)},
	{TELL_DRIFT, sizeof(struct drift), sizeof(struct drift)},
	{TELL_STATS, STATS_MIN_BODY, sizeof(struct tell_stats)},
	{TELL_LEVEL, sizeof(uint32_t), sizeof(uint32_t)},
};

static void tell(struct board_ipc *b, uint16_t type, const void *body,
		 size_t len)
{
	struct ipc_header h = {
		.type = type, .len = (uint16_t)len, .epoch = b->epoch};

	(void)ipc_send(b->fd, &h, body);
}

static void tell_text(struct board_ipc *b, uint16_t type, uint32_t code,
		      const char *text)
{
	struct tell_text body = {.code = code};
	size_t len = strnlen(text, sizeof body.text);

	memcpy(body.text, text, len);
	tell(b, type, &body, TEXT_MIN_BODY + len);
}

static struct board_ipc *self(struct board *board)
{
	return CONTAINER_OF(board, struct board_ipc, board);
}

static void ipc_publish(struct board *board, const struct sys_view *view)
{
	struct board_ipc *b = self(board);

	if (b->view)
		shared_page_write(b->view, view, sizeof *view);
}

static void ipc_event(struct board *board, enum engine_event event,
		      const char *text)
{
	tell_text(self(board), TELL_EVENT, event, text);
}

static void ipc_save_drift(struct board *board, const struct drift *drift)
{
	tell(self(board), TELL_DRIFT, drift, sizeof *drift);
}

static void ipc_stats_line(struct board *board, const char *name,
			   const char *line)
{
	struct tell_stats body = {0};
	size_t len = strnlen(line, sizeof body.line);

	memcpy(body.name, name, strnlen(name, sizeof body.name - 1));
	memcpy(body.line, line, len);
	tell(self(board), TELL_STATS, &body, STATS_MIN_BODY + len);
}

static void ipc_log_write(struct log *log, enum log_level level,
			  const char *text)
{
	tell_text(CONTAINER_OF(log, struct board_ipc, log), TELL_LOG, level,
		  text);
}

void board_ipc_init(struct board_ipc *b, int fd, uint32_t epoch,
		    enum log_level threshold, struct shared_page *view)
{
	static const struct board_ops ops = {
		.publish = ipc_publish,
		.event = ipc_event,
		.save_drift = ipc_save_drift,
		.stats_line = ipc_stats_line,
	};

	*b = (struct board_ipc){
		.board.ops = &ops,
		.log = {.write = ipc_log_write, .threshold = threshold},
		.fd = fd,
		.epoch = epoch,
		.view = view,
	};
}

void board_ipc_ready(struct board_ipc *b)
{
	tell(b, TELL_READY, NULL, 0);
}

void board_ipc_level(struct board_ipc *b, enum log_level level)
{
	uint32_t code = level;

	tell(b, TELL_LEVEL, &code, sizeof code);
}

static int handle_level(const struct ipc_message *msg, struct board_sink *sink)
{
	uint32_t code;

	memcpy(&code, msg->body, sizeof code);
	if (code > LOG_LEVEL_DEBUG)
		return -EPROTO;
	sink->level(sink, (enum log_level)code);
	return 1;
}

static int handle_text(const struct ipc_message *msg, struct board_sink *sink)
{
	char text[TEXT_MAX_LEN + 1];
	uint32_t code;

	memcpy(&code, msg->body, sizeof code);
	text_escape(text, sizeof text, (const char *)msg->body + TEXT_MIN_BODY,
		    msg->h.len - TEXT_MIN_BODY);
	if (msg->h.type == TELL_LOG) {
		if (code > LOG_LEVEL_DEBUG)
			return -EPROTO;
		sink->log(sink, (enum log_level)code, text);
	} else {
		if (code > ENGINE_NOT_SET)
			return -EPROTO;
		sink->event(sink, (enum engine_event)code, text);
	}
	return 1;
}

static int handle_stats(const struct ipc_message *msg, struct board_sink *sink)
{
	const char *name = (const char *)msg->body;
	char line[TEXT_MAX_LEN + 1];

	if (!memchr(name, '\0', STATS_NAME_LEN))
		return -EPROTO;
	text_escape(line, sizeof line, (const char *)msg->body + STATS_MIN_BODY,
		    msg->h.len - STATS_MIN_BODY);
	sink->stats(sink, name, line);
	return 1;
}

static int handle_drift(const struct ipc_message *msg, struct board_sink *sink)
{
	struct drift drift;

	memcpy(&drift, msg->body, sizeof drift);
	if (!drift_makes_sense(&drift))
		return -EPROTO;
	sink->drift(sink, &drift);
	return 1;
}

int board_ipc_handle(const struct ipc_message *msg, size_t len, uint32_t epoch,
		     struct board_sink *sink)
{
	if (ipc_check(msg, len, kinds, ARRAY_LEN(kinds)) < 0)
		return -EPROTO;
	if (msg->h.epoch != epoch)
		return 0;
	switch (msg->h.type) {
	case TELL_READY:
		sink->ready(sink);
		return 1;
	case TELL_DRIFT:
		return handle_drift(msg, sink);
	case TELL_STATS:
		return handle_stats(msg, sink);
	case TELL_LEVEL:
		return handle_level(msg, sink);
	default:
		return handle_text(msg, sink);
	}
}
