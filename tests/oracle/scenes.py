"""Scenes of a made-up month: what happens at a home, and between a home and another side.

A scene plans rows of a day (and of later days). Most are right; `flaw` picks what is wrong.
"""

import basics as b
from world import FORMS

EARN_FORMS = ("TENURE", "LEVEL", "AWARD", "FIXED_LINE", "SP", "MIGRATION")


# Picking.

def pick_home(w, want_points=True, day=None, closed=False):
    """(home, member) of someone at home somewhere, with points if they are wanted; or None."""
    found = []
    for number, node in w.nodes.items():
        for account in node.accounts.values():
            if account.home and account.closed == closed:
                if not want_points or account.available(day) > 0:
                    found.append((number, account.member))
    return w.rng.choice(sorted(found)) if found else None


def some_points(w, home, member, day):
    """How much a member asks for: mostly what he has, seldom more or nothing."""
    account = w.nodes[home].accounts.get(member)
    available = account.available(day) if account else 0
    if available <= 0 or w.chance(0.04):
        return max(available, 0) + w.rng.randint(1, 50)
    if w.chance(0.02):
        return 0
    most = available if w.chance(0.1) else max(1, min(available, w.rng.choice((20, 200, 2000))))
    return w.rng.randint(1, most)


def text(member):
    return b.member_text(member)


def flaw(w, *choices, probability=0.25):
    return w.rng.choice(choices) if w.chance(probability) else None


def lag(w, day):
    """A day on which a record comes: the same, or later."""
    if w.chance(0.75):
        return day
    return day + w.rng.choice((1, 1, 2, 3, 5, 12, 30))


def others(w, home):
    return [n for n in w.book.provinces if n != home]


def partners_with(w, day, letter, wrong=0.05):
    """Partners whose contract has the type on the day; seldom any partner at all."""
    if w.chance(wrong):
        return w.book.partners
    found = []
    for n in w.book.partners:
        contract = w.book.contract(n, day)
        if contract and letter in contract["types"]:
            found.append(n)
    return found


def goods_cost(w):
    if w.chance(0.1):
        return {"cost": 100, "freight": 0, "cash": 500}
    return {"cost": w.rng.randint(1, 9000), "freight": w.rng.choice((0, 0, 350)),
            "cash": w.rng.choice((0, 0, 77, 1500))}


# Earning.

def bill(w, day):
    home, member = somebody(w)
    account = f"A-{member % 10 ** 6}-{w.rng.randint(1, 2)}"
    back = w.rng.choice((1, 1, 1, 1, 2, 3, 37))
    month = b.month_of_day(day) - back
    fen = w.rng.choice((0, 99, 100, w.rng.randint(100, 90_000), w.rng.randint(100, 90_000)))
    row = w.add(home, day, "BILL", account=account, member=text(member),
                bill_month=b.month_text(month), fen=fen)
    if w.chance(0.5):
        rebill(w, row)
    if w.chance(0.05):
        w.repeat(row, lag(w, day))


def somebody(w):
    """(home, member): mostly right, also newcomers, those who moved or left, and strangers."""
    if w.chance(0.75):
        found = pick_home(w, want_points=False)
        if found:
            return found
    member = w.rng.choice(w.members)
    prefix = member // 10 ** 12
    return (prefix if w.chance(0.8) else w.rng.choice(w.book.provinces)), member


def rebill(w, row):
    day = row.day + w.rng.choice((1, 2, 4, 20))
    billed = row.columns["fen"]
    wrong = flaw(w, "billed", "lot", probability=0.15)
    corrected = w.rng.choice((max(0, billed - w.rng.randint(1, 20_000)), billed, 0,
                              billed + w.rng.randint(1, 20_000)))
    lot = w.own(row)
    if wrong == "lot":
        lot = w.id(row.sender, row.day, 999_999)
    columns = {k: row.columns[k] for k in ("account", "member", "bill_month")}
    w.add(row.sender, day, "REBILL", lot=lot, billed=billed + (100 if wrong == "billed" else 0),
          corrected=corrected, **columns)


def earn(w, day):
    home, member = somebody(w)
    row = w.add(home, day, "EARN", member=text(member), source=w.rng.choice(EARN_FORMS),
                earned_month=b.month_text(b.month_of_day(day)
                                          - w.rng.choice((0, 1, 1, 35, 36, 38))),
                points=0 if w.chance(0.03) else w.rng.randint(1, 1500),
                rating=w.rng.choice("01"))
    if w.chance(0.25):
        w.add(home, day + w.rng.randint(0, 9), "UNEARN", member=text(member), lot=w.own(row),
              points=row.columns["points"])


def unearn(w, day):
    """Takes back from any lot of a member, often one that is spent, so that debts arise."""
    found = pick_home(w, want_points=False, closed=w.chance(0.15))
    if not found:
        return
    home, member = found
    lots = w.nodes[home].accounts[member].canonical()
    if not lots or w.chance(0.05):
        lot = w.id(home, day, 888_888)
    else:
        lots.sort(key=lambda lot: lot.remaining)
        lot = w.book.entry_text(lots[0 if w.chance(0.5) else -1].name)
    w.add(home, day, "UNEARN", member=text(member), lot=lot, points=w.rng.randint(1, 900))


def transfer_or_leave(w, day):
    found = pick_home(w, want_points=False)
    if w.chance(0.5):   # One who owes points.
        owing = [(n, a.member) for n, node in w.nodes.items() for a in node.accounts.values()
                 if a.home and a.debts]
        found = w.rng.choice(owing) if owing else found
    if found:
        home, member = found
        kind = w.rng.choice(("TRANSFER", "LEAVE", "LEAVE"))
        w.add(home, day, kind, member=text(member))


def after_leaving(w, day):
    found = pick_home(w, want_points=False, closed=True)
    if found:
        home, member = found
        kind = w.rng.choice(("REDEEM", "HOLD", "TRANSFER"))
        if kind == "REDEEM":
            w.add(home, day, kind, member=text(member), points=1, form="PHONE_CREDIT",
                  giver=w.digits[home])
        elif kind == "HOLD":
            w.add(home, day, kind, member=text(member), points=1, expires=b.day_text(day + 3))
        else:
            w.add(home, day, kind, member=text(member))


# Redemptions.

def redeem_at_home(w, day):
    found = pick_home(w, day=day)
    if not found:
        return
    home, member = found
    form = w.rng.choice(FORMS + ("FIXED_LINE",))
    row = w.add(home, day, "REDEEM", member=text(member), form=form, giver=w.digits[home],
                points=some_points(w, home, member, day),
                **(goods_cost(w) if form == "GIFT" else {}))
    if w.chance(0.15):
        withdraw(w, row)


def withdraw(w, row, day=None):
    """Withdraws a row of an earlier file, seldom twice."""
    day = day or row.day + w.rng.choice((1, 2, 3, 10, 30))
    for _ in range(2 if w.book.is_province(row.sender) and w.chance(0.15) else 1):
        w.add(row.sender, day, "WITHDRAW", cited=row)


def withdraw_wrong(w, day):
    """Cites what can't be withdrawn."""
    sender = w.rng.choice(w.book.provinces + w.book.partners)
    if day > w.start:
        w.add(sender, day, "WITHDRAW", sequence=w.rng.randint(1, w.sequence(day) - 1),
              entry=w.rng.randint(1, 9))


def redeem_abroad(w, day):
    """A redemption given by another province."""
    found = pick_home(w, day=day)
    if not found:
        return
    home, member = found
    giver = w.rng.choice(others(w, home))
    wrong = flaw(w, "home", "giver", "points", "form", "member", "code", "no code")
    form = w.rng.choice(FORMS)
    points = some_points(w, home, member, day)
    delivery = w.add(giver, day, "DELIVERY", member=text(member), home=w.digits[home],
                     points=points or 1, form=form,
                     **(goods_cost(w) if form == "GIFT" else {}))
    columns = {"id": w.own(delivery), "member": text(member), "points": points, "form": form,
               "giver": w.digits[giver]}
    if wrong == "points":
        columns["points"] += 1
    elif wrong == "form":
        columns["form"] = "OWN_PRODUCT" if form != "OWN_PRODUCT" else "PHONE_CREDIT"
    elif wrong == "member":
        delivery.columns["member"] = text(w.rng.choice(w.members))
    row = None
    if wrong != "home":
        row = w.add(home, day if w.chance(0.9) else lag(w, day), "REDEEM", **columns)
        delivery.columns["authorisation"] = w.own(row)
    if wrong == "code" and row:
        delivery.columns["authorisation"] = w.id(home, day, row.serial + 77)
    elif wrong == "no code":
        delivery.columns["authorisation"] = None
    if wrong == "giver":
        w.plan[giver, day].remove(delivery)
        return
    after_delivery(w, delivery)
    after_home_row(w, row)


def after_delivery(w, delivery):
    """Sometimes the giver corrects or withdraws a delivery."""
    if w.chance(0.12):
        withdraw(w, delivery)
    elif w.chance(0.2):
        correct_delivery(w, delivery, delivery)


def correct_delivery(w, delivery, cited):
    day = cited.day + w.rng.choice((1, 1, 2, 5, 25))
    columns = dict(delivery.columns)
    change = w.rng.choice(("cost", "points", "authorisation", "home", "same back", "member"))
    if change == "cost" and columns["form"] == "GIFT":
        columns["cost"] += w.rng.choice((-50, 1, 400)) if columns["cost"] > 50 else 10
    elif change == "points":
        columns["points"] += w.rng.choice((1, 5))
    elif change == "authorisation":
        columns["authorisation"] = None
    elif change == "home":
        columns["home"] = w.digits[w.rng.choice(others(w, delivery.sender))]
    elif change == "member" and w.chance(0.3):
        columns["member"] = text(w.rng.choice(w.members))
    row = w.add(delivery.sender, day, "DELIVERY", cite=cited, **columns)
    if w.chance(0.4) and change != "member":   # Puts it right again.
        again = w.add(delivery.sender, day + w.rng.choice((1, 7)), "DELIVERY",
                      cite=w.rng.choice((delivery, row)), **delivery.columns)
        if w.chance(0.2):
            withdraw(w, w.rng.choice((delivery, again)), again.day + 1)


def after_home_row(w, row):
    """A home's row under another's id: sometimes a copy, a duplicate, or withdrawn."""
    if row is None:
        return
    if w.chance(0.06):
        w.repeat(row, row.day + w.rng.choice((1, 3, 20)))
    if w.chance(0.05):
        w.repeat(row, row.day + 2, points=row.columns["points"] + 1)
    if w.chance(0.06) and row.kind in ("REDEEM", "CAPTURE", "EXCHANGE_OUT"):
        withdraw(w, row)


def partner_row(w, partner, day, kind, **columns):
    """A partner's row; sometimes sent again, corrected or withdrawn later."""
    row = w.add(partner, day, kind, **columns)
    later = day + w.rng.choice((1, 2, 6, 28))
    if w.chance(0.05):
        w.repeat(row, later)
    elif w.chance(0.04):
        w.repeat(row, later, points=columns.get("points", 0) + 3)
    elif w.chance(0.05):
        withdraw(w, row, later)
    elif w.chance(0.08):
        changed = dict(columns)
        if w.chance(0.5):
            changed["points"] += 2
        elif "rate" in changed:
            changed["rate"] += 1
        cited = row if w.chance(0.8) else (w.rng.randint(1, w.sequence(day)), 2)
        first = w.add(partner, later, kind, cite=cited, **changed)
        if w.chance(0.5):
            w.add(partner, later + w.rng.choice((1, 20)), kind, cite=w.rng.choice((row, first)),
                  **columns)
    return row


def partner_id(w, partner, day):
    """A partner's id: mostly of the day, sometimes older, seldom too old."""
    if w.chance(0.8):
        return w.reference(partner, day)
    back = w.rng.choice((1, 3, 20, 20, 91 + w.rng.randint(0, 9)))
    return w.reference(partner, day - back)


def redeem_at_merchant(w, day):
    found, merchants = pick_home(w, day=day), partners_with(w, day, "U")
    if not found or not merchants:
        return
    (home, member), partner = found, w.rng.choice(merchants)
    wrong = flaw(w, "home", "partner", "points", "code", "no code", "member", "two homes")
    id_ = partner_id(w, partner, day)
    points = some_points(w, home, member, day)
    columns = {"id": id_, "member": text(member), "points": points, "form": "MERCHANT",
               "partner": w.digits[partner]}
    row = w.add(home, lag(w, day), "REDEEM", **columns) if wrong != "home" else None
    after_home_row(w, row)
    if wrong == "two homes":
        two = [n for n in others(w, home) if member in w.nodes[n].accounts]
        if two:
            w.add(two[0], day, "REDEEM", **columns)
    if wrong == "partner":
        return
    code = w.own(row) if row else ""
    if wrong == "code":
        code = w.id(home, day, 4_000)
    elif wrong == "no code":
        code = ""
    partner_row(w, partner, lag(w, day), "REDEMPTION", id=id_,
                member=text(w.rng.choice(w.members) if wrong == "member" else member),
                points=points + (wrong == "points"), authorisation=code)


# Holds.

def hold(w, day):
    """A hold, and what becomes of it."""
    found = pick_home(w, day=day)
    if not found:
        return
    home, member = found
    giver = w.rng.choice(others(w, home) + [home, home])
    merchants = partners_with(w, day, "U")
    if merchants and w.chance(0.3):
        giver = w.rng.choice(merchants)
    id_ = "" if giver == home or w.chance(0.3) else w.reference(giver, day)
    points = some_points(w, home, member, day)
    row = w.add(home, day, "HOLD", id=id_, member=text(member), points=points,
                expires=b.day_text(day + w.rng.randint(0, 6)))
    if id_ and w.chance(0.1):
        w.repeat(row, day + 1)
    hold_id = id_ or w.own(row)
    if w.chance(0.05):
        hold_id = w.id(home, day, 777_777)
    at, left = day, points
    for _ in range(w.rng.choice((0, 1, 1, 2, 3))):
        at += w.rng.choice((0, 1, 1, 2, 4))
        part = w.rng.randint(1, max(1, left)) + (5 if w.chance(0.05) else 0)
        left = max(0, left - part)
        capture(w, at, home, member, giver, hold_id, part, row)
    if w.chance(0.4):
        w.add(home, at + w.rng.choice((0, 1, 5)), "VOID", hold=hold_id)
    if w.chance(0.08):
        new = w.rng.choice(others(w, home))
        w.add(home, day + w.rng.choice((0, 1)), "MOVE_OUT", id=w.reference(new, day),
              member=text(member), to=w.digits[new])


def capture(w, day, home, member, giver, hold_id, points, held):
    final = w.rng.choice("01")
    columns = {"hold": hold_id, "points": points, "final": final}
    code = w.own(held)
    if giver == home:
        form = w.rng.choice(FORMS)
        row = w.add(home, day, "CAPTURE", form=form, giver=w.digits[home], **columns,
                    **(goods_cost(w) if form == "GIFT" else {}))
        if w.chance(0.15):
            withdraw(w, row)
    elif w.book.is_partner(giver):
        id_ = w.reference(giver, day)
        row = w.add(home, lag(w, day), "CAPTURE", id=id_, form="MERCHANT",
                    partner=w.digits[giver], **columns)
        after_home_row(w, row)
        partner_row(w, giver, lag(w, day), "REDEMPTION", id=id_, member=text(member),
                    points=points, authorisation=code)
    else:
        form = w.rng.choice(FORMS)
        delivery = w.add(giver, day, "DELIVERY", member=text(member), home=w.digits[home],
                         authorisation=code, points=points, form=form,
                         **(goods_cost(w) if form == "GIFT" else {}))
        row = w.add(home, lag(w, day), "CAPTURE", id=w.own(delivery), form=form,
                    giver=w.digits[giver], **columns)
        after_delivery(w, delivery)
        after_home_row(w, row)


# Exchanges and accruals.

def exchange(w, day):
    """An exchange out or in."""
    kind = w.rng.choice(("EXCHANGE_OUT", "EXCHANGE_OUT", "EXCHANGE_IN"))
    out = kind == "EXCHANGE_OUT"
    found, able = pick_home(w, want_points=out, day=day), partners_with(w, day, "X")
    if not found or not able:
        return
    (home, member), partner = found, w.rng.choice(able)
    row = w.book.price("OUT" if out else "IN", day, partner=partner)
    if row is None:
        row = {"version": 399, "num": 1, "den": 1, "block": 1, "min": 1}
    account = w.nodes[home].accounts[member]
    blocks = max(1, -(-row["min"] // row["block"])) + w.rng.choice((0, 0, 1, 3))
    given = blocks * row["block"]
    if out and given > account.available(day) and not w.chance(0.2):
        return
    wrong = flaw(w, "home", "partner", "points", "units", "both units", "rate", "partner rate",
                 "block", "min", *("not credited",) * 3, probability=0.3)
    if wrong == "block":
        given += row["den"] if row["block"] > row["den"] else 1
    elif wrong == "min":
        given = row["block"] * (row["min"] // row["block"] - 1) or row["den"]
    got = given * row["num"] // row["den"]
    points, units = (given, got) if out else (got, given)
    units += wrong == "both units"
    starter = partner if not out or w.chance(0.6) else home
    id_ = partner_id(w, partner, day) if starter == partner else ""
    columns = {"member": text(member), "points": max(1, points), "units": units,
               "rate": row["version"]}
    home_columns = dict(columns, id=id_, partner=w.digits[partner])
    if wrong == "rate":
        home_columns["rate"] += 1
    home_row = None
    if wrong != "home" or not id_:
        home_row = w.add(home, day if not id_ else lag(w, day), kind, **home_columns)
        if id_:
            after_home_row(w, home_row)
    if wrong == "partner":
        return
    if not id_:
        id_ = w.own(home_row)
    if wrong == "not credited" and out and home_row:
        not_credited(w, day, home, member, partner, id_, points)
        return
    columns.update(id=id_)
    if wrong in ("points", "units"):
        columns[wrong] += 1
    elif wrong == "partner rate":
        columns["rate"] += 1
    partner_row(w, partner, lag(w, day), kind, **columns)


def not_credited(w, day, home, member, partner, parent, points):
    """The units were never credited: the partner says so and the home refunds."""
    case = w.rng.choice(("full", "full", "full", "no refund", "credited"))
    later = day + w.rng.choice((1, 2, 15))
    w.add(partner, later, "NOT_CREDITED", id=w.reference(partner, later), parent=parent,
          member=text(member))
    if case != "no refund":
        w.add(home, later + w.rng.choice((0, 1, 3)), "REFUND", parent=parent, member=text(member),
              points=points, partner=w.digits[partner])
    if case == "credited":
        row = w.book.price("OUT", day, partner=partner)
        if row:
            w.add(partner, later + 1, "EXCHANGE_OUT", id=parent, member=text(member),
                  points=points, units=points * row["num"] // row["den"], rate=row["version"])


def accrual(w, day):
    able = partners_with(w, day, "A")
    if not able:
        return
    (home, member), partner = somebody(w), w.rng.choice(able)
    wrong = flaw(w, "home", "partner", "points", "member")
    id_ = partner_id(w, partner, day)
    points = w.rng.randint(1, 1200)
    if wrong != "home":
        row = w.add(home, lag(w, day), "ACCRUAL", id=id_, member=text(member),
                    partner=w.digits[partner], points=points)
        after_home_row(w, row)
    if wrong != "partner":
        partner_row(w, partner, lag(w, day), "ACCRUAL", id=id_,
                    member=text(w.rng.choice(w.members) if wrong == "member" else member),
                    points=points + (wrong == "points"))
