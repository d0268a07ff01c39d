# SPDX-License-Identifier: BSD-2-Clause
"""Fill a pool's SQLite database with a week of servers, good and bad ones.

By hand: seed.py DATABASE [ROWS]; the schema has to be there (poold makes it).
ROWS is how many log rows there are to be at least; they go to one more server.
"""

import math
import random
import sqlite3
import sys
import time

HOUR = 3600 * 1000
DAY = 24 * HOUR
MONITORS = [  # name, place, clock is right
    ("ams1.mon", "Amsterdam", 1),
    ("fra2.mon", "Frankfurt", 1),
    ("nyc1.mon", "New York", 1),
    ("sin1.mon", "Singapore", 1),
    ("zrh1.mon", "Zurich", 1),
    ("wrong.mon", "Nowhere", 0),
]
HOSTILE = "<script>alert(1)</script>\"'&\u202e<img src=x onerror=alert(2)>"


def good(rng, hour):
    return rng.gauss(0.0004, 0.0003), 0, ""


def warm(rng, hour):  # off by more in the afternoon
    return 0.03 * max(0, math.sin((hour % 24 - 8) / 24 * 2 * math.pi)) + rng.gauss(0, 0.002), 0, ""


def off(rng, hour):
    return 0.120 + rng.gauss(0, 0.004), 0, ""


def lossy(rng, hour):
    lost = sum(rng.random() < 0.8 for _ in range(3))
    return (None, 3, "") if lost == 3 else (rng.gauss(-0.001, 0.0005), lost, "")


def kisses(rng, hour):
    return None, 0, "RATE"


def hostile(rng, hour):
    return None, 0, HOSTILE[:60]


SERVERS = [  # address, host name, country, netspeed, behaviour
    ("192.0.2.11", "ntp1.example.org", "de", 10000, good),
    ("192.0.2.12", "ntp2.example.org", "de", 100000, good),
    ("2001:db8::12", "ntp2.example.org", "de", 100000, good),
    ("192.0.2.13", "warm.example.net", "nl", 25000, warm),
    ("192.0.2.14", "far.example.net", "nl", 1000000, off),
    ("192.0.2.15", "lossy.example.com", "us", 10000, lossy),
    ("192.0.2.16", "busy.example.com", "us", 512, kisses),
    ("192.0.2.17", HOSTILE, "us", 10000, hostile),
    ("192.0.2.18", "watched.example.com", "us", 0, good),
    ("192.0.2.19", "leaving.example.com", "de", 10000, good),
    ("192.0.2.20", "new.example.com", "nl", 10000, None),
]


def step_of(offset, lost, error):
    """Rule and step, as pool/score has them."""
    if error:
        return ("kiss-rate", -3.5) if error == "RATE" else ("error", -4)
    if offset is None:
        return "no-response", -5
    size = abs(offset)
    if size > 0.1:
        return "offset-100ms", -2.308 * size + 0.731
    if size > 0.025:
        return "offset-25ms", min(1, -6.667 * size + 1.167)
    return "good", 1


class Seed:
    def __init__(self, path, now_ms, days=2):
        self.db = sqlite3.connect(path, timeout=20)
        self.now, self.days, self.rng = now_ms, days, random.Random(7)

    def one(self, sql, *args):
        return self.db.execute(sql + " RETURNING id", args).fetchone()[0]

    def zone(self, name, title, kind, parent):
        found = self.db.execute("SELECT id FROM zone WHERE name = ?", (name,)).fetchone()
        return found[0] if found else self.one(
            "INSERT INTO zone (name, title, kind, parent_id) VALUES (?, ?, ?, ?)",
            name, title, kind, parent)

    def world(self):
        top = self.zone("@", "Global", "global", None)
        europe = self.zone("europe", "Europe", "continent", top)
        america = self.zone("north-america", "North America", "continent", top)
        self.zones = {
            "de": (self.zone("de", "Germany", "country", europe), europe, top),
            "nl": (self.zone("nl", "Netherlands", "country", europe), europe, top),
            "us": (self.zone("us", "United States", "country", america), america, top),
        }
        self.account = self.one(
            "INSERT INTO account (slug, name, organisation, url, public, created_ms)"
            " VALUES ('example', 'Example Time', 'Example e.V.', 'https://example.org/', 1, ?)",
            self.now - 400 * DAY)
        self.hidden = self.one(
            "INSERT INTO account (slug, name, organisation, url, public, created_ms)"
            " VALUES ('hostile', ?, ?, 'javascript:alert(3)', 1, ?)",
            HOSTILE, HOSTILE, self.now - 400 * DAY)
        self.scorer = self.one(
            "INSERT INTO monitor (kind, name, state, created_ms)"
            " VALUES ('score', 'recentmedian', 'active', ?)"
            " ON CONFLICT (name) DO UPDATE SET state = 'active'", self.now)
        self.monitors = [
            self.one(
                "INSERT INTO monitor (name, place, state, created_ms, seen_ms, submit_ms,"
                " clock_ok, clock_offset_s, clock_ms, clock_why, version, families)"
                " VALUES (?, ?, 'active', ?, ?, ?, ?, 0.0002, ?, ?, '0.1.0', 3)",
                name, place, self.now - 90 * DAY, self.now - 40000, self.now - 50000, right,
                self.now - 60000, "" if right else "it is 2.5 s off 3 of 3 base servers")
            for name, place, right in MONITORS]

    def server(self, address, hostname, country, kbit, behaviour):
        account = self.hidden if hostname == HOSTILE else self.account
        leaving = self.now + 5 * DAY if hostname.startswith("leaving") else None
        server = self.one(
            "INSERT INTO server (account_id, address, family, hostname, country, kbit, added_ms,"
            " verified_ms, verified_by, delete_on_ms, comment)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'http', ?, ?)",
            account, address, 6 if ":" in address else 4, hostname, country, kbit,
            self.now - 200 * DAY, self.now - 199 * DAY if kbit >= 10000 else None, leaving,
            HOSTILE)
        for zone in self.zones[country]:
            self.db.execute("INSERT INTO server_zone VALUES (?, ?)", (server, zone))
        if behaviour:
            self.measure(server, behaviour)
        return server

    def measure(self, server, behaviour, every_ms=540 * 1000, monitors=None):
        """Two days of checks, then what the tables of now say."""
        monitors = monitors or self.monitors
        scores = {m: 20.0 if behaviour is not lossy else 0.0 for m in monitors}
        last, rows, out_since, median = {}, [], None, 0
        for at in range(self.now - self.days * DAY, self.now - every_ms, every_ms):
            for i, m in enumerate(monitors):
                t = at + i * every_ms // (len(monitors) + 1) + self.rng.randrange(5000)
                offset, lost, error = behaviour(self.rng, t / HOUR)
                counts = self.right(m)
                rule, step = step_of(offset, lost, error)
                if counts:
                    scores[m] = scores[m] * 0.95 + step
                silent = offset is None and not error
                rtt = None if offset is None else 0.008 + 0.02 * i + self.rng.random() / 1e3
                leap = None if silent else 0
                rows.append((server, t, m, offset, rtt, None if silent else 0 if error else 2,
                             leap, error or None, 3, lost, rule, step, scores[m], t + 900, counts))
                last[m] = rows[-1]
            voices = sorted(scores[m] for m in monitors if self.right(m))
            median = voices[(len(voices) - 1) // 2]
            t += 1000
            rows.append((server, t, self.scorer, None, None, None, None, None, 0, 0, "median",
                         step, median, t, 1))
            out_since = None if median >= 10 else out_since or t
        self.write(server, rows, last, scores, out_since, median)

    def right(self, monitor):
        at = self.monitors.index(monitor) if monitor in self.monitors else 0
        return MONITORS[at % len(MONITORS)][2]

    def write(self, server, rows, last, scores, out_since, median):
        self.db.executemany(
            "INSERT INTO log (server_id, at_ms, monitor_id, offset_s, rtt_s, stratum, leap, error,"
            " samples, lost, rule, step, score, taken_ms, voice, counts)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 2, ?)", rows)
        for table, width in (("log_hour", HOUR), ("log_day", DAY)):
            self.db.execute(
                f"INSERT INTO {table} SELECT server_id, at_ms / {width} * {width}, monitor_id,"
                " count(*), sum(rule = 'good'), sum(samples), sum(lost), min(offset_s),"
                " avg(offset_s), max(offset_s), min(rtt_s), min(score), max(score) FROM log"
                f" WHERE server_id = ? GROUP BY 1, 2, 3", (server,))
        for m, row in last.items():
            self.db.execute(
                "INSERT INTO pair (server_id, monitor_id, state, score, score_ms, offset_s, rtt_s,"
                " stratum) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (server, m, "active" if self.right(m) else "testing", scores[m], row[1], row[3],
                 row[4], row[5]))
        self.db.execute(
            "UPDATE server SET score = ?, strict_score = ?, score_ms = ?, stratum = 2,"
            " out_since_ms = ? WHERE id = ?",
            (median, median - 0.4, rows[-1][1], out_since, server))

    def counts(self):
        for name, zone, grow in (("@", self.zones["de"][2], 9), ("de", self.zones["de"][0], 3)):
            for day in range(400):
                for family in (4, 6):
                    n = grow * 10 + day * grow // 20
                    self.db.execute(
                        "INSERT OR IGNORE INTO zone_count VALUES (?, ?, ?, ?, ?, ?)",
                        (zone, family, (self.now // DAY - 400 + day) * DAY, n,
                         n - n // (5 + day % 3), n * 10000))

    def lists(self):
        entries = [
            (1, "de", "time1.example.org", "GPS, DCF77", "OpenAccess", 0),
            (1, "ch", "clock.example.ch", "caesium", "RestrictedAccess", 1),
            (2, "us", "tick.example.com", "two of stratum 1", "ClosedAccess", 1),
            (2, "nl", HOSTILE, HOSTILE, "OpenAccess", 0),
        ]
        for stratum, country, host, sync, policy, notify in entries:
            self.db.execute(
                "INSERT INTO list_entry (account_id, stratum, country, hostname, address4,"
                " location, coordinates, organisation, synchronisation, service_area,"
                " access_policy, access_details, notification, contact, approved_ms, changed_ms)"
                " VALUES (?, ?, ?, ?, '192.0.2.11', 'Berlin', '52.5, 13.4', 'Example e.V.', ?,"
                " 'Europe', ?, 'Please use the pool for single hosts.', ?,"
                " 'time@example.org', ?, ?)",
                (self.account, stratum, country, host, sync, policy, notify, self.now,
                 self.now - 30 * DAY))

        # A change and a new entry that wait, and one that was refused.
        waiting = [(1, 2, "de", "time1.example.org", None), (None, 1, "de", "new.example.org", None),
                   (None, 2, "de", "no.example.org", "It does not answer.")]
        for revises, stratum, country, host, why in waiting:
            self.db.execute(
                "INSERT INTO list_entry (revises_id, account_id, stratum, country, hostname,"
                " contact, refused_ms, why, changed_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (revises, self.account, stratum, country, host, HOSTILE,
                 self.now if why else None, why or "", self.now - DAY))

    def people(self):
        """Who is there already looks after the servers; what an account has beside them."""
        self.db.execute("INSERT INTO member (account_id, person_id, role)"
                        " SELECT ?, id, 'owner' FROM person", (self.account,))
        self.db.execute("UPDATE monitor SET account_id = ? WHERE kind = 'monitor'", (self.account,))
        self.db.execute("INSERT INTO webhook (account_id, url, secret, created_ms)"
                        " VALUES (?, 'https://example.org/hook', 'secret', ?)",
                        (self.account, self.now))
        for state, asked in (("asked", "ntp3.example.org"), ("bad", HOSTILE[:60])):
            self.db.execute("INSERT INTO candidate (account_id, asked, asked_ms, state, why)"
                            " VALUES (?, ?, ?, ?, 'It did not answer.')",
                            (self.account, asked, self.now, state))
        for action in ("server.add", "server.netspeed", "server.verified"):
            self.db.execute(
                "INSERT INTO audit (at_ms, person_id, account_id, server_id, source, address,"
                " action, detail) VALUES (?, 1, ?, 1, 'web', '2001:db8::1234', ?, ?)",
                (self.now - DAY, self.account, action,
                 '{"was":10000,"is":"%s"}' % (HOSTILE.replace('"', '') * 4)))

    def many(self, rows):
        """As many log rows as asked for, over 100 more servers."""
        have = self.db.execute("SELECT count(*) FROM log").fetchone()[0]
        for i in range(100):
            if have >= rows:
                break
            server = self.server(f"198.51.100.{i}", f"s{i}.example.net", "de", 10000, None)
            every = int(self.days * DAY / ((rows - have) / (100 - i) / (len(self.monitors) + 1)))
            self.measure(server, good, every)
            have = self.db.execute("SELECT count(*) FROM log").fetchone()[0]


def seed(path, now_ms=None, rows=0):
    made = Seed(path, now_ms or int(time.time() * 1000))
    made.world()
    for server in SERVERS:
        made.server(*server)
    made.people()
    made.counts()
    made.lists()
    if rows:
        made.days = 12
        made.many(rows)
    made.db.commit()
    made.db.close()


if __name__ == "__main__":
    seed(sys.argv[1], rows=int(sys.argv[2]) if len(sys.argv) > 2 else 0)
