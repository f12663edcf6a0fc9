"""A month's figures of a home (0023 formats, section 2, `KPI`), out of its batches and members."""

from collections import Counter
from fractions import Fraction

import basics as b

NAMES = {b.ISSUED: "issued", b.REDEEMED: "redeemed", b.EXPIRED: "expired",
         b.FORFEITED: "forfeited", b.MOVED: "moved"}


def slices_of(batch):
    for movement in batch.movements:
        yield movement.slice
    for item in batch.items:
        yield from item.slices


def rows_of(home, month, batches, rulebook):
    """Rows (kind, ...) of the month; `batches`: those sealed so far of this home, in order.

    Taken at the month's end, before anything of the next month. Bills that came in a month are
    those of the month before.
    """
    first, last = b.first_day(month), b.last_day(month)
    batches = [batch for batch in batches if first <= batch.business_day <= last]
    sums = Counter()
    for batch in batches:
        for slice_ in slices_of(batch):
            sums[NAMES.get(slice_.account, "other")] += slice_.delta
    closing = balance(home)
    people = [p for p in home.people() if home.counted(home.programme, p, profile=False)]
    spent = spenders(home, month, batches)
    rows = [("COUNT", "members", len(people)),
            ("COUNT", "active", sum(active(p, month, spent) for p in people)),
            ("COUNT", "opening", closing - sum(sums.values()))]
    rows += [("COUNT", name, sums[name]) for name in NAMES.values()]
    rows += [("COUNT", "closing", closing),
             ("COUNT", "spend_fen", sum(spend_of(p, month - 1) for p in people))]
    if rulebook is not None:
        rows += costs(batches, rulebook)
    grades = Counter(p.effective_on(home.programme, last) for p in people)
    rows += [("COUNT", "grade-" + name, grades[name])
             for name in home.programme.effective_.order]
    for segment in home.programme.segment:
        if segment.from_fen or segment.to_fen:
            rows.append(("COUNT", "segment-" + segment.name, sum(
                segment.from_fen <= spend_of(p, month - 1) < segment.to_fen for p in people)))
    rows += liability(home)
    if rulebook is not None:
        rows += breakage(batches, rulebook)
    return rows + queues(home, month)


def spend_of(person, month):
    return sum(device.bills.get(month, 0) for device in person.devices)


def costs(batches, rulebook):
    """What was redeemed, and what it cost: a gift by its cost, all else by its form's price."""
    points, fen = 0, Fraction(0)
    for batch in batches:
        for item in batch.items:
            if item.kind not in (b.REDEEM, b.EXCHANGE_OUT) or item.action != b.NEW:
                continue
            points += item.points
            if item.form == b.FORMS["GIFT"]:
                fen += item.cost + item.freight - item.cash
            else:
                price = rulebook.inter(item.form, None, None, batch.business_day)
                fen += item.points * (price["value"] if price else Fraction(0))
    return [("COUNT", "redeemed_points", points),
            ("COUNT", "redeemed_fen", b.round_half_up(fen))]


def balance(home):
    return sum(sum(lot.remaining for lot in account.lots.values())
               - sum(account.debts.values())
               for account in home.accounts.values() if account.home)


def spenders(home, month, batches):
    """Who has ordered or redeemed in the month; `batches`: those of it."""
    first, last = b.first_day(month), b.last_day(month)
    out = {o["member"] for o in home.orders.values() if first <= o["created"] <= last}
    return out | {item.member for batch in batches for item in batch.items
                  if item.kind in (b.REDEEM, b.EXCHANGE_OUT)}


def active(person, month, spent):
    first, last = b.first_day(month), b.last_day(month)
    return person.member in spent or any(month - 1 in d.earned for d in person.devices) or \
        any(first <= day <= last for _, day, _ in person.claims)


def liability(home):
    left = Counter()
    for account in home.accounts.values():
        if not account.home:
            continue
        for lot in account.lots.values():
            if lot.remaining:
                left[b.issuer_of(lot.name), b.quarter_text(lot.earned_month)] += lot.remaining
        for issuer, points in account.debts.items():
            left[issuer, "-"] -= points
    return [("LIABILITY", issuer, quarter, points)
            for (issuer, quarter), points in sorted(
                left.items(), key=lambda of: (of[0][0], of[0][1] == "-", of[0][1])) if points]


def breakage(batches, rulebook):
    points, fen = Counter(), Counter()
    for batch in batches:
        price = rulebook.inter(None, None, None, batch.business_day)
        for slice_ in slices_of(batch):
            if slice_.account in (b.EXPIRED, b.FORFEITED):
                issuer = b.issuer_of(slice_.lot)
                points[issuer] -= slice_.delta
                fen[issuer] -= slice_.delta * (price["value"] if price else Fraction(0))
    return [("BREAKAGE", issuer, points[issuer], b.round_half_up(fen[issuer]))
            for issuer in sorted(points) if points[issuer]]


def queues(home, month):
    rows = []
    for queue in home.programme.queue:
        calls = [c for c in home.calls
                 if b.month_of_day(c[0]) == month and c[1] == queue.name]
        rows.append(("QUEUE", queue.name, len(calls), sum(c[2] for c in calls),
                     sum(c[3] for c in calls), queue.answer_percent, sum(c[4] for c in calls),
                     sum(c[5] for c in calls)))
    return rows
