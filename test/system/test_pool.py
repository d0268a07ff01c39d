# SPDX-License-Identifier: BSD-2-Clause
"""The tutorial's second half: sign up, add the server, be measured, be handed out, leave."""

import re
import subprocess
import time

import pytest

from test_poold import HOST, PASSWORD, PORT, Browser, Poold
from world import program, wait_for

NTP = PORT + 1000
DNS = PORT + 2000
SERVER = "127.77.21.1"
BASE = "127.77.21.2"
SETTINGS = f"""domain pool.test
dns-listen 127.0.0.1:{DNS}
name-server ns1.pool.test=127.0.0.1
snapshot-period 1
check-active 1
check-testing 1
check-candidate 1
sample-gap 0.05
sample-timeout 0.2
web-workers 1
monitor-server http://{HOST}
base-server {BASE}:{NTP}
"""


class Town:
    """Two time servers, poold, one monitor and pooldns."""

    def __init__(self, folder):
        self.folder, self.running = folder, {}

    def start(self, name, *words):
        with open(self.folder / f"{name}.log", "ab") as log:
            self.running[name] = subprocess.Popen(
                [program(words[0]), *map(str, words[1:])],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def stop(self, name):
        popen = self.running.pop(name)
        popen.terminate()
        popen.wait(10)

    def close(self):
        for name in list(self.running):
            self.stop(name)

    def time_server(self, name, address):
        conf = self.folder / f"{name}.conf"
        conf.write_text(f"server 127.127.1.0\nfudge 127.127.1.0 stratum 0 refid GPS\nport {NTP}\n"
                        "clock virtual offset 0 freq 0\nrestrict default nomodify noquery\n")
        self.start(name, "ntpd", "-n", "-c", conf, "-I", address, "-p", self.folder / f"{name}.pid",
                   "-f", self.folder / f"{name}.drift")


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pool")
    town = Town(folder)
    town.time_server("server", SERVER)
    town.time_server("base", BASE)
    with Poold(folder, SETTINGS) as poold:
        town.poold = poold
        said = subprocess.run([program("poolctl"), "-c", poold.conf, "monitor", "add", "here"],
                              capture_output=True, text=True, check=True).stdout
        code = re.search(r"^code *(\S+)", said, re.M)[1]
        subprocess.run([program("poolmon"), "-c", poold.conf, "enrol", code], check=True, capture_output=True)
        town.start("monitor", "poolmon", "-c", poold.conf, "run")
        wait_for(lambda: (folder / "zones.snap").exists(), 20)
        town.start("dns", "pooldns", "-c", poold.conf)
        try:
            yield town
        finally:
            town.close()


def handed_out(name="pool.test"):
    said = subprocess.run(["dig", "@127.0.0.1", "-p", str(DNS), "+short", "+time=1", "+tries=1", name, "A"],
                          capture_output=True, text=True).stdout
    return SERVER in said.split()


def page(path):
    return Browser().get(path)[1]


def score():
    found = re.search(r"Score ([-+]?\d+\.\d)", page(f"/scores/{SERVER}"))
    return float(found[1]) if found else 0.0


def test_from_sign_up_to_leaving(town):
    # step 10: an account, confirmed by mail
    you = Browser()
    you.get("/signup")
    assert you.post("/signup", email="you@example.org", name="You", password=PASSWORD)[0].status == 200
    link = town.poold.mailed_link()
    you.get(link)
    assert you.post(link)[0].status in (200, 303)
    you.get("/login")
    assert you.post("/login", email="you@example.org", password=PASSWORD)[0].status == 303

    # step 11: the address, the region that was found, "Yes, this is my server"
    you.get("/manage/add")
    reply, _ = you.post("/manage/add", address=f"{SERVER}:{NTP}")
    candidate = reply.getheader("Location")
    wait_for(lambda: "Yes, this is my server, add it!" in you.get(candidate)[1], 20)
    text = you.get(candidate)[1]
    assert SERVER in text and "Region" in text
    reply, _ = you.post(candidate, country="de", comment="a shelf in the hall")
    assert reply.status == 303, reply
    mine = re.search(r"/manage/server/\d+", reply.getheader("Location") + you.get("/manage")[1])[0]
    assert not handed_out()

    # step 12: measured; the score climbs, and only above 10 is it handed out
    wait_for(lambda: score() > 0, 30)
    wait_for(handed_out, 60, 0.5)
    assert score() >= 10
    assert handed_out("de.pool.test") and handed_out("0.europe.pool.test")
    log = page(f"/scores/{SERVER}/log?monitor=*")
    assert log.startswith("ts_epoch,ts,offset,step,score,monitor_id,monitor_name,rtt,leap,error\n")
    assert log.count("here") >= 14

    # step 15: it leaves, at once; and stays after all
    date = re.search(r'name="date".*?value="(\d+)"', you.get(mine)[1], re.S)[1]
    assert you.post(mine + "/delete", date=date)[0].status == 303
    wait_for(lambda: not handed_out(), 15)
    you.get(mine)
    assert you.post(mine + "/undo")[0].status == 303
    wait_for(handed_out, 15)


def test_names_are_served_on_while_the_books_are_away(town):
    assert handed_out()
    town.poold.popen.kill()
    town.poold.popen.wait()
    time.sleep(2)
    assert handed_out()
    town.poold.__enter__()


def test_a_server_that_falls_silent_is_out_and_the_page_says_why(town):
    assert handed_out()
    town.stop("server")
    wait_for(lambda: not handed_out(), 40, 0.5)
    wait_for(lambda: "no-response" in page(f"/scores/{SERVER}/why"), 10)
