#!/usr/bin/env python3
"""Numbers that are merged, by the second implementation: what waited for a profile, rating points,
lots of before the opening, lots of no account that come along again (rulings 185 to 188, 190),
with figures made by hand."""

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

    def refund(self, member, parent, points, **columns):
        return "REFUND", {"parent": self.scene.id(*parent), "member": member, "points": points,
                          "giver": 1, **columns}

    def lot_below(self, points):
        return "LOT", {"lot": self.entry("2007-12-31", 9), "source": "CONSUMPTION",
                       "earned_month": "2007-11", "rating": 1, "original": 100,
                       "expires_on": "2011-01-01", "points": points}

    def test_rows_of_a_lot_that_lies_with_a_stranger_come_back(self):
        self.begin()
        guest = int(b.member_number(2, 1))
        self.done("2008-02-03", self.refund(self.member, ("2007-12-30", "b-1"), 10),
                  self.lot_below(10))
        self.assertEqual(["UNKNOWN_PARENT", "UNKNOWN_PARENT"], self.scene.day(
            "2008-02-04", self.refund(self.other, ("2007-12-30", "b-2"), 20), self.lot_below(20),
            ("MOVE_IN", {"id": self.scene.id("2008-02-04", "i-1"), "member": guest, "from": 2}),
            self.lot_below(30), self.refund(self.member, ("2007-12-30", "b-3"), 5),
            self.lot_below(5)))
        self.assertEqual((15, 0), (self.left(), self.left(self.other)))
        self.done("2008-02-05", self.merge("2008-02-05"),    # It is one customer's now.
                  self.refund(self.other, ("2007-12-30", "b-4"), 2), self.lot_below(2))
        self.assertEqual((0, 17), (self.left(), self.left(self.other)))

    # Merged, spent under the other number, undone, and merged again, this way or that.

    def again(self, same, before=False):
        self.begin()
        self.scene.home.rules_of_before = before
        self.done("2008-02-03", ("EARN", {"member": self.member, "earned_month": "2008-01",
                                          "source": "AWARD", "rating": 1, "points": 40}),
                  self.merge("2008-02-03"))
        both = (self.member, self.other) if same else (self.other, self.member)
        self.done("2008-02-04", self.redeem(40, member=self.other), self.unmerge("2008-02-03"),
                  ("MERGE", {"id": self.scene.id("2008-02-04", "m-2"), "member": both[0],
                             "into": both[1]}))
        return [self.refund(self.other, ("2008-02-04", "1"), 40),
                ("UNMERGE", {"merge": self.scene.id("2008-02-04", "m-2"), "member": both[0]})]

    def test_what_comes_back_is_his_whose_it_was_whichever_row_comes_first(self):
        for same in (False, True):
            for turned in (False, True):
                rows = self.again(same)
                self.done("2008-02-05", *(reversed(rows) if turned else rows))
                self.assertEqual((40, 0), (self.left(), self.left(self.other)), (same, turned))

    def test_rating_points_are_less_where_they_were_given(self):
        for same in (False, True):
            refund, end = self.again(same)
            less = "UNEARN", {"member": self.other if same else self.member, "points": 15,
                              "lot": self.entry("2008-02-03", 1)}
            self.done("2008-02-05", *([refund] if same else []), less, end)
            self.assertEqual((25, 0), (self.rated(self.member), self.rated(self.other)), same)

    def test_by_the_rules_of_before_a_lot_comes_along_with_who_has_it(self):
        for same in (False, True):
            self.done("2008-02-05", *self.again(same, before=True))
            self.assertEqual((0, 40), (self.left(), self.left(self.other)), same)

    def test_an_empty_lot_of_an_account_that_passed_is_no_part_of_a_later_merge(self):
        for turned in (False, True):
            self.begin()
            self.done("2008-02-03", self.bill("2008-01", 4000), self.redeem(40),
                      self.merge("2008-02-03", account="A-1"), self.merge("2008-02-03", "m-2"))
            rows = [self.refund(self.member, ("2008-02-03", "2"), 40),
                    self.unmerge("2008-02-03", "m-2")]
            self.done("2008-02-04", *(reversed(rows) if turned else rows))
            self.assertEqual((0, 40), (self.left(), self.left(self.other)), turned)

    def test_an_empty_lot_of_a_number_merged_before_goes_back_through_all_merges(self):
        self.begin()
        third = self.scene.member(3)
        self.done("2008-02-03", ("EARN", {"member": self.member, "earned_month": "2008-01",
                                          "source": "AWARD", "rating": 1, "points": 40}),
                  ("EARN", {"member": third, "earned_month": "2008-01", "source": "AWARD",
                            "rating": 0, "points": 1}), self.redeem(40),
                  self.merge("2008-02-03"))
        self.done("2008-02-04", ("MERGE", {"id": self.scene.id("2008-02-04", "m-2"),
                                           "member": self.other, "into": third}),
                  self.refund(self.member, ("2008-02-03", "3"), 40))
        self.assertEqual(41, self.left(third))
        self.done("2008-02-05", ("UNMERGE", {"merge": self.scene.id("2008-02-04", "m-2"),
                                             "member": self.other}))
        self.assertEqual((40, 1), (self.left(self.other), self.left(third)))
        self.done("2008-02-06", self.unmerge("2008-02-03"))
        self.assertEqual((40, 0), (self.left(), self.left(self.other)))


if __name__ == "__main__":
    unittest.main()
