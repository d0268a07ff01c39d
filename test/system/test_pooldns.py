# SPDX-License-Identifier: BSD-2-Clause
"""pooldns from the outside: dig, hostile packets, snapshots that come and go."""

import os
import pathlib
import random
import signal
import socket
import struct
import subprocess
import threading
import time

import pytest

import pool_dns
from pool_dns import (A, AAAA, FORMERR, IP, NOERROR, NOTIMP, NS, NXDOMAIN, PORT, REFUSED,
                      SERVFAIL, SOA, PoolDns, ask, connect, dig, framed, question,
                      read_framed, servers)
from world import ROOT, program, sanitized, wait_for

DAY_MS = 86400 * 1000


def now_ms():
    return int(time.time()) * 1000


@pytest.fixture
def pool(tmp_path):
    with PoolDns(tmp_path).write(servers(20) + servers(8, family=6)) as made:
        yield made


# --- what dig sees --------------------------------------------------------------

@pytest.mark.parametrize("way", ["+notcp", "+tcp"])
def test_dig(pool, way):
    for name in ("pool.test", "2.pool.test", "de.pool.test", "0.europe.pool.test"):
        for kind, begin in ("A", "10.1.0."), ("AAAA", "2001:db8:1::"):
            lines = dig(way, "+short", name, kind).split()
            assert len(lines) == 4 and all(line.startswith(begin) for line in lines)
            assert len(set(lines)) == 4
    assert "ns1.pool.test. keeper.pool.test." in dig(way, "+short", "pool.test", "SOA")
    assert dig(way, "+short", "pool.test", "NS").split() == [
        "ns1.pool.test.", "ns2.example.net."]
    assert dig(way, "+short", "pool.test", "MX").split() == ["0", "."]
    assert dig(way, "+short", "www.pool.test").split() == ["www.example.org."]
    assert "status: NXDOMAIN" in dig(way, "nix.pool.test")
    assert "status: REFUSED" in dig(way, "example.org")
    assert "status: BADVERS" in dig(way, "+edns=1", "+noednsnegotiation", "pool.test")
    assert "COOKIE: " in dig(way, "pool.test") and "(good)" in dig(way, "pool.test")
    assert "NSID: " in dig(way, "+nsid", "pool.test")


def test_names_keep_their_spelling(pool):
    assert "PoOl.TeSt." in dig("+noall", "+answer", "PoOl.TeSt")


def test_too_long_for_udp(tmp_path):
    long = "".join(f"ns {chr(97 + i) * 60}.{'x' * 40}.example\n" for i in range(10))
    with PoolDns(tmp_path).write(long + servers(4)):
        cut = dig("+ignore", "+noedns", "pool.test", "NS")
        assert "flags: qr aa tc" in cut and "ANSWER: 0" in cut
        whole = dig("+noedns", "pool.test", "NS")
        assert "ANSWER: 12" in whole and "(TCP)" in whole
        assert "ANSWER: 4" in dig("+noedns", "+ignore", "pool.test")


def test_where_somebody_is(tmp_path):
    """Places before countries, in both forms of database; an honest scope."""
    mmdb = tmp_path / "country.mmdb"

    def write(*options):
        subprocess.run(["/usr/bin/python3", ROOT / "test/tools/mmdb.py", mmdb, *options],
                       input="20.0.0.0/8 DE\n21.0.0.0/9 FR\n2001:db8::/32 FR\n", text=True,
                       check=True)

    write()
    zones = "".join((servers(8), servers(8, "@ europe fr", net=2),
                     servers(8, "@ campus", net=3), "place 20.9.0.0/16 campus\n"))
    with PoolDns(tmp_path, f"country-db {mmdb}\n").write(zones) as pool:
        for options in (), ("--flat",):
            for subnet, net, scope in (("20.1.2.0/24", 1, 13), ("21.1.2.0/24", 2, 9),
                                       ("20.9.2.0/24", 3, 16), ("2001:db8:1::/48", 2, 32)):
                out = dig(f"+subnet={subnet}", "pool.test")
                assert f"CLIENT-SUBNET: {subnet}/{scope}" in out
                assert out.count(f"\t10.{net}.0.") == 4
            assert "SUBNET: 20.1.2.0/24/0" in dig("+subnet=20.1.2.0/24", "de.pool.test")
            text = dig("+short", "+subnet=20.9.2.0/24", "_country.pool.test", "TXT")
            assert "country=de zone=campus" in text
            write("--flat")
            said = pool.log().count("country-db")
            pool.hang_up()
            wait_for(lambda: pool.log().count("country-db") > said, 5)


def test_metrics(tmp_path):
    """Every counter is in a file that Prometheus takes, at the latest when it ends."""
    out = tmp_path / "metrics" / "dns.prom"
    out.parent.mkdir()
    with PoolDns(tmp_path, f"domain pool.test\ndns-metrics {out}\n").write(servers(4)) as pool:
        assert "ntppool_dns_snapshot_timestamp_seconds" in out.read_text()
        for name, kind in (("pool.test", A), ("pool.test", A), ("de.pool.test", AAAA),
                           ("none.pool.test", A), ("pool.test", 99)):
            ask(question(name, kind))
        pool.popen.terminate()
        pool.popen.wait(10)
    lines = out.read_text().splitlines()
    series = 'ntppool_dns_queries_total{zone="pool.test",qtype="%s",rcode="%s"} %d'
    for expected in (("A", "NOERROR", 2), ("AAAA", "NOERROR", 1), ("A", "NXDOMAIN", 1),
                     ("other", "NOERROR", 1)):
        assert series % expected in lines
    assert 'ntppool_dns_questions_total{transport="udp"} 5' in lines


def test_answers_come_from_the_address_that_was_asked(tmp_path):
    with PoolDns(tmp_path, listen="0.0.0.0").write(servers(4)):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.settimeout(5)
            s.sendto(question("pool.test"), ("127.5.6.7", PORT))
            assert s.recvfrom(512)[1] == ("127.5.6.7", PORT)


# --- snapshots ------------------------------------------------------------------

def test_before_there_is_a_snapshot(tmp_path):
    with PoolDns(tmp_path) as pool:
        pool.await_log("none to serve yet")
        assert ask(question("pool.test")).rcode == SERVFAIL
        pool.write(servers(4))
        wait_for(lambda: ask(question("pool.test")).rcode == NOERROR, 5)


def test_bad_snapshots(tmp_path):
    """Each is refused with a line that says why, and the old one serves on."""
    with PoolDns(tmp_path).write(servers(4), now_ms() - DAY_MS) as pool:
        good = pool.snapshot.read_bytes()
        flipped = bytearray(good)
        flipped[len(good) // 2] ^= 4
        other = tmp_path / "other.snap"
        pool.write(servers(4, net=2), to=other, secret="secret2", public="public2")
        future = tmp_path / "future.snap"
        pool.write(servers(4, net=2), now_ms() + 2 * DAY_MS + 600_000, to=future)
        old = tmp_path / "old.snap"
        pool.write(servers(4, net=2), now_ms() - 2 * DAY_MS, to=old)
        for octets, words in ((b"", "not a snapshot"), (good[:-100], "cut short"),
                              (good[:50], "cut short"), (bytes(flipped), "damaged"),
                              (other.read_bytes(), "not signed by the key"),
                              (future.read_bytes(), "from the future, by 48 hours"),
                              (old.read_bytes(), "older than the one in use")):
            pool.replace(octets)
            pool.await_log(words)
            assert ask(question("pool.test")).addresses()[0].startswith("10.1.")
        assert pool.log().count("serves on") == 7
        pool.write(servers(4, net=2))
        wait_for(lambda: ask(question("pool.test")).addresses()[0].startswith("10.2."), 5)


def test_the_snapshot_goes_and_dns_stays(pool):
    pool.snapshot.unlink()
    pool.await_log("No such file")
    assert len(ask(question("pool.test")).addresses()) == 4


class Asker(threading.Thread):
    """Asks without a break until told to stop."""

    def __init__(self):
        super().__init__()
        self.sent = self.lost = 0
        self.nets, self.stop = set(), False

    def run(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.settimeout(2)
            s.connect((IP, PORT))
            while not self.stop:
                self.sent += 1
                s.send(question("pool.test", number=self.sent % 65536))
                try:
                    reply = pool_dns.Reply(s.recv(512))
                except socket.timeout:
                    self.lost += 1
                    continue
                assert reply.rcode == NOERROR and reply.answers == 4
                self.nets.add(reply.addresses()[0].split(".")[1])


def test_no_question_is_lost_by_a_reload(tmp_path):
    with PoolDns(tmp_path, "dns-workers 2\n").write(servers(8), now_ms() - DAY_MS) as pool:
        askers = [Asker() for _ in range(4)]
        for asker in askers:
            asker.start()
        for net in range(2, 7):
            pool.write(servers(8, net=net), now_ms() - DAY_MS + 1000 * net)
            pool.hang_up()
            pool.await_log(f"serial {(now_ms() - DAY_MS) // 1000 + net}"[:-1])
            time.sleep(0.3)
        for asker in askers:
            asker.stop = True
        for asker in askers:
            asker.join()
        sent = sum(asker.sent for asker in askers)
        print(f"{sent} questions during 5 reloads, {sum(a.lost for a in askers)} lost")
        assert sum(asker.lost for asker in askers) == 0 and sent > 500
        assert set.union(*(asker.nets for asker in askers)) >= {"2", "3", "4", "5", "6"}


def test_a_worker_dies(pool):
    asker = Asker()
    asker.start()
    for _ in range(3):
        time.sleep(0.5)
        [worker] = pool.workers()
        os.kill(worker, signal.SIGKILL)
    wait_for(lambda: pool.log().count("killed by signal 9") == 3, 5)
    time.sleep(0.5)
    asker.stop = True
    asker.join()
    # What it had in its hands is lost, what waits in the socket is not.
    assert asker.lost <= 3
    assert asker.sent > 20


def test_the_end(pool):
    ask(question("pool.test"))
    ask(question("nix.pool.test"))
    assert pool.terminate() == 0
    assert "questions: 2 by UDP, 0 by TCP; answers: 1 good, 1 no such name" in pool.log()


def test_a_worker_has_no_rights(pool):
    if os.geteuid() != 0:
        pytest.skip("only root has rights to give up")
    [worker] = pool.workers()
    status = dict(line.split(":\t", 1) for line in
                  pathlib.Path(f"/proc/{worker}/status").read_text().splitlines())
    assert "0" not in status["Uid"].split()
    assert int(status["CapEff"], 16) == int(status["CapPrm"], 16) == 0
    assert status["NoNewPrivs"].strip() == "1"
    if "seccomp" not in os.environ.get("TIMEBALL_WITHOUT", "") and not sanitized("pooldns"):
        assert status["Seccomp"].strip() == "2"


def test_check(tmp_path):
    pool = PoolDns(tmp_path).write(servers(4))

    def check():
        return subprocess.run([program("pooldns"), "-t", "-c", pool.conf], text=True,
                              capture_output=True, check=False)

    good = check()
    assert good.returncode == 0 and "pool.test, serial" in good.stdout
    pool.replace(pool.snapshot.read_bytes()[:-1])
    bad = check()
    assert bad.returncode == 1 and "cut short" in bad.stderr
    pool.conf.write_text("dns-workers none\n")
    assert check().returncode == 2


def test_zone_file(tmp_path):
    """What the books export for other servers is a zone that BIND would load."""
    zone = subprocess.run(
        [program("make-zones"), tmp_path / "z", tmp_path / "s", tmp_path / "p", str(now_ms()),
         "zone"], input=pool_dns.ZONES + servers(20) + servers(9, family=6), text=True,
        capture_output=True, check=True).stdout
    (tmp_path / "zone").write_text(zone)
    check = subprocess.run(["named-checkzone", "pool.test", tmp_path / "zone"], text=True,
                           capture_output=True, check=False)
    assert check.returncode == 0 and check.stdout.endswith("OK\n"), check.stdout


# --- hostile packets --------------------------------------------------------------

def test_malformed(pool):
    good = question("pool.test")
    cases = [
        (good[:-3], FORMERR), (good + b"x", FORMERR), (good[:12], FORMERR),
        (question("pool.test", flags=0x2800), NOTIMP),  # UPDATE
        (question("pool.test", 252), REFUSED),          # AXFR
        (b"\0\1\0\0\0\1\0\0\0\0\0\0\xc0\x0c\0\1\0\1", FORMERR),
        (question("pool.test", edns=b"\0\x08\0\x06\0\1\x18\0\x0a\0"), FORMERR),
        (question("pool.test", edns=b"\0\x0a\0\1x"), FORMERR),
    ]
    for octets, rcode in cases:
        assert ask(octets).rcode == rcode
    # An answer is never answered: two servers would talk for ever.
    assert ask(question("pool.test", flags=0x8000), timeout_s=0.3) is None
    assert ask(b"\0" * 11, timeout_s=0.3) is None


def test_noise(pool):
    """A reply is never more than the question asks for, and the rest goes on."""
    rng = random.Random(1)
    base = question("2.de.pool.test", AAAA,
                    edns=b"\0\3\0\0" + b"\0\x08\0\7\0\1\x18\0\x14\1\2" + b"\0\x0a\0\x08abcdefgh")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.connect((IP, PORT))
        s.settimeout(0.01)
        for n in range(3000):
            octets = bytearray(base if n % 3 else rng.randbytes(rng.randrange(1400)))
            for _ in range(n % 5):
                if octets:
                    octets[rng.randrange(len(octets))] = rng.randrange(256)
            s.send(octets)
            if n % 50 == 0:
                try:
                    while True:
                        reply = pool_dns.Reply(s.recv(4096))
                        assert reply.is_answer and len(reply.octets) <= 1232
                except socket.timeout:
                    pass
    assert len(ask(question("pool.test")).addresses()) == 4
    assert len(pool.workers()) == 1 and "killed" not in pool.log()


def test_rate_limit(tmp_path):
    """S-12: a network gets so much, then every second one is told to come by TCP."""
    with PoolDns(tmp_path, limit=20).write(servers(4)):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.connect((IP, PORT))
            s.settimeout(0.5)
            for number in range(220):
                s.send(question("pool.test", number=number))
            full = cut = 0
            try:
                while True:
                    reply = pool_dns.Reply(s.recv(512))
                    full += reply.answers == 4
                    cut += reply.cut
            except socket.timeout:
                pass
        assert 20 <= full <= 60
        assert cut + full < 220 and abs(220 - full - 2 * cut) <= 2
        assert len(dig("+tcp", "+short", "pool.test").split()) == 4
        # Who shows a cookie of ours is not limited.
        cookie = ask(question("x.pool.test", edns=b"\0\x0a\0\x08abcdefgh")).octets[-24:]
        for _ in range(60):
            reply = ask(question("pool.test", edns=b"\0\x0a\0\x18" + cookie))
            assert reply.answers == 4


# --- streams ----------------------------------------------------------------------

def test_pipelining(pool):
    with connect() as s:
        s.sendall(b"".join(framed(question("pool.test", number=n)) for n in range(300)))
        for n in range(300):
            reply = read_framed(s)
            assert reply.number == n and reply.answers == 4


def test_octet_by_octet(pool):
    with connect() as s:
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for octet in framed(question("pool.test")):
            s.send(bytes([octet]))
            time.sleep(0.002)
        assert read_framed(s).answers == 4


def test_half_closed(pool):
    with connect() as s:
        s.sendall(framed(question("pool.test")) + framed(question("pool.test", AAAA)))
        s.shutdown(socket.SHUT_WR)
        assert read_framed(s).answers == 4
        assert read_framed(s).answers == 4
        assert read_framed(s) is None


def test_streams_of_rubbish(pool):
    for octets in (b"GET / HTTP/1.1\r\nHost: pool.test\r\n\r\n", b"\0\0", b"\0\5hello",
                   b"\xff\xff" + bytes(5000), framed(question("pool.test", flags=0x8000))):
        with connect() as s:
            s.sendall(octets)
            try:
                assert not s.recv(100)
            except ConnectionResetError:
                pass  # it was closed before all was read
    assert len(ask(question("pool.test")).addresses()) == 4


def test_silent_and_greedy_streams(pool):
    """More connections than there are places, and who never reads: others are served."""
    crowd = [connect() for _ in range(400)]
    with connect() as s:
        s.sendall(framed(question("pool.test")))
        assert read_framed(s).answers == 4
    for s in crowd:
        s.close()
    greedy = connect()
    greedy.setblocking(False)
    sent = 0
    try:
        for _ in range(20000):
            sent += greedy.send(framed(question("pool.test", NS)) * 20)
            time.sleep(0.0005)
    except (BlockingIOError, ConnectionResetError, BrokenPipeError):
        pass
    assert sent < 20000 * 20 * 40
    [worker] = pool.workers()

    def ticks():
        words = pathlib.Path(f"/proc/{worker}/stat").read_text().split()
        return int(words[13]) + int(words[14])

    before = ticks()
    with connect() as s:
        s.sendall(framed(question("pool.test")))
        assert read_framed(s).answers == 4
    time.sleep(1)
    assert ticks() - before < 30  # it does not spin
    greedy.close()


def test_idle_streams_end(pool):
    begin = time.monotonic()
    with connect(timeout_s=60) as s:
        s.sendall(framed(question("pool.test")))
        assert read_framed(s).answers == 4
        assert not s.recv(1)
    assert 9 < time.monotonic() - begin < 40
