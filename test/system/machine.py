# SPDX-License-Identifier: BSD-2-Clause
"""A whole Debian of its own in a container: systemd boots in it, apt installs.

    with Machine(world, folder) as machine:      # joined to the world's network
        machine.run("systemctl is-system-running --wait")

tools/debian makes the root once, with debootstrap, in build/; each machine works
on a copy.  The container may not set the clock (no CAP_SYS_TIME).
"""

import os
import pathlib
import shutil
import signal
import subprocess
import time

from world import ROOT, SUBNET, children, wait_for

ARCHIVE = ROOT / "build/debian-12.tar"


class Unavailable(Exception):
    """Why no machine can be had here."""


def root_archive():
    """The archive of a fresh root."""
    if not shutil.which("systemd-nspawn"):
        raise Unavailable("no systemd-nspawn here (tools/setup package)")
    if not ARCHIVE.exists():
        raise Unavailable("no build/debian-12.tar: tools/debian makes it")
    return ARCHIVE


class Machine:
    def __init__(self, world, folder, archive, repository):
        self.world, self.root = world, pathlib.Path(folder) / "root"
        self.root.mkdir()
        subprocess.run(["tar", "-C", self.root, "-xf", archive], check=True)
        shutil.copytree(repository, self.root / "srv/timeball")
        self.ip = f"{SUBNET}.200"
        self.nspawn = None

    def __enter__(self):
        try:
            self.boot()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.nspawn and self.nspawn.poll() is None:
            for pid in children(self.nspawn.pid) or [self.nspawn.pid]:
                os.kill(pid, signal.SIGKILL)  # its init takes everything along
            self.nspawn.wait()
        shutil.rmtree(self.root, ignore_errors=True)

    def boot(self):
        """Start it, and join it to the network."""
        log = open(self.root.parent / "boot.log", "ab")
        with log:
            self.nspawn = subprocess.Popen(
                ["systemd-nspawn", "--quiet", f"--directory={self.root}", "--register=no",
                 "--keep-unit", "--private-network", "--drop-capability=CAP_SYS_TIME",
                 "--console=pipe", "--hostname=server", "--boot"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + 60
        while not self.up():
            if self.nspawn.poll() is not None or time.monotonic() > deadline:
                raise Unavailable("systemd-nspawn cannot boot it: " + self.boot_log()[-300:])
            time.sleep(0.2)
        self.join()

    def up(self):
        """systemd has come so far that it can be asked"""
        if not children(self.nspawn.pid):
            return False
        return self.run("systemctl is-system-running").stdout.strip() in ("running", "degraded")

    def boot_log(self):
        return (self.root.parent / "boot.log").read_text(errors="replace")

    def join(self):
        leader = children(self.nspawn.pid)[0]
        subprocess.run(["nsenter", "-t", str(self.world.switch.pid), "--net",
                        "ip", "link", "add", "machine", "master", "br0", "up",
                        "type", "veth", "peer", "name", "host0", "netns", str(leader)], check=True)
        for command in (f"ip address add {self.ip}/24 dev host0", "ip link set host0 up",
                        "ip route add default dev host0"):
            assert self.run(command).returncode == 0, command

    def shut_down(self):
        self.run("systemctl poweroff")
        self.nspawn.wait(60)

    def run(self, command, timeout_s=120, shell="sh"):
        """What somebody types there; stdout and stderr are text."""
        leader = children(self.nspawn.pid)[0]
        return subprocess.run(
            ["nsenter", "-t", str(leader), "--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup", "--root",
             "setpriv", "--bounding-set=-sys_time", "--inh-caps=-sys_time", "--",
             "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", "TERM=dumb",
             "DEBIAN_FRONTEND=noninteractive", shell, "-c", command],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout_s, errors="replace", check=False)

    def must(self, command, timeout_s=120):
        """run(), and it has to work."""
        ran = self.run(command, timeout_s)
        assert ran.returncode == 0, f"{command}: {ran.stdout[-2000:]}{ran.stderr[-2000:]}"
        return ran.stdout

    def active(self, service):
        return self.run(f"systemctl is-active {service}").stdout.strip() == "active"

    def await_active(self, service):
        def is_active():
            """the service"""
            return self.active(service)

        wait_for(is_active, 20)
