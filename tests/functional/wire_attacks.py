#!/usr/bin/env python3
"""Attacks on the wire, against the real processes over real sockets: each is answered as
docs/wire.md says, an honest province's batch gets its receipt in the meantime, and memory stays
within its bound. First a forged clearing attacks a node, then a province attacks the clearing.

The client is that of foreign_client.py. Ends with 0, 1 with a sentence, or 77 when python3-zmq,
capnp or openssl is missing.
"""

import hashlib
import os
import pathlib
import re
import shutil
import socket
import struct
import sys
import tempfile
import threading
import time

import foreign_client as fc
from _pointhouse import memory_mib, plain_memory
from foreign_client import need, zmq
from _wire_world import (CODES, MIB, NOON, SIGNED_TO, TODAY, Days, Honest, Peer, RealNode, World,
                         redeem, say)

TOMORROW = "2026-04-01T00:30:00+08:00"
CLEARING_MIB_MAX = 256  # Peak of resident memory over all but messages of many frames.
NODE_MIB_MAX = 128
SHOP = fc.NUMBER["SHOP"]
AGAIN, NOT_YOURS = 19, 21  # answers to asks: the home is silent; not that of who asks
BURST = 6_000  # Messages at once: others may send 2,000 a second, gateways 20,000.
FRAMES = 150  # of 1 MiB, in one message: what ZeroMQ hands on whole.


# ---- a forged clearing towards a node ------------------------------------------------------------


def forged_socket(secret):
    fake = zmq.Context.instance().socket(zmq.ROUTER)
    fake.linger, fake.sndtimeo = 0, fc.SEND_MS_MAX
    fake.curve_server = True
    fake.curve_secretkey = secret
    port = fake.bind_to_random_port("tcp://127.0.0.1")
    return fake, f"tcp://127.0.0.1:{port}"


def forged_without_key(node):
    """Whoever hasn't the clearing's transport key hears nothing."""
    fake, endpoint = forged_socket(zmq.curve_keypair()[1])
    node.start(endpoint)
    for name, content in node.world.files():
        if name in ("rulebook.csv", "opening-P03.csv"):
            node.drop(name, content)
    node.drop("day.csv", fc.csv("PROVINCE_DAY", "P03", fc.FIRST_DAY, []).replace(
        "2026-03-01,0\n", "2026-03-01,1\n"))
    node.wait(lambda status: status.get("sealed", 0) >= 1, "the node seals its day")
    need(not fake.poll(1500), "a clearing with another key hears nothing")
    need(not node.status()["connected"], "the node knows that it isn't connected")
    fake.close(0)
    node.stop()
    say("forged clearing without the key: hears nothing")


def nonsense(offer, forger):
    """What a clearing says that has the transport key but not the one that signs."""
    digest = bytes(offer["digest"])
    text = (f"RECEIPT,1,CLR,P03,1,2026-03-01,{digest.hex()},{NOON},0,"
            f"{hashlib.sha256(b'').hexdigest()}")
    other = text.replace(digest.hex(), "ab" * 32)

    def receipt(line, named=None):
        hashed = hashlib.sha256(line.encode()).digest()
        signature = fc.sign(forger.scratch, forger.keys / "P02-sender.secret", "RECEIPT", hashed)
        own = fc.key_of(forger.keys / "P02-sender.pub")[0]
        return fc.encoded("receipt", sequence=1, text=line,
                          signature=signature.replace(own, named or own))

    yield os.urandom(64)
    yield b""
    yield LOOP
    yield fc.encoded("want", sequence=1, digest=digest, offset=1 << 40, until=1 << 41)
    yield fc.encoded("want", sequence=7, digest=digest, offset=0, until=100)
    yield fc.encoded("held", sequence=1, digest=digest, missing=9)
    yield fc.encoded("advices", advices=[])
    yield fc.encoded("refusal", sequence=1, digest=digest, code=999, retry=True, detail="?")
    yield fc.encoded("receipt", sequence=1, text="RECEIPT", signature="none")
    yield receipt(other)
    yield receipt(text)
    yield receipt(text, fc.key_of(forger.keys / "CLR-clearing.pub")[0])


def forged_without_signature(node, scratch):
    """It has the transport key of the clearing, and nothing that it signs is believed."""
    fake, endpoint = forged_socket(fc.key_of(node.world.keys / "CLR-transport.secret")[1])
    forger = type("Forger", (), {"scratch": scratch, "keys": node.world.keys})
    node.start(endpoint)
    offer = None
    while offer is None:
        need(fake.poll(10_000), "the node offers within 10 s")
        route, data = fake.recv_multipart()
        kind, fields = fc.decoded(data)
        offer = fields if kind == "offer" else None
    for message in nonsense(offer, forger):
        fake.send_multipart([route, message])
        fake.send_multipart([route, b"two", message])
    for why in ("its text is not a receipt's line", "it is about another batch",
                "its signature is not the clearing's"):
        node.wait(lambda status, why=why: any(why in one for one in status.get("alarms", ())),
                  f"an alarm: {why}")
    need(node.status()["receipted"] == 0, "nothing forged is a receipt")
    peak = memory_mib(node.process.pid)
    need(peak < NODE_MIB_MAX or not plain_memory(node.process.pid),
         f"the node's memory is bounded: {peak} MiB")
    fake.send_multipart([route, bytes(3 * MIB)])
    say(f"forged clearing without the signing key: not believed, the node's peak {peak} MiB")
    return fake


def comes_back(fake):
    """The long message ended the connection; after 15 s of silence the node makes another."""
    while fake.poll(20_000):
        _, data = fake.recv_multipart()
        if fc.decoded(data)[0] == "offer":
            fake.close(0)
            return
    raise AssertionError("after a message that is too long the node connects anew, and offers")


# ---- attacks on the clearing --------------------------------------------------------------------


def words(*values):
    """A message of one segment, in Cap'n Proto's stream framing."""
    return struct.pack("<II", 0, len(values)) + b"".join(struct.pack("<Q", v) for v in values)


STRUCT = 0x0002_0001 << 32  # a pointer to a struct of one word and two pointers
BACK = 0xFFFF_FFFC  # three words back
# A root whose pointers lead back to itself, and a list of a billion elements without size.
LOOP = words(STRUCT, 1 | 1 << 16, STRUCT | BACK, STRUCT | BACK)
WIDE = words(STRUCT, 1 | 1 << 16, 1 | 0 << 32 | 0x1FFF_FFFF << 35, 0)
DEEP = words(STRUCT, 1 | 1 << 16, *[STRUCT | n for n in (4, 0)] * 2000)
SEGMENTS = struct.pack("<II", 0x7FFF_FFFF, 1) + bytes(64)


def strangers(world, scratch, _):
    """Keys that aren't registered, or not any more, and no keys at all."""
    for transport in (zmq.curve_keypair(), world.keys / "old" / "P02-transport.secret"):
        peer = Peer("P02", world, scratch, transport)
        need(peer.event(zmq.EVENT_HANDSHAKE_FAILED_AUTH) == 400, "the handshake is refused: 400")
        peer.quiet("after a refused handshake")
        peer.close()
    bare = zmq.Context.instance().socket(zmq.DEALER)
    bare.linger = 0
    bare.connect(world.endpoint)
    try:
        bare.send(fc.encoded("heartbeat", at=1), zmq.DONTWAIT)
    except zmq.Again:
        pass  # Refused already: ZeroMQ has given the connection up, nobody is there to send to.
    need(not bare.poll(700), "who speaks without CURVE hears nothing")
    bare.close(0)


def raw_connections(world, _scratch, _):
    """Bytes that are no ZMTP, and handshakes that begin with two mebibytes and never end."""
    host, port = world.endpoint[6:].split(":")
    greeting = b"\xff" + bytes(8) + b"\x7f" + bytes([3, 1]) + b"CURVE".ljust(20, b"\0") + bytes(32)
    sockets = []
    for data in [b"GET / HTTP/1.1\r\n\r\n", os.urandom(4096), b"", greeting[:30]] + \
            [greeting + b"\x06" + struct.pack(">Q", 2 * MIB - 64) + bytes(MIB)] * 40:
        one = socket.create_connection((host, int(port)), 5)
        one.settimeout(2)
        try:
            one.sendall(data)
        except OSError:
            pass  # It was thrown out already: as well.
        sockets.append(one)
    world.raw = sockets  # Left open while the honest one speaks.


def others_names(world, scratch, days):
    """P02 with P01's batch, with a batch in P01's name, and with a routing id of its choice."""
    peer = Peer("P02", world, scratch)
    stolen = Days("P01", 1).make(1, points=77)
    peer.send("offer", **peer.offer_fields(stolen, peer.signed(stolen, "P01")))
    peer.refused("KEY_NOT_VALID", "another's batch and signature", retry=True)
    named = days.make(1, header="P01")
    kind, fields, _ = peer.push(named, MIB)
    need(kind == "refusal" and fields["code"] == 5, f"a batch in another's name: {kind} {fields}")
    peer.close()
    peer = Peer("P02", world, scratch, routing_id=b"P01")
    peer.send("heartbeat", at=1)
    peer.quiet("a routing id of one's own")
    peer.close()


def gateways(world, scratch, days):
    """What a gateway's key is good for; that it is good for nothing else, and no other key for it.
    """
    date = fc.days(TODAY)
    name = f'(participant = {SHOP}, date = {date}, reference = "R-1")'
    questions = [fc.capnp(["encode"], f"(version = 1, {each})".encode()) for each in (
        "rosterRequest = (after = 0)", f"lookUp = (number = 3, id = {name})",
        f"quoteRequest = (number = 4, kind = 6, partner = {SHOP}, date = {date}, fen = 300)")]
    gate = Peer("GATE1", world, scratch)

    def answered(peer, message, code, what):
        peer.socket.send(message)
        kind, fields = peer.answer()
        need(kind == "answer" and fields["code"] == code, f"{what}: {code}, not {kind} {fields}")

    for message, wanted in zip(questions, ("roster", "found", "quote")):
        gate.socket.send(message)
        kind, fields = gate.answer()
        need(kind == wanted, f"a gateway asks: {wanted}, not {kind} {fields}")
    answered(gate, redeem("R-1", partner=SHOP), AGAIN, "a gateway for the shop")
    answered(gate, redeem("R-2", giver=2), NOT_YOURS, "a gateway as a province")
    data = days.next()
    gate.send("offer", **gate.offer_fields(data, gate.signed(data, "P02")))
    gate.refused("NOT_A_SENDER", "a gateway with a province's batch", retry=True)
    peer = Peer("P02", world, scratch)
    answered(peer, redeem("R-3", giver=2), AGAIN, "a province's ask")
    gate.socket.send(fc.capnp(["encode"], f'''(version = 1, answer = (kind = 6, definite = true,
        id = (participant = 2, date = {date}, reference = "R-3"), home = 4, points = 10,
        authorisation = {4 << 48 | date << 32 | 3500000001}))'''.encode()))
    peer.quiet("a gateway as a home")
    peer.close()
    unwanted = fc.encoded("chunk", sequence=9, digest=fc.ZEROS, offset=0, bytes=b"\0")
    for _ in range(BURST):
        gate.socket.send(unwanted)
    gate.socket.send(questions[0])
    need(gate.answer()[0] == "roster", "a gateway may send more in a second than others")
    gate.close()
    for code in ("CLR", "P01", "P02", "P03"):  # The clearing's own, and one that is listed.
        other = Peer(code, world, scratch)
        for message in [*questions, redeem("R-4", partner=SHOP)]:
            other.socket.send(message)
            other.refused("NOT_A_GATEWAY", f"{code} as a gateway", retry=True)
        other.close()
    told = world.status()
    need(re.search(r"GATE1 +\d+ s ago", told) and "  P03          doesn't count" in told,
         f"the operator is told which gateways count: {told}")


def false_batches(world, scratch, days):
    """A changed byte, wrong signatures, keys that don't count, gaps, and the same number twice."""
    peer = Peer("P02", world, scratch)
    data = days.next()
    for at in (0, 100, len(data) - 1):
        need(peer.offer(data)[0] == "want", "an offer is wanted")
        changed = bytearray(data)
        changed[at] ^= 1
        peer.send("chunk", sequence=1, digest=data[-32:], offset=0, bytes=bytes(changed))
        peer.refused("DIGEST", f"byte {at} changed", retry=True)
    fields = peer.offer_fields(data, peer.signed(days.make(1, points=11)))
    peer.send("offer", **fields)
    peer.refused("SIGNATURE", "another's digest signed", retry=False)
    peer.send("offer", **{**fields, "signature": "POINTHOUSE-SIGNATURE,1,BATCH,00,00"})
    peer.refused("SIGNATURE", "no signature's line", retry=False)
    late = days.make(SIGNED_TO)
    peer.send("offer", **{**peer.offer_fields(late, peer.signed(late)), "date": fields["date"]})
    peer.refused("KEY_NOT_VALID", "a key whose sequences are over", retry=True)
    far = days.make(80)
    peer.send("offer", **{**peer.offer_fields(far, peer.signed(far)), "date": fields["date"]})
    peer.refused("GAP_TOO_WIDE", "a gap of more than 64", retry=True)
    second = days.make(2, previous=data[-32:])
    kind, fields, _ = peer.push(second, 100)
    need(kind == "held" and fields["missing"] == 1, f"a gap: held, not {kind} {fields}")
    kind, fields, _ = peer.push(data, 100)
    peer.check_receipt(kind, fields, data)
    days.taken(data)
    peer.check_receipt(*peer.answer(), second)
    days.taken(second)
    other = Days("P02", 2).make(1, points=12)
    kind, fields = peer.offer(other)
    need(kind == "refusal" and fields["code"] == 8, f"the same number: {kind} {fields}")
    peer.close()


def replays(world, scratch, _):
    """P01's words once more, from its connection and from P02's."""
    data, first = world.honest.first
    kind, again = world.honest.peer.offer(data)
    need((kind, again) == ("receipt", first), "a replay gets the first receipt, to the byte")
    peer = Peer("P02", world, scratch)
    peer.send("offer", **peer.offer_fields(data, world.honest.peer.signed(data)))
    kind, fields = peer.answer()
    need(kind == "refusal" and fields["code"] in (7, 8), f"from P02: refused, not {kind} {fields}")
    peer.close()


def garbage(world, scratch, _):
    """What is no message: refused without a digest, sixteen times a minute, then not at all."""
    peer = Peer("P02", world, scratch)
    good = fc.encoded("heartbeat", at=1)
    version = good[:16] + b"\x02" + good[17:]
    large = fc.encoded("chunk", sequence=9, digest=fc.ZEROS, offset=0, bytes=b"\0")
    at = large.index(struct.pack("<I", 1 << 3 | 2))  # The list pointer's count of the one byte.
    large = large[:at] + struct.pack("<I", (MIB + 1) << 3 | 2) + large[at + 4:-8] + \
        bytes(MIB + 8)
    large = large[:4] + struct.pack("<I", len(large) // 8 - 1) + large[8:]
    samples = [(b"", "MALFORMED"), (b"\0" * 4096, "MALFORMED"), (os.urandom(64), None),
               (good[:-8], "MALFORMED"), (good + bytes(8), "MALFORMED"), (LOOP, None),
               (WIDE, None), (DEEP, None), (SEGMENTS, "MALFORMED"), (version, "VERSION"),
               (large, "TOO_LARGE"), (good[:18] + b"\x63" + good[19:], "MALFORMED")]
    for n, (data, code) in enumerate(samples):
        peer.socket.send(data)
        kind, fields = peer.answer()
        need(kind == "refusal" and fields["code"] in (1, 2, 3), f"garbage {n}: {kind} {fields}")
        need(not fields["digest"] and not fields["sequence"], f"garbage {n} has no name: {fields}")
        need(code in (None, CODES[fields["code"]]), f"garbage {n}: {code}, not {fields}")
    for _ in range(16 - len(samples)):
        peer.socket.send(b"\xff" * 64)
        peer.answer()
    for _ in range(50):
        peer.socket.send(b"\xff" * 64)
    peer.quiet("the 17th of a minute")
    peer.beat(1)
    peer.close()


def shapes(world, scratch, _):
    """Messages that are too long, or of several frames."""
    peer = Peer("P02", world, scratch)
    need(peer.event(zmq.EVENT_HANDSHAKE_SUCCEEDED) is not None, "P02 is connected")
    peer.socket.send(bytes(2 * MIB + 4096))
    need(peer.event(zmq.EVENT_DISCONNECTED) is not None, "who sends too much is disconnected")
    need(peer.event(zmq.EVENT_HANDSHAKE_SUCCEEDED) is not None, "and may connect again")
    peer.socket.send_multipart([fc.encoded("heartbeat", at=1)] * 2)
    peer.socket.send_multipart([b"", fc.encoded("heartbeat", at=1)])
    peer.quiet("messages of several frames")
    peer.beat(1)
    peer.close()


def hangs(world, scratch, days):
    """Half a transfer and then silence; and one that asks much and never reads."""
    peer = Peer("P02", world, scratch)
    data = days.next()
    need(peer.offer(data)[0] == "want", "an offer is wanted")
    peer.send("chunk", sequence=days.sequence + 1, digest=data[-32:], offset=0, bytes=data[:50])
    need(peer.answer()[0] == "want", "the rest is wanted")
    deaf = Peer("P02", world, scratch, rcvhwm=1, rcvbuf=4096)
    old = deaf.offer_fields(world.honest.first[0], "?")
    asks = fc.encoded("offer", **old)
    for _ in range(1500):
        deaf.socket.send(asks)
    world.honest.push("a peer that never reads, beside half a transfer")
    kind, fields = peer.offer(data)
    need(kind == "want" and int(fields["offset"]) == 50, f"what is staged stays: {kind} {fields}")
    peer.send("chunk", sequence=days.sequence + 1, digest=data[-32:], offset=50, bytes=data[50:])
    peer.check_receipt(*peer.answer(), data)
    days.taken(data)
    peer.close()
    deaf.close()


def floods(world, scratch, _):
    """As many messages as a peer can send, small ones and chunks that nobody wants."""
    beat = fc.encoded("heartbeat", at=1)
    chunk = fc.encoded("chunk", sequence=9, digest=fc.ZEROS, offset=0, bytes=bytes(64 << 10))
    done = threading.Event()
    sent = [0, 0]

    def run(number, message):
        peer = Peer("P02", world, scratch, sndhwm=100)
        while not done.is_set():
            try:
                peer.socket.send(message, zmq.DONTWAIT)
                sent[number] += len(message)
            except zmq.Again:
                time.sleep(0.001)
        peer.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate((beat, chunk))]
    for each in threads:
        each.start()
    try:
        time.sleep(0.5)
        world.honest.push("a flood")
    finally:
        done.set()
        for each in threads:
            each.join()
    say(f"  flooded with {sent[0] // len(beat)} heartbeats and {sent[1] // MIB} MiB of chunks")
    need(sent[0] > 1000 and sent[1] > MIB, "the flood was one")


def midnight(world, scratch, days):
    """A transport key whose last day ends while its connection stands."""
    peer = Peer("P02", world, scratch, world.keys / "ending" / "P02-transport.secret")
    peer.beat(1)
    world.set_clock(TOMORROW)
    end = time.monotonic() + 10
    while True:
        data = days.next()
        peer.send("offer", **peer.offer_fields(data, peer.signed(data)))
        kind, fields = peer.answer()
        if kind == "refusal":
            break
        need(time.monotonic() < end, "the day ends for a key within 10 s")
    need(fields["code"] == 7 and fields["retry"], f"an expired key: {fields}")
    peer.close()
    peer = Peer("P02", world, scratch, world.keys / "ending" / "P02-transport.secret")
    need(peer.event(zmq.EVENT_HANDSHAKE_FAILED_AUTH) == 400, "it can't connect any more")
    peer.close()
    fc.NOW = TOMORROW  # Business time does not go back.


def many_frames(world, scratch, _):
    """Messages of many frames: ZeroMQ gathers each before anybody sees it. Memory is given back."""
    before = memory_mib(world.process.pid, "RssAnon")
    peer = Peer("P02", world, scratch)
    for _ in range(3):
        peer.socket.send_multipart([bytes(MIB)] * FRAMES)
    peer.beat(1)  # Behind them, on the same connection: they have been dropped.
    peer.close()
    peak = memory_mib(world.process.pid)
    after = memory_mib(world.process.pid, "RssAnon")
    say(f"  3 messages of {FRAMES} MiB: peak {peak} MiB, then {after} MiB")
    if not plain_memory(world.process.pid):
        return
    need(peak < CLEARING_MIB_MAX + 3 * FRAMES, f"no more than the messages: {peak} MiB")
    need(after < before + 16, f"memory is given back: {before} MiB, then {after} MiB")


def attack(world, node, scratch, fake):
    world.take(world.files())
    world.honest = Honest(world, scratch)
    world.honest.push("nothing yet")
    days = Days("P02", 2)
    for each in (strangers, raw_connections, others_names, gateways, false_batches, replays,
                 garbage, shapes, hangs, floods, midnight):
        each(world, scratch, days)
        world.honest.push(each.__name__)
    for one in world.raw:
        one.close()
    comes_back(fake)
    node.stop()
    node.start(world.endpoint)
    node.wait(lambda status: status.get("receipted", 0) >= 1, "the real node's day is receipted")
    peak = memory_mib(world.process.pid)
    need(peak < CLEARING_MIB_MAX or not plain_memory(world.process.pid),
         f"the clearing's memory is bounded: {peak} MiB")
    many_frames(world, scratch, days)
    world.honest.push("many_frames")
    say(f"honest receipts within {world.honest.worst:.2f} s; the clearing's peak {peak} MiB")


def main():
    if zmq is None or not zmq.has("curve"):
        print("python3-zmq with CURVE is missing")
        return 77
    if not shutil.which("capnp") or not shutil.which("openssl"):
        print("capnp or openssl is missing")
        return 77
    fc.NOW = NOON
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        scratch = folder / "scratch"
        scratch.mkdir(mode=0o700)
        world = World(os.path.abspath(os.environ["POINTHOUSE"]), folder)
        node = RealNode(world)
        try:
            forged_without_key(node)
            fake = forged_without_signature(node, scratch)
            attack(world, node, scratch, fake)
            need(world.stop() == 0, "the clearing stops when told to")
        except AssertionError as error:
            print(f"not so: {error}")
            for log in (folder / "log", node.folder / "log"):
                print(log.read_text(encoding="utf-8")[-3000:])
            return 1
        finally:
            node.stop()
            world.stop()
    print("each attack is answered as documented")
    return 0


if __name__ == "__main__":
    sys.exit(main())
