# SPDX-License-Identifier: BSD-2-Clause
"""The stage itself: the other daemons run here and keep time among themselves.

When one of these fails, look at the harness before you look at our daemon.
"""

import os

import pytest

import peers
from world import World, can_make_worlds, children, wait_for


def test_chronyd_serves_chronyd(world):
    server, client = world.node("server"), world.node("client")
    peers.chrony_server(server)
    offset, text = peers.chrony_query(client, server.ip)
    assert offset is not None, text
    assert abs(offset) < 0.001


def test_ntpsec_serves_and_answers_its_ntpq(world):
    server, client = world.node("server"), world.node("client")
    peers.ntpsec_server(server)

    def synchronised():
        """ntpsec at stratum 1"""
        return "stratum=1," in peers.ntpsec_ntpq(client, "-c", "rv 0 leap,stratum,refid", server.ip).stdout

    wait_for(synchronised, 40, every_s=1)
    rows = peers.peers_table(peers.ntpsec_ntpq(client, "-pn", server.ip).stdout)
    assert [row[0] for row in rows] == ["*"]


def test_a_node_cannot_set_the_clock(world):
    node = world.node("node")
    ran = node.run(["date", "-s", "2001-01-01"])
    assert ran.returncode != 0 and "not permitted" in ran.stderr


def test_nothing_is_left_behind(tmp_path):
    if not can_make_worlds():
        pytest.skip("network namespaces need root")
    with World(tmp_path) as world:
        node = world.node("node")
        node.start("sleep", ["sh", "-c", "sleep 1234 & sleep 1234"])
        inner, holder = node.pid, node.holder.pid
        assert children(inner)
    assert not os.path.exists(f"/proc/{inner}")
    assert not os.path.exists(f"/proc/{holder}")
