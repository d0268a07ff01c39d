# SPDX-License-Identifier: BSD-2-Clause
"""One pooldns of ours on a loopback address, and questions to it."""

import os
import pathlib
import signal
import socket
import struct
import subprocess

from world import children, program, wait_for

# Below what the kernel gives away; another one for each run.
PORT = 20000 + os.getpid() % 12000
IP = "127.0.53.1"

A, NS, SOA, TXT, AAAA = 1, 2, 6, 16, 28
NOERROR, FORMERR, SERVFAIL, NXDOMAIN, NOTIMP, REFUSED = range(6)

# The ways of the zones; a test adds its servers.
ZONES = """
ns ns1.pool.test=192.0.2.1,2001:db8::1
ns ns2.example.net
zone europe continent @
zone de country europe
zone fr country europe
zone campus custom @
"""


def servers(count, zones="@ europe de", family=4, net=1):
    pattern = "10.{net}.0.{i}" if family == 4 else "2001:db8:{net}::{i:x}"
    return "".join(f"server {pattern.format(net=net, i=i + 1)} 1000 {i} {zones}\n"
                   for i in range(count))


def name_octets(name):
    return b"".join(bytes([len(label)]) + label.encode()
                    for label in name.split(".") if label) + b"\0"


def question(name, kind=A, number=1, edns=b"", flags=0):
    """edns: options; None: no OPT record."""
    opt = b"" if edns is None else (
        b"\0" + struct.pack(">HHIH", 41, 1232, 0, len(edns)) + edns)
    return (struct.pack(">HHHHHH", number, flags, 1, 0, 0, edns is not None)
            + name_octets(name) + struct.pack(">HH", kind, 1) + opt)


class Reply:
    def __init__(self, octets):
        self.octets = octets
        self.number, flags, _, self.answers, self.authority, self.additional = \
            struct.unpack(">HHHHHH", octets[:12])
        self.rcode, self.cut = flags & 15, bool(flags & 0x200)
        self.is_answer = bool(flags & 0x8000)

    def addresses(self):
        """Of the A or AAAA records, which all have a compressed owner."""
        at, found = 12, []
        while self.octets[at]:
            at += 1 + self.octets[at]
        at += 5
        for _ in range(self.answers):
            kind, _, _, length = struct.unpack(">HHIH", self.octets[at + 2:at + 12])
            data = self.octets[at + 12:at + 12 + length]
            if kind in (A, AAAA):
                found.append(socket.inet_ntop(
                    socket.AF_INET if kind == A else socket.AF_INET6, data))
            at += 12 + length
        return found


def ask(octets, ip=IP, timeout_s=3):
    """The reply by UDP, or None."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(timeout_s)
        s.connect((ip, PORT))
        s.send(octets)
        try:
            return Reply(s.recv(4096))
        except (socket.timeout, ConnectionRefusedError):
            return None


def connect(timeout_s=5):
    return socket.create_connection((IP, PORT), timeout_s)


def framed(octets):
    return struct.pack(">H", len(octets)) + octets


def read_framed(stream):
    """One reply of a stream; None at its end."""
    octets = b""
    while len(octets) < 2 or len(octets) < 2 + struct.unpack(">H", octets[:2])[0]:
        want = 2 - len(octets) if len(octets) < 2 else (
            2 + struct.unpack(">H", octets[:2])[0] - len(octets))
        more = stream.recv(want)
        if not more:
            return None
        octets += more
    return Reply(octets[2:])


class PoolDns:
    """Use it in a with statement; it is gone afterwards, whatever happened."""

    def __init__(self, folder, settings="", listen=IP, limit=0):
        self.folder = pathlib.Path(folder)
        self.folder.chmod(0o755)  # it becomes another user
        self.snapshot = self.folder / "zones.snap"
        self.conf = self.folder / "pool.conf"
        self.conf.write_text(
            f"dns-listen {listen}:{PORT}\nsnapshot {self.snapshot}\n"
            f"snapshot-public {self.folder}/public\nanswer-limit {limit}\n{settings}")
        self.log_path = self.folder / "log"
        self.popen = None

    def write(self, text, built_ms=None, to=None, secret="secret", public="public"):
        """A snapshot of these lines; as a whole, as poold does."""
        subprocess.run(
            [program("make-zones"), to or self.snapshot, self.folder / secret,
             self.folder / public, *([str(built_ms)] if built_ms else [])],
            input=ZONES + text, text=True, check=True)
        return self

    def replace(self, octets):
        """Some other file in the snapshot's place."""
        new = self.folder / "new"
        new.write_bytes(octets)
        new.chmod(0o644)
        new.rename(self.snapshot)

    def start(self):
        with open(self.log_path, "ab") as log:
            self.popen = subprocess.Popen(
                [program("pooldns"), "-d", "-c", self.conf], stdin=subprocess.DEVNULL,
                stdout=log, stderr=subprocess.STDOUT, cwd="/")
        self.await_log("ready")
        return self

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        if self.popen.poll() is None:
            self.popen.kill()  # the workers die with it
        self.popen.wait()

    def log(self):
        return self.log_path.read_text(errors="replace")

    def await_log(self, words, timeout_s=5):
        try:
            return wait_for(lambda: words in self.log(), timeout_s)
        except TimeoutError as e:
            raise AssertionError(f"never said \"{words}\":\n{self.log()}") from e

    def workers(self):
        return children(self.popen.pid)

    def hang_up(self):
        self.popen.send_signal(signal.SIGHUP)

    def terminate(self):
        self.popen.send_signal(signal.SIGTERM)
        return self.popen.wait(10)


def dig(*words):
    """What dig prints."""
    return subprocess.run(["dig", f"@{IP}", "-p", str(PORT), "+tries=1", "+time=5", *words],
                          text=True, capture_output=True, check=False).stdout
