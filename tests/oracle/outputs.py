"""The files that `settle` writes, to the byte (docs/outputs.md)."""

import json
import os

import basics as b
from matching import SUSPENSE_REASONS

STATEMENT_DAYS = (("close", 3), ("draft", 5), ("disputes", 10), ("final", 12), ("payment", 15))
LINE_COLUMNS = ("reason,version,unit,quantity,price,exact,fen,residue,items,prior_items,"
                "prior_quantity")


def table(head, rows):
    return "".join(",".join(map(str, row)) + "\n" for row in [head.split(",")] + list(rows))


class Outputs:
    def __init__(self, result):
        self.r, self.p = result, result.p
        self.book = result.book
        self.codes = result.book.codes

    def files(self):
        """Path below the output directory: text."""
        out = {
            "cutoff.csv": self.p.cutoff.text,
            "items.csv": "debtor,creditor,reason,version,id,quantity,fen,prior\n"
                         + "".join(leaf + "\n" for leaf in self.r.leaves),
            "lines.csv": self.lines(),
            "matrix.csv": table("debtor,creditor,fen", (
                [self.codes[d], self.codes[c], fen]
                for (d, c), fen in sorted(self.r.cells().items()))),
            "positions.csv": table(
                "participant,receivable,payable,net,brought_forward,carried_forward,pays,"
                "receives", ([self.codes[n], *v] for n, v in self.r.positions.items())),
            "ledger.csv": self.ledger(),
            "suspense.csv": self.suspense(),
            "returned.csv": self.returned(),
            "rollforward.csv": table(
                "issuer,opening,issued,redeemed,expired,forfeited,moved,closing,breakage_fen",
                ([self.codes[n], *self.r.rollforward(n)] for n in self.book.provinces)),
            "quarters.csv": table(
                "issuer,quarter,opening,issued,redeemed,expired,forfeited,moved,closing",
                ([self.codes[issuer], "-" if q is None else b.quarter_text(q * 3), *values]
                 for issuer, q, values in self.r.quarters())),
            "closing-lots.csv": self.closing_lots(),
            "closing-debts.csv": table("home,member,issuer,points", (
                [self.codes[home], b.member_text(member), self.codes[issuer], -balance]
                for (home, member, issuer), balance in sorted(self.p.intake.debts.items())
                if balance)),
        }
        for number in self.book.all_numbers:
            code = self.codes[number]
            out[f"statements/{code}.json"] = self.statement(number)
            out[f"statements/{code}.csv"] = self.statement_csv(number)
        return out

    def write(self, directory):
        os.makedirs(os.path.join(directory, "statements"), exist_ok=True)
        for name, text in self.files().items():
            with open(os.path.join(directory, name), "w", encoding="utf-8", newline="") as f:
                f.write(text)

    # Money.

    def lines(self):
        return table("debtor,creditor," + LINE_COLUMNS, (
            [self.codes[x.debtor], self.codes[x.creditor], *x.columns(self.book)]
            for x in self.r.lines))

    def ledger(self):
        rows = []
        for number, line in enumerate(self.r.lines, 1):
            if line.fen == 0:
                continue
            d, c = self.codes[line.debtor], self.codes[line.creditor]
            debit, credit = [line.fen, 0], [0, line.fen]
            if line.fen < 0:
                debit, credit = [0, -line.fen], [-line.fen, 0]
            rows.append([number, d, "COST:" + line.reason, c, *debit])
            rows.append([number, d, "PAYABLE:" + c, c, *credit])
            rows.append([number, c, "RECEIVABLE:" + d, d, *debit])
            rows.append([number, c, "INCOME:" + line.reason, d, *credit])
        return table("line,entity,account,counterparty,debit,credit", rows)

    # What did not match, what was sent back.

    def suspense(self):
        found = sorted(self.p.matching.suspense, key=lambda s: (
            SUSPENSE_REASONS.index(s[0]), s[1].sender, s[1].sequence, s[1].entry))
        return table(
            "reason,sender,sequence,entry,kind,id,parent,member,counterparty,partner,points,units,"
            "age_days",
            ([reason, self.codes[i.sender], i.sequence, i.entry, b.ITEM_NAMES[i.kind],
              self.book.id_text(i.id), self.book.id_text(i.parent), b.member_text(i.member),
              self.codes.get(i.counterparty, ""), self.codes.get(i.partner, ""), i.points,
              i.units if i.kind in b.EXCHANGE_KINDS else "", self.p.cutoff.close - i.date]
             for reason, i in found))

    def returned(self):
        found = sorted(self.p.returned, key=lambda r: (r.sender, r.sequence, r.entry,
                                                       r.by != "home"))
        return table("by,sender,sequence,entry,kind,id,code", (
            [r.by, self.codes[r.sender], r.sequence, r.entry, r.kind, self.book.id_text(r.id),
             r.code] for r in found))

    # Points.

    def closing_lots(self):
        first = self.p.period == self.p.inputs.first_month
        rows = []
        for name in sorted(self.p.intake.lots):
            lot = self.p.intake.lots[name]
            if (lot.remaining > 0 or lot.touched == self.p.period
                    or (first and name in self.p.intake.opening_lots)):
                rows.append([
                    self.codes[lot.home], self.book.entry_text(lot.name),
                    b.member_text(lot.member), self.codes[b.issuer_of(lot.name)],
                    b.month_text(lot.earned_month), b.day_text(lot.expires_on),
                    b.SOURCE_NAMES[lot.source], lot.rating, lot.original, lot.remaining])
        return table("home,lot,member,issuer,earned_month,expires_on,source,rating,original,"
                     "remaining", rows)

    # Statements.

    def statement_lines(self, number, side):
        mine, other = ("creditor", "debtor") if side == "receivable" else ("debtor", "creditor")
        return [(self.codes[getattr(line, other)], line) for line in self.r.lines
                if getattr(line, mine) == number]

    def statement_csv(self, number):
        return table("side,counterparty," + LINE_COLUMNS, (
            [side, counterparty, *line.columns(self.book)]
            for side in ("receivable", "payable")
            for counterparty, line in self.statement_lines(number, side)))

    def statement(self, number):
        working_day = self.p.inputs.working_day
        position = self.r.positions[number]
        names = LINE_COLUMNS.split(",")

        def lines(side):
            return [dict([("counterparty", counterparty)] + list(zip(names, x.columns(self.book)))
                         + [("first_leaf", x.first_leaf)])
                    for counterparty, x in self.statement_lines(number, side)]

        rollforward = None
        if self.book.is_province(number):
            rollforward = dict(zip(("opening", "issued", "redeemed", "expired", "forfeited",
                                    "moved", "closing", "breakage_fen"),
                                   self.r.rollforward(number)))
        suspense = []
        for reason in SUSPENSE_REASONS:
            mine = [i for why, i in self.p.matching.suspense
                    if why == reason and number in (i.sender, i.counterparty, i.partner)]
            if mine:
                suspense.append({"reason": reason, "count": len(mine),
                                 "points": sum(i.points for i in mine)})
        name_zh, name_en = self.book.names[number]
        document = {
            "version": 1, "period": b.month_text(self.p.period), "participant": self.codes[number],
            "number": number, "kind": self.book.kinds[number], "name_zh": name_zh,
            "name_en": name_en,
            "calendar": {word: b.day_text(working_day(self.p.period + 1, n))
                         for word, n in STATEMENT_DAYS},
            "receivable": lines("receivable"), "receivable_total": position[0],
            "payable": lines("payable"), "payable_total": position[1], "net": position[2],
            "brought_forward": position[3], "carried_forward": position[4], "pays": position[5],
            "receives": position[6], "suspense": suspense, "rollforward": rollforward,
            "tree_size": len(self.r.leaves), "root": self.r.root.hex(),
            "cutoff": self.p.cutoff.digest}
        return json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n"
