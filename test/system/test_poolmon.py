# SPDX-License-Identifier: BSD-2-Clause
"""poolmon against a real poold: enrolled, measuring, spooling while poold is away."""

import contextlib
import hashlib
import http.server
import json
import re
import signal
import socket
import sqlite3
import subprocess
import threading
import time
import urllib.request

import pytest

from fake_server import FakeServer
from world import program, wait_for

CODE = "A" * 43


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Pool:
    """poold with an empty database, and one monitor's folder."""

    def __init__(self, folder, base, **settings):
        self.folder, self.port, self.poold, self.monitors = folder, free_port(), None, []
        self.conf = folder / "pool.conf"
        self.settings = {
            "database": f"sqlite:{folder}/pool.db", "state-dir": folder, "web-listen": f"127.0.0.1:{self.port}",
            "web-url": f"http://127.0.0.1:{self.port}", "web-workers": 1, "private-addresses": "yes",
            "check-active": 1, "check-testing": 1, "check-candidate": 1,
            "sample-gap": 0.05, "sample-timeout": 0.3, "monitor-server": f"http://127.0.0.1:{self.port}",
            "monitor-state": folder / "poolmon", "base-server": " ".join(base), **settings}
        self.conf.write_text("".join(f"{name} {value}\n" for name, value in self.settings.items()))

    def start(self):
        self.poold = subprocess.Popen([program("poold"), "-c", self.conf], stderr=open(self.folder / "poold.log", "a"))
        wait_for(self.is_up, 10)

    def is_up(self):
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=1).status == 200
        except OSError:
            return False

    def stop(self):
        if self.poold:
            self.poold.terminate()
            self.poold.wait(10)
            self.poold = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        for m in self.monitors:
            if m.poll() is None:
                m.terminate()
                m.wait(10)
        self.stop()

    def sql(self, text, *values):
        with sqlite3.connect(self.folder / "pool.db", timeout=10) as db:
            return db.execute(text, values).fetchall()

    def add_server(self, server):
        self.sql("INSERT OR IGNORE INTO account (id, slug, name, created_ms) VALUES (1, 'a', 'A', 1)")
        self.sql("INSERT INTO server (account_id, address, family, port, added_ms) VALUES (1, ?, 4, ?, 1)",
                 server.ip, server.port)
        return self.sql("SELECT max(id) FROM server")[0][0]

    def add_monitor(self, name="m1", code=CODE):
        self.sql("INSERT INTO monitor (name, created_ms, code_hash, code_expires_ms) VALUES (?, 1, ?, ?)",
                 name, hashlib.blake2b(code.encode(), digest_size=32).digest(), int(time.time() * 1000) + 100000)

    def poolmon(self, *args):
        return subprocess.run([program("poolmon"), "-c", self.conf, *args], capture_output=True, text=True, timeout=60)

    def run_monitor(self):
        m = subprocess.Popen([program("poolmon"), "-c", self.conf, "-d", "run"],
                             stderr=open(self.folder / "poolmon.log", "a"))
        self.monitors.append(m)
        return m

    def monitor_from(self, name, source):
        """Another monitor, which servers see at that address; enrolled and running."""
        code = name.ljust(43, "A")
        conf = self.folder / f"{name}.conf"
        conf.write_text("".join(f"{k} {v}\n" for k, v in
                                {**self.settings, "monitor-state": self.folder / name, "monitor-source": source}.items()))
        self.add_monitor(name, code)
        subprocess.run([program("poolmon"), "-c", conf, "enrol", code], check=True, timeout=20, capture_output=True)
        self.monitors.append(subprocess.Popen([program("poolmon"), "-c", conf, "run"],
                                              stderr=open(self.folder / f"{name}.log", "a")))

    def page(self, path):
        """The rows of a page's tables, without markup."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as got:
            text = got.read().decode()
        return [re.sub("<[^>]*>", " ", row) for row in re.findall("<tr>(.*?)</tr>", text, re.DOTALL)]

    def scores(self):
        return {i: score for i, score in self.sql("SELECT id, score FROM server WHERE score_ms IS NOT NULL")}

    def taken(self):
        return self.sql("SELECT count(*) FROM batch WHERE taken_ms IS NOT NULL")[0][0]

    def spooled(self):
        return sorted(p.name for p in (self.folder / "poolmon/spool").glob("*.json"))


@pytest.fixture
def base():
    with FakeServer("127.77.8.1") as a, FakeServer("127.77.8.2") as b, FakeServer("127.77.8.3") as c:
        yield [a.name, b.name, c.name]


@pytest.fixture
def pool(tmp_path, base):
    with Pool(tmp_path, base) as made:
        yield made


def test_enrol_and_measure(pool):
    with FakeServer("127.77.9.1") as good, FakeServer("127.77.9.2", silent=True) as silent, \
            FakeServer("127.77.9.3", offset_s=0.2) as off:
        for server in (good, silent, off):
            pool.add_server(server)
        pool.add_monitor()
        assert pool.poolmon("run").returncode == 1  # not enrolled
        done = pool.poolmon("enrol", CODE)
        assert done.returncode == 0 and "enrolled as m1" in done.stdout, done.stderr
        key = pool.folder / "poolmon/monitor.key"
        assert key.stat().st_mode & 0o777 == 0o600
        again = pool.poolmon("enrol", CODE)
        assert again.returncode == 1 and "used already" in again.stderr
        # and the key that it has goes on working
        assert pool.poolmon("--once", "run").returncode == 0


def enrolled(pool, *servers):
    ids = [pool.add_server(s) for s in servers]
    pool.add_monitor()
    done = pool.poolmon("enrol", CODE)
    assert done.returncode == 0, done.stderr
    return ids


def test_scores_separate(pool):
    with FakeServer("127.77.9.1") as good, FakeServer("127.77.9.2", silent=True) as silent, \
            FakeServer("127.77.9.3", offset_s=0.2) as off:
        a, b, c = enrolled(pool, good, silent, off)
        m = pool.run_monitor()
        wait_for(lambda: pool.taken() >= 6 and len(pool.scores()) == 3, 40)
        m.send_signal(signal.SIGTERM)
        assert m.wait(5) == 0
        score = pool.scores()
        assert score[a] > score[c] > score[b] and score[b] < 0
        assert good.requests and all(len(data) == 48 for data, _ in good.requests)
        rules = {r for r, in pool.sql("SELECT DISTINCT rule FROM log")}
        assert {"good", "no-response", "offset-100ms", "median"} <= rules
        # three samples each, with their times
        assert pool.sql("SELECT max(samples), max(lost) FROM log WHERE server_id = ?", a) == [(3, 0)]
        assert pool.sql("SELECT max(n) FROM sample WHERE server_id = ?", a) == [(2,)]
        assert pool.sql("SELECT count(*) FROM sample WHERE server_id = ?", b) == [(0,)]


def test_kiss_codes_and_hostile_refids(pool):
    with FakeServer("127.77.9.1", stratum=0, refid=b"DENY") as deny, \
            FakeServer("127.77.9.2", stratum=16, refid=b"\x1b[2J") as hostile:
        a, b = enrolled(pool, deny, hostile)
        pool.run_monitor()
        wait_for(lambda: len(pool.scores()) == 2, 15)
        assert pool.scores()[a] <= -50
        assert pool.sql("SELECT DISTINCT error FROM log WHERE server_id = ? AND error IS NOT NULL", b) == \
            [("bad stratum 16 (1b5b324a)",)]


def test_a_wrong_clock_measures_nothing(tmp_path):
    """11 ms against two of three base servers."""
    with FakeServer("127.77.8.1", offset_s=0.011) as x, FakeServer("127.77.8.2", offset_s=0.0115) as y, \
            FakeServer("127.77.8.3") as z, FakeServer("127.77.9.1") as server, \
            Pool(tmp_path, [x.name, y.name, z.name]) as pool:
        enrolled(pool, server)
        done = pool.poolmon("--once", "run")
        assert done.returncode == 1
        assert "agrees with 1 of 3 base servers" in done.stderr
        assert not server.requests
        assert pool.sql("SELECT clock_ok, clock_why FROM monitor WHERE kind = 'monitor'") == \
            [(0, "agrees with 1 of 3 base servers within 10 ms")]


def test_one_wrong_base_server_is_outvoted(tmp_path):
    with FakeServer("127.77.8.1", offset_s=3) as x, FakeServer("127.77.8.2") as y, \
            FakeServer("127.77.8.3") as z, FakeServer("127.77.9.1") as server, \
            Pool(tmp_path, [x.name, y.name, z.name]) as pool:
        enrolled(pool, server)
        done = pool.poolmon("--once", "run")
        # the first check is due within a second
        if not server.requests:
            time.sleep(1.1)
            done = pool.poolmon("--once", "run")
        assert done.returncode == 0, done.stderr
        assert server.requests


def test_poold_goes_and_comes_back(pool):
    """What was measured while poold was away is sent later, once, and nothing is left."""
    # poold goes while the server keeps its answer back
    gone = []

    def behaviour(n):
        if n == 10 and not gone:
            pool.poold.send_signal(signal.SIGKILL)
            pool.poold.wait()
            gone.append(n)
        return {}

    with FakeServer("127.77.9.1", behaviour=behaviour) as server:
        enrolled(pool, server)
        m = pool.run_monitor()
        wait_for(lambda: gone, 30)
        wait_for(pool.spooled, 15)
        time.sleep(1)
        assert m.poll() is None
        assert len(pool.spooled()) == 1
        batch = pool.spooled()[0].removesuffix(".json")
        assert json.loads((pool.folder / f"poolmon/spool/{batch}.json").read_text())["batch"] == batch
        # also over a restart of the monitor
        m.kill()
        m.wait()
        pool.start()
        pool.run_monitor()
        wait_for(lambda: not pool.spooled(), 30)
        assert pool.sql("SELECT results FROM batch WHERE id = ? AND taken_ms IS NOT NULL", batch) == [(1,)]


def test_refused_batches_are_set_aside(pool):
    with FakeServer("127.77.9.1") as server:
        enrolled(pool, server)
        spool = pool.folder / "poolmon/spool"
        spool.mkdir()
        (spool / "00ab.json").write_text("{}")
        (spool / "00ff.json-tmp").write_text("cut")
        done = pool.poolmon("--once", "run")
        assert "batch 00ab: refused with 400" in done.stderr
        assert (spool / "00ab.json.bad").exists() and not pool.spooled()


def test_plain_http_only_to_this_machine(tmp_path, base):
    pool = Pool(tmp_path, base, **{"monitor-server": "http://192.0.2.1:80"})
    done = pool.poolmon("enrol", CODE)
    assert done.returncode == 1 and "has to be https://" in done.stderr


def test_check_says_what_a_monitor_would(tmp_path, base):
    pool = Pool(tmp_path, base)
    with FakeServer("127.77.9.1", offset_s=0.05, stratum=1, refid=b"GPS\0") as server:
        done = pool.poolmon("check", server.name)
    assert done.returncode == 0, done.stderr
    assert "stratum 1, offset +0.05" in done.stdout and "offset-25ms, step +0.83" in done.stdout
    with FakeServer("127.77.9.1", silent=True) as server:
        done = pool.poolmon("check", server.name)
    assert done.returncode == 1 and "no answer, 0 of 3 answered" in done.stdout


def test_monitor_source_is_where_requests_come_from(tmp_path, base):
    pool = Pool(tmp_path, base, **{"monitor-source": "127.77.9.200"})
    with FakeServer("127.77.9.1") as server:
        assert pool.poolmon("check", server.name).returncode == 0
        assert {peer[0] for _, peer in server.requests} == {"127.77.9.200"}
    pool = Pool(tmp_path, base, **{"monitor-source": "192.0.2.1"})
    done = pool.poolmon("check", "127.77.9.1:123")
    assert done.returncode == 1 and "Cannot assign requested address" in done.stdout


def test_bad_command_lines(tmp_path, base):
    pool = Pool(tmp_path, base)
    for args in (["enrol"], ["check"], ["run", "x"], ["fly"], [], ["--bogus", "run"]):
        assert pool.poolmon(*args).returncode == 2
    assert subprocess.run([program("poolmon"), "-c", tmp_path / "none", "run"], capture_output=True).returncode == 2


class TwoFaces(FakeServer):
    """Behaves by who asks: how[address], or as always."""

    def __init__(self, ip, how, **always):
        self.how, self.always = how, always
        super().__init__(ip, behaviour=self.choose)

    def choose(self, _):
        return self.how.get(self.requests[-1][1][0], self.always)


def test_two_of_five_lie_and_one_has_a_wrong_clock(pool):
    """What liars would report is what servers show them alone: nothing of the honest ones, good time of the bad one."""
    at = "127.77.10.{}".format
    late = {at(6): {"offset_s": 0.3}}
    lies = {at(4): {"silent": True}, at(5): {"silent": True}, **late}
    flattery = {at(4): {}, at(5): {}, at(6): {"offset_s": 0.5}}
    with contextlib.ExitStack() as stack:
        good = [stack.enter_context(TwoFaces(f"127.77.9.{n}", lies)) for n in (1, 2)]
        good += [stack.enter_context(TwoFaces("127.77.9.3", late))]
        bad = stack.enter_context(TwoFaces("127.77.9.4", flattery, offset_s=0.2))
        ids = [pool.add_server(s) for s in good + [bad]]
        for n in range(1, 7):
            pool.monitor_from(f"m{n}", at(n))
        # as after some hours: all just below the limit
        pool.sql("UPDATE pair SET score = 9.7, next_ms = 0")

        def parted():
            score = pool.scores()
            return len(score) == 4 and min(score[i] for i in ids[:3]) > 10.3 and score[ids[3]] < 9.6
        wait_for(parted, 30)
        row = {}

        def named():
            row.update({r.split()[0]: r for r in pool.page("/monitors") if re.match(r"\s*m[1-6]\b", r)})
            return all("not about 3 of 4 servers" in row[f"m{n}"] for n in (4, 5)) and "count nowhere" in row["m6"]
        wait_for(named, 15)
        for n in (1, 2, 3):
            assert "about 4 of 4" in row[f"m{n}"]
        assert re.search(r"sees \d servers \+0\.[23]\d\d s away from where the other monitors see them", row["m6"])
        # from when there were others to hold it against
        assert pool.sql("SELECT l.counts FROM log l JOIN monitor m ON m.id = l.monitor_id WHERE m.name = 'm6'"
                        " ORDER BY l.taken_ms DESC LIMIT 3") == [(0,)] * 3
        assert not pool.sql("SELECT 1 FROM pair p JOIN monitor m ON m.id = p.monitor_id WHERE m.name = 'm6' AND p.mute = 0")
        wait_for(lambda: "counts nowhere, this clock is wrong: sees" in (pool.folder / "m6.log").read_text(), 5)
        assert any("its own clock is wrong" in r for r in pool.page("/scores/127.77.9.1") if r.split()[:1] == ["m6"])


def test_a_wrong_clock_is_on_the_monitors_page(tmp_path):
    with FakeServer("127.77.8.1", offset_s=0.5) as x, FakeServer("127.77.9.1") as server, Pool(tmp_path, [x.name]) as pool:
        enrolled(pool, server)
        assert pool.poolmon("--once", "run").returncode == 1
        row, = [r for r in pool.page("/monitors") if r.split()[:1] == ["m1"]]
        assert "wrong: agrees with 0 of 1 base servers within 10 ms; its results count nowhere" in row


class HostilePoold(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.calls.append(self.path)
        body = self.server.work if self.path.endswith("/work") else b'{"monitor": 1, "name": "m"}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(OSError):  # it hangs up when it has had enough
            self.wfile.write(body)

    def log_message(self, *_):
        pass


def work(targets, batch="00ab"):
    return json.dumps({"batch": batch, "wait_s": 0, "samples": 1, "gap_s": 0, "timeout_s": 0.2, "servers": [
        {"server": n + 1, "address": address, "port": port} for n, (address, port) in enumerate(targets)]}).encode()


@pytest.fixture
def hostile(tmp_path, base):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), HostilePoold) as server:
        server.calls, server.work = [], b""
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}"
        server.pool = Pool(tmp_path, base, **{"monitor-server": url, "private-addresses": "no"})
        assert server.pool.poolmon("enrol", CODE).returncode == 0
        yield server
        server.shutdown()
        thread.join()


def one_round(hostile, work):
    """Exit status and standard error of a round with that work."""
    hostile.work = work
    done = hostile.pool.poolmon("--once", "run")
    return done.returncode, done.stderr


def test_a_hostile_poold_cannot_look_around_here(hostile):
    with FakeServer("127.77.9.1") as mine:
        status, said = one_round(hostile, work([(mine.ip, mine.port), ("10.0.0.1", 123), ("192.168.1.1", 123),
                                                   ("169.254.169.254", 80), ("::1", 123), ("fe80::1", 123),
                                                   ("224.0.1.1", 123), ("0.0.0.0", 123)]))
        assert "work: 8 addresses are not measured, the first is 127.77.9.1: only global ones are" in said
        assert status == 0 and not mine.requests


def test_a_hostile_poold_is_bounded(hostile):
    targets = [("192.0.2.1", 123)]
    for body, complaint in [
            (work(targets * 1001), "servers: "),
            (work(targets * 1000000), "the answer is larger than 2097152 octets"),
            (b" " * 10_000_000, "the answer is larger than 2097152 octets"),
            (b"[" * 1_000_000, "maximum parsing depth"),
            (b"", "warning: ")]:
        begin = time.monotonic()
        status, said = one_round(hostile, body)
        assert status == 1 and complaint in said, (status, said[:500])
        assert time.monotonic() - begin < 8


def test_a_hostile_poold_writes_no_files(hostile):
    """A batch's name is that of a file in the spool."""
    conf = hostile.pool.conf
    conf.write_text(conf.read_text().replace("private-addresses no", "private-addresses yes"))
    with FakeServer("127.77.9.1") as server:
        status, said = one_round(hostile, work([(server.ip, server.port)], "../../escaped"))
    assert status == 1 and "spool: Invalid argument" in said
    assert not list(hostile.pool.folder.rglob("*escaped*"))
