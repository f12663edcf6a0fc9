#!/usr/bin/python3
"""Makes random input directories, valid in syntax, right and wrong in content.

months.py --seed N --out DIR [--months 2]
months.py --coverage N [--first N]     counts what seeds bring about, by the oracle
"""

import argparse
import os
import shutil
import sys
import tempfile
from collections import Counter

import basics as b
import legs
from matching import SUSPENSE_REASONS
from scenes_back import play
from world import World

CODES = ("TOO_OLD", "COPY", "DUPLICATE", "NOT_HOME", "CLOSED", "UNKNOWN_PARENT", "HOLD_ENDED",
         "HOLD_OPEN", "MOVE_OPEN", "BILL_MISMATCH", "ALREADY_REFUNDED", "WHOLE_ONLY",
         "EXCEEDS_PARENT", "ZERO_POINTS", "INSUFFICIENT_POINTS")


def make(seed, directory, months=None):
    """Writes the input directory of a seed; returns its World."""
    count = months or (1, 2, 2, 2, 3)[seed % 5]
    world = World(seed, count, directory)
    world.busy = world.rng.choice((2, 6, 6, 12))
    for day in range(world.start, world.end + 1):
        play(world, day)
        world.write_day(day)
    world.write_cutoffs()
    return world


def period_texts(world):
    return [b.month_text(world.first_month + i) for i in range(world.months)]


def settle_all(world, directory, settle_one):
    """Settles each period in order, adding the records that are not explicit to the input."""
    for period in period_texts(world):
        out = os.path.join(directory, "out-" + period)
        settle_one(world.directory, period, out)
        record = os.path.join(world.directory, f"cutoff-{period}.csv")
        if not os.path.exists(record):
            shutil.copyfile(os.path.join(out, "cutoff.csv"), record)


def count(seed, counts):
    from oracle import settle_directory
    with tempfile.TemporaryDirectory(prefix="pointhouse-") as directory:
        world = make(seed, os.path.join(directory, "in"))
        counts.update(world.counts)

        def one(source, period, target):
            result = settle_directory(source, period, target)
            for reason, item in result.p.matching.suspense:
                counts["suspense", reason, b.ITEM_NAMES[item.kind]] += 1
            for returned in result.p.returned:
                counts["returned", returned.by, returned.code] += 1
            for line in result.lines:
                names = sorted((n for n in legs.REASONS if n and line.reason.startswith(n)),
                               key=len)
                counts["line", names[-1], "negative" if line.fen < 0 else "positive"] += 1
                counts["line with prior items", names[-1], ""] += bool(line.prior_items)
            for key in result.p.matching.settled:
                counts["settled", b.ITEM_NAMES[key[1]], ""] += 1
            counts["closed at zero", "", ""] += len(result.p.matching.closed)
            for values in result.positions.values():
                counts["carried forward", "", ""] += values[4] < 0
        settle_all(world, directory, one)
        for batches in world.batches.values():
            for batch in batches:
                for movement in batch.movements:
                    counts["movement", b.MOVEMENT_NAMES[movement.kind], ""] += 1


def coverage(first, number):
    counts = Counter()
    for word in SUSPENSE_REASONS:
        counts["suspense", word, "(any)"] = 0
    for word in CODES:
        counts["returned", "home", word] = 0
    for word in ("TOO_OLD", "COPY", "DUPLICATE", "NO_CONTRACT", "UNKNOWN_CITED"):
        counts["returned", "clearing", word] = 0
    for word in legs.REASONS[1:]:
        for sign in ("negative", "positive"):
            counts["line", word, sign] = 0
    for word in b.MOVEMENT_NAMES.values():
        counts["movement", word, ""] = 0
    for seed in range(first, first + number):
        try:
            count(seed, counts)
        except Exception:
            print(f"seed {seed} failed", file=sys.stderr)
            raise
    for (kind, word, _), number_of in list(counts.items()):
        if kind == "suspense" and _ != "(any)":
            counts[kind, word, "(any)"] += number_of
    for key in sorted(counts):
        print(f"{counts[key]:8d}  {' '.join(part for part in key if part)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int)
    parser.add_argument("--out")
    parser.add_argument("--months", type=int, choices=(1, 2, 3))
    parser.add_argument("--coverage", type=int)
    parser.add_argument("--first", type=int, default=0)
    arguments = parser.parse_args()
    if arguments.coverage:
        coverage(arguments.first, arguments.coverage)
        return 0
    world = make(arguments.seed, arguments.out, arguments.months)
    print(f"seed {arguments.seed}: {', '.join(period_texts(world))}, "
          f"{sum(world.counts.values())} rows")
    return 0


if __name__ == "__main__":
    sys.exit(main())
