"""Merged numbers of one customer: what passes, what comes back, and lots that lie with another."""

import basics as b
from accounts import Spent
from batch import Movement, Slice
from members import MemberHome
from node import Return


class MergingHome(MemberHome):
    def __init__(self, *arguments, **named):
        super().__init__(*arguments, **named)
        self.orders, self.merges = {}, {}
        self.merged_numbers = {}    # by the number that took them, as long as they are merged
        self.came = set()    # numbers that have moved in once

    def at_home(self, member, earning=False, closed_too=False, refund=False):
        return super().at_home(member, earning, closed_too, refund or self.refunding)

    refunding = False

    def may_refund(self, member):
        """What was redeemed under a number is refunded under it, merged or not."""
        if self.present(member) != member:
            self.at_home(self.present(member), closed_too=True)
        self.at_home(member, closed_too=True, refund=True)

    def take_refund(self, row, id_, below):
        self.refunding = True
        try:
            self.may_refund(row["member"])
            if self.orders.get(row["parent"], {}).get("delivered") is not None:
                raise Return("UNKNOWN_PARENT")    # With the order alone, whole.
            if not any((kind, row["parent"]) in self.spent for kind in (b.REDEEM, b.EXCHANGE_OUT)):
                self.no_strangers(self.accounts[row["member"]], below)
            super().take_refund(row, id_, below)
        finally:
            self.refunding = False

    def take_withdraw(self, row, id_):
        found = self.entries.get((row["sequence"], row["entry"]))
        if isinstance(found, Spent) and row["sequence"] < self.sequence and not found.withdrawn \
                and found.left == found.points:
            self.at_home(found.account.member, closed_too=True)
            if self.fits(found.account, found.parts, found.points):
                self.not_with_moved(found.account, found.parts, found.points)
        super().take_withdraw(row, id_)

    def take_unissue(self, row, id_):
        self.refunding = True    # Two sides have to name the same number.
        try:
            self.may_refund(row["member"])
            super().take_unissue(row, id_)
        finally:
            self.refunding = False

    def own_lot(self, account, name):
        keeper = self.keeper(account, name)
        lot = keeper.lots.get(name)
        if lot is None:
            return None
        owner = keeper.member if lot.remaining else self.owner_of(name, keeper)
        return lot if owner == self.present(account.member) else None

    def take_back(self, account, name, points):
        owner = self.accounts[self.present(account.member)]
        if owner is account:
            return super().take_back(account, name, points)
        if owner.closed:
            return []
        lot, issuer = self.own_lot(account, name), b.issuer_of(name)
        part = 0 if owner.in_transit(lot) else min(lot.free, points)
        if part and not any(merge["member"] == account.member and name in merge["had"]
                            for merge in self.merges.values()):
            self.pass_by(lot, owner, account)
        slices = [lot.slice(b.ISSUED, -part)] if part else []
        rest = points - part
        if rest:    # Other lots of the present number can't be named under this one.
            slices.append(account.change_debt(issuer, b.ISSUED, -rest))
            self.pair(self.own_entry, account, owner, account.change_debt(issuer, b.MOVED, rest),
                      owner.change_debt(issuer, b.MOVED, -rest))
            self.own_entry += 1
        return slices

    def giver_of(self, account, lot):
        """Back through merges that weren't undone; of an account's lot to who had the account when
        it was made."""
        keeper, device = self.keeper(account, lot.name), self.origin.get(lot.name)
        if device is None:    # An empty one lies with a number that may have been merged since.
            member = keeper.member if lot.remaining else self.before_undone(lot.name, keeper)
            for merge in reversed(self.merges.values()):
                if not merge["undone"] and merge["into"] == member and lot.name in merge["lots"]:
                    member = merge["member"]
            return member
        if device.before_merges is None:
            return self.present(account.member)
        member, day = device.before_merges, b.entry_parts(lot.name)[1]

        def before(on, first):
            return on < day or (on == day and first is not None
                                and first <= self.lot_order[lot.name])

        for merge in self.merges.values():
            if device in merge["devices"] and before(merge["day"], merge["first"]) and not (
                    merge["undone"] and before(merge["undone_day"], merge["first_undone"])):
                member = merge["into"]
        return member

    def note_made(self, device, first):
        """Which lot was the first one behind a merge on its day, and behind its end."""
        for merge in self.merges.values():
            if device not in merge["devices"]:
                continue
            if merge["day"] == self.day and merge["first"] is None:
                merge["first"] = first
            if merge["undone"] and merge["undone_day"] == self.day and \
                    merge["first_undone"] is None:
                merge["first_undone"] = first

    def present(self, member):
        """The number that this one, merged or not, has become."""
        while self.person(member).merged_into is not None:
            member = self.person(member).merged_into
        return member

    def keeper(self, account, name):
        """The account that has a lot: this one, or one to which a merge has led it."""
        seen = [account.member]
        for member in seen:
            if name in self.accounts[member].lots:
                return self.accounts[member]
            for merge in self.merges.values():
                ends = merge["member"], merge["into"]
                if member in ends:
                    other = ends[1 - ends.index(member)]
                    seen += [other] if other not in seen else []
        return account

    def owner_of(self, name, keeper):
        """To whom points belong that come into a lot of which nothing remained."""
        if name in self.origin:
            return self.present(self.origin[name].member)
        return self.present(self.before_undone(name, keeper))

    def before_undone(self, name, keeper):
        """Back through the merges that were undone since and had brought a lot."""
        member = keeper.member
        for merge in reversed(self.merges.values()):
            if merge["undone"] and merge["into"] == member and name in merge["lots"]:
                member = merge["member"]
        return member

    def given_of(self, parts, points):
        for part in reversed(parts):
            given = min(part[1], points)
            points -= given
            if given:
                yield part, given

    def not_with_moved(self, account, parts, points):
        for part, _ in self.given_of(parts, points):
            keeper = self.keeper(account, part[0])
            lot = keeper.lots.get(part[0])
            owner = keeper.member
            if lot is None:
                owner = self.present(account.member)
            elif lot.remaining == 0:
                owner = self.owner_of(part[0], keeper)
            if not self.accounts[owner].home:
                raise Return("NOT_HOME")

    may_restore = not_with_moved

    def fits(self, account, parts, points):
        for part, given in self.given_of(parts, points):
            lot = self.anywhere(account, part[0]).lots.get(part[0])
            if lot is not None and lot.remaining + given > lot.original:
                return False
        return True

    def restore(self, account, parts, points):
        slices = []
        for part, given in self.given_of(parts, points):
            part[1] -= given
            keeper = self.anywhere(account, part[0])
            far = self.is_far(keeper, account, part[0])
            lot = keeper.lots.get(part[0])
            if lot is None:
                lot = keeper.lots[part[0]] = self.lot_of_row(part[2], 0)
                self.person(keeper.member).earned_total += lot.original
            if lot.expires_on <= self.day:
                lot.expires_on = self.day + b.GRACE_DAYS
            self.expires(lot, keeper.member)
            owner = keeper.member if lot.remaining else self.owner_of(lot.name, keeper)
            if far and not lot.remaining and not (self.accounts[owner].home
                                                  and not self.accounts[owner].closed):
                owner = account.member
            slices.append(lot.slice(b.REDEEMED, given))
            if len(part) > 2 and account.member not in (keeper.member, owner):
                self.pass_by(lot, keeper, account)
            self.follow(lot, keeper, self.accounts[owner], far and owner == account.member)
        return slices

    def follow(self, lot, keeper, owner, taken_over):
        """It lay with another number: it passes to whom it belongs."""
        if owner is keeper:
            return
        if taken_over:    # It is this number's own from now on.
            self.origin.pop(lot.name, None)
            for merge in self.merges.values():
                if merge["undone"]:
                    merge["lots"].discard(lot.name)
        self.reassign(self.own_entry, lot, keeper, owner)
        self.own_entry += 1

    def pass_by(self, lot, keeper, account):
        """To a number that names the lot, and may never have had it here, and back."""
        for old, new in ((keeper, account), (account, keeper)):
            said = [Slice(lot.name, lot.earned_month, lot.expires_on, lot.source, lot.rating,
                          b.MOVED, lot.original, points)
                    for points in (-lot.remaining, lot.remaining)]
            self.pair(self.own_entry, old, new, *said)
            self.own_entry += 1

    # Lots that were merged at another home: each lies here once, with one number.

    def anywhere(self, account, name):
        """Who has a lot: this account, or one to which merges lead, or who moved or was merged."""
        near = self.keeper(account, name) if account.member in self.accounts else account
        if name in near.lots or not self.programme:
            return near
        return next((other for other in self.accounts.values() if name in other.lots
                     and self.may_share(other)), near)

    def no_strangers(self, account, below):
        """No row names a lot of somebody whose lots nobody else can have had (186)."""
        for lower in below if self.programme and not self.rules_of_before else ():
            name = lower["lot"] if lower["kind"] == "LOT" else None
            if name not in self.anywhere(account, name).lots and \
                    any(name in other.lots for other in self.accounts.values()):
                raise Return("UNKNOWN_PARENT")

    def may_share(self, account):
        return not account.home or account.member in self.came or any(
            account.member in (merge["member"], merge["into"]) for merge in self.merges.values())

    def may_bring(self, account, below):
        self.no_strangers(account, below)
        lots = [lower for lower in below if lower["kind"] == "LOT"]
        for lower in lots:
            lot = self.anywhere(account, lower["lot"]).lots.get(lower["lot"])
            if lot and lot.remaining + lower["points"] > lot.original:
                raise Return("EXCEEDS_PARENT")
        for lower in lots:
            keeper = self.anywhere(account, lower["lot"])
            lot = keeper.lots.get(lower["lot"])
            if lot and self.new_owner(account, keeper, lot) is not keeper:
                if lot.held:
                    raise Return("HOLD_OPEN")
                if keeper.in_transit(lot):
                    raise Return("MOVE_OPEN")

    def bring_lot(self, account, lower):
        self.came.add(account.member)
        keeper = self.anywhere(account, lower["lot"])
        lot = keeper.lots.get(lower["lot"])
        if lot is None:
            lot = keeper.lots[lower["lot"]] = self.lot_of_row(lower, 0)
            self.person(keeper.member).earned_total += lot.original
        lot.expires_on = max(lot.expires_on, lower["expires_on"])
        far = self.is_far(keeper, account, lot.name)
        owner = self.new_owner(account, keeper, lot)
        slice_ = lot.slice(b.MOVED, lower["points"])
        if owner is not account:
            self.pass_by(lot, keeper, account)
        self.follow(lot, keeper, owner, far)
        self.expires(lot, owner.member)
        return slice_

    def new_owner(self, account, keeper, lot):
        """Of a lot that an account brings: where a merge leads to it, it is whose it is."""
        if keeper is account or self.is_far(keeper, account, lot.name):
            return account
        owner = keeper if lot.remaining else self.accounts[self.owner_of(lot.name, keeper)]
        return owner if owner.home and not owner.closed else account

    def is_far(self, keeper, account, name):
        """Does no merge lead to it?"""
        near = self.keeper(account, name) if account.member in self.accounts else account
        return keeper is not account and keeper is not near

    def take_move_in(self, row, id_, below):
        super().take_move_in(row, id_, below)
        self.came.add(row["member"])

    def forfeit_if_closed(self, account, slices):
        for slice_ in slices:
            keeper = self.anywhere(account, slice_.lot)
            if keeper.closed:
                super().forfeit_if_closed(keeper, [slice_])

    def pair(self, entry, old, new, first, second):
        """Two movements under one entry: from the old number, then to the new one."""
        for member, slice_ in ((old.member, first), (new.member, second)):
            self.batch.movements.append(Movement(entry, b.MOVE_REASSIGN, member, slice_))

    def reassign(self, entry, lot, old, new):
        """All that remains of a lot passes from one number to another."""
        points = lot.remaining
        self.pair(entry, old, new, lot.slice(b.MOVED, -points), lot.slice(b.MOVED, points))
        b.need(lot.name not in new.lots, "a lot at two numbers of one customer")
        new.lots[lot.name] = old.lots.pop(lot.name)
        self.expires(lot, new.member)
        self.person(old.member).earned_total -= lot.original
        self.person(new.member).earned_total += lot.original

    def earned_of(self, member):
        """Points of lots that it has had; of merged numbers what still lies with them, too."""
        mine = self.merged_numbers.get(member, ())
        return self.person(member).earned_total + sum(map(self.earned_of, mine))

    def may_merge(self, *accounts):
        if any(not hold.ended for account in accounts for hold in account.holds):
            raise Return("HOLD_OPEN")
        if any(order["state"] in ("CREATED", "SHIPPED") and order["member"] == account.member
               for account in accounts for order in self.orders.values()):
            raise Return("HOLD_OPEN")
        if any(account.move for account in accounts):
            raise Return("MOVE_OPEN")

    def pass_device(self, device, old, new):
        """An open run has lost it. A member's accounts lie in the order of their records."""
        old.devices.remove(device)
        if device.before_merges is None:
            device.before_merges = old.member
        device.member, device.losses = new.member, device.losses + 1
        new.devices.append(device)
        new.devices.sort(key=self.device_records.index)
        old.note_class()
        new.note_class()

    def brought_by(self, old):
        """Lots that come from none of its accounts: what it has, and of the empty ones, wherever
        they lie, those whose points would be its own if they came back (190)."""
        def is_own(lot, keeper):
            device = self.origin.get(lot.name)
            if device is not None and device.member == old.member:
                return False
            if lot.remaining or self.rules_of_before:
                return keeper is old
            return self.owner_of(lot.name, keeper) == old.member

        return {name for keeper in self.accounts.values() for name, lot in keeper.lots.items()
                if is_own(lot, keeper)}

    def graded_here(self):
        """Gradings whose grade doesn't follow from the accounts."""
        return [g for g in self.programme.grading if g.basis != "PLAN"]

    def take_merge(self, row, id_):
        old, new = self.at_home(row["member"]), self.at_home(row["into"])
        self.may_merge(old, new)
        giver, taker = self.person(row["member"]), self.person(row["into"])
        devices = [self.known_device(row)] if row["account"] else list(giver.devices)
        levels = {g.name: [g.levels.index(p.level_on(g, self.day)) for p in (giver, taker)]
                  for g in self.programme.grading}
        lots = [lot for lot in old.canonical() if lot.remaining > 0 and (
            not row["account"] or self.origin.get(lot.name) is devices[0])]
        self.merges[id_] = {
            "member": row["member"], "into": row["into"], "devices": devices, "levels": levels,
            "lots": set() if row["account"] else self.brought_by(old),
            "undone": False, "whole": not row["account"], "day": self.day,
            "first": None, "first_undone": None}
        self.merges[id_]["had"] = self.merges[id_]["lots"] & set(old.lots)
        for lot in lots:
            self.reassign(self.serial, lot, old, new)
        for device in devices:
            self.pass_device(device, giver, taker)
        if not row["account"]:
            for issuer in sorted(old.debts):
                owed = old.debts[issuer]
                self.pair(self.serial, old, new, old.change_debt(issuer, b.MOVED, owed),
                          new.change_debt(issuer, b.MOVED, -owed))
            for month, points in giver.other.items():
                taker.add_other(month, points)
            giver.merged_into = row["into"]
            self.merged_numbers.setdefault(row["into"], []).append(row["member"])
            giver.owners += 1
        taker.entered = max(taker.entered, giver.entered)
        self.plan_changed(giver.member)
        self.plan_changed(taker.member)
        if not row["account"]:
            for grading in self.graded_here():
                theirs, ours = levels[grading.name]
                if theirs > ours:
                    held = giver.held_on(grading.name, self.day)
                    self.write_merged(taker, grading, held.level, held)
        self.credit_passed(giver, devices)

    def credit_passed(self, came_from, devices):
        """Bills that waited for the profile of a number without one, as a PROFILE would on that
        day, by the profile of whom they are now."""
        def waited(month):
            programme = self.book.of_month(month)
            return programme is not None and programme.programme_.profile == "REQUIRED"

        if came_from.profile is None and not self.rules_of_before:
            self.catch_up(self.programme.programme_.backfill_months, devices, waited)

    def write_merged(self, person, grading, level, held):
        """A grade by a merge: until when the other one held, which no run may be late for."""
        by_run = grading.run != "NONE" or level == grading.levels[0]
        self.write(person.member, grading, level, self.day, held.last,
                   "MERGED" if by_run else held.reason)

    def take_unmerge(self, row, id_):
        merge = self.merges.get(row["merge"])
        if merge is None or merge["member"] != row["member"]:
            raise Return("UNKNOWN_PARENT")
        if merge["undone"]:
            raise Return("STATE")
        giver, taker = self.person(merge["member"]), self.person(merge["into"])
        old = self.at_home(merge["member"], refund=merge["whole"])
        new = self.at_home(merge["into"])
        self.may_merge(old, new)
        merge["undone"], merge["undone_day"] = True, self.day
        devices = [d for d in merge["devices"] if d in taker.devices]
        for device in devices:
            self.pass_device(device, taker, giver)
        for lot in new.canonical():
            if lot.remaining > 0 and (lot.name in merge["lots"] or
                                      self.origin.get(lot.name) in devices):
                self.reassign(self.serial, lot, new, old)
        if merge["whole"]:
            giver.merged_into = None
            self.merged_numbers[merge["into"]].remove(merge["member"])
            for month, points in giver.other.items():
                taker.add_other(month, -points)
        self.plan_changed(giver.member)
        self.plan_changed(taker.member)
        if merge["whole"]:
            self.take_lower((giver, taker), merge["levels"])
        self.credit_passed(taker, devices)

    def take_lower(self, both, levels):
        """Until the next run each has the lower of what both had when they were merged."""
        for grading in self.graded_here():
            if grading.name not in levels:
                continue
            lower = min(levels[grading.name])
            for person in both:
                if grading.levels.index(person.level_on(grading, self.day)) > lower:
                    self.write_merged(person, grading, grading.levels[lower],
                                      person.held_on(grading.name, self.day))
