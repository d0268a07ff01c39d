/* SPDX-License-Identifier: BSD-2-Clause */
#include "ctl/snapshot.h"

#include <stdlib.h>

#include "base/alloc.h"

void snapshot_take(struct snapshot *s, const struct engine *e)
{
	s->n = engine_assoc_count(e);
	if (s->n > s->cap) {
		s->assoc = xreallocarray(s->assoc, s->n, sizeof *s->assoc);
		s->cap = s->n;
	}
	engine_report(e, &s->sys);
	s->sys_peer = NULL;
	for (size_t i = 0; i < s->n; i++) {
		engine_assoc_report(e, i, &s->assoc[i]);
		if (s->sys.peer_id && s->assoc[i].id == s->sys.peer_id)
			s->sys_peer = &s->assoc[i];
	}
}

void snapshot_done(struct snapshot *s)
{
	free(s->assoc);
	*s = (struct snapshot){0};
}
