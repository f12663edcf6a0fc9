"""Reading the input directory: files, rule book, calendar, openings, cut-off records.

Syntax is taken as valid; what isn't understood raises basics.Refused.
"""

import hashlib
import os
import re
from dataclasses import dataclass
from fractions import Fraction

import basics as b

# Columns of each row kind: (name, type), a type ending in ? may be empty.
GOODS = [("form", "word"), ("giver", "code?"), ("partner", "code?"), ("cost", "fen?"),
         ("freight", "fen?"), ("cash", "fen?")]
SERIAL = ("serial", "serial")
MEMBER = ("member", "member")
POINTS = ("points", "points")
RATED = [("points", "points"), ("units", "units"), ("rate", "number")]
CITE = [("sequence", "number"), ("entry", "number")]
LOT_HEAD = [("earned_month", "month"), ("source", "word"), ("rating", "flag"),
            ("expires_on", "date"), ("original", "points")]

PROVINCE_ROWS = {
    "BILL": [SERIAL, ("account", "text"), MEMBER, ("bill_month", "month"), ("fen", "fen")],
    "REBILL": [SERIAL, ("account", "text"), MEMBER, ("bill_month", "month"), ("lot", "entry"),
               ("billed", "fen"), ("corrected", "fen")],
    "EARN": [SERIAL, MEMBER, ("source", "word"), ("earned_month", "month"), POINTS,
             ("rating", "flag")],
    "UNEARN": [SERIAL, MEMBER, ("lot", "entry"), POINTS],
    "TRANSFER": [SERIAL, MEMBER],
    "LEAVE": [SERIAL, MEMBER],
    "REDEEM": [SERIAL, ("id", "id?"), MEMBER, POINTS] + GOODS,
    "HOLD": [SERIAL, ("id", "id?"), MEMBER, POINTS, ("expires", "date")],
    "CAPTURE": [SERIAL, ("id", "id?"), ("hold", "id"), POINTS, ("final", "flag")] + GOODS,
    "VOID": [SERIAL, ("hold", "id")],
    "EXCHANGE_OUT": [SERIAL, ("id", "id?"), MEMBER, ("partner", "code")] + RATED,
    "ACCRUAL": [SERIAL, ("id", "id"), MEMBER, ("partner", "code"), POINTS],
    "EXCHANGE_IN": [SERIAL, ("id", "id"), MEMBER, ("partner", "code")] + RATED,
    "REFUND": [SERIAL, ("id", "id?"), ("parent", "id"), MEMBER, POINTS, ("giver", "code?"),
               ("partner", "code?")],
    "UNISSUE": [SERIAL, ("id", "id?"), ("parent", "id"), MEMBER, ("partner", "code"),
                ("lot", "entry"), POINTS],
    "MOVE_OUT": [SERIAL, ("id", "id"), MEMBER, ("to", "code")],
    "MOVE_IN": [SERIAL, MEMBER, ("from", "code")],
    "CONFIRM": [SERIAL, ("move", "id")],
    "DELIVERY": [SERIAL, MEMBER, ("home", "code"), ("authorisation", "entry?"), POINTS,
                 ("form", "word"), ("cost", "fen?"), ("freight", "fen?"), ("cash", "fen?"),
                 ("id", "id?")],
    "DELIVERY_REFUND": [SERIAL, ("id", "id?"), ("parent", "id"), MEMBER, ("home", "code"), POINTS],
    "WITHDRAW": [SERIAL] + CITE,
    "CORRECT": CITE,
    "LOT": [("lot", "entry")] + LOT_HEAD + [POINTS],
    "DEBT": [("issuer", "code"), POINTS],
}
ACCOUNT = [SERIAL, ("account", "text"), MEMBER]
MAY_ID = [SERIAL, ("id", "id?"), MEMBER]
# Of a province's members: they stay in the province and move nothing here. `settle` takes the
# sealed batch of such a day.
MEMBER_ROWS = {
    "ACCOUNT": ACCOUNT + [("joined", "month"), ("service", "word"), ("prepaid", "flag"),
                          ("real_name", "flag"), ("region", "number")],
    "ACCOUNT_END": ACCOUNT,
    "PROFILE": MAY_ID,
    "BILL_SPLIT": ACCOUNT + [("bill_month", "month"), ("total", "fen"), ("third_party", "fen"),
                             ("collected", "fen")],
    "SP_SPEND": ACCOUNT + [("bill_month", "month"), ("service", "text"), ("fen", "fen")],
    "PARTNER_SPEND": [SERIAL, ("id", "id"), MEMBER, ("partner", "code"), ("fen", "fen")],
    "FIXED_IN": MAY_ID + [("units", "units")],
    "EVENT": ACCOUNT + [("service", "text?"), ("channel", "text?"), ("plan", "text?"),
                        ("credit", "number?")],
    "PLAN": ACCOUNT + [("plan", "text?")],
    "BRAND": ACCOUNT + [("brand", "text")],
    "MERGE": MAY_ID + [("account", "text?"), ("into", "member")],
    "UNMERGE": [SERIAL, ("merge", "id"), MEMBER],
    "OWNER": ACCOUNT,
    "ARREARS": ACCOUNT + [("state", "word")],
    "BLACKLIST": [SERIAL, MEMBER, ("on", "flag")],
    "VIP_PROPOSE": MAY_ID + [("flag", "text"), ("why", "word"), ("until", "month"),
                             ("officer", "text")],
    "VIP_DECIDE": [SERIAL, ("proposal", "id"), ("approve", "flag"), ("officer", "text")],
    "LEGACY": [SERIAL, MEMBER, ("flag", "text"), ("until", "month")],
    "APPLY": MAY_ID + [("grading", "text"), ("level", "text"), ("from", "month")],
    "GRADE": [SERIAL, MEMBER, ("grading", "text"), ("level", "text"), ("from", "date"),
              ("to", "date?")],
    "SHEET": [SERIAL, MEMBER, ("sheet", "text"), ("grading", "text?")],
    "INPUT": [("input", "text"), ("value", "number"), ("points", "number?")],
    "ORDER": MAY_ID + [("item", "text"), ("quantity", "number"), POINTS, ("cash", "fen"),
                       ("beneficiary", "member?")],
    "ORDER_STATE": [SERIAL, ("order", "id"), ("state", "word"), ("cost", "fen?"),
                    ("freight", "fen?")],
    "STOCK": [SERIAL, ("item", "text"), ("change", "text")],
    "COMPLAINT": [SERIAL, ("id", "id?"), ("order", "id"), ("why", "word")],
    "COMPLAINT_END": [SERIAL, ("complaint", "id"), ("outcome", "word")],
    "CLAIM": MAY_ID + [("benefit", "text")],
    "REGISTER": MAY_ID + [("account", "text"), ("bill_month", "month"), ("why", "word")],
    "REGISTER_END": [SERIAL, ("register", "id"), ("outcome", "word")],
    "CALL": MAY_ID + [("seconds", "number"), ("answered", "flag"), ("called_back", "number?")],
    "SPENT": ACCOUNT + [("bill_month", "month"), ("fen", "fen"), ("earned", "flag")],
    "STANDING": [("payload", "text")],
}
PARTNER_ROWS = {
    "ACCRUAL": [("id", "id"), MEMBER, POINTS],
    "REDEMPTION": [("id", "id"), MEMBER, POINTS, ("authorisation", "entry?")],
    "EXCHANGE_OUT": [("id", "id"), MEMBER] + RATED,
    "EXCHANGE_IN": [("id", "id"), MEMBER] + RATED,
    "REFUND": [("id", "id"), ("parent", "id"), MEMBER, POINTS],
    "NOT_CREDITED": [("id", "id"), ("parent", "id"), MEMBER],
    "WITHDRAW": CITE,
    "CORRECT": CITE,
}
OPENING_ROWS = {
    "MEMBER": [MEMBER],
    "LOT": [("lot", "entry"), MEMBER] + LOT_HEAD + [("remaining", "points")],
    "DEBT": [MEMBER, ("issuer", "code"), POINTS],
}
RULEBOOK_ROWS = {
    "PARTICIPANT": [("code", "text"), ("number", "number"), ("kind", "word"), ("name_zh", "text"),
                    ("name_en", "text")],
    "CONTRACT": [("partner", "code"), ("acquirer", "code"), ("types", "word"), ("netted", "flag"),
                 ("carry", "flag"), ("unit", "text?"), ("from", "date"), ("to", "date?")],
    "PRICE": [("version", "number"), ("kind", "word"), ("partner", "code?"), ("form", "word?"),
              ("issuer", "code?"), ("acquirer", "code?"), ("num", "number"), ("den", "number"),
              ("block", "number?"), ("min", "number?"), ("from", "date"), ("to", "date?")],
    "CAP": [("partner", "code"), ("kind", "word"), ("span", "word"), ("points", "points"),
            ("from", "date"), ("to", "date?")],
    "EXPIRY": [("policy", "word"), ("years", "number"), ("from", "month")],
}
CALENDAR_ROWS = {"YEAR": [("year", "number")], "HOLIDAY": [("day", "date")],
                 "WORKDAY": [("day", "date")]}
CUTOFF_ROWS = {
    "PERIOD": [("period", "month")],
    "RULEBOOK": [("digest", "digest")],
    "CALENDAR": [("digest", "digest")],
    "OPENING": [("province", "code"), ("digest", "digest")],
    "SENDER": [("sender", "code"), ("sequence", "number"), ("digest", "digest")],
}
TYPES = {"PROVINCE_DAY": PROVINCE_ROWS | MEMBER_ROWS, "PARTNER_DAY": PARTNER_ROWS,
         "OPENING_LOTS": OPENING_ROWS,
         "RULEBOOK": RULEBOOK_ROWS, "CALENDAR": CALENDAR_ROWS, "CUTOFF": CUTOFF_ROWS}

CODE = re.compile(r"[A-Z][A-Z0-9]{1,11}\Z")
REFERENCE = re.compile(r"[A-Za-z0-9-]{1,24}\Z")
DIGEST = re.compile(r"[0-9a-f]{64}\Z")


@dataclass
class RawFile:
    """A file cut into fields, header and trailer checked."""

    name: str
    data: bytes
    type: str
    sender: str
    day: int
    sequence: int
    lines: list  # (line number, fields)


def read_raw(path):
    with open(path, "rb") as handle:
        return raw_of(os.path.basename(path), handle.read())


def places_of(columns, kind):
    return [place for place, (_, of) in enumerate(columns, 1) if of.startswith(kind)]


def raw_of(name, data):
    b.need(data.endswith(b"\n"), f"{name}: last line has no line feed")
    rows = [line.split(",") for line in data.decode("utf-8").split("\n")[:-1]]
    head, tail = rows[0], rows[-1]
    b.need(len(head) == 6 and head[0] == "POINTHOUSE" and head[2] == "1", f"{name}: header")
    b.need(head[1] in TYPES, f"{name}: type {head[1]!r} not understood")
    b.need(tail[0] == "END" and len(tail) == 4, f"{name}: trailer")
    b.need(b.number_of(tail[1]) == len(rows) - 2, f"{name}: trailer's row count")
    raw = RawFile(name, data, head[1], head[3], b.day_of(head[4]), b.number_of(head[5]),
                  list(enumerate(rows[1:-1], 2)))
    points = fen = 0
    summed = {of: (len(columns) + 1, places_of(columns, "points"), places_of(columns, "fen"))
              for of, columns in TYPES[raw.type].items()}
    for line, fields in raw.lines:
        if fields[0] not in summed:
            raise b.Refused(f"{name}:{line}: kind {fields[0]!r}")
        length, of_points, of_fen = summed[fields[0]]
        if fields[0] == "DELIVERY" and len(fields) == length - 1:
            fields.append("")  # The id may be left out, with its comma.
        if len(fields) != length:
            raise b.Refused(f"{name}:{line}: number of columns")
        points += sum(b.number_of(fields[place]) for place in of_points if fields[place])
        fen += sum(b.number_of(fields[place]) for place in of_fen if fields[place])
    b.need((points, fen) == (b.number_of(tail[2]), b.number_of(tail[3])),
           f"{name}: trailer's sums")
    return raw


class RuleBook:
    def __init__(self, raw):
        self.digest = hashlib.sha256(raw.data).hexdigest()
        self.numbers, self.codes, self.kinds, self.names = {}, {}, {}, {}
        for _, fields in raw.lines:
            if fields[0] == "PARTICIPANT":
                _, code, number, kind, name_zh, name_en = fields
                number = b.number_of(number)
                b.need(code not in self.numbers and number not in self.codes,
                       f"participant {code} twice")
                self.numbers[code], self.codes[number] = number, code
                self.kinds[number], self.names[number] = kind, (name_zh, name_en)
        self.contracts, self.prices, self.expiries = [], [], []
        for line, fields in raw.lines:
            row = parse_row(RULEBOOK_ROWS, fields, self, raw.name, line)
            if row["kind"] == "CONTRACT":
                self.contracts.append(row)
            elif row["kind"] == "PRICE":
                row["price_kind"] = fields[2]
                row["value"] = Fraction(row["num"], row["den"])
                self.prices.append(row)
            elif row["kind"] == "EXPIRY":
                b.need(row["policy"] in ("QUARTER", "YEAR") and 1 <= row["years"] <= 10,
                       "an expiry's policy and years")
                b.need(not self.expiries or self.expiries[-1]["from"] < row["from"],
                       "expiries ascend")
                self.expiries.append(row)
        clearings = [n for n, kind in self.kinds.items() if kind == "CLEARING"]
        b.need(clearings == [100], "exactly one clearing, number 100")

    @property
    def all_numbers(self):
        return sorted(self.codes)

    @property
    def provinces(self):
        return [n for n in self.all_numbers if self.kinds[n] == "PROVINCE"]

    @property
    def partners(self):
        return [n for n in self.all_numbers if self.kinds[n] in b.PARTNER_KINDS]

    def is_province(self, number):
        return self.kinds.get(number) == "PROVINCE"

    def is_partner(self, number):
        return self.kinds.get(number) in b.PARTNER_KINDS

    def expires_on(self, month):
        """The day on which points of an earned month expire."""
        held = [row for row in self.expiries if row["from"] <= month]
        policy, years = (held[-1]["policy"], held[-1]["years"]) if held else ("QUARTER", 3)
        after = b.after_quarter(month) if policy == "QUARTER" else b.after_year(month)
        return b.years_on(after, years)

    def contract(self, partner, day):
        """The partner's contract on a day, or None."""
        found = [c for c in self.contracts if c["partner"] == partner and in_force(c, day)]
        b.need(len(found) <= 1, "two contracts of one partner are in force together")
        return found[0] if found else None

    def unit(self, partner):
        """The partner's unit: that of its last contract that has one."""
        found = [c for c in self.contracts if c["partner"] == partner and c["unit"]]
        b.need(found, "a purchase from a partner without a unit")
        return max(found, key=lambda c: c["from"])["unit"]

    def price(self, kind, day, partner=None, form=None, issuer=None, acquirer=None):
        """The row of exactly this key in force on a day, or None."""
        found = [p for p in self.prices
                 if p["price_kind"] == kind and p["partner"] == partner and p["form"] == form
                 and p["issuer"] == issuer and p["acquirer"] == acquirer and in_force(p, day)]
        b.need(len(found) <= 1, "two price rows of one key are in force together")
        return found[0] if found else None

    def inter(self, form, issuer, acquirer, day):
        """Form + pair, else form, else default."""
        return (self.price("INTER", day, form=form, issuer=issuer, acquirer=acquirer)
                or self.price("INTER", day, form=form)
                or self.price("INTER", day))

    # Text of ids.

    def id_of(self, text):
        code, day, reference = text.split("/")
        b.need(bool(REFERENCE.match(reference)) and len(day) == 8, f"id {text!r}")
        return (self.number(code), b.day_of(f"{day[:4]}-{day[4:6]}-{day[6:]}"),
                reference.encode())

    def number(self, code):
        b.need(bool(CODE.match(code)) and code in self.numbers, f"participant {code!r}")
        return self.numbers[code]

    def entry_of(self, text):
        participant, day, reference = self.id_of(text)
        return b.entry_id(participant, day, b.number_of(reference.decode()))

    def id_text(self, id_):
        if id_ == b.NO_ID:
            return ""
        participant, day, reference = id_
        return f"{self.codes[participant]}/{b.day_text(day).replace('-', '')}/{reference.decode()}"

    def entry_text(self, entry):
        participant, day, number = b.entry_parts(entry)
        return self.id_text(b.own_id(participant, day, number))


def in_force(row, day):
    return row["from"] <= day and (row["to"] is None or day < row["to"])


def parse_value(kind, text, book):
    if kind.endswith("?"):
        if text == "":
            return None
        kind = kind[:-1]
    if kind in ("points", "fen", "units", "number", "serial"):
        return b.number_of(text)
    if kind == "flag":
        b.need(text in ("0", "1"), f"flag {text!r}")
        return int(text)
    if kind == "date":
        return b.day_of(text)
    if kind == "month":
        return b.month_of(text)
    if kind == "member":
        return b.member_of(text)
    if kind == "code":
        return book.number(text)
    if kind == "id":
        return book.id_of(text)
    if kind == "entry":
        return book.entry_of(text)
    if kind == "digest":
        b.need(bool(DIGEST.match(text)), f"digest {text!r}")
        return text
    b.need(kind in ("word", "text") and text != "", f"value {text!r} of type {kind}")
    return text


def parse_row(rows, fields, book, name, line):
    """A row's fields as a dictionary of values; "kind" is the row's kind."""
    row = {}
    try:
        for (column, kind), text in zip(rows[fields[0]], fields[1:]):
            row[column] = parse_value(kind, text, book)
    except (b.Refused, ValueError) as error:
        raise b.Refused(f"{name}:{line}: {error}") from error
    row["kind"] = fields[0]
    return row


@dataclass
class DayFile:
    sender: int
    day: int
    sequence: int
    rows: list  # (line number, row)


def day_file(raw, book):
    """A PROVINCE_DAY or PARTNER_DAY with its rows parsed."""
    sender = book.number(raw.sender)
    province = raw.type == "PROVINCE_DAY"
    b.need(book.is_province(sender) if province else book.is_partner(sender),
           f"{raw.name}: sender")
    rows = [(n, parse_row(TYPES[raw.type], f, book, raw.name, n)) for n, f in raw.lines]
    for line, row in rows if province else []:
        b.need(row["kind"] not in MEMBER_ROWS, f"{raw.name}:{line}: {row['kind']} is of members, "
               "which stay in the province: give the sealed batch of that day")
    serials = [row["serial"] for _, row in rows if "serial" in row]
    b.need(all(x < y for x, y in zip(serials, serials[1:])), f"{raw.name}: serials ascend")
    return DayFile(sender, raw.day, raw.sequence, rows)


class Calendar:
    def __init__(self, raw, book):
        rows = [parse_row(CALENDAR_ROWS, f, book, raw.name, n) for n, f in raw.lines]
        b.need(rows[0]["kind"] == "YEAR", f"{raw.name}: first row")
        self.year = rows[0]["year"]
        self.digest = hashlib.sha256(raw.data).hexdigest()
        self.holidays = {r["day"] for r in rows if r["kind"] == "HOLIDAY"}
        self.workdays = {r["day"] for r in rows if r["kind"] == "WORKDAY"}

    def works(self, day):
        if b.date_of(day).isoweekday() <= 5:
            return day not in self.holidays
        return day in self.workdays


class Inputs:
    """Everything that lies in the input directory."""

    def __init__(self, directory):
        raws = [read_raw(os.path.join(directory, name)) for name in sorted(os.listdir(directory))
                if name.endswith(".csv")]
        books = [r for r in raws if r.type == "RULEBOOK"]
        b.need(len(books) == 1, "one rule book is needed")
        self.book = RuleBook(books[0])
        self.calendars, self.openings, self.opening_digests = {}, {}, {}
        self.cutoffs, self.files = {}, {}
        opening_days = set()
        for raw in raws:
            if raw.type == "CALENDAR":
                calendar = Calendar(raw, self.book)
                b.need(calendar.year not in self.calendars, f"{raw.name}: year twice")
                self.calendars[calendar.year] = calendar
            elif raw.type == "OPENING_LOTS":
                sender = self.book.number(raw.sender)
                b.need(sender not in self.openings, f"{raw.name}: opening twice")
                self.openings[sender] = [parse_row(OPENING_ROWS, f, self.book, raw.name, n)
                                         for n, f in raw.lines]
                self.opening_digests[sender] = hashlib.sha256(raw.data).hexdigest()
                opening_days.add(raw.day)
            elif raw.type == "CUTOFF":
                record = [parse_row(CUTOFF_ROWS, f, self.book, raw.name, n) for n, f in raw.lines]
                period = record[0]["period"]
                b.need(period not in self.cutoffs, f"{raw.name}: record twice")
                self.cutoffs[period] = raw, record
            elif raw.type != "RULEBOOK":
                self.add_day(raw)
        b.need(sorted(self.openings) == self.book.provinces, "an opening of every province")
        b.need(len(opening_days) == 1, "openings of one day")
        self.first_month = b.month_of_day(opening_days.pop())
        for files in self.files.values():
            days = [files[sequence].day for sequence in sorted(files)]
            b.need(all(x < y for x, y in zip(days, days[1:])),
                   "a sender's files must be of ascending dates")

    def add_day(self, raw):
        file = day_file(raw, self.book)
        files = self.files.setdefault(file.sender, {})
        b.need(raw.sequence not in files, f"{raw.name}: sequence twice")
        files[raw.sequence] = file

    def day_files(self, sender):
        """The sender's files by sequence, 1, 2, ... up to the first gap."""
        files = self.files.get(sender, {})
        sequence, out = 1, []
        while sequence in files:
            out.append(files[sequence])
            sequence += 1
        return out

    def working_day(self, month, n):
        """The n-th working day that is counted from the first of a month on."""
        day = b.first_day(month) - 1
        while n:
            day += 1
            year = b.date_of(day).year
            b.need(year in self.calendars, f"no calendar of {year}")
            n -= self.calendars[year].works(day)
        return day
