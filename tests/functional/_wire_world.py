"""What attacks on the wire need: the clearing with three provinces (P01 is honest, P02 attacks, P03
is a real node), a shop and a gateway, and connections that tell what happens to them.
"""

import datetime
import json
import struct
import subprocess
import time

import foreign_client as fc
from _pointhouse import memory_mib
from foreign_client import need, zmq

CODES = {1: "MALFORMED", 2: "VERSION", 3: "TOO_LARGE", 4: "NOT_A_SENDER", 5: "SENDER_MISMATCH",
         6: "SIGNATURE", 7: "KEY_NOT_VALID", 8: "SEQUENCE_TAKEN", 9: "DIGEST", 10: "BATCH_FAULT",
         17: "GAP_TOO_WIDE", 18: "NOT_A_GATEWAY"}
NOON = "2026-03-31T12:00:00+08:00"
HONEST_S_MAX = 10  # An honest batch, with its four processes of openssl and capnp.
TODAY = datetime.date(2026, 3, 31)
QUIET_S = 0.7      # No answer within it is no answer.
SIGNED_TO = 90     # First sequence that P02's signing key counts for no more.
MIB = 1 << 20


def say(what):
    print(what, flush=True)


class World(fc.Clearing):
    """The clearing with three provinces: P01 is honest, P02 attacks, P03 is a real node. P04 isn't
    there. P03's code is listed as a gateway's, too, and doesn't count as one.
    """

    gateways = ["GATE1", "P03"]

    def make_keys(self):
        pairs = [("CLR", "root"), ("CLR", "clearing"), ("CLR", "transport")]
        pairs += [(f"P0{n}", role) for n in (1, 2, 3) for role in ("sender", "transport")]
        pairs.append(("GATE1", "transport"))
        for folder in ("old", "ending"):
            (self.keys / folder).mkdir(mode=0o700)
            self.run("keygen", "--role", "transport", "--participant", "P02", "--out", folder)
        for code, role in pairs:
            self.run("keygen", "--role", role, "--participant", code, "--out", ".")
        since = {("CLR", "clearing"): ["--from", "202603"],
                 ("P02", "sender"): ["--from", "1", "--to", str(SIGNED_TO)]}
        for code, role in pairs[1:]:
            always = ["--from-date", "2026-03-01"] if role == "transport" else ["--from", "1"]
            self.register(f"{code}-{role}.pub", *since.get((code, role), always))
        for folder, end in (("old", "2026-03-31"), ("ending", "2026-04-01")):
            self.register(f"{folder}/P02-transport.pub", "--from-date", "2026-03-01", "--to-date",
                          end)
        self.run("registry", "sign", "registry.csv", "--key", "CLR-root.secret")

    def register(self, key, *since):
        self.run("registry", "add", "registry.csv", "--clearing", "CLR", "--date", "2026-03-01",
                 "--key", key, *since)

    def files(self):
        rows = [f"PARTICIPANT,P0{n},{n},PROVINCE,省,Province {n}" for n in (1, 2, 3, 4)]
        rows += ["PARTICIPANT,CLR,100,CLEARING,结算中心,Clearing",
                 "PARTICIPANT,SHOP,101,MERCHANT,商户,Shop",
                 "CONTRACT,SHOP,P01,U,1,0,,2026-01-01,",
                 "PRICE,1,INTER,,,,,6,5,,,2026-01-01,",
                 "PRICE,2,REIMBURSE,SHOP,,,,3,5,,,2026-01-01,",
                 "PRICE,3,COMMISSION,SHOP,,,,1,20,,,2026-01-01,"]
        day = fc.FIRST_DAY
        return [("rulebook.csv", fc.csv("RULEBOOK", "CLR", day, rows)),
                ("calendar.csv", fc.csv("CALENDAR", "CLR", day, ["YEAR,2026"]))] + \
               [(f"opening-{code}.csv", fc.csv("OPENING_LOTS", code, day, []))
                for code in ("P01", "P02", "P03")]

    def status(self):
        return subprocess.run([self.tool, "clearing", "status", "--config",
                               self.folder / "clearing.toml"], capture_output=True, text=True,
                              check=True, timeout=20).stdout

    def set_clock(self, text):
        part = self.folder / "clock.part"
        part.write_text(text + "\n", encoding="ascii")
        part.rename(self.folder / "clock")


class RealNode:
    """`pointhouse node` of P03."""

    def __init__(self, world):
        self.world, self.folder = world, world.folder / "P03"
        for name in ("", "inbox", "run"):
            (self.folder / name).mkdir(mode=0o700)
        self.process = None

    def start(self, endpoint):
        (self.folder / "node.toml").write_text(f"""
[node]
province = "P03"
[day]
seal_empty = false
[keys]
signing = "../keys/P03-sender.secret"
transport = "../keys/P03-transport.secret"
registry = "../keys/registry.csv"
root = "../keys/CLR-root.pub"
[uplink]
endpoint = "{endpoint}"
[http]
listen = ""
[clock]
file = "../clock"
""", encoding="ascii")
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                [self.world.tool, "node", "--config", self.folder / "node.toml"], stdout=log,
                stderr=log)

    def drop(self, name, content):
        part = self.folder / "inbox" / (name + ".part")
        part.write_text(content, encoding="utf-8")
        part.rename(self.folder / "inbox" / name)

    def status(self):
        done = subprocess.run([self.world.tool, "node", "status", "--json", "--config",
                               self.folder / "node.toml"], capture_output=True, check=False,
                              timeout=20)
        return json.loads(done.stdout) if done.returncode == 0 else {}

    def wait(self, holds, what, seconds=20):
        end = time.monotonic() + seconds
        while not holds(self.status()):
            need(time.monotonic() < end, f"{what} within {seconds} s: {self.status()}")
            need(self.process.poll() is None, "the node runs")
            time.sleep(0.05)

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


class Peer(fc.Node):
    """A connection, whose first answer may be none."""

    def __init__(self, code, world, scratch, transport=None, **options):
        keys = world.keys
        self.code, self.keys, self.scratch = code, keys, scratch
        self.beats, self.receipted, self.advice = [], 0, 0
        self.socket = zmq.Context.instance().socket(zmq.DEALER)
        self.socket.linger, self.socket.sndtimeo = 0, fc.SEND_MS_MAX
        secret = transport or keys / f"{code}-transport.secret"
        pair = (fc.key_of(str(secret).replace(".secret", ".pub"))[1], fc.key_of(secret)[1]) \
            if not isinstance(secret, tuple) else secret
        self.socket.curve_publickey, self.socket.curve_secretkey = pair
        self.socket.curve_serverkey = fc.key_of(keys / "CLR-transport.pub")[1]
        for name, value in options.items():
            setattr(self.socket, name, value)
        self.monitor = self.socket.get_monitor_socket()
        self.socket.connect(world.endpoint)

    def event(self, wanted, seconds=8):
        """The value of the next such event of the connection; None when there is none."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and self.monitor.poll(int(left * 1000) + 1):
            number, value = struct.unpack("=HI", self.monitor.recv_multipart()[0])
            if number == wanted:
                return value
        return None

    def offer_fields(self, data, signature):
        date, sequence = struct.unpack("<H2xI", data[8:16])
        return {"sequence": sequence, "date": date, "size": len(data), "digest": data[-32:],
                "signature": signature}

    def signed(self, data, signer=None):
        return fc.sign(self.scratch, self.keys / f"{signer or self.code}-sender.secret", "BATCH",
                       data[-32:])

    def quiet(self, what, seconds=QUIET_S):
        heard = self.hear(seconds)
        need(heard is None, f"{what}: no answer, not {heard}")

    def refused(self, code, what, retry=None):
        kind, fields = self.answer()
        need(kind == "refusal" and CODES.get(fields["code"]) == code,
             f"{what}: {code}, not {kind} {fields}")
        need(retry is None or fields["retry"] == retry, f"{what}: retry {retry}, not {fields}")
        return fields

    def close(self):
        self.socket.disable_monitor()
        self.monitor.close(0)
        self.socket.close(0)


def redeem(reference, giver=0, partner=0):
    """An ask for 10 points of a member of P04."""
    asker = f'partner = {partner}, form = 4, request = 0x"{"11" * 32}"' if partner else \
        f"giver = {giver}, form = 1"
    return fc.capnp(["encode"], f'''(version = 1, ask = (kind = 6, points = 10, {asker},
        id = (participant = {giver or partner}, date = {fc.days(TODAY)}, reference = "{reference}"),
        member = {int(fc.member(4, 7))}))'''.encode())


class Days:
    """A province's batches of one lot each, one a day from the first of March."""

    def __init__(self, code, number):
        self.code, self.number, self.sequence, self.previous = code, number, 0, fc.ZEROS

    def make(self, sequence, points=10, header=None, previous=None):
        """The batch of a day; `header` names another sender."""
        date = fc.FIRST_DAY + datetime.timedelta(sequence - 1)
        batch = fc.Batch(header or self.code, date, sequence, previous or self.previous)
        who = fc.member(self.number, 7)
        batch.earn(1, who, fc.Lot((header or self.code, date, 1), 2026, 2, "LEVEL", 0, points))
        return batch.seal()

    def next(self):
        return self.make(self.sequence + 1)

    def taken(self, data):
        self.sequence += 1
        self.previous = data[-32:]


class Honest:
    """P01: whatever happens beside it, its next batch gets its receipt in time."""

    def __init__(self, world, scratch):
        self.world, self.days = world, Days("P01", 1)
        self.peer = Peer("P01", world, scratch)
        self.first = None
        self.worst = 0.0

    def push(self, beside):
        data = self.days.next()
        began = time.monotonic()
        kind, fields, _ = self.peer.push(data, MIB)
        self.peer.check_receipt(kind, fields, data)
        took = time.monotonic() - began
        self.days.taken(data)
        self.first = self.first or (data, fields)
        self.worst = max(self.worst, took)
        need(took < HONEST_S_MAX, f"{beside}: the honest receipt took {took:.1f} s")
        peak = memory_mib(self.world.process.pid)
        say(f"{beside}: as documented; honest receipt after {took:.2f} s, peak {peak} MiB")
        need(self.world.process.poll() is None, "the clearing runs")
