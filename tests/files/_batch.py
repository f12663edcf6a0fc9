"""A batch in the canonical binary layout, from docs/formats.md section 6 alone."""

import hashlib
import struct
from datetime import date

from _frame import member


def days(text):
    return (date.fromisoformat(text) - date(2000, 1, 1)).days


def months(text):
    return (int(text[:4]) - 2000) * 12 + int(text[5:]) - 1


def entry_id(participant, day, number):
    return participant << 48 | days(day) << 32 | number


def transaction(participant, day, reference):
    return struct.pack("<HH24s", participant, days(day), reference.encode())


NO_ID = bytes(28)


def pack_slice(lot, month, expires, source, rating, account, original, delta):
    return struct.pack("<QHHBBBBqq", lot, month, expires, source, rating, account, 0, original,
                       delta)


def debt(issuer, account, delta):
    return pack_slice(issuer << 48, 0, 0, 15, 0, account, 0, delta)


def pack_movement(who, entry, kind, slice_bytes):
    return struct.pack("<QIB3x", who, entry, kind) + slice_bytes


def pack_item(kind, entry, who, identity, *, form=0, action=0, counterparty=0, partner=0,
              parent=NO_ID, authorisation=0, rate=0, points=0, units=0, cost=0, freight=0, cash=0,
              cited=(0, 0), slices=0):
    return (struct.pack("<BBBBHHQ", kind, form, action, 0, counterparty, partner, who) + identity +
            parent + struct.pack("<QIIqqqqqIIII", authorisation, entry, rate, points, units, cost,
                                 freight, cash, *cited, slices, 0))


def batch(movements, items, slices, *, sender=1, day="2007-04-05", sequence=5, points=None,
          fen=None, previous=b"\x11" * 32, magic=b"PHB1", layout=1, zero=0, counts=None):
    """The file's bytes; sums and digest are right unless said otherwise."""
    if points is None:
        points = sum(abs(struct.unpack_from("<q", m, 40)[0]) for m in movements)
        points += sum(struct.unpack_from("<q", i, 88)[0] for i in items)
    if fen is None:
        fen = sum(sum(struct.unpack_from("<qqq", i, 104)) for i in items)
    counted = counts or (len(movements), len(items), len(slices))
    body = struct.pack("<4sHHHHI", magic, layout, sender, days(day), zero, sequence)
    body += struct.pack("<QQQqq", *counted, points, fen) + previous + bytes(8)
    body += b"".join(movements) + b"".join(items) + b"".join(slices)
    return body + hashlib.sha256(body).digest()


LOT = entry_id(1, "2007-04-05", 3)
OLD_LOT = entry_id(2, "2006-01-05", 7)
ALICE, BOB = int(member(1, 1)), int(member(1, 2))


def lot_slice(account, delta, lot=LOT, original=40):
    return pack_slice(lot, months("2007-03"), days("2010-04-01"), 2, 1, account, original, delta)


def old_slice(account, delta):
    return pack_slice(OLD_LOT, months("2005-12"), days("2009-01-01"), 1, 0, account, 900, delta)


def good_records():
    """The records of good/batch.csv."""
    movements = [
        pack_movement(ALICE, 3, 1, lot_slice(1, 40)),
        pack_movement(BOB, 4, 2, debt(1, 1, -5)),
        pack_movement(ALICE, 3_000_000_000, 3, old_slice(3, -100)),
    ]
    items = [
        pack_item(20, 18, ALICE, transaction(1, "2007-04-05", "18"), counterparty=1,
                  parent=transaction(1, "2007-04-01", "8"), points=10, slices=1),
        pack_item(16, 7, ALICE, transaction(2, "2007-04-05", "31"), form=1, counterparty=2,
                  authorisation=entry_id(1, "2007-04-05", 7), points=60, slices=2),
        pack_item(32, 26, BOB, transaction(1, "2007-04-02", "12"), form=3, action=1, counterparty=3,
                  points=80, cost=500, freight=20, cash=0, cited=(3, 12)),
        pack_item(18, 16, BOB, transaction(101, "2007-04-04", "a1"), counterparty=101, partner=101,
                  points=30, slices=3),
        pack_item(16, 29, BOB, transaction(103, "2007-04-01", "k"), action=2, counterparty=103,
                  partner=103, cited=(2, 5), slices=1),
    ]
    made = entry_id(1, "2007-04-05", 16)
    slices = [
        old_slice(2, 10),
        lot_slice(2, -20),
        old_slice(2, -40),
        pack_slice(made, months("2007-04"), days("2010-07-01"), 7, 0, 1, 30, 30),
        pack_slice(made, months("2007-04"), days("2010-07-01"), 7, 0, 6, 30, -5),
        debt(1, 6, 5),
        old_slice(2, 50),
    ]
    return movements, items, slices


def good_batch(**changes):
    return batch(*good_records(), **changes)
