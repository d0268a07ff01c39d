# SPDX-License-Identifier: BSD-2-Clause
"""ntpctl doctor: a server to which nothing is to be said, then one thing broken at a time."""

import json
import os
import re
import subprocess
import threading

import pytest

import peers
from world import ROOT, program, wait_for

UPSTREAMS = [f"10.10{n}.1.1" for n in range(1, 5)]
ACCESS = ("restrict default nomodify notrap nopeer noquery kod limited\n"
          "restrict 127.0.0.1\nrestrict ::1\n")
# It is asked far more often here than anybody should.
CONF = ("discard average 0 minimum 0\ndriftfile /var/lib/ntp/ntp.drift\n" + ACCESS
        + "".join(f"server {ip} iburst\n" for ip in UPSTREAMS))
OWN = "11.1.1.1"  # an address that the world could reach
NOTHING_KNOWN = {"reachable"}


class Patient:
    """The server, and what the doctor finds in it."""

    def __init__(self, world):
        up = self.up = world.node("up")
        for ip in UPSTREAMS:
            up.run(["ip", "address", "add", f"{ip}/32", "dev", "lo"], check=True)
        peers.ours_server(up)
        self.node = world.node("me")
        self.node.run(["ip", "address", "add", f"{OWN}/24", "dev", "eth0"], check=True)
        self.daemon = peers.ours(self.node, CONF, clock="virtual")
        wait_for(lambda: not self.findings(), 30)

    def doctor(self, *options, env=None):
        return self.node.run([program("ntpctl"), "doctor", "--pool", *map(str, options)], env=env)

    def rows(self, *options, env=None):
        out = self.doctor("--json", *options, env=env)
        assert not out.stderr, out.stderr
        rows = json.loads(out.stdout)
        worst = {r["level"] for r in rows}
        assert out.returncode == (2 if "problem" in worst else 1 if "warning" in worst else 0)
        return rows

    def findings(self, *options, env=None):
        """{id: level} of all that is not well."""
        rows = self.rows(*options, env=env)
        assert all(r["fix"] for r in rows if r["level"] in ("warning", "problem")), rows
        return {r["id"]: r["level"] for r in rows if r["level"] in ("warning", "problem")}

    def document(self):
        return json.loads(self.node.run([program("ntpctl"), "status", "--json"]).stdout)

    def with_conf(self, text):
        path = self.node.folder / "other.conf"
        path.write_text(text)
        return self.findings("--conf", path)

    def with_document(self, change):
        document = self.document()
        change(document)
        path = self.node.folder / "document.json"
        path.write_text(json.dumps(document))
        return self.findings("--from", path, "--conf", self.node.folder / "ntp.conf")


@pytest.fixture(scope="module")
def patient(shared_world):
    return Patient(shared_world)


def test_nothing_to_say(patient):
    rows = patient.rows()
    unknown = {r["id"] for r in rows if r["level"] == "unknown"}
    assert unknown <= NOTHING_KNOWN, [r for r in rows if r["level"] == "unknown"]
    assert len(rows) > 30 and all(r["evidence"] for r in rows)
    out = patient.doctor()
    assert out.returncode == 0 and "Nothing to do" in out.stdout
    assert "\033" not in out.stdout
    # Each of them is explained.
    known = {row["id"] for row in json.loads(
        subprocess.run([program("ntpctl"), "explain", "-j"], capture_output=True, check=True).stdout)}
    assert {r["id"] for r in rows} <= known


@pytest.mark.parametrize("conf, finding", [
    (CONF.replace(f"server {UPSTREAMS[0]} iburst\n", ""), {"sources-4-7": "warning"}),
    (CONF + "".join(f"server 10.11{n}.1.1\n" for n in range(4)), {"sources-4-7": "warning"}),
    (CONF.replace(UPSTREAMS[1], "1.de.pool.ntp.org"), {"no-pool-upstream": "problem"}),
    (CONF + "server 127.127.1.0\n", {"no-local-clock": "problem"}),
    (CONF.replace(" noquery", ""), {"noquery-default": "problem"}),
    (CONF.replace("default", "-4 default", 1) + "restrict -6 default kod limited\n",
     {"noquery-default": "problem"}),
    (CONF.replace(" limited", ""), {"kod-limited": "warning"}),
    (CONF.replace(" kod", ""), {"kod-limited": "warning"}),
    (CONF.replace(" kod limited", " kod limited ignore", 1), {"serves-strangers": "problem"}),
    (CONF.replace("iburst", "burst", 1), {"burst": "problem"}),
    (CONF.replace("iburst", "minpoll 4", 1), {"minpoll": "warning"}),
    (CONF.replace("driftfile /var/lib/ntp/ntp.drift\n", ""), {"driftfile": "warning"}),
    (CONF.replace("/var/lib/ntp/", "/var/lib/nothing/"), {"driftfile": "problem"}),
])
def test_one_line_of_the_configuration(patient, conf, finding):
    assert patient.with_conf(conf) == finding


def test_a_configuration_with_errors(patient):
    found = patient.with_conf(CONF + "servr 10.0.0.1\n")
    assert found == {"config": "problem"}
    rows = patient.rows("--conf", patient.node.folder / "other.conf")
    evidence = next(r["evidence"] for r in rows if r["id"] == "config")
    assert re.search(r"other\.conf:10:1: .*servr", evidence)


def _set(path, value):
    def change(document):
        *way, last = path.split(".")
        for step in way:
            document = document[int(step) if step.isdigit() else step]
        document[last] = value
    return change


@pytest.mark.parametrize("change, finding", [
    (_set("system.synchronized", False), {"sync": "problem"}),
    (_set("system.offset", -0.05), {"offset": "warning"}),
    (_set("system.offset", 0.9), {"offset": "problem"}),
    (_set("system.root_distance", 0.2), {"root-distance": "warning"}),
    (_set("system.root_distance", 2), {"root-distance": "problem"}),
    (_set("system.frequency_ppm", -250), {"freq": "warning"}),
    (_set("system.frequency_ppm", 499), {"freq": "problem"}),
    (_set("system.steps", 3), {"steps": "warning"}),
    (_set("system.stratum", 6), {"own-stratum": "warning"}),
    (_set("system.stratum", 9), {"own-stratum": "problem"}),
    (_set("system.leap_file", {"path": "/l", "expires": "2000-01-01T00:00:00Z"}),
     {"leap-file": "problem"}),
    (_set("daemon.clock_contested", 2), {"kernel-meddling": "problem"}),
    (lambda d: d["daemon"].update(clock="system", clock_control=False),
     {"clock-control": "problem"}),
    (_set("sources.0.state", "falseticker"), {"falseticker": "warning"}),
    (_set("sources.1.reach", 0), {"source-quality": "warning"}),
    (_set("sources.1.delay", 0.3), {"source-quality": "warning"}),
    (_set("sources.1.stratum", 16), {"source-quality": "warning"}),
    (_set("sources.1.address", UPSTREAMS[0][:-1] + "2"), {"diverse": "warning"}),
    (lambda d: [s.update(stratum=2, refid="192.0.2.7") for s in d["sources"][:2]],
     {"diverse": "warning"}),
    (_set("server.kernel_drops", 100), {"kernel-drops": "problem"}),
])
def test_one_thing_that_the_daemon_tells(patient, change, finding):
    assert patient.with_document(change) == finding


def test_another_daemon(patient):
    chronyd = peers.chrony(patient.node, "server 10.77.0.1", "port 0")
    try:
        wait_for(lambda: "other-daemon" in patient.findings(), 10)
        assert patient.findings() == {"other-daemon": "problem"}
        assert "chronyd" in next(r["evidence"] for r in patient.rows() if r["id"] == "other-daemon")
    finally:
        chronyd.stop()
    wait_for(lambda: not patient.findings(), 10)


def test_a_lent_address(patient):
    patient.node.run(["ip", "address", "add", "11.2.2.2/24", "dev", "eth0",
                      "valid_lft", "3600", "preferred_lft", "3600"], check=True)
    assert patient.findings() == {"static-address": "warning"}
    patient.node.run(["ip", "address", "del", "11.2.2.2/24", "dev", "eth0"], check=True)
    patient.node.run(["ip", "address", "del", f"{OWN}/24", "dev", "eth0"], check=True)
    try:
        assert patient.findings() == {"static-address": "warning"}
    finally:
        patient.node.run(["ip", "address", "add", f"{OWN}/24", "dev", "eth0"], check=True)


RULES = """table inet filter {
	chain input {
		type filter hook input priority 0; policy drop;
		iif lo accept
		ct state established accept
		%s
	}
}
"""


def nft(patient, rule):
    rules = patient.node.folder / "rules"
    rules.write_text(RULES % rule)
    patient.node.run(["nft", "-f", rules], check=True)


def test_a_firewall_and_a_helper(patient):
    """Rules of the real nft; the helper is another host, which asks for real."""
    bin_ = patient.node.folder / "bin"
    bin_.mkdir()
    ssh = bin_ / "ssh"
    # What ssh -o A -o B HELPER ntpdate -q ADDRESS does, by a pipe to the other host.
    ssh.write_text('#!/bin/sh\necho "$8" >ask\nread status <answer\nexit "$status"\n')
    ssh.chmod(0o755)
    for name in ("ask", "answer"):
        os.mkfifo(patient.node.folder / name)

    def serve():
        while True:
            address = (patient.node.folder / "ask").read_text().strip()
            if not address:
                return
            status = peers.ntpdate(patient.up, "-q", address).returncode
            (patient.node.folder / "answer").write_text(f"{status}\n")

    env = {"PATH": f"{bin_}:{os.environ['PATH']}"}
    helper = threading.Thread(target=serve, daemon=True)
    helper.start()
    try:
        nft(patient, "udp dport { 123, 4460 } accept")
        assert patient.findings("--helper", "up", env=env) == {}
        assert {r["id"]: r["level"] for r in patient.rows("--helper", "up", env=env)}["reachable"] == "ok"
        patient.node.run(["nft", "flush", "ruleset"], check=True)
        nft(patient, "tcp dport 22 accept")
        assert patient.findings("--helper", "up", env=env) == {
            "firewall": "problem", "reachable": "problem"}
        assert patient.findings("--helper", "-oProxyCommand=x", env=env) == {"firewall": "problem"}
    finally:
        patient.node.run(["nft", "flush", "ruleset"], check=True)
        (patient.node.folder / "ask").write_text("\n")


def test_a_drop_in_is_only_printed(patient):
    conf = patient.node.folder / "ntp.conf"
    other = patient.node.folder / "other.conf"
    other.write_text(CONF.replace(" noquery", ""))
    before = conf.read_text(), other.read_text()
    out = patient.doctor("--fix", "--conf", other)
    assert (conf.read_text(), other.read_text()) == before
    lines = [x for x in out.stdout.splitlines() if not x.startswith("#")]
    assert lines == ["restrict default nomodify notrap nopeer noquery kod limited"]
    # and it mends it
    assert patient.with_conf(other.read_text() + "\n".join(lines) + "\n") == {}


def test_last_the_daemon_itself(patient):
    """Answers larger than questions, then nobody, then somebody else on the port."""
    patient.daemon.stop()
    daemon = peers.ours(patient.node, CONF.replace(" noquery", ""), clock="virtual")
    try:
        wait_for(lambda: set(patient.findings()) == {"noquery-default", "amplification"}, 30)
    finally:
        daemon.stop()
    found = patient.findings("--conf", patient.node.folder / "other.conf")
    assert {"daemon", "ntp-port-owner", "answers"} <= set(found)
    taker = patient.node.start("taker", ["/usr/bin/python3", "-c", "import socket,time;"
                               "s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM);"
                               "s.bind(('0.0.0.0',123));time.sleep(60)"])
    try:
        wait_for(lambda: "python3" in next(
            r["evidence"] for r in patient.rows() if r["id"] == "ntp-port-owner"), 10)
    finally:
        taker.stop()


def test_our_own_configuration(patient):
    """What the package installs; but for the pool's names it is fit for a pool, too."""
    out = patient.node.run([program("ntpctl"), "doctor", "--json", "--conf", ROOT / "etc/ntp.conf"])
    about = {"config", "no-local-clock", "burst", "minpoll", "noquery-default", "kod-limited"}
    rows = {r["id"]: r["level"] for r in json.loads(out.stdout)}
    assert {rows[i] for i in about} == {"ok"}
