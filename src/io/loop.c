/* SPDX-License-Identifier: BSD-2-Clause */
#include "io/loop.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"

/* A binary heap ordered by (due, seq); each timer knows its slot. */
static bool before(const struct timer *a, const struct timer *b)
{
	if (a->due_ns != b->due_ns)
		return a->due_ns < b->due_ns;
	return a->seq < b->seq;
}

static void place(struct loop *l, size_t i, struct timer *t)
{
	l->heap[i] = t;
	t->slot = i + 1;
}

static void sift_up(struct loop *l, size_t i, struct timer *t)
{
	while (i > 0 && before(t, l->heap[(i - 1) / 2])) {
		place(l, i, l->heap[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
	place(l, i, t);
}

static void sift_down(struct loop *l, size_t i, struct timer *t)
{
	for (;;) {
		size_t child = 2 * i + 1;

		if (child + 1 < l->len &&
		    before(l->heap[child + 1], l->heap[child]))
			child++;
		if (child >= l->len || !before(l->heap[child], t))
			break;
		place(l, i, l->heap[child]);
		i = child;
	}
	place(l, i, t);
}

bool timer_is_armed(const struct timer *t)
{
	return t->slot != 0;
}

void timer_disarm(struct loop *l, struct timer *t)
{
	size_t i = t->slot - 1;
	struct timer *last;

	if (!timer_is_armed(t))
		return;
	assert(i < l->len && l->heap[i] == t);
	last = l->heap[--l->len];
	t->slot = 0;
	if (last == t)
		return;
	if (i > 0 && before(last, l->heap[(i - 1) / 2]))
		sift_up(l, i, last);
	else
		sift_down(l, i, last);
}

void timer_arm(struct loop *l, struct timer *t, int64_t due_ns)
{
	timer_disarm(l, t);
	t->due_ns = due_ns;
	t->seq = l->next_seq++;
	l->heap = array_grow(l->heap, l->len, &l->cap, sizeof *l->heap);
	l->len++;
	sift_up(l, l->len - 1, t);
}

int64_t loop_next_due(const struct loop *l)
{
	return l->len ? l->heap[0]->due_ns : INT64_MAX;
}

void loop_run_due(struct loop *l)
{
	int64_t now = loop_mono(l);
	uint64_t armed_before = l->next_seq;

	while (l->len && !l->stop && l->heap[0]->due_ns <= now &&
	       l->heap[0]->seq < armed_before) {
		struct timer *t = l->heap[0];

		timer_disarm(l, t);
		t->fn(t);
	}
}

int loop_run(struct loop *l)
{
	int r = 0;

	while (!l->stop && r >= 0) {
		r = l->ops->wait(l, loop_next_due(l));
		loop_run_due(l);
	}
	return r < 0 ? r : 0;
}

void loop_done(struct loop *l)
{
	free(l->heap);
	l->heap = NULL;
	l->len = l->cap = 0;
}
