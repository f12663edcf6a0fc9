#!/usr/bin/env python3
"""Partners redeem, grant and exchange points live, 64 at a time, while each process is killed again
and again: the gateway, the clearing, two homes. A fifth of the requests is repeated after its
answer, some answers are never read. In the end each intent is there exactly once: what every member
has left, what is known of every transaction, the partner's batch and the month's lines are those of
a model that only counts definite answers; no cap was passed, and nothing waits in suspense.

Usage: live_kills_slow.py [SEED]. PH_LONG=1: each process is killed 20 times, otherwise 3 times.
Environment: POINTHOUSE the executable. Ends with 77 without openssl or libsodium.
"""

import csv
import datetime
import os
import pathlib
import random
import shutil
import sys
import tempfile
import threading
import time

import _live_world as world
from partner import SODIUM

CALLERS = 64
KILLS = 20 if os.environ.get("PH_LONG") else 3
INTENTS_MIN = 12  # of each caller
MEMBERS = 192     # of each province
HOMES = ("P01", "P02")
LIMIT_S = 900
REPEATED, LOST = 0.2, 0.15
# What an answer says of the moment at which it is given.
OF_THE_MOMENT = {"left", "detail"}


class Wrong(Exception):
    """Something is not as it has to be."""


def need(right, what):
    if not right:
        raise Wrong(what)


class Caller(threading.Thread):
    """A program of the merchant and one of the airline, with members that nobody else serves."""

    def __init__(self, system, number, seed, ending):
        super().__init__(daemon=True)
        self.system, self.number, self.ending = system, number, ending
        self.random = random.Random(f"{seed}/{number}")
        self.partners = {code: system.partner(code) for code in ("MER1", "AIR1")}
        self.left = {who: world.HELD for home in range(1, len(HOMES) + 1)
                     for who in world.members_of(home, MEMBERS)[number::CALLERS]}
        self.known, self.done = {}, []  # id: answer; (kind, points, units)
        self.redeemed, self.count, self.fault = [], 0, None

    # --- one intent to its end -------------------------------------------------------------------

    def fresh_id(self, code):
        self.count += 1
        return f"{code}/{self.system.today}/C{self.number}-{self.count}"

    def ask(self, code, target, body):
        """The definite answer of a new intent, whatever happens on the way."""
        partner, name = self.partners[code], self.fresh_id(code)
        if self.random.random() < LOST:
            partner.lose("POST", target, name, body)
        status, answer = partner.ask("POST", target, name, body, LIMIT_S / 2)
        if self.random.random() < REPEATED:
            again = partner.ask("POST", target, name, body, LIMIT_S / 2)
            same = (status, {key: answer[key] for key in answer if key not in OF_THE_MOMENT})
            other = (again[0], {key: again[1][key] for key in again[1]
                                if key not in OF_THE_MOMENT})
            need(same == other, f"a repeat gets the first answer: {same}, then {other}")
        need(status in (200, 422), f"{target} {name} {body}: {status} {answer}")
        self.known[name] = answer
        return name, answer

    def judged(self, answer, who, points, what):
        """Whether it was carried out; a refusal has to be a right one."""
        if answer.get("state") == "DONE":
            need(points <= self.left[who], f"{what}: {points} of {self.left[who]} were given")
            return True
        code = answer["code"]
        need(code == "CAP_REACHED" or code == "INSUFFICIENT_POINTS" and points > self.left[who],
             f"{what}: {points} of {self.left[who]} are refused with {code}")
        return False

    def redeem(self, who):
        points = self.random.randint(1, 400) if self.random.random() < 0.95 else 99_999
        name, answer = self.ask("MER1", "/v1/redemptions", {"member": who, "points": points})
        if self.judged(answer, who, points, name):
            self.left[who] -= points
            self.done.append(("redeemed", points, 0))
            self.redeemed.append((name, who, points))

    def hold(self, who):
        points = self.random.randint(2, 400)
        hold, answer = self.ask("MER1", "/v1/holds", {"member": who, "points": points})
        if not self.judged(answer, who, points, hold):
            return
        taken = self.random.randint(1, points - 1)
        steps = [("captures", {"points": taken, "final": False}, taken)]
        if self.random.random() < 0.5:
            steps.append(("captures", {"points": points - taken, "final": True}, points - taken))
        else:
            steps.append(("void", {}, 0))
        for step, body, counts in steps:
            name, answer = self.ask("MER1", f"/v1/holds/{hold}/{step}", body)
            need(answer.get("state") == "DONE", f"{step} {name} of {hold}: {answer}")
            if counts:
                self.left[who] -= counts
                self.done.append(("redeemed", counts, 0))
                self.redeemed.append((name, who, counts))

    def accrue(self, who):
        points = self.random.randint(1, 300)
        name, answer = self.ask("MER1", "/v1/accruals", {"member": who, "points": points})
        need(answer.get("state") == "DONE", f"{name}: {answer}")
        self.left[who] += points
        self.done.append(("accrued", points, 0))

    def exchange_out(self, who):
        units = 10 * self.random.randint(10, 15)
        points = units * 10
        name, answer = self.ask("AIR1", "/v1/exchanges-out",
                                {"member": who, "points": points, "units": units, "rate": 3})
        if self.judged(answer, who, points, name):
            self.left[who] -= points
            self.done.append(("out", points, units))

    def exchange_in(self, who):
        units = 10 * self.random.randint(1, 5)
        name, answer = self.ask("AIR1", "/v1/exchanges-in",
                                {"member": who, "points": units * 9, "units": units, "rate": 4})
        need(answer.get("state") == "DONE", f"{name}: {answer}")
        self.left[who] += units * 9
        self.done.append(("in", units * 9, units))

    def refund(self, _who):
        if not self.redeemed:
            return
        parent, who, points = self.redeemed.pop(self.random.randrange(len(self.redeemed)))
        back = self.random.randint(1, points)
        name, answer = self.ask("MER1", "/v1/refunds",
                                {"parent": parent, "member": who, "points": back})
        need(answer.get("state") == "DONE", f"{name}: {answer}")
        self.left[who] += back
        self.done.append(("refunded", back, 0))

    def run(self):
        kinds = [self.redeem] * 7 + [self.hold] * 6 + [self.accrue] * 3 + \
            [self.exchange_out, self.exchange_in, self.refund, self.refund]
        try:
            while not self.ending.is_set() or self.count < INTENTS_MIN:
                self.random.choice(kinds)(self.random.choice(list(self.left)))
        except Exception as fault:  # pylint: disable=broad-except; raised again by main's thread
            self.fault = fault
        for partner in self.partners.values():
            partner.drop()


class Killer:
    """Kills one after the other, and starts each again at once; business time goes on."""

    def __init__(self, system, seed):
        self.system, self.random = system, random.Random(f"{seed}/killer")
        victims = [system.gateway, system.clearing, *(system.nodes[code] for code in HOMES)]
        self.order = victims * KILLS
        self.random.shuffle(self.order)
        self.began = (time.monotonic(), system.now)

    def turn(self):
        passed = datetime.timedelta(seconds=int(time.monotonic() - self.began[0]))
        self.system.set_clock(self.began[1] + passed)
        time.sleep(self.random.uniform(0.1, 0.8))
        if self.order:
            victim = self.order.pop()
            victim.kill()
            victim.start()
        return bool(self.order)


def run_callers(system, seed):
    ending = threading.Event()
    callers = [Caller(system, number, seed, ending) for number in range(CALLERS)]
    for caller in callers:
        caller.start()
    killer, end = Killer(system, seed), time.monotonic() + LIMIT_S
    while killer.turn() and not any(caller.fault for caller in callers):
        need(time.monotonic() < end, "the killing ends in time")
    ending.set()
    while any(caller.is_alive() for caller in callers):
        killer.turn()
        need(time.monotonic() < end, "every intent gets its definite answer in time")
    for caller in callers:
        if caller.fault is not None:
            raise caller.fault
    return callers


# ---- what has to hold then -----------------------------------------------------------------------


def check_members(system, callers):
    for caller in callers:
        for who, left in caller.left.items():
            home = HOMES[int(who[:2]) - 1]
            found = system.points_of(home, who)
            need(found["points"] == left, f"{who} at {home}: {left} by the answers, not {found}")


def check_look_ups(system, callers, chosen):
    partner = {code: system.partner(code) for code in ("MER1", "AIR1")}
    known = [(name, answer) for caller in callers for name, answer in caller.known.items()]
    for name, answer in chosen.sample(known, min(300, len(known))):
        status, found = partner[name[:4]].ask("GET", f"/v1/transactions/{name}")
        state = answer.get("state", "REFUSED")
        need(status == 200 and found["state"] == state and found.get("code") == answer.get("code"),
             f"{name}: {state} {answer}, looked up {status} {found}")
    for one in partner.values():
        one.drop()


def totals_of(callers):
    totals = {}
    for caller in callers:
        for kind, points, units in caller.done:
            had = totals.get(kind, (0, 0, 0))
            totals[kind] = (had[0] + 1, had[1] + points, had[2] + units)
    return totals


def sums_by_reason(folder):
    """Quantity of all lines by debtor, creditor and reason, over all issuers as one debtor."""
    sums = {}
    with open(folder / "lines.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key = row["reason"]
            sums[key] = sums.get(key, 0) + int(row["quantity"])
    return sums


def check_month(system, totals):
    """The month passes without anything else; it is closed, and its lines are the answers' sums."""
    system.set_clock(datetime.datetime(2026, 4, 1, 12))
    wanted = {code: 31 for code in world.PROVINCES}

    def sealed():
        taken = system.taken()
        return all(taken.get(code, 0) >= days for code, days in wanted.items()) and \
            all(taken.get(code, 0) >= 1 for code in world.PARTNERS)

    system.wait(sealed, "the month's batches are at the clearing", 120)
    system.set_clock(datetime.datetime(2026, 4, 4, 12))  # The cut-off has passed.
    status, closed = system.close("2026-03")
    need(status == 200, f"the month closes: {closed}")
    out = system.outputs("2026-03")
    suspense = (out / "suspense.csv").read_text(encoding="utf-8").splitlines()[1:]
    need(not suspense, f"nothing is in suspense: {suspense[:3]}")
    redeemed, refunded = totals["redeemed"][1], totals.get("refunded", (0, 0))[1]
    sums = sums_by_reason(out)
    wanted = {"MERCHANT_REIMBURSEMENT": redeemed - refunded,
              "SALE_POINTS_MER1": totals["accrued"][1], "SALE_POINTS_AIR1": totals["in"][1],
              "PURCHASE_MILES_AIR1": totals["out"][2]}
    for reason, quantity in wanted.items():
        need(sums.get(reason) == quantity, f"{reason}: {quantity} by the answers, not {sums}")
    return sums


def run(folder, seed):
    system = world.Live(os.environ["POINTHOUSE"], folder, MEMBERS)
    system.make()
    try:
        system.start_all()
        began = time.monotonic()
        callers = run_callers(system, seed)
        took = time.monotonic() - began
        for process in system.processes():
            process.wait_until_up(120)
        totals = totals_of(callers)
        intents = sum(len(caller.known) for caller in callers)
        refused = sum(answer.get("code") == "CAP_REACHED" for caller in callers
                      for answer in caller.known.values())
        print(f"seed {seed}: {intents} intents in {took:.0f} s, {KILLS} deaths of each process; "
              f"by kind (number, points, units): {totals}; {refused} refused by the cap",
              flush=True)
        taken = totals["redeemed"][1]
        need(taken <= world.CAP, f"the cap of {world.CAP} is kept: {taken}")
        check_members(system, callers)
        check_look_ups(system, callers, random.Random(seed))
        sums = check_month(system, totals)
        print(f"each is there exactly once; the month's lines: {sums}")
        codes = [process.stop() for process in system.processes()]
        need(not any(codes), f"each process stops with 0: {codes}")
    except Exception:
        for process in system.processes():
            print(f"--- {process.code} {process.kind}\n{world.running.tail(process.log, 15)}")
        raise
    finally:
        system.kill()


def main():
    if not shutil.which("openssl") or SODIUM is None:
        print("openssl or libsodium is missing")
        return 77
    seed = sys.argv[1] if len(sys.argv) > 1 else "1"
    with tempfile.TemporaryDirectory() as name:
        try:
            run(pathlib.Path(name), seed)
        except (Wrong, AssertionError, world.running.Refused) as fault:
            print(f"not so: {fault}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
