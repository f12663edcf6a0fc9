#!/usr/bin/env python3
"""Runs the benchmarks, ours and the same jobs in other systems, on this machine, one after the
other, and prints a table. Started by ops/bench, which builds and installs what this needs.

docs/benchmarks.md says what the jobs are and what is counted.
"""

import argparse
import hashlib
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

import award_runs
import live_path
import look_up
import peers
import posting
import redeem
import restart
import settle_scale
import w1_days

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent

JOBS = ("w1", "w2", "live", "posting", "lookup", "w3", "w4", "settle", "restart", "runs")
BESIDE_PEERS = ("w1", "w2", "w3", "w4")
FULL = {"w1": 1_000_000, "w2": 100_000, "live": 100_000, "posting": 10_000_000,
        "lookup": 1_000_000, "w3": 5_000_000, "w4": 50_000_000, "settle": 5_000_000,
        "restart": 1_000_000, "runs": 10_000_000}
QUICK = {"w1": 20_000, "w2": 20_000, "live": 20_000, "posting": 200_000, "lookup": 20_000,
         "w3": 100_000, "w4": 1_000_000, "settle": 30_000, "restart": 20_000,
         "runs": 20_000}
APART = {"w1": w1_days, "w2": redeem, "live": live_path, "posting": posting,
         "lookup": look_up, "settle": settle_scale, "restart": restart, "runs": award_runs}
RESULT = {"w3": "exceptions.csv", "w4": "lines.csv"}


def options():
    parser = argparse.ArgumentParser(prog="ops/bench", description=__doc__)
    parser.add_argument("--pointhouse", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--data", default=str(ROOT / "build/bench"), help="where data are made")
    parser.add_argument("--quick", action="store_true", help="small data: a trial, not a figure")
    parser.add_argument("--only", default=",".join(JOBS), help="jobs: " + ",".join(JOBS))
    parser.add_argument("--peers", default=",".join(peers.ALL), help="systems, or none")
    parser.add_argument("--runs", type=int, default=3, help="timed runs of each (default 3)")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--w1-rows", type=int, help="bills in a day's file")
    parser.add_argument("--w1-members", type=int, help="accounts that they go to (default: rows)")
    parser.add_argument("--w2-members", type=int, help="whose points are redeemed")
    parser.add_argument("--w2-seconds", type=int, help="that each run of w2 counts")
    parser.add_argument("--posting-rows", type=int, help="bills that are posted under load")
    parser.add_argument("--lookup-members", type=int, help="of whom a look-up may be about")
    parser.add_argument("--w3-rows", type=int)
    parser.add_argument("--w4-rows", type=int)
    parser.add_argument("--members", type=int, help="of the month that is settled")
    parser.add_argument("--restart-members", type=int, help="of the node that is killed")
    parser.add_argument("--restart-lots", type=int, default=10, help="of each (default 10)")
    parser.add_argument("--runs-members", type=int, help="of the award of a year")
    parser.add_argument("--profile", action="store_true", help="also profile settle with perf")
    parser.add_argument("--keep", action="store_true", help="leave databases and CSV files there")
    parser.add_argument("--json", help="also write all figures to this file")
    given = parser.parse_args()
    size = QUICK if given.quick else FULL
    given.rows = {
        "w1": given.w1_rows or size["w1"],
        "w2": given.w2_members or size["w2"],
        "live": given.w2_members or size["live"],
        "posting": given.posting_rows or size["posting"],
        "lookup": given.lookup_members or size["lookup"],
        "w3": given.w3_rows or size["w3"],
        "w4": given.w4_rows or size["w4"],
        "settle": given.members or size["settle"],
        "restart": given.restart_members or size["restart"],
        "runs": given.runs_members or size["runs"],
    }
    given.w2_seconds = given.w2_seconds or (1 if given.quick else 10)
    given.only = [job for job in given.only.split(",") if job]
    given.peers = [p for p in given.peers.split(",") if p and p != "none"]
    for name, known in ((given.only, JOBS), (given.peers, peers.ALL)):
        unknown = [word for word in name if word not in known]
        if unknown:
            parser.error(f"unknown: {', '.join(unknown)}")
    return given


def sorted_digest(path):
    """SHA-256 of the lines in the order of their bytes: how a result is compared."""
    lines = Path(path).read_bytes().splitlines()
    lines.sort()
    return hashlib.sha256(b"\n".join(lines)).hexdigest(), len(lines)


def load_average():
    return " ".join(f"{value:.1f}" for value in os.getloadavg())


def ours(given, job, export):
    command = [given.pointhouse, "bench", job, "--rows", str(given.rows[job])]
    command += ["--dir", given.data, "--threads", str(given.threads)]
    command += ["--repeat", str(given.runs), "--export", str(export), "--json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"ops/bench: {' '.join(command)} ended with {done.returncode}")
    return json.loads(done.stdout)


def row(system, what, median, first, load, result, ratio_to=None):
    return {
        "system": system,
        "what": what,
        "ms": median,
        "ratio": None if ratio_to is None else median / ratio_to,
        "first_ms": first,
        "load_s": load,
        "result": result,
    }


def our_rows(job, figures):
    load = figures.get("load_ms", 0) / 1000
    if job == "w3":
        what = f"match {figures['rows']:,} x {figures['rows']:,} items by id"
        name = "pointhouse"
        return [row(name, what, figures["match_ms"], figures["first_run_ms"], load, "", 1)]
    rows = [
        row("pointhouse", f"audit: rescan of {figures['rows']:,} legs", figures["rescan_ms"],
            None, load, "", 1),
        row("pointhouse", f"from running totals: {figures['lines']:,} lines, matrix, net",
            figures["net_ms"], None, None, "equal" if figures["audit"] == "equal" else "DIFFERENT"),
    ]
    return rows


def run_job(given, job, servers):
    """Ours, then each of the others on the same data."""
    export = Path(given.data) / f"export-{job}"
    begin = load_average()
    print(f"\n=== {job}: {given.rows[job]:,} rows; load average {begin}", flush=True)
    figures = ours(given, job, export)
    rows = our_rows(job, figures)
    base = rows[0]["ms"]
    rows[0]["ratio"] = 1.0
    want, count = sorted_digest(export / RESULT[job])
    rows[0]["result"] = f"{count:,} lines"
    failed = any(r["result"] == "DIFFERENT" for r in rows)
    for name in given.peers:
        print(f"--- {name}", flush=True)
        peer = servers[name]
        started = time.monotonic()
        peer.load(job, export)
        load = time.monotonic() - started
        times, result = peer.run(job, export, given.runs)
        got, lines = sorted_digest(result)
        same = got == want
        failed = failed or not same
        verdict = "equal" if same else f"DIFFERENT: {lines:,} lines"
        median = statistics.median(times[1:])
        rows.append(row(peer.version(), "", median, times[0], load, verdict, base))
        if not given.keep:
            peer.drop(job)
    if not given.keep:
        shutil.rmtree(export, ignore_errors=True)
    return {"job": job, "figures": figures, "rows": rows, "load_before": begin,
            "load_after": load_average(), "failed": failed}


def print_table(done):
    for job in done:
        print(f"\n{job['job']}: load average before {job['load_before']}, "
              f"after {job['load_after']}")
        head = ("system", "median ms", "ratio", "first ms", "load s", "result")
        print(f"  {head[0]:<46} {head[1]:>11} {head[2]:>7} {head[3]:>10} {head[4]:>8}  {head[5]}")
        for r in job["rows"]:
            name = r["system"] + (": " + r["what"] if r["what"] else "")
            ratio = "" if r["ratio"] is None else f"{r['ratio']:.1f}"
            first = "" if r["first_ms"] is None else f"{r['first_ms']:,.1f}"
            load = "" if r["load_s"] is None else f"{r['load_s']:,.1f}"
            print(f"  {name:<46} {r['ms']:>11,.1f} {ratio:>7} {first:>10} {load:>8}  {r['result']}")


def machine():
    model = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} x {model}, {memory:.0f} GB, Linux {platform.release()}"


def main():
    given = options()
    os.makedirs(given.data, exist_ok=True)
    print(machine())
    done = []
    servers = {}
    try:
        if any(job in BESIDE_PEERS for job in given.only):
            servers = peers.start(given.peers, Path(given.data), given.runs)
        for job in given.only:
            if job in APART:
                done.append(APART[job].run(given, servers))
            else:
                done.append(run_job(given, job, servers))
    finally:
        for peer in servers.values():
            peer.stop()
    print_table([job for job in done if job["job"] not in APART])
    for job in done:
        if job["job"] in APART:
            APART[job["job"]].print_table(job)
    if given.json:
        Path(given.json).write_text(json.dumps({"machine": machine(), "jobs": done}, indent=1))
    return 1 if any(job["failed"] for job in done) else 0


if __name__ == "__main__":
    sys.exit(main())
