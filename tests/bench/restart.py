"""A large node dies: a real process takes its opening file and a day, writes its snapshot, is
killed (SIGKILL) and started again. Measured are the time until `pointhouse node balance` answers,
and its memory: RssAnon when it answers, and at its highest while the snapshot's child was at work.
"""

import datetime
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "ops"))

import system as running  # noqa: E402

CODE = "P11"
DAY_ROWS_MAX = 1_000_000
POLL_S = 0.01


def memory(pid):
    """Of a process, in bytes: RssAnon now, and VmHWM, its peak with mapped files."""
    text = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return {name: int(text.split(name + ":")[1].split()[0]) * 1024
            for name in ("RssAnon", "VmHWM")}


class Watch:
    """Looks at a process's and its children's anonymous memory while it is at work."""

    def __init__(self, pid):
        self.pid, self.own, self.both, self.ending = pid, 0, 0, threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        """What parent and child share is counted once: a child's private pages come on top."""
        while not self.ending.wait(POLL_S * 2):
            try:
                own = memory(self.pid)["RssAnon"]
                children = pathlib.Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
                self.own = max(self.own, own)
                self.both = max([self.both, *(own + private(pid) for pid in children.split())])
            except (OSError, IndexError):
                continue

    def end(self):
        self.ending.set()
        self.thread.join()
        return {"peak_anonymous": self.own, "peak_with_snapshot": self.both}


def private(pid):
    """What a child has that its parent hasn't."""
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    return int(text.split("Private_Dirty:")[1].split()[0]) * 1024


def make_files(given, home):
    members = given.rows["restart"]
    command = [given.pointhouse, "bench", "w1", "--files-only", "--json", "--dir", str(home)]
    command += ["--members", str(members), "--rows", str(min(members, DAY_ROWS_MAX))]
    command += ["--lots", str(given.restart_lots), "--repeat", "1"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    made = pathlib.Path(json.loads(done.stdout)["folder"])
    inputs = home / "inputs"
    shutil.rmtree(inputs, ignore_errors=True)
    inputs.mkdir()
    for name in ("rulebook.csv", "opening.csv", "day-1.csv", "day-2.csv"):
        os.link(made / name, inputs / name)
    with open(made / "accounts.csv", encoding="ascii") as file:
        member = file.readline().split(",")[0]
    return inputs, member, made


def wait_for(condition, what, node, seconds):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not node.running():
            break
        if condition():
            return
        time.sleep(POLL_S)
    raise SystemExit(f"ops/bench: it did not come that {what}:\n" + running.tail(node.log))


def points(node, member):
    """As `pointhouse node balance` asks; None while the node doesn't answer."""
    try:
        status, text = node.ask("GET", f"/v1/members/{member}", 600)
    except (OSError, running.http.client.HTTPException):
        return None
    return json.loads(text)["points"] if status == 200 else None


def snapshots(node):
    return running.tail(node.log, 10_000).count("event=snapshot ")


def take_day(system, node, member, number):
    """Drops a day's file; milliseconds until the balance shows it. Then the day ends."""
    before = points(node, member)
    shutil.copyfile(system.inputs / f"day-{number}.csv", node.inbox / f"day-{number}.csv.part")
    begin = time.monotonic()
    os.rename(node.inbox / f"day-{number}.csv.part", node.inbox / f"day-{number}.csv")
    wait_for(lambda: posted(node), "the day is posted", node, 600)
    after = points(node, member)
    took = (time.monotonic() - begin) * 1000
    if after <= before:
        raise SystemExit(f"ops/bench: {after} points after a bill, {before} before it")
    system.end_day(system.first_day + datetime.timedelta(days=number - 1))
    wait_for(lambda: node.status()["sealed"] == number, "the day is sealed", node, 600)
    return took


def posted(node):
    return node.status().get("open_day", {}).get("posted", False)


def asked(system, node, member):
    """The points that `pointhouse node balance` says; None while it gets no answer."""
    done = subprocess.run([system.exe, "node", "balance", "--config", node.config, member],
                          capture_output=True, text=True, check=False)
    return json.loads(done.stdout)["points"] if done.returncode == 0 else None


def restart(system, node, member, wanted):
    """Kills and starts it; what it took and what it has then."""
    node.kill()
    begin = time.monotonic()
    node.start()
    found = None
    while found is None and node.running():
        time.sleep(POLL_S)
        found = asked(system, node, member)
    took = time.monotonic() - begin
    if found != wanted:
        raise SystemExit(f"ops/bench: {wanted} points before, {found} after:\n" +
                         running.tail(node.log))
    return {"s": took, **memory(node.handle.pid)}


def measure(given, system, node, member):
    figures = {}
    node.start()
    node.wait_until_up()
    watch = Watch(node.handle.pid)
    node.drop(system.rulebook)
    begin = time.monotonic()
    node.drop(system.inputs / "opening.csv")
    wait_for(lambda: node.status()["opened"] is not None, "the province is open", node, 1800)
    figures["opening_s"] = time.monotonic() - begin
    wait_for(lambda: snapshots(node) == 1, "the opening is in a snapshot", node, 600)
    figures["opening"] = watch.end()
    watch = Watch(node.handle.pid)
    seen = snapshots(node)
    figures["day_ms"] = take_day(system, node, member, 1)
    if min(given.rows["restart"], DAY_ROWS_MAX) >= 500_000:
        wait_for(lambda: snapshots(node) > seen, "the day is in a snapshot", node, 600)
    figures["snapshot"] = watch.end()
    figures["before"] = memory(node.handle.pid)
    wanted = points(node, member)
    runs = [restart(system, node, member, wanted) for _ in range(given.runs)]
    figures["restart_s"] = statistics.median(run["s"] for run in runs)
    figures["restart_s_max"] = max(run["s"] for run in runs)
    figures["after"] = runs[-1]
    figures["recovered"] = [line for line in running.tail(node.log, 100).splitlines()
                            if "event=recovered" in line][-1]
    return figures


def run(given, _servers):
    home = pathlib.Path(given.data) / f"restart-{given.rows['restart']}"
    print(f"\n=== restart: {given.rows['restart']:,} members of {given.restart_lots} lots; "
          f"load average {os.getloadavg()}", flush=True)
    home.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(home / "system", ignore_errors=True)
    inputs, member, made = make_files(given, home)
    system = running.System(given.pointhouse, home / "system", inputs)
    system.make()
    node = system.nodes[CODE]
    try:
        figures = measure(given, system, node, member)
    finally:
        node.kill()
    if not given.keep:
        for folder in (home / "system", inputs, made):
            shutil.rmtree(folder, ignore_errors=True)
    return {"job": "restart", "members": given.rows["restart"], "lots": given.restart_lots,
            "figures": figures, "failed": False}


def print_table(job):
    figures = job["figures"]
    mebibytes = lambda count: f"{count / 2**20:,.0f} MiB"  # noqa: E731
    print(f"\nrestart: a node of {job['members']:,} members with {job['lots']} lots each")
    print(f"  killed, answers a balance query again in {figures['restart_s']:.2f} s "
          f"(at most {figures['restart_s_max']:.2f})")
    print(f"  RssAnon when it answers {mebibytes(figures['after']['RssAnon'])}, "
          f"VmHWM with mapped files {mebibytes(figures['after']['VmHWM'])}")
    print(f"  RssAnon at its peak, a day of rows and a snapshot: "
          f"{mebibytes(figures['snapshot']['peak_anonymous'])}, with the snapshot's child "
          f"{mebibytes(figures['snapshot']['peak_with_snapshot'])}")
    print(f"  opening file: taken in {figures['opening_s']:.1f} s, RssAnon at its peak "
          f"{mebibytes(figures['opening']['peak_anonymous'])}")
    print(f"  a day's file, asked over the control socket: {figures['day_ms']:,.0f} ms")
