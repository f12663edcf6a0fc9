"""Orders, stock, complaints, claims, registrations, calls; merged numbers."""

import basics as b
from accounts import Hold
from batch import Movement
from memberbook import FOREVER, WINDOW
from members import MemberHome
from node import Return

MOVE_REASSIGN = 7
STOCK_MAX = 10 ** 15    # pieces


class ServiceHome(MemberHome):
    """The home, whole but for its runs."""

    minute = None    # of the day at which a live order comes; a row of a file has none

    def __init__(self, *arguments, **named):
        super().__init__(*arguments, **named)
        self.orders, self.complaints, self.stock = {}, {}, {}
        self.merges, self.registers, self.calls = {}, {}, []

    def open_day(self, file):
        super().open_day(file)
        if self.programme:
            for order in self.orders.values():
                if order["state"] in ("CREATED", "SHIPPED") and \
                        order["created"] + self.programme.orders_.hold_days < self.day:
                    self.fail(order)

    # Orders.

    def entitled(self, member, levels):
        """Levels and flags of which one is enough; none: everybody."""
        person = self.person(member)
        return not levels or bool(person.all_on(self.programme, self.day) & set(levels))

    def take_order(self, row, id_):
        if (b.REDEEM, id_) in self.spent:
            raise Return("DUPLICATE")    # Its item would have an id that another one has.
        account = self.at_home(row["member"])
        price_checks = self.item_and_price(row)
        self.may_redeem(row["member"], row["points"])
        item = self.programme.named("item", row["item"], self.day)
        if item is None:
            raise Return("UNKNOWN_NAME")
        if not self.entitled(row["member"], item.levels) or (
                item.beneficiary == "SELF" and row["beneficiary"] not in (None, row["member"])):
            raise Return("NOT_ENTITLED")
        if not price_checks:
            raise Return("PRICE")
        if item.stock == "COUNTED" and self.stock.get(item.name, 0) < row["quantity"]:
            raise Return("OUT_OF_STOCK")
        chosen = self.take_points(account, row["points"])
        for lot, part in chosen:
            lot.held += part
        hold = Hold(id_, self.code, account, [[lot, part] for lot, part in chosen], FOREVER)
        account.holds.append(hold)
        order = {"id": id_, "member": row["member"], "item": item, "quantity": row["quantity"],
                 "points": row["points"], "cash": row["cash"], "state": "CREATED",
                 "created": self.day, "delivered": None, "hold": hold}
        self.orders[id_] = order
        if item.stock == "COUNTED":
            self.stock[item.name] -= row["quantity"]
        if item.kind == "OWN" or item.form == "PHONE_CREDIT":
            self.deliver(order, None, None)

    def item_and_price(self, row):
        """Whether points and cash are the price now."""
        item = self.programme.named("item", row["item"], self.day)
        if item is None:
            return False
        if item.credit is not None:
            return row["cash"] == 0 and row["quantity"] == 1 and row["points"] > 0 and \
                row["points"] % item.step == 0
        price = self.programme.price_at(item.name, row["quantity"], self.day, self.minute)
        return price is not None and (row["points"], row["cash"]) == (price.points, price.cash)

    def deliver(self, order, cost, freight):
        """Captures the hold under the order's id."""
        if self.day - order["id"][1] > b.LATE_DAYS_MAX:
            raise Return("TOO_OLD")    # The clearing would take its item no more.
        hold, item = order["hold"], order["item"]
        if hold.ended or hold.left < order["points"]:
            raise Return("HOLD_ENDED")
        if (b.REDEEM, order["id"]) in self.spent:
            raise Return("DUPLICATE")
        chosen = [(lot, part) for lot, part in hold.parts if part]
        for lot, part in chosen:
            lot.held -= part
        hold.parts, hold.ended = [], True
        gift = item.form == "GIFT"
        columns = {"form": b.FORMS[item.form], "counterparty": self.number, "partner": 0,
                   "cost": (item.cost if cost is None else cost) if gift else 0,
                   "freight": (item.freight if freight is None else freight) if gift else 0,
                   "cash": order["cash"] if gift else 0}
        row = {"kind": "ORDER"}
        self.spend(row, b.REDEEM, order["id"], hold.account, chosen, authorisation=hold.code,
                   **columns)
        self.spent[b.REDEEM, order["id"]].day = order["created"]
        del self.entries[self.sequence, self.serial]    # WITHDRAW cites no row of section 2.
        order["state"], order["delivered"] = "DELIVERED", self.day

    def fail(self, order):
        hold = order["hold"]
        if not hold.ended:
            self.count_taken(order["member"], -hold.left, order["created"])
            hold.release()
        order["state"] = "FAILED"
        if order["item"].stock == "COUNTED":
            self.stock[order["item"].name] += order["quantity"]

    def give_back(self, order):
        """A return: the whole order is refunded, by an item of this row's own id."""
        parent = self.spent[b.REDEEM, order["id"]]
        points = parent.left
        if points < parent.points:
            raise Return("WHOLE_ONLY" if parent.whole_only else "ALREADY_REFUNDED")
        slices = self.restore(parent.account, parent.parts, points)
        self.item(b.REFUND, b.own_id(self.number, self.day, self.serial), order["member"],
                  parent=order["id"], counterparty=self.number, points=points,
                  slices=tuple(slices))
        self.given_back(parent, points)
        self.forfeit_if_closed(parent.account, slices)
        order["state"] = "RETURNED"

    def take_order_state(self, row, id_):
        order, state = self.orders.get(row["order"]), row["state"]
        if order is None:
            raise Return("UNKNOWN_PARENT")
        self.at_home(order["member"], closed_too=state == "RETURNED", refund=state == "RETURNED")
        allowed = {"CREATED": ("SHIPPED", "DELIVERED", "FAILED"),
                   "SHIPPED": ("DELIVERED", "FAILED"), "DELIVERED": ("RETURNED",)}
        if state not in allowed.get(order["state"], ()):
            raise Return("STATE")
        if state == "SHIPPED":
            order["state"] = state
        elif state == "DELIVERED":
            self.deliver(order, row["cost"], row["freight"])
        elif state == "FAILED":
            self.fail(order)
        else:
            if self.day > order["delivered"] + self.programme.orders_.complaint_days:
                raise Return("STATE")
            self.give_back(order)

    def take_stock(self, row, id_):
        item = self.programme.named("item", row["item"], self.day)
        if item is None:
            raise Return("UNKNOWN_NAME")
        left = self.stock.get(item.name, 0) + row["change"]
        if left < 0:
            raise Return("OUT_OF_STOCK")
        if row["change"] > 0 and left > STOCK_MAX:
            raise Return("INVALID")
        self.stock[item.name] = left

    def take_complaint(self, row, id_):
        order = self.orders.get(row["order"])
        if order is None:
            raise Return("UNKNOWN_PARENT")
        self.at_home(order["member"])
        if order["state"] != "DELIVERED" or self.day > (
                order["delivered"] + self.programme.orders_.complaint_days):
            raise Return("STATE")
        self.complaints[id_] = {"order": order, "outcome": None}

    def take_complaint_end(self, row, id_):
        complaint = self.complaints.get(row["complaint"])
        if complaint is None:
            raise Return("UNKNOWN_PARENT")
        order = complaint["order"]
        self.at_home(order["member"], closed_too=True, refund=True)
        if complaint["outcome"] or (
                row["outcome"] == "REFUNDED" and order["state"] != "DELIVERED"):
            raise Return("STATE")
        if row["outcome"] == "REFUNDED":
            self.give_back(order)
        complaint["outcome"] = row["outcome"]

    # Claims.

    def take_claim(self, row, id_):
        self.at_home(row["member"])
        person = self.person(row["member"])
        benefit = self.programme.named("benefit", row["benefit"], self.day)
        if benefit is None:
            raise Return("UNKNOWN_NAME")
        if benefit.kind != "CLAIM" or not self.entitled(row["member"], benefit.levels):
            raise Return("NOT_ENTITLED")
        names = {benefit.name}
        if benefit.group:
            names = {r.name for r in self.programme.benefit if r.group == benefit.group}
            if self.best_of(benefit.group, row["member"]) is not benefit:
                raise Return("NOT_ENTITLED")
        since = self.claims_since(benefit, person)
        used = sum(1 for name, day, _ in person.claims
                   if name in names and since <= day and self.is_of_span(benefit, day))
        limit = benefit.count or int(benefit.per == "ONCE")
        if limit and used >= limit:
            raise Return("NOT_ENTITLED")
        last = self.day + benefit.usable_days if benefit.usable_days else None
        person.claims.append((benefit.name, self.day, last))

    def best_of(self, group, member):
        """Of those of a group that he has the one that applies; of equals the first."""
        found = [r for r in self.programme.benefit
                 if r.group == group and self.entitled(member, r.levels)
                 and getattr(r, "from") <= self.day and (r.to is None or self.day < r.to)]
        worth = {"hours": lambda r: r.hours, "days": lambda r: r.days,
                 "count": lambda r: r.count or 10 ** 12}
        return max(found, key=worth[found[0].prefer])

    def is_of_span(self, benefit, day):
        """What was claimed live of the next year is none of this one's."""
        return benefit.per not in ("YEAR", "BIRTHDAY") or \
            b.date_of(day).year <= b.date_of(self.day).year

    def claims_since(self, benefit, person):
        """The first day of the span in which claims are counted."""
        if benefit.per in ("YEAR", "BIRTHDAY"):
            return b.day_of(f"{b.date_of(self.day).year}-01-01")
        if benefit.per == "GRADE":
            given = [grade.given for g in self.programme.grading
                     for grade in [person.grade_on(g.name, self.day)]
                     if grade is not None and grade.level in benefit.levels]
            flags = person.given_flags(b.month_of_day(self.day))
            given += [b.first_day(first) for flag, first in flags.items()
                      if flag in benefit.levels]
            return max(given, default=0)
        return 0

    # Registrations and calls.

    def take_register(self, row, id_):
        self.at_home(row["member"])
        device, month = self.known_device(row), row["bill_month"]
        state = "OPEN"
        if row["why"] == "NO_POINTS":
            now = b.month_of_day(self.day)
            if device.lost or month not in device.bills or month in device.earned or \
                    month < now - WINDOW:
                raise Return("NOTHING_MISSING")
            if now - self.programme.programme_.backfill_months <= month <= now and \
                    self.may_earn(device, month):
                self.credit(device, month)
                state = "CREDITED"
        self.registers[id_] = [row["member"], state]

    def take_register_end(self, row, id_):
        register = self.registers.get(row["register"])
        if register is None:
            raise Return("UNKNOWN_PARENT")
        self.at_home(register[0])
        if register[1] != "OPEN":
            raise Return("STATE")
        register[1] = row["outcome"]

    def queue_of(self, member):
        """The call centre's queue of a member, and as whom he waits there."""
        account, person = self.accounts.get(member), self.person(member)
        grade = "other"
        if account is not None and account.home and not account.closed:
            grade = person.effective_on(self.programme, self.day) or "other"
        if person.blacklisted:
            grade = "blacklist"
        return next((q for q in self.programme.queue if grade in q.grades), None), grade

    def take_call(self, row, id_):
        self.at_home(row["member"])
        queue, grade = self.queue_of(row["member"])
        if queue is None:
            return
        within = row["answered"] and 0 < queue.answer_seconds >= row["seconds"]
        back = row["called_back"]
        in_time = back is not None and back <= queue.call_back_hours * 3600
        self.calls.append((self.day, queue.name, row["answered"], int(bool(within)),
                           int(back is not None), int(in_time), grade))

    # Merged numbers.

    def lot_account(self, account, name):
        """Who has a lot now: the account, or the number that it was merged into."""
        holder = self.holder.get(name, account.member)
        other = self.accounts.get(holder)
        if name not in account.lots and other is not None and name in other.lots:
            return other
        return account

    def at_home(self, member, earning=False, closed_too=False, refund=False):
        return super().at_home(member, earning, closed_too, refund or self.refunding)

    refunding = False

    def take_refund(self, row, id_, below):
        self.refunding = True
        try:
            if self.present(row["member"]) != row["member"]:
                self.at_home(self.present(row["member"]), closed_too=True)
            if self.orders.get(row["parent"], {}).get("delivered") is not None:
                self.at_home(row["member"], closed_too=True)
                raise Return("UNKNOWN_PARENT")    # With the order alone, whole.
            super().take_refund(row, id_, below)
        finally:
            self.refunding = False

    def present(self, member):
        """The number that this one, merged or not, has become."""
        while self.person(member).merged_into is not None:
            member = self.person(member).merged_into
        return member

    def fits(self, account, parts, points):
        for part in reversed(parts):
            given = min(part[1], points)
            points -= given
            lot = self.lot_account(account, part[0]).lots.get(part[0])
            if lot is not None and lot.remaining + given > lot.original:
                return False
        return True

    def restore(self, account, parts, points):
        slices = []
        for part in reversed(parts):
            given = min(part[1], points)
            if given == 0:
                continue
            part[1] -= given
            points -= given
            holder = self.lot_account(account, part[0])
            lot = holder.lots.get(part[0])
            if lot is None:
                lot = holder.lots[part[0]] = self.lot_of_row(part[2], 0)
                self.holder[lot.name] = holder.member
            if lot.expires_on <= self.day:
                lot.expires_on = self.day + b.GRACE_DAYS
            self.expires(lot, holder.member)
            slices.append(lot.slice(b.REDEEMED, given))
            into = self.present(holder.member)
            if into != holder.member:    # It lay with the old number, empty: it follows now.
                self.reassign(self.own_entry, lot, holder, self.accounts[into])
                self.own_entry += 1
        return slices

    def forfeit_if_closed(self, account, slices):
        for slice_ in slices:
            holder = self.lot_account(account, slice_.lot)
            if holder.closed:
                super().forfeit_if_closed(holder, [slice_])

    def reassign(self, entry, lot, old, new):
        """All that remains of a lot passes from one number to another."""
        points = lot.remaining
        if points:
            first = lot.slice(b.MOVED, -points)
            self.batch.movements.append(Movement(entry, MOVE_REASSIGN, old.member, first))
            second = lot.slice(b.MOVED, points)
            self.batch.movements.append(Movement(entry, MOVE_REASSIGN, new.member, second))
        del old.lots[lot.name]
        b.need(lot.name not in new.lots, "a lot at two numbers of one customer")
        new.lots[lot.name] = lot
        self.holder[lot.name] = new.member
        self.expires(lot, new.member)

    def may_merge(self, *accounts):
        if any(not hold.ended for account in accounts for hold in account.holds):
            raise Return("HOLD_OPEN")
        if any(account.move for account in accounts):
            raise Return("MOVE_OPEN")

    def pass_device(self, device, old, new):
        old.devices.remove(device)
        new.devices.append(device)
        device.member = new.member

    def take_merge(self, row, id_):
        old, new = self.at_home(row["member"]), self.at_home(row["into"])
        if old is new:
            raise Return("STATE")
        self.may_merge(old, new)
        giver, taker = self.person(row["member"]), self.person(row["into"])
        devices = [self.known_device(row)] if row["account"] else list(giver.devices)
        lots = [lot for lot in old.canonical() if lot.remaining > 0 and (
            not row["account"] or self.origin.get(lot.name) is devices[0])]
        levels = {g.name: (giver.grade_on(g.name, self.day), taker.grade_on(g.name, self.day))
                  for g in self.programme.grading}
        merge = {"member": row["member"], "into": row["into"], "devices": devices,
                 "lots": [lot.name for lot in lots], "levels": levels, "undone": False,
                 "other": {}}
        for lot in lots:
            self.reassign(self.serial, lot, old, new)
        for device in devices:
            self.pass_device(device, giver, taker)
        if not row["account"]:
            merge["other"], giver.other = giver.other, {}
            for month, points in merge["other"].items():
                taker.add_other(month, points)
            for issuer in sorted(old.debts):
                owed = old.debts[issuer]
                first = old.change_debt(issuer, b.MOVED, owed)
                second = new.change_debt(issuer, b.MOVED, -owed)
                self.batch.movements.append(Movement(self.serial, MOVE_REASSIGN, old.member,
                                                     first))
                self.batch.movements.append(Movement(self.serial, MOVE_REASSIGN, new.member,
                                                     second))
            giver.merged_into = row["into"]
            taker.earned_total += giver.earned_total
            merge["earned_total"] = giver.earned_total
            self.take_higher(taker, levels)
        self.merges[id_] = merge

    def take_higher(self, taker, levels):
        for grading in self.programme.grading:
            theirs, ours = levels[grading.name]
            index = grading.levels.index
            if theirs and (ours is None or index(theirs.level) > index(ours.level)):
                self.write(taker.member, grading, theirs.level, self.day, theirs.last, "MERGED")

    def take_unmerge(self, row, id_):
        merge = self.merges.get(row["merge"])
        if merge is None or merge["member"] != row["member"]:
            raise Return("UNKNOWN_PARENT")
        if merge["undone"]:
            raise Return("STATE")
        giver, taker = self.person(merge["member"]), self.person(merge["into"])
        old = super().at_home(merge["member"], refund=True)
        new = self.at_home(merge["into"])
        self.may_merge(old, new)
        merge["undone"], giver.merged_into = True, None
        devices = [d for d in merge["devices"] if d in taker.devices]
        names = set(merge["lots"]) | {n for n in new.lots if self.origin.get(n) in devices}
        for lot in new.canonical():
            if lot.name in names and lot.remaining > 0:
                self.reassign(self.serial, lot, new, old)
        for device in devices:
            self.pass_device(device, taker, giver)
        for month, points in merge["other"].items():
            taker.add_other(month, -points)
            giver.add_other(month, points)
        taker.earned_total -= merge.get("earned_total", 0)
        self.take_lower(giver, taker, merge["levels"])

    def take_lower(self, giver, taker, levels):
        """Until the next run each has the lower of both."""
        for grading in self.programme.grading:
            index = grading.levels.index
            pair = [g.level if g else grading.levels[0] for g in levels[grading.name]]
            lower = min(pair, key=index)
            for person in (giver, taker):
                if index(person.level_on(grading, self.day)) > index(lower):
                    held = person.held_on(grading.name, self.day)
                    self.write(person.member, grading, lower, self.day, held.last, "MERGED")
