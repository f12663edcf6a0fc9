"""Rows of a made-up year about merged numbers: what was given wrongly and has passed since, a
partner's reversals, lots of numbers that were merged and move, refunds at another home, also of
what was redeemed before the opening; what a merge of accounts does to rating points and to bills
that wait for a profile."""

import basics as b


class MergedRows:
    """Of a Maker (yearrows.py)."""

    def make_unissue(self):
        """Of what a partner gave, under the number that it gave it to, merged since or not."""
        rng, home = self.rng, self.home()
        found = [funded for funded in home.funded.values() if funded.left]
        if not found:
            return
        funded = rng.choice(found)
        merged = [f for f in found if home.present(f.account.member) != f.account.member]
        if merged and self.chance(0.6):
            funded = rng.choice(merged)
        lots = [lot for account in home.accounts.values() for lot in account.lots.values()
                if lot.source == b.SOURCES["PARTNER"] and lot.original == funded.points]
        if not lots:
            return
        member, into = funded.account.member, self.any_member()
        if self.chance(0.3) and int(into) != member:
            given = self.reference()
            own = self.add("MERGE", id=given, member=b.member_text(member), into=into)
            self.keep("merge", given or own, member=b.member_text(member))
        if self.chance(0.15):
            member = home.present(member)
        self.references += 1
        day = b.day_text(self.day).replace("-", "")
        self.add("UNISSUE", id=f"MER2/{day}/{self.code}U{self.references}",
                 parent=self.id_text(funded.id), member=b.member_text(member), partner="MER2",
                 lot=self.entry_text(rng.choice(lots).name),
                 points=rng.choice((funded.left, rng.randint(1, funded.left))))

    def id_text(self, id_):
        participant, day, reference = id_
        code = self.world.play.book.codes[participant]
        return f"{code}/{b.day_text(day).replace('-', '')}/{reference.decode()}"

    def entry_text(self, name):
        return self.world.play.book.entry_text(name)

    def make_wrongly(self):
        """Taken back of lots that passed with a merge, or lie empty with a former number."""
        rng, home = self.rng, self.home()
        merges = list(home.merges.values())
        if not merges:
            return
        merge = rng.choice(merges)
        both = merge["member"], merge["into"]
        lots = [lot for member in both for lot in home.accounts[member].lots.values()]
        empty = [lot for lot in lots if lot.remaining == 0]
        lots = empty if empty and self.chance(0.5) else lots
        if not lots:
            return
        lot = rng.choice(sorted(lots, key=lambda lot: lot.name))
        device = home.origin.get(lot.name)
        member = rng.choice((*both, home.present(both[0]), home.present(both[1])))
        if device is not None and self.chance(0.6):
            member = device.member
        bill = device and device.bills.get(lot.earned_month)
        if bill and lot.earned_month in device.earned and self.chance(0.4):
            self.add("REBILL", account=device.name, member=b.member_text(member),
                     bill_month=b.month_text(lot.earned_month), lot=self.entry_text(lot.name),
                     billed=bill, corrected=max(0, bill - rng.choice((300, 5000))))
            return
        self.add("UNEARN", member=b.member_text(member), lot=self.entry_text(lot.name),
                 points=rng.randint(1, lot.original))

    def make_lost_star(self):
        """The account by which a member has his star passes to another owner, while its run waits
        for its operator; another one of his stays."""
        rng, home, found, alone = self.rng, self.home(), [], []
        for run in [r for r in home.runs if r.by_account and r.state == "COUNTED"]:
            rated = {}
            for device, losses, level in run.by_account:
                if device.losses == losses:
                    rank = run.rule.levels.index(level)
                    rated.setdefault(device.member, []).append((rank, device.name))
            for member, accounts in sorted(rated.items()):
                others = [d for d in home.person(member).devices if d.name and d.ended is None]
                if len(others) > 1 and min(accounts)[0] < max(accounts)[0]:
                    found.append((member, max(accounts)[1]))
                elif len(others) > 1:    # None of the others is rated, or all are equal.
                    alone.append((member, max(accounts)[1]))
        if not found and not (alone and self.chance(0.1)):
            return
        member, account = rng.choice(found or alone)
        member, into = b.member_text(member), self.any_member()
        if self.chance(0.5) or into == member:
            self.add("OWNER", account=account, member=member)
            return
        given = self.reference()
        own = self.add("MERGE", id=given, member=member, account=account, into=into)
        self.keep("merge", given or own, member=member)

    def make_away(self):
        """Who redeemed something passes an account to another number, and both move, in whatever
        order."""
        rng, home = self.rng, self.home()
        others = self.world.order[self.world.order.index(self.number) + 1:]
        here = [pair for pair in self.world.pairs if pair[0] == self.number]
        if here and self.chance(0.7):
            pair = rng.choice(here)
            self.world.pairs.remove(pair)
            _, member, to = pair
            if to in others:
                self.move_out(member, to)
            return
        spent = self.pick("spent")
        if spent is None or not others:
            return
        member, into = spent["member"], self.any_member()
        account = home.accounts.get(int(member))
        devices = [d.name for d in home.person(int(member)).devices if d.name]
        if into == member or not devices or account is None or not account.home:
            return
        self.add("MERGE", member=member, account=rng.choice(devices), into=into)
        to, both = rng.choice(others), [member, into]
        rng.shuffle(both)
        self.move_out(both[0], to)
        if self.chance(0.6):
            self.move_out(both[1], to)
        else:
            self.world.pairs.append((self.number, both[1], to))

    def make_day_of_merge(self):
        """An account passes, something is given to it before and behind, taken back, and it goes
        back, all on one day or not."""
        rng, home = self.rng, self.home()
        devices = [d for d in home.device_records if d.name and d.ended is None
                   and home.accounts[d.member].home and not home.accounts[d.member].closed
                   and home.present(d.member) == d.member]
        if not devices:
            return
        device, into = rng.choice(devices), self.any_member()
        member = b.member_text(device.member)
        if into == member or int(into) // 10 ** 12 != self.number and self.chance(0.5):
            return
        lots = []
        if self.chance(0.4):
            lots.append(self.sp_row(device.name, member))
        given = self.reference()
        own = self.add("MERGE", id=given, member=member, into=into,
                       account=device.name if self.chance(0.6) else None)
        if self.chance(0.8):
            lots.append(self.sp_row(device.name, into))
        for lot in lots:
            if self.chance(0.6):
                self.add("UNEARN", member=into, lot=lot, points=rng.choice((1, 7, 20)))
        if self.chance(0.5):
            self.add("UNMERGE", merge=given or own, member=member)
            if self.chance(0.5):
                lot = self.sp_row(device.name, member)
                self.add("UNEARN", member=member, lot=lot, points=rng.choice((1, 7, 20)))
        else:
            self.keep("merge", given or own, member=member)

    def sp_row(self, account, member):
        return self.add("SP_SPEND", account=account, member=member, bill_month=self.month(1),
                        service="ring-tones", fen=self.rng.randint(3000, 30000))

    def make_again(self):
        """What one number was given is spent under another one, their merge is undone, and they
        are merged again, either way, or with a third one; a later day it comes back or is taken
        back, before that merge's end or behind it."""
        rng, home = self.rng, self.home()
        if self.merged_again and self.chance(0.6):
            return self.again_back(self.merged_again.pop(0))
        here = [account for member, account in sorted(home.accounts.items()) if account.home
                and not account.closed and home.present(member) == member]
        if len(here) < 3:
            return
        left = {a.member: sum(lot.remaining for lot in a.lots.values()) for a in here}
        both = [account.member for account in sorted(here, key=lambda a: left[a.member])[:6]]
        rng.shuffle(both)
        (giver, taker, third), points = both[:3], rng.randint(20, 60)
        day = b.day_text(self.day).replace("-", "")
        names = [b.member_text(member) for member in both[:3]]
        ids = [f"{self.code}/{day}/again-{self.serial}-{n}" for n in (1, 2)]
        lot = self.add("EARN", member=names[0], source="AWARD", earned_month=self.month(1),
                       points=points, rating="1")
        self.add("MERGE", id=ids[0], member=names[0], into=names[1])
        spent = self.add("REDEEM", member=names[1], form="PHONE_CREDIT", giver=self.code,
                         points=left[giver] + left[taker] + points)
        self.add("UNMERGE", merge=ids[0], member=names[0])
        again = rng.choice(((0, 1), (1, 0), (0, 2), (1, 2)))
        self.add("MERGE", id=ids[1], member=names[again[0]], into=names[again[1]])
        self.merged_again.append({"lot": lot, "names": names, "again": again, "merge": ids[1],
                                  "spent": spent, "points": points})

    def again_back(self, of):
        rows = [("UNMERGE", {"merge": of["merge"], "member": of["names"][of["again"][0]]})]
        rows.append(("REFUND", {"parent": of["spent"], "member": of["names"][1],
                                "points": self.rng.randint(1, of["points"]), "giver": self.code}))
        for name in self.rng.sample(of["names"], 2):
            rows.append(("UNEARN", {"member": name, "lot": of["lot"], "points": 7}))
        self.rng.shuffle(rows)
        for kind, columns in rows:
            self.add(kind, **columns)

    def make_less_then_merge(self):
        """Of a bill that gave its points some are taken back, then its account alone passes."""
        rng, home = self.rng, self.home()
        lots = [lot for account in home.accounts.values() if account.home and not account.closed
                for lot in account.lots.values() if lot.name in home.origin
                and lot.source == b.SOURCES["CONSUMPTION"] and home.origin[lot.name].name]
        if not lots:
            return
        lot, into = rng.choice(sorted(lots, key=lambda lot: lot.name)), self.any_member()
        device = home.origin[lot.name]
        member = b.member_text(device.member)
        if into == member:
            return
        self.add("UNEARN", member=member, lot=self.entry_text(lot.name),
                 points=rng.randint(1, lot.original))
        given = self.reference()
        own = self.add("MERGE", id=given, member=member, account=device.name, into=into)
        self.keep("merge", given or own, member=member)

    def make_known_customer(self):
        """Who has bills that wait for a profile becomes one with who has one; or what waited goes
        back to who has one."""
        home = self.home()
        waits = [m for m, person in home.persons.items() if person.profile is None
                 and m in home.accounts and home.accounts[m].home
                 and any(set(d.bills) - d.earned for d in person.devices)]
        known = [m for m, person in home.persons.items() if person.profile is not None
                 and m in home.accounts and home.accounts[m].home]
        if not waits or not known:
            return
        member, into = self.rng.choice(sorted(waits)), self.rng.choice(sorted(known))
        names = [d.name for d in home.person(member).devices if d.name]
        given = self.reference()
        own = self.add("MERGE", id=given, member=b.member_text(member), into=b.member_text(into),
                       account=self.rng.choice(names) if names and self.chance(0.5) else None)
        self.keep("merge", given or own, member=b.member_text(member))

    def make_refund_before(self):
        """Of what was redeemed before the opening, under another number than the lot lies with, or
        of a lot that nobody has any more."""
        rng, home = self.rng, self.home()
        here = sorted(m for m, account in home.accounts.items()
                      if account.home and not account.closed)
        if len(here) < 2:
            return
        member = rng.choice(here)
        lots = [lot for m, account in sorted(home.accounts.items()) if m != member
                for lot in account.lots.values() if lot.remaining < lot.original
                and b.entry_parts(lot.name)[1] < self.world.start]
        if lots and self.chance(0.7):
            lot = rng.choice(lots)
            row = [self.entry_text(lot.name), b.month_text(lot.earned_month),
                   b.SOURCE_NAMES[lot.source], str(lot.rating), b.day_text(lot.expires_on),
                   str(lot.original)]
            points = lot.original - lot.remaining
        else:
            row = [f"{self.code}/20071231/{9000 + rng.randint(1, 4)}", "2007-11", "CONSUMPTION",
                   "1", "2011-01-01", "500"]
            points = 90
        self.references += 1
        points = rng.randint(1, points)
        self.add("REFUND", parent=f"{self.code}/20071230/B-{self.references}",
                 member=b.member_text(member), points=points, giver=self.code)
        self.rows.append(["LOT", *row, str(points)])

    def make_refund_elsewhere(self):
        """Of what another home took, by the rows below; of lots that lie with another number here
        if there are any."""
        found, shared, home = [], [], self.home()
        for number, maker in self.world.makers.items():
            there = self.world.play.homes[number]
            for spent in [] if number == self.number else maker.kept["spent"]:
                account = home.accounts.get(int(spent["member"]))
                parent = there.spent.get(
                    (b.REDEEM, b.own_id(number, spent["day"], spent["serial"])))
                if account is None or not account.home or parent is None or not parent.left:
                    continue
                found.append((spent, parent, there))
                if any(name in other.lots for name, *_ in parent.parts
                       for other in home.accounts.values() if other is not account):
                    shared.append(found[-1])
        if not found:
            return
        spent, parent, there = self.rng.choice(
            shared if shared and self.chance(0.8) else found)
        rows = []
        for name, left, *_ in parent.parts:
            lot = there.anywhere(parent.account, name).lots[name]
            left -= self.world.refunded.get((spent["id"], name), 0)
            if left > 0:
                rows.append((lot, left))
        if not rows:
            return
        points = self.rng.randint(1, rows[-1][1])
        key = spent["id"], rows[-1][0].name
        self.world.refunded[key] = self.world.refunded.get(key, 0) + points
        self.add("REFUND", parent=spent["id"], member=spent["member"], points=points,
                 giver=there_code(self.world, there))
        for lot, left in rows:
            self.rows.append(["LOT", self.entry_text(lot.name), b.month_text(lot.earned_month),
                              b.SOURCE_NAMES[lot.source], str(lot.rating),
                              b.day_text(lot.expires_on), str(lot.original), str(left)])


def there_code(world, home):
    return world.codes[home.number - 1]
