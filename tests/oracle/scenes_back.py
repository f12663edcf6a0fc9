"""Scenes of a made-up month: refunds, reversals, moves, and the order of a day."""

import basics as b
from scenes import (accrual, after_leaving, bill, earn, exchange, flaw, hold, lag, others,
                    pick_home, redeem_abroad, redeem_at_home, redeem_at_merchant, text,
                    transfer_or_leave, unearn, withdraw, withdraw_wrong)


def present_home(w, member):
    """The home where a member's account is now, open or closed; or None."""
    found = [n for n, node in w.nodes.items()
             if member in node.accounts and node.accounts[member].home]
    return w.rng.choice(found) if found else None


def lot_rows(w, parent_home, spent):
    """LOT rows: the parent's slices that are left, in the order of consumption."""
    lots = w.nodes[parent_home].accounts[spent.account.member].lots
    return [["LOT", w.book.entry_text(name), b.month_text(lots[name].earned_month),
             b.SOURCE_NAMES[lots[name].source], str(lots[name].rating),
             b.day_text(lots[name].expires_on), str(lots[name].original), str(left)]
            for name, left in spent.parts if left > 0]


def room(w, home, member, spent):
    """Whether what is left of the parent fits back into the lots of the present home."""
    lots = w.nodes[home].accounts[member].lots
    return all(name not in lots or lots[name].remaining + left <= lots[name].original
               for name, left in spent.parts)


def refund(w, day):
    """A redemption or exchange out is refunded, at the member's present home."""
    parents = [(n, s) for n, node in w.nodes.items() for s in node.spent.values()
               if s.left > 0 and not s.withdrawn]
    moved = [(n, s) for n, s in parents if not s.account.home]
    closed = [(n, s) for n, s in parents if s.account.closed]
    for group in (moved, closed):
        if group and w.chance(0.4):
            parents = group
    if not parents:
        return
    parent_home, spent = w.rng.choice(sorted(parents, key=lambda p: (p[0], p[1].kind, p[1].id)))
    member = spent.account.member
    home = present_home(w, member)
    if home is None:
        return
    key = "refunded abroad", spent.id, home
    if w.references[key] or (home == parent_home and w.references["abroad", spent.id]):
        return   # What the lots' originals allow is not known here.
    if home != parent_home:
        if not room(w, home, member, spent):
            return
        w.references[key] = w.references["abroad", spent.id] = 1
    below = []
    if home != parent_home and not w.chance(0.1):
        below = lot_rows(w, parent_home, spent)
    points = spent.left if spent.whole_only or w.chance(0.4) else w.rng.randint(1, spent.left)
    wrong = flaw(w, "other side", "home side", "points", "parent", "giver", "part", "excess",
                 "kind", probability=0.3)
    if wrong == "part":
        points = max(1, points - 1)
    elif wrong == "excess":
        points += 1
    parent_text = w.book.id_text(spent.id)
    if wrong == "kind":
        funded = [f for f in w.nodes[home].funded.values() if f.account.member == member]
        if funded:
            parent_text = w.book.id_text(funded[0].id)
    plan_refund(w, day, home, member, spent, parent_text, points, below, wrong)


def plan_refund(w, day, home, member, spent, parent, points, below, wrong):
    giver = spent.counterparty
    if wrong == "giver":
        giver = w.rng.choice(w.book.partners if spent.partner else w.book.provinces)
    who = {"partner": w.digits[giver]} if w.book.is_partner(giver) else {"giver": w.digits[giver]}
    columns = dict(parent=parent, member=text(member), points=points, **who)
    if giver == home:
        w.add(home, day, "REFUND", **columns).below = below
        return
    started_by_home = w.chance(0.4)
    other = dict(parent=parent, member=text(member), points=points + (wrong == "points"))
    if wrong == "parent":
        other["parent"] = w.reference(giver, day)
    home_day = day if started_by_home else lag(w, day)
    other_day = lag(w, day) if started_by_home else day
    id_ = "" if started_by_home else None
    if w.book.is_partner(giver):
        id_ = w.reference(giver, day) if id_ is None else ""
    elif id_ is None:
        row = w.add(giver, other_day, "DELIVERY_REFUND", home=w.digits[home], **other)
        id_ = w.own(row)
        after_other(w, row)
        if wrong == "other side":
            w.plan[giver, other_day].remove(row)
        other = None
    if wrong != "home side" or not id_:
        home_row = w.add(home, home_day, "REFUND", id=id_, **columns)
        home_row.below = below
        if id_ and w.chance(0.08):
            w.repeat(home_row, home_day + w.rng.choice((1, 5)))
        if id_ and w.chance(0.05):
            w.repeat(home_row, home_day + 1, points=points + 2)
        id_ = id_ or w.own(home_row)
    if other is None or wrong == "other side":
        return
    kind = "REFUND" if w.book.is_partner(giver) else "DELIVERY_REFUND"
    if kind == "DELIVERY_REFUND":
        other["home"] = w.digits[home]
    row = w.add(giver, other_day, kind, id=id_, **other)
    after_other(w, row)


def after_other(w, row):
    """Who took the goods back sometimes withdraws or corrects that."""
    if w.chance(0.08):
        withdraw(w, row)
    elif w.chance(0.12):
        changed = dict(row.columns, points=row.columns["points"] + 1)
        wrong = w.add(row.sender, row.day + 1, row.kind, cite=row, **changed)
        if w.chance(0.7):
            w.add(row.sender, row.day + w.rng.choice((2, 25)), row.kind,
                  cite=w.rng.choice((row, wrong)), **row.columns)


def refund_wrong(w, day):
    """A refund of something not known, or of another member's."""
    found = pick_home(w, want_points=False)
    if not found:
        return
    home, member = found
    partner = w.rng.choice(w.book.partners)
    w.add(home, day, "REFUND", parent=w.reference(partner, day), member=text(member), points=3,
          partner=w.digits[partner])


def unissue(w, day):
    """An accrual or exchange in is reversed."""
    parents = [(n, f) for n, node in w.nodes.items() for f in node.funded.values() if f.left > 0]
    if not parents:
        return
    parent_home, funded = w.rng.choice(sorted(parents, key=lambda p: (p[0], p[1].kind, p[1].id)))
    member = funded.account.member
    home = present_home(w, member)
    items = [i for batch in w.batches[parent_home] for i in batch.items
             if i.kind == funded.kind and i.id == funded.id]
    if home is None or not items or not w.book.is_partner(items[0].partner):
        return
    partner, lot = items[0].partner, items[0].slices[0].lot
    points = funded.left
    if funded.kind == b.ACCRUAL and w.chance(0.5):
        points = w.rng.randint(1, points)
    wrong = flaw(w, "other side", "home side", "points", "excess", "partner", "lot", "part",
                 "member")
    points += wrong == "excess"
    if wrong == "part" and points > 1:
        points -= 1
    if wrong == "partner":
        partner = w.rng.choice(w.book.partners)
    if wrong == "member":   # At a home that doesn't know the parent: the clearing finds it.
        found = [(n, m) for n, m, _ in owners(w) if n != parent_home]
        if found:
            home, member = w.rng.choice(found)
            lot = min(w.nodes[home].accounts[member].lots)
    lot_text = w.id(home, day, 666_666) if wrong == "lot" else w.book.entry_text(lot)
    id_ = w.reference(partner, day) if w.chance(0.7) else ""
    columns = {"parent": w.book.id_text(funded.id), "member": text(member), "points": points}
    if wrong != "home side" or not id_:
        row = w.add(home, lag(w, day) if id_ else day, "UNISSUE", id=id_,
                    partner=w.digits[partner], lot=lot_text, **columns)
        if id_ and w.chance(0.08):
            w.repeat(row, row.day + 1)
        id_ = id_ or w.own(row)
    if wrong != "other side":
        columns["points"] += wrong == "points"
        w.add(partner, lag(w, day), "REFUND", id=id_, **columns)


def owners(w):
    """(home, member, number of lots) of all who are at home somewhere and have lots."""
    return sorted(((n, a.member, len(a.lots)) for n, node in w.nodes.items()
                   for a in node.accounts.values() if a.home and a.lots))


def move(w, day):
    """A member moves. Planned before all else of the day, so that the lots are known."""
    found = pick_home(w, want_points=False)
    if not found:
        return
    home, member = found
    account = w.nodes[home].accounts[member]
    new = w.rng.choice(others(w, home))
    wrong = flaw(w, "out", "in", "lot", "points", "late out", "early", "no confirm",
                 probability=0.3)
    lots = [lot for lot in account.canonical()
            if lot.remaining > 0 and (lot.expires_on > day or lot.held)]
    if wrong == "lot" and lots:
        lots.pop()
    move_in = w.add(new, day, "MOVE_IN", member=text(member), **{"from": w.digits[home]})
    for lot in lots:
        points = lot.remaining - (wrong == "points" and lot.remaining > 1)
        move_in.below.append([
            "LOT", w.book.entry_text(lot.name), b.month_text(lot.earned_month),
            b.SOURCE_NAMES[lot.source], str(lot.rating), b.day_text(lot.expires_on),
            str(lot.original), str(points)])
    for issuer in sorted(account.debts):
        move_in.below.append(["DEBT", w.digits[issuer], str(account.debts[issuer])])
    if wrong != "out":
        out = w.add(home, day + (w.rng.choice((1, 2)) if wrong == "late out" else 0), "MOVE_OUT",
                    id=w.own(move_in), member=text(member), to=w.digits[new])
        if w.chance(0.1):
            w.repeat(out, out.day + 1)
    if wrong == "in":
        w.plan[new, day].remove(move_in)
    elif wrong != "no confirm":
        days = 0 if wrong == "early" else w.rng.choice((1, 1, 2, 6))
        w.add(new, day + days, "CONFIRM", move=w.own(move_in))
    if w.chance(0.15):   # Moves on at once, or a move that is not known is confirmed.
        w.add(new, day + w.rng.choice((0, 1)), "MOVE_OUT",
              id=w.reference(home, day), member=text(member), to=w.digits[home])
    elif w.chance(0.1):
        w.add(new, day, "CONFIRM", move=w.id(new, day, 555_555))
    elif w.chance(0.1):
        w.add(home, day, "MOVE_IN", member=text(member), **{"from": w.digits[new]})


def rare(w, day):
    """What is seldom sent: points of 0, and what cites the unknown."""
    found = pick_home(w, want_points=False, closed=w.chance(0.3))
    if not found:
        return
    home, member = found
    partner = w.rng.choice(w.book.partners)
    case = w.rng.choice(("zero unearn", "zero accrual", "zero delivery", "unknown withdrawal",
                         "late rebill", "copied delivery refund", "withdrawn when closed"))
    node = w.nodes[home]
    lots = sorted(node.accounts[member].lots)
    if case == "zero unearn" and lots:
        w.add(home, day, "UNEARN", member=text(member), lot=w.book.entry_text(lots[0]), points=0)
    elif case == "zero accrual":
        w.add(home, day, "ACCRUAL", id=w.reference(partner, day), member=text(member),
              partner=w.digits[partner], points=0)
    elif case == "zero delivery":
        w.add(home, day, "DELIVERY", member=text(member), home=w.digits[others(w, home)[0]],
              points=0, form="PHONE_CREDIT")
    elif case == "unknown withdrawal" and day > w.start:
        w.add(partner, day, "WITHDRAW", sequence=1, entry=999)
    elif case == "late rebill":
        w.add(home, day, "REBILL", account="NONE", member=text(member),
              bill_month=b.month_text(b.month_of_day(day) - 1), lot=w.id(home, day, 1),
              billed=w.rng.choice((0, 700)), corrected=500)
    elif case == "copied delivery refund":
        other = others(w, home)[0]
        row = w.add(home, day, "DELIVERY_REFUND", id=w.reference(other, day),
                    parent=w.reference(home, day), member=text(member),
                    home=w.digits[other], points=4)
        w.repeat(row, day + 1)
        w.repeat(row, day + 2, points=5)
    elif case == "withdrawn when closed":
        spent = [k for k, s in node.entries.items()
                 if getattr(s, "account", None) is node.accounts[member]]
        if spent:
            w.add(home, day, "WITHDRAW", sequence=spent[0][0], entry=spent[0][1])


SCENES = ((bill, 8), (earn, 5), (unearn, 2), (transfer_or_leave, 0.7), (after_leaving, 0.6),
          (redeem_at_home, 4), (redeem_abroad, 6), (redeem_at_merchant, 5), (hold, 4),
          (exchange, 6), (accrual, 5), (refund, 6), (refund_wrong, 0.3), (unissue, 2.5),
          (withdraw_wrong, 0.3))


def play(w, day):
    """Plans a day's scenes: moves first."""
    if w.chance(0.15):
        move(w, day)
    scenes, weights = zip(*SCENES)
    for scene in w.rng.choices(scenes, weights, k=w.rng.randint(0, w.busy)):
        scene(w, day)
    if w.chance(0.1):
        rare(w, day)
