/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * The bank of filters alone, with any finite numbers that the estimator could
 * hand it: the covariance of every filter stays one, and what is believed is a
 * number.
 */
#include <assert.h>
#include <math.h>

#include "est/bank.h"
#include "input.h"

#define MAX_FREQ 500e-6

static double variance_of(const struct bank_filter *k, unsigned i)
{
	return k->p[i * (i + 1) / 2 + i];
}

static void check(const struct bank *b)
{
	assert(bank_sane(b));
	assert(b->belief.pxx > 0 && b->belief.pff > 0 && b->belief.q > 0);
	assert(b->belief.seen_var > 0 && fabs(b->belief.f) <= b->limit);
	for (unsigned i = 0; i < BANK_FILTERS; i++) {
		const struct bank_filter *k = &b->filter[i];

		assert(k->log_weight <= 0);
		for (unsigned j = 0; j < 2 + 2 * b->n; j++) {
			double v = variance_of(k, j);
			double c = k->p[j * (j + 1) / 2]; /* with x */

			assert(isfinite(k->x[j]) && isfinite(v) && v > 0);
			assert(c * c <= k->p[0] * v * (1 + 1e-9));
		}
	}
}

static struct noise_level level(struct input *in)
{
	return (struct noise_level){
		.excess_s = fmin(fabs(input_number(in)), 65536),
		.spread_s = fmin(fmax(fabs(input_number(in)), 1e-8), 65536),
		.base_var = pow(fmin(fmax(input_number(in), 1e-9), 65536), 2),
		.rest_var = pow(fmin(input_number(in), 0x1p32), 2),
		.n = 1 + input_octet(in) % NOISE_RING,
	};
}

static double offset(struct input *in)
{
	return fmin(fmax(input_number(in), -0x1p32), 0x1p32);
}

static double distance(struct input *in)
{
	return fmin(fmax(fabs(input_number(in)), 1e-9), 65536);
}

static double path(struct input *in)
{
	return fmin(fabs(input_number(in)), 65536);
}

static void sample(struct bank *b, struct input *in, unsigned slot)
{
	struct noise_level l = level(in);
	double z = offset(in);

	(void)bank_agrees(b, z, path(in), &l);
	assert(isfinite(bank_update(b, slot, z, &l)));
	assert(bank_noise(b, &l) > 0);
	bank_limit(b, MAX_FREQ);
}

/* What belongs to one slot, which is in use. */
static void turn(struct bank *b, struct input *in, unsigned what, unsigned slot)
{
	if (what == 5)
		bank_leave(b, slot);
	else if (what == 6)
		bank_new_path(b, slot, path(in), input_number(in));
	else if (what == 7)
		bank_disown(b, slot);
	else
		sample(b, in, slot);
}

static void step(struct bank *b, struct input *in)
{
	unsigned what = input_octet(in) % 16, slot = input_octet(in);
	double dt_s = fmin(fabs(input_number(in)), 1e9);

	bank_predict(b, dt_s,
		     fmin(fmax(input_number(in), -MAX_FREQ), MAX_FREQ));
	if (what == 1)
		bank_shift(b, offset(in));
	else if (what == 2)
		bank_doubt(b, pow(offset(in), 2));
	else if (what == 3)
		bank_restart(b, offset(in), pow(distance(in), 2));
	else if (what == 4 && b->n < BANK_SLOTS)
		bank_join(b, path(in));
	else if (b->n > 0)
		turn(b, in, what, slot % b->n);
	check(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};
	struct bank b;

	bank_init(&b, offset(&in), pow(distance(&in), 2), 0, 100e-6);
	bank_limit(&b, MAX_FREQ);
	for (unsigned n = input_octet(&in) % 4; n > 0; n--)
		bank_join(&b, path(&in));
	while (in.left > 0)
		step(&b, &in);
	return 0;
}
