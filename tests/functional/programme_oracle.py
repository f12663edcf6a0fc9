#!/usr/bin/env python3
"""Made-up years of two or three provinces with a programme, played by real nodes and by the second
implementation (tests/oracle/programme): each day's batch and returned rows are the same. The
years have the rows that nodes carry out.

    programme_oracle.py [SEED ...]
"""

import datetime
import glob
import hashlib
import os
import pathlib
import sys
import tempfile

from _pointhouse import EXECUTABLE, ROOT, fail

sys.path.insert(0, str(pathlib.Path(ROOT, "ops")))
ORACLE = os.path.join(ROOT, "tests", "oracle")
sys.path[:0] = [os.path.join(ORACLE, "programme"), ORACLE]

import basics as b  # noqa: E402
import play  # noqa: E402
import system as running  # noqa: E402
import year  # noqa: E402

SEEDS = (1, 3)
END = datetime.date(2009, 2, 22)


def returned_by_node(path):
    """Serial, kind, code of each row of a day that came back; none without the file's rows."""
    rows = [line.split(",") for line in path.read_text("utf-8").splitlines()]
    return [tuple(row) for row in rows]


def refused(node):
    return sorted((node.inbox / "refused").glob("*.report.txt"))


def run_nodes(world, folder):
    """All days of all provinces, from their inboxes."""
    system = running.System(EXECUTABLE, folder, world.directory)
    system.make()
    programmes = sorted(glob.glob(os.path.join(world.directory, "*.toml")))
    try:
        for code, node in system.nodes.items():
            node.start()
            node.wait_until_up()
            for path in (system.rulebook, system.openings[code], *programmes):
                node.drop(path)
                taken = node.inbox / "accepted" / pathlib.Path(path).name
                system.wait(taken.exists, f"{taken.name} is accepted")
            node.stop()
            for days in system.days.values():
                for sender, _, _, path in days:
                    if sender == code:
                        node.drop(path)
        system.set_clock(datetime.datetime.combine(END, datetime.time(1)))
        for code, node in system.nodes.items():
            node.start()
            node.wait_until_up()
        for code, node in system.nodes.items():
            count = sum(sender == code for days in system.days.values() for sender, *_ in days)
            system.wait(lambda n=node, c=count: refused(n) or n.status()["sealed"] >= c,
                        f"{code} has sealed its days", 240)
            if refused(node):
                fail(f"{code} has refused a file:\n" + refused(node)[0].read_text("utf-8"))
        return system
    finally:
        system.kill()


def compare(world, system):
    """The first difference of each province, or none."""
    found = []
    for number, batches in world.play.batches.items():
        code = world.codes[number - 1]
        blobs = stored(system.nodes[code])
        for batch in batches:
            day = b.day_text(batch.business_day)
            posted = system.nodes[code].inbox / "accepted" / f"{code}-{day}.posted.csv"
            theirs = [(str(r.entry), r.kind, r.code) for r in batch.returned]
            if posted.exists() != bool(theirs) and not posted.exists():
                found.append(f"{code} {day}: no {posted.name}, and {theirs} came back")
            elif posted.exists():
                ours = [(row[0], row[1], row[-1]) for row in returned_by_node(posted)[1:]]
                if ours != theirs:
                    found.append(f"{code} {day}: came back {ours}, not {theirs}")
            if hashlib.sha256(batch.seal()).hexdigest() not in blobs:
                found.append(f"{code} {day}: another batch")
            if found:
                break
        found += other_files(world.play.run_files(number), system.nodes[code].folder / "out", code)
    return found


def other_files(theirs, out, code):
    """Files of runs that begin by themselves: the same ones, the same bytes."""
    ours = {path.name: path.read_text("utf-8") for path in out.glob("*.csv")}
    if sorted(ours) != sorted(theirs):
        return [f"{code}: files {sorted(ours)}, not {sorted(theirs)}"]
    return [f"{name}:\n{ours[name]}\nnot\n{text}" for name, text in theirs.items()
            if ours[name] != text]


def stored(node):
    return {path.name for path in (node.folder / "data").rglob("*") if path.is_file()}


def main(seeds):
    with tempfile.TemporaryDirectory(prefix="pointhouse-") as scratch:
        for seed in seeds:
            folder = pathlib.Path(scratch, f"year-{seed}")
            world = year.Year(seed, str(folder), 12, built=True).make()
            system = run_nodes(world, pathlib.Path(scratch, f"system-{seed}"))
            if differences := compare(world, system):
                fail(f"seed {seed}:\n" + "\n".join(differences))
            rows = sum(n for name, n in world.counts.items() if not name.startswith("returned"))
            back = sum(n for name, n in world.counts.items() if name.startswith("returned"))
            print(f"seed {seed}: {rows} rows, {back} came back, {len(world.codes)} provinces equal")


if __name__ == "__main__":
    main([int(seed) for seed in sys.argv[1:]] or SEEDS)
