#!/usr/bin/python3
"""What `settle` refuses between files (codes 9xx), each with its code; that a refusal takes nothing
half and leaves what was there; and that what an interrupted run leaves behind does no harm."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from _pointhouse import EXECUTABLE, ROOT, digests, fail, run, same

sys.path.insert(0, os.path.join(ROOT, "tests", "files"))

import _batch  # noqa: E402

PERIOD = "2026-03"


def faults_of(inputs, period=PERIOD):
    """The codes of a refused settlement, which must have written nothing."""
    out = inputs.parent / (inputs.name + "-out")
    text = run("settle", "--in", inputs, "--period", period, "--out", out, "--json", expect=1)
    if out.exists() or pathlib.Path(f"{out}.part").exists():
        fail(f"{inputs.name}: refused, but something was written")
    report = json.loads(text)
    return [fault["code"] for file in report["files"] for fault in file["faults"]]


PROVOKED = set()


def expect(name, inputs, code, period=PERIOD):
    codes = faults_of(inputs, period)
    PROVOKED.add(code)
    if code not in codes:
        fail(f"{name}: {codes}, not {code}")
    print(f"{name}: {code}")


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    if old not in text:
        fail(f"{path.name} has no {old!r}")
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


class Cases:
    """Each case is a copy of one small good month with one thing wrong."""

    def __init__(self, work, good):
        self.work, self.good = work, good

    def copy(self, name):
        target = self.work / name
        shutil.copytree(self.good, target)
        return target

    def one(self, inputs, pattern):
        return sorted(inputs.glob(pattern))[0]

    def run(self):
        case = self.copy("no-rulebook")
        self.one(case, "*RULEBOOK*").unlink()
        expect("no rule book", case, 901)
        case = self.copy("no-calendar")
        self.one(case, "*CALENDAR*").unlink()
        expect("no calendar", case, 901)
        expect("the month before was never closed", self.copy("no-cutoff"), 901, "2026-04")
        self.doubles()
        self.order()
        self.cutoff()
        self.batches()
        self.members()

    def doubles(self):
        case = self.copy("twice")
        day = max(case.glob("P11*PROVINCE_DAY*"), key=lambda path: path.stat().st_size)
        other = case / "another-copy.csv"
        shutil.copyfile(day, other)
        run("settle", "--in", case, "--period", PERIOD, "--out", self.work / "copy-out", "--quiet")
        rows = other.read_text(encoding="utf-8").splitlines()
        other.write_text("\n".join([rows[0], "END,0,0,0", ""]), encoding="utf-8")
        expect("one sequence, two contents", case, 902)

    def order(self):
        case = self.copy("order")
        days = sorted(case.glob("P11*PROVINCE_DAY*"))
        head = days[0].read_text(encoding="utf-8").splitlines()[0].split(",")
        (case / "late.csv").write_text(
            ",".join([*head[:5], str(len(days) + 1)]) + "\nEND,0,0,0\n", encoding="utf-8")
        expect("a later sequence of an earlier day", case, 903)
        case = self.copy("opening")
        opening = self.one(case, "P11*OPENING*")
        edit(opening, f"{PERIOD}-01,0\n", "2026-02-01,0\n")
        expect("openings of two days", case, 904)

    def cutoff(self):
        case = self.copy("cutoff")
        record = (self.work / "good-out" / "cutoff.csv").read_text(encoding="utf-8")
        last = record.splitlines()[-2].rsplit(",", 1)[1]
        (case / "cutoff.csv").write_text(record.replace(last, last[::-1]), encoding="utf-8")
        expect("a batch that is not the one the record cites", case, 905)
        (case / "cutoff.csv").write_text(record, encoding="utf-8")
        run("settle", "--in", case, "--period", PERIOD, "--out", self.work / "closed", "--quiet")
        same("with its own cut-off record", self.work / "good-out", self.work / "closed",
             ignore=("manifest.csv",))

    def batches(self):
        lot = _batch.entry_id(11, "2026-03-01", 1)
        who = int(_batch.member(11, 99999))

        def sealed(previous, delta, original):
            kind = 1 if delta > 0 else 3
            piece = _batch.pack_slice(lot, _batch.months("2026-02"), _batch.days("2029-04-01"), 1,
                                      1, kind, original, delta)
            return _batch.batch([_batch.pack_movement(who, 1, kind, piece)], [], [], sender=11,
                                day="2026-03-01", sequence=1, previous=previous)

        self.another_lot(who)
        for name, code, data in (("points", 906, sealed(bytes(32), -5, 5)),
                                 ("chain", None, sealed(bytes(32), 5, 5))):
            case = self.copy("batch-" + name)
            for day in case.glob("P11*PROVINCE_DAY*"):
                day.unlink()
            (case / "one.phb").write_bytes(data)
            if code is not None:
                expect("a batch that takes more than a lot has", case, code)
                continue
            (case / "two.phb").write_bytes(_batch.batch(
                [], [], [], sender=11, day="2026-03-02", sequence=2, previous=b"\x07" * 32))
            expect("a batch that cites another one before it", case, 907)

    def members(self):
        """A day with a row of members is settled by its sealed batch, or not at all."""
        case = self.copy("members")
        day = sorted(case.glob("P11*PROVINCE_DAY*"))[3]
        lines = day.read_text(encoding="utf-8").splitlines()
        end = lines[-1].split(",")
        lines[-1:] = [f"BLACKLIST,2999999999,{_batch.member(11, 1)},1",
                      ",".join([end[0], str(int(end[1]) + 1), *end[2:]])]
        day.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
        expect("a day with a row of members", case, 909)
        # What the fault asks for settles: the batches of that day and of all later ones.
        sealed = self.work / "sealed"
        run("settle", "--in", self.good, "--period", PERIOD, "--out", self.work / "to-seal",
            "--seal", sealed, "--quiet")
        for path in case.glob("P11*PROVINCE_DAY*"):
            name = path.name.split("-PROVINCE_DAY")[0] + ".phb"
            if name >= day.name.split("-PROVINCE_DAY")[0] + ".phb":
                path.unlink()
                shutil.copyfile(sealed / name, case / name)
        run("settle", "--in", case, "--period", PERIOD, "--out", self.work / "by-batch", "--quiet")
        same("with the batches in their stead", self.work / "good-out", self.work / "by-batch",
             ignore=("manifest.csv", "returned.csv"))

    def another_lot(self, who):
        """The second day says of a lot of the opening other than the opening did."""
        case = self.copy("batch-lot")
        row = next(line.split(",") for line in self.one(case, "P11*OPENING*").read_text(
            encoding="utf-8").splitlines() if line.startswith("LOT,"))
        issuer, day, number = row[1].split("/")
        day = f"{day[:4]}-{day[4:6]}-{day[6:]}"
        lot = _batch.entry_id(int(issuer[1:]), day, int(number))
        piece = _batch.pack_slice(lot, _batch.months(row[3]), _batch.days(row[6]), 1, 1, 3,
                                  int(row[7]), -1)
        for path in case.glob("P11*PROVINCE_DAY*"):
            path.unlink()
        (case / "one.phb").write_bytes(_batch.batch(
            [_batch.pack_movement(who, 3_000_000_000, 3, piece)], [], [], sender=11,
            day="2026-03-01", sequence=1, previous=bytes(32)))
        expect("a lot that was another member's", case, 908)


def check_all_provoked():
    """Every code of settle's own is provoked above."""
    numbers = {int(row.split("|")[0]) for row in run("faults").splitlines()}
    missing = {number for number in numbers if 900 <= number < 1000} - PROVOKED
    if missing:
        fail(f"no case provokes {sorted(missing)}")


def check_interrupted(work, good):
    """Killed at some moments: the output is whole or absent, and the next run ends it."""
    out = work / "killed"
    for delay in (0.01, 0.05, 0.1, 0.2, 0.3, 0.5):
        process = subprocess.Popen([EXECUTABLE, "settle", "--in", good, "--period", PERIOD, "--out",
                                    out, "--quiet"])
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=60)
        if out.exists():
            same(f"ended within {delay} s", work / "good-out", out)
            shutil.rmtree(out)
    run("settle", "--in", good, "--period", PERIOD, "--out", out, "--quiet")
    same("after being killed", work / "good-out", out)


def check_output_directory(work, good):
    """A directory that holds something else, or an earlier settlement, isn't touched unasked."""
    other = work / "other"
    other.mkdir()
    (other / "precious.txt").write_text("keep me", encoding="utf-8")
    before = digests(other)
    run("settle", "--in", good, "--period", PERIOD, "--out", other, "--force", expect=2)
    run("settle", "--in", good, "--period", PERIOD, "--out", work / "good-out", expect=2)
    if digests(other) != before:
        fail("a directory in use was touched")
    run("settle", "--in", good, "--period", "2026-13", "--out", work / "never", expect=2)


def main():
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        good = work / "good"
        run("generate", "--out", good, "--period", PERIOD, "--members", 300, "--provinces", 3,
            "--seed", 3)
        run("settle", "--in", good, "--period", PERIOD, "--out", work / "good-out", "--quiet")
        Cases(work, good).run()
        check_all_provoked()
        check_output_directory(work, good)
        check_interrupted(work, good)


if __name__ == "__main__":
    main()
