"""Batches and their canonical binary layout (docs/formats.md section 6)."""

import hashlib
import struct
from dataclasses import dataclass, field
from typing import NamedTuple

import basics as b


class Slice(NamedTuple):
    """A change of one lot, or of one debt (source DEBT, lot = issuer << 48)."""

    lot: int
    earned_month: int
    expires_on: int
    source: int
    rating: int
    account: int
    original: int
    delta: int

    def pack(self):
        return struct.pack("<QHHBBBBqq", self.lot, self.earned_month, self.expires_on, self.source,
                           self.rating, self.account, 0, self.original, self.delta)


def debt_slice(issuer, account, delta):
    return Slice(issuer << 48, 0, 0, b.DEBT, 0, account, 0, delta)


class Movement(NamedTuple):
    entry: int
    kind: int
    member: int
    slice: Slice

    def pack(self):
        return struct.pack("<QIB3x", self.member, self.entry, self.kind) + self.slice.pack()


def pack_id(id_):
    participant, day, reference = id_
    return struct.pack("<HH24s", participant, day, reference)


@dataclass(frozen=True)
class Item:
    """One item. The first three fields say where it stands; they are not in its 144 bytes."""

    sender: int
    sequence: int
    business_day: int
    entry: int
    kind: int
    id: tuple
    member: int
    counterparty: int = 0
    partner: int = 0
    form: int = 0
    action: int = b.NEW
    parent: tuple = b.NO_ID
    authorisation: int = 0
    rate: int = 0
    points: int = 0
    units: int = 0
    cost: int = 0
    freight: int = 0
    cash: int = 0
    cited_sequence: int = 0
    cited_entry: int = 0
    slices: tuple = ()

    def pack(self):
        return struct.pack(
            "<BBBBHHQ28s28sQIIqqqqqIIII", self.kind, self.form, self.action, 0,
            self.counterparty, self.partner, self.member, pack_id(self.id), pack_id(self.parent),
            self.authorisation, self.entry, self.rate, self.points, self.units, self.cost,
            self.freight, self.cash, self.cited_sequence, self.cited_entry, len(self.slices), 0)

    def content(self):
        """All but entry and authorisation: what makes a copy a copy."""
        return (self.kind, self.form, self.action, self.counterparty, self.partner, self.member,
                self.id, self.parent, self.rate, self.points, self.units, self.cost, self.freight,
                self.cash, self.cited_sequence, self.cited_entry, self.slices)

    @property
    def entry_name(self):
        """The id that is the entry's own name."""
        return b.own_id(self.sender, self.business_day, self.entry)

    @property
    def key(self):
        return self.sender, self.kind, self.id

    @property
    def date(self):
        """The business date that picks prices: the id's."""
        return self.id[1]


@dataclass
class Returned:
    by: str
    sender: int
    sequence: int
    entry: int
    kind: str
    id: tuple
    code: str


@dataclass
class Batch:
    sender: int
    sequence: int
    business_day: int
    previous: bytes = bytes(32)
    movements: list = field(default_factory=list)
    items: list = field(default_factory=list)
    returned: list = field(default_factory=list)
    digest: bytes = b""

    def seal(self):
        """Puts movements and items in canonical order and returns the bytes of the .phb file."""
        self.movements.sort(key=lambda m: m.entry)  # Stable: keeps the place in the entry.
        self.items.sort(key=lambda i: (i.counterparty, i.id, i.entry))
        slices = [s for item in self.items for s in item.slices]
        points = sum(i.points for i in self.items) + sum(abs(m.slice.delta) for m in self.movements)
        fen = sum(i.cost + i.freight + i.cash for i in self.items)
        header = struct.pack("<4sHHHHIQQQqq32sQ", b"PHB1", 1, self.sender, self.business_day, 0,
                             self.sequence, len(self.movements), len(self.items), len(slices),
                             points, fen, self.previous, 0)
        assert len(header) == 96
        body = header
        body += b"".join(m.pack() for m in self.movements)
        body += b"".join(i.pack() for i in self.items)
        body += b"".join(s.pack() for s in slices)
        assert len(body) == (96 + 48 * len(self.movements) + 144 * len(self.items)
                             + 32 * len(slices))
        self.digest = hashlib.sha256(body).digest()
        return body + self.digest


PARTNER_ROW_KINDS = {
    "REDEMPTION": b.PARTNER_REDEMPTION, "EXCHANGE_OUT": b.PARTNER_EXCHANGE_OUT,
    "ACCRUAL": b.PARTNER_ACCRUAL, "EXCHANGE_IN": b.PARTNER_EXCHANGE_IN,
    "REFUND": b.PARTNER_REFUND, "NOT_CREDITED": b.NOT_CREDITED}


class PartnerNode:
    """Turns a partner's PARTNER_DAY files, in sequence, into batches."""

    def __init__(self, number):
        self.number = number
        self.entries = {}  # (sequence, entry): (kind, id, member)
        self.digest = bytes(32)

    def take(self, file):
        """`file`: an inputs.DayFile of this sender, the next in sequence."""
        batch = Batch(self.number, file.sequence, file.day, self.digest)
        cited = None
        for line, row in file.rows:
            kind = row["kind"]
            if kind == "CORRECT":
                cited = row["sequence"], row["entry"]
                continue
            if kind == "WITHDRAW":
                found = None
                if row["sequence"] < file.sequence:
                    found = self.entries.get((row["sequence"], row["entry"]))
                item_kind, id_, member = found or (0, b.NO_ID, 0)
                batch.items.append(Item(
                    self.number, file.sequence, file.day, line, item_kind, id_, member,
                    partner=self.number, action=b.WITHDRAW, cited_sequence=row["sequence"],
                    cited_entry=row["entry"]))
                continue
            item = Item(
                self.number, file.sequence, file.day, line, PARTNER_ROW_KINDS[kind], row["id"],
                row["member"], partner=self.number,
                action=b.CORRECT if cited else b.NEW, parent=row.get("parent", b.NO_ID),
                authorisation=row.get("authorisation") or 0, rate=row.get("rate", 0),
                points=row.get("points", 0), units=row.get("units", 0),
                cited_sequence=cited[0] if cited else 0, cited_entry=cited[1] if cited else 0)
            cited = None
            batch.items.append(item)
            self.entries[file.sequence, line] = (item.kind, item.id, item.member)
        batch.seal()
        self.digest = batch.digest
        return batch
