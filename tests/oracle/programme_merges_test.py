#!/usr/bin/env python3
"""Numbers that are merged, by the second implementation: what waited for a profile, rating points,
lots of before the opening (rulings 185 to 188), with figures made by hand."""

import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE / "programme")]

import basics as b    # noqa: E402
import shipped    # noqa: E402
from memberbook import rating_points    # noqa: E402
from programme_rules_test import Stage, telecom    # noqa: E402


class Merges(Stage):
    def merge(self, day, name="m-1", **columns):
        return "MERGE", {"id": self.scene.id(day, name), "member": self.member,
                         "into": self.other, **columns}

    def unmerge(self, day, name="m-1"):
        return "UNMERGE", {"merge": self.scene.id(day, name), "member": self.member}

    def rated(self, member, month="2008-01"):
        month = b.month_of(month)
        return rating_points(self.scene.home.person(member), month, month, self.scene.home.book)

    def test_what_waited_for_a_profile_is_credited_by_the_merge(self):
        self.begin(profile=False)
        self.done("2008-08-03", self.bill("2008-01", 700), self.bill("2008-02", 1000),
                  self.bill("2008-07", 2000), ("PROFILE", {"member": self.other}),
                  self.merge("2008-08-03"))
        self.assertEqual((0, 30), (self.left(), self.left(self.other)))
        self.done("2008-08-04", self.unmerge("2008-08-03"))
        self.assertEqual((30, 0), (self.left(), self.left(self.other)))

    def test_what_is_less_of_a_bill_passes_with_its_account(self):
        self.begin()
        self.done("2008-02-03", self.bill("2008-01", 10000), self.bill("2008-01", 3000, 2),
                  ("UNEARN", {"member": self.member, "lot": self.entry("2008-02-03", 1),
                              "points": 30}))
        self.done("2008-02-04", self.merge("2008-02-04", account="A-1"))
        self.assertEqual((0, 100), (self.rated(self.member), self.rated(self.other)))

    def test_what_was_given_on_the_day_of_a_merge_is_less_where_it_was_given(self):
        sp = [{"service": "rings", "share": "1/1", "from": "2004-01-01"}]
        sources = [{**row, "rating": True} for row in shipped.data_of("china-telecom")["source"]]
        self.begin(telecom(sp=sp, source=sources))

        def spend(member):
            return "SP_SPEND", {"account": "A-1", "member": member, "bill_month": "2008-01",
                                "service": "rings", "fen": 2000}

        def less(serial, member):
            return "UNEARN", {"member": member, "points": 5,
                              "lot": self.entry("2008-02-03", serial)}

        self.done("2008-02-03", spend(self.member), self.merge("2008-02-03"), spend(self.other),
                  less(1, self.other), less(3, self.other), self.unmerge("2008-02-03"),
                  spend(self.member), less(7, self.member))
        self.assertEqual((30, 15), (self.rated(self.member), self.rated(self.other)))

    def test_a_refund_of_before_the_opening_finds_the_lot_whoever_has_it(self):
        self.begin()
        lot = self.entry("2007-12-31", 9)
        for name, member, points in (("b-1", self.member, 10), ("b-2", self.other, 20)):
            self.done("2008-02-03" if name == "b-1" else "2008-02-04",
                      ("REFUND", {"parent": self.scene.id("2007-12-30", name), "member": member,
                                  "points": points, "giver": 1}),
                      ("LOT", {"lot": lot, "source": "CONSUMPTION", "earned_month": "2007-11",
                               "rating": 1, "original": 100, "expires_on": "2011-01-01",
                               "points": points}))
        self.assertEqual((30, 0), (self.left(), self.left(self.other)))
        self.assertEqual([self.member], [member for member, account in
                                         self.scene.home.accounts.items() if lot in account.lots])


if __name__ == "__main__":
    unittest.main()
