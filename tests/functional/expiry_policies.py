#!/usr/bin/env python3
"""Points expire by the rule book's EXPIRY rows, with nodes and the clearing as processes: lots of
either policy end on their days, a batch whose lots expire by another rule is refused, a rule book
that changes a month in which points may have been made is refused with F1005 and says what to do,
and `close`, `settle` and `verify` agree.
"""

import csv
import datetime
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "ops"))

import json  # noqa: E402

import month as run_month  # noqa: E402
import system as running  # noqa: E402
from partner import member  # noqa: E402

POINTHOUSE = os.environ.get("POINTHOUSE", str(ROOT / "build" / "release" / "pointhouse"))
FIRST, LAST, NEW_YEAR = (datetime.date(2026, 12, 1), datetime.date(2026, 12, 31),
                         datetime.date(2027, 1, 1))
YEARS = "EXPIRY,YEAR,2,2024-01"
LATER = "EXPIRY,QUARTER,3,2027-01"
RULES = ["PARTICIPANT,P01,1,PROVINCE,一,One", "PARTICIPANT,P02,2,PROVINCE,二,Two",
         "PARTICIPANT,CLR,100,CLEARING,结算,Clearing", "PRICE,1,INTER,,,,,3,5,,,2026-01-01,"]
ONE, TWO = member(1, 1), member(2, 1)
FAILURES = []


def need(right, text):
    if not right:
        FAILURES.append(text)
        print("FAILED: " + text)


def file_of(kind, sender, date, sequence, rows, sums=(0, 0)):
    lines = [f"POINTHOUSE,{kind},1,{sender},{date},{sequence}", *rows,
             f"END,{len(rows)},{sums[0]},{sums[1]}"]
    return "".join(line + "\n" for line in lines)


def book(*expiries):
    return file_of("RULEBOOK", "CLR", "2026-01-01", 0, [*RULES, *expiries])


def day(code, who, date, sequence, *rows):
    """Rows without their serials; the sums are of the last column of BILL, of points else."""
    numbered, points, fen = [], 0, 0
    for serial, row in enumerate(rows, 1):
        kind, rest = row.split(",", 1)
        numbered.append(f"{kind},{serial},{rest.replace('WHO', who)}")
        fields = row.split(",")
        fen += int(fields[-1]) if kind == "BILL" else 0
        points += {"EARN": lambda f: int(f[4]), "REDEEM": lambda f: int(f[3]),
                   "BILL": lambda f: 0}[kind](fields)
    return file_of("PROVINCE_DAY", code, date, sequence, numbered, (points, fen))


# Earned, points, and the day on which they are gone; by both policies some end on New Year.
EARNED = (("2023-09", 30, "2026-10-01"), ("2023-10", 200, "2027-01-01"),
          ("2024-01", 40, "2027-01-01"), ("2024-12", 500, "2027-01-01"),
          ("2025-01", 600, "2028-01-01"))


def write_inputs(folder):
    folder.mkdir(parents=True)

    def put(name, text):
        (folder / name).write_text(text, encoding="utf-8")

    put("rulebook.csv", book(YEARS))
    for year in (2026, 2027):
        put(f"calendar-{year}.csv",
            file_of("CALENDAR", "CLR", f"{year}-01-01", 0, [f"YEAR,{year}"]))
    for code, who in (("P01", ONE), ("P02", TWO)):
        put(f"opening-{code}.csv", file_of("OPENING_LOTS", code, FIRST, 0, [f"MEMBER,{who}"]))
        earned = [f"EARN,WHO,TENURE,{month},{points},1" for month, points, _ in EARNED]
        put(f"{code}-1.csv", day(code, who, FIRST, 1, *earned, f"BILL,{code}-A,WHO,2026-11,5000"))
        put(f"{code}-2.csv", day(code, who, LAST, 2, f"REDEEM,,WHO,50,PHONE_CREDIT,{code},,,,"))
        put(f"{code}-3.csv", day(code, who, NEW_YEAR, 3, f"BILL,{code}-A,WHO,2026-12,700",
                                 f"BILL,{code}-A,WHO,2027-01,900"))


def report_of(process, name, seconds=30):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for verdict in ("accepted", "refused"):
            path = process.inbox / verdict / (name + ".report.json")
            if path.exists() and not (process.inbox / name).exists():
                report = json.loads(path.read_text(encoding="utf-8"))
                return report["verdict"], report["report"]["files"][0]["faults"]
        time.sleep(0.02)
    return "nothing", []


class Country(running.System):
    def config_of(self, process):
        text = super().config_of(process)
        quiet = "\n[day]\nseal_empty = false\n\n[keys]"  # Days without a file are jumped over.
        return text.replace("\n[keys]", quiet, 1) if process.kind == "node" else text

    def bring(self, process, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        process.drop(path)
        return report_of(process, name)

    def refused(self, process, name, text, *says):
        verdict, faults = self.bring(process, name, text)
        found = [(fault["code"], fault["value"], fault["expected"]) for fault in faults]
        need(verdict == "refused" and [code for code, _, _ in found] == [1005] and
             all(any(part in text for text in found[0][1:]) for part in says),
             f"{process.code}, {name}: {verdict} {found}, not F1005 that says {says}")

    def points(self, code, who):
        status, text = self.nodes[code].ask("GET", f"/v1/members/{who}", 30)
        assert status == 200, text
        return json.loads(text)["points"]


def run_december(system):
    """Two days of December; then the rule of the new year comes in time, and only so."""
    system.start()
    system.open()
    system.set_clock(datetime.datetime.combine(FIRST, datetime.time(12)))
    system.drop_day(FIRST)
    system.end_day(FIRST)
    system.wait_for_day(FIRST)
    for process in system.processes():
        system.refused(process, "of-this-month.csv", book(YEARS, "EXPIRY,QUARTER,3,2026-12"),
                       "from 2026-12", "behind 2026-12", "may have been made")
    need(system.points("P01", ONE) == 30 + 200 + 40 + 500 + 600 + 50, "all points are there")
    system.set_clock(datetime.datetime.combine(LAST, datetime.time(12)))
    for process in system.processes():
        for name, text, says in (
                ("another-rule.csv", book("EXPIRY,YEAR,3,2024-01"), ("YEAR, 2 years", "as it was")),
                ("no-rule.csv", book(), ("no row for EXPIRY YEAR, 2 years, from 2024-01",)),
                ("one-between.csv", book(YEARS, "EXPIRY,YEAR,2,2025-06"),
                 ("from 2025-06", "behind 2026-12"))):
            system.refused(process, name, text, *says)
    # The last day on which it can come: P02 misses it.
    for process in (system.clearing, system.nodes["P01"]):
        verdict, faults = system.bring(process, "next-year.csv", book(YEARS, LATER))
        need(verdict == "accepted", f"{process.code}: the rule of the new year: {verdict} {faults}")
    system.drop_day(LAST)
    system.end_day(LAST)
    system.wait_for_day(LAST)
    late = system.nodes["P02"]
    system.wait(lambda: late.status()["receipted"] == 2, "P02 knows that its batch is taken")
    need(late.stop() == 0, "P02 stops")
    shutil.copytree(late.folder / "data", late.folder / "data-of-december")
    late.start()
    late.wait_until_up()


def run_new_year(system):
    """What ends with the old year is gone; who hasn't got the rule makes lots that none takes."""
    system.set_clock(datetime.datetime.combine(NEW_YEAR, datetime.time(12)))
    system.nodes["P01"].kill()  # What was said of points that are made now comes with the start.
    system.nodes["P01"].start()
    system.nodes["P01"].wait_until_up()
    system.drop_day(NEW_YEAR)
    system.wait(lambda: all(node.status()["next_sequence"] == 4 for node in system.nodes.values()),
                "the year's first files are taken")
    system.refused(system.nodes["P02"], "too-late.csv", book(YEARS, LATER), "from 2027-01",
                   "behind 2027-01")
    system.refused(system.nodes["P01"], "without-it.csv", book(YEARS, "EXPIRY,YEAR,2,2028-01"),
                   "no row for EXPIRY QUARTER, 3 years, from 2027-01")
    system.end_day(NEW_YEAR)
    system.wait(lambda: system.taken()["P01"] == 3, "P01's batch is taken")
    need(system.points("P01", ONE) == 600 + 50 + 7 + 9,
         f"2025's points and the bills' are left: {system.points('P01', ONE)}")
    system.wait(lambda: any("refuses" in text for text in system.nodes["P02"].status()["alarms"]),
                "P02 says that its batch is refused")
    alarm = " ".join(system.nodes["P02"].status()["alarms"])
    need("F813" in alarm and "2030-04-01" in alarm, f"what is wrong with the batch: {alarm}")
    need(system.taken()["P02"] == 2, "a batch made by another rule isn't taken")


def mend(system):
    """P02's data from before the year, the rule book there, then the file again."""
    node = system.nodes["P02"]
    need(node.stop() == 0, "P02 stops")
    shutil.rmtree(node.folder / "data")
    shutil.move(node.folder / "data-of-december", node.folder / "data")
    node.start()
    node.wait_until_up()
    verdict, faults = system.bring(node, "in-the-end.csv", book(YEARS, LATER))
    need(verdict == "accepted", f"the rule of the new year, in the end: {verdict} {faults}")
    node.drop(system.inputs / "P02-3.csv", "P02-3-again.csv")
    system.wait(lambda: system.taken()["P02"] == 3, "P02's batch is taken in the end")
    need(system.points("P02", TWO) == 600 + 50 + 7 + 9, "P02 has what P01 has")


def close_december(system, folder):
    system.set_clock(datetime.datetime(2027, 1, 6, 9))
    status, answer = system.close("2026-12")
    need(status == 200 and answer["closed"], f"close: {status} {answer}")
    inputs = folder / "december"
    shutil.copytree(system.inputs, inputs)
    for name in ("P01-3.csv", "P02-3.csv"):
        (inputs / name).unlink()
    (inputs / "rulebook.csv").write_text(book(YEARS, LATER), encoding="utf-8")
    shutil.copyfile(system.outputs("2026-12") / "cutoff.csv", inputs / "cutoff-2026-12.csv")
    system.run("settle", "--in", inputs, "--period", "2026-12", "--out", folder / "settled-12",
               "--key", system.keys / "CLR-clearing.secret", "--quiet")
    different = run_month.different_files(folder / "settled-12", system.outputs("2026-12"),
                                          run_month.INPUTS_NAMED)
    need(not different, f"`close` and `settle` differ: {different}")
    return inputs


def settle_january(system, folder, december):
    """With files of both years; once with a batch that was made by the old book, sealed."""
    inputs = folder / "january"
    shutil.copytree(december, inputs)
    for code in ("P01", "P02"):
        shutil.copyfile(system.inputs / f"{code}-3.csv", inputs / f"{code}-3.csv")
    out = folder / "settled-01"
    system.run("settle", "--in", inputs, "--period", "2027-01", "--out", out,
               "--key", system.keys / "CLR-clearing.secret", "--quiet")
    for settled in (folder / "settled-12", out):
        system.run("verify", settled, "--root", system.keys / "CLR-root.pub", "--registry",
                   system.keys / "registry.csv")
    with open(out / "closing-lots.csv", encoding="utf-8") as file:
        lots = {(row["member"], row["earned_month"]): (row["expires_on"], int(row["remaining"]))
                for row in csv.DictReader(file)}
    for who in (ONE, TWO):
        for month, points, gone in EARNED:
            # Those that expire were touched by a batch of the period, so they are listed at 0.
            left = lots.get((who, month), (gone, 0))
            need(left == (gone, points if gone > "2027-01-01" else 0), f"{who} {month}: {left}")
        need(lots[who, "2026-11"] == ("2029-01-01", 50), f"{lots[who, '2026-11']}")
        need(lots[who, "2026-12"] == ("2029-01-01", 7), f"{lots[who, '2026-12']}")
        need(lots[who, "2027-01"] == ("2030-04-01", 9), f"{lots[who, '2027-01']}")

    old = folder / "old-rules"
    shutil.copytree(inputs, old)
    (old / "rulebook.csv").write_text(book(YEARS), encoding="utf-8")
    for record in old.glob("cutoff-*.csv"):
        record.unlink()
    sealed = folder / "sealed"
    sealed.mkdir()
    system.run("settle", "--in", old, "--period", "2026-12", "--out", folder / "old-12", "--quiet")
    shutil.copyfile(folder / "old-12" / "cutoff.csv", old / "cutoff-2026-12.csv")
    system.run("settle", "--in", old, "--period", "2027-01", "--out", folder / "old-01",
               "--seal", sealed, "--quiet")
    (inputs / "P02-3.csv").unlink()
    shutil.copyfile(sealed / "P02-2027-01-01.phb", inputs / "P02-3.phb")
    done = subprocess.run([POINTHOUSE, "settle", "--in", inputs, "--period", "2027-01", "--out",
                           folder / "refused", "--quiet"], capture_output=True, check=False)
    text = (done.stdout + done.stderr).decode()
    need(done.returncode == 1 and "F813" in text and "2030-04-01" in text,
         f"settle with a batch made by another rule: {done.returncode} {text[:400]}")
    done = subprocess.run([POINTHOUSE, "check", inputs / "rulebook.csv", inputs / "P02-3.phb"],
                          capture_output=True, check=False)
    need(done.returncode == 1 and b"F813" in done.stdout, f"check of it: {done}")


def main():
    if not os.access(POINTHOUSE, os.X_OK):
        print("no executable: " + POINTHOUSE)
        return 77
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write_inputs(folder / "inputs")
        system = Country(POINTHOUSE, folder / "system", folder / "inputs")
        system.make()
        try:
            run_december(system)
            run_new_year(system)
            mend(system)
            december = close_december(system, folder)
            settle_january(system, folder, december)
        finally:
            system.kill()
    return 1 if FAILURES else 0


if __name__ == "__main__":
    sys.exit(main())
