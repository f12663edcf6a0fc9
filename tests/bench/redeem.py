"""W2: redemptions, each a durable hold and then its durable capture, one request at a time on each
connection: a real node over its counter's Unix socket, and PostgreSQL with prepared functions over
its own. Each system first as fast as it can (every caller begins when it is done), then at four
fifths of that rate in an open loop, where latency counts from when a redemption was to begin.
At the end the points that are left must be those that were there less those that were taken.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys

import peers
import restart

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "ops"))

import system as running  # noqa: E402

CODE = "P11"
LOTS = 10
CALLERS = (1, 16, 64)
OPEN_SHARE = 0.8
POINTS = 10
PREFIXES = iter(f"R{number}" for number in range(1, 10_000))


def drive(given, system, callers, rate):
    command = [given.pointhouse, "bench", "w2", "--at", system.at, "--callers", str(callers),
               "--rate", str(rate), "--seconds", str(given.w2_seconds), "--members",
               str(given.rows["w2"]), "--points", str(POINTS), "--date", system.date, "--prefix",
               next(PREFIXES), "--json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"ops/bench: {' '.join(command)} ended with {done.returncode}")
    return json.loads(done.stdout)


class Ours:
    """A node with its journal in LMDB, as it runs in a province, without a clearing."""

    name = "pointhouse"

    def __init__(self, given, files):
        inputs = files / "inputs"
        inputs.mkdir(exist_ok=True)
        for name in ("rulebook.csv", "opening.csv"):
            if not (inputs / name).exists():
                os.link(files / name, inputs / name)
        self.system = running.System(given.pointhouse, files.parent / "w2-system", inputs)
        self.system.make()
        self.node = self.system.nodes[CODE]
        with open(self.node.config, "a", encoding="utf-8") as settings:
            settings.write('\n[counter]\nsocket = "run/counter.sock"\n')
        self.at = str(self.node.folder / "run" / "counter.sock")
        self.date = self.system.first_day.strftime("%Y%m%d")
        self.node.start()
        self.node.wait_until_up()
        self.node.drop(self.system.rulebook)
        self.node.drop(files / "opening.csv")
        restart.wait_for(lambda: self.node.status()["opened"] is not None, "the province is open",
                         self.node, 1800)

    def left(self, files):
        members = [line.split(",")[0] for line in
                   (files / "accounts.csv").read_text(encoding="ascii").splitlines()]
        return sum(restart.points(self.node, member) for member in members)

    def stop(self):
        self.node.kill()


class Theirs:
    name = "postgresql"

    def __init__(self, files, servers):
        self.date = "20260301"  # Of its ids, which are words to it.
        self.server = servers[self.name]
        self.server.psql(["-v", f"lots={LOTS}", "-f", peers.HERE / "w2_postgresql_load.sql"],
                         cwd=files)
        self.at = f"postgresql:///bench?host={self.server.home}&user=postgres"

    def left(self, _files):
        return int(self.server.psql(["-c", "SELECT sum(remaining) - sum(held) FROM lots"]))

    def stop(self):
        self.server.psql(["-c", "DROP TABLE lots, holds, captures; DROP FUNCTION w2_hold, "
                          "w2_capture"])


def measure(given, system):
    """By number of callers: figures of the closed loop, whose rate is the median, and the open."""
    taken, found = 0, []
    for callers in CALLERS:
        runs = [drive(given, system, callers, 0) for _ in range(given.runs)]
        closed = sorted(runs, key=lambda run: run["per_second"])[len(runs) // 2]
        rate = max(1, int(closed["per_second"] * OPEN_SHARE))
        opened = drive(given, system, callers, rate)
        taken += sum(run["points_taken"] for run in [*runs, opened])
        found.append({"callers": callers, "closed": closed, "open": opened})
        print(f"  {system.name}, {callers} callers: {closed['per_second']:,} a second", flush=True)
    return taken, found


def files_of(given, members):
    command = [given.pointhouse, "bench", "w1", "--rows", "1", "--members", str(members),
               "--lots", str(LOTS), "--dir", given.data, "--repeat", "1", "--files-only", "--json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return pathlib.Path(json.loads(done.stdout)["folder"])


def run(given, servers):
    begin = os.getloadavg()
    print(f"\n=== w2: {given.rows['w2']:,} members of {LOTS} lots; load average {begin}",
          flush=True)
    files = files_of(given, given.rows["w2"])
    had = sum(int(line.split(",")[1]) for line in
              (files / "accounts.csv").read_text(encoding="ascii").splitlines())
    systems, failed = {}, False
    shutil.rmtree(files.parent / "w2-system", ignore_errors=True)
    for name in ["pointhouse", *[peer for peer in given.peers if peer == "postgresql"]]:
        system = Ours(given, files) if name == "pointhouse" else Theirs(files, servers)
        try:
            taken, found = measure(given, system)
            left = system.left(files)
        finally:
            system.stop()
        same = had == left + taken
        failed = failed or not same
        systems[name] = {"found": found, "result": "all points accounted for" if same else
                         f"DIFFERENT: {had:,} - {taken:,} taken, but {left:,} left"}
    if not given.keep:
        shutil.rmtree(files, ignore_errors=True)
        shutil.rmtree(files.parent / "w2-system", ignore_errors=True)
    return {"job": "w2", "systems": systems, "load_before": begin, "load_after": os.getloadavg(),
            "failed": failed}


def print_table(job):
    print("\nw2: redemptions, a durable hold and a durable capture each; load average before "
          f"{job['load_before'][0]:.1f}, after {job['load_after'][0]:.1f}")
    print(f"  {'system':<12} {'callers':>7} {'a second':>9} {'ratio':>6} {'p50 ms':>8} "
          f"{'p99 ms':>8}   {'open: a second':>14} {'p50 ms':>8} {'p99 ms':>8} {'hold p99':>8}")
    base = {one["callers"]: one["closed"]["per_second"]
            for one in job["systems"].get("postgresql", {"found": []})["found"]}
    for name, system in job["systems"].items():
        for one in system["found"]:
            closed, opened, callers = one["closed"], one["open"], one["callers"]
            ratio = f"{closed['per_second'] / base[callers]:.1f}" if callers in base else ""
            print(f"  {name:<12} {callers:>7} {closed['per_second']:>9,} {ratio:>6} "
                  f"{closed['redemption_p50_ms']:>8.2f} {closed['redemption_p99_ms']:>8.2f}   "
                  f"{opened['per_second']:>14,} {opened['redemption_p50_ms']:>8.2f} "
                  f"{opened['redemption_p99_ms']:>8.2f} {opened['hold_p99_ms']:>8.2f}")
        print(f"  {name}: {system['result']}")
