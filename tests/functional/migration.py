#!/usr/bin/env python3
"""A province comes over from an older system, as docs/operating.md tells it: lots with their
original expiry and issuer, debts, accounts, 24 months of spend, grades and flags; with the sum that
the page names at each step. Then it lives: bills, a notice, an expiry run on the exact original
date, an award and a yearly grading that count the spend of before, and the months' figures, whose
points are those of the clearing's roll-forward, quarters and breakage. All of it also as the second
implementation has it, batches and files to the byte, and killed while it comes over.

PH_SEEDS=N: another province.
"""

import csv
import datetime
import json
import os
import random
import re
from fractions import Fraction

import _programme_world as w
from _pointhouse import fail, run

import basics as b  # noqa: E402
import shipped  # noqa: E402
import yearfile  # noqa: E402

MEMBERS = 120
FIRST = datetime.date(2008, 11, 1)
EXPIRY = datetime.date(2009, 1, 1)
MONTHS = ("2008-11", "2008-12", "2009-01")
LEVELS = ("ordinary", "vip-card", "silver", "gold", "diamond")
LEGACY, LEGACY_UNTIL = "legacy-gold", "2008-12"
POINTS = ["node_after_append:2", "node_before_append:3", "node_after_append:9", "node_sealing"]
SPENT_FROM, SPENT_TO = b.month_of("2006-11"), b.month_of("2008-10")


def need(condition, what):
    if not condition:
        fail(what)


def day(text):
    return datetime.date.fromisoformat(text)


def programme():
    """China Telecom's, with cards of an older scheme, and limits that don't bear."""
    data = shipped.data_of("china-telecom")
    data["limits"] = {"single_max": 0, "daily_max": 0, "earned_min": 0, "new_days": 0}
    data["flag"] = [{"name": LEGACY, "by": "LEGACY"}]
    data["effective"]["order"] = [LEGACY, *data["effective"]["order"]]
    for queue in data["queue"]:
        if queue["name"] == "high":
            queue["grades"] = [LEGACY, *queue["grades"]]
    data["grading"] = [row for row in data["grading"] if row["name"] == "level"]
    data["threshold"] = [row for row in data["threshold"] if row["grading"] == "level"]
    del data["score"]
    return yearfile.toml_text(data)


def expires(month):
    """By the quarter, three years on."""
    year, of = 2000 + month // 12, month % 12 + 1
    end = (of - 1) // 3 * 3 + 4
    return datetime.date(year + 3 + (end > 12), (end - 1) % 12 + 1, 1)


class Province:
    """What the older system hands over, and what the province's billing brings afterwards; besides
    a ledger of its own of what each member has left: [expiry, earned month, lot, points]."""

    def __init__(self, rng):
        self.rng, self.lots, self.debts, self.opening = rng, {}, {}, []
        self.accounts, self.spend, self.grade, self.legacy = [], {}, {}, set()
        for n in range(1, MEMBERS + 1):
            self.member(n)

    def member(self, n):
        number, rng = w.member(n), self.rng
        self.opening.append(["MEMBER", number])
        self.lots[n] = []
        for k in range(rng.choice((0, 2, 4, 7))):
            month = rng.randrange(b.month_of("2005-10"), b.month_of("2008-10"))
            issuer, original = rng.choice((w.CODE, w.CODE, w.CODE, "P02")), rng.randrange(50, 900)
            left = rng.choice((original, original, rng.randrange(1, original)))
            name = f"{issuer}/20081031/{n * 10 + k}"
            self.lots[n].append([expires(month), month, name, left])
            self.opening.append(["LOT", name, number, b.month_text(month), "CONSUMPTION", "1",
                                 str(expires(month)), str(original), str(left)])
        if n % 17 == 0:
            self.debts[n] = rng.randrange(5, 90)
            self.opening.append(["DEBT", number, w.CODE, str(self.debts[n])])
        for k in range(rng.choice((1, 1, 2))):
            joined = rng.randrange(b.month_of("2002-01"), b.month_of("2008-09"))
            self.accounts.append((f"A{n}-{k}", n, joined))
        if rng.random() < 0.4:
            self.grade[n] = rng.choice(LEVELS[1:])
        if n % 19 == 0:
            self.legacy.add(n)

    def brought(self):
        """Rows of the first day, in the page's order."""
        rows = []
        for name, n, joined in self.accounts:
            rows.append(("ACCOUNT", name, w.member(n), b.month_text(joined), "MOBILE_3G", 0, 1,
                         n % 3 + 1))
        rows += [("PROFILE", "", w.member(n)) for n in self.lots if n % 23]
        for name, n, joined in self.accounts:
            for month in range(max(joined, SPENT_FROM), SPENT_TO + 1):
                # What the older system gave no points for isn't counted here either.
                earned = 0 if n % 29 == 0 and month % 5 == 0 else 1
                fen = self.rng.randrange(1_000, 60_000)
                self.spend[name, month] = fen if earned else 0
                rows.append(("SPENT", name, w.member(n), b.month_text(month), fen, earned))
        rows += [("GRADE", w.member(n), "level", level, "2008-01-01", "2009-01-01")
                 for n, level in self.grade.items()]
        rows += [("LEGACY", w.member(n), LEGACY, LEGACY_UNTIL) for n in sorted(self.legacy)]
        return rows

    def bills(self, month):
        rows, of = [], b.month_of(month)
        for name, n, joined in self.accounts:
            fen = self.rng.randrange(1_000, 60_000)
            if n % 23:
                self.spend[name, of] = fen
                self.earn(n, of, name, fen // 100)
            rows.append(("BILL", name, w.member(n), month, fen))
        return rows

    def earn(self, n, month, name, points):
        """A debt is repaid first."""
        repaid = min(self.debts.get(n, 0), points)
        if repaid:
            self.debts[n] -= repaid
        self.lots[n].append([expires(month), month, name, points - repaid])

    def redeems(self, step, points):
        """By those who have so many and owe nothing; first expiry first."""
        rows = []
        for n in range(step, MEMBERS, step):
            mine = sorted(self.lots[n])
            if self.debts.get(n, 0) or sum(lot[3] for lot in mine) < points:
                continue
            rows.append(("REDEEM", "", w.member(n), points, "PHONE_CREDIT", w.CODE, "", "", "", ""))
            left = points
            for lot in mine:
                taken = min(left, lot[3])
                lot[3] -= taken
                left -= taken
        return rows

    def due(self, on):
        """Members and what they have that expires then."""
        found = {n: sum(lot[3] for lot in mine if lot[0] == on) for n, mine in self.lots.items()}
        return {n: points for n, points in found.items() if points}

    def total(self):
        return sum(lot[3] for mine in self.lots.values() for lot in mine) - \
            sum(self.debts.values())


class Life:
    """The province's files, and what the test itself expects of them."""

    def __init__(self, folder, rng):
        province = self.province = Province(rng)
        self.opened = province.total()
        self.files = w.Files(folder, FIRST, [["PARTICIPANT", "P02", "2", "PROVINCE", "二", "Two"]],
                             province.opening)
        # P02 has issued some of the lots, and does nothing here: the clearing alone has its file.
        self.files.write("opening-P02.csv", "OPENING_LOTS", "P02", FIRST, 0, [])
        self.issuer = folder.parent / "opening-P02.csv"
        (folder / "opening-P02.csv").rename(self.issuer)
        for year in (2008, 2009):
            self.files.write(f"calendar-{year}.csv", "CALENDAR", "CLR", f"{year}-01-01", 0,
                             [["YEAR", str(year)]])
        self.files.programme(programme())
        self.brought = province.brought()
        again = next(row for row in self.brought if row[0] == "SPENT" and row[3] == "2008-10")
        add = self.files.day
        add(FIRST, self.brought)
        # October came along, so its bill is a double.
        add("2008-11-10", [("BILL", *again[1:5]), *province.redeems(3, 70)])
        self.noticed = province.due(EXPIRY)
        add("2008-12-01", [])
        add("2008-12-03", province.bills("2008-11"))
        add("2008-12-10", province.redeems(4, 90))
        self.expired = sum(province.due(EXPIRY).values())
        for mine in province.lots.values():
            mine[:] = [lot for lot in mine if lot[0] != EXPIRY]
        add(EXPIRY, [])
        add("2009-01-03", province.bills("2008-12"))
        add("2009-01-05", province.redeems(5, 40))
        for date in ("2009-01-06", "2009-01-07", "2009-01-08"):
            add(date, [])
        self.lived = province.total()    # without the awards
        add("2009-02-03", province.bills("2009-01"))
        self.files.runs(
            {"kind": "AWARD", "of": "2008-12", "begin": "2009-01-05", "publish": "2009-01-06",
             "province": w.CODE},
            {"kind": "GRADE", "grading": "level", "of": "2008-12", "begin": "2009-01-07",
             "publish": "2009-01-08", "province": w.CODE})

    def cohorts(self):
        """Tenure bands by hand: from: [accounts, fen of 2008]."""
        found = {}
        for name, n, joined in self.province.accounts:
            if n % 23 == 0:    # without a profile
                continue
            months = b.month_of("2008-12") - joined
            band = next(of for of in (61, 49, 37, 25, 13, 7, 0) if months >= of)
            size, fen = found.get(band, (0, 0))
            year = range(b.month_of("2008-01"), b.month_of("2008-12") + 1)
            found[band] = size + 1, fen + sum(self.province.spend.get((name, m), 0) for m in year)
        return found


def returned(world, date):
    text = (world.node.inbox / "accepted" / f"{w.CODE}-{date}.posted.csv").read_text("utf-8")
    return text.splitlines()[1:]


def come_over(world, life, folder, batches):
    """Day one, with the sums of the page; killed at some points of it, it ends the same."""
    world.open()
    world.node.stop()
    prepared = folder / "prepared"
    world.copy_to(prepared)
    for point in [*POINTS, None]:
        world.bring_back(prepared)
        world.clock(FIRST)
        world.start(**w.killed_at(point))
        deaths = world.play_day(FIRST)
        need(bool(point) == bool(deaths), f"{point} was passed")
        need(world.batch(FIRST) == batches[str(FIRST)], f"killed at {point}: the batch")
        if point:
            world.node.stop()
    told = world.node.status()["programme"]
    accounts = len(life.province.accounts)
    need((told["members"], told["accounts"]) == (MEMBERS, accounts), f"{told}, not {accounts}")
    need(not returned(world, FIRST), f"nothing of it comes back: {returned(world, FIRST)}")
    need(left_at(world) == life.opened, f"{left_at(world)}, not {life.opened}")
    for n, level in life.province.grade.items():
        told = json.loads(run("node", "programme", "member", w.member(n), "--json", "--on",
                              "2008-11-02", "--config", world.node.config))
        want = LEGACY if n in life.province.legacy else level
        need((told["grades"][0]["level"], told["grades"][0]["reason"], told["effective"]) ==
             (level, "MIGRATION", want), f"{n}: {told['grades'][0]} {told['effective']}")
    metrics = world.node.ask("GET", "/metrics")[1]
    need(re.search(r"^pointhouse_node_programme_version(?:\{.*\})? 1$", metrics, re.MULTILINE),
         "the metric says which version is in force")


def left_at(world):
    """What all members have, as the node tells of each."""
    left = 0
    for n in range(1, MEMBERS + 1):
        told = json.loads(world.node.ask("GET", f"/v1/members/{w.member(n)}")[1])
        left += told["points"] - told["debts"]
    return left


def live_on(world, life):
    """The days behind it; the runs between them."""
    said = {day("2009-01-05"): ("begin", "AWARD"), day("2009-01-06"): ("publish", "AWARD"),
            day("2009-01-07"): ("begin", "GRADE"), day("2009-01-08"): ("publish", "GRADE")}
    for date, _ in life.files.days[1:]:
        word, kind = said.get(date, ("", ""))
        grading = "level" if kind == "GRADE" else ""
        world.looks_for = kind, grading
        if word == "begin":
            world.order("begin", "--kind", kind, "--of", "2008-12",
                        *(["--grading", grading] if grading else []))
            world.wait_for_run("COUNTED")
            metrics = world.node.ask("GET", "/metrics")[1]
            need("pointhouse_node_runs_undecided" in metrics, "the metric of what waits")
        elif word == "publish":
            world.order("publish", "--number", world.run_number_of(), "--officer", w.OFFICER)
        world.live(date)
        if word == "publish":
            world.wait_for_run("DONE")
        world.seal(date)
    double = returned(world, "2008-11-10")
    need(len(double) == 1 and double[0].endswith(",DUPLICATE"), f"October's bill: {double}")


def check_runs(world, life, tables):
    """The award by hand and by the second implementation; the grades by the latter."""
    lines = (world.out / "P01-2008-12-31-AWARD.csv").read_text("utf-8").splitlines()[1:-1]
    told = {int(row[1]): (int(row[4]), int(row[5])) for row in
            (line.split(",") for line in lines) if row[0] == "TENURE" and int(row[4])}
    need(told == life.cohorts(), f"the award: {told}, by hand {life.cohorts()}")
    for row in (line.split(",") for line in lines if line.startswith("TENURE")):
        size, fen = int(row[4]), int(row[5])
        each = Fraction(row[3]) * fen / size / 100 if size else Fraction(0)
        need((Fraction(row[7]), int(row[8])) == (each, each.__floor__()), f"{row}")
    want = [",".join(map(str, [kind, first, *([to] if kind == "TENURE" else []), *rest]))
            for _, _, _, kind, first, to, *rest in tables["awards"]]
    need(lines == want, "the award:\n" + "\n".join(lines) + "\nand:\n" + "\n".join(want))
    grades = (world.out / "P01-2008-12-31-GRADE-level.csv").read_text("utf-8").splitlines()[1:-1]
    want = [",".join(map(str, row[4:])) for row in tables["standards"]]
    need(grades == want, "grades:\n" + "\n".join(grades) + "\nand:\n" + "\n".join(want))
    return sum(int(row[4]) * int(row[8]) for row in (line.split(",") for line in lines)
               if row[0] == "TENURE") + \
        sum(int(row[3]) * int(row[7]) for row in (line.split(",") for line in lines)
            if row[0] == "LEVEL")


def settle(world, life, folder):
    """The sealed batches by `settle`, month after month: its folder of each."""
    inputs = folder / "inputs"
    inputs.mkdir()
    (inputs / life.issuer.name).write_bytes(life.issuer.read_bytes())
    for name in ("rulebook.csv", "opening.csv", "calendar-2008.csv", "calendar-2009.csv"):
        (inputs / name).write_bytes((life.files.folder / name).read_bytes())
    for date, _ in life.files.days:
        (inputs / f"{w.CODE}-{date}.phb").write_bytes(world.batch(date))
    found = {}
    for month in MONTHS:
        found[month] = folder / f"settled-{month}"
        run("settle", "--in", inputs, "--period", month, "--out", found[month], "--quiet")
        record = found[month] / "cutoff.csv"
        (inputs / f"cutoff-{month}.csv").write_bytes(record.read_bytes())
    return found


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def check_figures(world, settled):
    """The node's figures of each month, against what the clearing makes of its batches."""
    for month in MONTHS:
        told = json.loads(run("node", "kpi", "--of", month, "--json", "--config",
                              world.node.config))
        counts = told["counts"]
        forward = rows_of(settled[month] / "rollforward.csv")
        for name in ("opening", "issued", "redeemed", "expired", "forfeited", "moved", "closing"):
            want = sum(int(row[name]) for row in forward)
            need(counts[name] == want, f"{month} {name}: {counts[name]}, the clearing {want}")
        quarters = {(row["issuer"], row["quarter"]): int(row["closing"])
                    for row in rows_of(settled[month] / "quarters.csv") if int(row["closing"])}
        liability = {(row["issuer"], row["quarter"]): row["points"] for row in told["liability"]}
        need(liability == quarters, f"{month}: {liability}, the clearing {quarters}")
        breakage = {row["issuer"]: row["fen"] for row in told["breakage"]}
        want = {row["issuer"]: int(row["breakage_fen"]) for row in forward
                if int(row["breakage_fen"])}
        need(breakage == want, f"{month}: breakage {breakage}, the clearing {want}")
        check_rates(month, counts, told["rates"])
    table = run("node", "kpi", "--config", world.node.config)
    need(f"figures of {MONTHS[-1]}" in table and "redemption: of opening + issued" in table and
         f"{counts['closing']:,}" in table, table)
    need("no figures of 2010-01" in run("node", "kpi", "--of", "2010-01", "--config",
                                        world.node.config, expect=1), "a month without any")


def check_rates(month, counts, rates):
    def share(num, den):
        return Fraction(num, den) if den else None

    had = counts["opening"] + counts["issued"]
    want = {"issue": share(counts["issued"] * 100, counts["spend_fen"]),
            "redemption": share(-counts["redeemed"], had), "expiry": share(-counts["expired"], had),
            "active": share(counts["active"], counts["members"]),
            "cost_of_a_point_fen": share(counts["redeemed_fen"], counts["redeemed_points"])}
    got = {name: Fraction(text) if text else None for name, text in rates.items()}
    need(got == want, f"{month}: {got}, not {want}")
    need(not counts["redeemed_points"] or got["cost_of_a_point_fen"] == Fraction(3, 5),
         f"{month}: all was phone credit, at 3/5 fen: {got}")


def check_by_hand(world, life, awarded):
    """What the test's own ledger says."""
    figures = {month: json.loads(run("node", "kpi", "--of", month, "--json", "--config",
                                     world.node.config))["counts"] for month in MONTHS}
    need(figures["2008-11"]["opening"] == life.opened, "what came over is what it opens with")
    need(figures["2009-01"]["expired"] == -life.expired and life.expired > 0 and
         figures["2008-12"]["expired"] == 0, f"{figures}: on {EXPIRY} {life.expired} expire")
    need(figures["2009-01"]["closing"] == life.lived + awarded,
         f"{figures['2009-01']['closing']}, by hand {life.lived} and awards of {awarded}")
    for level in LEVELS:
        want = sum(of == level and n not in life.province.legacy
                   for n, of in life.province.grade.items())
        if level == "ordinary":
            want = MEMBERS - len(life.province.legacy | set(life.province.grade))
        need(figures["2008-12"]["grade-" + level] == want, f"{level}: {figures}, not {want}")
    need(figures["2008-12"]["grade-" + LEGACY] == len(life.province.legacy) and
         figures["2009-01"]["grade-" + LEGACY] == 0, "cards of before until their month is over")
    lines = (world.out / "P01-2009-01-31-NOTICE.csv").read_text("utf-8").splitlines()[1:-1]
    told = {row[1]: int(row[2]) for row in (line.split(",") for line in lines)}
    want = {w.member(n): points for n, points in life.noticed.items()}
    need(told == want, f"the notice: {told}, by hand {want}")


def check_before(files):
    """Step 4 of the page."""
    names = ("rulebook.csv", "programme-1.toml", "opening.csv", files.days[0][1].name)
    report = json.loads(run("check", "--json", *(files.folder / name for name in names)))
    odd = [fault for of in report["files"] for fault in of["faults"] + of["warnings"]]
    need(report["exit_code"] == 0 and not odd, f"checked before: {odd[:3]}")


def main(folder):
    seed = int(os.environ.get("PH_SEEDS", "1").split("-")[0])
    life = Life(folder / "files", random.Random(seed))
    tables, batches, files = life.files.played_with_files()
    check_before(life.files)
    world = w.World(folder / "system", life.files)
    world.run_number_of = lambda: next(r["number"] for r in world.node.status()["runs"]
                                       if (r["kind"], r["grading"]) == world.looks_for)
    try:
        come_over(world, life, folder, batches)
        live_on(world, life)
        for date, _ in life.files.days:
            need(world.batch(date) == batches[str(date)], f"the batch of {date}")
        for name, text in files.items():
            need((world.out / name).read_text("utf-8") == text, f"{name} is another one")
        need(len(files) == len(MONTHS) + 1, f"{sorted(files)}")
        awarded = check_runs(world, life, tables)
        check_figures(world, settle(world, life, folder))
        check_by_hand(world, life, awarded)
    finally:
        world.system.kill()
    print(f"{len(life.brought)} rows came over; {len(life.files.days)} days and {len(MONTHS)} "
          "months' figures agree")


if __name__ == "__main__":
    w.in_a_folder(main)
