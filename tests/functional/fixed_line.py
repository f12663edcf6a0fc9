#!/usr/bin/env python3
"""Points that become points of the fixed line: the file of each day for the fixed line's system,
by hand and as the second implementation has it, with the node killed between the day's seal and
its file, and between the file and its name.
"""

import datetime
import pathlib
import signal

import _programme_world as w
from _pointhouse import ROOT, fail

FIRST, SECOND, THIRD = (datetime.date(2008, 3, day) for day in (1, 4, 5))
POINTS = ("node_fixed_line:2", "node_out_file")
WANTED = {
    FIRST: "POINTHOUSE,FIXED_LINE,1,P01,2008-03-01,1\nEND,0,0,0\n",
    # A third of the points, rounded down: of what was redeemed, and of what was held before.
    SECOND: "POINTHOUSE,FIXED_LINE,1,P01,2008-03-04,2\n"
            f"CREDIT,P01/20080304/1,{w.member(1)},333\n"
            f"CREDIT,P01/20080304/4,{w.member(2)},100\n"
            "END,2,0,0\n",
    THIRD: "POINTHOUSE,FIXED_LINE,1,P01,2008-03-05,3\n"
           f"CREDIT,P01/20080305/1,{w.member(2)},0\n"
           "END,1,0,0\n",
}


def need(condition, what):
    if not condition:
        fail(what)


def made(folder):
    files = w.Files(folder, FIRST)
    text = pathlib.Path(ROOT, "ops", "programmes", "china-telecom.toml").read_text("utf-8")
    need(text.count('out = "1/1"') == 1, "the ratio out stands there once")
    files.programme(text.replace('out = "1/1"', 'out = "1/3"'))
    own = (w.CODE, "", "", "", "")
    files.day(FIRST, [row for n in (1, 2) for row in (
        ("PROFILE", "", w.member(n)),
        ("EARN", w.member(n), "MIGRATION", "2008-02", 5000, 0))])
    files.day(SECOND, [
        ("REDEEM", "", w.member(1), 1001, "FIXED_LINE", *own),
        ("REDEEM", "", w.member(1), 400, "PHONE_CREDIT", *own),
        ("HOLD", "", w.member(2), 500, "2008-03-20"),
        ("CAPTURE", "", "P01/20080304/3", 301, 1, "FIXED_LINE", *own),
        ("REDEEM", "", w.member(1), 9000, "FIXED_LINE", *own)])  # Not so many.
    files.day(THIRD, [("REDEEM", "", w.member(2), 2, "FIXED_LINE", *own)])
    return files


def file_of(world, date):
    return world.out / f"{w.CODE}-{date}-FIXED_LINE.csv"


def holds(world, date):
    path = file_of(world, date)
    world.system.wait(path.exists, f"{path.name} is written")
    need(path.read_text("utf-8") == WANTED[date], f"{path.name}: {path.read_text('utf-8')}")


def main(folder):
    files = made(folder / "files")
    rows = files.played()[0]["fixed_line"]
    theirs = [f"CREDIT,{id_},{member},{units}" for _, _, id_, member, units in rows]
    ours = [line for text in WANTED.values() for line in text.splitlines()[1:-1]]
    need(ours == theirs, f"the second implementation has {theirs}")
    world = w.World(folder / "system", files)
    try:
        world.open()
        world.live(FIRST)
        world.seal(FIRST)
        holds(world, FIRST)
        world.node.stop()
        world.copy_to(folder / "prepared")
        for point in POINTS:
            world.bring_back(folder / "prepared")
            world.clock(SECOND)
            world.start(PH_KILL_AT=point)
            world.live(SECOND)
            world.clock(THIRD, 1)
            need(world.node.handle.wait(60) == -signal.SIGKILL, f"{point} kills it")
            need(not file_of(world, SECOND).exists(), f"{point}: before the file has its name")
            world.start()
            need(world.sealed(SECOND) is not None, "the day is sealed, all the same")
            holds(world, SECOND)
            world.live(THIRD)
            world.seal(THIRD)
            holds(world, THIRD)
            need(len(list(world.out.glob("*FIXED_LINE*"))) == 3, f"{sorted(world.out.iterdir())}")
            world.node.stop()
        print(f"three days' files, {len(POINTS)} deaths, as the second implementation has them")
    finally:
        world.system.kill()


if __name__ == "__main__":
    w.in_a_folder(main)
