"""The made-up world of a seed: participants, contracts, prices, members, and the days' files.

The world runs the oracle's nodes along with the days it writes, so that scenes can look at what
members have. That makes most events succeed; it proves nothing by itself.
"""

import os
import random
from collections import Counter

import basics as b
import inputs
from batch import PartnerNode
from node import ID_CLASS, Node
from periods import Cutoff

PROVINCE_CODES = ("AH", "BJ", "GD", "JS", "SH", "SX", "YN", "ZJ")
FORMS = ("PHONE_CREDIT", "OWN_PRODUCT", "GIFT")
INTER_PRICES = ((3, 5), (1, 2), (2, 3), (5, 7), (1, 1))
# OUT (units per point), IN (points per unit): a round trip is worth 1 at most.
EXCHANGES = (((2, 25), (10, 1)), ((5, 1), (1, 15)), ((1, 3), (2, 1)), ((3, 7), (2, 1)),
             ((1, 1), (1, 1)), ((7, 2), (1, 4)))


class Row:
    """A row planned for a sender's day."""

    def __init__(self, sender, day, kind, columns, serial=None, cite=None):
        self.sender, self.day, self.kind, self.columns = sender, day, kind, columns
        self.serial, self.cite, self.below = serial, cite, []
        self.line = None  # Known once the file is written.


class World:
    def __init__(self, seed, months, directory):
        self.rng = random.Random(seed)
        self.directory = directory
        self.first_month = b.month_of("2006-01") + self.rng.randrange(48)
        if self.rng.random() < 0.6:   # So that the run of a quarter's expiry is often within.
            self.first_month -= (self.first_month + self.rng.randrange(months)) % 3
        self.of_expiry = random.Random(f"expiry {seed}")   # Leaves the draws of all else alone.
        if self.of_expiry.random() < 0.3:   # So that the run of a year's expiry is within, too.
            self.first_month -= (self.first_month + self.of_expiry.randrange(months)) % 12
        self.months = months
        self.start, self.end = (b.first_day(self.first_month),
                                b.last_day(self.first_month + months - 1))
        self.counts = Counter()
        self.plan = {}
        self.serials = Counter()
        self.references = Counter()
        os.makedirs(directory, exist_ok=True)
        self.make_participants()
        self.make_prices()
        self.make_expiries()
        self.write_rulebook()
        self.make_calendars()
        self.make_openings()
        read = inputs.Inputs(directory)
        self.nodes = {n: Node(n, read.openings[n], read.book) for n in self.book.provinces}
        self.partner_nodes = {n: PartnerNode(n) for n in self.book.partners}
        self.batches = {n: [] for n in self.book.provinces + self.book.partners}

    def chance(self, probability):
        return self.rng.random() < probability

    def write(self, name, type_, sender, day, sequence, rows):
        """Writes a file of rows (lists of fields) with its header and trailer; returns it."""
        points = fen = 0
        for fields in rows:
            for (_, kind), value in zip(inputs.TYPES[type_][fields[0]], fields[1:]):
                points += int(value) if value and kind.startswith("points") else 0
                fen += int(value) if value and kind.startswith("fen") else 0
        lines = [f"POINTHOUSE,{type_},1,{sender},{b.day_text(day)},{sequence}"]
        lines += [",".join(fields) for fields in rows] + [f"END,{len(rows)},{points},{fen}"]
        data = "".join(line + "\n" for line in lines).encode()
        with open(os.path.join(self.directory, name), "wb") as handle:
            handle.write(data)
        return inputs.raw_of(name, data)

    # The rule book.

    def make_participants(self):
        rng = self.rng
        codes = rng.sample(PROVINCE_CODES, rng.randint(3, 6))
        numbers = rng.sample(range(1, 100), len(codes))
        self.rules = [["PARTICIPANT", c, str(n), "PROVINCE", "省" + c, "Province " + c]
                      for c, n in zip(codes, numbers)]
        self.rules.append(["PARTICIPANT", "CLR", "100", "CLEARING", "结算中心", "Clearing"])
        partners = [("AIR1", "AIRLINE"), ("BNK1", "BANK"), ("MER1", "MERCHANT")]
        partners += [(f"MER{i}", "MERCHANT") for i in range(2, rng.randint(2, 4))]
        if self.chance(0.5):
            partners.append(("SHOP", "MERCHANT"))   # The exchanging merchant.
        if self.chance(0.3):
            partners.append(("HTL1", "HOTEL"))
        for (code, kind), number in zip(partners, rng.sample(range(101, 900), len(partners))):
            self.rules.append(["PARTICIPANT", code, str(number), kind, "商" + code, code.title()])
        self.partners = dict(partners)
        for code in self.partners:
            self.make_contract(code, codes)
        rng.shuffle(self.rules)
        self.rules.sort(key=lambda r: r[0] != "PARTICIPANT")

    def make_contract(self, code, provinces):
        rng = self.rng
        unit = {"AIR1": "mile", "BNK1": "bankpt", "SHOP": "coupon", "HTL1": "night"}.get(code, "")
        acquirer = "CLR" if code in ("AIR1", "BNK1", "HTL1") else rng.choice(provinces)
        if code.startswith("MER") and self.chance(0.3):
            acquirer = "CLR"
        if code in ("AIR1", "BNK1", "HTL1"):
            types = rng.choice(("X", "AX", "AX"))
        elif code == "SHOP":
            types = rng.choice(("AUX", "X"))
        else:
            types = rng.choice(("AU", "AU", "AUD", "U", "A"))
        netted = int(not self.chance(0.25))
        carry = int(self.chance(0.35))
        early = b.day_text(b.first_day(self.first_month - 12))
        row = ["CONTRACT", code, acquirer, types, str(netted), str(carry), unit, early, ""]
        self.rules.append(row)
        if self.chance(0.25):   # The contract changes, or starts late, or ends.
            day = b.day_text(self.start + rng.randrange(5, self.end - self.start))
            kind = rng.choice(("change", "change", "late", "end"))
            if kind == "late":
                row[7] = day
            elif kind == "end":
                row[8] = day
            elif kind == "change":
                row[8] = day
                other = rng.choice(provinces + ["CLR"])
                self.rules.append(row[:2] + [other] + row[3:7] + [day, ""])

    def make_prices(self):
        self.versions = list(range(1, 400))
        self.rng.shuffle(self.versions)
        early = self.start - 400
        provinces = [r[1] for r in self.rules if r[3] == "PROVINCE"]
        self.price("INTER", early, self.rng.sample(INTER_PRICES, 2), change=0.4, gap=0)
        for form in ("PHONE_CREDIT", "OWN_PRODUCT", "MERCHANT", "FIXED_LINE", "EXCHANGE_OUT",
                     "FUNDING"):
            if self.chance(0.3):
                self.price("INTER", early, self.rng.sample(INTER_PRICES, 2), form=form, gap=0.3)
            for _ in range(2):
                if self.chance(0.3):
                    one = self.rng.choice(provinces)
                    two = self.rng.choice([c for c in provinces + ["CLR"] if c != one])
                    key = form, one, two
                    if key not in self.references:
                        self.references[key] = 1
                        self.price("INTER", early, self.rng.sample(INTER_PRICES, 2), form=form,
                                   issuer=one, acquirer=two, gap=0.3)
        for code in self.partners:
            values = {"SALE": ((4, 5), (1, 1)), "REIMBURSE": ((3, 5), (4, 7)),
                      "COMMISSION": ((1, 20), (1, 30)), "BUY": ((7, 1), (1, 10), (9, 4))}
            for kind, choices in values.items():
                self.price(kind, early, self.rng.sample(choices, 2), partner=code)
            out, into = self.rng.choice(EXCHANGES)
            block = out[1] * self.rng.choice((1, 1, 10))
            self.price("OUT", early, (out, out), partner=code, block=block,
                       least=block * self.rng.choice((1, 3)))
            block = into[1] * self.rng.choice((1, 5))
            self.price("IN", early, (into, into), partner=code, block=block,
                       least=block * self.rng.choice((1, 2)))

    def price(self, kind, early, values, change=0.4, gap=0.2, partner="", form="", issuer="",
              acquirer="", block="", least=""):
        """One row; or two with a change, with or without a gap between them."""
        def add(value, start, end):
            self.rules.append(
                ["PRICE", str(self.versions.pop()), kind, partner, form, issuer, acquirer,
                 str(value[0]), str(value[1]), str(block), str(least), b.day_text(start),
                 "" if end is None else b.day_text(end)])
        if not self.chance(change):
            add(values[0], early, None)
            return
        day = self.start + self.rng.randrange(3, self.end - self.start)
        hole = self.rng.randrange(2, 8) if self.chance(gap / change if change else 0) else 0
        add(values[0], early, day)
        add(values[1], day + hole, None)

    def make_expiries(self):
        """Rows of both policies, from months of long ago or of these; or none."""
        rng = self.of_expiry
        if rng.random() < 0.3:
            return
        months = range(self.first_month - 36, self.first_month + self.months)
        for month in sorted(rng.sample(months, rng.randint(1, 3))):
            self.rules.append(["EXPIRY", rng.choice(("YEAR", "YEAR", "QUARTER")),
                               str(rng.choice((1, 1, 2, 2, 3, 10))), b.month_text(month)])

    def write_rulebook(self):
        raw = self.write("rulebook.csv", "RULEBOOK", "CLR", self.start, 0, self.rules)
        self.book = inputs.RuleBook(raw)
        self.digits = {n: self.book.codes[n] for n in self.book.all_numbers}

    def make_calendars(self):
        first, last = b.date_of(self.start).year, b.date_of(b.last_day(
            self.first_month + self.months)).year
        for year in range(first, last + 1):
            rows = [["YEAR", str(year)]]
            day = b.day_of(f"{year}-01-01")
            while b.date_of(day).year == year:
                weekend = b.date_of(day).isoweekday() > 5
                if self.chance(0.05):
                    rows.append(["WORKDAY" if weekend else "HOLIDAY", b.day_text(day)])
                day += 1
            self.write(f"calendar-{year}.csv", "CALENDAR", "CLR", b.day_of(f"{year}-01-01"), 0,
                       rows)

    # Members and opening lots.

    def make_openings(self):
        rng = self.rng
        provinces = self.book.provinces
        self.members = []
        rows = {n: [] for n in provinces}
        count = rng.randint(5, 30)
        for serial in range(1, count + 1):
            prefix = rng.choice(provinces)
            member = b.member_number(prefix, serial)
            home = rng.choice(provinces) if self.chance(0.15) else prefix
            self.members.append(int(member))
            if self.chance(0.1):
                continue   # Becomes a member with his first earning.
            lots = rng.randint(0, 5)
            if lots == 0 or home != prefix:
                rows[home].append(["MEMBER", member])
            for _ in range(lots):
                rows[home].append(self.opening_lot(member, home))
            if self.chance(0.12):
                rows[home].append(["DEBT", member, self.digits[rng.choice((home, home, prefix))],
                                   str(rng.randint(1, 300))])
        for n in provinces:
            self.write(f"opening-{self.digits[n]}.csv", "OPENING_LOTS", self.digits[n],
                       self.start, 0, rows[n])

    def opening_lot(self, member, home):
        rng = self.rng
        issuer = rng.choice(self.book.provinces) if self.chance(0.3) else home
        month = self.first_month - rng.randint(1, 36)
        expires = max(self.book.expires_on(month), self.start)
        if self.chance(0.25):   # The grace of an earlier refund, or about to expire.
            expires = self.start + rng.randrange(0, 62)
        source = rng.choice(("CONSUMPTION", "CONSUMPTION", "TENURE", "PARTNER", "MIGRATION"))
        original = rng.randint(1, 6000)
        remaining = original if self.chance(0.7) else rng.randint(0, original)
        self.references["lot", issuer] += 1
        name = self.id(issuer, self.start - rng.randint(1, 300), self.references["lot", issuer])
        return ["LOT", name, member, b.month_text(month), source, rng.choice("01"),
                b.day_text(expires), str(original), str(remaining)]

    # Planning rows.

    def id(self, participant, day, reference):
        return f"{self.digits[participant]}/{b.day_text(day).replace('-', '')}/{reference}"

    def own(self, row):
        """A row's entry id as text."""
        return self.id(row.sender, row.day, row.serial)

    def reference(self, participant, day):
        """A new transaction id of a partner (or of any participant)."""
        self.references[participant] += 1
        prefix = self.rng.choice(("r", "T-", "T-" if self.book.is_province(participant) else ""))
        return self.id(participant, day,
                       prefix + str(self.references[participant]))

    def sequence(self, day):
        return day - self.start + 1

    def add(self, sender, day, kind, cite=None, **columns):
        """Plans a row; None when its day isn't in the months that are made."""
        serial = None
        if self.book.is_province(sender):
            self.serials[sender, day] += self.rng.choice((1, 1, 1, 2, 5))
            serial = self.serials[sender, day]
        row = Row(sender, day, kind, columns, serial, cite)
        self.plan.setdefault((sender, day), []).append(row)
        return row

    def repeat(self, row, day, **changed):
        """The same row again, in a later file."""
        again = self.add(row.sender, day, row.kind, **{**row.columns, **changed})
        again.below = row.below
        return again

    def fields(self, row, table):
        out = [row.kind]
        for column, _ in table[row.kind]:
            value = row.serial if column == "serial" else row.columns.get(column, "")
            out.append("" if value is None else str(value))
        return out

    # Writing a day.

    def write_day(self, day):
        for sender in self.book.provinces + self.book.partners:
            province = self.book.is_province(sender)
            type_ = "PROVINCE_DAY" if province else "PARTNER_DAY"
            rows = []
            planned = self.plan.pop((sender, day), [])
            ids = set()   # A kind has an id once in a file.
            for row in sorted(planned, key=lambda r: r.serial) if province else planned:
                name = ID_CLASS.get(row.kind, row.kind), row.columns.get("id")
                if name[1] and not row.cite:
                    if name in ids:
                        row.line = 1   # Whoever cites it cites nothing.
                        continue
                    ids.add(name)
                if row.cite:
                    rows.append(["CORRECT", *map(str, self.cite(row.cite))])
                if row.kind == "WITHDRAW" and "cited" in row.columns:
                    sequence, entry = self.cite(row.columns["cited"])
                    row.columns.update(sequence=sequence, entry=entry)
                rows.append(self.fields(row, inputs.TYPES[type_]))
                row.line = len(rows) + 1
                rows += row.below
            code = self.digits[sender]
            raw = self.write(f"{code}-{b.day_text(day)}-{type_}.csv", type_, code, day,
                             self.sequence(day), rows)
            file = inputs.day_file(raw, self.book)
            node = (self.nodes if province else self.partner_nodes)[sender]
            self.batches[sender].append(node.take(file))
            for fields in rows:
                self.counts["row", type_, fields[0]] += 1

    def cite(self, cited):
        """(sequence, entry) of a cited row, or the numbers themselves."""
        if isinstance(cited, tuple):
            return cited
        return self.sequence(cited.day), cited.serial or cited.line

    # Cut-offs.

    def write_cutoffs(self):
        """Explicit records for some months: some senders' last days came too late."""
        read = inputs.Inputs(self.directory)
        late = {s: 0 for s in self.batches}
        for index in range(self.months):
            period = self.first_month + index
            sequences = {s: self.sequence(b.last_day(period)) for s in self.batches}
            if not self.chance(0.55):
                late = sequences
                continue
            for sender in sequences:
                if self.chance(0.4):
                    less = self.rng.choice((1, 1, 2, 3, 8, 40))
                    sequences[sender] = max(late[sender], sequences[sender] - less)
            late = sequences
            name = f"cutoff-{b.month_text(period)}.csv"
            with open(os.path.join(self.directory, name), "w", encoding="utf-8",
                      newline="") as handle:
                handle.write(Cutoff(read, period, sequences, self.batches).text)
