"""A member's account at a home: lots, debts, holds, and what was done with them."""

from dataclasses import dataclass, field

import basics as b
from batch import Slice, debt_slice


@dataclass(slots=True)
class Lot:
    name: int
    earned_month: int
    expires_on: int
    source: int
    rating: int
    original: int
    remaining: int
    held: int = 0

    @property
    def free(self):
        return self.remaining - self.held

    def slice(self, account, delta):
        """Changes what remains and returns the slice that says so."""
        self.remaining += delta
        if not 0 <= self.held <= self.remaining <= self.original:
            raise b.Refused(f"lot {self.name:x}: {self.remaining} of {self.original}, "
                            f"{self.held} held")
        return Slice(self.name, self.earned_month, self.expires_on, self.source, self.rating,
                     account, self.original, delta)


@dataclass
class Account:
    member: int
    home: bool = False
    closed: bool = False
    lots: dict = field(default_factory=dict)
    debts: dict = field(default_factory=dict)  # issuer: points owed, > 0
    move: object = None  # The unconfirmed MoveIn.
    holds: list = field(default_factory=list)

    def in_transit(self, lot):
        return self.move is not None and lot.name in self.move.lots

    def canonical(self):
        return [self.lots[name] for name in sorted(self.lots)]

    def usable(self, day):
        """Lots that can be taken from on a day, in taking order."""
        lots = [lot for lot in self.lots.values()
                if lot.expires_on > day and lot.free > 0 and not self.in_transit(lot)]
        return sorted(lots, key=lambda lot: (lot.expires_on, lot.earned_month, lot.name))

    def available(self, day):
        return sum(lot.free for lot in self.usable(day)) - sum(self.debts.values())

    def choose(self, points, day):
        """What taking `points` takes: pairs of lot and points, in taking order."""
        chosen = []
        for lot in self.usable(day):
            part = min(lot.free, points)
            if part > 0:
                chosen.append((lot, part))
                points -= part
        assert points == 0
        return chosen

    def change_debt(self, issuer, account, delta):
        """`delta` > 0 repays, < 0 owes more. Returns the debt's slice."""
        owed = self.debts.get(issuer, 0) - delta
        assert owed >= 0
        self.debts.pop(issuer, None)
        if owed:
            self.debts[issuer] = owed
        return debt_slice(issuer, account, delta)

    def new_lot(self, lot, issuer):
        """Adds an earned lot; returns [issue] or [issue, lot to debt, debt repaid]."""
        assert lot.name not in self.lots
        lot.remaining = 0
        self.lots[lot.name] = lot
        slices = [lot.slice(b.ISSUED, lot.original)]
        repaid = min(self.debts.get(issuer, 0), lot.original)
        if repaid:
            slices.append(lot.slice(b.REPAID, -repaid))
            slices.append(self.change_debt(issuer, b.REPAID, repaid))
        return slices

    def take_back(self, name, points, day):
        """Takes earned points back: named lot, if it is here, same issuer's lots, then a debt."""
        if self.closed:
            return []
        issuer, slices = b.issuer_of(name), []
        named = self.lots.get(name)
        others = [lot for lot in self.usable(day)
                  if b.issuer_of(lot.name) == issuer and lot is not named]
        for lot in ([] if named is None or self.in_transit(named) else [named]) + others:
            part = min(lot.free, points)
            if part > 0:
                slices.append(lot.slice(b.ISSUED, -part))
                points -= part
        if points:
            slices.append(self.change_debt(issuer, b.ISSUED, -points))
        return slices


@dataclass
class MoveIn:
    id: tuple
    account: Account
    lots: set


@dataclass
class Hold:
    id: tuple
    code: int  # The authorisation: the HOLD row's entry id.
    account: Account
    parts: list  # [lot, points still held], in taking order
    expires: int
    ended: bool = False

    @property
    def left(self):
        return sum(points for _, points in self.parts)

    def release(self):
        for part in self.parts:
            part[0].held -= part[1]
            part[1] = 0
        self.ended = True


@dataclass
class Spent:
    """A redemption or exchange out that this home took: the parent of refunds."""

    kind: int
    id: tuple
    account: Account
    form: int
    counterparty: int
    partner: int
    points: int
    parts: list  # [lot name, points left], in the order in which they were consumed
    withdrawn: bool = False

    @property
    def whole_only(self):
        return self.kind == b.EXCHANGE_OUT or self.form == b.FORMS["GIFT"]

    @property
    def left(self):
        return sum(points for _, points in self.parts)


@dataclass
class Funded:
    """An accrual or exchange in that this home took: the parent of reversals."""

    kind: int
    id: tuple
    account: Account
    points: int
    left: int


@dataclass
class Given:
    """A DELIVERY or DELIVERY_REFUND of this province, with its corrections."""

    kind: int
    id: tuple
    member: int
    counterparty: int
    withdrawn: bool = False
