# SPDX-License-Identifier: BSD-2-Clause
"""A pool whose parts fail: database, disk, certificate, mail server; with real ones of each."""

import ast
import contextlib
import hashlib
import os
import pathlib
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from fake_server import FakeServer
from test_poolmon import CODE, Pool, base, free_port  # noqa: F401, a fixture among them
from world import ROOT, can_make_worlds, program, wait_for

# --- PostgreSQL -----------------------------------------------------------------


class Postgres:
    """A server of its own, by the script that the unit tests use."""

    def __init__(self, folder):
        self.folder = folder
        self.address = f'"postgres:host={folder} user=pool dbname=postgres"'

    def do(self, verb):
        done = subprocess.run([ROOT / "test/postgres/server", self.folder, verb], check=False)
        if done.returncode == 77:
            pytest.skip("no PostgreSQL here")
        assert done.returncode == 0, verb

    def ask(self, text):
        said = subprocess.run(["psql", "-h", self.folder, "-U", "pool", "-At", "-c", text, "postgres"],
                              capture_output=True, text=True, check=True).stdout
        return [line.split("|") for line in said.splitlines()]


@pytest.fixture
def postgres(tmp_path_factory):
    folder = pathlib.Path(f"/tmp/timeball-postgres-{os.getpid()}")  # a socket has a short name
    p = Postgres(folder)
    p.do("make")
    p.do("start")
    yield p
    with contextlib.suppress(AssertionError):
        p.do("stop")
    subprocess.run(["rm", "-rf", folder], check=True)


class Node(Pool):
    """One of several poold on that database, and its monitor."""

    def __init__(self, folder, base, postgres, **settings):
        folder.mkdir()
        super().__init__(folder, base, database=postgres.address, snapshot=folder / "zones.snap",
                         **{"snapshot-key": folder / "snapshot.key", "snapshot-public": folder / "snapshot.pub",
                            "snapshot-period": 1, **settings})

    def launch(self):
        with open(self.folder / "poold.log", "a") as log:
            self.poold = subprocess.Popen([program("poold"), "-c", self.conf], stderr=log)

    def log(self):
        return (self.folder / "poold.log").read_text()

    def works(self, role):
        return any(f" {role}[" in line and line.endswith(": at work") for line in self.log().splitlines())


@pytest.fixture
def nodes(tmp_path, base, postgres):  # noqa: F811
    """Both at once, on an empty database: one makes the tables, the other waits for it."""
    made = [Node(tmp_path / name, base, postgres) for name in "ab"]
    try:
        for node in made:
            node.launch()
        for node in made:
            wait_for(node.is_up, 20)
        yield made
    finally:
        for node in made:
            node.__exit__()


def test_two_poold_share_the_work_and_one_takes_over(nodes, postgres):
    wait_for(lambda: all(any(n.works(role) for n in nodes) for role in ("jobs", "errands")), 20)
    time.sleep(2)  # for a second one to show up
    for role in ("jobs", "errands"):
        assert [n.works(role) for n in nodes].count(True) == 1, role
    assert postgres.ask("SELECT count(*), count(DISTINCT name) FROM zone")[0][0] == \
        postgres.ask("SELECT count(DISTINCT name) FROM zone")[0][0]
    [first] = [n for n in nodes if n.works("jobs")]
    [second] = [n for n in nodes if n is not first]
    snapshot = second.folder / "zones.snap"
    assert (first.folder / "zones.snap").exists() and not snapshot.exists()
    first.poold.kill()  # its children die with it
    first.poold.wait()
    wait_for(lambda: second.works("jobs") and second.works("errands"), 10)
    wait_for(snapshot.exists, 10)


def test_batches_while_postgres_is_killed(nodes, postgres):
    """None is lost and none counts twice: each packet that was sent is in the log once."""
    with FakeServer("127.77.9.1") as server:
        postgres.ask("INSERT INTO account (slug, name, created_ms) VALUES ('a', 'A', 1)")
        postgres.ask("INSERT INTO server (account_id, address, family, port, added_ms) "
                     f"VALUES (1, '{server.ip}', 4, {server.port}, 1)")
        for i, node in enumerate(nodes):
            code = str(i) * 43
            digest = hashlib.blake2b(code.encode(), digest_size=32).hexdigest()
            postgres.ask("INSERT INTO monitor (name, created_ms, code_hash, code_expires_ms) VALUES "
                         f"('m{i}', 1, decode('{digest}', 'hex'), {int(time.time() * 1000) + 100000})")
            done = node.poolmon("enrol", code)
            assert done.returncode == 0, done.stderr
            node.run_monitor()

        def taken():
            return int(postgres.ask("SELECT count(*) FROM batch WHERE taken_ms IS NOT NULL")[0][0])

        wait_for(lambda: taken() >= 3, 30)
        postgres.do("kill")
        time.sleep(1.5)
        with pytest.raises(urllib.error.HTTPError) as e:
            urllib.request.urlopen(f"http://127.0.0.1:{nodes[0].port}/scores/{server.ip}", timeout=5)
        assert e.value.code in (500, 503)
        postgres.do("start")
        before = taken()
        wait_for(lambda: taken() >= before + 3, 60)
        def still():
            # No more work; what is out is brought in.
            postgres.ask("UPDATE pair SET next_ms = 9999999999999")
            n = len(server.requests)
            time.sleep(1)
            return n == len(server.requests) and not any(node.spooled() for node in nodes)

        wait_for(still, 60)
        asked, rows, distinct = map(int, postgres.ask(
            "SELECT sum(samples), count(*), count(DISTINCT (at_ms, monitor_id)) FROM log WHERE samples > 0")[0])
        assert rows == distinct and rows >= 6
        assert asked == len(server.requests)
        for node in nodes:
            assert "killed by signal" not in node.log(), node.log()


# --- a full disk ------------------------------------------------------------------


ASK_SQLITE = """
import ast, sqlite3, sys
with sqlite3.connect(sys.argv[1], timeout=10) as db:
    print(db.execute(sys.argv[2], ast.literal_eval(sys.argv[3])).fetchall())
"""


class TinyDisk(Pool):
    """poold and pooldns on a file system of 16 MB that nobody else sees."""

    def __init__(self, folder, base):
        self.disk = folder / "disk"
        self.disk.mkdir()
        self.dns_port, self.dns = free_port(), None
        super().__init__(folder, base, database=f"sqlite:{self.disk}/pool.db",
                         **{"state-dir": self.disk, "snapshot": self.disk / "zones.snap",
                            "snapshot-key": self.disk / "snapshot.key", "snapshot-public": self.disk / "snapshot.pub",
                            "snapshot-period": 1, "domain": "pool.test", "dns-listen": f"127.0.0.1:{self.dns_port}",
                            "name-server": "ns1.example.net"})

    def start(self):
        mounted = self.folder / "mounted"
        self.poold = subprocess.Popen(
            ["unshare", "--mount", "--propagation", "private", "sh", "-c",
             f"mount -t tmpfs -o size=16m tmpfs {self.disk} && : >{mounted} && exec {program('poold')} -c {self.conf}"],
            stderr=open(self.folder / "poold.log", "a"))
        wait_for(mounted.exists, 10)
        wait_for(self.is_up, 10)
        wait_for(lambda: self.seen("zones.snap").exists(), 10)
        self.dns = subprocess.Popen(["nsenter", "-t", str(self.poold.pid), "--mount", program("pooldns"), "-c",
                                     self.conf], stderr=open(self.folder / "pooldns.log", "a"))
        wait_for(self.answers, 10)

    def stop(self):
        if self.dns:
            for pid in pathlib.Path(f"/proc/{self.dns.pid}/task/{self.dns.pid}/children").read_text().split():
                os.kill(int(pid), signal.SIGTERM)
            self.dns.terminate()
            self.dns.wait(10)
            self.dns = None
        super().stop()

    def seen(self, name):
        return pathlib.Path(f"/proc/{self.poold.pid}/root{self.disk}/{name}")

    def answers(self):
        said = subprocess.run(["dig", "@127.0.0.1", "-p", str(self.dns_port), "+time=1", "+tries=1", "pool.test", "SOA"],
                              capture_output=True, text=True).stdout
        return "status: NOERROR" in said

    def page(self, path):
        return urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5).status

    def sql(self, text, *values):
        """In there: SQLite follows links by itself, which /proc does not like."""
        done = subprocess.run(["nsenter", "-t", str(self.poold.pid), "--mount", sys.executable, "-c", ASK_SQLITE,
                               self.disk / "pool.db", text, repr(values)], capture_output=True, text=True, check=True)
        return ast.literal_eval(done.stdout)

    def fill(self):
        with open(self.seen("filler"), "wb", buffering=0) as f, contextlib.suppress(OSError):
            while True:
                f.write(b"x" * 4096)


def test_a_full_disk(tmp_path, base):  # noqa: F811
    """F-13: pages and names go on, monitors keep what they measured, and all of it comes in later."""
    if not can_make_worlds():
        pytest.skip("a file system of its own needs root")
    full = []

    def behaviour(n):
        if n == 7:  # while poolmon measures
            pool.fill()
            full.append(n)
        return {}

    with FakeServer("127.77.9.1", behaviour=behaviour) as server, TinyDisk(tmp_path, base) as pool:
        number = pool.add_server(server)
        pool.add_monitor()
        assert pool.poolmon("enrol", CODE).returncode == 0
        pool.run_monitor()
        wait_for(lambda: full and pool.spooled(), 30)
        before = pool.scores()[number]
        for path in ("/", f"/scores/{server.ip}", "/zone/europe", "/login", "/healthz"):
            assert pool.page(path) == 200, path
        assert pool.answers()
        log = (tmp_path / "poold.log").read_text()
        assert "killed" not in log and "exit status" not in log, log
        pool.seen("filler").unlink()
        wait_for(lambda: not pool.spooled() and pool.scores()[number] > before, 60)
        assert pool.sql("PRAGMA integrity_check") == [("ok",)]


# --- certificates -----------------------------------------------------------------


def openssl(*words):
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)


class Authority:
    """Signs certificates for this machine."""

    def __init__(self, folder, name):
        self.folder, self.name = folder, name
        self.pem, self.key = folder / f"{name}.pem", folder / f"{name}.key"
        self.request(self.key, "-x509", "-days", 2, "-out", self.pem, "-subj", f"/CN={name}")

    @staticmethod
    def request(key, *words):
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, *words)

    def sign(self, name, days, subject="IP:127.0.0.1"):
        """The certificate and its key."""
        cert, key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        csr, ext = self.folder / f"{name}.csr", self.folder / f"{name}.ext"
        self.request(key, "-out", csr, "-subj", "/CN=pool")
        ext.write_text(f"subjectAltName = {subject}\n")
        openssl("x509", "-req", "-in", csr, "-CA", self.pem, "-CAkey", self.key, "-CAcreateserial",
                "-days", days, "-extfile", ext, "-out", cert)
        return cert, key


def test_monitors_by_https(tmp_path, base):  # noqa: F811
    ours, other = Authority(tmp_path, "ours"), Authority(tmp_path, "other")
    cases = [
        (ours.sign("wrong-name", 2, "DNS:elsewhere.example.org"), ours, "does not match"),
        (ours.sign("expired", -1), ours, "it has expired"),
        (ours.sign("good", 2), other, "nobody that is trusted"),
        (ours.sign("good", 2), ours, None),
    ]
    for i, ((cert, key), authority, complaint) in enumerate(cases):
        folder = tmp_path / str(i)
        folder.mkdir()
        pool = Pool(folder, base)
        url = f"https://127.0.0.1:{pool.port}"
        pool.conf.write_text("".join(f"{k} {v}\n" for k, v in {
            **pool.settings, "web-cert": cert, "web-key": key, "web-url": url, "monitor-server": url,
            "ca-file": authority.pem}.items()))
        pool.is_up = lambda folder=folder: "ready, pages on" in (folder / "poold.log").read_text()
        with pool:
            pool.add_monitor()
            done = pool.poolmon("enrol", CODE)
            if complaint:
                assert done.returncode == 1 and complaint in done.stderr, (complaint, done.stderr)
                assert pool.sql("SELECT count(*) FROM monitor WHERE public_key IS NOT NULL") == [(0,)]
            else:
                assert done.returncode == 0, done.stderr
                assert pool.poolmon("--once", "run").returncode == 0


# --- mail ---------------------------------------------------------------------------


class Mailbox:
    """A mail server as aiosmtpd makes one, that takes what it is told to."""

    def __init__(self, port, tls=None, refuse_tls=False, rcpt=None):
        controller = pytest.importorskip("aiosmtpd.controller")
        smtp = pytest.importorskip("aiosmtpd.smtp")
        box = self
        self.mails, self.plain, self.tls_seen = [], refuse_tls, False

        class Server(smtp.SMTP):
            async def smtp_STARTTLS(self, arg):
                if refuse_tls:
                    await self.push("454 TLS is not available")
                else:
                    await super().smtp_STARTTLS(arg)

        class Handler:
            async def handle_EHLO(self, server, session, envelope, hostname, responses):
                session.host_name = hostname
                return responses[:-1] + ["250-STARTTLS"] * refuse_tls + responses[-1:]

            async def handle_RCPT(self, server, session, envelope, address, options):
                if rcpt:
                    return rcpt
                envelope.rcpt_tos.append(address)
                return "250 OK"

            async def handle_DATA(self, server, session, envelope):
                box.tls_seen = session.ssl is not None
                box.mails.append((envelope.mail_from, envelope.rcpt_tos, envelope.content.decode()))
                return "250 taken"

        class Controller(controller.Controller):
            def factory(self):
                return Server(Handler(), tls_context=tls, hostname="localhost")

        self.controller = Controller(Handler(), hostname="127.0.0.1", port=port)

    def __enter__(self):
        self.controller.start()
        return self

    def __exit__(self, *_):
        self.controller.stop()


def self_signed(folder):
    cert, key = Authority(folder, "mail").sign("mail-server", 2, "DNS:elsewhere.example.org")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context


def test_mail_through_a_bad_day(tmp_path, base):  # noqa: F811
    pytest.importorskip("aiosmtpd")
    port = free_port()
    pool = Pool(tmp_path, base, **{"mail-url": f"smtp://127.0.0.1:{port}", "mail-from": "pool@example.org"})

    def post(subject):
        pool.sql("INSERT INTO outbox (kind, target, subject, body, queued_ms, due_ms) "
                 "VALUES ('mail', 'ann@example.org', ?, 'Zażółć', 1, 1)", subject)

    def state():
        return pool.sql("SELECT tries, error, done_ms IS NOT NULL FROM outbox ORDER BY id DESC LIMIT 1")[0]

    def tried(n):
        """The n-th try is over, and the next one is later."""
        wait_for(lambda: state()[0] == n and (state()[1] or state()[2]), 15)
        due, = pool.sql("SELECT due_ms FROM outbox ORDER BY id DESC LIMIT 1")[0]
        assert due > time.time() * 1000 + 30000 * n or state()[2]
        return state()

    def again():
        pool.sql("UPDATE outbox SET due_ms = 1, error = '' WHERE done_ms IS NULL")

    with pool:
        post("One")
        assert "onnect" in tried(1)[1]  # nobody is there
        with Mailbox(port, rcpt="451 come back later"):
            again()
            assert "451" in tried(2)[1]
        with Mailbox(port, refuse_tls=True) as box:
            again()
            assert tried(3)[2] and not box.tls_seen
        [(sender, to, text)] = box.mails
        assert sender == "pool@example.org" and to == ["ann@example.org"]
        assert "Subject: One" in text
        # A certificate for nobody in particular is better than none.
        with Mailbox(port, tls=self_signed(tmp_path)) as box:
            post("Two")
            assert tried(1)[2], state()
            assert box.tls_seen and len(box.mails) == 1
        assert pool.sql("SELECT count(*) FROM outbox WHERE body <> ''") == [(0,)]
