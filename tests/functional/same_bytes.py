#!/usr/bin/python3
"""The same files give the same bytes: in another order and under other names, with another locale,
time zone, clock and number of threads, from sealed batches, and from executables of other
compilers and optimisation levels (PH_OTHER_EXECUTABLES, separated by colons)."""

import os
import random
import shutil
import tempfile

from _pointhouse import run, same

PERIOD = "2026-03"


def shuffled(source, target, seed):
    """The same files under names that have nothing to do with them, written in another order."""
    names = sorted(os.listdir(source))
    numbers = list(range(len(names)))
    chance = random.Random(seed)
    chance.shuffle(numbers)
    os.mkdir(target)
    for number, name in sorted(zip(numbers, names)):
        shutil.copyfile(os.path.join(source, name),
                        os.path.join(target, f"{number:05}{os.path.splitext(name)[1]}"))


def settle(source, target, *more, **how):
    run("settle", "--in", source, "--period", PERIOD, "--out", target, "--quiet", *more, **how)


def main():
    with tempfile.TemporaryDirectory() as work:
        at = lambda name: os.path.join(work, name)  # noqa: E731
        run("generate", "--out", at("in"), "--period", PERIOD, "--members", 2500, "--seed", 7,
            "--faults-per-mille", 40)
        settle(at("in"), at("out"), "--seal", at("sealed"))
        shuffled(at("in"), at("shuffled"), 11)
        settle(at("shuffled"), at("out-shuffled"), "--threads", 1)
        same("other names and order, one thread", at("out"), at("out-shuffled"))
        elsewhere = dict(os.environ, LC_ALL="tr_TR.UTF-8", LANG="de_DE", TZ="America/St_Johns",
                         HOME=work, COLUMNS="17")
        settle(at("in"), at("out-elsewhere"), "--threads", 5, env=elsewhere)
        same("other locale and time zone, five threads", at("out"), at("out-elsewhere"))
        os.mkdir(at("batches"))
        for name in os.listdir(at("in")):
            if "_DAY" not in name:
                shutil.copyfile(os.path.join(at("in"), name), os.path.join(at("batches"), name))
        for name in os.listdir(at("sealed")):
            shutil.copyfile(os.path.join(at("sealed"), name), os.path.join(at("batches"), name))
        settle(at("batches"), at("out-batches"))
        # Rows that came back to a home never get into a batch; the inputs are others.
        same("from sealed batches", at("out"), at("out-batches"),
             ignore=("manifest.csv", "returned.csv"))
        for other in filter(None, os.environ.get("PH_OTHER_EXECUTABLES", "").split(":")):
            target = at("out-" + other.replace("/", "_"))
            settle(at("in"), target, executable=other)
            same(f"by {other}", at("out"), target)


if __name__ == "__main__":
    main()
