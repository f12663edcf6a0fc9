"""A month's figures of a home (0023 formats, section 2, `KPI`), out of its batches and members."""

from collections import Counter
from fractions import Fraction

import basics as b

NAMES = {b.ISSUED: "issued", b.REDEEMED: "redeemed", b.EXPIRED: "expired",
         b.FORFEITED: "forfeited"}


def slices_of(batch):
    for movement in batch.movements:
        yield movement.slice
    for item in batch.items:
        yield from item.slices


def rows_of(home, month, batches, rulebook):
    """Rows (kind, ...) of the month; `batches`: those sealed so far of this home, in order.

    Taken at the month's end, before anything of the next month.
    """
    first, last = b.first_day(month), b.last_day(month)
    sums = Counter()
    for batch in batches:
        if first <= batch.business_day <= last:
            for slice_ in slices_of(batch):
                sums[NAMES.get(slice_.account, "other")] += slice_.delta
    closing = balance(home)
    opening = closing - sum(sums.values())
    people = [p for p in home.people() if home.counted(home.programme, p, profile=False)]
    rows = [("COUNT", "members", len(people)),
            ("COUNT", "active", sum(active(home, p, month, batches) for p in people)),
            ("COUNT", "opening", opening)]
    rows += [("COUNT", name, sums[name]) for name in NAMES.values()]
    rows += [("COUNT", "closing", closing),
             ("COUNT", "spend_fen", sum(d.bills.get(month, 0) for d in home.all_devices()))]
    grades = Counter(p.effective_on(home.programme, last) for p in people)
    rows += [("COUNT", "grade-" + name, grades[name])
             for name in home.programme.effective_.order]
    rows += liability(home)
    rows += queues(home, month)
    if rulebook is not None:
        rows += breakage(batches, first, last, rulebook)
    return rows


def balance(home):
    return sum(sum(lot.remaining for lot in account.lots.values())
               - sum(account.debts.values())
               for account in home.accounts.values() if account.home)


def active(home, person, month, batches):
    first, last = b.first_day(month), b.last_day(month)
    if any(month in d.earned for d in person.devices):
        return True
    if any(first <= day <= last for _, day, _ in person.claims):
        return True
    if any(o["member"] == person.member and first <= o["created"] <= last
           for o in home.orders.values()):
        return True
    return any(item.member == person.member and item.kind in (b.REDEEM, b.EXCHANGE_OUT)
               for batch in batches if first <= batch.business_day <= last
               for item in batch.items)


def liability(home):
    left = Counter()
    for account in home.accounts.values():
        if not account.home:
            continue
        for lot in account.lots.values():
            left[b.issuer_of(lot.name), b.quarter_text(lot.earned_month)] += lot.remaining
        for issuer, points in account.debts.items():
            left[issuer, "-"] -= points
    return [("LIABILITY", issuer, quarter, points)
            for (issuer, quarter), points in sorted(left.items()) if points]


def breakage(batches, first, last, rulebook):
    points, fen = Counter(), Counter()
    for batch in batches:
        if not first <= batch.business_day <= last:
            continue
        price = rulebook.inter(None, None, None, batch.business_day)
        for slice_ in slices_of(batch):
            if slice_.account in (b.EXPIRED, b.FORFEITED):
                issuer = b.issuer_of(slice_.lot)
                points[issuer] -= slice_.delta
                fen[issuer] -= slice_.delta * (price["value"] if price else Fraction(0))
    return [("BREAKAGE", issuer, points[issuer], b.round_half_up(fen[issuer]))
            for issuer in sorted(points)]


def queues(home, month):
    rows = []
    for queue in home.programme.queue:
        calls = [c for c in home.calls
                 if b.month_of_day(c[0]) == month and c[1] == queue.name]
        rows.append(("QUEUE", queue.name, len(calls), sum(c[2] for c in calls),
                     sum(c[3] for c in calls), queue.answer_percent, sum(c[4] for c in calls),
                     sum(c[5] for c in calls)))
    return rows
