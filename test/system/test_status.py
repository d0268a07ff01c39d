# SPDX-License-Identifier: BSD-2-Clause
"""The status socket, and what bad readers can do to it."""

import errno
import json
import os
import resource
import signal
import socket
import stat
import struct
import threading
import time

import jsonschema
import pytest

from daemon import LOCAL_CLOCK, PORT, Daemon, request
from local import SCHEMA, connect, control, read_all, status
from world import wait_for

SINGLE = ("--single", "-n")
UP, ME = "127.77.30.1", "127.77.30.2"


class Liar(threading.Thread):
    """A server of stratum 1 whose reference id clears the screen."""

    def __init__(self, ip):
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((ip, PORT))

    def run(self):
        while True:
            data, peer = self.socket.recvfrom(512)
            now = struct.pack(">Q", int((time.time() + 2208988800) * 2**32))
            self.socket.sendto(b"\x24\x01\x06\xec" + bytes(8) + b"\x1b[2J" + now
                               + data[40:48] + now + now, peer)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A daemon with a good source and one of each bad kind, and its upstream."""
    folder = tmp_path_factory.mktemp("status")
    folder.chmod(0o755)
    Liar("127.77.30.3").start()
    with Daemon(folder / "up", UP, LOCAL_CLOCK, SINGLE), \
            Daemon(folder / "me", ME, f"""
server {UP} port {PORT} iburst
server 127.77.30.3 port {PORT} noselect
server 127.77.30.4 port {PORT} iburst
pool no.such.name.invalid
server {UP} port 9 key 7
workers 2
""") as me:
        me.await_stratum(2)
        yield me


def test_document_is_as_its_schema_says(world):
    document = status(world.status)
    assert document["schema"] == "ntp-status/1"
    assert document["daemon"]["pid"] == world.popen.pid
    assert document["daemon"]["config"] == str(world.conf)
    assert document["daemon"]["clock"] == "virtual"
    system = document["system"]
    assert system["synchronized"] and system["stratum"] == 2
    assert system["verdict"].startswith(f"Synchronised to {UP}, within ")
    assert system["root_distance"] < 0.1 and abs(system["offset"]) < 0.1
    assert document["server"]["listen"] == [f"{ME}:{PORT}"]


def test_the_schema_refuses_what_it_should(world):
    document = status(world.status)
    document["sources"][0]["state"] = "happy"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, SCHEMA)


def test_every_source_says_why_it_is_not_used(world):
    def all_known():
        sources = status(world.status)["sources"]
        why = {(s["name"], s["port"]): (s["why"], s["note"]) for s in sources}
        return why if why[("127.77.30.3", PORT)][0] == ["noselect"] else None

    why = wait_for(all_known, 5)
    assert why[(UP, PORT)] == ([], "system peer")
    assert why[("127.77.30.4", PORT)][0] == ["unreachable"]
    assert why[("no.such.name.invalid", 123)][0] == ["pool"]
    assert why[(UP, 9)] == (["no-key"], "key 7 is not in the keys file, so it is not asked")


def test_counters_are_those_of_all_workers(world):
    time.sleep(0.6)  # counters are half a second old at most
    before = status(world.status)["server"]
    for number in range(40):  # from many ports: both workers get some
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.bind((f"127.77.31.{number}", 0))
            s.connect((ME, PORT))
            s.settimeout(2)
            s.send(request(number))
            s.recv(512)
            if number == 0:
                s.send(b"short")

    def counted():
        now = status(world.status)["server"]
        return now if now["received"] - before["received"] >= 41 else None

    now = wait_for(counted, 3)
    assert now["answered"] - before["answered"] == 40
    assert now["ignored"] - before["ignored"] == 1
    assert now["versions"]["4"] - before["versions"]["4"] == 40
    assert now["clients"] >= 40 and now["rate_1m"] > 0


def test_foreign_text_is_escaped(world):
    """M-13: a reference id with terminal escapes stays within its quotes."""
    def raw():
        with connect(world.status) as s:
            data = read_all(s)
        return data if b"[2J" in data else None

    data = wait_for(raw, 5)
    assert b"\x1b" not in data and b'"refid":"\\u001b[2J"' in data


def test_rights_of_the_socket(world):
    st = os.stat(world.status)
    assert stat.S_IMODE(st.st_mode) == 0o660 and st.st_uid == os.geteuid()


def test_readers_that_never_read(world):
    """E-27: nobody waits for them, and the oldest give way."""
    idle = [connect(world.status) for _ in range(60)]
    begin = time.monotonic()
    assert status(world.status)["system"]["synchronized"]
    assert time.monotonic() - begin < 1
    for s in idle:
        s.close()


def test_a_thousand_connections(world):
    """E-27."""
    engine = world.children()["engine"]
    for _ in range(1000):
        connect(world.status).close()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(2)
        s.connect((ME, PORT))
        s.send(request(1))
        assert len(s.recv(512)) == 48
    assert status(world.status)["system"]["synchronized"]
    assert world.children()["engine"] == engine
    assert len(os.listdir(f"/proc/{engine}/fd")) < 64


def test_a_thousand_readers_cost_no_reply(world):
    """E-27: each stays, none reads, and every request is answered."""
    held = []
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 2048)), hard))

    def flood():
        for _ in range(1000):
            s = socket.socket(socket.AF_UNIX)
            s.settimeout(5)
            while s.connect_ex(str(world.status)) == errno.EAGAIN:
                time.sleep(0.0005)  # the backlog is full
            held.append(s)
    thread = threading.Thread(target=flood)
    thread.start()
    answered = asked = 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(2)
        s.connect((ME, PORT))
        while thread.is_alive() or asked < 100:
            s.send(request(1))
            asked += 1
            answered += len(s.recv(512)) == 48
    thread.join()
    assert len(held) == 1000 and answered == asked
    assert status(world.status)["system"]["synchronized"]
    for s in held:
        s.close()


def test_the_socket_outlives_the_engine(world):
    old = world.children()["engine"]
    os.kill(old, signal.SIGKILL)
    uptime = wait_for(lambda: world.children().get("engine", old) != old
                      and status(world.status)["daemon"]["uptime"], 5)
    assert uptime > 1  # the daemon's, not the engine's


def test_one_process_has_it_too_and_takes_it_away(tmp_path):
    with Daemon(tmp_path, "127.77.30.9", LOCAL_CLOCK, SINGLE) as d:
        d.await_stratum(1)
        document = status(d.status)
        assert document["system"]["verdict"].startswith("Serving this machine's own clock")
        assert document["sources"][0]["driver"] == "local"
        d.terminate()
    assert not d.status.exists()


def test_what_is_in_the_way(tmp_path):
    """E-29: a dead daemon's socket is replaced; a living one's and a file are not."""
    path = tmp_path / "status.sock"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    with Daemon(tmp_path, "127.77.30.9", LOCAL_CLOCK, SINGLE) as first:
        first.await_stratum(1)
        status(path)
        options = (*SINGLE, "-S", str(path))
        with Daemon(tmp_path / "b", "127.77.30.10", LOCAL_CLOCK, options) as second:
            second.await_stratum(1)
            assert "Address already in use" in second.log()
        assert status(path)["daemon"]["pid"] == first.popen.pid
        (tmp_path / "b/status.sock").write_text("precious")
        with Daemon(tmp_path / "b", "127.77.30.10", LOCAL_CLOCK, SINGLE) as third:
            third.await_stratum(1)
            assert "File exists" in third.log()
        assert (tmp_path / "b/status.sock").read_text() == "precious"


def test_none(tmp_path):
    with Daemon(tmp_path, "127.77.30.9", "statussocket none\n" + LOCAL_CLOCK,
                SINGLE, status=None) as d:
        d.await_stratum(1)
        assert not d.status.exists() and "status socket" not in d.log()


# --- the control socket ---------------------------------------------------------


def names(daemon):
    return [(s["name"], s["origin"]) for s in status(daemon.status)["sources"]]


def test_only_the_owner_may_command(world):
    st = os.stat(world.status.parent / "control.sock")
    assert stat.S_IMODE(st.st_mode) == 0o600 and st.st_uid == os.geteuid()


def test_sources_come_and_go(world):
    assert control(world.status, "source add server 127.77.30.7 iburst") == ("ok", "")
    assert ("127.77.30.7", "command") in names(world)
    first, rest = control(world.status, "source add server 127.77.30.8 iburts")
    assert first == "error 'server' has no option 'iburts'"
    assert "source add:1:20: error:" in rest and "'iburst'?" in rest

    old = world.children()["engine"]
    os.kill(old, signal.SIGKILL)
    wait_for(lambda: world.children().get("engine", old) != old
             and ("127.77.30.7", "command") in names(world), 5)
    assert control(world.status, "source del 127.77.30.7")[0] == "ok"
    assert ("127.77.30.7", "command") not in names(world)
    assert control(world.status, "source del 127.77.30.7")[0].startswith("error ")


def test_burst_and_step(world):
    wait_for(lambda: status(world.status)["system"]["synchronized"], 10)
    # the daemon had to set its clock, if at all, when it began
    assert control(world.status, "burst 127.77.30.4")[0] in (
        "ok", "error no such source, or it is asked as often as it bears")
    first, rest = control(world.status, "step")
    assert first == "ok" and rest.startswith("set by ") or "six minutes" in first
    assert control(world.status, "step")[0] == \
        "error the clock was not set: it was set within the last six minutes"


def test_clients_are_listed(world):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.77.31.200", 0))
        s.settimeout(2)
        for number in range(3):
            s.sendto(request(number), (ME, PORT))
            s.recv(512)
    first, rest = control(world.status, "clients")
    document = json.loads(rest)
    assert first == "ok" and document["schema"] == "ntp-clients/1"
    mine = [c for c in document["clients"] if c["address"] == "127.77.31.200"]
    assert mine[0]["received"] == 3 and mine[0]["version"] == 4
    assert len(json.loads(control(world.status, "clients 1")[1])["clients"]) == 1


def test_log_level(world):
    def level():
        return status(world.status)["daemon"]["log_level"]

    assert level() == "info"
    assert control(world.status, "log debug")[0] == "ok"
    wait_for(lambda: level() == "debug", 2)
    assert control(world.status, "log info")[0] == "ok"
    wait_for(lambda: level() == "info", 2)


def test_half_a_command(world):
    """E-28."""
    with connect(world.status.parent / "control.sock") as s:
        s.sendall(b"source add server ")
        s.shutdown(socket.SHUT_WR)
        assert read_all(s) == b"error the command has no end\n"
    with connect(world.status.parent / "control.sock", 8) as s:
        s.sendall(b"step")  # and silence: it is not carried out
        assert status(world.status)["system"]["synchronized"]


def test_commands_that_are_too_long_or_no_text(world):
    """E-28."""
    first, _ = control(world.status, "source add server " + "a" * 5000)
    assert first == "error the command is too long"
    assert control(world.status, "log \x1b[2J")[0] == "error the command is no text"
    assert control(world.status, "st\0ep")[0] == "error the command is no text"
    assert control(world.status, "reboot")[0] == "error no such command; help lists them"


def test_a_thousand_half_commands(world):
    engine = world.children()["engine"]
    held = []
    for number in range(1000):
        s = connect(world.status.parent / "control.sock")
        s.sendall(b"source add")
        held = held[-20:] + [s]
    assert control(world.status, "help")[0] == "ok"
    assert world.children()["engine"] == engine
    for s in held:
        s.close()


def test_commands_in_one_process(tmp_path):
    with Daemon(tmp_path, "127.77.30.9", LOCAL_CLOCK, SINGLE) as d:
        d.await_stratum(1)
        assert control(d.status, "source add server 127.77.30.7")[0] == "ok"
        assert ("127.77.30.7", "command") in names(d)
        assert control(d.status, "log debug")[0] == "ok"
        assert status(d.status)["daemon"]["log_level"] == "debug"
        clients = json.loads(control(d.status, "clients")[1])["clients"]
        assert clients[0]["address"].startswith("127.")
        d.terminate()
    assert not (tmp_path / "control.sock").exists()
