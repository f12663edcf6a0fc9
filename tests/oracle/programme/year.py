#!/usr/bin/env python3
"""A small made-up year of some provinces with a programme, from a seed.

    year.py --seed N --out DIR [--members 12] [--built]

Writes a rule book, calendars, openings, programmes, day files and runs that are valid by the
documents; among the rows are many that come back. With `--built` it has only what nodes carry
out: the rows that yearrows.BUILT names, no moves, a programme from the first day on.
It plays the homes along with the days, so that rows can look at what members have; that proves
nothing by itself.
"""

import argparse
import json
import os
import random
import sys
from collections import Counter

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]

import basics as b    # noqa: E402
import home    # noqa: E402
import inputs    # noqa: E402
import memberrows    # noqa: E402
import play    # noqa: E402
import yearfile    # noqa: E402
import yearrows    # noqa: E402

CODES = ("AH", "GD", "SH")


class Year:
    def __init__(self, seed, directory, members=12, built=False):
        self.rng, self.directory, self.built = random.Random(seed), directory, built
        os.makedirs(directory, exist_ok=True)
        self.year = 2008
        self.start, self.end = b.day_of("2008-01-01"), b.day_of("2009-02-20")
        self.codes = CODES[:self.rng.choice((2, 3))]
        self.members = {n: [b.member_number(n, s) for s in range(1, members + 1)]
                        for n in range(1, len(self.codes) + 1)}
        self.counts = Counter()
        self.pairs = []         # (province, member, to): who is to follow another one
        self.refunded = {}      # (parent, lot): points given back at other homes
        self.write_base()
        self.write_programmes()
        self.write_runs()
        self.play = play.Play(directory)
        self.makers = {n: yearrows.Maker(self, n) for n in self.members}

    def write(self, name, type_, sender, day, sequence, rows):
        points = fen = 0
        for fields in rows:
            for (_, kind), value in zip(inputs.TYPES[type_][fields[0]], fields[1:]):
                points += int(value) if value and kind.startswith("points") else 0
                fen += int(value) if value and kind.startswith("fen") else 0
        lines = [f"POINTHOUSE,{type_},1,{sender},{b.day_text(day)},{sequence}"]
        lines += [",".join(fields) for fields in rows] + [f"END,{len(rows)},{points},{fen}"]
        data = "".join(line + "\n" for line in lines).encode()
        with open(os.path.join(self.directory, name), "wb") as handle:
            handle.write(data)
        return inputs.raw_of(name, data)

    def write_base(self):
        rules = [["PARTICIPANT", c, str(n), "PROVINCE", "省" + c, "Province " + c]
                 for n, c in enumerate(self.codes, 1)]
        rules += [["PARTICIPANT", "CLR", "100", "CLEARING", "结算中心", "Clearing"],
                  ["PARTICIPANT", "MER2", "102", "MERCHANT", "商户", "Merchant"],
                  ["CONTRACT", "MER2", self.codes[0], "AU", "1", "0", "", "2004-01-01", ""]]
        for version, kind, partner, num, den in (
                (1, "INTER", "", 3, 5), (2, "SALE", "MER2", 4, 5), (3, "REIMBURSE", "MER2", 3, 5),
                (4, "COMMISSION", "MER2", 1, 20)):
            rules.append(["PRICE", str(version), kind, partner, "", "", "", str(num), str(den),
                          "", "", "2004-01-01", ""])
        self.write("rulebook.csv", "RULEBOOK", "CLR", self.start, 0, rules)
        for year in (2008, 2009):
            self.write(f"calendar-{year}.csv", "CALENDAR", "CLR", b.day_of(f"{year}-01-01"), 0,
                       [["YEAR", str(year)]])
        for number, code in enumerate(self.codes, 1):
            rows, place = [], 0
            for member in self.members[number]:
                if self.rng.random() < 0.15:
                    continue
                rows.append(["MEMBER", member])
                for _ in range(self.rng.randint(0, 3)):
                    place += 1
                    rows.append(self.opening_lot(code, member, place))
            self.write(f"opening-{code}.csv", "OPENING_LOTS", code, self.start, 0, rows)

    def opening_lot(self, code, member, place):
        rng = self.rng
        month = b.month_of("2007-12") - rng.randrange(35)
        original = rng.randint(1, 900)
        remaining = original if rng.random() < 0.7 else rng.randint(0, original)
        return ["LOT", f"{code}/20071231/{place}", member, b.month_text(month),
                rng.choice(("CONSUMPTION", "TENURE", "AWARD", "SP")), rng.choice("01"),
                b.day_text(home.expiry_before(month)), str(original), str(remaining)]

    def write_programmes(self):
        effective = self.start + (0 if self.built else self.rng.choice((0, 0, 5, 31)))
        first = yearfile.first_version(self.rng, effective)
        versions = [first]
        if self.rng.random() < 0.5:
            later = self.start + self.rng.randrange(60, 300)
            versions.append(yearfile.second_version(self.rng, first, later))
        for place, data in enumerate(versions, 1):
            path = os.path.join(self.directory, f"programme-{place}.toml")
            with open(path, "w", encoding="utf-8", newline="") as handle:
                handle.write(yearfile.toml_text(data))
        self.programme_from = effective
        self.stars = first["grading"][1]["name"] == "star"
        self.own_stars = first["grading"][1] if first["grading"][1]["name"] == "star-own" else None
        self.award = "LUMP_31DEC" in (first["tenure_award"]["mode"],
                                      first["level_award"]["mode"])

    def write_runs(self):
        runs = []
        for month in range(5, 12) if self.stars else ():
            runs.append({"kind": "GRADE", "grading": "star", "of": f"2008-{month:02d}",
                         "begin": f"2008-{month + 1:02d}-12",
                         "publish": f"2008-{month + 1:02d}-{self.rng.randint(12, 20)}"})
        for month in range(b.month_of("2008-01"), b.month_of("2009-01")) if self.own_stars else ():
            publish = b.first_day(month + 1) + self.own_stars["run_day"] + 8
            runs.append({"kind": "GRADE", "grading": "star-own", "of": b.month_text(month),
                         "publish": b.day_text(publish)})    # It begins by itself.
        if self.award:
            runs.append({"kind": "AWARD", "of": "2008-12", "begin": "2009-01-14",
                         "publish": "2009-01-16"})
        runs.append({"kind": "GRADE", "grading": "level", "of": "2008-12",
                     "begin": "2009-01-18", "publish": "2009-01-19"})
        with open(os.path.join(self.directory, "runs.jsonl"), "w", encoding="utf-8") as handle:
            for run in runs:
                handle.write(json.dumps(run) + "\n")

    def make(self):
        for sequence, day in enumerate(range(self.start, self.end + 1), 1):
            empty = {n: inputs.DayFile(n, day, sequence, []) for n in self.members}
            self.play.open(day, empty)
            self.moves = []
            self.order = sorted(self.members, reverse=day % 2 == 1)
            for number in self.order:
                code = self.codes[number - 1]
                rows = self.makers[number].rows_of(day)
                for fields in rows:
                    self.counts[fields[0]] += 1
                raw = self.write(f"{code}-{b.day_text(day)}-PROVINCE_DAY.csv", "PROVINCE_DAY",
                                 code, day, sequence, rows)
                file = memberrows.day_file(raw, self.play.book)
                self.play.post(number, file)
                batch = self.play.batches[number][-1]
                self.makers[number].over(batch)
                for returned in batch.returned:
                    self.counts["returned " + returned.code] += 1
        return self


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--members", type=int, default=12)
    parser.add_argument("--built", action="store_true", help="only what nodes carry out")
    arguments = parser.parse_args()
    year = Year(arguments.seed, arguments.out, arguments.members, arguments.built).make()
    for name, count in sorted(year.counts.items()):
        print(f"{count:6d} {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
