"""A home's node: PROVINCE_DAY rows to batches (docs/events.md section 2)."""

import basics as b
from accounts import Account, Funded, Given, Hold, Lot, MoveIn, Spent
from batch import Batch, Item, Movement, Returned

# Which ids share a name space (docs/events.md section 2, "Copies").
ID_CLASS = {"REDEEM": "redemption", "CAPTURE": "redemption", "HOLD": "hold",
            "EXCHANGE_OUT": "exchange out", "ACCRUAL": "accrual", "EXCHANGE_IN": "exchange in",
            "REFUND": "refund", "UNISSUE": "reversal", "MOVE_OUT": "move",
            "DELIVERY": "delivery", "DELIVERY_REFUND": "delivery refund", "VOID": "void"}


class Return(Exception):
    """The row is returned with this code."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


class Node:
    is_live = False    # what is judged comes from a counter, not by file

    def __init__(self, number, opening, book):
        self.number = number
        self.book = book
        self.accounts = {}
        self.seen = {}      # (id class, id): content of the row that was carried out
        self.bills = {}     # (account, bill month): fen
        self.holds = {}     # id: Hold
        self.moves = {}     # id: MoveIn
        self.spent = {}     # (kind, id): Spent
        self.funded = {}    # (kind, id): Funded
        self.entries = {}   # (sequence, serial): Spent or Given
        self.digest = bytes(32)
        for row in opening:
            account = self.accounts.setdefault(row["member"], Account(row["member"], home=True))
            if row["kind"] == "LOT":
                b.need(row["lot"] not in account.lots, "opening lot twice")
                account.lots[row["lot"]] = Lot(
                    row["lot"], row["earned_month"], row["expires_on"], b.SOURCES[row["source"]],
                    row["rating"], row["original"], row["remaining"])
            elif row["kind"] == "DEBT":
                account.debts[row["issuer"]] = row["points"]

    # A file.

    def take(self, file):
        """Takes the next file; returns the sealed batch, with the rows it returned."""
        self.batch = Batch(self.number, file.sequence, file.day, self.digest)
        self.day, self.sequence = file.day, file.sequence
        self.own_entry = b.OWN_ENTRY_FIRST
        self.cited = None
        self.expiry_run()
        rows = [row for _, row in file.rows]
        for place, row in enumerate(rows):
            if row["kind"] in ("LOT", "DEBT"):
                continue
            if row["kind"] == "CORRECT":
                self.cited = row["sequence"], row["entry"]
                continue
            below = []
            for follower in rows[place + 1:]:
                if follower["kind"] not in ("LOT", "DEBT"):
                    break
                below.append(follower)
            self.take_row(row, below)
            self.cited = None
        for hold in self.holds.values():
            if not hold.ended and hold.expires <= self.day:
                hold.release()
        self.batch.seal()
        self.digest = self.batch.digest
        return self.batch

    def take_row(self, row, below):
        self.serial = row["serial"]
        self.own = b.own_id(self.number, self.day, self.serial)
        self.code = b.entry_id(self.number, self.day, self.serial)
        given = row.get("id")
        if self.cited and row["kind"] in ("DELIVERY", "DELIVERY_REFUND"):
            given = None
        id_ = given or self.own
        content = ({k: v for k, v in row.items() if k != "serial"}, below) if given else None
        name = ID_CLASS.get(row["kind"]), id_
        try:
            if given:
                b.need(given[1] <= self.day, "an id newer than its file")
                if given[1] < self.day - b.LATE_DAYS_MAX:
                    raise Return("TOO_OLD")
                if name in self.seen:
                    raise Return("COPY" if self.seen[name] == content else "DUPLICATE")
            handler = getattr(self, "take_" + row["kind"].lower())
            if row["kind"] in ("MOVE_IN", "REFUND"):
                handler(row, id_, below)
            else:
                b.need(not below, "LOT or DEBT rows below a row that has none")
                handler(row, id_)
            if given:    # No other row can have an entry's own id.
                self.seen[name] = content
        except Return as returned:
            self.batch.returned.append(Returned("home", self.number, self.sequence, self.serial,
                                                row["kind"], id_, returned.code))

    def expiry_run(self):
        for member in sorted(self.accounts):
            for lot in self.accounts[member].canonical():
                if lot.expires_on <= self.day and lot.free > 0:
                    self.move_own(b.MOVE_EXPIRE, member, lot.slice(b.EXPIRED, -lot.free))

    # Writing the batch.

    def move_own(self, kind, member, slice_):
        """A movement that the node makes itself."""
        self.batch.movements.append(Movement(self.own_entry, kind, member, slice_))
        self.own_entry += 1

    def move(self, kind, member, slices):
        for slice_ in slices:
            self.batch.movements.append(Movement(self.serial, kind, member, slice_))

    def item(self, kind, id_, member, **columns):
        self.batch.items.append(Item(self.number, self.sequence, self.day, self.serial, kind, id_,
                                     member, **columns))

    # Checks.

    def at_home(self, member, earning=False, closed_too=False):
        """The member's account; an earning row may open it."""
        account = self.accounts.get(member)
        if account is None and earning and member // 10 ** 12 == self.number:
            return Account(member)
        if account is None or not account.home:
            raise Return("NOT_HOME")
        if account.closed and not closed_too:
            raise Return("CLOSED")
        return account

    def open(self, account):
        """An account that an earning row opens is at home from here on."""
        account.home = True
        self.accounts[account.member] = account

    @staticmethod
    def not_zero(points):
        if points == 0:
            raise Return("ZERO_POINTS")

    def take_points(self, account, points):
        self.not_zero(points)
        if points > account.available(self.day):
            raise Return("INSUFFICIENT_POINTS")
        return account.choose(points, self.day)

    # Earning.

    def earn(self, row, account, points, month, source, rating):
        """Makes a lot named by this entry; returns its slices."""
        self.open(account)
        lot = Lot(self.code, month, self.book.expires_on(month), b.SOURCES[source], rating, points,
                  0)
        return account.new_lot(lot, self.number)

    def move_earned(self, member, slices):
        self.move(b.MOVE_EARN, member, slices[:1])
        self.move(b.MOVE_REPAY, member, slices[1:])

    def take_bill(self, row, id_):
        name = row["account"], row["bill_month"]
        if name in self.bills:
            raise Return("DUPLICATE")
        account = self.at_home(row["member"], earning=True)
        self.bills[name] = row["fen"]
        self.open(account)
        if row["fen"] >= 100:
            self.move_earned(row["member"], self.earn(row, account, row["fen"] // 100,
                                                      row["bill_month"], "CONSUMPTION", 1))

    def take_rebill(self, row, id_):
        points = row["corrected"] // 100 - row["billed"] // 100
        account = self.at_home(row["member"], closed_too=points <= 0)
        if points < 0 and row["lot"] not in account.lots:
            raise Return("UNKNOWN_PARENT")
        name = row["account"], row["bill_month"]
        if self.bills.get(name, row["billed"]) != row["billed"]:
            raise Return("BILL_MISMATCH")
        self.bills[name] = row["corrected"]
        if points > 0:
            self.move_earned(row["member"], self.earn(row, account, points, row["bill_month"],
                                                      "CONSUMPTION", 1))
        elif points < 0:
            self.move(b.MOVE_UNEARN, row["member"],
                      account.take_back(row["lot"], -points, self.day))

    def take_earn(self, row, id_):
        b.need(row["source"] in b.EARN_SOURCES, f"source {row['source']} of an EARN")
        account = self.at_home(row["member"], earning=True)
        self.not_zero(row["points"])
        self.move_earned(row["member"], self.earn(row, account, row["points"],
                                                  row["earned_month"], row["source"],
                                                  row["rating"]))

    def take_unearn(self, row, id_):
        account = self.at_home(row["member"], closed_too=True)
        if self.own_lot(account, row["lot"]) is None:
            raise Return("UNKNOWN_PARENT")
        self.not_zero(row["points"])
        self.move(b.MOVE_UNEARN, row["member"],
                  self.take_back(account, row["lot"], row["points"]))

    def own_lot(self, account, name):
        """The lot of a row that takes back what was given wrongly; None: it is none of his."""
        return account.lots.get(name)

    def take_back(self, account, name, points):
        return account.take_back(name, points, self.day)

    def take_accrual(self, row, id_):
        account = self.at_home(row["member"], earning=True)
        self.not_zero(row["points"])
        kind = b.ACCRUAL if row["kind"] == "ACCRUAL" else b.EXCHANGE_IN
        source = "PARTNER" if kind == b.ACCRUAL else "EXCHANGE_IN"
        slices = self.earn(row, account, row["points"], b.month_of_day(id_[1]), source, 0)
        self.funded[kind, id_] = Funded(kind, id_, account, row["points"], row["points"])
        self.item(kind, id_, row["member"], counterparty=row["partner"],
                  partner=row["partner"], points=row["points"], units=row.get("units", 0),
                  rate=row.get("rate", 0), slices=tuple(slices))

    take_exchange_in = take_accrual

    # Leaving and ownership.

    def take_transfer(self, row, id_):
        account = self.at_home(row["member"])
        for hold in account.holds:
            if not hold.ended:
                hold.release()
        self.move(b.MOVE_FORFEIT, row["member"],
                  [lot.slice(b.FORFEITED, -lot.remaining) for lot in account.canonical()
                   if lot.remaining > 0])
        if row["kind"] == "LEAVE":
            self.move(b.MOVE_WRITE_OFF, row["member"],
                      [account.change_debt(issuer, b.FORFEITED, account.debts[issuer])
                       for issuer in sorted(account.debts)])
            account.closed = True

    take_leave = take_transfer

    # Spending.

    def goods(self, row):
        """form, giver ... cash of a row as an item's columns."""
        form = b.FORMS[row["form"]]
        if row["form"] == "MERCHANT":
            b.need(row["partner"] is not None and row["giver"] is None, "MERCHANT names a partner")
            counterparty, partner = row["partner"], row["partner"]
        else:
            b.need(row["giver"] is not None and row["partner"] is None, "a giver is named")
            counterparty, partner = row["giver"], 0
        own = counterparty == self.number
        b.need(form <= 5 and (own or form != 5), "FIXED_LINE is given by the home alone")
        b.need(self.is_live or own == (row["id"] is None), "id is given when another started")
        priced = own and row["form"] == "GIFT"
        for column in ("cost", "freight", "cash"):
            b.need((row[column] is not None) == priced, f"{column} of a redemption")
        return {"form": form, "counterparty": counterparty, "partner": partner,
                "cost": row["cost"] or 0, "freight": row["freight"] or 0,
                "cash": row["cash"] or 0}

    def spend(self, row, kind, id_, account, chosen, **columns):
        """Takes the chosen points, writes the item, remembers it as a parent."""
        points = sum(part for _, part in chosen)
        slices = tuple(lot.slice(b.REDEEMED, -part) for lot, part in chosen)
        self.item(kind, id_, account.member, points=points, slices=slices, **columns)
        spent = Spent(kind, id_, account, columns["form"], columns["counterparty"],
                      columns["partner"], points, [[lot.name, part] for lot, part in chosen])
        self.spent[kind, id_] = self.entries[self.sequence, self.serial] = spent

    def take_redeem(self, row, id_):
        columns = self.goods(row)
        account = self.at_home(row["member"])
        chosen = self.take_points(account, row["points"])
        self.spend(row, b.REDEEM, id_, account, chosen, authorisation=self.code, **columns)

    def take_exchange_out(self, row, id_):
        account = self.at_home(row["member"])
        chosen = self.take_points(account, row["points"])
        self.spend(row, b.EXCHANGE_OUT, id_, account, chosen, form=b.FORMS["EXCHANGE_OUT"],
                   counterparty=row["partner"], partner=row["partner"], units=row["units"],
                   rate=row["rate"])

    def take_hold(self, row, id_):
        account = self.at_home(row["member"])
        chosen = self.take_points(account, row["points"])
        for lot, part in chosen:
            lot.held += part
        hold = Hold(id_, self.code, account, [[lot, part] for lot, part in chosen],
                    row["expires"])
        self.holds[id_] = hold
        account.holds.append(hold)

    def open_hold(self, row):
        hold = self.holds.get(row["hold"])
        if hold is None:
            raise Return("UNKNOWN_PARENT")
        self.at_home(hold.account.member)
        if hold.ended or self.day > hold.expires:
            raise Return("HOLD_ENDED")
        return hold

    def take_capture(self, row, id_):
        columns = self.goods(row)
        hold = self.open_hold(row)
        if row["points"] > hold.left:
            raise Return("EXCEEDS_PARENT")
        self.not_zero(row["points"])
        chosen, points = [], row["points"]
        for part in hold.parts:
            taken = min(part[1], points)
            if taken > 0:
                chosen.append((part[0], taken))
                part[0].held -= taken
                part[1] -= taken
                points -= taken
        self.spend(row, b.REDEEM, id_, hold.account, chosen, authorisation=hold.code, **columns)
        if row["final"] or hold.left == 0:
            hold.release()

    def take_void(self, row, id_):
        self.open_hold(row).release()

    # Giving back.

    def restore(self, account, parts, points):
        """Gives `points` back to the parts, the last consumed first; returns the slices.

        `parts`: [lot name, points left, LOT row or None], in the order of consumption.
        """
        slices = []
        for part in reversed(parts):
            given = min(part[1], points)
            if given == 0:
                continue
            part[1] -= given
            points -= given
            lot = account.lots.get(part[0])
            if lot is None:
                lot = self.lot_of_row(part[2], 0)
                account.lots[lot.name] = lot
            if lot.expires_on <= self.day:
                lot.expires_on = self.day + b.GRACE_DAYS
            slices.append(lot.slice(b.REDEEMED, given))
        assert points == 0
        return slices

    @staticmethod
    def fits(account, parts, points):
        """Whether every lot can hold what is given back to it.

        It can't when the parent was refunded at another home while the member lived there.
        """
        for part in reversed(parts):
            given = min(part[1], points)
            points -= given
            lot = account.lots.get(part[0])
            if lot is not None and lot.remaining + given > lot.original:
                return False
        return True

    def forfeit_if_closed(self, account, slices):
        """What is given back to a member who left is forfeited at once."""
        if account.closed:
            for slice_ in slices:
                lot = account.lots[slice_.lot]
                self.move_own(b.MOVE_FORFEIT, account.member,
                              lot.slice(b.FORFEITED, -slice_.delta))

    @staticmethod
    def lot_of_row(row, remaining):
        return Lot(row["lot"], row["earned_month"], row["expires_on"], b.SOURCES[row["source"]],
                   row["rating"], row["original"], remaining)

    def take_refund(self, row, id_, below):
        b.need((row["giver"] is None) != (row["partner"] is None), "giver or partner")
        b.need(all(r["kind"] == "LOT" for r in below), "DEBT row below a REFUND")
        account = self.at_home(row["member"], closed_too=True)
        parent = (self.spent.get((b.REDEEM, row["parent"]))
                  or self.spent.get((b.EXCHANGE_OUT, row["parent"])))
        if parent is None and not below:
            raise Return("UNKNOWN_PARENT")
        if parent is not None and parent.account is not account:
            raise Return("UNKNOWN_PARENT")
        if parent is not None:
            parts = parent.parts
            if parent.whole_only and row["points"] < parent.points:
                raise Return("WHOLE_ONLY")
        else:
            parts = [[r["lot"], r["points"], r] for r in below]
        self.may_restore(account, parts, row["points"])
        if (row["points"] > sum(part[1] for part in parts)
                or not self.fits(account, parts, row["points"])):
            raise Return("EXCEEDS_PARENT")
        self.not_zero(row["points"])
        slices = self.restore(account, parts, row["points"])
        self.item(b.REFUND, id_, row["member"], parent=row["parent"],
                  counterparty=row["giver"] or row["partner"], partner=row["partner"] or 0,
                  points=row["points"], slices=tuple(slices))
        self.forfeit_if_closed(account, slices)

    def may_restore(self, account, parts, points):
        """Whether those are at home into whose lots points would come."""

    def take_unissue(self, row, id_):
        account = self.at_home(row["member"], closed_too=True)
        parent = (self.funded.get((b.ACCRUAL, row["parent"]))
                  or self.funded.get((b.EXCHANGE_IN, row["parent"])))
        if self.own_lot(account, row["lot"]) is None or (
                parent and parent.account is not account):
            raise Return("UNKNOWN_PARENT")
        if parent and parent.kind == b.EXCHANGE_IN and row["points"] < parent.points:
            raise Return("WHOLE_ONLY")
        if parent and row["points"] > parent.left:
            raise Return("EXCEEDS_PARENT")
        self.not_zero(row["points"])
        if parent:
            parent.left -= row["points"]
        slices = self.take_back(account, row["lot"], row["points"])
        self.item(b.UNISSUE, id_, row["member"], parent=row["parent"],
                  counterparty=row["partner"], partner=row["partner"], points=row["points"],
                  slices=tuple(slices))

    # Moving.

    def take_move_out(self, row, id_):
        account = self.at_home(row["member"])
        if any(not hold.ended for hold in account.holds):
            raise Return("HOLD_OPEN")
        if account.move:
            raise Return("MOVE_OPEN")
        lots = [lot for lot in account.canonical() if lot.remaining > 0]
        points = sum(lot.remaining for lot in lots)
        slices = [lot.slice(b.MOVED, -lot.remaining) for lot in lots]
        slices += [account.change_debt(issuer, b.MOVED, account.debts[issuer])
                   for issuer in sorted(account.debts)]
        account.home = False
        self.item(b.MOVE_OUT, id_, row["member"], counterparty=row["to"], points=points,
                  slices=tuple(slices))

    def take_move_in(self, row, id_, below):
        account = self.accounts.get(row["member"]) or Account(row["member"])
        if account.home:
            raise Return("CLOSED" if account.closed else "MOVE_OPEN")
        self.may_bring(account, below)
        self.open(account)
        slices, names = [], set()
        for lower in below:
            if lower["kind"] == "DEBT":
                slices.append(account.change_debt(lower["issuer"], b.MOVED, -lower["points"]))
                continue
            slices.append(self.bring_lot(account, lower))
            names.add(lower["lot"])
        account.move = self.moves[id_] = MoveIn(id_, account, names)
        self.item(b.MOVE_IN, id_, row["member"], counterparty=row["from"],
                  points=sum(r["points"] for r in below if r["kind"] == "LOT"),
                  slices=tuple(slices))

    def may_bring(self, account, below):
        """Whether its lots can be brought."""

    def bring_lot(self, account, lower):
        lot = account.lots.get(lower["lot"])
        if lot is None:
            lot = account.lots[lower["lot"]] = self.lot_of_row(lower, 0)
        lot.expires_on = lower["expires_on"]
        return lot.slice(b.MOVED, lower["points"])

    def take_confirm(self, row, id_):
        move = self.moves.get(row["move"])
        if move is None:
            raise Return("UNKNOWN_PARENT")
        self.at_home(move.account.member)
        if move.account.move is move:
            move.account.move = None

    # Giving to members of other homes.

    def take_delivery(self, row, id_):
        cited = self.cited_given(row, b.DELIVERY)
        self.not_zero(row["points"])
        b.need(row["form"] in ("PHONE_CREDIT", "OWN_PRODUCT", "GIFT"), "form of a DELIVERY")
        for column in ("cost", "freight", "cash"):
            b.need((row[column] is not None) == (row["form"] == "GIFT"), f"{column} of a DELIVERY")
        self.give(row, b.DELIVERY, id_, cited, form=b.FORMS[row["form"]],
                  authorisation=row["authorisation"] or 0, cost=row["cost"] or 0,
                  freight=row["freight"] or 0, cash=row["cash"] or 0)

    def take_delivery_refund(self, row, id_):
        cited = self.cited_given(row, b.DELIVERY_REFUND)
        self.not_zero(row["points"])
        self.give(row, b.DELIVERY_REFUND, id_, cited, parent=row["parent"])

    def cited_given(self, row, kind):
        """The entry that a CORRECT above this row cites, or None."""
        if not self.cited:
            return None
        found = self.entries.get(self.cited) if self.cited[0] < self.sequence else None
        if (not isinstance(found, Given) or found.kind != kind or found.withdrawn
                or found.member != row["member"]
                or (row.get("id") is not None and row["id"] != found.id)):
            raise Return("UNKNOWN_PARENT")
        return found

    def give(self, row, kind, id_, cited, **columns):
        given = cited or Given(kind, id_, row["member"], row["home"])
        given.counterparty = row["home"]
        self.entries[self.sequence, self.serial] = given
        if cited:
            columns.update(action=b.CORRECT, cited_sequence=self.cited[0],
                           cited_entry=self.cited[1])
        self.item(kind, given.id, row["member"], counterparty=row["home"],
                  points=row["points"], **columns)

    def take_withdraw(self, row, id_):
        cite = row["sequence"], row["entry"]
        found = self.entries.get(cite) if cite[0] < self.sequence else None
        if found is None:
            raise Return("UNKNOWN_PARENT")
        slices = []
        if isinstance(found, Spent):
            self.at_home(found.account.member, closed_too=True)
        if found.withdrawn:
            raise Return("ALREADY_REFUNDED")
        if isinstance(found, Spent) and (
                found.left < found.points
                or not self.fits(found.account, found.parts, found.points)):
            raise Return("ALREADY_REFUNDED")
        if isinstance(found, Spent):
            slices = self.restore(found.account, found.parts, found.points)
        found.withdrawn = True
        member = found.account.member if isinstance(found, Spent) else found.member
        partner = found.partner if isinstance(found, Spent) else 0
        self.item(found.kind, found.id, member, counterparty=found.counterparty,
                  partner=partner, action=b.WITHDRAW, cited_sequence=cite[0], cited_entry=cite[1],
                  slices=tuple(slices))
        if isinstance(found, Spent):
            self.forfeit_if_closed(found.account, slices)
