#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What is installed besides the programs, as far as it can be judged unrun.

usage: packaging.py SOURCE_ROOT BUILD_ROOT

Installs the build into a folder of its own and looks at what is there: service
files are understood by systemd and confine as much as was promised, users and
folders can be made, hooks do what they say.  Speaks TAP.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

# systemd-analyze security, in tenths: what each service may expose at most.
# For comparison, on Debian 12: chrony 37, openntpd 68, ntpsec 94.
EXPOSURE = {"ntpd": 25, "ntpd + client-only": 20, "ntpd + container": 20,
            "poold": 20, "pooldns": 20, "poolmon": 20, "ntp-exporter": 20}


class Skip(Exception):
    """The machine lacks what it takes to judge."""


def run(*args, **kwargs):
    return subprocess.run([str(a) for a in args], capture_output=True, text=True,
                          timeout=60, check=False, **kwargs)


def need(program):
    found = shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin:/sbin")
    if not found:
        raise Skip(f"no {program} here")
    return found


class Installed:
    """The tree as `meson install` makes it."""

    def __init__(self, source, build, folder):
        self.source, self.folder = source, folder
        self.dest = folder / "dest"
        ran = run("meson", "install", "-C", build, "--no-rebuild", "--quiet", "--destdir", self.dest)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        self.prefix = next(self.dest.rglob("sbin/ntpd")).parent.parent

    def units(self):
        """(what it is, a folder with the service and its drop-in)."""
        services = sorted((self.prefix / "lib/systemd/system").glob("*.service"))
        assert len(services) >= 1
        for service in services:
            yield service.stem, self.unit(service)
        for drop_in in sorted((self.prefix / "share/timeball/ntpd.service.d").glob("*.conf")):
            yield f"ntpd + {drop_in.stem}", self.unit(services[0].with_name("ntpd.service"), drop_in)

    def unit(self, service, drop_in=None):
        """A copy whose programs are those of this tree."""
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        real = "/" + str(self.prefix.relative_to(self.dest))
        copy = folder / service.name
        places = [(service, copy)]
        if drop_in:
            (folder / (service.name + ".d")).mkdir()
            places.append((drop_in, folder / (service.name + ".d") / drop_in.name))
        for old, new in places:
            new.write_text(old.read_text().replace(f"={real}/", f"={self.prefix}/"))
        return copy


def test_systemd_understands_the_services(tree):
    analyze = need("systemd-analyze")
    for name, unit in tree.units():
        ran = run(analyze, "verify", "--man=no", unit)
        assert (ran.returncode, ran.stdout + ran.stderr) == (0, ""), name


def test_services_expose_little(tree):
    analyze = need("systemd-analyze")
    for name, unit in tree.units():
        ran = run(analyze, "security", "--offline=true", "--no-pager",
                  f"--threshold={EXPOSURE[name]}", unit)
        found = re.search(r"exposure level for \S+: ([\d.]+)", ran.stdout)
        assert found, ran.stdout + ran.stderr
        print(f"# {name}: {found[1]}")
        assert ran.returncode == 0, f"{name}: {found[1]} is above {EXPOSURE[name] / 10}"


def test_users_and_folders_can_be_made(tree):
    sysusers, tmpfiles = need("systemd-sysusers"), need("systemd-tmpfiles")
    (tree.dest / "etc").mkdir(exist_ok=True)
    for conf in sorted((tree.prefix / "lib/sysusers.d").glob("*.conf")):
        ran = run(sysusers, f"--root={tree.dest}", conf)
        assert ran.returncode == 0, ran.stderr
    users = (tree.dest / "etc/passwd").read_text()
    for _, unit in tree.units():
        for key, name in re.findall(r"^(User|Group)=(.*)$", unit.read_text(), re.M):
            known = re.search(rf"^{name}:", users if key == "User" else (tree.dest / "etc/group").read_text(), re.M)
            assert known or "DynamicUser=yes" in unit.read_text(), f"{unit.name}: nobody makes {name}"
    if os.geteuid() != 0:
        raise Skip("folders are made by root")
    conf = tree.prefix / "lib/tmpfiles.d/timeball.conf"
    ran = run(tmpfiles, "--create", f"--root={tree.dest}", conf)
    assert ran.returncode == 0, ran.stderr
    assert (tree.dest / "var/lib/ntp").stat().st_uid != 0


def test_timedatectl_knows_the_service(tree):
    listed = (tree.prefix / "lib/systemd/ntp-units.d/50-timeball.list").read_text()
    units = [line for line in listed.splitlines() if line and not line.startswith("#")]
    assert units == ["ntpd.service"]
    unit = (tree.prefix / "lib/systemd/system/ntpd.service").read_text()
    assert re.search(r"^Alias=.*\bntp\.service\b", unit, re.M)


def test_firewalls_know_the_ports(tree):
    service = ET.parse(tree.prefix / "lib/firewalld/services/ntske.xml").getroot()
    assert [port.attrib for port in service.iter("port")] == [{"protocol": "tcp", "port": "4460"}]
    ufw = (tree.prefix / "share/timeball/ufw").read_text()
    assert re.findall(r"^ports=(.*)$", ufw, re.M) == ["123/udp", "123/udp|4460/tcp"]


def test_apparmor_understands_the_profile(tree):
    ran = run(need("apparmor_parser"), "-Q", "-K", tree.prefix / "share/timeball/apparmor")
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_logrotate_understands_its_file(tree):
    logrotate = need("logrotate")
    conf = tree.folder / "logrotate"
    # It wants to know the user and the group; here they may be unknown.
    conf.write_text((tree.prefix / "share/timeball/logrotate").read_text().replace("ntp adm", "root root"))
    conf.chmod(0o644)
    ran = run(logrotate, "--debug", "--state", tree.folder / "state", conf)
    assert ran.returncode == 0 and "error" not in ran.stderr, ran.stderr


def dhcp(tree, hook, *args, **env):
    etc = tree.folder / "etc"
    reloads = tree.folder / "reloads"
    reloads.write_text("")
    script = hook.read_text().replace(f"/{tree.prefix.relative_to(tree.dest)}/", f"{tree.prefix}/")
    ran = run("sh", "-c", script, "hook", *args,
              env={"PATH": os.environ["PATH"], "NTPD_ETC": str(etc),
                   "NTPD_RELOAD": f"eval echo again >>{reloads}", **env})
    assert ran.returncode == 0, ran.stderr
    conf = etc / "ntp.conf.d/dhcp-eth0.conf"
    lines = conf.read_text().splitlines()[1:] if conf.exists() else []
    return lines, len(reloads.read_text().splitlines())


def test_dhcp_changes_nothing_unless_asked(tree):
    shutil.rmtree(tree.folder / "etc", ignore_errors=True)
    (tree.folder / "etc/default").mkdir(parents=True)
    shutil.copy(tree.prefix / "share/timeball/default", tree.folder / "etc/default/ntpd")
    manager = tree.prefix / "lib/NetworkManager/dispatcher.d/50-timeball"
    assert dhcp(tree, manager, "eth0", "up", DHCP4_NTP_SERVERS="192.0.2.1") == ([], 0)
    assert not (tree.folder / "etc/ntp.conf.d").exists()


def test_dhcp_names_sources_when_asked(tree):
    shutil.rmtree(tree.folder / "etc", ignore_errors=True)
    (tree.folder / "etc/default").mkdir(parents=True)
    (tree.folder / "etc/default/ntpd").write_text("NTPD_DHCP=yes\n")
    manager = tree.prefix / "lib/NetworkManager/dispatcher.d/50-timeball"
    client = tree.prefix / "share/timeball/dhclient"
    one, two = "server 192.0.2.1 iburst", "server 192.0.2.2 iburst"
    assert dhcp(tree, manager, "eth0", "up", DHCP4_NTP_SERVERS="192.0.2.1") == ([one], 1)
    assert dhcp(tree, client, reason="RENEW", interface="eth0", new_ntp_servers="192.0.2.1") == ([one], 0)
    assert dhcp(tree, client, reason="BOUND", interface="eth0",
                new_ntp_servers="192.0.2.1 192.0.2.2") == ([one, two], 1)
    # What a network says is an address or nothing.
    assert dhcp(tree, client, reason="BOUND", interface="eth0",
                new_ntp_servers="$(reboot) 192.0.2.2 dead;beef key 1") == ([two], 1)
    assert dhcp(tree, client, reason="EXPIRE", interface="eth0") == ([], 1)
    assert dhcp(tree, manager, "eth0", "down") == ([], 0)
    ran = run(tree.prefix / "libexec/timeball/dhcp-sources", "../../passwd", "192.0.2.1",
              env={"NTPD_ETC": str(tree.folder / "etc"), "PATH": os.environ["PATH"]})
    assert ran.returncode == 2, ran.stderr


def instructions(containerfile):
    """[(stage, word, rest)]: lines joined, comments gone."""
    text = re.sub(r"^\s*#.*\n", "", containerfile.read_text(), flags=re.M)
    stage = -1
    for line in text.replace("\\\n", " ").splitlines():
        if line.strip():
            word, rest = line.split(None, 1)
            stage += word == "FROM"
            yield stage, word, " ".join(rest.split())


def test_containerfile_holds_together(tree):
    """What an engine or hadolint would say, as far as it matters here."""
    container = tree.source / "packaging/container"
    lines = list(instructions(container / "Containerfile"))
    words = [word for _, word, _ in lines]
    assert {*words} <= {"FROM", "RUN", "COPY", "WORKDIR", "USER", "VOLUME", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT"}
    for _, word, rest in lines:
        if word == "FROM":
            assert re.match(r"[a-z.]+/[a-z/]+:(?!latest)\S+( AS [a-z]+)?$", rest), rest
        elif word == "RUN":
            ran = run("sh", "-n", input=rest)
            assert ran.returncode == 0, ran.stderr
            if "apt-get" in rest:
                assert "--no-install-recommends" in rest and "rm -rf /var/lib/apt/lists/*" in rest, rest
        elif word in ("ENTRYPOINT", "HEALTHCHECK"):
            command = json.loads(rest[rest.index("["):])
            assert all(isinstance(part, str) for part in command)
        elif word == "COPY" and rest.startswith("--from=build"):
            for path in rest.split()[1:-1]:
                assert (tree.prefix / path.removeprefix("/out/usr/")).exists(), path
        elif word == "COPY":
            assert all((tree.source / path).exists() for path in rest.split()[:-1]), rest
    # Never root, and the same for both: the port that strangers ask and ours.
    last = [(word, rest) for stage, word, rest in lines if stage == 1]
    assert last.index(("USER", "ntp")) > max(n for n, (word, _) in enumerate(last) if word in ("RUN", "COPY"))
    assert ("EXPOSE", "10123/udp") in last
    assert "port 10123" in (container / "start").read_text()
    assert re.search(r"^/build$", (tree.source / ".dockerignore").read_text(), re.M)


def test_container_has_the_libraries(tree):
    """Each library that a program of it is linked with comes from a package that it installs."""
    query = need("dpkg-query")
    lines = list(instructions(tree.source / "packaging/container/Containerfile"))
    installs = " ".join(rest for stage, word, rest in lines if (stage, word) == (1, "RUN")).split()
    programs = [tree.prefix / path.removeprefix("/out/usr/") for _, word, rest in lines if word == "COPY"
                for path in rest.split() if path.startswith("/out/")]
    assert len(programs) == 4
    for program in programs:
        needed = run(need("readelf"), "-d", program).stdout
        for library in re.findall(r"NEEDED.*\[(.*)\]", needed):
            if re.match(r"lib([alt]|ub)san\.", library):
                continue
            owner = run(query, "-S", f"*/{library}").stdout
            names = {line.split(":")[0] for line in owner.splitlines()}
            assert names & {*installs, "libc6", "libtinfo6"}, f"{program.name}: {library} is in {names}"


def test_container_starts(tree):
    """Its script gives ntpd a configuration that this accepts, or says what is missing."""
    script = tree.source / "packaging/container/start"
    etc, made = tree.folder / "container-etc", tree.folder / "container-run"
    (etc / "ntp.conf.d").mkdir(parents=True)
    made.mkdir()
    env = {"PATH": os.environ["PATH"], "NTPD": str(tree.prefix / "sbin/ntpd"),
           "NTPD_RUN": str(made), "NTPD_ETC": str(etc)}
    ran = run("sh", script, "-t", env=env)
    assert ran.returncode == 2 and "NTP_SERVERS" in ran.stderr, ran.stderr
    servers = "192.0.2.1 192.0.2.2 2001:db8::3 ntp.example.net"
    (etc / "ntp.conf.d/more.conf").write_text("tos minsane 2\n")
    ran = run("sh", script, "-t", env={**env, "NTP_SERVERS": servers})
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stderr
    lines = (made / "ntp.conf").read_text()
    assert re.findall(r'^server "(.*)" iburst$', lines, re.M) == servers.split()
    assert re.search(r"^includefile .*more.conf", lines, re.M)
    # A directive cannot be smuggled in by a name.
    ran = run("sh", script, "-t", env={**env, "NTP_SERVERS": 'a"b'})
    assert ran.returncode != 0
    (etc / "ntp.conf").write_text("port 10123\nserver 192.0.2.1 iburts\n")
    ran = run("sh", script, "-t", env=env)
    assert ran.returncode == 2 and "iburts" in ran.stderr, ran.stderr


def main(source, build):
    tests = [(name[5:], fn) for name, fn in globals().items() if name.startswith("test_")]
    print(f"1..{len(tests)}")
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        tree = Installed(pathlib.Path(source), build, pathlib.Path(folder))
        for number, (name, test) in enumerate(tests, 1):
            try:
                test(tree)
                print(f"ok {number} - {name}")
            except Skip as why:
                print(f"ok {number} - {name} # SKIP {why}")
            except (AssertionError, OSError, subprocess.TimeoutExpired) as wrong:
                failed += 1
                print(f"not ok {number} - {name}")
                print("\n".join("# " + line for line in repr(wrong).split("\\n")))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
