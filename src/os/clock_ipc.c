/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/clock_ipc.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <string.h>
#include <time.h>

#include "base/container.h"
#include "base/units.h"

/* The supervisor answers in tens of microseconds; it may be swapped out. */
#define REPLY_TIMEOUT_MS 2000

enum { ASK_FREQ = 1, ASK_STEP, ASK_STATUS, TELL_RESULT };

struct ask_status {
	double max_error_s, est_error_s;
	int32_t tai_offset_s;
	int8_t leap;
	uint8_t synchronised, reserved[2];
};

struct tell_result {
	int32_t error; /* 0 or -errno */
	int32_t reserved;
};

static const struct ipc_kind ask_kinds[] = {
	{ASK_FREQ, sizeof(double), sizeof(double)},
	{ASK_STEP, sizeof(double), sizeof(double)},
	{ASK_STATUS, sizeof(struct ask_status), sizeof(struct ask_status)},
};

static const struct ipc_kind tell_kinds[] = {
	{TELL_RESULT, sizeof(struct tell_result), sizeof(struct tell_result)},
};

static struct clock_ipc *self(struct clock *c)
{
	return CONTAINER_OF(c, struct clock_ipc, clock);
}

/* After a torn read the last line still holds: they differ by one turn. */
static void refresh(struct clock_ipc *c)
{
	if (!shared_page_read(c->page, &c->last, sizeof c->last))
		return;
	c->clock.freq = c->last.freq;
	c->clock.contested = c->last.contested;
}

static int64_t ipc_now(struct clock *clock)
{
	struct clock_ipc *c = self(clock);
	struct timespec t;

	refresh(c);
	clock_gettime(c->last.line.host == TIMELINE_REALTIME
			      ? CLOCK_REALTIME
			      : CLOCK_MONOTONIC_RAW,
		      &t);
	return timeline_at(&c->last.line, t.tv_sec * NS_PER_S + t.tv_nsec);
}

/* Replies to questions that were given up on carry an older number. */
static int await_result(struct clock_ipc *c)
{
	struct pollfd p = {.fd = c->fd, .events = POLLIN};
	struct ipc_message m;
	struct tell_result result;
	int r;

	for (;;) {
		r = poll(&p, 1, REPLY_TIMEOUT_MS);
		if (r == 0)
			return -ETIMEDOUT;
		if (r < 0 && errno != EINTR)
			return -errno;
		r = ipc_recv(c->fd, &m);
		if (r == -EAGAIN)
			continue;
		if (r <= 0)
			return r < 0 ? r : -EPIPE;
		if (ipc_check(&m, (size_t)r, tell_kinds,
			      ARRAY_LEN(tell_kinds)) < 0)
			return -EPROTO;
		if (m.h.seq == c->seq)
			break;
	}
	memcpy(&result, m.body, sizeof result);
	return result.error > 0 ? -EPROTO : result.error;
}

static int ask(struct clock_ipc *c, uint16_t type, const void *body,
	       uint16_t len)
{
	struct ipc_header h = {
		.type = type, .len = len, .epoch = c->epoch, .seq = ++c->seq};
	int r;

	if (c->fd < 0)
		return -EPERM;
	r = ipc_send(c->fd, &h, body);
	if (r == 0)
		r = await_result(c);
	refresh(c);
	return r;
}

static int ipc_set_freq(struct clock *clock, double freq)
{
	if (clock->max_freq == 0) /* --clock none */
		return -EPERM;
	if (!(fabs(freq) <= clock->max_freq))
		return -ERANGE;
	return ask(self(clock), ASK_FREQ, &freq, sizeof freq);
}

static int ipc_step(struct clock *clock, double offset_s)
{
	return ask(self(clock), ASK_STEP, &offset_s, sizeof offset_s);
}

static int ipc_announce(struct clock *clock, const struct clock_status *status)
{
	struct ask_status body = {
		.max_error_s = status->max_error_s,
		.est_error_s = status->est_error_s,
		.tai_offset_s = status->tai_offset_s,
		.leap = status->leap,
		.synchronised = status->synchronised,
	};

	return ask(self(clock), ASK_STATUS, &body, sizeof body);
}

int clock_ipc_init(struct clock_ipc *c, const struct shared_page *page, int fd,
		   uint32_t epoch)
{
	static const struct clock_ops ops = {
		.now = ipc_now,
		.set_freq = ipc_set_freq,
		.step = ipc_step,
		.announce = ipc_announce,
	};

	*c = (struct clock_ipc){.page = page, .fd = fd, .epoch = epoch};
	if (!shared_page_read(page, &c->last, sizeof c->last))
		return -EIO;
	c->clock = (struct clock){
		.ops = &ops,
		.precision_log2 = c->last.precision_log2,
		.freq = c->last.freq,
		.max_freq = c->last.max_freq,
		.contested = c->last.contested,
	};
	return 0;
}

static int tell(struct clock_service *s, const struct ipc_header *asked,
		int error)
{
	struct tell_result body = {.error = error};
	struct ipc_header h = {.type = TELL_RESULT,
			       .len = sizeof body,
			       .epoch = s->epoch,
			       .seq = asked->seq};

	s->changed(s);
	/* An engine that does not read its answer times out by itself. */
	(void)ipc_send(s->fd, &h, &body);
	return 1;
}

static enum clock_verdict judge_status(const struct ipc_message *msg,
				       struct clock_status *status)
{
	struct ask_status body;

	memcpy(&body, msg->body, sizeof body);
	*status = (struct clock_status){
		.synchronised = body.synchronised != 0,
		.leap = body.leap,
		.max_error_s = body.max_error_s,
		.est_error_s = body.est_error_s,
		.tai_offset_s = body.tai_offset_s,
	};
	return clock_guard_status(status);
}

int clock_service_handle(struct clock_service *s, const struct ipc_message *msg,
			 size_t len, int64_t mono_ns,
			 enum clock_verdict *verdict)
{
	struct clock_status status;
	double value = 0;

	if (ipc_check(msg, len, ask_kinds, ARRAY_LEN(ask_kinds)) < 0)
		return -EPROTO;
	if (msg->h.epoch != s->epoch)
		return 0;
	if (msg->h.len == sizeof value)
		memcpy(&value, msg->body, sizeof value);
	switch (msg->h.type) {
	case ASK_FREQ:
		*verdict = clock_guard_freq(&s->guard, value);
		if (*verdict != CLOCK_ASK_OK)
			return -EPERM;
		return tell(s, &msg->h, clock_set_freq(s->clock, value));
	case ASK_STEP:
		*verdict = clock_guard_step(&s->guard, value, mono_ns);
		if (*verdict != CLOCK_ASK_OK)
			return -EPERM;
		return tell(s, &msg->h, clock_step(s->clock, value));
	default:
		*verdict = judge_status(msg, &status);
		if (*verdict != CLOCK_ASK_OK)
			return -EPERM;
		return tell(s, &msg->h, clock_announce(s->clock, &status));
	}
}
