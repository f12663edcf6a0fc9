#!/usr/bin/env python3
"""Made-up years of two or three provinces with a programme, played by real nodes and by the second
implementation (tests/oracle/programme): each day's batch, its returned rows and what runs count
are the same. The years have the rows and runs that nodes carry out; ratings go over a clearing.

    programme_oracle.py [SEED ...]
"""

import datetime
import glob
import hashlib
import os
import pathlib
import sys
import tempfile

from _pointhouse import EXECUTABLE, ROOT, fail, run

sys.path.insert(0, str(pathlib.Path(ROOT, "ops")))
ORACLE = os.path.join(ROOT, "tests", "oracle")
sys.path[:0] = [os.path.join(ORACLE, "programme"), ORACLE]

import basics as b  # noqa: E402
import play  # noqa: E402
import system as running  # noqa: E402
import year  # noqa: E402

SEEDS = (1, 4)    # with ratings of the clearing and an award; with neither
END = datetime.date(2009, 2, 22)
# The clearing knows a province's key by its first batches; later ones would wait for a close.
FIRST_CLOSED = datetime.date(2008, 1, 5)


def returned_by_node(path):
    """Serial, kind, code of each row of a day that came back; none without the file's rows."""
    rows = [line.split(",") for line in path.read_text("utf-8").splitlines()]
    return [tuple(row) for row in rows]


def refused(node):
    return sorted((node.inbox / "refused").glob("*.report.txt"))


def plan_of(world):
    """What is said of runs, in order: before the rows of a day."""
    return sorted(((datetime.date.fromisoformat(of_run[word]), word, of_run)
                   for of_run in world.play.plan for word in ("begin", "publish")
                   if word in of_run), key=lambda said: said[0])


def bring(system, until):
    """The files of all days before this one, until they are sealed."""
    system.set_clock(datetime.datetime.combine(until, datetime.time(1)))
    count = dict.fromkeys(system.nodes, 0)
    for day, files in sorted(system.days.items()):
        for sender, _, _, path in files if day < until else ():
            count[sender] += 1
            if not (system.nodes[sender].inbox / "accepted" / path.name).exists():
                system.nodes[sender].drop(path)
    for code, node in system.nodes.items():
        system.wait(lambda n=node, c=count[code]: refused(n) or n.status()["sealed"] >= c,
                    f"{code} has sealed its days before {until}", 240)
        if refused(node):
            fail(f"{code} has refused a file:\n" + refused(node)[0].read_text("utf-8"))


def run_at(node, of_run):
    """What the node says of it."""
    what = of_run["kind"], of_run.get("grading", ""), of_run["of"]
    return next((r for r in node.status().get("runs", [])
                 if (r["kind"], r["grading"], r["of"]) == what), {"state": "", "number": 0})


def say(system, word, of_run):
    """An operator's word about a run, at every province; of a rating at the clearing first."""
    of = ["--grading", of_run["grading"]] if "grading" in of_run else []
    if word == "begin" and of_run.get("grading") == "star":
        run("clearing", "rating", "open", *of, "--month", of_run["of"], "--provinces",
            ",".join(system.nodes), "--config", system.clearing.config)
    for node in system.nodes.values():
        if word == "begin":
            order("begin", "--kind", of_run["kind"], "--of", of_run["of"], *of, "--anyway",
                  "--config", node.config)
        else:
            order("publish", "--number", run_at(node, of_run)["number"], "--officer", "G-0007",
                  "--config", node.config)
    if word == "begin":
        for code, node in system.nodes.items():
            system.wait(lambda n=node: run_at(n, of_run)["state"] == "COUNTED",
                        f"{code} has counted {of_run['kind']} of {of_run['of']}")


def start_clearing(system, programmes):
    """For years with ratings: it takes the batches, too."""
    system.clearing.start()
    system.clearing.wait_until_up()
    for path in (system.rulebook, *system.calendars, *system.openings.values(), *programmes):
        system.clearing.drop(path)
        taken = system.clearing.inbox / "accepted" / pathlib.Path(path).name
        system.wait(taken.exists, f"the clearing accepts {taken.name}")


def order(*arguments):
    return run("node", "run", *arguments)


def run_nodes(world, folder):
    """All days of all provinces, from their inboxes."""
    system = running.System(EXECUTABLE, folder, world.directory)
    system.make()
    for node in system.nodes.values():
        with open(node.config, "a", encoding="utf-8") as config:
            config.write("[day]\nseal_empty = false\n")
    programmes = sorted(glob.glob(os.path.join(world.directory, "*.toml")))
    try:
        if world.stars:
            start_clearing(system, programmes)
        for code, node in system.nodes.items():
            node.start()
            node.wait_until_up()
            for path in (system.rulebook, system.openings[code], *programmes):
                node.drop(path)
                taken = node.inbox / "accepted" / pathlib.Path(path).name
                system.wait(taken.exists, f"{taken.name} is accepted")
        if world.stars:
            bring(system, FIRST_CLOSED)
            for code, node in system.nodes.items():
                system.wait(lambda n=node: n.status()["receipted"] > 0, f"{code} has a receipt")
        for day, word, of_run in plan_of(world):
            bring(system, day)
            say(system, word, of_run)
        bring(system, END)
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
    return found


def compare_runs(world, system):
    """What runs have counted, line by line."""
    found, tables = [], world.play.tables()
    for code, node in system.nodes.items():
        theirs = {}
        for of_code, month, _, kind, first, to, *rest in tables["awards"]:
            line = [kind, first, *([to] if kind == "TENURE" else []), *rest]
            theirs.setdefault((of_code, "AWARD", month), []).append(",".join(map(str, line)))
        for of_code, grading, month, _, *row in tables["standards"]:
            theirs.setdefault((of_code, "GRADE-" + grading, month), []).append(
                ",".join(map(str, row)))
        for (of_code, kind, month), lines in theirs.items():
            if of_code != code:
                continue
            day = b.day_text(b.last_day(b.month_of(month)))
            ours = (node.folder / "out" / f"{code}-{day}-{kind}.csv").read_text("utf-8")
            if ours.splitlines()[1:-1] != lines:
                found.append(f"{code} {kind} of {month}:\n{ours}\nand not\n" + "\n".join(lines))
    return found


def stored(node):
    return {path.name for path in (node.folder / "data").rglob("*") if path.is_file()}


def main(seeds):
    with tempfile.TemporaryDirectory(prefix="pointhouse-") as scratch:
        for seed in seeds:
            folder = pathlib.Path(scratch, f"year-{seed}")
            world = year.Year(seed, str(folder), 12, built=True).make()
            system = run_nodes(world, pathlib.Path(scratch, f"system-{seed}"))
            if differences := compare(world, system) + compare_runs(world, system):
                fail(f"seed {seed}:\n" + "\n".join(differences))
            rows = sum(n for name, n in world.counts.items() if not name.startswith("returned"))
            back = sum(n for name, n in world.counts.items() if name.startswith("returned"))
            asked = world.counts["APPLY"]
            print(f"seed {seed}: {rows} rows ({asked} APPLY), {back} came back, "
                  f"{len(world.codes)} provinces equal")


if __name__ == "__main__":
    main([int(seed) for seed in sys.argv[1:]] or SEEDS)
