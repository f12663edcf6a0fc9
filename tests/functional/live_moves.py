#!/usr/bin/env python3
"""Members move between running nodes, live, while the old home, the new home and the clearing are
killed at each step: their points are at one home, once. What was given before the move is refunded
after it, to its lots, at its prices; whole, after the close, and after its lots have expired. The
months close with the bytes that `settle` makes of their inputs.
"""

import datetime
import json
import pathlib
import subprocess
import sys
import tempfile
import time

import _live_world as world
from _live_world import FIRST, HELD, ROOT, Live, member, running
from _pointhouse import EXECUTABLE

sys.path.insert(0, str(ROOT / "ops"))

import month as run_month  # noqa: E402

# Another price between provinces from April on: what is given back has the price it was given at.
world.RULES = world.RULES.replace("PRICE,1,INTER,,,,,3,5,,,2026-01-01,\n",
                                  "PRICE,1,INTER,,,,,3,5,,,2026-01-01,2026-04-01\n"
                                  "PRICE,9,INTER,,,,,1,1,,,2026-04-01,\n")
MEMBERS = 20
ANN, BEA, CAT = member(1, 1), member(1, 2), member(1, 16)


def need(right, text):
    if not right:
        raise AssertionError(text)


class Counter:
    """Of a province, as people use it."""

    def __init__(self, system, code):
        self.system, self.code, self.node = system, code, system.nodes[code]
        self.told = {}

    def id(self, name):
        return f"{self.code}/{self.system.today}/{name}"

    def run(self, kind, name, *options, seconds=15):
        done = subprocess.run(
            [str(self.system.exe), "node", "ask", kind, "--json", "--config",
             str(self.node.config), "--id", name if "/" in name else self.id(name), "--seconds",
             str(seconds), *map(str, options)],
            capture_output=True, timeout=60, check=False)
        return done.returncode, (json.loads(done.stdout) if done.stdout else done.stderr.decode())

    def done(self, kind, name, *options):
        code, answer = self.run(kind, name, *options)
        need(code == 0 and answer["state"] == "DONE", f"{kind} {name}: {code} {answer}")
        need(self.told.setdefault((self.code, name), answer) == answer, f"{name} was otherwise")
        return answer

    def refused(self, expected, kind, name, *options):
        code, answer = self.run(kind, name, *options)
        need(code == 1 and answer.get("code") == expected and answer["what_now"],
             f"{kind} {name}: {code} {answer}, not {expected}")

    def redeem(self, name, who, points, form="PHONE_CREDIT", *more):
        return self.done("redeem", name, "--member", who, "--points", points, "--form", form, *more)

    def refund(self, name, parent, who, points):
        return self.done("refund", name, "--of", parent, "--member", who, "--points", points)

    def move(self, name, who):
        return self.done("move", name, "--member", who)

    def hang_up(self, path, name, body):
        """Asks, and doesn't wait for the answer."""
        connection = running.Unix(self.node.folder / "run" / "counter.sock", 20)
        try:
            connection.request("POST", path, json.dumps(body), {
                "Content-Type": "application/json", "Idempotency-Key": self.id(name)})
            connection.sock.settimeout(0.2)
            answer = json.loads(connection.getresponse().read())
            need(answer["state"] == "PENDING", f"{name}: nothing was to be decided yet: {answer}")
        except (OSError, running.http.client.HTTPException):
            pass
        finally:
            connection.close()


class Story(Live):
    def __init__(self, folder):
        super().__init__(EXECUTABLE, folder, MEMBERS)
        self.counters = {code: Counter(self, code) for code in world.PROVINCES}
        self.shop_answers = {}

    def begin(self):
        self.make()
        self.start_all()
        self.shop = self.partner("MER1")
        open_day(self, "D-1")

    def ask_shop(self, path, name, body):
        key = name if "/" in name else f"MER1/{self.today}/{name}"
        return self.shop.ask("POST", "/v1/" + path, key, body, seconds=30)

    def sold(self, path, name, **body):
        status, answer = self.ask_shop(path, name, body)
        need(status == 200 and answer["state"] == "DONE", f"{path} {name}: {status} {answer}")
        return answer

    def unsold(self, code, path, name, **body):
        status, answer = self.ask_shop(path, name, body)
        need(status == 422 and answer["code"] == code, f"{path} {name}: {status} {answer}")

    def whereabouts(self, who):
        """Points and state of the member at each home that knows him."""
        out = {}
        for code, node in self.nodes.items():
            status, text = node.ask("GET", f"/v1/members/{who}", 30) if node.running() else (0, "")
            if status == 200:
                out[code] = json.loads(text)
        return out

    def is_at(self, home, who, points, held=0):
        """All that he has is at one home."""
        found = self.whereabouts(who)
        need(found[home]["points"] == points and found[home]["held"] == held and
             all(one["points"] == 0 for code, one in found.items() if code != home),
             f"{who} has {points} at {home} and nothing elsewhere: {found}")


def restart(process, **environment):
    process.kill()
    process.start(**environment)
    process.wait_until_up()


def before_the_move(story):
    shop, two, three = story, story.counters["P02"], story.counters["P03"]
    shop.sold("redemptions", "R-1", member=ANN, points=100)  # The expiring points, and 60 more.
    two.redeem("R-2", ANN, 200)
    story.counters["P01"].redeem("R-3", ANN, 50)
    three.redeem("G-4", ANN, 70, "GIFT", "--cost", 900, "--freight", 100, "--cash", 0)
    shop.sold("holds", "H-1", member=ANN, points=30)
    two.refused("HOLD_OPEN", "move", "M-0", "--member", ANN)
    story.sold(f"holds/MER1/{story.today}/H-1/captures", "C-1", points=30, final=True)
    two.refused("HOLD_OPEN", "move", "M-0", "--member", ANN)  # The first answer stands.
    two.refused("MOVE_OPEN", "move", "M-1", "--member", member(2, 1))
    two.refused("NOT_HOME", "move", "M-2", "--member", member(1, 99))
    status, answer = story.ask_shop("moves", "M-1", {"member": ANN})
    need((status, answer["code"]) == (404, "NO_SUCH_PATH"), f"a partner moves nobody: {answer}")
    story.is_at("P01", ANN, HELD - 450)


def the_move(story):
    """Whatever was asked before stays as it was; everything goes on at the new home."""
    two = story.counters["P02"]
    moved = two.move("M-3", ANN)
    need(moved["points"] == HELD - 450, f"all of it moved: {moved}")
    story.is_at("P02", ANN, HELD - 450)
    two.refused("MOVE_OPEN", "move", "M-4", "--member", ANN)
    first = story.sold("redemptions", "R-5", member=ANN, points=10)  # Through the gateway.
    need(first["authorisation"].startswith("P02/"), f"the new home has decided: {first}")
    own = two.redeem("R-6", ANN, 5)
    need(own["authorisation"].startswith("P02/"), f"{own}")
    elsewhere = story.counters["P01"].redeem("R-7", ANN, 7)
    need(elsewhere["authorisation"].startswith("P02/"), f"the old one asks it: {elsewhere}")
    again = story.sold("redemptions", "R-1", member=ANN, points=100)
    need(again["authorisation"].startswith("P01/"), f"the first answer: {again}")
    two.redeem("R-2", ANN, 200)
    story.is_at("P02", ANN, HELD - 472)


def killed_at(story, process, point, number, held):
    """`process` dies at that point of a move, and is started again."""
    who, name = member(1, number), f"K-{number}"
    counter = story.counters["P02"]
    restart(process, PH_KILL_AT=point)
    counter.hang_up("/v1/moves", name, {"member": who})
    until = time.monotonic() + 10
    while process.running() and time.monotonic() < until:
        time.sleep(0.01)
    need(not process.running(), f"{process.code} died at {point}")
    restart(process)
    need(counter.move(name, who)["points"] == held, f"{point}: all of it moved")
    story.is_at("P02", who, held)
    counter.redeem(f"K-{number}-R", who, number)
    story.is_at("P02", who, held - number)


def kills(story, held=HELD):
    old, new, clearing = story.nodes["P01"], story.nodes["P02"], story.clearing
    points = [
        # The intent is durable and was never sent; the answer isn't durable; it is, and nobody
        # was told.
        (new, "node_before_append:1"), (new, "node_after_append:1"), (new, "node_before_append:2"),
        (new, "node_after_append:2"),
        # The member hasn't left; he has, and nobody knows.
        (old, "node_before_append:1"), (old, "node_after_append:1"),
        # The directory doesn't know; it does, and the new home doesn't.
        (clearing, "clearing_before_append:1"), (clearing, "clearing_after_append:1")]
    for number, (process, point) in enumerate(points, 3):
        killed_at(story, process, point, number, held)
    for process in (old, new, clearing):  # From their journals, once more.
        restart(process)
    for number in range(3, 3 + len(points)):
        story.counters["P02"].move(f"K-{number}", member(1, number))
        story.is_at("P02", member(1, number), held - number)


def answer_lost(story):
    """Carried out before the move, and heard of after it: not carried out again."""
    three, node = story.counters["P03"], story.nodes["P03"]
    restart(node, PH_KILL_AT="node_before_append:2")
    three.hang_up("/v1/redemptions", "L-1",
                  {"member": BEA, "points": 11, "form": "PHONE_CREDIT"})
    until = time.monotonic() + 10
    while node.running() and time.monotonic() < until:
        time.sleep(0.01)
    need(not node.running(), "P03 died before its answer was durable")
    story.counters["P02"].move("M-5", BEA)
    story.is_at("P02", BEA, HELD - 11)
    restart(node)
    answer = three.redeem("L-1", BEA, 11)
    need(answer["authorisation"].startswith("P01/"), f"the old home had decided: {answer}")
    story.is_at("P02", BEA, HELD - 11)


def refunds(story):
    """Of what was given before the move, by whom it was given, after it; and along three homes."""
    one, two, three = (story.counters[code] for code in world.PROVINCES)
    parent = f"MER1/{story.today}/R-1"
    left = HELD - 472
    story.sold("refunds", "F-1", parent=parent, member=ANN, points=30)
    two.refund("F-2", two.id("R-2"), ANN, 150)
    one.refund("F-3", one.id("R-3"), ANN, 50)
    three.refused("WHOLE_ONLY", "refund", "F-4", "--of", three.id("G-4"), "--member", ANN,
                  "--points", 69)
    three.refund("F-5", three.id("G-4"), ANN, 70)
    story.unsold("EXCEEDS_PARENT", "refunds", "F-6", parent=parent, member=ANN, points=71)
    left += 30 + 150 + 50 + 70
    story.is_at("P02", ANN, left)
    three.move("M-6", ANN)
    story.is_at("P03", ANN, left)
    story.unsold("EXCEEDS_PARENT", "refunds", "F-7", parent=parent, member=ANN, points=71)
    two.refused("EXCEEDS_PARENT", "refund", "F-8", "--of", two.id("R-2"), "--member", ANN,
                "--points", 51)
    two.refund("F-9", two.id("R-2"), ANN, 50)
    story.sold("refunds", "F-1", parent=parent, member=ANN, points=30)  # The first answer.
    left += 50
    story.is_at("P03", ANN, left)
    one.move("M-7", ANN)  # Home again: what others have given back is taken off.
    story.unsold("EXCEEDS_PARENT", "refunds", "F-10", parent=parent, member=ANN, points=71)
    one.refused("EXCEEDS_PARENT", "refund", "F-11", "--of", one.id("R-3"), "--member", ANN,
                "--points", 1)
    story.sold("refunds", "F-12", parent=parent, member=ANN, points=15)
    left += 15
    story.is_at("P01", ANN, left)
    two.move("M-8", ANN)
    story.unsold("EXCEEDS_PARENT", "refunds", "F-13", parent=parent, member=ANN, points=56)
    story.is_at("P02", ANN, left)
    story.ann = left


def there_and_back_and_on(story):
    """All within a second of business time: whom partners ask then is the last home."""
    one, two, three = (story.counters[code] for code in world.PROVINCES)
    for name, counter in (("T-1", three), ("T-2", one), ("T-3", two)):
        counter.move(name, CAT)
    story.is_at("P02", CAT, HELD)
    sold = story.sold("redemptions", "T-4", member=CAT, points=10)
    need(sold["authorisation"].startswith("P02/"), f"the last home has decided: {sold}")
    story.sold("refunds", "T-5", parent=f"MER1/{story.today}/T-4", member=CAT, points=10)
    one.refused("INSUFFICIENT_POINTS", "redeem", "T-6", "--member", CAT, "--points", HELD + 1,
                "--form", "PHONE_CREDIT")
    three.move("T-7", CAT)
    story.is_at("P03", CAT, HELD)


def nodes_have(story, days):
    story.wait(lambda: all(story.taken().get(code) == days for code in story.nodes),
               f"{days} days of each province are at the clearing", 60)


def open_day(story, name):
    for code, counter in story.counters.items():
        counter.redeem(name, member(int(code[1:]), MEMBERS), 1)


def after_expiry_and_close(story):
    """The points that Ann spent have expired: they come back with grace. Then March is closed."""
    morning = datetime.datetime.combine(FIRST + datetime.timedelta(days=1), datetime.time(0, 30))
    story.set_clock(morning)
    code, answer = story.counters["P03"].run("move", "N-1", "--member", member(1, 15), seconds=1)
    need(code == 3, f"nobody moves before yesterday is sealed: {code} {answer}")
    story.set_clock(datetime.datetime(2026, 4, 1, 6))
    nodes_have(story, 31)
    open_day(story, "D-2")
    parent = f"MER1/{FIRST:%Y%m%d}/R-1"
    story.sold("refunds", "F-14", parent=parent, member=ANN, points=55)
    need("2026-05-01" in json.dumps(story.whereabouts(ANN)["P02"]),
         f"the expired lot is there for 30 days: {story.whereabouts(ANN)['P02']}")
    story.is_at("P02", ANN, story.ann + 55)
    story.set_clock(datetime.datetime(2026, 4, 4, 6))
    nodes_have(story, 34)
    status, answer = story.close("2026-03")
    need(status == 200, f"close: {answer}")
    open_day(story, "D-3")
    story.counters["P03"].refund("F-15", f"P03/{FIRST:%Y%m%d}/L-1", BEA, 11)


def settle(story, period, before=None):
    """Of the very batches that it was computed from `settle` makes the same bytes."""
    inputs, settled = story.folder / f"inputs-{period}", story.folder / f"settled-{period}"
    story.run("clearing", "inputs", period, "--out", inputs, "--config", story.clearing.config)
    previous = ["--previous", story.outputs(before)] if before else []
    story.run("settle", "--in", inputs, "--period", period, "--out", settled, "--key",
              story.keys / "CLR-clearing.secret", "--quiet", *previous)
    different = run_month.different_files(settled, story.outputs(period),
                                          {"manifest.csv", "manifest.csv.sig"})
    need(not different, f"these differ: {different}")
    suspense = (story.outputs(period) / "suspense.csv").read_text(encoding="utf-8").splitlines()
    need(len(suspense) == 1, f"everything has found its other side: {suspense}")


def statement(story, code, period):
    path = story.outputs(period) / "statements" / f"{code}.json"
    lines = json.loads(path.read_text(encoding="utf-8"))
    return [(line["counterparty"], line["reason"], line["quantity"], line["version"], line["fen"])
            for side in ("receivable", "payable") for line in lines[side]], lines


def by_hand():
    """Of March: what P01, who issued all the points, owes for those given to its members while they
    were at home there, and behind; (quantity, fen) by creditor and reason."""
    # R-2 came back whole; R-7 was given by P01 itself to a member of P02; K-n were given by P02 to
    # its own members, of P01's points.
    credit = 5 + sum(range(3, 11))  # R-6, K-3 to K-10
    merchant = 100 + 30 + 10 - 30 - 15  # R-1, C-1, R-5, less F-1 and F-12, through the acquirer P02
    return {("P02", "PHONE_CREDIT"): (credit, int(credit * 3 / 5 + 0.5)),
            ("P02", "MERCHANT_REDEMPTION"): (merchant, int(merchant * 3 / 5 + 0.5)),
            ("P03", "PHONE_CREDIT"): (11, 7),
            ("P03", "GIFT_COST"): (0, 0)}


def money(story):
    settle(story, "2026-03")
    _, whole = statement(story, "P01", "2026-03")
    found = {(line["counterparty"], line["reason"]): (line["quantity"], line["fen"])
             for line in whole["payable"]}
    need(found == by_hand() and not whole["receivable"], f"{whole}, not {by_hand()}")
    story.set_clock(datetime.datetime(2026, 5, 5, 6))  # Before the cut-off.
    nodes_have(story, 65)
    story.set_clock(datetime.datetime(2026, 5, 6, 6))
    nodes_have(story, 66)
    status, answer = story.close("2026-04")
    need(status == 200, f"close: {answer}")
    settle(story, "2026-04", "2026-03")
    # At the price of the day on which it was given: 11 points at 3/5 of a fen, rounded half up.
    found, whole = statement(story, "P03", "2026-04")
    need(found == [("P01", "PHONE_CREDIT", -11, "1", -7)], f"what P03 gives back: {whole}")


def play(of_story, *parts):
    """The exit code."""
    with tempfile.TemporaryDirectory(prefix="pointhouse-") as place:
        story = of_story(pathlib.Path(place))
        try:
            story.begin()
            for part in parts:
                began = time.monotonic()
                part(story)
                print(f"{part.__name__}: {time.monotonic() - began:.1f} s", flush=True)
            need(not any(story.stop()), "all of them stop with 0")
        except (AssertionError, running.Refused) as failure:
            print(f"FAILED: {failure}")
            for process in (story.clearing, *story.nodes.values()):
                print(f"{process.code}:\n{running.tail(process.log)}")
            return 1
        finally:
            story.kill()
    return 0


if __name__ == "__main__":
    sys.exit(play(Story, before_the_move, the_move, kills, answer_lost, refunds,
                  there_and_back_and_on, after_expiry_and_close, money))
