#!/usr/bin/env python3
"""Stars of a whole country: 31 provinces' nodes and the clearing, as processes. Each scores its
accounts and sends how many have which score; the clearing finds the thresholds of all of them. One
node comes late, one is killed while it scores and started again, one dies when its scores were
taken and sends them a second time. Thresholds and each member's star are those of a plain sort
of all members at once, written here from the rule alone.

PH_SEEDS=N: another country.
"""

import datetime
import fractions
import json
import os
import pathlib
import random
import re
import time

import _programme_world as w
from _pointhouse import EXECUTABLE, ROOT, fail, run, write_csv

import basics as b  # noqa: E402
import inputs  # noqa: E402

CODES = [f"P{n:02d}" for n in range(1, 32)]
LATE, KILLED, TWICE = "P31", "P05", "P07"
MONTH, RATED = "2016-03", 194              # months since 2000-01
FIRST, BILLED, POSTED = (datetime.date(2016, 3, 1), datetime.date(2016, 4, 2),
                         datetime.date(2016, 4, 5))
SETTINGS = "[day]\nseal_empty = false\nslice_steps = 16\n"
SHARES = (("five-star", 5), ("four-star", 15), ("three-star", 30), ("two-star", 70))
BEST_FIRST = [name for name, _ in SHARES] + ["one-star", "ordinary"]


def need(condition, what):
    if not condition:
        fail(what)


class Account:
    def __init__(self, rng, name, member):
        self.name, self.member = name, member
        age = rng.choice((3, 6, 7, 8, 11, 12, 13, 24, 35, 36, 60, 61, 99, 140))
        self.age, self.joined = age, RATED - age
        self.service = rng.choice(("MOBILE_4G", "MOBILE_4G", "MOBILE_3G", "CONVERGED",
                                   "DATA_CARD"))
        self.real_name = rng.choice((1, 1, 1, 1, 1, 0))
        self.billed = rng.choice((1, 1, 1, 1, 1, 1, 0))
        first = max(RATED - 12, self.joined)
        spend = rng.randrange(400, 40_000)
        self.bills = {month: spend * rng.randrange(50, 150) // 100
                      for month in range(first, RATED)}

    def score(self):
        """None of who isn't rated: data cards, no true name, nothing billed, six months or less."""
        if self.service == "DATA_CARD" or not self.real_name or not self.billed or self.age < 6:
            return None
        average = fractions.Fraction(sum(self.bills.values()), 100 * len(self.bills))
        yuan = (average * 2 + 1) // 2    # half up
        return yuan * fractions.Fraction(10 + min(self.age // 12, 5), 10)


class Country:
    """31 provinces of 12 to 34 members, some with two or three accounts."""

    def __init__(self, folder, seed):
        self.folder, rng = folder, random.Random(seed)
        folder.mkdir(parents=True)
        self.accounts = {code: [] for code in CODES}
        for n, code in enumerate(CODES, 1):
            for serial in range(1, rng.randrange(12, 35)):
                for k in range(rng.choice((1, 1, 1, 2, 3))):
                    self.accounts[code].append(Account(rng, f"{code}-{serial}-{k}",
                                                       b.member_number(n, serial)))
        self.write("rulebook.csv", "RULEBOOK", "CLR", FIRST, 0, [
            *(["PARTICIPANT", code, str(n), "PROVINCE", "省", f"Province {n}"]
              for n, code in enumerate(CODES, 1)),
            ["PARTICIPANT", "CLR", "100", "CLEARING", "结算中心", "Clearing"],
            ["PRICE", "1", "INTER", "", "", "", "", "3", "5", "", "", "2004-01-01", ""]])
        self.write("calendar.csv", "CALENDAR", "CLR", datetime.date(2016, 1, 1), 0,
                   [["YEAR", "2016"]])
        text = pathlib.Path(ROOT, "ops", "programmes", "china-unicom.toml").read_text("utf-8")
        (folder / "programme-1.toml").write_text(text, encoding="utf-8")
        for code, mine in self.accounts.items():
            self.write(f"opening-{code}.csv", "OPENING_LOTS", code, FIRST, 0, [])
            self.day(code, FIRST, 1, [row for account in mine for row in self.before(account)])
            self.day(code, BILLED, 2, [("BILL", a.name, a.member, MONTH, 5000)
                                       for a in mine if a.billed])
            self.day(code, POSTED, 3, [])

    @staticmethod
    def before(account):
        yield ("ACCOUNT", account.name, account.member, b.month_text(account.joined),
               account.service, 0, account.real_name, 1)
        for month, fen in account.bills.items():
            yield "SPENT", account.name, account.member, b.month_text(month), fen, 0

    def day(self, code, date, sequence, rows):
        self.write(f"{code}-{date}-PROVINCE_DAY.csv", "PROVINCE_DAY", code, date, sequence,
                   [[row[0], str(n), *map(str, row[1:])] for n, row in enumerate(rows, 1)])

    def write(self, name, kind, sender, date, sequence, rows):
        fen = 0
        for fields in rows:
            for (_, of), value in zip(inputs.TYPES[kind][fields[0]], fields[1:]):
                fen += int(value) if value and of.startswith("fen") else 0
        write_csv(self.folder / name, f"POINTHOUSE,{kind},1,{sender},{date},{sequence}",
                  [",".join(fields) for fields in rows], 0, fen)


class Plain:
    """The rule, over everybody at once: sort, look at four places, round, compare."""

    def __init__(self, country):
        scored = [(a.score(), a) for of in country.accounts.values() for a in of]
        scored = [(score, a) for score, a in scored if score is not None]
        order = sorted((score for score, _ in scored), reverse=True)
        self.units, self.thresholds, self.cuts = len(order), {}, []
        for star, percent in SHARES:
            rank = max(1, -(-self.units * percent // 100))
            score = order[rank - 1]
            self.thresholds[star] = int((score / 10 * 2 + 1) // 2 * 10)
            self.cuts.append(f"{star}:{percent}:{rank}:{score}:{self.thresholds[star]}")
        self.star = {}
        for score, account in scored:
            mine = next((star for star, _ in SHARES if score >= self.thresholds[star]),
                        "one-star")
            before = self.star.get(account.member, "ordinary")
            self.star[account.member] = min(before, mine, key=BEST_FIRST.index)


class World:
    def __init__(self, folder, country):
        self.system = w.running.System(EXECUTABLE, folder, country.folder)
        self.system.make()
        self.nodes, self.country = self.system.nodes, country
        for node in self.nodes.values():
            with open(node.config, "a", encoding="utf-8") as config:
                config.write(SETTINGS)

    def start(self, code, **environment):
        self.nodes[code].start(**environment)
        self.nodes[code].wait_until_up()

    def open(self):
        self.system.start()
        self.system.open()
        for process in self.system.processes():
            process.drop(self.country.folder / "programme-1.toml")
        self.system.wait(lambda: not self.system.dropped(), "the programme is taken")

    def day(self, date):
        self.system.set_clock(datetime.datetime.combine(date, datetime.time(12)))
        self.system.drop_day(date)
        self.system.end_day(date)
        self.system.wait_for_day(date)

    def ask(self, code, path):
        """As `node run` does, without a process for each."""
        return self.nodes[code].ask("POST", path)

    def begin(self, code):
        try:
            status, text = self.ask(code, f"/v1/run-begin/GRADE,{MONTH},star,1")
        except (OSError, w.running.http.client.HTTPException):
            return    # It was told to die.
        need(status == 200, f"{code}: {status} {text}")

    def run_of(self, code):
        return next((r for r in self.nodes[code].status().get("runs", [])
                     if r["kind"] == "GRADE"), {"state": "", "next": "", "number": 0})

    def wait_for(self, code, state, words=""):
        def there():
            told = self.run_of(code)
            return told["state"] == state and words in told["next"]
        self.system.wait(there, f"{code} is {state} {words}", 60)

    def lacking(self):
        status = json.loads(run("clearing", "rating", "status", "--json", "--config",
                                self.system.clearing.config))["ratings"][0]
        return [row["code"] for row in status["provinces"] if not row["sent"]]

    def died(self, code):
        need(self.nodes[code].handle.wait(60) == -9, f"{code} dies where it was told to")
        self.nodes[code].handle = None


def rate(world):
    run("clearing", "rating", "open", "--grading", "star", "--month", MONTH, "--config",
        world.system.clearing.config)
    world.nodes[LATE].kill()
    world.nodes[KILLED].kill()
    world.start(KILLED, PH_KILL_AT="node_run_counting:2")
    for code in CODES:
        if code != LATE:
            world.begin(code)
    world.died(KILLED)
    world.start(KILLED)    # It scores on, from its last step.
    for code in CODES:
        if code != LATE:
            world.wait_for(code, "WAITING", "have not sent" if code == TWICE else "")
    world.system.wait(lambda: world.lacking() == [LATE], "all but one have sent")
    world.nodes[TWICE].kill()
    world.start(TWICE)     # It knows of no answer, and sends again.
    world.wait_for(TWICE, "WAITING", "1 provinces have not sent")
    need(world.lacking() == [LATE], "the same again changes nothing")
    world.start(LATE)
    world.begin(LATE)
    for code in CODES:
        world.wait_for(code, "COUNTED")


def check_lines(world, plain):
    """The clearing's line, once; each province's scores once, whoever sent them twice."""
    shown = run("journal", "show", "--clearing", world.system.clearing.config, "--from", "1",
                "--json")
    commands = [c for block in json.loads(shown)["blocks"] for c in block["commands"]]
    sent = [c["province"] for c in commands if c["name"] == "SCORES"]
    need(sorted(sent) == list(range(1, len(CODES) + 1)), f"scores of {sent}")
    need(sent[-1] == CODES.index(LATE) + 1, f"the late one is the last: {sent}")
    lines = [c["text"] for c in commands if c["name"] == "THRESHOLDS"]
    need(len(lines) == 1 and re.fullmatch(
        rf"THRESHOLDS,1,CLR,star,{MONTH},[0-9a-f]{{64}},{plain.units},10,"
        + ",".join(plain.cuts), lines[0]), f"{lines}, not {plain.units} {plain.cuts}")


def check_members(world, plain):
    seen = dict.fromkeys(BEST_FIRST, 0)
    for code, accounts in world.country.accounts.items():
        for member in dict.fromkeys(a.member for a in accounts):
            _, text = world.nodes[code].ask("GET", f"/v1/programme-member/{member},{POSTED}")
            star = next(g for g in json.loads(text)["grades"] if g["grading"] == "star")
            want = plain.star.get(member, "ordinary")
            need(star["level"] == want, f"{code} {member}: {star}, not {want}")
            need(star["level"] == "ordinary" or star["from"] == "2016-04-01", f"{star}")
            seen[want] += 1
    need(all(seen.values()), f"each star is somebody's: {seen}")
    return seen


def main(folder):
    began = time.monotonic()
    country = Country(folder / "files", int(os.environ.get("PH_SEEDS", "1").split("-")[0]))
    plain = Plain(country)
    world = World(folder / "system", country)
    try:
        world.open()
        world.day(FIRST)
        world.day(BILLED)
        rate(world)
        for code in CODES:
            number = world.run_of(code)["number"]
            run("node", "run", "publish", "--number", number, "--officer", w.OFFICER, "--config",
                world.nodes[code].config)
        world.day(POSTED)
        seen = check_members(world, plain)
        world.system.stop()
        check_lines(world, plain)
    finally:
        world.system.kill()
    print(f"{plain.units} rated accounts of {len(CODES)} provinces: {', '.join(plain.cuts)}; "
          f"{seen} in {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    w.in_a_folder(main)
