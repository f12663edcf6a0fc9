"""The clearing takes batches: items, corrections, points per lot (docs/events.md section 3)."""

from collections import defaultdict
from dataclasses import dataclass

import basics as b
from batch import Returned

CONTRACT_LETTER = {
    b.ACCRUAL: "A", b.PARTNER_ACCRUAL: "A", b.PARTNER_REDEMPTION: "U",
    b.EXCHANGE_OUT: "X", b.EXCHANGE_IN: "X", b.PARTNER_EXCHANGE_OUT: "X",
    b.PARTNER_EXCHANGE_IN: "X"}
PARTNER_ITEMS = (b.PARTNER_REDEMPTION, b.PARTNER_EXCHANGE_OUT, b.PARTNER_ACCRUAL,
                 b.PARTNER_EXCHANGE_IN, b.PARTNER_REFUND, b.NOT_CREDITED)


@dataclass
class ClearingLot:
    """A lot as the clearing knows it, per home."""

    home: int
    name: int
    member: int
    earned_month: int
    expires_on: int
    source: int
    rating: int
    original: int
    remaining: int
    touched: int = -1  # The last period whose batches touched it.


class Intake:
    def __init__(self, book, openings):
        self.book = book
        self.lots = {}                  # (home, lot): ClearingLot
        self.debts = defaultdict(int)   # (home, member, issuer): balance, never positive
        self.had = defaultdict(set)     # (home, lot): numbers that have had it, once it passed
        self.first_items = {}           # key: the first item that was taken under it
        self.sent = {}                  # (sender, sequence, entry): key, of items that were taken
        self.active = {}                # key: the item that stands; withdrawn ones are gone
        self.returned = defaultdict(list)   # period: [Returned]
        # (issuer, earned month or None for debts): account: sum of the period's deltas.
        self.flows = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
        self.breakage = defaultdict(list)   # period: [(issuer, points, batch's day)]
        self.opening_lots = set()
        for home, rows in openings.items():
            for row in rows:
                if row["kind"] == "LOT":
                    lot = ClearingLot(home, row["lot"], row["member"], row["earned_month"],
                                      row["expires_on"], b.SOURCES[row["source"]], row["rating"],
                                      row["original"], row["remaining"])
                    b.need(lot.remaining <= lot.original, "opening lot: remaining > original")
                    self.lots[home, lot.name] = lot
                    self.opening_lots.add((home, lot.name))
                elif row["kind"] == "DEBT":
                    self.debts[home, row["member"], row["issuer"]] -= row["points"]

    def balances(self):
        """Points by (issuer, earned month; None for debts), over all homes."""
        out = defaultdict(int)
        for lot in self.lots.values():
            out[b.issuer_of(lot.name), lot.earned_month] += lot.remaining
        for (_, _, issuer), balance in self.debts.items():
            out[issuer, None] += balance
        return out

    def take(self, batch, period):
        """Takes the sender's next batch, in the cut-off of `period`."""
        self.returned[period] += batch.returned
        touched_lots, touched_debts = set(), set()
        passed = self.passing(batch)
        changes = [(m.member, m.slice) for m in batch.movements]
        changes += [(item.member, s) for item in batch.items for s in item.slices]
        for member, slice_ in changes:
            self.apply(batch, period, member, slice_, touched_lots, touched_debts)
        for name in touched_lots:
            lot = self.lots[name]
            b.need(0 <= lot.remaining <= lot.original,
                   f"batch {batch.sequence} of {batch.sender}: lot {name[1]:x} has "
                   f"{lot.remaining} of {lot.original}")
        for name in touched_debts:
            b.need(self.debts[name] <= 0, "a debt is positive")
        for name, numbers in passed.items():
            lot = self.lots[name]
            ends = [member for member, net in numbers.items() if net]
            b.need(not ends or sorted(numbers[member] for member in ends) == [-1, 1],
                   "a lot passes to one other number, or back")
            self.had[name] |= {lot.member} | set(numbers)
            lot.member = max(numbers, key=numbers.get) if ends else lot.member
        for item in sorted(batch.items, key=lambda i: i.entry):
            code = self.take_item(item)
            if code:
                withdrawal = item.action == b.WITHDRAW
                self.returned[period].append(Returned(
                    "clearing", item.sender, item.sequence, item.entry,
                    "WITHDRAW" if withdrawal else b.ITEM_NAMES[item.kind],
                    item.entry_name if withdrawal else item.id, code))

    def passing(self, batch):
        """{(home, lot): {number: times that it got the lot, less those that it gave it}}, of lots
        that the batch passes from number to number, or brings back under another one."""
        out = defaultdict(lambda: defaultdict(int))
        said = {(m.slice.lot, m.member, m.slice.delta > 0) for m in batch.movements
                if m.kind == b.MOVE_REASSIGN and m.slice.source != b.DEBT}
        for item in batch.items:
            if item.action != b.NEW or item.kind not in (b.MOVE_IN, b.REFUND):
                continue
            for slice_ in item.slices:
                name = batch.sender, slice_.lot
                lot = self.lots.get(name)
                if slice_.source == b.DEBT or lot is None or lot.remaining or \
                        lot.member == item.member or name in out or (
                            item.kind == b.REFUND and item.member in self.had[name]):
                    continue
                if {(slice_.lot, lot.member, False), (slice_.lot, item.member, True)} <= said:
                    continue    # The batch says itself what passes between both.
                out[name][lot.member], out[name][item.member] = -1, 1
        for movement in batch.movements:
            if movement.kind == b.MOVE_REASSIGN and movement.slice.source != b.DEBT:
                out[batch.sender, movement.slice.lot][movement.member] += \
                    1 if movement.slice.delta > 0 else -1
        self.passes = {name: set(numbers) for name, numbers in out.items()}
        return out

    def apply(self, batch, period, member, slice_, touched_lots, touched_debts):
        issuer = b.issuer_of(slice_.lot)
        if slice_.source == b.DEBT:
            name = batch.sender, member, issuer
            self.debts[name] += slice_.delta
            touched_debts.add(name)
            month = None
        else:
            name = batch.sender, slice_.lot
            lot = self.lots.get(name)
            if lot is None:
                lot = self.lots[name] = ClearingLot(
                    batch.sender, slice_.lot, member, slice_.earned_month, slice_.expires_on,
                    slice_.source, slice_.rating, slice_.original, 0)
            b.need(member == lot.member or member in self.had[name]
                   or member in self.passes.get(name, ()), "a lot has another number")
            b.need((lot.earned_month, lot.source, lot.rating, lot.original)
                   == (slice_.earned_month, slice_.source, slice_.rating,
                       slice_.original), "a lot's attributes changed")
            lot.expires_on = max(lot.expires_on, slice_.expires_on)  # Grace only extends.
            lot.remaining += slice_.delta
            lot.touched = period
            touched_lots.add(name)
            month = slice_.earned_month
        self.flows[period][issuer, month][slice_.account] += slice_.delta
        if slice_.account in (b.EXPIRED, b.FORFEITED):
            self.breakage[period].append((issuer, -slice_.delta, batch.business_day))

    # Items.

    def take_item(self, item):
        """Takes an item; returns the code when it is returned."""
        if item.kind == 0:
            return "UNKNOWN_CITED"
        if item.action == b.NEW:
            late = item.date < item.business_day - b.LATE_DAYS_MAX
            if late and item.kind != b.MOVE_IN:
                return "TOO_OLD"
            first = self.first_items.get(item.key)
            if first is not None:
                return "COPY" if first.content() == item.content() else "DUPLICATE"
        if item.action != b.WITHDRAW and not self.has_contract(item):
            return "NO_CONTRACT"
        name = item.sender, item.sequence, item.entry
        if item.action == b.NEW:
            self.first_items[item.key] = self.active[item.key] = item
            self.sent[name] = item.key
            return None
        cited = self.sent.get((item.sender, item.cited_sequence, item.cited_entry))
        stands = self.active.get(item.key)
        if (item.cited_sequence >= item.sequence or cited != item.key or stands is None
                or stands.member != item.member):
            return "UNKNOWN_CITED"
        if item.action == b.CORRECT:
            self.active[item.key], self.sent[name] = item, item.key
        else:
            del self.active[item.key]
        return None

    def has_contract(self, item):
        if item.kind in PARTNER_ITEMS:
            return self.contract_for(item.sender, item)
        if item.kind in (b.MOVE_OUT, b.MOVE_IN, b.DELIVERY, b.DELIVERY_REFUND):
            return self.book.is_province(item.counterparty)
        if item.kind in (b.ACCRUAL, b.EXCHANGE_IN, b.EXCHANGE_OUT, b.UNISSUE):
            return self.contract_for(item.partner, item)
        if item.partner:
            return self.contract_for(item.partner, item)
        return self.book.is_province(item.counterparty)

    def contract_for(self, partner, item):
        if not self.book.is_partner(partner):
            return False
        letter = CONTRACT_LETTER.get(item.kind)
        if item.kind == b.REDEEM:
            letter = "U"
        if letter is None:  # A refund or reversal: its parent had the contract.
            return True
        contract = self.book.contract(partner, item.date)
        return contract is not None and letter in contract["types"]
