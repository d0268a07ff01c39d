# SPDX-License-Identifier: BSD-2-Clause
"""poolctl: each command, its table and its JSON, and what it says when wrong."""

import json
import pathlib
import sqlite3

import pytest

from pool import PASSWORD, Pool

MANUAL = pathlib.Path(__file__).parents[2] / "man/poolctl.8"


@pytest.fixture
def pool(tmp_path):
    made = Pool(tmp_path)
    made.do("init", "admin=root@example.org", input=PASSWORD)
    made.do("person", "add", "ada@example.org", "name=Ada", input=PASSWORD)
    made.do("account", "add", "Time Lab", "ada@example.org")
    return made


def test_init_may_be_run_again(pool):
    assert (pool.folder / "snapshot.key").stat().st_mode & 0o777 == 0o600
    before = (pool.folder / "snapshot.key").read_text()
    assert pool.do("init")["key_is_new"] is False
    assert (pool.folder / "snapshot.key").read_text() == before
    zones = pool.do("zone", "list")
    assert {"@", "europe", "de"} <= {z["name"] for z in zones}


def test_people(pool):
    assert [p["role"] for p in pool.do("person", "list")] == ["user", "admin"]
    pool.do("person", "role", "ada@example.org", "staff")
    pool.do("person", "password", "ada@example.org", input="another long one\n")
    pool.do("person", "disable", "ada@example.org")
    ada = pool.do("person", "list", "ada")[0]
    assert ada["role"] == "staff" and ada["disabled_ms"]
    pool.do("person", "enable", "ada@example.org")
    pool.do("account", "set", "time-lab", "organisation=Lab e.V.", "public=yes")
    assert pool.do("account", "list", "time")[0]["organisation"] == "Lab e.V."
    assert pool.do("person", "list", "ada")[0]["disabled_ms"] is None
    again = pool.ctl("person", "add", "ada@example.org", input=PASSWORD)
    assert again.returncode == 1 and "[exists]" in again.stderr
    short = pool.ctl("person", "add", "eve@example.org", input="short\n")
    assert short.returncode == 1 and "[weak-password]" in short.stderr
    assert pool.ctl("person", "add", "eve@example.org", input="").returncode == 1


def test_a_server_from_first_to_last(pool):
    pool.do("server", "add", "127.77.0.11:10123", "time-lab", "country=de",
            "netspeed=1000", "comment=rack 7")
    server = pool.do("server", "show", "127.77.0.11")
    assert server["zones"] == "@ europe de" and server["kbit"] == 1000
    assert server["state"] == "new" and server["comment"] == "rack 7"
    pool.do("server", "verify", "127.77.0.11:10123")
    pool.do("server", "netspeed", "127.77.0.11", "50000")
    pool.do("server", "country", "127.77.0.11", "fr")
    pool.do("server", "pause", "127.77.0.11", "days=3")
    server = pool.do("server", "show", "#1")
    assert server["verified"] == "admin" and server["kbit"] == 50000
    assert server["zones"] == "@ europe fr" and server["state"] == "paused"
    pool.do("server", "pause", "127.77.0.11", "days=0")
    pool.do("server", "delete", "127.77.0.11", "2099-01-05")
    assert pool.do("server", "show", "#1")["delete_on_ms"] == 4071254400000
    pool.do("server", "undelete", "127.77.0.11")
    assert pool.do("server", "show", "#1")["delete_on_ms"] is None
    assert len(pool.do("server", "list", "zone=fr")) == 1
    assert len(pool.do("server", "list", "account=time-lab")) == 1
    assert pool.do("server", "list", "account=ada") == []
    assert pool.do("score", "127.77.0.11") == []
    seen = {row["action"] for row in pool.do("audit", "server=127.77.0.11")}
    assert {"server.add", "server.verified", "server.netspeed", "server.country",
            "server.pause"} <= seen
    assert all(row["source"] == "poolctl" for row in pool.do("audit"))


def test_what_is_refused_changes_nothing(pool):
    pool.do("server", "add", "127.77.0.11", "time-lab")
    for words, name in ((["server", "add", "127.77.0.11", "time-lab"], "registered"),
                        (["server", "add", "224.0.0.1", "time-lab"], "bad-address"),
                        (["server", "add", "127.77.0.12", "nobody"], "unknown"),
                        (["server", "show", "127.77.0.99"], "unknown"),
                        (["server", "netspeed", "127.77.0.11", "-1"], "bad-number"),
                        (["server", "country", "127.77.0.11", "xx"], "bad-country"),
                        (["server", "delete", "127.77.0.11", "soon"], "bad-date"),
                        (["monitor", "set", "m", "asleep"], "bad-state"),
                        (["person", "role", "ada@example.org", "king"], "bad-role")):
        rows = len(pool.do("audit", "limit=1000"))
        out = pool.ctl("--json", *words)
        assert out.returncode == 1, words
        assert json.loads(out.stdout)["error"] == name, words
        assert len(pool.do("audit", "limit=1000")) == rows


def test_candidates_wait_for_poold(pool):
    pool.do("candidate", "add", "127.77.0.12", "time-lab")
    waiting = pool.do("candidate", "list")[0]
    assert waiting["state"] == "asked" and waiting["address"] == "127.77.0.12"
    pool.do("candidate", "accept", str(waiting["id"]), "country=nl")
    assert pool.do("server", "list")[0]["country"] == "nl"
    assert pool.do("candidate", "list") == []


def test_monitors(pool):
    code = pool.do("monitor", "add", "ams1", "place=Amsterdam")["code"]
    other = pool.do("monitor", "code", "ams1")["code"]
    assert len(code) == len(other) == 43 and code != other
    assert pool.ctl("monitor", "add", "ams1").returncode == 1
    assert pool.do("monitor", "list")[0]["state"] == "pending"
    pool.do("monitor", "set", "ams1", "deleted")
    assert pool.do("monitor", "list") == []


def test_teams(pool):
    pool.do("person", "add", "bob@example.org", input=PASSWORD)
    pool.do("person", "confirm", "bob@example.org")
    pool.do("account", "set", "time-lab", "organisation=Lab GmbH", "public=yes")
    assert pool.do("account", "list", "time")[0]["organisation"] == "Lab GmbH"
    pool.do("member", "invite", "time-lab", "bob@example.org")
    assert [m["role"] for m in pool.do("member", "list", "time-lab")] == ["owner"]
    last = pool.ctl("member", "remove", "time-lab", "ada@example.org")
    assert last.returncode == 1 and "[last-owner]" in last.stderr
    made = pool.do("token", "add", "time-lab", "ada@example.org",
                   "backup", "scope=write")["token"]
    token = pool.do("token", "list", "time-lab")[0]
    assert made.split("_")[1] == token["id"] and token["scope"] == "write"
    pool.do("token", "revoke", "time-lab", token["id"])
    assert pool.do("token", "list", "time-lab") == []
    hook = pool.do("webhook", "add", "time-lab", "https://example.org/hook")
    assert len(hook["secret"]) == 64
    assert pool.do("webhook", "list", "time-lab")[0]["url"] == "https://example.org/hook"
    pool.do("webhook", "try", str(hook["id"]))
    pool.do("webhook", "remove", str(hook["id"]))
    assert pool.do("webhook", "list", "time-lab") == []


def test_a_server_that_changes_hands(pool):
    pool.do("account", "add", "Other Lab", "ada@example.org")
    pool.do("server", "add", "127.77.0.11", "time-lab")
    proof = pool.do("server", "verify", "127.77.0.11", "by=ntp")
    assert len(proof["token"]) == 32 and "poolverify" in proof["next"]
    assert proof["token"] == pool.do("server", "verify", "127.77.0.11", "by=ntp")["token"]
    nameless = pool.ctl("server", "verify", "127.77.0.11", "by=dns")
    assert nameless.returncode == 1 and "[no-hostname]" in nameless.stderr
    pool.do("server", "alert", "127.77.0.11", "-5.5")
    pool.do("server", "alert", "127.77.0.11", "-")
    for wrong in ("low", "11", "nan"):
        assert pool.ctl("server", "alert", "127.77.0.11", wrong).returncode == 1, wrong
    pool.do("server", "move", "127.77.0.11", "other-lab")
    assert pool.do("server", "show", "127.77.0.11")["account"] == "other-lab"


def test_zones(pool):
    pool.do("zone", "add", "campus", "Campus", "custom", "@")
    pool.do("zone", "rule", "campus", "subnet", "127.77.0.0/24")
    pool.do("zone", "set", "campus", "policy=strict", "min-servers=2")
    zone = [z for z in pool.do("zone", "list") if z["name"] == "campus"][0]
    assert zone["policy"] == "strict" and zone["min_servers"] == 2
    assert pool.ctl("zone", "rule", "campus", "subnet", "127.77.0.1/24").returncode == 1
    pool.do("server", "add", "127.77.0.11", "time-lab")
    assert "campus" in pool.do("server", "show", "127.77.0.11")["zones"].split()
    assert pool.do("zone", "rules", "campus") == [{"kind": "subnet", "value": "127.77.0.0/24"}]
    pool.do("zone", "unrule", "campus", "subnet", "127.77.0.0/24")
    assert "campus" not in pool.do("server", "show", "127.77.0.11")["zones"].split()
    assert pool.ctl("zone", "unrule", "campus", "subnet", "127.77.0.0/24").returncode == 1
    pool.do("zone", "remove", "campus")
    assert pool.ctl("zone", "remove", "de").returncode == 1


def test_export(pool):
    pool.do("snapshot", "build")
    assert " SOA " in pool.ctl("export", "zonefile").stdout.replace("\t", " ")
    assert "data" in json.loads(pool.ctl("export", "geodns").stdout)
    assert "# mod-geoip:" in pool.ctl("export", "knot").stdout
    assert pool.ctl("export", "knot", "/nowhere/snap").returncode == 1
    wrong = pool.ctl("export", "bind")
    assert wrong.returncode == 1
    assert "zonefile, geodns, knot" in wrong.stderr


def test_snapshot(pool):
    missing = pool.ctl("snapshot", "show")
    assert missing.returncode == 1 and "zones.snap" in missing.stderr
    pool.do("snapshot", "build")
    assert pool.do("snapshot", "show")[0]["zone"] == "@"
    whole = (pool.folder / "zones.snap").read_bytes()
    (pool.folder / "cut").write_bytes(whole[:-1])
    assert pool.ctl("snapshot", "show", str(pool.folder / "cut")).returncode == 1


def test_db_check(pool):
    pool.do("snapshot", "build")
    rows = pool.do("db", "check")
    assert rows[0] == {"check": "all", "state": "good", "detail": "7 good, 0 doubtful, 0 bad"}
    assert [r["state"] for r in rows] == ["good"] * 8
    with sqlite3.connect(pool.folder / "pool.db") as db:
        db.execute("INSERT INTO log (server_id, at_ms, monitor_id, rule, step, score, taken_ms)"
                   " VALUES (7, 1, 1, 'good', 1, 1, 1)")
    out = pool.ctl("db", "check")
    assert out.returncode == 1
    assert out.stdout.splitlines()[1].split()[:2] == ["all", "bad"]
    assert "1 rows of log have a server_id of no server" in out.stdout


def test_copy_and_replay(pool):
    target = f"sqlite:{pool.folder}/copy.db"
    assert pool.do("db", "copy", pool.settings["database"], target)["rows"] > 100
    assert pool.ctl("db", "copy", pool.settings["database"], target).returncode == 1
    assert "are the same books" in pool.ctl("db", "copy", target, target).stderr
    assert pool.do("replay")["wrong"] == 0


def test_settings_can_be_read_again(pool):
    text = pool.ctl("settings").stdout
    pool.conf.write_text(text)
    assert pool.ctl("settings").stdout == text


def test_the_command_line(pool):
    for words, hint in ((["server", "lst"], "'server list'"),
                        (["monitr", "add", "x"], "'monitor add'"),
                        (["server", "add", "127.0.0.9", "x", "netsped=1"], "'netspeed=…'"),
                        (["server", "add", "127.0.0.9"], "ACCOUNT is missing"),
                        (["person", "list", "a", "b"], "'b' does not belong")):
        out = pool.ctl(*words)
        assert out.returncode == 2 and hint in out.stderr, words
    assert pool.ctl().returncode == 2
    assert pool.ctl("server", "list", "--json").stdout == "[]\n"
    assert pool.ctl("server", "list").stdout == "none\n"
    pool.conf.write_text("databse sqlite::memory:\n")
    assert pool.ctl("server", "list").returncode == 2


def test_completion_and_manual_know_every_command(pool):
    first = pool.ctl("--complete", "").stdout.split()
    assert "server" in first and first.count("server") == 1
    assert pool.ctl("--complete", "server", "net").stdout == "netspeed\n"
    manual = MANUAL.read_text()
    synopses = [line for line in pool.ctl("help").stdout.splitlines()
                if line.startswith("  ") and line[2] != " "]
    assert len(synopses) > 30
    for line in synopses:
        words = line.split()
        name = [w for w in words if w.islower() and "=" not in w and w[0] != "["]
        assert f".It Ic {' '.join(name)}" in manual, name


def test_hostile_text_cannot_steer_the_terminal(pool):
    pool.do("monitor", "add", "m1", "place=Zürich")
    assert "Zürich" in pool.ctl("monitor", "list").stdout
    out = pool.ctl("monitor", "add", "m2", "place=\x1b[31mred")
    assert out.returncode == 1 and "[bad-text]" in out.stderr


def test_the_public_lists(pool):
    pool.do("server", "add", "127.77.0.11", "time-lab")
    one = pool.do("list", "add", "time-lab", "stratum=1", "country=DE", "contact=ada@example.org",
                  "hostname=ntp.example.org", "address=127.77.0.11", "policy=ClosedAccess")["id"]
    entry = pool.do("list", "show", str(one))
    assert entry["state"] == "waits for approval" and entry["country"] == "de"
    assert entry["policy"] == "ClosedAccess" and entry["address"] == "127.77.0.11"
    pool.do("list", "refuse", str(one), "Which GPS?")
    assert pool.do("list", "show", str(one))["why"] == "Which GPS?"
    pool.do("list", "set", str(one), "synchronisation=GPS of make X")
    pool.do("list", "approve", str(one))
    pool.do("list", "set", str(one), "stratum=2", "notify=yes")
    assert [(e["state"], e["stratum"]) for e in pool.do("list", "show")] == \
        [("listed", 1), ("waits for approval", 2)]
    pool.do("list", "approve", str(one))
    entry = pool.do("list", "show", str(one))
    assert entry["stratum"] == "2" and entry["notify"] == "yes"
    for words, name in ((["set", str(one), "stratum=7"], "bad-number"),
                        (["set", str(one), "address=::1"], "bad-address"),
                        (["approve", "99"], "unknown"),
                        (["refuse", str(one), ""], "missing")):
        out = pool.ctl("--json", "list", *words)
        assert out.returncode == 1 and json.loads(out.stdout)["error"] == name, words
    pool.do("list", "remove", str(one))
    assert pool.do("list", "show") == []


def test_many_servers_at_once(pool):
    table = pool.folder / "servers.csv"
    table.write_text("address,country,netspeed,comment\n127.77.0.11,de,1000,\"rack 7, left\"\n"
                     "127.77.0.11\n127.77.0.12,,,\n224.0.0.1\n")
    out = pool.ctl("--json", "server", "import", table, "time-lab")
    assert out.returncode == 1
    assert [(row["line"], row["result"]) for row in json.loads(out.stdout)] == \
        [(2, "ok"), (3, "registered"), (4, "ok"), (5, "bad-address")]
    assert pool.do("server", "show", "127.77.0.11")["comment"] == "rack 7, left"
    assert len(pool.do("server", "list")) == 2
    assert pool.ctl("server", "import", "/nonexistent", "time-lab").returncode == 1
