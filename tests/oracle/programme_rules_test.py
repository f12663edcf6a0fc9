#!/usr/bin/env python3
"""Rules of rows of members, by the second implementation, each with figures made by hand."""

import pathlib
import random
import sys
import unittest
from fractions import Fraction

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE / "programme")]

import amounts    # noqa: E402
import basics as b    # noqa: E402
import shipped    # noqa: E402
import yearfile    # noqa: E402
import sections    # noqa: E402
from memberbook import rating_points    # noqa: E402
from scene import Scene    # noqa: E402
from basics import MOVE_REASSIGN    # noqa: E402

LIMITS = {"new_days": 0, "earned_min": 0}
NEW = {"service": "MOBILE_4G", "prepaid": 0, "real_name": 1, "region": 1}


def telecom(**changes):
    return shipped.programme("china-telecom", **{"limits": LIMITS, **changes})


class Stage(unittest.TestCase):
    def begin(self, *programmes, profile=True, joined="2007-06"):
        self.scene = Scene(*(programmes or (telecom(),)), partner_codes={102: "MER2"})
        self.member, self.other = self.scene.member(1), self.scene.member(2)
        rows = [("ACCOUNT", {"account": f"A-{n}", "member": self.scene.member(n),
                             "joined": joined, **NEW}) for n in (1, 2)]
        if profile:
            rows += [("PROFILE", {"member": m}) for m in (self.member, self.other)]
        self.done("2008-01-02", *rows)

    def done(self, day, *rows):
        self.assertEqual([], self.scene.day(day, *rows))

    def bill(self, month, fen, number=1):
        return "BILL", {"account": f"A-{number}", "member": self.scene.member(number),
                        "bill_month": month, "fen": fen}

    def mine(self, **columns):
        return {"account": "A-1", "member": self.member, **columns}

    def left(self, member=None):
        return sum(lot.remaining for lot in
                   self.scene.home.accounts[member or self.member].lots.values())

    def entry(self, day, serial):
        return b.entry_id(1, b.day_of(day), serial)

    def redeem(self, points, form="PHONE_CREDIT", **more):
        return "REDEEM", {"member": self.member, "points": points, "form": form, "giver": 1,
                          **more}


class Bills(Stage):
    def test_paused_bills_are_caught_up_when_arrears_end(self):
        self.begin(telecom(earn={"catch_up_months": 2}))
        self.done("2008-02-03", ("ARREARS", self.mine(state="ONE_WAY")),
                  self.bill("2008-01", 10000))
        self.done("2008-03-03", self.bill("2008-02", 20000))
        self.done("2008-04-03", self.bill("2008-03", 40000))
        self.assertEqual(0, self.left())
        self.done("2008-04-05", ("ARREARS", self.mine(state="NONE")))
        self.assertEqual(600, self.left())   # February and March; January is too long ago.

    def test_bills_that_come_after_the_profile_earn_within_its_window_alone(self):
        self.begin(profile=False)
        self.done("2008-09-03", ("PROFILE", {"member": self.member}))
        self.done("2008-09-04", self.bill("2008-02", 10000), self.bill("2008-03", 20000))
        self.assertEqual(200, self.left())

    def test_a_device_that_left_earns_up_to_its_last_month(self):
        self.begin()
        self.done("2008-02-01", ("ACCOUNT_END", self.mine()), self.bill("2008-01", 10000))
        self.done("2008-03-01", self.bill("2008-02", 20000))
        self.assertEqual(["CLOSED"], self.scene.day("2008-04-01", self.bill("2008-03", 40000)))
        self.assertEqual(300, self.left())

    def test_a_bill_month_that_has_not_begun_comes_back(self):
        self.begin()
        self.assertEqual(["INVALID"], self.scene.day("2008-02-01", self.bill("2008-03", 40000)))

    def test_a_bill_of_the_month_of_completion_is_credited(self):
        self.begin(profile=False)
        self.done("2008-09-03", self.bill("2008-09", 10000), ("PROFILE", {"member": self.member}))
        self.assertEqual(100, self.left())

    def test_a_second_bill_and_one_too_old_come_back(self):
        self.begin()
        self.done("2008-02-03", self.bill("2008-01", 10000))
        self.assertEqual(["DUPLICATE", "TOO_OLD"], self.scene.day(
            "2008-02-04", self.bill("2008-01", 1), self.bill("2006-01", 1),
            self.bill("2006-02", 100)))

    def test_an_account_of_another_member_is_refused_and_opens_nobody(self):
        self.begin()
        stranger = self.scene.member(9)
        self.assertEqual(["NO_ACCOUNT"], self.scene.day("2008-02-03", (
            "BILL", {"account": "A-1", "member": stranger, "bill_month": "2008-01", "fen": 100})))
        self.assertNotIn(stranger, self.scene.home.accounts)

    def test_a_correction_under_option_a_takes_every_source_back(self):
        self.begin(telecom(tenure_award={"mode": "OPTION_A"}))
        self.done("2008-02-03", self.bill("2008-01", 100000))
        self.assertEqual((1000, 100), (self.scene.points(self.member, source="CONSUMPTION"),
                                       self.scene.points(self.member, source="TENURE")))
        self.done("2008-02-04", ("REBILL", self.mine(
            bill_month="2008-01", lot=self.entry("2008-02-03", 1), billed=100000,
            corrected=50500)))
        self.assertEqual(1100 - 495 - 50, self.left())
        month = b.month_of("2008-01")
        self.assertEqual(555, rating_points(self.scene.home.person(self.member), month, month,
                                            self.scene.home.book))

    def test_rounding_up_and_a_version_by_the_earned_month(self):
        first = telecom()
        second = telecom(programme={"version": 2, "effective": "2008-02-01"},
                         earn={"round": "UP", "points_per_unit": "2/1"})
        self.begin(first, second)
        self.done("2008-03-03", self.bill("2008-01", 10001), self.bill("2008-02", 10001))
        self.assertEqual((100, 201), tuple(self.scene.points(self.member, month=m)
                                           for m in ("2008-01", "2008-02")))

    def test_a_split_bill_leaves_out_what_isnt_ones_own(self):
        self.begin()
        self.done("2008-02-03", ("BILL_SPLIT", self.mine(
            bill_month="2008-01", total=10000, third_party=1500, collected=600)))
        self.assertEqual(79, self.left())

    def test_entering_a_band_gives_once(self):
        bands = [{"from": 0, "to": 6, "points": 5}, {"from": 7, "points": 70}]
        self.begin(telecom(tenure_award={"mode": "ON_ENTRY"}, tenure_band=bands))
        for month in ("2007-12", "2008-01", "2008-02", "2008-03"):
            day = b.day_text(b.first_day(b.month_of(month) + 1) + 3)
            self.done(day, self.bill(month, 100))
        self.assertEqual(75, self.scene.points(self.member, source="TENURE"))


    def test_the_joining_month_stands_once_a_bill_was_taken(self):
        self.begin(joined="2007-06")
        change = self.mine(joined="2001-01", **NEW)
        self.done("2008-02-03", self.bill("2008-01", 100), ("ACCOUNT", change))
        self.assertEqual("2007-06", b.month_text(self.scene.home.devices["A-1"].joined))


class Runs(Stage):
    def test_an_award_counts_only_spend_that_earned(self):
        self.begin(joined="2007-06")
        self.done("2008-02-03", self.bill("2008-01", 100000), self.bill("2008-01", 30000, 2),
                  ("ARREARS", self.mine(state="BOTH_WAYS")))
        self.done("2008-03-03", self.bill("2008-02", 777700))
        self.scene.open("2009-01-06")
        run = self.scene.home.count("AWARD", "", b.month_of("2008-12"))
        row = [r for r in run.preview if r[0] == "TENURE" and r[4]][0]
        self.assertEqual((13, 24, 2, 130000, 130), (*row[1:3], *row[4:6], row[8]))
        self.scene.home.publish(run)
        self.scene.row("TRANSFER", member=self.other).close()
        self.assertEqual(130, self.scene.points(self.member, source="TENURE", month="2008-12"))
        self.assertEqual(130, self.scene.points(self.other, source="TENURE", month="2008-12"))

    def test_who_left_between_count_and_publication_gets_nothing(self):
        self.begin(joined="2007-06")
        self.done("2008-02-03", self.bill("2008-01", 100000), self.bill("2008-01", 30000, 2))
        self.scene.open("2009-01-06")
        run = self.scene.home.count("AWARD", "", b.month_of("2008-12"))
        self.scene.row("LEAVE", member=self.other).close()
        self.scene.open("2009-01-07")
        self.scene.home.publish(run)
        self.scene.close()
        self.assertEqual((130, 0, 1), (self.scene.points(self.member, source="TENURE"),
                                       self.scene.points(self.other, source="TENURE"), run.gone))
        self.assertRaises(b.Refused, self.scene.home.publish, run)
        self.assertRaises(b.Refused, self.scene.home.count, *run.key)

    def test_an_account_lost_or_merged_meanwhile_gives_nothing(self):
        self.begin(joined="2007-06")
        self.done("2008-02-03", self.bill("2008-01", 100000), self.bill("2008-01", 30000, 2))
        self.scene.open("2009-01-06")
        run = self.scene.home.count("AWARD", "", b.month_of("2008-12"))
        self.scene.row("OWNER", account="A-2", member=self.other)
        self.scene.row("MERGE", member=self.member, account="A-1", into=self.other).close()
        self.scene.open("2009-01-07")
        self.scene.home.publish(run)
        self.scene.close()
        self.assertEqual((0, 0, 2), (self.scene.points(self.member, source="TENURE"),
                                     self.scene.points(self.other, source="TENURE"), run.gone))

    def test_a_star_is_of_the_best_account_that_is_left(self):
        def last_published():
            run = next(r for r in self.scene.home.runs if r.kind == "GRADE")
            self.scene.home.publish(run)
            return [self.scene.home.person(m).level_on(run.rule, self.scene.home.day)
                    for m in (self.member, self.other)], run.gone
        grading, score, factors, rows = yearfile.own_star_sections(random.Random(13))
        grading.update(run_day=9)
        score.update(months=3, months_min=0)
        rows = [{"grading": "star-own", "level": level, "min": least, "from": "2004-01-01"}
                for level, least in (("two-star", 50), ("four-star", 150))]
        for lost, last, gone in (("A-3", "one-star", 0), ("A-1", "four-star", 0),
                                 ("both", "no-star", 1)):
            self.begin(telecom(grading=[grading], score=[score], factor=factors, threshold=rows,
                               share=[], tenure_award={"mode": "NONE"},
                               level_award={"mode": "NONE", "grading": "star-own"},
                               effective={"order": list(reversed(yearfile.STARS))}),
                       joined="2007-12")
            self.done("2008-01-03", ("ACCOUNT", {
                "account": "A-3", "member": self.member, "joined": "2007-12", **NEW}))
            self.done("2008-02-05", *[
                ("BILL", {"account": account, "member": member, "bill_month": month, "fen": fen})
                for account, member, fen in (("A-1", self.member, 2000), ("A-2", self.other, 6000),
                                             ("A-3", self.member, 20000))
                for month in ("2007-12", "2008-01")])
            self.done("2008-02-10", *[("OWNER", self.mine(account=account)) for account in
                                      (("A-1", "A-3") if lost == "both" else (lost,))])
            self.scene.open("2008-02-11")
            self.assertEqual(([last, "two-star"], gone), last_published())

    def test_growth_leaves_out_the_joining_month(self):
        self.begin(joined="2008-01")
        self.done("2008-02-03", self.bill("2008-01", 500000))
        self.done("2008-03-03", self.bill("2008-02", 10000))
        self.done("2008-03-12")
        run = self.scene.home.runs[-1]
        self.assertIn((self.member, "no-star", 110), run.results)

    def test_parts_that_exceed_the_whole_are_cut_off_at_it(self):
        levels = ["none", "card", "silver", "gold"]
        shares = {"card": ("all", Fraction(1, 2)), "silver": ("card", Fraction(3, 4)),
                  "gold": ("card", Fraction(1, 2))}
        histogram = {score: 1 for score in range(1, 17)}
        self.assertEqual({"gold": (13, 4), "silver": (9, 4), "card": (9, 0)},
                         amounts.share_standards(shares, levels, histogram))
        self.assertEqual({"gold": (1, 4), "silver": (1, 4), "card": (1, 0)},
                         amounts.share_standards(shares, levels, {0: 16}))

    def test_a_share_of_seven_is_rounded_up_to_a_rank(self):
        self.assertEqual([1, 2, 3, 5, 1], [amounts.rank_of(7, p) for p in (5, 15, 30, 70, 1)])


class Campaigns(Stage):
    def test_all_conditions_hold_and_the_budget_ends(self):
        row = {"name": "video", "title": "Video", "services": ["video"], "channels": ["app"],
               "points": 40, "per": "EVENT", "budget": 100, "from": "2008-01-01"}
        self.begin(telecom(campaign=[row]))
        event = self.mine(service="video", channel="app")
        self.done("2008-02-01", ("EVENT", event), ("EVENT", self.mine(service="video")),
                  ("EVENT", event), ("EVENT", event))
        self.assertEqual(80, self.scene.points(self.member, source="AWARD"))


class Limits(Stage):
    def test_each_has_its_code(self):
        limits = {"single_max": 300, "daily_max": 400, "earned_min": 100, "new_days": 30}
        self.begin(telecom(limits=limits), joined="2007-12")
        self.assertEqual(["NEW_ACCOUNT"], self.scene.day("2008-01-30", self.redeem(10)))
        self.assertEqual(["EARNED_TOO_LITTLE"], self.scene.day("2008-02-01", self.redeem(10)))
        self.done("2008-02-03", self.bill("2008-01", 200000))
        self.assertEqual(["OVER_SINGLE", "OVER_DAILY"], self.scene.day(
            "2008-02-04", self.redeem(301), self.redeem(300), self.redeem(101),
            ("REFUND", {"parent": self.scene.id("2008-02-04", "2"), "member": self.member,
                        "points": 50, "giver": 1}), self.redeem(101)))
        self.assertEqual(["BLACKLISTED", "IN_ARREARS"], self.scene.day(
            "2008-02-05", ("BLACKLIST", {"member": self.member, "on": 1}),
            ("ARREARS", self.mine(state="ONE_WAY")), self.redeem(1),
            ("BLACKLIST", {"member": self.member, "on": 0}), self.redeem(1)))


class Owners(Stage):
    def test_only_the_lots_of_the_account_are_forfeited(self):
        self.begin()
        self.done("2008-02-03", self.bill("2008-01", 10000),
                  ("EARN", {"member": self.member, "source": "AWARD", "earned_month": "2008-01",
                            "points": 7, "rating": 1}), ("OWNER", self.mine()))
        self.assertEqual(7, self.left())
        self.done("2008-03-03", ("BILL", {"account": "A-1", "member": self.other,
                                          "bill_month": "2008-01", "fen": 5000}))
        self.assertEqual(50, self.left(self.other))

    def test_a_merge_and_its_end_bring_each_lot_where_it_belongs(self):
        self.begin()
        self.done("2008-02-03", self.bill("2008-01", 10000), self.bill("2008-01", 30000, 2),
                  ("MERGE", {"id": self.scene.id("2008-02-03", "m-1"), "member": self.member,
                             "into": self.other}))
        self.assertEqual((0, 400), (self.left(), self.left(self.other)))
        self.assertEqual([-100, 100], [m.slice.delta for m in self.scene.batches[-1].movements
                                       if m.kind == MOVE_REASSIGN])
        self.assertEqual(["MERGED"], self.scene.day("2008-03-03", self.bill("2008-02", 100)))
        self.done("2008-03-04", ("BILL", {"account": "A-1", "member": self.other,
                                          "bill_month": "2008-02", "fen": 2000}),
                  ("UNMERGE", {"merge": self.scene.id("2008-02-03", "m-1"),
                               "member": self.member}))
        self.assertEqual((120, 300), (self.left(), self.left(self.other)))

    def test_debts_pass_with_the_whole_number(self):
        self.begin()
        lot = self.entry("2008-02-03", 1)
        self.done("2008-02-03", self.bill("2008-01", 10000), self.redeem(90),
                  ("UNEARN", {"member": self.member, "lot": lot, "points": 60}),
                  self.bill("2008-01", 30000, 2),
                  ("MERGE", {"member": self.member, "into": self.other}))
        home = self.scene.home
        self.assertEqual(({}, {1: 50}), (home.accounts[self.member].debts,
                                         home.accounts[self.other].debts))
        moved = [m.slice.delta for m in self.scene.batches[-1].movements
                 if m.kind == MOVE_REASSIGN]
        self.assertEqual([50, -50], moved)

    def test_a_refund_under_a_merged_number_reaches_the_new_one(self):
        self.begin()
        self.done("2008-02-03", self.bill("2008-01", 10000), self.redeem(100),
                  ("MERGE", {"member": self.member, "into": self.other}),
                  ("REFUND", {"parent": self.scene.id("2008-02-03", "2"), "member": self.member,
                              "points": 60, "giver": 1}))
        self.assertEqual((0, 60), (self.left(), self.left(self.other)))


class Grades(Stage):
    def propose(self, officer="S-2", until="2008-12"):
        id_ = self.scene.id("2008-02-01", "v-" + officer)
        return [("VIP_PROPOSE", {"id": id_, "member": self.member, "flag": "vip", "why": "RANK",
                                 "until": until, "officer": "S-1"}),
                ("VIP_DECIDE", {"proposal": id_, "approve": 1, "officer": officer})]

    def made_up(self):
        """The programme of random years: flags, plans, sheets."""
        data = yearfile.first_version(random.Random(1), b.day_of("2008-01-01"))
        data["limits"] = LIMITS
        data["earn"] = {}
        return sections.Programme(data)

    def test_a_grade_brought_along_ends_before_its_last_column(self):
        self.begin(self.made_up())
        self.done("2008-02-01", ("GRADE", {"member": self.member, "grading": "level",
                                           "level": "silver", "from": "2008-02-01",
                                           "to": "2008-03-01"}))
        self.assertEqual(("silver", "ordinary"), (self.effective("2008-02-29"),
                                                  self.effective("2008-03-01")))

    def by_threshold(self):
        """vip-card from 100, silver from 300; in class 3 from 50."""
        data = self.made_up().data
        data["threshold"] = [
            {"grading": "level", "level": level, "region": region, "min": least,
             "from": "2004-01-01"}
            for level, region, least in (("vip-card", 1, 100), ("silver", 1, 300),
                                         ("vip-card", 3, 50))]
        data["grading"][0].update(standards="FIXED", apply_months=1, effective="01-01",
                                  lapse=True, valid_months=12)
        data.pop("share", None)
        return sections.Programme(data)

    def run_of(self, day, december):
        self.scene.open(day)
        run = self.scene.home.count("GRADE", "level", b.month_of(december))
        self.scene.home.publish(run)
        self.scene.close()

    def test_of_two_accounts_the_dearer_class_counts(self):
        self.begin(self.by_threshold())
        for name, member in (("B-1", self.member), ("A-2", self.other)):
            self.done("2008-02-0" + ("1" if name == "B-1" else "2"), ("ACCOUNT", {
                "account": name, "member": member, "joined": "2008-01", **{**NEW, "region": 3}}))
        self.done("2008-03-03", self.bill("2008-02", 6000), self.bill("2008-02", 6000, 2))
        self.run_of("2009-01-05", "2008-12")
        self.assertEqual(("ordinary", "vip-card"), (
            self.effective("2009-01-05"), self.effective("2009-01-05", self.other)))

    def level(self, day):
        home = self.scene.home
        return home.person(self.member).level_on(home.programme.gradings["level"],
                                                 b.day_of(day))

    def test_a_run_doesnt_lower_what_was_applied_for_in_the_year_after_its_own(self):
        self.begin(self.by_threshold())
        self.done("2008-03-03", self.bill("2008-02", 10000))
        self.done("2009-01-03", self.bill("2008-12", 1000), self.bill("2009-01", 30000), (
            "APPLY", {"member": self.member, "grading": "level", "level": "silver",
                      "from": "2009-01"}))
        self.run_of("2009-01-05", "2008-12")
        self.assertEqual(("silver", "silver"), (self.level("2009-01-05"),
                                                self.level("2009-12-31")))
        self.run_of("2010-01-05", "2009-12")
        self.assertEqual("silver", self.level("2010-01-05"))
        self.run_of("2011-01-05", "2010-12")
        self.assertEqual("ordinary", self.level("2011-01-05"))

    def test_a_run_that_was_dropped_is_not_published(self):
        self.begin()
        self.scene.open("2009-01-05")
        run = self.scene.home.count("AWARD", "", b.month_of("2008-12"))
        self.scene.home.drop(run)
        self.assertRaises(b.Refused, self.scene.home.publish, run)
        again = self.scene.home.count("AWARD", "", b.month_of("2008-12"))
        self.assertEqual(run.preview, again.preview)
        self.scene.home.publish(again)

    def test_two_people_make_a_vip(self):
        self.begin(self.made_up())
        self.assertEqual(["ONE_PERSON"], self.scene.day("2008-02-01", *self.propose("S-1")))
        self.done("2008-02-02", *self.propose())
        self.assertEqual("vip", self.effective("2008-02-02"))
        self.assertEqual("vip", self.effective("2008-07-31"))     # Six months, not until 2008-12.
        self.assertEqual("ordinary", self.effective("2008-08-01"))

    def effective(self, day, member=None):
        home = self.scene.home
        return home.person(member or self.member).effective_on(home.programme, b.day_of(day))

    def test_a_plan_gives_its_level_at_once_and_takes_it_with_it(self):
        self.begin(self.made_up())
        self.done("2008-02-01", ("PLAN", self.mine(plan="p-199")))
        self.assertEqual("plan-gold", self.effective("2008-02-01"))
        self.done("2008-02-05", ("PLAN", self.mine()))
        self.assertEqual("ordinary", self.effective("2008-02-05"))
        self.assertEqual(["UNKNOWN_NAME"], self.scene.day("2008-02-06", (
            "PLAN", self.mine(plan="p-0"))))

    def test_a_plan_ends_with_its_account(self):
        back = ("ACCOUNT", {"account": "A-1", "member": Scene().member(1), "joined": "2007-06",
                            **NEW})
        for end in ("ACCOUNT_END", "OWNER"):
            self.begin(self.made_up())
            self.done("2008-02-01", ("PLAN", self.mine(plan="p-199")))
            self.done("2008-02-02", (end, self.mine()), back)
            self.done("2008-02-03", ("ACCOUNT", {**back[1], "account": "A-3"}),
                      ("ACCOUNT_END", {"account": "A-3", "member": self.member}))
            self.assertEqual("ordinary", self.effective("2008-02-03"), end)
            self.done("2008-02-04", ("ACCOUNT_END", self.mine()),
                      ("PLAN", self.mine(plan="p-199")), back,
                      ("ACCOUNT_END", {"account": "A-3", "member": self.member}))
            self.assertEqual("ordinary", self.effective("2008-02-04"), end)

    def test_what_was_given_last_by_a_month_is_the_flag_of_it(self):
        self.begin(self.made_up())
        self.done("2008-02-01", ("LEGACY", {"member": self.member, "flag": "legacy-gold",
                                            "until": "2008-04"}))
        self.done("2008-03-01", ("LEGACY", {"member": self.member, "flag": "legacy-gold",
                                            "until": "2008-03"}))
        self.done("2008-06-01", ("LEGACY", {"member": self.member, "flag": "legacy-gold",
                                            "until": "2008-06"}))
        flags = [bool(self.scene.home.person(self.member).given_flags(b.month_of(month)))
                 for month in ("2008-01", "2008-02", "2008-03", "2008-04", "2008-06", "2008-07")]
        self.assertEqual([False, True, True, False, True, False], flags)

    def test_a_sheet_grades_by_its_total(self):
        self.begin(self.made_up())
        total = {"strength": 10, "growth": 10, "profit": 10, "relationship": 15}
        for extra, grade in ((14, "b"), (15, "a")):
            self.scene.open("2008-02-01" if grade == "b" else "2008-02-02")
            self.scene.row("SHEET", member=self.member, sheet="b2b", grading="b2b")
            self.scene.row("INPUT", input="nature", value=3)
            for name, points in {**total, "importance": extra}.items():
                value = 2 if points == 14 else 3
                self.scene.row("INPUT", input=name, value=value, points=points)
            self.assertEqual([], self.scene.close())
            self.assertEqual(grade, self.effective("2008-02-02"))

    def test_an_application_by_a_window_that_reaches_the_threshold(self):
        levels = [dict(r, **{"from": "2004-01-01"}) for r in (
            {"grading": "level", "level": "vip-card", "region": 1, "min": 100},
            {"grading": "level", "level": "silver", "region": 1, "min": 300})]
        data = self.made_up().data
        data["threshold"] = levels
        data["grading"][0].update(standards="FIXED", apply_months=2, effective="01-01")
        data.pop("share", None)
        self.begin(sections.Programme(data))
        self.done("2008-02-03", self.bill("2008-01", 20000))
        ask = {"member": self.member, "grading": "level", "from": "2008-01"}
        self.assertEqual(["NOT_REACHED"], self.scene.day("2008-02-04", (
            "APPLY", {**ask, "level": "silver"})))    # Its window isn't over.
        self.done("2008-03-03", self.bill("2008-02", 10000))
        self.assertEqual(["NOT_REACHED"], self.scene.day(
            "2008-03-04", ("APPLY", {**ask, "level": "silver"}),
            ("APPLY", {**ask, "level": "vip-card"})))
        grade = self.scene.home.person(self.member).grades["level"][-1]
        self.assertEqual(("silver", "2008-03-04", "2008-12-31", "APPLICATION"),
                         (grade.level, b.day_text(grade.first), b.day_text(grade.last),
                          grade.reason))


class Orders(Stage):
    def order(self, item="handset", points=5000, cash=150000):
        return "ORDER", {"member": self.member, "item": item, "quantity": 1, "points": points,
                         "cash": cash}

    def start(self):
        self.begin()
        self.done("2008-02-03", self.bill("2008-01", 2000000),
                  ("STOCK", {"item": "handset", "change": 1}))

    def test_points_are_held_then_taken_with_cost_and_cash(self):
        self.start()
        self.assertEqual(["PRICE", "OUT_OF_STOCK"], self.scene.day(
            "2008-02-04", self.order(points=4999), self.order(), self.order()))
        self.assertEqual(20000, self.left())
        self.done("2008-02-06", ("ORDER_STATE", {"order": self.scene.id("2008-02-04", "2"),
                                                 "state": "DELIVERED"}))
        item = self.scene.batches[-1].items[0]
        self.assertEqual((15000, 5000, 150000, 0, 150000), (
            self.left(), item.points, item.cost, item.freight, item.cash))
        state = {"order": self.scene.id("2008-02-04", "2"), "state": "RETURNED"}
        self.assertEqual(["STATE"], self.scene.day("2008-02-22", ("ORDER_STATE", state)))

    def test_a_complaint_that_is_right_gives_back_the_whole(self):
        self.start()
        order = self.scene.id("2008-02-04", "1")
        self.done("2008-02-04", self.order(),
                  ("ORDER_STATE", {"order": order, "state": "DELIVERED"}))
        self.done("2008-02-19", ("COMPLAINT", {"id": self.scene.id("2008-02-19", "c-1"),
                                               "order": order, "why": "BROKEN"}))
        self.done("2008-04-01", ("COMPLAINT_END", {
            "complaint": self.scene.id("2008-02-19", "c-1"), "outcome": "REFUNDED"}))
        self.assertEqual(20000, self.left())
        self.assertEqual("RETURNED", self.scene.home.orders[order]["state"])

    def test_an_order_fails_by_itself_after_ninety_days(self):
        self.start()
        self.done("2008-02-04", self.order())
        order = self.scene.home.orders[self.scene.id("2008-02-04", "1")]
        self.done("2008-05-04")
        self.assertEqual("CREATED", order["state"])
        self.done("2008-05-05")
        self.assertEqual(("FAILED", 1), (order["state"], self.scene.home.stock["handset"]))

    def test_an_order_whose_id_is_too_old_is_not_delivered(self):
        self.start()
        kind, columns = self.order()
        order = self.scene.id("2008-01-05", "o-1")
        self.done("2008-02-04", (kind, {**columns, "id": order}))
        state = "ORDER_STATE", {"order": order, "state": "DELIVERED"}
        self.assertEqual(["TOO_OLD"], self.scene.day("2008-04-05", state))
        self.done("2008-05-05")
        self.assertEqual("FAILED", self.scene.home.orders[order]["state"])
        self.assertEqual(20000, self.left())

    def test_an_order_is_delivered_on_the_last_day_of_its_id(self):
        self.start()
        kind, columns = self.order()
        order = self.scene.id("2008-01-05", "o-1")
        self.done("2008-02-04", (kind, {**columns, "id": order}))
        self.done("2008-04-04", ("ORDER_STATE", {"order": order, "state": "DELIVERED"}))

    def test_an_order_is_not_refunded_by_its_id(self):
        self.start()
        order = self.scene.id("2008-02-04", "1")
        self.done("2008-02-04", self.order(),
                  ("ORDER_STATE", {"order": order, "state": "DELIVERED"}))
        refund = {"parent": order, "member": self.member, "points": 5000,
                  "giver": self.scene.number}
        self.assertEqual(["UNKNOWN_PARENT"], self.scene.day("2008-02-05", ("REFUND", refund)))
        self.done("2008-02-06", ("ORDER_STATE", {"order": order, "state": "RETURNED"}))
        self.assertEqual(20000, self.left())

    def test_more_pieces_than_anybody_stores_come_back(self):
        self.start()
        pieces = self.scene.home.stock
        pieces["handset"] = 10 ** 15 - 3
        self.assertEqual(["INVALID"], self.scene.day(
            "2008-02-04", ("STOCK", {"item": "handset", "change": 4}),
            ("STOCK", {"item": "handset", "change": 3})))
        self.assertEqual(10 ** 15, pieces["handset"])

    def test_top_ups_go_in_whole_steps(self):
        self.start()
        self.assertEqual(["PRICE"], self.scene.day(
            "2008-02-04", self.order("phone-credit", 150, 0), self.order("phone-credit", 200, 0)))
        self.assertEqual(19800, self.left())


class Claims(Stage):
    def test_the_best_reactivation_applies_once(self):
        data = shipped.data_of("china-mobile-gotone")
        changes = {section: [dict(row, **{"from": "2008-01-01"}) for row in data[section]]
                   for section in ("entry", "benefit")}
        self.begin(shipped.programme("china-mobile-gotone",
                                     programme={"effective": "2008-01-01"}, **changes))
        for n, plan in ((1, "gotone-199"), (2, "gotone-129")):
            self.done(f"2008-02-0{n}", ("PLAN", {"account": f"A-{n}",
                                                 "member": self.scene.member(n), "plan": plan}))

        def claim(n, name):
            return "CLAIM", {"member": self.scene.member(n), "benefit": name}
        self.assertEqual(["NOT_ENTITLED"] * 3, self.scene.day(
            "2008-02-05", claim(1, "reactivation-48"), claim(1, "reactivation-72"),
            claim(1, "reactivation-72"), claim(2, "reactivation-48"),
            claim(2, "reactivation-72")))


if __name__ == "__main__":
    unittest.main()
