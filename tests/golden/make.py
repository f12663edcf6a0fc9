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
        story = live_moves.Story(pathlib.Path(name))
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
