# SPDX-License-Identifier: BSD-2-Clause
"""./run, as a newcomer types it."""

import os
import signal
import socket
import subprocess
import time

import pytest

from world import ROOT, wait_for


def daemons():
    """Command lines of the programs that ./run has started here."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as f:
                args = f.read().split(b"\0")
            if args[0].endswith((b"ntpd", b"poold", b"pooldns", b"poolmon")) and os.readlink(f"/proc/{pid}/cwd") == str(ROOT):
                found.append(args)
        except OSError:
            pass
    return found


@pytest.fixture(autouse=True)
def nothing_left_behind():
    if (ROOT / "build/run").exists():
        pytest.skip("another ./run is going")
    before = sorted(os.listdir(ROOT))
    yield
    assert sorted(os.listdir(ROOT)) == before
    assert not (ROOT / "build/run").exists()
    assert daemons() == []


def start(*args):
    """./run in a session of its own, as a terminal would have it."""
    return subprocess.Popen([ROOT / "run", *args], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
                            stderr=subprocess.STDOUT, text=True, start_new_session=True)


def finish(run, timeout_s):
    """What it said until its end; one that does not end is killed with all that it started."""
    try:
        return run.communicate(timeout=timeout_s)[0]
    except subprocess.TimeoutExpired:
        os.killpg(run.pid, signal.SIGKILL)
        said = run.communicate()[0]
        pytest.fail(f"./run did not end in {timeout_s} s; it said:\n{said}")


def interrupt(run):
    """Ctrl-C, and what it said until its end."""
    os.killpg(run.pid, signal.SIGINT)
    return finish(run, 30)


def wait_until(run, what):
    """Until what() is true, as long as ./run is there."""
    def now():
        assert run.poll() is None, run.stdout.read()
        return what()
    wait_for(now, 60)


def test_once():
    run = start("--once")
    said = finish(run, 250)
    print(said[said.rfind("good:"):])
    assert run.returncode == 0, said
    assert "good: four of four good servers used" in said
    assert "good: four servers in the pool and three out of it" in said


def test_ctrl_c_ends_it():
    run = start()
    wait_until(run, lambda: any(b"poolmon" in args[0] for args in daemons()))
    time.sleep(2)
    said = interrupt(run)
    assert run.returncode == 130
    assert "nothing is left behind" in said
    assert "had to kill" not in said


def test_own_file(tmp_path):
    conf = tmp_path / "ntp.conf"
    conf.write_text("driftfile /var/lib/ntp/ntp.drift\nserver 127.77.0.9 iburst\n"
                    "restrict default noquery\nrestrict 127.0.0.1\n")
    run = start("-c", conf)
    time.sleep(0.1)
    wait_until(run, daemons)
    time.sleep(3)
    assert "127.77.0.9" in interrupt(run)


def test_ports_in_use():
    """The pages move on, with a word; for NTP it says who is in the way."""
    with socket.socket() as pages:
        pages.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        pages.bind(("127.0.0.1", 8123))
        pages.listen()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ntp:
            ntp.bind(("127.77.0.9", 10123))
            run = start("--once")
            assert f"UDP port 10123 on 127.77.0.0/24 is held by {held_by_us()}" in finish(run, 60)
            assert run.returncode == 1
        run = start()
        said = ""
        while "books, scores and pages" not in said:
            line = run.stdout.readline()
            assert line, said
            said += line
        interrupt(run)
    assert f"port 8123 is held by {held_by_us()}; the pages go to 8124" in said
    assert "http://127.0.0.1:8124/" in said


def held_by_us():
    with open("/proc/self/comm") as f:
        return f"{f.read().strip()} (pid {os.getpid()})"


def test_broken_file_is_explained(tmp_path):
    conf = tmp_path / "ntp.conf"
    conf.write_text("servr 127.77.0.9\n")
    run = start("-c", conf)
    assert "did you mean 'server'?" in finish(run, 60)
    assert run.returncode == 1
