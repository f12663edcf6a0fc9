#!/usr/bin/env python3
"""Writes a golden journal with the executable of today: tests/golden/make.py NEW_DIRECTORY

A node and the clearing as processes live some days of a very small country; the clearing closes the
period. What they keep is copied, without what a start makes anew. Then, once, to write `expected`:
PH_GOLDEN_WRITE=1 contract_tests --gtest_filter=*GoldenJournal*
"""

import datetime
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "ops"))

import system as running  # noqa: E402

POINTHOUSE = os.environ.get("POINTHOUSE", str(ROOT / "build" / "release" / "pointhouse"))
DAYS = 2


def live(system):
    """Gives the node whose journal is kept: one that has heard of what others did to its points."""
    system.start()
    system.open()
    for day in sorted(system.days)[:DAYS]:
        system.drop_day(day)
        system.end_day(day)
        system.wait_for_day(day)
    nodes = system.nodes.values()
    system.wait(lambda: all(node.status()["receipted"] == DAYS for node in nodes), "all receipts")
    system.wait(lambda: any(node.status()["advices"] for node in nodes), "advices", 15)
    kept = next(node for node in nodes if node.status()["advices"])
    for node in nodes:
        node.stop()
    system.set_clock(datetime.datetime(2026, 4, 20, 12))
    system.wait(lambda: not system.dropped(), "all files are taken")
    status, answer = system.close("2026-03")
    if status != 200:
        raise running.Refused(f"close: {status} {answer}")
    system.clearing.stop()
    return kept


def main():
    to = pathlib.Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        subprocess.run([POINTHOUSE, "generate", "--out", folder / "month", "--members", "500",
                        "--redemptions-per-mille", "2000",
                        "--seed", "5"], check=True,
                       stdout=subprocess.DEVNULL)
        system = running.System(POINTHOUSE, folder / "system", folder / "month")
        system.make()
        try:
            kept = live(system)
        finally:
            system.kill()
        for kind, process in (("node", kept), ("clearing", system.clearing)):
            data = process.folder / "data"
            shutil.copytree(data / "blobs", to / kind / "blobs",
                            ignore=shutil.ignore_patterns("tmp"))
            (to / kind / "journal").mkdir()
            (to / kind / "code").write_text(process.code + "\n", encoding="ascii")
            shutil.copyfile(data / "journal" / "data.mdb", to / kind / "journal" / "data.mdb")


if __name__ == "__main__":
    main()
