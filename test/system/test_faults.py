# SPDX-License-Identifier: BSD-2-Clause
"""ntpd where the machine fails it: no memory, files that are not what they should be."""

import os
import pathlib
import signal
import subprocess
import time

import pytest

from daemon import LOCAL_CLOCK, Daemon, ask, run_once
from world import ROOT, wait_for

SINGLE = ("--single", "-n")
NO_MEMORY = 71  # EX_OSERR

# Something of everything that takes memory at the start.
LARGE = LOCAL_CLOCK + """
server 127.77.4.99 iburst
keys keys
restrict 10.0.0.0 mask 255.0.0.0 nomodify
"""

# Only where libraries have enough: glibc 2.36 itself crashes without memory when
# it looks up a name (which is what the resolver has a process of its own for).
NAMES = "server localhost\nrestrict localhost limited kod\n"


def plain_ntpd():
    """One without sanitizers, which want memory for themselves."""
    for top in (os.environ.get("TIMEBALL_BIN", "."), ROOT / "build/bin"):
        for path in sorted(pathlib.Path(top).resolve().rglob("ntpd")):
            if path.is_file() and os.access(path, os.X_OK) and b"__asan_init" not in path.read_bytes():
                return str(path)
    pytest.skip("all builds have sanitizers")


def preload():
    top = pathlib.Path(os.environ.get("TIMEBALL_BIN", ROOT / "build")).resolve()
    return str(next(top.rglob("libfailing-malloc.so")))


# Children must be able to read the library, wherever the tree lies.
STAY = ("-u", "root") if os.geteuid() == 0 else ()


class Starved:
    """ntpd with LARGE, that gets no memory at its nth request."""

    def __init__(self, folder, ip, n, more="", options=SINGLE, env=None):
        self.daemon = Daemon(folder, ip, LARGE + more, options)
        (self.daemon.folder / "keys").write_text("1 SHA1 secret\n")
        self.log_path = self.daemon.folder / "stderr"
        self.log_path.unlink(missing_ok=True)
        env = {**os.environ, "LD_PRELOAD": preload(), **(env or {})}
        env.update({"FAIL_AT": str(n)} if n else {"COUNT_TO": str(self.daemon.folder / "count")})
        with open(self.log_path, "wb") as log:
            self.popen = subprocess.Popen(
                [plain_ntpd(), *self.daemon.options], cwd=self.daemon.folder, env=env,
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)

    def run(self, serving_s=0.02):
        """Until it ends by itself, or serves and is told to end; its status."""
        try:
            wait_for(lambda: self.popen.poll() is not None or ask(self.daemon.ip, 0.05), 10, 0.005)
            time.sleep(serving_s)
            self.popen.send_signal(signal.SIGTERM)
            return self.popen.wait(10)
        finally:
            self.popen.kill()
            self.popen.wait()


def test_memory_runs_out(tmp_path):
    """E-10: at each request in turn; the packet path has none."""
    assert Starved(tmp_path, "127.77.4.1", 0).run(1) == 0
    total = int((tmp_path / "count").read_text())
    assert total > 50  # it does count
    ended = 0
    for n in range(1, total + 1):
        status = Starved(tmp_path, "127.77.4.1", n).run()
        # What only asks the C library (its interfaces, a name) goes on without.
        assert status in (0, NO_MEMORY), (n, status)
        if status == NO_MEMORY:
            ended += 1
            assert "memory" in (tmp_path / "stderr").read_text()
    print(f"{total} requests for memory, {ended} of them fatal")
    assert ended > total / 2


def test_memory_runs_out_for_all_processes(tmp_path):
    """E-10: children die of it and are started again; the supervisor ends with 71."""
    fatal = {"ntpd": 0, "children": 0}
    for n in range(1, 61, 2):
        status = Starved(tmp_path, "127.77.4.2", n, NAMES, ("-n", *STAY), {"ONLY_OURS": "1"}).run(0.1)
        log = (tmp_path / "stderr").read_text()
        assert status in (0, NO_MEMORY) or "did not come up" in log, (n, status, log)
        assert "killed by signal" not in log, (n, log)
        fatal["ntpd"] += status == NO_MEMORY
        fatal["children"] += f" 0: exit status {NO_MEMORY}" in log
    print("ended for want of memory:", fatal)
    assert all(fatal.values())


def nothing(path):
    path.write_bytes(b"")


def nan(path):
    path.write_text("nan\n")


def too_much(path):
    path.write_text("500000\n")


def binary(path):
    path.write_bytes(bytes(range(256)))


def huge(path):
    with open(path, "wb") as f:
        f.truncate(2 << 30)


def folder(path):
    path.mkdir()


def fifo(path):
    os.mkfifo(path)


def link(path):
    path.symlink_to("/etc/passwd")


@pytest.mark.parametrize("make", (nothing, nan, too_much, binary, huge, folder, fifo, link))
def test_no_drift_file_stops_the_start(tmp_path, make):
    """F-07"""
    path = tmp_path / "drift"
    make(path)
    passwd = pathlib.Path("/etc/passwd").read_bytes()
    begin = time.monotonic()
    with Daemon(tmp_path, "127.77.4.3", f"{LOCAL_CLOCK}driftfile {path}\n", SINGLE) as d:
        d.await_stratum(1)
        assert time.monotonic() - begin < 2
        assert d.terminate()[0] == 0
        assert f"warning: drift file {path}" in d.log()
    assert pathlib.Path("/etc/passwd").read_bytes() == passwd


def test_files_that_are_pipes_without_a_writer(tmp_path):
    """F-07, F-12: the other files that are read at the start."""
    for name in ("keys", "leap", "more"):
        os.mkfifo(tmp_path / name)
    conf = tmp_path / "conf"
    conf.write_text(f"keys {tmp_path}/keys\nleapfile {tmp_path}/leap\n"
                    f"includefile {tmp_path}/more\nserver 127.0.0.1\n")
    out = run_once("-t", "-c", conf, timeout_s=2)
    assert out.returncode == 0
    assert "leap" in out.stderr


def test_what_is_wrong_with_keys_is_told_without_them(tmp_path):
    """F-06"""
    keys, conf = tmp_path / "keys", tmp_path / "conf"
    keys.write_text("1 SHA1 SECRET#SECRET\n2 SHA1 SECRET\n2 SHA1 SECRET\n0 MD5 SECRET\n")
    conf.write_text(f"keys {keys}\nserver 127.0.0.1\n")
    keys.chmod(0o644)
    out = run_once("-t", "-c", conf)
    assert out.returncode == 0
    for line in (1, 3, 4):
        assert f"{keys}:{line}:" in out.stderr
    assert "everybody can read" in out.stderr
    assert "SECRET" not in out.stderr
    keys.chmod(0o640)
    assert "everybody" not in run_once("-t", "-c", conf).stderr
