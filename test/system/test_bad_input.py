# SPDX-License-Identifier: BSD-2-Clause
"""Packets and networks that are against us: the finished program in a network
where an attacker may send any frame."""

import concurrent.futures
import json
import pathlib
import socket
import subprocess
import time

import pytest

import peers
from daemon import request
from world import children, wait_for

RAW = pathlib.Path(__file__).with_name("raw.py")
ONE_REQUEST = request().hex()


def mac_of(node):
    return json.loads(node.run(["ip", "-j", "link", "show", "eth0"], check=True).stdout)[0]["address"]


def raw(node, interface, mac, seconds, packets):
    """Send frames from a node; the UDP packets that it saw then."""
    ran = subprocess.run(
        node.inside(["/usr/bin/python3", "-B", RAW, interface, mac, seconds]),
        input=json.dumps(packets), capture_output=True, text=True, timeout=seconds + 20, check=True)
    return json.loads(ran.stdout)


def flood(node, host, rate, seconds):
    return json.loads(node.run(["/usr/bin/python3", "-B", RAW, "flood", host, 123, rate, seconds],
                               timeout_s=seconds + 30, check=True).stdout)


def answers(node, host, seconds=5.0):
    """Does the server answer within this time?"""
    try:
        return wait_for(lambda: peers.ask(node, host, 10, 0.3)["answered"], seconds)
    except TimeoutError:
        return False


def process_tree(pid):
    return [pid] + [p for child in children(pid) for p in process_tree(child)]


def resident_kib(process):
    """Of all processes of a daemon together."""
    total = 0
    for pid in process_tree(process.popen.pid):
        for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                total += int(line.split()[1])
    return total


@pytest.fixture(scope="module")
def town(shared_world):
    """A server of ours, and two nodes that ask it."""
    server, eve, honest = (shared_world.node(n) for n in ("server", "eve", "honest"))
    server.run(["ip", "address", "add", "10.77.0.200/24", "dev", "eth0"], check=True)
    server.run(["ip", "address", "add", "10.88.0.1/32", "dev", "lo"], check=True)
    process = peers.ours_server(server)
    assert wait_for(lambda: peers.ask(honest, server.ip, 5, 1)["stratum"] == 1, 20)
    return server, eve, honest, process


def test_sources_that_cannot_be_get_nothing(town):
    """P-09, P-11: from the wire, so the kernel has its say, too."""
    server, eve, honest, _ = town
    spoofed = [
        (eve.ip, 0), ("0.0.0.0", 40000), ("0.1.2.3", 40000), ("224.0.1.1", 123),
        ("255.255.255.255", 123), ("10.77.0.255", 40000), ("127.0.0.1", 40000),
        ("127.0.0.1", 123), (server.ip, 123), (server.ip, 40000), ("10.77.0.200", 123)]
    packets = [[ip, port, server.ip, 123, ONE_REQUEST] for ip, port in spoofed]
    seen = raw(eve, "eth0", mac_of(server), 1, packets)
    assert [p for p in seen if p[1] == 123] == []
    # The same frame with an honest source is answered: it is not the frame.
    seen = raw(eve, "eth0", mac_of(server), 1, [[eve.ip, 40001, server.ip, 123, ONE_REQUEST]])
    assert [server.ip, 123, eve.ip, 40001, 48] in seen
    assert answers(honest, server.ip)


def test_no_loop_with_ourselves(town):
    """P-09: on the server's own machine, between all of its addresses."""
    server, _, honest, _ = town
    own = (server.ip, "10.77.0.200", "10.88.0.1", "127.0.0.1")
    for source in own:
        for asked in own:
            seen = raw(server, "lo", "", 0.3, [[source, 123, asked, 123, ONE_REQUEST]])
            # The request itself and at most one reply to it.
            assert len([p for p in seen if p[1] == 123]) <= 2, (source, asked, seen)
    assert answers(honest, server.ip)


def test_replies_come_from_the_address_that_was_asked(town):
    """P-18: a second address, and one of no interface of that network (anycast)."""
    server, _, honest, _ = town
    honest.run(["ip", "route", "add", "10.88.0.1/32", "via", server.ip])
    for address in (server.ip, "10.77.0.200", "10.88.0.1"):
        # ask.py connects, so that it hears no other address.
        assert peers.ask(honest, address, 10, 0.5)["answered"] >= 5, address
    seen = raw(honest, "eth0", mac_of(server), 1,
               [[honest.ip, 40002, "10.77.0.255", 123, ONE_REQUEST]])
    assert [p for p in seen if p[1] == 123] == []  # all hosts were asked: nobody answers


def test_datagrams_of_any_size(town):
    """P-13: in fragments over the wire."""
    server, eve, honest, _ = town
    script = f"""
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.connect(("{server.ip}", 123))
s.settimeout(0.3)
for size in (49, 1472, 1473, 2000, 9000, 65507):
    s.send((bytes([0x23]) + bytes(size))[:size])
    try:
        print(size, len(s.recv(65535)))
    except TimeoutError:
        pass
"""
    assert eve.run(["/usr/bin/python3", "-c", script], check=True).stdout == ""
    assert answers(honest, server.ip)


def share_answered_in_flood(town):
    """Of an honest client's requests, while 10,000 bad ones come in a second."""
    server, eve, honest, _ = town
    with concurrent.futures.ThreadPoolExecutor() as pool:
        storm = pool.submit(flood, eve, server.ip, 10000, 5)
        score = peers.ask(honest, server.ip, 100, 4)
    assert storm.result()["replies"] == 0
    assert storm.result()["sent"] > 20000
    print(f"{storm.result()['sent'] / 5:.0f} bad packets/s, "
          f"{score['answered']} of {score['sent']} honest requests answered")
    return score["answered"] / score["sent"]


def test_a_flood_of_malformed_packets(town):
    """P-20: no log, no memory, and who asks properly is answered."""
    server, eve, honest, process = town
    lines, before = process.log().count("\n"), resident_kib(process)
    # Once in three, for a machine that has other things to do.
    assert any(share_answered_in_flood(town) >= 0.99 for _ in range(3))
    flood(eve, server.ip, 0, 3)  # and more than anybody can take
    assert resident_kib(process) <= before + 256
    assert process.log().count("\n") - lines <= 10
    assert answers(honest, server.ip)


def variable(node, name):
    text = peers.ntpq(node, "-c", f"rv 0 {name}").stdout
    return int(text.split("=")[-1].split()[0].strip(","))


def test_who_is_denied_leaves_no_trace(shared_world):
    """P-25: 10,000 requests a second."""
    server, denied = shared_world.node("denier"), shared_world.node("denied")
    process = peers.ours(server, "server 127.127.1.0\nfudge 127.127.1.0 stratum 0 refid GPS\n"
                         "restrict default limited kod\nrestrict 127.0.0.1\n"
                         f"restrict {denied.ip} ignore\n")
    assert wait_for(lambda: peers.ask(server, server.ip, 5, 1)["stratum"] == 1, 20)
    restricted, resident = variable(server, "ss_restricted"), resident_kib(process)
    score = peers.ask(denied, server.ip, 10000, 2)
    assert score["sent"] > 5000 and score["answered"] == 0
    time.sleep(1)  # counters are shown late
    assert variable(server, "ss_restricted") - restricted > 5000
    assert resident_kib(process) <= resident + 64


@pytest.mark.parametrize("only", (0, 1))
def test_both_families_are_served(shared_world, only):
    """E-26: whatever the machine thinks a wildcard of IPv6 means."""
    server = shared_world.node(f"v6only{only}")
    server.run(["sh", "-c", f"echo {only} > /proc/sys/net/ipv6/bindv6only"], check=True)
    peers.ours_server(server)
    for address in ("127.0.0.1", server.ip):
        assert answers(server, address), address
    out = peers.ntpdate(server, "-q", "::1").stdout
    assert "stratum 1" in out, out


def test_a_machine_without_ipv6(shared_world):
    """E-26"""
    server = shared_world.node("v4")
    server.run(["sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6;"
                "echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6"], check=True)
    process = peers.ours_server(server)
    assert answers(server, server.ip)
    assert "error" not in process.log()


def test_interfaces_that_come_and_go(shared_world):
    """E-06: the wildcard goes on, for the server and for the client."""
    server, client = shared_world.node("flapping"), shared_world.node("patient")
    peers.ours_server(server)
    peers.ours(client, f"server {server.ip} iburst minpoll 3 maxpoll 3\n")
    assert wait_for(lambda: peers.ask(client, client.ip, 5, 1)["stratum"] == 2, 20)
    server.run(["ip", "link", "set", "eth0", "down"], check=True)
    time.sleep(0.5)
    server.run(["ip", "link", "set", "eth0", "up"], check=True)
    assert answers(client, server.ip, 5)
    address = f"{server.ip}/24"
    server.run(["ip", "address", "del", address, "dev", "eth0"], check=True)
    time.sleep(0.5)
    server.run(["ip", "address", "add", "10.77.0.222/24", "dev", "eth0"], check=True)
    server.run(["ip", "address", "add", address, "dev", "eth0"], check=True)
    assert answers(client, server.ip, 5)
    assert answers(client, "10.77.0.222", 5)
    # The client's own address changes; its next poll is from the new one.
    client.run(["ip", "address", "add", "10.77.0.223/24", "dev", "eth0"], check=True)
    client.run(["ip", "address", "del", f"{client.ip}/24", "dev", "eth0"], check=True)
    time.sleep(9)  # longer than a poll: what comes in now went to the new address
    wait_for(lambda: peers.peers_table(peers.ntpq(client, "-pn").stdout)[0][4] & 1, 20)


def test_a_clock_that_may_not_be_steered(shared_world):
    """E-04: as in a container without CAP_SYS_TIME.  Said once; time goes on being served."""
    server, client = shared_world.node("upstream"), shared_world.node("container")
    peers.ours_server(server)
    process = peers.ours(client, f"server {server.ip} iburst minpoll 3\n", clock="kernel")
    assert wait_for(lambda: peers.ask(client, client.ip, 5, 1)["stratum"] == 2, 20)
    time.sleep(10)
    assert process.alive()
    assert process.log().count("may not be steered") == 1
    assert "CAP_SYS_TIME" in process.log()
