"""W1: a day's file after another, ours through an inbox, the others' by their bulk load. Timed
until the points are durable and a balance query shows them; all balances must be equal at the end.
Beside them, our batch of the same day on its way from the node to the clearing's receipt.
"""

import json
import os
import shutil
import statistics
import subprocess


def ours(given):
    command = [given.pointhouse, "bench", "w1", "--rows", str(given.rows["w1"])]
    command += ["--members", str(given.w1_members or given.rows["w1"])]
    command += ["--dir", given.data, "--repeat", str(given.runs), "--json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"ops/bench: {' '.join(command)} ended with {done.returncode}")
    return json.loads(done.stdout)


def load_average():
    return " ".join(f"{value:.1f}" for value in os.getloadavg())


def run(given, servers):
    begin = load_average()
    rows = given.rows["w1"]
    print(f"\n=== w1: {rows:,} bills a day, {given.w1_members or rows:,} accounts; "
          f"load average {begin}", flush=True)
    figures = ours(given)
    systems = []
    failed = False
    for name in given.peers:
        print(f"--- {name}", flush=True)
        times, sums = servers[name].days(figures["folder"], given.runs + 1)
        same = sums == figures["sums"]
        failed = failed or not same
        systems.append({"system": servers[name].version(), "ms": statistics.median(times[1:]),
                        "first_ms": times[0], "result": "equal" if same else f"DIFFERENT: {sums}"})
    if not given.keep:
        shutil.rmtree(figures["folder"], ignore_errors=True)
    return {"job": "w1", "figures": figures, "rows": systems, "load_before": begin,
            "load_after": load_average(), "failed": failed}


def print_table(job):
    ours_of, rows = job["figures"], job["figures"]["rows"]
    print(f"\nw1: {rows:,} bills a day into {ours_of['members']:,} accounts, durable and visible; "
          f"load average before {job['load_before']}, after {job['load_after']}")
    print(f"  {'system':<24} {'median ms':>11} {'to file':>8} {'to batch':>8} {'rows/s':>12} "
          f"{'first ms':>11}  result")
    base = ours_of["visible_ms"]
    batch = {"system": "pointhouse, batch", "ms": ours_of["batch_ms"], "first_ms": None,
             "result": "receipt"}
    systems = [{"system": "pointhouse, file", "ms": base, "first_ms": ours_of["first_run_ms"],
                "result": ours_of["sums"]}, batch, *job["rows"]]
    for system in systems:
        first = "" if system["first_ms"] is None else f"{system['first_ms']:,.1f}"
        print(f"  {system['system']:<24} {system['ms']:>11,.1f} {system['ms'] / base:>8.2f} "
              f"{system['ms'] / batch['ms']:>8.2f} {rows * 1000 / system['ms']:>12,.0f} "
              f"{first:>11}  {system['result']}")
    print(f"  ours: staged {ours_of['staged_ms']:,.0f} ms, read and checked "
          f"{ours_of['read_ms']:,.0f}, decided and posted {ours_of['posted_ms']:,.0f}; "
          f"{ours_of['visible_cpu_ms']:,.0f} ms of processor time; {ours_of['file_bytes']:,} bytes")
    print(f"  the batch over CURVE: {ours_of['batch_bytes']:,} bytes in "
          f"{ours_of['batch_ms']:,.0f} ms, {ours_of['batch_mib_per_s']:,} MiB/s, "
          f"{ours_of['batch_percent_of_bare_curve']} % of bare CURVE's "
          f"{ours_of['bare_curve_mib_per_s']:,}")
    print(f"  not in it: opening {ours_of['opening_ms']:,.0f} ms, sealing {ours_of['seal_ms']:,.0f}"
          f" ms a day, a snapshot of {ours_of['snapshot_bytes'] / 1e6:,.0f} MB "
          f"{ours_of['snapshot_ms']:,.0f} ms")
    print(f"  probe: fdatasync of 4 KiB {ours_of['fdatasync_4k_ms']:.2f} ms, disk "
          f"{ours_of['disk_write_mib_per_s']:,} MiB/s, memory copy "
          f"{ours_of['memory_copy_mib_per_s']:,} MiB/s")
