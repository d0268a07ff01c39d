# SPDX-License-Identifier: BSD-2-Clause
"""poold as visitors meet it: people who come in, and what is sent to it to break it."""

import contextlib
import glob
import http.client
import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import subprocess
import time
import urllib.parse

import pytest

from world import children, program, sanitized, wait_for

PORT = 21000 + os.getpid() % 8000
HOST = f"127.0.0.1:{PORT}"
PASSWORD = "four words not alike"


class Poold:
    """One poold with an empty database, on loopback."""

    def __init__(self, folder, text=""):
        self.folder = pathlib.Path(folder)
        self.mails = self.folder / "mails"
        self.mails.mkdir(exist_ok=True)
        self.conf = self.folder / "pool.conf"
        self.conf.write_text(
            f"database sqlite:{self.folder}/pool.db\nstate-dir {self.folder}\n"
            f"snapshot {self.folder}/zones.snap\nsnapshot-key {self.folder}/snapshot.key\n"
            f"snapshot-public {self.folder}/snapshot.pub\n"
            f"web-listen {HOST}\nmail-url file:{self.mails}\nmail-from pool@example.org\n"
            "password-memory 64\nprivate-addresses yes\n"
            + ("" if "web-url" in text else f"web-url http://{HOST}\n") + text)
        self.log_path = self.folder / "stderr"
        self.popen = None

    def __enter__(self):
        with open(self.log_path, "ab") as log:
            self.popen = subprocess.Popen([program("poold"), "-c", str(self.conf)],
                                          stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            wait_for(lambda: "ready, pages on" in self.log(), 10)
        except TimeoutError as e:
            self.__exit__()
            raise AssertionError("poold did not come up:\n" + self.log()) from e
        return self

    def __exit__(self, *_):
        if self.popen.poll() is None:
            self.popen.kill()  # the children die with it
        self.popen.wait()

    def log(self):
        return self.log_path.read_text(errors="replace")

    def mailed_link(self):
        """The path of the link in the newest mail."""
        def newest():
            """a mail"""
            return sorted(glob.glob(str(self.mails / "*")), key=os.path.getmtime)
        text = pathlib.Path(wait_for(newest, 10)[-1]).read_text().replace("=\r\n", "").replace("=\n", "")
        return re.search(re.escape(f"http://{HOST}") + r"(/[a-z]+/[\w-]+)", text)[1]


class Browser:
    """Keeps its cookie, and the token of the form it saw last."""

    def __init__(self, source="127.0.0.1"):
        self.source, self.cookie, self.token = source, "", ""

    def ask(self, method, path, body=None, headers=None, timeout=10):
        conn = http.client.HTTPConnection("127.0.0.1", PORT, timeout=timeout,
                                          source_address=(self.source, 0))
        all_headers = {"Cookie": self.cookie} if self.cookie else {}
        if isinstance(body, dict):
            all_headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urllib.parse.urlencode({"csrf": self.token, **body})
        with contextlib.closing(conn):
            conn.request(method, path, body, {**all_headers, **(headers or {})})
            reply = conn.getresponse()
            text = reply.read().decode()
        if reply.getheader("Set-Cookie"):
            self.cookie = reply.getheader("Set-Cookie").split(";")[0]
        found = re.search(r'name="csrf" value="([\w-]+)"', text)
        if found:
            self.token = found[1]
        return reply, text

    def get(self, path):
        return self.ask("GET", path)

    def post(self, path, **form):
        return self.ask("POST", path, form)


@pytest.fixture(scope="module")
def poold(tmp_path_factory):
    folder = tmp_path_factory.mktemp("poold")
    with Poold(folder) as started:
        yield started
        # Nothing of what follows may have cost a process its life.
        assert "killed by signal" not in started.log().replace("killed by signal 9", ""), started.log()


def raw(data, timeout_s=5):
    """What comes back for these octets."""
    with socket.create_connection(("127.0.0.1", PORT), timeout_s) as s:
        s.sendall(data)
        s.shutdown(socket.SHUT_WR)
        reply = b""
        while chunk := s.recv(65536):
            reply += chunk
    return reply


def status(data):
    reply = raw(data)
    return int(reply.split()[1]) if reply else 0


def log_in(poold, email):
    """Sign up, follow the mail, log in."""
    b = Browser()
    b.get("/signup")
    assert b.post("/signup", email=email, name="Ann", password=PASSWORD)[0].status == 200
    link = poold.mailed_link()
    b.get(link)
    assert b.post(link)[0].status == 303
    b.get("/login")
    reply, _ = b.post("/login", email=email, password=PASSWORD)
    assert (reply.status, reply.getheader("Location")) == (303, "/manage")
    return b


# --- as it is meant -----------------------------------------------------------


def test_sign_up_to_the_first_server(poold):
    ann = log_in(poold, "ann@example.org")
    reply, text = ann.get("/manage/add")
    assert reply.status == 200
    reply, _ = ann.post("/manage/add", address="127.7.7.7")
    assert reply.status == 303
    page = reply.getheader("Location")
    # Nobody answers there: errands finds that out, and the page says so.
    wait_for(lambda: "being looked at" not in ann.get(page)[1], 30, 1)
    assert 'class="error"' in ann.get(page)[1]
    reply, _ = ann.get("/manage")
    assert reply.status == 200


def test_every_page_has_its_guards(poold):
    reply, _ = Browser().get("/login")
    assert "default-src 'self'" in reply.getheader("Content-Security-Policy")
    assert "frame-ancestors 'none'" in reply.getheader("Content-Security-Policy")
    assert reply.getheader("X-Content-Type-Options") == "nosniff"
    assert reply.getheader("Cache-Control") == "no-store"
    cookie = reply.getheader("Set-Cookie")
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie


def test_every_process_is_confined(poold):
    roles = set()
    for pid in children(poold.popen.pid):
        words = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        roles.add(words[1].split(b":")[0])
        st = dict(line.split(":\t", 1) for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines())
        assert st["NoNewPrivs"] == "1" and int(st["CapPrm"], 16) == 0, words
        assert st["Seccomp"].strip() == ("0" if sanitized("poold") else "2"), words
    assert roles == {b"--role=web", b"--role=jobs", b"--role=errands", b"--role=post"}


def test_configuration_is_checked(tmp_path):
    conf = tmp_path / "pool.conf"
    conf.write_text("web-lisen 127.0.0.1:80\nsamples 99\n")
    run = subprocess.run([program("poold"), "-t", "-c", conf], capture_output=True, text=True)
    assert run.returncode == 2
    assert "did you mean 'web-listen'?" in run.stderr and "pool.conf:2:9" in run.stderr
    conf.write_text("name Mine\n")
    run = subprocess.run([program("poold"), "-t", "-c", conf], capture_output=True, text=True)
    assert run.returncode == 0 and "\nname Mine\n" in run.stdout
    assert "'name-server' is not set" in run.stderr
    conf.write_text(f"database sqlite:{tmp_path}/none.db\nname-server de.pool.example.org=192.0.2.1\n")
    run = subprocess.run([program("poold"), "-t", "-c", conf], capture_output=True, text=True)
    assert run.returncode == 2 and "de: means two things" in run.stderr
    assert not (tmp_path / "none.db").exists()


# --- what strangers try -------------------------------------------------------


def test_forms_of_others(poold):
    b = Browser()
    b.get("/login")
    form = {"email": "x@example.org", "password": "x"}
    assert b.ask("POST", "/login", {**form, "csrf": ""})[0].status == 403
    assert b.ask("POST", "/login", {**form, "csrf": "A" * 43})[0].status == 403
    assert b.ask("POST", "/login", form, {"Origin": "https://evil.example"})[0].status == 403
    assert b.ask("POST", "/login", form, {"Origin": f"http://{HOST}"})[0].status == 403  # wrong password
    assert "Mail address or password is wrong" in b.post("/login", **form)[1]
    # Another kind of body is no form, so it has no token.
    assert b.ask("POST", "/login", f"csrf={b.token}", {"Content-Type": "text/plain"})[0].status == 403


def test_log_in_is_throttled(poold):
    b = Browser("127.0.0.9")
    b.get("/login")
    codes = [b.post("/login", email="victim@example.org", password="guess")[0].status for _ in range(12)]
    assert codes[0] == 403 and codes[-1] == 429


@pytest.mark.parametrize("target", [
    "/%", "/%4", "/%zz", "/%00", "/a%00b", "/%c0%ae%c0%ae/", "/../../etc/passwd", "/static/../../etc/passwd",
    "/%2e%2e/%2e%2e/etc/passwd", "/static/%2e%2e%2fpool.db", "/scores/?a=1&a=2", "/scores/?q=%ff", "/?x=%0d%0aSet-Cookie:a=b",
    "/scores/%0d%0aX:y",
])
def test_bad_targets(poold, target):
    assert status(f"GET {target} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode()) in (400, 404)


def test_bad_forms(poold):
    for body in (b"a=1&a=2", b"a=%00", b"a=%zz", b"a=%ff", b"a\0b=1", b"=1&=2", b"&".join(b"f%d=1" % i for i in range(101))):
        head = (f"POST /login HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\nContent-Type: "
                f"application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n").encode()
        assert status(head + body) == 400, body


def test_hostile_http(poold):
    """No answer, or one that refuses; and always somebody is there afterwards."""
    close = f"Host: {HOST}\r\nConnection: close\r\n"
    for data in (b"\0" * 100, b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET /" + b"a" * 40000 + b" HTTP/1.1\r\n\r\n",
                 b"BREW / HTTP/1.1\r\n" + close.encode() + b"\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
                 b"GET / HTTP/1.1\r\nX: " + b"y" * 40000 + b"\r\n\r\n",
                 b"POST /login HTTP/1.1\r\nContent-Length: -1\r\n" + close.encode() + b"\r\n",
                 b"POST /login HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n" + close.encode() + b"\r\nabcdef",
                 b"POST /login HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + close.encode() + b"\r\nzz\r\n"):
        with contextlib.suppress(OSError):  # cut off, at any moment
            reply = raw(data)
            assert not reply.startswith(b"HTTP/1.1 200"), data[:60]
    assert Browser().get("/healthz")[0].status == 200


def test_ten_megabytes(poold):
    head = f"POST /login HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    with socket.create_connection(("127.0.0.1", PORT), 5) as s:
        s.sendall((head + f"Content-Length: {10 << 20}\r\n\r\n").encode())
        assert s.recv(100).startswith(b"HTTP/1.1 413")
    # Without a length: it is cut off long before the end.
    sent = 0
    with socket.create_connection(("127.0.0.1", PORT), 5) as s:
        s.sendall((head + "Transfer-Encoding: chunked\r\n\r\n").encode())
        with contextlib.suppress(ConnectionError, socket.timeout):
            while sent < 10 << 20:
                s.sendall(b"1000\r\n" + b"a" * 0x1000 + b"\r\n")
                sent += 0x1000
    assert sent < 10 << 20
    assert Browser().get("/healthz")[0].status == 200


def test_slow_visitors_lose_their_place(poold):
    """Slow headers, slow bodies and those who do not read, all at once."""
    slow = []
    for i in range(30):
        s = socket.create_connection(("127.0.0.1", PORT), 5)
        s.sendall(b"GET / HTTP/1.1\r\n" if i % 2 else b"GE")
        slow.append(s)
    reader = socket.socket()
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    reader.connect(("127.0.0.1", PORT))
    reader.sendall(f"GET /join HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode() * 50)
    begin = time.monotonic()
    while slow and time.monotonic() < begin + 60:
        for s in list(slow):
            try:
                s.sendall(b"X")  # never idle
                s.settimeout(0.01)
                if s.recv(10) == b"":
                    raise ConnectionError
            except socket.timeout:
                continue
            except ConnectionError:
                slow.remove(s)
                s.close()
        t = time.monotonic()
        assert Browser("127.0.0.3").get("/healthz")[0].status == 200
        assert time.monotonic() - t < 2
        time.sleep(1)
    reader.close()
    assert not slow, f"{len(slow)} slow ones are still there"
    assert time.monotonic() - begin < 50


def test_a_thousand_connections(poold):
    held = []
    try:
        for _ in range(1000):
            with contextlib.suppress(OSError):
                held.append(socket.create_connection(("127.0.0.1", PORT), 2,
                                                     source_address=("127.0.0.4", 0)))
        for _ in range(5):
            assert Browser("127.0.0.5").get("/healthz")[0].status == 200
    finally:
        for s in held:
            s.close()
    wait_for(lambda: Browser("127.0.0.4").get("/healthz")[0].status == 200, 10)


def test_text_stays_text(poold):
    bad = "<script>alert(1)</script>\"'"
    for path in ("/scores/?q=", "/login?next=", "/nowhere/", "/scores/", "/zone/"):
        reply, text = Browser().get(path + urllib.parse.quote(bad, safe=""))
        assert "<script>alert" not in text, path
    b = Browser("127.0.0.6")
    b.get("/login")
    assert "<script>alert" not in b.post("/login", email=bad, password="' OR '1'='1' --")[1]


def test_a_killed_worker_is_back(poold):
    def web():
        found = []
        for pid in children(poold.popen.pid):
            words = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
            if b"--role=web" in words:
                found.append(pid)
        return found
    before = web()
    os.kill(before[0], signal.SIGKILL)
    assert Browser().get("/healthz")[0].status == 200  # by the other one
    wait_for(lambda: len(web()) == 2 and before[0] not in web(), 10)


def test_https(tmp_path):
    if not shutil.which("openssl"):
        pytest.skip("no openssl to make a certificate with")
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-keyout", key, "-out", cert, "-days", "2", "-subj", "/CN=localhost"],
                   check=True, capture_output=True)
    global PORT, HOST
    port, PORT = PORT, PORT + 1
    host, HOST = HOST, f"127.0.0.1:{PORT}"
    try:
        with Poold(tmp_path, f"web-cert {cert}\nweb-key {key}\nweb-url https://localhost:{PORT}\n"):
            conn = http.client.HTTPSConnection("127.0.0.1", PORT, context=ssl._create_unverified_context())
            conn.request("GET", "/login")
            reply = conn.getresponse()
            assert reply.status == 200
            assert "max-age" in reply.getheader("Strict-Transport-Security")
            assert reply.getheader("Set-Cookie").startswith("__Host-session=")
            assert "; Secure" in reply.getheader("Set-Cookie")
            conn.close()
    finally:
        PORT, HOST = port, host


def test_it_ends_when_told(tmp_path):
    global PORT, HOST
    port, PORT = PORT, PORT + 2
    host, HOST = HOST, f"127.0.0.1:{PORT}"
    try:
        with Poold(tmp_path) as p:
            p.popen.send_signal(signal.SIGHUP)
            wait_for(lambda: "starting all processes anew" in p.log(), 5)
            wait_for(lambda: Browser().get("/healthz")[0].status == 200, 10)
            p.popen.send_signal(signal.SIGTERM)
            assert p.popen.wait(15) == 0, p.log()
    finally:
        PORT, HOST = port, host
