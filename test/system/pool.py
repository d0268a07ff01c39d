# SPDX-License-Identifier: BSD-2-Clause
"""A pool in a folder of its own: its configuration, and poolctl."""

import json
import pathlib
import subprocess

from world import program

PASSWORD = "correct horse battery\n"


class Pool:
    def __init__(self, folder, database=None, **settings):
        self.folder = pathlib.Path(folder)
        self.conf = self.folder / "pool.conf"
        self.settings = {
            "database": database or f"sqlite:{folder}/pool.db",
            "state-dir": folder,
            "snapshot": f"{folder}/zones.snap",
            "snapshot-key": f"{folder}/snapshot.key",
            "snapshot-public": f"{folder}/snapshot.pub",
            "domain": "demo.pool.test",
            "name-server": "ns1.example.net",
            "private-addresses": "yes",
            "password-memory": 8,
            **{name.replace("_", "-"): value for name, value in settings.items()},
        }
        self.conf.write_text("".join(f"{k} {v}\n" for k, v in self.settings.items()))

    def ctl(self, *words, input=None):
        """Run a command, whatever comes of it."""
        return subprocess.run([program("poolctl"), "-c", str(self.conf), *words],
                              input=input, capture_output=True, text=True, timeout=60)

    def do(self, *words, input=None):
        """Run a command that has to work; what it says as JSON."""
        out = self.ctl("--json", *words, input=input)
        assert out.returncode == 0, (words, out.stdout, out.stderr)
        return json.loads(out.stdout)
