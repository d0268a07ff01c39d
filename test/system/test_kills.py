# SPDX-License-Identifier: BSD-2-Clause
"""Children of ntpd are killed while a client asks; bench/kill_children at a small size."""

import importlib.machinery
import importlib.util

import pytest

from world import ROOT, can_make_worlds


def bench(name):
    """A program of bench/ as a module."""
    loader = importlib.machinery.SourceFileLoader(name, str(ROOT / "bench" / name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    loader.exec_module(module)
    return module


def test_twenty_kills(tmp_path):
    if not can_make_worlds():
        pytest.skip("network namespaces need root")
    tmp_path.chmod(0o755)
    score, killed = bench("kill_children").run(tmp_path, kills=20, pause_s=0.5)
    lost = score["sent"] - score["answered"]
    print(f"{dict(killed)}: {score['sent']} requests, {lost} lost, "
          f"longest gap {1000 * score['longest_gap_s']:.0f} ms")
    assert sum(killed.values()) == 20 and len(killed) == 3
    # What a worker had taken from the kernel when it died is lost, nothing else.
    assert lost <= killed["worker"]
    assert score["longest_gap_s"] < 1
    assert score["stratum"] == 2
