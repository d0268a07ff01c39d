/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdint.h>

#include "io/sys_view.h"
#include "wire/ntp_packet.h"

/**
 * The view as it is to be told at mono_ns: root dispersion grown by its age,
 * and leap 3, stratum 16 from expires_mono_ns on.
 */
struct sys_view view_at(const struct sys_view *view, int64_t mono_ns);

/**
 * The whole server as a function: a request of mode 1 or 3 (or NTPv1 with mode 0) to its reply.
 *
 * view: aged by view_at().  rx_wall_ns: arrival on the served clock.
 * reply: complete but for transmit, which the sender stamps last.
 *
 * RFC 5905 section 9.2, figure 22; stratum 16 becomes 0 on the wire.
 */
void answer(const struct sys_view *view, const struct ntp_packet *request,
	    int64_t rx_wall_ns, struct ntp_packet *reply);

/** A kiss-o'-death: stratum 0, leap 3, refid code (RFC 5905 section 7.4).  code: 4 characters. */
void answer_kiss(const struct sys_view *view, const struct ntp_packet *request,
		 int64_t rx_wall_ns, const char *code,
		 struct ntp_packet *reply);

/** "RATE" -> host order refid; shorter codes are padded with zeros. */
uint32_t refid_from_code(const char *code);
