"""Matching, judged at a cut-off (docs/events.md section 4)."""

from collections import defaultdict

import basics as b
from legs import GIFT, Legs, NoPrice, Settled, by_issuer

SUSPENSE_REASONS = ["MISSING_HOME", "MISSING_ACQUIRER", "AMOUNT", "RATE", "AUTHORISATION",
                    "PARENT"]
ANSWER = {b.EXCHANGE_OUT: b.PARTNER_EXCHANGE_OUT, b.ACCRUAL: b.PARTNER_ACCRUAL,
          b.EXCHANGE_IN: b.PARTNER_EXCHANGE_IN, b.UNISSUE: b.PARTNER_REFUND,
          b.MOVE_OUT: b.MOVE_IN}
HOME_KINDS = (b.REDEEM, b.EXCHANGE_OUT, b.ACCRUAL, b.EXCHANGE_IN, b.REFUND, b.UNISSUE, b.MOVE_OUT)
PARENT_KINDS = {b.REFUND: (b.REDEEM, b.EXCHANGE_OUT), b.UNISSUE: (b.ACCRUAL, b.EXCHANGE_IN)}


class Matching:
    """The judgement at one cut-off.

    `active`: key -> item, all items that stand. `before`: home key -> (index of the cut-off at
    which it first settled, key of what answered), for what had settled at the cut-off before.
    """

    def __init__(self, book, active, before, index):
        self.book, self.active, self.before, self.index = book, active, before, index
        self.legs_of = Legs(book)
        self.settled = {}    # home key: Settled
        self.legs = {}       # home key: [Leg]
        self.suspense = []   # (reason, item)
        self.closed = set()  # keys closed at zero by NOT_CREDITED
        self.answered = set()
        self.pairs = {}      # home key: the other side's item
        self.close_not_credited()
        self.pair()
        self.judge_first()
        self.judge_refunds()
        for item in active.values():
            if (item.kind not in HOME_KINDS and item.kind != b.NOT_CREDITED
                    and item.key not in self.answered | self.closed):
                self.suspend("MISSING_HOME", item)

    def settled_map(self):
        """What the next cut-off needs as `before`."""
        out = {}
        for key, tx in self.settled.items():
            since = self.before[key][0] if key in self.before else self.index
            out[key] = since, tx.other.key if tx.other else None
        return out

    def suspend(self, reason, *items):
        for item in items:
            if item is not None:
                self.suspense.append((reason, item))

    # NOT_CREDITED.

    def close_not_credited(self):
        notices = sorted((i for i in self.active.values() if i.kind == b.NOT_CREDITED),
                         key=lambda i: (i.sender, i.id))
        for notice in notices:
            out = self.first_home_item(b.EXCHANGE_OUT, notice, lambda i: i.id == notice.parent)
            refund = out and self.first_home_item(
                b.REFUND, notice, lambda i: i.parent == notice.parent and i.points == out.points)
            if refund is None:
                self.suspend("MISSING_HOME", notice)
            elif (notice.sender, b.PARTNER_EXCHANGE_OUT, notice.parent) in self.active:
                self.suspend("PARENT", notice)
            else:
                answer = self.candidate(refund)   # Not needed; if it is there it leaves too.
                self.closed |= {i.key for i in (notice, out, refund, answer) if i is not None}

    def first_home_item(self, kind, notice, condition):
        """The item of the home with the lowest number that the notice can mean."""
        found = [i for i in self.active.values()
                 if i.kind == kind and i.partner == notice.sender and i.member == notice.member
                 and i.key not in self.closed and condition(i)]
        return min(found, key=lambda i: (i.sender, i.id)) if found else None

    # Counterparts.

    def alone(self, item):
        return item.kind in (b.REDEEM, b.REFUND) and item.counterparty == item.sender

    def candidate(self, item):
        """The item that answers a home's item, before rivals are thought of; or None."""
        if item.kind in (b.REDEEM, b.REFUND):
            pair = {b.REDEEM: (b.PARTNER_REDEMPTION, b.DELIVERY),
                    b.REFUND: (b.PARTNER_REFUND, b.DELIVERY_REFUND)}[item.kind]
            kind = pair[0] if item.partner else pair[1]
        else:
            kind = ANSWER[item.kind]
        other = self.active.get((item.counterparty, kind, item.id))
        if other is None or other.member != item.member:
            return None
        if kind in (b.DELIVERY, b.DELIVERY_REFUND, b.MOVE_IN):
            if other.counterparty != item.sender:
                return None
        if kind == b.DELIVERY and other.form != item.form:
            return None
        if kind in (b.DELIVERY_REFUND, b.PARTNER_REFUND) and other.parent != item.parent:
            return None
        return other

    def pair(self):
        rivals = defaultdict(list)
        for item in self.active.values():
            if item.kind in HOME_KINDS and item.key not in self.closed and not self.alone(item):
                other = self.candidate(item)
                if other is None:
                    self.suspend("MISSING_ACQUIRER", item)
                else:
                    rivals[other.key].append(item)
        for other_key, items in rivals.items():
            def rank(item, other_key=other_key):
                since = self.before.get(item.key)
                earlier = since is not None and since[1] == other_key
                return not earlier, item.sender, item.kind
            items.sort(key=rank)
            self.pairs[items[0].key] = self.active[other_key]
            self.answered.add(other_key)
            self.suspend("MISSING_ACQUIRER", *items[1:])

    # Judging.

    def paired_items(self, kinds):
        """(home item, its counterpart or None if it stands alone), for those kinds."""
        for item in self.active.values():
            if item.kind in kinds and item.key not in self.closed:
                if self.alone(item):
                    yield item, None
                elif item.key in self.pairs:
                    yield item, self.pairs[item.key]

    def settle(self, tx):
        self.legs[tx.key] = self.legs_of.of(tx)  # First: may raise NoPrice.
        self.settled[tx.key] = tx

    def judge_first(self):
        """All that isn't a refund or reversal."""
        kinds = (b.REDEEM, b.EXCHANGE_OUT, b.ACCRUAL, b.EXCHANGE_IN, b.MOVE_OUT)
        for item, other in self.paired_items(kinds):
            reason = self.reason_first(item, other)
            if reason is None:
                self.settle(Settled(item, other))
            else:
                self.suspend(reason, item, other)

    def reason_first(self, item, other):
        if other is not None and self.amounts_differ(item, other):
            return "AMOUNT"
        if item.kind in (b.EXCHANGE_OUT, b.EXCHANGE_IN) and not self.rate_right(item, other):
            return "RATE"
        try:
            self.legs_of.of(Settled(item, other))
        except NoPrice:
            return "RATE"
        if other is not None and other.kind in (b.DELIVERY, b.PARTNER_REDEMPTION):
            if other.authorisation != item.authorisation:
                return "AUTHORISATION"
        return None

    @staticmethod
    def amounts_differ(item, other):
        if item.kind == b.MOVE_OUT:
            sums = defaultdict(int)
            for slice_ in item.slices + other.slices:
                sums[slice_.lot, slice_.source] += slice_.delta
            return any(sums.values())
        if item.kind in b.EXCHANGE_KINDS:
            return item.units != other.units
        return item.points != other.points

    def rate_right(self, item, other):
        out = self.book.price("OUT", item.date, partner=item.partner)
        into = self.book.price("IN", item.date, partner=item.partner)
        if out is None or into is None:
            return False
        row = out if item.kind == b.EXCHANGE_OUT else into
        for record in (item, other):
            given, got = record.points, record.units
            if item.kind == b.EXCHANGE_IN:
                given, got = got, given
            if (record.rate != row["version"] or got * row["den"] != given * row["num"]
                    or given % row["block"] or given < row["min"]):
                return False
        return True

    def judge_refunds(self):
        """Refunds and reversals: those that settled earlier first, then in the order of ids."""
        def rank(pair):
            since = self.before.get(pair[0].key)
            return since[0] if since else self.index, pair[0].id, pair[0].key
        used = defaultdict(lambda: defaultdict(int))  # parent key: issuer or None: points
        for item, other in sorted(self.paired_items((b.REFUND, b.UNISSUE)), key=rank):
            parent = self.parent_of(item)
            reason = self.reason_refund(item, other, parent, used)
            if reason is not None:
                self.suspend(reason, item, other)
                continue
            self.settle(Settled(item, other, parent))
            used[parent.key][None] += item.points
            for issuer, points in by_issuer(item.slices).items():
                used[parent.key][issuer] += points

    def parent_of(self, item):
        """The settled parent with the refund's giver or partner, or None."""
        found = [tx for tx in self.settled.values()
                 if tx.home.id == item.parent and tx.home.kind in PARENT_KINDS[item.kind]
                 and tx.home.counterparty == item.counterparty]
        return min(found, key=lambda tx: (tx.home.member != item.member, tx.key), default=None)

    def reason_refund(self, item, other, parent, used):
        if other is not None and item.points != other.points:
            return "AMOUNT"
        if item.kind == b.REFUND and item.points != sum(s.delta for s in item.slices):
            return "AMOUNT"
        if parent is not None and self.too_much(item, parent.home, used[parent.key]):
            return "AMOUNT"
        if parent is None or parent.home.member != item.member:
            return "PARENT"
        return None

    @staticmethod
    def too_much(item, parent, used):
        if item.points > parent.points - used[None]:
            return True
        if item.kind == b.UNISSUE:
            return parent.kind == b.EXCHANGE_IN and item.points != parent.points
        whole = parent.kind == b.EXCHANGE_OUT or parent.form == GIFT
        if whole and item.points != parent.points:
            return True
        left = by_issuer(parent.slices)
        return any(points > left.get(issuer, 0) - used[issuer]
                   for issuer, points in by_issuer(item.slices).items())
