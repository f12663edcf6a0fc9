#!/usr/bin/env python3
"""Runs a month of input files through a running system: 31 nodes and a clearing as processes on
this machine, day by day, with one node and the clearing killed on the way; closes the month, and
holds what was written against `settle` on the same files.

usage: ops/month.py POINTHOUSE INPUTS FOLDER PERIOD
"""

import pathlib
import shutil
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import system as running  # noqa: E402

# Named after what was read, or about what a home alone knows.
INPUTS_NAMED = {"manifest.csv", "manifest.csv.sig", "returned.csv"}
BAR = 40


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

    def show(self, day, done, of, note=""):
        full = BAR * done // max(of, 1)
        line = f"  {day}  {'█' * full}{'░' * (BAR - full)}  {done:2} of {of} batches  {note}"
        if self.on:
            print("\r" + line, end="\n" if done == of else "", flush=True)
        elif done == of:
            print(line, flush=True)


def run_day(system, picture, day, event):
    system.drop_day(day)
    system.end_day(day)
    note = event(system) if event else ""
    wanted = {sender: sequence for sender, sequence, _, _ in system.days[day]}
    began = time.monotonic()

    def there():
        try:
            taken = system.taken()
        except OSError:
            return False  # The clearing is starting again.
        done = sum(taken.get(sender, 0) >= sequence for sender, sequence in wanted.items())
        if done < len(wanted):
            picture.show(day, done, len(wanted), note)
        return done == len(wanted)

    system.wait(there, f"the batches of {day} are at the clearing", 300)
    picture.show(day, len(wanted), len(wanted),
                 f"{time.monotonic() - began:4.1f} s  {note}")


def kill_node(system):
    code = "P44" if "P44" in system.nodes else next(iter(system.nodes))
    system.nodes[code].kill()
    system.nodes[code].start()
    return f"← node {code} killed and started again"


def kill_clearing(system):
    system.clearing.kill()
    system.clearing.start()
    return "← the clearing killed and started again"


def main():
    if len(sys.argv) != 5:
        print(__doc__, file=sys.stderr)
        return 2
    exe, inputs, folder, period = (*map(pathlib.Path, sys.argv[1:4]), sys.argv[4])
    system = running.System(exe, folder / "system", inputs)
    system.make()
    days = sorted(system.days)
    events = {days[len(days) // 3]: kill_node, days[2 * len(days) // 3]: kill_clearing}
    try:
        began = time.monotonic()
        system.start()
        print(f"  {len(system.nodes)} nodes and the clearing are up, "
              f"{time.monotonic() - began:.1f} s; logs: {folder}/system/*/log", flush=True)
        system.open(600)
        print(f"  rule book, calendar and {len(system.openings)} opening files are taken\n",
              flush=True)
        picture = Picture(system)
        for day in days:
            run_day(system, picture, day, events.get(day))
        print()
        print(system.run("clearing", "status", "--config", system.clearing.config), end="")
        print(system.run("close", period, "--config", system.clearing.config), end="", flush=True)
        codes = system.stop()
    finally:
        system.kill()
    if any(codes):
        print(f"a process ended with {codes}", file=sys.stderr)
        return 3
    closed = system.outputs(period)
    shutil.copyfile(closed / "cutoff.csv", inputs / f"{system.clearing_code}-{period}-CUTOFF.csv")
    print("\n  now `settle`, from the same files and the cut-off record:", flush=True)
    print(system.run("settle", "--in", inputs, "--period", period, "--out", folder / "settled",
                     "--key", system.keys / f"{system.clearing_code}-clearing.secret"), end="")
    different = different_files(folder / "settled", closed, INPUTS_NAMED)
    if different:
        print(f"  {len(different)} files differ: {different[:8]}", file=sys.stderr)
        return 1
    print("\n  Statements, proofs, lines, lots and the cut-off record of the running system and\n"
          f"  of `settle` are the same to the byte: {closed}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except running.Refused as refused:
        print(f"ops/month.py: {refused}", file=sys.stderr)
        sys.exit(3)
