"""Runs over everybody: award, gradings, notice (0023 formats, section 4).

A run counts on the state at its beginning, gives its preview as rows of a table, and is
published into an open day. `Node.serial` isn't used: what a run makes has entries of its own.
"""

from fractions import Fraction

import amounts
import basics as b
from home import expiry_before
from memberbook import FOREVER, rating_points
from services import ServiceHome


class Run:
    def __init__(self, kind, grading, reference):
        self.kind, self.grading, self.reference = kind, grading, reference
        self.preview, self.results, self.state = [], [], "COUNTED"
        self.first = None          # grades: from when they hold
        self.standards = {}
        self.histogram = {}        # CLEARING: scaled score: units
        self.scale = 1
        self.scored = []           # (account, scaled score), of those that are rated
        self.by_account = []       # PRODUCT: (account, its losses so far, level)
        self.gone = 0              # who was counted, and is no longer there
        self.there = set()         # members of the home when it began
        self.whose = {}            # YEARLY: member: owners so far, his accounts and their losses

    @property
    def key(self):
        return self.kind, self.grading, self.reference


class Home(ServiceHome):
    """The whole home of a province."""

    def __init__(self, *arguments, **named):
        super().__init__(*arguments, **named)
        self.runs, self.published, self.waiting = [], set(), []
        self.notices = []          # (day made, expires_on, member, points)
        self.notice_done, self.run_days = set(), {}
        self.notices_made = []     # (number, expires_on), in the order of the runs
        self.numbers = {}          # key of a run: its number
        self.by_itself = set()     # MONTHLY gradings, by reference

    # When.

    def open_day(self, file):
        super().open_day(file)
        if self.programme is None:
            return
        for run in [r for r in self.waiting if r.first <= self.day]:
            self.write_grades(run)
            self.waiting.remove(run)
        self.grade_monthly()
        self.make_notices()

    def grade_monthly(self):
        """Gradings of the month before that begin by themselves."""
        reference = b.month_of_day(self.day) - 1
        for grading in self.programme.grading:
            key = grading.name, reference
            if grading.run == "MONTHLY" and key not in self.by_itself and \
                    self.book.of_day(b.last_day(reference)) and \
                    b.date_of(self.day).day >= grading.run_day:
                self.by_itself.add(key)
                run = self.count("GRADE", grading.name, reference)
                if grading.publish == "AUTO":
                    self.publish(run)

    def number_of(self, kind, grading, reference):
        """Of a run, which its file has: each key gets the next one, once."""
        return self.numbers.setdefault((kind, grading, reference), len(self.numbers) + 1)

    def count(self, kind, grading, reference):
        b.need((kind, grading, reference) not in self.published, "published already")
        self.number_of(kind, grading, reference)
        programme = self.book.of_day(b.last_day(reference))
        b.need(programme is not None, "no programme at the reference month's end")
        run = Run(kind, grading, reference)
        run.there = set(self.accounts)
        if kind == "AWARD":
            self.count_award(run, programme)
        else:
            rule = programme.gradings[grading]
            run.rule = rule
            getattr(self, "count_" + rule.run.lower())(run, programme, rule)
        self.runs.append(run)
        return run

    def publish(self, run):
        b.need(run.key not in self.published and run.state == "COUNTED", "published already")
        self.published.add(run.key)
        run.state = "DONE"
        if run.kind == "AWARD":
            self.post_award(run)
        elif run.first <= self.day:
            self.write_grades(run)
        else:
            self.waiting.append(run)

    def drop(self, run):
        run.state = "DROPPED"

    # Who counts.

    def counted(self, programme, person, profile=True):
        """At home, open, not merged away, with a profile where one is needed."""
        account = self.accounts.get(person.member)
        return (account is not None and account.home and not account.closed
                and person.merged_into is None
                and not (profile and programme.programme_.profile == "REQUIRED"
                         and person.profile is None))

    def people(self):
        """Members in the order of their records, which is that in which they came."""
        return [self.person(member) for member in self.accounts]

    # The award of the year.

    def count_award(self, run, programme):
        december = run.reference
        year = december - 11, december
        unit = programme.earn_.unit_fen
        if programme.tenure_award_.mode == "LUMP_31DEC":
            cohorts = [[] for _ in programme.tenure_band]
            for device in self.all_devices():
                person = self.person(device.member)
                if device.joined is None or device.joined > december or not device.mobile or \
                        (device.ended is not None and device.ended <= december) or \
                        device.lost or device.carried or person.blacklisted or \
                        not self.counted(programme, person):
                    continue
                cohorts[programme.band_of(december - device.joined)].append(device)
            each_of = {}
            for band, cohort in zip(programme.tenure_band, cohorts):
                total = sum(d.spend(*year, earned=True) for d in cohort)
                average, exact, each = amounts.award_of(band.rate, total, len(cohort), unit)
                run.preview.append(("TENURE", getattr(band, "from"), band.to, band.rate,
                                    len(cohort), total, average, exact, each))
                each_of.update({id(device): each for device in cohort})
            run.results += [("TENURE", device, each_of[id(device)], (device.member, device.losses))
                            for device in self.all_devices() if each_of.get(id(device))]
        if programme.level_award_.mode == "LUMP_31DEC":
            self.count_level_award(run, programme, year, unit)

    def count_level_award(self, run, programme, year, unit):
        grading = programme.gradings[programme.level_award_.grading]
        cohorts = {level: [] for level in grading.levels}
        for person in self.people():
            if self.counted(programme, person) and not person.blacklisted:
                cohorts[person.level_on(grading, b.last_day(year[1]))].append(person)
        each_of = {}
        for level, cohort in cohorts.items():
            rate = programme.level_rate_of(level)[0]
            total = sum(d.spend(*year, earned=True) for p in cohort for d in p.devices)
            average, exact, each = amounts.award_of(rate, total, len(cohort), unit)
            run.preview.append(("LEVEL", level, None, rate, len(cohort), total, average, exact,
                                each))
            each_of.update({p.member: each for p in cohort})
        run.results += [("LEVEL", p, each_of[p.member], (p.member, p.owners))
                        for p in self.people() if each_of.get(p.member)]

    def all_devices(self):
        """Accounts in the order in which they came."""
        return [d for d in self.device_records if d in self.person(d.member).devices]

    def post_award(self, run):
        programme = self.book.of_month(run.reference)
        for source, who, points, counted in run.results:
            member = counted[0]
            account = self.accounts.get(member)
            left = account is None or not account.home or account.closed or \
                self.person(member).merged_into is not None
            now = (who.member, who.losses if source == "TENURE" else who.owners)
            if left or now != counted or (
                    source == "TENURE" and who not in self.person(member).devices):
                run.gone += 1
                continue
            self.issue(account, points, run.reference, source, programme.rating[source],
                       who if source == "TENURE" else None)

    # Yearly gradings.

    def count_yearly(self, run, programme, grading):
        december = run.reference
        run.first = b.day_of(f"{2000 + december // 12 + 1}-{grading.effective}")
        regions, graded = {}, {}
        for person in self.people():
            score = self.yearly_score(programme, grading, person, december)
            if score is not None:
                mine = person.of_year(december)
                regions.setdefault(person.region(mine), []).append((score, person))
                run.whose[person.member] = person.owners, [(d, d.losses) for d in mine]
        for region in sorted(regions):
            scored = regions[region]
            standards = self.standards_for(programme, grading, region, scored, run.first)
            run.standards[region] = {k: v for k, v in standards.items() if v is not None}
            for score, person in scored:
                level = amounts.level_for(score, grading.levels, standards)
                graded[person.member] = level
                run.results.append((person.member, level, score))
            for level in grading.levels[1:]:
                run.preview.append(("STANDARD", region, level, standards.get(level), sum(
                    graded[person.member] == level for _, person in scored)))
        self.preview_counts(run, grading, graded)

    def preview_counts(self, run, grading, graded):
        """COUNT rows: who had a level, who has it then, who came up to it, and down."""
        counts = {level: [0, 0, 0, 0] for level in grading.levels}
        day, rank = max(run.first, self.day), grading.levels.index
        for person in self.people():
            before = after = person.level_on(grading, day)
            if person.member in graded:
                if self.is_written(grading, run, person, graded[person.member], day):
                    after = graded[person.member]
            elif self.has_run_out(grading, run, person, day):
                after = grading.levels[0]
            else:
                continue
            counts[before][0] += 1
            counts[after][1] += 1
            counts[after][2] += rank(after) > rank(before)
            counts[after][3] += rank(after) < rank(before)
        run.preview += [("COUNT", level, *counts[level]) for level in grading.levels]

    def yearly_score(self, programme, grading, person, december):
        """None: isn't among those who are graded."""
        if not self.counted(programme, person) or not person.of_year(december):
            return None
        if grading.basis == "RATING_POINTS":
            return rating_points(person, december - 11, december, self.book)
        rows = [(r.years_from, r.points) for r in programme.tenure_points
                if r.grading == grading.name]
        devices = [d for d in person.of_year(december) if d.joined is not None]
        if grading.unit == "ACCOUNT":
            return max((amounts.spend_score(
                d.spend(december - 11, december), (december - d.joined) // 12, rows)
                for d in devices if not d.carried), default=None)
        years = max(((december - d.joined) // 12 for d in devices), default=None)
        return amounts.spend_score(
            sum(d.spend(december - 11, december) for d in person.devices), years, rows)

    def standards_for(self, programme, grading, region, scored, day):
        histogram = {}
        for score, _ in scored:
            histogram[score] = histogram.get(score, 0) + 1
        shares = {r.level: (r.of, r.ratio) for r in programme.share
                  if r.grading == grading.name}
        standards = {}
        if grading.standards == "RATIOS":
            for level, (standard, _) in amounts.share_standards(
                    shares, grading.levels, histogram).items():
                standards[level] = standard
        for level in grading.levels[1:]:
            if level not in shares:
                standards[level] = programme.threshold_of(grading, level, region, day)
        return standards

    def write_grades(self, run):
        grading, day = run.rule, max(run.first, self.day)
        last = self.until(grading, run.first)
        reason = {"GROWTH": "GROWTH", "PRODUCT": "RATED"}.get(grading.basis, "ANNUAL")
        if grading.run == "YEARLY":
            self.standards[grading.name, 2000 + run.reference // 12] = run.standards
        graded, order = set(), {member: n for n, member in enumerate(self.accounts)}
        left = self.levels_left(run)
        for member, level, _ in sorted(run.results, key=lambda result: order[result[0]]):
            if run.by_account:
                level = left.get(member)
            if level is None or self.is_gone(run, member):
                run.gone += 1
                continue
            graded.add(member)
            if self.is_written(grading, run, self.person(member), level, day):
                self.write(member, grading, level, run.first, last, reason)
        others = run.there - graded
        for person in self.people():
            if person.member in others and self.has_run_out(grading, run, person, day):
                person.write_grade(grading, grading.levels[0], run.first, FOREVER, "LAPSED",
                                   self.day)

    @staticmethod
    def levels_left(run):
        """Of stars: each member's best, of the accounts that have no other owner since."""
        best = {}
        for device, losses, level in run.by_account:
            if device.losses == losses:
                best[device.member] = max(best.get(device.member, level), level,
                                          key=run.rule.levels.index)
        return best

    def is_gone(self, run, member):
        """Left, merged, another's now, or without any account that he was graded for."""
        account, person = self.accounts.get(member), self.person(member)
        owners, devices = run.whose.get(member, (person.owners, []))
        return account is None or not account.home or account.closed or \
            person.merged_into is not None or owners != person.owners or \
            bool(devices) and all(d.losses != losses for d, losses in devices)

    @staticmethod
    def is_written(grading, run, person, level, day):
        """Whether the run gives this level; else what the member has stays."""
        rank, holds = grading.levels.index, person.held_on(grading.name, day)
        within = person.grade_on(grading.name, day)
        if holds is None:
            return level != grading.levels[0]
        if holds.reason == "APPLICATION" and rank(level) <= rank(holds.level) and \
                b.date_of(holds.given).year > 2000 + run.reference // 12:
            return False    # It holds until the run that counts the year of its application.
        if not grading.lapse and rank(level) < rank(holds.level):
            return False
        # The same level isn't lengthened before its months are over.
        return not (grading.up_only and within and rank(level) <= rank(within.level))

    @staticmethod
    def has_run_out(grading, run, person, day):
        """Of a member whom the run doesn't grade: what a run gave him has come to its end."""
        holds = person.held_on(grading.name, day)
        return grading.lapse and holds is not None and holds.level != grading.levels[0] and \
            holds.last < run.first

    # By the month: growth, or stars by thresholds of one's own.

    def count_monthly(self, run, programme, grading):
        run.first, regions = b.first_day(run.reference + 1), {}
        graded, of_region = {}, {}
        for person in self.people():
            stars = self.star_scores(programme, grading, person, run.reference) \
                if grading.basis == "PRODUCT" else []
            score = max((of for _, of in stars), default=None) if grading.basis == "PRODUCT" else \
                self.growth_score(programme, grading, person, run.reference)
            if score is None:
                continue
            mine = person.of_year(run.reference)
            region = person.region(mine)
            if region not in of_region:
                of_region[region] = {
                    level: programme.threshold_of(grading, level, region, run.first)
                    for level in grading.levels[1:]}
            standards = of_region[region]
            level = self.monthly_level(grading, score, standards)
            run.by_account += [(device, device.losses, self.monthly_level(grading, of, standards))
                               for device, of in stars]
            regions.setdefault(region, (standards, []))[1].append(level)
            graded[person.member] = level
            run.results.append((person.member, level, score))
            run.whose[person.member] = person.owners, [(d, d.losses) for d in mine]
        for region in sorted(regions):
            standards, reached = regions[region]
            run.preview += [("STANDARD", region, level, standards.get(level),
                             reached.count(level)) for level in grading.levels[1:]]
        self.preview_counts(run, grading, graded)

    @staticmethod
    def monthly_level(grading, score, standards):
        level = amounts.level_for(score, grading.levels, standards)
        if grading.basis == "PRODUCT" and level == grading.levels[0] and \
                standards[grading.levels[1]] is None:
            return grading.levels[1]    # Whoever is rated has a star.
        return level

    def growth_score(self, programme, grading, person, month):
        rule = programme.score_of(grading)
        devices = [d for d in person.of_year(month) if d.mobile and d.joined is not None]
        if not self.counted(programme, person, profile=False) or not devices:
            return None
        first = month - rule.months + 1
        rest = [d for d in person.devices if d.carried and not d.lost and d.joined is not None
                and d not in devices]    # What no account has taken over.
        fen = sum(d.spend(max(first, d.joined + 1), month) for d in devices + rest)
        suspended = sum(times for d in devices + rest for m, times in d.suspended.items()
                        if first <= m <= month)
        return amounts.growth_value(fen, max(month - d.joined for d in devices), suspended,
                                    rule.per_tenure_month, rule.per_suspension)

    def star_scores(self, programme, grading, person, month):
        """(account, score) of those that are rated."""
        if not self.counted(programme, person):
            return []
        scale, factors = programme.factor_scale(grading)
        rule = programme.score_of(grading)
        return [(device, Fraction(self.product_score(device, rule, factors, month), scale))
                for device in person.of_year(month) if not self.why_not_rated(
                    programme, grading, rule, device, person, month)]

    # The clearing's rating.

    def count_clearing(self, run, programme, grading):
        run.first = b.first_day(run.reference + 1)
        run.scale, factors = programme.factor_scale(grading)
        rule = programme.score_of(grading)
        run.scored = []
        for device in self.all_devices():
            person = self.person(device.member)
            if not self.counted(programme, person) or self.why_not_rated(
                    programme, grading, rule, device, person, run.reference):
                continue
            score = self.product_score(device, rule, factors, run.reference)
            run.scored.append((device, score))
            run.histogram[score] = run.histogram.get(score, 0) + 1
        run.state = "WAITING"

    def why_not_rated(self, programme, grading, rule, device, person, month):
        """The reason, or None."""
        if device.carried or device.joined is None or device.lost or \
                (device.ended is not None and device.ended <= month) or \
                month - device.joined < max(1, rule.months_min):
            return "MONTHS"
        if device.service in ("DATA_CARD", "FIXED_LINE"):
            return "SERVICE"
        if not device.real_name:
            return "REAL_NAME"
        if not device.bills.get(month):
            return "NOT_BILLED"
        legacy = {f.name for f in programme.flag if f.by == "LEGACY"}
        if legacy & set(person.given_flags(month + 1)):
            return "LEGACY"
        held = person.grade_on(grading.name, b.first_day(month + 1))
        if grading.lapse and held is not None and held.level != grading.levels[0]:
            return "GRADED"
        return None

    @staticmethod
    def product_score(device, rule, factors, month):
        """Scaled by the factors' common denominator, never rounded."""
        first = max(month - rule.months, device.joined)
        number = month - first
        arpu = amounts.arpu_yuan(device.spend(first, month - 1), number)
        return arpu * amounts.factor_at(factors, (month - device.joined) // 12)

    def grade_by(self, run, thresholds):
        """`thresholds`: amounts.cut_thresholds of all provinces' units."""
        grading = run.rule
        reached = {level: threshold for level, _, _, _, threshold in thresholds}
        best = {}
        for device, score in run.scored if thresholds else []:
            level = amounts.level_for(Fraction(score, run.scale), grading.levels, reached)
            if level == grading.levels[0]:
                level = grading.levels[1]
            run.by_account.append((device, device.losses, level))
            index = grading.levels.index(level)
            if index > best.get(device.member, (-1, 0))[0]:
                best[device.member] = index, score
        run.results = [(member, grading.levels[index], score)
                       for member, (index, score) in best.items()]
        graded = {member: level for member, level, _ in run.results}
        run.preview = [("STANDARD", 0, level, reached.get(level),
                        sum(of == level for of in graded.values()))
                       for level in grading.levels[2:]]
        self.preview_counts(run, grading, graded)
        run.state = "COUNTED"

    # Notices.

    def make_notices(self):
        """What will expire, once the notice day of the next run has come."""
        programme, month = self.programme, b.month_of_day(self.day)
        for ahead in range(0, programme.expiry_.notice_months + 1):
            run = b.first_day(month + ahead)
            if run <= self.day or run in self.notice_done or \
                    programme.notice_day(run) > self.day or not self.is_run(run):
                continue
            self.notice_done.add(run)
            self.notices_made.append((self.number_of("NOTICE", "", month + ahead), run))
            for person in self.people():
                account = self.accounts[person.member]
                points = sum(lot.remaining for lot in account.lots.values()
                             if lot.expires_on == run) if account.home else 0
                if points:
                    self.notices.append((self.day, run, person.member, points))

    def is_run(self, day):
        """Whether lots of some month expire on this day by the rule of that month."""
        if day not in self.run_days:
            self.run_days[day] = day in {
                programme.expiry_of(month) if programme else expiry_before(month)
                for month in range(b.month_of_day(day))
                for programme in [self.book.of_month(month)]}
        return self.run_days[day]
