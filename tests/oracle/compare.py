#!/usr/bin/python3
"""Settles random months with the oracle and with an executable, and compares every byte.

compare.py --exe PATH/pointhouse --seeds A-B [--keep DIR] [--months N] [--all]

After a period that has no records after it, the rule book grows in every third seed: an empty
`to` is filled in. The records of earlier periods then cite the old book.
"""

import argparse
import concurrent.futures
import os
import shutil
import subprocess
import sys
import tempfile
import traceback

from months import make, period_texts
from oracle import settle_directory

FILES = ("cutoff.csv", "items.csv", "lines.csv", "matrix.csv", "positions.csv", "ledger.csv",
         "suspense.csv", "returned.csv", "rollforward.csv", "quarters.csv", "closing-lots.csv",
         "closing-debts.csv")
SETTLE_SECONDS_MAX = 120


def read(path):
    try:
        with open(path, "rb") as handle:
            return handle.read()
    except FileNotFoundError:
        return None


def differences(period, name, want, got):
    """The first difference of one file as text, or None."""
    if want == got:
        return None
    if got is None or want is None:
        return f"{period} {name}: the {'executable' if got is None else 'oracle'} wrote none"
    ours, theirs = want.split(b"\n"), got.split(b"\n")
    for line in range(max(len(ours), len(theirs))):
        one = ours[line] if line < len(ours) else b"(end)"
        two = theirs[line] if line < len(theirs) else b"(end)"
        if one != two:
            return (f"{period} {name} line {line + 1}\n    oracle:     {show(one, two)}\n"
                    f"    executable: {show(two, one)}")
    return f"{period} {name}: differs"


def show(line, other):
    """A line; of a long one the part about its first difference."""
    text = line.decode("utf-8", "replace")
    if len(line) <= 300:
        return text
    place = next((i for i, (x, y) in enumerate(zip(line, other)) if x != y), 0)
    return "..." + line[max(0, place - 120):place + 180].decode("utf-8", "replace") + "..."


def names_below(*directories):
    """FILES and the statements that any of the directories has."""
    names = list(FILES)
    for directory in directories:
        statements = os.path.join(directory, "statements")
        if os.path.isdir(statements):
            names += sorted(f"statements/{n}" for n in os.listdir(statements)
                            if n.endswith((".json", ".csv")))
    return list(dict.fromkeys(names))


def compare_seed(seed, exe, keep, months):
    """Returns (seed, number of periods, list of differences)."""
    directory = tempfile.mkdtemp(prefix=f"pointhouse-{seed}-")
    found, periods = [], []
    try:
        world = make(seed, os.path.join(directory, "in"), months)
        periods = period_texts(world)
        for period in periods:
            found += compare_period(world.directory, period, directory, exe)
            if found:
                break
            if seed % 3 == 0:
                grow_rulebook(world.directory, period)
    except Exception:
        found.append("the oracle failed:\n" + traceback.format_exc())
    if keep and found:
        target = os.path.join(keep, f"seed-{seed}")
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(directory, target)
    shutil.rmtree(directory)
    return seed, len(periods), found


def compare_period(source, period, directory, exe):
    """Settles one period with both; the record that follows is added to the input."""
    ours = os.path.join(directory, "oracle-" + period)
    theirs = os.path.join(directory, "executable-" + period)
    settle_directory(source, period, ours)
    command = [exe, "settle", "--in", source, "--period", period, "--out", theirs,
               "--no-pdf", "--quiet"]
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=SETTLE_SECONDS_MAX,
                             check=False)
        if run.returncode != 0:
            return [f"{period}: the executable ended with {run.returncode}: "
                    + (run.stderr or run.stdout).strip()[-600:]]
    except subprocess.TimeoutExpired:
        return [f"{period}: the executable took more than {SETTLE_SECONDS_MAX} s"]
    found = []
    for name in names_below(ours, theirs):
        text = differences(period, name, read(os.path.join(ours, name)),
                           read(os.path.join(theirs, name)))
        if text:
            found.append(text)
    record = os.path.join(source, f"cutoff-{period}.csv")
    if not os.path.exists(record):
        shutil.copyfile(os.path.join(ours, "cutoff.csv"), record)
    return found


def grow_rulebook(source, period):
    """Fills in the `to` of a price, unless a later period's record cites the book as it is."""
    records = sorted(n for n in os.listdir(source) if n.startswith("cutoff-"))
    if records[-1] > f"cutoff-{period}.csv":
        return
    path = os.path.join(source, "rulebook.csv")
    rows = read(path).decode().split("\n")
    place = next(i for i, row in enumerate(rows) if row.startswith("PRICE,") and row[-1] == ",")
    rows[place] += "2099-12-31"
    with open(path, "w", encoding="utf-8", newline="") as handle:
        handle.write("\n".join(rows))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--exe", required=True)
    parser.add_argument("--seeds", required=True, help="A-B, both included")
    parser.add_argument("--keep", help="where to keep the directories of seeds that differ")
    parser.add_argument("--months", type=int, choices=(1, 2, 3))
    parser.add_argument("--all", action="store_true", help="every file that differs")
    parser.add_argument("--jobs", type=int, choices=(1, 2), default=2)
    arguments = parser.parse_args()
    first, _, last = arguments.seeds.partition("-")
    seeds = range(int(first), int(last or first) + 1)
    if arguments.keep:
        os.makedirs(arguments.keep, exist_ok=True)
    differing = periods = 0
    with concurrent.futures.ProcessPoolExecutor(arguments.jobs) as pool:
        jobs = [pool.submit(compare_seed, seed, os.path.abspath(arguments.exe), arguments.keep,
                            arguments.months) for seed in seeds]
        for job in jobs:
            seed, count, found = job.result()
            periods += count
            if found:
                differing += 1
                for text in found if arguments.all else found[:1]:
                    print(f"seed {seed}: {text}", flush=True)
    print(f"{len(seeds)} seeds, {periods} periods: {differing} seeds differ")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
