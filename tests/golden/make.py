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
[effective]
order = ["gold", "ordinary"]
""")


class Story(live_moves.Story):
    """With a programme at the node that is kept, rows of members, and an award, a death in it; and
    at the home from which a member comes with her standing, and to which she goes back with it."""

    def begin(self):
        self.make()
        self.start_all()
        self.programme(self.nodes["P02"])
        self.programme(self.nodes["P01"])
        self.a_life(self.nodes["P01"], live_moves.ANN)
        self.shop = self.partner("MER1")
        live_moves.open_day(self, "D-1")
        self.award(self.nodes["P02"])

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
        out, fen = [], 0
        for n in range(11, 19):
            who = member(2, n)
            out += [f"PROFILE,{len(out) + 1},,{who}",
                    f"ACCOUNT,{len(out) + 2},A{n},{who},202{n % 6}-05,MOBILE_4G,0,1,1",
                    f"GRADE,{len(out) + 3},{who},level,{('ordinary', 'gold')[n % 2]},2025-06-01,"]
            for month in range(1, 13):
                fen += n * 1000 + month
                out.append(f"SPENT,{len(out) + 1},A{n},{who},2025-{month:02},{n * 1000 + month},1")
        return out, fen

    def award(self, node):
        rows, fen = self.rows()
        self.bring(node, "day.csv", file_of("PROVINCE_DAY", "P02", FIRST, 1, rows, (0, fen)))
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
