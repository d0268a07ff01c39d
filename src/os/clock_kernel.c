/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <math.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/container.h"
#include "base/units.h"
#include "os/clock.h"

/* The kernel's frequency unit: 2^-16 ppm. */
#define FREQ_UNIT (1e-6 / 65536)
#define MAX_FREQ_ALONE 500e-6
/* The kernel takes ticks 10 % off nominal. */
#define MAX_FREQ_KERNEL 0.1
/* NTP_PHASE_LIMIT: errors of 16 s and more all mean "not synchronised". */
#define MAX_ERROR_US 16000000

void timex_set_freq(struct timex *tx, double freq, long nominal_tick_us)
{
	double steps = 0;

	if (fabs(freq) > MAX_FREQ_ALONE)
		steps = rint(freq * (double)nominal_tick_us);
	tx->modes |= ADJ_FREQUENCY | ADJ_TICK;
	tx->tick = nominal_tick_us + (long)steps;
	tx->freq = lrint((freq - steps / (double)nominal_tick_us) / FREQ_UNIT);
}

double timex_get_freq(const struct timex *tx, long nominal_tick_us)
{
	return (double)(tx->tick - nominal_tick_us) / (double)nominal_tick_us +
	       (double)tx->freq * FREQ_UNIT;
}

void timex_set_step(struct timex *tx, double offset_s)
{
	int64_t ns = ns_from_s(offset_s);
	int64_t s = ns / NS_PER_S;

	if (ns % NS_PER_S < 0)
		s--;
	tx->modes |= ADJ_SETOFFSET | ADJ_NANO;
	tx->time.tv_sec = s;
	tx->time.tv_usec = ns - s * NS_PER_S;
}

static long error_us(double s)
{
	double us = ceil(s * 1e6);

	return us >= 0 && us < MAX_ERROR_US ? (long)us : MAX_ERROR_US;
}

/* ADJ_NANO goes along, because some kernels forget the unit with the status. */
void timex_set_status(struct timex *tx, const struct clock_status *status)
{
	tx->modes |= ADJ_STATUS | ADJ_NANO | ADJ_MAXERROR | ADJ_ESTERROR;
	tx->status = status->synchronised ? 0 : STA_UNSYNC;
	if (status->synchronised && status->leap > 0)
		tx->status |= STA_INS;
	if (status->synchronised && status->leap < 0)
		tx->status |= STA_DEL;
	tx->maxerror = error_us(status->max_error_s);
	tx->esterror = error_us(status->est_error_s);
	if (status->tai_offset_s > 0) {
		tx->modes |= ADJ_TAI;
		tx->constant = status->tai_offset_s;
	}
}

static struct os_clock *os_clock_of(struct clock *c)
{
	return CONTAINER_OF(c, struct os_clock, clock);
}

static int command(struct os_clock *c, struct timex *tx)
{
	return c->adjtimex(tx) < 0 ? -errno : 0;
}

/* E-18: the frequency is not as we left it, or the kernel's loop runs again. */
static bool is_contested(struct os_clock *c)
{
	struct timex tx = {0};

	if (!c->steered || command(c, &tx) < 0)
		return false;
	return tx.freq != c->left.freq || tx.tick != c->left.tick ||
	       tx.status & STA_PLL;
}

/*
 * Before a command: end an adjtime() and a kernel loop that another program
 * left running, or they would steer against us.
 */
static int take_over(struct os_clock *c)
{
	struct timex loop = {.modes = ADJ_STATUS | ADJ_NANO,
			     .status = STA_UNSYNC};
	struct timex slew = {.modes = ADJ_OFFSET_SINGLESHOT};
	int r;

	if (is_contested(c)) {
		c->clock.contested++;
		c->taken_over = c->steered = false;
	}
	if (c->taken_over)
		return 0;
	r = command(c, &loop);
	if (r == 0)
		r = command(c, &slew);
	c->taken_over = r == 0;
	return r;
}

static int64_t kernel_now(struct clock *clock)
{
	(void)clock;
	return os_clock_realtime_ns();
}

static int kernel_set_freq(struct clock *clock, double freq)
{
	struct os_clock *c = os_clock_of(clock);
	struct timex tx = {0};
	int r;

	if (!(fabs(freq) <= clock->max_freq))
		return -ERANGE;
	r = take_over(c);
	timex_set_freq(&tx, freq, c->nominal_tick_us);
	if (r == 0)
		r = command(c, &tx);
	if (r < 0)
		return r;
	/* As the kernel rounded it. */
	c->left.freq = tx.freq;
	c->left.tick = tx.tick;
	c->steered = true;
	clock->freq = freq;
	return 0;
}

static int kernel_step(struct clock *clock, double offset_s)
{
	struct os_clock *c = os_clock_of(clock);
	struct timex tx = {0};
	int r;

	if (!isfinite(offset_s))
		return -EINVAL;
	r = take_over(c);
	timex_set_step(&tx, offset_s);
	return r < 0 ? r : command(c, &tx);
}

static int kernel_announce(struct clock *clock,
			   const struct clock_status *status)
{
	struct os_clock *c = os_clock_of(clock);
	struct timex tx = {0};
	int r = take_over(c);

	timex_set_status(&tx, status);
	return r < 0 ? r : command(c, &tx);
}

static const struct clock_ops kernel_ops = {
	.now = kernel_now,
	.set_freq = kernel_set_freq,
	.step = kernel_step,
	.announce = kernel_announce,
};

static int real_adjtimex(struct timex *tx)
{
	return clock_adjtime(CLOCK_REALTIME, tx);
}

int os_clock_kernel_init_with(struct os_clock *c,
			      int (*adjtimex)(struct timex *tx))
{
	struct timex tx = {0};
	int r;

	*c = (struct os_clock){
		.clock = {.ops = &kernel_ops, .max_freq = MAX_FREQ_KERNEL},
		.line = {.host = TIMELINE_REALTIME},
		.nominal_tick_us = 1000000 / sysconf(_SC_CLK_TCK),
		.adjtimex = adjtimex,
	};
	r = command(c, &tx);
	if (r < 0)
		return r;
	c->clock.freq = timex_get_freq(&tx, c->nominal_tick_us);
	c->clock.precision_log2 = os_clock_precision(&c->clock);
	return 0;
}

int os_clock_kernel_init(struct os_clock *c)
{
	return os_clock_kernel_init_with(c, real_adjtimex);
}
