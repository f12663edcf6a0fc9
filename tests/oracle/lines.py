"""Lines, positions and the period tree of a settled period (docs/events.md section 5)."""

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction

import basics as b
import legs as l


def reason_text(leg, book):
    name = l.REASONS[leg.reason]
    if leg.reason == l.PURCHASE:
        name += f"_{book.unit(leg.partner).upper()}S"
    return f"{name}_{book.codes[leg.partner]}" if leg.partner else name


def version_text(leg):
    first, second = leg.versions
    if not first:
        return ""
    return f"{first}+{second}" if second else str(first)


@dataclass
class Line:
    debtor: int
    creditor: int
    reason: str
    version: str
    unit: str
    quantity: int
    price: str
    exact: Fraction
    fen: int
    items: int
    prior_items: int
    prior_quantity: int
    first_leaf: int

    def columns(self, book):
        """The columns of lines.csv after debtor and creditor."""
        return [self.reason, self.version, self.unit, self.quantity, self.price,
                b.fraction_text(self.exact), self.fen, b.fraction_text(self.exact - self.fen),
                self.items, self.prior_items, self.prior_quantity]


class Result:
    """Everything of a period that outputs show, computed from its legs."""

    def __init__(self, period):
        self.p, self.book = period, period.book
        self.month_start = b.first_day(period.period)
        self.month_end = b.last_day(period.period)
        self.leaves = [self.item_text(leg) for leg in period.legs]
        self.lines = self.make_lines()
        self.positions = self.make_positions()
        self.root = merkle_root([leaf.encode() for leaf in self.leaves])

    def prior(self, leg):
        return leg.id[1] < self.month_start

    def item_text(self, leg):
        codes = self.book.codes
        return ",".join(map(str, [
            codes[leg.debtor], codes[leg.creditor], reason_text(leg, self.book),
            version_text(leg), self.book.id_text(leg.id), leg.quantity,
            leg.fen if leg.reason == l.GIFT_COST else "", int(self.prior(leg))]))

    def make_lines(self):
        groups, places = {}, {}
        for place, leg in enumerate(self.p.legs):
            key = leg.debtor, leg.creditor, leg.reason, leg.partner, leg.versions
            groups.setdefault(key, []).append(leg)
            places.setdefault(key, place)
        return [self.make_line(legs, places[key]) for key, legs in groups.items()]

    def make_line(self, legs, place):
        leg = legs[0]
        quantity = sum(x.quantity for x in legs)
        if leg.reason == l.GIFT_COST:
            exact, price = Fraction(sum(x.fen for x in legs)), "cost"
        else:
            exact, price = quantity * leg.price, b.fraction_text(leg.price)
        prior = [x for x in legs if self.prior(x)]
        return Line(leg.debtor, leg.creditor, reason_text(leg, self.book), version_text(leg),
                    self.unit_of(leg), quantity, price, exact, b.round_half_up(exact), len(legs),
                    len(prior), sum(x.quantity for x in prior), place)

    def unit_of(self, leg):
        if leg.reason != l.PURCHASE:
            return "point"
        return self.book.unit(leg.partner)

    def cells(self):
        out = defaultdict(int)
        for line in self.lines:
            out[line.debtor, line.creditor] += line.fen
        return out

    def make_positions(self):
        """number: (receivable, payable, net, brought, carried, pays, receives)."""
        receivable, payable = defaultdict(int), defaultdict(int)
        for (debtor, creditor), fen in self.cells().items():
            payable[debtor] += fen
            receivable[creditor] += fen
        out = {}
        for n in self.book.all_numbers:
            if n == 100:
                continue
            contract = None
            if self.book.is_partner(n):
                contract = self.book.contract(n, self.month_end)
            r, p = receivable[n], payable[n]
            brought, carried = self.p.brought[n], 0
            due = r - p + brought
            if contract and contract["carry"] and due < 0:
                carried, pays, receives = due, 0, 0
            elif contract and not contract["netted"]:
                owed = p - brought
                pays, receives = max(owed, 0) + max(-r, 0), max(r, 0) + max(-owed, 0)
            else:
                pays, receives = max(-due, 0), max(due, 0)
            self.p.carried[n] = carried
            out[n] = (r, p, r - p, brought, carried, pays, receives)
        r, p = receivable[100], payable[100]
        out[100] = (r, p, r - p, 0, 0, sum(x[6] for x in out.values()),
                    sum(x[5] for x in out.values()))
        assert sum(x[2] for x in out.values()) == 0
        return dict(sorted(out.items()))

    # Points.

    def rollforward(self, issuer):
        """opening, issued, redeemed, expired, forfeited, moved, closing, breakage of an issuer."""
        names = {name for name in set(self.p.opening) | set(self.p.flows) | set(self.p.closing)
                 if name[0] == issuer}
        values = [0] * 7
        for name in names:
            values = [x + y for x, y in zip(values, self.quarter_values(name))]
        breakage = Fraction(0)
        for owner, points, day in self.p.breakage:
            if owner == issuer:
                row = self.book.price("INTER", day)
                b.need(row is not None, "no default price on a batch's date")
                breakage += points * row["value"]
        return values + [b.round_half_up(breakage)]

    def quarter_values(self, name):
        flow = self.p.flows[name]
        return [self.p.opening[name], flow[b.ISSUED] + flow[b.REPAID], flow[b.REDEEMED],
                flow[b.EXPIRED], flow[b.FORFEITED], flow[b.MOVED], self.p.closing[name]]

    def quarters(self):
        """(issuer, quarter or None): values, in order; rows of zeros left out."""
        sums = {}
        for name in set(self.p.opening) | set(self.p.flows) | set(self.p.closing):
            issuer, month = name
            key = issuer, 1 if month is None else 0, 0 if month is None else month // 3
            values = self.quarter_values(name)
            sums[key] = [x + y for x, y in zip(sums.get(key, [0] * 7), values)]
        return [(issuer, None if debt else quarter, values)
                for (issuer, debt, quarter), values in sorted(sums.items()) if any(values)]


def merkle_root(leaves):
    """RFC 6962 section 2.1."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + merkle_root(leaves[:k]) + merkle_root(leaves[k:])).digest()
