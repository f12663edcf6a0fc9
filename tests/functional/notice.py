#!/usr/bin/env python3
"""The notice before points expire, at a node as a process: on the exact dates of the source, by the
quarter and by calendar year, its file as the second implementation makes it, to the byte, killed at
each point of it; a file that lacks is written again while it may be; a notice that is late, or was
missed, is an alarm and a metric.
"""

import datetime
import re

import _programme_world as w
from _pointhouse import fail, run

POINTS = ["node_due_run_beginning", "node_run_counting", "node_run_counting:2", "node_run_done",
          "node_out_file", "node_after_append:2", "node_after_append:3", "node_before_append:3",
          "node_before_append:4", "node_sealing"]
MEMBERS = 150
OUT = re.compile(r"^pointhouse_node_notice_late(?:\{.*\})? (\d+)", re.MULTILINE)


def need(condition, what):
    if not condition:
        fail(what)


def day(text):
    return datetime.date.fromisoformat(text)


def telecom(policy="QUARTER", years=3):
    return w.without_limits("china-telecom").replace(
        'policy = "QUARTER"\nyears = 3', f'policy = "{policy}"\nyears = {years}')


def lots(months, expires):
    """Opening lots of each member, of these earned months."""
    rows = []
    for n in range(1, MEMBERS + 1):
        rows.append(["MEMBER", w.member(n)])
        for k, month in enumerate(months):
            if (n + k) % 3:
                points = str(n * 7 + k)
                rows.append(["LOT", f"{w.CODE}/20061231/{n * 10 + k}", w.member(n), month,
                             "CONSUMPTION", "1", expires(month), points, points])
    return rows


def by_quarter(month):
    year, of = int(month[:4]), int(month[5:])
    end = (of - 1) // 3 * 3 + 4
    return f"{year + 3 + (end > 12)}-{(end - 1) % 12 + 1:02d}-01"


def redeems(step, points):
    return [("REDEEM", "", w.member(n), points, "PHONE_CREDIT", w.CODE, "", "", "", "")
            for n in range(step, MEMBERS + 1, step)]


def world_of(folder, first, days, opening, rules=(), **policy):
    files = w.Files(folder / "files", first, rules, opening)
    files.programme(telecom(**policy))
    for date, rows in days:
        files.day(date, rows)
    return w.World(folder / "system", files)


def made(world):
    return {path.name: path.read_text("utf-8") for path in world.out.glob("*NOTICE.csv")}


def quarter(folder):
    """2007-03-01 tells of 04-01, 06-01 of 07-01; the rows of the day come behind it."""
    days = [("2007-02-01", redeems(2, 3)), ("2007-03-01", redeems(3, 5)),
            ("2007-04-01", redeems(5, 2)), ("2007-05-31", []), ("2007-06-01", redeems(2, 1)),
            ("2007-07-01", [])]
    months = ("2004-01", "2004-02", "2004-03", "2004-04", "2004-06", "2004-07")
    world = world_of(folder, day("2007-02-01"), days, lots(months, by_quarter))
    tables, batches, files = world.files.played_with_files()
    files = {name: text for name, text in files.items() if "NOTICE" in name}
    need(sorted(files) == ["P01-2007-04-30-NOTICE.csv", "P01-2007-07-31-NOTICE.csv"],
         f"{sorted(files)}")
    need({row[1:3] == ["2007-03-01", "2007-04-01"] or row[1:3] == ["2007-06-01", "2007-07-01"]
          for row in tables["notices"]} == {True}, "the dates of the source")
    try:
        world.open()
        world.play_day(day("2007-02-01"))
        need(made(world) == {}, "no notice before its day")
        world.node.stop()
        prepared = folder / "prepared"
        world.copy_to(prepared)
        for point in [None, *POINTS]:
            world.bring_back(prepared)
            world.clock(day("2007-02-28"))
            world.start(**w.killed_at(point))
            deaths = world.play_day(day("2007-03-01"))
            need(bool(point) == bool(deaths), f"{point} was passed")
            need(made(world) == {n: t for n, t in files.items() if "04-30" in n},
                 f"killed at {point}: {made(world)}")
            need(world.batch(day("2007-03-01")) == batches["2007-03-01"], f"{point}: the batch")
            world.node.stop()
        world.start()
        again(world)
        for text in ("2007-04-01", "2007-05-31", "2007-06-01", "2007-07-01"):
            world.play_day(day(text))
            need(world.batch(day(text)) == batches[text], f"the batch of {text}")
            expected = 2 if text >= "2007-06-01" else 1
            need(len(made(world)) == expected, f"{text}: {sorted(made(world))}")
        need(made(world) == files, f"{made(world)}, not {files}")
        gone = world.out / "P01-2007-04-30-NOTICE.csv"
        gone.unlink()
        world.node.stop()
        world.start()
        need(not gone.exists(), "what has expired isn't told of again")
        need("have expired" in world.order("status"), world.order("status"))
    finally:
        world.system.kill()
    return len(tables["notices"])


def again(world):
    """A file that lacks, or was changed, is made again by a start; an operator may look at it."""
    file = next(world.out.glob("*NOTICE.csv"))
    before = file.read_bytes()
    shown = world.order("preview", "--number", world.run_number("NOTICE"))
    need("points in all" in shown and "2007-04-01" in shown and "SMS" in shown, shown)
    refused = world.order("begin", "--kind", "NOTICE", "--of", "2007-04", expect=1)
    need("published" in refused or "once" in refused, refused)
    refused = world.order("begin", "--kind", "NOTICE", "--of", "2007-07", expect=1)
    need("by itself on 2007-06-01" in refused, refused)
    for change in (file.unlink, lambda: file.write_bytes(before[:-9])):
        change()
        world.node.stop()
        world.start()
        need(file.read_bytes() == before, "a start makes the file that lacks")


def calendar_year(folder):
    """Earned in 2020, last usable on 2022-12-31: one notice, on 2022-12-01."""
    days = [("2022-11-01", redeems(2, 3)), ("2022-12-01", redeems(3, 5)), ("2023-01-01", [])]
    months = ("2020-01", "2020-07", "2020-12", "2021-01")
    world = world_of(folder, day("2022-11-01"), days,
                     lots(months, lambda month: f"{int(month[:4]) + 3}-01-01"),
                     [["EXPIRY", "YEAR", "2", "2004-01"]], policy="YEAR", years=2)
    tables, batches, files = world.files.played_with_files()
    files = {name: text for name, text in files.items() if "NOTICE" in name}
    need(list(files) == ["P01-2023-01-31-NOTICE.csv"], f"{list(files)}")
    try:
        world.open()
        for date, _ in days:
            world.play_day(day(date))
            need(world.batch(day(date)) == batches[date], f"the batch of {date}")
        need(made(world) == files, f"{made(world)}, not {files}")
    finally:
        world.system.kill()
    return len(tables["notices"])


def late_metric(world):
    status, text = world.node.ask("GET", "/metrics")
    found = OUT.search(text)
    need(status == 200 and found is not None, "the metric is there")
    return int(found.group(1))


def late(folder):
    """The day of a notice is over and no day is opened; then its expiry comes before it."""
    months = ("2004-01", "2004-04")
    world = world_of(folder, day("2007-02-01"),
                     [("2007-02-01", []), ("2007-03-04", []), ("2007-07-01", [])],
                     lots(months, by_quarter))
    try:
        world.open()
        world.play_day(day("2007-02-01"))
        world.clock(day("2007-03-02"), 4)
        need(late_metric(world) == 0, "its day isn't over before the cut-off")
        world.clock(day("2007-03-02"), 6)
        world.system.wait(lambda: late_metric(world) == 1, "the metric says so")
        told = run("node", "status", "--config", world.node.config)
        need("no notice was made" in told and "2007-04-01" in told, told)
        world.play_day(day("2007-03-04"))
        world.system.wait(lambda: late_metric(world) == 0, "the metric says that it is made")
        world.play_day(day("2007-07-01"))
        world.system.wait(lambda: late_metric(world) == 1, "the metric says that it was missed")
        told = " ".join(world.node.status()["alarms"])
        need("2007-07-01" in told and "have expired" in told, told)
    finally:
        world.system.kill()


def main(folder):
    rows = quarter(folder / "quarter"), calendar_year(folder / "year")
    late(folder / "late")
    print(f"{rows[0]} and {rows[1]} members told, {len(POINTS)} deaths, files equal to the byte")


if __name__ == "__main__":
    w.in_a_folder(main)
