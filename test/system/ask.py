#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""A client that asks for the time at a steady rate and keeps the score.

usage: ask.py HOST PORT RATE SECONDS [STRATUM]

Ends after SECONDS, or with the first reply of a server that is synchronised
and at STRATUM.  Prints one JSON object: sent, answered, the longest time
between two replies (longest_gap_s), the last reply's stratum and leap, and
when it came (at, on CLOCK_MONOTONIC, which all nodes share).
"""

import json
import select
import socket
import struct
import sys
import time

HEADER = struct.Struct("!BBbbII4sQQQQ")


def request(cookie):
    return HEADER.pack(0x23, 0, 6, -20, 0, 0, b"", 0, 0, 0, cookie)


def main():
    host, port, rate, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4])
    want = int(sys.argv[5]) if len(sys.argv) > 5 else None
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.connect((host, port))
    sock.setblocking(False)
    start = due = last = time.monotonic()
    waiting, score = {}, {"sent": 0, "answered": 0, "longest_gap_s": 0.0, "stratum": 0, "leap": 3}
    linger = 1.0
    while (now := time.monotonic()) < start + seconds + linger:
        if now >= due and now < start + seconds:
            cookie = 0x7E57 << 32 | score["sent"]
            waiting[cookie] = now
            try:
                sock.send(request(cookie))
            except OSError:
                pass  # refused: counts as unanswered
            score["sent"] += 1
            due += 1 / rate
        if now >= start + seconds and not waiting:
            break
        select.select([sock], [], [], max(0.0, min(due, now + 0.1) - time.monotonic()))
        try:
            data = sock.recv(2048)
        except OSError:
            continue
        first, stratum, _, _, _, _, _, _, origin, _, _ = HEADER.unpack_from(data)
        if waiting.pop(origin, None) is None:
            continue
        now = time.monotonic()
        score["answered"] += 1
        score["longest_gap_s"] = max(score["longest_gap_s"], now - last)
        score["stratum"], score["leap"], score["at"] = stratum, first >> 6, now
        last = now
        if want is not None and stratum == want and first >> 6 != 3:
            break
    print(json.dumps(score))


if __name__ == "__main__":
    main()
