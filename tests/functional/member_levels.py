#!/usr/bin/env python3
"""What a channel is told of a member over the member service of a running node: levels, all flags,
their history, entitlements, the catalogue, what is kept back, notice days, orders; each answer
against the second implementation (tests/oracle/programme) or figures by hand. The commands of
docs/members.md, sections 5 and 6, as they stand there.

Environment: POINTHOUSE the executable, PH_ROOT the project. Ends with 77 without curl or openssl.
"""

import datetime
import json
import os
import pathlib
import re
import shutil
import stat
import subprocess
import sys
import tempfile

import _member_world as m
import _programme_world as w
from _member_world import ANN, BOB, CARL, DORA, EVE, need, same

import basics as b
import play

PAGE = pathlib.Path(w.ROOT, "docs", "members.md")
SCHEMA = pathlib.Path(w.ROOT, "schema", "member.yaml")
STARS = datetime.date(2016, 3, 1)


def oracle_of(files):
    told = play.Play(str(files.folder))
    told.play()
    return told.homes[1]


def level_of(world, member):
    """Grades, flags and the one that counts, as both sides can say them."""
    told = world.of(member, "level")
    return {"effective": told.get("effective", ""),
            "levels": [(row["grading"], row["level"]) for row in told["grades"]],
            "holds": sorted(row["flag"] for row in told["flags"] if row["holds"]),
            "flags": [row["flag"] for row in told["flags"]]}


def level_of_oracle(home, member, day):
    person, programme = home.person(int(member)), home.programme
    return {"effective": person.effective_on(programme, day),
            "levels": [(g.name, person.level_on(g, day)) for g in programme.grading],
            "holds": sorted(person.flags_on(programme, day)),
            "flags": [row.name for row in programme.flag]}


def history_of(world, member):
    """Of grades, oldest first; days inclusive."""
    told = world.of(member, "levels")["history"]
    return [(row["grading"], row["level"], row["reason"], row["from"],
             b.day_of(row["to"]) - 1 if "to" in row else None)
            for row in reversed(told) if "grading" in row]


def history_of_oracle(home, member):
    return [(grading, g.level, g.reason, b.day_text(g.first), g.last if g.last < 36524 else None)
            for grading, held in home.person(int(member)).grades.items() for g in held]


def compare_levels(world, files, members, day):
    home = oracle_of(files)
    for member in members:
        same(f"level of {member}", level_of_oracle(home, member, day), level_of(world, member))
        same(f"levels of {member}", history_of_oracle(home, member), history_of(world, member))
    return home


# --- three flags, all told ------------------------------------------------------------------------

def stars_rows():
    """A one-star loyal VIP, a one-star loyal one, a two-star, one with a flag of before."""
    out = [m.account("A-1", ANN, "2010-01"), m.account("B-1", BOB, "2010-01"),
           m.account("C-1", CARL, "2014-06"), m.account("D-1", DORA, "2014-06"),
           m.account("E-1", EVE, "2011-04")]
    out += [("GRADE", member, "star", star, "2016-01-01", "2017-01-01")
            for member, star in ((ANN, "one-star"), (BOB, "one-star"), (CARL, "two-star"),
                                 (DORA, "three-star"))]
    return out + [("VIP_PROPOSE", "P01/20160301/V-1", ANN, "vip", "KEY_PERSON", "2016-08", "S-1"),
                  ("VIP_DECIDE", "P01/20160301/V-1", 1, "S-2"),
                  ("LEGACY", DORA, "legacy-silver", "2016-03"), ("BLACKLIST", EVE, 1)]


def three_flags(folder):
    files = w.Files(folder / "files", STARS)
    files.programme(m.shipped("china-unicom"))
    files.day(STARS, stars_rows())
    world = m.World(folder, files)
    try:
        world.open()
        world.live(STARS)
        world.seal(STARS)
        world.at(datetime.datetime(2016, 3, 2, 9))
        compare_levels(world, files, (ANN, BOB, CARL, DORA, EVE), b.day_of("2016-03-02"))
        told = world.of(ANN, "level")
        same("all three", [("star", "one-star"), ("vip", True), ("loyal", True)],
             [(row["grading"], row["level"]) for row in told["grades"][:1]] +
             [(row["flag"], row["holds"]) for row in told["flags"][:2]])
        same("the highest", "vip", told["effective"])
        same("one-star loyal is above two-star", ("loyal", "two-star"),
             (world.of(BOB, "level")["effective"], world.of(CARL, "level")["effective"]))
        same("flags that nobody gave him", [False] * 5,
             [row["holds"] for row in world.of(CARL, "level")["flags"]])
        same("of before", "legacy-silver", world.of(DORA, "level")["effective"])
        queues = {who: world.of(who, "entitlements") for who in (ANN, CARL, EVE)}
        same("queues", [("high", "FIRST"), ("normal", "NORMAL"), ("last", "LAST")],
             [(told["queue"], told["position"]) for told in queues.values()])
        lists = {who: {row["benefit"] for row in told["benefits"]} for who, told in queues.items()}
        same("free SIM by loyal, appointments by VIP: of every grade that she has",
             {"free-sim", "appointment"}, lists[ANN] & {"free-sim", "appointment"})
        same("of two stars", set(), lists[CARL])
        # The flag of before ends with its month.
        world.at(datetime.datetime(2016, 4, 1, 9))
        same("in April", ("three-star", False),
             (world.of(DORA, "level")["effective"],
              [row["holds"] for row in world.of(DORA, "level")["flags"]
               if row["flag"] == "legacy-silver"][0]))
        same("in April, too", level_of_oracle(oracle_of(files), DORA, b.day_of("2016-04-01")),
             level_of(world, DORA))
    finally:
        world.system.kill()
    print("three flags, all told; the highest counts")


# --- the page -------------------------------------------------------------------------------------

def examples(page):
    """(heading, command, answer) of each pair of blocks in sections 5 and 6."""
    part = page[page.index("\n## 5. "):page.index("\n## 7. ")]
    found = re.findall(r"```\n(curl [^`]*?)\n```\n+```\n(\{[^`]*?)\n```", part)
    return [(command, answer) for command, answer in found]


def the_page(world):
    world.system.wait(lambda: world.caller().ask(f"/v1/members/{ANN}/history")[1].get("as_of"),
                      "the sealed day is in the history", 30)
    folder = world.node.folder / "engineer"
    folder.mkdir(mode=0o700)
    environment = {"PATH": os.environ["PATH"], "HOST": world.host,
                   "CURL_CA_BUNDLE": str(world.certificate), "TOKEN": world.tokens["app"]}
    form = re.search(r"```\n(printf .*)\n```", PAGE.read_text("utf-8"))[1]
    subprocess.run(["sh", "-ec", form], cwd=folder, env=environment, check=True)
    need(stat.S_IMODE((folder / "token").stat().st_mode) == 0o600, "the token is for one's own")
    told, wrong = [], []
    for command, answer in examples(PAGE.read_text("utf-8")):
        done = subprocess.run(["sh", "-ec", command], cwd=folder, env=environment, check=False,
                              capture_output=True, text=True, timeout=30)
        if done.stdout != answer + "\n":
            wrong.append(f"{command}\n{done.stdout}{done.stderr}")
        told.append((command, done.stdout))
    names = set(re.findall(r"^ {8}([a-z_]+):", SCHEMA.read_text("utf-8"), re.M))
    for _, text in told:
        lacking = set(re.findall(r'[{,]"([a-z_]+)":', text)) - names
        need(not lacking, f"the schema lacks {lacking} of {text}")
    need(not wrong, "the page has other answers than these:\n" + "\n".join(wrong))
    return told


def without_a_token(world):
    """The page's command on the node's own machine; the member service itself has no plain HTTP."""
    command = re.search(r"`(curl -sS --unix-socket \S+ \S+)`", PAGE.read_text("utf-8"))[1]
    socket = world.node.control.with_name("counter.sock")
    done = subprocess.run(command.replace("/run/pointhouse-P01/counter.sock", str(socket)).split(),
                          capture_output=True, text=True, timeout=30, check=True)
    told, asked = json.loads(done.stdout), world.gets("/v1/staff/open")
    need(told.keys() == asked.keys() and "orders_open" in told, f"by the socket: {told}")
    done = subprocess.run(["curl", "-sS", f"http://{world.host}/v1/health"], capture_output=True,
                          timeout=30, check=False)
    need(done.returncode != 0 and not done.stdout, f"plain HTTP is answered: {done}")


def paths_of_the_schema():
    text = SCHEMA.read_text("utf-8")
    return {path for path in re.findall(r"^  (/v1/\S+):$", text, re.M)}


def the_page_has_each_path(told):
    """Each path of the schema has an example that was run."""
    seen = set()
    for command, _ in told:
        path = re.search(r'\$HOST(/v1/[^"?]*)', command)[1]
        path = re.sub(r"/members/[0-9]{14}", "/members/{number}", path)
        path = re.sub(r"/orders/P01/[0-9]{8}/[A-Za-z0-9-]+",
                      "/orders/{code}/{day}/{reference}", path)
        seen.add(re.sub(r"/staff/[A-Z_]+", "/staff/{kind}", path))
    lacking = paths_of_the_schema() - seen - {"/v1/health", "/v1/members/{number}/balance",
                                              "/v1/members/{number}/expiring"}
    need(not lacking, f"the page has no example of {lacking}")
    print(f"{len(told)} examples of the page give what it shows; each path has one")


def look_ups_by_hand(world, home):
    """Before anybody asks for anything."""
    balance = world.of(ANN, "balance")
    # 120 + 99 points of two bills; the migrated month gave nothing.
    same("Ann's points", (40219, 40219), (balance["points"], balance["available"]))
    need("kept_back" not in balance, f"her profile is complete: {balance}")
    same("by the second implementation", 40219,
         sum(lot.remaining for lot in home.accounts[int(ANN)].lots.values()))
    # Of Bob 50 + 7; August 2025 lies before the window of a profile in March 2026.
    same("Bob's", (0, 57), tuple(world.of(BOB, "balance")[k] for k in ("points", "kept_back")))
    same("runs and notices", [("2026-04-01", "2026-03-01"), ("2026-07-01", "2026-06-01")],
         [(row["expires_on"], row["notice_on"]) for row in world.of(ANN, "expiring")["expiring"]])
    items = {row["item"]: row for row in world.gets(f"/v1/catalogue?member={ANN}")["items"]}
    same("what silver may order",
         ["handset", "night-minutes", "phone-credit", "voucher"], sorted(items))
    same("pieces", 2, items["handset"]["pieces"])
    same("prices", [[(1, 5000, 150000)], [(1, 10000, 0), (3, 20000, 0)], [(1, 1000, 0)]],
         [[(p["quantity"], p["points"], p["cash"]) for p in items[name]["prices"]]
          for name in ("handset", "voucher", "night-minutes")])
    same("credit", ("3/5", 100), (items["phone-credit"]["credit"], items["phone-credit"]["step"]))
    told = world.of(ANN, "entitlements")
    same("queue of silver", ("middle", "NORMAL"), (told["queue"], told["position"]))
    left = {row["benefit"]: row.get("left") for row in told["benefits"]}
    same("what is left", (2, None), (left["lounge"], left["counter"]))
    same("Bob has no lounge", False,
         "lounge" in {row["benefit"] for row in world.of(BOB, "entitlements")["benefits"]})


def behind_the_page(world):
    """What the page's requests have changed."""
    items = {row["item"]: row for row in world.gets(f"/v1/catalogue?member={ANN}")["items"]}
    same("a diamond may have the card", True, "lounge-card" in items)
    same("a handset went", 1, items["handset"]["pieces"])
    told = world.of(ANN, "entitlements")
    same("one is left of two", 1,
         [row["left"] for row in told["benefits"] if row["benefit"] == "lounge"][0])
    same("usable", [("lounge", "2026-06-03", 1)],
         [(row["benefit"], row["usable_until"], row["count"]) for row in told["claims"]])
    same("Bob's points came with his profile", (57, False),
         (world.of(BOB, "balance")["points"], "kept_back" in world.of(BOB, "balance")))
    # 40,219 and 80 of December; less 5,000 for the top-up; the handset came back.
    same("Ann's", 40219 + 80 - 5000, world.of(ANN, "balance")["points"])
    waiting = world.gets("/v1/staff/open")
    same("nobody waits but Carl", (1, 0, 0, 0), tuple(waiting[f"{what}_open"] for what in (
        "proposals", "registrations", "orders", "complaints")))


def main(folder):
    files = m.files_of(folder)
    world = m.World(folder, files)
    try:
        world.begin()
        home = compare_levels(world, files, (ANN, BOB, CARL, DORA), b.day_of("2026-03-05"))
        look_ups_by_hand(world, home)
        the_page_has_each_path(the_page(world))
        without_a_token(world)
        behind_the_page(world)
        looks = [world.of(ANN, what) for what in ("level", "levels", "entitlements", "balance")]
        world.node.kill()
        world.start()
        same("after a death", looks,
             [world.of(ANN, what) for what in ("level", "levels", "entitlements", "balance")])
        need(world.node.stop() == 0, "it stops with 0")
    finally:
        world.system.kill()
    print("level, history, entitlements, catalogue, orders and the rest, as they should be")


if __name__ == "__main__":
    if not all(shutil.which(tool) for tool in ("curl", "openssl")):
        print("not run: curl or openssl is missing")
        sys.exit(77)
    with tempfile.TemporaryDirectory(prefix="pointhouse-") as scratch:
        three_flags(pathlib.Path(scratch, "stars"))
        main(pathlib.Path(scratch, "page"))
