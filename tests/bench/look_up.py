"""Look-ups while a day is posted: a node (1,000,000 members of ten lots at full size) answers
balances and histories over TLS, 1,000 a second in an open loop on 16 connections, two seconds at a
time: at rest, while it takes and posts a second file of as many bills, and while that day, sealed,
gets its index. Latency counts from when a look-up was to begin. p99 is to stay below 2 ms.
"""

import datetime
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

import redeem
import restart

sys.path.insert(0, str(redeem.ROOT / "ops"))

import channel  # noqa: E402
import system as running  # noqa: E402
from live_system import write_certificate  # noqa: E402

CALLERS, RATE, SECONDS, LOTS = 16, 1_000, 2, 10
P99_MS_MAX = 2.0
DAYS = ("day-1.csv", "day-2.csv")
LOOK_UPS = ("balance", "history")


def make_files(given, home):
    members = given.rows["lookup"]
    command = [given.pointhouse, "bench", "w1", "--files-only", "--json", "--dir", str(home),
               "--members", str(members), "--rows", str(members), "--lots", str(LOTS), "--repeat",
               "2"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    made = pathlib.Path(json.loads(done.stdout)["folder"])
    inputs = home / "inputs"
    shutil.rmtree(inputs, ignore_errors=True)
    inputs.mkdir()
    for name in ("rulebook.csv", "opening.csv", *DAYS):
        os.link(made / name, inputs / name)
    return inputs, made


class Service:
    """The node, its member service, and a channel's token."""

    def __init__(self, given, system):
        self.given, self.system, self.node = given, system, system.nodes[redeem.CODE]
        self.port, folder = running.free_port(), self.node.folder
        token, line = channel.new_token(given.pointhouse, "bench", "balance history",
                                        per_second=100_000)
        channel.write_private(folder / "token", token)
        channel.write_private(folder / "channels", line + "\n")
        write_certificate(folder)
        with open(self.node.config, "a", encoding="utf-8") as settings:
            settings.write(channel.settings(self.port))

    def drive(self, seed, look_up):
        folder = self.node.folder
        command = [self.given.pointhouse, "bench", "w2", "--at",
                   f"https://localhost:{self.port}", "--authority", folder / "tls.pem",
                   "--token", folder / "token", "--look-up", look_up, "--callers",
                   str(CALLERS), "--rate", str(RATE),
                   "--seconds", str(SECONDS), "--warm-up-ms", "100", "--members",
                   str(self.given.rows["lookup"]), "--date", "20260301", "--seed", str(seed),
                   "--json"]
        done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, text=True,
                              check=False)
        if done.returncode != 0:
            raise SystemExit(f"ops/bench: the driver ended with {done.returncode}")
        return {"look_up": look_up, **json.loads(done.stdout)}

    def index(self):
        """How many days' files there are."""
        return len(list((self.node.folder / "data" / "history").glob("*.phx")))


def measure(service, system, node):
    node.start()
    node.wait_until_up()
    node.drop(system.rulebook)
    node.drop(system.inputs / "opening.csv")
    restart.wait_for(lambda: node.status()["opened"] is not None, "the province is open", node,
                     1800)
    restart.wait_for(lambda: restart.snapshots(node) == 1, "the opening is in a snapshot", node,
                     1800)
    drop(system, node, DAYS[0])
    restart.wait_for(lambda: restart.posted(node), "the first day is posted", node, 1800)
    system.end_day(system.first_day)
    restart.wait_for(lambda: service.index() == 1, "the first day has its index", node, 1800)
    rest = [service.drive(seed, LOOK_UPS[seed % 2]) for seed in range(4)]
    begin = time.monotonic()
    drop(system, node, DAYS[1])
    busy = []
    while not restart.posted(node):
        busy.append(service.drive(10 + len(busy), LOOK_UPS[len(busy) % 2]))
    posted_s = time.monotonic() - begin
    system.end_day(system.first_day + datetime.timedelta(days=1))
    behind = []
    while service.index() < 2:
        behind.append(service.drive(100 + len(behind), LOOK_UPS[1]))
    return {"rest": rest, "busy": busy, "behind": behind, "posted_s": posted_s}


def drop(system, node, name):
    shutil.copyfile(system.inputs / name, node.inbox / (name + ".part"))
    os.rename(node.inbox / (name + ".part"), node.inbox / name)


def run(given, _servers):
    home = pathlib.Path(given.data) / f"lookup-{given.rows['lookup']}"
    load = os.getloadavg()
    print(f"\n=== lookup: {RATE:,} look-ups a second at a node of {given.rows['lookup']:,} members "
          f"while it posts; load average {load}", flush=True)
    home.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(home / "system", ignore_errors=True)
    inputs, made = make_files(given, home)
    system = running.System(given.pointhouse, home / "system", inputs)
    system.make()
    node = system.nodes[redeem.CODE]
    service = Service(given, system)
    try:
        figures = measure(service, system, node)
    finally:
        node.kill()
    if not given.keep:
        for folder in (home / "system", inputs, made):
            shutil.rmtree(folder, ignore_errors=True)
    return {"job": "lookup", "rows": given.rows["lookup"], "load_before": load,
            "load_after": os.getloadavg(), "figures": figures, "failed": False}


def print_table(job):
    figures = job["figures"]
    print(f"\nlookup: {job['rows']:,} bills of as many members posted in "
          f"{figures['posted_s']:.1f} s, {RATE:,} look-ups a second meanwhile;\nload average "
          f"before {job['load_before'][0]:.1f}, after {job['load_after'][0]:.1f}; p99 is to stay "
          f"below {P99_MS_MAX} ms")
    names = {"rest": "at rest", "busy": "while posting", "behind": "sealing, then the index"}
    print(f"  {'two seconds':<36} {'done a second':>13} {'p50 ms':>9} {'p99 ms':>9} {'max ms':>9}")
    for what in names:
        for number, one in enumerate(figures[what], 1):
            name = f"{one['look_up']}, {names[what]} {number}"
            mark = "" if one["look_up_p99_ms"] < P99_MS_MAX else "  missed"
            print(f"  {name:<36} {one['per_second']:>13,} {one['look_up_p50_ms']:>9.2f} "
                  f"{one['look_up_p99_ms']:>9.2f} {one['look_up_max_ms']:>9.2f}{mark}")
