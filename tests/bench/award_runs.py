"""The award of a year over a province: `pointhouse bench runs`, which fills a home with ten lots a
member, 1.3 accounts each and a year of bills, then counts and posts.
"""

import json
import os
import subprocess


def run(given, _servers):
    members = given.rows["runs"]
    print(f"\n=== runs: {members:,} members; load average {os.getloadavg()[0]:.2f}", flush=True)
    done = subprocess.run([given.pointhouse, "bench", "runs", "--members", str(members), "--json"],
                          capture_output=True, check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr.decode(errors="replace"))
    return {"job": "runs", "figures": json.loads(done.stdout), "failed": done.returncode != 0}


def print_table(job):
    figures = job["figures"]
    print(f"\nruns: {figures['members']:,} members, {figures['accounts']:,} accounts")
    for name, unit in (("counting_ms", "ms, by the clock"), ("counting_cpu_ms", "ms of processor"),
                       ("counting_slice_max_ms", "ms, the longest slice"),
                       ("posting_ms", "ms, by the clock"), ("posting_cpu_ms", "ms of processor"),
                       ("posting_slice_max_ms", "ms, the longest slice"),
                       ("anonymous_mib", "MiB before"), ("anonymous_counted_mib", "MiB, counted"),
                       ("anonymous_posted_mib", "MiB, posted"), ("lots_given", "lots")):
        print(f"  {name:<24} {figures[name]:>14,} {unit}")
