"""Settled transactions and the legs they give (docs/events.md section 5)."""

from dataclasses import dataclass
from fractions import Fraction

import basics as b

REASONS = ["", "PHONE_CREDIT", "OWN_PRODUCT", "GIFT_COST", "MERCHANT_REDEMPTION",
           "MERCHANT_REIMBURSEMENT", "MERCHANT_COMMISSION", "FIXED_LINE", "EXCHANGE_OUT",
           "PURCHASE", "SALE_POINTS", "FUND_ISSUER"]
(PHONE_CREDIT, OWN_PRODUCT, GIFT_COST, MERCHANT_REDEMPTION, MERCHANT_REIMBURSEMENT,
 MERCHANT_COMMISSION, FIXED_LINE, EXCHANGE_OUT, PURCHASE, SALE_POINTS, FUND_ISSUER) = range(1, 12)
FORM_REASON = {b.FORMS["PHONE_CREDIT"]: PHONE_CREDIT, b.FORMS["OWN_PRODUCT"]: OWN_PRODUCT,
               b.FORMS["FIXED_LINE"]: FIXED_LINE}
FORM_NAMES = {number: word for word, number in b.FORMS.items()}
GIFT = b.FORMS["GIFT"]


class NoPrice(Exception):
    """A price that is needed is not in force."""


@dataclass
class Settled:
    """A transaction: the home's item, what answered it, and a refund's parent."""

    home: object
    other: object = None
    parent: object = None  # Settled

    @property
    def key(self):
        return self.home.key

    @property
    def giver_item(self):
        """The record of who gave the goods: it has a gift's cost."""
        return self.other or self.home


@dataclass(frozen=True, order=True)
class Leg:
    """Fields stand in the order of items.csv."""

    debtor: int
    creditor: int
    reason: int
    partner: int
    versions: tuple  # (0, 0) for gifts; (version, 0); (p_m, commission)
    id: tuple
    quantity: int
    fen: int          # Only of gifts; else 0.
    price: Fraction   # 0 for gifts.

    def negative(self):
        return Leg(self.debtor, self.creditor, self.reason, self.partner, self.versions, self.id,
                   -self.quantity, -self.fen, self.price)


def by_issuer(slices):
    """Points per issuer (absolute), in the order of the issuers' first slices."""
    out = {}
    for slice_ in slices:
        issuer = b.issuer_of(slice_.lot)
        out[issuer] = out.get(issuer, 0) + abs(slice_.delta)
    return out


def share(total, quantities):
    """Largest remainder; ties to the issuer whose slice comes first."""
    whole = sum(quantities.values())
    parts = {i: total * q // whole for i, q in quantities.items()}
    rest = total - sum(parts.values())
    order = sorted(quantities, key=lambda i: -(total * quantities[i] % whole))  # Stable.
    for issuer in order[:rest]:
        parts[issuer] += 1
    return parts


class Legs:
    def __init__(self, book):
        self.book = book

    def of(self, tx):
        """The legs of a settled transaction, sorted. Raises NoPrice."""
        kind = tx.home.kind
        if kind in (b.MOVE_OUT, b.MOVE_IN):
            return []
        if kind == b.REFUND:
            return sorted(self.refund(tx))
        if kind == b.UNISSUE:
            return sorted(self.funding(tx.parent.home, -tx.home.points, tx.home.id))
        if kind in (b.ACCRUAL, b.EXCHANGE_IN):
            return sorted(self.funding(tx.home, tx.home.points, tx.home.id))
        quantities = by_issuer(tx.home.slices)
        return sorted(self.spending(tx, quantities, tx.home.points, tx.home.units, tx.home.id, 1))

    def refund(self, tx):
        parent = tx.parent
        if parent.home.kind == b.REDEEM and parent.home.form == GIFT:
            quantities = by_issuer(parent.home.slices)
        else:
            quantities = by_issuer(tx.home.slices)
        return self.spending(parent, quantities, tx.home.points, parent.home.units, tx.home.id, -1)

    def spending(self, tx, quantities, points, units, id_, sign):
        """Legs of a redemption or exchange out, with the quantities and sign of a refund."""
        item = tx.home
        if item.kind == b.EXCHANGE_OUT:
            acquirer = self.acquirer(item)
            for issuer, q in quantities.items():
                yield from self.inter(item, issuer, acquirer, EXCHANGE_OUT, item.partner,
                                      sign * q, id_)
            row = self.price("BUY", item)
            yield from self.leg(acquirer, item.partner, PURCHASE, item.partner, row, sign * units,
                                id_)
        elif item.form == b.FORMS["MERCHANT"]:
            acquirer = self.acquirer(item)
            for issuer, q in quantities.items():
                yield from self.inter(item, issuer, acquirer, MERCHANT_REDEMPTION, 0, sign * q,
                                      id_)
            p_m, commission = self.price("REIMBURSE", item), self.price("COMMISSION", item)
            yield from self.leg(acquirer, item.partner, MERCHANT_REIMBURSEMENT, 0, p_m,
                                sign * points, id_)
            yield Leg(item.partner, acquirer, MERCHANT_COMMISSION, 0,
                      (p_m["version"], commission["version"]), id_, sign * points, 0,
                      p_m["value"] * commission["value"])
        elif item.form == GIFT:
            giver = tx.giver_item
            total = max(0, giver.cost + giver.freight - giver.cash)
            parts = share(total, quantities)
            for issuer, q in quantities.items():
                if issuer != item.counterparty:
                    yield Leg(issuer, item.counterparty, GIFT_COST, 0, (0, 0), id_, sign * q,
                              sign * parts[issuer], Fraction(0))
        else:
            for issuer, q in quantities.items():
                yield from self.inter(item, issuer, item.counterparty, FORM_REASON[item.form], 0,
                                      sign * q, id_)

    def funding(self, item, q, id_):
        """Legs of an accrual or exchange in, for q points."""
        acquirer = self.acquirer(item)
        yield from self.leg(item.partner, acquirer, SALE_POINTS, item.partner,
                            self.price("SALE", item), q, id_)
        if acquirer != item.sender:
            row = self.book.inter("FUNDING", item.sender, acquirer, item.date)
            if row is None:
                raise NoPrice
            yield from self.leg(acquirer, item.sender, FUND_ISSUER, item.partner, row, q, id_)

    def inter(self, item, issuer, creditor, reason, partner, q, id_):
        """issuer owes creditor q x p(form, issuer, creditor)."""
        if issuer == creditor:
            return
        row = self.book.inter(FORM_NAMES[item.form], issuer, creditor, item.date)
        if row is None:
            raise NoPrice
        yield from self.leg(issuer, creditor, reason, partner, row, q, id_)

    @staticmethod
    def leg(debtor, creditor, reason, partner, row, q, id_):
        yield Leg(debtor, creditor, reason, partner, (row["version"], 0), id_, q, 0, row["value"])

    def price(self, kind, item):
        row = self.book.price(kind, item.date, partner=item.partner)
        if row is None:
            raise NoPrice
        return row

    def acquirer(self, item):
        """The acquirer in the partner's contract on the item's business date."""
        contract = self.book.contract(item.partner, item.date)
        b.need(contract is not None, "a settled item without a contract")
        return contract["acquirer"]
