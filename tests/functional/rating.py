#!/usr/bin/env python3
"""Nationwide thresholds from three provinces' scores, over the wire, by docs and schema alone.

Three provinces that are written here (foreign_client.py) send the histograms of the worked example,
dealt out among them, to a running clearing: one in small parts and twice, one late, and the
clearing is killed between, at its worst moments. What is published is the example's thresholds,
signed, and stays so. Whatever is wrong is refused, and says why.

Ends with 0 when all is well, 1 with a sentence when not, 77 when python3-zmq, capnp or openssl is
missing.
"""

import datetime
import hashlib
import json
import os
import pathlib
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

import foreign_client as fc
from foreign_client import need, zmq

ROOT = pathlib.Path(__file__).resolve().parents[2]
NOW, LATER = "2026-04-05T09:00:00+08:00", "2026-04-09T09:00:00+08:00"
MONTH = fc.months(2026, 3)
WANTED, TAKEN, NOT_OPEN, OTHER_PROGRAMME, OTHER, WRONG = range(1, 7)
TOO_LARGE = 3

# Scores of the twenty accounts, in tenths, and where they are at home.
SCORES = {"P01": [3120, 1620, 1310, 840, 450, 385],
          "P02": [2400, 1508, 1287, 1125, 660, 432, 250],
          "P03": [1760, 1340, 1232, 500, 406, 180, 65]}
CUTS = "five-star:5:1:312:310,four-star:15:3:176:180,three-star:30:6:134:130,two-star:70:14:45:50"


def say(what):
    print(what, flush=True)


def histogram(code, programme, scores, revision=1, units=None, month=MONTH):
    """The bytes of docs/wire.md, section 8."""
    entries = sorted(((score, scores.count(score)) for score in set(scores)), reverse=True)
    head = struct.pack("<4sHH24sHHI32sQQII", b"PHG1", 1, fc.NUMBER[code], b"star", month, 0, 10,
                       programme, units or len(scores), len(entries), revision, 0)
    return head + b"".join(struct.pack("<QQ", *entry) for entry in entries)


class World(fc.Clearing):
    """The clearing, which can be killed and started again."""

    def make_keys(self):
        pairs = [("CLR", "root"), ("CLR", "clearing"), ("CLR", "transport")]
        pairs += [(code, role) for code in SCORES for role in ("sender", "transport")]
        for code, role in pairs:
            self.run("keygen", "--role", role, "--participant", code, "--out", ".")
        for code, role in pairs[1:]:
            since = ["--from-date", str(fc.FIRST_DAY)] if role == "transport" else \
                ["--from", "202603" if code == "CLR" else "1"]
            self.run("registry", "add", "registry.csv", "--clearing", "CLR", "--date",
                     str(fc.FIRST_DAY), "--key", f"{code}-{role}.pub", *since)
        self.run("registry", "sign", "registry.csv", "--key", "CLR-root.secret")

    def set_clock(self, text):
        part = self.folder / "clock.part"
        part.write_text(text + "\n", encoding="ascii")
        part.rename(self.folder / "clock")

    def start(self, kill_at=None):
        environment = dict(os.environ, **({"PH_KILL_AT": kill_at} if kill_at else {}))
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                [self.tool, "clearing", "--config", self.folder / "clearing.toml"], stdout=log,
                stderr=log, env=environment)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def died(self, seconds=20):
        need(self.process.wait(seconds) == -signal.SIGKILL, "it dies where it was told to")

    def ask(self, *arguments, code=0):
        done = subprocess.run([self.tool, *arguments, "--config", self.folder / "clearing.toml"],
                              capture_output=True, text=True, check=False, timeout=30)
        need(done.returncode == code, f"{arguments}: {done.returncode}, not {code}: {done.stdout}"
             f"{done.stderr}")
        return done.stdout + done.stderr

    def rating(self, *arguments, code=0):
        return self.ask("clearing", "rating", *arguments, code=code)

    def events(self, name):
        text = (self.folder / "log").read_text(encoding="utf-8")
        return [line for line in text.splitlines() if f"event={name} " in line + " "]

    def wait_event(self, name, seconds=20):
        end = time.monotonic() + seconds
        while not self.events(name):
            need(time.monotonic() < end, f"the log has {name} within {seconds} s")
            time.sleep(0.05)
        return self.events(name)[-1]


class Province(fc.Node):
    """A node of another hand that sends scores."""

    def part(self, data, programme, offset=0, size=None, heard=True, **changed):
        digest = hashlib.sha256(data).digest()
        signer = changed.pop("signer", self.code)
        kind = changed.pop("kind", "SCORES")
        fields = {"grading": "star", "month": MONTH, "programme": programme, "revision": 1,
                  "digest": digest, "size": len(data), "offset": offset,
                  "bytes": data[offset:] if size is None else data[offset:offset + size],
                  "sequence": 1}
        fields["signature"] = fc.sign(self.scratch, self.keys / f"{signer}-sender.secret", kind,
                                      digest)
        fields.update(changed)
        if not fields["bytes"]:
            del fields["bytes"]  # Where is it wanted from?
        self.send("scores", **fields)
        return self.told() if heard else None

    def told(self):
        kind, fields = self.answer()
        need(kind == "scoresTaken", f"{self.code} hears of its scores, not {kind}: {fields}")
        return fields

    def state(self, what, wanted, fields, words=""):
        need(fields["state"] == wanted and words in fields["detail"],
             f"{what}: {wanted} with '{words}', not {fields}")

    def thresholds(self, month=MONTH):
        self.send("thresholdsRequest", grading="star", month=month)
        kind, fields = self.answer()
        need(kind == "thresholds" and fields["grading"] == "star" and fields["month"] == month,
             f"{self.code} hears of thresholds, not {kind}: {fields}")
        return fields


def day_one(code):
    batch = fc.Batch(code, fc.DAYS[0], 1, fc.ZEROS)
    batch.earn(1, fc.member(fc.NUMBER[code], 7), fc.Lot((code, fc.DAYS[0], 1), 2026, 2, "LEVEL", 0,
                                                        10))
    return batch.seal()


def prepare(world):
    rows = [f"PARTICIPANT,{code},{fc.NUMBER[code]},PROVINCE,省,Province" for code in SCORES]
    rows += ["PARTICIPANT,CLR,100,CLEARING,结算中心,Clearing",
             "PRICE,1,INTER,,,,,6,5,,,2026-01-01,"]
    text = (ROOT / "ops" / "programmes" / "china-unicom.toml").read_text(encoding="utf-8")
    world.drop("china-unicom.toml", text)  # Before the rule book: it waits.
    day = fc.FIRST_DAY
    world.take([("rulebook.csv", fc.csv("RULEBOOK", "CLR", day, rows)),
                ("calendar.csv", fc.csv("CALENDAR", "CLR", day, ["YEAR,2026"]))] +
               [(f"opening-{code}.csv", fc.csv("OPENING_LOTS", code, day, [])) for code in SCORES])
    world.take([("china-unicom.toml", text)] if not
               (world.folder / "inbox" / "accepted" / "china-unicom.toml").exists() else [])
    broken = text.replace("percent = 5\n", "percent = 50\n", 1)
    world.drop("broken.toml", broken)
    report = world.folder / "inbox" / "refused" / "broken.toml.report.txt"
    end = time.monotonic() + 20
    while not report.exists():
        need(time.monotonic() < end, "a programme with a fault is refused within 20 s")
        time.sleep(0.05)
    need("1117" in report.read_text(encoding="utf-8"), "cuts that don't ascend are its fault")
    return hashlib.sha256(text.encode()).digest()


def check_opening(world, node, programme):
    """Nothing is taken before a rating is open; what can't be opened says why."""
    data = histogram("P01", programme, SCORES["P01"])
    node.state("not open", NOT_OPEN, node.part(data, programme), "no rating")
    need(node.thresholds()["state"] == 3, "no thresholds of what isn't open")
    need("No rating" in world.rating("status"), "no rating was opened")
    need("isn't over" in world.rating("open", "--grading", "star", "--month", "2026-04", code=1),
         "a month that isn't over isn't rated")
    need("no programme" in world.rating("open", "--grading", "gold", "--month", "2026-03", code=1),
         "the programme has no such grading")
    need("no such province" in world.rating("open", "--grading", "star", "--month", "2026-03",
                                            "--provinces", "P01,P09", code=1), "nobody is P09")
    world.rating("open", "--grading", "Star", "--month", "2026-03", code=2)
    opened = world.rating("open", "--grading", "star", "--month", "2026-03", "--provinces",
                          "P01,P02,P03")
    need("is open" in opened, f"it is open: {opened}")
    again = world.rating("open", "--grading", "star", "--month", "2026-03")
    need("opened before" in again, f"of all provinces is the same: {again}")


def check_refusals(node, programme):
    """What is wrong is refused, by its name, and nothing of it is taken."""
    good = histogram("P01", programme, SCORES["P01"])
    node.state("another's signature", WRONG, node.part(good, programme, signer="P02"), "signature")
    node.state("another kind", WRONG, node.part(good, programme, kind="BATCH"), "signature")
    node.state("a sequence that wasn't taken", WRONG, node.part(good, programme, sequence=2),
               "sequence 2")
    node.state("another programme", OTHER_PROGRAMME, node.part(good, bytes(32)), programme.hex())
    sums = histogram("P01", programme, SCORES["P01"], units=7)
    node.state("wrong sums", WRONG, node.part(sums, programme), "add up")
    node.state("another province's", WRONG,
               node.part(histogram("P02", programme, SCORES["P02"]), programme), "header")
    node.state("cut short", WRONG, node.part(good[:-1], programme), "length")
    node.state("another digest's bytes", WRONG,
               node.part(good, programme, bytes=good[:-8] + bytes([9]) + good[-7:]), "offered")
    node.state("another month", NOT_OPEN,
               node.part(histogram("P01", programme, [1], month=MONTH - 1), programme,
                         month=MONTH - 1), "2026-02")
    node.send("scores", grading="star", month=MONTH, programme=programme, revision=1,
              digest=bytes(32), size=96 + 16 * 1_000_001, signature="x", offset=0, sequence=1)
    kind, fields = node.answer()
    need(kind == "refusal" and fields["code"] == TOO_LARGE, f"oversize: {kind} {fields}")


def send_in_parts(node, data, programme, size):
    """From where the clearing wants it on, until it is taken; how many parts that took."""
    fields, count = node.part(data, programme, size=0), 0
    while fields["state"] == WANTED:
        need(count < 100, "it comes to an end")
        fields = node.part(data, programme, offset=int(fields["offset"]), size=size)
        count += 1
    node.state("all of it", TAKEN, fields)
    return count


def check_published(world, node, programme, scratch):
    fields = node.thresholds()
    text = f"THRESHOLDS,1,CLR,star,2026-03,{programme.hex()},20,10,{CUTS}"
    need(fields["state"] == 1 and fields["text"] == text, f"{fields} has {text}")
    digest = hashlib.sha256(text.encode()).digest()
    need(fc.signature_holds(scratch, world.keys / "CLR-clearing.pub", "THRESHOLDS", digest,
                            fields["signature"]), "it is signed by the clearing")
    return fields


def wait_published(node, seconds=20):
    end = time.monotonic() + seconds
    while node.thresholds()["state"] != 1:
        need(time.monotonic() < end, f"thresholds are published within {seconds} s")
        time.sleep(0.05)


def late_and_killed(world, nodes, programme):
    """P02's parts are forgotten by a death, P03 is late, the clearing dies before it publishes."""
    second = histogram("P02", programme, SCORES["P02"])
    fields = nodes["P02"].part(second, programme, size=100)
    need(fields["state"] == WANTED and int(fields["offset"]) == 100, f"it has 100 bytes: {fields}")
    need("100 of " in world.rating("status"), "the operator sees them come")
    world.kill()
    world.start()
    first = histogram("P01", programme, SCORES["P01"])
    nodes["P01"].state("after a death", TAKEN, nodes["P01"].part(first, programme, size=0))
    fields = nodes["P02"].part(second, programme, offset=100)
    need(fields["state"] == WANTED and int(fields["offset"]) == 0, f"parts are forgotten: {fields}")
    nodes["P02"].state("from the beginning", TAKEN, nodes["P02"].part(second, programme))
    fields = nodes["P02"].thresholds()
    need(fields["state"] == 2 and fields["waiting"] == [3], f"it waits for P03: {fields}")
    need(not world.events("rating_waits"), "no alarm yet")
    world.set_clock(LATER)
    need("who=P03" in world.wait_event("rating_waits"), "after three days it is an alarm")
    status = json.loads(world.rating("status", "--json"))["ratings"][0]
    need(status["waits"]["who"] == "P03" and not status["published"], f"status: {status}")
    need([row["sent"] for row in status["provinces"]] == [True, True, False], f"sent: {status}")
    world.kill()
    world.start(kill_at="clearing_before_thresholds")
    third = histogram("P03", programme, SCORES["P03"])
    nodes["P03"].part(third, programme, heard=False)
    world.died()
    while nodes["P03"].hear(0.2) is not None:  # It may have said that it took them, or not.
        pass
    world.start()
    nodes["P03"].state("taken before the death", TAKEN, nodes["P03"].part(third, programme))


def converse(world, scratch):
    world.set_clock(NOW)
    programme = prepare(world)
    nodes = {code: Province(code, world.keys, world.endpoint, scratch) for code in SCORES}
    for code, node in nodes.items():
        kind, fields, _ = node.push(day_one(code), 1 << 20)
        need(kind == "receipt", f"{code} gets its receipt, not {kind}: {fields}")
    first = nodes["P01"]
    beat = first.beat(int((datetime.datetime.fromisoformat(NOW) - datetime.datetime.fromisoformat(
        "2000-01-01T00:00:00+08:00")).total_seconds()))
    need(beat["speaks"] == 1, f"the clearing speaks of ratings: {beat}")
    check_opening(world, first, programme)
    check_refusals(first, programme)
    say("what is wrong is refused")
    data = histogram("P01", programme, SCORES["P01"])
    parts = send_in_parts(first, data, programme, 50)
    need(parts == -(-len(data) // 50), f"it went in parts of 50 bytes, {parts} of them")
    need(send_in_parts(first, data, programme, 50) == 0, "the same again isn't sent again")
    other = histogram("P01", programme, [1])
    first.state("other content", OTHER, first.part(other, programme), "revision")
    late_and_killed(world, nodes, programme)
    wait_published(first)
    published = [check_published(world, node, programme, scratch) for node in nodes.values()]
    need(published[0] == published[1] == published[2], "all hear the same")
    newer = histogram("P01", programme, [1], revision=2)
    first.state("after publication", OTHER, first.part(newer, programme, revision=2), "published")
    table = world.rating("status")
    need("five-star" in table and "310" in table and "waits for" not in table, f"table: {table}")
    world.rating("open", "--grading", "star", "--month", "2026-03", "--provinces", "P01", code=1)
    world.kill()
    world.start()
    need(check_published(world, first, programme, scratch) == published[0], "the same for ever")
    say("thresholds are those of the example, whoever was late and however often it was killed")


def check_journal(world):
    """The journal tells of it in words, once each."""
    shown = subprocess.run([world.tool, "journal", "show", "--clearing",
                            world.folder / "clearing.toml", "--from", "1", "--json"],
                           capture_output=True, text=True, check=True, timeout=30).stdout
    names = [command["name"] for block in json.loads(shown)["blocks"]
             for command in block["commands"]]
    count = {name: names.count(name)
             for name in ("PROGRAMME", "RATING_OPENED", "SCORES", "THRESHOLDS")}
    need(count == {"PROGRAMME": 1, "RATING_OPENED": 1, "SCORES": 3, "THRESHOLDS": 1},
         f"commands of the journal: {count}")


def main():
    if zmq is None or not zmq.has("curve"):
        print("python3-zmq with CURVE is missing")
        return 77
    if not shutil.which("capnp") or not shutil.which("openssl"):
        print("capnp or openssl is missing")
        return 77
    tool = os.path.abspath(os.environ["POINTHOUSE"])
    fc.NUMBER["P03"] = 3
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        scratch = folder / "scratch"
        scratch.mkdir(mode=0o700)
        world = World(tool, folder)
        try:
            converse(world, scratch)
            need(world.stop() == 0, "the clearing stops when told to")
            check_journal(world)
        except AssertionError as error:
            print(f"not so: {error}")
            print((folder / "log").read_text(encoding="utf-8"))
            return 1
        finally:
            world.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
