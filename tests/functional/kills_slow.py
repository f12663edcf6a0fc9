#!/usr/bin/env python3
"""Nodes and the clearing are killed (SIGKILL) at named points and at random moments of a month:
what `close` writes is, to the byte, what an undisturbed settlement of the same files gives.
PH_KILLS: how often each of the two kinds is killed at points, and at random (6; 20 in the long
run, which takes months until each has died so often). PH_SEED: which points and moments.
"""

import collections
import os
import pathlib
import random
import shutil
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "ops"))
sys.path.insert(0, str(ROOT / "tests" / "functional"))

import month as run_month  # noqa: E402
import running_month_slow as month_test  # noqa: E402
import system as running  # noqa: E402

KILLS = int(os.environ.get("PH_KILLS", "20" if os.environ.get("PH_LONG") else "6"))
MONTHS_MAX = 4
SEED = int(os.environ.get("PH_SEED", str(random.SystemRandom().randrange(10**6))))
POINTS = {
    "node": ["inbox_before_report", "node_before_append", "node_after_append", "node_posting",
             "node_sealing", "node_sealed", "node_before_send", "node_after_send",
             "node_in_snapshot"],
    "clearing": ["inbox_before_report", "clearing_before_append", "clearing_after_append",
                 "clearing_before_receipt", "clearing_before_send", "clearing_after_send",
                 "clearing_in_snapshot"],
}
AT_CLOSE = ["clearing_in_close", "clearing_before_append", "clearing_after_append",
            "clearing_in_outputs"]


class Murderer:
    """Restarts whoever has died, to die at once again where `then` says so; counts the deaths by
    point."""

    def __init__(self, system, chance):
        self.system, self.chance = system, chance
        self.armed, self.then, self.deaths = {}, {}, {}
        self.random_kills = {"node": KILLS, "clearing": KILLS}

    def processes(self):
        return [self.system.clearing, *self.system.nodes.values()]

    def arm(self, process, point, passage):
        process.kill()
        process.start(PH_KILL_AT=f"{point}:{passage}")
        self.armed[process.code] = point

    def bury(self):
        """Who has died at its point starts again, unarmed."""
        for process in self.processes():
            if process.running():
                continue
            point = self.armed.pop(process.code, None)
            code = process.handle.returncode if process.handle else None
            if point is None or code != -9:
                raise running.Refused(f"{process.code} ended by itself with {code}:\n" +
                                      running.tail(process.log))
            key = (process.kind, point)
            self.deaths[key] = self.deaths.get(key, 0) + 1
            following = self.then.pop(process.code, None)
            if following is None:
                process.start()
            else:
                process.start(PH_KILL_AT=f"{following}:1")
                self.armed[process.code] = following

    def random_kill(self):
        kind = self.chance.choice(["node", "clearing"])
        if self.random_kills[kind] == 0:
            return
        self.random_kills[kind] -= 1
        process = (self.system.clearing if kind == "clearing"
                   else self.chance.choice(list(self.system.nodes.values())))
        self.armed.pop(process.code, None)
        process.kill()
        process.start()

    def wait(self, condition, what, seconds=120):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.bury()
            try:
                if condition():
                    return
            except (OSError, ValueError, running.http.client.HTTPException):
                pass  # It was killed just now.
            time.sleep(0.02)
        raise running.Refused(f"in {seconds} s it did not come that {what}\n" +
                              running.tail(self.system.clearing.log, 6))


def wanted(system, day):
    return {sender: sequence for sender, sequence, _, _ in system.days[day]}


def live(system, murderer, chance):
    plan = [(kind, point) for kind in ("node", "clearing")
            for point in (POINTS[kind] * KILLS)[:KILLS]]
    chance.shuffle(plan)
    days = sorted(system.days)
    for number, day in enumerate(days):
        share = len(plan) * (number + 1) // len(days) - len(plan) * number // len(days)
        for kind, point in plan[len(plan) * number // len(days):][:share]:
            process = (system.clearing if kind == "clearing"
                       else system.nodes[chance.choice(list(system.nodes))])
            murderer.arm(process, point, chance.randrange(1, 4))
        system.drop_day(day)
        system.end_day(day)
        for _ in range(1 + 2 * KILLS // len(days)):
            time.sleep(chance.random() * 0.15)
            murderer.random_kill()
        goal = wanted(system, day)
        murderer.wait(lambda g=goal: all(system.taken().get(s, 0) >= n for s, n in g.items()),
                      f"{day} is at the clearing")


def close(system, murderer):
    """Dies at each point of the close in turn, at the last one in a restart, which writes what the
    one before had closed; the one after lives."""
    def up():
        return system.clearing.ask("GET", "/health", 5)[0] == 200

    for point in AT_CLOSE[:-1]:
        murderer.arm(system.clearing, point, 1)
        if point == AT_CLOSE[-2]:
            murderer.then[system.clearing.code] = AT_CLOSE[-1]
        murderer.wait(up, "it is up")
        try:
            system.close(month_test.PERIOD)
        except (OSError, running.http.client.HTTPException):
            pass
        murderer.wait(up, "it is up again")
    status, answer = system.close(month_test.PERIOD)
    if status != 200 or not answer["closed"]:
        raise running.Refused(f"close: {status} {answer}")


def a_month(seed):
    """Gives the murderer and the files that differ."""
    print(f"PH_SEED={seed} PH_KILLS={KILLS}", flush=True)
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        month = folder / "month"
        month_test.run("generate", "--out", month, "--members", 1500, "--period",
                       month_test.PERIOD, "--seed", seed)
        system = running.System(month_test.POINTHOUSE, folder / "system", month)
        system.make()
        murderer = Murderer(system, chance)
        try:
            system.start()
            system.open()
            live(system, murderer, chance)
            close(system, murderer)
            murderer.bury()
        finally:
            system.kill()
        shutil.copyfile(system.outputs(month_test.PERIOD) / "cutoff.csv", month / "cutoff.csv")
        month_test.run("settle", "--in", month, "--period", month_test.PERIOD,
                       "--out", folder / "settled", "--key", system.keys / "CLR-clearing.secret",
                       "--quiet")
        different = run_month.different_files(folder / "settled",
                                              system.outputs(month_test.PERIOD),
                                              run_month.INPUTS_NAMED)
    return murderer, different


def main():
    if not os.access(month_test.POINTHOUSE, os.X_OK):
        print("no executable: " + month_test.POINTHOUSE)
        return 77
    deaths, random_kills = collections.Counter(), 0
    for seed in range(SEED, SEED + (MONTHS_MAX if os.environ.get("PH_LONG") else 1)):
        murderer, different = a_month(seed)
        deaths.update(murderer.deaths)
        random_kills += 2 * KILLS - sum(murderer.random_kills.values())
        if different:
            print(f"{len(different)} files differ: {different[:5]}")
            return 1
        of_kind = collections.Counter()
        for (kind, _), count in deaths.items():
            of_kind[kind] += count
        if min(of_kind["node"], of_kind["clearing"]) >= KILLS:
            break
    for (kind, point), count in sorted(deaths.items()):
        print(f"  {kind:9} died {count} times at {point}")
    print(f"{deaths.total()} deaths at points, {random_kills} at random; no file differs")
    if deaths.total() < KILLS:
        print("too few deaths at points: the test tests nothing")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
