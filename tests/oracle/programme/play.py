#!/usr/bin/env python3
"""Plays a folder: programmes, openings, day files, runs; writes what came of it as CSV.

    play.py IN OUT

IN holds one RULEBOOK, an OPENING_LOTS of each province that plays, PROVINCE_DAY files, versions
of the programme (*.toml), and `runs.jsonl`, a line a run:

    {"kind": "AWARD", "of": "2008-12", "begin": "2009-01-05", "publish": "2009-01-06"}

kind is AWARD or GRADE (with "grading"); "province" leaves the others out; without "publish" it
isn't published. A run begins, and is published, behind the opening of the day named and before
its rows. A grading of the clearing is one run of all provinces (or of "provinces"): the
histograms are merged when all have begun, and each is graded with its publication. MONTHLY
gradings that publish themselves, notices and the month's figures begin by themselves.
"""

import glob
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]

import amounts    # noqa: E402
import basics as b    # noqa: E402
import figures    # noqa: E402
import inputs    # noqa: E402
import memberrows    # noqa: E402
import outfiles    # noqa: E402
import sections    # noqa: E402
from runs import Home    # noqa: E402

def programmes_of(directory):
    found = []
    for path in sorted(glob.glob(os.path.join(directory, "*.toml"))):
        with open(path, encoding="utf-8") as handle:
            found.append(sections.Programme(handle.read()))
    return sections.ProgrammeBook(found)


class Play:
    def __init__(self, directory, order=None):
        raws = [inputs.read_raw(path)
                for path in sorted(glob.glob(os.path.join(directory, "*.csv")))]
        self.begin(inputs.RuleBook(next(r for r in raws if r.type == "RULEBOOK")),
                   programmes_of(directory), [r for r in raws if r.type == "OPENING_LOTS"])
        for raw in raws:
            if raw.type == "PROVINCE_DAY":
                file = memberrows.day_file(raw, self.book)
                self.files.setdefault(file.day, {})[file.sender] = file
        self.plan = runs_of(directory)
        self.order = order or sorted(self.homes)    # Provinces change nothing for each other.

    def begin(self, book, programmes, openings):
        """The homes as their opening files (raw ones) say."""
        self.book, self.programmes = book, programmes
        self.files, self.homes, self.batches, self.kpis = {}, {}, {}, []
        self.openings, self.figures, self.ratings, self.plan = {}, {}, {}, []
        self.standings = {}    # number: {name: text}
        for raw in openings:
            number = book.number(raw.sender)
            opening = [inputs.parse_row(inputs.OPENING_ROWS, f, book, raw.name, n)
                       for n, f in raw.lines]
            self.homes[number] = Home(number, opening, programmes, partner_codes=book.codes)
            self.batches[number], self.openings[number] = [], opening
        self.order = sorted(self.homes)

    def play(self):
        for day in sorted(self.files):
            present = self.open(day, self.files[day])
            for number in present:
                self.post(number, self.files[day][number])

    def open(self, day, files):
        """Opens the day of all provinces that have a file; runs begin and are published."""
        present = [n for n in self.order if n in files]
        for number in present:
            self.open_home(number, files[number])
        self.begin_runs(day)
        self.publish_runs(day)
        return present

    def open_home(self, number, file):
        """The opening of one home's day, with the runs that begin by themselves."""
        over = self.month_over(number, file.day)
        self.homes[number].open_day(file)
        if over:    # A node's notices come first.
            name, text = outfiles.figures(self.homes[number], self.book.codes[number], *over,
                                          self.book.codes)
            self.figures.setdefault(number, {})[name] = text

    def post(self, number, file):
        self.homes[number].post(file)
        self.batches[number].append(self.homes[number].close_day())
        self.note_left(number, file)

    def note_left(self, number, file):
        self.standings.setdefault(number, {}).update(
            outfiles.standings(self.homes[number], file, self.book))

    def month_over(self, number, day):
        home, batches = self.homes[number], self.batches[number]
        month = b.month_of_day(day) - 1
        if not batches or b.month_of_day(batches[-1].business_day) != month or \
                self.programmes.of_day(b.last_day(month)) is None or home.programme is None:
            return None
        rows = figures.rows_of(home, month, batches, self.book)
        self.kpis.append((number, month, rows))
        return month, rows

    def takers(self, run):
        if "province" in run:
            return [self.book.number(run["province"])]
        if "provinces" in run:
            chosen = [self.book.number(code) for code in run["provinces"]]
            return [n for n in self.order if n in chosen]
        return self.order

    def begin_runs(self, day):
        for run in self.plan:
            if "begin" not in run or b.day_of(run["begin"]) != day:
                continue
            reference = b.month_of(run["of"])
            run["runs"] = {number: self.homes[number].count(
                run["kind"], run.get("grading", ""), reference) for number in self.takers(run)}
            if any(r.state == "WAITING" for r in run["runs"].values()):
                self.rate(run)

    def rate(self, run):
        """The clearing: merges the histograms, cuts them, tells everybody."""
        runs = list(run["runs"].values())
        rule = runs[0].rule
        programme = self.programmes.of_day(b.last_day(runs[0].reference))
        cuts = sorted(((r.level, r.percent) for r in programme.cut if r.grading == rule.name),
                      key=lambda c: c[1])
        merged = amounts.merged([r.histogram for r in runs])
        thresholds = amounts.cut_thresholds(merged, cuts, runs[0].scale,
                                            programme.score_of(rule).threshold_round)
        self.ratings[rule.name, runs[0].reference] = (sum(merged.values()), runs[0].scale,
                                                      thresholds)
        for number, one in run["runs"].items():
            self.homes[number].grade_by(one, thresholds)

    def publish_runs(self, day):
        for run in self.plan:
            if run.get("publish") and b.day_of(run["publish"]) == day:
                for number, one in (run.get("runs") or self.own_runs(run)).items():
                    self.homes[number].publish(one)

    def own_runs(self, said):
        """Of what an operator publishes: those that have begun by themselves."""
        key = said["kind"], said["grading"], b.month_of(said["of"])
        return {number: one for number in self.takers(said)
                for one in self.homes[number].runs if one.key == key}

    # What came of it.

    def own_files(self, number):
        """Of runs that begin by themselves, and of who left by a row: name: text."""
        return {**outfiles.notices(self.homes[number], self.book.codes[number]),
                **self.figures.get(number, {}), **self.standings.get(number, {})}

    def tables(self):
        """name -> rows; all in an order that doesn't depend on who came first."""
        out = {name: [] for name in ("balances", "lots", "debts", "grades", "flags", "awards",
                                     "standards", "thresholds", "notices", "returned", "orders",
                                     "fixed_line", "top_up", "kpi", "scores")}
        for number in sorted(self.homes):
            self.member_tables(out, number, self.homes[number])
            self.run_tables(out, number, self.homes[number])
        text = self.book.codes
        for number, month, rows in sorted(self.kpis):
            out["kpi"] += [[text[number], b.month_text(month), *row] for row in rows]
        for (grading, month), (units, scale, cuts) in sorted(self.ratings.items()):
            for level, percent, rank, score, threshold in cuts:
                out["thresholds"].append([grading, b.month_text(month), units, scale, level,
                                          percent, rank, b.fraction_text(score), threshold])
        return out

    def member_tables(self, out, number, home):
        code, last = self.book.codes[number], self.batches[number][-1].business_day
        for member in sorted(home.accounts):
            account, person = home.accounts[member], home.person(member)
            if not account.home:
                continue
            name = b.member_text(member)
            left = sum(lot.remaining for lot in account.lots.values())
            effective = person.effective_on(home.programme, last) if home.programme else ""
            out["balances"].append([code, name, left, sum(
                lot.held for lot in account.lots.values()), sum(account.debts.values()),
                int(account.closed), effective])
            for lot in account.canonical():
                origin = home.origin.get(lot.name)
                out["lots"].append([code, name, self.book.entry_text(lot.name),
                                    b.month_text(lot.earned_month),
                                    b.SOURCE_NAMES[lot.source], lot.rating,
                                    b.day_text(lot.expires_on), lot.original, lot.remaining,
                                    origin.name if origin else ""])
            out["debts"] += [[code, name, self.book.codes[issuer], points]
                             for issuer, points in sorted(account.debts.items())]
            for grading, held in sorted(person.grades.items()):
                out["grades"] += [[code, name, grading, g.level, b.day_text(g.first),
                                   b.day_text(g.last) if g.last < 36525 else "", g.reason]
                                  for g in held]
            out["flags"] += [[code, name, flag, b.month_text(first), b.month_text(until)]
                             for flag, (first, until) in sorted(person.flags.items())]
        for id_ in sorted(home.orders):
            order = home.orders[id_]
            out["orders"].append([self.book.id_text(id_), b.member_text(order["member"]),
                                  order["item"].name, order["quantity"], order["points"],
                                  order["cash"], order["state"]])

    def run_tables(self, out, number, home):
        code = self.book.codes[number]
        for run in home.runs:
            head = [code, run.grading, b.month_text(run.reference), run.state]
            for row in run.preview if run.kind == "AWARD" else []:
                out["awards"].append(head[:1] + head[2:] + [text_of(v) for v in row])
            if run.kind == "GRADE":
                out["standards"] += [head + [text_of(v) for v in row] for row in run.preview
                                     if row[0] in ("STANDARD", "COUNT")]
                out["scores"] += [head + [b.member_text(member), level, score]
                                  for member, level, score in sorted(run.results)]
        out["notices"] += [[code, b.day_text(made), b.day_text(run), b.member_text(member),
                            points] for made, run, member, points in home.notices]
        out["fixed_line"] += [[code, b.day_text(day), self.book.id_text(id_),
                               b.member_text(member), units]
                              for day, id_, member, units in home.fixed_line]
        out["top_up"] += [[code, b.day_text(day), self.book.id_text(id_), b.member_text(member),
                           b.member_text(whose), fen]
                          for day, id_, member, whose, fen in home.top_up]
        for batch in self.batches[number]:
            out["returned"] += [[code, b.day_text(batch.business_day), r.entry, r.kind, r.code]
                                for r in batch.returned]


def text_of(value):
    if value is None:
        return ""
    return value if isinstance(value, str) else b.fraction_text(value)


def runs_of(directory):
    path = os.path.join(directory, "runs.jsonl")
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as handle:
        return [json.loads(line) for line in handle if line.strip()]


def write_tables(tables, directory):
    os.makedirs(directory, exist_ok=True)
    for name, rows in tables.items():
        with open(os.path.join(directory, name + ".csv"), "w", encoding="utf-8",
                  newline="") as handle:
            for row in rows:
                handle.write(",".join(str(value) for value in row) + "\n")


def main():
    play = Play(sys.argv[1])
    play.play()
    write_tables(play.tables(), sys.argv[2])
    for number in play.homes:
        for name, text in play.own_files(number).items():
            with open(os.path.join(sys.argv[2], name), "w", encoding="utf-8",
                      newline="") as handle:
                handle.write(text)
    for number, batches in play.batches.items():
        for batch in batches:
            name = f"{play.book.codes[number]}-{b.day_text(batch.business_day)}.phb"
            with open(os.path.join(sys.argv[2], name), "wb") as handle:
                handle.write(batch.seal())
    return 0


if __name__ == "__main__":
    sys.exit(main())
