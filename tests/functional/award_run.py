#!/usr/bin/env python3
"""The award of a year at a node, as a process: two years' bills of a made-up province, counted,
looked at, published, posted; killed at every point of it, after which its end is the same; dropped
and begun anew; and all of it as the second implementation has it, the sealed batches to the byte.

PH_SEEDS=N: another province.
"""

import datetime
import os
import random

import _programme_world as w
from _pointhouse import fail, run

MEMBERS = 300
SETUP = datetime.date(2007, 1, 1)
COUNTED = datetime.date(2009, 1, 3)   # the day of December's bills
LEFT = datetime.date(2009, 1, 5)      # who leaves between count and publishing
POSTED = datetime.date(2009, 1, 6)
AFTER = datetime.date(2009, 1, 8)
SEALED = LEFT, POSTED, AFTER
LEVELS = ("ordinary", "vip-card", "silver", "gold", "diamond")
SERVICES = ("MOBILE_2G", "MOBILE_3G", "MOBILE_4G", "CONVERGED", "DATA_CARD", "FIXED_LINE")
POINTS = ["node_run_beginning", "node_run_counting", "node_run_counting:3", "node_run_counted",
          "node_out_file", "node_run_publishing", "node_run_published", "node_run_posting",
          "node_run_posting:2", "node_run_posting:5", "node_run_done", "node_after_append:2",
          "node_after_append:5", "node_before_append:4", "node_sealing"]


def need(condition, what):
    if not condition:
        fail(what)


class Province:
    """Members 1 to n, each with some accounts; a third has no profile or joins late."""

    def __init__(self, rng, files):
        self.rng, self.files, self.accounts = rng, files, []
        self.setup()
        for month in range(24):
            first = datetime.date(2007 + (month + 1) // 12, (month + 1) % 12 + 1, 1)
            self.month(month, first)
        files.day(LEFT, [("LEAVE", w.member(n)) for n in range(7, MEMBERS, 29)] +
                  [("BILL", "A5-0", w.member(5), "2008-12", 123456)])
        files.day(POSTED, [("REDEEM", "", w.member(n), 40, "PHONE_CREDIT", w.CODE, "", "", "", "")
                           for n in range(3, MEMBERS, 11)])
        files.day(AFTER, [("REDEEM", "", w.member(n), 55, "PHONE_CREDIT", w.CODE, "", "", "", "")
                          for n in range(4, MEMBERS, 13)])

    def setup(self):
        rows = []
        for n in range(1, MEMBERS + 1):
            if self.rng.random() < 0.9:
                rows.append(("PROFILE", "", w.member(n)))
            if self.rng.random() < 0.5:
                rows.append(("GRADE", w.member(n), "level", self.rng.choice(LEVELS),
                             "2008-01-01", self.rng.choice(("", "2008-12-31", "2009-01-01"))))
            for k in range(self.rng.choice((0, 1, 1, 1, 2, 3))):
                name, joined = f"A{n}-{k}", self.rng.randrange(-72, 1)
                self.accounts.append((name, n))
                if self.rng.random() < 0.93:
                    rows.append(("ACCOUNT", name, w.member(n),
                                 f"{2007 + joined // 12}-{joined % 12 + 1:02d}",
                                 self.rng.choice(SERVICES), 0, 1, 1))
        self.files.day(SETUP, rows)

    def month(self, month, first):
        of = f"{2007 + month // 12}-{month % 12 + 1:02d}"
        rows = [("BILL", name, w.member(n), of, self.rng.choice((0, 99, self.rng.randrange(90_000),
                                                                5_000_000_000)))
                for name, n in self.accounts if self.rng.random() < 0.8]
        if month in (10, 22):
            gone = self.rng.sample(self.accounts, 9)
            rows += [("ACCOUNT_END", name, w.member(n)) for name, n in gone]
            self.accounts = [a for a in self.accounts if a not in gone]
        self.files.day(first + datetime.timedelta(days=2), rows)


RUN = ("--kind", "AWARD")
FILE = "*AWARD.csv"


def begin(world, *more, expect=0):
    return world.order("begin", *RUN, "--of", "2008-12", *more, expect=expect)


def play_on(world, prepared, environment):
    """From December's bills to the sealed days; whenever the node dies, it is started again and
    told what wasn't said yet. The end: the run's file, the batches."""
    world.bring_back(prepared)
    world.clock(COUNTED)
    world.start(**environment)
    deaths = world.survive(
        lambda: begun(world), lambda: world.wait_for_run("COUNTED"),
        lambda: world.live_on(LEFT), lambda: world.seal(LEFT), lambda: published(world),
        lambda: world.live_on(POSTED), lambda: world.wait_for_run("DONE"),
        lambda: world.seal(POSTED), lambda: world.live_on(AFTER), lambda: world.seal(AFTER))
    end = (next(world.out.glob(FILE)).read_bytes(), *map(world.batch, SEALED))
    world.node.stop()
    return end, deaths


def begun(world):
    if not world.run_state():
        begin(world, "--anyway")


def published(world):
    if world.run_state() == "COUNTED":
        world.order("publish", "--number", world.run_number(), "--officer", w.OFFICER)


def refusals(world):
    """What the operator is told, before and after it was counted."""
    early = world.order("begin", "--kind", "AWARD", "--of", "2009-12", expect=1)
    need("behind 2009-12-31" in early, early)
    need("no such run" in world.order("preview", "--number", 99, expect=1), "a preview of nothing")
    lacking = begin(world, expect=1)
    need("have none of 2008-12" in lacking and "--anyway" in lacking, lacking)
    need("counts" in begin(world, "--anyway"), "it begins")
    world.wait_for_run("COUNTED")
    again = begin(world, "--anyway", expect=1)
    need("publish or drop" in again, again)
    shown = world.order("preview")
    need("To each account, by tenure" in shown and "points in all" in shown and
         "digest" in shown, shown)
    number = world.run_number()
    other = world.order("publish", "--number", number, "--officer", w.OFFICER, "--digest",
                        "0" * 64, expect=1)
    need("look at it again" in other, other)
    need("no run 99" in world.order("publish", "--number", 99, "--officer", w.OFFICER, expect=1),
         "publishing nothing")
    need("officer" in world.order("publish", "--number", number, "--officer", "?", expect=1),
         "officer")
    file = next(world.out.glob("*AWARD.csv"))
    before = file.read_bytes()
    need("dropped" in world.order("drop", "--number", number, "--officer", w.OFFICER), "dropped")
    need("DROPPED" in world.order("status"), "status says so")
    late = world.order("publish", "--number", number, "--officer", w.OFFICER, expect=1)
    need("DROPPED" in late, late)
    file.unlink()
    begin(world, "--anyway")
    world.wait_for_run("COUNTED")
    world.system.wait(file.exists, "its file again")
    need(file.read_bytes() == before, "dropped and begun anew, its file is the same")
    file.unlink()
    world.node.stop()
    world.start()
    need(file.read_bytes() == before, "a start makes the file that lacks")
    need("COUNTED" in run("node", "status", "--config", world.node.config), "node status shows it")
    file.write_bytes(before.replace(b"TENURE", b"TENURF"))
    other = world.order("publish", "--number", world.run_number(), "--officer", w.OFFICER, expect=1)
    need("look at it again" in other, "a file that was changed isn't what was counted")
    world.node.stop()


def same_as_second(files, end):
    tables, batches = files.played()
    lines = []
    for _, _, _, kind, first, to, *rest in tables["awards"]:
        lines.append(",".join(map(str, [kind, first, *([to] if kind == "TENURE" else []), *rest])))
    w.same_as_second("the award", end[0], lines, batches, zip(SEALED, end[1:]))
    return len(lines)


def files_of(folder, programme, **of_run):
    """A made-up province, and its run of 2008."""
    seed = int(os.environ.get("PH_SEEDS", "1").split("-")[0])
    files = w.Files(folder / "files", SETUP)
    files.programme(programme)
    Province(random.Random(seed), files)
    files.runs({**of_run, "of": "2008-12", "begin": str(LEFT), "publish": str(POSTED)})
    return files


def play(folder, files, refused, same, points, looks_for=None):
    """The run, undisturbed and as the second implementation has it; then killed at each point."""
    world = w.World(folder / "system", files)
    if looks_for:
        world.looks_for = looks_for
    try:
        prepared = folder / "prepared"
        world.prepare(prepared, COUNTED)
        world.start()
        refused(world)
        end, _ = play_on(world, prepared, {})
        rows = same(files, end)
        w.ends_so_whoever_dies(lambda where: play_on(world, prepared, where), points, end)
    finally:
        world.system.kill()
    return rows


def main(folder):
    files = files_of(folder, w.without_limits("china-telecom"), kind="AWARD")
    rows = play(folder, files, refusals, same_as_second, POINTS)
    print(f"{rows} cohorts, {len(POINTS)} deaths, batches equal to the byte")


if __name__ == "__main__":
    w.in_a_folder(main)
