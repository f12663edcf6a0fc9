"""Orders, stock, complaints, claims, registrations, calls."""

import amounts
import basics as b
from accounts import Hold
from memberbook import FOREVER, WINDOW
from merging import MergingHome
from node import Return

STOCK_MAX = 10 ** 15    # pieces
ORDER_ID_DAYS = 30      # an id of so many days may always be ordered under


class ServiceHome(MergingHome):
    """The home, whole but for its runs."""

    minute = None    # of the day at which a live order comes; a row of a file has none

    def __init__(self, *arguments, **named):
        super().__init__(*arguments, **named)
        self.complaints, self.stock = {}, {}
        self.registers, self.calls = {}, []

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
        at_once = item.kind == "OWN" or item.form == "PHONE_CREDIT"
        longest = max(b.LATE_DAYS_MAX - self.programme.orders_.hold_days, ORDER_ID_DAYS)
        if not at_once and self.day - id_[1] > longest:
            raise Return("TOO_OLD")    # Hardly any time to deliver it is left.
        for lot, part in chosen:
            lot.held += part
        hold = Hold(id_, self.code, account, [[lot, part] for lot, part in chosen], FOREVER)
        account.holds.append(hold)
        order = {"id": id_, "member": row["member"], "item": item, "quantity": row["quantity"],
                 "beneficiary": row["beneficiary"] or row["member"],
                 "points": row["points"], "cash": row["cash"], "state": "CREATED",
                 "created": self.day, "delivered": None, "hold": hold}
        self.orders[id_] = order
        if item.stock == "COUNTED":
            self.stock[item.name] -= row["quantity"]
        if at_once:
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
            raise Return("STATE")    # Somebody else's: the order can only fail.
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
        if item.credit is not None:
            self.top_up.append((self.day, order["id"], order["member"], order["beneficiary"],
                                amounts.floor(order["points"] * item.credit)))

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
        self.not_with_moved(parent.account, parent.parts, points)
        if not self.fits(parent.account, parent.parts, points):
            raise Return("EXCEEDS_PARENT")
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
        if state == "RETURNED":
            self.may_refund(order["member"])
        else:
            self.at_home(order["member"])
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
        if any(c["order"] is order and not c["outcome"] for c in self.complaints.values()):
            raise Return("STATE")
        self.complaints[id_] = {"order": order, "outcome": None}

    def take_complaint_end(self, row, id_):
        complaint = self.complaints.get(row["complaint"])
        if complaint is None:
            raise Return("UNKNOWN_PARENT")
        order = complaint["order"]
        if row["outcome"] == "REFUNDED":
            self.may_refund(order["member"])
        if complaint["outcome"] or (
                row["outcome"] != "REFUSED" and order["state"] != "DELIVERED"):
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
        if any(r[1:4] == ["OPEN", row["account"], month] for r in self.registers.values()):
            raise Return("STATE")
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
        self.registers[id_] = [row["member"], state, row["account"], month, row["why"]]

    def catch_up(self, months, devices, wanted=lambda month: True):
        super().catch_up(months, devices, wanted)
        for register in self.registers.values():
            _, state, account, month, why = register
            if state == "OPEN" and why == "NO_POINTS" and \
                    any(device.name == account and month in device.earned for device in devices):
                register[1] = "CREDITED"

    def take_register_end(self, row, id_):
        register = self.registers.get(row["register"])
        if register is None:
            raise Return("UNKNOWN_PARENT")
        if row["outcome"] == "CREDITED":
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
