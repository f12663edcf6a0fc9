#!/usr/bin/env python3
"""The programme of a province, by the second implementation: worked examples of stars and points,
the figures of the sources, and random years in which every lot is accounted for.

Environment: POINTHOUSE (the executable, which checks the files made; without it that is left out);
PH_SEEDS=A-B other seeds of years (0-5; with PH_LONG=1 0-39); CI=true fails when the
examples are not there.
"""

import hashlib
import os
import pathlib
import random
import struct
import subprocess
import sys
import tempfile
import unittest
from collections import Counter
from fractions import Fraction

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE / "programme")]

import amounts    # noqa: E402
import audit    # noqa: E402
import basics as b    # noqa: E402
import bigyear    # noqa: E402
import examples    # noqa: E402
import inputs    # noqa: E402
import memberrows    # noqa: E402
import play    # noqa: E402
import rating    # noqa: E402
import shipped    # noqa: E402
import year    # noqa: E402
from scene import Scene    # noqa: E402

EXAMPLES = HERE.parents[2] / "shared" / "examples"
STARS, POINTS = EXAMPLES / "ex2_unicom_stars", EXAMPLES / "ex3_ct_points"
CUTS = [("five-star", 5), ("four-star", 15), ("three-star", 30), ("two-star", 70)]
NOT_RUN = 77
POINTHOUSE = os.environ.get("POINTHOUSE", str(HERE.parents[1] / "build/release/pointhouse"))
MOBILE = {"service": "MOBILE_4G", "prepaid": 0, "real_name": 1, "region": 1}


def seeds():
    text = os.environ.get("PH_SEEDS", "0-39" if os.environ.get("PH_LONG") == "1" else "0-5")
    first, last = text.split("-")
    return range(int(first), int(last) + 1)


@unittest.skipUnless(EXAMPLES.is_dir(), "the folder of worked examples is not beside the project")
class WorkedExamples(unittest.TestCase):
    def test_stars_of_march_2016(self):
        self.assertEqual([], examples.StarsExample(STARS).faults())

    def test_stars_are_the_same_however_members_are_shared_into_provinces(self):
        for provinces, turn in ((3, 0), (3, 1), (7, 4)):
            self.assertEqual([], examples.StarsExample(STARS, provinces, turn).faults())

    def test_thresholds_are_told_in_the_line_of_the_page(self):
        example = examples.StarsExample(STARS, 3)
        programme = rating.digest(b"a programme")
        sent = [rating.histogram_bytes(scene.number, "star", example.rating, run.scale, programme,
                                       run.histogram)
                for scene, run in zip(example.scenes, example.runs)]
        merged = amounts.merged(rating.histogram_of(data)[4] for data in sent)
        cuts = amounts.cut_thresholds(merged, CUTS, example.scale, 10)
        self.assertEqual(
            f"THRESHOLDS,1,CLR,star,2016-03,{programme.hex()},20,10,five-star:5:1:312:310,"
            "four-star:15:3:176:180,three-star:30:6:134:130,two-star:70:14:45:50",
            rating.thresholds_text("star", example.rating, programme, 20, example.scale, cuts))

    def test_points_of_2008(self):
        self.assertEqual([], examples.PointsExample(POINTS).faults())

    def test_points_of_2008_under_option_a(self):
        self.assertEqual([], examples.option_a_faults(POINTS))

    def test_backfill_of_a_profile_completed_in_november(self):
        self.assertEqual([], examples.backfill_faults(POINTS))


class FiguresOfTheSources(unittest.TestCase):
    def account(self, scene, member, joined, name="A-1", **changes):
        scene.row("ACCOUNT", account=name, member=member, joined=joined, **{**MOBILE, **changes})

    def test_growth_3980_is_four_stars(self):
        scene = Scene(shipped.programme("china-telecom", earn={"arrears": "EARN"}))
        member = scene.member(1)
        scene.open("2008-01-03")
        self.account(scene, member, "2005-08")
        scene.close()
        self.assertEqual([], scene.day("2008-02-03", *(("ARREARS", {
            "account": "A-1", "member": member, "state": state})
            for state in ("BOTH_WAYS", "NONE", "ONE_WAY", "BOTH_WAYS", "NONE"))))
        for month in range(b.month_of("2008-01"), b.month_of("2008-12") + 1):
            day = b.day_text(b.first_day(month + 1) + 2)
            self.assertEqual([], scene.day(day, ("BILL", {
                "account": "A-1", "member": member, "bill_month": month, "fen": 30000})))
        scene.day("2009-01-12")
        run = [r for r in scene.home.runs if r.reference == b.month_of("2008-12")][0]
        self.assertEqual([(member, "star-4", 3980)], run.results)
        growth = scene.home.programme.gradings["growth"]
        person = scene.home.person(member)
        self.assertEqual("star-4", person.level_on(growth, b.day_of("2009-01-12")))

    def test_growth_only_rises_within_its_year(self):
        scene = Scene(shipped.programme("china-telecom"))
        member = scene.member(1)
        growth = scene.home.book.versions[0].gradings["growth"]
        scene.open("2008-01-03")
        self.account(scene, member, "2007-12")
        scene.close()
        bill = {"account": "A-1", "member": member}
        scene.day("2008-02-02", ("BILL", {**bill, "bill_month": "2008-01", "fen": 150000}))
        scene.day("2008-02-11")
        for month in range(b.month_of("2008-02"), b.month_of("2010-01") + 1):
            scene.day(b.day_text(b.first_day(month + 1) + 10))
        person = scene.home.person(member)
        # Reached again each month, it isn't lengthened: a star has twelve months.
        for day, level in (("2008-01-31", "no-star"), ("2008-02-01", "star-3"),
                           ("2009-01-31", "star-3"), ("2009-02-12", "no-star")):
            self.assertEqual(level, person.level_on(growth, b.day_of(day)), day)

    def test_gotone_diamond_by_spend_and_whole_years(self):
        scene = Scene(shipped.programme("china-mobile-gotone"))
        joined = {1: "2014-12", 2: "2015-12", 3: "2022-12"}
        scene.open("2025-01-05")
        for serial, month in joined.items():
            self.account(scene, scene.member(serial), month, name=f"A-{serial}")
            scene.row("BILL", account=f"A-{serial}", member=scene.member(serial),
                      bill_month="2024-06", fen=385000)
        self.assertEqual([], scene.close())
        scene.open("2025-01-20")
        run = scene.home.count("GRADE", "annual", b.month_of("2024-12"))
        self.assertEqual([("diamond", 4150), ("diamond", 4050), ("none", 3950)],
                         [(level, score) for _, level, score in run.results])
        scene.home.publish(run)
        scene.close()
        scene.day("2025-02-01")
        grade = scene.home.person(scene.member(1)).grades["annual"][-1]
        self.assertEqual(("2025-02-01", "2026-01-31"),
                         (b.day_text(grade.first), b.day_text(grade.last)))

    def test_shares_of_a_thousand_customers(self):
        programme = shipped.programme("china-telecom")
        shares = {r.level: (r.of, r.ratio) for r in programme.share}
        levels = programme.gradings["level"].levels
        histogram = {score: 1 for score in range(1, 1001)}
        standards = amounts.share_standards(shares, levels, histogram)
        self.assertEqual({"gold": (985, 16), "silver": (902, 83), "vip-card": (668, 234)},
                         standards)
        self.assertEqual(333, amounts.share_counts(shares, 1000)["vip-card"])

    def test_yearly_levels_of_a_thousand_customers_through_a_home(self):
        scene = Scene(shipped.programme("china-telecom"))
        scene.open("2008-12-31")
        for serial in range(1, 1001):
            member = scene.member(serial)
            self.account(scene, member, "2008-11", name=f"A-{serial}")
            scene.row("PROFILE", member=member)
            scene.row("BILL", account=f"A-{serial}", member=member, bill_month="2008-12",
                      fen=serial * 100)
        self.assertEqual([], scene.close())
        scene.open("2009-01-05")
        run = scene.home.count("GRADE", "level", b.month_of("2008-12"))
        scene.home.publish(run)
        scene.close()
        level = scene.home.programme.gradings["level"]
        counts = {}
        for serial in range(1, 1001):
            name = scene.home.person(scene.member(serial)).level_on(level, b.day_of("2009-01-05"))
            counts[name] = counts.get(name, 0) + 1
        self.assertEqual({"gold": 16, "silver": 83, "vip-card": 234, "ordinary": 667}, counts)

    def test_option_a_of_five_years_gives_half(self):
        scene = Scene(shipped.programme("china-telecom", tenure_award={"mode": "OPTION_A"}))
        member = scene.member(1)
        scene.open("2008-01-03").row("PROFILE", member=member)
        self.account(scene, member, "2003-12")
        scene.close()
        for month in range(b.month_of("2008-01"), b.month_of("2008-12") + 1):
            scene.day(b.day_text(b.first_day(month + 1) + 2), ("BILL", {
                "account": "A-1", "member": member, "bill_month": month, "fen": 42055}))
        self.assertEqual(2520, scene.points(member, source="TENURE"))

    def test_notices_of_march_and_june_2007(self):
        scene = Scene(shipped.programme("china-telecom"))
        member = scene.member(1)
        for month, fen in (("2004-01", 10000), ("2004-03", 20000), ("2004-06", 40000)):
            day = b.day_text(b.first_day(b.month_of(month) + 1) + 2)
            scene.open(day)
            if month == "2004-01":
                scene.row("PROFILE", member=member)
            scene.row("BILL", account="A-1", member=member, bill_month=month, fen=fen).close()
        for day in ("2007-02-28", "2007-03-01", "2007-03-02", "2007-04-01", "2007-05-31",
                    "2007-06-01", "2007-07-01"):
            scene.day(day)
        self.assertEqual([("2007-03-01", "2007-04-01", 300), ("2007-06-01", "2007-07-01", 400)],
                         [(b.day_text(made), b.day_text(run), points)
                          for made, run, _, points in scene.home.notices])
        self.assertEqual(0, sum(lot.remaining
                                for lot in scene.home.accounts[member].lots.values()))

    def test_published_thresholds_of_2015_are_inclusive(self):
        least = {"five-star": 260, "four-star": 140, "three-star": 90, "two-star": 30}
        data = shipped.data_of("china-unicom")
        star = {**data["grading"][0], "run": "MONTHLY", "standards": "FIXED", "publish": "AUTO"}
        scene = Scene(shipped.programme(
            "china-unicom", grading=[star, *data["grading"][1:]], cut=[],
            threshold=[{"grading": "star", "level": level, "min": points, "from": "2015-07-01"}
                       for level, points in least.items()]))
        scores = {260: "five-star", 259: "four-star", 140: "four-star", 139: "three-star",
                  90: "three-star", 89: "two-star", 30: "two-star", 29: "one-star", 0: "one-star"}
        scene.open("2016-03-05")
        for serial, yuan in enumerate(scores, 1):
            member, name = scene.member(serial), f"A-{serial}"
            self.account(scene, member, "2015-08", name=name)    # of no whole year: factor 1
            for month in range(b.month_of("2015-08"), b.month_of("2016-02")):
                scene.row("BILL", account=name, member=member, bill_month=month, fen=yuan * 100)
            scene.row("BILL", account=name, member=member, bill_month="2016-02", fen=1)
        self.assertEqual([], scene.close())
        scene.day("2016-03-12")
        grading = scene.home.programme.gradings["star"]
        people = [scene.home.person(scene.member(n)) for n in range(1, len(scores) + 1)]
        self.assertEqual(list(scores.values()),
                         [who.level_on(grading, b.day_of("2016-03-12")) for who in people])
        grade = people[0].grades["star"][-1]
        self.assertEqual(("RATED", "2016-03-01", "2017-02-28"),
                         (grade.reason, b.day_text(grade.first), b.day_text(grade.last)))
        # Rated again in its last month, not before.
        self.assertEqual({serial: 0 for serial in range(1, len(scores) + 1)}, {
            serial: len(who.grades["star"]) - 1 for serial, who in enumerate(people, 1)})


class Reading(unittest.TestCase):
    def test_the_day_that_has_each_of_the_rows(self):
        good = HERE.parent / "files" / "good"
        book = inputs.RuleBook(inputs.read_raw(good / "rulebook.csv"))
        file = memberrows.day_file(inputs.read_raw(good / "province-day-members.csv"), book)
        self.assertEqual(set(), set(memberrows.MEMBER_ROWS) - {r["kind"] for _, r in file.rows})

    def test_a_change_may_be_negative(self):
        self.assertEqual(-3, memberrows.parse_value("signed", "-3", None))
        self.assertRaises(b.Refused, memberrows.parse_value, "signed", "-0", None)

    def test_columns_are_those_of_the_reader_of_settlement(self):
        for kind, columns in inputs.MEMBER_ROWS.items():
            self.assertEqual([name for name, _ in columns],
                             [name for name, _ in memberrows.MEMBER_ROWS[kind]], kind)


class Ratings(unittest.TestCase):
    def test_merged_histograms_are_that_of_all_units_however_they_are_shared(self):
        rng = random.Random(20160301)
        for _ in range(200):
            scores = [rng.randrange(rng.choice((5, 400, 90000)))
                      for _ in range(rng.randint(1, 300))]
            parts = [{} for _ in range(31)]
            for score in scores:
                part = rng.choice(parts)
                part[score] = part.get(score, 0) + 1
            rng.shuffle(parts)
            merged = amounts.merged(parts)
            self.assertEqual(Counter(scores), Counter(merged))
            cuts = amounts.cut_thresholds(merged, CUTS, 10, 10)
            ranked = sorted(scores, reverse=True)
            for _, percent, rank, score, threshold in cuts:
                self.assertTrue((rank - 1) * 100 < len(scores) * percent <= rank * 100
                                or rank == 1)
                self.assertEqual(Fraction(ranked[rank - 1], 10), score)
                self.assertTrue(threshold - 5 <= score < threshold + 5 and threshold % 10 == 0)

    def test_an_award_never_gives_more_than_its_rate_of_the_sum(self):
        rng = random.Random(20081231)
        for _ in range(2000):
            rate = Fraction(rng.randint(0, 9), rng.randint(1, 12))
            total, size = rng.randrange(10 ** rng.randint(1, 12)), rng.randint(1, 10 ** 4)
            _, exact, each = amounts.award_of(rate, total, size)
            self.assertLessEqual(each * size * 100, rate * total)
            self.assertTrue(0 <= exact - each < 1)


def changed(data, place, add):
    """A batch's bytes with another number (i64) there, and the digest that they have then."""
    number = struct.unpack_from("<q", data, place)[0] + add
    body = data[:place] + struct.pack("<q", number) + data[place + 8:-32]
    return body + hashlib.sha256(body).digest()


class AuditOfBytes(unittest.TestCase):
    """The audit goes by a batch's bytes alone, and sees one number that is another."""

    def setUp(self):
        with tempfile.TemporaryDirectory() as directory:
            bigyear.BigYear("china-mobile-gotone", 25, directory).make()
            self.play = play.Play(directory)
            self.play.play()
        self.batches = [batch.seal() for batch in self.play.batches[1]]

    def faults(self, batches):
        found = audit.Audit(self.play.openings[1])
        for data in batches:
            found.take(audit.unsealed(data))
        return found.against(self.play.homes[1]), found

    def test_batches_are_read_as_they_were_written(self):
        faults, found = self.faults(self.batches)
        self.assertEqual([], faults)
        self.assertEqual(self.batches, [audit.unsealed(data).seal() for data in self.batches])
        months = list(found.months.values())
        self.assertEqual(14, len(months))
        for before, after in zip(months, months[1:]):
            self.assertEqual(before["closing"], after["opening"])

    def test_a_planted_number_is_seen(self):
        place, plain = next((n, data) for n, data in enumerate(self.batches[30:], 30)
                            if struct.unpack_from("<Q", data, 16)[0] > 1)
        original, delta = 96 + 32, 96 + 40
        for name, data in (
                ("a slice's points", changed(plain, delta, -1)),
                ("a slice's points, and the sum", changed(changed(plain, delta, 1), 40, 1)),
                ("a lot's original", changed(plain, original, 1)),
                ("the points of all", changed(plain, 40, 1)),
                ("the member", changed(plain, 96, 10)),
                ("the lot", changed(plain, 96 + 16, 1))):
            with self.subTest(name=name):
                try:
                    planted = self.batches[:place] + [data] + self.batches[place + 1:]
                    found = self.faults(planted)[0]
                    # The next batch has the digest of the one that was sealed: that alone tells.
                    self.assertTrue(any("previous" in fault for fault in found))
                    self.assertTrue(any("previous" not in fault for fault in found), found)
                except b.Refused as refused:
                    self.assertIn("a batch's", str(refused))


class RandomYears(unittest.TestCase):
    """Each seed is a year of two or three provinces, a file a day, with rows of all kinds."""

    def test_every_lot_is_accounted_for_and_the_order_of_provinces_changes_nothing(self):
        seen = Counter()
        for seed in seeds():
            with self.subTest(seed=seed), tempfile.TemporaryDirectory() as directory:
                made = year.Year(seed, directory).make()
                seen += made.counts
                there = play.Play(directory)
                there.play()
                self.assertEqual([], audit.faults_of(there)[:5])
                back = play.Play(directory, order=sorted(there.homes, reverse=True))
                back.play()
                tables = there.tables()
                self.assertEqual(made.play.tables(), tables)
                self.assertEqual(tables, back.tables())
                self.assertEqual([batch.digest for n in there.homes for batch in
                                  there.batches[n]],
                                 [batch.digest for n in there.homes for batch in
                                  back.batches[n]])
        self.none_lacks(seen)

    @unittest.skipUnless(os.access(POINTHOUSE, os.X_OK), "there is no executable to ask")
    def test_its_files_are_valid_for_the_executable(self):
        for seed in seeds()[:2]:
            with tempfile.TemporaryDirectory() as directory:
                year.Year(seed, directory).make()
                # Programmes are checked since they ship with the project.
                ends = (".csv", ".toml") if (HERE.parents[1] / "ops/programmes").is_dir() else \
                    (".csv",)
                files = sorted(str(path) for path in pathlib.Path(directory).iterdir()
                               if path.suffix in ends)
                told = subprocess.run([POINTHOUSE, "check", *files], capture_output=True,
                                      text=True, check=False)
                # It warns of names that the programme hasn't: years have such rows.
                faults = [line for line in told.stdout.splitlines()
                          if "no fault" not in line and " W1201 WARN_NAME: " not in line]
                self.assertEqual((0, []), (told.returncode, faults[:5]), f"seed {seed}")

    def none_lacks(self, seen):
        lack = {kind for kind in memberrows.MEMBER_ROWS if kind != "STANDING"} - set(seen)
        self.assertEqual(set(), lack, "kinds of rows that no year had")


def main():
    if not EXAMPLES.is_dir() and os.environ.get("CI") == "true":
        print("the folder of worked examples is not beside the project")
        return 1
    result = unittest.main(exit=False, verbosity=1).result
    if not result.wasSuccessful():
        return 1
    return 0 if EXAMPLES.is_dir() else NOT_RUN


sys.exit(main())
