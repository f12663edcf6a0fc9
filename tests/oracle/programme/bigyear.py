#!/usr/bin/env python3
"""A made-up year of one province under one of the programmes that ship, for many members.

    bigyear.py --programme china-telecom --members 100000 --out DIR [--seed N]

Unlike year.py it plays nothing along: what it knows of members is what it has written itself, so
a hundred thousand of them take a minute. Rows that come back are among them, since nobody looks
whether a member has the points that he spends. Behind the year come the weeks in which the last
month's bills are taken and the year's runs begin: `plan` says when.
"""

import argparse
import datetime
import os
import random
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]

import basics as b    # noqa: E402
import home    # noqa: E402
import inputs    # noqa: E402
import sections    # noqa: E402
import yearrows    # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
CODE, NUMBER = "P01", 1
YEARS = {"china-telecom": 2008, "china-unicom": 2016, "china-mobile-gotone": 2024}
EVENTS_PER_MEMBER_AND_DAY = 0.012
KINDS = ("account", "account_end", "profile", "sources", "sources", "plan", "brand", "arrears",
         "arrears", "blacklist", "flags", "flags", "apply", "apply", "grade", "sheet", "claim",
         "claim", "call", "call", "order", "order", "order", "order_state", "order_state",
         "order_state", "stock", "earn", "earn", "unearn", "rebill", "rebill", "redeem", "redeem",
         "redeem", "redeem", "refund", "hold", "hold", "capture", "transfer")


def text_of(programme):
    """The programme file that ships."""
    with open(os.path.join(ROOT, "ops", "programmes", programme + ".toml"),
              encoding="utf-8") as handle:
        return handle.read()


def plan_of(programme):
    """Runs as play.py knows them: of the year's end, of a grading of the clearing each month."""
    book, year = sections.Programme(text_of(programme)), YEARS[programme]
    of, runs = f"{year}-12", []
    for grading in book.grading:
        if grading.run == "CLEARING":
            runs += [{"kind": "GRADE", "grading": grading.name, "of": b.month_text(month),
                      "begin": b.day_text(b.first_day(month + 1) + 11),
                      "publish": b.day_text(b.first_day(month + 1) + 13)}
                     for month in range(b.month_of(f"{year}-01"), b.month_of(of) + 1)]
    if "LUMP_31DEC" in (book.tenure_award_.mode, book.level_award_.mode):
        runs.append({"kind": "AWARD", "of": of, "begin": f"{year + 1}-01-10",
                     "publish": f"{year + 1}-01-12"})
    runs += [{"kind": "GRADE", "grading": grading.name, "of": of, "begin": f"{year + 1}-01-14",
              "publish": f"{year + 1}-01-15"} for grading in book.grading
             if grading.run == "YEARLY"]
    return runs


def end_of(programme):
    """The last day, inclusive: behind the first of February, from which yearly grades hold."""
    return b.day_of(f"{YEARS[programme] + 1}-02-02")


class Phone:
    """An account: whose it is, and what was billed of it."""

    __slots__ = ("name", "member", "joined", "base", "bills", "named")

    def __init__(self, name, member, joined, base):
        self.name, self.member, self.joined, self.base = name, member, joined, base
        self.bills, self.named = {}, False    # month: (fen, day, serial)


class Maker(yearrows.Maker):
    """A day's rows; what the other maker asks of homes is asked of what was written here."""

    def __init__(self, year):
        super().__init__(year, NUMBER)
        self.code, self.phones = CODE, []
        names = year.programme
        self.names = {
            "gradings": [(g.name, g.levels) for g in names.grading],
            "flags": [f.name for f in names.flag], "items": names.item, "prices": names.price,
            "benefits": [x.name for x in names.benefit], "levels": [], "plans":
            sorted({e.plan for e in names.entry} | {p for c in names.campaign for p in c.plans}),
            "services": [s.service for s in names.sp] + ["horoscope"],
            "campaigns": sorted({s for c in names.campaign for s in c.services})}
        self.begin_phones()

    def begin_phones(self):
        rng, first = self.rng, b.month_of_day(self.world.start)
        for member in self.world.members:
            for _ in range(rng.choice((1, 1, 1, 1, 1, 1, 2, 2, 3))):
                joined = max(0, first - rng.choice(    # The earliest month that there is.
                    (0, 1, 2, 5, 7, 11, 12, 13, 20, 30, 47, 61, 90, 130)))
                phone = Phone(f"A{len(self.phones)}", member, joined,
                              int(rng.lognormvariate(8.8, 0.9)))
                self.phones.append(phone)
                self.accounts[phone.name] = member

    # What the other maker asks.

    def any_member(self):
        rng = self.rng
        if rng.random() < 0.02:
            return b.member_number(NUMBER, 10 ** 6 + rng.randrange(500))
        return self.world.members[rng.randrange(len(self.world.members))]

    def any_phone(self):
        return self.phones[self.rng.randrange(len(self.phones))]

    def owned(self):
        phone = self.any_phone()
        if self.chance(0.03):
            return f"X-{self.rng.randint(1, 3)}", self.any_member()
        return phone.name, (phone.member if self.chance(0.98) else self.any_member())

    def billed(self):
        """A phone, a month and its bill, or nothing."""
        phone = self.any_phone()
        months = list(phone.bills)
        if not months:
            return None
        month = self.rng.choice(months)
        return phone, month, phone.bills[month]

    def lot_text(self, day, serial):
        return f"{CODE}/{self.day_words(day)}/{serial}"

    def day_words(self, day):
        return b.day_text(day).replace("-", "")

    # A day.

    def rows_of(self, day):
        self.day, self.rows, self.serial = day, [], 0
        since = day - self.world.start
        if since < 5:
            self.begin_members(since)
        self.monthly_bills(b.date_of(day).day)
        if since >= 5:
            expected = len(self.world.members) * EVENTS_PER_MEMBER_AND_DAY
            for _ in range(int(expected) + (self.rng.random() < expected % 1)):
                getattr(self, "make_" + self.rng.choice(KINDS))()
        return self.rows

    def begin_members(self, since):
        rng, now = self.rng, b.month_of_day(self.day)
        for place, phone in enumerate(self.phones):
            if place % 5 != since:
                continue
            if rng.random() < 0.96:
                self.account_row(phone.name, phone.member, phone.joined)
            if rng.random() < 0.7:
                self.add("PROFILE", member=phone.member)
            if rng.random() < 0.3:
                for month in range(max(now - 12, phone.joined + 1), now - 1):
                    self.add("SPENT", account=phone.name, member=phone.member,
                             bill_month=b.month_text(month), fen=self.fen_of(phone),
                             earned=int(rng.random() < 0.8))
            if rng.random() < 0.05 and not self.names["gradings"][0][0] == "star":
                self.make_grade(phone.member)

    def account_row(self, name, member, joined=None):
        rng = self.rng
        if joined is None:
            joined = b.month_of_day(self.day) - rng.choice((0, 1, 5, 11, 12, 13, 30, 61))
        self.add("ACCOUNT", account=name, member=member, joined=b.month_text(joined),
                 service=rng.choice(yearrows.SERVICES[:3] * 4 + yearrows.SERVICES),
                 prepaid=rng.choice("01"), real_name=rng.choice("01111111"),
                 region=rng.randint(1, 3))

    def fen_of(self, phone):
        return phone.base * self.rng.randrange(30, 190) // 100

    def monthly_bills(self, day_of_month):
        rng, month = self.rng, b.month_of_day(self.day) - 1
        text = b.month_text(month)
        if not 2 <= day_of_month <= 9:
            return
        for place, phone in enumerate(self.phones):
            if place % 8 + 2 != day_of_month or phone.joined > month or rng.random() < 0.03:
                continue
            fen = 0 if rng.random() < 0.02 else self.fen_of(phone)
            if rng.random() < 0.05:
                self.add("BILL_SPLIT", account=phone.name, member=phone.member, bill_month=text,
                         total=fen + 700, third_party=700, collected=0)
            else:
                self.serial += 1
                self.rows.append(["BILL", str(self.serial), phone.name, phone.member, text,
                                  str(fen)])
            phone.bills[month] = fen, self.day, self.serial
            if len(phone.bills) > 3:
                del phone.bills[next(iter(phone.bills))]

    # Kinds whose rows name what the programme has, now and then something else.

    def name_of(self, what, other="none"):
        names = self.names[what]
        return self.rng.choice(names) if names and self.chance(0.95) else other

    def make_unearn(self):
        found = self.billed()
        if found:
            phone, _, (fen, day, serial) = found
            self.add("UNEARN", member=phone.member, lot=self.lot_text(day, serial),
                     points=self.rng.randint(0, fen // 300))

    def make_rebill(self):
        found = self.billed()
        if not found:
            return
        phone, month, (fen, day, serial) = found
        corrected = max(0, fen + self.rng.choice((-5000, -300, -99, 0, 250, 4000)))
        self.add("REBILL", account=phone.name, member=phone.member,
                 bill_month=b.month_text(month), lot=self.lot_text(day, serial),
                 billed=fen + (self.rng.random() < 0.05), corrected=corrected)
        phone.bills[month] = corrected, day, serial

    def make_sources(self):
        rng, (account, member) = self.rng, self.owned()
        what = rng.choice(("SP", "PARTNER", "FIXED", "EVENT"))
        if what == "SP":
            self.add("SP_SPEND", account=account, member=member,
                     bill_month=self.month(rng.randint(0, 2)), service=self.name_of("services"),
                     fen=rng.choice((0, 300, rng.randint(300, 30000))))
        elif what == "PARTNER":
            self.references += 1
            self.add("PARTNER_SPEND", id=f"MER2/{self.day_words(self.day)}/S{self.references}",
                     member=member, partner="MER2", fen=rng.choice((900, 50000, 12345)))
        elif what == "FIXED":
            self.add("FIXED_IN", id=self.reference(), member=member, units=rng.randint(0, 500))
        else:
            self.add("EVENT", account=account, member=member,
                     service=rng.choice((None, self.name_of("campaigns", "music"))),
                     channel=rng.choice((None, "app", "shop")), credit=rng.choice((None, 1, 3)),
                     plan=rng.choice((None, self.name_of("plans", "p-none"))))

    def make_plan(self):
        account, member = self.owned()
        self.add("PLAN", account=account, member=member,
                 plan=None if self.chance(0.3) else self.name_of("plans", "p-none"))

    def make_transfer(self):
        if self.chance(0.06):
            super().make_transfer()

    def make_account_end(self):
        if self.chance(0.3):
            super().make_account_end()

    def make_flags(self):
        rng, member = self.rng, self.any_member()
        if self.chance(0.25):
            self.add("LEGACY", member=member, flag=self.name_of("flags"),
                     until=self.month(-rng.randint(0, 6)))
            return
        given = self.reference()
        own = self.add("VIP_PROPOSE", id=given, member=member, flag=rng.choice(
            ("vip", "vip", self.name_of("flags"))), why="RANK",
            until=self.month(-rng.randint(0, 9)), officer="S-1")
        self.keep("proposal", given or own)
        self.add("VIP_DECIDE", proposal=self.pick("proposal")["id"], approve=rng.choice("0111"),
                 officer=rng.choice(("S-1", "S-2", "S-2")))

    def level_of_any(self):
        grading, levels = self.rng.choice(self.names["gradings"])
        return grading, self.rng.choice(levels)

    def make_apply(self):
        grading, level = self.level_of_any()
        self.add("APPLY", id=self.reference(), member=self.any_member(), grading=grading,
                 level=level, **{"from": self.month(self.rng.randint(10, 14))})

    def make_grade(self, member=None):
        day = self.day - self.rng.choice((0, 10))
        grading, level = self.level_of_any()
        self.add("GRADE", member=member or self.any_member(), grading=grading,
                 level=level if self.chance(0.97) else "none-such",
                 **{"from": b.day_text(day),
                    "to": self.rng.choice((None, b.day_text(day + 200)))})

    def make_sheet(self):
        if self.chance(0.3):
            super().make_sheet()

    def make_order(self):
        rng, member, given = self.rng, self.any_member(), self.reference(0.3)
        item = rng.choice(self.names["items"])
        price = rng.choice([p for p in self.names["prices"] if p.item == item.name] or [None])
        quantity, points, cash = (1, rng.randint(1, 4) * 100, 0) if price is None else (
            price.quantity, price.points, price.cash)
        own = self.add("ORDER", id=given, member=member,
                       item=item.name if self.chance(0.97) else "none", quantity=quantity,
                       points=points + (self.rng.random() < 0.03), cash=cash,
                       beneficiary=rng.choice((None, None, self.any_member())))
        self.keep("order", given or own, member=member)

    def make_stock(self):
        if self.chance(0.2):
            self.add("STOCK", item=self.rng.choice((self.rng.choice(self.names["items"]).name,
                                                    "none")),
                     change=self.rng.choice((-1, 30, 50)))

    def make_claim(self):
        self.add("CLAIM", id=self.reference(), member=self.any_member(),
                 benefit=self.name_of("benefits"))

    def pick(self, what):
        """Of the last ones mostly: the older ones are over."""
        kept = self.kept[what]
        if len(kept) > 3000:
            del kept[:1000]
        return self.rng.choice(kept) if kept else None


class BigYear:
    """`make` writes the files; `days` are (day, path) in their order."""

    def __init__(self, programme, members, directory, seed=1):
        self.rng, self.directory, self.name = random.Random(seed), directory, programme
        self.text = text_of(programme)
        self.programme = sections.Programme(self.text)
        self.year, self.built, self.codes = YEARS[programme], True, [CODE]
        self.start, self.end = b.day_of(f"{self.year}-01-01"), end_of(programme)
        self.members = [b.member_number(NUMBER, serial) for serial in range(1, members + 1)]
        self.rows, self.days = 0, []
        os.makedirs(directory, exist_ok=True)

    def write(self, name, kind, sender, day, sequence, rows):
        columns = {of: ([n for n, (_, type_) in enumerate(given, 1) if type_[:6] == "points"],
                        [n for n, (_, type_) in enumerate(given, 1) if type_[:3] == "fen"])
                   for of, given in inputs.TYPES[kind].items()}
        points = fen = 0
        for fields in rows:
            of_points, of_fen = columns[fields[0]]
            for place in of_points:
                points += int(fields[place] or 0)
            for place in of_fen:
                fen += int(fields[place] or 0)
        path = os.path.join(self.directory, name)
        with open(path, "w", encoding="utf-8", newline="") as handle:
            handle.write(f"POINTHOUSE,{kind},1,{sender},{b.day_text(day)},{sequence}\n")
            handle.writelines(",".join(fields) + "\n" for fields in rows)
            handle.write(f"END,{len(rows)},{points},{fen}\n")
        return path

    def write_base(self):
        rules = [["PARTICIPANT", CODE, str(NUMBER), "PROVINCE", "省", "Province"],
                 ["PARTICIPANT", "CLR", "100", "CLEARING", "结算中心", "Clearing"],
                 ["PARTICIPANT", "MER2", "102", "MERCHANT", "商户", "Merchant"],
                 ["CONTRACT", "MER2", CODE, "AU", "1", "0", "", "2000-01-01", ""]]
        for version, kind, partner, num, den in (
                (1, "INTER", "", 3, 5), (2, "SALE", "MER2", 4, 5), (3, "REIMBURSE", "MER2", 3, 5),
                (4, "COMMISSION", "MER2", 1, 20)):
            rules.append(["PRICE", str(version), kind, partner, "", "", "", str(num), str(den),
                          "", "", "2000-01-01", ""])
        self.write("rulebook.csv", "RULEBOOK", "CLR", self.start, 0, rules)
        for year in (self.year, self.year + 1):
            self.write(f"calendar-{year}.csv", "CALENDAR", "CLR", b.day_of(f"{year}-01-01"), 0,
                       [["YEAR", str(year)]])
        rows, rng = [], self.rng
        day = b.day_text(self.start - 1).replace("-", "")
        for member in self.members:
            if rng.random() < 0.3:
                continue
            rows.append(["MEMBER", member])
            for _ in range(rng.choice((0, 1, 2, 3, 5))):
                month = b.month_of_day(self.start) - 1 - rng.randrange(35)
                original = rng.randint(1, 3000)
                rows.append(["LOT", f"{CODE}/{day}/{len(rows)}", member, b.month_text(month),
                             rng.choice(("CONSUMPTION", "CONSUMPTION", "TENURE", "AWARD", "SP")),
                             rng.choice("01"), b.day_text(home.expiry_before(month)),
                             str(original), str(original if rng.random() < 0.7 else
                                                rng.randint(0, original))])
        self.write(f"opening-{CODE}.csv", "OPENING_LOTS", CODE, self.start, 0, rows)
        with open(os.path.join(self.directory, "programme-1.toml"), "w", encoding="utf-8",
                  newline="") as handle:
            handle.write(self.text)

    def make(self):
        self.write_base()
        maker = Maker(self)
        for sequence, day in enumerate(range(self.start, self.end + 1), 1):
            rows = maker.rows_of(day)
            self.rows += len(rows)
            self.days.append((b.date_of(day), self.write(
                f"{CODE}-{b.day_text(day)}-PROVINCE_DAY.csv", "PROVINCE_DAY", CODE, day, sequence,
                rows)))
        return self


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--programme", choices=sorted(YEARS), required=True)
    parser.add_argument("--members", type=int, default=300)
    parser.add_argument("--out", required=True)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    began = datetime.datetime.now()
    year = BigYear(given.programme, given.members, given.out, given.seed).make()
    print(f"{year.rows} rows of {len(year.days)} days, {datetime.datetime.now() - began}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
