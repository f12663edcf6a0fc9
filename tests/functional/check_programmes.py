#!/usr/bin/env python3
"""`pointhouse check` on programme files: those that ship are good, with a rule book beside them,
too; changed ones are refused with line and reason; versions are held against each other; and
docs/programme-file.md says the sections, keys, types and defaults that the reader takes.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
POINTHOUSE = os.environ.get("POINTHOUSE", str(ROOT / "build" / "release" / "pointhouse"))
READY = ROOT / "ops" / "programmes"
PAGE = ROOT / "docs" / "programme-file.md"
FAILURES = []

# What is wrong: file, text, its replacement, code, where it stands (the line of the nth occurrence
# of a text), key, part of what would be right.
CASES = (
    ("overlapping dates", "china-telecom", 'points = 600\ncash = 0\nhours_from = "00:00"\n'
     'hours_to = "07:00"\nfrom = "2008-05-01"\nto = "2008-06-01"',
     'points = 500\ncash = 0\nhours_from = "00:00"\nhours_to = "07:00"\nfrom = "2004-01-01"',
     1111, "points = 500\n", -3, "price.from", "both hold on 2004-01-01; see line"),
    ("missing threshold", "china-telecom", '[[threshold]]\ngrading = "growth"\nlevel = "star-7"\n'
     'min = 8000\nfrom = "2004-01-01"\n', "",
     1116, 'name = "growth"', -1, "grading.levels", "class 1 can reach this level on 2004-01-01"),
    ("ratio of zero", "china-telecom", 'credit = "3/5"', 'credit = "0/5"',
     1109, 'credit = "0/5"', 0, "item.credit", "above 0"),
    ("round trip above 1", "china-telecom", 'in = "1/2"', 'in = "1001/1000"',
     1110, "[fixed_line]", 0, "fixed_line.out", "1 at most"),
    ("unknown level", "china-unicom", 'levels = ["loyal"]', 'levels = ["royal"]',
     1114, 'levels = ["royal"]', -3, "benefit.levels", "a level or flag"),
    ("promised another queue", "china-unicom", 'queue = "high"\n', 'queue = "middle"\n',
     1118, 'name = "priority-10010"', -1, "benefit.queue", "high, the queue in which"),
    ("no TOML", "china-unicom", "[orders]", "[orders", 1101, "[orders", 0, "", "TOML"),
)


def need(right, text):
    if not right:
        FAILURES.append(text)
        print("FAILED: " + text)


def run(*arguments):
    done = subprocess.run([POINTHOUSE, *map(str, arguments)], capture_output=True, timeout=300)
    return done.returncode, done.stdout.decode()


def check(*files):
    """Exit code, and each file's part of the report by its name."""
    code, out = run("check", "--json", *files)
    report = json.loads(out)
    need(report["exit_code"] == code, "exit code is that of the report")
    return code, {pathlib.Path(entry["file"]).name: entry for entry in report["files"]}


def ready(name):
    return (READY / f"{name}.toml").read_text(encoding="utf-8")


def rule_book(folder):
    """The good rule book, with the partner that China Telecom's programme names."""
    lines = (ROOT / "tests/files/good/rulebook.csv").read_text(encoding="utf-8").splitlines()
    lines[-1:] = ["PARTICIPANT,MER2,105,MERCHANT,城南百货,Chengnan Stores", "END,21,0,0"]
    path = folder / "rulebook.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def check_ready(folder):
    book = rule_book(folder)
    files = sorted(READY.glob("*.toml"))
    need(len(files) == 3, "three programmes ship")
    for group in (files, [book, *files], [*files, book, ROOT / "tests/files/good/calendar.csv"]):
        code, report = check(*group)
        need(code == 0, f"programmes that ship: {report}")
    about = report["china-unicom.toml"]
    need((about["type"], about["code"], about["version"], about["effective"])
         == ("PROGRAMME", "china-unicom", 1, "2015-07-01"), f"summary: {about}")
    code, out = run("check", *files)
    need("PROGRAMME china-telecom, version 1, effective 2004-01-01" in out, f"summary: {out}")
    # A partner that the book hasn't got; another policy than the book's.
    code, report = check(ROOT / "tests/files/good/rulebook.csv", *files)
    faults = report["china-telecom.toml"]["faults"]
    need(code == 1 and [f["code"] for f in faults] == [1118], f"no such partner: {faults}")
    path = folder / "year.toml"
    path.write_text(ready("china-unicom").replace('"QUARTER"', '"YEAR"'), encoding="utf-8")
    need(check(path)[0] == 0, "without a rule book any policy is right")
    code, report = check(path, book)
    faults = report["year.toml"]["faults"]
    need(code == 1 and [f["code"] for f in faults] == [1120], f"policy: {faults}")


def check_wrong(folder):
    for what, base, old, new, code, at, offset, column, expected in CASES:
        text = ready(base)
        need(text.count(old) >= 1, f"{what}: nothing to change")
        text = text.replace(old, new, 1)
        path = folder / "wrong.toml"
        path.write_text(text, encoding="utf-8")
        line = text[: text.index(at)].count("\n") + 1 + offset
        exit_code, report = check(path)
        faults = report["wrong.toml"]["faults"]
        need(exit_code == 1, f"{what}: exit code {exit_code}")
        found = [f for f in faults if f["code"] == code]
        need(found and found[0]["line"] == line and found[0]["column"] == column
             and expected in found[0]["expected"], f"{what}: line {line}, found {faults}")
        first, second = run("check", path), run("check", path)
        need(first == second, f"{what}: told differently the second time")
        need(f"wrong.toml:{line}: " in first[1], f"{what}: the text names the line: {first[1]}")


def check_versions(folder):
    def version(name, number, day, *changes):
        text = ready("china-unicom").replace("version = 1", f"version = {number}", 1)
        text = text.replace('effective = "2015-07-01"', f'effective = "{day}"', 1)
        for old, new in changes:
            need(old in text, f"{old} is there")
            text = text.replace(old, new)
        path = folder / name
        path.write_text(text, encoding="utf-8")
        return path

    one = READY / "china-unicom.toml"
    two = version("two.toml", 2, "2016-01-01")
    three = version("three.toml", 3, "2017-01-01")
    need(check(three, one, two)[0] == 0, "three versions in any order")
    code, report = check(one, three)
    need(code == 1 and [f["code"] for f in report["three.toml"]["faults"]] == [1012],
         "the second one lacks")
    past = version("past.toml", 2, "2015-07-01")
    code, report = check(one, past)
    need(code == 1 and [f["code"] for f in report["past.toml"]["faults"]] == [1013], "no later day")
    levels = version("levels.toml", 2, "2016-01-01", ('"one-star"', '"single-star"'))
    code, report = check(one, levels)
    need(code == 1 and [f["code"] for f in report["levels.toml"]["faults"]] == [1014], "levels")
    need(check(levels)[0] == 0, "alone it is a good file")


def documented():
    """The tables of section 3 of the page, as `formats --programme` prints them."""
    text = PAGE.read_text(encoding="utf-8").split("## 3. ", 1)[1].split("\n## 4. ", 1)[0]
    head = re.compile(r"^\*\*`(\[\[?)([a-z_]+)\]\]?`\*\*(, dated)?(, needed)?\.")
    row = re.compile(r"^\| `([a-z_]+)` \| ([a-z]+) \| ([^|]*) \| ([^|]*) \| .*\|$")
    lines, section = [], None
    for line in text.splitlines():
        if match := head.match(line):
            brackets, section, dated, needed = match.groups()
            many = "many" if brackets == "[[" else "once"
            lines.append("|".join((section, "", many, "needed" if needed else "",
                                   "dated" if dated else "")))
        elif match := row.match(line):
            lines.append("|".join((section, *(part.strip() for part in match.groups()))))
    return lines


def check_page(folder):
    _, out = run("formats", "--programme")
    ours = out.splitlines()
    page = documented()
    need(len(ours) > 150, "the listing has every key")
    for line in sorted(set(ours) ^ set(page)):
        need(False, f"{line} is not in " + ("the page" if line in ours else "the reader"))
    need(ours == page, "the page has the reader's order")
    example = PAGE.read_text(encoding="utf-8").split("```toml\n", 1)[1].split("```", 1)[0]
    path = folder / "example.toml"
    path.write_text(example, encoding="utf-8")
    need(check(path)[0] == 0, f"the page's example: {run('check', path)[1]}")


def main():
    if not os.access(POINTHOUSE, os.X_OK):
        print("no executable: " + POINTHOUSE)
        return 77
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        check_ready(folder)
        check_wrong(folder)
        check_versions(folder)
        check_page(folder)
    return 1 if FAILURES else 0


if __name__ == "__main__":
    sys.exit(main())
