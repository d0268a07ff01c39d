# SPDX-License-Identifier: BSD-2-Clause
"""A name server for one name, in a thread."""

import socket
import struct
import threading


class FakeDns:
    """Answers A questions for name with addresses, other names with NXDOMAIN."""

    def __init__(self, ip, name, addresses):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((ip, 0))
        self.socket.settimeout(0.2)
        self.ip, self.port = self.socket.getsockname()
        self.name = b"".join(bytes([len(w)]) + w.encode()
                             for w in name.split(".")) + b"\0"
        self.addresses = addresses
        self.asked = []  # the kinds, as they came
        self.ending = threading.Event()
        self.thread = threading.Thread(target=self.serve)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        self.thread.join()
        self.socket.close()

    def serve(self):
        while not self.ending.is_set():
            try:
                query, peer = self.socket.recvfrom(512)
            except TimeoutError:
                continue
            self.socket.sendto(self.answer(query), peer)

    def answer(self, query):
        question = query[12:]
        kind = struct.unpack("!H", question[-4:-2])[0]
        self.asked.append(kind)
        known = question[:-4] == self.name
        records = b""
        if known and kind == 1:
            for address in self.addresses:
                records += struct.pack("!HHHIH", 0xc00c, 1, 1, 60, 4)
                records += socket.inet_aton(address)
        flags = 0x8180 if known else 0x8183
        count = len(records) // 16
        return (query[:2] + struct.pack("!HHHHH", flags, 1, count, 0, 0)
                + question + records)
