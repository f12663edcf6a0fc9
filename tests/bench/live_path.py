"""The whole way of a partner's redemption: a driver with signed HTTPS requests, the gateway, the
clearing's switch, the member's home; each a process of its own, all on this machine. A redemption
is a hold and then its capture. Open loop: so many begin in a second whether the last are done or
not, and latency counts from when one was to begin. Beside the rates: the processor time that each
process needs for a redemption, and the blocks that it makes durable.
"""

import json
import os
import shutil
import subprocess
import sys

import redeem
import restart

sys.path.insert(0, str(redeem.ROOT / "ops"))

from live_system import LiveSystem  # noqa: E402

SHOP = "MER00001"
CALLERS = 128
RATES = (500, 1_000, 2_000)
TICKS = os.sysconf("SC_CLK_TCK")


class Path:
    """One province, one merchant, and what is between them."""

    def __init__(self, given, files):
        inputs = files / "inputs"
        inputs.mkdir(exist_ok=True)
        for name in ("rulebook.csv", "calendar.csv", "opening.csv"):
            if not (inputs / name).exists():
                os.link(files / name, inputs / name)
        folder = files.parent / "live-system"
        shutil.rmtree(folder, ignore_errors=True)
        self.system = LiveSystem(given.pointhouse, folder, inputs)
        self.system.make()
        self.node = self.system.nodes[redeem.CODE]
        self.parts = {"gateway": self.system.gateway, "clearing": self.system.clearing,
                      "home": self.node}
        for process in (self.system.clearing, self.node):
            process.start()
            process.wait_until_up()
            process.drop(self.system.rulebook)
        self.system.clearing.drop(self.system.calendars[0])
        self.node.drop(files / "opening.csv")
        restart.wait_for(lambda: self.node.status()["opened"] is not None, "the province is open",
                         self.node, 1800)
        self.system.gateway.start()
        self.system.gateway.wait_until_up()
        restart.wait_for(lambda: self.system.gateway.status()["connected"],
                         "the gateway hears the clearing", self.system.gateway, 60)

    def drive(self, given, rate, prefix):
        """The driver's figures, and the processor seconds of each process meanwhile."""
        before = {name: spent(process) for name, process in self.parts.items()}
        command = [given.pointhouse, "bench", "w2", "--at",
                   f"https://localhost:{self.system.gateway_port}", "--authority",
                   self.system.gateway.folder / "tls.pem", "--key",
                   self.system.keys / f"{SHOP}-api.secret", "--created",
                   str(self.system.seconds()), "--code", SHOP, "--callers", str(CALLERS), "--rate",
                   str(rate), "--seconds", str(given.w2_seconds), "--members",
                   str(given.rows["live"]), "--points", "1", "--date", self.system.today,
                   "--prefix", prefix, "--json"]
        done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, text=True,
                              check=False)
        if done.returncode != 0:
            raise SystemExit(f"ops/bench: the driver ended with {done.returncode}")
        figures = json.loads(done.stdout)
        figures["cpu_ms"] = {
            name: 1000 * (spent(process) - before[name]) / figures["redemptions"]
            for name, process in self.parts.items()}
        return figures

    def left(self, files):
        members = [line.split(",")[0] for line in
                   (files / "accounts.csv").read_text(encoding="ascii").splitlines()]
        return sum(restart.points(self.node, member) for member in members)

    def stop(self):
        self.system.kill()


def spent(process):
    """Processor seconds of a process so far."""
    with open(f"/proc/{process.handle.pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def run(given, _servers):
    begin = os.getloadavg()
    print(f"\n=== live: {given.rows['live']:,} members of {redeem.LOTS} lots, {CALLERS} "
          f"connections; load average {begin}", flush=True)
    files = redeem.files_of(given, given.rows["live"])
    had = sum(int(line.split(",")[1]) for line in
              (files / "accounts.csv").read_text(encoding="ascii").splitlines())
    path = Path(given, files)
    try:
        found = [path.drive(given, rate, f"L{rate}") for rate in RATES]
        found.append(path.drive(given, 0, "L0"))
        taken = sum(one["points_taken"] for one in found)
        left = path.left(files)
    finally:
        path.stop()
    same = had == left + taken
    if not given.keep:
        shutil.rmtree(files, ignore_errors=True)
        shutil.rmtree(files.parent / "live-system", ignore_errors=True)
    return {"job": "live", "found": found, "load_before": begin, "load_after": os.getloadavg(),
            "result": "all points accounted for" if same else
            f"DIFFERENT: {had:,} - {taken:,} taken, but {left:,} left", "failed": not same}


def print_table(job):
    print("\nlive: redemptions through gateway, switch and home over TLS, a hold and a capture "
          f"each;\nload average before {job['load_before'][0]:.1f}, after "
          f"{job['load_after'][0]:.1f}; "
          "processor ms: of each process for one redemption")
    print(f"  {'asked a second':>14} {'done':>7} {'p50 ms':>9} {'p99 ms':>9} {'hold p99':>9}   "
          f"{'gateway':>8} {'clearing':>8} {'home':>8}")
    for one in job["found"]:
        asked = f"{one['rate']:,}" if one["rate"] else "all it can"
        cpu = one["cpu_ms"]
        print(f"  {asked:>14} {one['per_second']:>7,} {one['redemption_p50_ms']:>9.2f} "
              f"{one['redemption_p99_ms']:>9.2f} {one['hold_p99_ms']:>9.2f}   "
              f"{cpu['gateway']:>8.3f} {cpu['clearing']:>8.3f} {cpu['home']:>8.3f}")
    print(f"  {job['result']}")
