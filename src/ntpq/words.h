/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdint.h>

#include "base/text.h"

/* Status words in words, as ntpq has always put them (RFC 9327 section 3). */

/** "leap_none, sync_ntp, 1 event, freq_mode" */
void words_sys(struct text *t, uint16_t status);

/** "conf, reach, sel_candidate, 3 events, sys_peer" */
void words_peer(struct text *t, uint16_t status);

/** "no events, clk_unspec" */
void words_clock(struct text *t, uint16_t status);

/** "00 ok", "1200 peer_stratum, peer_unreach" */
void words_flash(struct text *t, unsigned flash);

/* Parts of a peer status word. */
#define PEER_CONF 0x8000
#define PEER_AUTH_ENABLED 0x4000
#define PEER_AUTHENTIC 0x2000
#define PEER_REACH 0x1000
#define PEER_BCAST 0x0800

/** ' ', 'x', '.', '-', '+', '#', '*', 'o' */
char words_tally(uint16_t status);

/** "reject" ... "pps.peer" */
const char *words_select(uint16_t status);

/** "mobilize" ...; "" for none. */
const char *words_peer_event(uint16_t status);
