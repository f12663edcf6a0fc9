#!/usr/bin/env python3
"""A grading by the month at a node, as a process: it begins by itself with the first day at or
behind its own, counts growth, publishes itself and posts with what a star gives on its entry;
killed at every point of it, after which its end is the same; and all of it as the second
implementation has it, the sealed batches to the byte. It begins once: a later day of the month
has none.

PH_SEEDS=N: another province.
"""

import datetime
import os
import random

import _programme_world as w
from _pointhouse import fail

import sections  # noqa: E402
import shipped  # noqa: E402
import yearfile  # noqa: E402

MEMBERS = 250
SETUP = datetime.date(2008, 1, 1)
BEFORE = datetime.date(2008, 4, 9)     # the day before the run's: none begins
DUE = datetime.date(2008, 4, 11)       # no file came on the tenth, which is the run's day
AFTER = datetime.date(2008, 4, 20)
POINTS = ["node_due_run_beginning", "node_run_counting", "node_run_counting:2",
          "node_run_counting:4", "node_out_file", "node_run_posting", "node_run_posting:2",
          "node_run_posting:4", "node_run_done", "node_after_append:2", "node_after_append:5",
          "node_before_append:3", "node_before_append:8", "node_sealing"]


def need(condition, what):
    if not condition:
        fail(what)


def programme():
    """China Telecom's, with points for a star that is entered in the place of awards."""
    data = shipped.data_of("china-telecom")
    data["tenure_award"] = {"mode": "NONE"}
    del data["tenure_band"]
    growth = next(row for row in data["grading"] if row["name"] == "growth")
    data["level_award"] = {"mode": "ON_ENTRY", "grading": "growth"}
    data["level_rate"] = [{"level": level, "points": place * 15}
                          for place, level in enumerate(growth["levels"][1:], 1)]
    data["limits"] = {"single_max": 0, "daily_max": 0, "earned_min": 0, "new_days": 0}
    text = yearfile.toml_text(data)
    sections.Programme(text)
    return text


class Province:
    """Members with accounts of every age, suspended now and then, billed for three months."""

    def __init__(self, rng, files):
        self.rng, self.files, self.accounts = rng, files, []
        self.setup()
        for month in (1, 2, 3):
            self.month(month)
        files.day(BEFORE, [("BILL", f"A{n}-0", w.member(n), "2008-03", 5000 + n)
                           for n in range(2, MEMBERS, 17)])
        files.day(DUE, [("OWNER", name, w.member(n)) for name, n in self.accounts[9::40]] +
                  [("LEAVE", w.member(n)) for n in range(11, MEMBERS, 50)])
        files.day(AFTER, [("REDEEM", "", w.member(n), 30, "PHONE_CREDIT", w.CODE, "", "", "", "")
                          for n in range(4, MEMBERS, 6)])

    def setup(self):
        rows = []
        for n in range(1, MEMBERS + 1):
            rows.append(("PROFILE", "", w.member(n)))
            for k in range(self.rng.choice((1, 1, 1, 2, 3))):
                joined = b_month(2008, 1) - self.rng.randrange(90)
                self.accounts.append((f"A{n}-{k}", n))
                rows.append(("ACCOUNT", f"A{n}-{k}", w.member(n), text_of(joined),
                             self.rng.choice(("MOBILE_3G", "MOBILE_4G", "FIXED_LINE")), 0, 1,
                             self.rng.randint(1, 3)))
                for back in range(self.rng.choice((0, 5, 11))):
                    rows.append(("SPENT", f"A{n}-{k}", w.member(n),
                                 text_of(b_month(2007, 11) - back),
                                 self.rng.randrange(90_000), 1))
        self.files.day(SETUP, rows)

    def month(self, month):
        rows = [("BILL", name, w.member(n), f"2008-{month:02d}", self.rng.randrange(120_000))
                for name, n in self.accounts if n % 17 != 2 or not name.endswith("-0")]
        for name, n in self.rng.sample(self.accounts, 20):
            rows += [("ARREARS", name, w.member(n), "BOTH_WAYS"),
                     ("ARREARS", name, w.member(n), "NONE")]
        self.files.day(datetime.date(2008, month + 1, 3), rows)


def b_month(year, month):
    return year * 12 + month - 1


def text_of(month):
    return f"{month // 12}-{month % 12 + 1:02d}"


def months_run(world):
    return [(r["of"], r["state"]) for r in world.node.status().get("runs", [])
            if r["grading"] == "growth"]


def play_on(world, prepared, environment):
    """From the day before the run's to the sealed days; when the node dies it is started again."""
    world.bring_back(prepared)
    world.clock(BEFORE)
    world.start(**environment)
    deaths = world.survive(
        lambda: world.live_on(DUE), lambda: world.wait_for_run("DONE"), lambda: world.seal(DUE),
        lambda: world.live_on(AFTER), lambda: world.seal(AFTER))
    end = (next(world.out.glob("*2008-03-31-GRADE-growth.csv")).read_bytes(), world.batch(DUE),
           world.batch(AFTER), tuple(months_run(world)), tuple(
               world.node.ask("GET", f"/v1/programme-member/{w.member(n)},{AFTER}")[1]
               for n in range(1, MEMBERS + 1)))
    world.node.stop()
    return end, deaths


def same_as_second(files, end):
    tables, batches = files.played()
    lines = [",".join(map(str, row[4:])) for row in tables["standards"]
             if row[1:3] == ["growth", "2008-03"]]
    need(end[0].startswith(f"POINTHOUSE,GRADES,1,{w.CODE},2008-03-31,".encode()), "its head")
    w.same_as_second("the grades", end[0], lines, batches, zip((DUE, AFTER), end[1:3]))
    need(end[3] == tuple((f"2008-{m:02d}", "DONE") for m in (3,)), f"one run: {end[3]}")
    entered = sum(kind == "COUNT" and int(row[3]) > 0
                  for kind, *row in (line.split(",") for line in lines))
    need(entered > 3, "stars are entered:\n" + "\n".join(lines))
    return len(lines)


def main(folder):
    seed = int(os.environ.get("PH_SEEDS", "1").split("-")[0])
    files = w.Files(folder / "files", SETUP)
    files.programme(programme())
    Province(random.Random(seed), files)
    files.runs()
    world = w.World(folder / "system", files)
    world.looks_for = ("GRADE", "growth")
    try:
        prepared = folder / "prepared"
        world.prepare(prepared, BEFORE)
        world.start()
        need(not months_run(world), "none has begun before its day")
        world.node.stop()
        end, _ = play_on(world, prepared, {})
        rows = same_as_second(files, end)
        w.ends_so_whoever_dies(lambda where: play_on(world, prepared, where), POINTS, end)
    finally:
        world.system.kill()
    print(f"{rows} lines, {len(POINTS)} deaths, batches equal to the byte")


if __name__ == "__main__":
    w.in_a_folder(main)
