# SPDX-License-Identifier: BSD-2-Clause
"""The pages in a real Chromium: narrow and wide, dark, with and without scripts.

playwright-core and axe-core come from npm into the build folder; without npm,
or without its registry, this is skipped, and says so.
"""

import contextlib
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

WEB = pathlib.Path(__file__).parent.parent / "web"
sys.path.append(str(WEB))
import seed  # noqa: E402

ADMIN = "admin@example.org correct-horse-battery"
BUILD = pathlib.Path(os.environ.get("TIMEBALL_BIN", "build/dev")).resolve()


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@contextlib.contextmanager
def seeded(folder, scripts):
    """A real poold over seeded books; its URL."""
    url = f"http://127.0.0.1:{free_port()}"
    (folder / "pool.conf").write_text(
        f'database sqlite:{folder}/pool.db\nstate-dir {folder}\n'
        'private-addresses yes\n'  # the monitors are the same account's
        f'web-listen {url[7:]}\nweb-url {url}\nname "Example pool"\n'
        f'snapshot {folder}/zones.snap\nsnapshot-key {folder}/key\n'
        f'snapshot-public {folder}/pub\nmail-url file:{folder}\nweb-scripts {scripts}\n')
    subprocess.run([BUILD / "src/prog/poolctl/poolctl", "-c", folder / "pool.conf", "init",
                    "admin=" + ADMIN.split()[0]], input=ADMIN.split()[1].encode(), check=True,
                   stdout=subprocess.DEVNULL)
    with open(folder / "log", "wb") as log:
        poold = subprocess.Popen(
            [BUILD / "src/prog/poold/poold", "-c", folder / "pool.conf"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        wait_for(url + "/healthz", poold, folder / "log")
        seed.seed(folder / "pool.db")
        yield url
    finally:
        poold.terminate()
        assert poold.wait(20) == 0, (folder / "log").read_text()


@pytest.fixture(scope="module")
def pool(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pool")
    with seeded(folder, folder / "none") as url:
        yield url


def wait_for(url, process, log):
    for _ in range(200):
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError):
            assert process.poll() is None, log.read_text()
            time.sleep(0.05)
    raise AssertionError(log.read_text())


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    """A folder with look.mjs and what it imports."""
    folder = BUILD / "web-tests"
    folder.mkdir(exist_ok=True)
    for name in ("look.mjs", "zoom.mjs", "package.json", "package-lock.json"):
        shutil.copy(WEB / name, folder)
    if not shutil.which("npm") or not os.path.exists("/usr/bin/chromium"):
        pytest.skip("needs npm and chromium: tools/setup check")
    if not (folder / "node_modules/axe-core").exists():
        got = subprocess.run(
            ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=240)
        if got.returncode:
            pytest.skip("npm cannot fetch: " + got.stderr.strip()[-200:])
    return folder


def get(url):
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return answer.status, dict(answer.headers), answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read().decode()


def test_pages_in_a_browser(pool, node):
    shots = os.environ.get("TIMEBALL_SHOTS")  # a folder, to look at
    run = subprocess.run(
        ["node", "look.mjs", pool] + ([shots] if shots else []), cwd=node, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=240, env={**os.environ, "LOGIN": ADMIN})
    assert run.returncode == 0, run.stderr
    result = json.loads(run.stdout)
    assert result["visited"] > 80 and result["behind"] > 15, result
    assert not result["findings"], "\n".join(result["findings"])


def test_zoom(tmp_path, node):
    scripts = BUILD / "web-scripts"
    got = subprocess.run([WEB.parents[1] / "tools/zoom", scripts], stdin=subprocess.DEVNULL,
                         capture_output=True, text=True, timeout=90)
    if got.returncode:
        pytest.skip(got.stderr.strip()[-200:])
    shots = os.environ.get("TIMEBALL_SHOTS")
    with seeded(tmp_path, scripts) as url:
        run = subprocess.run(["node", "zoom.mjs", url] + ([shots] if shots else []), cwd=node,
                             stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
        assert run.returncode == 0, run.stderr
        assert json.loads(run.stdout)["findings"] == []
        status, headers, body = get(url + "/scores/192.0.2.11")
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert not re.search(r"<script(?! src=\"/static/)", body)
        points = json.loads(get(url + "/scores/192.0.2.11/points?window=24h")[2])
        assert len(points["series"]) == 6 and points["to"] - points["from"] == 86400
        assert all(len(p) == 3 for s in points["series"] for p in s["points"])
        # Nothing else of the folder is ever sent, nor what is above it.
        (scripts / "other.js").write_text("1")
        for path in ("other.js", "..%2fpool.conf", "../pool.conf", "uPlot.iife.min.js/", "."):
            assert get(f"{url}/static/{path}")[0] in (400, 404), path
        assert get(url + "/static/uPlot.min.css")[0] == 200


def test_no_page_needs_a_script(pool):
    assert get(pool + "/static/uPlot.min.css")[0] == 404
    for path in ("/", "/scores/192.0.2.11", "/zone/@", "/lists/stratum1"):
        status, headers, body = get(pool + path)
        assert status == 200
        assert "<script" not in body
        assert "default-src 'self'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]


def test_formats_of_programs(pool):
    status, headers, body = get(pool + "/scores/192.0.2.15/log?limit=3&monitor=*")
    assert status == 200 and len(body.splitlines()) == 4
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert "max-age" in headers["Cache-Control"]
    status, headers, body = get(pool + "/scores/192.0.2.15/json?limit=3")
    assert len(json.loads(body)["history"]) == 3
    assert json.loads(get(pool + "/scores/192.0.2.15/why?format=json")[2])["rule"]
    assert json.loads(get(pool + "/zone/@.json?limit=2")[2])["history"]


def test_every_link_leads_somewhere(pool):
    """From the home page on, every address of ours that a page names."""
    seen, todo, broken = set(), ["/"], []
    while todo:
        path = todo.pop().replace("&amp;", "&").split("#")[0]
        if path in seen or len(seen) > 400 or path.startswith("/manage"):
            continue  # behind /manage is what only its owner sees
        seen.add(path)
        status, headers, body = get(pool + path)
        if status != 200:
            broken.append((path, status))
        if headers.get("Content-Type", "").startswith("text/html"):
            todo += re.findall(r'(?:href|src)="(/[^"]*)"', body)
            assert "<script>alert" not in body and "\u202e" not in body
    assert len(seen) > 40
    assert not broken, broken


def test_the_api_is_described(pool):
    """openapi.json names each row of the API in routes.c, and no other."""
    described = json.loads(get(pool + "/static/openapi.json")[2])
    text = (WEB.parent.parent / "src/pool/web/routes.c").read_text()
    rows = {(method.lower(), re.sub(r":(\w+)", r"{\1}", path))
            for method, path in re.findall(r'\{"(\w+)", "(/api/v1/[^"]*)"', text)}
    told = {(method, path) for path, item in described["paths"].items()
            for method in item if method != "parameters"}
    assert rows == told
    for method, path in told:
        assert get(pool + path.format(address="192.0.2.11", id=1))[0] in (401, 405), path
    refs = set(re.findall(r'"#/([^"]*)"', json.dumps(described)))
    for ref in refs:
        part = described
        for step in ref.split("/"):
            part = part[step]
