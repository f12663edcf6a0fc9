"""Holds while a day's file is posted: a node takes a file of a day (10,000,000 bills of as many
members at full size) while redemptions come over its counter's socket in an open loop, two seconds
at a time. Latency counts from when a redemption was to begin. Before it, the same at rest.
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

import system as running  # noqa: E402

CALLERS, RATE, SECONDS, POINTS = 16, 500, 2, 1


def make_files(given, home):
    members = given.rows["posting"]
    command = [given.pointhouse, "bench", "w1", "--files-only", "--json", "--dir", str(home),
               "--members", str(members), "--rows", str(given.rows["posting"]), "--lots", "1",
               "--repeat", "1"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    made = pathlib.Path(json.loads(done.stdout)["folder"])
    inputs = home / "inputs"
    shutil.rmtree(inputs, ignore_errors=True)
    inputs.mkdir()
    for name in ("rulebook.csv", "opening.csv", "day-1.csv"):
        os.link(made / name, inputs / name)
    return inputs, made, members


def drive(given, node, date, members, prefix):
    command = [given.pointhouse, "bench", "w2", "--at", node.folder / "run" / "counter.sock",
               "--callers", str(CALLERS), "--rate", str(RATE), "--seconds", str(SECONDS),
               "--warm-up-ms", "0", "--members", str(members), "--points", str(POINTS), "--date",
               date, "--prefix", prefix, "--json"]
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, text=True,
                          check=False)
    if done.returncode != 0:
        raise SystemExit(f"ops/bench: the driver ended with {done.returncode}")
    return json.loads(done.stdout)


def measure(given, system, node, members):
    date = system.first_day.strftime("%Y%m%d")
    node.start()
    node.wait_until_up()
    node.drop(system.rulebook)
    node.drop(system.inputs / "opening.csv")
    restart.wait_for(lambda: node.status()["opened"] is not None, "the province is open", node,
                     1800)
    restart.wait_for(lambda: restart.snapshots(node) == 1, "the opening is in a snapshot", node,
                     1800)
    rest = [drive(given, node, date, members, f"R{n}") for n in range(3)]
    shutil.copyfile(system.inputs / "day-1.csv", node.inbox / "day-1.csv.part")
    begin = time.monotonic()
    os.rename(node.inbox / "day-1.csv.part", node.inbox / "day-1.csv")
    busy = []
    while not restart.posted(node):
        busy.append(drive(given, node, date, members, f"B{len(busy)}"))
    return {"rest": rest, "busy": busy, "posted_s": time.monotonic() - begin}


def run(given, _servers):
    home = pathlib.Path(given.data) / f"posting-{given.rows['posting']}"
    load = os.getloadavg()
    print(f"\n=== posting: {given.rows['posting']:,} bills while {RATE} redemptions a second come; "
          f"load average {load}", flush=True)
    home.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(home / "system", ignore_errors=True)
    inputs, made, members = make_files(given, home)
    system = running.System(given.pointhouse, home / "system", inputs)
    system.make()
    node = system.nodes[redeem.CODE]
    with open(node.config, "a", encoding="utf-8") as settings:
        settings.write('\n[counter]\nsocket = "run/counter.sock"\n')
    try:
        figures = measure(given, system, node, members)
    finally:
        node.kill()
    if not given.keep:
        for folder in (home / "system", inputs, made):
            shutil.rmtree(folder, ignore_errors=True)
    return {"job": "posting", "rows": given.rows["posting"], "load_before": load,
            "load_after": os.getloadavg(), "figures": figures, "failed": False}


def print_table(job):
    figures = job["figures"]
    print(f"\nposting: {job['rows']:,} bills of as many members posted in "
          f"{figures['posted_s']:.1f} s, {RATE} redemptions a second meanwhile;\nload average "
          f"before {job['load_before'][0]:.1f}, after {job['load_after'][0]:.1f}")
    print(f"  {'two seconds':<22} {'done a second':>13} {'hold p50 ms':>12} {'hold p99 ms':>12} "
          f"{'hold max ms':>12}")
    for what in ("rest", "busy"):
        for number, one in enumerate(figures[what], 1):
            name = f"{'at rest' if what == 'rest' else 'while posting'} {number}"
            print(f"  {name:<22} {one['per_second']:>13,} {one['hold_p50_ms']:>12.2f} "
                  f"{one['hold_p99_ms']:>12.2f} {one['hold_max_ms']:>12.2f}")
