"""A province with a programme at one node, for tests of runs: its files by hand, the node as a real
process whose clock is moved, and the second implementation (tests/oracle/programme) beside it.
"""

import datetime
import http.client
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from _pointhouse import EXECUTABLE, ROOT, fail, run, write_csv

sys.path[:0] = [str(pathlib.Path(ROOT, "ops")), str(pathlib.Path(ROOT, "tests", "oracle")),
                str(pathlib.Path(ROOT, "tests", "oracle", "programme"))]

import basics as b    # noqa: E402
import inputs    # noqa: E402
import memberrows    # noqa: E402,F401  teaches `inputs` the rows of members
import play    # noqa: E402
import system as running  # noqa: E402

CODE = "P01"
SETTINGS = "[day]\nseal_empty = false\nslice_steps = 64\n"
OFFICER = "G-0007"


def member(serial):
    return b.member_number(1, serial)


class Files:
    """What the province and the clearing write, into a folder that `play.py` reads, too."""

    def __init__(self, folder, first, rules=(), opening=()):
        """`rules`, `opening`: further rows of the rule book, rows of the opening file."""
        self.folder, self.sequence = pathlib.Path(folder), 0
        self.folder.mkdir(parents=True)
        self.days = []
        self.write("rulebook.csv", "RULEBOOK", "CLR", first, 0, [
            ["PARTICIPANT", CODE, "1", "PROVINCE", "省", "Province"],
            ["PARTICIPANT", "CLR", "100", "CLEARING", "结算中心", "Clearing"],
            ["PARTICIPANT", "MER2", "102", "MERCHANT", "商户", "Merchant"],
            ["CONTRACT", "MER2", CODE, "AU", "1", "0", "", "2004-01-01", ""],
            *([["PRICE", str(n), kind, partner, "", "", "", num, den, "", "", "2004-01-01", ""]
               for n, (kind, partner, num, den) in enumerate(
                   (("INTER", "", "3", "5"), ("SALE", "MER2", "4", "5"),
                    ("REIMBURSE", "MER2", "3", "5"), ("COMMISSION", "MER2", "1", "20")), 1)]),
            *rules])
        self.write("opening.csv", "OPENING_LOTS", CODE, first, 0, list(opening))

    def write(self, name, kind, sender, date, sequence, rows):
        points = fen = 0
        for fields in rows:
            for (_, of), value in zip(inputs.TYPES[kind][fields[0]], fields[1:]):
                points += int(value) if value and of.startswith("points") else 0
                fen += int(value) if value and of.startswith("fen") else 0
        write_csv(self.folder / name, f"POINTHOUSE,{kind},1,{sender},{date},{sequence}",
                  [",".join(fields) for fields in rows], points, fen)

    def day(self, date, rows):
        """Serials are given here: a row is its kind, then what stands behind the serial."""
        self.sequence += 1
        name = f"{CODE}-{date}-PROVINCE_DAY.csv"
        self.write(name, "PROVINCE_DAY", CODE, date, self.sequence,
                   [[row[0], str(n), *map(str, row[1:])] for n, row in enumerate(rows, 1)])
        self.days.append((datetime.date.fromisoformat(str(date)), self.folder / name))

    def programme(self, text):
        (self.folder / "programme-1.toml").write_text(text, encoding="utf-8")

    def runs(self, *runs):
        (self.folder / "runs.jsonl").write_text("".join(json.dumps(r) + "\n" for r in runs),
                                                encoding="utf-8")

    def played(self):
        """Tables of the second implementation, and its sealed batches by day."""
        tables, batches, _ = self.played_with_files()
        return tables, batches

    def played_with_files(self):
        """And the files of runs that begin by themselves, and of who left: name: text."""
        told = play.Play(str(self.folder))
        told.play()
        batches = {b.day_text(batch.business_day): batch.seal() for batch in told.batches[1]}
        return told.tables(), batches, told.own_files(1)


class World:
    def __init__(self, folder, files):
        self.files = files
        self.system = running.System(EXECUTABLE, folder, files.folder, SETTINGS)
        self.system.make()
        self.node = self.system.nodes[CODE]
        self.out = self.node.folder / "out"
        self.looks_for = ("AWARD", "")  # kind and grading of the run that a test is about

    def clock(self, date, hour=12):
        self.system.set_clock(datetime.datetime.combine(date, datetime.time(hour)))

    def start(self, **environment):
        self.node.start(**environment)
        self.node.wait_until_up()

    def open(self):
        first = self.files.days[0][0]
        self.clock(first)
        self.start()
        for name in ("rulebook.csv", "opening.csv", "programme-1.toml"):
            self.node.drop(self.files.folder / name)
            there = self.node.inbox / "accepted" / (name + ".report.txt")
            self.system.wait(there.exists, f"{name} is accepted")

    def live(self, date):
        """The day's file comes, and is posted; days before are sealed."""
        path = next(path for day, path in self.files.days if day == date)
        self.clock(date)
        if not (self.node.inbox / "accepted" / path.name).exists():
            self.node.drop(path)
        self.system.wait(
            lambda: self.node.status().get("open_day", {}) == {
                **self.node.status().get("open_day", {}), "date": str(date), "posted": True},
            f"{date} is posted")

    def seal(self, date):
        """24:00 of that day is over."""
        self.clock(date + datetime.timedelta(days=1), 1)
        self.system.wait(lambda: self.sealed(date) is not None, f"{date} is sealed")

    def sealed(self, date):
        return next((day for day in self.node.status()["days"] if day["date"] == str(date)), None)

    def order(self, *arguments, expect=0):
        return run("node", "run", *arguments, "--config", self.node.config, expect=expect)

    def run_of(self, kind=None):
        """The last run of a kind and grading, as status has it, or nothing."""
        looked_for = self.looks_for if kind is None else (kind, "")
        return next((r for r in reversed(self.node.status().get("runs", []))
                     if (r["kind"], r["grading"]) == looked_for), {})

    def run_state(self, kind=None):
        return self.run_of(kind).get("state", "")

    def run_number(self, kind=None):
        return self.run_of(kind)["number"]

    def wait_for_run(self, state):
        self.system.wait(lambda: self.run_state() == state, f"the run is {state}")

    def batch(self, date):
        """Bytes of a sealed day, from the store."""
        digest = self.sealed(date)["batch"]
        for path in (self.node.folder / "data" / "blobs").glob("*/*"):
            data = path.read_bytes()
            if data[-32:].hex() == digest:
                return data
        return fail(f"no blob of the batch {digest}")

    def copy_to(self, folder):
        shutil.copytree(self.node.folder, folder)

    def bring_back(self, folder):
        shutil.rmtree(self.node.folder)
        shutil.copytree(folder, self.node.folder)


    # Deaths.

    def survive(self, *steps):
        """Each step until it is done; whenever the node dies it is started again. Tells how often
        it died."""
        deaths = 0
        for step in steps:
            while True:
                try:
                    step()
                    break
                except (OSError, SystemExit, http.client.HTTPException, running.Refused):
                    try:
                        self.node.handle.wait(2)
                    except subprocess.TimeoutExpired:
                        fail("the node lives, and does not what it is told")
                    deaths += 1
                    if deaths > 3:
                        fail("it dies again and again")
                    self.start()
        return deaths

    def live_on(self, date):
        if self.sealed(date) is None:
            self.live(date)

    def play_day(self, date):
        """The day's file is posted, and the day sealed; tells how often the node died."""
        return self.survive(lambda: self.live_on(date), lambda: self.seal(date),
                            self.node.status)

    def play_days(self, folder, dates, points, batches):
        """Each day with a death at each point, from the same state on, and then without one: its
        batch is always that of the second implementation. Tells how often the node died."""
        deaths, before = 0, folder / "before"
        for date in dates:
            self.node.stop()
            self.copy_to(before)
            for point in [*points, None]:
                self.bring_back(before)
                self.clock(date - datetime.timedelta(days=1))
                self.start(**killed_at(point))
                deaths += self.play_day(date)
                if self.batch(date) != batches[str(date)]:
                    fail(f"{date}, killed at {point}: another batch")
                self.node.stop()
            shutil.rmtree(before)
            self.start()
        return deaths

    def prepare(self, folder, last):
        """Opened, with the files of all days up to this one posted; kept in `folder`, stopped."""
        self.open()
        for date, _ in self.files.days:
            if date <= last:
                self.live(date)
        self.node.stop()
        self.copy_to(folder)


def killed_at(point):
    return {"PH_KILL_AT": point} if point else {}


def appends(last):
    """Before and behind each append of a day up to this one."""
    return [f"node_{place}_append:{n}" for n in range(1, last + 1)
            for place in ("before", "after")]


def ends_so_whoever_dies(play_on, points, end):
    """`play_on` plays with this environment: it tells an end, and how often the node died."""
    for point in points:
        again, deaths = play_on(killed_at(point))
        if not deaths:
            fail(f"{point} was passed")
        if again != end:
            fail(f"killed at {point}, the end is another")


def same_as_second(what, text, lines, batches, sealed):
    """A run's file has these rows; `sealed`: days with the batches that the node has sealed."""
    told = text.decode().splitlines()[1:-1]
    if told != lines:
        fail(f"{what}:\n" + "\n".join(told) + "\nand by the second implementation:\n" +
             "\n".join(lines))
    for date, data in sealed:
        if batches[str(date)] != data:
            fail(f"the batch of {date} isn't that of the second implementation")


def without_limits(programme):
    """The text of one that ships: of redemptions points alone decide."""
    text = pathlib.Path(ROOT, "ops", "programmes", programme + ".toml").read_text("utf-8")
    return re.sub(r"(earned_min|new_days|single_max|daily_max) = [0-9_]+", r"\1 = 0", text)


def in_a_folder(main):
    with tempfile.TemporaryDirectory(prefix="pointhouse-") as scratch:
        main(pathlib.Path(scratch))
