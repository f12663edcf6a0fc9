"""A home with a programme: what bills and other sources give (0023 formats, 1.3 and section 2)."""

import amounts
import basics as b
import memberrows
import moving
import node
from accounts import Funded, Lot
from batch import Batch, Movement
from memberbook import Device, Person, rating_points
from node import Node, Return
from sections import in_force

node.ID_CLASS["PARTNER_SPEND"] = "accrual"
WITH_BELOW = ("MOVE_IN", "REFUND", "SHEET")


def expiry_before(month):
    """Of a month before the first version; rule books here have no EXPIRY row."""
    return b.years_on(b.after_quarter(month), 3)


class EarningHome(Node):
    """The home as far as points are earned."""

    def __init__(self, number, opening, book, partner_codes=None):
        super().__init__(number, opening, None)    # Expiry is asked of the programme.
        self.book = book            # ProgrammeBook
        self.partner_codes = partner_codes or {}
        self.programme = None       # The version of the business date.
        self.persons, self.devices, self.device_records = {}, {}, []
        self.origin = {}            # lot: Device, where it comes from one
        self.lot_order = {}         # lot: how many were made before it
        self.row_first = None       # of the row at hand: how many were made before it
        self.rules_of_before = False    # of a journal: its DAY has version 1 (185 to 188, 190)
        self.campaign_given, self.campaign_spent = set(), {}
        self.fixed_line = []        # (day, id, member, units)
        self.left = []              # by a row of this day: (id, member, to, standing)
        self.top_up = []            # (day, id, member, who is topped up, fen)
        self.due = {}               # day: members who have lots that expire then
        self.overdue = set()        # members of whom something is held beyond that day
        self.ending = {}            # holds that haven't ended, by id; all: `holds`
        self.holds_seen = 0
        self.activated = False
        for member, account in self.accounts.items():
            self.person(member).earned_total = sum(
                lot.original for lot in account.lots.values())
            for lot in account.lots.values():
                self.expires(lot, member)

    def person(self, member):
        person = self.persons.get(member)
        if person is None:
            person = self.persons[member] = Person(member)
        return person

    # What expires: looked at are those members alone who have something due.

    def expires(self, lot, member):
        self.due.setdefault(lot.expires_on, set()).add(member)

    def expiry_run(self):
        for day in [day for day in self.due if day <= self.day]:
            self.overdue |= self.due.pop(day)
        for member in sorted(self.overdue):
            account, left = self.accounts.get(member), False
            for lot in account.canonical() if account else []:
                if lot.expires_on <= self.day and lot.remaining > 0:
                    if lot.free > 0:
                        self.move_own(b.MOVE_EXPIRE, member, lot.slice(b.EXPIRED, -lot.free))
                    left = left or lot.remaining > 0
            if not left:
                self.overdue.discard(member)

    # A day.

    def open_day(self, file):
        """The day's opening: expiry, then what follows from the date alone."""
        self.batch = Batch(self.number, file.sequence, file.day, self.digest)
        self.day, self.sequence = file.day, file.sequence
        self.own_entry = b.OWN_ENTRY_FIRST
        self.cited, self.left = None, []
        self.programme = self.book.of_day(file.day)
        if self.programme and not self.activated:
            self.activate()
        self.expiry_run()

    def activate(self):
        """The first version: lots with the flag, not from consumption, of the last 24 months."""
        self.activated = True
        now = b.month_of_day(self.day)
        for member, account in self.accounts.items():
            for lot in account.canonical():
                if lot.rating and lot.source != b.SOURCES["CONSUMPTION"] and \
                        lot.earned_month > now - 24:
                    self.person(member).add_other(lot.earned_month, lot.original)

    def post(self, file):
        rows = [row for _, row in file.rows]
        b.need(self.programme or not any(row["kind"] in memberrows.MEMBER_ROWS for row in rows),
               "1011: no programme is in force")
        for place, row in enumerate(rows):
            if row["kind"] in memberrows.BELOW:
                continue
            if row["kind"] == "CORRECT":
                self.cited = row["sequence"], row["entry"]
                continue
            below = []
            for follower in rows[place + 1:]:
                if follower["kind"] not in memberrows.BELOW:
                    break
                below.append(follower)
            self.take_row(row, below)
            self.cited = None

    def close_day(self):
        for id_ in list(self.holds)[self.holds_seen:]:
            self.ending[id_] = self.holds[id_]
        self.holds_seen = len(self.holds)
        for id_, hold in list(self.ending.items()):
            if not hold.ended and hold.expires <= self.day:
                hold.release()
            if hold.ended:
                del self.ending[id_]
        self.batch.seal()
        self.digest = self.batch.digest
        return self.batch

    def take_row(self, row, below):
        self.row_first = len(self.lot_order)
        try:
            self.take_any_row(row, below)
        finally:
            self.row_first = None

    def take_any_row(self, row, below):
        if row["kind"] not in memberrows.MEMBER_ROWS or row["kind"] == "PARTNER_SPEND":
            self.brought = "".join(r["payload"] for r in below if r["kind"] == "STANDING")
            return super().take_row(row, [r for r in below if r["kind"] != "STANDING"])
        self.below = below
        b.need(not below or row["kind"] in WITH_BELOW, "rows below a row that has none")
        return super().take_row(row, [])

    def at_home(self, member, earning=False, closed_too=False, refund=False):
        if earning and self.programme and self.programme.programme_.enrolment == "ON_REQUEST":
            earning = False
        account = super().at_home(member, earning, closed_too)
        if not refund and self.person(member).merged_into is not None:
            raise Return("MERGED")
        return account

    def enrol(self, member, on_request=False):
        """The account of a row that may make a number a member; it isn't opened yet."""
        ask = self.programme.programme_.enrolment == "ON_REQUEST"
        account = super().at_home(member, earning=on_request or not ask)
        if self.person(member).merged_into is not None:
            raise Return("MERGED")
        return account

    # Devices.

    def known_device(self, row):
        device = self.devices.get(row["account"])
        if device is None or device.member != row["member"]:
            raise Return("NO_ACCOUNT")
        return device

    def bill_device(self, row):
        """The device of a bill: an account that nobody has named begins with it."""
        device = self.devices.get(row["account"])
        if device is not None and device.member == row["member"]:
            return device
        self.free_account(row)
        return self.begin_device(row["account"], row["member"])

    def free_account(self, row):
        """An account that is another member's, and hasn't ended, is refused."""
        device = self.devices.get(row["account"])
        if device is not None and device.member != row["member"] and device.ended is None:
            raise Return("NO_ACCOUNT")

    def begin_device(self, name, member):
        first = name not in self.devices
        device = Device(name, member, number=len(self.device_records))
        self.devices[name] = device
        self.device_records.append(device)
        self.person(member).devices.append(device)
        self.person(member).note_class()
        if first:    # Bills of before the programme lie in the home's own table.
            for account, month in sorted(self.bills):
                if account == name:
                    device.put(month, self.bills[account, month])
                    device.earned.add(month)
        return device

    # Lots.

    def make_lot(self, account, points, month, source, rating, device=None, named=False):
        """A lot named by the row (`named`), or by an entry that the node makes itself."""
        programme = self.book.of_month(month)
        expires = programme.expiry_of(month) if programme else expiry_before(month)
        entry = self.serial if named else self.own_entry
        if not named:
            self.own_entry += 1
        self.open(account)
        lot = Lot(b.entry_id(self.number, self.day, entry), month, expires, b.SOURCES[source],
                  rating, points, 0)
        slices = account.new_lot(lot, self.number)
        self.lot_order[lot.name] = len(self.lot_order)
        person = self.person(account.member)
        person.earned_total += points
        if device is not None:
            self.origin[lot.name] = device
        if rating and source != "CONSUMPTION" and self.activated:
            person.add_other(month, points)
            if device is not None and not self.rules_of_before:
                last = self.lot_order[lot.name]
                self.note_made(device, last if self.row_first is None else self.row_first)
        self.expires(lot, account.member)
        return entry, slices

    def issue(self, *arguments, **named):
        """Makes a lot and writes its movements, all under the entry that names it."""
        entry, slices = self.make_lot(*arguments, **named)
        member = arguments[0].member
        for place, slice_ in enumerate(slices):
            kind = b.MOVE_EARN if place == 0 else b.MOVE_REPAY
            self.batch.movements.append(Movement(entry, kind, member, slice_))

    def earn(self, row, account, points, month, source, rating):
        return self.make_lot(account, points, month, source, rating, named=True)[1]

    def note_made(self, device, first):
        """A row, or a run, gives an account rating points of another source than consumption;
        `first`: the row's first lot, by how many were made before it."""

    # Bills.

    def take_bill(self, row, id_):
        if self.programme is None:
            return super().take_bill(row, id_)
        return self.bill(row, row["fen"])

    def take_bill_split(self, row, id_):
        self.bill(row, memberrows.split_rest(row))

    def begun(self, month):
        """A bill month that hasn't begun would clear what is kept of an account."""
        if month > b.month_of_day(self.day):
            raise Return("INVALID")

    @staticmethod
    def not_over(device, month):
        """An account that has ended earns for the months until then alone."""
        if device.ended is not None and month > device.ended:
            raise Return("CLOSED")

    def bill(self, row, fen, spent=None):
        """A bill; with `spent` one of before: 1, its points are among the opening lots."""
        month, device = row["bill_month"], self.devices.get(row["account"])
        self.begun(month)
        mine = device if device is not None and device.member == row["member"] else None
        if (mine is not None or device is None or device.ended is not None) and \
                self.person(row["member"]).came_along(mine, month):
            raise Return("DUPLICATE")
        if device is not None and (device.member == row["member"] or device.ended is None):
            if device.too_old(month):
                raise Return("TOO_OLD")
            if month in device.bills:
                raise Return("DUPLICATE")
        if device is None and (row["account"], month) in self.bills:
            raise Return("DUPLICATE")
        account = self.enrol(row["member"])
        self.free_account(row)
        self.open(account)
        device = self.bill_device(row)
        self.not_over(device, month)
        device.put(month, fen)
        if spent is not None:
            if spent:
                device.earned.add(month)
        elif self.may_earn(device, month):
            self.credit(device, month, named=True)

    def may_earn(self, device, month):
        """Whether a bill of this month gives its points now."""
        programme, person = self.book.of_month(month), self.person(device.member)
        if device.ended is not None and month > device.ended:
            return False
        if programme is None:
            return True
        if programme.programme_.profile == "REQUIRED" and (
                person.profile is None or month < person.first_credited):
            return False
        return programme.earn_.arrears == "EARN" or device.arrears == "NONE"

    def credit(self, device, month, named=False):
        """The lots of a kept bill: consumption, and what stands beside it."""
        programme, account = self.book.of_month(month), self.accounts[device.member]
        device.earned.add(month)
        points = amounts.points_of(programme, device.bills[month])
        if points:
            rating = programme.rating["CONSUMPTION"] if programme else 1
            self.issue(account, points, month, "CONSUMPTION", rating, device, named=named)
        for source, part in self.beside(device, month, points):
            self.issue(account, part, month, source, programme.rating[source], device)
        if programme and programme.tenure_award_.mode == "ON_ENTRY":
            months = amounts.tenure(device.joined, month)
            band = None if months is None else programme.band_of(months)
            if band is not None and band > device.entered:
                device.entered = band
                if programme.tenure_band[band].points:
                    self.issue(account, programme.tenure_band[band].points, month, "TENURE",
                               programme.rating["TENURE"], device)

    def beside(self, device, month, points):
        """OPTION_A: what stands beside so many consumption points, by source."""
        programme, out = self.book.of_month(month), []
        if programme is None:
            return out
        if programme.tenure_award_.mode == "OPTION_A" and device.joined is not None:
            band = programme.band_of(month - device.joined)
            if band is not None:
                out.append(("TENURE", amounts.uplift(points, programme.tenure_band[band].rate)))
        if programme.level_award_.mode == "OPTION_A":
            grading = programme.gradings[programme.level_award_.grading]
            level = self.person(device.member).level_on(grading, b.last_day(month))
            out.append(("LEVEL", amounts.uplift(points, programme.level_rate_of(level)[0])))
        return [(source, part) for source, part in out if part]

    def catch_up(self, months, devices, wanted=lambda month: True):
        """Kept bills of so many months before this one, and of this one, in the order of accounts,
        then months."""
        now = b.month_of_day(self.day)
        for device in devices:
            for month in [] if device.lost else sorted(device.bills):
                if now - months <= month <= now and month not in device.earned and \
                        wanted(month) and self.may_earn(device, month):
                    self.credit(device, month)

    def take_profile(self, row, id_):
        self.open(self.enrol(row["member"], on_request=True))
        person = self.person(row["member"])
        if person.profile is None:
            window = self.programme.programme_.backfill_months
            person.profile = self.day
            person.first_credited = b.month_of_day(self.day) - window
            self.catch_up(window, person.devices)

    def take_spent(self, row, id_):
        self.bill(row, row["fen"], spent=row["earned"])

    def take_rebill(self, row, id_):
        if self.programme is None:
            return super().take_rebill(row, id_)
        month, account_name = row["bill_month"], row["account"]
        self.begun(month)
        programme = self.book.of_month(month)
        device = self.devices.get(account_name)
        if device is not None and device.member != row["member"]:
            device = None if device.ended is not None else device
        if (device is None or device.member == row["member"]) and \
                self.person(row["member"]).came_along(device, month):
            return self.rebill_sum(row, device)
        known = device.bills.get(month) if device else self.bills.get((account_name, month))
        if known is None:
            known = self.bills.get((account_name, month)) if not device else None
        gave = known is None or device is None or month in device.earned
        before = amounts.points_of(programme, row["billed"]) if gave else 0
        after = amounts.points_of(programme, row["corrected"]) if gave else 0
        account = self.at_home(row["member"], closed_too=after <= before)
        if device is not None and device.member != row["member"]:
            raise Return("NO_ACCOUNT")
        if device is not None and after > before:
            self.not_over(device, month)
        if after < before and self.own_lot(account, row["lot"]) is None:
            raise Return("UNKNOWN_PARENT")
        if known is not None and known != row["billed"]:
            raise Return("BILL_MISMATCH")
        if device is None:
            device = self.begin_device(account_name, row["member"])
        parts = [("CONSUMPTION", after - before)] + self.difference(device, month, before, after)
        if not device.too_old(month):
            device.put(month, row["corrected"])
            if gave:
                device.earned.add(month)
        self.change(row, account, device, month, parts)

    def rebill_sum(self, row, device):
        """A bill that came along in a sum, of which it can't be more."""
        month = row["bill_month"]
        programme, person = self.book.of_month(month), self.person(row["member"])
        holder = person.holder(month, row["billed"])
        gave = holder is None or month in holder.earned
        before = amounts.points_of(programme, row["billed"]) if gave else 0
        after = amounts.points_of(programme, row["corrected"]) if gave else 0
        account = self.at_home(row["member"], closed_too=after <= before)
        if device is not None and after > before:
            self.not_over(device, month)
        if after < before and self.own_lot(account, row["lot"]) is None:
            raise Return("UNKNOWN_PARENT")
        if holder is None:
            raise Return("BILL_MISMATCH")
        parts = [("CONSUMPTION", after - before)] + self.difference(holder, month, before, after)
        was = rating_points(person, month, month, self.book)
        holder.put(month, holder.bills[month] - row["billed"] + row["corrected"])
        change = rating_points(person, month, month, self.book) - was
        if gave and (programme is None or programme.rating["CONSUMPTION"]) and \
                change != after - before:
            kept = holder.before_merges is not None or not self.rules_of_before
            (holder if kept else person).add_other(month, after - before - change)
        self.change(row, account, holder, month, parts)

    def difference(self, device, month, before, after):
        old, new = dict(self.beside(device, month, before)), dict(
            self.beside(device, month, after))
        return [(source, new.get(source, 0) - old.get(source, 0))
                for source in ("TENURE", "LEVEL") if source in old or source in new]

    def change(self, row, account, device, month, parts):
        programme = self.book.of_month(month)
        down = -sum(points for _, points in parts)
        lot = self.own_lot(account, row["lot"])
        giver = row["member"] if lot is None else self.giver_of(account, lot)
        if down > 0:
            self.move(b.MOVE_UNEARN, row["member"], self.take_back(account, row["lot"], down))
        for source, points in parts:
            rating = programme.rating[source] if programme else 1
            if points > 0:
                self.issue(account, points, month, source, rating, device,
                           named=source == "CONSUMPTION")
            elif points < 0 and rating and source != "CONSUMPTION":
                self.less_of(giver, month, -points)

    def take_unearn(self, row, id_):
        less = self.less_rating(row)
        super().take_unearn(row, id_)
        less()

    def take_unissue(self, row, id_):
        less = self.less_rating(row)
        super().take_unissue(row, id_)
        less()

    def less_rating(self, row):
        """What it does to rating points, by how things are before the row."""
        account = self.accounts.get(row["member"])
        lot = account and self.own_lot(account, row["lot"])
        if not lot or not lot.rating or self.accounts[self.present(account.member)].closed:
            return lambda: None
        month, points = lot.earned_month, row["points"]
        device = self.origin.get(lot.name)
        if device is not None and lot.source == b.SOURCES["CONSUMPTION"] and (
                device.before_merges is not None or not self.rules_of_before):
            return lambda: device.add_other(month, -points)    # As the bill's points go with it.
        giver = self.giver_of(account, lot)
        return lambda: self.less_of(giver, month, points)

    def less_of(self, member, month, points):
        """This number's, and those that it is merged into."""
        while member is not None:
            self.person(member).add_other(month, -points)
            member = self.person(member).merged_into

    def present(self, member):
        return member

    def giver_of(self, account, lot):
        """The number under which a lot's points were given."""
        return account.member

    # Other sources.

    def take_account(self, row, id_):
        account = self.enrol(row["member"])
        self.free_account(row)
        self.open(account)
        known = len(self.device_records)
        device = self.bill_device(row)
        if not device.bills or device.joined is None:
            device.joined = row["joined"]
        device.service, device.region = row["service"], row["region"]
        device.prepaid, device.real_name = row["prepaid"], row["real_name"]
        if device.ended is not None:
            device.plan = None    # It ended with the account, whatever was said of it since.
        device.ended, device.lost = None, False
        moving.take_over(self, self.person(row["member"]), device,
                         len(self.device_records) > known, self.day)
        self.person(row["member"]).note_class()

    def take_sp_spend(self, row, id_):
        self.begun(row["bill_month"])
        account = self.at_home(row["member"])
        device, month = self.known_device(row), row["bill_month"]
        self.not_over(device, month)
        programme = self.book.of_month(month)
        found = [r for r in (programme.sp if programme else [])
                 if r.service == row["service"] and in_force(r, b.first_day(month))]
        if not found:
            raise Return("UNKNOWN_NAME")
        points = amounts.sp_points(programme, row["fen"], found[0].share)
        self.not_zero(points)
        self.issue(account, points, month, "SP", programme.rating["SP"], device, named=True)

    def take_partner_spend(self, row, id_):
        account = self.at_home(row["member"], earning=True)
        month = b.month_of_day(id_[1])
        programme = self.book.of_month(month)
        code = self.partner_codes.get(row["partner"])
        found = [r for r in (programme.partner if programme else [])
                 if r.partner == code and in_force(r, id_[1])]
        if not found:
            raise Return("UNKNOWN_NAME")
        points = amounts.partner_points(row["fen"], found[0].points_per_yuan)
        self.not_zero(points)
        _, slices = self.make_lot(account, points, month, "PARTNER",
                                  programme.rating["PARTNER"], named=True)
        self.funded[b.ACCRUAL, id_] = Funded(b.ACCRUAL, id_, account, points, points)
        self.item(b.ACCRUAL, id_, row["member"], counterparty=row["partner"],
                  partner=row["partner"], points=points, slices=tuple(slices))

    def take_fixed_in(self, row, id_):
        account = self.enrol(row["member"])
        month = b.month_of_day(id_[1])
        programme = self.book.of_month(month)
        ratio = getattr(programme.fixed_line_, "in") if programme else None
        if ratio is None:
            raise Return("UNKNOWN_NAME")
        points = amounts.floor(row["units"] * ratio)
        self.not_zero(points)
        self.issue(account, points, month, "FIXED_LINE", programme.rating["FIXED_LINE"],
                   named=True)

    def take_event(self, row, id_):
        account = self.at_home(row["member"])
        device = self.known_device(row)
        month = b.month_of_day(self.day)
        self.not_over(device, month)
        programme = self.book.of_month(month)
        for campaign in (programme.campaign if programme else []):
            if not in_force(campaign, self.day) or not holds(campaign, row):
                continue
            key = {"ACCOUNT": ("a", device.number),
                   "MEMBER": ("m", row["member"]), "EVENT": ("e", self.code)}[campaign.per]
            spent = self.campaign_spent.get(campaign.name, 0)
            points = campaign.points
            if points is None:
                last = max((m for m in device.earned if m <= month), default=None)
                base = 0 if last is None else amounts.points_of(
                    self.book.of_month(last), device.bills[last])
                points = amounts.uplift(base, campaign.rate)
            if (campaign.name, key) in self.campaign_given or points == 0 or (
                    campaign.budget and spent + points > campaign.budget):
                continue
            self.campaign_given.add((campaign.name, key))
            self.campaign_spent[campaign.name] = spent + points
            self.issue(account, points, month, "AWARD", programme.rating["AWARD"], device)


def holds(campaign, row):
    """Whether all conditions that are given hold of an event."""
    return (all(not wanted or row[column] in wanted for wanted, column in (
        (campaign.services, "service"), (campaign.channels, "channel"),
        (campaign.plans, "plan"))) and (row["credit"] or 0) >= campaign.credit_min)
