# SPDX-License-Identifier: BSD-2-Clause
"""The program ntpd: its command line, its exit codes, and --single."""

import hmac
import re
import socket
import struct
import time

import pytest

from daemon import LOCAL_CLOCK, PORT, Daemon, ask, run_once
from fake_dns import FakeDns
from world import wait_for

SINGLE = ("--single", "-n")


def test_version_is_what_scanners_expect():
    for option in (["--version"], ["-V"]):
        out = run_once(*option)
        assert out.returncode == 0
        assert out.stdout.startswith("ntpd timeball-")


def test_help_names_the_options():
    out = run_once("--help")
    assert out.returncode == 0
    for word in ("--configfile", "--panicgate", "--single", "--clock"):
        assert word in out.stdout


def test_wrong_command_lines_exit_2():
    for options in (["--no-such"], ["-c"], ["-w", "x"], ["-4", "-6"],
                    ["--clock", "sundial"], ["--single"], ["-v", "novalue"]):
        out = run_once(*options)
        assert out.returncode == 2, options
        assert out.stderr.startswith("ntpd: "), options


def test_check_only(tmp_path):
    good, bad = tmp_path / "good", tmp_path / "bad"
    good.write_text("server 127.0.0.1 iburst\n")
    bad.write_text("server 127.0.0.1 iburts\nfrobnicate 3\n")
    assert run_once("-t", "-c", good).returncode == 0
    out = run_once("-t", "-c", bad)
    assert out.returncode == 2
    assert f"{bad}:1:" in out.stderr and f"{bad}:2:" in out.stderr


def test_no_daemon_starts_on_a_broken_file(tmp_path):
    bad = tmp_path / "bad"
    bad.write_text("server\n")
    assert run_once("-c", bad).returncode == 2  # before it detaches
    assert run_once("-c", tmp_path / "missing").returncode == 2
    assert run_once(*SINGLE, "-c", bad).returncode == 2


def test_six_mistakes_are_told_in_one_run(tmp_path):
    conf = tmp_path / "ntp.conf"
    conf.write_text("server\nserver a.example iburts\nrestrict 10.0.0.0 mask 255.0.0\n"
                    "tinker step x\nminpolll 4\nserver b.example minpoll 99\n")
    out = run_once("-t", "-c", conf)
    assert out.returncode == 2
    told = re.findall(r":(\d+):(\d+): error: .* \[([a-z-]+)\]$", out.stderr, re.M)
    assert told == [("1", "7", "missing-argument"), ("2", "18", "unknown-option"),
                    ("3", "24", "bad-mask"), ("4", "13", "not-a-number"),
                    ("5", "1", "unknown-directive"), ("6", "26", "out-of-range")], out.stderr


def test_obsolete_options_are_accepted_with_a_notice(tmp_path):
    conf = tmp_path / "conf"
    conf.write_text("")
    assert run_once("-t", "-c", conf, "-A", "-L", "-m", "-U", "300", "-g", "-N",
                    "-r", "0.1", "-b").returncode == 0
    daemon = Daemon(tmp_path / "d", "127.77.2.9", LOCAL_CLOCK, (*SINGLE, "-L"))
    with daemon:
        daemon.await_stratum(1)
    assert "no effect" in daemon.log()


def test_single_serves_its_local_clock(tmp_path):
    with Daemon(tmp_path, "127.77.2.1", LOCAL_CLOCK, SINGLE) as d:
        d.await_stratum(1)
        assert ask(d.ip) == (0, 1, b"GPS\0")
        assert d.children() == {}
        status, took_s = d.terminate()
    assert status == 0 and took_s < 1


def test_single_synchronises_and_saves_its_drift(tmp_path):
    drift = tmp_path / "down" / "drift"
    drift.parent.mkdir()
    drift.write_text("12.500\n")
    up = Daemon(tmp_path / "up", "127.77.2.2", LOCAL_CLOCK, SINGLE)
    down = Daemon(
        tmp_path / "down", "127.77.2.3",
        f"server {up.ip} port {PORT} iburst\ndriftfile {drift}\n", SINGLE,
        clock="virtual:0.3:40")
    with up, down:
        up.await_stratum(1)
        down.await_stratum(2)
        assert ask(down.ip) == (0, 2, socket.inet_aton(up.ip))
        status, took_s = down.terminate()
    assert status == 0 and took_s < 1
    assert "+12.500 ppm" in down.log()
    assert -500 <= float(drift.read_text().split()[0]) <= 500


def test_port_in_use_is_a_clear_error(tmp_path):
    """E-21"""
    first = Daemon(tmp_path / "a", "127.77.2.4", LOCAL_CLOCK, SINGLE)
    with first:
        first.await_stratum(1)
        out = run_once(*SINGLE, "-c", first.conf, "--clock", "virtual")
    assert out.returncode == 1
    assert f"127.77.2.4:{PORT}" in out.stderr and "in use" in out.stderr


def test_set_once(tmp_path):
    up = Daemon(tmp_path / "up", "127.77.2.5", LOCAL_CLOCK, SINGLE)
    with up:
        up.await_stratum(1)
        conf = tmp_path / "q.conf"
        conf.write_text(f"port {PORT}\nserver {up.ip} port {PORT} iburst\n")
        out = run_once(*SINGLE, "-q", "-I", "127.77.2.6", "-c", conf,
                       "--clock", "virtual:0.5")
    assert out.returncode == 0, out.stderr
    assert "time set" in out.stderr


def test_set_once_gives_up(tmp_path):
    conf = tmp_path / "q.conf"
    conf.write_text(f"port {PORT}\nserver 127.77.2.7 port {PORT} iburst\n")
    out = run_once(*SINGLE, "-q", "-w", "2", "-I", "127.77.2.8", "-c", conf,
                   "--clock", "virtual")
    assert out.returncode == 1
    assert "time not set" in out.stderr


def test_panic_has_its_own_exit_code(tmp_path):
    up = Daemon(tmp_path / "up", "127.77.2.10", LOCAL_CLOCK, SINGLE)
    conf = tmp_path / "p.conf"
    conf.write_text(f"port {PORT}\nserver {up.ip} port {PORT} iburst\n")
    options = [*SINGLE, "-q", "-I", "127.77.2.11", "-c", conf,
               "--clock", "virtual:5000"]
    with up:
        up.await_stratum(1)
        assert run_once(*options).returncode == 3
        out = run_once(*options, "-g")
    assert out.returncode == 0, out.stderr


def test_set_once_says_when_it_may_not(tmp_path):
    """E-04"""
    up = Daemon(tmp_path / "up", "127.77.2.12", LOCAL_CLOCK, SINGLE)
    conf = tmp_path / "q.conf"
    conf.write_text(f"port {PORT}\nserver {up.ip} port {PORT} iburst\n")
    with up:
        up.await_stratum(1)
        out = run_once(*SINGLE, "-q", "-I", "127.77.2.13", "-c", conf, "--clock", "none")
    assert out.returncode == 1
    assert "time not set" in out.stderr


@pytest.mark.parametrize("options", [("-n",), SINGLE])
def test_a_pool_by_its_own_name_server(tmp_path, options):
    """nameserver: the resolver's process, and the one of --single, ask it."""
    up = [Daemon(tmp_path / f"up{n}", f"127.78.0.{n}", LOCAL_CLOCK) for n in (1, 2, 3)]
    dns = FakeDns("127.78.0.53", "demo.pool.test", [d.ip for d in up])
    with up[0], up[1], up[2], dns:
        text = (f"pool demo.pool.test iburst port {PORT}\n"
                f"nameserver {dns.ip} port {dns.port} loopback\n")
        with Daemon(tmp_path / "me", "127.78.0.100", text, options) as me:
            me.await_stratum(2)
    assert 1 in dns.asked


def test_a_name_server_may_not_name_this_machine(tmp_path):
    """D-02, without the word loopback."""
    up = Daemon(tmp_path / "up", "127.78.0.1", LOCAL_CLOCK)
    dns = FakeDns("127.78.0.53", "demo.pool.test", [up.ip])
    with up, dns:
        text = (f"pool demo.pool.test iburst port {PORT}\n"
                f"nameserver {dns.ip} port {dns.port}\n")
        with Daemon(tmp_path / "me", "127.78.0.100", text):
            up.await_stratum(1)
            wait_for(lambda: 1 in dns.asked, 10)
            time.sleep(3)
            assert ask("127.78.0.100")[1] != 2


@pytest.mark.parametrize("options", [("-n",), SINGLE])
def test_a_pool_may_ask_whose_server_this_is(tmp_path, options):
    """The challenge of doc/pool-monitor.md, asked by other code than ours."""
    token, nonce = b"0123456789abcdef0123456789abcdef", bytes(range(32))
    name = hmac.digest(token, b"timeball name", "sha256")[:8]
    request = bytes([0x23]) + bytes(39) + b"8octets!" + struct.pack(">HH", 0xF7B1, 44) + name + nonce
    proof = hmac.digest(token, b"timeball verify\0" + nonce, "sha256")
    with Daemon(tmp_path, "127.77.3.9", f"{LOCAL_CLOCK}poolverify {token.decode()}\n", options), \
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        wait_for(lambda: ask("127.77.3.9"), 10)
        s.settimeout(5)
        s.connect(("127.77.3.9", PORT))
        s.send(request)
        reply = s.recv(2048)
        assert reply[24:32] == b"8octets!"
        assert reply[48:] == struct.pack(">HH", 0xF7B1, 36) + proof
        assert len(reply) < len(request)
        s.send(request[:52] + bytes(8) + nonce)  # another token
        assert len(s.recv(2048)) == 48
