/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/**
 * Tell the service manager (sd_notify protocol): "READY=1",
 * "STATUS=synchronised to ...", "STOPPING=1", "WATCHDOG=1"; several are
 * separated by newlines.
 *
 * socket_name: $NOTIFY_SOCKET, a path or "@name"; NULL or "": nobody listens.
 *
 * Returns: 1 when told, 0 when nobody listens, or -errno.
 */
int notify_send(const char *socket_name, const char *text);
