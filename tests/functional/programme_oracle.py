#!/usr/bin/env python3
"""Made-up years of two or three provinces with a programme, played by real nodes and by the second
implementation (tests/oracle/programme): each day's batch, its returned rows and what runs count
are the same. The years have the rows and runs that nodes carry out; ratings go over a clearing.

    programme_oracle.py [SEED ...]
"""

import datetime
import glob
import hashlib
import json
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

# 1 with ratings of the clearing, an award and bills that a merge credits, 2 with ratings, 4 with
# growth by the month, such bills and lots that another number brings, 13 with stars by thresholds
# of its own, whose best account passes before they are published. All have refunds of before the
# opening that name lots which lie with others, rating points less that pass with an account, less
# of what was given behind a merge on its day, and numbers that are merged again, spent lots along.
SEEDS = (1, 2, 4, 13)
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
        return system, {code: standing_of(world, code, node)
                        for code, node in system.nodes.items()}
    finally:
        system.kill()


def standing_of(world, code, node):
    """What the node tells of each of its members on the last day."""
    out, day = {}, b.day_text(world.end)
    for member in (one for members in world.members.values() for one in members):
        status, text = node.ask("GET", f"/v1/programme-member/{member},{day}")
        out[member] = json.loads(text) if status == 200 else {}
    calls = {}
    for month in range(b.month_of_day(world.start), b.month_of_day(world.end) + 1):
        told = json.loads(node.ask("GET", f"/v1/programme-calls/{b.month_text(month)}")[1])
        for queue in told["queues"]:
            for row in queue["grades"]:
                calls[b.month_text(month), queue["queue"], row["grade"]] = tuple(
                    row[name] for name in ("calls", "answered", "within", "called_back",
                                           "in_time"))
    return out, calls


def words_of(told):
    """Grades as they were written, flags, the one that counts, as both sides can say it."""
    last = {"": 10 ** 6}
    written = [(row["grading"], row["level"], row["from"],
                last.get(row["to"]) or b.day_of(row["to"]) - 1)
               for row in reversed(told["history"]) if "grading" in row]
    flags = sorted((row["flag"], row["from"], row["until"])
                   for row in told["flags"] if row["by"] != "TENURE")
    return {"effective": told["effective"] or "", "grades": sorted(written), "flags": flags,
            "levels": [(row["grading"], row["level"]) for row in told["grades"]],
            "holds": sorted(row["flag"] for row in told["flags"] if row["holds"]),
            "claims": sorted((row["benefit"], row["day"], row["until"]) for row in told["claims"]
                             for _ in range(row["count"]))}


def words_of_oracle(home, member, day):
    person, programme = home.person(int(member)), home.programme
    grades = [(grading, g.level, b.day_text(g.first), min(g.last, 10 ** 6))
              for grading, held in person.grades.items() for g in held]
    return {"effective": person.effective_on(programme, day),
            "grades": sorted((grading, level, first, last if last < 36524 else 10 ** 6)
                             for grading, level, first, last in grades),
            "flags": sorted((flag, b.month_text(first), b.month_text(until))
                            for flag, (first, until) in person.flags.items()),
            "levels": [(g.name, person.level_on(g, day)) for g in programme.grading],
            "holds": sorted(person.flags_on(programme, day)),
            "claims": sorted((name, b.day_text(on), "" if last is None else b.day_text(last))
                             for name, on, last in person.claims)}


def calls_of_oracle(home):
    out = {}
    for day, queue, answered, within, back, in_time, grade in home.calls:
        key = b.month_text(b.month_of_day(day)), queue, grade
        out[key] = tuple(map(sum, zip(out.get(key, (0,) * 5), (1, answered, within, back,
                                                                in_time))))
    return out


def compare_standing(world, standing):
    """Grades, flags, claims and the effective grade of each member on the last day; all calls."""
    found = []
    for code, (members, calls) in standing.items():
        home = world.play.homes[world.codes.index(code) + 1]
        if calls != calls_of_oracle(home):
            found.append(f"{code}: calls {calls}, not {calls_of_oracle(home)}")
        for member, told in members.items():
            account = home.accounts.get(int(member))
            if (account is not None and account.home) != bool(told):
                found.append(f"{code} {member}: told {told}")
            elif told and words_of(told) != words_of_oracle(home, member, world.end):
                found.append(f"{code} {member}:\n  {words_of(told)}, not\n  "
                             f"{words_of_oracle(home, member, world.end)}")
    return found[:3]


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
        found += other_files(world.play.own_files(number), system.nodes[code].folder / "out", code)
    return found


def compare_days(world, system, table, is_fen):
    """What was converted to fixed line, or topped up, row by row, of each day that can have any."""
    found = []
    for number in world.play.batches:
        code = world.codes[number - 1]
        theirs = [row[1:] for row in world.play.tables()[table] if row[0] == code]
        ours = []
        for path in sorted((system.nodes[code].folder / "out").glob(f"*-{table.upper()}.csv")):
            head, *rows, end = path.read_text("utf-8").splitlines()
            cells = [row.split(",")[1:] for row in rows]
            fen = sum(int(of[-1]) for of in cells) if is_fen else 0
            if end != f"END,{len(rows)},0,{fen}":
                found.append(f"{path.name}: {end}")
            ours += [[head.split(",")[4], *of[:-1], int(of[-1])] for of in cells]
        if ours != theirs:
            found.append(f"{code}: {table} {ours}, not {theirs}")
    return found


def other_files(theirs, out, code):
    """Files of runs that begin by themselves, and of who left by a row: the same ones, the same
    bytes."""
    ours = {path.name: path.read_text("utf-8") for path in out.glob("*.csv")
            if path.name.endswith(("-NOTICE.csv", "-KPI.csv")) or "-STANDING-" in path.name}
    if sorted(ours) != sorted(theirs):
        return [f"{code}: files {sorted(ours)}, not {sorted(theirs)}"]
    return [f"{name}:\n{ours[name]}\nnot\n{text}" for name, text in theirs.items()
            if ours[name] != text]




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
            path = node.folder / "out" / f"{code}-{day}-{kind}.csv"
            if not path.exists():
                found.append(f"{code}: no {path.name}")
                continue
            ours = path.read_text("utf-8")
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
            system, standing = run_nodes(world, pathlib.Path(scratch, f"system-{seed}"))
            differences = (compare(world, system) + compare_runs(world, system) +
                           compare_days(world, system, "fixed_line", False) +
                           compare_days(world, system, "top_up", True) +
                           compare_standing(world, standing))
            if differences:
                fail(f"seed {seed}:\n" + "\n".join(differences))
            rows = sum(n for name, n in world.counts.items() if not name.startswith("returned"))
            back = sum(n for name, n in world.counts.items() if name.startswith("returned"))
            flags, claims = (sum(len(told.get(what, ())) for members, _ in standing.values()
                                 for told in members.values()) for what in ("flags", "claims"))
            calls = sum(row[0] for _, calls in standing.values() for row in calls.values())
            print(f"seed {seed}: {rows} rows ({world.counts['APPLY']} APPLY), {back} came back, "
                  f"{len(world.codes)} provinces equal,"
                  f" {flags} flags, {claims} claims, {calls} calls")


if __name__ == "__main__":
    main([int(seed) for seed in sys.argv[1:]] or
         SEEDS[:int(os.environ.get("PH_YEARS", len(SEEDS)))])
