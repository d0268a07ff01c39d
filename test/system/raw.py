#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Send what no honest socket sends, and see what comes back.

usage: raw.py INTERFACE MAC SECONDS < JSON
       raw.py flood HOST PORT RATE SECONDS

The JSON is a list of [source, port, destination, port, payload in hex]; each
becomes one frame to MAC ("lo" needs none).  Prints a JSON list of the UDP
packets seen on the interface within SECONDS of it: [source, port, destination,
port, octets].

flood sends datagrams of every malformed kind from an ordinary socket, RATE of
them a second (0: as many as it can), and prints how many there were and how
many replies came.
"""

import json
import random
import socket
import struct
import sys
import time

ETH_IP = 0x0800
OUTGOING = 4  # PACKET_OUTGOING


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ip_packet(source, sport, destination, dport, payload):
    ends = socket.inet_aton(source) + socket.inet_aton(destination)
    length = 8 + len(payload)
    udp = struct.pack(">HHHH", sport, dport, length, 0) + payload
    check = checksum(ends + struct.pack(">HH", 17, length) + udp) or 0xFFFF
    udp = udp[:6] + struct.pack(">H", check) + udp[8:]
    header = struct.pack(">BBHHHBBH", 0x45, 0, 20 + length, 1, 0, 64, 17, 0) + ends
    header = header[:10] + struct.pack(">H", checksum(header)) + header[12:]
    return header + udp


def parse(frame):
    """[source, port, destination, port, octets] of a UDP packet, or None."""
    ip = frame[14:]
    if frame[12:14] != struct.pack(">H", ETH_IP) or len(ip) < 28 or ip[9] != 17:
        return None
    at = (ip[0] & 15) * 4
    sport, dport, length = struct.unpack_from(">HHH", ip, at)
    return [socket.inet_ntoa(ip[12:16]), sport, socket.inet_ntoa(ip[16:20]), dport, length - 8]


def exchange(interface, mac, seconds):
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_IP)) as s:
        s.bind((interface, ETH_IP))
        ours = s.getsockname()[4][:6]
        to = bytes.fromhex(mac.replace(":", "")) if interface != "lo" else ours
        for source, sport, destination, dport, payload in json.load(sys.stdin):
            s.send(to + ours + struct.pack(">H", ETH_IP)
                   + ip_packet(source, sport, destination, dport, bytes.fromhex(payload)))
        seen, end = [], time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            s.settimeout(left)
            try:
                frame, sender = s.recvfrom(65535)
            except TimeoutError:
                break
            found = parse(frame)
            # Loopback shows everything twice; what we sent ourselves is no news.
            if found and (sender[2] == OUTGOING) == (interface == "lo"):
                seen.append(found)
    return seen


def malformed():
    """Requests that deserve no reply, all of one seed."""
    rng = random.Random(20)
    good = bytearray(48)
    good[0] = 0x23
    kinds = [b"", b"\x23", bytes(47), bytes(48), bytes(good) + bytes(17)]
    for first in (0x24, 0x25, 0x27, 0x2B, 0x3B, 0xE4):  # modes and versions
        good[0] = first
        kinds.append(bytes(good))
    good[0] = 0x23
    for length in (0, 1, 5, 18, 65535):  # extension fields
        kinds.append(bytes(good) + struct.pack(">HH", 0x0204, length) + bytes(60))
    kinds.append(bytes(good) + struct.pack(">HH", 0x2005, 16).ljust(16, b"\0") * 300)
    kinds.append(bytes(good) + struct.pack(">I", 7) + bytes(16))  # a key that is not there
    kinds += [bytes([0x23 ^ 4]) + rng.randbytes(rng.randrange(1400)) for _ in range(40)]
    return kinds


def flood(host, port, rate, seconds):
    kinds, sent, replies = malformed(), 0, 0
    chunk = max(1, rate // 1000) if rate else 1000
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.connect((host, port))
        s.setblocking(False)
        start = time.monotonic()
        while (now := time.monotonic()) < start + seconds:
            if rate and sent > rate * (now - start):
                time.sleep(0.0005)
                continue
            for _ in range(chunk):
                try:
                    s.send(kinds[sent % len(kinds)])
                except BlockingIOError:
                    pass
                sent += 1
            try:
                while s.recv(2048):
                    replies += 1
            except BlockingIOError:
                pass
    return {"sent": sent, "replies": replies}


def main():
    if sys.argv[1] == "flood":
        print(json.dumps(flood(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5]))))
    else:
        print(json.dumps(exchange(sys.argv[1], sys.argv[2], float(sys.argv[3]))))


if __name__ == "__main__":
    main()
