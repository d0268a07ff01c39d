# SPDX-License-Identifier: BSD-2-Clause
"""What every system test gets: a world of its own, and TAP for meson (--tap)."""

import ctypes
import pathlib
import subprocess
import sys

import pytest

from world import World, can_make_worlds


@pytest.fixture
def world(tmp_path):
    if not can_make_worlds():
        pytest.skip("network namespaces need root")
    tmp_path.chmod(0o755)
    with World(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def shared_world(tmp_path_factory):
    """One world for all tests of a file that only look."""
    if not can_make_worlds():
        pytest.skip("network namespaces need root")
    folder = tmp_path_factory.mktemp("world")
    folder.chmod(0o755)
    with World(folder) as made:
        yield made


def pytest_addoption(parser):
    parser.addoption("--tap", action="store_true", help="report in TAP, for meson")


def take_own_loopback():
    """Files run side by side; in a network of its own, each may have any port."""
    new_network = 0x40000000  # CLONE_NEWNET
    if ctypes.CDLL(None, use_errno=True).unshare(new_network):
        raise OSError(ctypes.get_errno(), "unshare")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)


@pytest.hookimpl(trylast=True)  # after the usual reporter has come
def pytest_configure(config):
    if can_make_worlds():
        take_own_loopback()
    if config.getoption("--tap"):
        config.pluginmanager.unregister(name="terminalreporter")
        config.pluginmanager.register(Tap(config), "tap")


class Tap:
    """One line a test, and why it failed as comments."""

    def __init__(self, config):
        self.config, self.count = config, 0

    def say(self, text):
        capture = self.config.pluginmanager.getplugin("capturemanager")
        with capture.global_and_fixture_disabled():
            sys.stdout.write(text + "\n")
            sys.stdout.flush()

    def pytest_collection_modifyitems(self, items):
        self.say(f"1..{len(items)}")

    def pytest_collectreport(self, report):
        if report.failed:
            self.say("Bail out! " + str(report.longrepr).replace("\n", "\n# "))

    def pytest_runtest_logreport(self, report):
        name = pathlib.PurePath(report.nodeid).name.split("::", 1)[-1]
        if report.when == "call" and report.passed:
            self.count += 1
            self.say(f"ok {self.count} - {name}")
            for line in report.capstdout.splitlines():
                self.say("# " + line)  # figures worth keeping
        elif report.skipped:
            self.count += 1
            self.say(f"ok {self.count} - {name} # SKIP {report.longrepr[-1]}")
        elif report.failed:
            if report.when != "teardown":
                self.count += 1
            self.say(f"not ok {self.count} - {name} {report.when}")
            for line in (report.longreprtext + "\n" + report.capstdout).splitlines():
                self.say("# " + line)
