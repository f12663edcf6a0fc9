#!/usr/bin/env python3
"""`pointhouse check` on good files and on malformed ones: each fault by its code and line; and the
table of codes in docs/formats.md is that of the executable, with a file for each code.
"""

import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "files"))

import _batch  # noqa: E402
import make_bad  # noqa: E402
import schema_docs  # noqa: E402

GOOD = ROOT / "tests" / "files" / "good"
POINTHOUSE = os.environ.get("POINTHOUSE", str(ROOT / "build" / "release" / "pointhouse"))
UNREADABLE = "F113"  # Not a file that could be made: a directory is given.
SETTLE_FROM = 900  # Faults between files and of running processes: their own tests make them.
FAILURES = []


def fail(text):
    FAILURES.append(text)
    print("FAILED: " + text)


def need(right, text):
    if not right:
        fail(text)


def run(*arguments):
    done = subprocess.run([POINTHOUSE, *map(str, arguments)], capture_output=True, timeout=300)
    return done.returncode, done.stdout


def check(*files):
    """Exit code and the report of each file by name."""
    code, out = run("check", "--json", *files)
    report = json.loads(out)
    need(report["exit_code"] == code, f"exit code {code} is not that of the report")
    return code, {entry["file"]: entry for entry in report["files"]}


def codes_of(entry):
    return [f"F{fault['code']}" for fault in entry["faults"]]


def with_numbers(text):
    """A BATCH with the participants' numbers in place of their codes."""
    rows = (GOOD / "rulebook.csv").read_text("utf-8").splitlines()
    numbers = {row.split(",")[1]: row.split(",")[2] for row in rows
               if row.startswith("PARTICIPANT,")}
    return re.sub(r"(?<=,)([A-Z][A-Z0-9]{1,11})(?=[,/])",
                  lambda found: numbers.get(found[1], found[1]), text)


def check_good(folder):
    phb = folder / "good.phb"
    phb.write_bytes(_batch.good_batch())
    files = sorted(GOOD.glob("*.csv"))
    need(len(files) == 8, "one good file of each type, and a day with rows of members")
    for group in ([*files, phb], [f for f in files if f.name != "rulebook.csv"], [phb]):
        code, report = check(*group)
        need(code == 0, f"good files: exit code {code}")
        for name, entry in report.items():
            need(not entry["faults"], f"{name}: {codes_of(entry)}")
            need(entry["encoding_right"], f"{name}: encoding")
    _, out = run("show", phb, "--rulebook", GOOD / "rulebook.csv")
    need(out == (GOOD / "batch.csv").read_bytes(), "`show` prints the batch as good/batch.csv")
    code, out = run("show", phb)
    need(code == 0 and out.decode() == with_numbers((GOOD / "batch.csv").read_text("utf-8")),
         "without a rule book `show` prints the same with numbers for codes")
    code, out = run("show", phb, "--rulebook", GOOD / "calendar.csv")
    need(code == 1 and b"F202" in out, "a rule book that is none is told")
    summary = check(GOOD / "province-day.csv")[1][str(GOOD / "province-day.csv")]
    wanted = {"type": "PROVINCE_DAY", "sender": "P01", "date": "2007-04-05", "sequence": 5,
              "rows": 35, "points": 3337, "fen": 43250}
    need({key: summary[key] for key in wanted} == wanted, f"summary of a day: {summary}")


def check_bad(folder):
    """Each malformed file: its code first or alone, at its line. Gives the codes seen."""
    seen = set()
    for case in make_bad.cases():
        path = folder / case.name
        path.write_bytes(case.data)
        beside = [] if b",RULEBOOK," in case.data[:30] else [GOOD / "rulebook.csv"]
        code, report = check(*beside, path)
        path.unlink()
        faults = report[str(path)]["faults"]
        need(code == 1, f"{case.name}: exit code {code}")
        lines = [fault["line"] for fault in faults if f"F{fault['code']}" == case.code]
        need(lines[:1] == [case.line], f"{case.name}: line {case.line}, found {faults}")
        more = set(codes_of(report[str(path)])) - {case.code, *case.also}
        if case.code != "F114":
            need(not more, f"{case.name}: also {faults}")
        for fault in faults:
            need(fault["expected"] or fault["remedy"], f"{case.name}: what now?")
        seen.add(case.code)
    return seen


def check_close(folder):
    """With the calendar beside it, a cut-off's close is known to the day."""
    path = folder / "close.csv"
    path.write_bytes(make_bad.changed("cutoff.csv", "2007-05-10", "2007-05-11"))
    code, report = check(GOOD / "rulebook.csv", path)
    need(code == 0, "without the calendar the month alone is known")
    code, report = check(path, GOOD / "rulebook.csv", GOOD / "calendar.csv")
    faults = report[str(path)]["faults"]
    need(code == 1 and [f["expected"] for f in faults] == ["2007-05-10"], f"close: {faults}")


def check_expiry(folder):
    """A lot that is made expires as the rule book beside it says; without one, as any could."""
    movement = 96 + 16 + 10  # of its slice expires_on; its points are earned in 2007-03
    batches = {day: folder / f"made-{day}.phb" for day in
               ("2010-04-01", "2010-01-01", "2010-07-01", "2012-04-01")}
    for day, path in batches.items():
        data = bytearray(_batch.good_batch()[:-32])
        data[movement:movement + 2] = _batch.days(day).to_bytes(2, "little")
        path.write_bytes(data + hashlib.sha256(data).digest())
    books = {"": ["2010-04-01"],
             "EXPIRY,YEAR,2,2007-03 EXPIRY,QUARTER,3,2007-04": ["2010-01-01"],
             "EXPIRY,YEAR,5,2000-01 EXPIRY,QUARTER,5,2007-03 EXPIRY,QUARTER,3,2007-04":
                 ["2012-04-01"]}
    for rows, right in books.items():
        book = folder / "expiry-rules.csv"
        book.write_bytes(make_bad.book(*rows.split()))
        for day, path in batches.items():
            code, report = check(book, path)
            need(not report[str(book)]["faults"], f"{rows}: {report[str(book)]}")
            faults = report[str(path)]["faults"]
            found = [(f"F{f['code']}", f["expected"]) for f in faults]
            need(found == ([] if day in right else [("F813", right[0])]), f"{rows}, {day}: {found}")
    for day, path in batches.items():
        found = codes_of(check(path)[1][str(path)])
        need(found == (["F813"] if day == "2010-07-01" else []), f"no book, {day}: {found}")


def check_odd_openings(folder):
    """A lot of an opening file that expires as no rule says: a warning, and no fault."""
    good = (GOOD / "opening.csv").read_text(encoding="utf-8")
    path = folder / "odd.csv"
    path.write_text(good.replace(",2010-01-01,", ",2010-02-01,", 1), encoding="utf-8")
    for beside in ([GOOD / "rulebook.csv"], []):
        need(check(*beside, GOOD / "opening.csv")[1][str(GOOD / "opening.csv")]["warnings"] == [],
             "a good opening file")
        code, report = check(*beside, path)
        warned = report[str(path)]["warnings"]
        need(code == 0 and not report[str(path)]["faults"] and
             [(w["code"], w["line"], w["column"], w["value"]) for w in warned] ==
             [(1203, 3, "expires_on", "2010-02-01")] and
             "2010-01-01" in warned[0]["expected"], f"odd: {warned}")
        _, out = run("check", *beside, path)
        need(b" W1203 WARN_EXPIRY: " in out and b": no fault, 1 warning\n" in out, f"text: {out}")
    # Right by some rule; the book says which.
    path.write_text(good.replace(",2010-01-01,", ",2009-01-01,", 1), encoding="utf-8")
    need(len(check(GOOD / "rulebook.csv", path)[1][str(path)]["warnings"]) == 1, "by the book")
    need(check(path)[1][str(path)]["warnings"] == [], "without a book any rule may be its own")


def check_expected(folder):
    """The right value is computed where it can be."""
    wanted = {
        "F412-check-digit.csv": make_bad.A,
        "F303-points.csv": "1211",
        "F304-fen.csv": "18650",
        "F302-one-row-too-many.csv": "1",
        "F407-april-31.csv": "2007-04-30",
        "F407-slashes.csv": "2007-04-30",
        "F405-leading-zero.csv": "18650",
        "F804-digest.phb": _batch.good_batch()[-32:].hex(),
    }
    for case in make_bad.cases():
        if case.name in wanted:
            path = folder / case.name
            path.write_bytes(case.data)
            _, report = check(GOOD / "rulebook.csv", path)
            expected = report[str(path)]["faults"][0]["expected"]
            need(wanted[case.name] in expected, f"{case.name}: expected says {expected}")


def check_header_at_fault(folder):
    """What the header doesn't say isn't made up by the summary."""
    good = (GOOD / "province-day.csv").read_text(encoding="utf-8")
    path = folder / "header.csv"
    path.write_text(good.replace("2007-04-05,5", "2007-04-31,x", 1), encoding="utf-8")
    code, report = check(GOOD / "rulebook.csv", path)
    entry = report[str(path)]
    need(code == 1 and "date" not in entry and "sequence" not in entry, f"header: {entry}")
    _, out = run("check", path)
    need(b"sender P01, date at fault, sequence at fault, 35 rows" in out, f"summary: {out}")


def check_unreadable(folder):
    code, report = check(folder, folder / "absent.csv", GOOD / "calendar.csv")
    need(code == 3, f"unreadable: exit code {code}")
    for name in (folder, folder / "absent.csv"):
        need(codes_of(report[str(name)]) == [UNREADABLE], f"{name}: {report[str(name)]}")
    code, out = run("check", folder / "absent.csv")
    need(code == 3 and b"F113 FILE_UNREADABLE" in out, "the text names code and name")


def check_docs(seen):
    """docs/formats.md, section 7, against `pointhouse faults`."""
    text = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    section = text.split("## 7. Faults", 1)[-1]
    row = re.compile(r"^\| (\d{3,4}) \| `([A-Z0-9_]+)` \| (.+?) \| (.+?) \|$", re.MULTILINE)
    documented = [match.groups() for match in row.finditer(section)]
    _, out = run("faults")
    known = [tuple(line.split("|")) for line in out.decode().splitlines()]
    need(documented, "docs/formats.md has a section 7 with the codes")
    for entry in sorted(set(known) ^ set(documented)):
        where = "docs/formats.md" if entry in known else "`pointhouse faults`"
        fail(f"{entry} is not in {where}")
    for number, name, *_ in known:
        if int(number) < SETTLE_FROM:
            need(f"F{number}" in seen | {UNREADABLE}, f"no file provokes {number} {name}")


def main():
    if not os.access(POINTHOUSE, os.X_OK):
        print("no executable: " + POINTHOUSE)
        return 77
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        check_good(folder)
        seen = check_bad(folder)
        check_close(folder)
        check_expiry(folder)
        check_odd_openings(folder)
        check_expected(folder)
        check_header_at_fault(folder)
        check_unreadable(folder)
        check_docs(seen)
    need(schema_docs.main() == 0, "the columns in docs/formats.md are those of the readers")
    return 1 if FAILURES else 0


if __name__ == "__main__":
    sys.exit(main())
