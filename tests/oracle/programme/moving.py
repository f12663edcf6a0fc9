"""What moves with a member besides his lots: journal.md, section 13, and 0023 formats, 3.4.

A standing is read and written to the byte, made of a member who leaves, and taken in with one
who comes.
"""

import struct
from dataclasses import dataclass, field

import basics as b
from memberbook import FOREVER, REASONS, Device, Grade, rating_points

LIMIT, WINDOW, NONE, NAMES = 8192, 24, 0xffff, 250
HEADER = struct.Struct("<4sHH24sIHHHHBBBB5H6x")
MONTH = struct.Struct("<qqqBB6x")
GRADE, FLAG, CLAIM = struct.Struct("<BBBxHH"), struct.Struct("<BxHH2x"), struct.Struct("<BxHHH")
HISTORY = struct.Struct("<HHHBBB3x")
OPEN_DAY, FLAG_GRADING, BRAND_GRADING = 36525, 254, 255
WORD_OF = {number: word for word, number in REASONS.items()}
FULL = 100_000_000_000    # fen of a month
ARREARS = {"NONE": 0, "ONE_WAY": 2, "BOTH_WAYS": 4}    # flags, beside 1: blacklisted
MOBILE = ("MOBILE_2G", "MOBILE_3G", "MOBILE_4G", "CONVERGED")


@dataclass
class Sums:
    """A month of all accounts together; None: no such bill."""

    earned: int = None
    waiting: int = None
    rating: int = 0
    suspended: int = 0


@dataclass
class Standing:
    code: str
    version: int
    newest: int                 # month of the move
    profile: int = 0
    joined: int = None
    ended: int = None
    accounts: int = 0
    region: int = 0
    blacklisted: bool = False
    arrears: str = "NONE"
    band: int = 0
    entered: str = None
    months: dict = field(default_factory=dict)     # month: Sums
    grades: list = field(default_factory=list)     # (grading, level, reason, from, to)
    flags: list = field(default_factory=list)      # (flag, first month, last month)
    claims: list = field(default_factory=list)     # (benefit, day, until, count), newest first
    history: list = field(default_factory=list)    # (decided, from, to, grading, level, reason)


def end_of(last):
    """The first day behind a grade's last one, as the bytes have it."""
    return OPEN_DAY if last >= OPEN_DAY - 1 else last + 1


def last_of(to):
    return FOREVER if to == OPEN_DAY else to - 1


# The bytes.

def pack(standing):
    names, lists = [], {"grades": [], "flags": [], "claims": [], "history": []}
    used = HEADER.size + WINDOW * MONTH.size + len(standing.grades) * HISTORY.size

    def add(kind, struct_, cited, rest, force=False):
        """`cited`: names whose places come first in `rest`; False: no room."""
        nonlocal used
        new = [n for n in dict.fromkeys(cited) if n not in names]
        size = 24 * len(new) + (0 if force else struct_.size)
        if used + size > LIMIT or len(names) + len(new) > NAMES:
            return False
        names.extend(new)
        used += size
        lists[kind].append(struct_.pack(*rest([names.index(n) for n in cited])))
        return True

    entered = 0
    if standing.entered is not None:
        names.append(standing.entered)
        used, entered = used + 24, 1
    for grading, level, reason, first, to in standing.grades:
        add("grades", GRADE, [grading, level],
            lambda at, r=reason, f=first, t=to: [*at, REASONS[r], f, t])
    for flag, first, last in standing.flags:
        if not add("flags", FLAG, [flag], lambda at, f=first, l=last: [*at, f, l]):
            break
    for benefit, day, until, count in standing.claims:
        if not add("claims", CLAIM, [benefit],
                   lambda at, d=day, u=until, c=count: [*at, d, u, c]):
            break
    seen, fits = set(), True
    for decided, first, to, grading, level, reason in standing.history:
        newest = isinstance(grading, str) and grading not in seen
        seen.add(grading)
        cited = [] if grading == BRAND_GRADING else [level] if grading == FLAG_GRADING else [
            grading, level]

        def rest(at, d=decided, f=first, t=to, g=grading, r=reason):
            places = [g, 0] if g == BRAND_GRADING else [g, *at] if g == FLAG_GRADING else at
            return [d, f, t, *places, REASONS[r]]
        if newest or fits:
            fits = add("history", HISTORY, cited, rest, force=newest) and fits
    out = HEADER.pack(b"PHW1", 1, standing.profile, standing.code.encode(), standing.version,
                      NONE if standing.joined is None else standing.joined,
                      NONE if standing.ended is None else standing.ended, standing.accounts,
                      standing.newest, standing.region,
                      standing.blacklisted + ARREARS[standing.arrears], standing.band,
                      entered, len(names), *map(len, lists.values()))
    for month in range(standing.newest - WINDOW + 1, standing.newest + 1):
        sums = standing.months.get(month, Sums())
        bills = (sums.earned is not None) + 2 * (sums.waiting is not None)
        out += MONTH.pack(sums.earned or 0, sums.waiting or 0, sums.rating, bills,
                          sums.suspended)
    out += b"".join(name.encode().ljust(24, b"\0") for name in names)
    out += b"".join(record for records in lists.values() for record in records)
    b.need(len(out) <= LIMIT, "a standing fits")
    return out


def unpack(data):
    """A standing; a fault when the bytes are none."""
    b.need(HEADER.size + WINDOW * MONTH.size <= len(data) <= LIMIT, "a standing's size")
    (magic, layout, profile, code, version, joined, ended, accounts, newest, region, flags, band,
     entered, *counts) = HEADER.unpack_from(data)
    b.need(magic == b"PHW1" and layout == 1, "a standing's head")
    at, months = HEADER.size, {}
    for month in range(newest - WINDOW + 1, newest + 1):
        earned, waiting, rating, bills, suspended = MONTH.unpack_from(data, at)
        at += MONTH.size
        months[month] = Sums(earned if bills & 1 else None, waiting if bills & 2 else None, rating,
                             suspended)
    b.need(len(data) == at + sum(n * size for n, size in zip(counts, (
        24, GRADE.size, FLAG.size, CLAIM.size, HISTORY.size))), "a standing's lists")
    names = [data[at + 24 * n:at + 24 * n + 24].rstrip(b"\0").decode() for n in range(counts[0])]
    at += 24 * counts[0]
    lists = []
    for count, struct_ in zip(counts[1:], (GRADE, FLAG, CLAIM, HISTORY)):
        lists.append([struct_.unpack_from(data, at + n * struct_.size) for n in range(count)])
        at += count * struct_.size

    def of_history(decided, first, to, grading, level, reason):
        if grading == BRAND_GRADING:
            return decided, first, to, grading, None, WORD_OF[reason]
        where = grading if grading == FLAG_GRADING else names[grading]
        return decided, first, to, where, names[level], WORD_OF[reason]
    return Standing(
        code.rstrip(b"\0").decode(), version, newest, profile,
        None if joined == NONE else joined, None if ended == NONE else ended, accounts, region,
        bool(flags & 1), next(word for word, bit in ARREARS.items() if bit == flags & 6), band,
        names[entered - 1] if entered else None, months,
        [(names[g], names[l], WORD_OF[r], first, to) for g, l, r, first, to in lists[0]],
        [(names[f], first, last) for f, first, last in lists[1]],
        [(names[f], day, until, count) for f, day, until, count in lists[2]],
        [of_history(*record) for record in lists[3]])


# Who leaves.

def sums_of(devices, month):
    out = Sums()
    for device in devices:
        out.suspended = min(out.suspended + device.suspended.get(month, 0), 255)
        fen = device.bills.get(month)
        if fen is None:
            continue
        if month in device.earned:
            out.earned = min((out.earned or 0) + fen, FULL)
        elif not device.lost:
            out.waiting = min((out.waiting or 0) + fen, FULL)
    return out


def leave(person, programme, book, day):
    """The standing of a member who leaves on that day."""
    devices, newest = person.devices, b.month_of_day(day)
    his = [d for d in devices if not d.lost]
    ended = max((d.ended for d in his if d.ended is not None), default=None) \
        if his and all(d.ended is not None for d in his) else None
    out = Standing(programme.programme_.code, programme.programme_.version, newest,
                   profile=person.profile or 0, joined=joined_of(his), ended=ended,
                   accounts=len(his), region=person.last_class, blacklisted=person.blacklisted,
                   band=max((d.entered for d in his), default=-1) + 1)
    out.arrears = max((d.arrears for d in his if d.ended is None or d.carried),
                      key=ARREARS.get, default="NONE")
    for month in range(newest - WINDOW + 1, newest + 1):
        out.months[month] = sums_of(devices, month)
        out.months[month].rating = rating_points(person, month, month, book)
    award = programme.level_award_
    if person.entered and award.grading:
        out.entered = programme.gradings[award.grading].levels[person.entered]
    for grading in sorted(person.grades, key=book.grading_numbers().index):
        held = person.grades[grading]
        if held:
            last = held[-1]
            out.grades.append((grading, last.level, last.reason, last.given, end_of(last.last)))
    out.flags = [(flag, *person.flags[flag]) for flag in book.flag_names() if flag in person.flags]
    counted = {}
    for benefit, on, last in person.claims:
        key = benefit, on, OPEN_DAY if last is None else last
        counted[key] = counted.get(key, 0) + 1
    out.claims = [(*key, count) for key, count in reversed(counted.items())]
    out.history = history_of(person)
    return out


def joined_of(his):
    """Of accounts that haven't ended, if any hasn't; of telephones, if there is one."""
    his = [d for d in his if d.ended is None] or his
    his = [d for d in his if d.mobile] or his
    return min((d.joined for d in his if d.joined is not None), default=None)


def history_of(person):
    """Newest first, as they were written. What was known here alone lies behind what came later of
    its grading, whenever it was decided (198)."""
    records, places = [], []
    for grading, at, g in sorted(((grading, at, g) for grading, held in person.grades.items()
                                  for at, g in enumerate(held)), key=lambda of: of[2].order):
        records.append((g.decided, g.first, end_of(g.last), grading, g.level, g.reason))
        places.append(min(newer.decided for newer in person.grades[grading][at:]))
    records += [(day, b.first_day(first), b.first_day(last + 1), FLAG_GRADING, flag, reason)
                for flag, first, last, day, reason in person.flags_given]
    records += [(day, day, OPEN_DAY, BRAND_GRADING, None, "BRAND") for day, _ in person.brands]
    places += [record[0] for record in records[len(places):]]
    order = sorted(range(len(records)), key=lambda n: places[n])
    return [records[n] for n in reversed(order)]


# Who comes.

def come(home, member, standing, at_home):
    """He comes with it on this day; `at_home`: he was opened here meanwhile."""
    person, day = home.person(member), home.day
    if standing.code != home.programme.programme_.code:
        for grading in home.book.gradings():
            if not person.grades.get(grading.name):
                person.write_grade(grading, grading.levels[0], day, FOREVER, "MOVED_IN", day)
        return
    for device in person.devices:    # Runs that counted him before he left give him nothing.
        device.losses += 1
        device.entered = max(device.entered, standing.band - 1)
    person.owners += 1
    held = is_held(person, standing)
    months = standing.months if held else joined_months(home, person, standing, at_home)
    come_months(home, person, standing, months, held)
    for month, sums in months.items():
        more = sums.rating - rating_points(person, month, month, home.book)
        if more:
            person.add_other(month, more)
    come_grades(home.book, person, standing)
    come_flags(home.book, person, standing)
    known = home.book.benefit_names()
    claims = [(benefit, on, None if until == OPEN_DAY else until)
              for benefit, on, until, count in reversed(standing.claims) if benefit in known
              for _ in range(count)]
    keys = {(benefit, on, last) for benefit, on, last in claims}
    person.claims = [c for c in person.claims if c not in keys] + claims
    if standing.profile:
        first = standing.profile if held or person.profile is None else person.profile
        person.profile = min(first, standing.profile)
        person.first_credited = home.first_credited(person.profile)
    person.blacklisted = standing.blacklisted or (person.blacklisted and not held)
    person.came = b.month_of_day(day)
    person.last_class = standing.region or person.last_class
    person.note_class()
    award = home.programme.level_award_
    if standing.entered is not None and award.grading:
        levels = home.programme.gradings[award.grading].levels
        if standing.entered in levels:
            person.entered = max(person.entered, levels.index(standing.entered))


def is_held(person, standing):
    """Is what is known here in it? A standing left with him, and no month's bills are lacking."""
    if not person.told:
        return False
    for month, comes in standing.months.items():
        here = sums_of(person.devices, month)
        if (here.earned, here.waiting) == (None, None):
            continue
        if comes.earned is None and (here.earned is not None or comes.waiting is None):
            return False
    return True


def joined_months(home, person, standing, at_home):
    """What comes and what is known here: of who was opened here both, else the greater one."""
    last = max([standing.newest] + [d.newest for d in person.devices if d.carried and d.bills])
    out = {}
    for month in range(last - WINDOW + 1, last + 1):
        comes, here = standing.months.get(month, Sums()), sums_of(person.devices, month)
        here.rating = rating_points(person, month, month, home.book)
        out[month] = Sums()
        for part, most in (("earned", FULL), ("waiting", FULL), ("rating", None),
                           ("suspended", 255)):
            two = [x for x in (getattr(comes, part), getattr(here, part)) if x is not None]
            if two:
                both = sum(two) if at_home else max(two)
                setattr(out[month], part, both if most is None else min(both, most))
        if not at_home and total(comes) >= total(here) and \
                (comes.earned or 0) >= (here.earned or 0):
            out[month].waiting = comes.waiting    # All of it is in what comes.
    return out


def total(sums):
    return (sums.earned or 0) + (sums.waiting or 0)


def settle(own, month, whole):
    """What waited here and waits no more is earned; what is more than the whole is less."""
    waiting = [d for d in own if not d.lost and month in d.bills and month not in d.earned]
    over = sum(d.bills[month] for d in waiting) - (whole.waiting or 0)
    for device in waiting:
        if over > 0 or whole.waiting is None:
            device.earned.add(month)
            over -= device.bills[month]
    over = (sums_of(own, month).earned or 0) - (whole.earned or 0)
    for device in own:
        if over > 0 and month in device.earned:
            less = min(over, device.bills[month])
            device.bills[month] -= less
            over -= less


def come_months(home, person, standing, months, held):
    carried = [d for d in person.devices if d.carried and d.first == person.member]
    own = [d for d in person.devices if d not in carried]    # What merges brought stays, too.
    for device in own:
        device.known = device.known or not device.carried
        device.arrears = "NONE" if held else device.arrears
    for device in carried:
        device.bills, device.earned, device.suspended, device.other = {}, set(), {}, {}
    earned, waiting, suspended = {}, {}, {}
    for month, whole in months.items():
        settle(own, month, whole)
        mine = sums_of(own, month)
        left = max(whole.suspended - mine.suspended, 0)
        if left:
            suspended[month] = left
        for sums, of_whole, of_mine in ((earned, whole.earned, mine.earned),
                                        (waiting, whole.waiting, mine.waiting)):
            if of_whole is not None and (of_mine is None or of_whole > of_mine):
                sums[month] = of_whole - (of_mine or 0)
    needed = 2 if waiting else int(bool(earned or suspended or standing.accounts))
    while len(carried) < needed:
        device = Device("", person.member, carried=True)
        carried.append(device)
        person.devices.append(device)
        home.device_records.append(device)
    for device in carried:
        device.joined, device.region = standing.joined, max(standing.region, 1)
        device.ended, device.lost = standing.ended, standing.accounts == 0
        if device.lost:
            device.ended = standing.newest
        device.entered = standing.band - 1
        device.arrears = "NONE" if device.lost else standing.arrears
    for place, sums in enumerate((earned, waiting)):
        for month in sorted(sums):
            carried[place].put(month, sums[month])
            if place == 0:
                carried[place].earned.add(month)
    if suspended:
        carried[0].suspended = suspended


def come_grades(book, person, standing):
    """What is known here alone stays behind what comes."""
    levels = book.level_names()
    present = {grading: (first, last_of(to)) for grading, level, _, first, to in standing.grades
               if level in levels.get(grading, ())}
    fresh = {}
    for decided, first, to, grading, level, reason in reversed(standing.history):
        if grading in present and level in levels[grading]:
            person.written += 1
            fresh.setdefault(grading, []).append(
                Grade(level, first, last_of(to), reason, decided, first, person.written))
    for grading, records in fresh.items():
        given, _ = present[grading]
        newest = records[-1]
        records[-1] = Grade(newest.level, newest.first, newest.last, newest.reason,
                            newest.decided, given, newest.order)
        left = [(g.decided, g.first) for g in records]
        old = []
        for grade in reversed(person.grades.get(grading, [])):
            if (grade.decided, grade.first) in left:
                left.remove((grade.decided, grade.first))
            else:
                old.insert(0, grade)
        person.grades[grading] = old + records
    brands = [day for day, _, _, grading, _, _ in reversed(standing.history)
              if grading == BRAND_GRADING]
    for day, _ in person.brands:
        if day in brands:
            brands.remove(day)
    person.brands += [(day, None) for day in brands]


def come_flags(book, person, standing):
    known = book.flag_names()
    for flag, first, last in standing.flags:
        if flag in known:
            person.flags[flag] = first, last
    fresh = [(flag, b.month_of_day(first), b.month_of_day(to - 1), decided, reason)
             for decided, first, to, grading, flag, reason in reversed(standing.history)
             if grading == FLAG_GRADING and flag in known]
    left = [(flag, first, day) for flag, first, _, day, _ in fresh]
    old = []
    for one in reversed(person.flags_given):
        key = one[0], one[1], one[3]
        if key in left:
            left.remove(key)
        else:
            old.insert(0, one)
    person.flags_given = old + fresh


def take_over(home, person, device, is_new, day):
    """The first account of a telephone behind it takes the carried months over: one that is
    known already only those that were carried for the number that it comes from."""
    if device.service not in MOBILE:
        return
    for carried in person.devices:
        if not carried.carried or carried.ended is not None or \
                not (is_new or carried.first == device.first):
            continue
        came = home.person(carried.first).came
        for month in sorted(carried.bills):
            pauses = carried.arrears != "NONE" and month not in carried.earned
            if month >= came or month <= device.joined or pauses or \
                    month in device.bills or device.too_old(month):
                continue
            device.put(month, carried.bills[month])
            if month in carried.earned:
                device.earned.add(month)
            carried.bills[month] = 0    # The month is known to have been billed (122).
            carried.earned.add(month)
            device.add_other(month, carried.other.pop(month, 0))
            times = carried.suspended.pop(month, 0)
            if times:
                device.suspended[month] = device.suspended.get(month, 0) + times
        carried.ended = b.month_of_day(day)
        device.entered = max(device.entered, carried.entered)
