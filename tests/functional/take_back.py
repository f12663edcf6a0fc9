#!/usr/bin/env python3
"""A day's file that waits in the inbox is taken back: nothing of it is ever taken; another one
under its name is, and so is one that is renamed over it. docs/operating.md says so to operators.
"""

import datetime
import pathlib
import sys
import tempfile

from _pointhouse import EXECUTABLE, ROOT, fail, run

sys.path.insert(0, str(pathlib.Path(ROOT, "ops")))

import system as running  # noqa: E402

FIRST = datetime.date(2026, 3, 1)
CODE = "P11"


def expect(condition, what):
    if not condition:
        fail(what)


def day_of(number):
    return FIRST + datetime.timedelta(days=number)


def another_day(number):
    """With so many rows as no file of the month has for it."""
    member = run("member", CODE[1:], 1).strip()
    rows = "".join(f"LEAVE,{serial},{member}\n" for serial in range(1, 41))
    head = f"POINTHOUSE,PROVINCE_DAY,1,{CODE},{day_of(number)},{number + 1}\n"
    return head + rows + "END,40,0,0\n"


def main(folder):
    month = folder / "month"
    run("generate", "--out", month, "--members", 6000, "--seed", 11)
    system = running.System(EXECUTABLE, folder / "system", month, "[day]\nseal_empty = false\n")
    system.make()
    node = system.nodes[CODE]
    files = [next(path for who, _, _, path in system.days[day_of(n)] if who == CODE)
             for n in range(3)]
    node.drop(system.rulebook)
    node.drop(system.openings[CODE])
    system.set_clock(datetime.datetime.combine(day_of(3), datetime.time(12)))

    def waits():
        return {file["file"] for file in
                node.status()["waiting"]}

    try:
        node.start()
        node.wait_until_up()
        # The third day's waits for the second's, the second's for the first's.
        wrong = folder / files[1].name
        wrong.write_text(another_day(1), encoding="utf-8")
        node.drop(wrong)
        node.drop(files[2])
        system.wait(lambda: waits() == {wrong.name, files[2].name}, "both wait", 30)
        (node.inbox / wrong.name).unlink()
        (node.inbox / files[2].name).unlink()
        system.wait(lambda: not waits(), "nothing waits any more", 30)
        node.drop(files[0])
        system.wait(lambda: node.status()["sealed"] == 1, "the first day is sealed", 60)
        expect(node.status()["next_sequence"] == 2, "nothing behind it was taken")
        reports = [path.name for kind in ("accepted", "refused")
                   for path in (node.inbox / kind).glob("*.report.txt")]
        expect(not any(name.startswith((wrong.name, files[2].name)) for name in reports),
               f"no report of what was taken back: {reports}")
        # Under the same name; and over one that waits.
        other = folder / files[2].name
        other.write_text(another_day(2), encoding="utf-8")
        node.drop(other)
        system.wait(lambda: waits() == {other.name}, "the third day waits", 30)
        node.drop(files[2])
        node.drop(files[1])
        system.wait(lambda: node.status()["sealed"] == 3, "three days are sealed", 60)
        rows = {day["date"]: day["rows"] for day in node.status()["days"]}
        entries = [len([line for line in path.read_text("utf-8").splitlines()[1:-1]
                        if not line.startswith(("LOT,", "DEBT,", "CORRECT,"))]) for path in files]
        expect(40 not in entries and entries == [rows[str(day_of(n))] for n in range(3)],
               f"the right files: {rows}, not {entries}")
        refused = [path.name for path in (node.inbox / "refused").iterdir()]
        expect(node.stop() == 0 and not refused, f"refused: {refused}")
    finally:
        system.kill()
    print("what waits can be taken back, or replaced, and was never there")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="pointhouse-") as scratch:
        main(pathlib.Path(scratch))
