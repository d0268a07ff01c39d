/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "base/log.h"
#include "io/board.h"
#include "io/clock.h"
#include "io/entropy.h"
#include "io/loop.h"
#include "io/net.h"
#include "io/resolver.h"

/* Everything the core may ask of the world.  os/ and sim/ make one; nothing
 * below prog/ can tell which. */
struct host {
	struct clock *clock;       /* read and steer the wall clock */
	struct loop *loop;         /* timers, and waiting */
	struct net *net;           /* datagrams to servers */
	struct resolver *resolver; /* names, asynchronously */
	struct entropy *entropy;   /* what strangers must not guess */
	struct board *board;       /* what the engine tells the program */
	struct log *log;
};
