#!/usr/bin/env python3
"""What the gateway takes and answers is what schema/openapi.yaml says: Prism stands between a
partner's program and the gateway and compares each request and answer with the schema. Each
operation is carried out once and refused once.

Prism is npm's: `ops/openapi` installs it; where it lacks, the test isn't run (77).
Environment: POINTHOUSE the executable.
"""

import datetime
import http.client
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time

import _live_world as world
from partner import Partner, SODIUM, encoded

PRISM = world.ROOT / "build" / "openapi" / "node_modules" / ".bin" / "prism"
SCHEMA = world.ROOT / "schema" / "openapi.yaml"
WHO = world.members_of(1, 1)[0]


class Wrong(Exception):
    """Something is not as it has to be."""


def need(right, what):
    if not right:
        raise Wrong(what)


class Prism:
    """The proxy on a port of its own. It verifies the gateway's certificate as any client does."""

    def __init__(self, system):
        self.port = world.running.free_port()
        self.log = system.folder / "prism.log"
        environment = {**os.environ,
                       "NODE_EXTRA_CA_CERTS": str(system.gateway.folder / "tls.pem")}
        with open(self.log, "wb") as log:
            self.handle = subprocess.Popen(
                [PRISM, "proxy", SCHEMA, f"https://localhost:{system.gateway_port}", "--host",
                 "127.0.0.1", "--port", str(self.port)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment)

    def wait(self):
        until = time.monotonic() + 60
        while time.monotonic() < until and self.handle.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.1)
        raise Wrong("Prism does not start:\n" + world.running.tail(self.log, 20))

    def end(self):
        self.handle.kill()
        self.handle.wait()


class Watched(Partner):
    """A partner who asks through Prism, and keeps what it finds."""

    def __init__(self, prism, system, code):
        super().__init__(code, system.pems[code], ("127.0.0.1", prism.port),
                         system.gateway.folder / "tls.pem", system.seconds, 60)
        self.day, self.seen, self.count = system.today, 0, 0

    def ask_once(self, method, target, body=None, wrong_request=False, file=None, **more):
        """The answer, which Prism must find right; so the request, unless it should be wrong.
        `file`: a day's file and the line of its signature, in place of a body of JSON."""
        transaction = None
        if method == "POST":
            self.count += 1
            transaction = f"{self.code}/{self.day}/W-{self.count}"
        data = None if method == "GET" else file[0] if file else encoded(body)
        headers = self.headers(method, target, transaction, data, **more)
        if file:
            headers.update({"Content-Type": "text/csv", "Pointhouse-Signature": file[1]})
        connection = http.client.HTTPConnection(*self.address, timeout=self.timeout)
        try:
            connection.request(method, target, data, headers)
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        found = json.loads(answer.getheader("sl-violations", "[]"))
        mine = [one for one in found if one["location"][0] == "request"]
        theirs = [one for one in found if one["location"][0] != "request"]
        need(not theirs, f"{method} {target} {body}: {text} isn't the schema's: {theirs}")
        need(bool(mine) == wrong_request, f"{method} {target} {body}: Prism says {mine}")
        self.seen += 1
        return answer.status, json.loads(text), transaction

    def does(self, target, **body):
        status, answer, name = self.ask_once("POST", target, body)
        need((status, answer.get("state")) == (200, "DONE"), f"{target} {body}: {status} {answer}")
        return name

    def is_refused(self, code, target, body, method="POST", **more):
        status, answer, _ = self.ask_once(method, target, body, **more)
        need(status >= 400 and answer.get("code") == code,
             f"{method} {target} {body}: {code}, not {status} {answer}")

    def gets(self, target):
        status, answer, _ = self.ask_once("GET", target)
        need(status == 200, f"{target}: {status} {answer}")
        return answer


def what_is_done(shop, airline):
    shop.gets("/v1/health")
    shop.gets("/v1/quote?kind=REDEMPTION&fen=1500")
    shop.gets("/v1/quote?kind=REDEMPTION&points=100&date=2026-03-01")
    for kind in ("OUT", "IN"):
        airline.gets(f"/v1/quote?kind=EXCHANGE_{kind}&points=1500")
        airline.gets(f"/v1/quote?kind=EXCHANGE_{kind}&units=150")
    hold = shop.does("/v1/holds", member=WHO, points=500, seconds=60)
    part = shop.does(f"/v1/holds/{hold}/captures", points=200, final=False)
    shop.does(f"/v1/holds/{hold}/void")
    sale = shop.does("/v1/redemptions", member=WHO, points=300)
    refund = shop.does("/v1/refunds", parent=sale, member=WHO, points=100)
    accrual = shop.does("/v1/accruals", member=WHO, points=50)
    reversal = shop.does("/v1/reversals", parent=accrual, member=WHO, points=20)
    out = airline.does("/v1/exchanges-out", member=WHO, points=1000, units=100, rate=3)
    back = airline.does("/v1/refunds", parent=out, member=WHO, points=1000)
    came = airline.does("/v1/exchanges-in", member=WHO, points=90, units=10, rate=4)
    for name in (hold, part, sale, refund, accrual, reversal):
        shop.gets(f"/v1/transactions/{name}")
    for name in (out, back, came):
        airline.gets(f"/v1/transactions/{name}")
    return hold, sale


def what_is_refused(shop, airline, hold, sale):
    shop.is_refused("HOLD_ENDED", f"/v1/holds/{hold}/captures", {"points": 1, "final": True})
    shop.is_refused("HOLD_ENDED", f"/v1/holds/{hold}/void", {})
    shop.is_refused("INSUFFICIENT_POINTS", "/v1/holds", {"member": WHO, "points": 10_000})
    shop.is_refused("INSUFFICIENT_POINTS", "/v1/redemptions", {"member": WHO, "points": 10_000})
    shop.is_refused("UNKNOWN_PARENT", "/v1/refunds",
                    {"parent": f"MER1/{shop.day}/none", "member": WHO, "points": 1})
    airline.is_refused("RATE", "/v1/exchanges-in",
                       {"member": WHO, "points": 91, "units": 10, "rate": 4})
    airline.is_refused("KEY_PARTICIPANT", f"/v1/transactions/{sale}", None, "GET")
    airline.is_refused("KEY_PARTICIPANT", f"/v1/holds/{hold}/void", {})
    shop.is_refused("UNKNOWN_TRANSACTION", f"/v1/transactions/MER1/{shop.day}/none", None, "GET")
    shop.is_refused("SIGNATURE_OLD", "/v1/accruals", {"member": WHO, "points": 1},
                    created=shop.now() - 3_600)
    # What the schema refuses, the gateway refuses, too.
    for body in ({"member": WHO}, {"member": WHO, "points": 0}, {"member": WHO, "points": "5"},
                 {"member": WHO, "points": 1.5}, {"member": WHO, "points": 10**12},
                 {"member": "0100000000001", "points": 5}, {"member": 5, "points": 5},
                 {"member": WHO, "points": 5, "more": 1}, {"member": None, "points": 5}):
        status, answer, _ = shop.ask_once("POST", "/v1/redemptions", body, wrong_request=True)
        need(status == 400 and answer["repeat"] == "AFTER_CORRECTION", f"{body}: {status} {answer}")
    shop.is_refused("FIELD_SYNTAX", "/v1/quote?kind=OTHER&points=5", None, "GET",
                    wrong_request=True)


def day_files(system, shop, airline):
    """One that is accepted, one that is refused, one that waits for its day's end."""
    today = datetime.datetime.strptime(system.today, "%Y%m%d").date()
    before = today - datetime.timedelta(days=1)

    def file_of(partner, date, sequence, rows):
        path = system.folder / f"{partner.code}-{date}-{sequence}.csv"
        lines = [f"POINTHOUSE,PARTNER_DAY,1,{partner.code},{date},{sequence}", *rows,
                 f"END,{len(rows)},{10 * len(rows)},0"]
        path.write_text("".join(line + "\n" for line in lines), encoding="ascii")
        system.run("sign", path, "--force", "--kind", "DAY", "--key",
                   system.keys / f"{partner.code}-sender.secret")
        signature = path.with_name(path.name + ".sig").read_text(encoding="ascii")
        return path.read_bytes(), signature.rstrip("\n")

    def becomes(partner, date, state):
        system.wait(lambda: partner.ask_once("GET", f"/v1/days/{date}")[1].get("state") == state,
                    f"{date} is {state}", 20)
        return partner.ask_once("GET", f"/v1/days/{date}")[1]

    for partner in (shop, airline):
        partner.is_refused("UNKNOWN_DAY", f"/v1/days/{before}", None, "GET")
    row = f"REDEMPTION,MER1/{before:%Y%m%d}/F-1,{WHO},10,"
    for date, sequence in ((before, 1), (today, 2)):
        file = file_of(shop, date, sequence, [row] if date == before else [])
        status, answer, _ = shop.ask_once("PUT", f"/v1/days/{date}", file=file)
        need((status, answer.get("state")) == (202, "READING"), f"{date}: {status} {answer}")
    need(becomes(shop, before, "ACCEPTED")["rows"] == 1, "a row is accepted")
    need(shop.ask_once("PUT", f"/v1/days/{before}", file=file_of(shop, before, 1, []))[1]["code"]
         == "DAY_TAKEN", "another file of that day is refused")
    system.wait(lambda: "detail" in becomes(shop, today, "READING"), "it says what it waits for")
    wrong = file_of(airline, before, 1, [row])  # The shop's, and no event of an airline's.
    need(airline.ask_once("PUT", f"/v1/days/{before}", file=wrong)[0] == 202, "it is read")
    need(becomes(airline, before, "REFUSED")["faults"], "its faults are told")


def run(folder):
    system = world.Live(os.environ["POINTHOUSE"], folder, 1)
    system.make()
    prism = None
    try:
        system.start_all()
        before = system.points_of("P01", WHO)["points"]
        prism = Prism(system)
        prism.wait()
        shop, airline = (Watched(prism, system, code) for code in ("MER1", "AIR1"))
        what_is_refused(shop, airline, *what_is_done(shop, airline))
        day_files(system, shop, airline)
        left = system.points_of("P01", WHO)["points"]
        moved = -200 - 300 + 100 + 50 - 20 + 90
        need(left == before + moved, f"{before} points {moved:+}, not {left}")
        print(f"{shop.seen + airline.seen} requests and answers, and Prism finds nothing wrong")
    finally:
        if prism is not None:
            prism.end()
        system.kill()


def main():
    if not PRISM.exists() or not shutil.which("openssl") or SODIUM is None:
        print("not run: Prism (ops/openapi installs it), openssl or libsodium is missing")
        return 77
    with tempfile.TemporaryDirectory(prefix="pointhouse-") as name:
        try:
            run(pathlib.Path(name))
        except (Wrong, AssertionError, world.running.Refused) as fault:
            print(f"not so: {fault}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
