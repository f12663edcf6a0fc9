"""What live traffic (live.py) has come to: held against what the homes and the closed period say,
and told in plain figures.
"""

import collections
import csv
import json
import time

from live import REFERENCE, need

SHOWN = 3  # of what is wrong
POSTED_S = 5


def other_balances(system, members):
    """Who has something else at home than the definite answers say."""
    wrong = []
    for member in members:
        status, text = system.nodes[member.home].ask("GET", f"/v1/members/{member.number}")
        found = json.loads(text) if status == 200 else {"points": 0, "held": 0, "debts": 0}
        right = found["points"] == member.points and found["debts"] == 0 and \
            member.held <= found["held"] <= member.held + member.ended and \
            (status == 200) == member.known
        if not right:
            found.pop("lots", None)
            wrong.append(f"{found}, by the answers {member}")
    return wrong


def check_balances(system, traffic):
    """What every live member has at home is what the definite answers say. Their number, and their
    points."""
    wrong, end = other_balances(system, traffic.members()), time.monotonic() + POSTED_S
    while wrong and time.monotonic() < end:  # What was put off may be under way still.
        time.sleep(0.1)
        wrong = other_balances(system, traffic.members())
    need(not wrong, f"{len(wrong)} live members have other points than the answers say: "
                    f"{wrong[:SHOWN]}")
    return (sum(member.known for member in traffic.members()),
            sum(member.points for member in traffic.members()))


def check_settled(folder, traffic, period):
    """Each live event of the period for which somebody owes is among the period's items, with its
    points; none is there that wasn't answered as done; none waits in suspense."""
    month = period.replace("-", "")
    wanted = {intent.name: intent.points for intent in traffic.intents()
              if not intent.code and intent.owed and intent.name.split("/")[1][:6] == month}
    found = collections.defaultdict(set)
    with open(folder / "items.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if f"/{REFERENCE}" in row["id"]:
                found[row["id"]].add(abs(int(row["quantity"])))
    with open(folder / "suspense.csv", encoding="utf-8", newline="") as file:
        waiting = [row["id"] for row in csv.DictReader(file) if f"/{REFERENCE}" in row["id"]]
    need(not waiting, f"{len(waiting)} live events wait in suspense: {waiting[:SHOWN]}")
    other = sorted(set(wanted) ^ set(found)) + \
        sorted(name for name in set(wanted) & set(found) if wanted[name] not in found[name])
    need(not other, f"{len(other)} live events are in the period's items or in the answers alone, "
                    f"or with other points: {other[:SHOWN]}")
    return len(wanted)


def table_of(traffic):
    """By kind: how many, done, refused, points of those that are done."""
    rows = {}
    for intent in traffic.intents():
        row = rows.setdefault(intent.kind, [0, 0, 0, 0, 0])
        row[0] += not intent.counter
        row[1] += intent.counter
        row[2 if not intent.code else 3] += 1
        row[4] += 0 if intent.code else intent.points
    return rows


def tell(traffic, deaths):
    intents = traffic.intents()
    print(f"  live beside the batches: {len(intents):,} intents\n\n"
          "                 by partners  at counters      done   refused        points")
    for kind, (partners, counters, done, refused, points) in sorted(table_of(traffic).items()):
        print(f"  {kind:<13} {partners:12,} {counters:12,} {done:9,} {refused:9,} {points:13,}")
    codes = collections.Counter(intent.code for intent in intents if intent.code)
    refused = ", ".join(f"{code} {count:,}" for code, count in codes.most_common())
    repeats = traffic.repeats()
    print(f"\n  refused: {refused or 'none'}\n"
          f"  deaths: {', '.join(deaths)}\n"
          f"  requests repeated under the same id: {sum(repeats.values()):,}\n"
          f"     after their answer {repeats['answered']:,}, as the caller didn't wait for it "
          f"{repeats['unheard']:,},\n"
          f"     as the connection broke {repeats['broken']:,}, as it was undecided "
          f"{repeats['undecided']:,}", flush=True)
