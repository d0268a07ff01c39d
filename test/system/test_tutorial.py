# SPDX-License-Identifier: BSD-2-Clause
"""What a guide for pool operators tells people to type, and what must come out.

The configuration is the guide's, word for word; the names in it lead to five
upstreams: two chronyd, two of NTPsec's ntpd, one of ours.
"""

import re
import time

import pytest

import peers
from world import wait_for

NTP_CONF = """\
driftfile /var/lib/ntp/ntp.drift
restrict default nomodify notrap nopeer noquery kod limited
restrict 127.0.0.1
restrict ::1
server ntp_server_hostname_1 iburst
server ntp_server_hostname_2 iburst
server ntp_server_hostname_3 iburst
server ntp_server_hostname_4 iburst
server ntp_server_hostname_5 iburst
"""

UPSTREAMS = (peers.chrony_server, peers.chrony_server,
             peers.ntpsec_server, peers.ntpsec_server, peers.ours_server)


@pytest.fixture(scope="module")
def tutorial(shared_world):
    """(our server's node, another host's node, seconds it took, last table)."""
    upstreams = [shared_world.node(f"up{n}") for n in range(1, 6)]
    for node, start in zip(upstreams, UPSTREAMS):
        start(node)
    stranger = shared_world.node("stranger")
    for node in upstreams:
        wait_for(lambda node=node: peers.ask(stranger, node.ip, 2, 1)["leap"] != 3, 40, every_s=1)

    node = shared_world.node("server")
    with open(node.folder / "etc/hosts", "a", encoding="utf-8") as hosts:
        for n, up in enumerate(upstreams, 1):
            hosts.write(f"{up.ip} ntp_server_hostname_{n}\n")
    started = time.monotonic()
    peers.ours(node, NTP_CONF, clock="virtual")

    def settled():
        """one system peer and two more survivors"""
        tally = [row[0] for row in peers.peers_table(peers.ntpq(node, "-pn").stdout)]
        return tally.count("*") == 1 and tally.count("+") >= 2

    wait_for(settled, 60, every_s=0.5)
    return node, stranger, time.monotonic() - started


def test_synchronised_within_a_minute(tutorial):
    node, _, seconds = tutorial
    table = peers.ntpq(node, "-p").stdout
    print(f"one * and two + after {seconds:.1f} s")
    print(table)
    assert seconds < 60
    header, ruler, *rows = table.splitlines()
    assert header.split() == "remote refid st t when poll reach delay offset jitter".split()
    assert ruler == "=" * 78
    assert len(rows) == 5
    assert "ntp_server_host" in table


def test_debians_ntpq_sees_the_same(tutorial):
    node = tutorial[0]
    ours = peers.peers_table(peers.ntpq(node, "-pn").stdout)
    text = peers.ntpsec_ntpq(node, "-pn").stdout
    print(text)
    theirs = peers.peers_table(text)
    # A decision may fall between the two questions, but not about everything.
    same = sum(a[:4] == b[:4] for a, b in zip(ours, theirs))
    assert len(ours) == len(theirs) == 5 and same >= 3, (ours, theirs)
    assert {row[1:4] for row in ours} == {row[1:4] for row in theirs}


def test_another_host_reads_the_time(tutorial):
    node, stranger, _ = tutorial
    ran = peers.ntpdate(stranger, "-q", node.ip)
    print(ran.stdout)
    assert ran.returncode == 0, ran.stderr
    server, verdict = ran.stdout.splitlines()
    assert re.fullmatch(rf"server {re.escape(node.ip)}, stratum 2, offset -?\d\.\d{{6}}, delay \d\.\d{{5}}", server)
    assert re.fullmatch(rf" ?\d+ [A-Z][a-z]{{2}} \d\d:\d\d:\d\d ntpdate\[\d+\]: adjust time server "
                        rf"{re.escape(node.ip)} offset -?\d\.\d{{6}} sec", verdict)


def test_chronyd_reads_the_same_time(tutorial):
    node, stranger, _ = tutorial
    offset, text = peers.chrony_query(stranger, node.ip)
    assert offset is not None, text
    found = re.search(r"offset (-?[0-9.]+)", peers.ntpdate(stranger, "-q", node.ip).stdout)
    print(f"chronyd -Q: {offset:+.6f} s, ntpdate -q: {float(found[1]):+.6f} s")
    assert abs(offset) < 0.001 and abs(float(found[1])) < 0.001


def test_strangers_may_not_query(tutorial):
    node, stranger, _ = tutorial
    ran = peers.ntpq(stranger, "-pn", node.ip)
    assert "refid" not in ran.stdout
    assert "timed out" in ran.stdout + ran.stderr
