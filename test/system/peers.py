# SPDX-License-Identifier: BSD-2-Clause
"""Debian's time daemons (tools/peers), and ours, started in a node of a world.

What starts a daemon returns its Process; what asks returns what came out.
"""

import json
import pathlib
import re

from world import PEERS, program

ASK = pathlib.Path(__file__).with_name("ask.py")

NTPSEC_PYTHON = {"PYTHONPATH": str(PEERS / "ntpsec/usr/lib/python3/dist-packages")}

# The second line because ntpsec's own default is noquery, which nothing takes away.
OPEN_TO_ALL = "restrict default kod limited nomodify\nrestrict 10.77.0.0/24 nomodify\n"


def chrony(node, *lines):
    """chronyd that never touches the clock."""
    node.run(["mkdir", "-p", "-m", "770", "/run/chrony"], check=True)
    conf = node.folder / "chrony.conf"
    conf.write_text("\n".join((*lines, "cmdport 0", "pidfile /run/chronyd.pid",
                               "driftfile /var/lib/chrony.drift", "")))
    return node.start("chronyd", [PEERS / "chrony/usr/sbin/chronyd", "-d", "-x",
                                  "-u", "root", "-f", conf])


def chrony_server(node):
    """A perfect stratum 1 (the machine's own clock)."""
    return chrony(node, "local stratum 1", "allow all")


def chronyc(node, *args):
    """What chronyc says of the chronyd in the same node, as comma-separated values."""
    return node.run([PEERS / "chrony/usr/bin/chronyc", "-c", "-h",
                     "/run/chrony/chronyd.sock", *args]).stdout


def chrony_query(node, *servers, seconds=8):
    """chronyd -Q: (offset in seconds, whole output).  offset is None without an answer."""
    ran = node.run([PEERS / "chrony/usr/sbin/chronyd", "-Q", "-t", str(seconds),
                    "-f", "/dev/null", *(f"server {s} iburst" for s in servers)])
    text = ran.stdout + ran.stderr
    found = re.search(r"System clock wrong by (-?[0-9.]+) seconds", text)
    return (float(found[1]) if found else None), text


def ntpsec(node, *lines):
    """NTPsec's ntpd; without CAP_SYS_TIME it measures and serves."""
    conf = node.folder / "ntpsec.conf"
    conf.write_text("\n".join((*lines, "driftfile /var/lib/ntp.drift", "")))
    return node.start("ntpd-sec", [PEERS / "ntpsec/usr/sbin/ntpd", "-n", "-c", conf])


def ntpsec_server(node):
    return ntpsec(node, "refclock local stratum 0 minpoll 3 prefer", OPEN_TO_ALL)


def ntpsec_ntpq(node, *args):
    """Debian's ntpq."""
    return node.run(["/usr/bin/python3", PEERS / "ntpsec/usr/bin/ntpq", *args],
                    env=NTPSEC_PYTHON)


def openntpd(node, server):
    conf = node.folder / "openntpd.conf"
    conf.write_text(f"server {server}\n")
    node.run(["mkdir", "-p", "/var/lib/openntpd/run", "/var/lib/openntpd/db", "/run/openntpd"], check=True)
    return node.start("openntpd", [PEERS / "openntpd/usr/sbin/ntpd", "-d", "-v", "-f", conf])


def openntpd_status(node):
    """What `ntpctl -s all` prints."""
    ran = node.run([PEERS / "openntpd/usr/sbin/ntpctl", "-s", "all"])
    return ran.stdout


def timesyncd(node, server):
    """systemd-timesyncd with its log of every reply."""
    node.run(["sh", "-c", """
set -e
mkdir -p /etc/systemd /run/systemd/netif/links /run/systemd/netif/leases
mkdir -p /run/systemd/timesync /var/lib/systemd/timesync
printf '[Time]\\nNTP=%s\\nFallbackNTP=\\n' "$1" > /etc/systemd/timesyncd.conf
touch /var/lib/systemd/timesync/clock
chown -R systemd-timesync /run/systemd/timesync /var/lib/systemd/timesync
printf 'OPER_STATE=routable\\nADMIN_STATE=configured\\nONLINE_STATE=online\\n' > /run/systemd/netif/state
mkdir /run/timesyncd
mount --bind "$2" /run/timesyncd  # the tree may lie where only root can look
""", "sh", server, PEERS / "timesyncd"], check=True)
    return node.start(
        "timesyncd",
        ["setpriv", "--reuid=systemd-timesync", "--clear-groups",
         "/run/timesyncd/lib/systemd/systemd-timesyncd"],
        env={"SYSTEMD_LOG_LEVEL": "debug", "SYSTEMD_LOG_TARGET": "console",
             "LD_LIBRARY_PATH": "/run/timesyncd/usr/lib/x86_64-linux-gnu/systemd"})


def ours(node, conf_text, *args, clock="none"):
    """Our ntpd.  Its clock is the machine's, only read, unless told otherwise."""
    conf = node.folder / "ntp.conf"
    conf.write_text(conf_text)
    node.run(["mkdir", "-p", "/var/lib/ntp"], check=True)
    return node.start("ntpd", [program("ntpd"), "-n", "--clock", clock, "-c", conf, *args])


def ours_server(node, *args):
    """A stratum 1 with the machine's own clock."""
    return ours(node, "server 127.127.1.0\nfudge 127.127.1.0 stratum 0 refid GPS\n"
                + OPEN_TO_ALL, *args)


def ntpq(node, *args):
    """Our ntpq."""
    return node.run([program("ntpq"), *args])


def ntpdate(node, *args):
    """Our ntpdate."""
    return node.run([program("ntpdate"), *args])


def ask(node, host, rate, seconds, stratum=None, port=123):
    """Ask as a plain client; see ask.py."""
    until = [] if stratum is None else [stratum]
    return json.loads(node.run(["/usr/bin/python3", "-B", ASK, host, port, rate, seconds, *until],
                               timeout_s=seconds + 30, check=True).stdout)


def peers_table(text):
    """Rows of `ntpq -pn`: [(tally, remote, refid, stratum, reach, offset ms)]."""
    rows = []
    for line in text.splitlines()[2:]:
        words = line[1:].split()
        if len(words) >= 10:
            rows.append((line[0], words[0], words[1], int(words[2]), int(words[6], 8), float(words[8])))
    return rows
