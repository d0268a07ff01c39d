# SPDX-License-Identifier: BSD-2-Clause
"""ntpd as it usually runs: a supervisor and its children."""

import ctypes
import os
import pathlib
import re
import select
import signal
import socket
import struct
import threading
import time

import pytest

from daemon import LOCAL_CLOCK, PORT, Daemon, ask, request, run_once
from world import wait_for

ROLES = ["engine", "resolver", "worker"]
AS_ROOT = os.geteuid() == 0


def status_of(pid):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return dict(line.split(":\t", 1) for line in text.splitlines() if ":\t" in line)


def await_children(daemon, timeout_s=5):
    return wait_for(lambda: sorted(daemon.children()) == ROLES and daemon.children(),
                    timeout_s, 0.02)


def await_confined(daemon):
    """Children come up one by one; this is when all of them are confined."""
    def confined():
        return all(status_of(pid)["NoNewPrivs"] == "1" for pid in
                   await_children(daemon).values())
    return wait_for(confined, 5)


class Client(threading.Thread):
    """Asks a hundred times a second and notes what never came back."""

    def __init__(self, ip):
        super().__init__()
        self.ip, self.going, self.sent, self.got = ip, True, 0, {}
        self.strata = set()

    def run(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.connect((self.ip, PORT))
            next_s = time.monotonic()
            while self.going or time.monotonic() < next_s + 1.5:
                wait_s = max(0, next_s - time.monotonic()) if self.going else 0.1
                if select.select([s], [], [], wait_s)[0]:
                    reply = s.recv(512)
                    number = struct.unpack(">Q", reply[24:32])[0] & 0xFFFFFFFF
                    self.got[number] = time.monotonic()
                    self.strata.add(reply[1])
                elif self.going and time.monotonic() >= next_s:
                    s.send(request(self.sent))
                    self.sent += 1
                    next_s += 0.01

    def finish(self):
        self.going = False
        self.join()
        return self.sent - len(self.got)


@pytest.fixture
def server(tmp_path):
    with Daemon(tmp_path / "d", "127.77.3.1", LOCAL_CLOCK) as d:
        d.await_stratum(1)
        yield d


def test_children_are_confined(server):
    await_confined(server)
    for role, pid in await_children(server).items():
        st = status_of(pid)
        assert st["CapEff"].strip("0") == "" and st["CapPrm"].strip("0") == "", role
        assert st["NoNewPrivs"] == "1", role
        if AS_ROOT:
            assert st["Uid"].split()[0] != "0", role
        if st["Seccomp"] == "0":
            pytest.skip("a build with sanitizers has no filter")
        assert st["Seccomp"] == "2", role


@pytest.mark.parametrize("role", ROLES)
def test_a_killed_child_is_back_in_a_second(server, role):
    """E-09"""
    old = await_children(server)
    os.kill(old[role], signal.SIGKILL)
    begin = time.monotonic()
    new = wait_for(lambda: server.children().get(role, old[role]) != old[role]
                   and server.children(), 3, 0.01)
    assert time.monotonic() - begin < 1
    assert all(new.get(r) == old[r] for r in ROLES if r != role)
    assert ask(server.ip)[:2] == (0, 1)
    assert "killed by signal 9" in server.log()


@pytest.mark.parametrize("role", ROLES)
def test_no_reply_is_lost_when_a_child_dies(server, role):
    client = Client(server.ip)
    client.start()
    for _ in range(3):
        time.sleep(0.4)
        os.kill(await_children(server)[role], signal.SIGKILL)
    time.sleep(0.5)
    lost = client.finish()
    # What the worker had read but not answered dies with it: one at a time.
    assert lost <= (3 if role == "worker" else 0)
    assert client.sent > 100
    assert client.strata == {1}


def test_termination_is_quick_and_leaves_nothing(server):
    """E-25"""
    pids = await_children(server).values()
    status, took_s = server.terminate()
    assert status == 0 and took_s < 1
    assert not any(pathlib.Path(f"/proc/{pid}").exists() for pid in pids)


def test_children_die_with_the_supervisor(server):
    pids = list(await_children(server).values())
    server.popen.kill()
    server.popen.wait()
    wait_for(lambda: not any(pathlib.Path(f"/proc/{pid}").exists() for pid in pids), 2)


def read_variables(ip, names=""):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(2)
        s.connect((ip, PORT))
        data = names.encode() + bytes(-len(names) % 4)
        s.send(b"\x16\x02\x00\x07" + bytes(6) + struct.pack(">H", len(names)) + data)
        text = b""
        while True:
            fragment = s.recv(1024)
            count = struct.unpack(">H", fragment[10:12])[0]
            text += fragment[12:12 + count]
            if not fragment[1] & 0x20:
                return text.decode()


def test_mode_6_through_the_worker(server):
    assert "stratum=1" in read_variables(server.ip)
    os.kill(await_children(server)["engine"], signal.SIGKILL)
    time.sleep(0.5)
    assert "refid=GPS" in read_variables(server.ip)


def test_a_client_daemon_synchronises_and_saves_its_drift(server, tmp_path):
    """All processes of a client: names, clock commands, drift; the filter kills
    whoever makes a call that it should not.  E-25: what was learnt is saved."""
    drift = tmp_path / "c" / "drift"
    names = f"server {server.ip} port {PORT} iburst minpoll 3\nserver localhost port {PORT} iburst\n"
    with Daemon(tmp_path / "c", "127.77.3.2", names + f"driftfile {drift}\n",
                clock="virtual:0.3:40") as d:
        d.await_stratum(2)
        pids = await_children(d)
        time.sleep(20)
        assert d.children() == pids, d.log()
        assert "forbidden" not in d.log()
        status, took_s = d.terminate()
    assert status == 0 and took_s < 1
    first, *more = drift.read_text().splitlines()
    assert -500 <= float(first) <= 500
    facts = dict(line.split() for line in more)
    assert 0 < float(facts["spread"]) < 1 and 0 < float(facts["wander"]) < 1e-10
    boot = pathlib.Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    assert facts["boot"] == boot and abs(int(facts["saved"]) - time.time()) < 10


def test_clients_see_the_old_time_while_a_new_engine_listens(server, tmp_path):
    with Daemon(tmp_path / "c", "127.77.3.3",
                f"server {server.ip} port {PORT} iburst\n") as d:
        d.await_stratum(2)
        server.popen.kill()  # so that the new engine hears nobody
        os.kill(await_children(d)["engine"], signal.SIGKILL)
        time.sleep(1)
        assert ask(d.ip)[:2] == (0, 2)


def test_a_folder_that_cannot_be_written_is_not_fatal(server, tmp_path):
    """E-07, F-12"""
    with Daemon(tmp_path / "c", "127.77.3.4", f"server {server.ip} port {PORT} iburst\n"
                "driftfile /proc/no/such/drift\nstatsdir /proc/no/\n"
                "filegen loopstats enable\nstatistics loopstats\n",
                ("-n", "-p", "/proc/no/pid")) as d:
        d.await_stratum(2)
        time.sleep(6)
        status, _ = d.terminate()
    assert status == 0
    assert "cannot be written" in d.log()


@pytest.fixture
def pid_file(tmp_path):
    """Where a detached daemon writes its pid; it is ended afterwards."""
    path = tmp_path / "pid"
    tmp_path.chmod(0o777)
    yield path
    if path.exists():
        os.kill(int(path.read_text()), signal.SIGTERM)
        wait_for(lambda: not path.exists(), 2)


def test_detached(tmp_path, pid_file):
    conf, log = tmp_path / "conf", tmp_path / "log"
    conf.write_text(f"port {PORT}\n{LOCAL_CLOCK}")
    begin = time.monotonic()
    out = run_once("-c", conf, "-I", "127.77.3.5", "--clock", "virtual", "-p", pid_file,
                   "-l", log, "-w", "10")
    assert out.returncode == 0, log.read_text()
    assert time.monotonic() - begin < 5
    pid = int(pid_file.read_text())
    assert ask("127.77.3.5")[:2] == (0, 1)
    assert os.getsid(pid) != os.getsid(0)
    # Somebody rotates the log.
    log.rename(tmp_path / "log.1")
    os.kill(pid, signal.SIGHUP)
    wait_for(log.exists, 2)
    os.kill(pid, signal.SIGTERM)
    wait_for(lambda: not pathlib.Path(f"/proc/{pid}").exists(), 2)
    assert not pid_file.exists()
    assert "status 0" in log.read_text()


def test_waiting_for_synchronisation_has_an_end(tmp_path, pid_file):
    conf = tmp_path / "conf"
    conf.write_text(f"port {PORT}\nserver 127.77.3.99 port {PORT}\n")
    out = run_once("-c", conf, "-I", "127.77.3.6", "--clock", "virtual", "-p", pid_file,
                   "-l", tmp_path / "log", "-w", "1")
    assert out.returncode == 110


def test_a_failing_start_is_told_to_who_started(server, tmp_path):
    """E-21"""
    out = run_once("-c", server.conf, "--clock", "virtual", "-l", tmp_path / "log")
    assert out.returncode == 1
    assert "in use" in (tmp_path / "log").read_text()


def test_workers_share_the_load(tmp_path):
    with Daemon(tmp_path / "d", "127.77.3.7", LOCAL_CLOCK + "workers 3\n") as d:
        d.await_stratum(1)
        # Both by address: each of these asks two sockets of the same host.
        for host in range(1, 10):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
                s.settimeout(1)
                s.bind((f"127.77.3.{host + 100}", 0))
                s.sendto(request(), (d.ip, PORT))
                assert len(s.recv(512)) == 48
        time.sleep(1)  # counters are shown late
        received = re.search(r"ss_received=(\d+)", read_variables(d.ip, "ss_received"))
        assert int(received[1]) >= 9


@pytest.mark.skipif(not AS_ROOT, reason="only root can become another user")
def test_another_user_and_a_jail(tmp_path):
    jail = tmp_path / "jail"
    jail.mkdir()
    tmp_path.chmod(0o755)
    with Daemon(tmp_path / "d", "127.77.3.8", LOCAL_CLOCK,
                ("-n", "-u", "nobody", "-i", str(jail))) as d:
        d.await_stratum(1)
        pids = await_children(d)
        assert status_of(d.popen.pid)["Uid"].split()[0] == status_of(pids["engine"])["Uid"].split()[0] != "0"
        for role in ("engine", "worker"):
            assert os.readlink(f"/proc/{pids[role]}/root") == str(jail)
        os.kill(pids["worker"], signal.SIGKILL)
        time.sleep(0.4)
        assert ask(d.ip)[:2] == (0, 1)


def test_signals_change_the_log_level(server):
    server.popen.send_signal(signal.SIGUSR1)
    wait_for(lambda: "log level is debug" in server.log(), 2)
    server.popen.send_signal(signal.SIGUSR2)
    wait_for(lambda: "log level is info" in server.log(), 2)


def test_the_service_manager_is_told(tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
        s.bind(str(tmp_path / "notify"))
        tmp_path.chmod(0o777)
        (tmp_path / "notify").chmod(0o777)
        s.settimeout(5)
        os.environ["NOTIFY_SOCKET"] = str(tmp_path / "notify")
        try:
            daemon = Daemon(tmp_path / "d", "127.77.3.9", LOCAL_CLOCK).start()
        finally:
            del os.environ["NOTIFY_SOCKET"]
        with daemon_running(daemon):
            told = ""
            while not ("READY=1" in told and re.search("STATUS=.*stratum 1", told)):
                told += s.recv(1024).decode() + "\n"
            daemon.terminate()
            while "STOPPING=1" not in told:
                told += s.recv(1024).decode() + "\n"


class daemon_running:
    """The end of a with statement, for a daemon that was started already."""

    def __init__(self, daemon):
        self.daemon = daemon

    def __enter__(self):
        return self.daemon

    def __exit__(self, *args):
        self.daemon.__exit__(*args)


def offset_of(ip):
    """How far the served clock is ahead of this machine's, s."""
    best = (1.0, 0.0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(1)
        s.connect((ip, PORT))
        for _ in range(30):
            begin = time.time()
            s.send(request())
            reply = s.recv(512)
            end = time.time()
            seconds, fraction = struct.unpack(">II", reply[32:40])
            served = seconds - 2208988800 + fraction / 2**32
            best = min(best, (end - begin, served - (begin + end) / 2))
    return best[1]


def rate_of(ip, over_s=1.0):
    first, begin = offset_of(ip), time.monotonic()
    time.sleep(over_s)
    return (offset_of(ip) - first) / (time.monotonic() - begin)


def test_a_dead_engine_leaves_no_slew(server, tmp_path):
    drift = tmp_path / "c" / "drift"
    drift.parent.mkdir()
    drift.write_text("-30.000\n")
    # Gains 30 ppm by itself; with -x the first 100 ms are slewed, not stepped.
    with Daemon(tmp_path / "c", "127.77.3.10", f"driftfile {drift}\n"
                f"server {server.ip} port {PORT} iburst minpoll 3\n",
                options=("-n", "-x"), clock="virtual:0.1:30") as d:
        d.await_stratum(2)
        server.popen.kill()
        assert rate_of(d.ip) < -100e-6  # being slewed
        os.kill(await_children(d)["engine"], signal.SIGKILL)
        time.sleep(0.2)
        assert abs(rate_of(d.ip)) < 50e-6


# Of src/os/ipc.h, src/os/clock_ipc.c and src/prog/ntpd/roles.h.
IPC_MAGIC, ASK_FREQ, ASK_STEP, FD_ENGINE_CLOCK = 0x7462A1, 1, 2, 9
SYS_PIDFD_GETFD = 438


def command(kind, number, epoch, magic=IPC_MAGIC):
    body = struct.pack("=d", number)
    return struct.pack("=IHHII", magic, kind, len(body), epoch, 1) + body


# What an engine that somebody else has taken over might say, in its nth life.
REFUSED = {
    "a step of ten years": lambda n: [command(ASK_STEP, 3.2e8, n)],
    "a step that is no number": lambda n: [command(ASK_STEP, float("nan"), n)],
    "a frequency that is no number": lambda n: [command(ASK_FREQ, float("nan"), n)],
    "a frequency beyond all": lambda n: [command(ASK_FREQ, 0.5, n)],
    "a thousand steps": lambda n: [command(ASK_STEP, (-1) ** i * 1e-6, n) for i in range(1000)],
    "half a message": lambda n: [command(ASK_STEP, 0.1, n)[:20]],
    "too long a message": lambda n: [command(ASK_STEP, 0.1, n) + bytes(4000)],
    "another kind": lambda n: [command(77, 0.1, n)],
    "other magic": lambda n: [command(ASK_STEP, 0.1, n, magic=1)],
}


@pytest.mark.skipif(not AS_ROOT, reason="only root can borrow another's descriptors")
def test_an_engine_that_asks_for_the_impossible(server):
    """E-24: refused, killed and started again; the time stays what it was."""
    getfd = ctypes.CDLL(None, use_errno=True).syscall
    for life, (what, messages) in enumerate(REFUSED.items(), 1):
        old = await_children(server)
        lines = server.log().count("clock command refused")
        fd = getfd(SYS_PIDFD_GETFD, os.pidfd_open(old["engine"]), FD_ENGINE_CLOCK, 0)
        assert fd >= 0, os.strerror(ctypes.get_errno())
        with socket.socket(fileno=fd) as s:
            for message in messages(life):
                try:
                    s.send(message)
                except OSError:  # hung up on, or more than it takes
                    break
        new = wait_for(lambda: server.children().get("engine", old["engine"]) != old["engine"]
                       and server.children(), 3, 0.02)
        assert new["worker"] == old["worker"], what
        assert server.log().count("clock command refused") == lines + 1, what
        assert abs(offset_of(server.ip)) < 0.1, what
        assert ask(server.ip)[:2] == (0, 1), what
        wait_for(lambda: status_of(server.children()["engine"])["NoNewPrivs"] == "1", 3)
