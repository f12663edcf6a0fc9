#!/usr/bin/env python3
"""A node that starts, long after the cut-offs, on an inbox full of days: every day is sealed from
its file, and only the day for which none came is sealed empty.
"""

import datetime
import pathlib
import re
import sys
import tempfile

from _pointhouse import EXECUTABLE, ROOT, fail, run

sys.path.insert(0, str(pathlib.Path(ROOT, "ops")))

import system as running  # noqa: E402

FIRST = datetime.date(2026, 3, 1)
DAYS = 6
MISSING = 3  # No file comes for this one of them.


def day_of(number):
    return FIRST + datetime.timedelta(days=number)


def rows_of(path):
    """By its trailer."""
    return int(path.read_text(encoding="utf-8").splitlines()[-1].split(",")[1])


def sealed_days(node):
    """Date and rows of each sealed day, as the log tells."""
    entries = [dict(re.findall(r"(\w+)=(\S+)", line))
               for line in node.log.read_text(encoding="utf-8").splitlines()]
    return {entry["date"]: int(entry["rows"])
            for entry in entries if entry.get("event") == "day_sealed"}


def main(folder):
    month = folder / "month"
    run("generate", "--out", month, "--members", 6000, "--seed", 11)
    system = running.System(EXECUTABLE, folder / "system", month)
    system.make()
    node = system.nodes["P11"]
    files = {day_of(number): next(path for who, _, _, path in system.days[day_of(number)]
                                  if who == "P11") for number in range(DAYS)}
    node.drop(system.rulebook)
    node.drop(system.openings["P11"])
    expected = {}
    for number, (day, path) in enumerate(files.items()):
        expected[str(day)] = 0 if number == MISSING else rows_of(path)
        if number != MISSING:
            node.drop(path)
    if sum(rows > 0 for rows in expected.values()) < 3:
        fail(f"the month is too thin to tell: {expected}")
    system.set_clock(datetime.datetime.combine(day_of(DAYS), datetime.time(12)))
    try:
        node.start()
        node.wait_until_up()
        system.wait(lambda: node.status()["sealed"] == DAYS, f"{DAYS} days are sealed", 60)
        refused = [path.name for path in (node.inbox / "refused").iterdir()]
        if node.stop() != 0 or refused or sealed_days(node) != expected:
            fail(f"sealed {sealed_days(node)}, not {expected}; refused: {refused}")
    finally:
        system.kill()
    print(f"{DAYS} days sealed from a backlog, one of them empty: {expected}")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="pointhouse-") as scratch:
        main(pathlib.Path(scratch))
