# SPDX-License-Identifier: BSD-2-Clause
"""Proofs by the DNS: poold, the machine's resolver and a Knot beside it, in a network of their own."""

import hashlib
import shutil
import sqlite3
import time

import pytest

from pool import Pool
from world import World, can_make_worlds, program, wait_for

pytestmark = [
    pytest.mark.skipif(not can_make_worlds(), reason="needs root for namespaces"),
    pytest.mark.skipif(not shutil.which("knotd"), reason="needs a name server: knot"),
]


def token(name):
    return hashlib.md5(name.encode()).hexdigest()


# name: (address of the server, what poold says of it)
CASES = {
    "good": ("10.9.0.1", "TXT of _ntp-pool.good.test.example: holds the token"),
    "six": ("fd77::1", "TXT of _ntp-pool.six.test.example: holds the token"),
    "many": ("10.9.0.8", "TXT of _ntp-pool.many.test.example: holds the token"),
    "wrong": ("10.9.0.2", "TXT of _ntp-pool.wrong.test.example: there are records, but none is the token"),
    "none": ("10.9.0.3", "TXT of _ntp-pool.none.test.example: there is no such record yet"),
    "gone": ("10.9.0.4", "gone.test.example does not exist, or has no IPv4 address"),
    "only6": ("10.9.0.5", "only6.test.example does not exist, or has no IPv4 address"),
    "moved": ("10.9.0.6", "moved.test.example does not have the address 10.9.0.6"),
    "lame": ("10.9.0.7", "TXT of _ntp-pool.lame.test.example: its name servers do not answer"),
}

ZONE = f"""\
@ 60 SOA ns hostmaster 1 60 60 60 60
@ 60 NS ns
ns 60 A 127.0.0.1
good 60 A 10.9.0.1
_ntp-pool.good 60 TXT "{token('good')}"
six 60 AAAA fd77::1
_ntp-pool.six 60 TXT "{token('six')[:10]}" "{token('six')[10:]}"
many 60 A 10.9.0.9
many 60 A 10.9.0.8
_ntp-pool.many 60 TXT "v=spf1 -all"
_ntp-pool.many 60 TXT "{token('many')}"
wrong 60 A 10.9.0.2
_ntp-pool.wrong 60 TXT "{token('good')}"
_ntp-pool.wrong 60 TXT "{token('wrong')}x"
none 60 A 10.9.0.3
only6 60 AAAA fd77::5
moved 60 A 10.9.0.66
lame 60 A 10.9.0.7
_ntp-pool.lame 60 NS nowhere.invalid.
"""

KNOT = """\
server:
    rundir: "{folder}"
    listen: 127.0.0.1@53
database:
    storage: "{folder}"
zone:
  - domain: test.example
    file: "{folder}/zone"
"""


def start_dns(node):
    (node.folder / "zone").write_text(ZONE)
    (node.folder / "knot.conf").write_text(KNOT.format(folder=node.folder))
    node.start("knot", ["knotd", "-c", node.folder / "knot.conf"])
    wait_for(lambda: "10.9.0.1" in node.run(["dig", "@127.0.0.1", "+short", "+time=1", "good.test.example"]).stdout, 10)


def begin_proofs(pool):
    now_ms = int(time.time() * 1000)
    with sqlite3.connect(pool.folder / "pool.db") as db:
        db.execute("INSERT INTO account (id, slug, name, created_ms) VALUES (77, 'a', 'A', 1)")
        for n, (name, (address, _)) in enumerate(CASES.items(), 100):
            db.execute("INSERT INTO server (id, account_id, address, family, added_ms, hostname) VALUES (?, 77, ?, ?, 1, ?)",
                       (n, address, 6 if ":" in address else 4, f"{name}.test.example"))
            db.execute("INSERT INTO verification (server_id, method, token, created_ms, expires_ms) VALUES (?, 'dns', ?, ?, ?)",
                       (n, token(name), now_ms, now_ms + 3600_000))


def evidence(pool):
    with sqlite3.connect(pool.folder / "pool.db", timeout=10) as db:
        return {host.split(".")[0]: (said, verified is not None) for host, said, verified in db.execute(
            "SELECT s.hostname, v.evidence, s.verified_ms FROM verification v JOIN server s ON s.id = v.server_id"
            " WHERE v.tried_ms IS NOT NULL")}


def test_proofs_by_the_dns(tmp_path):
    with World(tmp_path) as world:
        node = world.node("pool")
        start_dns(node)
        pool = Pool(node.folder)
        assert pool.ctl("init").returncode == 0
        begin_proofs(pool)
        node.start("poold", [program("poold"), "-c", pool.conf])
        found = wait_for(lambda: len(e := evidence(pool)) == len(CASES) and e, 40)
        for name, (_, said) in CASES.items():
            assert found[name] == (said, name in ("good", "six", "many")), name
