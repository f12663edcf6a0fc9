#!/usr/bin/python3
"""The worked example of April 2007 as input files, and as the expected result.

ex1.py --example DIR --out DIR          writes the input files (both periods' days)
ex1.py --check OUTDIR --example DIR     compares an April output directory with the example
ex1.py --check-may OUTDIR               checks that the late event settles in May
"""

import argparse
import csv
import json
import os
import sys
from collections import defaultdict

import basics as b
import inputs

PROVINCES = ("P01", "P02", "P03")
PARTNERS = ("AIR1", "BNK1", "MER1")
NUMBERS = {"P01": 1, "P02": 2, "P03": 3, "CLR": 100, "AIR1": 101, "BNK1": 102, "MER1": 103}
MEMBERS = {f"M{i}": b.member_number(home, i)
           for i, home in enumerate((1, 2, 3, 1, 2), 1)}
OPENING_SERIAL = {"L01": 1, "L02": 2, "L03": 3, "L04": 4, "L05": 5, "L06": 6, "L07": 7, "L08": 8,
                  "L09": 9}
HOLIDAYS = ["01-01", "01-02", "01-03", "02-19", "02-20", "02-21", "02-22", "02-23", "05-01",
            "05-02", "05-03", "05-04", "05-07", "10-01", "10-02", "10-03", "10-04", "10-05"]
WORKDAYS = ["02-17", "02-25", "04-28", "04-29", "09-29", "09-30"]
FIRST, LAST = b.day_of("2007-04-01"), b.day_of("2007-05-31")
LATE_DAY = b.day_of("2007-04-29")

RULEBOOK = """\
PARTICIPANT,P01,1,PROVINCE,一省,Province One
PARTICIPANT,P02,2,PROVINCE,二省,Province Two
PARTICIPANT,P03,3,PROVINCE,三省,Province Three
PARTICIPANT,CLR,100,CLEARING,结算中心,Clearing
PARTICIPANT,AIR1,101,AIRLINE,航空公司,Airline One
PARTICIPANT,BNK1,102,BANK,银行,Bank One
PARTICIPANT,MER1,103,MERCHANT,商户,Merchant One
CONTRACT,AIR1,CLR,X,1,0,mile,2007-01-01,
CONTRACT,BNK1,CLR,X,1,0,bankpt,2007-01-01,
CONTRACT,MER1,P02,AU,1,0,,2007-01-01,
PRICE,1,INTER,,,,,3,5,,,2007-01-01,
PRICE,2,SALE,AIR1,,,,4,5,,,2007-01-01,
PRICE,3,SALE,BNK1,,,,4,5,,,2007-01-01,
PRICE,4,SALE,MER1,,,,4,5,,,2007-01-01,
PRICE,5,REIMBURSE,MER1,,,,3,5,,,2007-01-01,
PRICE,6,COMMISSION,MER1,,,,1,20,,,2007-01-01,
PRICE,7,OUT,AIR1,,,,2,25,250,250,2007-01-01,
PRICE,8,IN,AIR1,,,,10,1,100,100,2007-01-01,
PRICE,9,BUY,AIR1,,,,7,1,,,2007-01-01,
PRICE,10,OUT,BNK1,,,,5,1,1,1,2007-01-01,
PRICE,11,IN,BNK1,,,,1,15,150,150,2007-01-01,
PRICE,12,BUY,BNK1,,,,1,10,,,2007-01-01,
"""


def read_csv(directory, name):
    with open(os.path.join(directory, name), encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def write_file(directory, name, type_, sender, day, sequence, rows):
    """Writes one input file with the header and trailer that fit its rows."""
    points = fen = 0
    for row in rows:
        fields = row.split(",")
        for (_, kind), value in zip(inputs.TYPES[type_][fields[0]], fields[1:]):
            points += int(value) if value and kind.startswith("points") else 0
            fen += int(value) if value and kind.startswith("fen") else 0
    lines = [f"POINTHOUSE,{type_},1,{sender},{day},{sequence}"] + rows
    lines.append(f"END,{len(rows)},{points},{fen}")
    with open(os.path.join(directory, name), "w", encoding="utf-8", newline="") as handle:
        handle.write("".join(line + "\n" for line in lines))


class Converter:
    """Turns the example's events into rows of the senders' days."""

    def __init__(self, example):
        self.events = read_csv(example, "events.csv")
        self.opening = read_csv(example, "opening_lots.csv")
        self.homes = {r["member"]: r["home_province_at_open"]
                      for r in read_csv(example, "members.csv")}
        self.rows = defaultdict(list)   # (sender, date): rows
        self.ids = {}                   # event: transaction id
        self.sources = {r["lot"]: r for r in self.opening}

    def add(self, sender, date, kind, *fields):
        """Adds a province's row; returns its entry id."""
        rows = self.rows[sender, date]
        serial = len([r for r in rows if not r.startswith(("LOT,", "DEBT,"))]) + 1
        rows.append(",".join([kind, str(serial), *map(str, fields)]))
        return f"{sender}/{date.replace('-', '')}/{serial}"

    def add_partner(self, sender, date, *fields):
        self.rows[sender, date].append(",".join(map(str, fields)))

    def convert(self):
        for event in self.events:
            handler = getattr(self, event["type"].lower())
            handler(event, event["business_date"], MEMBERS[event["member"]]
                    if event["member"] else None, self.homes.get(event["member"]))

    def partner_id(self, partner, event):
        date = event["business_date"].replace("-", "")
        self.ids[event["event"]] = f"{partner}/{date}/{event['event']}"
        return self.ids[event["event"]]

    def expiry_run(self, event, date, member, home):
        """Done by the nodes of their own accord."""

    def redeem_phone_credit(self, event, date, member, home):
        giver = event["province"]
        delivery = f"{giver}/{date.replace('-', '')}/1"
        code = self.add(home, date, "REDEEM", delivery, member, event["points"], "PHONE_CREDIT",
                        giver, "", "", "", "")
        assert delivery == self.add(giver, date, "DELIVERY", member, home, code, event["points"],
                                    "PHONE_CREDIT", "", "", "")
        self.ids[event["event"]] = delivery

    def redeem_gift(self, event, date, member, home):
        giver = event["province"]
        goods = event["cost_fen"], event["freight_fen"], event["cash_fen"]
        if giver == home:
            self.add(home, date, "REDEEM", "", member, event["points"], "GIFT", home, "", *goods)
            return
        delivery = f"{giver}/{date.replace('-', '')}/1"
        code = self.add(home, date, "REDEEM", delivery, member, event["points"], "GIFT", giver,
                        "", "", "", "")
        self.add(giver, date, "DELIVERY", member, home, code, event["points"], "GIFT", *goods)

    def earn(self, event, date, member, home):
        self.ids[event["event"]] = self.add(home, date, "BILL", "A-" + event["member"], member,
                                            "2007-03", event["bill_fen"])

    def redeem_merchant(self, event, date, member, home):
        id_ = self.partner_id(event["partner"], event)
        code = self.add(home, date, "REDEEM", id_, member, event["points"], "MERCHANT", "",
                        event["partner"], "", "", "")
        self.add_partner(event["partner"], date, "REDEMPTION", id_, member, event["points"], code)

    def exchange(self, event, date, member, home, kind, rates):
        partner = event["partner"]
        id_ = self.partner_id(partner, event)
        amounts = event["points"], event["partner_units"], rates[partner]
        self.add(home, date, kind, id_, member, partner, *amounts)
        self.add_partner(partner, date, kind, id_, member, *amounts)

    def exchange_out(self, event, date, member, home):
        self.exchange(event, date, member, home, "EXCHANGE_OUT", {"AIR1": 7, "BNK1": 10})

    def exchange_in(self, event, date, member, home):
        self.exchange(event, date, member, home, "EXCHANGE_IN", {"AIR1": 8, "BNK1": 11})

    def partner_accrual(self, event, date, member, home):
        id_ = self.partner_id(event["partner"], event)
        self.add(home, date, "ACCRUAL", id_, member, event["partner"], event["points"])
        self.add_partner(event["partner"], date, "ACCRUAL", id_, member, event["points"])

    def reverse_redemption(self, event, date, member, home):
        id_, parent = self.partner_id(event["partner"], event), self.ids[event["ref_event"]]
        self.add(home, date, "REFUND", id_, parent, member, event["points"], "", event["partner"])
        self.add_partner(event["partner"], date, "REFUND", id_, parent, member, event["points"])

    def port_province(self, event, date, member, home):
        """All of M2's lots move: L03, L04 of the opening, L11 of the bill, L14 of the miles."""
        new = event["province"]
        move = self.add(new, date, "MOVE_IN", member, home)
        lots = [(self.opening_lot(r), r["earned_month"], "CONSUMPTION", 1, r["expiry_run_date"],
                 r["original"], r["remaining"])
                for r in self.opening if r["member"] == event["member"]]
        lots.append((self.ids["E03.2"], "2007-03", "CONSUMPTION", 1, "2010-04-01", 250, 250))
        lots.append(("P02/20070411/1", "2007-04", "EXCHANGE_IN", 0, "2010-07-01", 5000, 5000))
        for lot in lots:
            self.rows[new, date].append(",".join(map(str, ("LOT", *lot))))
        self.add(home, date, "MOVE_OUT", move, member, new)
        self.add(new, "2007-04-23", "CONFIRM", move)
        self.homes[event["member"]] = new

    def ownership_transfer(self, event, date, member, home):
        self.add(home, date, "TRANSFER", member)

    def reverse_earn(self, event, date, member, home):
        earned = next(e for e in self.events if e["event"] == event["ref_event"])
        self.add(home, date, "REBILL", "A-" + event["member"], member, "2007-03",
                 self.ids[event["ref_event"]], earned["bill_fen"], event["bill_fen"])

    @staticmethod
    def opening_lot(row):
        return f"{row['issuer']}/20070331/{OPENING_SERIAL[row['lot']]}"


def write_inputs(example, directory):
    os.makedirs(directory, exist_ok=True)
    converter = Converter(example)
    homes = dict(converter.homes)
    converter.convert()
    write_file(directory, "rulebook.csv", "RULEBOOK", "CLR", "2007-01-01", 0,
               RULEBOOK.splitlines())
    calendar = ["YEAR,2007"] + [f"HOLIDAY,2007-{d}" for d in HOLIDAYS]
    calendar += [f"WORKDAY,2007-{d}" for d in WORKDAYS]
    write_file(directory, "calendar-2007.csv", "CALENDAR", "CLR", "2007-01-01", 0, calendar)
    for province in PROVINCES:
        rows = [",".join(["LOT", converter.opening_lot(r), MEMBERS[r["member"]],
                          r["earned_month"], r["source"], r["rating"], r["expiry_run_date"],
                          r["original"], r["remaining"]])
                for r in converter.opening if homes[r["member"]] == province]
        write_file(directory, f"opening-{province}.csv", "OPENING_LOTS", province, "2007-04-01",
                   0, rows)
    for sender in PROVINCES + PARTNERS:
        type_ = "PROVINCE_DAY" if sender in PROVINCES else "PARTNER_DAY"
        for sequence, day in enumerate(range(FIRST, LAST + 1), 1):
            date = b.day_text(day)
            write_file(directory, f"{sender}-{date}-{type_}.csv", type_, sender, date, sequence,
                       converter.rows[sender, date])
    write_cutoff(directory)


def write_cutoff(directory):
    """April's record: P01's and P03's files of 29 April and after came too late."""
    from periods import Cutoff, seal_all
    read = inputs.Inputs(directory)
    batches, _ = seal_all(read)
    period = b.month_of("2007-04")
    sequences = {s: 28 if read.book.codes[s] in ("P01", "P03") else 30 for s in batches}
    with open(os.path.join(directory, "cutoff-2007-04.csv"), "w", encoding="utf-8",
              newline="") as handle:
        handle.write(Cutoff(read, period, sequences, batches).text)


# Checking.

class Checker:
    def __init__(self, out, example=None):
        self.out, self.example, self.failures = out, example, 0

    def same(self, what, got, expected):
        if got != expected:
            self.failures += 1
            print(f"{what}: got {got}\n  expected {expected}")
        else:
            print(f"{what}: as expected")

    def rows(self, name):
        return read_csv(self.out, name)

    def check_april(self):
        names = ("debtor", "creditor", "reason", "quantity", "unit")
        expected = sorted(
            tuple(r[n] for n in names) + (r["price_fen_per_unit"], r["amount_fen_exact"],
                                          r["amount_fen"], r["unbilled_residue_fen"])
            for r in read_csv(self.example, "lines.csv"))
        got = sorted(tuple(r[n] for n in names) + (r["price"], r["exact"], r["fen"], r["residue"])
                     for r in self.rows("lines.csv"))
        self.same("lines", got, expected)
        self.check_money()
        self.check_points()
        self.check_statements()
        self.same("suspense", self.rows("suspense.csv"), [])
        self.same("returned", self.rows("returned.csv"), [])

    def check_money(self):
        expected = {}
        for row in read_csv(self.example, "bilateral_matrix.csv"):
            debtor = row.pop("debtor\\creditor")
            row.pop("total_payable")
            if debtor != "total_receivable":
                expected.update({(debtor, c): int(v) for c, v in row.items() if v != "0"})
        got = {(r["debtor"], r["creditor"]): int(r["fen"]) for r in self.rows("matrix.csv")}
        self.same("matrix", {k: v for k, v in got.items() if v}, expected)
        columns = ("receivable", "payable", "net")
        self.same("net positions",
                  sorted((r["participant"], *(int(r[c]) for c in columns))
                         for r in self.rows("positions.csv")),
                  sorted((r["participant"], *(int(r[c + "_fen"]) for c in columns))
                         for r in read_csv(self.example, "net_positions.csv")))
        self.same("fen ledger",
                  sorted((r["entity"], r["account"], r["counterparty"], int(r["debit"] or 0),
                          int(r["credit"] or 0)) for r in self.rows("ledger.csv")),
                  sorted((r["entity"], r["account"], r["counterparty"], int(r["debit_fen"]),
                          int(r["credit_fen"])) for r in read_csv(self.example, "fen_ledger.csv")))

    def check_points(self):
        self.same("roll-forward",
                  [(r["issuer"], *(int(r[c]) for c in (
                      "opening", "issued", "redeemed", "expired", "forfeited", "closing",
                      "breakage_fen"))) for r in self.rows("rollforward.csv")],
                  [(r["issuer"], *(int(r[c]) for c in (
                      "opening_points", "issued_net", "redeemed_net", "expired", "forfeited",
                      "closing_points", "breakage_memo_fen")))
                   for r in read_csv(self.example, "issuer_rollforward.csv")])
        names = {v: k for k, v in MEMBERS.items()}
        totals = defaultdict(int)
        for r in self.rows("closing-lots.csv"):
            totals[names[r["member"]], r["issuer"], r["earned_month"], r["expires_on"],
                   r["source"], r["rating"], r["original"]] += int(r["remaining"])
        self.same("closing lots", sorted((*k, v) for k, v in totals.items()),
                  sorted((r["member"], r["issuer"], r["earned_month"], r["expiry_run_date"],
                          r["source"], r["rating"], r["original"], int(r["remaining"]))
                         for r in read_csv(self.example, "closing_lots.csv")))

    def check_statements(self):
        with open(os.path.join(self.example, "statements.json"), encoding="utf-8") as handle:
            document = json.load(handle)
        calendar = dict(zip(("close", "draft", "disputes", "final", "payment"),
                            document["calendar"].values()))
        for expected in document["statements"]:
            code = expected["participant"]
            path = os.path.join(self.out, "statements", code + ".json")
            with open(path, encoding="utf-8") as handle:
                got = json.load(handle)
            self.same(f"statement {code} calendar", got["calendar"], calendar)
            for side in ("receivable", "payable"):
                keys = ("counterparty", "reason", "quantity", "unit", "price")
                self.same(f"statement {code} {side}",
                          sorted(tuple(x[k] for k in keys) + (x["exact"], x["fen"])
                                 for x in got[side]),
                          sorted(tuple(x[k] for k in keys) + (x["exact_fen"], x["fen"])
                                 for x in expected[side]))
                self.same(f"statement {code} {side} total", got[side + "_total"],
                          expected[side + "_total_fen"])
            self.same(f"statement {code} net", got["net"], expected["net_fen"])

    def check_may(self):
        self.same("May's lines", [(r["debtor"], r["creditor"], r["reason"], r["fen"],
                                   r["prior_items"]) for r in self.rows("lines.csv")],
                  [("P03", "P01", "PHONE_CREDIT", "300", "1")])
        self.same("May's suspense", self.rows("suspense.csv"), [])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--example")
    parser.add_argument("--out")
    parser.add_argument("--check")
    parser.add_argument("--check-may")
    arguments = parser.parse_args()
    if arguments.out:
        write_inputs(arguments.example, arguments.out)
    failures = 0
    if arguments.check:
        checker = Checker(arguments.check, arguments.example)
        checker.check_april()
        failures += checker.failures
    if arguments.check_may:
        checker = Checker(arguments.check_may)
        checker.check_may()
        failures += checker.failures
    print(f"{failures} differences")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
