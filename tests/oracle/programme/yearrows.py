"""A day's rows of one province in a made-up year: what may happen, and what must come back."""

import itertools

import basics as b
import inputs
import memberrows
from yearmerges import MergedRows

SERVICES = ("MOBILE_3G", "MOBILE_3G", "MOBILE_4G", "DATA_CARD", "FIXED_LINE")


class Maker(MergedRows):
    def __init__(self, year, number):
        self.world, self.number, self.rng = year, number, year.rng
        self.code = year.codes[number - 1]
        self.accounts = {}      # account: member, as this province has them
        self.bills = {}         # (account, month): [fen, serial id of its row]
        self.kept = {"hold": [], "spent": [], "order": [], "proposal": [], "complaint": [],
                     "merge": [], "register": [], "move": []}
        self.merged_again = []    # what one number spent of another one's, before a second merge
        self.references = 0
        self.rated = int(bool(getattr(year, "own_stars", None)))    # More of what stars need.

    # Rows.

    def add(self, kind, **columns):
        """Adds a row; returns its entry id as text."""
        if kind not in memberrows.BELOW:
            self.serial += self.rng.choice((1, 1, 2, 5))
            columns["serial"] = self.serial
        self.rows.append([kind] + [self.text(columns.get(column))
                                   for column, _ in inputs.TYPES["PROVINCE_DAY"][kind]])
        return f"{self.code}/{b.day_text(self.day).replace('-', '')}/{self.serial}"

    @staticmethod
    def text(value):
        return "" if value is None else str(value)

    def reference(self, chance=0.5):
        """An id of one's own, or none."""
        if self.rng.random() > chance:
            return None
        self.references += 1
        day = b.day_text(self.day - self.rng.choice((0, 0, 0, 1, 95)) if self.references % 17 == 0
                         else self.day).replace("-", "")
        return f"{self.code}/{day}/W-{self.references}"

    def chance(self, probability):
        return self.rng.random() < probability

    def any_member(self):
        rng = self.rng
        home = self.home()
        here = [b.member_text(m) for m, a in home.accounts.items() if a.home]
        if self.chance(0.06) or not here:
            number = rng.choice(list(self.world.members))
            return rng.choice(self.world.members[number])
        return rng.choice(here)

    def home(self):
        return self.world.play.homes[self.number]

    def owned(self):
        """(account, member); now and then they don't belong together."""
        if not self.accounts or self.chance(0.05):
            return f"X-{self.rng.randint(1, 3)}", self.any_member()
        account = self.rng.choice(sorted(self.accounts))
        return account, (self.whose(account) if self.chance(0.97) else self.any_member())

    def whose(self, account):
        """The member that an account is of; now and then the one before he was merged."""
        device = self.home().devices.get(account)
        late = device is None or self.chance(0.05)
        return self.accounts[account] if late else b.member_text(device.member)

    def month(self, back=0):
        return b.month_text(b.month_of_day(self.day) - back)

    # A day.

    def rows_of(self, day):
        self.day, self.rows, self.serial = day, [], 0
        date = b.date_of(day)
        with_programme = day >= self.world.programme_from
        if with_programme and date.day in (3, 4, 5):
            self.monthly_bills(date.day)
        if with_programme and day - self.world.programme_from < 40:
            self.beginnings()
        for _ in range(self.rng.choice((0, 0, 1, 1, 2, 3))):
            plain = self.rng.choice(PLAIN)
            kinds = BUILT if self.world.built else MEMBERS
            kind = self.rng.choice(kinds) if with_programme and self.chance(0.7) else plain
            getattr(self, "make_" + kind)()
        if self.world.built and self.chance(0.1):
            self.make_again()
        if self.rated and self.chance(0.4):
            self.make_lost_star()
        self.moves_in()
        if self.chance(0.03):
            self.make_move_out()
        return self.rows

    def over(self, batch):
        """Forgets what was returned."""
        returned = {r.entry for r in batch.returned}
        for kept in self.kept.values():
            kept[:] = [k for k in kept
                       if k["day"] != self.day or k["serial"] not in returned]
        for key in [k for k, (_, day, serial) in self.bills.items()
                    if day == self.day and serial in returned]:
            del self.bills[key]

    def keep(self, what, id_, **more):
        self.kept[what].append({"id": id_, "day": self.day, "serial": self.serial, **more})

    def pick(self, what):
        return self.rng.choice(self.kept[what]) if self.kept[what] else None

    def beginnings(self):
        """Accounts and profiles come in the programme's first weeks."""
        rng = self.rng
        for place, member in enumerate(self.world.members[self.number]):
            if self.chance(0.06):
                self.add("PROFILE", id=self.reference(), member=member)
            for letter in "ABC"[:1 + place % 3]:
                name = f"{letter}-{place}"
                if name not in self.accounts and self.chance(0.1):
                    self.accounts[name] = member
                    if self.chance(0.85):
                        self.account_row(name, member)
                    for back in range(rng.choice((0, 0, 3))):
                        self.add("SPENT", account=name, member=member,
                                 bill_month=self.month(back + 2), fen=rng.randint(0, 20000),
                                 earned=int(self.chance(0.5)))

    def account_row(self, name, member):
        rng = self.rng
        joined = b.month_text(b.month_of_day(self.day) - rng.choice((0, 1, 5, 11, 12, 13, 30, 61)))
        self.add("ACCOUNT", account=name, member=member, joined=joined,
                 service=rng.choice(SERVICES[:3] * self.rated + SERVICES), prepaid=rng.choice("01"),
                 real_name=rng.choice("0111" + "1" * 8 * self.rated), region=rng.randint(1, 3))

    def monthly_bills(self, day):
        for account in sorted(self.accounts):
            if self.chance(0.3 * (1 + self.rated)):
                self.bill(account, self.rng.choice((1, 1, 1, 2, 4)))

    def bill(self, account, back):
        rng, member = self.rng, self.whose(account)
        month = self.month(back)
        if (account, month) in self.bills and self.chance(0.8):
            return
        fen = rng.choice((0, 50, 99, 100, rng.randint(100, 40000), rng.randint(100, 9000)))
        if self.chance(0.25):
            third = rng.randint(0, fen)
            self.add("BILL_SPLIT", account=account, member=member, bill_month=month,
                     total=fen + 700, third_party=third, collected=0)
            fen = fen + 700 - third
        else:
            self.add("BILL", account=account, member=member, bill_month=month, fen=fen)
        self.bills.setdefault((account, month), [fen, self.day, self.serial])

    # Rows that there were before.

    def make_earn(self):
        rng = self.rng
        self.add("EARN", member=self.any_member(),
                 source=rng.choice(("TENURE", "LEVEL", "AWARD", "FIXED_LINE", "SP", "MIGRATION")),
                 earned_month=self.month(rng.randint(0, 3)), points=rng.randint(0, 400),
                 rating=rng.choice("01"))

    def make_unearn(self):
        member, lot = self.lot()
        if lot is not None and self.chance(0.5):
            self.add("UNEARN", member=member, lot=self.world.play.book.entry_text(lot.name),
                     points=self.rng.randint(0, lot.original))

    def lot(self):
        member = self.any_member()
        account = self.home().accounts.get(int(member))
        lots = account.canonical() if account else []
        return member, (self.rng.choice(lots) if lots else None)

    def make_rebill(self):
        if not self.bills:
            return
        account, month = self.rng.choice(sorted(self.bills))
        fen, _, _ = self.bills[account, month]
        member = self.accounts.get(account) or self.any_member()
        owner = self.home().accounts.get(int(member))
        lots = [lot for lot in (owner.canonical() if owner else [])
                if b.month_text(lot.earned_month) == month and
                b.entry_parts(lot.name)[0] == self.number]
        name = self.world.play.book.entry_text(lots[0].name) if lots else \
            f"{self.code}/20080102/77777"
        corrected = max(0, fen + self.rng.choice((-5000, -300, -99, 0, 250, 4000)))
        if self.chance(0.1):
            fen += 1
        self.add("REBILL", account=account, member=member, bill_month=month, lot=name, billed=fen,
                 corrected=corrected)
        codes = self.bills[account, month]
        device = self.home().devices.get(account)
        if device is None or device.bills.get(b.month_of(month)) == codes[0]:
            codes[0] = corrected if fen == codes[0] else codes[0]

    def make_redeem(self):
        rng, member = self.rng, self.any_member()
        form = rng.choice(("PHONE_CREDIT", "OWN_PRODUCT", "FIXED_LINE", "GIFT"))
        extra = {"cost": 300, "freight": 20, "cash": 10} if form == "GIFT" else {}
        id_ = self.add("REDEEM", member=member, points=rng.choice((0, rng.randint(1, 300), 600,
                                                                   950)),
                       form=form, giver=self.code, **extra)
        self.keep("spent", id_, member=member)

    def make_refund(self):
        spent = self.pick("order") if self.chance(0.1) else self.pick("spent")
        if spent:
            self.add("REFUND", parent=spent["id"], member=spent["member"],
                     points=self.rng.choice((1, 20, 100, 300)), giver=self.code)

    def make_hold(self):
        member = self.any_member()
        day = self.day + self.rng.choice((0, 3, 20))
        id_ = self.add("HOLD", member=member, points=self.rng.randint(1, 400),
                       expires=b.day_text(day))
        self.keep("hold", id_, member=member)

    def make_capture(self):
        hold = self.pick("hold")
        if hold and self.chance(0.7):
            id_ = self.add("CAPTURE", hold=hold["id"], points=self.rng.randint(1, 200),
                           final=self.rng.choice("01"), form="OWN_PRODUCT", giver=self.code)
            self.keep("spent", id_, member=hold["member"])
        elif hold:
            self.add("VOID", hold=hold["id"])

    def make_transfer(self):
        if self.chance(0.25):
            self.add(self.rng.choice(("TRANSFER", "TRANSFER", "LEAVE")),
                     member=self.any_member())

    # Rows of members.

    def make_account(self):
        account, member = self.owned()
        self.account_row(account, member)

    def make_account_end(self):
        account, member = self.owned()
        if self.chance(0.3):
            self.add(self.rng.choice(("ACCOUNT_END", "OWNER")), account=account, member=member)

    def make_profile(self):
        self.add("PROFILE", id=self.reference(), member=self.any_member())

    def make_sources(self):
        rng, (account, member) = self.rng, self.owned()
        what = rng.choice(("SP", "PARTNER", "FIXED", "EVENT", "EVENT"))
        if what == "SP":
            self.add("SP_SPEND", account=account, member=member,
                     bill_month=self.month(rng.randint(0, 2)),
                     service=rng.choice(("ring-tones", "ring-tones", "horoscope")),
                     fen=rng.choice((0, 300, rng.randint(300, 30000))))
        elif what == "PARTNER":
            self.references += 1
            day = b.day_text(self.day).replace("-", "")
            self.add("PARTNER_SPEND", id=f"MER2/{day}/{self.code}{self.references}",
                     member=member, partner="MER2", fen=rng.choice((900, 50000, 12345)))
        elif what == "FIXED":
            self.add("FIXED_IN", id=self.reference(), member=member, units=rng.randint(0, 500))
        else:
            self.add("EVENT", account=account, member=member,
                     service=rng.choice((None, "video", "music")),
                     channel=rng.choice((None, "app", "shop")),
                     plan=rng.choice((None, "p-199")), credit=rng.choice((None, 1, 3, 5)))

    def make_plan(self):
        account, member = self.owned()
        self.add("PLAN", account=account, member=member,
                 plan=self.rng.choice((None, "p-199", "p-129", "p-none")))

    def make_brand(self):
        account, member = self.owned()
        self.add("BRAND", account=account, member=member, brand="e-surfing")

    def make_arrears(self):
        account, member = self.owned()
        self.add("ARREARS", account=account, member=member,
                 state=self.rng.choice(("NONE", "NONE", "ONE_WAY", "BOTH_WAYS")))

    def make_blacklist(self):
        self.add("BLACKLIST", member=self.any_member(), on=self.rng.choice("0001"))

    def make_flags(self):
        rng, member = self.rng, self.any_member()
        if self.chance(0.25):
            self.add("LEGACY", member=member, flag=rng.choice(("legacy-gold", "vip")),
                     until=self.month(-rng.randint(0, 6)))
            return
        given = self.reference()
        own = self.add("VIP_PROPOSE", id=given, member=member,
                       flag=rng.choice(("vip", "vip", "loyal")), why="RANK",
                       until=self.month(-rng.randint(0, 9)), officer="S-1")
        self.keep("proposal", given or own)
        proposal = self.pick("proposal")
        self.add("VIP_DECIDE", proposal=proposal["id"], approve=rng.choice("0111"),
                 officer=rng.choice(("S-1", "S-2", "S-2")))

    def make_apply(self):
        self.add("APPLY", id=self.reference(), member=self.any_member(),
                 grading=self.rng.choice(("level", "level", "growth", "none")),
                 level=self.rng.choice(("vip-card", "silver", "gold", "diamond")),
                 **{"from": self.month(self.rng.randint(1, 14))})

    def make_grade(self):
        day = self.day - self.rng.choice((0, 10))
        self.add("GRADE", member=self.any_member(), grading=self.rng.choice(("level", "level",
                                                                             "b2b")),
                 level=self.rng.choice(("vip-card", "silver", "gold", "diamond", "a", "ordinary")),
                 **{"from": b.day_text(day),
                    "to": self.rng.choice((None, b.day_text(day + 200)))})

    def make_sheet(self):
        rng = self.rng
        self.add("SHEET", member=self.any_member(), sheet=rng.choice(("b2b", "b2b", "b2c")),
                 grading=rng.choice((None, "b2b")))
        for name in ("nature", "strength", "growth", "profit", "relationship", "importance"):
            band = rng.randint(1, 3)
            points = {1: rng.randint(0, 4), 2: rng.randint(5, 9), 3: rng.randint(10, 15)}[band]
            if self.chance(0.03):
                points = 90
            self.add("INPUT", input=name, value=band,
                     points=None if name == "nature" else points)

    def make_order(self):
        rng, member, given = self.rng, self.any_member(), self.reference(0.3)
        item, quantity, points, cash = rng.choice((
            ("phone-credit", 1, 100, 0), ("phone-credit", 1, 150, 0), ("kettle", 1, 500, 2000),
            ("kettle", 2, 900, 4000), ("minutes", 1, 60, 0), ("minutes", 1, 40, 0),
            ("club", 1, 120, 0), ("none", 1, 1, 0)))
        own = self.add("ORDER", id=given, member=member, item=item, quantity=quantity,
                       points=points, cash=cash,
                       beneficiary=rng.choice((None, None, self.any_member())))
        self.keep("order", given or own, member=member)

    def make_order_state(self):
        order = self.pick("order")
        if order is None:
            return
        what = self.rng.choice(("state", "state", "state", "complaint", "end"))
        if what == "state":
            self.add("ORDER_STATE", order=order["id"],
                     state=self.rng.choice(("SHIPPED", "DELIVERED", "DELIVERED", "RETURNED",
                                            "FAILED")))
        elif what == "complaint":
            given = self.reference()
            own = self.add("COMPLAINT", id=given, order=order["id"], why="LATE")
            self.keep("complaint", given or own)
        elif self.kept["complaint"]:
            self.add("COMPLAINT_END", complaint=self.pick("complaint")["id"],
                     outcome=self.rng.choice(("REFUSED", "REPLACED", "REFUNDED", "REFUNDED")))

    def make_stock(self):
        self.add("STOCK", item=self.rng.choice(("kettle", "kettle", "none")),
                 change=self.rng.choice((-1, 3, 5)))

    def make_claim(self):
        self.add("CLAIM", id=self.reference(), member=self.any_member(),
                 benefit=self.rng.choice(("re-72", "re-48", "lounge", "birthday", "counter",
                                          "none")))

    def lacking(self):
        """(account, member, month) of a bill that gave nothing and would now, if there is any."""
        home, now = self.home(), b.month_of_day(self.day)
        found = [(device.name, b.member_text(device.member), month)
                 for device in home.device_records for month in sorted(device.bills)
                 if device.name and now - 6 <= month <= now and month not in device.earned
                 and home.may_earn(device, month)]
        return self.rng.choice(found) if found else None

    def make_register(self):
        account, member = self.owned()
        month, lacks = self.month(self.rng.randint(1, 8)), self.lacking()
        if lacks and self.chance(0.7):
            account, member, month = *lacks[:2], b.month_text(lacks[2])
        given = self.reference()
        own = self.add("REGISTER", id=given, member=member, account=account, bill_month=month,
                       why=self.rng.choice(("NO_POINTS", "NO_POINTS", "PARTNER", "OTHER")))
        self.keep("register", given or own)
        if self.chance(0.5):
            self.add("REGISTER_END", register=self.pick("register")["id"],
                     outcome=self.rng.choice(("CREDITED", "REFUSED")))

    def make_call(self):
        self.add("CALL", id=self.reference(), member=self.any_member(),
                 seconds=self.rng.randint(0, 60), answered=self.rng.choice("011"),
                 called_back=self.rng.choice((None, None, 7200, 90000)))

    def make_merge(self):
        if self.kept["merge"] and self.chance(0.4):
            merge = self.pick("merge")
            self.add("UNMERGE", merge=merge["id"], member=merge["member"])
            return
        if self.chance(0.6):
            return
        account, member = self.owned()
        into = self.any_member()
        if into == member:
            return
        given = self.reference()
        own = self.add("MERGE", id=given, member=member,
                       account=account if self.chance(0.6) else None, into=into)
        self.keep("merge", given or own, member=member)

    # Moves between provinces, by file.

    def make_move_out(self):
        order = self.world.order    # Who comes later today can take him in today.
        others = order[order.index(self.number) + 1:]
        if not others:
            return
        to = self.rng.choice(others)
        guests = [m for m in map(b.member_text, self.home().accounts)
                  if m not in self.world.members[self.number]]
        self.move_out(
            self.rng.choice(guests) if guests and self.chance(0.5) else self.any_member(), to)

    def move_out(self, member, to):
        maker = self.world.makers[to]
        serial = 900_000 + len(self.world.moves)
        day = b.day_text(self.day).replace("-", "")
        self.add("MOVE_OUT", id=f"{maker.code}/{day}/{serial}", member=member, to=maker.code)
        self.world.moves.append((to, serial, member, self.number, self.serial))

    def moves_in(self):
        book = self.world.play.book
        for move in self.kept["move"]:
            if self.day - move["day"] == 2:
                self.add("CONFIRM", move=move["id"])
        for to, serial, member, source, entry in self.world.moves:
            if to != self.number:
                continue
            batch = self.world.play.batches[source][-1]
            items = [i for i in batch.items if i.entry == entry and i.kind == b.MOVE_OUT]
            if not items or self.serial >= serial:
                continue
            self.rows_move_in(items[0], serial, member, book, source)
            if self.day >= self.world.programme_from:
                self.standing_rows(self.kept["move"][-1]["id"], source)
                self.arrival(member)

    def rows_move_in(self, item, serial, member, book, source):
        self.serial = serial
        self.rows.append(["MOVE_IN", str(serial), member, book.codes[source]])
        day = b.day_text(self.day).replace("-", "")
        self.keep("move", f"{self.code}/{day}/{serial}")
        for slice_ in item.slices:
            if slice_.source == b.DEBT:
                self.rows.append(["DEBT", book.codes[b.issuer_of(slice_.lot)],
                                  str(slice_.delta)])
                continue
            self.rows.append([
                "LOT", book.entry_text(slice_.lot), b.month_text(slice_.earned_month),
                b.SOURCE_NAMES[slice_.source], str(slice_.rating),
                b.day_text(slice_.expires_on), str(slice_.original), str(-slice_.delta)])

    def standing_rows(self, move, source):
        """What his old home's file has ready for it; or, now and then, nothing."""
        if self.chance(0.1):
            return
        codes = self.world.play.book.codes
        name = f"{codes[source]}-{b.day_text(self.day)}-STANDING-{self.code}.csv"
        lines = [line.split(",") for line in self.world.play.standings[source][name].split("\n")]
        first = next(n for n, row in enumerate(lines) if row[:2] == ["MOVED", move]) + 1
        self.rows += itertools.takewhile(lambda row: row[0] == "STANDING", lines[first:])

    def arrival(self, member):
        """A telephone here, as a rule, of the tenure that it had or a new one."""
        if self.chance(0.8):
            self.references += 1
            name = f"M-{self.number}-{self.references}"
            self.accounts[name] = member
            self.account_row(name, member)


# What nodes carry out so far.
BUILT = ("account", "account_end", "profile", "sources", "sources", "sources", "plan", "plan",
         "brand", "arrears", "arrears", "blacklist", "flags", "flags", "apply", "apply", "grade",
         "sheet", "claim", "claim", "call", "call", "register", "register", "merge", "merge",
         "order", "order", "order_state", "order_state", "order_state", "stock", "unissue",
         "wrongly", "wrongly", "away", "refund_elsewhere", "refund_elsewhere", "day_of_merge",
         "less_then_merge", "known_customer", "refund_before")
PLAIN = ("earn", "earn", "unearn", "rebill", "redeem", "redeem", "refund", "hold", "capture",
         "transfer")
MEMBERS = ("account", "account_end", "profile", "sources", "sources", "sources", "plan", "brand",
           "arrears", "arrears", "blacklist", "flags", "flags", "apply", "apply", "grade",
           "sheet", "order", "order", "order_state", "order_state", "stock", "claim", "claim",
           "register", "call", "merge")
