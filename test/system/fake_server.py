# SPDX-License-Identifier: BSD-2-Clause
"""An NTP server that behaves as told, on one UDP port of loopback."""

import hashlib
import socket
import struct
import threading
import time

NTP_UNIX = 2208988800


def ntp_time(unix_s):
    return struct.pack(">Q", int((unix_s + NTP_UNIX) * 2**32) & (2**64 - 1))


class FakeServer:
    """behaviour(n) gives what to do with the n-th request, from 1: a dict of

    offset_s, stratum, leap, refid, mode, key (id, secret), silent, origin,
    bogus_first: send a reply with a wrong origin before the true one.
    """

    def __init__(self, ip="127.77.9.1", behaviour=None, port=0, **always):
        self.behaviour = behaviour or (lambda n: always)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((ip, port))
        self.socket.settimeout(0.1)
        self.ip, self.port = self.socket.getsockname()
        self.requests = []
        self.running = True
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.running = False
        self.thread.join()
        self.socket.close()

    @property
    def name(self):
        return f"{self.ip}:{self.port}"

    def serve(self):
        while self.running:
            try:
                data, peer = self.socket.recvfrom(2048)
            except socket.timeout:
                continue
            arrival = time.time()
            self.requests.append((data, peer))
            how = self.behaviour(len(self.requests))
            if not how.get("silent"):
                self.reply(data, peer, arrival, how)

    def reply(self, data, peer, arrival, how):
        if how.get("bogus_first"):
            self.socket.sendto(self.packet(data, arrival, {**how, "origin": b"\x01" * 8}), peer)
        self.socket.sendto(self.packet(data, arrival, how), peer)

    def packet(self, data, arrival, how):
        offset_s = how.get("offset_s", 0)
        version = data[0] >> 3 & 7
        head = bytes([how.get("leap", 0) << 6 | version << 3 | how.get("mode", 4),
                      how.get("stratum", 2), 6, 0xE8])
        body = struct.pack(">II", 0x100, 0x100) + how.get("refid", b"\x7f\x00\x00\x01")
        times = (ntp_time(arrival + offset_s - 3) + how.get("origin", data[40:48])
                 + ntp_time(arrival + offset_s) + ntp_time(time.time() + offset_s))
        packet = head + body + times
        if "key" in how:
            key_id, secret = how["key"]
            packet += struct.pack(">I", key_id) + hashlib.md5(secret + packet).digest()
        return packet
