"""The programme file: sections, defaults, versions (decision 0023, formats, section 1).

A file is taken as `pointhouse check` has found it good; what isn't understood raises
basics.Refused. A section's row is a namespace with all of its keys, defaults filled in.
"""

import math
import tomllib
from fractions import Fraction
from types import SimpleNamespace

import basics as b

NEEDED = object()
NONE = None

# Sections that stand once: key, default.
SINGLE = {
    "programme": {"format": NEEDED, "code": NEEDED, "title": NEEDED, "version": NEEDED,
                  "effective": NEEDED, "maker": NEEDED, "checker": NEEDED,
                  "enrolment": "AUTOMATIC", "profile": "REQUIRED", "backfill_months": 6,
                  "region_classes": 3},
    "earn": {"unit_fen": 100, "points_per_unit": "1/1", "round": "FLOOR", "arrears": "PAUSE",
             "catch_up_months": 6},
    "tenure_award": {"mode": "LUMP_31DEC"},
    "level_award": {"mode": "LUMP_31DEC", "grading": ""},
    "fixed_line": {"in": NONE, "out": NONE},
    "expiry": {"policy": "QUARTER", "years": 3, "notice_months": 1},
    "effective": {"order": NEEDED},
    "limits": {"single_max": 0, "daily_max": 0, "earned_min": 0, "new_days": 0,
               "arrears": "BLOCK", "blacklist": "BLOCK"},
    "transfer": {"ownership": "FORFEIT", "move": "KEEP", "brand": "KEEP"},
    "orders": {"complaint_days": 15, "hold_days": 90},
}
DATED = {"from": "2000-01-01", "to": NONE}
# Sections that may stand often.
MANY = {
    "source": {"source": NEEDED, "rating": NEEDED},
    "tenure_band": {"from": NEEDED, "to": NONE, "rate": "0", "points": 0},
    "level_rate": {"level": NEEDED, "rate": "0", "points": 0},
    "campaign": {"name": NEEDED, "title": "", "services": (), "channels": (), "plans": (),
                 "credit_min": 0, "points": NONE, "rate": NONE, "per": "ACCOUNT", "budget": 0,
                 **DATED},
    "sp": {"service": NEEDED, "share": NEEDED, **DATED},
    "partner": {"partner": NEEDED, "points_per_yuan": NEEDED, **DATED},
    "grading": {"name": NEEDED, "title": NEEDED, "levels": NEEDED, "basis": NEEDED,
                "unit": "MEMBER", "run": NEEDED, "effective": NONE, "valid_months": 12,
                "lapse": True, "up_only": False, "apply": False, "apply_months": 12,
                "standards": NONE, "publish": "OPERATOR", "run_day": 10},
    "threshold": {"grading": NEEDED, "level": NEEDED, "region": 0, "min": NEEDED, **DATED},
    "share": {"grading": NEEDED, "level": NEEDED, "of": NEEDED, "ratio": NEEDED},
    "cut": {"grading": NEEDED, "level": NEEDED, "percent": NEEDED},
    "factor": {"grading": NEEDED, "years_from": NEEDED, "factor": NEEDED},
    "score": {"grading": NEEDED, "months": 12, "months_min": 0, "threshold_round": 1,
              "per_tenure_month": 0, "per_suspension": 0},
    "tenure_points": {"grading": NEEDED, "years_from": NEEDED, "points": NEEDED},
    "entry": {"grading": NEEDED, "level": NEEDED, "plan": NEEDED, **DATED},
    "flag": {"name": NEEDED, "by": NEEDED, "months": 0, "valid_months": 0},
    "benefit": {"name": NEEDED, "title": NEEDED, "levels": NEEDED, "kind": "SERVICE",
                "per": "ANY", "count": 0, "days": 0, "usable_days": 0, "hours": 0, "group": NONE,
                "prefer": NONE, "channels": (), "queue": NONE, "priority": 0, "terms": (),
                **DATED},
    "queue": {"name": NEEDED, "position": NEEDED, "grades": NEEDED, "answer_seconds": 0,
              "answer_percent": 0, "call_back_hours": 0},
    "sheet": {"name": NEEDED, "title": NEEDED, "high": NEEDED},
    "sheet_input": {"sheet": NEEDED, "name": NEEDED, "max": NEEDED},
    "sheet_band": {"sheet": NEEDED, "input": NEEDED, "from": NEEDED, "points": NONE,
                   "min": NONE, "max": NONE},
    "sheet_cut": {"sheet": NEEDED, "grade": NEEDED, "from": NEEDED},
    "segment": {"name": NEEDED, "from_fen": NEEDED, "to_fen": NEEDED, "income": "",
                "credit": ""},
    "item": {"name": NEEDED, "title": NEEDED, "form": NEEDED, "supplier": NEEDED,
             "kind": NEEDED, "principal": True, "levels": (), "beneficiary": "ANY",
             "credit": NONE, "step": 1, "cost": 0, "freight": 0, "stock": "OPEN",
             "market_fen": 0, **DATED},
    "price": {"item": NEEDED, "quantity": NEEDED, "points": NEEDED, "cash": NEEDED,
              "hours_from": NONE, "hours_to": NONE, "weekdays": (), **DATED},
}
RATIOS = ("rate", "share", "points_per_yuan", "points_per_unit", "ratio", "factor", "credit",
          "in", "out")
DATES_OF = ("campaign", "sp", "partner", "threshold", "entry", "benefit", "item", "price")


def row_of(section, keys, given):
    unknown = set(given) - set(keys)
    b.need(not unknown, f"[{section}]: unknown {sorted(unknown)}")
    row = {}
    for key, default in keys.items():
        value = given.get(key, default)
        b.need(value is not NEEDED, f"[{section}]: {key} lacks")
        if key in RATIOS and isinstance(value, str):
            row["written_" + key] = value
            value = Fraction(value)
        if key in ("from", "to") and section in DATES_OF and value is not None:
            value = b.day_of(value)
        row[key] = value
    return SimpleNamespace(**row)


def in_force(row, day):
    start, end = getattr(row, "from"), row.to
    return start <= day and (end is None or day < end)


class Programme:
    """One version."""

    def __init__(self, text):
        """`text`: the file's, or the dictionary that it makes."""
        data = tomllib.loads(text) if isinstance(text, str) else text
        self.data = data
        unknown = set(data) - set(SINGLE) - set(MANY)
        b.need(not unknown, f"unknown section {sorted(unknown)}")
        for name, keys in SINGLE.items():
            setattr(self, "orders_" if name == "orders" else name + "_",
                    row_of(name, keys, data.get(name, {})))
        for name, keys in MANY.items():
            setattr(self, name, [row_of(name, keys, row) for row in data.get(name, [])])
        head = self.programme_
        b.need(head.format == 1 and head.maker != head.checker, "format, maker and checker")
        self.code, self.version = head.code, head.version
        self.effective = b.day_of(head.effective)
        self.rating = {row.source: int(row.rating) for row in self.source}
        self.expiries = {}    # by month, as they are asked
        self.gradings = {row.name: row for row in self.grading}
        self.flags = {row.name: row for row in self.flag}
        b.need(len(self.gradings) <= 4, "at most four gradings")

    # Look-ups.

    def named(self, section, name, day=None):
        """The row of this name (in force on `day`), or None."""
        found = [row for row in getattr(self, section)
                 if row.name == name and (day is None or in_force(row, day))]
        b.need(len(found) <= 1, f"two rows of {section} {name} hold together")
        return found[0] if found else None

    def score_of(self, grading):
        found = [row for row in self.score if row.grading == grading.name]
        return found[0] if found else row_of("score", MANY["score"], {"grading": grading.name})

    def band_of(self, months):
        """Index of the tenure band, None before the first one."""
        for index, band in enumerate(self.tenure_band):
            if months >= getattr(band, "from") and (band.to is None or months <= band.to):
                return index
        return None

    def level_rate_of(self, level):
        """Rate and points of a level; the first level has none."""
        for row in self.level_rate:
            if row.level == level:
                return row.rate, row.points
        return Fraction(0), 0

    def threshold_of(self, grading, level, region, day):
        """The dated threshold of a level in a class; a row of the class before one of all."""
        for wanted in (region, 0):
            for row in self.threshold:
                if (row.grading, row.level, row.region) == (grading.name, level, wanted) and \
                        in_force(row, day):
                    return row.min
        return None

    def factor_scale(self, grading):
        """(least common denominator of the factors as written, [(years, numerator)])."""
        rows = sorted((r for r in self.factor if r.grading == grading.name),
                      key=lambda r: r.years_from)
        scale = math.lcm(*(int(r.written_factor.partition("/")[2] or 1) for r in rows))
        return scale, [(r.years_from, int(r.factor * scale)) for r in rows]

    def expiry_of(self, month):
        """When points of an earned month expire."""
        if month not in self.expiries:
            self.expiries[month] = self.expiry_by(self.expiry_, month)
        return self.expiries[month]

    @staticmethod
    def expiry_by(rule, month):
        if rule.policy == "YEAR":
            return b.first_day((month // 12 + rule.years + 1) * 12)
        return b.first_day(month // 3 * 3 + 3 + 12 * rule.years)

    def notice_day(self, expires_on):
        """The notice is so many months before the run, which is on the first of a month."""
        return b.first_day(b.month_of_day(expires_on) - self.expiry_.notice_months)

    def price_at(self, item, quantity, day, minute=None):
        """The price row that holds; a row of a file has no time of day (minute None)."""
        weekday = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")[
            b.date_of(day).isoweekday() - 1]
        found = []
        for row in self.price:
            if row.item != item or row.quantity != quantity or not in_force(row, day):
                continue
            if row.weekdays and weekday not in row.weekdays:
                continue
            first, last = minutes_of(row.hours_from, 0), minutes_of(row.hours_to, 1440)
            if (first, last) != (0, 1440) and (minute is None or not first <= minute < last):
                continue
            hours = (last - first) * (len(row.weekdays) or 7)    # Of a week.
            found.append((hours, -getattr(row, "from"), row))
        return min(found, key=lambda f: f[:2])[2] if found else None


def minutes_of(text, default):
    if text is None:
        return default
    return int(text[:2]) * 60 + int(text[3:])


class ProgrammeBook:
    """All versions that were taken."""

    def __init__(self, programmes=()):
        self.versions = sorted(programmes, key=lambda p: p.version)
        self.by_day = {}    # as they are asked
        for before, after in zip(self.versions, self.versions[1:]):
            b.need(before.code == after.code and before.version + 1 == after.version
                   and before.effective < after.effective, "versions ascend with their days")

    def of_day(self, day):
        if day not in self.by_day:
            found = [p for p in self.versions if p.effective <= day]
            self.by_day[day] = found[-1] if found else None
        return self.by_day[day]

    def gradings(self):
        """Of all versions, each as it came first: what records call them is the same for ever."""
        found = {}
        for programme in self.versions:
            for row in programme.grading:
                found.setdefault(row.name, row)
        return list(found.values())

    def grading_numbers(self):
        return [row.name for row in self.gradings()]

    def level_names(self):
        found = {}
        for programme in self.versions:
            for row in programme.grading:
                found.setdefault(row.name, set()).update(row.levels)
        return found

    def flag_names(self):
        return dict.fromkeys(row.name for programme in self.versions for row in programme.flag)

    def benefit_names(self):
        return {row.name for programme in self.versions for row in programme.benefit}

    def of_month(self, month):
        """The version that counts for points earned in a month."""
        return self.of_day(b.first_day(month))
