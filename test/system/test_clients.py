# SPDX-License-Identifier: BSD-2-Clause
"""Other people's clients keep time with our server."""

import re

import pytest

import peers
from world import wait_for


@pytest.fixture(scope="module")
def server(shared_world):
    """A node where our ntpd is a stratum 1."""
    node, probe = shared_world.node("server"), shared_world.node("probe")
    peers.ours_server(node)
    wait_for(lambda: peers.ask(probe, node.ip, 2, 1)["stratum"] == 1, 20, every_s=0.5)
    return node


def test_chronyd(server, shared_world):
    client = shared_world.node("chronyd")
    peers.chrony(client, f"server {server.ip} iburst")

    def tracking():
        """chronyd to select us"""
        fields = peers.chronyc(client, "tracking").split(",")
        return fields if len(fields) > 4 and fields[2] == "2" else None

    fields = wait_for(tracking, 30, every_s=0.5)
    print(f"chronyd: stratum {fields[2]}, last offset {fields[5]} s")
    assert fields[1] == server.ip
    assert abs(float(fields[5])) < 0.001


def test_ntpsec(server, shared_world):
    client = shared_world.node("ntpsec")
    peers.ntpsec(client, f"server {server.ip} iburst minpoll 3", "restrict 127.0.0.1")

    def selected():
        """NTPsec's ntpd to select us"""
        rows = peers.peers_table(peers.ntpsec_ntpq(client, "-pn").stdout)
        return rows if rows and rows[0][0] == "*" else None

    tally, remote, refid, stratum, reach, offset_ms = wait_for(selected, 60, every_s=1)[0]
    print(f"ntpsec: {tally}{remote} {refid} stratum {stratum} reach {reach:o} offset {offset_ms} ms")
    assert (remote, refid, stratum) == (server.ip, ".GPS.", 1)
    assert abs(offset_ms) < 1


def test_openntpd(server, shared_world):
    client = shared_world.node("openntpd")
    peers.openntpd(client, server.ip)

    def valid():
        """openntpd to trust us"""
        return re.search(rf"{re.escape(server.ip)}\s[\s*]*\d+ +(\d+) +(\d+) +\d+s +\d+s +(-?[0-9.]+)ms",
                         peers.openntpd_status(client))

    found = wait_for(valid, 60, every_s=1)
    print(f"openntpd: trust {found[1]}, stratum {found[2]}, offset {found[3]} ms")
    assert found[2] == "1" and abs(float(found[3])) < 1


def test_timesyncd(server, shared_world):
    client = shared_world.node("timesyncd")
    daemon = peers.timesyncd(client, server.ip)

    def contacted():
        """timesyncd to take our time"""
        return "Contacted time server" in daemon.log()

    wait_for(contacted, 30)
    stratum = re.search(r"stratum +: (\d+)", daemon.log())[1]
    offset = float(re.search(r"offset +: ([-+0-9.]+) sec", daemon.log())[1])
    print(f"timesyncd: stratum {stratum}, offset {offset:+.3f} s")
    assert stratum == "1" and abs(offset) < 0.001
