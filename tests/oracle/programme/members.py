"""What a row does to a member: limits, leaving, owners, flags, grades, applications, sheets."""

import amounts
import basics as b
import moving
from home import EarningHome
from memberbook import FOREVER, WINDOW, rating_points
from node import Return
from sections import in_force


class MemberHome(EarningHome):
    def __init__(self, *arguments, **named):
        super().__init__(*arguments, **named)
        self.proposals = {}    # id: [member, flag, until, officer, decided]
        self.standards = {}    # (grading, run year): {region: {level: min}}, of published runs
        self.to_fixed = False  # A redemption of that form is looked at.
        self.hold_day, self.order_hold = {}, None    # id of a hold: day on which it was made

    # Limits.

    def may_redeem(self, member, points):
        programme = self.programme
        if programme is None:
            return
        limits, person = programme.limits_, self.person(member)
        if limits.blacklist == "BLOCK" and person.blacklisted:
            raise Return("BLACKLISTED")
        if limits.arrears == "BLOCK" and person.in_arrears():
            raise Return("IN_ARREARS")
        if limits.new_days and person.joined is not None and \
                self.day <= b.last_day(person.joined) + limits.new_days:
            raise Return("NEW_ACCOUNT")
        if limits.earned_min and self.earned_of(member) < limits.earned_min:
            raise Return("EARNED_TOO_LITTLE")
        if limits.single_max and points > limits.single_max:
            raise Return("OVER_SINGLE")
        if limits.daily_max and person.taken.get(self.day, 0) + points > limits.daily_max:
            raise Return("OVER_DAILY")

    def take_points(self, account, points):
        self.may_redeem(account.member, points)
        if self.to_fixed and self.programme and not self.programme.fixed_line_.out:
            raise Return("UNKNOWN_NAME")
        chosen = super().take_points(account, points)
        self.count_taken(account.member, points)
        return chosen

    def count_taken(self, member, points, day=None):
        if day is None or day == self.day:
            taken = self.person(member).taken
            taken[self.day] = taken.get(self.day, 0) + points

    def take_redeem(self, row, id_):
        self.to_fixed = row["form"] == "FIXED_LINE"
        try:
            super().take_redeem(row, id_)
        finally:
            self.to_fixed = False
        self.spent[b.REDEEM, id_].day = self.day
        self.convert(row, id_, row["member"])

    def convert(self, row, id_, member):
        if row["form"] == "FIXED_LINE" and self.programme and self.programme.fixed_line_.out:
            self.fixed_line.append((self.day, id_, member, amounts.floor(
                row["points"] * self.programme.fixed_line_.out)))

    def take_exchange_out(self, row, id_):
        super().take_exchange_out(row, id_)
        self.spent[b.EXCHANGE_OUT, id_].day = self.day

    def take_hold(self, row, id_):
        super().take_hold(row, id_)
        self.hold_day[id_] = self.day

    def take_capture(self, row, id_):
        hold = self.holds.get(row["hold"])
        left = hold.left if hold else 0
        super().take_capture(row, id_)
        self.spent[b.REDEEM, id_].day = self.hold_day.get(row["hold"])
        self.convert(row, id_, hold.account.member)
        if hold.ended:
            self.count_taken(hold.account.member, row["points"] - left,
                             self.hold_day.get(row["hold"], -1))

    def take_void(self, row, id_):
        hold = self.holds.get(row["hold"])
        left = hold.left if hold else 0
        super().take_void(row, id_)
        self.count_taken(hold.account.member, -left, self.hold_day.get(row["hold"], -1))

    def given_back(self, parent, points):
        if parent is not None:
            self.count_taken(parent.account.member, -points, getattr(parent, "day", -1))

    def take_refund(self, row, id_, below):
        super().take_refund(row, id_, below)
        self.given_back(self.spent.get((b.REDEEM, row["parent"]))
                        or self.spent.get((b.EXCHANGE_OUT, row["parent"])), row["points"])

    # Leaving and owners.

    def take_transfer(self, row, id_):
        super().take_transfer(row, id_)
        self.person(row["member"]).owners += 1
        for device in self.person(row["member"]).devices:
            self.lose(device)
        if self.programme:
            self.plan_changed(row["member"])

    def lose(self, device):
        before = b.month_of_day(self.day) - 1
        device.ended = before if device.ended is None else min(device.ended, before)
        device.losses, device.lost, device.plan = device.losses + 1, True, None
        self.person(device.member).note_class()

    take_leave = take_transfer

    # Moves. Who leaves is known as he was (91).

    def take_move_out(self, row, id_):
        super().take_move_out(row, id_)
        if self.programme:
            self.left.append((id_, row["member"], row["to"], self.standing_of(row["member"])))

    def standing_of(self, member):
        """The bytes that go with a member who leaves today."""
        return moving.pack(moving.leave(self.person(member), self.programme, self.book, self.day))

    def first_credited(self, profile):
        programme = self.book.of_day(profile)
        return b.month_of_day(profile) - (programme.programme_.backfill_months if programme else 0)

    def take_move_in(self, row, id_, below):
        member = row["member"]
        account, standing = self.accounts.get(member), None
        if self.brought and not (account and account.home):
            try:
                standing = moving.unpack(bytes.fromhex(self.brought))
            except b.Refused as fault:
                raise Return("INVALID") from fault
        super().take_move_in(row, id_, below)
        for lower in below:
            if lower.get("lot") in self.accounts[member].lots:
                self.expires(self.accounts[member].lots[lower["lot"]], member)
        if standing is not None:
            moving.come(self, member, standing, at_home=False)
        self.person(member).told = False

    def take_account_end(self, row, id_):
        self.at_home(row["member"])
        device = self.known_device(row)
        if device.ended is None:
            device.ended, device.plan = b.month_of_day(self.day), None
            self.person(row["member"]).note_class()
            self.plan_changed(row["member"])

    def take_owner(self, row, id_):
        account = self.at_home(row["member"])
        device = self.known_device(row)
        mine = {name for name in account.lots if self.origin.get(name) is device}
        for hold in account.holds:
            for part in hold.parts:
                if part[0].name in mine:
                    part[0].held -= part[1]
                    part[1] = 0
            hold.ended = hold.ended or hold.left == 0
        self.move(b.MOVE_FORFEIT, row["member"],
                  [lot.slice(b.FORFEITED, -lot.remaining) for lot in account.canonical()
                   if lot.name in mine and lot.remaining > 0])
        self.lose(device)
        self.plan_changed(row["member"])

    def take_arrears(self, row, id_):
        self.at_home(row["member"])
        device, month = self.known_device(row), b.month_of_day(self.day)
        before, device.arrears = device.arrears, row["state"]
        if row["state"] == "BOTH_WAYS" and before != "BOTH_WAYS":
            device.suspended[month] = device.suspended.get(month, 0) + 1
        if row["state"] == "NONE":    # Of what came along, too (124).
            over = [d for d in self.person(row["member"]).devices
                    if (d is device and before != "NONE") or (d.carried and d.arrears != "NONE")]
            for one in over:
                one.arrears = "NONE"
            self.catch_up(self.programme.earn_.catch_up_months, over)

    def take_blacklist(self, row, id_):
        self.at_home(row["member"])
        self.person(row["member"]).blacklisted = bool(row["on"])

    def take_brand(self, row, id_):
        self.at_home(row["member"])
        self.known_device(row)
        self.person(row["member"]).brands.append((self.day, row["brand"]))

    # Plans.

    def take_plan(self, row, id_):
        self.at_home(row["member"])
        device = self.known_device(row)
        plans = {r.plan for r in self.programme.entry if in_force(r, self.day)}
        plans |= {plan for r in self.programme.campaign for plan in r.plans}
        if row["plan"] is not None and row["plan"] not in plans:
            raise Return("UNKNOWN_NAME")
        device.plan = row["plan"]
        self.plan_changed(row["member"])

    def plan_changed(self, member):
        """The level by plan: the highest of the plans in force, void with them."""
        person = self.person(member)
        for grading in self.programme.grading:
            if grading.basis != "PLAN":
                continue
            have = {r.level for device in person.living() for r in self.programme.entry
                    if r.grading == grading.name and r.plan == device.plan
                    and in_force(r, self.day)}
            level = max(have, key=grading.levels.index, default=grading.levels[0])
            if level != person.level_on(grading, self.day):
                reason = "PLAN_ENDED" if level == grading.levels[0] else "PLAN"
                self.write(member, grading, level, self.day, FOREVER, reason)

    @staticmethod
    def until(grading, first):
        """The last day of a grade that holds from `first` on."""
        if not grading.valid_months:
            return FOREVER
        date = b.date_of(first)
        month = b.month_of_day(first) + grading.valid_months
        return min(b.first_day(month) + date.day - 1, b.last_day(month)) - 1

    def write(self, member, grading, level, first, last, reason):
        person = self.person(member)
        person.write_grade(grading, level, first, last, reason, self.day)
        month = min(b.month_of_day(first), b.month_of_day(self.day))
        programme, index = self.book.of_month(month), grading.levels.index(level)
        award = programme.level_award_ if programme else None
        if award and award.mode == "ON_ENTRY" and award.grading == grading.name and \
                index > person.entered:
            person.entered = index
            points = programme.level_rate_of(level)[1]
            if points:
                self.issue(self.accounts[member], points, month, "LEVEL",
                           programme.rating["LEVEL"])

    # Flags.

    def flag_of(self, name, by):
        row = self.programme.flags.get(name)
        if row is None or row.by != by:
            raise Return("UNKNOWN_NAME")
        return row

    def take_vip_propose(self, row, id_):
        self.at_home(row["member"])
        self.flag_of(row["flag"], "REVIEW")
        self.proposals[id_] = [row["member"], row["flag"], row["until"], row["officer"], False]

    def take_vip_decide(self, row, id_):
        proposal = self.proposals.get(row["proposal"])
        if proposal is None:
            raise Return("UNKNOWN_PARENT")
        member, flag, until, maker, decided = proposal
        if row["approve"]:    # Declined may always be.
            self.at_home(member)
            rule = self.flag_of(flag, "REVIEW")
        if row["officer"] == maker:
            raise Return("ONE_PERSON")
        month = b.month_of_day(self.day)
        if decided or (row["approve"] and until < month):
            raise Return("STATE")
        proposal[4] = True
        if row["approve"]:
            last = min(until, month + rule.valid_months - 1) if rule.valid_months else until
            self.person(member).give_flag(flag, month, last, self.day, "REVIEW")

    def take_legacy(self, row, id_):
        self.at_home(row["member"])
        self.flag_of(row["flag"], "LEGACY")
        self.person(row["member"]).give_flag(row["flag"], b.month_of_day(self.day), row["until"],
                                             self.day, "LEGACY")

    # Grades.

    def grading_of(self, name, level=None):
        grading = self.programme.gradings.get(name)
        if grading is None or (level is not None and level not in grading.levels):
            raise Return("UNKNOWN_NAME")
        return grading

    def take_grade(self, row, id_):
        self.at_home(row["member"])
        grading = self.grading_of(row["grading"], row["level"])
        last = row["to"] - 1 if row["to"] is not None else self.until(grading, row["from"])
        self.write(row["member"], grading, row["level"], row["from"], last,
                   "REVIEW" if grading.basis == "REVIEW" else "MIGRATION")

    def take_sheet(self, row, id_):
        self.at_home(row["member"])
        if self.programme.named("sheet", row["sheet"]) is None:
            raise Return("UNKNOWN_NAME")
        grading = self.grading_of(row["grading"]) if row["grading"] else None
        given = [(r["input"], (r["value"], r["points"])) for r in self.below]
        try:
            b.need(len(dict(given)) == len(given), "an input twice")
            _, grade = amounts.sheet_total(self.programme, row["sheet"], dict(given))
        except amounts.SheetFault as fault:
            raise Return("UNKNOWN_NAME" if str(fault) == "inputs" else "STATE") from fault
        if grading is not None:
            if grade not in grading.levels:
                raise Return("UNKNOWN_NAME")
            self.write(row["member"], grading, grade, self.day, self.until(grading, self.day),
                       "SHEET")

    def take_apply(self, row, id_):
        self.at_home(row["member"])
        grading = self.grading_of(row["grading"], row["level"])
        person, now = self.person(row["member"]), b.month_of_day(self.day)
        first, last = row["from"], row["from"] + grading.apply_months - 1
        above = grading.levels.index(row["level"]) > grading.levels.index(
            person.level_on(grading, self.day))
        if not grading.apply or not above or first < now - WINDOW or \
                person.newest is None or last > person.newest:
            raise Return("NOT_REACHED")
        standard = self.standard_now(grading, row["level"], person.region(), self.day)
        if standard is None or self.window_score(grading, person, first, last) < standard:
            raise Return("NOT_REACHED")
        year = b.date_of(self.day).year
        end = b.day_of(f"{year + 1}-{grading.effective}") - 1
        self.write(row["member"], grading, row["level"], self.day, end, "APPLICATION")

    def window_score(self, grading, person, first, last):
        if grading.basis == "RATING_POINTS":
            return rating_points(person, first, last, self.book)
        fen = sum(device.spend(first, last) for device in person.devices)
        return fen // 100

    def standard_now(self, grading, level, region, day):
        """The standard of the year in which it is asked: that of the last published run."""
        if any(r.grading == grading.name and r.level == level for r in self.programme.share):
            runs = [key for key in self.standards if key[0] == grading.name and b.day_of(
                f"{key[1] + 1}-{grading.effective}") <= day]
            if not runs:
                return None
            return self.standards[max(runs)].get(region, {}).get(level)
        return self.programme.threshold_of(grading, level, region, day)
