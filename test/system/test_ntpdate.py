# SPDX-License-Identifier: BSD-2-Clause
"""ntpdate: the classic program's lines and exit codes, against servers that behave as told."""

import os
import re
import shutil
import subprocess
import time

import pytest

from fake_server import FakeServer
from world import program

WHEN = r"[ 123]\d [A-Z][a-z]{2} \d\d:\d\d:\d\d ntpdate\[\d+\]: "
OFFSET = r"-?\d+\.\d{6}"


def ntpdate(*args, prefix=()):
    return subprocess.run([*prefix, program("ntpdate"), *args], capture_output=True, text=True, timeout=60)


def server_line(server, stratum, offset=OFFSET):
    return rf"server {re.escape(server.ip)}, stratum {stratum}, offset {offset}, delay \d\.\d{{5}}\n"


def test_query_prints_the_classic_lines():
    with FakeServer(offset_s=0.25) as server:
        started = time.monotonic()
        done = ntpdate("-q", server.name)
        took = time.monotonic() - started
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(server_line(server, 2) + WHEN
                        + rf"adjust time server {server.ip} offset ({OFFSET}) sec\n", done.stdout), done.stdout
    assert abs(float(re.search(r"offset (\S+) sec", done.stdout)[1]) - 0.25) < 0.01
    assert len(server.requests) == 4
    assert took < 1.0  # the classic program needs six seconds


def test_every_request_is_new_to_the_network():
    """A fresh port and a fresh random transmit field each time, and nothing else told (RFC 9109)."""
    with FakeServer() as server:
        ntpdate("-q", server.name)
    ports = {peer[1] for _, peer in server.requests}
    nonces = {data[40:48] for data, _ in server.requests}
    assert len(ports) > 1 and len(nonces) == 4
    assert all(data[0] == 0x23 and len(data) == 48 and data[1:40] == bytes(39) for data, _ in server.requests)


def test_half_a_second_is_a_step():
    with FakeServer(offset_s=-1.5) as server:
        assert re.search(rf"step time server {server.ip} offset -1\.(5|49)", ntpdate("-q", server.name).stdout)
        assert "adjust time server" in ntpdate("-qB", server.name).stdout
    with FakeServer(offset_s=0.001) as server:
        assert "step time server" in ntpdate("-qb", server.name).stdout


def test_several_servers_at_once():
    with FakeServer("127.77.9.1", stratum=3) as a, FakeServer("127.77.9.2", stratum=2) as b, \
            FakeServer("127.77.9.3", stratum=1, refid=b"GPS\0", offset_s=2) as false:
        started = time.monotonic()
        done = ntpdate("-q", a.name, b.name, false.name)
        took = time.monotonic() - started
    assert done.returncode == 0, done.stderr
    assert re.match(server_line(a, 3) + server_line(b, 2) + server_line(false, 1), done.stdout), done.stdout
    # the majority decides, then the lowest stratum in it
    assert f"adjust time server {b.ip} " in done.stdout
    assert took < 1.2


def test_no_majority_among_three():
    with FakeServer("127.77.9.1") as a, FakeServer("127.77.9.2", offset_s=5) as b, \
            FakeServer("127.77.9.3", offset_s=-5) as c:
        done = ntpdate("-q", a.name, b.name, c.name)
    assert done.returncode == 1
    assert "no server suitable for synchronization found" in done.stderr


def test_no_reply():
    with FakeServer(silent=True) as server:
        done = ntpdate("-q", "-p", "2", "-t", "0.2", server.name)
    assert done.returncode == 1
    assert done.stdout == f"server {server.ip}, stratum 0, offset 0.000000, delay 0.00000\n"
    assert re.fullmatch(WHEN + "no server suitable for synchronization found\n", done.stderr)
    assert len(server.requests) == 2


def test_lost_packets_cost_only_themselves():
    with FakeServer(behaviour=lambda n: {"silent": n % 2 == 1}) as server:
        done = ntpdate("-q", "-t", "0.2", server.name)
    assert done.returncode == 0
    assert len(server.requests) == 4


def test_nobody_listens():
    """C-26: port unreachable is the same as silence."""
    with FakeServer() as server:
        name, ip = server.name, server.ip
    done = ntpdate("-q", "-p1", "-t0.2", name)
    assert done.returncode == 1
    assert f"server {ip}, stratum 0" in done.stdout


def test_unsynchronised_server():
    """C-09"""
    with FakeServer(leap=3, stratum=0, refid=b"INIT") as server:
        done = ntpdate("-q", server.name)
    assert done.returncode == 1
    assert f"server {server.ip}, stratum 0, offset 0.000000, delay 0.00000\n" in done.stdout
    assert "no server suitable for synchronization found" in done.stderr


def test_kiss_rate():
    """C-05: told to ask less, it stops at once."""
    with FakeServer(leap=3, stratum=0, refid=b"RATE") as server:
        done = ntpdate("-q", server.name)
    assert done.returncode == 1
    assert f"{server.ip} rate limit response from server." in done.stderr
    assert len(server.requests) == 1


def test_kiss_after_a_sample_keeps_the_sample():
    kiss = {"leap": 3, "stratum": 0, "refid": b"RATE"}
    with FakeServer(behaviour=lambda n: {} if n == 1 else kiss) as server:
        done = ntpdate("-q", server.name)
    assert done.returncode == 0
    assert f"adjust time server {server.ip}" in done.stdout
    assert len(server.requests) == 2


def test_bogus_replies_change_nothing():
    """C-04"""
    with FakeServer(bogus_first=True) as server:
        done = ntpdate("-q", server.name)
    assert done.returncode == 0
    assert re.match(server_line(server, 2), done.stdout)


@pytest.fixture
def keys(tmp_path):
    path = tmp_path / "keys"
    path.write_text("5 MD5 secret\n6 MD5 other\n")
    return str(path)


def test_authenticated(keys):
    with FakeServer(key=(5, b"secret")) as server:
        done = ntpdate("-q", "-a", "5", "-k", keys, server.name)
        assert done.returncode == 0, done.stderr
        assert len(server.requests[0][0]) == 48 + 20


@pytest.mark.parametrize("how", [{}, {"key": (5, b"wrong")}, {"key": (6, b"other")}],
                         ids=["no MAC", "wrong MAC", "X-09: another key"])
def test_not_authentic_is_not_used(keys, how):
    with FakeServer(**how) as server:
        done = ntpdate("-q", "-p1", "-t0.2", "-a", "5", "-k", keys, server.name)
    assert done.returncode == 1
    assert "no server suitable" in done.stderr


def test_key_trouble(keys):
    done = ntpdate("-q", "-a", "9", "-k", keys, "127.77.9.1")
    assert done.returncode == 1 and f"key 9 is not in {keys}" in done.stderr
    done = ntpdate("-q", "-a", "9", "-k", keys + ".none", "127.77.9.1")
    assert done.returncode == 1 and "No such file" in done.stderr


@pytest.mark.parametrize("version", ["1", "2", "3", "4"])
def test_version(version):
    with FakeServer() as server:
        done = ntpdate("-q", "-p1", "-o", version, server.name)
        assert done.returncode == 0
        assert server.requests[0][0][0] >> 3 == int(version)


def test_port_as_option():
    with FakeServer() as server:
        assert ntpdate("-q", "-p1", "--port", str(server.port), server.ip).returncode == 0


def test_debug_shows_the_filter_and_sets_nothing():
    with FakeServer(offset_s=3, stratum=1, refid=b"GPS\0") as server:
        done = ntpdate("-d", "--clock", "none", server.name)
    assert done.returncode == 0
    for line in (f"transmit({server.ip})", f"receive({server.ip})", "stratum 1, precision -24, leap 00, trust 000",
                 "refid [GPS]", "transmitted 4, in filter 4", "reference time:"):
        assert line in done.stdout
    # A sample may be late on a busy machine.
    assert abs(float(re.search(r"filter offset: (\S+)", done.stdout)[1]) - 3) < 0.1


def test_usage():
    done = ntpdate("-Z")
    assert done.returncode == 2
    assert "unknown option -Z" in done.stderr
    assert "usage: " in done.stderr and "server ..." in done.stderr
    for bad in (("-p", "9"), ("-p", "0"), ("-o", "5"), ("-t", "nan"), ("-a", "x"), ("-a",), ("--port", "65536"),
                ("--nonsense",)):
        assert ntpdate(*bad, "127.77.9.1").returncode == 2, bad


def test_no_servers():
    done = ntpdate()
    assert done.returncode == 1
    assert re.fullmatch(WHEN + "no servers can be used, exiting\n", done.stderr)


def test_bad_names():
    done = ntpdate("-q", "no.such.host.invalid", "127.77.9.1:0")
    assert done.returncode == 1
    assert "127.77.9.1:0" in done.stderr
    assert "no servers can be used, exiting" in done.stderr


def test_version_line():
    with FakeServer() as server:
        assert re.match(WHEN + r"ntpdate timeball-\d", ntpdate("-qv", "-p1", server.name).stdout)


# Setting is tried on clocks that are not this machine's, or without the right to.

def test_sets_a_virtual_clock():
    with FakeServer(offset_s=0.7) as server:
        done = ntpdate("--clock", "virtual", server.name)
        assert done.returncode == 0, done.stderr
        assert re.fullmatch(WHEN + rf"step time server {server.ip} offset 0\.[67]\d+ sec\n", done.stdout)
        assert "adjust time server" in ntpdate("--clock", "virtual", "-B", server.name).stdout


def test_a_clock_that_may_not_be_set():
    with FakeServer(offset_s=0.7) as server:
        done = ntpdate("--clock", "none", server.name)
        assert done.returncode == 1
        assert re.fullmatch(WHEN + "step-systime: Operation not permitted\n", done.stderr)
        assert done.stdout == ""


def test_without_the_right_to_set_the_clock():
    setpriv = shutil.which("setpriv")
    if not setpriv or os.geteuid() != 0:
        pytest.skip("needs setpriv, and root to give up")
    drop = [setpriv, "--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all", "--inh-caps=-all",
            "--no-new-privs"]
    capable = subprocess.run([*drop, "cat", "/proc/self/status"], capture_output=True, text=True).stdout
    assert re.search(r"CapEff:\s0{16}\n", capable)
    with FakeServer(offset_s=0.0) as server:
        done = ntpdate("-B", server.name, prefix=drop)
    assert done.returncode == 1
    assert "Can't adjust the time of day: Operation not permitted" in done.stderr


def test_too_far_to_slew():
    with FakeServer(offset_s=3000) as server:
        done = ntpdate("--clock", "virtual", "-B", server.name)
    assert done.returncode == 1
    assert "Can't adjust the time of day: Numerical result out of range" in done.stderr


def test_a_time_that_cannot_be():
    with FakeServer(offset_s=-20 * 365 * 86400) as server:
        done = ntpdate("--clock", "virtual", "-b", server.name)
    assert done.returncode == 1
    assert "step-systime: Numerical result out of range" in done.stderr
