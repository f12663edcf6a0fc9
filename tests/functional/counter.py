#!/usr/bin/env python3
"""Two provinces' nodes and the clearing as processes: P01's counter gives goods for points of P02's
members, live, while each of the processes is killed at the worst instants. Each intent happens
once; after midnight the day's file, the batches, the close; and the statement has every delivery
beside its redemption, to the fen that is added up here by hand.
"""

import datetime
import json
import os
import pathlib
import stat
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "ops"))

import system as running  # noqa: E402

POINTHOUSE = os.environ.get("POINTHOUSE", str(ROOT / "build" / "release" / "pointhouse"))
OPENING = datetime.date(2026, 3, 1)
DAY = datetime.date(2026, 3, 31)  # The last of its month, so that it can be closed the day after.
BEFORE = 30  # days, sealed empty
ID = "P01/20260331/"
OPENED = 5_000  # points of each member
ALICE, BOB = None, None  # members of P02 and P01


def need(right, text):
    if not right:
        raise AssertionError(text)


def csv(kind, sender, rows, date, sequence=0, points=0, fen=0):
    return "".join(line + "\n" for line in [
        f"POINTHOUSE,{kind},1,{sender},{date},{sequence}", *rows,
        f"END,{len(rows)},{points},{fen}"])


def member(province, serial):
    return subprocess.run([POINTHOUSE, "member", str(province), str(serial)], check=True,
                          capture_output=True, timeout=30).stdout.decode().strip()


def write_inputs(folder):
    folder.mkdir()
    book = [f"PARTICIPANT,P0{n},{n},PROVINCE,省,Province {n}" for n in (1, 2)]
    book += ["PARTICIPANT,CLR,100,CLEARING,清算,Clearing",
             "PRICE,1,INTER,,,,,3,5,,,2026-01-01,",
             "PRICE,2,INTER,,OWN_PRODUCT,,,11,20,,,2026-01-01,"]
    files = {"rulebook": csv("RULEBOOK", "CLR", book, "2026-01-01"),
             "calendar": csv("CALENDAR", "CLR", ["YEAR,2026"], "2026-01-01")}
    for n, who in ((1, BOB), (2, ALICE)):
        lot = f"LOT,P0{n}/20260110/1,{who},2026-01,CONSUMPTION,1,2029-04-01,{OPENED},{OPENED}"
        files[f"opening-P0{n}"] = csv("OPENING_LOTS", f"P0{n}", [lot], OPENING, points=2 * OPENED)
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")


class Counter:
    """The counter of P01: as people use it, and as a program does."""

    def __init__(self, system):
        self.system, self.node = system, system.nodes["P01"]
        self.told = {}  # what a definite answer was, by id

    def run(self, kind, name, *options, seconds=15):
        done = subprocess.run(
            [POINTHOUSE, "node", "ask", kind, "--json", "--config", str(self.node.config), "--id",
             ID + name, "--seconds", str(seconds), *map(str, options)],
            capture_output=True, timeout=60, check=False)
        return done.returncode, (json.loads(done.stdout) if done.stdout else done.stderr.decode())

    def done(self, kind, name, *options):
        """It is done, and the same command says so again, word for word."""
        code, answer = self.run(kind, name, *options)
        need(code == 0 and answer["state"] == "DONE", f"{kind} {name}: {code} {answer}")
        need(self.told.setdefault(name, answer) == answer, f"{name} was {self.told[name]}")
        return answer

    def refused(self, expected, kind, name, *options):
        code, answer = self.run(kind, name, *options)
        need(code == 1 and answer.get("code") == expected, f"{name}: {code} {answer}")

    def redeem(self, name, points, form="PHONE_CREDIT", who=None, *more):
        return self.done("redeem", name, "--member", who or ALICE, "--points", points, "--form",
                         form, *more)

    def intent(self, name, points):
        return ("redeem", name, "--member", ALICE, "--points", points, "--form", "PHONE_CREDIT")

    def hang_up(self, name, points, who=None):
        """Asks, and doesn't wait for the answer."""
        connection = running.Unix(self.node.folder / "run" / "counter.sock", 20)
        body = json.dumps({"member": who or ALICE, "points": points, "form": "PHONE_CREDIT"})
        connection.request("POST", "/v1/redemptions", body, {
            "Content-Type": "application/json", "Idempotency-Key": ID + name})
        connection.sock.settimeout(0.2)
        try:
            need(False, f"{name}: nothing was to be said yet: {connection.getresponse().read()}")
        except (OSError, running.http.client.HTTPException):
            pass
        finally:
            connection.close()

    def http(self, method, path, key=None, body=None):
        connection = running.Unix(self.node.folder / "run" / "counter.sock", 20)
        try:
            headers = {"Content-Type": "application/json"}
            if key:
                headers["Idempotency-Key"] = key
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()


def points_of(node, who):
    return json.loads(node.ask("GET", f"/v1/members/{who}")[1])


def everything_once(counter):
    """All kinds, their repeats, and what is refused."""
    first = counter.redeem("R-1", 500, "OWN_PRODUCT")
    need(first["authorisation"].startswith("P02/20260331/35"), f"P02's code: {first}")
    counter.redeem("R-1", 500, "OWN_PRODUCT")
    counter.refused("ID_TAKEN", "redeem", "R-1", "--member", ALICE, "--points", 501, "--form",
                    "OWN_PRODUCT")
    held = counter.done("hold", "H-1", "--member", ALICE, "--points", 400)
    need(held["held_until"] == "2026-03-31T12:15:00+08:00" and held["left"] == 400, f"{held}")
    hold = ("--of", ID + "H-1", "--form", "PHONE_CREDIT")
    part = counter.done("capture", "C-1", *hold, "--points", 151)
    need(part["authorisation"] == held["authorisation"] and part["member"] == ALICE, f"{part}")
    counter.done("capture", "C-2", *hold, "--points", 100, "--final")
    counter.refused("HOLD_ENDED", "capture", "C-3", *hold, "--points", 1)
    counter.done("hold", "H-2", "--member", ALICE, "--points", 50)
    need(counter.done("void", "V-2", "--of", ID + "H-2")["points"] == 50, "all of it is free")
    counter.done("refund", "F-1", "--of", ID + "R-1", "--member", ALICE, "--points", 200)
    counter.redeem("G-1", 300, "GIFT", ALICE, "--cost", 2_000, "--freight", 300, "--cash", 500)
    counter.refused("INSUFFICIENT_POINTS", "redeem", "P-1", "--member", ALICE, "--points", 90_000,
                    "--form", "PHONE_CREDIT")
    counter.refused("INSUFFICIENT_POINTS", "redeem", "P-1", "--member", ALICE, "--points", 90_000,
                    "--form", "PHONE_CREDIT")
    own = counter.redeem("O-1", 70, "PHONE_CREDIT", BOB)
    need(own["authorisation"].startswith("P01/"), f"one's own home's code: {own}")


def as_a_program(counter):
    socket = counter.node.folder / "run" / "counter.sock"
    need(stat.S_IMODE(socket.stat().st_mode) == 0o600, "the socket is its owner's alone")
    status, answer = counter.http("GET", "/v1/health")
    need(status == 200 and answer["participant"] == "P01", f"health: {answer}")
    status, answer = counter.http("GET", "/v1/transactions/" + ID + "R-1")
    need(status == 200 and answer == counter.told["R-1"], f"look-up: {answer}")
    status, answer = counter.http("GET", "/v1/transactions/" + ID + "NO")
    need((status, answer["code"]) == (404, "UNKNOWN_TRANSACTION"), f"look-up of nothing: {answer}")
    good = {"member": ALICE, "points": 1, "form": "PHONE_CREDIT"}
    for expected, key, path, body in (
            ("KEY_MISSING", None, "redemptions", good),
            ("KEY_PARTICIPANT", "P02/20260331/X-1", "redemptions", good),
            ("FIELD_MISSING", ID + "X-1", "redemptions", {"member": ALICE, "points": 1}),
            ("FIELD_SYNTAX", ID + "X-1", "redemptions", {**good, "form": "MERCHANT"}),
            ("FIELD_UNKNOWN", ID + "X-1", "redemptions", {**good, "cost": 1}),
            ("FIELD_MISSING", ID + "X-1", "redemptions", {**good, "form": "GIFT", "cost": 1}),
            ("NO_SUCH_PATH", ID + "X-1", "accruals", {"member": ALICE, "points": 1})):
        status, answer = counter.http("POST", "/v1/" + path, key, body)
        need(400 <= status < 500 and answer["code"] == expected and answer["what_now"],
             f"{path} {body}: {status} {answer}")


def restart(process, **environment):
    process.kill()
    process.start(**environment)
    process.wait_until_up()


def killed_at(counter, process, point, name, points, who=None):
    """`process` dies at that point of an ask and is started again: it happens once all the same."""
    restart(process, PH_KILL_AT=point)
    counter.hang_up(name, points, who)
    until = time.monotonic() + 10
    while process.running() and time.monotonic() < until:
        time.sleep(0.01)
    need(not process.running(), f"{process.code} died at {point}")
    restart(process)
    counter.redeem(name, points, who=who)


def kills(counter):
    system = counter.system
    ours, home, clearing = counter.node, system.nodes["P02"], system.clearing
    # The intent is durable and was never sent; the answer isn't durable; it is, and nobody was
    # told; the home has decided and said nothing.
    killed_at(counter, ours, "node_after_append:1", "K-1", 11)
    killed_at(counter, ours, "node_before_append:2", "K-2", 12)
    killed_at(counter, ours, "node_after_append:2", "K-3", 13)
    killed_at(counter, home, "node_after_append:1", "K-4", 14)
    # One's own member: decided, and not durable; durable, and nobody was told.
    killed_at(counter, ours, "node_before_append:1", "K-6", 5, BOB)
    killed_at(counter, ours, "node_after_append:1", "K-7", 6, BOB)
    # Nobody is there but the counter's node, which dies, too; and its counter never asks again.
    clearing.kill()
    home.kill()
    counter.hang_up("K-5", 15)
    system.wait(lambda: "asking" in ours.status(), "K-5 is kept", 5)
    need(ours.status()["asking"]["oldest"] == ID + "K-5", f"{ours.status()}")
    ours.kill()
    for process in (clearing, home, ours):
        process.start()
        process.wait_until_up()
    system.wait(lambda: "asking" not in ours.status(), "the node asks by itself", 15)
    status, answer = counter.http("GET", "/v1/transactions/" + ID + "K-5")
    need(status == 200 and answer["state"] == "DONE", f"K-5: {answer}")
    counter.told["K-5"] = answer
    for name, points in (("K-1", 11), ("K-2", 12), ("K-3", 13), ("K-4", 14), ("K-5", 15)):
        counter.done(*counter.intent(name, points))  # The first answers, after all of that.


def taken(system, sequence):
    system.wait(lambda: all(system.taken().get(code) == sequence for code in system.nodes),
                f"the batches up to {sequence} are at the clearing", 15)


def next_day(counter):
    """An event of the day after, files that say the same and otherwise, the seals."""
    system = counter.system
    system.set_clock(datetime.datetime.combine(DAY, datetime.time(23, 59)))
    counter.redeem("L-1", 21)
    system.set_clock(datetime.datetime(2026, 4, 1, 0, 10))
    counter.redeem("M-1", 31)  # Yesterday isn't sealed: it is put off.
    same, other = counter.told["R-1"], counter.told["G-1"]
    rows = [f"DELIVERY,1,{ALICE},P02,{same['authorisation']},500,OWN_PRODUCT,,,,{ID}R-1",
            f"DELIVERY,2,{ALICE},P02,{other['authorisation']},299,GIFT,2000,300,500,{ID}G-1"]
    files = {"P01": csv("PROVINCE_DAY", "P01", rows, DAY, BEFORE + 1, 799, 2_800),
             "P02": csv("PROVINCE_DAY", "P02", [], DAY, BEFORE + 1)}
    for code, text in files.items():
        path = system.folder / f"{code}-day.csv"
        path.write_text(text, encoding="utf-8")
        system.nodes[code].drop(path)
    taken(system, BEFORE + 1)
    report = next((counter.node.inbox / "accepted").glob("P01-2026-03-31*posted.csv"))
    returned = report.read_text(encoding="utf-8").splitlines()[1:]
    need([row.split(",")[-1] for row in returned] == ["COPY", "DUPLICATE"], f"{returned}")


def by_hand():
    """What P02, who issued all of Alice's points, owes P01, in fen."""
    credit = 151 + 100 + 11 + 12 + 13 + 14 + 15 + 21
    return {"OWN_PRODUCT": (500 - 200, "2", (500 - 200) * 11 / 20),
            "PHONE_CREDIT": (credit, "1", credit * 3 / 5),
            "GIFT_COST": (300, "", 2_000 + 300 - 500)}


def statement(counter):
    system = counter.system
    status, answer = system.close("2026-03")
    need(status == 200, f"close: {answer}")
    outputs = system.outputs("2026-03")
    suspense = (outputs / "suspense.csv").read_text(encoding="utf-8").splitlines()[1:]
    need(not suspense, f"nothing waits for its other side: {suspense}")
    lines = json.loads((outputs / "statements" / "P01.json").read_text(encoding="utf-8"))
    wanted, total = by_hand(), 0
    need(len(lines["receivable"]) == len(wanted) and not lines["payable"], f"{lines}")
    for line in lines["receivable"]:
        quantity, version, exact = wanted[line["reason"]]
        fen = int(exact + 0.5)  # Rounded half up, once a line.
        need((line["counterparty"], line["quantity"], line["version"], line["fen"]) ==
             ("P02", quantity, version, fen), f"{line}, not {quantity} and {fen} fen")
        total += fen
    need(lines["net"] == total, f"{lines['net']} fen, not {total}")
    spent = sum(quantity for quantity, _, _ in wanted.values())
    left = points_of(system.nodes["P02"], ALICE)
    need((left["points"], left["held"]) == (OPENED - spent - 31, 0), f"Alice has {left}")
    need(points_of(counter.node, BOB)["points"] == OPENED - 70 - 5 - 6,
         "Bob paid at home")


def main():
    global ALICE, BOB
    ALICE, BOB = member(2, 1), member(1, 1)
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        write_inputs(folder / "inputs")
        system = running.System(POINTHOUSE, folder / "s", folder / "inputs")
        try:
            system.make()
            system.set_clock(datetime.datetime.combine(DAY, datetime.time(12)))
            system.start()
            system.open()
            taken(system, BEFORE)
            counter = Counter(system)
            for part in (everything_once, as_a_program, kills, next_day, statement):
                began = time.monotonic()
                part(counter)
                print(f"{part.__name__}: {time.monotonic() - began:.1f} s", flush=True)
            need(system.stop() == [0, 0, 0], "all of them stop with 0")
        except running.Refused as refused:
            print(f"FAILED: {refused}")
            return 1
        except AssertionError as failure:
            print(f"FAILED: {failure}")
            for code, node in system.nodes.items():
                print(f"{code}:\n{running.tail(node.log)}")
            return 1
        finally:
            system.kill()
    return 0


if __name__ == "__main__":
    sys.exit(main())
