"""What a programme knows of members and accounts: whole dictionaries, nothing rolled over."""

from dataclasses import dataclass, field

import amounts
import basics as b

WINDOW = 23   # A bill may be so many months older than the account's newest.
FOREVER = 10 ** 6
REASONS = {"ANNUAL": 1, "APPLICATION": 2, "PLAN": 3, "PLAN_ENDED": 4, "REVIEW": 5, "LEGACY": 6,
           "RATED": 7, "GROWTH": 8, "SHEET": 9, "MIGRATION": 10, "MOVED_IN": 11, "MERGED": 12,
           "LAPSED": 13, "BRAND": 14}
UNTIL_THE_NEXT_RUN = ("ANNUAL", "APPLICATION", "RATED", "GROWTH", "MERGED")


@dataclass(slots=True, eq=False)
class Device:
    """An account of the member: a number or device (the row kind `ACCOUNT`)."""

    name: str
    member: int
    number: int = 0    # in the order in which they came
    joined: int = None
    ended: int = None
    service: str = ""
    prepaid: int = 0
    real_name: int = 0
    region: int = 1
    arrears: str = "NONE"
    plan: str = None
    bills: dict = field(default_factory=dict)        # bill month: eligible fen
    earned: set = field(default_factory=set)         # bill months that gave their points
    suspended: dict = field(default_factory=dict)    # month: times BOTH_WAYS
    entered: int = -1                                # highest band, ON_ENTRY
    losses: int = 0                                  # how often it passed to another owner
    lost: bool = False                               # it ended with its owner
    carried: bool = False                            # months of another home's accounts, in one
    known: bool = False                              # it was here when a standing came
    before_merges: int = None                        # whose it was before any merge passed it
    other: dict = field(default_factory=dict)        # month: rating points that go with it

    @property
    def first(self):
        return self.member if self.before_merges is None else self.before_merges

    @property
    def newest(self):
        return max(self.bills, default=None)

    def add_other(self, month, points):
        self.other[month] = self.other.get(month, 0) + points

    @property
    def mobile(self):
        return self.service != "FIXED_LINE"

    def too_old(self, month):
        return self.newest is not None and month < self.newest - WINDOW

    def put(self, month, fen):
        self.bills[month] = fen
        if len(self.bills) <= WINDOW and max(self.bills) - min(self.bills) <= WINDOW:
            return
        for old in [m for m in self.bills if m < self.newest - WINDOW]:
            del self.bills[old]    # A newer month clears what it passes.
            self.earned.discard(old)

    def spend(self, first, last, earned=False):
        return sum(fen for month, fen in self.bills.items()
                   if first <= month <= last and (not earned or month in self.earned))


@dataclass(frozen=True)
class Grade:
    level: str
    first: int     # day
    last: int      # day, inclusive
    reason: str
    decided: int
    given: int     # from when it was given last: a confirmation gives it anew
    order: int = 0    # among all that its member was given, by when it was written


@dataclass(slots=True, eq=False)
class Person:
    member: int
    devices: list = field(default_factory=list)
    profile: int = None            # day
    first_credited: int = 0        # with a profile: bill months before give nothing, ever
    blacklisted: bool = False
    merged_into: int = None
    other: dict = field(default_factory=dict)    # month: rating points that no bill gives
    earned_total: int = 0                        # points of lots made so far
    grades: dict = field(default_factory=dict)   # grading: [Grade], in the order written
    flags: dict = field(default_factory=dict)    # flag: (first month, last month), given last
    # All, in their order: (flag, first month, last month, day decided, reason).
    flags_given: list = field(default_factory=list)
    brands: list = field(default_factory=list)
    written: int = 0                             # grades so far
    claims: list = field(default_factory=list)   # (benefit, day, last usable day or None)
    taken: dict = field(default_factory=dict)    # day: points redeemed or held on it
    entered: int = 0                             # highest level ever awarded, ON_ENTRY
    owners: int = 0                              # how often the number passed to another owner
    told: bool = False                           # he left, and a standing with him
    came: int = None                             # month of the last move that brought a standing
    last_class: int = 0                          # of the accounts that he had last; 0: none ever

    def add_other(self, month, points):
        self.other[month] = self.other.get(month, 0) + points

    def living(self, month=None):
        """Devices that haven't ended (by the end of `month`)."""
        return [d for d in self.devices
                if d.ended is None or (month is not None and d.ended > month)]

    @property
    def joined(self):
        return min((d.joined for d in self.devices if d.joined is not None), default=None)

    @property
    def newest(self):
        return max((d.newest for d in self.devices if d.newest is not None), default=None)

    def of_year(self, december):
        """Devices that were his when the year ended: begun, neither ended nor lost since."""
        return [d for d in self.living(december)
                if not d.lost and (d.joined is None or d.joined <= december)]

    def region(self, devices=None):
        """The lowest class of an account that hasn't ended: its standard is the highest."""
        return min((d.region for d in (self.living() if devices is None else devices)), default=1)

    def note_class(self):
        if self.living():
            self.last_class = self.region()

    def in_arrears(self):
        """What came along lasts, whoever has its months (124)."""
        return any(d.arrears != "NONE" for d in self.devices
                   if d.ended is None or (d.carried and not d.lost))

    def came_along(self, device, month):
        """A bill of an account that wasn't here before, of a month that came with him (122)."""
        if self.came is None or month >= self.came or (device is not None and device.known):
            return False
        return any(month in d.bills for d in self.devices if d.carried or d.known)

    def holder(self, month, fen):
        """Whose sum has a bill of so many fen: one that gave its points first."""
        found = [d for d in self.devices if not d.known and d.bills.get(month, -1) >= fen]
        return min(found, key=lambda d: month not in d.earned, default=None)

    # Grades.

    def grade_on(self, grading, day):
        """The grade that holds on a day, or None: one a grading, the last that was written."""
        found = [g for g in self.grades.get(grading, []) if g.first <= day]
        return found[-1] if found and found[-1].last >= day else None

    def held_on(self, grading, day):
        """Likewise, but what a run or an application gave goes on until the next run (44)."""
        begun = [g for g in self.grades.get(grading, []) if g.first <= day]
        goes_on = begun and begun[-1].reason in UNTIL_THE_NEXT_RUN
        return begun[-1] if goes_on else self.grade_on(grading, day)

    def level_on(self, grading, day):
        grade = self.held_on(grading.name, day)
        return grade.level if grade else grading.levels[0]

    def write_grade(self, grading, level, first, last, reason, decided):
        """A confirmation of the same level lengthens the last record; else a new one."""
        held = self.grades.setdefault(grading.name, [])
        if held and held[-1].level == level and held[-1].first <= first <= held[-1].last + 1:
            before = held[-1]
            held[-1] = Grade(level, before.first, max(last, before.last), reason,
                             before.decided, first, before.order)
            return False
        self.written += 1
        held.append(Grade(level, first, last, reason, decided, first, self.written))
        return True

    def give_flag(self, flag, first, last, day, reason):
        self.flags[flag] = first, last
        self.flags_given.append((flag, first, last, day, reason))

    def given_flags(self, month):
        """{flag: first month} of those that hold: what was given last by then counts."""
        by_then = {flag: (first, last) for flag, first, last, _, _ in self.flags_given
                   if first <= month}
        return {flag: first for flag, (first, last) in by_then.items() if month <= last}

    def flags_on(self, programme, day):
        month = b.month_of_day(day)
        found = set(self.given_flags(month))
        for row in programme.flag:
            if row.by == "TENURE" and any(
                    d.joined is not None and month - d.joined >= row.months
                    for d in self.living()):
                found.add(row.name)
        return found

    def all_on(self, programme, day):
        """Every level and flag that the member has on a day."""
        return {self.level_on(g, day) for g in programme.grading} | self.flags_on(programme, day)

    def effective_on(self, programme, day):
        have = self.all_on(programme, day)
        for name in programme.effective_.order:
            if name in have:
                return name
        return ""


def rating_points(person, first, last, book):
    """Rating points of months: P of bills that earned, and the others."""
    total = sum(points for month, points in person.other.items() if first <= month <= last)
    for device in person.devices:
        total += sum(points for month, points in device.other.items() if first <= month <= last)
        for month, fen in device.bills.items():
            if first <= month <= last and month in device.earned:
                programme = book.of_month(month)
                if programme is None or programme.rating["CONSUMPTION"]:
                    total += amounts.points_of(programme, fen)
    return total
