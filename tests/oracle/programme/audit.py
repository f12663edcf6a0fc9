"""Accounts for every lot of a year that was played, from its batches alone, then compares."""

import hashlib
import struct
from collections import Counter

import basics as b
from basics import MOVE_REASSIGN
from batch import Batch, Item, Movement, Slice
from memberbook import rating_points

NAMES = {b.ISSUED: "issued", b.REDEEMED: "redeemed", b.EXPIRED: "expired",
         b.FORFEITED: "forfeited", b.MOVED: "moved", b.REPAID: "repaid"}
HEADER = struct.Struct("<4sHHHHIQQQqq32sQ")
MOVEMENT = struct.Struct("<QIB3xQHHBBBBqq")
ITEM = struct.Struct("<BBBBHHQ28s28sQIIqqqqqIIII")
SLICE = struct.Struct("<QHHBBBBqq")


def entries_of(batch):
    """(member, kind, entry, slices) of a batch."""
    for movement in batch.movements:
        yield movement.member, movement.kind, movement.entry, (movement.slice,)
    for item in batch.items:
        yield item.member, item.kind, item.entry, item.slices


def unsealed(data):
    """A batch out of its bytes (formats.md, section 6); faults of its frame are raised."""
    b.need(len(data) >= 128 and hashlib.sha256(data[:-32]).digest() == data[-32:],
           "a batch's digest isn't that of its bytes")
    (magic, layout, sender, day, zero, sequence, movements, items, slices, points, fen, previous,
     zero_too) = HEADER.unpack(data[:HEADER.size])
    b.need((magic, layout, zero, zero_too) == (b"PHB1", 1, 0, 0), "a batch's header")
    at = [HEADER.size, HEADER.size + 48 * movements]
    at += [at[1] + ITEM.size * items, at[1] + ITEM.size * items + SLICE.size * slices]
    b.need(at[3] == len(data) - 32, "a batch's counts are of its length")
    batch = Batch(sender, sequence, day, previous, digest=data[-32:])
    for member, entry, kind, *of in MOVEMENT.iter_unpack(data[at[0]:at[1]]):
        batch.movements.append(Movement(entry, kind, member, slice_of(of)))
    rest, place = [slice_of(of) for of in SLICE.iter_unpack(data[at[2]:at[3]])], 0
    for of in ITEM.iter_unpack(data[at[1]:at[2]]):
        kind, form, action, _, counterparty, partner, member = of[:7]
        mine, place = rest[place:place + of[19]], place + of[19]
        batch.items.append(Item(
            sender, sequence, day, of[10], kind, id_of(of[7]), member, counterparty, partner, form,
            action, id_of(of[8]), of[9], *of[11:19], tuple(mine)))
    b.need(place == slices and points == sum(i.points for i in batch.items) + sum(
        abs(m.slice.delta) for m in batch.movements), "a batch's slices and points")
    b.need(fen == sum(i.cost + i.freight + i.cash for i in batch.items), "a batch's fen")
    return batch


def slice_of(fields):
    return Slice(*fields[:6], *fields[7:])


def id_of(data):
    participant, day, reference = struct.unpack("<HH24s", data)
    return participant, day, reference.rstrip(b"\0")


class Audit:
    """One home: what its batches say of lots and debts, in all and by the month."""

    def __init__(self, opening):
        self.lots = {}               # name: [left, original, who had it: a member or a set]
        self.debts, self.sums, self.faults = Counter(), Counter(), []
        self.made, self.changed = Counter(), set()    # rating points by lots; who isn't plain
        self.billed = set()    # (account, month) of which a bill was kept
        self.month, self.before, self.of_month = None, 0, Counter()
        self.months, self.chain = {}, None
        for row in opening:
            if row["kind"] == "LOT":
                self.lots[row["lot"]] = [row["remaining"], row["original"], row["member"]]
                self.sums["opening"] += row["remaining"]
                if row["rating"] and row["source"] != "CONSUMPTION":
                    self.made[row["member"], row["earned_month"]] += row["original"]
            elif row["kind"] == "DEBT":
                self.debts[row["member"], row["issuer"]] = row["points"]
                self.sums["opening"] -= row["points"]
        self.before = self.sums["opening"]

    def take(self, batch):
        if self.chain is not None and batch.previous != self.chain:
            self.fault(batch, "previous", "isn't the digest of the batch before")
        self.chain = batch.digest or None
        month = b.month_of_day(batch.business_day)
        if month != self.month:
            self.end_month()
            self.month = month
        touched = set()
        for member, kind, entry, slices in entries_of(batch):
            if kind in (b.MOVE_UNEARN, b.UNISSUE, b.MOVE_IN, b.MOVE_OUT, MOVE_REASSIGN):
                self.changed.add(member)
            for slice_ in slices:
                self.of_month[NAMES[slice_.account]] += slice_.delta
                if slice_.source == b.DEBT:
                    self.debts[member, b.issuer_of(slice_.lot)] -= slice_.delta
                    if self.debts[member, b.issuer_of(slice_.lot)] < 0:
                        touched.add((member, b.issuer_of(slice_.lot)))
                    continue
                self.lot(batch, member, kind, slice_)
                touched.add(slice_.lot)
                if slice_.account == b.ISSUED and slice_.rating:
                    self.made[member, slice_.earned_month] += slice_.delta
        for what in touched:
            if isinstance(what, tuple):
                if self.debts[what] < 0:
                    self.fault(batch, what, f"debt {self.debts[what]}")
            elif not 0 <= self.lots[what][0] <= self.lots[what][1]:
                self.fault(batch, what, f"{self.lots[what][0]} of {self.lots[what][1]}")
        pairs = Counter()
        for movement in batch.movements:
            if movement.kind == MOVE_REASSIGN:
                pairs[movement.entry, movement.slice.lot] += movement.slice.delta
        for key, delta in pairs.items():
            if delta:
                self.fault(batch, key, "a lot that passed didn't arrive whole")

    def end_month(self):
        """A month's sums: opening, what went in and out, closing."""
        if self.month is None:
            return
        closing = self.before + sum(self.of_month.values())
        self.months[self.month] = {**{name: self.of_month[name] for name in NAMES.values()},
                                   "opening": self.before, "closing": closing}
        self.sums.update(self.of_month)
        self.before, self.of_month, self.month = closing, Counter(), None

    def lot(self, batch, member, kind, slice_):
        """What a slice says of a lot is what is known of it."""
        known = self.lots.get(slice_.lot)
        if known is None:
            known = self.lots[slice_.lot] = [0, slice_.original, member]
            if slice_.account == b.ISSUED and slice_.delta != slice_.original:
                self.fault(batch, slice_.lot, f"made with {slice_.delta} of {slice_.original}")
        if known[1] != slice_.original:
            self.fault(batch, slice_.lot, "another original")
        who = known[2]
        if kind in (MOVE_REASSIGN, b.MOVE_IN):
            known[2] = (who if isinstance(who, frozenset) else frozenset((who,))) | {member}
        elif member != who and not (isinstance(who, frozenset) and member in who):
            self.fault(batch, slice_.lot, f"a slice of member {member}, who never had it")
        known[0] += slice_.delta

    def fault(self, batch, what, why):
        self.faults.append(f"{b.day_text(batch.business_day)} {what}: {why}")

    def against(self, home):
        """Faults: the lots and debts of the home aren't what its batches make."""
        self.end_month()
        have, owed = Counter(), Counter()
        for member, account in home.accounts.items():
            for lot in account.lots.values():
                have[lot.name] += lot.remaining
                who = self.lots.get(lot.name, (0, 0, None))[2]
                if member != who and not (isinstance(who, frozenset) and member in who):
                    self.faults.append(f"lot {lot.name:x}: member {member} never had it")
                if not 0 <= lot.held <= lot.remaining <= lot.original:
                    self.faults.append(f"lot {lot.name:x}: held {lot.held} of {lot.remaining}")
            if account.home:
                for issuer, points in account.debts.items():
                    owed[member, issuer] += points
        for lot in have.keys() | self.lots.keys():
            by_batches = self.lots.get(lot, (0,))[0]
            if have[lot] != by_batches:
                self.faults.append(f"lot {lot:x}: {have[lot]}, by its batches {by_batches}")
        for key in set(owed) | set(self.debts):
            if owed[key] != self.debts[key]:
                self.faults.append(f"debt {key}: {owed[key]}, by batches {self.debts[key]}")
        closing = sum(have.values()) - sum(owed.values())
        if sum(self.sums.values()) != closing:
            self.faults.append(f"sums {dict(self.sums)} don't make {closing}")
        return self.faults

    # Rating points.

    def take_rows(self, rows, with_programme, returned):
        """Rows of a file after which a member's lots aren't his rating points; `returned`:
        serials. What is believed of a bill that isn't known gives rating points without a lot."""
        for _, row in rows:
            kind, back = row["kind"], row.get("serial") in returned
            if kind in ("BILL", "BILL_SPLIT", "SPENT") and not back:
                self.billed.add((row["account"], row["bill_month"]))
            if kind == "SPENT" or kind == "BILL" and not with_programme:
                self.changed.add(row["member"])
            elif kind == "REBILL" and (row["account"], row["bill_month"]) not in self.billed:
                self.changed.add(row["member"])
            elif row["kind"] == "MERGE":
                self.changed |= {row["member"], row["into"]}

    def rating_faults(self, home, first):
        """Rating points of each month, by what is kept of it, are those of the lots made; of
        members of whom nothing but earning was said."""
        faults = []
        for member, account in home.accounts.items():
            if not account.home or account.closed or member in self.changed:
                continue    # From closed ones nothing is taken back.
            person = home.person(member)
            for month in range(first, b.month_of_day(home.day) + 1):
                points = rating_points(person, month, month, home.book)
                if points != self.made[member, month]:
                    faults.append(f"{member} {b.month_text(month)}: {points} rating points, "
                                  f"lots of {self.made[member, month]}")
        return faults


def award_faults(home):
    """An award never gives more than the rate of what its cohort spent; what stands in lots is
    what the preview said, less those who were gone."""
    faults = []
    for run in home.runs:
        if run.kind != "AWARD" or run.state != "DONE":
            continue
        unit = home.book.of_day(b.last_day(run.reference)).earn_.unit_fen
        for kind, first, _, rate, size, total, _, _, each in run.preview:
            if each * size * unit > rate * total:
                faults.append(f"{kind} {first}: {each} x {size} is above {rate} of {total}")
        counted = sum(row[4] * row[8] for row in run.preview)
        if counted != sum(points for _, _, points, _ in run.results):
            faults.append("the preview counts other points than are given")
    return faults


def faults_of(play):
    """All faults of a year that was played."""
    faults = []
    for number, home in play.homes.items():
        audit = Audit(play.openings[number])
        for batch in play.batches[number]:
            audit.take(batch)
        for batch in play.batches[number]:
            day = batch.business_day
            audit.take_rows(play.files[day][number].rows, home.book.of_day(day) is not None,
                            {row.entry for row in batch.returned})
        first = b.month_of_day(play.batches[number][0].business_day) - 7
        faults += audit.against(home) + award_faults(home) + audit.rating_faults(home, first)
    return faults
