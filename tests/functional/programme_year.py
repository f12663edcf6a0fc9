#!/usr/bin/env python3
"""A year of one province, day by day, at a real node under each programme that ships: bills, rows
of members, runs at their time, a counter that redeems live, one death at a random moment. Then
the node's journal is exported, and the second implementation plays it from the export alone: each
batch, each file of a run, each member's balance, lots, debts, grades, flags and claims are the
same, and every lot is accounted for from the node's own batches, in all and by the month. The year
is run again from the same inputs in a new node, and its journal replayed from the first block: the
same bytes, the same answers.

    programme_year.py [--members N] [--programme NAME] [--seed N] [--keep DIR]

Without any: 300 members of China Telecom; with PH_LONG=1 a hundred thousand of each programme.
"""

import argparse
import datetime
import gc
import hashlib
import json
import os
import pathlib
import random
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time

from _pointhouse import EXECUTABLE, ROOT, fail, memory_mib, run

sys.path.insert(0, str(pathlib.Path(ROOT, "ops")))
ORACLE = os.path.join(ROOT, "tests", "oracle")
sys.path[:0] = [os.path.join(ORACLE, "programme"), ORACLE]

import audit as audits  # noqa: E402
import basics as b  # noqa: E402
import bigyear  # noqa: E402
import export as exports  # noqa: E402
import programme_oracle as words  # noqa: E402
import system as running  # noqa: E402

CODE = bigyear.CODE
LONG = os.environ.get("PH_LONG") == "1"
OFFICER = "G-0007"
AT_ONCE = 256          # requests in one write of whoever asks about all members
LIVE_EACH = 23         # days from one on which the counter redeems to the next
BATCH_AT_ONCE = 40     # days of the second year whose files come together
WORDS = {0: "HOME", 1: "MOVED", 2: "CLOSED"}


def need(condition, what):
    if not condition:
        fail(what)


class Clock:
    """What each part took."""

    def __init__(self):
        self.parts, self.since = {}, time.monotonic()

    def took(self, name):
        now = time.monotonic()
        self.parts[name] = self.parts.get(name, 0) + now - self.since
        self.since = now

    def __str__(self):
        return ", ".join(f"{name} {seconds:.0f} s" for name, seconds in self.parts.items())


class Province:
    """One node with the year's files, and a clearing where ratings need one."""

    def __init__(self, folder, year, seed):
        self.year, self.rng = year, random.Random(seed)
        self.stars = any(g.run == "CLEARING" for g in year.programme.grading)
        self.system = running.System(EXECUTABLE, folder, year.directory)
        self.system.make()
        self.node = self.system.nodes[CODE]
        with open(self.node.config, "a", encoding="utf-8") as config:
            config.write("[day]\nseal_empty = false\n")
        self.plan = sorted((datetime.date.fromisoformat(of[word]), place, word, of)
                           for place, of in enumerate(bigyear.plan_of(year.name))
                           for word in ("begin", "publish"))
        self.count, self.answers, self.peak = 0, [], 0

    # The year.

    def open(self):
        base = pathlib.Path(self.year.directory)
        if self.stars:
            self.system.clearing.start()
            self.system.clearing.wait_until_up()
            self.drop(self.system.clearing, [self.system.rulebook, *self.system.calendars,
                                             self.system.openings[CODE],
                                             base / "programme-1.toml"])
        self.node.start()
        self.node.wait_until_up()
        self.drop(self.node, [self.system.rulebook, self.system.openings[CODE],
                              base / "programme-1.toml"])

    def drop(self, process, paths):
        for path in paths:
            process.drop(path)
            taken = process.inbox / "accepted" / path.name
            self.system.wait(taken.exists, f"{path.name} is accepted", 300)

    def clock(self, day, hour, minute=0):
        self.system.set_clock(datetime.datetime.combine(day, datetime.time(hour, minute)))

    def play(self, death=None, at_once=1):
        """All days; killed on the day `death`. Up to `at_once` files come together."""
        self.open()
        days = list(self.year.days)
        while days:
            date = days[0][0]
            self.say_plan(date)
            together = 1
            while together < min(at_once, len(days)) and not self.is_special(
                    days[together][0], death):
                together += 1
            if self.is_live(date):
                self.ask_live(date)
                together = 1
            self.bring(days[:together], date == death)
            del days[:together]
            if self.stars and self.count == 5:    # The clearing knows a key by its batches.
                self.system.wait(lambda: self.node.status()["receipted"] > 0, "a receipt")
        self.peak = memory_mib(self.node.handle.pid)

    def is_live(self, date):
        return (date - self.year.days[0][0]).days % LIVE_EACH == LIVE_EACH - 1

    def is_special(self, date, death):
        return self.is_live(date) or date == death or any(date == of[0] for of in self.plan) or \
            (self.stars and date == self.year.days[5][0])

    def bring(self, days, dies):
        """The files of some days, until they are sealed."""
        self.count += len(days)
        self.clock(days[-1][0] + datetime.timedelta(days=1), 1)
        for _, path in days:
            self.node.drop(path)
        if dies:
            time.sleep(self.rng.random() * 0.05)
            self.node.kill()
            self.node.start()
            self.node.wait_until_up(300)
        refused = self.node.inbox / "refused"

        def sealed():
            if any(refused.glob("*.report.txt")):
                fail(next(refused.glob("*.report.txt")).read_text("utf-8"))
            return self.node.status()["sealed"] >= self.count

        self.system.wait(sealed, f"{days[-1][0]} is sealed", 600)

    # Runs.

    def run_at(self, of):
        what = of["kind"], of.get("grading", ""), of["of"]
        return next((r for r in self.node.status().get("runs", [])
                     if (r["kind"], r["grading"], r["of"]) == what), {"state": "", "number": 0})

    def say_plan(self, date):
        for _, _, word, of in [said for said in self.plan if said[0] == date]:
            self.clock(date, 1)
            grading = ["--grading", of["grading"]] if "grading" in of else []
            if word == "publish":
                run("node", "run", "publish", "--number", self.run_at(of)["number"], "--officer",
                    OFFICER, "--config", self.node.config)
                continue
            if of.get("grading") == "star":
                run("clearing", "rating", "open", *grading, "--month", of["of"], "--provinces",
                    CODE, "--config", self.system.clearing.config)
            run("node", "run", "begin", "--kind", of["kind"], "--of", of["of"], *grading,
                "--anyway", "--config", self.node.config)
            self.system.wait(lambda o=of: self.run_at(o)["state"] == "COUNTED",
                             f"{of} is counted", 600)

    # Live.

    def ask_live(self, date):
        """A counter of the province, between the days' files: the same every time."""
        rng = random.Random(f"{date}")
        self.clock(date, 10)
        name = f"{CODE}/{date:%Y%m%d}/L-"
        for n in range(12):
            who = self.year.members[rng.randrange(len(self.year.members))]
            points = rng.choice((10, 50, 120, 400, 3000))
            goods = {"form": rng.choice(("PHONE_CREDIT", "OWN_PRODUCT", "FIXED_LINE")
                                        if n % 5 else ("GIFT",))}
            if goods["form"] == "GIFT":
                goods.update(cost=900, freight=80, cash=100)
            if n % 3:
                done = self.ask("/v1/redemptions", f"{name}{n}",
                                {"member": who, "points": points, **goods})
                if done and n % 3 == 2:
                    self.ask("/v1/refunds", f"{name}{n}-R", {
                        "member": who, "points": points, "parent": f"{name}{n}"})
                continue
            if self.ask("/v1/holds", f"{name}{n}", {"member": who, "points": points}):
                hold = f"/v1/holds/{name}{n}"
                self.clock(date, 10, n + 1)
                if n % 2:
                    self.ask(f"{hold}/void", f"{name}{n}-V", {})
                else:
                    self.ask(f"{hold}/captures", f"{name}{n}-C",
                             {"points": max(1, points // 2), "final": n % 4 == 0, **goods})
        self.clock(date, 12)    # Holds of a quarter of an hour are over.

    def ask(self, path, key, body):
        connection = running.Unix(self.node.folder / "run" / "counter.sock", 60)
        try:
            connection.request("POST", path, json.dumps(body), {
                "Content-Type": "application/json", "Idempotency-Key": key})
            answer = connection.getresponse()
            told = json.loads(answer.read())
        finally:
            connection.close()
        need(answer.status in (200, 201, 422), f"{path} {body}: {answer.status} {told}")
        self.answers.append((key, answer.status, told))
        return answer.status < 300

    # What it tells.

    def ask_all(self, paths):
        """The bodies of many GETs, in order, over connections that stay."""
        while paths:
            part, paths = paths[:AT_ONCE], paths[AT_ONCE:]
            yield from self.ask_some(part)

    def ask_some(self, paths):
        todo = list(paths)
        while todo:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
                link.settimeout(120)
                link.connect(str(self.node.control))
                file = link.makefile("rb")
                while todo:
                    link.sendall(f"GET {todo[0]} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
                    head = file.readline()
                    length, stays = 0, True
                    while (line := file.readline()) not in (b"\r\n", b""):
                        key, _, value = line.decode().partition(":")
                        if key.lower() == "content-length":
                            length = int(value)
                        stays = stays and "close" not in line.decode().lower()
                    need(head.split()[1] in (b"200", b"404"), f"{todo[0]}: {head}")
                    body = file.read(length)
                    yield body if head.split()[1] == b"200" else b""
                    todo.pop(0)
                    if not stays:
                        break

    def standing_of(self, members, day):
        """(balance, standing) of each."""
        paths = [f"/v1/{what}" for member in members for what in (
            f"members/{member}", f"programme-member/{member},{b.day_text(day)}")]
        answers = self.ask_all(paths)
        for balance in answers:
            standing = next(answers)
            need(bool(balance) == bool(standing), f"{balance}, and {standing}")
            yield balance, standing

    def digest(self, members, day):
        """Of all that the node tells of its members."""
        told = hashlib.sha256()
        for balance, standing in self.standing_of(members, day):
            told.update(balance)
            told.update(standing)
        return told.hexdigest()

    def export(self, path):
        """Stops the node; its journal in words."""
        need(self.node.stop(120) == 0, "the node stops when told to")
        with open(path, "wb") as out:
            subprocess.run([EXECUTABLE, "journal", "show", "--node", self.node.config, "--from",
                            "1", "--json"], stdout=out, check=True, timeout=1200)
        return exports.Export(path, self.node.folder / "data" / "blobs")

    def replay(self):
        """Starts from the first block: without a snapshot."""
        snapshots = self.node.folder / "data" / "snapshots"
        need(any(snapshots.iterdir()), "there was one to start from")
        shutil.rmtree(snapshots)
        self.node.start()
        self.node.wait_until_up(1200)


# The second implementation beside it.

class Second:
    """Plays the export; holds what came of it against the node's files and answers."""

    def __init__(self, province, export):
        self.province, self.faults, self.returned = province, [], 0
        self.replay = exports.Replay(export, self.sealed)
        self.audit = audits.Audit(self.replay.openings[self.replay.number])
        self.with_programme = province.year.programme.effective

    def sealed(self, batch, ours, theirs):
        """The audit goes by the node's bytes alone."""
        told = audits.unsealed(theirs)
        self.audit.take(told)
        day = b.day_text(batch.business_day)
        path = self.province.node.inbox / "accepted" / f"{CODE}-{day}.posted.csv"
        rows = [line.split(",") for line in path.read_text("utf-8").splitlines()[1:]] \
            if path.exists() else []
        mine = [(str(r.entry), r.kind, r.code) for r in batch.returned]
        self.returned += len(mine)
        if [(row[0], row[1], row[-1]) for row in rows] != mine:
            self.faults.append(f"{day}: came back {rows[:3]}, not {mine[:3]}")

    def play(self):
        post = self.replay.home.post

        def counted(file):
            post(file)
            self.audit.take_rows(file.rows, file.day >= self.with_programme, {
                row.entry for row in self.replay.home.batch.returned})

        self.replay.home.post = counted
        self.replay.play()
        home = self.replay.home
        self.faults += self.replay.faults
        self.faults += self.audit.against(home) + audits.award_faults(home)
        self.faults += self.audit.rating_faults(
            home, b.month_of_day(self.province.year.start) - 7)
        self.compare_files()
        return self

    def compare_files(self):
        out, ours = self.province.node.folder / "out", self.replay.all_files()
        theirs = {path.name: path.read_text("utf-8") for path in out.glob("*.csv")
                  if not path.name.endswith(("-FIXED_LINE.csv", "-TOP_UP.csv"))}
        for name in sorted(ours.keys() | theirs.keys()):
            if ours.get(name) != theirs.get(name):
                self.faults.append(f"{name}:\n{theirs.get(name)}\nnot\n{ours.get(name)}")
        for name, text in theirs.items():
            if name.endswith("-KPI.csv"):
                self.compare_month(name, text)
        converted = []
        for path in sorted(out.glob("*-FIXED_LINE.csv")):
            head, *rows, _ = path.read_text("utf-8").splitlines()
            converted += [[head.split(",")[4], *row.split(",")[1:3], int(row.split(",")[3])]
                          for row in rows]
        mine = [[b.day_text(day), self.replay.book.id_text(id_), b.member_text(member), units]
                for day, id_, member, units in sorted(    # in their batches' order
                    self.replay.home.fixed_line, key=lambda row: row[:2])]
        if converted != mine:
            self.faults.append(f"to fixed line {converted[:3]}, not {mine[:3]}")

    def compare_month(self, name, text):
        """A month's figures are those of the audit."""
        rows = dict(line.split(",")[1:] for line in text.splitlines()[1:-1]
                    if line.startswith("COUNT,"))
        figures = self.audit.months[b.month_of(name[len(CODE) + 1:][:7])]
        for word in ("opening", "issued", "redeemed", "expired", "forfeited", "moved", "closing"):
            if int(rows[word]) != figures[word]:
                self.faults.append(f"{name}: {word} {rows[word]}, by its batches {figures[word]}")

    def compare_member(self, member, told, standing, day):
        home, account = self.replay.home, self.replay.home.accounts.get(int(member))
        if account is None or not told:
            return [] if account is None and not told else [f"{member}: told {told}"]
        told, lots = json.loads(told), account.canonical()
        taken = sorted(lots, key=lambda lot: (lot.expires_on, lot.earned_month, lot.name))
        want = {"member": member, "state": "CLOSED" if account.closed else "HOME",
                "points": sum(lot.remaining for lot in lots),
                "available": max(0, account.available(day)),
                "held": sum(lot.held for lot in lots), "debts": sum(account.debts.values()),
                "lots": [self.lot_words(lot) for lot in taken if lot.remaining]}
        told["state"] = told["state"].upper()
        found = [f"{member}: {told}, not\n  {want}"] if told != want else []
        mine = words.words_of_oracle(home, member, day)
        if words.words_of(json.loads(standing)) != mine:
            found.append(f"{member}:\n  {words.words_of(json.loads(standing))}, not\n  {mine}")
        return found

    def lot_words(self, lot):
        return {"lot": self.replay.book.entry_text(lot.name),
                "earned_month": b.month_text(lot.earned_month),
                "expires_on": b.day_text(lot.expires_on), "source": b.SOURCE_NAMES[lot.source],
                "rating": lot.rating, "original": lot.original, "remaining": lot.remaining,
                "held": lot.held}

    def compare_members(self, members, day):
        """The first faults; and the digest of all that was told."""
        told, count = hashlib.sha256(), 0
        for member, (balance, standing) in zip(members, self.province.standing_of(members, day)):
            told.update(balance)
            told.update(standing)
            count += bool(balance)
            if len(self.faults) < 5:
                self.faults += self.compare_member(member, balance, standing, day)
        return told.hexdigest(), count

    def compare_calls(self):
        calls = {}
        first, last = (b.month_of_day(day) for day in (self.province.year.start,
                                                       self.province.year.end))
        for month in range(first, last + 1):
            told = json.loads(self.province.node.ask(
                "GET", f"/v1/programme-calls/{b.month_text(month)}")[1])
            for queue in told["queues"]:
                for row in queue["grades"]:
                    calls[b.month_text(month), queue["queue"], row["grade"]] = tuple(
                        row[name] for name in ("calls", "answered", "within", "called_back",
                                               "in_time"))
        if calls != words.calls_of_oracle(self.replay.home):
            self.faults.append("calls differ")


def sealed_of(export):
    return [(command["date"], command["sequence"], command["batch"], command["blob"])
            for command in export.commands if command["name"] == "SEAL"]


def run_year(programme, members, seed, folder):
    clock = Clock()
    year = bigyear.BigYear(programme, members, str(folder / "files"), seed).make()
    clock.took("made")
    rng = random.Random(seed)
    death = rng.choice(year.days[20:])[0]
    first, again = (Province(folder / name, year, seed) for name in ("first", "again"))
    day = year.end + 1
    try:
        first.play(death)
        clock.took("lived a day at a time")
        export = first.export(folder / "journal.json")
        first.node.start()
        first.node.wait_until_up(1200)
        clock.took("exported, started")
        second = Second(first, export).play()
        clock.took("played by the second implementation, audited")
        everybody = year.members + [b.member_number(bigyear.NUMBER, 10 ** 6 + n)
                                    for n in range(500)]
        digest, known = second.compare_members(everybody, day)
        second.compare_calls()
        if second.faults:
            fail(f"{programme}:\n" + "\n".join(fault[:1500] for fault in second.faults[:5]))
        clock.took("members compared")
        first.node.stop()
        first.replay()
        need(first.digest(everybody, day) == digest, "replayed from the first block, it differs")
        first.system.kill()
        clock.took("replayed")
        again.play(at_once=BATCH_AT_ONCE)
        need(again.answers == first.answers, "live, it answers otherwise")
        need(again.digest(everybody, day) == digest, "from the same inputs members differ")
        sealed = sealed_of(export)
        need(sealed_of(again.export(folder / "journal.json")) == sealed,
             "from the same inputs come other batches")
        clock.took("lived again")
    finally:
        first.system.kill()
        again.system.kill()
    done = sum(status < 300 for _, status, _ in first.answers)
    print(f"{programme}: {members} members, {known} known at the end, {year.rows} rows, "
          f"{second.returned} came back, {done} of {len(first.answers)} live events, "
          f"{len(second.audit.lots)} lots, {len(second.replay.runs_told)} runs, {len(sealed)} "
          f"batches; killed on {death}: equal, conserved, the same again")
    print(f"  {clock}; node {first.peak} MiB, second implementation "
          f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--members", type=int, default=100_000 if LONG else 300)
    parser.add_argument("--programme", choices=sorted(bigyear.YEARS))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", help="a folder that stays")
    given = parser.parse_args()
    gc.disable()    # Nothing here goes in circles, and looking for it takes minutes.
    programmes = [given.programme] if given.programme else \
        sorted(bigyear.YEARS) if LONG else ["china-telecom"]
    for programme in programmes:
        if given.keep:
            run_year(programme, given.members, given.seed, pathlib.Path(given.keep, programme))
            continue
        with tempfile.TemporaryDirectory(prefix="pointhouse-") as scratch:
            run_year(programme, given.members, given.seed, pathlib.Path(scratch))


if __name__ == "__main__":
    main()
