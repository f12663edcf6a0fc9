#!/usr/bin/env python3
"""The demo's month, small: live traffic of partners and counters beside the daily files, while a
node, the gateway and the clearing are killed. Each intent is there once, and what `close` writes
is, to the byte, what `settle` makes of what the clearing has read. The same month without a death
settles the same items; what the files said is as without live traffic. Then errors are planted: an
event that the answers don't have, one that the period doesn't have, a batch that lacks; each must
be found.
"""

import shutil
import sys

import _month_world as w
from _month_world import PERIOD, POINTHOUSE, SEED, run_pointhouse

import live  # noqa: E402
import live_check  # noqa: E402
import month as run_month  # noqa: E402
import system as running  # noqa: E402
from live_system import LiveSystem  # noqa: E402


def lines_of(path, without):
    with open(path, encoding="utf-8") as file:
        return [line for line in file if without not in line]


def check_files_alone(system, folder):
    """Of what the files said, live traffic has changed nothing."""
    run_pointhouse("settle", "--in", folder / "in", "--period", PERIOD, "--out", folder / "alone",
                   "--quiet")
    # Live events by their references, lots of live members by their serials.
    for name, live_ones in (("items.csv", f"/{live.REFERENCE}"), ("suspense.csv", live.REFERENCE),
                            ("closing-lots.csv", f"{live.FIRST_SERIAL // 10**6}")):
        with_live = lines_of(system.outputs(PERIOD) / name, live_ones)
        live.need(with_live == lines_of(folder / "alone" / name, live_ones),
                  f"{name} is that of the files alone, but for what came live")


def must_be_found(check, *arguments):
    try:
        check(*arguments)
    except live.Wrong as wrong:
        print(f"  planted, and found: {wrong}")
        return
    raise live.Wrong(f"{check.__name__} doesn't find what was planted")


def plant_event(system, traffic):
    """A partner that, without an answer, asks again under another id."""
    actor = traffic.actors[0]
    member = next(member for member in actor.members if member.known)
    name = f"MER2/{system.today}/{live.REFERENCE}AGAIN"
    desk = actor.desk_of("MER2")
    answer = actor.definite(desk, "/v1/accruals", name, {"member": member.number, "points": 7})
    live.need(answer.get("state") == "DONE", f"{answer}")
    must_be_found(live_check.check_balances, system, traffic)


def plant_answer(system, traffic):
    """An answer too many: the period has nothing of it."""
    first = traffic.actors[0].intents[0]
    traffic.actors[0].intents.append(live.Intent(first.name + "-X", first.kind, False, "", 5, True))
    must_be_found(live_check.check_settled, system.outputs(PERIOD), traffic, PERIOD)


def plant_gap(system, traffic, folder):
    """A batch with live events lacks: `settle` doesn't come to the same."""
    batch = next((folder / "inputs").glob("*MER2*"))
    batch.unlink()
    shutil.rmtree(folder / "settled")
    try:
        code = run_month.compare(system, traffic, folder, PERIOD)
        live.need(code != 0, f"the comparison finds that {batch.name} lacks")
    except running.Refused as refused:
        print(f"  planted, and found: {str(refused)[:300]}")


def run_month_of(folder, kills):
    """The system, which is up and has closed the month, and its traffic."""
    system = LiveSystem(POINTHOUSE, folder / "system", folder.parent / "in")
    system.make()
    try:
        run_month.start(system, folder)
        traffic = live.Traffic(system, SEED)
        deaths = run_month.run_days(system, traffic, kills)
        live.need(len(set(deaths)) == (3 if kills else 0), f"three die, or none: {deaths}")
        run_month.close(system, traffic, deaths, folder, PERIOD)
        if kills:
            plant_event(system, traffic)
            traffic.close()
        run_month.stop(system)
    finally:
        system.kill()
    return system, traffic


def check_same(calm, killed):
    """Who died when has changed nothing of what is settled. (The names of lots say which of two
    members' accruals came first; so not every file is the same.)"""
    for name in ("items.csv", "lines.csv", "positions.csv", "suspense.csv", "rollforward.csv"):
        one, other = (system.outputs(PERIOD) / name for system in (calm, killed))
        live.need(one.read_bytes() == other.read_bytes(), f"{name} is the same without a death")


def run(folder):
    w.generate(folder / "in")
    for name in ("calm", "killed"):
        (folder / name).mkdir()
    calm, _ = run_month_of(folder / "calm", kills=False)
    system, traffic = run_month_of(folder / "killed", kills=True)
    live.need(run_month.compare(system, traffic, folder / "killed", PERIOD) == 0,
              "nothing differs")
    check_same(calm, system)
    check_files_alone(system, folder)
    plant_gap(system, traffic, folder / "killed")
    plant_answer(system, traffic)


if __name__ == "__main__":
    sys.exit(w.main(run))
