"""Accounts for every lot of a year that was played, from its batches alone, then compares."""

from collections import Counter, defaultdict

import basics as b
from basics import MOVE_REASSIGN
from memberbook import rating_points

NAMES = {b.ISSUED: "issued", b.REDEEMED: "redeemed", b.EXPIRED: "expired",
         b.FORFEITED: "forfeited", b.MOVED: "moved", b.REPAID: "repaid"}


def entries_of(batch):
    """(member, kind, entry, slices) of a batch."""
    for movement in batch.movements:
        yield movement.member, movement.kind, movement.entry, (movement.slice,)
    for item in batch.items:
        yield item.member, item.kind, item.entry, item.slices


class Audit:
    """One home: what its batches say of lots and debts."""

    def __init__(self, opening):
        self.left, self.original, self.who = Counter(), {}, defaultdict(set)
        self.debts, self.sums, self.faults = Counter(), Counter(), []
        for row in opening:
            if row["kind"] == "LOT":
                self.left[row["lot"]] = row["remaining"]
                self.original[row["lot"]] = row["original"]
                self.who[row["lot"]].add(row["member"])
                self.sums["opening"] += row["remaining"]
            elif row["kind"] == "DEBT":
                self.debts[row["member"], row["issuer"]] = row["points"]
                self.sums["opening"] -= row["points"]

    def take(self, batch):
        touched = set()
        for member, kind, entry, slices in entries_of(batch):
            for slice_ in slices:
                self.sums[NAMES[slice_.account]] += slice_.delta
                if slice_.source == b.DEBT:
                    self.debts[member, b.issuer_of(slice_.lot)] -= slice_.delta
                    continue
                self.lot(batch, member, kind, slice_)
                touched.add(slice_.lot)
        for lot in touched:
            if not 0 <= self.left[lot] <= self.original[lot]:
                self.fault(batch, lot, f"{self.left[lot]} of {self.original[lot]}")
        for key, owed in self.debts.items():
            if owed < 0:
                self.fault(batch, key, f"debt {owed}")
        pairs = Counter()
        for movement in batch.movements:
            if movement.kind == MOVE_REASSIGN:
                pairs[movement.entry, movement.slice.lot] += movement.slice.delta
        for key, delta in pairs.items():
            if delta:
                self.fault(batch, key, "a lot that passed didn't arrive whole")

    def lot(self, batch, member, kind, slice_):
        """What a slice says of a lot is what is known of it."""
        lot = slice_.lot
        if lot not in self.original:
            self.original[lot] = slice_.original
        if self.original[lot] != slice_.original:
            self.fault(batch, lot, "another original")
        if kind in (MOVE_REASSIGN, b.MOVE_IN) or not self.who[lot]:
            self.who[lot].add(member)
        elif member not in self.who[lot]:
            self.fault(batch, lot, f"a slice of member {member}, who never had it")
        self.left[lot] += slice_.delta

    def fault(self, batch, what, why):
        self.faults.append(f"{b.day_text(batch.business_day)} {what}: {why}")

    def against(self, home):
        """Faults: the lots and debts of the home aren't what its batches make."""
        have, owed = Counter(), Counter()
        for member, account in home.accounts.items():
            for lot in account.lots.values():
                have[lot.name] += lot.remaining
                if not 0 <= lot.held <= lot.remaining <= lot.original:
                    self.faults.append(f"lot {lot.name:x}: held {lot.held} of {lot.remaining}")
            if account.home:
                for issuer, points in account.debts.items():
                    owed[member, issuer] += points
        for lot in set(have) | set(self.left):
            if have[lot] != self.left[lot]:
                self.faults.append(f"lot {lot:x}: {have[lot]}, by its batches {self.left[lot]}")
        for key in set(owed) | set(self.debts):
            if owed[key] != self.debts[key]:
                self.faults.append(f"debt {key}: {owed[key]}, by batches {self.debts[key]}")
        closing = sum(have.values()) - sum(owed.values())
        if sum(self.sums.values()) != closing:
            self.faults.append(f"sums {dict(self.sums)} don't make {closing}")
        return self.faults


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


def plain_members(play, number):
    """Members of whom nothing but earning was said, whose lots are thus their rating points."""
    home, out = play.homes[number], set()
    for member, account in home.accounts.items():
        if account.home and not account.closed:    # From closed ones nothing is taken back.
            out.add(member)
    for merge in home.merges.values():
        out -= {merge["member"], merge["into"]}
    for batch in play.batches[number]:
        for member, kind, _, _ in entries_of(batch):
            if kind in (b.MOVE_UNEARN, b.UNISSUE, b.MOVE_IN, b.MOVE_OUT):
                out.discard(member)
    for files in play.files.values():
        for _, row in files[number].rows if number in files else []:
            if row["kind"] in ("SPENT", "BILL") and "member" in row and (
                    row["kind"] == "SPENT" or home.book.of_day(files[number].day) is None):
                out.discard(row["member"])
    return out


def rating_faults(play, number):
    """Rating points of each month, by what is kept of it, are those of the lots made."""
    home, faults = play.homes[number], []
    made = Counter()
    for batch in play.batches[number]:
        for member, _, _, slices in entries_of(batch):
            for slice_ in slices:
                if slice_.account == b.ISSUED and slice_.rating:
                    made[member, slice_.earned_month] += slice_.delta
    for row in play.openings[number]:
        if row["kind"] == "LOT" and row["rating"] and row["source"] != "CONSUMPTION":
            made[row["member"], row["earned_month"]] += row["original"]
    for member in plain_members(play, number):
        person = home.person(member)
        for month in range(b.month_of("2007-06"), b.month_of("2009-03")):
            points = rating_points(person, month, month, home.book)
            if points != made[member, month]:
                faults.append(f"{member} {b.month_text(month)}: {points} rating points, lots of "
                              f"{made[member, month]}")
    return faults


def faults_of(play):
    """All faults of a year that was played."""
    faults = []
    for number, home in play.homes.items():
        audit = Audit(play.openings[number])
        for batch in play.batches[number]:
            audit.take(batch)
        faults += audit.against(home) + award_faults(home) + rating_faults(play, number)
    return faults
