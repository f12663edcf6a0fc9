#!/usr/bin/env python3
"""A node in another language: seals, sends and gets receipts with what the documents say, alone.

Everything that speaks with the clearing here is written after docs/formats.md (the batch),
docs/wire.md (the way of a batch), docs/proof.md (keys, signatures) and schema/wire.capnp. The
executable (env POINTHOUSE) only makes keys and the registry and runs the clearing; at the end it
is asked for its opinion of the batches. Ed25519 is openssl's, SHA-256 hashlib's, the encoding of
messages the capnp tool's, CURVE libzmq's.

Ends with 0 when all is well, 1 with a sentence when not, 77 when python3-zmq, capnp or openssl
is missing.
"""

import datetime
import hashlib
import json
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time

try:
    import zmq
except ImportError:
    zmq = None

SCHEMA = pathlib.Path(__file__).resolve().parents[2] / "schema" / "wire.capnp"
EPOCH = datetime.date(2000, 1, 1)
FIRST_DAY = datetime.date(2026, 3, 1)  # what the opening files are about
DAYS = [datetime.date(2026, 3, day) for day in (3, 4, 5)]
NOW = "2026-03-06T05:12:03+08:00"  # the clearing's business time all along
SEND_MS_MAX = 15_000  # A send that takes longer has nobody to go to, and would wait for ever.

NUMBER = {"P01": 1, "P02": 2, "CLR": 100, "SHOP": 101}
ITEM = {"REDEEM": 16, "REFUND": 20, "DELIVERY": 32}
FORM = {"": 0, "PHONE_CREDIT": 1, "OWN_PRODUCT": 2, "MERCHANT": 4}
SOURCE = {"CONSUMPTION": 1, "LEVEL": 3}
ISSUED, REDEEMED = 1, 2
EARN = 1
SEQUENCE_TAKEN, KEY_NOT_VALID = 8, 7
ZEROS = bytes(32)


def need(holds, what):
    """Ends the test with a sentence unless it holds."""
    if not holds:
        raise AssertionError(what)


# ---- numbers and names, docs/formats.md sections 1 and 6 ----------------------------------------


def days(date):
    return (date - EPOCH).days


def months(year, month):
    return (year - 2000) * 12 + month - 1


def expires(year, month):
    """First day after the earned month's quarter, plus 3 years."""
    following = (month - 1) // 3 * 3 + 4
    over = following > 12
    return datetime.date(year + 3 + over, following - 12 * over, 1)


def member(province, serial):
    """A member number with its check digit after ISO 7064 MOD 11,10."""
    digits = f"{province:02}{serial:011}"
    p = 10
    for digit in digits:
        p = (p + int(digit)) % 10 or 10
        p = 2 * p % 11
    return digits + str((11 - p) % 10)


def entry_id(code, date, number):
    return NUMBER[code] << 48 | days(date) << 32 | number


def transaction(code, date, reference):
    """A transaction's id: its 28 bytes, and how it is written."""
    packed = struct.pack("<HH24s", NUMBER[code], days(date), reference.encode())
    return packed, f"{code}/{date:%Y%m%d}/{reference}"


# ---- the batch, docs/formats.md section 6 -------------------------------------------------------


class Lot:
    """A lot as its slices tell of it."""

    def __init__(self, name, year, month, source, rating, original):
        self.name = entry_id(*name)
        self.earned = months(year, month)
        self.expires_on = expires(year, month)
        self.source = SOURCE[source]
        self.rating = rating
        self.original = original

    def slice(self, account, delta):
        expires_on = days(self.expires_on)
        return struct.pack("<QHHBBBBqq", self.name, self.earned, expires_on, self.source,
                           self.rating, account, 0, self.original, delta)


class Batch:
    """What a province seals for a day."""

    def __init__(self, sender, date, sequence, previous):
        self.sender, self.date, self.sequence, self.previous = sender, date, sequence, previous
        self.movements, self.items, self.points = [], [], 0

    def earn(self, number, who, lot):
        record = struct.pack("<QIB3x", int(who), number, EARN)
        self.movements.append((number, record + lot.slice(ISSUED, lot.original)))
        self.points += lot.original

    def item(self, kind, number, who, name, counterparty, points, slices=(), form="", parent=None,
             partner=None, authorisation=0):
        head = struct.pack("<BBBBHHQ", ITEM[kind], FORM[form], 0, 0, NUMBER[counterparty],
                           NUMBER[partner] if partner else 0, int(who))
        record = head + name + (parent or bytes(28))
        record += struct.pack("<QIIqqqqqIIII", authorisation, number, 0, points, 0, 0, 0, 0, 0, 0,
                              len(slices), 0)
        order = (NUMBER[counterparty], struct.unpack("<HH24s", name), number)
        self.items.append((order, record, slices))
        self.points += points

    def seal(self):
        """The bytes of the file; their last 32 are the digest."""
        movements = [record for _, record in sorted(self.movements)]
        items = sorted(self.items)
        slices = [one for _, _, its in items for one in its]
        body = struct.pack("<4sHHHHIQQQqq32sQ", b"PHB1", 1, NUMBER[self.sender], days(self.date),
                           0, self.sequence, len(movements), len(items), len(slices), self.points,
                           0, self.previous, 0)
        need(len(body) == 96, "a header has 96 bytes")
        body += b"".join(movements) + b"".join(record for _, record, _ in items)
        body += b"".join(slices)
        need(len(body) == 96 + 48 * len(movements) + 144 * len(items) + 32 * len(slices),
             "records have their lengths")
        return body + hashlib.sha256(body).digest()


# ---- keys and signatures, docs/proof.md sections 4 and 5 ----------------------------------------


def key_of(path):
    """Key id and the 32 bytes of a key file."""
    fields = pathlib.Path(path).read_text(encoding="ascii").rstrip("\n").split(",")
    need(len(fields) == 6, f"{path} has six fields")
    return fields[4], bytes.fromhex(fields[5])


def signed_text(kind, digest):
    return f"pointhouse-v1\n{kind}\n{digest.hex()}".encode()


def openssl(folder, key, arguments, text, signature=b""):
    """Runs openssl pkeyutl upon files; its result and output."""
    for name, content in (("key.der", key), ("text", text), ("signature", signature)):
        (folder / name).write_bytes(content)
    command = ["openssl", "pkeyutl", *arguments, "-keyform", "DER", "-inkey", "key.der",
               "-rawin", "-in", "text"]
    ended = subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=20)
    (folder / "key.der").unlink()
    return ended.returncode, ended.stdout


def sign(folder, secret_file, kind, digest):
    """The line of a signature, without LF."""
    key_id, seed = key_of(secret_file)
    pkcs8 = bytes.fromhex("302e020100300506032b657004220420") + seed
    code, signature = openssl(folder, pkcs8, ["-sign"], signed_text(kind, digest))
    need(code == 0 and len(signature) == 64, "openssl signs")
    return f"POINTHOUSE-SIGNATURE,1,{kind},{key_id},{signature.hex()}"


def signature_holds(folder, public_file, kind, digest, line):
    key_id, key = key_of(public_file)
    fields = line.split(",")
    if fields[:4] != ["POINTHOUSE-SIGNATURE", "1", kind, key_id] or len(fields) != 5:
        return False
    if hashlib.sha256(key).hexdigest()[:16] != key_id:
        return False
    spki = bytes.fromhex("302a300506032b6570032100") + key
    arguments = ["-verify", "-pubin", "-sigfile", "signature"]
    text = signed_text(kind, digest)
    return openssl(folder, spki, arguments, text, bytes.fromhex(fields[4]))[0] == 0


# ---- messages, docs/wire.md and schema/wire.capnp -----------------------------------------------


def capnp(arguments, data):
    command = ["capnp", *arguments, str(SCHEMA), "Message"]
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True,
                          timeout=20).stdout


def encoded(kind, **fields):
    """A message's bytes. Values of type bytes are Data, str Text, int numbers."""

    def literal(value):
        if isinstance(value, bytes):
            return f'0x"{value.hex()}"'
        return json.dumps(value)

    inner = ", ".join(f"{name} = {literal(value)}" for name, value in fields.items())
    return capnp(["encode"], f"(version = 1, {kind} = ({inner}))".encode())


def decoded(data):
    """Kind and fields of a message."""
    message = json.loads(capnp(["convert", "binary:json"], data))
    need(message.pop("version") == 1, "the clearing speaks version 1")
    need(len(message) == 1, "a message is one of its kinds")
    return next(iter(message.items()))


class Node:
    """A province that has one connection to the clearing."""

    def __init__(self, code, keys, endpoint, scratch):
        self.code, self.keys, self.scratch = code, keys, scratch
        self.beats, self.receipted, self.advice = [], 0, 0
        self.socket = zmq.Context.instance().socket(zmq.DEALER)
        self.socket.linger, self.socket.sndtimeo = 0, SEND_MS_MAX
        self.socket.curve_secretkey = key_of(keys / f"{code}-transport.secret")[1]
        self.socket.curve_publickey = key_of(keys / f"{code}-transport.pub")[1]
        self.socket.curve_serverkey = key_of(keys / "CLR-transport.pub")[1]
        self.socket.connect(endpoint)

    def send(self, kind, **fields):
        self.socket.send(encoded(kind, **fields))

    def hear(self, seconds):
        """The next message that is no heartbeat, or None."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if not self.socket.poll(int(left * 1000) + 1):
                break
            kind, fields = decoded(self.socket.recv())
            if kind != "heartbeat":
                return kind, fields
            self.beats.append(fields)
        return None

    def answer(self, seconds=15):
        heard = self.hear(seconds)
        need(heard is not None, f"{self.code} hears an answer within {seconds} s")
        return heard

    def beat(self, at):
        """Sends a heartbeat and waits for one that the clearing sends after it."""
        self.beats.clear()
        self.send("heartbeat", lastReceipted=self.receipted, lastAdvice=self.advice, at=at)
        end = time.monotonic() + 15
        while not self.beats and time.monotonic() < end:
            need(self.hear(1) is None, "nothing but heartbeats is on its way")
        need(self.beats, "the clearing's heartbeat comes within 15 s")
        return self.beats[-1]

    def offer(self, data, signer=None):
        """Offers a batch; the first answer."""
        secret = self.keys / f"{signer or self.code}-sender.secret"
        digest = data[-32:]
        date, sequence = struct.unpack("<H2xI", data[8:16])
        self.send("offer", sequence=sequence, date=date, size=len(data), digest=digest,
                  signature=sign(self.scratch, secret, "BATCH", digest))
        return self.answer()

    def push(self, data, chunk):
        """Offers a batch and sends what is wanted; the answer that ends it, and the chunks."""
        sent = 0
        kind, fields = self.offer(data)
        while kind == "want":
            need(bytes(fields["digest"]) == data[-32:], "a Want is about the batch offered")
            begin, until = int(fields["offset"]), int(fields["until"])
            need(begin < until, "a Want wants something")
            piece = data[begin:min(begin + chunk, until)]
            need(sent < 100 and piece, "a Want lies within the batch")
            self.send("chunk", sequence=fields["sequence"], digest=data[-32:], offset=begin,
                      bytes=piece)
            sent += 1
            kind, fields = self.answer()
        return kind, fields, sent

    def check_receipt(self, kind, fields, data, returned=()):
        """That the clearing says and signs it has this batch; keeps count."""
        need(kind == "receipt", f"{self.code} gets a receipt, not {kind}: {fields}")
        date, sequence = struct.unpack("<H2xI", data[8:16])
        lines = "".join(line + "\n" for line in returned).encode()
        day = EPOCH + datetime.timedelta(date)
        expected = ["RECEIPT", "1", "CLR", self.code, str(sequence), day.isoformat(),
                    data[-32:].hex(), NOW, str(len(returned)), hashlib.sha256(lines).hexdigest()]
        need(fields["text"].split(",") == expected, f"text {fields['text']} is {expected}")
        need(fields["sequence"] == sequence, "the message names the sequence")
        digest = hashlib.sha256(fields["text"].encode()).digest()
        public = self.keys / "CLR-clearing.pub"
        line = fields["signature"]
        need(signature_holds(self.scratch, public, "RECEIPT", digest, line), "it is signed")
        need(not signature_holds(self.scratch, public, "RECEIPT", data[-32:], line),
             "openssl tells a signature on another text")
        need(not fields["more"], "all returned items are listed")
        need(len(fields["returned"]) == len(returned), "as many items as the text says")
        self.receipted = max(self.receipted, sequence)


# ---- the clearing that is talked to -------------------------------------------------------------


def csv(kind, sender, date, rows, points=0):
    lines = [f"POINTHOUSE,{kind},1,{sender},{date},0", *rows, f"END,{len(rows)},{points},0"]
    return "".join(line + "\n" for line in lines)


def rulebook():
    return csv("RULEBOOK", "CLR", FIRST_DAY, [
        "PARTICIPANT,P01,1,PROVINCE,甲省,Province A",
        "PARTICIPANT,P02,2,PROVINCE,乙省,Province B",
        "PARTICIPANT,CLR,100,CLEARING,结算中心,Clearing",
        "PARTICIPANT,SHOP,101,MERCHANT,商户,Shop without a contract",
        "PRICE,1,INTER,,,,,6,5,,,2026-01-01,",
    ])


def opening(home, lots):
    """An opening file of lots (name, member, year, month, points), all of them left in full."""
    rows = []
    for (code, date, number), who, year, month, points in lots:
        name = transaction(code, date, str(number))[1]
        rows.append(f"LOT,{name},{who},{year}-{month:02},CONSUMPTION,1,{expires(year, month)},"
                    f"{points},{points}")
    return csv("OPENING_LOTS", home, FIRST_DAY, rows, 2 * sum(lot[4] for lot in lots))


class Clearing:
    """A running clearing with its keys and inbox."""

    gateways = []  # their codes

    def __init__(self, tool, folder):
        self.tool, self.folder, self.keys = tool, folder, folder / "keys"
        for name in ("keys", "inbox"):
            (folder / name).mkdir(mode=0o700)
        self.make_keys()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.endpoint = f"tcp://127.0.0.1:{probe.getsockname()[1]}"
        (folder / "clock").write_text(NOW + "\n", encoding="ascii")
        (folder / "clearing.toml").write_text(f"""
[clearing]
code = "CLR"
pdf = false
[keys]
signing = "keys/CLR-clearing.secret"
transport = "keys/CLR-transport.secret"
registry = "keys/registry.csv"
root = "keys/CLR-root.pub"
[wire]
endpoint = "{self.endpoint}"
gateways = {json.dumps(self.gateways)}
[http]
listen = ""
[clock]
file = "clock"
""", encoding="ascii")
        with open(folder / "log", "wb") as log:
            self.process = subprocess.Popen(
                [tool, "clearing", "--config", folder / "clearing.toml"], stdout=log, stderr=log)

    def run(self, *arguments):
        subprocess.run([self.tool, *arguments], cwd=self.keys, check=True, timeout=30,
                       stdout=subprocess.DEVNULL)

    def make_keys(self):
        pairs = [("CLR", "root"), ("CLR", "clearing"), ("CLR", "transport")]
        pairs += [(code, role) for code in ("P01", "P02") for role in ("sender", "transport")]
        for code, role in pairs:
            self.run("keygen", "--role", role, "--participant", code, "--out", ".")
        for code, role in pairs[1:]:
            since = ["--from-date", str(FIRST_DAY)] if role == "transport" else \
                ["--from", "202603" if code == "CLR" else "1"]
            self.run("registry", "add", "registry.csv", "--clearing", "CLR", "--date",
                     str(FIRST_DAY), "--key", f"{code}-{role}.pub", *since)
        self.run("registry", "sign", "registry.csv", "--key", "CLR-root.secret")

    def drop(self, name, content):
        """Puts a file into the inbox, as a whole."""
        inbox = self.folder / "inbox"
        (inbox / (name + ".part")).write_text(content, encoding="utf-8")
        (inbox / (name + ".part")).rename(inbox / name)

    def stop(self):
        self.process.terminate()
        try:
            return self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def take(self, files):
        """Drops files one after the other, and waits until each was accepted."""
        for name, content in files:
            self.drop(name, content)
            end = time.monotonic() + 20
            while not (self.folder / "inbox" / "accepted" / name).exists():
                need(time.monotonic() < end, f"{name} is accepted within 20 s")
                need(self.process.poll() is None, "the clearing runs")
                time.sleep(0.05)


# ---- what happens -------------------------------------------------------------------------------

OLD, OLDER = datetime.date(2025, 5, 8), datetime.date(2025, 2, 9)
ALICE, BOB = member(2, 7), member(1, 1)  # at home in P02 and P01
LOTS = [(("P02", OLD, 12), ALICE, 2025, 4, 500), (("P02", OLDER, 3), ALICE, 2025, 1, 120)]
LOT_OF_BOB = (("P02", OLD, 40), BOB, 2025, 4, 300)  # P02 issued it, P01 is his home


def lot_of(row):
    name, _, year, month, points = row
    return Lot(name, year, month, "CONSUMPTION", 1, points)


def first_day(delivered=60):
    """P02: Alice earns 80 and redeems 200 at home; Bob of P01 gets a phone credit."""
    batch = Batch("P02", DAYS[0], 1, ZEROS)
    batch.earn(1, ALICE, Lot(("P02", DAYS[0], 1), 2026, 2, "LEVEL", 0, 80))
    parts = [lot_of(LOTS[1]).slice(REDEEMED, -120), lot_of(LOTS[0]).slice(REDEEMED, -80)]
    batch.item("REDEEM", 2, ALICE, transaction("P02", DAYS[0], "2")[0], "P02", 200, parts,
               "OWN_PRODUCT", authorisation=entry_id("P02", DAYS[0], 2))
    batch.item("DELIVERY", 3, BOB, transaction("P02", DAYS[0], "3")[0], "P01", delivered,
               form="PHONE_CREDIT", authorisation=entry_id("P01", DAYS[0], 1))
    return batch.seal()


def second_day(previous):
    """P02: 90 of the 200 come back, the last consumed first; a shop without a contract."""
    batch = Batch("P02", DAYS[1], 2, previous)
    back = [lot_of(LOTS[0]).slice(REDEEMED, 80), lot_of(LOTS[1]).slice(REDEEMED, 10)]
    batch.item("REFUND", 1, ALICE, transaction("P02", DAYS[1], "1")[0], "P02", 90, back,
               parent=transaction("P02", DAYS[0], "2")[0])
    batch.item("REDEEM", 2, ALICE, transaction("SHOP", DAYS[1], "R-77")[0], "SHOP", 10,
               [lot_of(LOTS[1]).slice(REDEEMED, -10)], "MERCHANT", partner="SHOP",
               authorisation=entry_id("P02", DAYS[1], 2))
    return batch.seal()


def third_day(previous):
    """P02: Alice earns 5."""
    batch = Batch("P02", DAYS[2], 3, previous)
    batch.earn(1, ALICE, Lot(("P02", DAYS[2], 1), 2026, 3, "LEVEL", 0, 5))
    return batch.seal()


def bobs_home():
    """P01: takes the points of what P02 delivered to Bob from his lot, which P02 issued."""
    batch = Batch("P01", DAYS[0], 1, ZEROS)
    batch.item("REDEEM", 1, BOB, transaction("P02", DAYS[0], "3")[0], "P02", 60,
               [lot_of(LOT_OF_BOB).slice(REDEEMED, -60)], "PHONE_CREDIT",
               authorisation=entry_id("P01", DAYS[0], 1))
    return batch.seal()


def check_first_batch(node, batch):
    """Refused with another's signature, taken in chunks, taken once, never changed."""
    kind, fields = node.offer(batch, signer="P01")
    need(kind == "refusal" and fields["code"] == KEY_NOT_VALID and fields["retry"],
         f"another's signature is refused, not {kind}: {fields}")
    kind, first, chunks = node.push(batch, 200)
    node.check_receipt(kind, first, batch)
    need(chunks == -(-len(batch) // 200), f"it went in chunks of 200 bytes, {chunks} of them")
    kind, again, chunks = node.push(batch, 200)
    need((kind, chunks) == ("receipt", 0), "a copy isn't sent again")
    need(again == first, "a copy gets the first receipt, to the byte")
    other = first_day(delivered=61)
    kind, fields = node.offer(other)
    need(kind == "refusal" and fields["code"] == SEQUENCE_TAKEN and not fields["retry"],
         f"other content under number 1 is refused, not {kind}: {fields}")
    need(bytes(fields["digest"]) == other[-32:], "the refusal is about what was offered")


def check_later_batches(node, second, third):
    """The third comes too early and is held; the second brings both their receipts."""
    kind, fields, _ = node.push(third, 1 << 20)
    need(kind == "held" and fields["sequence"] == 3 and fields["missing"] == 2,
         f"the third is held until the second comes, not {kind}: {fields}")
    kind, fields, _ = node.push(second, 1 << 20)
    shop = transaction("SHOP", DAYS[1], "R-77")[1]
    node.check_receipt(kind, fields, second, [f"2,REDEEM,{shop},NO_CONTRACT"])
    one = fields["returned"][0]
    need(one["entry"] == 2 and one["kind"] == ITEM["REDEEM"], f"the second item came back: {one}")
    need((one["participant"], one["date"]) == (NUMBER["SHOP"], days(DAYS[1])), f"its id: {one}")
    need(one["reference"] == "R-77", f"its reference: {one}")
    kind, fields = node.answer()
    node.check_receipt(kind, fields, third)


def check_advices(node, batch_of_home):
    """P02 is told what P01 did to its points."""
    node.send("adviceRequest", after=0)
    kind, fields = node.answer()
    need(kind == "advices" and len(fields["advices"]) == 1, f"one advice, not {kind}: {fields}")
    told = {name: int(value) for name, value in fields["advices"][0].items()}
    sequence = struct.unpack("<I", batch_of_home[12:16])[0]
    expected = {"number": 1, "home": 1, "sequence": sequence, "date": days(DAYS[0]), "issued": 0,
                "redeemed": -60, "expired": 0, "forfeited": 0, "moved": 0, "repaid": 0}
    need(told == expected, f"the advice {told} is {expected}")
    node.advice = told["number"]


def check_heartbeat(node, at):
    beat = node.beat(at)
    need(beat["lastReceipted"] == 3, f"three batches are taken: {beat}")
    need(int(beat["lastAdvice"]) == 1, f"one advice is there: {beat}")
    need(0 <= int(beat["at"]) - at <= 3600, f"the clearing's business time: {beat}")


def converse(clearing, scratch):
    clearing.take([
        ("rulebook.csv", rulebook()),
        ("calendar.csv", csv("CALENDAR", "CLR", FIRST_DAY, ["YEAR,2026"])),
        ("opening-P01.csv", opening("P01", [LOT_OF_BOB])),
        ("opening-P02.csv", opening("P02", LOTS)),
    ])
    need(member(1, 1) == "01000000000012", "the check digit of the example")
    batches = [first_day()]
    batches.append(second_day(batches[0][-32:]))
    batches.append(third_day(batches[1][-32:]))
    node = Node("P02", clearing.keys, clearing.endpoint, scratch)
    check_first_batch(node, batches[0])
    check_later_batches(node, batches[1], batches[2])
    home = Node("P01", clearing.keys, clearing.endpoint, scratch)
    batches.append(bobs_home())
    kind, fields, _ = home.push(batches[3], 1 << 20)
    home.check_receipt(kind, fields, batches[3])
    check_advices(node, batches[3])
    now = datetime.datetime.fromisoformat(NOW)
    check_heartbeat(node, int((now - datetime.datetime.fromisoformat(
        "2000-01-01T00:00:00+08:00")).total_seconds()))
    return batches


def second_opinion(tool, folder, batches):
    """What the executable thinks of the batches, once they were taken."""
    names = [folder / f"{number}.phb" for number in range(len(batches))]
    for name, batch in zip(names, batches):
        name.write_bytes(batch)
    (folder / "rulebook.csv").write_text(rulebook(), encoding="utf-8")
    ended = subprocess.run([tool, "check", folder / "rulebook.csv", *names], check=False,
                           timeout=30, stdout=subprocess.PIPE, text=True)
    need(ended.returncode == 0, f"check finds no fault: {ended.stdout}")


def main():
    if zmq is None or not zmq.has("curve"):
        print("python3-zmq with CURVE is missing")
        return 77
    if not shutil.which("capnp") or not shutil.which("openssl"):
        print("capnp or openssl is missing")
        return 77
    tool = os.path.abspath(os.environ["POINTHOUSE"])
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        scratch = folder / "scratch"
        scratch.mkdir(mode=0o700)
        clearing = Clearing(tool, folder)
        try:
            batches = converse(clearing, scratch)
            second_opinion(tool, scratch, batches)
            need(clearing.stop() == 0, "the clearing stops when told to")
        except AssertionError as error:
            print(f"not so: {error}")
            print((folder / "log").read_text(encoding="utf-8"))
            return 1
        finally:
            clearing.stop()
    print("a foreign client seals, sends and is receipted")
    return 0


if __name__ == "__main__":
    sys.exit(main())
