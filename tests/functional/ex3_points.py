#!/usr/bin/env python3
"""The worked example of points (ex3_ct_points) at a node, as a process: the bills of 2008, the
award run of December, tenure and level, and the backfill of a profile completed in November. And
the same bills under option A.

Rows of other sources (SP_SPEND, PARTNER_SPEND, EVENT, FIXED_IN) are brought, and their figures
compared, once the node carries them out: until then a file with one is refused whole.
"""

import csv
import datetime
import io
import json
import os
import pathlib
import sys

import _programme_world as w
from _pointhouse import ROOT, fail

import audit
import basics as b

EXAMPLE = pathlib.Path(ROOT).parent / "shared" / "examples" / "ex3_ct_points"
FIRST = datetime.date(2008, 1, 1)
PROFILE_DAY = datetime.date(2008, 11, 10)
GONE = datetime.date(2009, 1, 5)
POSTED = datetime.date(2009, 1, 6)
NOT_RUN = 77
BACKFILLED = 99    # serial of the member of backfill.csv


def rows_of(name):
    with open(EXAMPLE / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def expect(what, want, got):
    if want != got:
        fail(f"{what}: {got}, not {want}")


def carries_out_sources():
    """Switched on by whoever carries these rows out, in core/home/carried_out.h."""
    text = pathlib.Path(ROOT, "core", "home", "carried_out.h").read_text("utf-8")
    body = text[text.index("case MemberKind::kSpSpend"):]
    return body[:body.index(";")].endswith("true")


def programme(option_a):
    text = pathlib.Path(ROOT, "ops", "programmes", "china-telecom.toml").read_text("utf-8")
    lump = 'mode = "LUMP_31DEC"'
    expect("modes of the shipped programme", 2, text.count(lump))
    return text.replace(lump, 'mode = "OPTION_A"') if option_a else text


class Story:
    def __init__(self, folder, option_a=False):
        self.accounts, self.summary = rows_of("accounts.csv"), rows_of("member_summary.csv")
        self.backfill = rows_of("backfill.csv")
        self.serial = {row["member"]: n for n, row in enumerate(self.summary, 1)}
        self.sources = carries_out_sources()
        self.files = w.Files(folder / "files", FIRST)
        self.files.programme(programme(option_a))
        self.setup()
        for month in range(1, 13):
            self.month(month)
        # He isn't of the award's example.
        self.files.day(GONE, [("LEAVE", w.member(BACKFILLED))])
        self.files.day(POSTED, [])
        self.world = w.World(folder / "system", self.files)

    def member(self, name):
        return w.member(self.serial[name])

    def setup(self):
        rows = [("PROFILE", "", self.member(row["member"])) for row in self.summary]
        rows += [("GRADE", self.member(row["member"]), "level", row["level"].replace("_", "-"),
                  "2008-01-01", "2009-01-01")
                 for row in self.summary if row["level"] != "ordinary"]
        rows += self.joining(lambda month: month <= "2008-01")
        self.files.day(datetime.date(2008, 1, 2), rows)

    def joining(self, when):
        return [("ACCOUNT", row["account"], self.member(row["member"]), row["join_month"],
                 "MOBILE_3G", 0, 1, 1) for row in self.accounts if when(row["join_month"])]

    def month(self, month):
        """The bills of a month come on the 3rd of the next; of the backfilled member, too."""
        of = f"2008-{month:02d}"
        rows = self.joining(lambda joined: joined == of and joined > "2008-01")
        rows += [("BILL", row["account"], self.member(row["member"]), of,
                  row["monthly_consumption_fen"]) for row in self.accounts
                 if month > 12 - int(row["months_billed_2008"])]
        rows += [("BILL", "BF", w.member(BACKFILLED), of, row["consumption_fen"])
                 for row in self.backfill if row["bill_month"] == of]
        if month == 7 and self.sources:
            rows += self.others()
        day = datetime.date(2008 + month // 12, month % 12 + 1, 3)
        self.files.day(day, rows)
        if day.month == PROFILE_DAY.month:
            self.files.day(PROFILE_DAY, [("PROFILE", "", w.member(BACKFILLED))])

    def others(self):
        c, d = self.member("C"), self.member("D")
        return [("SP_SPEND", "C1", c, "2008-07", "ring-tones", 10000),
                ("PARTNER_SPEND", "MER2/20080803/r1", d, "MER2", 50000),
                ("EVENT", "D1", d, "video", "", "", ""),
                ("FIXED_IN", "", self.member("A"), 1000)]

    def lots(self, serial):
        return json.loads(self.world.node.ask("GET", f"/v1/members/{w.member(serial)}")[1])

    def compare_runs(self):
        file = next(self.world.out.glob("*AWARD.csv")).read_text("utf-8")
        lines = list(csv.reader(io.StringIO(file)))
        expect("the head", ["POINTHOUSE", "AWARD", "1", w.CODE, "2008-12-31",
                             str(self.world.run_number())], lines[0])
        got = [[f"{first}+" if to == "" else f"{first}-{to}", *rest]
               for kind, first, to, *rest in lines[1:-1] if kind == "TENURE"]
        expect("tenure_award_run.csv", [list(row.values()) for row in
                                        rows_of("tenure_award_run.csv")], got)
        got = [[level.replace("-", "_"), *rest] for kind, level, *rest in lines[1:-1]
               if kind == "LEVEL"]
        want = {row["level"]: list(row.values()) for row in rows_of("level_award_run.csv")}
        for row in got:
            expect("level_award_run.csv", want.pop(row[0]), row)
        expect("levels that lack", {}, want)

    def compare_points(self):
        """What each member has: consumption and awards, and with the other sources all of it."""
        for row in self.summary:
            want = int(row["grand_total"]) if self.sources else sum(
                int(row[name]) for name in ("consumption", "tenure_award", "level_award"))
            expect(f"points of {row['member']}", want, self.lots(self.serial[row["member"]])
                   ["points"])
        for row in self.accounts:    # Each account's award, among its member's lots of December.
            each = int(row["tenure_award_points"])
            lots = self.lots(self.serial[row["member"]])["lots"]
            had = [lot["remaining"] for lot in lots if lot["earned_month"] == "2008-12"]
            if each and each not in had:
                fail(f"the award of {row['account']}: {each} isn't among {had}")

    def issued(self):
        """(member, source, rating): points of all slices of the batches in the store."""
        out = {}
        folder = self.world.node.folder / "data" / "blobs"
        blobs = [path.read_bytes() for path in folder.glob("*/*")]
        for batch in [audit.unsealed(data) for data in blobs if data.startswith(b"PHB1")]:
            pairs = [(m.member, m.slice) for m in batch.movements]
            pairs += [(item.member, of) for item in batch.items for of in item.slices]
            for member, of in pairs:
                key = b.member_text(member), b.SOURCE_NAMES[of.source], of.rating
                out[key] = out.get(key, 0) + of.delta
        return out

    def compare_rating(self):
        """Rating and other points, as the lots in the batches have the flag."""
        issued = self.issued()
        for row in self.summary:
            got = [sum(points for (member, _, rating), points in issued.items()
                       if member == self.member(row["member"]) and rating == flag)
                   for flag in (1, 0)]
            expect(f"rating and other points of {row['member']}",
                   [int(row["rating_total"]), int(row["non_rating_total"])], got)

    def compare_option_a(self):
        """What stands beside each bill, the accounts of a member together."""
        want, got = {}, {}
        for row in rows_of("option_a_comparison.csv"):
            for source, name in (("CONSUMPTION", "consumption"), ("TENURE", "tenure_uplift"),
                                 ("LEVEL", "level_uplift")):
                key = self.member(row["member"]), source
                want[key] = want.get(key, 0) + int(row[name])
        for (member, source, rating), points in self.issued().items():
            if source in ("CONSUMPTION", "TENURE", "LEVEL") and rating == 1:
                got[member, source] = got.get((member, source), 0) + points
        for member in {member for member, _ in got} - {member for member, _ in want}:
            expect("who isn't of the example", w.member(BACKFILLED), member)
        expect("option_a_comparison.csv", {key: points for key, points in want.items() if points},
               {key: points for key, points in got.items() if key in want and points})

    def compare_backfill(self):
        lots = {lot["earned_month"]: lot for lot in self.lots(BACKFILLED)["lots"]}
        for row in self.backfill:
            lot = lots.pop(row["bill_month"], None)
            expect(f"backfill of {row['bill_month']}",
                   (row["points"], row["expiry_run_date"]),
                   (str(lot["remaining"]), lot["expires_on"]) if lot else ("0", ""))
        expect("other lots", {}, lots)

    def play(self):
        world = self.world
        world.open()
        days = [date for date, _ in self.files.days]
        for date in days[:-2]:
            world.live(date)
        self.compare_backfill()
        world.live(days[-2])
        world.node.stop()
        return days[-1]

    def award(self, last):
        world = self.world
        world.start()
        world.order("begin", "--kind", "AWARD", "--of", "2008-12")
        world.wait_for_run("COUNTED")
        print(world.order("preview"))
        self.compare_runs()
        world.order("publish", "--number", world.run_number(), "--officer", w.OFFICER)
        world.live(last)
        world.wait_for_run("DONE")
        self.compare_points()
        world.seal(last)
        if self.sources:
            self.compare_rating()

    def option_a(self):
        """Without a run: what stands beside the bills is all."""
        self.world.open()
        for date, _ in self.files.days:
            self.world.live(date)
        self.world.seal(self.files.days[-1][0])
        self.compare_option_a()


def main(folder):
    if not EXAMPLE.is_dir():
        if os.environ.get("CI") == "true":
            fail("the folder of worked examples is not beside the project")
        print("not run: the worked examples are not beside the project")
        sys.exit(NOT_RUN)
    story = Story(folder)
    try:
        story.award(story.play())
    finally:
        story.world.system.kill()
    beside = Story(folder / "option-a", option_a=True)
    try:
        beside.option_a()
    finally:
        beside.world.system.kill()
    print("the worked example of points, at a node" +
          ("" if story.sources else "; other sources aren't carried out yet"))


if __name__ == "__main__":
    w.in_a_folder(main)
