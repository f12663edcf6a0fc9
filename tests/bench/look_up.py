"""Look-ups while a day is posted: a node (1,000,000 members of ten lots at full size) answers
balances over TLS, 1,000 a second in an open loop on 16 connections, two seconds at a time; at rest,
then while it takes and posts a file of as many bills. Latency counts from when a look-up was to
begin. p99 is to stay below 2 ms.
"""

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
DAY = "day-1.csv"


def make_files(given, home):
    members = given.rows["lookup"]
    command = [given.pointhouse, "bench", "w1", "--files-only", "--json", "--dir", str(home),
               "--members", str(members), "--rows", str(members), "--lots", str(LOTS), "--repeat",
               "1"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    made = pathlib.Path(json.loads(done.stdout)["folder"])
    inputs = home / "inputs"
    shutil.rmtree(inputs, ignore_errors=True)
    inputs.mkdir()
    for name in ("rulebook.csv", "opening.csv", DAY):
        os.link(made / name, inputs / name)
    return inputs, made


class Service:
    """The node, its member service, and a channel's token."""

    def __init__(self, given, system):
        self.given, self.system, self.node = given, system, system.nodes[redeem.CODE]
        self.port, folder = running.free_port(), self.node.folder
        token, line = channel.new_token(given.pointhouse, "bench", per_second=100_000)
        channel.write_private(folder / "token", token)
        channel.write_private(folder / "channels", line + "\n")
        write_certificate(folder)
        with open(self.node.config, "a", encoding="utf-8") as settings:
            settings.write(channel.settings(self.port))

    def drive(self, seed):
        folder = self.node.folder
        command = [self.given.pointhouse, "bench", "w2", "--at",
                   f"https://localhost:{self.port}", "--authority", folder / "tls.pem",
                   "--token", folder / "token", "--callers", str(CALLERS), "--rate", str(RATE),
                   "--seconds", str(SECONDS), "--warm-up-ms", "100", "--members",
                   str(self.given.rows["lookup"]), "--date", "20260301", "--seed", str(seed),
                   "--json"]
        done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, text=True,
                              check=False)
        if done.returncode != 0:
            raise SystemExit(f"ops/bench: the driver ended with {done.returncode}")
        return json.loads(done.stdout)


def measure(service, system, node):
    node.start()
    node.wait_until_up()
    node.drop(system.rulebook)
    node.drop(system.inputs / "opening.csv")
    restart.wait_for(lambda: node.status()["opened"] is not None, "the province is open", node,
                     1800)
    restart.wait_for(lambda: restart.snapshots(node) == 1, "the opening is in a snapshot", node,
                     1800)
    rest = [service.drive(seed) for seed in range(3)]
    shutil.copyfile(system.inputs / DAY, node.inbox / (DAY + ".part"))
    begin = time.monotonic()
    os.rename(node.inbox / (DAY + ".part"), node.inbox / DAY)
    busy = []
    while not restart.posted(node):
        busy.append(service.drive(10 + len(busy)))
    return {"rest": rest, "busy": busy, "posted_s": time.monotonic() - begin}


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
    print(f"  {'two seconds':<22} {'done a second':>13} {'p50 ms':>9} {'p99 ms':>9} {'max ms':>9}")
    for what in ("rest", "busy"):
        for number, one in enumerate(figures[what], 1):
            name = f"{'at rest' if what == 'rest' else 'while posting'} {number}"
            mark = "" if one["look_up_p99_ms"] < P99_MS_MAX else "  missed"
            print(f"  {name:<22} {one['per_second']:>13,} {one['look_up_p50_ms']:>9.2f} "
                  f"{one['look_up_p99_ms']:>9.2f} {one['look_up_max_ms']:>9.2f}{mark}")
