"""Running the periods: cut-offs, intake, matching, the legs of a period."""

import hashlib
from collections import defaultdict

import basics as b
from batch import PartnerNode
from intake import Intake
from matching import Matching
from node import Node

ZERO_DIGEST = "0" * 64


class Cutoff:
    """The cut-off record of a period: who is included up to where."""

    def __init__(self, inputs, period, sequences, batches):
        self.period = period
        self.sequences = sequences  # sender: last sequence
        book = inputs.book
        self.close = inputs.working_day(period + 1, 3)
        calendar = inputs.calendars[b.date_of(self.close).year]
        rows = [f"PERIOD,{b.month_text(period)}", f"RULEBOOK,{book.digest}",
                f"CALENDAR,{calendar.digest}"]
        rows += [f"OPENING,{book.codes[n]},{inputs.opening_digests[n]}" for n in book.provinces]
        for sender in senders(book):
            last = sequences[sender]
            digest = batches[sender][last - 1].digest.hex() if last else ZERO_DIGEST
            rows.append(f"SENDER,{book.codes[sender]},{last},{digest}")
        head = f"POINTHOUSE,CUTOFF,1,{book.codes[100]},{b.day_text(self.close)},0"
        lines = [head] + rows + [f"END,{len(rows)},0,0"]
        self.text = "".join(line + "\n" for line in lines)

    @property
    def digest(self):
        return hashlib.sha256(self.text.encode()).hexdigest()


def senders(book):
    return book.provinces + book.partners


def seal_all(inputs):
    """Every sender's batches, by sequence: sender -> [Batch]; and their bytes."""
    batches, sealed = {}, {}
    for sender in senders(inputs.book):
        if inputs.book.is_province(sender):
            node = Node(sender, inputs.openings[sender], inputs.book)
        else:
            node = PartnerNode(sender)
        batches[sender] = []
        for file in inputs.day_files(sender):
            batch = node.take(file)
            batches[sender].append(batch)
            sealed[sender, batch.sequence] = batch.seal()
    return batches, sealed


class Period:
    """A settled period."""

    def __init__(self, inputs, intake, period, cutoff, matching, before, opening):
        self.inputs, self.intake, self.period, self.cutoff = inputs, intake, period, cutoff
        self.book = inputs.book
        self.matching = matching
        self.legs = period_legs(matching.legs, before.matching.legs if before else {})
        self.opening = opening              # (issuer, month): points
        self.closing = intake.balances()
        self.returned = intake.returned[period]
        self.flows = intake.flows[period]
        self.breakage = intake.breakage[period]
        self.brought = before.carried if before else defaultdict(int)
        self.carried = defaultdict(int)     # Filled in by lines.Positions.
        for name in set(self.opening) | set(self.closing) | set(self.flows):
            total = self.opening[name] + sum(self.flows[name].values())
            assert total == self.closing[name], "the roll-forward doesn't close"


def period_legs(now, before):
    """Legs of what is settled now, less those of what was settled before."""
    legs = []
    for key in set(now) | set(before):
        old, new = before.get(key, []), now.get(key, [])
        if old != new:
            legs += [leg.negative() for leg in old] + new
    return sorted(legs)


def settle(inputs, asked, finish):
    """Settles the opening's month up to the asked one; returns the last Period.

    `finish(period)` computes what the next period needs (what is carried forward).
    """
    b.need(asked >= inputs.first_month, "a period before the opening")
    batches, _ = seal_all(inputs)
    intake = Intake(inputs.book, inputs.openings)
    taken = {sender: 0 for sender in batches}
    before = None
    for index, period in enumerate(range(inputs.first_month, asked + 1)):
        cutoff = cutoff_of(inputs, period, batches, asked)
        opening = intake.balances()
        for sender in senders(inputs.book):
            last = cutoff.sequences[sender]
            b.need(last >= taken[sender], "a cut-off before the one of the month before")
            for batch in batches[sender][taken[sender]:last]:
                intake.take(batch, period)
            taken[sender] = last
        matching = Matching(inputs.book, dict(intake.active),
                            before.matching.settled_map() if before else {}, index)
        now = Period(inputs, intake, period, cutoff, matching, before, opening)
        finish(now)
        before = now
    return before


def cutoff_of(inputs, period, batches, asked):
    """The record in the input, checked; or, for the asked period, the one that follows."""
    found = inputs.cutoffs.get(period)
    if found is None:
        b.need(period == asked, f"the cut-off record of {b.month_text(period)} is missing")
        end = b.last_day(period)
        sequences = {s: sum(1 for batch in batches[s] if batch.business_day <= end)
                     for s in batches}
        return Cutoff(inputs, period, sequences, batches)
    raw, rows = found
    sequences = {row["sender"]: row["sequence"] for row in rows if row["kind"] == "SENDER"}
    b.need(set(sequences) == set(batches), f"{raw.name}: senders")
    for sender, last in sequences.items():
        b.need(last <= len(batches[sender]), f"{raw.name}: batch {last} of {sender} is missing")
    cutoff = Cutoff(inputs, period, sequences, batches)
    ours, theirs = cutoff.text.splitlines(), raw.data.decode().splitlines()
    if period < asked:   # The rule book and the calendar may have grown since.
        ours, theirs = ([row for row in rows if not row.startswith(("RULEBOOK,", "CALENDAR,"))]
                        for rows in (ours, theirs))
    b.need(ours == theirs, f"{raw.name}: the record does not fit the input")
    return cutoff

