#!/usr/bin/env python3
"""Runs a month of input files through a running system: 31 nodes, a clearing and a gateway as
processes on this machine, day by day, with live traffic of partners and counters beside the files
(live.py); a node, the gateway and the clearing are killed under it. Closes the month, holds what
was written against `settle` on what the clearing says it has read, and what every live member has
against the answers that were given.

usage: ops/month.py POINTHOUSE INPUTS FOLDER PERIOD
"""

import datetime
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import live  # noqa: E402
import live_check  # noqa: E402
import programme as month_programme  # noqa: E402
import programme_check  # noqa: E402
import programme_page  # noqa: E402
import system as running  # noqa: E402
from live_system import LiveSystem  # noqa: E402

# Named after what was read, or about what a home alone knows.
INPUTS_NAMED = {"manifest.csv", "manifest.csv.sig", "returned.csv"}
# The same, where both read sealed batches.
BATCHES_NAMED = {"manifest.csv", "manifest.csv.sig"}
BAR = 40
SEED = 1  # of the live traffic


def different_files(one, other, leave_out):
    def files(folder):
        return {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}

    return sorted(name for name in (files(one) | files(other)) - leave_out
                  if not (one / name).is_file() or not (other / name).is_file()
                  or (one / name).read_bytes() != (other / name).read_bytes())


class Picture:
    """A line a day: the bar grows with the batches that the clearing has taken."""

    def __init__(self, system):
        self.system, self.on = system, sys.stdout.isatty()

    def show(self, day, done, of, note="", last=False):
        full = BAR * done // max(of, 1)
        line = f"  {day}  {'█' * full}{'░' * (BAR - full)}  {done:2} of {of} batches  {note}"
        if self.on:
            print("\r" + line, end="\n" if last else "", flush=True)
        elif last:
            print(line, flush=True)


class Month:
    """The month's days, one after the other, under live traffic."""

    def __init__(self, system, traffic, kills, programme):
        self.system, self.traffic, self.picture = system, traffic, Picture(system)
        self.programme = programme
        days = sorted(system.days)
        third = max(len(days) // 3, 1)
        # Day, and whether at night: who dies.
        self.deaths_due = {
            (days[min(third, len(days) - 1)], False): system.nodes[traffic.busiest],
            (days[min(third * 3 // 2, len(days) - 1)], False): system.gateway,
            (days[min(third * 2, len(days) - 1)], True): system.clearing,
        } if kills else {}
        self.deaths = []

    def kill(self, day, night):
        """As by a power cut, with requests under way; started again at once."""
        process = self.deaths_due.get((day, night))
        if process is None:
            return ""
        node = process.kind == "node"
        needed = process.code if node else None
        self.system.wait(lambda: self.traffic.amid(needed), "a round is under way", 120)
        amid, before = len(self.traffic.under_way()), self.traffic.not_answered()
        process.kill()
        process.start()
        self.answered()
        name = f"node {process.code}" if node else f"the {process.kind}"
        self.deaths.append(name)
        return f"  ← {name} killed amid {amid} intents and started again; " \
               f"repeated: {self.traffic.not_answered() - before}"

    def answered(self):
        self.system.wait(self.traffic.over, "every intent has its definite answer", 300)

    def run_day(self, day):
        """At noon the day's files are posted beside live traffic; at 01:00 of the next day it is
        sealed beside more of it."""
        system, traffic = self.system, self.traffic
        began, before = time.monotonic(), traffic.count()
        self.programme.before_rows(day)
        system.set_clock(datetime.datetime.combine(day, datetime.time(12)))
        system.drop_day(day)
        traffic.begin()
        note = self.kill(day, False)
        self.answered()
        note += self.programme.act(day, traffic)
        system.end_day(day)
        traffic.begin(night=True)
        note += self.kill(day, True)
        self.wait_for_batches(day)
        self.answered()
        wanted = len(system.days[day])
        self.picture.show(day, wanted, wanted, f"{traffic.count() - before:3} live  "
                                               f"{time.monotonic() - began:4.1f} s{note}", True)

    def wait_for_batches(self, day):
        wanted = {sender: sequence for sender, sequence, _, _ in self.system.days[day]}

        def there():
            try:
                taken = self.system.taken()
            except OSError:
                return False  # The clearing is starting again.
            done = sum(taken.get(sender, 0) >= sequence for sender, sequence in wanted.items())
            self.picture.show(day, done, len(wanted))
            return done == len(wanted)

        self.system.wait(there, f"the batches of {day} are at the clearing", 300)


def start(system, folder, programme=None):
    began = time.monotonic()
    system.start()
    print(f"  {len(system.nodes)} nodes and the clearing are up, "
          f"{time.monotonic() - began:.1f} s; logs: {folder}/system/*/log", flush=True)
    system.open(600)
    taken = programme.take() if programme else ""
    system.start_gateway()
    print(f"  rule book, calendar, {len(system.openings)} opening files"
          f"{' and ' + taken if taken else ''} are taken; the gateway is up\n", flush=True)


def run_days(system, traffic, kills=True, programme=None):
    """Who died on the way."""
    month = Month(system, traffic, kills, programme or month_programme.Programme(system))
    for day in sorted(system.days):
        month.run_day(day)
    traffic.close()
    return month.deaths


def close(system, traffic, deaths, folder, period):
    """The month's outputs; what every live member has; what the clearing has read, in
    FOLDER/inputs."""
    clearing = ["--config", system.clearing.config]
    print("\n" + system.run("clearing", "status", *clearing), end="")
    print(system.run("close", period, *clearing), flush=True)
    live_check.tell(traffic, deaths)
    members, points = live_check.check_balances(system, traffic)
    print(f"  each of {members:,} live members has at home what the answers say: {points:,} points "
          "together", flush=True)
    system.run("clearing", "inputs", period, "--out", folder / "inputs", *clearing)


def stop(system):
    codes = system.stop()
    if any(codes):
        raise running.Refused(f"a process ended with {codes}")


def compare(system, traffic, folder, period):
    """With a settlement of what the clearing has read: 0 when nothing differs."""
    closed = system.outputs(period)
    settled = live_check.check_settled(closed, traffic, period)
    print(f"  each of {settled:,} live events of {period} that somebody owes for is settled once, "
          "with its points")
    print("\n  now `settle`, from the batches that the clearing has read:", flush=True)
    print(system.run("settle", "--in", folder / "inputs", "--period", period, "--out",
                     folder / "settled", "--key",
                     system.keys / f"{system.clearing_code}-clearing.secret"), end="")
    different = different_files(folder / "settled", closed, BATCHES_NAMED)
    if different:
        print(f"  {len(different)} files differ: {different[:8]}", file=sys.stderr)
        return 1
    print("\n  Statements, proofs, lines, lots and the cut-off record of the running system and\n"
          f"  of `settle` are the same to the byte: {closed}")
    return 0


def tell_programme(programme, told, page):
    """What it came to is held against the inputs, and shown."""
    system = programme.system
    found = programme_check.check(programme, told, system.outputs(programme.month_text()),
                                  system.inputs)
    programme_page.write(programme, told, found, page)


def main():
    if len(sys.argv) != 5:
        print(__doc__, file=sys.stderr)
        return 2
    exe, inputs, folder = (pathlib.Path(one).resolve() for one in sys.argv[1:4])
    period = sys.argv[4]
    system = LiveSystem(exe, folder / "system", inputs)
    system.make()
    programme = month_programme.Programme(system)
    told = None
    try:
        start(system, folder, programme)
        traffic = live.Traffic(system, SEED)
        close(system, traffic, run_days(system, traffic, programme=programme), folder, period)
        if programme.path:
            told = programme.told_by_system()
        stop(system)
    finally:
        system.kill()
    code = compare(system, traffic, folder, period)
    if code == 0 and programme.path:
        tell_programme(programme, told, folder / "programme.html")
    return code


if __name__ == "__main__":
    try:
        sys.exit(main())
    except live.Wrong as wrong:
        print(f"ops/month.py: not so: {wrong}", file=sys.stderr)
        sys.exit(1)
    except running.Refused as refused:
        print(f"ops/month.py: {refused}", file=sys.stderr)
        sys.exit(3)
