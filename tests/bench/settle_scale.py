"""Settles a large generated month: from CSV files, sealing binary batches on the way, then from
those batches. Both must give the same lines, positions and items."""

import filecmp
import os
import shutil
import statistics
import subprocess
import time
from pathlib import Path

PERIOD = "2026-03"
# What does not depend on the encoding of the input.
SAME = ("items.csv", "lines.csv", "matrix.csv", "positions.csv", "ledger.csv", "suspense.csv")


def timed(command, log):
    """Seconds by the clock, seconds of processor, peak memory in bytes."""
    with open(log, "wb") as out:
        begin = time.monotonic()
        child = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.monotonic() - begin
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        text = Path(log).read_text(encoding="utf-8", errors="replace")[-3000:]
        raise SystemExit(f"ops/bench: {' '.join(command)} ended with {child.returncode}:\n{text}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def count_lines(files):
    lines = 0
    for path in files:
        with open(path, "rb") as file:
            while block := file.read(1 << 22):
                lines += block.count(b"\n")
    return lines


def link(files, directory):
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir()
    for path in files:
        os.link(path, directory / path.name)


def profile(command, home):
    """The functions where settle spends its time, if this machine has perf."""
    if not shutil.which("perf"):
        return "perf is not installed"
    data = home / "perf.data"
    recorded = subprocess.run(["perf", "record", "-q", "-F", "499", "-o", data, "--", *command],
                              capture_output=True, check=False)
    if recorded.returncode != 0:
        return "perf may not record here"
    report = subprocess.run(["perf", "report", "-i", data, "--stdio", "--no-children", "-g", "none",
                             "--percent-limit", "1"], capture_output=True, text=True, check=False)
    data.unlink(missing_ok=True)
    lines = [line[:150] for line in report.stdout.splitlines() if line and line[0] != "#"]
    return "\n".join(lines[:25])


def run(given, _servers):
    home = Path(given.data) / f"settle-{given.rows['settle']}"
    generated, sealed, batches = home / "in", home / "sealed", home / "batches"
    done = home / "complete"
    figures = {}
    print(f"\n=== settle: {given.rows['settle']:,} members; load average {os.getloadavg()}",
          flush=True)
    if not done.exists():
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        command = [given.pointhouse, "generate", "--out", str(generated), "--period", PERIOD]
        command += ["--members", str(given.rows["settle"]), "--opening-lots", "2"]
        figures["generate_s"] = timed(command, home / "generate.log")[0]
        done.touch()
    days = sorted(generated.glob("*_DAY.csv"))
    rest = sorted(set(generated.glob("*.csv")) - set(days))
    figures["day_lines"] = count_lines(days)
    figures["lines"] = figures["day_lines"] + count_lines(rest)
    settle = [given.pointhouse, "settle", "--period", PERIOD, "--quiet", "--force"]
    settle += ["--threads", str(given.threads)]
    # Once, to seal the batches; it isn't counted.
    shutil.rmtree(sealed, ignore_errors=True)
    timed(settle + ["--in", str(generated), "--out", str(home / "out-seal"), "--seal", str(sealed)],
          home / "settle.log")
    link(rest + sorted(sealed.glob("*.phb")), batches)
    failed = False
    for name, source in (("csv", generated), ("binary", batches)):
        out = home / f"out-{name}"
        command = settle + ["--in", str(source), "--out", str(out)]
        runs = [timed(command, home / "settle.log") for _ in range(given.runs)]
        figures[name] = {
            "s": statistics.median(r[0] for r in runs),
            "cpu_s": statistics.median(r[1] for r in runs),
            "peak_bytes": max(r[2] for r in runs),
        }
        same = filecmp.cmpfiles(home / "out-seal", out, SAME, shallow=False)
        failed = failed or len(same[0]) != len(SAME)
        if given.profile:
            figures[name]["profile"] = profile(command, home)
    figures["sealed_bytes"] = sum(path.stat().st_size for path in sealed.glob("*.phb"))
    figures["csv_bytes"] = sum(path.stat().st_size for path in days)
    if not given.keep:
        for name in ("out-seal", "out-csv", "out-binary", "batches", "sealed"):
            shutil.rmtree(home / name, ignore_errors=True)
    return {"job": "settle", "members": given.rows["settle"], "figures": figures, "failed": failed}


def print_table(job):
    figures = job["figures"]
    print(f"\nsettle: {job['members']:,} members, {figures['day_lines']:,} lines of daily files "
          f"({figures['csv_bytes'] / 1e9:.2f} GB), {figures['lines']:,} lines with opening lots; "
          f"sealed {figures['sealed_bytes'] / 1e9:.2f} GB")
    print(f"  {'from':<10} {'median s':>10} {'processor s':>12} {'peak GB':>9} {'lines/s':>12}")
    for name in ("csv", "binary"):
        run_of = figures[name]
        rate = figures["lines"] / run_of["s"]
        print(f"  {name:<10} {run_of['s']:>10.2f} {run_of['cpu_s']:>12.2f} "
              f"{run_of['peak_bytes'] / 1e9:>9.2f} {rate:>12,.0f}")
    print("  results of both encodings: " + ("DIFFERENT" if job["failed"] else "equal"))
    for name in ("csv", "binary"):
        if "profile" in figures[name]:
            print(f"\n  where settle spends its time, from {name}:\n{figures[name]['profile']}")
