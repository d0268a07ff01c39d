# SPDX-License-Identifier: BSD-2-Clause
"""ntp-exporter beside a real daemon, as Prometheus' own tool reads it."""

import json
import os
import pathlib
import re
import subprocess
import urllib.error
import urllib.request

import pytest

from daemon import LOCAL_CLOCK, PORT, Daemon
from world import PEERS, wait_for

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("TIMEBALL_BIN", "build/dev")).resolve()
EXPORTER = BUILD / "src/prog/ntp-exporter/ntp-exporter"
PROMTOOL = PEERS / "prometheus/usr/bin/promtool"
UP, ME = "127.77.31.1", "127.77.31.2"
SINGLE = ("--single", "-n")
URL = "http://127.0.0.1:9975"


def get(path, method="GET"):
    request = urllib.request.Request(URL + path, method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as r:
            return r.status, r.headers, r.read().decode()
    except urllib.error.HTTPError as e:
        return e.code, e.headers, e.read().decode()


def figures(text):
    """{"name{labels}": value} of an exposition."""
    return {m[1]: float(m[2]) for m in re.finditer(r"^([^#\n].*) (\S+)$", text, re.M)}


class Exporter:
    def __init__(self, folder, *options):
        self.log = folder / "exporter.log"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen([EXPORTER, *options], stdout=log, stderr=log)

    def __enter__(self):
        wait_for(lambda: "/metrics" in self.log.read_text(), 10, 0.02)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        assert self.process.wait(10) == 0, self.log.read_text()


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exporter")
    folder.chmod(0o755)
    with Daemon(folder / "up", UP, LOCAL_CLOCK, SINGLE), \
            Daemon(folder / "me", ME, f"""
server {UP} port {PORT} iburst
server 127.77.31.4 port {PORT} iburst
pool no.such.name.invalid
""", SINGLE) as me:
        me.await_stratum(2)
        with Exporter(folder, "-s", str(me.status)) as exporter:
            me.exporter = exporter
            yield me


def promtool(*args, text=None):
    out = subprocess.run([PROMTOOL, *args], input=text, capture_output=True, text=True,
                         timeout=60, check=False)
    assert out.returncode == 0, out.stdout + out.stderr
    return out.stdout + out.stderr


def test_metrics_of_a_daemon(world):
    status, headers, text = get("/metrics")
    assert status == 200 and headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert headers["Cache-Control"] == "no-store"
    seen = figures(text)
    assert seen["ntp_up"] == 1 and seen["ntp_system_synchronized"] == 1
    assert seen["ntp_system_stratum"] == 2 and seen["ntp_system_leap_indicator"] == 0
    assert 0 < seen["ntp_system_root_distance_seconds"] < 1
    mine = re.search(rf'\{{name="{UP}",address="{UP}",id="\d+"\}}', text)[0]
    assert seen["ntp_source_stratum" + mine] == 1
    assert seen["ntp_source_received_packets_total" + mine] >= 1
    assert seen[f'ntp_source_state{mine[:-1]},state="syspeer"}}'] == 1
    assert any(k.startswith('ntp_source_state{name="no.such.name.invalid"') for k in seen)
    # As the document of the same moment says.
    document = json.loads(get("/status.json")[2])
    assert document["system"]["stratum"] == 2
    assert abs(seen["ntp_uptime_seconds"] - document["daemon"]["uptime"]) < 5


def test_names_of_families(world):
    """What is not in the catalogue has been thought of, and the other way round."""
    have = set(re.findall(r"^# TYPE (\S+)", get("/metrics")[2], re.M))
    told = set(re.findall(r"^\| `(\w+)`", (ROOT / "doc/metrics.md").read_text(), re.M))
    assert have <= told, have - told
    # Those need a file, keys, a proxy or a kind of source that is not here.
    assert {n for n in told - have if not n.startswith(("chrony_", "ntppool_"))} <= {
        "ntp_system_tai_offset_seconds", "ntp_system_leap_file_expiry_timestamp_seconds"}


@pytest.mark.skipif(not PROMTOOL.exists(), reason="tools/peers has not unpacked promtool")
def test_prometheus_likes_it(world):
    for path in ("/metrics", "/metrics?compat=chrony"):
        assert promtool("check", "metrics", text=get(path)[2]) == ""
    rules = ROOT / "packaging/prometheus/ntp.rules.yml"
    assert "SUCCESS" in promtool("check", "rules", rules)


def test_rules_and_board_name_what_there_is(world):
    told = set(re.findall(r"^\| `(\w+)`", (ROOT / "doc/metrics.md").read_text(), re.M))
    for file in ("prometheus/ntp.rules.yml", "grafana/ntp.json"):
        text = (ROOT / "packaging" / file).read_text()
        names = set(re.findall(r"\b((?:ntp|ntppool|chrony)_[a-z0-9_]+)", text))
        assert names and names <= told, names - told
    board = json.loads((ROOT / "packaging/grafana/ntp.json").read_text())
    assert len({p["id"] for p in board["panels"]}) == len(board["panels"])


def test_boards_made_for_chrony(world):
    text = get("/metrics?compat=chrony")[2]
    seen = figures(text)
    assert seen["chrony_up"] == 1 and seen["chrony_tracking_stratum"] == 2
    labels = f'{{source_address="{UP}",source_name="{UP}"'
    assert seen[f"chrony_sources_reachability_success{labels}}}"] == 1
    assert seen[f'chrony_sources_state_info{labels},source_state="sync",source_mode="client"}}'] == 1
    assert "chrony_" not in get("/metrics")[2]


def test_other_pages(world):
    assert get("/")[0] == 200 and "/metrics" in get("/")[2]
    assert get("/nothing")[0] == 404
    status, headers, _ = get("/metrics", "POST")
    assert status == 405 and headers["Allow"] == "GET, HEAD"
    assert get("/metrics", "HEAD")[2] == ""


def test_it_holds_nothing(world):
    pid = world.exporter.process.pid
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    assert re.search(r"^CapEff:\s+0+$", status, re.M)
    assert re.search(r"^NoNewPrivs:\s+1$", status, re.M)
    if "Seccomp:\t0" in status:
        pytest.skip("a build with sanitizers has no filter")
    assert "Seccomp:\t2" in status


def test_it_is_up_while_the_daemon_is_not(tmp_path, world):
    """The daemon goes, comes back, or says what is no document; E-31."""
    world.terminate()
    status, _, text = get("/metrics")
    assert status == 200 and figures(text) == {"ntp_up": 0}
    assert figures(get("/metrics?compat=chrony")[2]) == {"ntp_up": 0, "chrony_up": 0}
    assert get("/status.json")[0] == 503
    world.start()
    world.await_stratum(2)
    assert figures(get("/metrics")[2])["ntp_up"] == 1
    log = world.exporter.log.read_text()
    assert "no status from" in log and "comes from" in log and log.count("\n") < 10


def test_wrong_command_lines(tmp_path):
    for options, says in ((["-l", "nowhere"], "127.0.0.1:9975"), (["x"], "usage"),
                          (["--seccomp", "perhaps"], "usage")):
        out = subprocess.run([EXPORTER, *options], capture_output=True, text=True, check=False)
        assert out.returncode == 2 and says in out.stderr
    out = subprocess.run([EXPORTER, "-l", "192.0.2.1:80"], capture_output=True, text=True, check=False)
    assert out.returncode == 1 and "cannot listen on 192.0.2.1:80" in out.stderr
    assert subprocess.run([EXPORTER, "-V"], capture_output=True, check=False).returncode == 0
