# SPDX-License-Identifier: BSD-2-Clause
"""Mode 6 with strangers: our ntpq at Debian's ntpd, Debian's ntpq at ours."""

import os
import pty
import re
import select
import socket
import subprocess
import threading

import pytest

import peers
from world import PEERS, program, wait_for

OURS = """\
server {up} iburst
pool nowhere.test
server name.test
server 10.77.0.99
server 127.127.1.0
restrict default kod limited nomodify noquery
restrict 127.0.0.1
restrict 10.77.0.0/24 nomodify
restrict -6 default kod limited nomodify noquery
"""


@pytest.fixture(scope="module")
def stage(shared_world):
    """ours follows up; sec is NTPsec's; both are asked."""
    up, ours, sec = (shared_world.node(n) for n in ("up", "ours", "sec"))
    peers.ours_server(up, "--single")
    peers.ours(ours, OURS.format(up=up.ip), "--single")
    peers.ntpsec(sec, f"server {up.ip} iburst minpoll 3", peers.OPEN_TO_ALL)

    def synchronised():
        """both at stratum 2"""
        return all("stratum=2" in peers.ntpq(node, "-c", "rv 0 stratum", node.ip).stdout
                   for node in (ours, sec))

    wait_for(synchronised, 60, every_s=1)
    return up, ours, sec


def test_ours_reads_ours(stage):
    up, ours, _ = stage
    ran = peers.ntpq(ours, "-pn")
    assert (ran.returncode, ran.stderr) == (0, "")
    lines = ran.stdout.splitlines()
    assert len(lines[0]) == 78 and lines[1] == 78 * "="
    table = {row[1]: row for row in peers.peers_table(ran.stdout)}
    assert table[up.ip][0] == "*" and table[up.ip][2:4] == (".GPS.", 1)
    assert table["10.77.0.99"][2:5] == (".INIT.", 16, 0)
    assert table["nowhere.test"][2] == ".POOL."
    assert table["name.test"][2] == ".DNS."
    assert table["127.127.1.0"][2] == ".LOCL."


def test_debian_ntpq_reads_ours(stage):
    up, ours, _ = stage
    for args in (["-pn"], ["-c", "as"], ["-c", "as", "-c", "rv &1"], ["-c", "rv"],
                 ["-c", "sysinfo"], ["-c", "kerninfo"],
                 ["-c", "rv 0 offset,sys_jitter,rootdisp,rootdelay"]):
        ran = peers.ntpsec_ntpq(ours, *args)
        assert ran.returncode == 0, (args, ran)
        assert "***" not in ran.stderr and "Unknown variable" not in ran.stderr, (args, ran)
        assert "?" not in ran.stdout, (args, ran)
    table = {row[1]: row for row in peers.peers_table(peers.ntpsec_ntpq(ours, "-pn").stdout)}
    assert table[up.ip][0] == "*"
    assert "LOCAL(0)" in table and "nowhere.test" in table


def test_ours_reads_ntpsec(stage):
    up, _, sec = stage
    ran = peers.ntpq(sec, "-pn", sec.ip)
    assert ran.stderr == ""
    table = {row[1]: row for row in peers.peers_table(ran.stdout)}
    assert table[up.ip][0] == "*" and table[up.ip][2] == ".GPS."
    ran = peers.ntpq(sec, "-c", "as", "-c", "rv", "-c", "rv &1", "-c", "sysinfo",
                     "-c", "kerninfo", "-c", "sysstats", "-c", "pstats &1", sec.ip)
    assert ran.stderr == ""
    assert "associd=0 status=" in ran.stdout and f"srcadr={up.ip}" in ran.stdout
    assert re.search(r"^packets received: +[1-9]", ran.stdout, re.M)


def test_both_ntpq_tell_the_same_of_ours(stage):
    _, ours, _ = stage

    def values(text):
        """name -> value, without what changes by itself or is shown differently"""
        found = dict(re.findall(r'(\w+)=("[^"]*"|[^,\s]+)', text))
        return {k: found[k].strip('"') for k in ("stratum", "refid", "precision", "peer", "system", "version")}

    assert values(peers.ntpq(ours, "-c", "rv").stdout) == \
        values(peers.ntpsec_ntpq(ours, "-c", "rv").stdout)


def test_ntpstat_reads_ours(stage):
    up, ours, _ = stage
    ran = ours.run([PEERS / "ntpstat/usr/bin/ntpstat"])
    assert ran.returncode == 0
    assert f"synchronised to NTP server ({up.ip}) at stratum 2" in ran.stdout


def test_several_hosts(stage):
    _, ours, sec = stage
    ran = peers.ntpq(ours, "-c", "rv 0 stratum", ours.ip, sec.ip)
    assert ran.stdout == f"server={ours.ip} stratum=2\nserver={sec.ip} stratum=2\n"


def test_commands_from_a_file(stage):
    _, ours, _ = stage
    ran = subprocess.run(
        ours.inside([program("ntpq")]), capture_output=True, text=True, timeout=30,
        input="rv 0 stratum\nfoobar\nhost 127.0.0.1:123\nquit\nrv 0 stratum\n")
    assert ran.stdout == "stratum=2\ncurrent host set to 127.0.0.1:123\n"
    assert ran.stderr == "***Command `foobar' unknown\n"
    assert ran.returncode == 0


def test_a_person_at_a_terminal(stage):
    """Prompt, completion, history."""
    _, ours, _ = stage
    args = ours.inside([program("ntpq")])
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvpe(args[0], args, {**os.environ, "TERM": "xterm"})
    seen = b""
    for typed, answer in ((b"vers\t\n", b"timeball-ntpq "), (b"rv 0 stratum\n", b"stratum=2\r\n"),
                          (b"\x1b[A\n", b"stratum=2\r\n")):
        os.write(terminal, typed)
        seen = b""
        while answer not in seen or not seen.endswith(b"ntpq> "):
            assert select.select([terminal], [], [], 10)[0], (typed, seen)
            seen += os.read(terminal, 4096)
    os.write(terminal, b"quit\n")
    assert os.waitpid(pid, 0)[1] == 0
    os.close(terminal)


def test_localhost_is_either_address(shared_world):
    """Whichever of 127.0.0.1 and ::1 may query, without a word in between."""
    node = shared_world.node("localhost")
    for listen in ("127.0.0.1", "::1"):
        daemon = peers.ours(node, "server 127.127.1.0\nrestrict default\n", "--single", "-I", listen)
        wait_for(lambda: "stratum" in peers.ntpq(node, "-c", "timeout 300", "-c", "rv 0 stratum").stdout, 10)
        ran = peers.ntpq(node, "-c", "rv 0 stratum")
        assert (ran.stderr, ran.stdout[:8]) == ("", "stratum=")
        daemon.stop()


def test_a_timeout_says_why(stage):
    _, ours, _ = stage
    ran = peers.ntpq(ours, "-c", "timeout 300", "-c", "rv", "::1")
    lines = ran.stderr.splitlines()
    assert lines[:2] == ["::1: timed out, nothing received", "***Request timed out"]
    assert "serves time but not queries" in lines[2] and "noquery" in lines[2]
    ran = peers.ntpq(ours, "-c", "timeout 300", "-c", "rv", "10.77.0.98")
    assert "the host is down" in ran.stderr
    assert ran.returncode == 0


def test_nothing_listens(stage):
    _, ours, _ = stage
    ran = peers.ntpq(ours, "--port", "124", "-p", "127.0.0.1")
    assert ran.stderr.splitlines()[0] == "read: Connection refused"
    assert "127.0.0.1:124: ntpd is not running" in ran.stderr
    assert ran.returncode == 0


class HostileServer(threading.Thread):
    """Answers every request with the datagrams that make(header) gives."""

    def __init__(self, make):
        super().__init__(daemon=True)
        self.make = make
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]

    def run(self):
        while True:
            data, peer = self.socket.recvfrom(2048)
            if data[0] & 7 != 6:
                continue
            for packet in self.make(data):
                self.socket.sendto(packet, peer)

    def ntpq(self, *commands):
        args = [program("ntpq"), f"127.0.0.1:{self.port}", "-c", "timeout 300"]
        for command in commands:
            args += ["-c", command]
        return subprocess.run(args, capture_output=True, timeout=30, check=True)


def reply(request, offset, data, more):
    return (bytes((0x16, 0x80 | (0x20 if more else 0) | request[1])) + request[2:4] + b"\6\x15"
            + request[6:8] + offset.to_bytes(2, "big") + len(data).to_bytes(2, "big") + data
            + bytes(-len(data) % 4))


@pytest.mark.parametrize("make, message", [
    (lambda rq: [reply(rq, n, b"x", True) for n in range(100)], b"contradicts itself"),  # M-12
    (lambda rq: [reply(rq, 65000, 400 * b"x", True)], b"contradicts itself"),  # M-12
    (lambda rq: [reply(rq, 0, b"abcd", True), reply(rq, 0, b"abce", True)], b"contradicts itself"),  # M-15
    (lambda rq: [reply(rq, 0, b"abcd", True)], b"incomplete"),
    (lambda rq: 3 * [b"\x16\x82" + bytes(10)], b"timed out, nothing received"),  # M-12: sequence
])
def test_hostile_server(make, message):
    server = HostileServer(make)
    server.start()
    ran = server.ntpq("rv")
    assert message in ran.stderr and ran.stdout == b""


def test_escapes_do_not_reach_the_terminal():
    """M-13"""
    server = HostileServer(lambda rq: [reply(rq, 0, b'version="\x1b]0;x\x07\xff", stratum=\x9b2J', False)])
    server.start()
    ran = server.ntpq("rv", "raw", "rv", "sysinfo")
    assert b"\\x1b]0;x\\x07\\xff" in ran.stdout
    assert all(c == 10 or 32 <= c < 127 for c in ran.stdout + ran.stderr)


def test_usage():
    ran = subprocess.run([program("ntpq"), "--nonsense"], capture_output=True, text=True)
    assert ran.returncode == 1 and "usage: ntpq" in ran.stderr
    ran = subprocess.run([program("ntpq"), "--version"], capture_output=True, text=True)
    assert ran.returncode == 0 and ran.stdout.startswith("timeball-ntpq ")
