# SPDX-License-Identifier: BSD-2-Clause
"""ntpctl: a real daemon in words, what is wrong in words, and its tables."""

import csv
import io
import json
import os
import pathlib
import pty
import re
import socket
import subprocess
import threading

import pytest

from daemon import LOCAL_CLOCK, PORT, Daemon
from world import program

ROOT = pathlib.Path(__file__).parents[2]
PEERS = ROOT / "build/peers"
IP = "127.77.9.1"


def ctl(*words, env=None, **options):
    return subprocess.run(
        [program("ntpctl"), *map(str, words)], text=True, capture_output=True,
        timeout=30, env={**os.environ, **(env or {})}, **options)


def test_questions_of_ntpq_are_no_requests_for_the_time(tmp_path):
    document = json.loads((ROOT / "test/data/status/sample.json").read_text())
    document["server"].update(received=53, answered=4, ignored=0, control=49, versions={"4": 4})
    file = tmp_path / "status.json"
    file.write_text(json.dumps(document))
    assert "4 requests, 100.0 % answered" in ctl("status", "--from", file).stdout
    assert "NTPv4 100.0 %, 4" in ctl("server", "--from", file).stdout


def commands():
    """The names of the table, as help prints them."""
    out = ctl("help").stdout.split("commands:\n", 1)[1]
    return [re.split(r" (?=[\[A-Z])", line.strip())[0]
            for line in out.splitlines() if re.match(r"  \S", line)]


@pytest.fixture(scope="module")
def daemon(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ntpctl")
    folder.chmod(0o755)
    with Daemon(folder / "d", IP, LOCAL_CLOCK + f"statussocket {folder}/d/status.sock\n",
                options=["-n", "--single"]) as made:
        made.await_stratum(1)
        made.socket = folder / "d/status.sock"
        yield made


def test_a_daemon_in_words_and_figures(daemon):
    at = ["--socket", daemon.socket]
    words = ctl("status", *at)
    assert words.returncode == 0, words.stderr
    document = json.loads(ctl("status", "--json", *at).stdout)
    assert words.stdout.splitlines()[0] == document["system"]["verdict"]
    assert "\033" not in words.stdout  # this is no terminal
    assert "stratum 1\n" in words.stdout  # never updated: nothing about when
    part = json.loads(ctl(*at, "-j", "sources").stdout)
    assert set(part) == {"schema", "time", "sources"}
    rows = list(csv.DictReader(io.StringIO(ctl("sources", "-c", *at).stdout)))
    assert [r["name"] for r in rows] == [s["name"] for s in part["sources"]]
    assert rows[0]["tally"] == "*" and rows[0]["state"] == "syspeer"
    assert "received" in ctl("server", *at).stdout
    assert "root distance" in ctl("tracking", *at).stdout


def test_waiting_and_checking(daemon):
    at = ["--socket", daemon.socket]
    assert ctl("waitsync", "--timeout", "20", *at).returncode == 0
    good = ctl("check", *at)
    assert good.returncode == 0 and good.stdout.startswith("NTP OK: ")
    assert "|offset=U " in good.stdout  # it follows its own clock alone
    bad = ctl("check", "--critical", "0:1", "--from",
              ROOT / "test/data/status/sample.json", "--warning", "@-9:9")
    assert bad.returncode == 1 and "|offset=0.000021000s;@-9:9;0:1 " in bad.stdout
    bad = ctl("check", "-c", "@-9:9", "--from", ROOT / "test/data/status/sample.json")
    assert bad.returncode == 2 and bad.stdout.startswith("NTP CRITICAL: ")
    for words in ("-w",), ("-w", "x"), ("-c", "2:1"), ("-t", "x"), ("--nonsense",), ("more",):
        wrong = ctl("check", *words, *at)
        assert wrong.returncode == 3, wrong  # UNKNOWN, not CRITICAL
        assert words[-1].lstrip("-") in wrong.stderr
        assert wrong.stdout.startswith("NTP UNKNOWN: ")  # all that Nagios shows


def test_asking_a_server(daemon):
    out = ctl("probe", f"{IP}:{PORT}", "-j")
    assert out.returncode == 0
    server = json.loads(out.stdout)[0]
    assert server["stratum"] == 1 and server["refid"] == "GPS"
    assert server["answered"] == 4 and server["verdict"] == "answers"
    out = ctl("check", "-H", IP, "-p", PORT)
    assert out.returncode in (0, 1, 2) and "is stratum 1" in out.stdout
    silent = ctl("probe", "127.77.9.9", "-p", PORT, "-n", "1", "-t", "0.1")
    assert silent.returncode == 1 and "no answer" in silent.stdout
    assert ctl("check", "-H", "127.77.9.9", "-p", PORT, "-t", "0.1").returncode == 2


def test_without_a_daemon_it_says_what_to_do(tmp_path):
    missing = ctl("status", "-S", tmp_path / "no.sock")
    assert missing.returncode == 3 and "systemctl status ntpd" in missing.stderr
    complaint = json.loads(ctl("status", "-j", "-S", tmp_path / "no.sock").stdout)
    assert complaint["error"] == "no-daemon"
    dead = tmp_path / "dead.sock"
    with socket.socket(socket.AF_UNIX) as s:
        s.bind(str(dead))
    gone = ctl("sources", "-S", dead)
    assert gone.returncode == 3 and "journalctl -u ntpd" in gone.stderr
    plain = tmp_path / "plain"
    plain.write_text("")
    assert "is no socket" in ctl("status", "-S", plain).stderr
    assert ctl("check", "-S", dead).returncode == 2
    assert ctl("waitsync", "-t", "0.1", "-S", dead).returncode == 1
    assert ctl("clients", "-S", dead).returncode == 3
    assert ctl("top", "-S", dead).returncode == 1


def serve(path, reply):
    """Answer one line on a control socket; the thread's result is the line."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen(1)
    heard = []

    def run():
        with listener, listener.accept()[0] as s:
            heard.append(s.makefile("rb").readline())
            s.sendall(reply)
    thread = threading.Thread(target=run)
    thread.start()
    return thread, heard


@pytest.mark.parametrize("words, line, reply, status, says", [
    (["source", "add", "ntp1.example.net", "iburst"],
     b"source add server ntp1.example.net iburst\n", b"ok\n", 0, "added"),
    (["source", "add", "pool", "a.example.net"],
     b"source add pool a.example.net\n", b"error no\n  \033[2Jcaret\n", 1, "\\x1b[2Jcaret"),
    (["source", "del", "192.0.2.1"], b"source del 192.0.2.1\n", b"ok\n", 0, "taken out"),
    (["burst"], b"burst\n", b"ok\n", 0, "asked"),
    (["step", "--yes"], b"step\n", b"ok\n", 0, "stepped"),
    (["log", "debug"], b"log debug\n", b"ok\nsource added\n", 0, "source added"),
    (["log", "debug"], b"log debug\n", b"", 3, "no ntpd of this kind"),
    (["log", "debug"], b"log debug\n", b"ok\n", 0, "set"),
])
def test_what_the_control_socket_hears(tmp_path, words, line, reply, status, says):
    thread, heard = serve(tmp_path / "control.sock", reply)
    out = ctl(*words, "-S", tmp_path / "status.sock")
    thread.join(5)
    assert heard == [line]
    assert out.returncode == status, out
    assert says in out.stdout + out.stderr


def test_telling_a_daemon(daemon):
    at = ["--socket", daemon.socket]

    def names():
        return [s["name"] for s in json.loads(ctl("sources", "-j", *at).stdout)["sources"]]
    assert ctl("source", "add", "127.77.9.2", "port", PORT, *at).returncode == 0
    assert "127.77.9.2" in names()
    assert ctl("burst", "127.77.9.2", *at).returncode == 0
    wrong = ctl("source", "add", "127.77.9.3", "iburts", *at)
    assert wrong.returncode == 1 and "did you mean 'iburst'" in wrong.stderr, wrong
    assert ctl("source", "del", "127.77.9.2", *at).returncode == 0
    assert "127.77.9.2" not in names()
    unknown = ctl("source", "del", "127.77.9.2", "-j", *at)
    assert unknown.returncode == 1 and json.loads(unknown.stdout)["error"] == "refused"
    assert ctl("log", "debug", *at).returncode == 0
    clients = ctl("clients", *at)
    assert clients.returncode == 0 and "127.0.0.1" in clients.stdout, clients


def test_clients_that_are_left_out_are_counted(tmp_path):
    document = {"schema": "ntp-clients/1", "time": "2026-11-23T05:00:00Z", "total": 7,
                "clients": [{"address": "192.0.2.1", "received": 50, "over_limit": True}]}
    thread, heard = serve(tmp_path / "control.sock", b"ok\n" + json.dumps(document).encode())
    out = ctl("clients", "--top", "1", "-S", tmp_path / "status.sock")
    thread.join(5)
    assert heard == [b"clients 1\n"]
    assert re.search(r"192.0.2.1 +50 .*over the limit", out.stdout) and "and 6 more" in out.stdout


def test_saved_sources(tmp_path):
    document = {"schema": "ntp-status/1", "daemon": {"config": f"{tmp_path}/ntp.conf"}}
    source = tmp_path / "doc.json"
    source.write_text(json.dumps(document))
    saved = tmp_path / "ntp.conf.d/ntpctl.conf"
    for words, left in ((["add", "a.example.net", "iburst"], "server a.example.net iburst\n"),
                        (["del", "a.example.net"], "")):
        thread, _ = serve(tmp_path / "control.sock", b"ok\n")
        out = ctl("source", *words, "--save", "--from", source, "-S", tmp_path / "status.sock")
        thread.join(5)
        (tmp_path / "control.sock").unlink()
        assert out.returncode == 0, out.stderr
        assert saved.read_text().split("\n", 1)[1] == left


def test_nothing_is_saved_where_ntpctl_happens_to_be(tmp_path):
    source = tmp_path / "doc.json"
    source.write_text('{"schema": "ntp-status/1", "daemon": {"config": "ntp.conf"}}')
    thread, _ = serve(tmp_path / "control.sock", b"ok\n")
    out = ctl("source", "add", "a.example.net", "--save", "--from", source,
              "-S", tmp_path / "status.sock", cwd=tmp_path)
    thread.join(5)
    assert out.returncode == 1 and "in force, but not saved" in out.stderr
    assert not (tmp_path / "ntp.conf.d").exists()


def test_step_asks_first(tmp_path):
    out = ctl("step", "-S", tmp_path / "status.sock", stdin=subprocess.DEVNULL)
    assert out.returncode == 1 and "--yes" in out.stderr


def test_keys(tmp_path):
    keys = tmp_path / "ntp.keys"
    assert ctl("keygen", keys).returncode == 0
    assert keys.stat().st_mode & 0o777 == 0o640
    keys.chmod(0o600)
    keys.write_text(keys.read_text().rstrip("\n"))  # as an editor may leave it
    assert ctl("keygen", "--type", "sha256", "--id", "9", keys).returncode == 0
    assert ctl("keygen", keys).returncode == 0
    assert keys.stat().st_mode & 0o777 == 0o600
    lines = [line.split() for line in keys.read_text().splitlines()]
    assert [(n, t, len(k)) for n, t, k in lines] == [
        ("1", "AES128CMAC", 32), ("9", "SHA256", 64), ("10", "AES128CMAC", 32)]
    assert len({k for _, _, k in lines}) == 3
    again = ctl("keygen", "--id", "9", keys)
    assert again.returncode == 1 and "exists" in again.stderr


@pytest.mark.parametrize("name, path", [
    ("chrony", "usr/share/chrony/chrony.conf"), ("ntpsec", "etc/ntpsec/ntp.conf"),
    ("openntpd", "etc/openntpd/ntpd.conf"), ("timesyncd", "etc/systemd/timesyncd.conf")])
def test_debians_files_are_converted(tmp_path, name, path):
    if not (PEERS / name / path).exists():
        pytest.skip("tools/peers has not unpacked Debian's daemons")
    out = ctl("convert", "--from", name, PEERS / name / path)
    assert out.returncode == 0
    assert "debian.pool.ntp.org iburst" in out.stdout
    conf = tmp_path / "ntp.conf"
    conf.write_text(out.stdout)
    checked = subprocess.run([program("ntpd"), "-t", "-c", conf], text=True,
                             capture_output=True, timeout=10)
    assert checked.returncode == 0, checked.stderr


def test_each_finding_is_explained():
    """What conf/ and the status document call by an id."""
    ids = set()
    for path in (ROOT / "src/conf").glob("*.c"):
        text = path.read_text()
        ids |= set(re.findall(r'DIAG_[A-Z]+, *"([a-z-]+)"', text))
        ids |= set(re.findall(r'"([a-z]+(?:-[a-z]+)+)", *(?:w|NULL|&place|place|path)\b', text))
    table = (ROOT / "src/ctl/status_why.c").read_text().split("{\"pool\",", 1)[1]
    ids |= {"pool"} | set(re.findall(r'^\t\{"([a-z-]+)",', table, re.M))
    assert len(ids) > 50
    known = {row["id"] for row in json.loads(ctl("explain", "-j").stdout)}
    assert not ids - known
    near = ctl("explain", "kod-without-limitd")
    assert near.returncode == 1 and "kod-without-limited" in near.stderr
    assert "iburst is enough" in ctl("explain", "burst-to-stranger").stdout


def test_the_table_is_the_manual_and_the_completion():
    manual = (ROOT / "man/ntpctl.8").read_text()
    assert len(commands()) >= 19
    for name in commands():
        assert re.search(rf"^\.It Ic {re.escape(name)}\b", manual, re.M), name
        assert ctl(*name.split(), "--help").returncode == 0
        for option in re.findall(r"--([a-z]+)", ctl(*name.split(), "--help").stdout):
            assert f"--{option}" in ctl("--complete", "--", *name.split(), "--").stdout
    first = [line.split("\t")[0] for line in ctl("--complete", "--", "").stdout.splitlines()]
    assert first == sorted({name.split()[0] for name in commands()})
    for shell in ("bash", "zsh", "fish"):
        assert "ntpctl --complete -- " in ctl("completion", shell).stdout
    wrong = ctl("sorces")
    assert wrong.returncode == 2 and "did you mean 'sources'" in wrong.stderr


def test_bash_completes(tmp_path):
    script = tmp_path / "completion"
    script.write_text(ctl("completion", "bash").stdout)
    folder = pathlib.Path(program("ntpctl")).parent
    asked = f"""PATH={folder}:$PATH; . {script}
    COMP_WORDS=(ntpctl source ""); COMP_CWORD=2; _ntpctl; echo "${{COMPREPLY[@]}}"
    COMP_WORDS=(ntpctl sta); COMP_CWORD=1; _ntpctl; echo "${{COMPREPLY[@]}}" """
    out = subprocess.run(["bash", "-c", asked], text=True, capture_output=True, timeout=10)
    assert out.stdout == "add del\nstatus\n", out.stderr


def on_a_terminal(words, env, keys=b""):
    """What a command writes to a terminal of its own."""
    pid, fd = pty.fork()
    if pid == 0:
        os.execve(program("ntpctl"), ["ntpctl", *words], {**os.environ, **env})
    os.write(fd, keys)
    seen = b""
    try:
        while part := os.read(fd, 65536):
            seen += part
    except OSError:
        pass  # the end of a terminal
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), seen


def test_no_step_by_what_nobody_knows(daemon):
    status, said = on_a_terminal(["step", "-S", str(daemon.socket)], {}, b"y\n")
    assert status == 1 and b"[y/N]" not in said and b"no source is followed" in said


def test_terminals():
    sample = ["--from", str(ROOT / "test/data/status/sample.json")]
    _, colours = on_a_terminal(["sources", *sample], {"TERM": "xterm", "NO_COLOR": ""})
    _, plain = on_a_terminal(["sources", *sample], {"TERM": "xterm", "NO_COLOR": "1"})
    assert b"\033[31m" in colours and b"\033" not in plain
    assert re.sub(rb"\033\[\d+m", b"", colours) == plain
    status, screen = on_a_terminal(["top", *sample], {"TERM": "xterm"}, b"q")
    assert status == 0 and b"Synchronised to ntp1.example.net" in screen
    status, refused = on_a_terminal(["top", *sample], {"TERM": "no-such"})
    assert status == 1 and b"TERM=no-such" in refused
