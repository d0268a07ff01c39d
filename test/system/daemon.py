# SPDX-License-Identifier: BSD-2-Clause
"""One ntpd of ours on a loopback address, with a virtual clock: no namespace,
no root, nothing of the machine is touched."""

import os
import pathlib
import signal
import socket
import struct
import subprocess
import time

from world import children, program, wait_for

# Below what the kernel gives away; another one for each run, so that two on one
# machine do not meet.
PORT = 20000 + os.getpid() % 12000

# A stratum 1 server that needs nobody.
LOCAL_CLOCK = """
server 127.127.1.0
fudge 127.127.1.0 stratum 0 refid GPS
"""


class Daemon:
    """Use it in a with statement; it is gone afterwards, whatever happened."""

    def __init__(self, folder, ip, text, options=("-n",), clock="virtual",
                 status="status.sock"):
        self.folder, self.ip = pathlib.Path(folder), ip
        self.folder.mkdir(exist_ok=True)
        self.folder.chmod(0o777)  # it may become another user
        self.conf = self.folder / "ntp.conf"
        self.conf.write_text(
            f"port {PORT}\ninterface ignore all\ninterface listen {ip}\n"
            f"restrict 127.0.0.0 mask 255.0.0.0\n{text}")
        self.status = self.folder / "status.sock"
        self.options = ["-c", str(self.conf)]
        if status:
            self.options += ["-S", str(self.status)]
        self.options += options
        if clock:
            self.options += ["--clock", clock]
        self.log_path = self.folder / "stderr"
        self.popen = None

    def start(self):
        with open(self.log_path, "ab") as log:
            self.popen = subprocess.Popen(
                [program("ntpd"), *self.options], stdin=subprocess.DEVNULL,
                stdout=log, stderr=subprocess.STDOUT, cwd=self.folder)
        return self

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        if self.popen.poll() is None:
            self.popen.kill()  # the children die with it
        self.popen.wait()

    def log(self):
        return self.log_path.read_text(errors="replace")

    def children(self):
        """The pid of each child by its role."""
        found = {}
        for pid in children(self.popen.pid):
            try:
                words = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            except FileNotFoundError:
                continue
            for word in words:
                if word.startswith(b"--role="):
                    found[word[7:].split(b":")[0].decode()] = pid
        return found

    def await_stratum(self, stratum, timeout_s=20):
        try:
            return wait_for(lambda: (ask(self.ip) or (0, 0))[1] == stratum, timeout_s)
        except TimeoutError as e:
            raise AssertionError(f"{self.ip} never reached stratum {stratum}:\n"
                                 + self.log()) from e

    def terminate(self):
        """SIGTERM; the exit status and how many seconds it took."""
        begin = time.monotonic()
        self.popen.send_signal(signal.SIGTERM)
        status = self.popen.wait(10)
        return status, time.monotonic() - begin


def request(number=0):
    """A client's packet, whose transmit time tells it from others."""
    return b"\x23" + bytes(39) + struct.pack(">Q", 0x7777_0000_0000_0000 + number)


def ask(ip, timeout_s=0.5):
    """(leap, stratum, refid) as the server at ip tells, or None."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(timeout_s)
        s.connect((ip, PORT))
        try:
            s.send(request())
            reply = s.recv(512)
        except (socket.timeout, ConnectionRefusedError):
            return None
    return reply[0] >> 6, reply[1], reply[12:16]


def run_once(*options, timeout_s=20, env=None):
    """Run ntpd to its end."""
    return subprocess.run([program("ntpd"), *map(str, options)], text=True,
                          capture_output=True, timeout=timeout_s,
                          env={**os.environ, **(env or {})})
