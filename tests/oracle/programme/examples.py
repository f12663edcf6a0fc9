"""The worked examples of stars and points, played, and held against their files."""

import csv
import json
import pathlib
from collections import Counter
from fractions import Fraction

import amounts
import basics as b
import shipped
from scene import Scene

STARS = {"five-star": "five", "four-star": "four", "three-star": "three", "two-star": "two"}


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def text_of(rows):
    return [{key: str(value) for key, value in row.items()} for row in rows]


# Stars.

def spread(total, months):
    """A sum as bills of so many months: it is the sum alone that counts."""
    part = total // len(months)
    return [(month, part + (total - part * len(months) if month == months[-1] else 0))
            for month in months]


class StarsExample:
    def __init__(self, directory, provinces=1, turn=0):
        self.directory = pathlib.Path(directory)
        self.members = rows_of(self.directory / "input_members.csv")
        self.rating = b.month_of(json.loads(
            (self.directory / "thresholds.json").read_text())["rating_month"])
        programme = shipped.programme("china-unicom")
        self.programme = programme
        self.scenes = [Scene(programme, number=n + 1) for n in range(provinces)]
        self.where = {}
        for scene in self.scenes:
            scene.open("2016-04-02")
        for place, row in enumerate(self.members):
            scene = self.scenes[(place + turn) % provinces]
            self.where[row["id"]] = scene, scene.member(place + 1)
            self.person(scene, scene.member(place + 1), row)
        codes = [scene.close() for scene in self.scenes]
        assert not any(codes), codes
        self.rate()

    def person(self, scene, member, row):
        scene.row("ACCOUNT", account=row["id"], member=member, joined=row["join_month"],
                  service="DATA_CARD" if row["data_card"] == "1" else "MOBILE_4G", prepaid=0,
                  real_name=int(row["real_name"]), region=1)
        first = max(self.rating - 12, b.month_of(row["join_month"]))
        for month, fen in spread(int(row["billed_total_fen"]), range(first, self.rating)):
            scene.row("BILL", account=row["id"], member=member, bill_month=month, fen=fen)
        billed = 100 if row["billed_in_rating_month"] == "1" else 0
        scene.row("BILL", account=row["id"], member=member, bill_month=self.rating, fen=billed)
        if row["vip_flag"] == "1":
            id_ = scene.id("2016-04-02", "v-" + row["id"])
            scene.row("VIP_PROPOSE", id=id_, member=member, flag="vip", why="RANK",
                      until="2017-03", officer="A-1")
            scene.row("VIP_DECIDE", proposal=id_, approve=1, officer="A-2")
        if row["legacy_vip_until"]:
            scene.row("LEGACY", member=member, flag="legacy-gold",
                      until=row["legacy_vip_until"])

    def rate(self):
        runs = []
        for scene in self.scenes:
            scene.open("2016-04-03")
            runs.append(scene.home.count("GRADE", "star", self.rating))
        self.scale = runs[0].scale
        self.histogram = amounts.merged([run.histogram for run in runs])
        cuts = sorted(((r.level, r.percent) for r in self.programme.cut), key=lambda c: c[1])
        self.thresholds = amounts.cut_thresholds(self.histogram, cuts, self.scale, 10)
        self.runs = runs
        for scene, run in zip(self.scenes, runs):
            scene.home.grade_by(run, self.thresholds)
            scene.home.publish(run)
            scene.close()

    def ratings(self):
        rows, programme = [], self.programme
        reached = {t[0]: t[4] for t in self.thresholds}
        first, last = b.first_day(self.rating + 1), b.last_day(self.rating + 12)
        scored = {d.name: s for run in self.runs for d, s in run.scored}
        order = sorted(scored, key=lambda name: -scored[name])
        for rank, name in enumerate(order, 1):
            scene, member = self.where[name]
            person = scene.home.person(member)
            device = scene.home.devices[name]
            months = self.rating - device.joined
            used = min(12, months)
            total = device.spend(max(device.joined, self.rating - 12), self.rating - 1)
            grade = person.grade_on("star", first)
            score = Fraction(scored[name], self.scale)
            arpu = amounts.arpu_yuan(total, used)
            flags = person.flags_on(programme, first)
            effective = person.effective_on(programme, first)
            assert grade.level == (amounts.level_for(score, programme.grading[0].levels, reached)
                                   if score >= min(reached.values()) else "one-star")
            rows.append({
                "rank": rank, "id": name, "join_month": b.month_text(device.joined),
                "complete_months": months, "months_averaged": used, "billed_total_fen": total,
                "arpu_yuan_exact": b.fraction_text(Fraction(total, 100 * used)),
                "arpu_score": arpu, "tenure_score": b.fraction_text(score / arpu),
                "composite_score": b.fraction_text(score), "star": grade.level,
                "vip": int("vip" in flags), "loyal": int("loyal" in flags),
                "effective_level": "VIP" if effective == "vip" else effective,
                "effective_from": b.day_text(grade.first),
                "effective_to": b.day_text(grade.last)})
            assert grade.last == last
        return text_of(rows)

    def not_rated(self):
        """id -> reason word, in the order of the input."""
        out = {}
        for row in self.members:
            scene, member = self.where[row["id"]]
            home = scene.home
            grading = self.programme.grading[0]
            person = home.person(member)
            held = person.grades.pop("star", None)   # As it was before the rating.
            reason = home.why_not_rated(self.programme, grading,
                                        self.programme.score_of(grading),
                                        home.devices[row["id"]], person, self.rating)
            if held:
                person.grades["star"] = held
            if reason:
                out[row["id"]] = reason
        return out

    def faults(self):
        """What differs from the example's files."""
        faults = []
        if self.ratings() != rows_of(self.directory / "expected_ratings.csv"):
            faults.append("expected_ratings.csv")
        words = {"MONTHS": "only in its 6th", "SERVICE": "data card", "REAL_NAME": "not real-name",
                 "NOT_BILLED": "not billed", "LEGACY": "legacy VIP"}
        expected = rows_of(self.directory / "expected_not_rated.csv")
        got = self.not_rated()
        if [r["id"] for r in expected] != list(got) or not all(
                r["reason"].startswith(words[got[r["id"]]]) for r in expected):
            faults.append("expected_not_rated.csv")
        wanted = json.loads((self.directory / "thresholds.json").read_text())
        table = {STARS[level]: {"percent": percent, "rank": rank,
                                "score_at_rank": b.fraction_text(score), "threshold": threshold}
                 for level, percent, rank, score, threshold in self.thresholds}
        rated = self.ratings()
        if (table, sum(self.histogram.values()), dict(Counter(r["star"] for r in rated)),
                dict(Counter(r["effective_level"] for r in rated))) != (
                wanted["thresholds"], wanted["rated_members"], wanted["star_counts"],
                wanted["effective_counts"]):
            faults.append("thresholds.json")
        return faults


# Points.

LEVELS = {"ordinary": "ordinary", "vip_card": "vip-card", "silver": "silver", "gold": "gold",
          "diamond": "diamond"}


class PointsExample:
    """2008: bills month by month, other sources, and the award run of December."""

    def __init__(self, directory, option_a=False):
        self.directory = pathlib.Path(directory)
        self.accounts = rows_of(self.directory / "accounts.csv")
        self.expected = rows_of(self.directory / "member_summary.csv")
        mode = {"mode": "OPTION_A"} if option_a else {"mode": "LUMP_31DEC"}
        self.programme = shipped.programme("china-telecom", tenure_award=mode, level_award=mode)
        self.scene = scene = Scene(self.programme, partner_codes={102: "MER2"})
        names = [row["member"] for row in self.expected]
        self.members = {name: scene.member(i + 1) for i, name in enumerate(names)}
        self.codes = []
        self.opening()
        for month in range(b.month_of("2008-01"), b.month_of("2008-12") + 1):
            self.month(month)
        if not option_a:
            scene.open("2009-01-06")
            self.run = scene.home.count("AWARD", "", b.month_of("2008-12"))
            scene.home.publish(self.run)
            self.codes += scene.close()
        assert not self.codes, self.codes

    def opening(self):
        rows = [("PROFILE", {"member": member}) for member in self.members.values()]
        rows += [("GRADE", {"member": self.members[row["member"]], "grading": "level",
                            "level": LEVELS[row["level"]], "from": "2008-01-01",
                            "to": "2009-01-01"})
                 for row in self.expected if row["level"] != "ordinary"]
        rows += [("ACCOUNT", {"account": row["account"], "member": self.members[row["member"]],
                              "joined": row["join_month"], "service": "MOBILE_3G", "prepaid": 0,
                              "real_name": 1, "region": 1}) for row in self.accounts]
        self.codes += self.scene.day("2008-01-02", *rows)

    def month(self, month):
        """The bills of a month, which come on the 3rd of the next."""
        rows = []
        for row in self.accounts:
            first = b.month_of("2008-12") - int(row["months_billed_2008"]) + 1
            if month >= first:
                rows.append(("BILL", {"account": row["account"],
                                      "member": self.members[row["member"]],
                                      "bill_month": month,
                                      "fen": int(row["monthly_consumption_fen"])}))
        if month == b.month_of("2008-07"):
            c1 = {"account": "C1", "member": self.members["C"]}
            d1 = {"account": "D1", "member": self.members["D"]}
            rows += [("SP_SPEND", {**c1, "bill_month": month, "service": "ring-tones",
                                   "fen": 10000}),
                     ("PARTNER_SPEND", {"id": (102, b.day_of("2008-08-03"), b"r1"),
                                        "member": self.members["D"], "partner": 102,
                                        "fen": 50000}),
                     ("EVENT", {**d1, "service": "video"}), ("EVENT", {**d1, "service": "video"}),
                     ("FIXED_IN", {"member": self.members["A"], "units": 1000})]
        self.codes += self.scene.day(b.day_text(b.first_day(month + 1) + 2), *rows)

    def points(self, name, **wanted):
        return self.scene.points(self.members[name], **wanted)

    def summary(self):
        rows = []
        for row in self.expected:
            name = row["member"]
            rating = self.points(name, rating=1)
            got = {"member": name, "level": row["level"],
                   "consumption": self.points(name, source="CONSUMPTION"),
                   "tenure_award": self.points(name, source="TENURE"),
                   "level_award": self.points(name, source="LEVEL"),
                   "other_rating": sum(self.points(name, source=s)
                                       for s in ("AWARD", "FIXED_LINE")),
                   "rating_total": rating, "non_rating_total": self.points(name, rating=0),
                   "grand_total": self.points(name)}
            december = b.month_of("2008-12")
            from memberbook import rating_points
            assert rating == rating_points(self.scene.home.person(self.members[name]),
                                           december - 11, december, self.scene.home.book)
            rows.append(got)
        return text_of(rows)

    def tenure_run(self):
        return text_of({
            "band_months": f"{first}+" if to is None else f"{first}-{to}",
            "rate": b.fraction_text(rate), "accounts": n, "sum_consumption_fen": total,
            "average_fen": b.fraction_text(average),
            "award_exact_points": b.fraction_text(exact), "award_points_each": each}
            for kind, first, to, rate, n, total, average, exact, each in self.run.preview
            if kind == "TENURE")

    def level_run(self):
        return text_of({
            "level": level.replace("-", "_"), "rate": b.fraction_text(rate), "members": n,
            "sum_consumption_fen": total, "average_fen": b.fraction_text(average),
            "award_exact_points": b.fraction_text(exact), "award_points_each": each}
            for kind, level, _, rate, n, total, average, exact, each in self.run.preview
            if kind == "LEVEL")

    def account_rows(self):
        rows, december = [], b.month_of("2008-12")
        for row in self.accounts:
            name, device = row["member"], self.scene.home.devices[row["account"]]
            band = self.programme.tenure_band[self.programme.band_of(december - device.joined)]
            low, high = getattr(band, "from"), band.to
            months = [m for m in device.earned if december - 11 <= m <= december]
            rows.append({
                "account": device.name, "member": name, "join_month": b.month_text(device.joined),
                "complete_months_at_2008-12": december - device.joined,
                "band": f"{low}+" if high is None else f"{low}-{high}",
                "months_billed_2008": len(months),
                "monthly_consumption_fen": device.bills[december],
                "year_consumption_fen": device.spend(december - 11, december, earned=True),
                "consumption_points": self.points(name, source="CONSUMPTION",
                                                  account=device.name),
                "tenure_award_points": self.points(name, source="TENURE", account=device.name)})
        return text_of(rows)

    def others(self):
        rows = []
        for row in rows_of(self.directory / "other_sources.csv"):
            rows.append({**row, "points": self.points(row["member"], source=row["source"]),
                         "rating": int(self.points(row["member"], source=row["source"],
                                                   rating=1) > 0)})
        return text_of(rows)

    def faults(self):
        got = {"accounts.csv": self.account_rows(), "other_sources.csv": self.others(),
               "tenure_award_run.csv": self.tenure_run(), "level_award_run.csv": self.level_run(),
               "member_summary.csv": self.summary()}
        return [name for name, rows in got.items() if rows != rows_of(self.directory / name)]


def option_a_faults(directory):
    example = PointsExample(directory, option_a=True)
    got = []
    for row in example.accounts:
        parts = [example.points(row["member"], source=source, account=row["account"])
                 for source in ("CONSUMPTION", "TENURE", "LEVEL")]
        got.append({"account": row["account"], "member": row["member"], "consumption": parts[0],
                    "tenure_uplift": parts[1], "level_uplift": parts[2], "total": sum(parts)})
    name = "option_a_comparison.csv"
    return [] if text_of(got) == rows_of(pathlib.Path(directory) / name) else [name]


def backfill_faults(directory):
    """50 yuan a month, the profile complete on 2008-11-10; what each month gave."""
    expected = rows_of(pathlib.Path(directory) / "backfill.csv")
    scene = Scene(shipped.programme("china-telecom"))
    member = scene.member(1)
    for row in expected:
        month = b.month_of(row["bill_month"])
        if month == b.month_of("2008-11"):
            assert not scene.home.accounts[member].lots
            assert scene.day("2008-11-10", ("PROFILE", {"member": member})) == []
        day = b.day_text(b.first_day(month + 1) + 2)
        assert scene.day(day, ("BILL", {"account": "A-1", "member": member, "bill_month": month,
                                        "fen": int(row["consumption_fen"])})) == []
    got = []
    for row in expected:
        lots = [lot for lot in scene.home.accounts[member].canonical()
                if b.month_text(lot.earned_month) == row["bill_month"]]
        made = sum(lot.original for lot in lots)
        expires = b.day_text(lots[0].expires_on) if lots else ""
        treatment = "lost"
        if lots:
            day = b.day_text(b.entry_parts(lots[0].name)[1])
            own = b.entry_parts(lots[0].name)[2] >= b.OWN_ENTRY_FIRST
            treatment = f"backfilled {day}" if own else "normal"
        got.append({**row, "treatment": treatment, "points": str(made),
                    "expiry_run_date": expires})
    return [] if got == expected else ["backfill.csv"]
