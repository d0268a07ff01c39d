/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * What a child that has been taken over can send to the supervisor (E-24): a
 * run of messages, each behind two octets of length.  Whatever they say, the
 * clock stays within the guard's bounds and texts are printable.
 */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/container.h"
#include "base/units.h"
#include "os/board_ipc.h"
#include "os/clock_ipc.h"

#define EPOCH 1
#define PANIC_S 1000.0

static double moved_s;
static unsigned steps;

static int64_t fake_now(struct clock *c)
{
	(void)c;
	return 0;
}

static int fake_set_freq(struct clock *c, double freq)
{
	assert(fabs(freq) <= c->max_freq * 1.001);
	return 0;
}

static int fake_step(struct clock *c, double offset_s)
{
	(void)c;
	assert(fabs(offset_s) <= PANIC_S);
	moved_s += offset_s;
	steps++;
	return 0;
}

static int fake_announce(struct clock *c, const struct clock_status *status)
{
	(void)c;
	assert(isfinite(status->max_error_s) && status->leap >= -1 &&
	       status->leap <= 1);
	return 0;
}

static const struct clock_ops fake_ops = {fake_now, fake_set_freq, fake_step,
					  fake_announce};

static void no_change(struct clock_service *s)
{
	(void)s;
}

static void check_text(const char *text)
{
	for (; *text; text++)
		assert(*text >= ' ' && *text < 0x7f);
}

static void on_ready(struct board_sink *s)
{
	(void)s;
}

static void on_log(struct board_sink *s, enum log_level level, const char *text)
{
	(void)s;
	assert(log_level_name(level));
	check_text(text);
}

static void on_event(struct board_sink *s, enum engine_event event,
		     const char *text)
{
	(void)s;
	(void)event;
	check_text(text);
}

static void on_drift(struct board_sink *s, const struct drift *drift)
{
	(void)s;
	assert(isfinite(drift->freq) && drift->sigma >= 0 && drift->q >= 0);
	assert(drift->sigma <= DRIFT_MAX_SIGMA && drift->q <= DRIFT_MAX_Q);
}

static void on_stats(struct board_sink *s, const char *name, const char *line)
{
	(void)s;
	assert(strlen(name) < 16);
	check_text(line);
}

static void on_level(struct board_sink *s, enum log_level level)
{
	(void)s;
	assert(log_level_name(level));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct clock clock = {.ops = &fake_ops, .max_freq = 500e-6};
	struct board_sink sink = {on_ready, on_log,   on_event,
				  on_drift, on_stats, on_level};
	struct clock_service service = {.clock = &clock,
					.fd = -1,
					.epoch = EPOCH,
					.changed = no_change};
	enum clock_verdict verdict = CLOCK_ASK_OK;
	struct ipc_message msg;

	clock_guard_init(&service.guard, clock.max_freq, PANIC_S, false, 0);
	moved_s = 0;
	steps = 0;
	while (size > 2) {
		size_t len = (size_t)(data[0] << 8 | data[1]);

		data += 2;
		size -= 2;
		if (len > size)
			len = size;
		if (len > sizeof msg)
			len = sizeof msg;
		memcpy(&msg, data, len);
		(void)!board_ipc_handle(&msg, len, EPOCH, &sink);
		(void)!clock_service_handle(&service, &msg, len, 0, &verdict);
		assert(clock_verdict_name(verdict));
		data += len;
		size -= len;
	}
	assert(steps <= CLOCK_GUARD_STEPS &&
	       fabs(moved_s) <= CLOCK_GUARD_STEPS * PANIC_S);
	return 0;
}
