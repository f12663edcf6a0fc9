#!/usr/bin/env python3
"""Members move between running nodes with a programme, live, while the old home, the new home and
the clearing are killed at each step: what the programme knows of them goes along, once. One moves
by files, with the rows that his old home's node has written. An award and a yearly grading at the
new home count the months that came along as those of a member who was always there; claims go on,
and who comes back is who he has become. A home without a programme takes and tells lots alone.
"""

import datetime
import json
import sys

import live_moves
from _live_world import FIRST, HELD, LOTS, expiry, file_of, member
from live_moves import need, restart

SOURCES = ("CONSUMPTION", "TENURE", "LEVEL", "AWARD", "FIXED_LINE", "SP", "PARTNER", "EXCHANGE_IN")
MOVED = range(3, 11)    # of P01, to P02, each with a death on the way
ANN, STAYS, TWIN = member(1, 1), member(1, 11), member(2, 1)
PLAIN = member(1, 12)    # by way of a home without a programme
BY_FILE = member(1, 13)
IN_SERIAL = 900    # of his MOVE_IN
FEN = {month: 10_000 + 701 * month for month in range(1, 13)}
YEAR = sum(FEN.values())
EARNED = sum(fen // 100 for fen in FEN.values())
EXTRA = 77    # rating points of another source
TENURE = YEAR // 100 // 5    # a fifth of the average spend in yuan: of equal ones that of each
LEVEL = YEAR // 100 // 2
RATED = EARNED + EXTRA + TENURE + LEVEL
PROGRAMME = f"""[programme]
format = 1
code = "moving"
title = "Moving"
version = 1
effective = "2025-01-01"
maker = "G-1"
checker = "G-2"
profile = "NOT_REQUIRED"
""" + "".join(f'[[source]]\nsource = "{source}"\nrating = true\n' for source in SOURCES) + f"""
[tenure_award]
mode = "LUMP_31DEC"
[[tenure_band]]
from = 0
to = 24
rate = "1/10"
[[tenure_band]]
from = 25
rate = "1/5"
[level_award]
mode = "LUMP_31DEC"
grading = "level"
[[level_rate]]
level = "silver"
rate = "1/2"
[[level_rate]]
level = "gold"
rate = "3/4"
[[level_rate]]
level = "diamond"
rate = "1/1"
[[grading]]
name = "level"
title = "Level"
levels = ["ordinary", "silver", "gold", "diamond"]
basis = "RATING_POINTS"
run = "YEARLY"
effective = "01-01"
valid_months = 24
standards = "FIXED"
[[threshold]]
grading = "level"
level = "silver"
min = 10
from = "2025-01-01"
[[threshold]]
grading = "level"
level = "gold"
min = {RATED}
from = "2025-01-01"
[[threshold]]
grading = "level"
level = "diamond"
min = {RATED + 1}
from = "2025-01-01"
[[flag]]
name = "old"
by = "LEGACY"
[[benefit]]
name = "lounge"
title = "Lounge"
levels = ["silver", "gold", "diamond", "old"]
kind = "CLAIM"
per = "YEAR"
count = 2
from = "2025-01-01"
[effective]
order = ["diamond", "gold", "silver", "old", "ordinary"]
"""


class Rows:
    """Of a day's file."""

    def __init__(self):
        self.rows, self.fen, self.points, self.serial = [], 0, 0, 0

    def add(self, kind, *columns):
        self.serial += 1
        self.rows.append(",".join([kind, str(self.serial), *map(str, columns)]))

    def life(self, who, account):
        """A year of bills, an award, a level, a flag, one claim; tells the award's serial."""
        self.add("ACCOUNT", account, who, "2020-05", "MOBILE_4G", 0, 1, 1)
        for month, fen in FEN.items():
            self.fen += fen
            self.add("SPENT", account, who, f"2025-{month:02}", fen, 1)
        self.points += EXTRA
        self.add("EARN", who, "AWARD", "2025-06", EXTRA, 1)
        award = self.serial
        self.add("GRADE", who, "level", "silver", "2025-06-01", "")
        self.add("LEGACY", who, "old", "2026-09")
        self.add("CLAIM", "", who, "lounge")
        return award

    def lot(self, name, earned, source, points):
        """Below a MOVE_IN: of it all is left."""
        self.points += 2 * points
        year, month = earned
        self.rows.append(f"LOT,{name},{year}-{month:02},{source},1,{expiry(year, month)},{points},"
                         f"{points}")


class Story(live_moves.Story):
    def begin(self):
        self.make()
        self.start_all()
        self.days = dict.fromkeys(("P01", "P02", "P03"), 0)
        for code in ("P01", "P02"):
            self.bring(self.nodes[code], "moving.toml", PROGRAMME)
        first = Rows()
        for number in (1, *MOVED, 11, 12, 13):
            self.award = first.life(member(1, number), f"A-{number}")    # Of the last one.
        self.day("P01", FIRST, first)
        second = Rows()
        second.life(TWIN, "T-1")
        self.day("P02", FIRST, second)
        live_moves.open_day(self, "D-1")

    def bring(self, node, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        node.drop(path)
        self.wait((node.inbox / "accepted" / (name + ".report.txt")).exists, name, 60)

    def day(self, code, date, rows):
        """The province's file of a day, posted."""
        node = self.nodes[code]
        sequence = (date - FIRST).days + 1
        self.bring(node, f"{code}-{date}.csv", file_of("PROVINCE_DAY", code, date, sequence,
                                                       rows.rows, (rows.points, rows.fen)))
        self.wait(lambda: node.status()["open_day"]["posted"], f"{code} has posted {date}", 60)

    def returned(self, code, date):
        """Codes of the rows of a day that came back, once it is sealed."""
        path = self.nodes[code].inbox / "accepted" / f"{code}-{date}.posted.csv"
        self.wait(path.exists, f"{code} has sealed {date}", 60)
        return [line.rsplit(",", 1)[1] for line in path.read_text("utf-8").splitlines()[1:]]

    def tomorrow(self):
        day = self.today_date() + datetime.timedelta(days=1)
        self.set_clock(datetime.datetime.combine(day, datetime.time(12)))
        return day

    def today_date(self):
        return datetime.datetime.strptime(self.today, "%Y%m%d").date()

    def told(self, code, who):
        """What the node tells of a member's grades, flags and claims."""
        day = self.today_date()
        status, text = self.nodes[code].ask("GET", f"/v1/programme-member/{who},{day}", 30)
        need(status == 200, f"{who} at {code}: {status} {text}")
        return json.loads(text)

    def known(self, code, who):
        told = self.told(code, who)
        return {what: told[what] for what in ("grades", "flags", "claims", "history", "effective")}

    def word(self, code, *what):
        return self.run("node", "run", *what, "--config", self.nodes[code].config)

    def a_run(self, code, kind):
        found = [r for r in self.nodes[code].status()["runs"] if r["kind"] == kind]
        return found[-1] if found else {}

    def count(self, code, kind, *more):
        self.word(code, "begin", "--kind", kind, *more, "--of", "2025-12", "--anyway")
        self.wait(lambda: self.a_run(code, kind).get("state") == "COUNTED", f"{kind} is counted")
        suffix = kind if not more else "GRADE-level"
        path = self.nodes[code].folder / "out" / f"{code}-2025-12-31-{suffix}.csv"
        return path.read_text("utf-8").splitlines()[1:-1]

    def publish(self, code, kind):
        self.word(code, "publish", "--number", str(self.a_run(code, kind)["number"]), "--officer",
                  "G-0007")
        self.wait(lambda: self.a_run(code, kind)["state"] == "DONE", f"{kind} is done", 60)


def moves(story):
    """Ann, then those with a death on the way: each is known at P02 as at P01."""
    story.before = story.known("P01", ANN)
    need(len(story.before["history"]) == 2 and story.before["effective"] == "silver" and
         story.before["claims"], f"she has a life: {story.before}")
    story.counters["P02"].move("M-1", ANN)
    live_moves.kills(story, HELD + EXTRA)
    for number in (1, *MOVED):
        found = story.known("P02", member(1, number))
        need(found == story.before, f"member {number} is known at P02: {found}")
    story.counters["P03"].move("M-2", PLAIN)


def by_file(story):
    """His old home dies behind the seal and before its file, and before the file has its name."""
    day, node = story.tomorrow(), story.nodes["P01"]
    leaves, comes, comes.serial = Rows(), Rows(), IN_SERIAL - 1
    story.move_id = f"P02/{story.today}/{IN_SERIAL}"
    leaves.add("MOVE_OUT", story.move_id, BY_FILE, "P02")
    story.day("P01", day, leaves)
    path = node.folder / "out" / f"P01-{day}-STANDING-P02.csv"
    night = datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time(1))
    restart(node, PH_KILL_AT="node_standing_file")
    story.set_clock(night)
    for point in ("node_standing_file", "node_out_file"):
        story.wait(lambda: not node.running(), f"{point} kills it", 60)
        need(not path.exists(), f"{point}: it is gone before its file is there")
        if point == "node_standing_file":
            node.start(PH_KILL_AT="node_out_file")
    node.start()
    node.wait_until_up()
    head, moved, *standing, end = path.read_text("utf-8").splitlines()
    need((head, moved, end) == (f"POINTHOUSE,STANDING,1,P01,{day},2",
                                f"MOVED,{story.move_id},{BY_FILE},P02",
                                f"END,{len(standing) + 1},0,0"), f"{head} {moved} {end}")
    written = path.read_bytes()
    path.unlink()
    restart(node)
    need(path.read_bytes() == written, "a start makes it again, the same")
    comes.add("MOVE_IN", BY_FILE, "P01")
    for place, (year, month, points) in enumerate(LOTS):
        comes.lot(f"P01/{year}{month:02}15/{130 + place}", (year, month), "CONSUMPTION", points)
    comes.lot(f"P01/{FIRST:%Y%m%d}/{story.award}", (2025, 6), "AWARD", EXTRA)
    comes.rows += standing
    story.bring(story.nodes["P02"], "by-file.csv", file_of(
        "PROVINCE_DAY", "P02", day, 2, comes.rows, (comes.points, 0)))
    need(story.returned("P02", day) == [], "nothing comes back")
    found = story.known("P02", BY_FILE)
    need(found == story.before, f"he is known at P02: {found}")
    story.is_at("P02", BY_FILE, HELD + EXTRA)


def counts(story):
    """The award and the levels of 2025 at P02, of who has a telephone there since today alone."""
    day, rows = story.tomorrow(), Rows()
    rows.add("CONFIRM", story.move_id)
    for number in (1, *MOVED, 13):
        rows.add("ACCOUNT", f"N-{number}", member(1, number), "2020-05", "MOBILE_4G", 0, 1, 1)
        rows.add("SPENT", f"N-{number}", member(1, number), "2025-07", 1, 1)
        rows.fen += 1
    rows.add("CLAIM", "", ANN, "lounge")
    rows.add("CLAIM", "", ANN, "lounge")
    story.day("P02", day, rows)
    lines = story.count("P02", "AWARD")
    average = f"{YEAR}"
    need(f"TENURE,25,,1/5,11,{11 * YEAR},{average}," in "\n".join(lines) and
         lines[1].endswith(f",{TENURE}") and
         any(line.startswith(f"LEVEL,silver,1/2,11,{11 * YEAR},") and line.endswith(f",{LEVEL}")
             for line in lines), f"all eleven are in it: {lines}")
    before = {who: story.points_of("P02", who)["points"] for who in (ANN, TWIN)}
    story.publish("P02", "AWARD")
    for who, points in before.items():
        found = story.points_of("P02", who)["points"]
        need(found == points + TENURE + LEVEL, f"{who} has {found}, had {points}")
    lines = story.count("P02", "GRADE", "--grading", "level")
    need(f"STANDARD,1,gold,{RATED},11" in lines, f"each has {RATED} points, to the point: {lines}")
    story.publish("P02", "GRADE")
    for who in (TWIN, *(member(1, number) for number in (1, *MOVED, 13))):
        need(story.told("P02", who)["effective"] == "gold", f"{who}: {story.told('P02', who)}")


def back_again(story):
    """Who comes back is who she has become, and nothing of her is there twice."""
    before, day = story.known("P02", ANN), story.today_date()
    story.tomorrow()
    codes = story.returned("P02", day)
    need(codes == ["DUPLICATE"] * 10 + ["NOT_ENTITLED"],
         f"bills of before are known, and so was her first claim: {codes}")
    live_moves.open_day(story, "D-2")
    story.counters["P01"].move("M-3", ANN)
    need(story.known("P01", ANN) == before, f"she is known at P01: {story.known('P01', ANN)}")
    lines = story.count("P01", "AWARD")
    need(f"TENURE,25,,1/5,2,{2 * YEAR},{YEAR}," in "\n".join(lines),
         f"her year and that of who stayed: {lines}")
    for code in ("P01", "P02"):
        restart(story.nodes[code])
    need(story.known("P01", ANN) == before, "so it is after a start")
    need(story.known("P02", member(1, 3)) == story.known("P02", TWIN) | {
        "history": story.known("P02", member(1, 3))["history"]}, "and at P02")


def without_a_programme(story):
    """P03 has none: who comes from it has points alone."""
    story.counters["P02"].move("M-4", PLAIN)
    story.is_at("P02", PLAIN, HELD + EXTRA)
    found = story.known("P02", PLAIN)
    need(found["effective"] == "ordinary" and not found["history"] and not found["claims"],
         f"nothing came along: {found}")


if __name__ == "__main__":
    sys.exit(live_moves.play(Story, moves, by_file, counts, back_again, without_a_programme))
