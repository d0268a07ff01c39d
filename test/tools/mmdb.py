#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Write a small database in MMDB format (MaxMind DB specification 2.0).

usage: mmdb.py OUT [--flat | --asn] [--v4] < lines of "NETWORK CODE"

The record of a network is {"country": {"iso_code": CODE}}, as MaxMind's, or
with --flat {"country_code": CODE}, or with --asn {"autonomous_system_number":
CODE}.  --v4 makes a database that knows no IPv6.
"""

import ipaddress
import struct
import sys


def control(kind, size):
    """Type and size of a data field; kinds above 7 are extended."""
    head = bytes([kind << 5]) if kind <= 7 else bytes([0, kind - 7])
    if size < 29:
        return bytes([head[0] | size]) + head[1:]
    return bytes([head[0] | 29]) + head[1:] + bytes([size - 29])


def encode(value):
    if isinstance(value, dict):
        return control(7, len(value)) + b"".join(
            encode(key) + encode(v) for key, v in value.items())
    if isinstance(value, list):
        return control(11, len(value)) + b"".join(map(encode, value))
    if isinstance(value, str):
        text = value.encode()
        return control(2, len(text)) + text
    kind, number = value  # ("u16", 24)
    kind = {"u16": 5, "u32": 6, "u64": 9}[kind]
    octets = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return control(kind, len(octets)) + octets


def bits_of(network, v4):
    """The way to a network from the root; IPv4 lies at ::/96."""
    bits = format(int(network.network_address), f"0{network.max_prefixlen}b")
    bits = bits[:network.prefixlen]
    return "0" * 96 + bits if network.version == 4 and not v4 else bits


def as_country(code):
    return {"country": {"iso_code": code}}


def as_flat_country(code):
    return {"country_code": code}


def as_asn(code):
    return {"autonomous_system_number": ("u32", int(code))}


def build(networks, as_record=as_country, v4=False):
    """networks: (network, code) pairs that do not contain each other."""
    data, offsets, nodes = b"", {}, [[None, None]]
    for network, code in networks:
        if code not in offsets:
            offsets[code] = len(data)
            data += encode(as_record(code))
        at, bits = 0, bits_of(ipaddress.ip_network(network), v4)
        for bit in bits[:-1]:
            if nodes[at][int(bit)] is None:
                nodes.append([None, None])
                nodes[at][int(bit)] = len(nodes) - 1
            at = nodes[at][int(bit)]
        nodes[at][int(bits[-1])] = (code,)
    count = len(nodes)

    def record(to):
        if isinstance(to, tuple):
            return count + 16 + offsets[to[0]]
        return count if to is None else to

    tree = b"".join(struct.pack(">II", record(a), record(b)) for a, b in nodes)
    about = {
        "binary_format_major_version": ("u16", 2), "binary_format_minor_version": ("u16", 0),
        "build_epoch": ("u64", 1700000000), "database_type": "Test-Country",
        "description": {"en": "a test"}, "ip_version": ("u16", 4 if v4 else 6),
        "languages": ["en"], "node_count": ("u32", count), "record_size": ("u16", 32),
    }
    return tree + bytes(16) + data + b"\xab\xcd\xefMaxMind.com" + encode(about)


def main():
    networks = [line.split() for line in sys.stdin if line.strip()]
    with open(sys.argv[1], "wb") as out:
        out.write(build(networks, as_asn if "--asn" in sys.argv else
                        as_flat_country if "--flat" in sys.argv else as_country,
                        "--v4" in sys.argv))


if __name__ == "__main__":
    main()
