#!/usr/bin/env python3
"""The partners' days of live events: a clearing and two nodes as real processes, and a gateway in
Python that asks on behalf of a shop. Days are sealed with a file, without one, and by a clearing
that dies over it; the close takes them all, and what it writes is, to the byte, what `settle` makes
of the same batches.

Ends with 0 when all is well, 1 with a sentence when not, 77 when python3-zmq, capnp or openssl
is missing.
"""

import datetime
import json
import os
import pathlib
import shutil
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "ops"))

import foreign_client as fc  # noqa: E402
import month as run_month  # noqa: E402
import system as running  # noqa: E402
from foreign_client import need, zmq  # noqa: E402

POINTHOUSE = os.environ.get("POINTHOUSE", str(ROOT / "build" / "release" / "pointhouse"))
PERIOD = "2026-03"
SHOP = "SHOP"
ALICE = fc.member(1, 7)
REDEEM, HOLD, CAPTURE, ACCRUAL, REFUND = 6, 7, 8, 11, 13
MERCHANT = 4


def inputs(folder):
    folder.mkdir()
    day = fc.FIRST_DAY
    rules = ["PARTICIPANT,P01,1,PROVINCE,甲省,Province A",
             "PARTICIPANT,P02,2,PROVINCE,乙省,Province B",
             "PARTICIPANT,CLR,100,CLEARING,结算中心,Clearing",
             "PARTICIPANT,SHOP,101,MERCHANT,商户,Shop",
             "CONTRACT,SHOP,P02,AU,1,0,,2026-01-01,",
             "PRICE,1,INTER,,,,,6,5,,,2026-01-01,",
             "PRICE,2,SALE,SHOP,,,,4,5,,,2026-01-01,",
             "PRICE,3,REIMBURSE,SHOP,,,,3,5,,,2026-01-01,",
             "PRICE,4,COMMISSION,SHOP,,,,1,20,,,2026-01-01,"]
    lot = (("P01", datetime.date(2025, 5, 8), 12), ALICE, 2025, 4, 10_000)
    for name, text in (("rulebook.csv", fc.csv("RULEBOOK", "CLR", day, rules)),
                       ("calendar.csv", fc.csv("CALENDAR", "CLR", day, ["YEAR,2026"])),
                       ("opening-P01.csv", fc.opening("P01", [lot])),
                       ("opening-P02.csv", fc.csv("OPENING_LOTS", "P02", day, []))):
        (folder / name).write_text(text, encoding="utf-8")


class Gateway:
    """Asks for the shop until the answer is definite."""

    def __init__(self, system):
        self.keys, self.endpoint, self.socket = system.keys, f"tcp://127.0.0.1:{system.port}", None
        self.connect()

    def connect(self):
        self.close()
        self.socket = zmq.Context.instance().socket(zmq.DEALER)
        self.socket.linger, self.socket.sndtimeo = 0, fc.SEND_MS_MAX
        self.socket.curve_secretkey = fc.key_of(self.keys / "GATE1-transport.secret")[1]
        self.socket.curve_publickey = fc.key_of(self.keys / "GATE1-transport.pub")[1]
        self.socket.curve_serverkey = fc.key_of(self.keys / "CLR-transport.pub")[1]
        self.socket.connect(self.endpoint)

    def close(self):
        if self.socket is not None:
            self.socket.close(0)

    def ask(self, kind, date, reference, points, parent=None, **more):
        """The definite answer."""
        fields = {"kind": kind, "id": self.name(date, reference), "member": int(ALICE),
                  "partner": fc.NUMBER[SHOP], "points": points, **more}
        if parent:
            fields["parent"] = self.name(*parent)
        if kind in (REDEEM, CAPTURE):
            fields["form"] = MERCHANT
        text = ", ".join(f"{name} = {value}" for name, value in fields.items())
        request = "11" * 32
        message = fc.capnp(["encode"],
                           f'(version = 1, ask = ({text}, request = 0x"{request}"))'.encode())
        until = time.monotonic() + 20
        while time.monotonic() < until:
            self.socket.send(message)
            again = time.monotonic() + 1
            while (left := again - time.monotonic()) > 0 and self.socket.poll(int(left * 1000) + 1):
                heard, answer = fc.decoded(self.socket.recv())
                if heard == "answer" and answer["definite"] and \
                        answer["id"]["reference"] == reference:
                    return answer
        raise AssertionError(f"{reference} is answered within 20 s")

    @staticmethod
    def name(date, reference):
        return (f"(participant = {fc.NUMBER[SHOP]}, date = {fc.days(date)}, "
                f'reference = "{reference}")')

    def done(self, *arguments, **more):
        answer = self.ask(*arguments, **more)
        need(answer["code"] == 0, f"{arguments} is done: {answer}")
        return answer


class Story:
    def __init__(self, folder):
        self.folder = folder
        inputs(folder / "month")
        self.system = running.System(POINTHOUSE, folder / "system", folder / "month")
        self.system.gateways = ["GATE1"]
        self.system.make()
        self.gateway = None

    def day(self, day, month=3):
        return datetime.date(2026, month, day)

    def at(self, date, hour, minute=0):
        self.system.set_clock(datetime.datetime.combine(date, datetime.time(hour, minute)))

    def begin(self, date, hour):
        """The clock is there, and the home's days before are sealed, so that it may decide."""
        self.at(date, hour)
        before = (date - fc.FIRST_DAY).days
        self.system.wait(lambda: self.system.taken().get("P01", 0) >= before,
                         f"the home's days before {date} are at the clearing")

    def nodes_have(self, days):
        system = self.system
        system.wait(lambda: all(system.taken().get(code, 0) >= days for code in ("P01", "P02")),
                    f"the nodes' first {days} batches are at the clearing")

    def batches(self):
        """The shop's, the first one first: sequence, date, what it was made of, items, returned."""
        body = json.loads(self.system.clearing.ask("GET", f"/v1/days/{SHOP}")[1])
        return [(one["sequence"], one["date"], one["from"], one["items"], one["returned"])
                for one in reversed(body["days"])]

    def wait_for(self, *wanted):
        self.system.wait(lambda: self.batches() == list(wanted), f"the batches {wanted}", 20)

    def bring(self, date, sequence, rows, verdict):
        """A day's file of the shop, signed; its report."""
        name = f"{SHOP}-{date}-{time.monotonic_ns()}.csv"
        points = sum(int(row.split(",")[3]) for row in rows)
        lines = [f"POINTHOUSE,PARTNER_DAY,1,{SHOP},{date},{sequence}", *rows,
                 f"END,{len(rows)},{points},0"]
        path = self.folder / name
        path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
        self.system.clearing.drop(path, sign=self.system.keys / f"{SHOP}-sender.secret")
        report = self.system.clearing.inbox / verdict / (name + ".report.json")
        other = self.system.clearing.inbox / ("refused" if verdict == "accepted" else "accepted")
        self.system.wait(lambda: report.exists() or (other / (name + ".report.json")).exists(),
                         f"{name} is decided", 20)
        need(report.exists(), f"{name} is {verdict}")
        return json.loads(report.read_text(encoding="utf-8"))

    def dies(self, point):
        """The clearing, at that point; then it is started again."""
        clearing = self.system.clearing
        need(clearing.handle.wait(20) != 0, f"the clearing dies at {point}")
        clearing.handle = None

    def start_clearing(self, **environment):
        self.system.clearing.start(**environment)
        self.system.clearing.wait_until_up()


def with_a_file(story):
    third = story.day(3)
    story.begin(third, 12)
    gateway = story.gateway = Gateway(story.system)
    first = gateway.done(REDEEM, third, "R1", 500)
    need(gateway.done(REDEEM, third, "R1", 500) == first, "a repeat gets the first answer")
    gateway.done(HOLD, third, "H1", 400, seconds=900)
    gateway.done(CAPTURE, third, "C1", 250, parent=(third, "H1"), final="true")
    need(gateway.ask(REDEEM, third, "X1", 90_000)["code"] == 15, "too much is refused")
    gateway.done(ACCRUAL, third, "A1", 200)
    story.at(story.day(4), 1)
    row = f"REDEMPTION,SHOP/20260303/{{}},{ALICE},{{}},"
    told = story.bring(third, 1, [row.format("R1", 499)], "refused")
    fault = told["report"]["files"][0]["faults"][0]
    need((fault["line"], fault["column"], fault["value"]) == (2, "points", "499"), f"{fault}")
    need(fault["code"] == 1008 and fault["expected"].startswith("500"), f"{fault}")
    told = story.bring(third, 1, [row.format("R1", 500), row.format("S1", 40)], "accepted")
    need(told["live"] == {"both": 1, "before": 0, "pending": 0, "added": 2}, f"{told}")
    story.wait_for((1, "2026-03-03", "FILE", 4, 0))


def without_a_file(story):
    """The clearing dies before and after it seals the fourth; a file of it comes too late."""
    fourth, fifth = story.day(4), story.day(5)
    story.begin(fourth, 12)
    story.gateway.done(REDEEM, fourth, "R3", 100)
    story.at(fifth, 5, 30)
    taken = story.batches()
    clearing = story.system.clearing
    clearing.kill()
    story.start_clearing(PH_KILL_AT="clearing_before_live_day")
    need(story.batches() == taken, "a day isn't sealed before its time")
    story.at(fifth, 6)
    story.dies("clearing_before_live_day")
    clearing.start(PH_KILL_AT="clearing_after_live_day")
    story.dies("clearing_after_live_day")
    story.start_clearing()
    second = (2, "2026-03-04", "API", 1, 0)
    story.wait_for((1, "2026-03-03", "FILE", 4, 0), second)
    row = f"REDEMPTION,SHOP/20260304/{{}},{ALICE},{{}},"
    told = story.bring(fourth, 2, [row.format("R3", 100), row.format("S2", 60)], "refused")
    faults = told["report"]["files"][0]["faults"]
    need([(one["code"], one["line"], one["value"]) for one in faults] ==
         [(1009, 3, "SHOP/20260304/S2")], f"{faults}")
    need(story.bring(fourth, 2, [row.format("R3", 100)], "accepted")["verdict"] == "copy",
         "a file that says what is known is a copy")
    story.wait_for((1, "2026-03-03", "FILE", 4, 0), second)


def last_day(story):
    last, next_month = story.day(31), story.day(1, 4)
    story.begin(last, 20)
    story.gateway.connect()
    story.gateway.done(REDEEM, last, "R4", 700)
    story.gateway.done(REFUND, last, "F1", 200, parent=(story.day(3), "R1"))
    story.at(next_month, 5, 59)
    answer = json.loads(story.system.clearing.ask("POST", f"/v1/close-dry-run/{PERIOD}")[1])
    missing = [one for one in answer["missing"] if one["who"] == SHOP]
    need(len(missing) == 1 and "2 events of the API" in missing[0]["what"], f"{answer}")
    unsealed = story.system.clearing.status()["unsealed"]
    need([(one["code"], one["date"], one["events"]) for one in unsealed] ==
         [(SHOP, "2026-03-31", 2)], f"{unsealed}")
    story.at(next_month, 6)
    story.wait_for((1, "2026-03-03", "FILE", 4, 0), (2, "2026-03-04", "API", 1, 0),
                   (3, "2026-03-31", "API", 2, 0))
    need(not story.system.clearing.status()["unsealed"], "nothing is left over")
    story.nodes_have(31)


def close(story):
    system = story.system
    story.at(story.day(4, 4), 0)
    story.nodes_have(33)
    status, answer = system.close(PERIOD)
    need(status == 200 and answer["closed"], f"it is closed: {answer}")
    system.run("clearing", "inputs", PERIOD, "--out", story.folder / "inputs", "--config",
               system.clearing.config)
    need(not any(system.stop()), "all end with 0")


def compare(story):
    """Of the very batches that it was computed from `settle` makes the same bytes."""
    system = story.system
    shown = json.loads(system.run("journal", "show", "--clearing", system.clearing.config,
                                  "--from", 1, "--json"))
    commands = [one for block in shown["blocks"] for one in block["commands"]]
    need({"ASKED", "ANSWERED", "BATCH"} <= {one["name"] for one in commands}, "they have names")
    batches = [one for one in commands if one["name"] == "BATCH"]
    need([one.get("live", False) for one in batches if one["sender"] == fc.NUMBER[SHOP]] ==
         [False, True, True], "the journal says what each was made of")
    system.run("settle", "--in", story.folder / "inputs", "--period", PERIOD, "--out",
               story.folder / "settled", "--key", system.keys / "CLR-clearing.secret", "--quiet")
    different = run_month.different_files(story.folder / "settled", system.outputs(PERIOD),
                                          {"manifest.csv", "manifest.csv.sig"})
    need(not different, f"these differ: {different}")
    suspense = (system.outputs(PERIOD) / "suspense.csv").read_text(encoding="utf-8")
    waiting = [line for line in suspense.splitlines() if "SHOP/" in line]
    need(len(waiting) == 1 and "SHOP/20260303/S1" in waiting[0],
         f"all that came live has settled; the row that no home knows waits: {suspense}")


def main():
    if zmq is None or not zmq.has("curve"):
        print("python3-zmq with CURVE is missing")
        return 77
    if not shutil.which("capnp") or not shutil.which("openssl"):
        print("capnp or openssl is missing")
        return 77
    with tempfile.TemporaryDirectory() as name:
        story = Story(pathlib.Path(name))
        try:
            story.system.start()
            story.system.open()
            for part in (with_a_file, without_a_file, last_day, close, compare):
                began = time.monotonic()
                part(story)
                print(f"{part.__name__}: {time.monotonic() - began:.1f} s")
        except (AssertionError, running.Refused) as error:
            print(f"not so: {error}")
            print(running.tail(story.system.clearing.log))
            return 1
        finally:
            if story.gateway is not None:
                story.gateway.close()
            story.system.kill()
    print("live events are in one batch each, and settle")
    return 0


if __name__ == "__main__":
    sys.exit(main())
