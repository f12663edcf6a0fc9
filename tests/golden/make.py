#!/usr/bin/env python3
"""Writes a golden journal with the executable of today: tests/golden/make.py NEW_DIRECTORY

Nodes, the clearing and a gateway as processes live a month of a very small country, in which things
are given live and members move; the clearing closes the period, and goes on behind its snapshot.
What one node and the clearing keep is copied, without what a start makes anew. Then, once, to write
`expected`:
PH_GOLDEN_WRITE=1 contract_tests --gtest_filter=*GoldenJournal*
"""

import datetime
import os
import pathlib
import shutil
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
os.environ.setdefault("POINTHOUSE", str(ROOT / "build" / "release" / "pointhouse"))
sys.path.insert(0, str(ROOT / "tests" / "functional"))

import live_moves  # noqa: E402
from _live_world import FIRST, file_of, member  # noqa: E402

SOURCES = ("CONSUMPTION", "TENURE", "LEVEL", "AWARD", "FIXED_LINE", "SP", "PARTNER", "EXCHANGE_IN")
PROGRAMME = ("""[programme]
format = 1
code = "golden"
title = "Golden"
version = 1
effective = "2025-01-01"
maker = "G-1"
checker = "G-2"
""" + "".join(f'[[source]]\nsource = "{source}"\nrating = true\n' for source in SOURCES) +
             """[tenure_award]
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
level = "gold"
rate = "1/2"
[[grading]]
name = "level"
title = "Level"
levels = ["ordinary", "gold"]
basis = "REVIEW"
run = "NONE"
valid_months = 24
[[grading]]
name = "rank"
title = "Rank"
levels = ["plain", "high"]
basis = "RATING_POINTS"
unit = "MEMBER"
run = "YEARLY"
effective = "01-01"
valid_months = 12
standards = "FIXED"
[[threshold]]
grading = "rank"
level = "high"
min = 1500
from = "2025-01-01"
[[grading]]
name = "star"
title = "Star"
levels = ["no-star", "one-star", "two-star"]
basis = "PRODUCT"
unit = "ACCOUNT"
run = "CLEARING"
effective = "NEXT_MONTH"
valid_months = 12
standards = "CLEARING"
[[score]]
grading = "star"
months = 12
months_min = 6
threshold_round = 10
[[factor]]
grading = "star"
years_from = 0
factor = "10/10"
[[factor]]
grading = "star"
years_from = 2
factor = "12/10"
[[cut]]
grading = "star"
level = "two-star"
percent = 50
[[flag]]
name = "vip"
by = "REVIEW"
valid_months = 12
[[flag]]
name = "loyal"
by = "TENURE"
months = 24
[[flag]]
name = "old-card"
by = "LEGACY"
[effective]
order = ["gold", "old-card", "vip", "loyal", "high", "two-star", "one-star", "ordinary"]
[[benefit]]
name = "reactivation"
title = "Reactivation"
levels = ["gold", "vip", "loyal"]
kind = "CLAIM"
count = 2
per = "YEAR"
from = "2025-01-01"
[[queue]]
name = "high"
position = "FIRST"
grades = ["gold", "old-card", "vip"]
answer_seconds = 20
answer_percent = 90
[[queue]]
name = "normal"
position = "NORMAL"
grades = ["loyal", "high", "two-star", "one-star", "ordinary", "other", "blacklist"]
answer_seconds = 20
answer_percent = 85
call_back_hours = 24
[[item]]
name = "kettle"
title = "Kettle"
form = "GIFT"
kind = "BOUGHT"
supplier = "kettles"
cost = 5000
stock = "COUNTED"
from = "2025-01-01"
[[price]]
item = "kettle"
quantity = 1
points = 500
cash = 2000
from = "2025-01-01"
[[sp]]
service = "ring"
share = "1/2"
from = "2025-01-01"
[orders]
complaint_days = 15
hold_days = 30
""")


def of(name):
    return f"P02/{FIRST:%Y%m%d}/{name}"


def services():
    """What else becomes of members 11 to 19, without serials: flags, orders, claims, calls, numbers
    that are merged; one merge is undone, four stay; of some what waited for a profile, and points
    that are taken back of the lot of the row above."""
    who = [member(2, n) for n in range(20)]
    return [
        f"VIP_PROPOSE,,{of('V-1')},{who[11]},vip,RANK,2026-12,G-1",
        f"VIP_PROPOSE,,{of('V-2')},{who[12]},vip,KEY_PERSON,2026-12,G-1",
        f"VIP_PROPOSE,,{of('V-3')},{who[13]},vip,RANK,2026-12,G-1",
        f"VIP_DECIDE,,{of('V-1')},1,G-2", f"VIP_DECIDE,,{of('V-2')},0,G-2",
        f"LEGACY,,{who[14]},old-card,2026-06", f"BLACKLIST,,{who[18]},1",
        f"ARREARS,,A17,{who[17]},BOTH_WAYS", "STOCK,,kettle,9",
        *(f"ORDER,,{of(f'O-{n}')},{who[10 + n]},kettle,1,500,2000," for n in range(1, 5)),
        f"ORDER_STATE,,{of('O-1')},DELIVERED,4500,300", f"ORDER_STATE,,{of('O-2')},SHIPPED,,",
        f"ORDER_STATE,,{of('O-4')},FAILED,,", f"COMPLAINT,,{of('K-1')},{of('O-1')},BROKEN",
        f"CLAIM,,,{who[15]},reactivation", f"CLAIM,,,{who[11]},reactivation",
        f"CALL,,,{who[11]},12,1,", f"CALL,,,{who[18]},50,0,7200", f"CALL,,,{who[16]},15,1,",
        f"REDEEM,,,{who[14]},2600,PHONE_CREDIT,P02,,,,",
        f"MERGE,,{of('M-1')},{who[14]},,{who[15]}", f"MERGE,,{of('M-2')},{who[16]},A16,{who[15]}",
        f"MERGE,,{of('M-3')},{who[17]},,{who[18]}", f"MERGE,,{of('M-4')},{who[14]},,{who[18]}",
        f"UNMERGE,,{of('M-3')},{who[17]}", f"BILL,,A14,{who[15]},2026-02,1700",
        f"COMPLAINT_END,,{of('K-1')},REFUNDED",
        f"BILL,,A19,{who[19]},2026-02,2300", f"MERGE,,{of('M-5')},{who[19]},,{who[11]}",
        f"BILL,,A11,{who[11]},2026-02,900", f"UNEARN,,{who[11]},LAST,4",
        f"SP_SPEND,,A18,{who[18]},2026-02,ring,600",
        f"MERGE,,{of('M-6')},{who[18]},A18,{who[17]}",
        f"SP_SPEND,,A18,{who[17]},2026-02,ring,400", f"UNEARN,,{who[17]},LAST,1"]


class Story(live_moves.Story):
    """With a programme at the node that is kept: rows of members of all kinds, an award with a
    death in it, levels of the year; and at the home from which a member comes with her standing,
    and to which she goes back with it."""

    def begin(self):
        self.make()
        self.start_all()
        self.programme(self.nodes["P02"])
        self.programme(self.nodes["P01"])
        self.a_life(self.nodes["P01"], live_moves.ANN)
        self.shop = self.partner("MER1")
        live_moves.open_day(self, "D-1")
        self.award(self.nodes["P02"])
        self.run_of(self.nodes["P02"], "GRADE", "rank", "2025-12")

    def bring(self, node, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        node.drop(path)
        self.wait((node.inbox / "accepted" / (name + ".report.txt")).exists, name)

    def programme(self, node):
        self.bring(node, "golden.toml", PROGRAMME)

    def a_life(self, node, who):
        rows = [f"PROFILE,1,,{who}", f"ACCOUNT,2,A1,{who},2020-05,MOBILE_4G,0,1,1",
                f"SPENT,3,A1,{who},2025-11,12345,1",
                f"GRADE,4,{who},level,gold,2025-06-01,"]
        self.bring(node, "life.csv", file_of("PROVINCE_DAY", "P01", FIRST, 1, rows, (0, 12345)))
        self.wait(lambda: node.status()["open_day"]["posted"], "the day is posted")

    def rows(self):
        """And the trailer's sums of points and fen."""
        out, fen = [], 0
        for n in range(11, 19):
            who = member(2, n)
            out += [f"PROFILE,{len(out) + 1},,{who}",
                    f"ACCOUNT,{len(out) + 2},A{n},{who},202{n % 6}-05,MOBILE_4G,0,1,1",
                    f"GRADE,{len(out) + 3},{who},level,{('ordinary', 'gold')[n % 2]},2025-06-01,"]
            for month in range(1, 14):
                fen += n * 1000 + month
                bill_month = f"{2025 + month // 13}-{(month - 1) % 12 + 1:02}"
                out.append(f"SPENT,{len(out) + 1},A{n},{who},{bill_month},{n * 1000 + month},1")
        for row in services():
            kind, _, rest = row.split(",", 2)
            out.append(f"{kind},{len(out) + 1},{rest}".replace("LAST", of(len(out))))
        return out, (4 * 500 + 2600 + 4 + 1,
                     fen + 4 * 2000 + 4500 + 300 + 1700 + 2300 + 900 + 600 + 400)

    def award(self, node):
        rows, sums = self.rows()
        self.bring(node, "day.csv", file_of("PROVINCE_DAY", "P02", FIRST, 1, rows, sums))
        self.wait(lambda: node.status()["open_day"]["posted"], "the day is posted")

        def award():
            return next((r for r in node.status()["runs"] if r["kind"] == "AWARD"), {})

        def state():
            return award().get("state")

        def word(*what):
            self.run("node", "run", *what, "--config", node.config)

        word("begin", "--kind", "AWARD", "--of", "2025-12")
        self.wait(lambda: state() == "COUNTED", "it is counted")
        word("drop", "--number", str(award()["number"]), "--officer", "G-0007")
        live_moves.restart(node, PH_KILL_AT="node_run_posting")
        word("begin", "--kind", "AWARD", "--of", "2025-12")
        self.wait(lambda: state() == "COUNTED", "it is counted again")
        try:
            word("publish", "--number", str(award()["number"]), "--officer", "G-0007")
        except live_moves.running.Refused:
            pass    # It died before it answered.
        node.handle.wait(30)
        live_moves.restart(node)
        self.wait(lambda: state() == "DONE", "it is done")


    def run_of(self, node, kind, grading, month):
        """A grading run to its end; its operator goes on by himself."""
        def state():
            return next((r["state"] for r in node.status()["runs"]
                         if (r["kind"], r["grading"], r["of"]) == (kind, grading, month)), "")

        def number():
            return next(str(r["number"]) for r in node.status()["runs"]
                        if (r["kind"], r["grading"], r["of"]) == (kind, grading, month))

        self.run("node", "run", "begin", "--kind", kind, "--grading", grading, "--of", month,
                 "--anyway", "--config", node.config)
        self.wait(lambda: state() == "COUNTED", f"{grading} is counted")
        self.run("node", "run", "publish", "--number", number(), "--officer", "G-0007",
                 "--config", node.config)
        self.wait(lambda: state() == "DONE", f"{grading} is done")


def live(story):
    """Gives the node whose journal is kept: members came to it, and left it again."""
    story.begin()
    live_moves.before_the_move(story)
    live_moves.the_move(story)
    live_moves.refunds(story)
    guest = live_moves.member(2, 2)  # Of whose points P02 is told what is done to them elsewhere.
    story.counters["P01"].move("M-9", guest)
    story.counters["P01"].redeem("R-8", guest, 3)
    story.set_clock(datetime.datetime(2026, 4, 1, 6))
    live_moves.nodes_have(story, 31)
    story.set_clock(datetime.datetime(2026, 4, 4, 6))
    live_moves.nodes_have(story, 34)
    story.wait(lambda: story.nodes["P02"].status()["advices"], "advices", 15)
    status, answer = story.close("2026-03")
    live_moves.need(status == 200, f"close: {answer}")
    story.wait(lambda: "event=snapshot " in story.clearing.log.read_text("utf-8"),
               "a snapshot behind the close", 30)
    live_moves.open_day(story, "D-3")
    story.sold("redemptions", "R-9", member=live_moves.ANN, points=5)
    live_moves.need(not any(story.stop()), "all of them stop with 0")
    return story.nodes["P02"]


def main():
    to = pathlib.Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as name:
        story = Story(pathlib.Path(name))
        try:
            kept = live(story)
        finally:
            story.kill()
        for kind, process in (("node", kept), ("clearing", story.clearing)):
            data = process.folder / "data"
            shutil.copytree(data / "blobs", to / kind / "blobs",
                            ignore=shutil.ignore_patterns("tmp"))
            (to / kind / "code").write_text(process.code + "\n", encoding="ascii")
            for part in ("journal", "snapshots"):
                (to / kind / part).mkdir()
                shutil.copyfile(data / part / "data.mdb", to / kind / part / "data.mdb")


if __name__ == "__main__":
    main()
