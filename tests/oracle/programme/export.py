#!/usr/bin/env python3
"""Plays what a journal says, from its export alone: `pointhouse journal show --json`, and the
blobs of files and programmes that it cites (docs/journal.md, docs/formats.md).

    export.py JOURNAL.json BLOBS [OUT]

Files are taken where `DAY` has them, runs begin and take effect where `RUN` and `RUN_PUBLISH`
stand, live events where `LIVE` and `MEMBER` do. Runs that begin by themselves are made here by the
date alone; the journal's word about them is only compared. So are the batches (`SEAL`), the
digests of what was published (`RUN_PUBLISH`) and the clearing's thresholds (`THRESHOLDS`) of one
province: `faults` has what isn't as it is here. Live events of a day that isn't open yet, or whose
day before isn't sealed, aren't played: the page has them put off.
"""

import hashlib
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]

import amounts    # noqa: E402
import basics as b    # noqa: E402
import inputs    # noqa: E402
import live    # noqa: E402
import memberrows    # noqa: E402
import outfiles    # noqa: E402
import play    # noqa: E402
import rating    # noqa: E402
import sections    # noqa: E402

# What changes nothing of a home by itself: steps are of what stands elsewhere, receipts and advices
# are other parties' words, intents concern other homes' members until they are answered.
OF_NO_EFFECT = ("SLICE", "RUN_SLICE", "RECEIPT", "ADVICES", "RULES", "OPENING", "PROGRAMME",
                "ASKING")

NOT_COUNTED = (*memberrows.BELOW, "CORRECT")    # rows that belong to another one


class Export:
    """What was exported: commands in their order, blobs by their digests."""

    def __init__(self, journal, blobs):
        """`journal`: path of the JSON; `blobs`: folder of files called by their digests."""
        self.blobs = blobs
        with open(journal, encoding="utf-8") as handle:
            told = json.load(handle)
        b.need(told["damage"] == "", f"the journal is damaged: {told['damage']}")
        blocks = told["blocks"]
        b.need([block["block"] for block in blocks] == list(range(1, told["last"] + 1)),
               "the export has all blocks, from the first one on")
        self.commands = [command for block in blocks for command in block["commands"]]

    def blob(self, digest):
        with open(os.path.join(self.blobs, digest[:2], digest), "rb") as handle:
            data = handle.read()
        b.need(hashlib.sha256(data).hexdigest() == digest, f"blob {digest} isn't its digest's")
        return data

    def blobs_of(self, name):
        return [self.blob(command["blob"]) for command in self.commands
                if command["name"] == name]

    def raw(self, digest):
        return inputs.raw_of(digest[:16], self.blob(digest))


class Replay(play.Play):
    """The second implementation's home, moved by the journal's commands."""

    def __init__(self, export, sealed=None):
        """`sealed`: told each batch, its own bytes and those of the node, as they are sealed; then
        batches of before the last month aren't kept."""
        self.export, self.told, self.faults = export, sealed, []
        rules = export.blobs_of("RULES")
        b.need(len(rules) == 1, "one rule book")
        programmes = sections.ProgrammeBook([
            sections.Programme(data.decode("utf-8")) for data in export.blobs_of("PROGRAMME")])
        self.programme_digests = {
            programme.version: hashlib.sha256(data).digest()
            for programme, data in zip(programmes.versions, export.blobs_of("PROGRAMME"))}
        self.begin(inputs.RuleBook(inputs.raw_of("rules", rules[0])), programmes,
                   [inputs.raw_of("opening", data) for data in export.blobs_of("OPENING")])
        b.need(len(self.homes) == 1, "one province's journal")
        self.number, self.home = next(iter(self.homes.items()))
        self.code = self.book.codes[self.number]
        self.gradings = list(dict.fromkeys(
            grading.name for version in programmes.versions for grading in version.grading))
        self.file = None         # of the open day, until its rows are posted
        self.day = None          # the open day
        self.ordered = []        # runs that were published while no day was open
        self.runs_told = {}      # number: key, as the journal says
        self.runs_begun = {}     # number: Run, of an operator
        self.live = live.Desk(self.home)
        self.rows_posted = self.lives = 0

    def play(self):
        for command in self.export.commands:
            name = command["name"]
            if name == "SLICE":
                self.live.run_out(command["at"])
            if name == "SLICE" and command["version"] == 1 and self.file is not None:
                self.post_rows()
            elif name not in OF_NO_EFFECT:
                getattr(self, "do_" + name.lower())(command)
        self.compare_numbers()
        return self

    def fault(self, what):
        self.faults.append(what)

    # Days.

    def begin_day(self, command):
        self.day = b.day_of(command["date"])
        self.open_home(self.number, inputs.DayFile(self.number, self.day, command["sequence"], []))
        self.live.open(self.day)
        for run in self.ordered:
            self.home.publish(run)
        self.ordered = []

    do_open = begin_day

    def do_day(self, command):
        if self.day is None:
            self.begin_day(command)
        b.need(self.day == b.day_of(command["date"]), "a file of another day than the open one")
        raw = self.export.raw(command["blob"])
        rows = sum(fields[0] not in NOT_COUNTED for _, fields in raw.lines)
        b.need((raw.day, raw.sequence, rows) == (self.day, command["sequence"], command["rows"]),
               "the file is what DAY says")
        self.file = memberrows.day_file(raw, self.book)
        self.home.rules_of_before = command["version"] == 1

    def post_rows(self):
        """All of them: slices go on to the file's end before anything else of a day is done."""
        file, self.file = self.file, None
        self.rows_posted += len(file.rows)
        self.home.post(file)
        self.note_left(self.number, file)

    def do_seal(self, command):
        b.need(self.file is None and self.day == b.day_of(command["date"]), "a day to be sealed")
        self.live.close()
        batch = self.home.close_day()
        self.batches[self.number].append(batch)
        self.day = None
        ours, theirs = batch.seal(), self.export.blob(command["blob"])
        if ours != theirs or batch.digest.hex() != command["batch"]:
            self.fault(f"{command['date']}: another batch")
        if self.told is not None:
            self.told(batch, ours, theirs)
            first = b.first_day(b.month_of_day(batch.business_day) - 1)
            while self.batches[self.number][0].business_day < first:
                del self.batches[self.number][0]

    # Runs.

    def do_run(self, command):
        # Gradings have the numbers of their names, in the order in which they first appear.
        grading = self.gradings[command.get("grading", 0)] if command["run"] == "GRADE" else ""
        key, number = (command["run"], grading, b.month_of(command["of"])), command["number"]
        self.runs_told[number] = key
        if key in self.home.numbers and number not in self.runs_begun:
            return    # It has begun here by itself.
        b.need(key[0] in ("AWARD", "GRADE"), f"{key} begins by itself, and not here")
        if self.day is None:    # Counted is the state behind the last day, by this day's date.
            self.home.day = b.day_of(command["at"][:10])
        run = self.home.count(*key)
        self.runs_begun[number] = run

    def do_thresholds(self, command):
        """The clearing's line, held against what the histogram here gives."""
        run = self.runs_begun[command["number"]]
        b.need(command["text"] != "", "thresholds of the clearing, not the last ones")
        programme = self.programmes.of_day(b.last_day(run.reference))
        cuts = sorted(((row.level, row.percent) for row in programme.cut
                       if row.grading == run.grading), key=lambda cut: cut[1])
        units = sum(run.histogram.values())
        ours = amounts.cut_thresholds(run.histogram, cuts, run.scale,
                                      programme.score_of(run.rule).threshold_round)
        text = rating.thresholds_text(run.grading, run.reference,
                                      self.programme_digests[programme.version], units, run.scale,
                                      ours)
        if text != command["text"]:
            self.fault(f"thresholds {command['text']}, not {text}")
        self.ratings[run.grading, run.reference] = units, run.scale, ours
        self.home.grade_by(run, ours)

    def do_run_publish(self, command):
        number = command["number"]
        run = self.runs_begun.get(number)
        of = run or next((r for r in self.home.runs if r.key == self.runs_told[number]), None)
        if of is None:
            self.fault(f"run {number} is published, and isn't there")
            return
        digest = hashlib.sha256(outfiles.of_run(self.code, of, number)[1].encode()).hexdigest()
        if digest != command["preview"]:
            self.fault(f"run {number}, {of.key}: published {command['preview']}, not {digest}")
        if run is None:
            return    # It publishes itself.
        if self.day is None:
            self.ordered.append(run)
        else:
            self.home.publish(run)

    def do_run_drop(self, command):
        run = self.runs_begun.get(command["number"])
        b.need(run is not None, "a run that an operator began is dropped")
        self.home.drop(run)

    def compare_numbers(self):
        """Runs that began by themselves are those of the journal, under the same numbers."""
        ours = {number: key for key, number in self.home.numbers.items()}
        if ours != self.runs_told:
            self.fault(f"runs {self.runs_told}, not {ours}")

    # Live.

    def do_live(self, command):
        self.lives += 1
        self.live.take(live.row_of_event(command, self.book), command["at"])

    def do_member(self, command):
        self.lives += 1
        self.live.take(live.row_of_bytes(bytes.fromhex(command["payload"])), command["at"])

    def all_files(self):
        """name: text of all that the node has written but for FIXED_LINE: files of runs that an
        operator began, too."""
        out = self.own_files(self.number)
        for run in self.home.runs:
            name, text = outfiles.of_run(self.code, run, self.home.numbers[run.key])
            out[name] = text
        return out


def main():
    replay = Replay(Export(sys.argv[1], sys.argv[2])).play()
    if len(sys.argv) > 3:
        play.write_tables(replay.tables(), sys.argv[3])
    print("\n".join(replay.faults) or
          f"{len(replay.batches[replay.number])} batches, {replay.rows_posted} rows, "
          f"{replay.lives} live events: the same")
    return 1 if replay.faults else 0


if __name__ == "__main__":
    sys.exit(main())
