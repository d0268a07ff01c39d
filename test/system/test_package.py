# SPDX-License-Identifier: BSD-2-Clause
"""The packages, on a Debian that has nothing of us but what apt installed.

The commands are those of a guide for operators, in its order and word for word;
what is added because the machine is a container stands in CONTAINER.  Takes two
minutes: suite "package", ./check --package.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess

import pytest

import peers
from fake_server import FakeServer
from machine import Machine, Unavailable, root_archive
from test_tutorial import NTP_CONF, UPSTREAMS
from world import ROOT, SUBNET, wait_for

PACKAGES = ROOT / "build/packages"
IMAGES = ROOT / "build/images"

# Its clock is not its own: one of software, in place of the host's.
CONTAINER = """\
install -D -m 644 /usr/share/timeball/ntpd.service.d/container.conf -t /etc/systemd/system/ntpd.service.d
echo NTPD_CLOCK=virtual >>/etc/default/ntpd
systemctl daemon-reload
"""


def output(*args):
    ran = subprocess.run([str(a) for a in args], capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def need(program, packages):
    if not shutil.which(program):
        pytest.skip(f"no {program} here (tools/setup package)")
    if not packages:
        pytest.skip("no packages: ./run --package and tools/package rpm make them")
    return packages


def test_lintian_is_content():
    changes = need("lintian", sorted(PACKAGES.glob("*.changes")))
    said = output("lintian", "--allow-root", "--tag-display-limit", "0", "--fail-on", "error,warning", *changes)
    assert said == "", said


def test_rpms_hold_what_the_debs_hold():
    """Each program, manual and service of ours is in the package of the same name, and in no other."""
    rpms = {rpm.name.split("-0")[0]: rpm for rpm in need("rpm", sorted((ROOT / "build/rpms").glob("*.rpm")))}
    debs = {deb.name.split("_")[0]: deb for deb in PACKAGES.glob("timeball-*.deb") if "dbgsym" not in deb.name}
    assert {*rpms} == {*debs}
    owners = {}
    for name, deb in debs.items():
        ours = {pathlib.Path(line.split(" ./")[1]).name.removesuffix(".gz")
                for line in output("dpkg-deb", "-c", deb).splitlines()
                if re.search(r"/s?bin/.|/man/.*\.gz|\.service$|/ntp\.conf$|completions?/", line) and not line.endswith("/")}
        paths = output("rpm", "-qp", "--queryformat", "[%{FILEMODES:perms} %{FILENAMES}\n]", rpms[name]).split("\n")[:-1]
        files = [line.split(" ", 1)[1] for line in paths if line.startswith("-")]
        assert len(ours) > 2 and ours <= {pathlib.Path(file).name.removesuffix(".gz") for file in files}, name
        for file in files:
            assert owners.setdefault(file, name) == name, file


def test_rpm_scriptlets_and_promises():
    rpm = need("rpm", sorted((ROOT / "build/rpms").glob("timeball-ntpd-*.rpm")))[0]
    scripts = output("rpm", "-qp", "--scripts", rpm)
    assert "systemd-sysusers timeball.conf" in scripts
    for step, what in (("postinstall", "preset ntpd.service"), ("preuninstall", "disable --now ntpd.service"),
                       ("postuninstall", "try-restart ntpd.service")):
        body = re.search(rf"^{step} scriptlet.*\n((?:(?!.* scriptlet).*\n)*)", scripts, re.M)
        assert body and what in body[1], scripts
        assert subprocess.run(["sh", "-n"], input=body[1], text=True, check=False).returncode == 0
    assert "/etc/ntp.conf" in output("rpm", "-qp", "--configfiles", rpm)
    assert re.search(r"^ntp = 2:", output("rpm", "-qp", "--provides", rpm), re.M)
    assert "chrony" in output("rpm", "-qp", "--conflicts", rpm)


class Podman:
    """One container of tools/package image, in the network of this test."""

    def __init__(self, folder):
        need("podman", ["podman"])
        if not IMAGES.exists():
            pytest.skip("no image: tools/package image makes it")
        conf = folder / "containers.conf"
        conf.write_text("[containers]\ndefault_ulimits = []\n[engine]\ncgroup_manager = \"cgroupfs\"\n")
        self.env = {**os.environ, "CONTAINERS_CONF": str(conf)}
        self.podman = ["podman", "--root", IMAGES / "root", "--runroot", IMAGES / "run"]
        if shutil.which("runc"):
            self.podman += ["--runtime", "runc"]

    def __call__(self, *args):
        return subprocess.run([str(a) for a in (*self.podman, *args)], env=self.env,
                              capture_output=True, text=True, timeout=60, check=False)


def test_the_container_serves(tmp_path):
    """As its file says to run it: nobody's root, nothing writable, no capability."""
    podman = Podman(tmp_path)
    options = ("--rm", "--detach", "--name=timeball", "--network=host", "--no-healthcheck",
               "--read-only", "--cap-drop=all", "--security-opt=no-new-privileges")
    one, two, three = (f"127.77.5.{n}" for n in (1, 2, 3))
    gps = {"port": 123, "stratum": 1, "refid": b"GPS\0"}
    with FakeServer(one, **gps), FakeServer(two, **gps), FakeServer(three, **gps):
        ran = podman("run", *options, "-e", f"NTP_SERVERS={one} {two} {three}", "timeball")
        assert ran.returncode == 0, ran.stderr
        try:
            health = json.loads(podman("image", "inspect", "--format={{json .HealthCheck.Test}}", "timeball").stdout)[1:]

            def healthy():
                """by the command that the image names"""
                return podman("exec", "timeball", *health).returncode == 0

            wait_for(healthy, 20, every_s=1)
            status = podman("exec", "timeball", "cat", "/proc/1/status").stdout
            assert re.search(r"^CapBnd:\t0+$", status, re.M) and re.search(r"^Uid:\t123\t", status, re.M), status
            said = podman("exec", "timeball", "ntpctl", "status").stdout
            assert said.startswith("Synchronised"), said
        finally:
            print(podman("logs", "timeball").stderr)
            stopped = podman("stop", "--time=5", "timeball")
    assert stopped.returncode == 0, stopped.stderr


def answers(stranger, ip):
    """Does it tell another host the time?"""
    return peers.ntpdate(stranger, "-q", ip, "-t", "1", "-p", "1").returncode == 0


@pytest.fixture(scope="module")
def installed(shared_world, tmp_path_factory):
    """(machine, stranger): a Debian on which somebody has typed `apt install ntp`."""
    if not list(PACKAGES.glob("*.deb")):
        pytest.skip("no packages in build/packages: ./run --package makes them")
    try:
        archive = root_archive()
        machine = Machine(shared_world, tmp_path_factory.mktemp("machine"), archive, PACKAGES)
        machine.__enter__()
    except Unavailable as why:
        pytest.skip(str(why))
    try:
        upstreams = [shared_world.node(f"up{n}") for n in range(1, 6)]
        for node, start in zip(upstreams, UPSTREAMS):
            start(node)
        hosts = "".join(f"{node.ip} ntp_server_hostname_{n}\n" for n, node in enumerate(upstreams, 1))
        with open(machine.root / "etc/hosts", "a", encoding="utf-8") as file:
            file.write(hosts)
        stranger = shared_world.node("stranger")
        for node in upstreams:
            wait_for(lambda node=node: peers.ask(stranger, node.ip, 2, 1)["leap"] != 3, 40, every_s=1)
        (machine.root / "etc/apt/sources.list.d/timeball.list").write_text("deb [trusted=yes] file:/srv/timeball ./\n")
        machine.must("apt update")
        said = machine.must("apt install -y ntp")
        yield machine, stranger, said
    finally:
        machine.__exit__()


def test_apt_installs_ours_and_removes_the_others(installed):
    machine, _, said = installed
    debians = machine.run("apt-cache policy ntp").stdout
    print(debians)
    status = machine.must("dpkg-query -W -f '${Package} ${db:Status-Status} ${Version}\\n'")
    assert re.search(r"^ntp installed 2:", status, re.M)
    assert re.search(r"^timeball-ntpd installed", status, re.M)
    assert re.search(r"^timeball-tools installed", status, re.M)
    assert not re.search(r"^(ntpsec|timeball-pool) ", status, re.M)
    assert not re.search(r"^systemd-timesyncd installed", status, re.M), said
    assert machine.must("dpkg --audit") == ""


def test_what_it_left_on_the_disk(installed):
    machine = installed[0]
    assert machine.must("id -un ntp; stat -c %U /var/lib/ntp /run/ntpd") == "ntp\nntp\nntp\n"
    assert machine.must("ntpd -t -c /etc/ntp.conf") is not None
    assert machine.must("dpkg --verify timeball-ntpd timeball-tools") == ""


def test_a_container_is_told_why_it_does_not_run(installed):
    machine = installed[0]
    machine.must("systemctl start ntpd")
    said = machine.run("systemctl status ntpd").stdout
    assert not machine.active("ntpd") and "ConditionCapability=CAP_SYS_TIME" in said, said


def test_start_and_enable(installed):
    machine = installed[0]
    machine.must(CONTAINER)
    machine.must("systemctl start ntpd")
    machine.must("systemctl enable ntpd")
    assert machine.active("ntpd")
    assert machine.active("ntp"), "the name that older guides use"
    processes = [line.split() for line in machine.must("ps -eo user,comm").splitlines() if " ntpd" in line]
    assert len(processes) >= 4 and {user for user, _ in processes} == {"ntp"}, processes


def test_the_firewall_opens(installed):
    machine, stranger, _ = installed
    machine.await_active("firewalld")
    (machine.root / "etc/ntp.conf").write_text(NTP_CONF)
    machine.must("systemctl restart ntpd")

    def synchronised():
        """leap other than 3"""
        return "leap_none" in machine.run("ntpq -c rv").stdout

    wait_for(synchronised, 60, every_s=1)
    assert not answers(stranger, machine.ip)
    assert "success" in machine.must("firewall-cmd --permanent --add-service=ntp")
    assert "success" in machine.must("firewall-cmd --reload")
    assert answers(stranger, machine.ip)
    assert "ntske" in machine.must("firewall-cmd --get-services")


def test_ntpq_shows_the_table(installed):
    machine = installed[0]

    def settled():
        """one system peer and two more survivors"""
        tally = [row[0] for row in peers.peers_table(machine.run("ntpq -pn").stdout)]
        return tally.count("*") == 1 and tally.count("+") >= 2

    wait_for(settled, 60, every_s=1)
    table = machine.must("ntpq -p")
    print(table)
    header, ruler, *rows = table.splitlines()
    assert header.split() == "remote refid st t when poll reach delay offset jitter".split()
    assert ruler == "=" * 78 and len(rows) == 5


def test_another_host_reads_the_time(installed):
    machine, stranger, _ = installed
    ran = peers.ntpdate(stranger, "-q", machine.ip)
    print(ran.stdout)
    assert ran.returncode == 0, ran.stderr
    assert re.match(rf"server {re.escape(machine.ip)}, stratum 2, offset -?\d\.\d{{6}}, delay \d\.\d{{5}}\n", ran.stdout)


def test_strangers_may_not_query(installed):
    machine, stranger, _ = installed
    assert "refid" not in peers.ntpq(stranger, "-pn", machine.ip).stdout


def test_the_status_socket(installed):
    machine = installed[0]
    print(machine.must("ntpctl status"))
    assert machine.must("stat -c '%U %G %a' /run/ntpd/status.sock") == "ntp ntp 660\n"


def test_the_exporter_shows_the_daemon(installed):
    machine = installed[0]
    machine.must("apt install -y timeball-exporter")
    machine.await_active("ntp-exporter")
    assert machine.must("ps -C ntp-exporter -o user=").split()[0] not in ("root", "ntp")

    def metrics():
        return machine.run("exec 3<>/dev/tcp/127.0.0.1/9975 && printf 'GET /metrics HTTP/1.0\\r\\n\\r\\n' >&3 && cat <&3",
                           shell="bash").stdout

    assert re.search(r"^ntp_up 1$", metrics(), re.M), metrics()
    machine.must("systemctl stop ntpd")
    assert re.search(r"^ntp_up 0$", metrics(), re.M), metrics()
    machine.must("systemctl start ntpd")
    assert re.search(r"^ntp_up 1$", metrics(), re.M), metrics()


def test_a_wrong_file_is_told_and_changes_nothing(installed):
    machine = installed[0]
    pid = machine.must("systemctl show -p MainPID --value ntpd")
    (machine.root / "etc/ntp.conf").write_text(NTP_CONF.replace("iburst", "iburts", 1))
    assert machine.run("systemctl reload ntpd").returncode != 0
    assert "did you mean 'iburst'?" in machine.must("journalctl -u ntpd")
    assert machine.active("ntpd") and machine.must("systemctl show -p MainPID --value ntpd") == pid
    (machine.root / "etc/ntp.conf").write_text(NTP_CONF)
    machine.must("systemctl reload ntpd")
    assert machine.active("ntpd")


def test_it_comes_back_when_killed(installed):
    machine = installed[0]
    pid = machine.must("systemctl show -p MainPID --value ntpd").strip()
    machine.must(f"kill -KILL {pid}")

    def another():
        """another supervisor"""
        now = machine.run("systemctl show -p MainPID --value ntpd").stdout.strip()
        return now not in ("0", pid) and machine.active("ntpd")

    wait_for(another, 10)


def test_timedatectl_switches_it(installed):
    machine = installed[0]
    machine.must("timedatectl set-ntp false")
    assert not machine.active("ntpd")
    machine.must("timedatectl set-ntp true")
    machine.await_active("ntpd")
    assert "NTP service: active" in machine.must("timedatectl")


def test_it_runs_again_after_a_boot(installed):
    machine, stranger, _ = installed
    machine.shut_down()
    machine.boot()
    machine.await_active("ntpd")
    machine.await_active("firewalld")
    wait_for(lambda: answers(stranger, machine.ip), 60, every_s=1)


POOL_CONF = """\
domain pool.example.org
dns-listen 0.0.0.0:53
private-addresses yes
base-server ntp_server_hostname_1 ntp_server_hostname_2 ntp_server_hostname_3
check-active 1
check-testing 1
sample-gap 0.1
snapshot-period 1
"""


def test_the_pool_installs_and_waits(installed):
    machine = installed[0]
    machine.must("apt install -y timeball-pool")
    for service in ("poold", "pooldns", "poolmon"):
        machine.must(f"systemctl start {service}")
        assert not machine.active(service)
        assert "ConditionPathExists=/etc/pool.conf" in machine.run(f"systemctl status {service}").stdout


def test_the_pool_starts(installed):
    machine = installed[0]
    (machine.root / "etc/pool.conf").write_text(POOL_CONF)
    assert "/var/lib/pool/pool.db: No such file" in machine.run("poolctl server list").stderr
    machine.must("systemctl start pooldns poold")  # the snapshot may come later
    machine.await_active("poold")
    machine.await_active("pooldns")
    for process, user in (("poold", "timepool"), ("pooldns", "pooldns")):
        assert {*machine.must(f"ps -C {process} -o user=").split()} == {user}
    assert machine.must("stat -c %U /var/lib/pool/pool.db") == "timepool\n"


def enrol(machine, how):
    code = machine.must(f"poolctl --json monitor {how} m1")
    said = machine.must(f"poolmon enrol {json.loads(code)['code']}")
    assert "enrolled as m1" in said


def test_the_pool_measures_and_hands_out(installed):
    machine, stranger, _ = installed
    enrol(machine, "add")
    machine.must("poolctl monitor set m1 active")
    machine.must("echo a-long-password | poolctl person add ops@example.org")
    machine.must("poolctl account add time ops@example.org")
    machine.must("systemctl start poolmon")
    machine.await_active("poolmon")
    good = {f"{SUBNET}.{n}" for n in range(1, 6)}
    for ip in good:
        machine.must(f"poolctl server add {ip} time")
    machine.must("firewall-cmd --add-service=dns")

    def handed_out():
        """addresses of the servers"""
        got = stranger.run(["dig", "+short", "+time=1", "+tries=1", f"@{machine.ip}", "pool.example.org", "A"])
        return len(got.stdout.split()) == 4 and {*got.stdout.split()} <= good

    wait_for(handed_out, 60, every_s=1)


def test_a_monitor_is_enrolled_again(installed):
    """By root, after the service has made the folder its own."""
    machine = installed[0]
    enrol(machine, "code")
    machine.must("systemctl restart poolmon")
    restarted_ms = 1000 * int(machine.must("date +%s"))

    def works():
        """results with the new key"""
        return json.loads(machine.must("poolctl --json monitor list"))[0]["results_ms"] > restarted_ms

    wait_for(works, 30)


def test_it_leaves_without_a_trace(installed):
    machine = installed[0]
    machine.must("apt purge -y ntp timeball-ntpd timeball-tools timeball-pool timeball-exporter")
    left = machine.run("ls /etc/ntp.conf /etc/default/ntpd /usr/sbin/ntpd /lib/systemd/system/ntpd.service "
                       "/etc/systemd/system/multi-user.target.wants/ntpd.service").stdout
    assert left == "", left
    assert machine.run("pgrep ntpd").stdout == ""
