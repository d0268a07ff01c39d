# SPDX-License-Identifier: BSD-2-Clause
"""A little network of namespaces, and time daemons to run in it.

    with World(folder) as world:
        up = world.node("up")            # 10.77.0.1
        peers.Chrony(up, "local stratum 1\\nallow")
        me = world.node("me")            # 10.77.0.2
        me.run([program("ntpdate"), "-q", up.ip])

A node is a network, mount and process namespace of its own.  Its first process
dies with us, whatever happens, and takes everything in the node along, so
nothing is ever left behind.  Nothing in a node may set the machine's clock:
CAP_SYS_TIME is taken from every command.
"""

import os
import pathlib
import shutil
import signal
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PEERS = ROOT / "build/peers"
SUBNET = "10.77.0"

# Daemons want these users; the packages that would make them are not installed.
USERS = ("_chrony", "ntpsec", "ntpd", "systemd-timesync", "ntp")

# What a node sees of the machine's /etc.
ETC = ("group", "hosts", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime",
       "nsswitch.conf", "passwd", "protocols", "services", "ssl", "alternatives")

SETUP = r"""
set -e
mkdir -p "$1/etc"
for f in $2; do [ ! -e "/etc/$f" ] || cp -a "/etc/$f" "$1/etc/"; done
: > "$1/etc/resolv.conf"
n=900
for user in $3; do
	grep -q "^$user:" "$1/etc/passwd" || echo "$user:x:$n:$n::/run:/bin/false" >> "$1/etc/passwd"
	grep -q "^$user:" "$1/etc/group" || echo "$user:x:$n:" >> "$1/etc/group"
	n=$((n + 1))
done
mount --bind "$1/etc" /etc
mount -t tmpfs -o mode=755 tmpfs /run
mount -t tmpfs -o mode=755 tmpfs /var/lib
mount -t tmpfs -o mode=755 tmpfs /var/log
ip link set lo up
echo ready
while :; do sleep 1000 & wait; done
"""


def can_make_worlds():
    """Namespaces need root here (a user namespace has no second user)."""
    return os.geteuid() == 0


def program(name):
    """One of our own programs, as just built."""
    top = pathlib.Path(os.environ.get("TIMEBALL_BIN", ROOT / "build/bin")).resolve()
    for path in sorted(top.rglob(name)):
        if path.is_file() and os.access(path, os.X_OK):
            return str(path)
    raise FileNotFoundError(f"{name} is not built in {top}")


def sanitized(name):
    """Is it a build whose run time makes system calls of its own?"""
    text = pathlib.Path(program(name)).read_bytes()
    return b"__asan_init" in text or b"__tsan_init" in text


# A busy machine and a build with sanitizers are slow, not wrong; what must be
# quick is measured by the test itself.
PATIENCE = 3


def wait_for(what, timeout_s, every_s=0.2):
    """Call what() until it returns something true, and return that.

    timeout_s is what it takes at most on a quiet machine.
    """
    deadline = time.monotonic() + timeout_s * PATIENCE
    while True:
        found = what()
        if found:
            return found
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {timeout_s} s for {what.__doc__ or what}")
        time.sleep(every_s)


class Process:
    """A daemon in a node, its output in a file."""

    def __init__(self, node, name, args, env=None):
        self.node, self.name = node, name
        self.log_path = node.folder / f"{name}.log"
        with open(self.log_path, "wb") as log:
            self.popen = subprocess.Popen(
                node.inside(args), stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, cwd=node.folder,
                env={**os.environ, **(env or {})}, start_new_session=True)

    def log(self):
        return self.log_path.read_text(errors="replace")

    def alive(self):
        return self.popen.poll() is None

    def stop(self):
        if self.alive():
            # nsenter waits for the daemon and does not pass signals on.
            for pid in children(self.popen.pid):
                os.kill(pid, signal.SIGTERM)
            try:
                self.popen.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(self.popen.pid, signal.SIGKILL)
                self.popen.wait()
        return self.popen.returncode


def children(pid):
    try:
        text = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except FileNotFoundError:
        return []
    return [int(word) for word in text.split()]


class Node:
    def __init__(self, world, name, ip):
        self.world, self.name, self.ip = world, name, ip
        self.folder = world.folder / name
        self.folder.mkdir()
        self.folder.chmod(0o755)
        self.processes = []
        self.holder = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL",
             "unshare", "--net", "--mount", "--pid", "--fork", "--kill-child=KILL",
             "--mount-proc", "--propagation", "private",
             "sh", "-c", SETUP, "sh", self.folder, " ".join(ETC), " ".join(USERS)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
            stderr=open(self.folder / "setup.log", "wb"))
        if self.holder.stdout.readline() != "ready\n":
            raise RuntimeError(f"node {name} did not come up")
        self.pid = children(self.holder.pid)[0]

    def inside(self, args):
        """The command line that runs args in this node, unable to set a clock."""
        return ["nsenter", "-t", str(self.pid), "--net", "--mount", "--pid", "--root",
                f"--wd={self.folder}",
                "setpriv", "--bounding-set=-sys_time", "--inh-caps=-sys_time",
                *map(str, args)]

    def run(self, args, timeout_s=30, env=None, check=False):
        """Run a command to its end; stdout and stderr are text."""
        return subprocess.run(
            self.inside(args), capture_output=True, text=True, timeout=timeout_s,
            check=check, env={**os.environ, **(env or {})}, errors="replace")

    def start(self, name, args, env=None):
        process = Process(self, name, args, env)
        self.processes.append(process)
        return process

    def close(self):
        for process in self.processes:
            process.stop()
        os.kill(self.pid, signal.SIGKILL)  # takes every process of the node along
        self.holder.wait()
        self.holder.stdout.close()


class World:
    """Nodes on one Ethernet, 10.77.0.0/24."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.nodes = []
        self.switch = None

    def __enter__(self):
        try:
            self.switch = self._node("switch", None)
            self.switch.run(["ip", "link", "add", "br0", "type", "bridge", "forward_delay", "0"], check=True)
            self.switch.run(["ip", "link", "set", "br0", "up"], check=True)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for node in reversed(self.nodes):
            node.close()
        for node in self.nodes:
            shutil.rmtree(node.folder / "etc", ignore_errors=True)
        self.nodes = []

    def _node(self, name, ip):
        node = Node(self, name, ip)
        self.nodes.append(node)
        return node

    def node(self, name):
        """A new node, joined to the others; addresses count from 10.77.0.1."""
        n = len(self.nodes)
        node = self._node(name, f"{SUBNET}.{n}")
        # From outside the process namespaces, where the node's pid means something.
        subprocess.run(["nsenter", "-t", str(self.switch.pid), "--net",
                        "ip", "link", "add", f"port{n}", "master", "br0", "up",
                        "type", "veth", "peer", "name", "eth0", "netns", str(node.pid)], check=True)
        node.run(["ip", "address", "add", f"{node.ip}/24", "dev", "eth0"], check=True)
        node.run(["ip", "link", "set", "eth0", "up"], check=True)
        node.run(["ip", "route", "add", "default", "dev", "eth0"], check=True)
        return node
