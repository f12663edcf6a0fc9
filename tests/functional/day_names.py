#!/usr/bin/env python3
"""`pointhouse check` with the programme beside a day's file warns of just those rows that the node
sends back with UNKNOWN_NAME; of an EVENT that gives nothing besides; and without a version in force
of that. The file has no fault, and is taken.
"""

import datetime
import json
import pathlib

import _programme_world as w
from _pointhouse import fail, run

FIRST = datetime.date(2016, 3, 1)
ANN, BEN = w.member(1), w.member(2)
CHILDREN = ("INPUT",)
SOURCES = """
[[sp]]
service = "ring-tones"
share = "3/10"
from = "2015-07-01"

[[partner]]
partner = "MER2"
points_per_yuan = "1/10"
from = "2016-04-01"
"""


def need(condition, what):
    if not condition:
        fail(what)


def rows():
    b2b = [("INPUT", "nature", 3, "")] + [
        ("INPUT", name, 3, 15) for name in
        ("strength", "growth", "profit", "relationship", "importance")]
    return [
        ("ACCOUNT", "A-1", ANN, "2014-01", "MOBILE_4G", 0, 1, 1),
        ("ACCOUNT", "A-2", BEN, "2014-01", "MOBILE_4G", 0, 1, 9),
        ("BILL", "A-1", ANN, "2016-02", 500000), ("STOCK", "handset", 5), ("STOCK", "bicycle", 5),
        ("GRADE", ANN, "star", "two-star", "2016-01-01", ""),
        ("GRADE", ANN, "star", "ten-star", "2016-01-01", ""),
        ("GRADE", ANN, "stars", "two-star", "2016-01-01", ""),
        ("APPLY", "", ANN, "growth", "one-star", "2015-03"),
        ("LEGACY", ANN, "legacy-gold", "2016-12"), ("LEGACY", ANN, "vip", "2016-12"),
        ("LEGACY", ANN, "gold", "2016-12"),
        ("VIP_PROPOSE", "", ANN, "vip", "RANK", "2016-12", "G-0001"),
        ("VIP_PROPOSE", "", ANN, "loyal", "RANK", "2016-12", "G-0001"),
        ("CLAIM", "", ANN, "reactivation"), ("CLAIM", "", ANN, "lounge"),
        ("ORDER", "", ANN, "voucher", 1, 1, 0, ""), ("ORDER", "", ANN, "bicycle", 1, 100, 0, ""),
        ("PLAN", "A-1", ANN, ""), ("PLAN", "A-1", ANN, "gotone-199"),
        ("SP_SPEND", "A-1", ANN, "2016-02", "ring-tones", 6000),
        ("SP_SPEND", "A-1", ANN, "2016-02", "jokes", 6000),
        ("SP_SPEND", "A-1", ANN, "2015-06", "ring-tones", 6000),
        ("PARTNER_SPEND", "MER2/20160301/s-1", ANN, "MER2", 100000),
        ("FIXED_IN", "", ANN, 100), ("EVENT", "A-1", ANN, "video", "", "", ""),
        ("REDEEM", "", ANN, 10, "FIXED_LINE", w.CODE, "", "", "", ""),
        ("SHEET", ANN, "b2b", "b2b"), *b2b, ("SHEET", ANN, "b2b", "c2c"), *b2b,
        ("SHEET", ANN, "b2b", ""), *b2b[1:], ("SHEET", ANN, "b2b", ""), *b2b,
        ("INPUT", "luck", 1, ""), ("SHEET", ANN, "customers", ""), *b2b,
        ("SHEET", ANN, "b2b", "star"), *b2b, ("BRAND", "A-1", ANN, "anything"),
    ]


def write_day(files):
    """Serials in front of all but what belongs to the row above. Serial by line."""
    lines, serials = [], {}
    for number, row in enumerate(rows(), 2):
        if row[0] not in CHILDREN:
            serials[number] = len(serials) + 1
        head = [row[0]] if row[0] in CHILDREN else [row[0], str(serials[number])]
        lines.append(head + [str(value) for value in row[1:]])
    name = f"{w.CODE}-{FIRST}-PROVINCE_DAY.csv"
    files.write(name, "PROVINCE_DAY", w.CODE, FIRST, 1, lines)
    files.days.append((FIRST, files.folder / name))
    return files.folder / name, serials


def check(*files):
    report = json.loads(run("check", "--json", *files))
    need(not any(of["faults"] for of in report["files"]), f"no fault: {report}")
    return {pathlib.Path(of["file"]).name: of["warnings"] for of in report["files"]}


def returned(world):
    path = world.node.inbox / "accepted" / f"{w.CODE}-{FIRST}.posted.csv"
    found = (line.split(",") for line in path.read_text("utf-8").splitlines()[1:])
    return {int(row[0]) for row in found if row[-1] == "UNKNOWN_NAME"}


def main(folder):
    files = w.Files(folder / "files", FIRST)
    files.programme(w.without_limits("china-unicom") + SOURCES)
    day, serials = write_day(files)
    programme, book = files.folder / "programme-1.toml", files.folder / "rulebook.csv"
    warned = check(programme, day, book)[day.name]
    need({warning["name"] for warning in warned} == {"WARN_NAME"}, f"names: {warned}")
    need(all(warning["expected"] for warning in warned), f"each says what is right: {warned}")
    kinds = {number: row[0] for number, row in enumerate(rows(), 2)}
    events = {warning["line"] for warning in warned if kinds[warning["line"]] == "EVENT"}
    need(len(events) == 1, f"the event gives nothing: {warned}")
    ours = {serials[warning["line"]] for warning in warned if warning["line"] not in events}
    text = run("check", programme, book, day)
    need(f"{day.name}:6: item:" in text and " W1201 WARN_NAME: 'bicycle'; expected: one of " in text
         and f": no fault, {len(warned)} warnings\n" in text, f"the text: {text}")
    need(check(day, book)[day.name] == [], "nothing is known of names without the programme")
    late = folder / "late.toml"
    late.write_text(programme.read_text("utf-8").replace('effective = "2015-07-01"',
                                                         'effective = "2016-03-02"'), "utf-8")
    found = check(day, late, book)[day.name]
    need([(one["name"], one["line"]) for one in found] == [("WARN_PROGRAMME", 2)], f"{found}")

    world = w.World(folder / "system", files)
    try:
        world.open()
        world.live(FIRST)
        world.seal(FIRST)
        theirs = returned(world)
        lines = {serial: line for line, serial in serials.items()}
        need(ours == theirs and len(ours) > 12,
             "warned of and not returned: " + str([kinds[lines[n]] for n in ours - theirs]) +
             ", returned: " + str([(n, kinds[lines[n]]) for n in theirs - ours]))
        need(world.node.stop() == 0, "it stops with 0")
    finally:
        world.system.kill()
    print(f"{len(ours)} rows with names that the programme hasn't: warned of, and sent back")


if __name__ == "__main__":
    w.in_a_folder(main)
