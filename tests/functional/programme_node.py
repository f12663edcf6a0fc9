#!/usr/bin/env python3
"""A programme's file in a node's inbox: taken once, shown by status, `programme show` and the
journal; another programme is refused; bills go on earning; a killed node reads it from its store.
"""

import datetime
import json
import pathlib
import sys
import tempfile

from _pointhouse import EXECUTABLE, ROOT, fail, run

sys.path[:0] = [str(pathlib.Path(ROOT, "ops")), str(pathlib.Path(ROOT, "tests", "files"))]

import system as running  # noqa: E402
from _frame import frame, member  # noqa: E402

FIRST = datetime.date(2026, 3, 1)
SOURCES = ("CONSUMPTION", "TENURE", "LEVEL", "AWARD", "FIXED_LINE", "SP", "PARTNER", "EXCHANGE_IN")


def programme(code, version, effective, more=""):
    return (f'[programme]\nformat = 1\ncode = "{code}"\ntitle = "Test"\nversion = {version}\n'
            f'effective = "{effective}"\nmaker = "G-1"\nchecker = "G-2"\n'
            'profile = "NOT_REQUIRED"\n' +
            "".join(f'[[source]]\nsource = "{source}"\nrating = true\n' for source in SOURCES) +
            '[tenure_award]\nmode = "NONE"\n[level_award]\nmode = "NONE"\n'
            '[effective]\norder = []\n' + more)


def grading(*levels):
    names = ", ".join(f'"{level}"' for level in levels)
    return (f'[[grading]]\nname = "g"\ntitle = "Test"\nlevels = [{names}]\n'
            'basis = "REVIEW"\nrun = "NONE"\n')


# Rows of members before a programme; another programme; a day that is open already; a list of
# levels that was changed.
def refusals(system, node, when):
    day = str(FIRST)
    rows = [f"PROFILE,1,,{member(11, 1)}"]
    if when == "before":
        return {"INTAKE_PROGRAMME": bring(
            system, node, "early.csv", frame("PROVINCE_DAY", "P11", day, 1, rows).decode(),
            "refused")}
    return {
        "INTAKE_PROGRAMME_CODE": bring(
            system, node, "other.toml", programme("other", 3, "2026-05-01"), "refused"),
        "INTAKE_PROGRAMME_PAST": bring(
            system, node, "past.toml", programme("test", 3, day, grading("a", "b")), "refused"),
        "INTAKE_PROGRAMME_LEVELS": bring(
            system, node, "levels.toml",
            programme("test", 3, "2026-05-01", grading("a", "b", "c")), "refused"),
    }


def bring(system, node, name, text, where):
    path = system.folder / name
    path.write_text(text, "utf-8")
    node.drop(path)
    there = node.inbox / where / (name + ".report.txt")
    system.wait(there.exists, f"{name} is {where}")
    return there.read_text("utf-8")


def main(folder):
    run("generate", "--out", folder / "month", "--members", 3000, "--seed", 11)
    system = running.System(EXECUTABLE, folder / "system", folder / "month")
    system.make()
    node = system.nodes["P11"]
    day = next(path for who, _, _, path in system.days[FIRST] if who == "P11")
    system.set_clock(datetime.datetime.combine(FIRST, datetime.time(12)))
    try:
        node.start()
        node.wait_until_up()
        node.drop(system.rulebook)
        node.drop(system.openings["P11"])
        refused = refusals(system, node, "before")
        bring(system, node, "test.toml", programme("test", 1, "2020-01-01", grading("a", "b")),
              "accepted")
        bring(system, node, "next.toml", programme("test", 2, "2026-04-01", grading("a", "b")),
              "accepted")
        node.drop(day)
        system.wait(lambda: node.status().get("open_day", {}).get("posted"), "the day is posted")
        refused |= refusals(system, node, "after")
        before = node.status()["programme"]
        table = run("node", "status", "--config", node.config)
        shown = run("node", "programme", "show", "--config", node.config)
        node.kill()
        node.start()
        node.wait_until_up()
        after = node.status()["programme"]
        node.stop()
        journal = run("journal", "show", "--json", "--node", node.config)
    finally:
        system.kill()
    taken = [command for block in json.loads(journal)["blocks"] for command in block["commands"]
             if command["name"] == "PROGRAMME"]
    for name, report in refused.items():
        if name not in report:
            fail(f"not {name}: {report}")
    if before != after or before["code"] != "test" or not before["members"]:
        fail(f"the programme before and after a death: {before}, {after}")
    if "programme test, version 1; newest version 2 from 2026-04-01" not in table:
        fail(f"status says nothing of it: {table}")
    if "in force" not in shown or "to come" not in shown or "was in force" in shown:
        fail(f"the versions: {shown}")
    if [command["effective"] for command in taken] != ["2020-01-01", "2026-04-01"]:
        fail(f"the journal has {taken}")
    print(f"taken, refused, shown, read again: {after['members']} members")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="pointhouse-") as scratch:
        main(pathlib.Path(scratch))
